"""What decoding costs as m grows, in operations rather than seconds."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from srtheory.decoders.iterative import lsmr_combination
from srtheory.decoders.peeling import peel
from srtheory.decoders.span import span
from srtheory.experiments.cost import received_until
from srtheory.rows import Rows
from srtheory.schemes.block_sizes import SizedSumRecovery
from srtheory.schemes.luby_transform import LubyTransform
from srtheory.schemes.sum_recovery import SumRecovery

Cost = Callable[[Rows], float]
"""Operations that a decoder spends on some received rows."""

SLACK, TOLERANCE = 0.2, 1e-6


def lsmr_cost(rows: Rows) -> float:
    """Entries that LSMR touches: two sparse products an iteration."""
    found = lsmr_combination(rows, tolerance=TOLERANCE)
    return 2.0 * found.iterations * len(rows.indices)


def degree_for(m: int) -> int:
    """The degree d = ceil(1.5 ln m)."""
    return math.ceil(1.5 * math.log(m))


def with_slack(m: int, seed: int, trial: int) -> Rows:
    """The first 1.2 m rows of an SR run."""
    k = math.ceil((1 + SLACK) * m)
    return received_until(SumRecovery(m, degree_for(m)), seed, trial, lambda r: k if len(r) >= k else None)


def at_recovery(m: int, seed: int, trial: int) -> Rows:
    """The first M' rows of an SR run."""
    return received_until(SumRecovery(m, degree_for(m)), seed, trial, lambda r: span(r).stopping_time)


def luby_rows(m: int, seed: int, trial: int) -> Rows:
    """The rows of an LT run without cap until peeling succeeds."""
    return received_until(LubyTransform(m), seed, trial, lambda r: peel(r.rows)[0])


def threes_rows(m: int, seed: int, trial: int) -> Rows:
    """The rows of a run of the SR code with blocks of 3 until peeling succeeds."""
    return received_until(SizedSumRecovery(m, "3"), seed, trial, lambda r: peel(r.rows)[0])


def exponent(sizes: list[int], costs: list[float]) -> float:
    """Least-squares slope of log cost against log m."""
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])
