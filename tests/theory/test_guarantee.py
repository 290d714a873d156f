"""Rows and time that are proved to suffice: the least ones, found by trying all."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory import guarantee
from srtheory.theory.guarantee import TOLERANCE, guaranteed_rows, guaranteed_time
from srtheory.theory.spanning import latency_bounds
from srtheory.theory.spanning_rows import stopping_bounds

EXPON, PARETO = stats.expon(scale=5), stats.pareto(b=1)
MODEL = Model(9, 3, 0.1, EXPON)
CODES = [(1, 1, None), (2, 1, None), (6, 2, None), (6, 5, None), (6, 50, None), (6, 2, 4)]


@pytest.mark.parametrize("law", [EXPON, PARETO], ids=["expon", "pareto"])
@pytest.mark.parametrize(("symbols", "degree", "access"), CODES[:4])
@pytest.mark.parametrize("confidence", [0.5])
def test_rows_are_the_least_of_all(
    law: stats.rv_continuous, symbols: int, degree: int, access: int | None, confidence: float
) -> None:
    model = Model(symbols, degree, 0.1, law, access)
    rows = guaranteed_rows(model, confidence)
    low, _ = stopping_bounds(model, np.arange(rows + 1))
    assert low[-1] >= confidence
    assert (low[:-1] < confidence).all()


@pytest.mark.parametrize("law", [EXPON, PARETO, stats.lognorm(s=1)], ids=["expon", "pareto", "lognorm"])
@pytest.mark.parametrize(("symbols", "degree", "access"), CODES)
@pytest.mark.parametrize("confidence", [0.01, 0.9])
def test_time_is_the_least_to_its_accuracy(
    law: stats.rv_continuous, symbols: int, degree: int, access: int | None, confidence: float
) -> None:
    model = Model(symbols, degree, 0.1, law, access)
    t = guaranteed_time(model, confidence)
    assert latency_bounds(model, t)[0] >= confidence
    assert latency_bounds(model, t * (1 - 1.01 * TOLERANCE))[0] < confidence


def test_the_ends_of_confidence() -> None:
    assert guaranteed_rows(MODEL, 0) == guaranteed_time(MODEL, 0) == 0
    assert guaranteed_rows(MODEL, 1) == 9 * 4
    assert guaranteed_time(MODEL, 1) == math.inf
    assert guaranteed_time(replace(MODEL, startup=stats.uniform(loc=1, scale=2)), 1) == math.inf


def test_a_time_beyond_all_floats_is_no_time() -> None:
    """P(X <= 1e300) is 1 - 1e-3 for the one worker."""
    assert guaranteed_time(Model(1, 1, 1.0, stats.pareto(b=0.01)), 0.99) < math.inf
    assert guaranteed_time(Model(1, 1, 1.0, stats.pareto(b=0.01)), 0.9999) == math.inf


@pytest.mark.parametrize(("least", "then"), [(23, []), (35, []), (36, [36]), (40, [36, 37, 39, 43, 41, 40])])
def test_rows_are_not_sought_below_what_covers(monkeypatch: pytest.MonkeyPatch, least: int, then: list[int]) -> None:
    """The dear law is asked for a few k only, from the one on at which coverage has the confidence."""
    asked: list[Any] = []

    def spanned(model: Model, k: Any) -> tuple[Any, float]:
        asked.append(np.asarray(k).tolist())
        return np.asarray(k >= least, dtype=np.float64), 1.0

    def covered(model: Model, k: int) -> tuple[float, float]:
        return 0.0, float(k >= 20)

    monkeypatch.setattr(guarantee, "stopping_bounds", spanned)
    monkeypatch.setattr(guarantee, "coverage_by_rows", covered)
    assert guaranteed_rows(Model(9, 2, 0.1, EXPON), 0.999) == least
    assert asked == [list(range(20, 20 + guarantee.TOGETHER)), *then]


def test_rows_take_a_law_that_is_proved() -> None:
    with pytest.raises(ArgumentError, match="'startup'"):
        guaranteed_rows(replace(MODEL, startup=stats.lognorm(s=1)), 0.5)
