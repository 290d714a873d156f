"""The sum-recovery code's latency and number of rows, with proof at every finite m (docs/spanning.md).

Nothing here rests on a conjecture: the rows that have arrived span 1 if all symbols are covered and no even set of two
or more symbols is left (:mod:`srtheory.theory.enumerator`), and fewer than m rows rarely do.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError
from srtheory.theory.arrivals import Rule, analytic
from srtheory.theory.blocks import block_ends
from srtheory.theory.collection import Model, SmoothStartup, by_rows, covered_by, typical, window
from srtheory.theory.enumerator import Instant, block_weights, covered, even_sets, rows_law, uncovered
from srtheory.theory.saddle import UNIT, value_bound
from srtheory.theory.startup import Floats, Startup, cdf_bounds, require_startup, require_tau, require_times

_DEVIATIONS = 12
_KNOWN = 24
_EARLY = 64
"""With this many rows missing, that they span 1 has a probability of the order 2^-64."""


def latency_cdf(
    t: float, symbols: int, degree: int, tau: float, startup: Startup, *, access: int | None = None
) -> tuple[float, float]:
    """P(T <= t): do the rows that arrive by time t span 1 over Q?

    Parameters
    ----------
    t : float
        Time, in the unit of ``tau``.
    symbols, degree, access
        m, d and k as in :func:`~srtheory.theory.blocks.block_ends`.
    tau : float
        Time per term, above 0.
    startup : Startup
        Any law F on [0, inf) whose ``cdf`` is accurate to :data:`~srtheory.theory.startup.CDF_ERROR`.

    Returns
    -------
    low, high : float
        0 <= low <= P(T <= t) <= high <= 1, proved.

    Raises
    ------
    ArgumentError
        For an argument outside its range.

    Notes
    -----
    With W the uncovered symbols, X and e the first moments of docs/spanning.md 1.2,
    sum_{n >= m} (P(W empty, N = n) - X_n)^+ <= P(T <= t) <= P(W empty, N >= m) + sum_{n < m} min(P(W empty, N = n), e_n),
    and P(T > t) <= (1 - F(t - m tau))^m, since a complete worker suffices.  P(T <= t) can only grow with every F_b, so
    the lower bound is taken at lower bounds of the F_b, the upper bound at upper ones.  O(m) polynomials a bound.
    """
    ends = block_ends(symbols, degree, access)
    require_startup(startup)
    time, tau = float(require_times(t)), require_tau(tau, 1 + ends)
    low, high = cdf_bounds(startup, time, tau * (1 + ends))
    if symbols == 1:
        return float(low[0]), float(high[0])
    below = max(_recovered(symbols, ends, low), _complete(symbols, ends, low))
    return below, max(below, _recovered_at_most(symbols, ends, high))


def _instant(symbols: int, ends: npt.NDArray[np.int64], received: Floats) -> Instant:
    sent = max(int(np.count_nonzero(received)), 1)
    return Instant(symbols, received[:sent], block_weights(ends[:sent], symbols))


def _plenty(ends: npt.NDArray[np.int64], received: Floats) -> int:
    """Number of rows a worker that are more than enough: on average four of them, and 64 terms besides its own."""
    degree = int(ends[1]) if len(ends) > 1 else 1
    return int(np.searchsorted(np.cumsum(received), max(4.0, 1 + 64 / degree))) + 1


def _complete(symbols: int, ends: npt.NDArray[np.int64], received: Floats) -> float:
    """Lower bound on P(some worker has sent all that there is)."""
    if ends[-1] < symbols - 1:
        return 0.0
    return max(0.0, -math.expm1(symbols * math.log1p(-float(received[-1]))) * (1 - 8 * UNIT)) if received[-1] < 1 else 1.0


def _window(instant: Instant) -> tuple[int, int]:
    """Numbers of rows that N(t) hardly ever leaves."""
    width = _DEVIATIONS * instant.spread + _EARLY
    most = instant.symbols * len(instant.received)
    return max(int(instant.mean - width), 0), min(int(instant.mean + width), most)


def _recovered(m: int, ends: npt.NDArray[np.int64], received: Floats) -> float:
    """Lower bound on P(the rows span 1); more rows than plenty would only make it dearer."""
    instant = _instant(m, ends, received[: _plenty(ends, received)])
    first, last = _window(instant)
    first = max(first, m)
    if last < first:
        return 0.0
    low, high = uncovered(instant, first, last)
    return _sum_down(np.maximum(covered(low, high)[0] - _surplus(even_sets(instant, first, last), low), 0.0))


def _surplus(even: Floats, missed: Floats) -> Floats:
    """Upper bound on sum_{w >= 3} (A_w - U_w) from upper bounds on A_2, A_3, ... and lower ones on U_0, U_1, ...

    Sets of two are equal columns, which do no harm.
    """
    rest = even[1:].copy()
    known = min(len(missed) - 3, len(rest))
    if known > 0:
        rest[:known] = np.maximum(rest[:known] - missed[3 : 3 + known], 0.0)
    return np.asarray(rest.sum(axis=0) * (1 + 2 * len(rest) * UNIT))


def _recovered_at_most(m: int, ends: npt.NDArray[np.int64], received: Floats) -> float:
    """Upper bound on P(the rows span 1)."""
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
    sets = 2.0 ** (rows - m + 1.0) * high + even_sets(instant, first, int(rows[-1]), 2.0)[::2].sum(axis=0)
    early = np.clip(sets * (1 + m * UNIT) - low, 0.0, high)
    early[rows == 0] = 0.0
    near = max(first, m - _EARLY)
    if near <= rows[-1]:
        early[near - first :] = np.minimum(early[near - first :], covered(*uncovered(instant, near, int(rows[-1])))[1])
    return min(1.0, total + _sum_up(early))


def _outside(instant: Instant, first: int, last: int) -> float:
    """Upper bound on P(N(t) < first or N(t) > last)."""
    missed, none = instant.weights.missed, np.array([0])
    beyond = [last + 1, *([first - 1] if first > 0 else [])]
    bounds = [value_bound(instant.powers(none, missed, n, n), np.array([n]))[0, 0] for n in beyond]
    return float(np.sum(bounds)) * (1 + 4 * UNIT)


def _sum_up(values: Floats) -> float:
    return float(values.sum()) * (1 + 2 * len(values) * UNIT)


def _sum_down(values: Floats) -> float:
    return float(values.sum()) * (1 - 2 * len(values) * UNIT)


def stopping_cdf(
    rows: npt.ArrayLike, symbols: int, degree: int, tau: float, startup: SmoothStartup, *, access: int | None = None
) -> tuple[Floats, Floats]:
    """P(M' <= k): do the first k rows to arrive span 1 over Q?

    Parameters
    ----------
    rows : array_like of int
        k >= 0; any shape.
    symbols, degree, tau, startup, access
        As in :func:`latency_cdf`; the law exponential, Pareto or uniform.

    Returns
    -------
    low, high : float64 arrays of the shape of ``rows``
        0 <= low <= P <= high <= 1, proved.

    Raises
    ------
    ArgumentError
        For an argument outside its range, or another law.

    Notes
    -----
    P(CC <= k) - X_k <= P(M' <= k) <= P(CC <= k) for k >= m, and P(M' <= k) <= 2^{k-m+1} sum_{w even} A_w - 1 for k < m,
    A_w and X now being those of the first k rows.  About a minute for the k around m = 1000.
    """
    if analytic(startup) is None:
        raise ArgumentError("startup", startup, "an exponential, a Pareto or a uniform law")
    return by_rows(rows, Model(symbols, degree, tau, startup, access), _spanned_by)


def _spanned_by(model: Model, span: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Bounds on P(M' <= k) for consecutive k from 1 to m (1 + B) - 1."""
    m = model.symbols
    rule = model.rule(window(model, int(span[0]), int(span[-1])))
    low, high = covered_by(model, span, rule)
    if m == 1:
        return low, high
    if span[-1] < m - _EARLY:
        return np.zeros_like(low), high
    return _after(model, rule, span, low, high)


def _after(
    model: Model, rule: Rule, span: npt.NDArray[np.int64], low: Floats, high: Floats
) -> tuple[Floats, Floats]:
    """The bounds on P(CC <= k) made bounds on P(M' <= k)."""
    m = model.symbols
    ends = model.ends[: rule.nodes.p.shape[1]]
    weights, spread = block_weights(ends, m), model.spread(typical(model, span.mean()))
    sizes = np.arange(2, m)
    even = rule.moments(sizes, m, weights.even[:, sizes].T, span, spread)[1]
    known = np.arange(min(_KNOWN, m))
    missed = rule.moments(known, m, weights.missed[:, known].T, span, spread)[0]
    below = np.where(span < m, 0.0, np.maximum(low - _surplus(even, missed), 0.0))
    early = 2.0 ** np.minimum(span - m + 1.0, 1.0) * (1 + even[::2].sum(axis=0)) * (1 + m * UNIT) - 1
    return below, np.where(span < m, np.clip(early, 0.0, high), high)
