"""Schemes of one's own on the command line: every verb that takes a scheme, and what newcomers are told."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run, asked, refused

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


def test_simulate_and_sweep(run: Run, mine: Path) -> None:
    """The same trials in both; another text of the file is another scheme; options are those of the house's, too."""
    given = ["simulate", "mine.py::Same", *MODEL, *RUNS]
    first = asked(run, *given, "--option", "degree=3", "--option", "seed=true", "--out", "records")
    told = {"scheme": "mine.py::Same", "option.degree": 3, "option.seed": True, "seed": 3}
    assert {name: first[name] for name in told} == told
    assert first["source"] in (mine / "records" / first["id"] / "_task.json").read_text()
    named = asked(run, *given, "--degree", "3", "--option", "seed=true", "--out", "records")
    assert (named["id"], named["latency"]) == (first["id"], first["latency"])
    task = 'scheme = "mine.py::Same"\nsymbols = 12\ntau = 0.1\nstartup = "expon(scale=5)"\n'
    spec = f"trials = 20\nseed = 3\n[[tasks]]\n{task}option.degree = [2, 3]\noption.seed = true\n"
    (mine / "grid.toml").write_text(spec)
    lines = [json.loads(line) for line in run("sweep", "grid.toml", "--json").stdout.splitlines()]
    assert ([line["option.degree"] for line in lines], lines[1]["id"]) == ([2, 3], first["id"])
    assert run("sweep", "grid.toml").stdout.count(f"source={first['source'][:12]} ") == 2
    (mine / "mine.py").write_text(MINE + "# a remark\n")
    changed = asked(run, *given, "--degree", "3", "--option", "seed=true", "--out", "records")
    assert (changed["id"] != first["id"], changed["latency"]) == (True, first["latency"])
    assert len(list((mine / "records").iterdir())) == 2
    given += ["--degree", "2"]  # a field called workers is no grouping
    assert asked(run, *given, "--option", "workers=6")["workers"] == 6
    assert asked(run, *given, "--workers", "12")["workers"] == 12
    given = ["simulate", "sr", *MODEL, *RUNS]
    one, other = asked(run, *given, "--degree", "3"), asked(run, *given, "--option", "degree=3")
    assert (one["id"], one["latency"]) == (other["id"], other["latency"])
    assert "left out where degree is given" in refused(run, *given, "--degree", "3", "--option", "degree=3")


def test_compare_tries_the_degrees_that_a_scheme_does_not_refuse(run: Run, mine: Path) -> None:
    found = asked(run, "compare", *MODEL, *RUNS, "--schemes", "sr,mine.py::Same,uncoded", "--scheme", "mine.py::Alone")
    points = {(p["scheme"], p["degree"]): p for p in found["points"]}
    assert [d for scheme, d in points if scheme == "mine.py::Same"] == [1, 2]
    assert [d for scheme, d in points if scheme == "sr"] == [1, 2, 5, 10]
    assert points["mine.py::Alone", None]["latency"] == points["uncoded", None]["latency"]
    assert set(found["sources"]) == {"mine.py::Same", "mine.py::Alone"}


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
        ([*SIZED, "mine.py::Same"], "'degree' must be given"),
        ([*SIZED, "mine.py::Same", "--option", "degree=5"], "'degree' must be a divisor"),
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


# ------------------------------------------------------------------------------------------ code and names that are odd

ODD = """
from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker

print("imported")


@dataclass(frozen=True)
class Odd(ByWorker):
    where: str = ""

    def does(self, where):
        print(where)
        if where == self.where:
            raise SystemExit("enough")

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
FEW = ["--trials", "3"]
SIMULATE = ["simulate", "{0}odd.py::Odd", *MODEL, *FEW]
COMPARE = ["compare", "--schemes", "{0}odd.py::Odd", *MODEL, *FEW]
LATENCY = ["latency", "{0}odd.py::Odd", *MODEL, "--at", "2"]
TABLE = ["table", "schemes", "--schemes", "{0}odd.py::Odd", "--symbols", "12", *FEW]


@pytest.mark.parametrize(
    ("words", "where"),
    [
        *((SIMULATE, "built"), (SIMULATE, "sends"), (SIMULATE, "expected"), (COMPARE, "sends"), (LATENCY, "law")),
        *((TABLE, "sends"), ([*SIMULATE, "--processes", "2"], "sends")),
    ],
)
def test_a_scheme_that_exits_is_one_line(run: Run, mine: Path, words: list[str], where: str) -> None:
    """It does not end the command, with whatever status."""
    (mine / "odd.py").write_text(ODD)
    done = run(*(word.replace("{0}", "") for word in words), "--option", f"where={where}")
    assert (done.status, done.stdout) == (2, "")
    printed = ("imported", "built", "expected", "sends", "law")
    [line] = [line for line in done.stderr.splitlines() if line not in printed]
    assert line.startswith("srtheory: Argument 'scheme' must be ")
    assert ("SystemExit: enough" in line, "odd.py::Odd" in line) == (True, True)


def test_names_of_files_need_not_be_utf8(run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", sys.path.copy())
    folder = Path(os.fsdecode(os.fsencode(mine) + b"/d\xff"))
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system has no such names")
    (folder / "odd.py").write_text(ODD)
    for words in (SIMULATE, [*SIMULATE, "--json", "--store", "{0}store"], COMPARE, LATENCY, [*TABLE, "--out", "{0}"]):
        done = run(*(word.replace("{0}", f"{folder.name}/") for word in words))
        assert (done.status, "Traceback" in done.stderr) == (0, False)
    for verb, name in (("simulate", "odd.py::Nothing"), ("simulate", "nothing.py::Odd"), ("hunt", "nothing.py::Odd")):
        done = run(verb, f"{folder.name}/{name}", *(MODEL if verb == "simulate" else []))
        assert (done.status, done.stdout) == (2, "")
        assert f"not 'd\\udcff/{name}'.\n" in done.stderr


@pytest.mark.quality
@pytest.mark.parametrize("error", [UnicodeEncodeError("utf-8", "", 0, 1, ""), SystemExit(1), GeneratorExit()], ids=repr)
@pytest.mark.parametrize("full", [False, True])
def test_an_error_of_our_own_is_no_answer(
    run: Run, error: BaseException, full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where stderr is full."""

    def fails(*_: object, **__: object) -> None:
        raise error

    def no_space(*_: object, **__: object) -> None:
        raise OSError(28, "no space")

    for verb, given in {"check": ["a", "--matrix", "b"], "hunt": ["x"], "verify": ["--claim", "x"]}.items():
        monkeypatch.setattr(f"srtheory.cli.{verb}.{verb}.callback", fails)
        if full:
            monkeypatch.setattr("traceback.print_exc", no_space)
        done = run(verb, *given)
        assert (done.status, done.stdout) == (70, "")
        if not full:
            assert "Traceback" in done.stderr
            assert type(error).__name__ in done.stderr.splitlines()[-1]
