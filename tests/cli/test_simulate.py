"""The verbs of trials, ``simulate``, ``compare`` and ``sweep``: the same numbers, rounded, proved, kept and found."""

from __future__ import annotations

import json
import shlex
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from srtheory.cli.sweep import read_spec
from srtheory.errors import ArgumentError
from srtheory.experiments.summary import MEASURES
from srtheory.questions.simulate import Simulate
from srtheory.questions.words import fields_of
from srtheory.schemes import SCHEME_NAMES
from tests.cli.conftest import Run, asked, refused, sizes

MODEL = ["--symbols", "12", "--tau", "0.1", "--startup", "expon(scale=5)", "--seed", "3"]
BASE = [*MODEL, "--trials", "20"]


def arguments(scheme: str, *model: str) -> list[str]:
    return [scheme, *(model or BASE), *sizes(scheme)]


def simulated(run: Run, scheme: str, *more: str) -> dict[str, Any]:
    return asked(run, "simulate", *arguments(scheme), *more)


def rounded(value: float | None, digits: int, none: str) -> str:
    return none if value is None else f"{value:.{digits}g}"


@pytest.mark.parametrize("scheme", SCHEME_NAMES)
def test_the_table_rounds_the_numbers_of_the_json(run: Run, scheme: str) -> None:
    """Standard errors to two digits, and all else to six; what is not defined is no infinity."""
    summary = simulated(run, scheme)
    first, _, head, *lines, end = run("simulate", *arguments(scheme)).stdout.splitlines()
    assert first == f"{scheme}, 20 trials, seed 3"
    assert (summary["trials"], summary["seed"]) == (20, 3)
    assert head.split()[:2] == ["unit", "mean"]
    assert {"latency", "stopping_time", "coverage_time", "work"} <= {line.split()[0] for line in lines}
    units = {"latency": "time units", "stopping_time": "rows", "work": "terms"}
    for line in lines:
        name = line[:15].strip()
        one = summary[name]
        assert line[15:27].strip() == units.get(name, line[15:27].strip())
        numbers = [rounded(one["mean"], 6, "inf"), rounded(one["standard_error"], 2, "-"), rounded(one["sd"], 6, "-")]
        assert line[27:].split() == numbers + [rounded(one["quantiles"][q], 6, "inf") for q in ("0.05", "0.5", "0.95")]
    assert end.startswith(f"unrecovered {summary['unrecovered']} of 20 trials")


@pytest.mark.parametrize("scheme", SCHEME_NAMES)
def test_the_verdict_of_the_first_run_is_proved(run: Run, tmp_path: Path, scheme: str) -> None:
    """By the rows that arrived, also that the sum is not there; another decoder than elimination may need more."""
    proof, matrix = str(tmp_path / "proof.json"), str(tmp_path / "rows.json")
    model = ["--symbols", "6", "--tau", "0.1", "--startup", "expon()", "--trials", "1"]
    for more in ([], ["--silent", "0.9"]) if scheme == "uncoded" else ([],):
        words = [*arguments(scheme, *model), *more, "--matrix", matrix, "--certificate", proof]
        summary, checked = asked(run, "simulate", *words), run("check", proof, "--matrix", matrix)
        assert checked.status == 0, checked.stderr
        rows, last = summary["stopping_time"]["mean"], checked.stdout.split()[-1].rstrip(".")
        if more:
            assert (summary["unrecovered"], checked.stdout.endswith("do not span 1.\n")) == (1, True)
        else:
            assert int(last) == rows if summary["decoder"] == "span" else 0 < int(last) <= rows
            assert len(json.loads(Path(matrix).read_text())["rows"]) == rows


def test_rows_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    """Which is heard of before the trials, not after."""
    elsewhere, kept = str(tmp_path / "none" / "rows.json"), tmp_path / "records"
    assert "'matrix'" in refused(run, "simulate", *arguments("sr"), "--matrix", elsewhere, "--store", str(kept))
    assert not kept.exists()


def test_decoders_that_recover_nothing_count_no_operations(run: Run) -> None:
    """Those of coverage and of the hitting time; of parts, the one of arcs is as good as elimination."""
    by = {name: simulated(run, "sr", "--decoder", name) for name in ("span", "coverage", "hitting")}
    assert by["coverage"]["stopping_time"] == by["hitting"]["coverage_time"]
    for name, summary in by.items():
        assert [what in summary for what in ("additions", "multiplications", "solving")] == [name == "span"] * 3
    parts = [simulated(run, "parts-cyclic", *more)["latency"] for more in ([], ["--decoder", "intervals"])]
    assert parts[0] == parts[1]


@pytest.mark.parametrize("words", ["bcc", "uncoded --silent 0.02"])
def test_runs_that_never_end_are_counted(run: Run, words: str) -> None:
    """A part that nobody sampled, a worker that never answers."""
    scheme, *more = words.split()
    found = simulated(run, scheme, *more)
    assert 0 < found["unrecovered"] < 20
    assert found["latency"]["mean"] is found["latency"]["sd"] is found["latency"]["quantiles"]["0.99"] is None
    assert found["latency"]["quantiles"]["0.01"] > 0
    assert "nan" not in run("simulate", *arguments(scheme), *more).stdout


def test_options_are_said_and_a_sample_is_drawn_from(run: Run, tmp_path: Path) -> None:
    given = run("simulate", "sr", *BASE, "--option", "degree=3").stdout.splitlines()[1]
    assert given.startswith("symbols 12, tau 0.1 time units per term, startup expon(")
    assert ", option.degree 3, " in given
    (tmp_path / "d.txt").write_text("1.5\n1.5\n")
    found = simulated(run, "one", "--startup", f"sample:{tmp_path / 'd.txt'}")
    assert found["latency"]["mean"] == pytest.approx(1.5 + 12 * 0.1)


def test_block_sizes_by_hand_and_by_name(run: Run) -> None:
    """One size by elimination is the sum-recovery code."""
    words = ["simulate", "sr-sizes", *MODEL, "--symbols", "200", "--trials", "5"]
    ours = asked(run, *words, "--sizes", "8", "--decoder", "span")
    theirs = asked(run, *["simulate", "sr", *words[2:]], "--degree", "8")
    assert (ours["sizes"], ours["latency"], ours["stopping_time"]) == ("8", theirs["latency"], theirs["stopping_time"])
    named = asked(run, *words, "--sizes", "paper-pareto")
    assert named["id"] == asked(run, *words, "--sizes", "15/13/4/3x3/5/3x4/2/3/2")["id"]
    for bad in ("0", "3x", "2:0.5", "paper", ""):
        assert "sizes" in refused(run, *words, "--sizes", bad)


# ------------------------------------------------------------------------------------------------------------- compare

COMPARE = ["--symbols", "20", "--tau", "0.1", "--startup", "expon(scale=5)", "--trials", "12", "--seed", "3"]
COSTS = ((), ("--message-cost", "0.5"), ("--master-time", "0.3"), ("--silent", "0.1"))
SILENT = COSTS[-1]
FOUND: dict[tuple[str, ...], dict[str, Any]] = {}


def found(run: Run, *more: str) -> dict[str, Any]:
    """The answer with these words, which is asked for once."""
    if more not in FOUND:
        FOUND[more] = asked(run, "compare", *COMPARE, *more)
    return FOUND[more]


def points(run: Run, *more: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Points by scheme, degree and, if the scheme has some, number of cells."""
    return {(p["scheme"], p["degree"], *([p["cells"]] if "cells" in p else [])): p for p in found(run, *more)["points"]}


def table(run: Run, *more: str) -> tuple[str, str, list[str]]:
    """First line, head and lines of the table."""
    done = run("compare", *COMPARE, *more)
    assert (done.status, done.stderr) == (0, "")
    first, head, *lines = done.stdout.splitlines()
    return first, head, lines[: next(i for i, line in enumerate(lines) if line.startswith("latency in time"))]


@pytest.mark.parametrize("more", COSTS)
def test_each_scheme_is_what_simulate_says_and_none_but_the_genie_is_below_the_floor(
    run: Run, more: tuple[str, ...]
) -> None:
    """By four standard errors; the median of a dozen runs has none.  The genie is the limit whatever messages cost."""
    answer, silent, made = found(run, *more), more == SILENT, points(run, *more)
    assert {which[0] for which in made} == set(SCHEME_NAMES)
    for scheme, degree in (("sr", 5), ("parts-cyclic", 10), ("lt", None)):
        size = [] if degree is None else ["--degree", str(degree)]
        here = made[scheme, degree]
        alone = asked(run, "simulate", scheme, *COMPARE, *more, *size, "--trials", str(here["trials"]))
        names = {"latency": "latency", "messages": "stopping_time", "work": "work"}
        assert {name: here[name] for name in names} == {name: alone[its] for name, its in names.items()}
    limit = made["genie", None]
    assert silent or limit == points(run)["genie", None]
    floor = answer["floor"]
    assert floor["of"] == ("median" if silent else "mean")
    for point in answer["points"]:
        latency = point["latency"]["quantiles"]["0.5"] if silent else point["latency"]["mean"]
        if point["scheme"] == "genie" or latency is None:
            assert point["of_floor"] is None
        else:
            assert point["of_floor"] == floor["latency"] / latency
            assert silent or latency + 4 * point["latency"]["standard_error"] > floor["latency"]
            assert silent or latency > limit["latency"]["mean"]
    if more == COSTS[1]:
        below = run("compare", *COMPARE, *more, "--scheme", "one").stdout.split("below ")[1].split()[0]
        known = asked(run, "floor", *COMPARE[:6], *more)["mean"]
        assert known - 1e-4 < float(below) <= floor["latency"] == known


@pytest.mark.parametrize("more", [(), SILENT], ids=" ".join)
def test_the_table_rounds_the_fastest_and_the_frontier(run: Run, more: tuple[str, ...]) -> None:
    """All workers are the same in each scheme, and larger degrees lose fewer runs."""
    given = {
        (p["scheme"] + (f" ({p['cells']} cells)" if "cells" in p else ""), p["degree"]): p
        for p in points(run, *more).values()
    }
    first, head, lines = table(run, *more)
    assert first.startswith("m = 20, tau = 0.1, X ~ expon(scale=5), kappa = 0")
    assert (", eps = 0.1; up to 12 trials each, seed 3" in first) == bool(more)
    width, seen, last = head.index("     d "), [], 0.0
    for line in lines:
        name, (*cells,) = line[:width].rstrip(), line[width:].replace("*", "").split()
        p = given[name, int(cells.pop(0)) if "." not in cells[0] and len(cells) == (10 if more else 7) else None]
        time, rows = p["latency"], p["messages"]
        shown = [rounded(time["mean"], 5, "inf"), rounded(time["standard_error"], 2, "-")]
        shown += [rounded(rows["mean"], 5, "inf"), rounded(rows["standard_error"], 2, "-")]
        shown += [rounded(p["work"]["mean"], 5, "inf"), "-" if p["of_floor"] is None else f"{p['of_floor']:.3f}"]
        if more:
            shown += [
                f"{p['unrecovered'] / p['trials']:.3g}",
                *(rounded(time["quantiles"][q], 5, "inf") for q in ("0.5", "0.95")),
            ]
        assert cells == shown, line
        assert line.endswith("*") == p["frontier"]
        assert last <= float(cells[0])
        last = float(cells[0])
        seen.append(p)
    assert {p["scheme"] for p in seen} == set(SCHEME_NAMES)
    assert all(p in seen for p in given.values() if p["frontier"])
    assert len(table(run, *more, "--all")[2]) == len(given)


def test_chosen_schemes_degrees_and_cells(run: Run) -> None:
    for words in ("--scheme sr --scheme sr --scheme one", "--schemes sr,one,sr"):
        answer = asked(run, "compare", *COMPARE, *words.split(), *["--degree", "3", "--degree", "2", "--degree", "3"])
        assert [(p["scheme"], p["degree"]) for p in answer["points"]] == [("sr", 2), ("sr", 3), ("one", None)]
    assert table(run, "--scheme", "lt", "--option", "c=0.1")[1] == "options of lt: c 0.1"

    def of(*more: str) -> dict[int, float]:
        answer = asked(run, "compare", *COMPARE, "--scheme", "terms-pairs", *more)
        return {p["cells"]: p["latency"]["mean"] for p in answer["points"]}

    assert list(of("--master-time", "0.001")) == [1, 2, 5, 10, 20]
    tried = of()
    assert set() < set(tried) < {1, 2, 5, 10, 20}
    assert table(run, "--scheme", "terms-pairs")[2][0].startswith(f"terms-pairs ({min(tried, key=tried.get)} cells)")
    assert list(of("--option", "cells=3")) == [3]
    given = ["--silent", "0.4", "--scheme", "repetition", "--degree", "2", "--degree", "1", "--degree", "4"]
    lost = {which[1]: p["unrecovered"] for which, p in points(run, *given).items()}
    assert lost[1] > lost[2] > lost[4] > 0
    assert [line.split()[:2] for line in table(run, *given)[2]] == [["repetition", "4"]]
    answer = asked(run, "compare", "--symbols", "1", *COMPARE[2:])
    # the one parity of a Raptor code is that symbol too, and peeling has no use for their sum
    assert all(p["messages"]["mean"] == 1 for p in answer["points"] if p["scheme"] != "raptor")


CROWD = """
from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker

@dataclass(frozen=True)
class Crowd(ByWorker):
    @property
    def workers(self):
        return 20 * self.symbols

    def sends(self, worker, key):
        for i in range(self.symbols):
            yield [(worker + i) % self.symbols]
"""


def test_a_scheme_with_more_workers_is_not_held_to_the_floor(run: Run, tmp_path: Path) -> None:
    """And one of one's own has the digest of its source; a long name has a column."""
    (tmp_path / "crowd.py").write_text(CROWD)
    scheme = f"{tmp_path}/crowd.py::Crowd"
    answer = asked(run, "compare", *COMPARE, "--scheme", scheme)
    assert [p["of_floor"] for p in answer["points"]] == [None]
    assert answer["sources"] == {scheme: asked(run, "simulate", scheme, *COMPARE)["source"]}
    _, head, [line] = table(run, "--scheme", scheme)
    assert line.startswith(scheme + " ")
    assert head.index("     d ") == len(scheme) + 1


# --------------------------------------------------------------------------------------------------------------- sweep

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
ONE = ["sr", *MODEL, "--degree", "3"]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "grid.toml"
    path.write_text(SPEC)
    return path


def swept(run: Run, spec: Path, *more: str) -> list[dict[str, Any]]:
    done = run("sweep", str(spec), *more, "--json")
    assert done.status == 0
    assert all("infinite mean of startup" in line for line in done.stderr.splitlines())
    return [json.loads(line) for line in done.stdout.splitlines()]


def require_product(lines: list[dict[str, Any]]) -> None:
    grid = list(product(["sr", "sr-with-replacement"], [10, 12], ["expon(loc=0.0, scale=5.0)", "pareto"]))
    assert len(lines) == len(grid) + 2
    for line, (scheme, symbols, law) in zip(lines, grid, strict=False):
        assert (line["scheme"], line["symbols"], line["degree"]) == (scheme, symbols, 3)
        assert line["startup"].startswith(law)
    assert [line["cap"] for line in lines[-2:]] == [0.5, 4]
    assert lines[-2]["unrecovered"] == 25
    assert len({line["id"] for line in lines}) == len(lines)


def test_the_grid_is_the_product_and_its_lines_are_what_simulate_prints_and_keeps(
    run: Run, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept is used by all verbs, and nothing is run twice."""
    out = str(tmp_path / "kept")
    first = swept(run, spec, "--store", out)
    require_product(first)
    one = asked(run, "simulate", *ONE, "--trials", "25")
    assert one in first
    before = sorted(path for path in (tmp_path / "kept").rglob("*") if path.is_file())
    assert len(before) == 20
    monkeypatch.setattr("srtheory.experiments.trial.run_trial", lambda *_: pytest.fail("a trial was run"))
    assert swept(run, spec, "--store", out) == first
    assert asked(run, "simulate", *ONE, "--trials", "25", "--store", out) == one
    compared = asked(run, "compare", *MODEL, "--trials", "25", "--scheme", "sr", "--degree", "3", "--store", out)
    assert compared["points"][0]["latency"] == one["latency"]
    assert sorted(path for path in (tmp_path / "kept").rglob("*") if path.is_file()) == before


@pytest.mark.quality
def test_a_grid_that_pairs_lists_instead_of_crossing_them_is_caught(
    run: Run, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("srtheory.cli.sweep.product", zip)
    with pytest.raises(AssertionError):
        require_product(swept(run, spec))


@pytest.mark.parametrize("trials", ["25", "1"])
def test_text_has_a_line_for_each_task(run: Run, spec: Path, trials: str) -> None:
    """Rounded as everywhere; single trials have no error, infinite means no number; digests are cut."""
    lines = run("sweep", str(spec), "--trials", trials).stdout.splitlines()
    for line, task in zip(lines, swept(run, spec, "--trials", trials), strict=True):
        assert line.startswith(f"{task['id'][:12]}  scheme={task['scheme']} symbols={task['symbols']} ")
        cells = line.split(":  ")[1].split(", ")
        for name, cell in zip(MEASURES, cells, strict=False):
            mean, error = task[name]["mean"], task[name]["standard_error"]
            said = "inf" if mean is None else f"{mean:.6g}" + ("" if error is None else f" ± {error:.2g}")
            assert cell.rsplit(" ", 2 if name == "latency" else 1)[0] == f"{name} {said}"
        assert f"unrecovered {task['unrecovered']} of {trials} trials" in cells
        assert (cells[0].endswith(" time units"), cells[len(MEASURES) - 1].endswith(" terms")) == (True, True)


TWICE = GOOD.replace("= 12", f"= {[12] * 100}").replace("0.1", f"{[0.1] * 99}") + 'decoder = "viterbi"\n'
"""So many tasks that a hundred more are the most; of a decoder that does not exist."""
NUMBER, TEXTS = "an integer or a list of ", "a text, a number or a switch or a list of such"
WRONG = [
    *(("trials = ", "SPEC", "a TOML file"), ("\xff\xfe", "SPEC", "a TOML file")),
    *((f"seed = 1\n{GOOD}", "SPEC.trials", "given"), (f"trials = 5\n{GOOD}", "SPEC.seed", "given")),
    *((HEAD, "SPEC.tasks", "given"), (f"{HEAD}tasks = 3", "tasks", "one table"), (f"{HEAD}tasks = []", "tasks", "one")),
    (f"{HEAD}shuffle = true\n{GOOD}", "SPEC", "a table with the keys"),
    *((f"trials = {x}\nseed = 1\n{GOOD}", "trials", "an integer") for x in ("0", "true", "[5]")),
    *((f"{HEAD}{GOOD}{key} = 3", "tasks[0]", "a table with the keys") for key in ("colour", "seed")),
    (HEAD + GOOD.replace("symbols = 12", ""), "tasks[0].symbols", "given"),
    (HEAD + GOOD.replace("12", "[]"), "tasks[0].symbols", NUMBER + "at least one"),
    *((HEAD + GOOD.replace("12", x), "tasks[0].symbols", NUMBER + "such") for x in ("[12, 1.5]", "[[12]]", "true")),
    (HEAD + GOOD.replace("= 3", "= 0"), "tasks[0].degree", "an integer from 1 to 2000000"),
    (HEAD + GOOD + GOOD.replace("0.1", "true"), "tasks[1].tau", "a number or a text"),
    *((HEAD + GOOD + GOOD.replace("0.1", x), "tasks[1].tau", "a finite number") for x in ("nan", "[0.2, -1.0]")),
    (HEAD + GOOD.replace('"sr"', '"tornado"'), "tasks[0].scheme", "one of"),
    (HEAD + GOOD.replace('"sr"', '["sr", "lt"]'), "tasks[0].degree", "left out"),
    (f"{HEAD}{GOOD}cap = 2", "tasks[0].cap", "left out"),
    (HEAD + GOOD.replace("12", "[12, 12]"), "tasks", "distinct tasks"),
    *((f"{HEAD}{GOOD}{more}option = 3", where, "a table of options") for more, where in
      (("", "tasks[0].option"), (GOOD, "tasks[1].option"))),
    *((f"{HEAD}{GOOD}option.degree = {x}", "tasks[0].option.degree", TEXTS) for x in ("[[3]]", "{a = 2}")),
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


def test_a_task_of_a_spec_has_the_options_of_simulate_and_of_its_scheme(tmp_path: Path) -> None:
    options = {its.name for its in fields_of(Simulate)} - {"trials", "seed", "texts"}  # --option is a table of its own
    with pytest.raises(ArgumentError) as refusal:
        read(tmp_path, f"{HEAD}{GOOD}colour = 3")
    keys = refusal.value.expected.removeprefix("a table with the keys ").split(", ")
    assert {*keys} - {"c", "delta", "epsilon", "spread", "option"} == options
    text = f'{HEAD}{GOOD}workers = 6\naccess = 4\ndecoder = "hitting"\n# '
    trials, [one] = read(tmp_path, text.ljust(16384, "-"))
    assert (trials, one.task.scheme.workers, one.task.decoder, one.task.seed) == (5, 6, "hitting", 1)
    assert (one.task.scheme.inner.degree, one.task.scheme.inner.access) == (3, 4)
    assert (one.workers, one.decoder, one.degree, one.access) == (6, "hitting", 3, 4)
    law = 'tau = 0.1\nstartup = "expon()"\n'
    codes = '[[tasks]]\nscheme = "raptor"\nsymbols = 40\nspread = [1, 2]\nepsilon = [0.1, 1]\n'
    _, tasks = read(tmp_path, f'{HEAD}{codes}decoder = ["peeling", "span"]\n{law}')
    assert len({each.task.id for each in tasks}) == 8
    assert {(each.task.scheme.epsilon, each.task.scheme.spread) for each in tasks} == {*product((0.1, 1), (1, 2))}
    _, tasks = read(tmp_path, HEAD + GOOD.replace("degree", "option.degree") + "option.access = [5, 7]\n")
    assert [(each.task.scheme.degree, each.task.scheme.access) for each in tasks] == [(3, 5), (3, 7)]
    assert [each.own["access"] for each in tasks] == [5, 7]
    for given, expected in (
        ({"trials": None, "seed": 0}, (5, 0)),
        ({"trials": 2, "seed": 2**128 - 1}, (2, 2**128 - 1)),
    ):
        trials, [one] = read(tmp_path, HEAD + GOOD, given)
        assert (trials, one.task.seed) == expected


def test_the_distributions_of_measured_times_are_options_of_a_simulation(run: Run, tmp_path: Path) -> None:
    """As they are printed, and of the kinds that were measured."""
    (tmp_path / "times").write_text("".join(f"startup {i}\ntask {(i % 7) / 8}\nmessage 0.25\n" for i in range(40)))
    found = json.loads(run("fit", str(tmp_path / "times"), "--json").stdout)
    options = shlex.split(found["options"])
    assert options[::2] == ["--startup", "--tau", "--message-cost"]
    assert options[1::2] == [found[kind]["law"] for kind in ("startup", "task", "message")]
    done = asked(run, "simulate", "terms-cyclic", "--symbols", "4", *options, "--trials", "2")
    assert (done["startup"], done["tau"], done["message_cost"]) == tuple(options[1::2])
    twice = [(0, 1, i / 8, i / 8 + (i % 7) / 8) for i in range(40)], [(1, 3, 9.0, 9.5) for _ in range(40)]
    arrivals = [
        dict(zip(("worker", "index", "terms", "began", "finished", "arrived"), (j, *its, its[-1] + 0.25), strict=True))
        for sent in twice
        for j, its in enumerate(sent)
    ]
    (tmp_path / "run.json").write_text(json.dumps({"arrivals": arrivals[::-1]}))
    every = "".join(f"startup {i / 8}\ntask {(i % 7) / 8}\nmessage 0.25\nmessage 0.25\n" for i in range(40))
    (tmp_path / "times").write_text(every)  # a symbol of two terms tells no task
    of_run, of_lines = (json.loads(run("fit", str(tmp_path / name), "--json").stdout) for name in ("run.json", "times"))
    assert of_run == of_lines
