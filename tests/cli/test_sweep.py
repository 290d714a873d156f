"""The verb ``sweep`` and the stores of ``simulate``: grids, one line a task, what is kept, one-line errors."""

from __future__ import annotations

import json
from importlib import import_module
from itertools import product
from pathlib import Path

import click
import pytest

from srtheory import compiled
from srtheory.cli.simulate import simulate
from srtheory.cli.sweep import _KINDS, read_spec
from srtheory.errors import ArgumentError
from srtheory.experiments import store
from tests.cli.conftest import Run

sweep = import_module("srtheory.cli.sweep")

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


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("spent", [0.0, float("inf")], ids=["interpreted", "compiled"])
@pytest.mark.parametrize("cost", [0, 3 * 10**18, 2**63, 10**30])
def test_whole_numbers_are_the_floats_that_simulate_reads(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spent: float, cost: int
) -> None:
    path = tmp_path / "grid.toml"
    for tau in (4 * 10**18, 2**63, 10**25):
        law = f"expon(scale={tau})"
        monkeypatch.setattr(compiled.SPENT, "seconds", spent)
        path.write_text(
            f'trials = 6\nseed = 3\n[[tasks]]\nscheme = "sr"\nsymbols = 7\ndegree = 2\ntau = {tau}\n'
            f'message_cost = {cost}\nmaster_time = {cost}\nstartup = "{law}"\n'
        )
        sizes = ["--symbols", "7", "--degree", "2", "--tau", str(tau), "--startup", law]
        costs = ["--message-cost", str(cost), "--master-time", str(cost)]
        swept = run("sweep", str(path), "--json")
        simulated = run("simulate", "sr", *sizes, *costs, "--trials", "6", "--seed", "3", "--json")
        assert (swept.status, swept.stderr, simulated.stderr) == (0, "", "")
        assert json.loads(swept.stdout, parse_int=float) == json.loads(simulated.stdout, parse_int=float)


def test_the_grid_is_the_product(run: Run, spec: Path) -> None:
    done = run("sweep", str(spec), "--json")
    assert (done.status, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    grid = list(product(["sr", "sr-with-replacement"], [10, 12], ["expon(loc=0.0, scale=5.0)", "pareto"]))
    assert len(lines) == len(grid) + 2
    for line, (scheme, symbols, law) in zip(lines, grid, strict=False):
        assert (line["scheme"], line["symbols"], line["degree"]) == (scheme, symbols, 3)
        assert line["startup"].startswith(law)
    assert [line["cap"] for line in lines[-2:]] == [0.5, 4]
    assert lines[-2]["unrecovered"] == 25
    assert len({line["id"] for line in lines}) == len(lines)


def test_a_line_is_what_simulate_prints(run: Run, spec: Path) -> None:
    lines = [json.loads(line) for line in run("sweep", str(spec), "--json").stdout.splitlines()]
    alone = json.loads(run("simulate", *ONE, "--trials", "25", "--json").stdout)
    assert alone in lines


def test_text_has_a_line_for_each_task(run: Run, spec: Path) -> None:
    objects = [json.loads(line) for line in run("sweep", str(spec), "--json").stdout.splitlines()]
    lines = run("sweep", str(spec)).stdout.splitlines()
    assert len(lines) == len(objects)
    for line, task in zip(lines, objects, strict=True):
        assert line.startswith(task["id"][:12])
        assert f"scheme={task['scheme']} symbols={task['symbols']}" in line
        assert f"unrecovered {task['unrecovered']}" in line
    assert "latency inf time units," in lines[-2]
    assert all(" rows, " in line and " terms, " in line for line in lines)


def test_what_is_kept_is_used_by_both_verbs(run: Run, spec: Path, tmp_path: Path, monkeypatch) -> None:
    out = str(tmp_path / "kept")
    swept = run("sweep", str(spec), "--store", out, "--json", "--processes", "2").stdout
    before = names(tmp_path / "kept")
    assert len(before) == 20
    monkeypatch.setattr("srtheory.experiments.trial.run_trial", lambda *_: pytest.fail("a trial was run"))
    assert run("sweep", str(spec), "--store", out, "--json").stdout == swept
    alone = run("simulate", *ONE, "--trials", "25", "--store", out, "--json")
    assert json.loads(alone.stdout) in [json.loads(line) for line in swept.splitlines()]
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
    run("simulate", *ONE, *out)
    run("simulate", *ONE, *out, "--decoder", "hitting")
    first, second = sorted(tmp_path.rglob("*.parquet"))
    first.write_bytes(second.read_bytes())
    decoders = [[], ["--decoder", "hitting"]]
    refused = [run("simulate", *ONE, *out, *decoder) for decoder in decoders]
    assert sorted(done.status for done in refused) == [0, 2]
    [line] = [done.stderr for done in refused if done.status == 2]
    assert line.count("\n") == 1
    assert str(first) in line

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(store, "write_whole", full)
    done = run("simulate", *ONE, "--store", str(tmp_path / "new"), "--trials", "25")
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "No space left" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--processes", "0"], "processes"),
        (["--processes", "-2"], "processes"),
        (["--processes", "two"], "processes"),
        (["--engine", "spark"], "engine"),
        (["--engine", "dask"], "scheduler"),
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:1", "--processes", "2"], "processes"),
        (["--scheduler", "tcp://127.0.0.1:1"], "scheduler"),
        (["--engine", "dask", "--scheduler", "nowhere"], "scheduler"),
        (["--store", "/dev/null"], "/dev/null"),
        (["--store", "/dev/null/below"], "/dev/null"),
    ],
)
def test_bad_ways_to_run_are_one_line(run: Run, spec: Path, arguments: list[str], word: str) -> None:
    for verb in (["sweep", str(spec)], ["simulate", *ONE, "--trials", "2"]):
        done = run(*verb, *arguments)
        assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
        assert word in done.stderr


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


GOOD = 'scheme = "sr"\nsymbols = 12\ndegree = 3\ntau = 0.1\nstartup = "expon()"\n'
HEAD = "trials = 5\nseed = 1\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("trials = ", "TOML"),
        (b"\xff\xfe".decode("latin-1"), "TOML"),
        ("seed = 1\n[[tasks]]\n" + GOOD, "trials"),
        ("trials = 5\n[[tasks]]\n" + GOOD, "seed"),
        (HEAD, "tasks"),
        (HEAD + "tasks = 3", "tasks"),
        (HEAD + "tasks = []", "tasks"),
        (HEAD + "tasks = [1]", "tasks"),
        (HEAD + "[tasks]\n" + GOOD, "tasks"),
        (HEAD + "shuffle = true\n[[tasks]]\n" + GOOD, "shuffle"),
        ("trials = 0\nseed = 1\n[[tasks]]\n" + GOOD, "trials"),
        ("trials = true\nseed = 1\n[[tasks]]\n" + GOOD, "trials"),
        ("trials = [5]\nseed = 1\n[[tasks]]\n" + GOOD, "trials"),
        ("trials = 5\nseed = -1\n[[tasks]]\n" + GOOD, "seed"),
        (HEAD + "[[tasks]]\n" + GOOD + "colour = 3", "colour"),
        (HEAD + "[[tasks]]\n" + GOOD + "seed = 3", "seed"),
        (HEAD + "[[tasks]]\n" + GOOD.replace("symbols = 12", ""), "tasks[0].symbols"),
        (HEAD + "[[tasks]]\n" + GOOD.replace("12", "[]"), "tasks[0].symbols"),
        (HEAD + "[[tasks]]\n" + GOOD.replace("12", "[12, 1.5]"), "1.5"),
        (HEAD + "[[tasks]]\n" + GOOD.replace("12", "[[12]]"), "tasks[0].symbols"),
        (HEAD + "[[tasks]]\n" + GOOD.replace("12", "true"), "tasks[0].symbols"),
        (HEAD + "[[tasks]]\n" + GOOD + "[[tasks]]\n" + GOOD.replace("0.1", '"0.1"'), "tasks[1].tau"),
        (HEAD + "[[tasks]]\n" + GOOD.replace("0.1", "nan"), "tasks[0].tau"),
        (HEAD + "[[tasks]]\n" + GOOD + "[[tasks]]\n" + GOOD.replace("0.1", "[0.2, -1.0]"), "tasks[1].tau"),
        (HEAD + "[[tasks]]\n" + GOOD.replace('"expon()"', '"norm()"'), "norm()"),
        (HEAD + "[[tasks]]\n" + GOOD.replace('"sr"', '"tornado"'), "tornado"),
        (HEAD + "[[tasks]]\n" + GOOD.replace('"sr"', '["sr", "lt"]'), "tasks[0].degree"),
        (HEAD + "[[tasks]]\n" + GOOD + "cap = 2", "cap"),
        (HEAD + "[[tasks]]\n" + GOOD + 'decoder = "viterbi"', "viterbi"),
        (HEAD + "[[tasks]]\n" + GOOD.replace("12", "[12, 12]"), "distinct"),
    ],
)
def test_bad_specs_are_one_line(run: Run, tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="latin-1")
    done = run("sweep", str(path), "--store", str(tmp_path / "out"))
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert words in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_spec_that_is_not_there(run: Run, tmp_path: Path) -> None:
    done = run("sweep", str(tmp_path / "none.toml"))
    assert (done.status, done.stderr.count("\n")) == (2, 1)
    assert "none.toml" in done.stderr


def test_a_task_of_a_spec_has_the_options_of_simulate(tmp_path: Path) -> None:
    options = {parameter.name for parameter in simulate.params if parameter.expose_value}
    elsewhere = {"trials", "seed", "store", "processes", "engine", "scheduler", "as_json", "matrix", "certificate"}
    elsewhere |= {"texts"}  # --option is a table of its own
    assert set(_KINDS) - {"c", "delta", "epsilon", "spread"} == options - elsewhere
    path = tmp_path / "all.toml"
    path.write_text(HEAD + "[[tasks]]\n" + GOOD + 'workers = 6\naccess = 4\ndecoder = "hitting"\n')
    trials, [asked] = read_spec(path)
    task = asked.task
    assert trials == 5
    assert (task.scheme.workers, task.decoder, task.seed) == (6, "hitting", 1)
    assert (task.scheme.inner.degree, task.scheme.inner.access) == (3, 4)
    assert asked.parameters.items() >= {"workers": 6, "decoder": "hitting", "degree": 3, "access": 4}.items()


@pytest.mark.quality
def test_a_grid_that_pairs_lists_instead_of_crossing_them_is_caught(run: Run, spec: Path, monkeypatch) -> None:
    monkeypatch.setattr("srtheory.cli.sweep.product", zip)
    with pytest.raises(AssertionError):
        test_the_grid_is_the_product(run, spec)


def test_a_grid_over_pre_codes(tmp_path: Path) -> None:
    path = tmp_path / "codes.toml"
    grid = 'scheme = "raptor"\nsymbols = 40\nspread = [1, 2]\nepsilon = [0.1, 1]\ndecoder = ["peeling", "span"]\n'
    path.write_text(HEAD + "[[tasks]]\n" + grid + 'tau = 0.1\nstartup = "expon()"\n')
    _, tasks = read_spec(path)
    assert len({asked.task.id for asked in tasks}) == 8
    assert {(asked.task.scheme.epsilon, asked.task.scheme.spread) for asked in tasks} == {
        (0.1, 1),
        (0.1, 2),
        (1, 1),
        (1, 2),
    }


def test_a_grid_over_stragglers(tmp_path: Path) -> None:
    path = tmp_path / "codes.toml"
    grid = 'scheme = ["gradient-cyclic", "gradient-fractional"]\nsymbols = 12\nstragglers = [1, 3]\n'
    path.write_text(HEAD + "[[tasks]]\n" + grid + 'tau = 0.1\nstartup = "expon()"\n')
    _, tasks = read_spec(path)
    assert [asked.parameters["stragglers"] for asked in tasks] == [1, 3] * 2
    assert len({asked.task.id for asked in tasks}) == 4


# ------------------------------------------------------------------------------------------------- limits and lines


@pytest.mark.parametrize(("more", "says"), [(0, None), (1, "SPEC")])
def test_a_spec_has_16384_bytes_at_most(tmp_path: Path, more: int, says: str | None) -> None:
    path, text = tmp_path / "long.toml", HEAD + "[[tasks]]\n" + GOOD + "# "
    path.write_text(text + "-" * (16384 + more - len(text)))
    if says is None:
        assert len(read_spec(path)[1]) == 1
    else:
        with pytest.raises(ArgumentError) as refusal:
            read_spec(path)
        assert refusal.value.name == says


def test_a_grid_has_ten_thousand_tasks_at_most_in_all_its_tables(tmp_path: Path) -> None:
    """A decoder that does not exist ends the reading of a grid that is small enough."""
    path = tmp_path / "large.toml"
    first = "[[tasks]]\n" + GOOD.replace("= 12", f"= {[12] * 100}").replace("0.1", f"{[0.1] * 99}")
    for many, name in ((100, "tasks[0].decoder"), (101, "tasks")):
        second = "[[tasks]]\n" + GOOD.replace("= 3", f"= {[3] * many}") + 'decoder = "viterbi"\n'
        path.write_text(HEAD + first + 'decoder = "viterbi"\n' + second)
        with pytest.raises(ArgumentError) as refusal:
            read_spec(path)
        assert refusal.value.name == name
    assert (refusal.value.value, refusal.value.expected) == ("a grid of 10001", "a grid of at most 10000 tasks")


def test_trials_and_seed_of_the_command_line_take_the_place_of_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_text(HEAD + "[[tasks]]\n" + GOOD)
    for given, expected in (
        *((None, (5, 1)), ({"trials": None, "seed": None}, (5, 1)), ({"trials": 1, "seed": None}, (1, 1))),
        ({"trials": None, "seed": 0}, (5, 0)),
    ):
        trials, [asked] = read_spec(path, given)
        assert (trials, asked.task.seed) == expected
    with pytest.raises(ArgumentError, match="'trials'"):
        read_spec(path, {"trials": 0})
    path.write_text("[[tasks]]\n" + GOOD)
    assert read_spec(path, {"trials": 2, "seed": 2**128 - 1})[0] == 2
    with pytest.raises(ArgumentError, match=f"'seed' must be an integer from 0 to {2**128 - 1}"):
        read_spec(path, {"trials": 2, "seed": 2**128})


@pytest.mark.parametrize(
    ("more", "name", "says"),
    [
        ("degree = []", "tasks[0].degree", "an integer or a list of at least one"),
        ("degree = [3, true]", "tasks[0].degree", "an integer or a list of such"),
        ("option = 3", "tasks[0].option", "a table of options: option.NAME = VALUE"),
        (f"[[tasks]]\n{GOOD}option = 3", "tasks[1].option", "a table of options"),
        ("option.degree = [[3]]", "tasks[0].option.degree", "a text, a number or a switch or a list of such"),
        ("option.degree = true", "tasks[0].option.degree", "an integer"),
        ("option.window = 3", "tasks[0].option", "one that"),
        ("degree = 0", "tasks[0].degree", "an integer from 1 to 2000000"),
    ],
)
def test_what_a_task_cannot_have_is_told_by_its_place(tmp_path: Path, more: str, name: str, says: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(HEAD + "[[tasks]]\n" + GOOD.replace("degree = 3\n", "") + more)
    with pytest.raises(ArgumentError) as refusal:
        read_spec(path)
    assert (refusal.value.name, refusal.value.expected[: len(says)]) == (name, says)


def test_options_of_a_scheme_are_a_table(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(HEAD + "[[tasks]]\n" + GOOD.replace("degree", "option.degree") + "option.access = [5, 7]\n")
    _, tasks = read_spec(path)
    assert [(a.task.scheme.degree, a.task.scheme.access) for a in tasks] == [(3, 5), (3, 7)]  # type: ignore[attr-defined]
    assert [a.parameters["option.access"] for a in tasks] == [5, 7]


def test_a_line_has_the_beginning_of_digests_and_rounded_means() -> None:
    """Infinite means have no number, and single trials no error."""
    parameters = {"scheme": "a.py::B", "symbols": 12, "source": "0123456789abcdef"}
    result = {
        "id": "fedcba9876543210",
        "latency": {"mean": None, "standard_error": None},
        "stopping_time": {"mean": 1234567.5, "standard_error": 0.0123456},
        "coverage_time": {"mean": 12.5, "standard_error": None},
        "systematic": {"mean": 0.125, "standard_error": 123.4},
        "work": {"mean": 30.0, "standard_error": 1.0},
        "unrecovered": 3,
        "trials": 20,
    }
    assert sweep._line(parameters, result) == (
        "fedcba987654  scheme=a.py::B symbols=12 source=0123456789ab:  latency inf time units, "
        "stopping_time 1.23457e+06 ± 0.012 rows, coverage_time 12.5 rows, systematic 0.125 ± 1.2e+02 rows, "
        "work 30 ± 1 terms, unrecovered 3 of 20 trials"
    )
    assert parameters["source"] == "0123456789abcdef"
    assert " source" not in sweep._line({"scheme": "sr"}, result)


@pytest.mark.parametrize(("ids", "twice"), [(["a", "b", "b", "a"], "a"), (["a", "b", "b", "b"], "b")])
def test_the_first_task_that_is_there_twice_is_told(ids: list[str], twice: str) -> None:
    with pytest.raises(ArgumentError) as refusal:
        sweep._distinct(ids)
    assert refusal.value.value == twice
    sweep._distinct(["a", "b", "c"])
