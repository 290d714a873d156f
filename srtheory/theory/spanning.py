"""Latency and number of rows of the sum-recovery code, with proof at every finite m (docs/spanning.md).

Nothing here rests on a conjecture. The rows that have arrived span 1 if all symbols are covered and no even set of
three or more symbols is left (:mod:`srtheory.theory.enumerator`), and fewer than m rows rarely do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

from srtheory.errors import require_positive
from srtheory.model import Model, depends_on
from srtheory.theory.blocks import ends_of
from srtheory.theory.enumerator import EARLY, Instant, block_weights, covered, even_sets, rows_law, surplus, uncovered
from srtheory.theory.latency import fluid_limit
from srtheory.theory.named import Named, require_named
from srtheory.theory.numerics.saddle import UNDERFLOW, UNIT, value_bound
from srtheory.theory.startup import cdf_bounds, require_tau, require_time, row_costs
from srtheory.types import Floats, Startup

_DEVIATIONS = 12
DOUBLINGS = 1000  # 2 to this power is still a float


@depends_on("degree", "access", "message_cost", "silent")
def latency_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t), the probability that the rows that arrive by time t span 1 over Q.

    With W the uncovered symbols, Xi and eps the first moments of docs/spanning.md 1.3,
    P(T <= t) >= sum_{n >= m} (P(W empty, N = n) - Xi_n)^+,
    P(T <= t) <= P(W empty, N >= m) + sum_{n < m} min(P(W empty, N = n), eps_n),
    and P(T > t) <= (1 - F_B)^m, since a complete worker suffices.  P(T <= t) can only grow with every F_b, so
    the lower bound is taken at lower bounds of the F_b, the upper bound at upper ones.  O(m) polynomials a bound.

    Returns
    -------
    low, high : float
        0 <= low <= P(T <= t) <= high <= 1, proved.
    """
    ends = ends_of(model)
    low, high = _received(model, t, ends)
    below = _below(model.symbols, ends, low)
    if model.symbols == 1 or high[0] == 0:  # the only row suffices, or none can have come
        return below, float(high[0])
    return below, max(below, _recovered_at_most(model.symbols, ends, high))


@depends_on("degree", "access", "message_cost", "silent")
def least_latency_probability(model: Model, t: float) -> float:
    """Return the lower bound of :func:`latency_bounds` alone, in about half the time; arguments and errors as there."""
    ends = ends_of(model)
    return _below(model.symbols, ends, _received(model, t, ends)[0])


def _received(model: Model, t: float, ends: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return bounds on the F_b."""
    costs = row_costs(1 + ends, model.tau, model.message_cost)
    return cdf_bounds(model.defective_startup, require_time(t), costs)


def _below(symbols: int, ends: npt.NDArray[np.int64], received: Floats) -> float:
    """Return the lower bound on P(T <= t) at lower bounds of the F_b."""
    if symbols == 1:
        return float(received[0])
    return max(_recovered(symbols, ends, received), _complete(symbols, ends, received))


def _instant(symbols: int, ends: npt.NDArray[np.int64], received: Floats) -> Instant:
    sent = max(int(np.count_nonzero(received)), 1)
    return Instant(symbols, received[:sent], block_weights(ends[:sent], symbols))


def _plenty(ends: npt.NDArray[np.int64], received: Floats) -> int:
    """Return a number of rows per worker that is more than enough: four on average, and 64 terms besides its own."""
    degree = int(ends[1]) if len(ends) > 1 else 1
    return int(np.searchsorted(np.cumsum(received), max(4.0, 1 + 64 / degree))) + 1


def _complete(symbols: int, ends: npt.NDArray[np.int64], received: Floats) -> float:
    """Return a lower bound on P(some worker has sent all its rows)."""
    if ends[-1] < symbols - 1:
        return 0.0
    return max(0.0, 1 - _none(symbols, float(received[-1])) - UNIT)


def _none(symbols: int, received: float) -> float:
    """Return an upper bound on (1 - F)^m."""
    if received >= 1:
        return 0.0
    log = symbols * math.log1p(-received)
    return math.exp(log) * (1 + 16 * UNIT * (1 - log)) + UNDERFLOW


def _window(instant: Instant) -> tuple[int, int]:
    """Return a range of row counts that N(t) leaves with negligible probability."""
    width = _DEVIATIONS * instant.spread + EARLY
    most = instant.symbols * len(instant.received)
    return max(int(instant.mean - width), 0), min(int(instant.mean + width), most)


def _recovered(m: int, ends: npt.NDArray[np.int64], received: Floats) -> float:
    """Return a lower bound on P(the rows span 1); counting more rows would only make it more expensive."""
    instant = _instant(m, ends, received[: _plenty(ends, received)])
    first, last = _window(instant)
    first = max(first, m)
    if last < first:
        return 0.0
    low, high = uncovered(instant, first, last)
    return _sum_down(np.maximum(covered(low, high)[0] - surplus(even_sets(instant, first, last), low), 0.0))


def _recovered_at_most(m: int, ends: npt.NDArray[np.int64], received: Floats) -> float:
    """Return an upper bound on P(the rows span 1)."""
    if _plenty(ends, received) <= np.count_nonzero(received):
        return 1.0
    instant = _instant(m, ends, received)
    first, last = _window(instant)
    total = _outside(instant, first, last)
    if last >= m:
        total += _sum_up(covered(*uncovered(instant, max(first, m), last))[1])
    if first >= m:
        return min(1.0, total)
    rows = np.arange(first, min(m, last + 1))
    low, high = rows_law(instant, first, int(rows[-1]))
    early = high
    if len(instant.received) <= DOUBLINGS:
        sets = 2.0 ** (rows - m + 1.0) * high + even_sets(instant, first, int(rows[-1]), 2.0)[::2].sum(axis=0)
        early = np.clip(sets * (1 + m * UNIT) - low, 0.0, high)
    early[rows == 0] = 0.0
    near = max(first, m - EARLY)
    if near <= rows[-1]:
        early[near - first :] = np.minimum(early[near - first :], covered(*uncovered(instant, near, int(rows[-1])))[1])
    return min(1.0, total + _sum_up(early))


def _outside(instant: Instant, first: int, last: int) -> float:
    """Return an upper bound on P(N(t) < first or N(t) > last)."""
    most, bound = instant.symbols * len(instant.received), 0.0
    # The tilts are between those for the two numbers, as near to 0 as can be: of the sign that the bound needs.
    for n, tilts in ((first - 1, (0, first - 1)), (last + 1, (last + 1, most))):
        if 0 <= n <= most:
            powers = instant.powers(np.array([0]), instant.weights.missed, *tilts)
            bound += float(value_bound(powers, np.array([n]))[0, 0])
    return bound * (1 + 4 * UNIT)


def _sum_up(values: Floats) -> float:
    return float(values.sum()) * (1 + 2 * len(values) * UNIT)


def _sum_down(values: Floats) -> float:
    return float(values.sum()) * (1 - 2 * len(values) * UNIT)


@depends_on("degree")
def expected_latency_bounds(
    model: Model, *, tolerance: float | None = None, step: Callable[[float], None] = lambda _: None
) -> tuple[float, float]:
    """Return E[T] with full access, as a proved interval.

    E[T] is the integral of P(T > t), which falls with t. On [a, b] it lies between (b - a) P(T > b) and
    (b - a) P(T > a), and the interval of the greatest difference is halved again and again.  Beyond its last point,
    where one of m workers has all but certainly computed all m terms, T <= m tau + min_j X_j.

    Parameters
    ----------
    tolerance : float, optional
        Width at which to stop, above 0, in the unit of ``tau``; None: a hundredth of the fluid limit.  The interval may
        stay wider, by what :func:`latency_bounds` leaves open.
    step : function
        Called with the width after every evaluation of P(T <= t).

    Returns
    -------
    low, high : float
        0 < low <= E[T] <= high; infinite where E[T] is (a Pareto distribution of shape 1/m and below).
    """
    law = require_named(model.startup)
    wanted = require_positive("tolerance", tolerance) if tolerance is not None else 0.01 * fluid_limit(model)
    last = require_tau(model.tau, model.symbols) * model.symbols + float(
        model.startup.ppf(-math.expm1(math.log(1e-15) / model.symbols))
    )
    rest = _rest(model.symbols, last, model.tau, law)
    if rest == math.inf:
        return math.inf, math.inf
    bounds = {0.0: (1.0, 1.0), last: (0.0, _least(model.symbols, last, model.tau, model.startup))}
    queue, width, done = [(-last, 0.0, last)], last, False
    while not done:
        _, a, b = heappop(queue)
        middle = (a + b) / 2
        known = latency_bounds(model, middle)
        bounds[middle] = 1 - known[1], 1 - known[0]
        for low, high in ((a, middle), (middle, b)):
            heappush(queue, ((high - low) * (bounds[high][0] - bounds[low][1]), low, high))
        before, width = width, -math.fsum(item[0] for item in queue)
        step(width)
        done = width <= wanted or width > before * (1 - 1e-4)
    total = [
        math.fsum((b - a) * bounds[b][0] for _, a, b in queue),
        math.fsum((b - a) * bounds[a][1] for _, a, b in queue),
    ]
    return total[0] * (1 - 64 * UNIT), (total[1] + rest) * (1 + 64 * UNIT)


def _least(symbols: int, t: float, tau: float, startup: Startup) -> float:
    """Return an upper bound on P(min_j X_j > t - m tau)."""
    return _none(symbols, float(cdf_bounds(startup, t, np.array([tau * symbols]))[0][0]))


def _rest(symbols: int, last: float, tau: float, law: Named) -> float:
    """Return an upper bound on the integral of P(min_j X_j > t - m tau) over t > ``last``."""
    y = (last - tau * symbols - law.loc - 8 * UNIT * (last + law.loc)) / law.scale  # down, whatever cancels
    beyond = law.least_beyond(symbols, max(y, law.start)) + max(law.start - y, 0.0)
    return law.scale * beyond * (1 + 2.0**-40)
