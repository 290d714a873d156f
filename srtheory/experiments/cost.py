"""Cost of decoding and its growth with m, in operations rather than seconds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from srtheory.decoders.interval_sum import cycle
from srtheory.decoders.iterative import lsmr_combination
from srtheory.decoders.peeling import peel
from srtheory.decoders.span import span
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import trial_streams
from srtheory.paper import EXPONENTIAL, TAU
from srtheory.reception import receptions
from srtheory.rows import PrecodedRows, Rows
from srtheory.schemes.base import Scheme
from srtheory.schemes.block_sizes import SizedSumRecovery
from srtheory.schemes.luby_transform import LubyTransform
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span.core import triangulate

Cost = Callable[[Rows], float]
"""Operations of a decoder on some received rows."""

SLACK, TOLERANCE = 0.2, 1e-6


def peeling_cost(rows: Rows) -> float:
    """Return entries that peeling touches: those received until it succeeds, on arrival and on removal.

    With a pre-code the entries are over intermediate symbols, including those of the checks.
    """
    stop, _ = peel(rows)
    if stop is None:
        return float("inf")
    if isinstance(rows, PrecodedRows):
        return 2.0 * float(rows.sums.indptr[stop] + rows.checks.indptr[-1])
    return 2.0 * float(rows.indptr[stop])


def cycle_cost(rows: Rows) -> float:
    """Return additions of values along the cycle of arcs that gives the sum; finding the cycle moves no values."""
    found = cycle(rows)
    return float("inf") if found is None else len(found.rows) - 1.0


def elimination_cost(rows: Rows) -> float:
    """Return the cost of exact elimination after peeling and inactivation: 2 c^3/3 for the core, and its entries.

    The core has c columns. These are only the leading terms, for growth with m, with products and additions counted
    separately. The exact count of records is :func:`srtheory.decoders.cost.elimination`, and about half of this.
    """
    core = len(triangulate(rows.indptr, rows.indices, rows.columns).inactive)
    return 2 * core**3 / 3 + float(len(rows.indices)) * core


def received_until(scheme: Scheme, seed: int, trial: int, enough: Callable[[Any], int | None]) -> Rows:
    """Return as many rows of one run at the paper's tau and mu as ``enough`` asks for (None means more are needed)."""
    rng, key = trial_streams(seed, trial)
    startups = DelayModel(parse_law(EXPONENTIAL), TAU).sample(scheme.workers, rng)
    for reception in receptions(scheme, startups, TAU, key):
        k = enough(reception)
        if k is not None:
            return reception.rows.prefix(k)
    raise AssertionError("a run of the codes looked at here always gets there")


def lsmr_cost(rows: Rows) -> float:
    """Return the number of entries that LSMR touches: two sparse products per iteration."""
    found = lsmr_combination(rows, tolerance=TOLERANCE)
    return 2.0 * found.iterations * len(rows.indices)


def degree_for(m: int) -> int:
    """Return the degree d = ceil(1.5 ln m)."""
    return math.ceil(1.5 * math.log(m))


def with_slack(m: int, seed: int, trial: int) -> Rows:
    """Return the first 1.2 m rows of an SR run."""
    k = math.ceil((1 + SLACK) * m)
    return received_until(SumRecovery(m, degree_for(m)), seed, trial, lambda r: k if len(r) >= k else None)


def at_recovery(m: int, seed: int, trial: int) -> Rows:
    """Return the first M' rows of an SR run."""
    return received_until(SumRecovery(m, degree_for(m)), seed, trial, lambda r: span(r).stopping_time)


def luby_rows(m: int, seed: int, trial: int) -> Rows:
    """Return the rows of an LT run without cap until peeling succeeds."""
    return received_until(LubyTransform(m), seed, trial, lambda r: peel(r.rows)[0])


def threes_rows(m: int, seed: int, trial: int) -> Rows:
    """Return the rows of a run of the SR code with blocks of 3 until peeling succeeds."""
    return received_until(SizedSumRecovery(m, "3"), seed, trial, lambda r: peel(r.rows)[0])


def exponent(sizes: list[int], costs: list[float]) -> float:
    """Return the least-squares slope of log cost against log m."""
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])
