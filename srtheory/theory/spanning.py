"""Latency and number of rows of the sum-recovery code, with proof at every finite m (docs/proofs/spanning.md, 1).

Nothing here rests on a conjecture. The rows that have arrived span 1 if all symbols are covered and no even set of
three or more symbols is left, and fewer than m rows rarely do.

A set K of symbols is *even* if every received row meets it in an even number of symbols, that is, if its indicator lies
in the kernel of the rows over GF(2). With A_w the expected number of even sets of w symbols, and U_w that of the sets
of w symbols that are all uncovered,

    P(the rows do not span 1 over Q) <= P(some symbol is uncovered) + sum_{w >= 3} (A_w - U_w),
    P(the rows span 1 over Q)        <= 2^{n - m + 1} sum_{w even} A_w - 1                        given n rows.

A kernel vector over Q, made primitive, is a kernel vector over GF(2), which gives the first bound. Even sets of two
symbols are equal columns and can be ignored. For the second, rows that span 1 over Q are dependent over GF(2) or span 1
over it. The numbers of y with yG = 0 and yG = 1 have the means 2^{n-m} sum_w A_w and 2^{n-m} sum_w (-1)^w A_w.

The first moments after the k-th row are integrals over its time of arrival (:mod:`srtheory.theory.numerics.arrivals`),
for start-up distributions whose integrals can be bounded: exponential, Pareto, uniform.

Guarantees invert the proved lower bounds of P(M' <= k) and P(T <= t). Fewer rows or less time may also suffice, but
this is not proved.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt
from flint import arb, arb_poly, ctx, fmpz, fmpz_poly

from srtheory.errors import ArgumentError, require_positive
from srtheory.model import COUNTS, Model, depends_on
from srtheory.theory.coverage import (
    SmoothModel,
    bounded_rule,
    by_rows,
    coverage_by_rows,
    covered_by,
    expected_from,
    typical,
)
from srtheory.theory.numerics.arrivals import Rule
from srtheory.theory.numerics.saddle import (
    ELEMENTARY,
    UNDERFLOW,
    UNIT,
    Powers,
    log_saddle,
    log_sets,
    power_coefficients,
    raised,
    scaled,
    value_bound,
)
from srtheory.theory.rows import bracket_time, fluid_limit
from srtheory.theory.startup import Named, ends_of, reached, require_named, size
from srtheory.types import Floats, Int64

_DEVIATIONS = 12
DOUBLINGS = 1000  # 2 to this power is still a float


@depends_on("degree", "access", "message_cost", "silent", COUNTS)
def latency_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t), the probability that the rows that arrive by time t span 1 over Q, proved.

    With W the uncovered symbols, Xi and eps the first moments of docs/proofs/spanning.md 1.3,

        P(T <= t) >= sum_{n >= m} (P(W empty, N = n) - Xi_n)^+,
        P(T <= t) <= P(W empty, N >= m) + sum_{n < m} min(P(W empty, N = n), eps_n),

    and P(T > t) <= (1 - F_B)^m, since a complete worker suffices. P(T <= t) can only grow with every F_b, so the lower
    bound is taken at lower bounds of the F_b, the upper bound at upper ones. O(m) polynomials a bound.
    """
    ends = ends_of(model)
    low, high = reached(model, t, 1 + ends)
    below = _below(model.symbols, ends, low)
    if model.symbols == 1 or high[0] == 0:  # the only row suffices, or none can have come
        return below, float(high[0])
    return below, max(below, _recovered_at_most(model.symbols, ends, high))


@depends_on("degree", "access", "message_cost", "silent", COUNTS)
def least_latency_probability(model: Model, t: float) -> float:
    """Return the lower bound of :func:`latency_bounds` alone, in about half the time."""
    ends = ends_of(model)
    return _below(model.symbols, ends, reached(model, t, 1 + ends)[0])


def _below(symbols: int, ends: Int64, received: Floats) -> float:
    """Return the lower bound on P(T <= t) at lower bounds of the F_b."""
    if symbols == 1:
        return float(received[0])
    return max(_recovered(symbols, ends, received), _complete(symbols, ends, received))


def _instant(symbols: int, ends: Int64, received: Floats) -> Instant:
    sent = max(int(np.count_nonzero(received)), 1)
    return Instant(symbols, received[:sent], block_weights(ends[:sent], symbols))


def _plenty(ends: Int64, received: Floats) -> int:
    """Return a number of rows per worker that is more than enough: four on average, and 64 terms besides its own."""
    degree = int(ends[1]) if len(ends) > 1 else 1
    return int(np.searchsorted(np.cumsum(received), max(4.0, 1 + 64 / degree))) + 1


def _complete(symbols: int, ends: Int64, received: Floats) -> float:
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


def _recovered(m: int, ends: Int64, received: Floats) -> float:
    """Return a lower bound on P(the rows span 1); counting more rows would only make it more expensive."""
    instant = _instant(m, ends, received[: _plenty(ends, received)])
    first, last = _window(instant)
    first = max(first, m)
    if last < first:
        return 0.0
    low, high = uncovered(instant, first, last)
    return _sum_down(np.maximum(covered(low, high)[0] - surplus(even_sets(instant, first, last), low), 0.0))


def _recovered_at_most(m: int, ends: Int64, received: Floats) -> float:
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

    E[T] is the integral of P(T > t), which falls with t. On [a, b] it lies between (b - a) P(T > b) and (b - a) P(T >
    a), and the interval of the greatest difference is halved again and again. Beyond its last point, where one of m
    workers has all but certainly computed all m terms, T <= m tau + min_j X_j. Both ends are inf where E[T] is (a
    Pareto distribution of shape 1/m and below).

    The search stops at a width of ``tolerance``, by default a hundredth of the fluid limit, though it may stay wider,
    by what :func:`latency_bounds` leaves open. ``step`` is called with the width after every evaluation.
    """
    law = require_named(model.startup)
    wanted = require_positive("tolerance", tolerance) if tolerance is not None else 0.01 * fluid_limit(model)
    last = model.tau * model.symbols + float(model.startup.ppf(-math.expm1(math.log(1e-15) / model.symbols)))
    rest = _rest(model.symbols, last, model.tau, law)
    if rest == math.inf:
        return math.inf, math.inf
    bounds = {0.0: (1.0, 1.0), last: (0.0, _least(model, last))}
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


def _least(model: Model, t: float) -> float:
    """Return an upper bound on P(min_j X_j > t - m tau)."""
    return _none(model.symbols, float(reached(model, t, np.array([model.symbols]))[0][0]))


def _rest(symbols: int, last: float, tau: float, law: Named) -> float:
    """Return an upper bound on the integral of P(min_j X_j > t - m tau) over t > ``last``."""
    y = (last - tau * symbols - law.loc - 8 * UNIT * (last + law.loc)) / law.scale  # down, whatever cancels
    beyond = law.least_beyond(symbols, max(y, law.start)) + max(law.start - y, 0.0)
    return law.scale * beyond * (1 + 2.0**-40)


# ------------------------------------------------------------------------------- first moments of the kernel over GF(2)

_BITS = 128
_NEGLIGIBLE = 1e-20
EARLY = 64
"""Number of missing rows with which spanning 1 has a probability of order 2^-64."""


@dataclass(frozen=True)
class Weights:
    """Action of b blocks of one worker on a set of w symbols of its pool, for b = 0 .. B and w = 0 .. m - 1."""

    even: Floats
    missed: Floats
    """P(each of the first b blocks meets the set in an even number of symbols) and P(none meets it), each with a
    relative error below 2**-52; shape (B + 1, m)."""


def block_weights(ends: Int64, symbols: int) -> Weights:
    """Return the probabilities e_b(w) and a_b(w) for the blocks that end at ``ends``, ell_0 = 0 included.

        e_b(w) = [u^w] prod_i ((1 + u)^{d_i} + (1 - u)^{d_i})/2 (1 + u)^{m-1-ell_b} / C(m-1, w),
        a_b(w) = C(m-1-ell_b, w)/C(m-1, w),

    d_i being the block sizes: the C(m-1, w) sets of places of the w symbols in the worker's order are equally likely.
    O(B) products of polynomials of degree m.
    """
    rows = [_of_blocks(tuple(ends[: b + 1].tolist()), symbols, even_subsets) for b in range(len(ends))]
    return Weights(np.array([even for even, _ in rows]), np.array([missed for _, missed in rows]))


@lru_cache(maxsize=128)
def _of_blocks(ends: tuple[int, ...], symbols: int, evenly: Callable[[int], fmpz_poly]) -> tuple[Floats, Floats]:
    """Return the last e_b and a_b of :func:`block_weights`, for all w, given :func:`even_subsets`."""
    left, missed = symbols - 1 - ends[-1], np.zeros(symbols)
    with ctx.workprec(_BITS):
        sets = _sets(symbols)
        others = [arb(fmpz.bin_uiui(left, w)) for w in range(left + 1)]
        ways = arb_poly(_met_evenly(ends, evenly)) * arb_poly(others)
        even = np.array([_nearest(ways[w] * sets[w]) for w in range(symbols)])
        missed[: len(others)] = [_nearest(c * s) for c, s in zip(others, sets, strict=False)]
    return even, missed


@lru_cache(maxsize=4)
def _sets(symbols: int) -> list[arb]:
    """Return 1/C(m-1, w) for all w; called at the precision of the balls."""
    return [arb(1) / fmpz.bin_uiui(symbols - 1, w) for w in range(symbols)]


@lru_cache(maxsize=128)
def _met_evenly(ends: tuple[int, ...], evenly: Callable[[int], fmpz_poly]) -> fmpz_poly:
    """Return the polynomial whose coefficient of y^w counts the sets of w terms that meet every block evenly."""
    return _met_evenly(ends[:-1], evenly) * evenly(ends[-1] - ends[-2]) if len(ends) > 1 else fmpz_poly([1])


def _nearest(ball: arb) -> float:
    """Return the midpoint of the ball, whose radius does not matter; never 0 for a positive number.

    A value raised to 1e-300 is a valid upper bound; lower bounds allow for it (:func:`saddle.raised`).
    """
    if ball == 0:
        return 0.0
    if ball.rel_accuracy_bits() < 64:
        raise ArithmeticError(f"{_BITS} bits do not suffice")
    return max(float(ball.mid()), UNDERFLOW)


def even_subsets(size: int) -> fmpz_poly:
    """Return the polynomial whose coefficient of y^w counts the subsets of w elements if w is even, and else is 0."""
    return fmpz_poly([0 if i % 2 else fmpz.bin_uiui(size, i) for i in range(size + 1)])


@dataclass(frozen=True, eq=False)
class Instant:
    """Distribution of one worker at one time, exact for the floats F_b given: q_0 = 1 - F_0, p_b = F_b - F_{b+1}."""

    symbols: int
    received: Floats
    weights: Weights

    @property
    def silent(self) -> float:
        """q_0."""
        return 1 - float(self.received[0])

    @property
    def sent(self) -> Floats:
        """p_b, shape (B + 1,)."""
        return self.received - np.append(self.received[1:], 0.0)

    @property
    def mean(self) -> float:
        """E N(t)."""
        return self.symbols * float(self.received.sum())

    @property
    def spread(self) -> float:
        """Standard deviation of N(t)."""
        n = np.arange(1, len(self.received) + 1)
        return float(np.sqrt(self.symbols * max(float(self.sent @ n**2 - (self.sent @ n) ** 2), 0.0)))

    def powers(self, sizes: Int64, each: Floats, first: int, last: int, base: float = 1.0) -> Powers:
        """Return C(m, w) q_0^w (q_0 + sum_b p_b each_b(w) z^{b+1})^{m-w} at z^first .. z^last for w in ``sizes``.

        The coefficient of z^n is multiplied by base^{n-m+1}, ``base`` a power of two.
        """
        m = self.symbols
        q, p = np.full(len(sizes), self.silent), raised(self.sent, each.T[sizes])
        p = p * base ** np.arange(1, p.shape[1] + 1)
        sets, doubt = log_sets(m, sizes, self.silent)
        shift = (m - 1) * np.log(base)
        offset = sets - shift, doubt + ELEMENTARY * UNIT * shift
        tilts = (log_saddle(q, p, m - sizes, target) for target in (first, last))
        return scaled(offset, q, p, m - sizes, np.clip(0.0, *tilts))

    def coefficients(
        self, sizes: Int64, each: Floats, first: int, last: int, base: float = 1.0
    ) -> tuple[Floats, Floats]:
        """Return bounds on the coefficients of :meth:`powers` at z^first .. z^last, shape (sizes, last - first + 1)."""
        possible = (sizes == 0) | (self.silent > 0)
        low, high = np.zeros((2, len(sizes), last - first + 1))
        if possible.any():
            powers = self.powers(sizes[possible], each, first, last, base)
            low[possible], high[possible] = power_coefficients(powers, np.arange(first, last + 1), self.spread)
        return low, high


def rows_law(instant: Instant, first: int, last: int) -> tuple[Floats, Floats]:
    """Return bounds on P(N(t) = n) for n = ``first`` .. ``last``."""
    low, high = instant.coefficients(np.array([0]), instant.weights.missed, first, last)
    return low[0], high[0]


def uncovered(instant: Instant, first: int, last: int) -> tuple[Floats, Floats]:
    """Return bounds on U_0, U_1, ... on N(t) = n for n = ``first`` .. ``last``, as many as are needed, shape (j, n)."""
    lows, highs = np.zeros((2, 0, last - first + 1))
    while len(highs) < instant.symbols and (len(highs) == 0 or highs[-1].max() > _NEGLIGIBLE):
        sizes = np.arange(len(highs), min(len(highs) + 16, instant.symbols))
        low, high = instant.coefficients(sizes, instant.weights.missed, first, last)
        lows, highs = np.vstack([lows, low]), np.vstack([highs, high])
    return lows, highs


def covered(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return bounds on P(all covered, N(t) = n) = sum_j (-1)^j U_j from those of :func:`uncovered`.

    The omitted terms add up to between 0 and the last term (Bonferroni).
    """
    sign = (-1.0) ** np.arange(len(low))[:, None]
    down, up = np.where(sign > 0, low, -high).sum(axis=0), np.where(sign > 0, high, -low).sum(axis=0)
    error = high[-1] + 4 * len(low) * UNIT * high.sum(axis=0)
    return np.clip(down - error, 0.0, low[0]), np.clip(up + error, 0.0, high[0])


def even_sets(instant: Instant, first: int, last: int, base: float = 1.0) -> Floats:
    """Return upper bounds on base^{n-m+1} A_w on N(t) = n, w = 2 .. m - 1, n = ``first`` .. ``last``, shape (m - 2, n).

    A_m needs every worker inactive, hence n = 0.
    """
    sizes = np.arange(2, instant.symbols)
    return instant.coefficients(sizes, instant.weights.even, first, last, base)[1]


def surplus(even: Floats, missed: Floats) -> Floats:
    """Return an upper bound on sum_{w >= 3} (A_w - U_w) from upper bounds on the A_w and lower ones on the U_w.

    Sets of two symbols are equal columns and can be ignored.
    """
    rest = even[1:].copy()
    known = min(len(missed) - 3, len(rest))
    if known > 0:
        rest[:known] = np.maximum(rest[:known] - missed[3 : 3 + known], 0.0)
    return np.asarray(rest.sum(axis=0) * (1 + 2 * len(rest) * UNIT))


# ------------------------------------------------------------------------------------------- the first k rows to arrive

_KNOWN = 24
"""Size below which the sets that are known to be uncovered are subtracted."""

_TOGETHER = 32
"""Number of rows near m that are treated together: the number of large even sets halves from each to the next."""

_LARGE, _LATE = 64, 80
"""Even sets of _LARGE and more symbols are counted once for all k > m + _LATE, since their number only decreases."""


@depends_on("degree", "access")
def stopping_bounds(model: Model, rows: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return P(M' <= k), the probability that the first k >= 0 rows to arrive span 1 over Q, proved.

    P(CC <= k) - Xi_k <= P(M' <= k) <= P(CC <= k) for k >= m, and P(M' <= k) <= 2^{k-m+1} sum_{w even} A_w - 1 for k <
    m, A_w and Xi now being those of the first k rows. About a minute for the k around m = 1000.
    """
    return by_rows(rows, _named(model), spanned_by)


def spanned_by(model: SmoothModel, span: Int64) -> tuple[Floats, Floats]:
    """Return bounds on P(M' <= k) for consecutive k from 1 to m (1 + B) - 1."""
    rule = bounded_rule(model, span)
    if rule is None:
        return np.zeros(len(span)), np.ones(len(span))
    low, high = covered_by(model, span, rule)
    if model.symbols == 1:
        return low, high
    if span[-1] < model.symbols - EARLY:
        return np.zeros_like(low), high
    near = span[0] <= model.symbols + _LATE
    places = np.array_split(np.arange(len(span)), -(-len(span) // _TOGETHER) if near else 1)
    parts = [_spanned(model, rule, span[part], low[part], high[part]) for part in places]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _spanned(model: SmoothModel, rule: Rule, span: Int64, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the bounds on P(M' <= k) that follow from bounds on P(CC <= k)."""
    m, (even, missed) = model.symbols, kernel(model, rule, span)
    outside = rule.outside(m, span)
    # ``low`` may be for fewer rows, hence for another window: the part outside this one is subtracted.
    below = np.where(span < m, 0.0, np.maximum(low - surplus(even, missed) - outside, 0.0))
    early = 2.0 ** np.minimum(span - m + 1.0, 1.0) * (1 + even[::2].sum(axis=0)) * (1 + m * UNIT) - 1
    early += 2 * outside
    return below, np.where(span < m, np.clip(early, 0.0, high), high)


def kernel(model: SmoothModel, rule: Rule, span: Int64) -> tuple[Floats, Floats]:
    """Return upper bounds on A_2, A_3, ... and lower bounds on some U_w after the k-th row, for consecutive k.

    They hold on the event that it arrives in the window; otherwise no symbol counts as covered. Further rows can only
    reduce the number of even sets, so late large sets are counted once.
    """
    m = model.symbols
    ends = model.ends[: rule.nodes.p.shape[1]]
    weights, spread = block_weights(ends, m), model.spread(typical(model, span.mean()))
    late = span[0] > m + _LATE
    sizes = np.arange(2, min(_LARGE, m) if late else m)
    even = rule.moments(sizes, m, weights.even[:, sizes].T, span, spread)[1]
    known = np.arange(min(_KNOWN, m))
    missed = rule.moments(known, m, weights.missed[:, known].T, span, spread)[0]
    if late and m > _LARGE:
        even = np.vstack([even, np.full((1, len(span)), large_sets(model))])
    return even, missed


@lru_cache(maxsize=32)
def large_sets(model: SmoothModel) -> float:
    """Return an upper bound on P(some large set is even) when m + _LATE rows have arrived."""
    m, span = model.symbols, np.array([model.symbols + _LATE])
    rule, sizes = bounded_rule(model, span), np.arange(_LARGE, m)
    if rule is None:
        return 1.0
    ends = model.ends[: rule.nodes.p.shape[1]]
    each = block_weights(ends, m).even[:, sizes].T
    high = rule.moments(sizes, m, each, span, model.spread(typical(model, float(span[0]))))[1]
    return float(high.sum() + rule.outside(m, span)[0]) * (1 + 2 * len(sizes) * UNIT)


@depends_on("degree", "access")
def expected_stopping_bounds(model: Model) -> tuple[float, float]:
    """Return E[M'] as a proved interval about four rows wide: near m, P(M' <= k) is known only to 2^-|k-m|."""
    model = _named(model)
    first = max(model.symbols - EARLY, 0)
    low, high = expected_from(model, first, spanned_by)
    if first == 0:
        return low, high
    return low + first * (1 - float(spanned_by(model, np.array([first]))[1][0])), high + first


def _named(model: Model) -> SmoothModel:
    require_named(model.startup)
    return SmoothModel.of(model)


# ---------------------------------------------------------------------------- rows and times that are proved to suffice

TOLERANCE = 1e-3
"""Relative accuracy of a guaranteed time, which is rounded up."""

TOGETHER = 16
"""Number of consecutive k that take hardly longer than one."""

_END_OF_TIME = 1e300


@depends_on("degree", "access")
def guaranteed_rows(model: Model, confidence: float, *, step: Callable[[], None] = lambda: None) -> int:
    """Return the least k, 0 to m (1 + B), with a proved lower bound of at least ``confidence`` on P(M' <= k).

    Below the k at which even coverage lacks confidence nothing is tried, since M' >= CC. The :data:`TOGETHER` next are
    bounded at once, and from there on the steps double. A confidence of 1 takes all rows that there are: bounds on
    fewer allow for rounding. ``step`` is called after every evaluation of a distribution.
    """
    wanted = require_confidence(confidence)
    require_named(model.startup)
    total = model.symbols * len(ends_of(model))
    if wanted in (0, 1):
        return int(wanted) * total

    def covered(k: int) -> bool:
        step()
        return float(coverage_by_rows(model, k)[1]) >= wanted

    def spanned(k: int) -> bool:
        step()
        return float(stopping_bounds(model, k)[0]) >= wanted

    first = _least_row(covered, min(model.symbols, total), total)
    near = np.arange(first, min(first + TOGETHER, total + 1))
    step()
    enough = np.flatnonzero(stopping_bounds(model, near)[0] >= wanted)
    return int(near[enough[0]]) if len(enough) else _least_row(spanned, int(near[-1]) + 1, total)


@depends_on("degree", "access", "message_cost", "silent", COUNTS)
def guaranteed_time(model: Model, confidence: float, *, step: Callable[[], None] = lambda: None) -> float:
    """Return a time with a proved lower bound of at least ``confidence`` on P(T <= t), the least to :data:`TOLERANCE`.

    Some fifteen evaluations of the distribution, after each of which ``step`` is called. In the unit of ``tau``, or inf
    if no finite time is proved to have that confidence, a number from 0 to 1.
    """
    wanted = require_confidence(confidence)
    ends = ends_of(model)
    two_rows, each = (1 + ends)[:2], size(model.tau) * (1.0 if model.pace is None else size(model.pace))
    start = each * float(two_rows[-1]) + size(model.message_cost) * len(two_rows) + float(model.startup.ppf(0.5))

    def enough(t: float) -> bool:
        step()
        return least_latency_probability(model, t) >= wanted

    if wanted == 0:
        return 0.0
    return bracket_time(enough, start, TOLERANCE)[1] if enough(_END_OF_TIME) else math.inf


def require_confidence(confidence: object) -> float:
    """Return ``confidence`` as a float if it is a probability, or raise :class:`~srtheory.errors.ArgumentError`."""
    try:
        wanted = math.nan if isinstance(confidence, bool | str | bytes) else float(confidence)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        wanted = math.nan
    if not 0 <= wanted <= 1:
        raise ArgumentError("confidence", confidence, "a number from 0 to 1")
    return wanted


def _least_row(holds: Callable[[int], bool], first: int, last: int) -> int:
    """Return the least k from ``first`` to ``last`` at which a monotone condition holds; it holds at ``last``."""
    low, high, reach = first - 1, first, 1
    while high < last and not holds(high):
        low, high, reach = high, min(high + reach, last), 2 * reach
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
