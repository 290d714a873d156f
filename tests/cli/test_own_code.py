"""Schemes of one's own on the command line: every verb that takes a scheme, and what newcomers are told."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from srtheory.experiments.lab import Effort
from tests.cli.conftest import Run

MODEL = ["--symbols", "12", "--tau", "0.1", "--startup", "expon(scale=5)"]
RUNS = ["--trials", "20", "--seed", "3"]
MINE = '''
from dataclasses import dataclass
from srtheory.errors import ArgumentError
from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Same(ByWorker):
    """Blocks in cyclic order; by the fields' names a hard case for the command line."""

    degree: int
    workers: int = 12
    seed: bool = False

    def __post_init__(self):
        if self.symbols % self.degree:
            raise ArgumentError("degree", self.degree, "a divisor of m")

    def sends(self, worker, key):
        yield [worker]
        others = [(worker + i) % self.symbols for i in range(1, self.symbols)]
        for first in range(0, len(others), self.degree):
            yield others[first : first + self.degree]


@dataclass(frozen=True)
class Alone(ByWorker):
    wrong: bool = False

    def sends(self, worker, key):
        yield [worker]

    def latency_cdf(self, t, tau, startup):
        p = float(startup.cdf(t - tau)) ** self.symbols
        return (0.0, 2.0) if self.wrong else (p, p)
'''


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "mine.py").write_text(MINE)
    return tmp_path


def answer(run: Run, *words: str) -> Any:
    done = run(*words, "--json")
    assert (done.status, done.stderr) == (0, "")
    return json.loads(done.stdout)


def refused(run: Run, *words: str) -> str:
    done = run(*words)
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    return done.stderr


def test_simulate(run: Run, mine: Path) -> None:
    given = ["simulate", "mine.py::Same", *MODEL, *RUNS]
    first = answer(run, *given, "--option", "degree=3", "--option", "seed=true", "--out", "records")
    assert (first["scheme"], first["option.degree"], first["option.seed"], first["seed"]) == (
        "mine.py::Same",
        3,
        True,
        3,
    )
    assert first["source"] in (mine / "records" / first["id"] / "_task.json").read_text()
    named = answer(run, *given, "--degree", "3", "--option", "seed=true", "--processes", "2", "--out", "records")
    assert (named["id"], named["latency"]) == (first["id"], first["latency"])
    (mine / "mine.py").write_text(MINE + "# a remark\n")
    changed = answer(run, *given, "--degree", "3", "--option", "seed=true", "--out", "records")
    assert changed["id"] != first["id"]
    assert changed["latency"] == first["latency"]
    assert len(list((mine / "records").iterdir())) == 2


def test_a_field_called_workers_is_no_grouping(run: Run, mine: Path) -> None:
    given = ["simulate", "mine.py::Same", *MODEL, *RUNS, "--degree", "2"]
    assert answer(run, *given, "--option", "workers=6")["workers"] == 6
    assert answer(run, *given, "--workers", "12")["workers"] == 12


def test_options_of_the_houses_schemes(run: Run) -> None:
    given = ["simulate", "sr", *MODEL, *RUNS]
    one, other = answer(run, *given, "--degree", "3"), answer(run, *given, "--option", "degree=3")
    assert (one["id"], one["latency"]) == (other["id"], other["latency"])
    assert "left out where degree is given" in refused(run, *given, "--degree", "3", "--option", "degree=3")


def test_compare_tries_the_degrees_that_a_scheme_does_not_refuse(run: Run, mine: Path) -> None:
    found = answer(run, "compare", *MODEL, *RUNS, "--schemes", "sr,mine.py::Same", "--scheme", "mine.py::Alone")
    tried = [(p["scheme"], p["degree"]) for p in found["points"]]
    assert [d for scheme, d in tried if scheme == "mine.py::Same"] == [1, 2]
    assert [d for scheme, d in tried if scheme == "sr"] == [1, 2, 5, 10]
    assert ("mine.py::Alone", None) in tried
    assert set(found["sources"]) == {"mine.py::Same", "mine.py::Alone"}
    by_file = next(p for p in found["points"] if p["scheme"] == "mine.py::Alone")
    uncoded = answer(run, "compare", *MODEL, *RUNS, "--schemes", "uncoded")["points"][0]
    assert by_file["latency"] == uncoded["latency"]
    table = run("compare", *MODEL, *RUNS, "--schemes", "sr,mine.py::Same").stdout.splitlines()
    assert len({len(line.removesuffix("*").rstrip()) for line in table[2:-3]}) == 1


def test_sweep(run: Run, mine: Path) -> None:
    task = 'scheme = "mine.py::Same"\nsymbols = 12\ntau = 0.1\nstartup = "expon(scale=5)"\n'
    spec = f"trials = 20\nseed = 3\n[[tasks]]\n{task}option.degree = [2, 3]\noption.seed = true\n"
    (mine / "grid.toml").write_text(spec)
    lines = [json.loads(line) for line in run("sweep", "grid.toml", "--json").stdout.splitlines()]
    assert [line["option.degree"] for line in lines] == [2, 3]
    given = ["simulate", "mine.py::Same", *MODEL, *RUNS, "--degree", "3", "--option", "seed=true"]
    assert lines[1]["id"] == answer(run, *given)["id"]
    assert run("sweep", "grid.toml").stdout.count(f"source={lines[0]['source'][:12]} ") == 2
    for wrong, says in {
        "option.degree = 2.5": "'tasks[0].option.degree' must be an integer",
        "option.degre = 2": "'tasks[0].option' must be one that the scheme",
        "option = 3": "'tasks[0].option' must be a table",
        "option.degree = []": "tasks[0].option.degree",
        "option.degree = 5": "'tasks[0].option.degree' must be a divisor of m",
        "option.degree = {a = 2}": "tasks[0].option.degree",
    }.items():
        (mine / "grid.toml").write_text(f"trials = 20\nseed = 3\n[[tasks]]\n{task}{wrong}\n")
        assert says in refused(run, "sweep", "grid.toml")


def test_latency(run: Run, mine: Path) -> None:
    own = answer(run, "latency", "mine.py::Alone", *MODEL, "--at", "20", "--silent", "0.01")
    house = answer(run, "latency", "uncoded", *MODEL, "--at", "20", "--silent", "0.01")
    assert own["cdf"][0]["probability"][0] == pytest.approx(house["cdf"][0]["probability"][0], abs=1e-9)
    assert own["kind"] == "as the scheme's own latency_cdf has it"
    assert len(own["source"]) == 64
    assert answer(run, "latency", "mine.py::Alone", *MODEL)["cdf"][2]["probability"][0] == pytest.approx(0.5, abs=1e-4)
    given = ["latency", "sr", *MODEL, "--at", "2"]
    assert answer(run, *given, "--option", "degree=3")["bound"] == answer(run, *given, "--degree", "3")["bound"]


SIZED = ["simulate", *MODEL, *RUNS]
LAW = ["latency", *MODEL, "--at", "2"]
OTHERS = ["compare", *MODEL, *RUNS, "--schemes", "sr"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([*LAW, "mine.py::Same", "--degree", "3"], "no method latency_cdf"),
        ([*LAW, "mine.py::Alone", "--message-cost", "1"], "'message_cost' must be 0"),
        ([*LAW, "mine.py::Alone", "--master-time", "1"], "'master_time' must be 0"),
        ([*LAW, "mine.py::Alone", "--option", "wrong=true"], "within [0, 1]"),
        ([*LAW, "mine.py::Alone", "--degree", "3"], "'degree' must be left out"),
        ([*LAW, "lt", "--option", "cap=2"], "one whose distribution is known"),
        ([*SIZED, "mine.py::Nothing"], "a class of that file, Same or Alone"),
        ([*SIZED, "absent.py::Same"], "a file that exists"),
        ([*SIZED, "mine.py::Same"], "'degree' must be given"),
        ([*SIZED, "mine.py::Same", "--option", "degree=5"], "'degree' must be a divisor"),
        ([*SIZED, "mine.py::Same", "--option", "degre=5"], "degree (an integer)"),
        ([*SIZED, "mine.py::Same", "--option", "degree"], "key=value"),
        ([*SIZED, "mine.py::Same", "--degree", "3", "--decoder", "partition"], "'decoder'"),
        ([*SIZED, "sr", "--option", "degree=__import__('os')"], "an integer"),
        ([*OTHERS, "--option", "degree=3"], "all degrees are tried"),
        ([*OTHERS, "--option", "window=3"], "one of the schemes sr"),
        (["figure", "2b", "--schemes", "sr"], "the figure '2b' does not take it"),
        (["table", "errata", "--schemes", "sr"], "the table 'errata' does not take it"),
        (["table", "schemes", "--option", "degree=3"], "left out without --schemes"),
        (["figure", "frontier", "--schemes", "mine.py::Nothing"], "a class of that file"),
    ],
)
def test_what_does_not_fit_is_refused(run: Run, mine: Path, words: list[str], says: str) -> None:
    assert says in refused(run, *words)


@pytest.mark.slow
@pytest.mark.usefixtures("svg_alone")
def test_figures_and_tables_of_chosen_schemes(run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Effort, "trials", property(lambda _: 10))
    monkeypatch.setattr("paper_checks.figures.curves.LAW_POINTS", 1)
    monkeypatch.setattr("paper_checks.tables.best_schemes.M_VALUES", (12, 30))
    size = ["--symbols", "40", "--tau", "0.02"]
    given = ["--schemes", "mine.py::Alone,parts-cyclic,mine.py::Same", *size, "--out", "figures"]
    for name in ("2a", "frontier"):
        assert run("figure", name, *given).status == 0
        text = (mine / "figures" / f"figure_{name}.csv").read_text()
        assert "Alone" in text
        assert "LT" not in text
    table = run("table", "schemes", "--schemes", "sr,mine.py::Same", *size, "--format", "csv").stdout
    assert "mine.py::Same" in table
    assert "uncoded" not in table
    best = run("table", "best-schemes", "--schemes", "mine.py::Alone", "--format", "csv")
    assert best.status == 0
    assert "mine.py::Alone" in best.stdout


ODD = """
from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker

print("imported")


@dataclass(frozen=True)
class Odd(ByWorker):
    where: str = ""
    raises: str = ""

    def does(self, where):
        print(where)
        if where == self.where:
            raise {
                "closing": GeneratorExit(),
                "several": BaseExceptionGroup("two", [ValueError(), KeyboardInterrupt()]),
                "other": type("Other", (BaseException,), {})("told"),
                "leaving": SystemExit("enough"),
            }[self.raises]

    def __post_init__(self):
        self.does("built")

    def expected_terms(self):
        self.does("expected")
        return 1.0, 1.0

    def sends(self, worker, key):
        self.does("sends")
        for i in range(self.symbols):
            yield [(worker + i) % self.symbols]

    def latency_cdf(self, t, tau, startup):
        self.does("law")
        return 0.0, 1.0
"""
ODD_SWEEP = """
trials = 3
seed = 1
[[tasks]]
scheme = "odd.py::Odd"
symbols = 12
tau = 0.1
startup = "expon()"
"""
FEW = ["--trials", "3"]
SIMULATE = ["simulate", "odd.py::Odd", *MODEL, *FEW]
COMPARE = ["compare", "--schemes", "odd.py::Odd", *MODEL, *FEW]
LATENCY = ["latency", "odd.py::Odd", *MODEL, "--at", "2"]


@pytest.fixture
def odd(mine: Path) -> Path:
    (mine / "odd.py").write_text(ODD)
    (mine / "odd.toml").write_text(ODD_SWEEP)
    return mine


TABLE = ["table", "schemes", "--schemes", "odd.py::Odd", "--symbols", "12", *FEW]
SAYS = {
    "closing": "GeneratorExit", "several": "BaseExceptionGroup: two", "other": "told", "leaving": "SystemExit: enough"
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "where", "raises"),
    [
        *((words, where, raises) for words, where in
          [(SIMULATE, "built"), (SIMULATE, "sends"), (COMPARE, "sends"), (LATENCY, "law")] for raises in SAYS),
        (SIMULATE, "expected", "leaving"),
        ([*SIMULATE, "--processes", "2"], "sends", "leaving"),
        (TABLE, "sends", "leaving"),
        pytest.param(["run", "taylor", "--scheme", "odd.py::Odd", "--symbols", "12", "--processes", "2"],
                     "sends", "leaving", marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_whatever_a_scheme_raises_is_one_line(run: Run, odd: Path, words: list[str], where: str, raises: str) -> None:
    """sys.exit in a scheme does not end the command, with whatever status."""
    done = run(*words, "--option", f"where={where}", "--option", f"raises={raises}")
    assert (done.status, done.stdout) == (2, "")
    [line] = [
        line for line in done.stderr.splitlines() if line not in ("imported", "built", "expected", "sends", "law")
    ]
    assert line.startswith("srtheory: Argument 'scheme' must be ")
    assert SAYS[raises] in line
    assert "odd.py::Odd" in line


@pytest.fixture
def no_utf8(odd: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a folder with the same files, which is on the path no longer than the test lasts."""
    monkeypatch.setattr(sys, "path", sys.path.copy())
    folder = os.fsdecode(os.fsencode(odd) + b"/d\xff")
    try:
        os.mkdir(folder)
    except OSError:
        pytest.skip("this file system has no such names")
    for name, copy in {"odd.py": "odd.py", "mine.py": "apart.py"}.items():  # other tests have a mine beside their files
        (Path(folder) / copy).write_text((odd / name).read_text())
    (Path(folder) / "beside.py").write_text("from apart import Alone\nfrom odd import Odd\n")
    return os.path.basename(folder)


@pytest.mark.parametrize(
    "words",
    [
        ["simulate", "{0}/odd.py::Odd", *MODEL, *FEW],
        ["simulate", "{0}/odd.py::Odd", *MODEL, *FEW, "--json", "--store", "{0}/store"],
        ["compare", "--schemes", "{0}/odd.py::Odd", *MODEL, *FEW],
        ["latency", "{0}/odd.py::Odd", *MODEL, "--at", "2"],
        ["table", "schemes", "--schemes", "{0}/odd.py::Odd", "--symbols", "12", *FEW, "--out", "{0}"],
        ["table", "schemes", "--schemes", "{0}/odd.py::Odd", "--symbols", "12", *FEW, "--format", "csv", "--out", "t"],
    ],
    ids=lambda words: words[0],
)
def test_names_of_files_need_not_be_utf8(run: Run, no_utf8: str, words: list[str]) -> None:
    done = run(*(word.format(no_utf8) for word in words))
    assert done.status == 0
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", ["simulate", "hunt"])
@pytest.mark.parametrize("name", ["odd.py::Nothing", "nothing.py::Odd", "beside.py::Nothing"])
def test_bad_names_that_are_no_utf8_are_one_line(run: Run, no_utf8: str, verb: str, name: str) -> None:
    done = run(verb, f"{no_utf8}/{name}", *(MODEL if verb == "simulate" else []))
    assert (done.status, done.stdout) == (2, "")
    assert f"not 'd\\udcff/{name}'.\n" in done.stderr


@pytest.mark.quality
@pytest.mark.parametrize("error", [UnicodeEncodeError("utf-8", "", 0, 1, ""), SystemExit(1), GeneratorExit()], ids=repr)
@pytest.mark.parametrize("verb", ["check", "hunt", "span", "verify"])
def test_an_error_of_our_own_is_no_answer(
    run: Run, verb: str, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(f"srtheory.cli.{verb}.{verb}.callback", fails)
    given = {"check": ["a", "--matrix", "b"], "hunt": ["x"], "span": ["a"], "verify": ["--claim", "x"]}[verb]
    done = run(verb, *given)
    assert (done.status, done.stdout) == (70, "")
    assert "Traceback" in done.stderr
    assert type(error).__name__ in done.stderr.splitlines()[-1]


def test_an_error_of_our_own_is_no_answer_where_stderr_is_full(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("srtheory.cli.check.check.callback", lambda **_: 1 // 0)
    monkeypatch.setattr("traceback.print_exc", fails)
    assert run("check", "a", "--matrix", "b").status == 70
