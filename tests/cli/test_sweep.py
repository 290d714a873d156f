"""The verb ``sweep`` and the stores of ``simulate``: grids, one line a task, what is kept, one-line errors."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import click
import pytest

from srtheory import compiled
from srtheory.cli.simulate import simulate
from srtheory.cli.sweep import read_spec
from srtheory.errors import ArgumentError
from srtheory.experiments import store
from srtheory.experiments.summary import MEASURES
from tests.cli.conftest import Run, asked, refused

HEAD = "trials = 5\nseed = 1\n"
GOOD = '[[tasks]]\nscheme = "sr"\nsymbols = 12\ndegree = 3\ntau = 0.1\nstartup = "expon()"\n'
SPEC = """
trials = 25
seed = 3
[[tasks]]
scheme = ["sr", "sr-with-replacement"]
symbols = [10, 12]
degree = 3
tau = 0.1
startup = ["expon(scale=5)", "pareto(b=1)"]
[[tasks]]
scheme = "lt"
symbols = 12
cap = [0.5, 4]
tau = 0.1
startup = "expon(scale=5)"
"""
ONE = ["sr", "--symbols", "12", "--degree", "3", "--tau", "0.1", "--startup", "expon(scale=5)", "--seed", "3"]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "grid.toml"
    path.write_text(SPEC)
    return path


def swept(run: Run, spec: Path, *more: str) -> list[dict[str, Any]]:
    done = run("sweep", str(spec), *more, "--json")
    assert (done.status, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("spent", [0.0, float("inf")], ids=["interpreted", "compiled"])
@pytest.mark.parametrize(("tau", "cost"), [(4 * 10**18, 0), (2**63, 3 * 10**18), (10**25, 2**63), (2**63, 10**30)])
def test_whole_numbers_are_the_floats_that_simulate_reads(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spent: float, tau: int, cost: int
) -> None:
    path, law = tmp_path / "grid.toml", f"expon(scale={tau})"
    monkeypatch.setattr(compiled.SPENT, "seconds", spent)
    path.write_text(
        f'trials = 6\nseed = 3\n[[tasks]]\nscheme = "sr"\nsymbols = 7\ndegree = 2\ntau = {tau}\n'
        f'message_cost = {cost}\nmaster_time = {cost}\nstartup = "{law}"\n'
    )
    sizes = ["--symbols", "7", "--degree", "2", "--tau", str(tau), "--startup", law]
    costs = ["--message-cost", str(cost), "--master-time", str(cost)]
    grid = run("sweep", str(path), "--json")
    simulated = run("simulate", "sr", *sizes, *costs, "--trials", "6", "--seed", "3", "--json")
    assert (grid.status, grid.stderr, simulated.stderr) == (0, "", "")
    assert json.loads(grid.stdout, parse_int=float) == json.loads(simulated.stdout, parse_int=float)


def require_product(lines: list[dict[str, Any]]) -> None:
    grid = list(product(["sr", "sr-with-replacement"], [10, 12], ["expon(loc=0.0, scale=5.0)", "pareto"]))
    assert len(lines) == len(grid) + 2
    for line, (scheme, symbols, law) in zip(lines, grid, strict=False):
        assert (line["scheme"], line["symbols"], line["degree"]) == (scheme, symbols, 3)
        assert line["startup"].startswith(law)
    assert [line["cap"] for line in lines[-2:]] == [0.5, 4]
    assert lines[-2]["unrecovered"] == 25
    assert len({line["id"] for line in lines}) == len(lines)


def test_the_grid_is_the_product_and_its_lines_are_what_simulate_prints(run: Run, spec: Path) -> None:
    lines = swept(run, spec)
    require_product(lines)
    assert asked(run, "simulate", *ONE, "--trials", "25") in lines


@pytest.mark.quality
def test_a_grid_that_pairs_lists_instead_of_crossing_them_is_caught(run: Run, spec: Path, monkeypatch) -> None:
    monkeypatch.setattr("srtheory.cli.sweep.product", zip)
    with pytest.raises(AssertionError):
        require_product(swept(run, spec))


OWN = "from srtheory.schemes.baselines import Uncoded\nclass Mine(Uncoded):\n    pass\n"


@pytest.mark.parametrize("trials", ["25", "1"])
def test_text_has_a_line_for_each_task(run: Run, spec: Path, tmp_path: Path, trials: str) -> None:
    """Rounded as everywhere; single trials have no error, infinite means no number; digests are cut."""
    (tmp_path / "mine.py").write_text(OWN)
    own = f'[[tasks]]\nscheme = "{tmp_path}/mine.py::Mine"\nsymbols = 3\ntau = 0.1\nstartup = "expon()"\n'
    spec.write_text(SPEC + own)
    lines = run("sweep", str(spec), "--trials", trials).stdout.splitlines()
    for line, task in zip(lines, swept(run, spec, "--trials", trials), strict=True):
        source = f" source={task['source'][:12]} " if "source" in task else " workers="
        assert line.startswith(f"{task['id'][:12]}  scheme={task['scheme']} symbols={task['symbols']} ")
        assert source in line
        assert "source" in source or " source=" not in line
        cells = line.split(":  ")[1].split(", ")
        for name, cell in zip(MEASURES, cells, strict=False):
            mean, error = task[name]["mean"], task[name]["standard_error"]
            said = "inf" if mean is None else f"{mean:.6g}" + ("" if error is None else f" ± {error:.2g}")
            assert cell.rsplit(" ", 2 if name == "latency" else 1)[0] == f"{name} {said}"
        assert cells[-1] == f"unrecovered {task['unrecovered']} of {trials} trials"
        assert cells[0].endswith(" time units")
        assert cells[-2].endswith(" terms")


# ---------------------------------------------------------------------------------------------------- what is kept


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_is_kept_is_used_by_both_verbs(run: Run, spec: Path, tmp_path: Path, monkeypatch) -> None:
    out = str(tmp_path / "kept")
    first = swept(run, spec, "--store", out, "--processes", "2")
    before = names(tmp_path / "kept")
    assert len(before) == 20
    monkeypatch.setattr("srtheory.experiments.trial.run_trial", lambda *_: pytest.fail("a trial was run"))
    assert swept(run, spec, "--store", out) == first
    assert asked(run, "simulate", *ONE, "--trials", "25", "--store", out) in first
    assert names(tmp_path / "kept") == before


def test_a_damaged_file_is_one_line_on_stderr(run: Run, tmp_path: Path) -> None:
    out = ["--store", str(tmp_path), "--trials", "25", "--json"]
    first = run("simulate", *ONE, *out)
    [block] = tmp_path.rglob("*.parquet")
    block.write_bytes(block.read_bytes()[:99])
    again = run("simulate", *ONE, *out)
    assert (again.status, again.stdout) == (0, first.stdout)
    assert again.stderr.count("\n") == 1
    assert again.stderr.startswith(f"srtheory: {block} is damaged")


def test_a_foreign_file_and_a_full_disk_are_one_line(run: Run, tmp_path: Path, monkeypatch) -> None:
    out = ["--store", str(tmp_path), "--trials", "25"]
    decoders = [[], ["--decoder", "hitting"]]
    for decoder in decoders:
        run("simulate", *ONE, *out, *decoder)
    first, second = sorted(tmp_path.rglob("*.parquet"))
    first.write_bytes(second.read_bytes())
    again = sorted((run("simulate", *ONE, *out, *decoder) for decoder in decoders), key=lambda done: done.status)
    assert ([done.status for done in again], again[1].stderr.count("\n")) == ([0, 2], 1)
    assert str(first) in again[1].stderr

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(store, "write_whole", full)
    assert "No space left" in refused(run, "simulate", *ONE, "--store", str(tmp_path / "new"), "--trials", "25")


@pytest.mark.parametrize("line", ["--store /dev/null", "--store /dev/null/below", "--engine dask --processes 2"])
def test_bad_ways_to_run_are_one_line(run: Run, spec: Path, line: str) -> None:
    scheduler = ["--scheduler", "tcp://127.0.0.1:1"] * ("dask" in line)
    for verb in (["sweep", str(spec)], ["simulate", *ONE, "--trials", "2"]):
        assert ("/dev/null" if "null" in line else "'processes'") in refused(run, *verb, *line.split(), *scheduler)


def test_auto_is_the_number_of_processors(monkeypatch) -> None:
    given = []

    def stop(*_, **options):
        given.append(options["processes"])
        raise KeyboardInterrupt

    monkeypatch.setattr("joblib.cpu_count", lambda: 5)
    monkeypatch.setattr("srtheory.experiments.running.run_all", stop)
    with pytest.raises(click.Abort):
        simulate.main([*ONE, "--trials", "2", "--processes", "auto"], standalone_mode=False)
    assert given == [5]


# --------------------------------------------------------------------------------------------------------- specs

TWICE = GOOD.replace("= 12", f"= {[12] * 100}").replace("0.1", f"{[0.1] * 99}") + 'decoder = "viterbi"\n'
"""So many tasks that a hundred more are the most; of a decoder that does not exist."""
NUMBER, TEXTS = "an integer or a list of ", "a text, a number or a switch or a list of such"
WRONG = [
    *(("trials = ", "SPEC", "a TOML file"), ("\xff\xfe", "SPEC", "a TOML file")),
    *((f"seed = 1\n{GOOD}", "SPEC.trials", "given"), (f"trials = 5\n{GOOD}", "SPEC.seed", "given")),
    *((HEAD, "SPEC.tasks", "given"), (f"{HEAD}tasks = 3", "tasks", "one table"), (f"{HEAD}tasks = []", "tasks", "one")),
    *((f"{HEAD}tasks = [1]", "tasks", "one"), (HEAD + GOOD.replace("[[tasks]]", "[tasks]"), "tasks", "one table")),
    (f"{HEAD}shuffle = true\n{GOOD}", "SPEC", "a table with the keys"),
    *((f"trials = {x}\nseed = 1\n{GOOD}", "trials", "an integer") for x in ("0", "true", "[5]")),
    (f"trials = 5\nseed = -1\n{GOOD}", "seed", "an integer"),
    *((f"{HEAD}{GOOD}{key} = 3", "tasks[0]", "a table with the keys") for key in ("colour", "seed")),
    (HEAD + GOOD.replace("symbols = 12", ""), "tasks[0].symbols", "given"),
    (HEAD + GOOD.replace("12", "[]"), "tasks[0].symbols", NUMBER + "at least one"),
    *((HEAD + GOOD.replace("12", x), "tasks[0].symbols", NUMBER + "such") for x in ("[12, 1.5]", "[[12]]", "true")),
    (HEAD + GOOD.replace("= 3", "= [3, true]"), "tasks[0].degree", NUMBER + "such"),
    (HEAD + GOOD.replace("= 3", "= 0"), "tasks[0].degree", "an integer from 1 to 2000000"),
    (HEAD + GOOD + GOOD.replace("0.1", '"0.1"'), "tasks[1].tau", "a number"),
    *((HEAD + GOOD + GOOD.replace("0.1", x), "tasks[1].tau", "a finite number") for x in ("nan", "[0.2, -1.0]")),
    (HEAD + GOOD.replace("expon", "norm"), "tasks[0].startup", ""),
    (HEAD + GOOD.replace('"sr"', '"tornado"'), "tasks[0].scheme", "one of"),
    (HEAD + GOOD.replace('"sr"', '["sr", "lt"]'), "tasks[0].degree", "left out"),
    (f"{HEAD}{GOOD}cap = 2", "tasks[0].cap", "left out"),
    (f'{HEAD}{GOOD}decoder = "viterbi"', "tasks[0].decoder", ""),
    (HEAD + GOOD.replace("12", "[12, 12]"), "tasks", "distinct tasks"),
    *((f"{HEAD}{GOOD}{more}option = 3", where, "a table of options") for more, where in
      (("", "tasks[0].option"), (GOOD, "tasks[1].option"))),
    (f"{HEAD}{GOOD}option.degree = [[3]]", "tasks[0].option.degree", TEXTS),
    (HEAD + GOOD.replace("degree = 3", "option.degree = true"), "tasks[0].option.degree", "an integer"),
    (f"{HEAD}{GOOD}option.window = 3", "tasks[0].option", "one that"),
    (HEAD + GOOD + "# " + "-" * (16385 - len(HEAD + GOOD) - 2), "SPEC", "a file of at most 16384 bytes"),
    (HEAD + TWICE + GOOD.replace("= 3", f"= {[3] * 101}"), "tasks", "a grid of at most 10000 tasks"),
    (HEAD + TWICE + GOOD.replace("= 3", f"= {[3] * 100}"), "tasks[0].decoder", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "says"), WRONG)
def test_what_a_spec_cannot_have_is_told_by_its_place(
    run: Run, tmp_path: Path, text: str, name: str, says: str
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="latin-1")
    said = refused(run, "sweep", str(path), "--store", str(tmp_path / "out"))
    assert said.startswith(f"srtheory: Argument '{name}' must be {says}"), said
    assert not (tmp_path / "out").exists()


def read(tmp_path: Path, text: str, given: dict[str, int | None] | None = None) -> tuple[int, list[Any]]:
    (tmp_path / "read.toml").write_text(text)
    return read_spec(tmp_path / "read.toml", given)


def test_a_spec_may_have_16384_bytes(tmp_path: Path) -> None:
    assert len(read(tmp_path, (HEAD + GOOD + "# ").ljust(16384, "-"))[1]) == 1


def test_a_task_of_a_spec_has_the_options_of_simulate(tmp_path: Path) -> None:
    options = {parameter.name for parameter in simulate.params if parameter.expose_value}
    elsewhere = {"trials", "seed", "store", "processes", "engine", "scheduler", "as_json", "matrix", "certificate"}
    elsewhere |= {"texts"}  # --option is a table of its own
    with pytest.raises(ArgumentError) as refusal:
        read(tmp_path, f"{HEAD}{GOOD}colour = 3")
    keys = refusal.value.expected.removeprefix("a table with the keys ").split(", ")
    assert {*keys} - {"c", "delta", "epsilon", "spread", "option"} == options - elsewhere
    trials, [one] = read(tmp_path, f'{HEAD}{GOOD}workers = 6\naccess = 4\ndecoder = "hitting"\n')
    assert (trials, one.task.scheme.workers, one.task.decoder, one.task.seed) == (5, 6, "hitting", 1)
    assert (one.task.scheme.inner.degree, one.task.scheme.inner.access) == (3, 4)
    assert one.parameters.items() >= {"workers": 6, "decoder": "hitting", "degree": 3, "access": 4}.items()


def test_grids_over_options_of_schemes(tmp_path: Path) -> None:
    law = 'tau = 0.1\nstartup = "expon()"\n'
    codes = '[[tasks]]\nscheme = "raptor"\nsymbols = 40\nspread = [1, 2]\nepsilon = [0.1, 1]\n'
    _, tasks = read(tmp_path, f'{HEAD}{codes}decoder = ["peeling", "span"]\n{law}')
    assert len({each.task.id for each in tasks}) == 8
    assert {(each.task.scheme.epsilon, each.task.scheme.spread) for each in tasks} == {*product((0.1, 1), (1, 2))}
    codes = '[[tasks]]\nscheme = ["gradient-cyclic", "gradient-fractional"]\nsymbols = 12\nstragglers = [1, 3]\n'
    _, tasks = read(tmp_path, HEAD + codes + law)
    assert [each.parameters["stragglers"] for each in tasks] == [1, 3] * 2
    assert len({each.task.id for each in tasks}) == 4
    _, tasks = read(tmp_path, HEAD + GOOD.replace("degree", "option.degree") + "option.access = [5, 7]\n")
    assert [(each.task.scheme.degree, each.task.scheme.access) for each in tasks] == [(3, 5), (3, 7)]
    assert [each.parameters["option.access"] for each in tasks] == [5, 7]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        *((None, (5, 1)), ({"trials": None, "seed": None}, (5, 1)), ({"trials": 1, "seed": None}, (1, 1))),
        *(({"trials": None, "seed": 0}, (5, 0)), ({"trials": 2, "seed": 2**128 - 1}, (2, 2**128 - 1))),
        *(({"trials": 0}, "trials"), ({"trials": 2, "seed": 2**128}, "seed")),
    ],
)
def test_trials_and_seed_of_the_command_line_take_the_place_of_those_of_the_file(
    tmp_path: Path, given: dict[str, int | None] | None, expected: Any
) -> None:
    if isinstance(expected, str):
        with pytest.raises(ArgumentError, match=f"'{expected}'"):
            read(tmp_path, HEAD + GOOD, given)
    else:
        trials, [one] = read(tmp_path, HEAD + GOOD, given)
        assert (trials, one.task.seed) == expected
