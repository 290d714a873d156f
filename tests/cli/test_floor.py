"""The verb ``floor``: the bounds of the theory, rounded down where they are printed, one-line errors."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from scipy import stats

from srtheory.cli import floor as verb
from srtheory.cli.floor import down
from srtheory.model import Model
from srtheory.theory.floor import closed_late, floor, late
from tests.cli.conftest import Run

MODEL = ["--symbols", "6", "--tau", "0.1", "--startup", "expon(scale=5)"]
KNOWN = Model(6, None, 0.1, stats.expon(scale=5))
COSTS = ["--message-cost", "0.3", "--master-time", "0.2", "--silent", "0.1"]
COSTLY = Model(6, None, 0.1, stats.expon(scale=5), message_cost=0.3, master_time=0.2, silent=0.1)


def ask(run: Run, *given: str) -> dict:
    done = run("floor", *given, "--json")
    assert (done.status, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_it_gives_the_bounds_of_the_theory(run: Run) -> None:
    answer, known = ask(run, *MODEL, "--at", "1", "--at", "2"), floor(KNOWN)
    assert (answer["symbols"], answer["workers"], answer["condition"]) == (6, 6, None)
    assert (answer["mean"], answer["quantiles"]) == (known.mean, known.quantiles)
    assert answer["closed_form"] == {"mean": known.closed_mean, "quantiles": known.closed_quantiles}
    assert answer["at"] == [{"t": t, "late": late(KNOWN, t), "closed_form": closed_late(KNOWN, t)} for t in (1.0, 2.0)]
    assert "independent of all delays" in answer["hypotheses"]


def test_with_all_costs_and_other_workers(run: Run) -> None:
    answer, known = ask(run, *MODEL, *COSTS, "--workers", "2", "--at", "3"), floor(COSTLY, workers=2)
    assert (answer["message_cost"], answer["master_time"], answer["silent"]) == (0.3, 0.2, 0.1)
    assert (answer["workers"], answer["mean"], answer["closed_form"]["mean"]) == (2, None, None)
    assert answer["quantiles"]["0.5"] == known.quantiles["0.5"]
    assert answer["quantiles"]["0.99"] == (None if math.isinf(known.quantiles["0.99"]) else known.quantiles["0.99"])
    assert answer["at"][0]["late"] == late(COSTLY, 3.0, workers=2)


def test_what_is_printed_is_a_bound_too(run: Run) -> None:
    done, known = run("floor", *MODEL, "--at", "1.5"), floor(KNOWN)
    rows = {line[:13].strip(): line[13:].split() for line in done.stdout.splitlines()}
    for value, exact in zip(rows["E[T]"], (known.mean, known.closed_mean), strict=True):
        assert exact * (1 - 2e-4) < float(value) <= exact
    assert float(rows["quantile 0.5"][0]) <= known.quantiles["0.5"]
    assert float(rows["P(T > 1.5)"][0]) <= late(KNOWN, 1.5)
    assert "inf" in run("floor", *MODEL, *COSTS).stdout


@pytest.mark.parametrize(
    ("bound", "text"),
    [
        (0.123456, "0.12345"),
        (0.1, "0.1"),
        (99999.9, "99999"),
        (0.99999999, "0.99999"),
        (1e-7, "9.9999e-8"),  # the float is below 10^-7
        (0.0, "0"),
        (None, "inf"),
    ],
)
def test_numbers_are_rounded_down(bound: float | None, text: str) -> None:
    assert down(bound) == text
    assert bound is None or Decimal(text) <= Decimal(bound)


@pytest.mark.quality
def test_a_number_that_is_rounded_up_is_seen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "down", lambda bound: f"{bound * (1 + 1e-5):.5g}")
    with pytest.raises(AssertionError):
        test_what_is_printed_is_a_bound_too(run)


@pytest.mark.slow
def test_the_queue_is_felt(run: Run) -> None:
    words = (
        "floor",
        "--symbols",
        "20",
        "--tau",
        "0.1",
        "--startup",
        "expon(scale=1)",
        "--master-time",
        "0.4",
        "--json",
    )
    found = json.loads(run(*words, "--queue").stdout)
    assert found["queue"] > 1.1 * found["mean"]
    assert "queue" not in json.loads(run(*words).stdout)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Bounds of no theory, which are soon computed, and what they are asked for."""
    asked: list[Any] = []

    def bounds(model: Model, *, workers: int | None, step: Any) -> Any:
        asked.append(("floor", model.symbols, model.master_time, workers))
        step()
        quantiles, closed = {"0.5": 1 / 3, "0.99": math.inf}, {"0.5": 0.25, "0.99": math.inf}
        return SimpleNamespace(mean=2 / 3, quantiles=quantiles, closed_mean=0.5, closed_quantiles=closed)

    def queue(model: Model, plain: float, *, workers: int | None, step: Any) -> float:
        asked.append(("queue", plain, workers))
        return 1.25

    monkeypatch.setattr("srtheory.theory.floor.floor", bounds)
    monkeypatch.setattr("srtheory.theory.floor.late", lambda model, t, *, workers: 0.75)
    monkeypatch.setattr("srtheory.theory.floor.closed_late", lambda model, t, *, workers: 2 / 3)
    monkeypatch.setattr("srtheory.theory.queue_floor.mean_floor", queue)
    return asked


def test_a_table_to_the_letter(run: Run, given: list[Any]) -> None:
    words = ["--symbols", "6", "--tau", "0.1", "--startup", "expon(scale=5)", "--master-time", "0.5", "--at", "1.5"]
    done = run("floor", *words, "--workers", "3", "--queue")
    assert (done.status, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines == [
        "symbols       6",
        "workers       3",
        "tau           0.1",
        "master_time   0.5",
        "startup       expon(loc=0.0, scale=5.0)",
        "condition     none",
        "",
        "No scheme whose plans do not depend on the delays has less:",
        "                    at least    closed form",
        "E[T]                 0.66666            0.5",
        "... in a queue          1.25",
        "quantile 0.5         0.33333           0.25",
        "quantile 0.99            inf            inf",
        "P(T > 1.5)              0.75        0.66666",
        "Times are in the unit of the start-up delay.",
    ]
    assert given == [("floor", 6, 0.5, 3), ("queue", 2 / 3, 3)]
    plain = run("floor", *words).stdout.splitlines()
    assert plain == [lines[0], "workers       6", *lines[2:10], *lines[11:]]
    assert given[2:] == [("floor", 6, 0.5, None)]


def test_limits_of_times_and_workers(run: Run, given: list[Any]) -> None:
    for option, accepted, refused in (
        ("--at", ["0", "1e200"], ["-5e-324", "1.0000000000000002e200"]),
        ("--workers", ["1", "2000000"], ["0", "2000001"]),
        ("--symbols", ["1", "100000"], ["0", "2000001"]),
    ):
        for text in accepted:
            assert run("floor", *MODEL, option, text).status == 0
        for text in refused:
            done = run("floor", *MODEL, option, text)
            assert (done.status, done.stdout) == (2, "")
            assert f"'{option[2:]}' must be a" in done.stderr
    assert len(given) == 6
