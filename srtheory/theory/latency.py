"""Latency of the sum-recovery code (paper, section IV, Theorem 1): expected rows, fluid limit, bounds.

In the delay model (4) a worker's row b is complete after 1 + ell_b terms (:func:`~srtheory.theory.startup.block_ends`),
so that with F the distribution function of the start-up delays E N(t) = m sum_b F(t - tau (1 + ell_b)).  If the sum is
recoverable from m + o(m) rows, the latency tends to the fluid limit t*, the time with E N(t*) = m.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import lambertw

from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.model import Model, depends_on
from srtheory.theory.named import order_means
from srtheory.theory.startup import ends_of, require_degree, require_symbols, require_tau, require_times, row_costs
from srtheory.types import Floats

LOG_GOLDEN_RATIO = math.asinh(0.5)


@depends_on("degree", "access", "silent")
def symbol_cdf(model: Model, t: npt.ArrayLike, count: int) -> Floats:
    """Return P(a given worker has sent ``count`` symbols by t), exactly: F(t - tau (1 + c_{n-1})).

    Below equation (4) the paper has F(t - tau d n), as if the systematic symbol cost d terms. See
    :func:`symbol_cdf_paper`.

    Parameters
    ----------
    count : int
        n, from 1 to the number of symbols that a worker has.
    """
    ends = ends_of(model)
    n = require_int("count", count, 1, len(ends))
    terms = 1 + int(ends[n - 1])
    return np.asarray(model.defective_startup.cdf(require_times(t) - model.tau * terms))


@depends_on("degree", "silent")
def symbol_cdf_paper(model: Model, t: npt.ArrayLike, count: int) -> Floats:
    """Return the distribution printed below equation (4), F(t - tau d n). Arguments as :func:`symbol_cdf`.

    It is the exact distribution delayed by tau (d - 1) (for n symbols, none of them a remainder block). With
    exponential start-up of rate mu the two differ by at most 1 - exp(-mu tau (d - 1)), at t = tau d n.
    """
    terms = require_int("count", count) * require_degree(model.degree)
    return np.asarray(model.defective_startup.cdf(require_times(t) - model.tau * terms))


@depends_on("degree", "access", "message_cost", "silent")
def expected_rows(model: Model, t: npt.ArrayLike) -> Floats:
    """Return E N(t), the expected number of rows received by t, in [0, m (1 + B)] with B blocks a worker.

    Arguments and errors as :func:`symbol_cdf`. ``message_cost`` is the time kappa per message, at least 0.  O(B)
    evaluations of F per time.
    """
    costs = row_costs(1 + ends_of(model), model.tau, model.message_cost)
    law = model.defective_startup.cdf(require_times(t)[..., None] - costs)
    return np.asarray(model.symbols * law.sum(axis=-1))


@depends_on("degree", "access", "silent")
def fluid_limit(model: Model, *, rows: float | None = None) -> float:
    """Return t*, the least t with E N(t) >= ``rows``.

    d = 1 is the genie that hands out single terms (see :mod:`srtheory.theory.laws.streaming`).

    Parameters
    ----------
    rows : float, optional
        Above 0, at most m (1 + B), B blocks a worker; None means m.  (1 + eps) m allows for an overhead eps.

    Returns
    -------
    float
        In the unit of ``tau``, to the last digits of F, or inf where only the limit t -> inf reaches ``rows``.
    """
    return fluid_bracket(model, 0.0, rows=rows)[1]


@depends_on("degree", "access", "silent")
def fluid_bracket(model: Model, tolerance: float, *, rows: float | None = None) -> tuple[float, float]:
    """Return two times of relative distance ``tolerance``; :func:`fluid_limit` lies between them, or is the second.

    Arguments and errors as there, which continues to halve the same interval.
    """
    terms = 1 + ends_of(model)
    tau = require_tau(model.tau, terms)
    target = float(model.symbols) if rows is None else require_positive("rows", rows)
    total = model.symbols * len(terms)
    if target > total:
        raise ArgumentError("rows", rows, f"at most the {total} rows that there are")
    if target == total:
        last = float(model.defective_startup.ppf(1.0)) + tau * int(terms[-1])
        return last, last
    costs = (tau * terms).astype(np.float64)

    def reached(times: Floats) -> npt.NDArray[np.bool_]:
        starts = times[:, None] - costs
        laws, missing = model.defective_startup.cdf(starts), model.defective_startup.sf(starts)
        return np.array([_surplus(*each, model.symbols, target) >= 0 for each in zip(laws, missing, strict=True)])

    return bracket_ahead(reached, tau, tolerance)


def _surplus(law: Floats, missing: Floats, symbols: int, rows: float) -> float:
    """Return E N - rows without cancellation: blocks that nearly all have sent enter through what is missing."""
    most = law > 0.5
    whole = symbols * int(most.sum()) - rows
    return math.fsum([whole, *(symbols * law[~most]).tolist(), *(-symbols * missing[most]).tolist()])


def least_time(reached: Callable[[float], bool], start: float) -> float:
    """Return the least float at which a monotone condition holds, inf if it never does."""
    return bracket_time(reached, start, 0.0)[1]


def bracket_time(reached: Callable[[float], bool], start: float, tolerance: float) -> tuple[float, float]:
    """Return two times, ``tolerance`` or one float apart (relative): the condition holds at the second only."""
    return bracket_ahead(lambda times: np.array([reached(t) for t in times.tolist()]), start, tolerance, ahead=1)


def bracket_ahead(
    reached: Callable[[Floats], npt.NDArray[np.bool_]], start: float, tolerance: float, ahead: int = 3
) -> tuple[float, float]:
    """Return the same times for a condition on arrays, evaluated at all points of several halvings at once."""
    low, high = 0.0, start
    while not reached(np.array([high]))[0]:
        if high >= sys.float_info.max:
            return high, math.inf
        low, high = high, min(2 * high, sys.float_info.max)
    holds: dict[float, bool] = {}
    while high - low > tolerance * high and low < (middle := low + (high - low) / 2) < high:
        if middle not in holds:
            times = _middles(low, high, ahead)
            holds = dict(zip(times.tolist(), reached(times).tolist(), strict=True))
        low, high = (low, middle) if holds[middle] else (middle, high)
    return low, high


def _middles(low: float, high: float, depth: int) -> Floats:
    """Return all midpoints that so many halvings of [low, high] can reach."""
    edges = np.array([low, high])
    for _ in range(depth):
        halved = np.empty(2 * len(edges) - 1)
        halved[::2], halved[1::2] = edges, edges[:-1] + (edges[1:] - edges[:-1]) / 2
        edges = halved
    return edges[1:-1]


def paper_bound(tau: float, degree: int, rate: float) -> float:
    """Return the right-hand side of (5) without its o(1): 2 tau d + 1/mu.

    Parameters
    ----------
    tau : float
        Time per term, above 0.
    degree : int
        d >= 1.
    rate : float
        mu > 0, rate of the exponential start-up, in the inverse unit of ``tau``.
    """
    tau, d, rate = _rates(tau, degree, rate)
    return 2 * tau * d + 1 / rate


def sharp_bound(tau: float, degree: int, rate: float) -> float:
    """Return tau d + 1/mu, above the continuous fluid limit for all parameters. Arguments as :func:`paper_bound`.

    The fluid limit of the block form stays below it if mu tau <= 1 - ln(golden ratio) = 0.5188 (by :func:`block_bound`)
    and may exceed it if mu tau > 1, since the bound omits the time tau of the systematic symbol.
    """
    tau, d, rate = _rates(tau, degree, rate)
    return tau * d + 1 / rate


def block_bound(tau: float, degree: int, rate: float) -> float:
    """Return the sharp form of (5), tau (d + 1) + ln(golden ratio)/mu: t* is at most this, with equality for some mu.

    It holds for every m and every access k >= d + 2; equality at mu tau d = ln(golden ratio) = 0.4812, d dividing k -
    1. Arguments as :func:`paper_bound`.
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
    """Return an upper bound on E[T] from E[M'], for every m without further hypothesis (docs/spanning.md, Theorem A).

    Here X_(1) <= ... <= X_(m) are the ordered start-up delays. On every path and for every n

        T <= tau + (tau d (M' - 1) + X_(1) + ... + X_(n))/n,

    since before T no worker is complete, so that worker j has sent at least (T - tau - X_j)/(tau d) rows.  The bound is
    the least over n of the expectations.  Full access.

    O(m).  With E[M'] = m + o(m) and exponential start-up it tends to the continuous fluid limit, plus tau.

    Parameters
    ----------
    rows : float
        E[M'], or an upper bound on it, at least 1.

    Returns
    -------
    float
        In the unit of ``tau``, or inf where even E X_(1) is infinite.
    """
    m, d = require_symbols(model.symbols), require_degree(model.degree)
    if (rows := require_positive("rows", rows)) < 1:
        raise ArgumentError("rows", rows, "at least 1")
    delays = np.cumsum(order_means(model.startup, m))
    fastest = np.arange(1, m + 1)
    return float((require_tau(model.tau, d * m) * (1 + d * (rows - 1) / fastest) + delays / fastest).min())


def continuous_fluid_limit(tau: float, degree: int, rate: float) -> float:
    """Return the continuous fluid limit, t - (1 - exp(-mu t))/mu = tau d: fractional rows, exponential start-up.

    mu t = 1 + y + W(-exp(-1 - y)) with y = mu tau d and W the principal branch of Lambert's function.  Arguments as
    :func:`paper_bound`.  :func:`exponential_fluid_limit` counts whole rows.
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
    workers have sent at t*.  For y >= ln(golden ratio) that is ln(1 + e^y), n = 1.  Arguments as :func:`paper_bound`.
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
