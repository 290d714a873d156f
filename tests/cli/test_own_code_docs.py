"""docs/own_code.md: its files and commands, as a newcomer would try them."""

from __future__ import annotations

import re
import runpy
import shlex
import sys
from pathlib import Path

import pytest

from srtheory import testing
from srtheory.experiments.lab import Effort
from srtheory.lookup import TABLES
from tests.cli.conftest import Run
from tests.workers.conftest import client, inside  # noqa: F401  (fixtures)

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "own_code.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```(?:python|toml)\n# (\S+)\n(.*?)```", TEXT, re.DOTALL))
COMMANDS = re.findall(r"^srtheory (.*)$", "\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)), re.MULTILINE)
SLOW = ("figure", "table")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(Effort, "trials", property(lambda _: 2))
    monkeypatch.setattr("paper_checks.figures.curves.LAW_POINTS", 1)  # each takes as long as many runs
    return tmp_path


@pytest.mark.parametrize(
    "line", [pytest.param(line, marks=pytest.mark.slow if line.split()[0] in SLOW else ()) for line in COMMANDS]
)
@pytest.mark.usefixtures("inside", "svg_alone")
def test_commands(line: str, desk: Path, run: Run) -> None:
    if line.startswith("check"):  # of what the command before writes
        run(*shlex.split(COMMANDS[COMMANDS.index(line) - 1]))
    done = run(*shlex.split(line))
    assert done.status == 0, done.stderr
    assert done.stdout


def test_there_is_a_command_for_every_verb_that_takes_a_scheme() -> None:
    assert {line.split()[0] for line in COMMANDS} == {
        *("simulate", "check", "compare", "sweep", "figure", "table", "latency", "run")
    }
    assert set(FILES) == {"mine.py", "grid.toml", "test_mine.py", "alone.py"}


def test_the_law_is_that_of_the_uncoded_scheme(desk: Path, run: Run) -> None:
    own, house = (run(*shlex.split(line)).stdout.split() for line in COMMANDS if line.startswith("latency"))
    assert float(own[-1]) == pytest.approx(float(house[-1]), abs=1e-8)


@pytest.mark.usefixtures("desk")
def test_the_readers_own_tests_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the file that pytest would import from that folder, on a few of the cases that it asks for."""
    check = testing.check_scheme
    fewer = lambda *given, examples=200, **more: check(*given, examples=examples // 10, **more)  # noqa: E731
    monkeypatch.setattr(testing, "check_scheme", fewer)
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    try:
        tests = [found for name, found in runpy.run_path("test_mine.py").items() if name.startswith("test_")]
        assert len(tests) == FILES["test_mine.py"].count("def test_") > 0
        for test in tests:
            test()
    finally:
        sys.modules.pop("mine", None)


def test_places_that_are_mentioned_exist() -> None:
    said = re.findall(r"`(srtheory/[\w/]+\.py)`", TEXT)
    assert len(said) == 1 + len(TABLES)
    assert [path for path in said if not (ROOT / path).exists()] == []
