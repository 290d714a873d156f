"""What is proved of M' and T, on record in data/guarantees: it holds the simulations, and is computed again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from paper_checks import study
from paper_checks.figures.guarantee import LAST, ROWS, TIME, Point, points
from paper_checks.records import guarantees as module
from paper_checks.records.guarantees import CONFIDENCES, LAWS, AfterRows, ByTime, by_time, of, read
from srtheory.delays import parse_law
from srtheory.experiments.summary import proportion
from srtheory.model import Model
from srtheory.theory.spanning import latency_bounds, stopping_bounds
from tests import recorded
from tests.ours import build
from tests.paper_checks.records import sets

DEEP = 100_000


@cache
def likely(successes: int, trials: int) -> tuple[float, float]:
    return proportion(successes, trials, 0.999)


def strays(shown: Iterable[Point], trials: int) -> list[float]:
    """Where the proved interval and the 99.9 % interval of the runs have nothing in common."""
    pairs = ((p, likely(round(p.seen[0] * trials), trials)) for p in shown)
    return [p.at for p, (low, high) in pairs if p.proved[0] > high or low > p.proved[1]]


def compared(startup: str, event: str) -> list[Point]:
    """The points of the figure that have both."""
    shown = points(of(read(), startup), event)
    return [p for p in shown if not math.isnan(p.proved[0] + p.seen[0]) and (event == TIME or p.at <= LAST)]


MISTAKES: list[Callable[[float], float]] = [lambda p: 1 - min(1.0, 1.02 * (1 - p)), lambda p: 1 - (1 - p) / 1.02]


@pytest.mark.quality
@pytest.mark.parametrize("event", [ROWS, TIME])
@pytest.mark.parametrize("startup", LAWS)
def test_what_is_proved_holds_what_was_simulated_and_a_factor_of_1_02_is_seen(startup: str, event: str) -> None:
    shown = compared(startup, event)
    assert len(shown) >= (35 if event == ROWS else 4)
    assert strays(shown, DEEP) == []
    for wrong in MISTAKES:
        assert strays([replace(p, proved=tuple(map(wrong, p.proved))) for p in shown], DEEP)


@pytest.mark.parametrize("startup", LAWS)
def test_the_record_agrees_with_itself(startup: str) -> None:
    found = of(read(), startup)
    assert [line.rows for line in found.rows] == list(module.ROWS)
    for lines in (found.rows, found.times):
        for values in ([line.low for line in lines], [line.high for line in lines]):
            assert values == sorted(values)
        assert all(0 <= line.low <= line.high <= 1 for line in lines)
    assert all(line.high <= line.covered_high for line in found.rows)
    assert [line.confidence for line in found.enough] == list(CONFIDENCES)
    proved = {row.rows: row.low for row in found.rows}
    for line in found.enough:
        if line.rows is None:
            assert max(proved.values()) < line.confidence
        else:
            assert proved[line.rows] >= line.confidence > proved[line.rows - 1]


@pytest.mark.parametrize("startup", LAWS)
def test_times_computed_again_are_those_on_record(startup: str) -> None:
    line = of(read(), startup).times[0]
    assert _close(by_time(startup, line.time), line)


@pytest.mark.parametrize("startup", [pytest.param(LAWS[0], marks=(pytest.mark.slow, pytest.mark.attack)), LAWS[1]])
def test_rows_computed_again_are_those_on_record(startup: str) -> None:
    """Near m and late, of moments in data/pages/sets.csv, which ``python -m tests.record sets`` makes anew."""
    known = sets.recorded()[startup]
    found, again = sets.following(startup, known)
    lines = [line for line in of(read(), startup).rows if line.rows in sets.ROWS[startup]]
    assert len(lines) == len(found) == len(sets.ROWS[startup])
    assert all(map(_close, found, lines))
    assert not any(map(_close, found, [replace(line, low=line.low + 1e-5) for line in lines]))
    assert sets.come_out_again(again, known)
    for size in (max(again, key=known.__getitem__), min(again)):
        others = tuple(bound * (1 + 1e-5) + 1e-19 for bound in known[size])
        assert not sets.come_out_again(again, known | {size: others})


def _close(one: AfterRows | ByTime, other: AfterRows | ByTime) -> bool:
    return (one.low, one.high) == pytest.approx((other.low, other.high), rel=1e-6, abs=1e-6)


@pytest.mark.attack
@pytest.mark.quality
@pytest.mark.parametrize("startup", LAWS)
def test_with_100_symbols_it_holds_what_is_simulated(startup: str) -> None:
    """The runs are in data/pages/guarantees.csv, which ``python -m tests.record trials`` makes anew."""
    runs, model = recorded.recorded("guarantees")[startup], Model(100, 10, 0.005, parse_law(startup))
    assert recorded.comes_out_again("guarantees", startup, runs)
    for measure, trial in (("stopping_time", 0), ("latency", 990), ("latency", 999)):
        assert not recorded.comes_out_again("guarantees", startup, recorded.altered(runs, measure, trial))
    rows, times = (np.array(runs[measure]) for measure in ("stopping_time", "latency"))
    at = np.arange(95, 116)
    shown = [
        Point(k, (1 - most, 1 - least), (float((rows > k).mean()), 0, 1))
        for k, least, most in zip(at.tolist(), *(bound.tolist() for bound in stopping_bounds(model, at)), strict=True)
    ]
    for t in np.quantile(times, np.linspace(0, 1, 5)).tolist():
        low, high = latency_bounds(model, t)
        shown.append(Point(t, (1 - high, 1 - low), (float((times > t).mean()), 0, 1)))
    assert strays(shown, len(rows)) == []
    assert strays([replace(p, proved=tuple(map(MISTAKES[1], p.proved))) for p in shown], len(rows))


def test_the_table_keeps_what_is_proved() -> None:
    rows = build("guarantees", study.lab()).rows
    proved = {row[1].text: row[2:4] for row in rows if row[0] == "expon."}
    for line in of(read(), LAWS[0]).rows:
        if (text := f"P(M′ ≤ {line.rows})") in proved:
            low, high = proved[text]
            assert low <= line.low <= low + 1e-5
            assert high - 1e-5 <= line.high <= high
    assert all(row[3] is None or row[2] <= row[3] for row in rows)
    assert len(proved) > 20
