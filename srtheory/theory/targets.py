"""Laws and floors for any target, from the counts of the workers: how many terms each has reported by a fixed time.

Worker j has reported K_j terms by t, K_1, K_2, ... independent. All that is computed here depends on the tails
G[j, k] = P(K_j >= k) only, whatever the times of start-up, tasks and messages are from which they come
(:func:`count_tails`, :func:`renewal_tails`). W is the number of terms that nobody has reported by t, and the target of
k of m distinct terms is met if and only if W <= m - k. The mathematics is in docs/proofs/theory.md, section 5.11, and
in docs/proofs/floor.md, section 8.

*Tails* are a pair (low, high) of float arrays of one shape, (workers, r + 1) or, for workers that are alike, (r + 1,):
bounds on P(K >= 0) = 1, ..., P(K >= r); P(K > r) = 0. W decreases in every K_j. So the probability that a target is
met lies between its value for counts whose tails are exactly ``low`` and that for ``high``, each of which is enclosed:

- in ball arithmetic, whose precision grows until the absolute error is below 2^-60, except for
- :func:`circle_covered`, in floats with a bound on their error from the residual of a linear system, for many terms.

Floors are bounds for every scheme whose workers' counts are at most those with tails ``high``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from numbers import Real
from operator import mul
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from flint import arb, arb_mat, arb_poly, arb_series, ctx

from srtheory.errors import ArgumentError, require_int, require_not_negative, require_positive
from srtheory.model import COUNTS, Model, depends_on, require_finite, require_time, require_times
from srtheory.theory import floor
from srtheory.theory.numerics.balls import MAXIMAL_BITS, enclose_probability, outward
from srtheory.theory.startup import cdf_bounds, named, reached, size
from srtheory.types import Floats, Startup

Crew = Sequence[tuple[int, Model]]
"""Numbers of workers that are alike, in order, and their models."""
Tails = tuple[Floats, Floats]
"""Lower and upper bounds on P(K >= 0), P(K >= 1), ..., on the last axis."""

Numbers = npt.NDArray[Any]
"""Balls, or floats."""

FINE = 4096
"""Steps of the lattice between 0 and the last time, unless a step is given."""

NOTHING = 2.0**-60
"""Absolute error of a probability in balls, at most. Tails below this are not computed: they are 0 to this."""

TINY = 2.0**-1000
"""Underflow changes a result by less."""

MOST_STEPS = 1 << 18
"""Most steps of the lattice."""

MOST_ON_CIRCLE = 200
"""Most terms of :func:`circle_law`."""

MOST_COUNTED = 10_000
"""The convex floor is left out where workers are likely to report more terms in all: it would take seconds."""


# ---------------------------------------------------------------------------------------------------- tails of counts


def count_tails(startup: Startup, t: npt.ArrayLike, costs: npt.ArrayLike) -> Tails:
    """Return the tails of the number of k with X + costs[k - 1] <= t, from :func:`cdf_bounds` of the start-up X.

    The r costs do not decrease: k tau + k kappa for single terms in today's model. Shapes t.shape + (r + 1,).
    """
    return _with_first(*cdf_bounds(startup, require_times(t), costs))


def renewal_tails(
    startup: Startup | float, task: Startup | float, t: npt.ArrayLike, most: int, step: float | None = None
) -> Tails:
    """Return the tails of the number of k with X + Y_1 + ... + Y_k <= t, the Y independent of each other and of X.

    If all Y are a number, they follow from the values of F (:func:`count_tails`). If Y is exponential, with any loc,
    and X a number, they are gamma probabilities, enclosed to the last digits (those of a Poisson count for loc = 0).
    Otherwise X and Y are rounded up, or down, to multiples of ``step``, and the rounded laws are convolved in ball
    arithmetic. The two sums are at most k + 1 steps apart, and as many again for atoms at multiples of the step. So
    the bounds meet as the step falls, at each t that is no atom. A tail below :data:`NOTHING` bounds all that follow.

    X and Y have laws on [0, inf), whose ``cdf`` is accurate to :data:`~srtheory.theory.startup.CDF_ERROR`, or are
    numbers of at least 0; the times are finite, and ``most`` is r >= 0. ``step`` is above 0, by default the last time
    over :data:`FINE`: O(r n log n) for n steps, 0.1 s for 15 tasks and 4096 steps. Shapes t.shape + (r + 1,).
    """
    times = require_times(t)
    if not np.isfinite(times).all():
        raise ArgumentError("t", t, "finite times")
    r, wait, each = require_int("most", most, 0), _law("startup", startup), _law("task", task)
    if step is not None:
        require_positive("step", step)
    if isinstance(each, _Number):
        return count_tails(wait, times, each.value * np.arange(1, r + 1))
    law = named(each) if isinstance(wait, _Number) else None
    if law is not None and law.memoryless:
        tails = [_gamma_tails(Fraction(float(x)) - Fraction(wait.value), law.loc, law.scale, r) for x in times.ravel()]
    else:
        tails = _lattice_tails(wait, each, times.ravel(), r, step)
    low, high = np.array([its[0] for its in tails]), np.array([its[1] for its in tails])
    shape = (*times.shape, r)
    return _with_first(low.reshape(shape), high.reshape(shape))


@dataclass(frozen=True)
class _Number:
    """Law of a time that is a number."""

    value: float

    def cdf(self, x: npt.ArrayLike) -> Floats:
        return np.asarray(np.asarray(x) >= self.value, dtype=np.float64)


def _law(name: str, value: Any) -> Any:
    if isinstance(value, Real):
        return _Number(require_not_negative(name, value))
    if not all(hasattr(value, part) for part in ("cdf", "sf", "ppf")) or float(value.cdf(-5e-324)) != 0.0:
        raise ArgumentError(name, value, "a number of at least 0, or a distribution that puts no mass below 0")
    return value


def _with_first(low: Floats, high: Floats) -> Tails:
    first = np.ones((*low.shape[:-1], 1))
    return np.concatenate([first, low], axis=-1), np.concatenate([first, high], axis=-1)


def _gamma_tails(time: Fraction, loc: float, scale: float, most: int) -> Tails:
    """Return bounds on P(k loc + scale Gamma_k <= time), k = 1, ..., most."""
    low, high = np.zeros(most), np.zeros(most)
    for k in range(1, most + 1):
        z = (time - k * Fraction(loc)) / Fraction(scale)
        if z <= 0:
            break
        low[k - 1], high[k - 1] = enclose_probability(lambda: (arb(z.numerator) / z.denominator).gamma_lower(k, 1))  # noqa: B023 (called at once)
        if high[k - 1] < NOTHING:
            high[k:] = high[k - 1]
            break
    return np.minimum.accumulate(low), np.minimum.accumulate(high)


def _lattice_tails(wait: Any, each: Startup, times: Floats, most: int, step: float | None) -> list[Tails]:
    h = Fraction(step or float(times.max(initial=0.0)) / FINE or 1.0)
    before = Fraction(wait.value) if isinstance(wait, _Number) else Fraction(0)
    at = [math.floor((Fraction(x) - before) / h) for x in times.tolist()]
    size = max([0, *at]) + 1
    if size > MOST_STEPS:
        raise ArgumentError("step", step, f"at least {times.max() / MOST_STEPS:.3g}, for {MOST_STEPS} steps up to t")
    edges = np.arange(size + 1) * np.float64(h)
    first = (np.ones(size + 1),) * 2 if isinstance(wait, _Number) else _at_edges(wait, edges)
    low, high = (
        # P(Y rounded up <= i h) = F(i h), and P(Y rounded down <= i h) <= F((i + 1) h).
        _convolved(sums[upper : size + upper], values[upper : size + upper], at, most, upper)
        for upper, (sums, values) in enumerate(zip(first, _at_edges(each, edges), strict=True))
    )
    return list(zip(low, high, strict=True))


def _at_edges(law: Startup, edges: Floats) -> Tails:
    """Return non-decreasing bounds on the distribution function at the edges."""
    low, high = (bound[:, 0] for bound in cdf_bounds(law, edges, [0.0]))
    return np.maximum.accumulate(low), np.minimum.accumulate(high[::-1])[::-1]


def _convolved(first: Floats, task: Floats, at: list[int], most: int, upper: int) -> Floats:
    """Return bounds on the distribution functions of X + Y_1 + ... + Y_k, k = 1, ..., at some places of the lattice."""
    found = np.zeros((len(at), most))
    with _series(len(first), 96):
        masses = arb_series([b - a for a, b in pairwise(map(arb, [0.0, *task.tolist()]))])
        sums = arb_series(list(map(arb, first.tolist())))
        for k in range(most):
            sums = sums * masses
            found[:, k] = [outward(sums[n])[upper] if n >= 0 else 0.0 for n in at]
            if found[:, k].max(initial=0.0) < NOTHING:
                found[:, k + 1 :] = NOTHING * upper
                break
    return np.minimum.accumulate(np.clip(found, 0.0, 1.0), axis=1)


@contextmanager
def _series(length: int, bits: int) -> Iterator[None]:
    """Set the length of power series, and the precision."""
    cap, ctx.cap = ctx.cap, length
    try:
        with ctx.workprec(bits):
            yield
    finally:
        ctx.cap = cap


# ---------------------------------------------------------------------------------- laws of the number of missed terms


def circle_law(terms: int, starts: Sequence[int], tails: Tails, *, down: Sequence[bool] | None = None) -> Tails:
    """Return P(W <= w), w = 0, ..., m, for workers around a circle of m terms (docs/proofs/theory.md, 5.11 (b)).

    Worker j reports ``starts[j]``, from 0 to m - 1, and the K_j - 1 terms after it, or before it if ``down[j]``, around
    the circle; m is at most :data:`MOST_ON_CIRCLE`. ``tails`` have the shape (workers, r + 1), or (r + 1,) if all
    workers are alike; places beyond m do not matter. In balls: O(m^3.5) operations with O(m) bits, 2 ms at m = 15,
    about a second at 100.
    """
    m, workers = _circle(terms, starts, down, tails, MOST_ON_CIRCLE)

    def moments(exact: Floats) -> list[arb]:
        inner, outer = (arb_mat(m, m, part.ravel().tolist()) for part in _gaps(workers, _missing(exact, m)))
        each = math.isqrt(m - 1) + 1
        low = _powers(arb_mat(m, m, [arb(i % (m + 1) == 0) for i in range(m * m)]), inner, each + 1)
        high = _powers(outer, low.pop(), -(-m // each))
        left = arb_mat(each, m * m, [x for part in low for x in part.entries()])
        right = arb_mat(len(high), m * m, [x for part in high for x in part.transpose().entries()])
        return [arb(1), *(left * right.transpose()).transpose().entries()[:m]]

    return _monotone(lambda exact: _of_moments(lambda: moments(exact), m), tails)


def _powers(first: arb_mat, factor: arb_mat, count: int) -> list[arb_mat]:
    found = [first]
    while len(found) < count:
        found.append(factor * found[-1])
    return found


def circle_covered(
    terms: int, starts: Sequence[int], tails: Tails, *, down: Sequence[bool] | None = None
) -> tuple[float, float]:
    """Return P(W = 0) alone, with arguments as for :func:`circle_law` and any number of terms.

    In floats, one linear system (I + L) Z = C for the trace of Z. (I + L)^-1 is upper triangular with entries of at
    most 1 in absolute value (docs/proofs/theory.md, 5.11 (b)). So the error of the trace is at most the sum of the
    absolute values of the residual on and below the diagonal, which are bounded with the roundings of L and C. O(m^3):
    a second at m = 1000, with an error of 1e-9; 1e-11 at m = 100.
    """
    m, workers = _circle(terms, starts, down, tails, None)

    def covered(exact: Floats) -> Tails:
        inner, outer = _gaps(workers, _missing(exact, m, in_balls=False))
        system = inner + np.eye(m)
        solved = np.linalg.solve(system, outer)
        residual = abs(outer - system @ solved)
        # In units of 2^-53, an entry of L or C is off by one for each 1 - G and for each of its products, at most
        # len(workers) + 2 m, and one of the residual by m + 2.
        roundings = (2 * len(workers) + 4 * m + 16) * 2.0**-53
        residual += (outer + system @ abs(solved)) * 1.01 * roundings + TINY
        error = 1.01 * float(np.tril(residual).sum()) + (m + 2) * 2.0**-52 * float(abs(np.diag(solved)).sum() + 1)
        value = 1 - float(np.trace(solved))
        return np.array([max(value - error, 0.0)]), np.array([min(value + error, 1.0)])

    low, high = _monotone(covered, tails)
    return float(low[0]), float(high[0])


def _circle(
    terms: int, starts: Sequence[int], down: Sequence[bool] | None, tails: Tails, most: int | None
) -> tuple[int, list[tuple[int, bool]]]:
    """Return m, and the start of each worker and whether it goes down."""
    m = require_int("terms", terms, 1, most)
    first = [require_int("starts", start, 0, m - 1) for start in starts]
    back = [False] * len(first) if down is None else [bool(its) for its in down]
    if len(back) != len(first):
        raise ArgumentError("down", down, f"one value for each of the {len(first)} workers")
    _require_tails(tails, len(first))
    return m, list(zip(first, back, strict=True))


def _gaps(workers: list[tuple[int, bool]], missing: Numbers) -> tuple[Numbers, Numbers]:
    """Return L and C of docs/proofs/theory.md, 5.11 (b), in the arithmetic of ``missing``, 1 - G at 1, ..., m."""
    m = missing.shape[-1]
    places, ones = np.arange(m), np.full((m, m), arb(1) if missing.dtype == object else 1.0)
    up, down, inner, outer = ones.copy(), ones.copy(), 0 * ones, 0 * ones
    for (start, goes_down), its in zip(workers, np.broadcast_to(missing, (len(workers), m)), strict=True):
        (down if goes_down else up)[start] *= its
    from_left, from_right = ones[0], ones[0]
    for gap in range(1, m + 1):
        from_left = from_left * up[(places - gap + 1) % m, gap - 1]  # by the end of the gap
        from_right = from_right * down[(places + gap - 1) % m, gap - 1]  # by the place before it
        to, wraps = (places + gap) % m, places + gap >= m
        values = from_right * from_left[to]
        outer[places[wraps], to[wraps]] = values[wraps]
        inner[places[~wraps], to[~wraps]] = values[~wraps]
    return inner, outer


def cyclic_law(terms: int, tails: Tails, *, each: int = 1, most: int | None = None) -> Tails:
    """Return P(W <= w), w = 0, ..., ``most``, in cyclic order with workers alike (docs/proofs/theory.md, 5.11 (c)).

    At each of the m >= 1 places of the circle start ``each`` workers, and all go up. With parts of equal size in place
    of terms, ``terms`` is the number of parts, and ``each`` the number of terms of a part. ``tails`` have the shape
    (r + 1,), and ``most`` is from 0 to m, None for m. In balls, one product of power series for each w: 0.03 s for all
    w at m = 100, ten seconds at 1000.
    """
    m, count = require_int("terms", terms), require_int("each", each)
    last = require_int("most", m if most is None else most, 0, m)
    _require_tails(tails, 0)

    def law(exact: Floats) -> Tails:
        def values() -> list[arb]:
            with _series(m + 1, ctx.prec):
                unreached = [arb(1)]
                for missing in _missing(exact, m):
                    unreached.append(unreached[-1] * missing**count)
                u = arb_series(unreached, m + 1)
                found, gap = [1 - m * u.log()[m]], 1 - 1 / u
                power = gap
                for w in range(1, last + 1):
                    found.append(found[-1] + power[m] * m / w)
                    power = power * gap
                return found

        return _enclosed(values, 128)

    return _monotone(law, tails)


def random_law(terms: int, tails: Tails, *, workers: int | None = None) -> Tails:
    """Return P(W <= w), w = 0, ..., m, if every worker goes through the m terms in a uniform order of its own.

    The orders are independent of the counts and of each other. Which places of its order a worker has reported does not
    matter, only how many (docs/proofs/theory.md, 5.11 (d)). ``workers`` is for tails of shape (r + 1,). In balls: O(m
    r) operations for each kind of worker, with O(m) bits; 0.02 s for one kind at m = 100, two seconds at 1000.
    """
    m = require_int("terms", terms)

    def law(exact: Floats) -> Tails:
        kinds = _kinds(exact[..., : m + 1], workers)

        def moments() -> list[arb]:
            size = kinds[0][0].shape[-1]
            counts = arb_mat([_pmf(row) for row, _ in kinds]).transpose()
            ratios = []  # C(m - k, h)/C(m, h), the probability that k given terms are not among h of m
            for k in range(m + 1):
                ratio = [arb(1)]
                for h in range(size - 1):
                    ratio.append(ratio[-1] * (m - k - h) / (m - h) if h < m - k else arb(0))
                ratios.append(ratio)
            found, ways = [], 1
            for k, row in enumerate((arb_mat(ratios) * counts).tolist()):
                missed = (p**number for p, (_, number) in zip(row, kinds, strict=True))
                found.append(ways * reduce(mul, missed, arb(1)))
                ways = ways * (m - k) // (k + 1)
            return found

        return _of_moments(moments, m)

    return _monotone(law, tails, workers)


def total_tails(tails: Tails, most: int, *, workers: int | None = None) -> Tails:
    """Return bounds on P(K_1 + K_2 + ... >= k), k = 0, ..., ``most``, for independent counts.

    At k it bounds P(T <= t) for every scheme, however it reacts to the delays, if the target is k distinct terms: the
    clairvoyant bound. In balls, by products of polynomials of degree ``most``.
    """
    last = require_int("most", most, 0)

    def law(exact: Floats) -> Tails:
        kinds = _kinds(exact, workers)
        low, high = _enclosed(lambda: _below(kinds, last)[: last + 1], 128)
        return np.asarray(_down(1 - high)), np.asarray(_up(1 - low))

    low, high = _monotone(law, tails, workers)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def mds_bounds(need: int, quota: int, tails: Tails, *, workers: int | None = None) -> tuple[float, float]:
    """Return P(at least ``need`` workers have K_j >= ``quota``) by t, when an MDS code recovers all terms.

    Any ``need`` of the workers suffice, each with its own ``quota`` = m/need combinations of the terms, and one
    combination costs one evaluation. The number of such workers is binomial if all are alike, else Poisson binomial.
    """
    its, k = require_int("quota", quota), require_int("need", need)
    low, high = _require_tails(tails)
    reached = [bound[..., its] if its < bound.shape[-1] else 0 * bound[..., 0] for bound in (low, high)]
    bounds = total_tails(_with_first(reached[0][..., None], reached[1][..., None]), k, workers=workers)
    return float(bounds[0][-1]), float(bounds[1][-1])


def rows_bounds(rows: Tails, tails: Tails, *, workers: int | None = None) -> tuple[float, float]:
    """Return P(T <= t) if any M rows suffice, M independent of the times (docs/proofs/theory.md, 5.11 (e)).

    ``rows`` are bounds on P(M <= 0), P(M <= 1), ..., non-decreasing, shape (l + 1,): M is the number of rows that
    recover all terms, when rows are exchangeable, such as independent of one law.
    """
    expected = "two non-decreasing arrays, low <= high, of bounds on P(M <= 0), P(M <= 1), ..., from 0 to 1"
    low, high = _require_bounds("rows", rows, 1, expected)
    if low.ndim != 1:
        raise ArgumentError("rows", rows, expected)
    total = total_tails(tails, len(low), workers=workers)
    least = math.fsum(np.diff(low, prepend=0.0) * total[0][:-1])
    greatest = math.fsum(np.diff(np.append(high, 1.0), prepend=0.0) * total[1])
    return max(least * (1 - 2.0**-50) - TINY, 0.0), min(greatest * (1 + 2.0**-50) + TINY, 1.0)


# ------------------------------------------------------------------------------------------------- targets of schemes


def target_law(name: str, model: Model, target: int) -> Callable[[float], tuple[float, float]]:
    """Return t -> bounds on P(T <= t), T the time at which ``target`` = k of the m terms are known.

    They are known alone or as a part of d terms that are added up.  The scheme is one of :data:`TARGETED`; parts are
    equal, so that d divides m.  The model may have any random times.
    """
    if name not in TARGETED:
        raise ArgumentError("scheme", name, f"one of {', '.join(TARGETED)} for a target other than the sum")
    degree = 1 if name.startswith("terms") or name in ("uncoded", "genie") else model.d
    k = require_int("target", target, 1, model.symbols)
    if model.symbols % degree:
        raise ArgumentError("degree", degree, f"a divisor of m = {model.symbols}: of unequal parts there is no law")
    if model.master_time:
        raise ArgumentError("master_time", model.master_time, "0: the law is for a master that takes no time")
    if name == "genie" and model.message_cost != 0.0:
        raise ArgumentError("message_cost", model.told("message_cost"), "0: the genie sends no messages")
    require_finite(model)
    law, parts, needed = TARGETED[name], model.symbols // degree, -(-k // degree)

    def cdf(t: float) -> tuple[float, float]:
        most = 1 if name in ("uncoded", "bcc", "repetition") else parts
        low, high = law(parts, degree, needed, reports(model, require_time(t), most, each=degree))
        return float(low), float(high)

    return cdf


def reports(model: Model, t: npt.ArrayLike, most: int, *, each: int = 1, free: bool = False) -> Tails:
    """Return the tails of the number of rows of ``each`` terms that a worker has reported by t, at most ``most``.

    ``free``: as if messages after the first took no time, so that they bound those of every plan of sending.
    """
    numbers = np.arange(1, most + 1)
    return _with_first(*reached(model, t, each * numbers, np.ones_like(numbers) if free else numbers))


def reports_of(crew: Crew, t: npt.ArrayLike, most: int, *, free: bool = False) -> tuple[Tails, int | None]:
    """Return :func:`reports` of each worker, a term a row, or of one worker and the number if all are alike."""
    each = [reports(model, t, most, free=free) for _, model in crew]
    if len(crew) == 1:
        return each[0], crew[0][0]
    numbers = [number for number, _ in crew]
    low, high = (np.repeat(np.stack(bounds, axis=-2), numbers, axis=-2) for bounds in zip(*each, strict=True))
    return (low, high), None


def _in_cyclic_order(parts: int, each: int, needed: int, tails: Tails) -> Tails:
    low, high = cyclic_law(parts, tails, each=each, most=parts - needed)
    return low[-1], high[-1]


def _in_random_order(parts: int, each: int, needed: int, tails: Tails) -> Tails:
    low, high = random_law(parts, tails, workers=parts * each)
    return low[parts - needed], high[parts - needed]


def _in_staircase_order(parts: int, each: int, needed: int, tails: Tails) -> Tails:
    down = [bool(j % 2) for j in range(parts)]
    low, high = circle_law(parts, range(parts), _for_each(tails, parts), down=down)
    return low[parts - needed], high[parts - needed]


def _by_the_fastest(parts: int, each: int, needed: int, tails: Tails) -> Tails:
    """Each part has ``each`` workers of its own."""
    one = [1 - (1 - bound[1]) ** each for bound in tails]
    margin = 2.0**-50 * each
    pair = [np.array([1.0, min(max(p, 0.0), 1.0)]) for p in (one[0] - margin, one[1] + margin)]
    return _in_all((pair[0], pair[1]), parts, needed)


def _in_all(tails: Tails, workers: int, needed: int) -> Tails:
    low, high = total_tails(tails, needed, workers=workers)
    return low[-1], high[-1]


def _for_each(tails: Tails, workers: int) -> Tails:
    low, high = (np.tile(bound, (workers, 1)) for bound in tails)
    return low, high


TARGETED: dict[str, Callable[[int, int, int, Tails], Tails]] = {
    "uncoded": _by_the_fastest,
    "repetition": _by_the_fastest,
    "bcc": _in_random_order,
    "parts-stream": _in_random_order,
    "parts-cyclic": _in_cyclic_order,
    "terms-random": _in_random_order,
    "terms-cyclic": _in_cyclic_order,
    "terms-staircase": _in_staircase_order,
    "genie": lambda parts, each, needed, tails: _in_all(tails, parts, needed),
}
"""Laws for targets, by scheme: of (parts, terms of a part, parts that are needed, tails)."""


# --------------------------------------------------------------------------------------------------------------- floors


class Late(NamedTuple):
    """Lower bound on P(T > t) for every oblivious scheme."""

    value: float
    by: str
    """Its name: "closed form", "convex", "recursion", "clairvoyant", or "nothing" for 0."""


def late(terms: int, target: int, tails: Tails, *, workers: int | None = None, prefixes: bool = True) -> Late:
    """Return the greatest of the lower bounds on P(T > t) for every oblivious scheme, T the time of k distinct terms.

    *Closed form*, *convex*: docs/proofs/floor.md, Theorems 15 and 16. *Clairvoyant*: P(K_1 + K_2 + ... < k), for all
    schemes. *Recursion*: docs/proofs/floor.md, Theorem 2, if k = m and the workers are alike. Only upper bounds of the
    tails enter, since workers that report less are not earlier.

    ``terms`` is m, ``target`` k, ``tails`` of shape (workers, r + 1), or (r + 1,) for ``workers`` that are alike.
    Without ``prefixes`` a worker may have reported its p-th term and not all before: ``tails`` bound the probability
    that it has reported its p-th new term, and only the closed form is used.

    Floats choose the place at which the closed form cuts the counts, and no choice makes a bound false. The bounds are
    in balls. Milliseconds at m = 100; the recursion takes 0.1 s at m = 1000.
    """
    m = require_int("terms", terms)
    k = require_int("target", target, 1, m)
    high = _require_tails(tails)[1][..., : m + 1]
    kinds = _kinds(high, workers)
    found = {"closed form": _closed(m, m - k, kinds, prefixes)}
    if prefixes:
        found["clairvoyant"] = total_tails((high, high), k, workers=workers)[1][k]
        found["convex"] = _convex(m, m - k, kinds)
        if k == m and len(kinds) == 1:
            model = Model(m, None, 1.0, _Startup(kinds[0][0], m))
            found["recursion"] = float(_up(1 - floor.late(model, m + 1.5, workers=kinds[0][1])))
    by = min(found, key=lambda name: found[name])
    value = max(0.0, float(_down(1 - found[by])))
    return Late(value, by if value else "nothing")


def mean_floor(
    terms: int, target: int, times: npt.ArrayLike, tails: Tails, *, workers: int | None = None, prefixes: bool = True
) -> tuple[float, list[Late]]:
    """Return a lower bound on E[T] for every oblivious scheme, a lower sum over times, and :func:`late` at these.

    ``times`` increase from above 0, and ``tails`` are those at the times, with a first axis for them.
    """
    at = require_times(times)
    if at.ndim != 1 or not (np.diff(at, prepend=0.0) > 0).all() or not np.isfinite(at).all():
        raise ArgumentError("times", times, "increasing finite times above 0")
    lengths = [np.shape(bound)[:1] for bound in tails]
    if lengths != [at.shape] * 2:
        raise ArgumentError("tails", f"arrays of first lengths {lengths}", f"those of {len(at)} times, twice")
    each = zip(*tails, strict=True)
    bounds = [late(terms, target, pair, workers=workers, prefixes=prefixes) for pair in each]
    # P(T > t) does not increase with t, so that it is at least a bound for later.
    curve = np.maximum.accumulate([its.value for its in bounds][::-1])[::-1]
    return math.fsum(np.diff(at, prepend=0.0) * curve) * (1 - 2.0**-50), bounds


class TargetFloor(NamedTuple):
    """Lower bounds on the time of so many distinct terms, for every oblivious scheme."""

    mean: float
    """Lower bound on E[T], in the unit of the start-up delay; inf if the terms may never be known."""
    quantiles: dict[str, float]
    """Lower bounds on the quantiles, by level; inf where the target is missed with a greater probability."""
    by: str
    """Name of the bound that is the best at most of the times at which P(T > t) is bounded by 1/20 to 19/20."""


@depends_on("message_cost", "master_time", "silent", COUNTS)
def late_by(model: Model, t: float, target: int, *, workers: int | None = None, load: int | None = None) -> Late:
    """Return :func:`late` for a model: P(T > t) is at least this for every oblivious scheme, T the time of k terms.

    Messages after a worker's first count as free, and so do the master's but for the last.  So the bound holds for
    every plan of sending; :func:`srtheory.theory.floor.late` is better for the sum if messages take a number.
    ``load`` is the largest number of evaluations of a worker, m if None.
    """
    m, sigma = model.symbols, model.master_time
    left = t - sigma + (abs(t) + sigma) * 2.0**-51 if sigma else t
    pair = reports(model, left, min(load or m, m), free=True)
    return late(m, target, pair, workers=m if workers is None else workers)


@depends_on("message_cost", "master_time", "silent", COUNTS)
def target_floor(
    model: Model, target: int, *, workers: int | None = None, load: int | None = None, points: int = 128,
    step: Callable[[], None] | None = None, others: Crew = (),
) -> TargetFloor:  # fmt: skip
    """Return the best of the floors as a lower sum over ``points`` times, half a percent or so below the best.

    :func:`late_by` at about the times at which it falls from 1. ``step`` is called after each time. ``others``: workers
    beside those of the model and unlike them.
    """
    its, m = replace(model, master_time=0.0), model.symbols
    crew, most = [(m if workers is None else workers, its), *others], min(load or m, m)

    def bound(t: float) -> float:
        pair, alike = reports_of(crew, t, most, free=True)
        return late(m, target, pair, workers=alike).value

    lost = bound(math.inf)
    begin = end = sum(map(size, (its.tau, its.message_cost, its.startup)))
    for _ in range(100):
        if bound(end) <= lost + 1e-3:
            break
        end *= 1.5
    for _ in range(100):
        if bound(begin) > 0.999:
            break
        begin /= 1.25
    times, found = np.linspace(begin, end, points), []
    tails, alike = reports_of(crew, times, most, free=True)
    for pair in zip(*tails, strict=True):
        found.append(late(m, target, pair, workers=alike))
        (step or (lambda: None))()
    # P(T > t) does not increase with t, so that it is at least a bound for later.
    curve = np.maximum.accumulate([each.value for each in found][::-1])[::-1]
    down, sigma = 1 - 2.0**-45, model.master_time
    mean = math.inf if lost else (math.fsum(np.diff(times, prepend=0.0) * curve) + sigma) * down
    names = [each.by for each in found if 0.05 <= each.value <= 0.95] or [each.by for each in found]
    quantiles = {}
    for level in floor.LEVELS:
        above = np.flatnonzero(curve > (1 - float(level)) * (1 + 2.0**-45))
        last = float(times[above[-1]]) if len(above) else 0.0
        quantiles[level] = math.inf if lost > 1 - float(level) else (last + sigma) * down
    return TargetFloor(mean, quantiles, max(names, key=names.count))


@dataclass(frozen=True)
class _Startup:
    """Law of m + 1 - K: with tau = 1, workers of this start-up have reported K terms by m + 3/2."""

    tail: Floats
    terms: int

    def cdf(self, x: npt.ArrayLike) -> Floats:
        places = self.terms + 1 - np.floor(np.clip(x, 0.0, self.terms + 1))
        tail = np.concatenate([self.tail, np.zeros(self.terms + 2)])
        return np.asarray(np.where(np.asarray(x) < 1, 0.0, tail[places.astype(np.int64)]))

    def sf(self, x: npt.ArrayLike) -> Floats:
        return 1 - self.cdf(x)

    def ppf(self, q: npt.ArrayLike) -> Floats:
        at = np.arange(self.terms + 2.0)
        return np.asarray(at[np.searchsorted(self.cdf(at), q)])


Kinds = list[tuple[Floats, int]]
"""Tails of workers that are alike, exactly, and their number."""


def _closed(m: int, misses: int, kinds: Kinds, prefixes: bool) -> float:
    """Return the best bound of Theorem 15 on P(W <= misses), cut at one of the places."""
    tails, number = np.array([row for row, _ in kinds]), np.array([count for _, count in kinds])
    sure = np.cumsum(number @ (tails[:, 1:] == 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.cumsum(number @ np.where(tails[:, 1:] < 1, np.log1p(-tails[:, 1:]), 0.0))
        beyond = np.append(number @ tails[:, 2:], 0.0)
        if not prefixes:
            beyond = np.cumsum(beyond[::-1])[::-1] * (1 + len(beyond) * 2.0**-52)
        left = m - sure
        q, share = np.exp(logs / left), misses / left
        entropy = np.where(share > 0, share * np.log(share / q), 0.0) + (1 - share) * np.log((1 - share) / (1 - q))
        places = np.arange(1, len(left) + 1)
        rough = np.where((left > misses) & (share < q), np.exp(-left / places * entropy) + beyond, 1.0)
    if not len(rough):
        return 0.0
    cut = int(np.argmin(rough))
    return _chernoff(int(left[cut]), misses, kinds, cut + 1, float(beyond[cut])) if rough[cut] < 1 else 1.0


def _chernoff(left: int, misses: int, kinds: Kinds, cut: int, beyond: float) -> float:
    """Return an upper bound on Theorem 15's at this place."""
    with ctx.workprec(128):
        q = _none_of([(row[1 : cut + 1], number) for row, number in kinds]) ** (arb(1) / left)
        share, its = misses / left, float(q)
        # Any y from 0 to 1 will do. This one is about the best.
        y = arb(min(max(share * (1 - its) / ((1 - share) * its), 2.0**-60), 1.0)) if misses else arb(0)
        factor = (1 - (1 - y) * q).upper()
        bound = ((factor.log() * left - misses * y.log() if misses else factor.log() * left) / cut).exp()
        return min(1.0, outward((bound if factor > 0 else 0) + arb(beyond * (1 + len(kinds) * 2.0**-50) + TINY))[1])


def _none_of(kinds: Kinds) -> arb:
    """Return the product of 1 - G over all places that are not sure."""
    return reduce(mul, ((1 - arb(g)) ** number for row, number in kinds for g in row.tolist() if g < 1), arb(1))


def _convex(m: int, misses: int, kinds: Kinds) -> float:
    """Return Theorem 16's upper bound on P(W <= misses)."""
    sure = sum(number * int((row[1:] == 1).sum()) for row, number in kinds)
    if m - sure <= misses:
        return 1.0
    with ctx.workprec(192):
        left = m - sure
        spare = left * _none_of([(row[1:], number) for row, number in kinds]) ** (arb(1) / left) - misses
        if not spare > 0:
            return 1.0
        mean = sum((arb(g) * number for row, number in kinds for g in row[1:].tolist()), arb(0))
        most = math.ceil(float((mean + spare).upper()))
        if most > MOST_COUNTED:
            return 1.0
        best, fewer = 1.0, arb(0)
        for a, below in enumerate(_below(kinds, most + 1)[: most + 1]):
            fewer += below  # E (a - N)^+ = P(N < 1) + ... + P(N < a)
            room = spare + mean - a
            if room > 0:
                best = min(best, outward((mean - a + fewer) / room)[1])
        return best


# -------------------------------------------------------------------------------------------------------------- helpers


def _below(kinds: Kinds, most: int) -> list[arb]:
    """Return P(N < 0), P(N < 1), ..., P(N < most) and one more, N the sum of all counts."""
    with _series(most + 1, ctx.prec):
        law = reduce(mul, (arb_series(_pmf(row), most + 1) ** number for row, number in kinds))
        found = [arb(0)]
        for n in range(most + 1):
            found.append(found[-1] + law[n])
        return found


def _pmf(tail: Floats) -> list[arb]:
    return [a - b for a, b in pairwise(map(arb, [*tail.tolist(), 0.0]))]


def _missing(tail: Floats, places: int, in_balls: bool = True) -> Numbers:
    """Return 1 - G at the places 1, 2, ..., ``places``, as balls or as floats."""
    tail = tail[..., 1 : places + 1]
    reached = np.zeros((*tail.shape[:-1], places))
    reached[..., : tail.shape[-1]] = tail
    return np.asarray(1 - (np.frompyfunc(arb, 1, 1)(reached) if in_balls else reached))


def _kinds(exact: Floats, workers: int | None) -> Kinds:
    if exact.ndim == 1:
        return [(exact, require_int("workers", workers))]
    if workers is not None:
        raise ArgumentError("workers", workers, f"left out for tails of {len(exact)} workers")
    rows, counts = np.unique(exact, axis=0, return_counts=True)
    return list(zip(rows, counts.tolist(), strict=True))


def _require_tails(tails: Any, workers: int | None = None) -> Tails:
    """Return tails of so many workers, 0 for those that are alike, as floats, or raise."""
    expected = "two arrays, low <= high, of tails 1 >= P(K >= 1) >= P(K >= 2) >= ... >= 0, that begin with 1"
    low, high = _require_bounds("tails", tails, -1, expected)
    if low.ndim not in (1, 2) or (low[..., 0] != 1).any():
        raise ArgumentError("tails", tails, expected)
    if low.ndim == 2 and workers not in (None, len(low)):
        its = f"{workers} workers" if workers else "workers that are alike, shape (r + 1,)"
        raise ArgumentError("tails", f"those of {len(low)} workers", f"those of {its}")
    return low, high


def _require_bounds(name: str, given: Any, sign: int, expected: str) -> Tails:
    """Return two arrays of probabilities, low <= high, non-decreasing if ``sign`` is 1, or raise."""
    try:
        low, high = (np.asarray(bound, dtype=np.float64) for bound in given)
    except (TypeError, ValueError):
        raise ArgumentError(name, given, expected) from None
    valid = low.shape == high.shape and low.ndim and low.size and (low >= 0).all() and (high <= 1).all()
    if not valid or not (low <= high).all() or any((sign * np.diff(x) < 0).any() for x in (low, high)):
        raise ArgumentError(name, given, expected)
    return low, high


def _monotone(law: Callable[[Floats], Tails], tails: Tails, workers: int | None = None) -> Tails:
    """Return the lower bound at the lower tails, and the upper bound at the upper ones."""
    low, high = _require_tails(tails)
    least = law(low)
    return least[0], (least if np.array_equal(low, high) else law(high))[1]


def _of_moments(moments: Callable[[], list[arb]], m: int) -> Tails:
    """Return P(W <= w), w = 0, ..., m, from E C(W, i), i = 0, ..., m: E x^W is their sum times (x - 1)^i."""

    def values() -> list[arb]:
        law = arb_poly(moments())(arb_poly([-1, 1]))
        found = [law[0]]
        for w in range(1, m + 1):
            found.append(found[-1] + law[w])
        return found

    return _enclosed(values, 2 * m + 128)


def _enclosed(formula: Callable[[], list[arb]], bits: int) -> Tails:
    """Return bounds on non-decreasing probabilities, from balls that are small with enough bits."""
    while bits <= MAXIMAL_BITS:
        with ctx.workprec(bits):
            balls = formula()
            if all(bool(ball.rad() < NOTHING) for ball in balls):
                low, high = np.clip(np.array([outward(ball) for ball in balls]), 0.0, 1.0).T
                return np.maximum.accumulate(low), np.minimum.accumulate(high[::-1])[::-1]
        bits *= 2
    raise ArithmeticError(f"no tight enclosure within {MAXIMAL_BITS} bits")


def _down(x: Any) -> Any:
    return np.nextafter(x, -np.inf)


def _up(x: Any) -> Any:
    return np.nextafter(x, np.inf)
