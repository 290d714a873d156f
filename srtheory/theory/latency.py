"""Latency of the sum-recovery code: bounds of its fluid limit, the hitting-time law, and which event ends a run.

The limit is that of Theorem 1 of the paper (section IV), :func:`srtheory.theory.rows.fluid_limit`.

The hitting-time law: unless a worker sends its last row first, the sum is recoverable as soon as there are m rows and
every symbol is covered, M' = max(m, CC). At a given m it is an event. Its probability tends to 1 in the limit of
docs/proofs/spanning.md, Theorem 6 (load mu tau d fixed, d of order ln m), but it can fail at m = 4, for instance. The
distributions below are exact for max(m, CC). They differ from those of M' and T by at most the probability that the law
fails, which is not bounded here. :mod:`srtheory.theory.spanning` has bounds for T itself that are proved at every m.

Where the law holds, a run ends at min(max(t_m, t_cover), t_complete, t_systematic). Each of these times has a median,
and the medians determine which event is the typical end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
import numpy.typing as npt
from flint import arb
from scipy.special import lambertw

from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.model import COUNTS, Model, depends_on
from srtheory.theory.coverage import (
    UNLIKELY,
    coverage_by_rows,
    coverage_by_time,
    covered_with_rows,
    expected_collection,
    expected_uncovered,
    may_be_unlikely,
)
from srtheory.theory.numerics.balls import middle_of_power
from srtheory.theory.rows import fluid_limit, least_time, monotone, worker_law
from srtheory.theory.startup import ends_of, order_means, require_degree, require_symbols
from srtheory.types import Floats, Int64

LOG_GOLDEN_RATIO = math.asinh(0.5)


def paper_bound(tau: float, degree: int, rate: float) -> float:
    """Return the right-hand side of (5) without its o(1): 2 tau d + 1/mu.

    d >= 1; ``rate`` is mu > 0, of the exponential start-up, in the inverse unit of ``tau`` > 0.
    """
    tau, d, rate = _rates(tau, degree, rate)
    return 2 * tau * d + 1 / rate


def sharp_bound(tau: float, degree: int, rate: float) -> float:
    """Return tau d + 1/mu, above the continuous fluid limit for all parameters.

    The fluid limit of the block form stays below it if mu tau <= 1 - ln(golden ratio) = 0.5188 (by :func:`block_bound`)
    and may exceed it if mu tau > 1, since the bound omits the time tau of the systematic symbol.
    """
    tau, d, rate = _rates(tau, degree, rate)
    return tau * d + 1 / rate


def block_bound(tau: float, degree: int, rate: float) -> float:
    """Return the sharp form of (5), tau (d + 1) + ln(golden ratio)/mu: t* is at most this, with equality for some mu.

    It holds for every m and every access k >= d + 2; equality at mu tau d = ln(golden ratio) = 0.4812, d dividing k -
    1.
    """
    tau, d, rate = _rates(tau, degree, rate)
    return tau * (d + 1) + LOG_GOLDEN_RATIO / rate


@depends_on("degree")
def median_bound(model: Model) -> float:
    """Return tau (d + 1) + median(X), a bound for every start-up distribution, even of infinite mean, and every k >= 2.

    By this time half of the workers are expected to have sent their systematic symbol and first block. The access is k.
    """
    tau, d, _ = _rates(model.tau, require_degree(model.degree), 1.0)
    return tau * (d + 1) + float(model.startup.ppf(0.5))


@depends_on("degree")
def latency_bound(model: Model, rows: float) -> float:
    """Return an upper bound on E[T] from ``rows``, E[M'] or more, for every m (docs/proofs/spanning.md, Theorem A).

    Here X_(1) <= ... <= X_(m) are the ordered start-up delays. On every path and for every n

        T <= tau + (tau d (M' - 1) + X_(1) + ... + X_(n))/n,

    since before T no worker is complete, so that worker j has sent at least (T - tau - X_j)/(tau d) rows. The bound is
    the least over n of the expectations, inf where even E X_(1) is. Full access; rows >= 1; O(m). With E[M'] = m + o(m)
    and exponential start-up it tends to the continuous fluid limit, plus tau.
    """
    m, d = require_symbols(model.symbols), require_degree(model.degree)
    if (rows := require_positive("rows", rows)) < 1:
        raise ArgumentError("rows", rows, "at least 1")
    delays = np.cumsum(order_means(model.startup, m))
    fastest = np.arange(1, m + 1)
    with np.errstate(over="ignore"):
        return float((model.tau * (1 + d * (rows - 1) / fastest) + delays / fastest).min())


def continuous_fluid_limit(tau: float, degree: int, rate: float) -> float:
    """Return the continuous fluid limit, t - (1 - exp(-mu t))/mu = tau d: fractional rows, exponential start-up.

    mu t = 1 + y + W(-exp(-1 - y)) with y = mu tau d and W the principal branch of Lambert's function.
    :func:`exponential_fluid_limit` counts whole rows.
    """
    tau, d, rate = _rates(tau, degree, rate)
    y = rate * tau * d
    if y < 1e-6:  # W about its branch point: there x - (1 - exp(-x)) cancels, too
        p = math.sqrt(-2 * math.expm1(-y))
        return (y + p * (1 + p * (-1 / 3 + p * (11 / 72 + p * (-43 / 540 + p * 769 / 17280))))) / rate
    x = math.sqrt(2 * y) + y / 3 if y < 0.01 else 1 + y + float(lambertw(-math.exp(-1 - y)).real)
    for _ in range(2):  # near the branch point 1 + y + W cancels; Newton steps in expm1 restore the digits
        x += (x + math.expm1(-x) - y) / math.expm1(-x)
    return x / rate


def exponential_fluid_limit(tau: float, degree: int, rate: float) -> float:
    """Return t* in closed form for exponential start-up and workers with enough blocks (m large, d dividing m - 1).

    mu (t* - tau) = ln((e^{(n+1) y} - 1)/(n (e^y - 1))) with y = mu tau d and n the number of blocks that the first
    workers have sent at t*. For y >= ln(golden ratio) that is ln(1 + e^y), n = 1.
    """
    tau, d, rate = _rates(tau, degree, rate)
    y = rate * tau * d
    # From below: the fluid arrives later than whole rows, by at most the time of a block.
    n = max(1, math.floor(continuous_fluid_limit(tau, degree, rate) * rate / y) - 1)
    while _reached(n, y) >= (n + 1) * y:
        n += 1
    return tau + _reached(n, y) / rate


def _reached(n: int, y: float) -> float:
    """Return the x with sum_{b=0..n} (1 - e^{-(x - b y)}) = 1."""
    return n * y + math.log(math.expm1(-(n + 1) * y) / (n * math.expm1(-y)))


def _rates(tau: float, degree: int, rate: float) -> tuple[float, int, float]:
    return require_positive("tau", tau), require_int("degree", degree), require_positive("rate", rate)


# ------------------------------------------------------------------------------------ the event by the hitting-time law


@depends_on("degree", "access", "message_cost", "silent", COUNTS)
def latency_bounds_given_hitting(model: Model, t: float) -> tuple[float, float]:
    """Return P(m rows and coverage, or all m terms of one worker, by time t), the event T <= t by the hitting-time law.

    1 - P(N < m, no worker complete) - P(N >= m, some symbol uncovered): a complete worker has covered everything; one
    without access to all terms is never complete. A rigorous interval for this event, in a twentieth of a second at m =
    1000 and d = 10; :func:`srtheory.theory.spanning.latency_bounds` encloses P(T <= t) itself.
    """
    ends = ends_of(model)
    if may_be_unlikely(model, t, model.symbols) and (most := coverage_by_time(model, t)[1]) < UNLIKELY:
        return 0.0, most
    return monotone(model, partial(done_by, model.symbols, ends), t, ends)


def done_by(m: int, ends: Int64, received: Floats) -> arb:
    """Return the probability that m rows have come and cover all symbols, or that a worker is complete."""
    silent, weights = worker_law(received)
    if len(weights) < len(ends) or ends[-1] < m - 1:
        return covered_with_rows(m, ends, received, m)
    return covered_with_rows(m, ends, received, m, enough=1 - middle_of_power([silent, *weights[:-1]], m, 0, m))


@depends_on("degree", "access")
def stopping_bounds_given_hitting(model: Model, rows: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return P(max(m, CC) <= k), as :func:`~srtheory.theory.coverage.coverage_by_rows` does, with its caveat.

    :func:`srtheory.theory.spanning.stopping_bounds` encloses P(M' <= k) itself.
    """
    low, high = coverage_by_rows(model, rows)
    enough = np.asarray(rows) >= model.symbols
    return np.where(enough, low, 0.0), np.where(enough, high, 0.0)


@depends_on("degree", "access")
def expected_stopping_given_hitting(model: Model) -> tuple[float, float]:
    """Return E[max(m, CC)] as :func:`~srtheory.theory.coverage.expected_collection` does."""
    return expected_collection(model, at_least=model.symbols)


# ----------------------------------------------------------------------------------------------- which event ends a run


class Ending(StrEnum):
    """Event that ends a run."""

    ROWS = "m-th row"
    COVERAGE = "coverage"
    WORKER = "complete worker"
    SYSTEMATIC = "all systematic"


@dataclass(frozen=True)
class TypicalTimes:
    """Typical times of the four events, in the unit of tau."""

    rows: float
    """Fluid limit: the time at which the expected number of received rows is m."""
    coverage: float
    """Time at which all symbols are covered with probability 1/2, the number of uncovered ones being taken as Poisson.
    """
    worker: float
    """Median of the time at which a first worker is complete, min X + m tau."""
    systematic: float
    """Median of the time at which the last systematic symbol arrives, max X + tau."""

    @property
    def ending(self) -> Ending:
        """The event that ends a typical run."""
        by_rank = max(self.rows, self.coverage)
        if self.systematic <= min(by_rank, self.worker):
            return Ending.SYSTEMATIC
        if self.worker <= by_rank:
            return Ending.WORKER
        return Ending.ROWS if self.rows >= self.coverage else Ending.COVERAGE

    @property
    def end(self) -> float:
        """Typical latency."""
        return min(max(self.rows, self.coverage), self.worker, self.systematic)


@depends_on("degree")
def typical_times(model: Model) -> TypicalTimes:
    """Return typical times of the four events; some sixty evaluations of F at up to m/d points each."""
    m, law, tau = model.symbols, model.startup, model.tau
    rows = fluid_limit(model)

    def covered(t: float) -> bool:
        return bool(expected_uncovered(model, t) <= math.log(2))

    return TypicalTimes(
        rows=rows,
        coverage=least_time(covered, tau),
        worker=float(law.ppf(-math.expm1(-math.log(2) / m))) + m * tau,
        systematic=float(law.ppf(0.5 ** (1 / m))) + tau,
    )
