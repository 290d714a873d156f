"""docs/own_code.md: its files and commands, as a newcomer would try them."""

from __future__ import annotations

import json
import re
import runpy
import shlex
import sys
from pathlib import Path

import pytest

from srtheory import testing
from srtheory.delays import parse_law
from srtheory.experiments.lab import Effort
from srtheory.lookup import TABLES
from srtheory.model import Model
from srtheory.theory.designs import by_bits
from srtheory.theory.orders import orders_bounds
from tests.cli.conftest import Run
from tests.own_page import FILES, TEXT
from tests.workers.conftest import client, inside  # noqa: F401  (fixtures)

ROOT = Path(__file__).parents[2]
COMMANDS = re.findall(r"^srtheory (.*)$", "\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)), re.MULTILINE)
ORDERS = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
SLOW = ("figure", "table")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "orders.json").write_text(ORDERS[0])
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
    assert set(FILES) == {"mine.py", "grid.toml", "test_mine.py", "alone.py", "orders.py"}


def test_the_orders_of_a_file_are_earlier_than_cyclic_order(desk: Path, run: Run) -> None:
    asked = [line for line in COMMANDS if line.startswith(("latency orders.py", "latency terms-cyclic"))]
    own, cyclic = (json.loads(run(*shlex.split(line), "--json").stdout)["cdf"][0]["probability"] for line in asked)
    assert own[0] > cyclic[1]
    model = Model(4, None, 0.3, parse_law("expon(scale=1)"))
    assert own == list(orders_bounds(model, 1.0, by_bits(4)))


def test_orders_that_leave_out_a_term_are_refused(desk: Path, run: Run) -> None:
    (desk / "orders.json").write_text("[[0, 1], [0, 0]]")
    done = run(
        *["simulate", "orders.py::Orders", "--symbols", "2", "--tau", "1", "--startup", "expon()", "--trials", "2"]
    )
    assert (done.status, done.stderr.count("\n")) == (2, 1)
    assert "'file'" in done.stderr


def test_the_law_is_that_of_the_uncoded_scheme(desk: Path, run: Run) -> None:
    asked = [line for line in COMMANDS if line.startswith(("latency alone.py", "latency uncoded"))]
    own, house = (run(*shlex.split(line)).stdout.split() for line in asked)
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
