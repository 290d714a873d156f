"""Distributions of max(m, CC), which the stopping time M' of the sum-recovery code equals by the hitting-time law.

The hitting-time law: unless a worker sends its last row first, the sum is recoverable as soon as there are m rows and
every symbol is covered, M' = max(m, CC). At a given m it is an event. Its probability tends to 1 in the limit of
docs/spanning.md, Theorem 6 (load mu tau d fixed, d of order ln m), but it can fail at m = 4, for instance. The
distributions below are exact for max(m, CC). They differ from those of M' and T by at most the probability that the law
fails, which is not bounded here. :mod:`srtheory.theory.spanning` has bounds for T itself that are proved at every m.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
from flint import arb

from srtheory.model import Model, depends_on
from srtheory.theory.laws.collection import coverage_by_rows, expected_collection
from srtheory.theory.laws.coverage import UNLIKELY, coverage_by_time, covered_with_rows, may_be_unlikely
from srtheory.theory.laws.rows_received import middle_of_power, monotone, worker_law
from srtheory.theory.startup import ends_of
from srtheory.types import Floats


@depends_on("degree", "access", "message_cost", "silent")
def latency_bounds_given_hitting(model: Model, t: float) -> tuple[float, float]:
    """Return P(m rows and coverage, or all m terms of one worker, by time t), the event T <= t by the hitting-time law.

    It differs from P(T <= t) by at most the probability that the hitting-time law fails at this m, in either direction.
    :func:`srtheory.theory.spanning.latency_bounds` encloses P(T <= t) itself, for the same arguments.

    1 - P(N < m, no worker complete) - P(N >= m, some symbol uncovered): a complete worker has covered everything.  A
    twentieth of a second at m = 1000 and d = 10.

    Returns
    -------
    low, high : float
        A rigorous interval for P(max(t_m, t_cover) <= t or some worker complete by t), t_m the arrival of the m-th row.
        A worker without access to all terms is never complete.
    """
    ends = ends_of(model)
    if may_be_unlikely(model, t, model.symbols) and (most := coverage_by_time(model, t)[1]) < UNLIKELY:
        return 0.0, most
    return monotone(model, partial(done_by, model.symbols, ends), t, ends)


def done_by(m: int, ends: npt.NDArray[np.int64], received: Floats) -> arb:
    """Return the probability that m rows have come and cover all symbols, or that a worker is complete."""
    silent, weights = worker_law(received)
    if len(weights) < len(ends) or ends[-1] < m - 1:
        return covered_with_rows(m, ends, received, m)
    return covered_with_rows(m, ends, received, m, enough=1 - middle_of_power([silent, *weights[:-1]], m, 0, m))


@depends_on("degree", "access")
def stopping_bounds_given_hitting(model: Model, rows: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return P(max(m, CC) <= k), where M' = max(m, CC) by the hitting-time law unless a worker finishes first.

    Arguments, result and caveat as :func:`~srtheory.theory.laws.collection.coverage_by_rows`.
    :func:`srtheory.theory.spanning.stopping_bounds` encloses P(M' <= k) itself.
    """
    low, high = coverage_by_rows(model, rows)
    enough = np.asarray(rows) >= model.symbols
    return np.where(enough, low, 0.0), np.where(enough, high, 0.0)


@depends_on("degree", "access")
def expected_stopping_given_hitting(model: Model) -> tuple[float, float]:
    """Return E[max(m, CC)], where M' = max(m, CC) by the hitting-time law unless a worker finishes first.

    Arguments, result and caveat as :func:`~srtheory.theory.laws.collection.expected_collection`.
    """
    return expected_collection(model, at_least=model.symbols)
