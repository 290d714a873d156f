"""Laws at the paper's parameters that tests of several folders ask for: means that take seconds each are on record.

The laws' own tests compute the means: test_collection_laws.py and test_floor.py in tests/theory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from types import SimpleNamespace
from typing import Any

import pytest

from paper_checks.parameters import DEGREE, EXPONENTIAL, PAPER, PARETO, SYMBOLS, TAU
from srtheory.delays import describe_law, parse_law
from srtheory.model import Model
from srtheory.theory import coverage, latency

Interval = tuple[float, float]

PAPER_EXPONENTIAL, PAPER_PARETO = (
    (SYMBOLS, DEGREE, TAU, describe_law(parse_law(startup))) for startup in (EXPONENTIAL, PARETO)
)
COLLECTION = {
    PAPER_EXPONENTIAL: (823.3491366302471, 823.3626705002694),
    PAPER_PARETO: (945.2770753571676, 945.2851377163738),
}
STOPPING = {
    PAPER_EXPONENTIAL: (1009.1043171664342, 1009.1043179948437),
    PAPER_PARETO: (1033.0931315202145, 1033.093136185973),
}


FLOORS = {
    0: (0.4396651098316162, 0.39483287289409863),
    1: (0.47495328452028207, 0.39983358824562665),
    10: (0.577789699141675, 0.444832960571723),
    100: (1.0754060322375982, 0.8948447045876088),
}
"""Bounds on E[T], that of the recursion and that of the closed form, by kappa/tau; exponential start-up."""


def once(law: Callable[[Model], Interval], record: dict[Any, Interval]) -> Callable[[Model], Interval]:
    """The same law, which has a record of values by m, d, tau and start-up law; equal start-up laws read equal."""
    known = dict(record)

    @wraps(law)
    def remembered(model: Model) -> Interval:
        key = model.symbols, model.degree, model.tau, describe_law(model.startup)
        if key not in known:
            known[key] = law(model)
        return known[key]

    return remembered


def same(interval: Interval, record: Interval) -> bool:
    """Whether an interval that has been computed is the one on record, but for what processors may differ by."""
    return interval == pytest.approx(record, rel=1e-9)


expected_collection = once(coverage.expected_collection, COLLECTION)
expected_stopping = once(latency.expected_stopping_given_hitting, STOPPING)


def paper_floor(model: Model) -> SimpleNamespace:
    """The means of the floor at the paper's parameters, for a cost of a message that is on record."""
    assert replace(model, message_cost=0.0) == replace(PAPER, degree=None)
    mean, closed_mean = FLOORS[round(model.message_cost / TAU, 9)]
    return SimpleNamespace(mean=mean, closed_mean=closed_mean)
