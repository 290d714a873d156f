"""Exact probabilities of coverage (paper, Theorem 2 and Fig. 2c): all m symbols are in some received row.

*By time.* Worker j covers its own symbol with its first row and a uniformly random set of C_j others with its blocks.
Hence by inclusion and exclusion over the uncovered symbols every probability below is a sum of m + 1 alternating terms.
Such a sum brackets its value after every term (Bonferroni), and ball arithmetic keeps the digits that floats would
lose.

*By rows.* CC is the number of rows at which every symbol is covered. The k-th row arrives when some worker, at time t,
completes its block b (density f(t - tau (1 + ell_b))), while the other m - 1 workers have sent k - b - 1 rows by t. So
the number W_k of symbols that the first k rows leave uncovered has the binomial moments S_j(k) = E C(W_k, j),

    S_j(k) = int m C(m-1, j) q_0^j [z^k] D_j(z) Q_j(z)^{m-1-j} dt,
    D_j(z) = sum_b f(t - tau (1 + ell_b)) r_{b,j} z^{b+1},   Q_j(z) = q_0 + sum_b p_b r_{b,j} z^{b+1},
    r_{b,j} = C(m-1-j, ell_b)/C(m-1, ell_b),

and P(CC <= k) = sum_j (-1)^j S_j(k). The formula is exact for every start-up distribution with a density. Its
evaluation is in floating point: coefficients by Fourier transforms, whose rounding is bounded
(:mod:`~srtheory.theory.numerics.saddle`), and the integral by Gauss's rule on panels between the points where a density
jumps. For exponential, Pareto and uniform start-up the error of the integral is also bounded
(:mod:`~srtheory.theory.numerics.arrivals`), and the intervals are rigorous. For other distributions they allow for four
times the deviation of the computed S_0(k) from its known value 1, which is an estimate.

*The classical coupon collector* in groups of d, for comparison: each row is an independent, uniformly random d-subset
of the m symbols (d = 1: the textbook case). A worker of the sum-recovery code never draws a symbol twice, and starts
with one of its own.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property, partial
from itertools import islice, pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt
from flint import arb, ctx, fmpq, fmpz

from srtheory.errors import ArgumentError, require_int
from srtheory.model import COUNTS, Model, depends_on
from srtheory.theory.numerics.arrivals import BITS, Rule, Times, proven_rule, smooth_rule, support_ends
from srtheory.theory.numerics.balls import (
    NEGLIGIBLE,
    UNKNOWN,
    enclose,
    enclose_probability,
    hopeless,
    middle_of_power,
    small_term,
    value_at,
)
from srtheory.theory.numerics.saddle import UNIT, log_saddle, log_value
from srtheory.theory.rows import (
    bracket_ahead,
    expected_rows,
    fluid_limit,
    monotone,
    radius_below,
    rows_beyond,
    worker_law,
)
from srtheory.theory.startup import block_ends, ends_of, named, require_symbols, values
from srtheory.types import Floats, Int64, Startup

SHORT = 1000
"""Number of symbols up to which all terms of a sum are added, which takes a tenth of a second."""

UNLIKELY = 2.0**-50
"""Probabilities of coverage below this may be reported as an interval from 0, where digits would take seconds."""

SMALL_ENOUGH, WORTH_A_TRY = 2.0**-128, 2.0**-48
"""Estimated ratios of a bound on few rows to coverage: the one aimed at, and the one above which no bound is tried."""


def coverage_given_counts(
    symbols: int, degree: int, counts: Sequence[int] | npt.NDArray[np.integer], *, access: int | None = None
) -> Fraction:
    """Return P(all symbols covered) when worker j has sent ``counts[j]`` rows, as an exact rational.

    With z workers inactive and C_j others covered by worker j, it is

        sum_{k=0..z} (-1)^k C(z, k) prod_{j active} C(m-1-k, C_j)/C(m-1, C_j).

    O(z) products of big integers. The distribution depends on the m counts alone, each from 0 to the number of rows of
    a worker, not on the times.
    """
    silent, covered = count_classes(symbols, degree, counts, access)
    total = fmpz(0)
    for k in range(silent + 1):
        ways = fmpz(1)
        for c, workers in covered.items():
            ways *= fmpz.bin_uiui(symbols - 1 - k, c) ** workers
        total += (-1) ** k * fmpz.bin_uiui(silent, k) * ways
        if ways == 0:
            break
    possible = fmpz(1)
    for c, workers in covered.items():
        possible *= fmpz.bin_uiui(symbols - 1, c) ** workers
    return Fraction(int(total), int(possible))


def count_classes(
    symbols: int, degree: int, counts: Sequence[int] | npt.NDArray[np.integer], access: int | None
) -> tuple[int, Counter[int]]:
    """Return the number of inactive workers, and of others that have covered c symbols besides their own, by c."""
    ends = block_ends(symbols, degree, access)
    if len(counts) != symbols:
        raise ArgumentError("counts", len(counts), f"a list of {symbols} integers")
    received = [require_int(f"counts[{j}]", n, 0, len(ends)) for j, n in enumerate(counts)]
    return received.count(0), Counter(int(ends[n - 1]) for n in received if n > 0)


@depends_on("degree", "access", "message_cost", "silent", COUNTS)
def coverage_by_time(model: Model, t: float) -> tuple[float, float]:
    """Return P(all symbols covered by time t) in the delay model (4), as a rigorous interval.

    With q_0 = P(a worker is inactive), p_b = P(it has sent its own symbol and exactly b blocks), it is

        sum_k (-1)^k C(m, k) q_0^k (q_0 + sum_b p_b C(m-1-k, ell_b)/C(m-1, ell_b))^{m-k}.

    O(K B) ball operations, B blocks sent by t, K <= m terms that matter. The width comes from the values of F, not from
    the sum; where F has an atom at t - tau (1 + ell_b) to within rounding, the interval spans the jump.
    """
    ends = ends_of(model)
    for some in (SHORT, 4 * SHORT):  # is one of these uncovered but for next to nothing?
        if some < model.symbols and may_be_unlikely(model, t, some):
            most = monotone(model, partial(_covered, model.symbols, ends, some=some), t, ends)[1]
            if most < UNLIKELY:
                return 0.0, most
    return monotone(model, partial(_covered, model.symbols, ends), t, ends)


@depends_on("degree", "access", "silent", COUNTS)
def coverage_ceiling(model: Model, t: float) -> tuple[float, float]:
    """Return 0 and an upper bound on P(all symbols covered by t), from two moments of the uncovered number W.

    The bound is 1 - (E W)^2/E W^2 (Paley and Zygmund), about 1/(1 + E W). O(B) ball operations, B blocks sent by t,
    where :func:`coverage_by_time` takes O(m B).
    """
    ends = ends_of(model)
    return 0.0, monotone(model, partial(_second_moment, model.symbols, ends), t, ends)[1]


@depends_on("degree", "access", "message_cost", "silent", COUNTS)
def coverage_and_rows(model: Model, t: float, rows: int) -> tuple[float, float]:
    """Return P(all symbols covered by t and N(t) >= rows), as a rigorous interval.

    This is the sum of :func:`coverage_by_time` with a variable z that marks rows: p_b becomes p_b z^{b+1}, and the
    coefficients from z^rows on are added up. Given enough rows the terms fall like those of a Poisson distribution, so
    that few are needed: at m = rows = 1000, d = 10 about 20 powers of a polynomial, each about two milliseconds.
    """
    ends = ends_of(model)
    n = require_int("rows", rows, 0)
    if may_be_unlikely(model, t, model.symbols) and (most := coverage_by_time(model, t)[1]) < UNLIKELY:
        return 0.0, most
    return monotone(model, lambda received: covered_with_rows(model.symbols, ends, received, n), t, ends)


def may_be_unlikely(model: Model, t: float, some: int) -> bool:
    """Return whether P(so many given symbols covered by t) may be below :data:`UNLIKELY`: it is about e^-mu at least.

    That they are covered is no less likely than that all are, and few of them have few terms, which hardly cancel.
    """
    return bool(some / model.symbols * float(expected_uncovered(model, t)) > -math.log(UNLIKELY))


@depends_on("degree", "access", "message_cost", "silent", COUNTS)
def expected_uncovered(model: Model, t: npt.ArrayLike) -> Floats:
    """Return the expected number of symbols not covered by t, m q_0 (1 - sum_b p_b ell_b/(m - 1))^{m-1}.

    A symbol stays uncovered if its own worker is inactive, with probability q_0, and no other worker has it in a block.
    A worker has sent exactly b blocks with probability p_b.
    """
    ends = ends_of(model)
    received, rest = values(model, t, 1 + ends)
    covered = (received[..., 1:] * np.diff(ends)).sum(axis=-1) / max(model.symbols - 1, 1)
    return np.asarray(model.symbols * rest[..., 0] * np.clip(1 - covered, 0, 1) ** (model.symbols - 1))


@depends_on("degree", "access", "message_cost", "silent", COUNTS)
def coverage_poisson(model: Model, t: npt.ArrayLike) -> Floats:
    """Return the Poisson limit of P(all symbols covered by t), exp(-:func:`expected_uncovered`).

    Its error is its distance from :func:`coverage_by_time`; :func:`poisson_given_counts` has a proven bound.
    """
    mean = expected_uncovered(model, t)
    return np.asarray(np.exp(-mean))


def poisson_given_counts(
    symbols: int, degree: int, counts: Sequence[int] | npt.NDArray[np.integer], *, access: int | None = None
) -> tuple[Fraction, float]:
    """Return the mean of the number W of uncovered symbols given the counts, and a bound on its distance from Poisson.

    Given the counts the indicators of "uncovered" are negatively associated, so that the total variation distance of W
    and a Poisson variable of the same mean is at most (1 - e^{-mean}) (1 - Var W/mean) (Barbour, Holst and Janson,
    Poisson Approximation, 1992, Corollary 2.C.2). It bounds |P(all covered) - e^{-mean}| in particular.
    """
    silent, covered = count_classes(symbols, degree, counts, access)
    mean = silent * _missed(symbols, covered, 1) if silent else Fraction(0)
    if mean == 0:
        return mean, 0.0
    pairs = silent * (silent - 1) * _missed(symbols, covered, 2) if silent > 1 else 0
    variance = pairs + mean - mean**2
    return mean, -math.expm1(-float(mean)) * float(1 - variance / mean)


def _missed(symbols: int, covered: Counter[int], k: int) -> Fraction:
    """Return P(k given symbols of inactive workers are uncovered)."""
    ratio = Fraction(1)  # k at most the number of silent workers, so that m - 1 - k >= 0 where any other is left
    for c, workers in covered.items():
        ratio *= Fraction(math.comb(symbols - 1 - k, c), math.comb(symbols - 1, c)) ** workers
    return ratio


def _covered(m: int, ends: Int64, received: Floats, z: float = 1.0, some: int | None = None) -> arb:
    """Return the alternating sum for given values F_b; a long sum is cut, with a ball for the omitted terms.

    For z other than 1 this is E[z^N, covered]/E[z^N], N being the number of rows; with ``some``, for so many given
    symbols in place of all. Omitted terms may be larger than any float and cancel, so a short sum is added up
    completely, with as many bits as that needs.
    """
    size = m if some is None else some
    count, cancelling = (size + 1, 0) if size <= SHORT else terms_that_matter(m, ends, received, z, some)
    with ctx.workprec(ctx.prec + cancelling):
        total = arb(0)
        for k, (choices, silent, weights) in enumerate(_uncovered(m, ends, received, z, some)):
            term = choices * (silent + sum(weights, arb(0))) ** (m - k)
            if k == count:
                return total + term * arb(0, 1)  # Bonferroni: the sum lies between this one and the next
            total += (-1) ** k * term
            if size <= SHORT and hopeless(total):
                return UNKNOWN
        return total


def _second_moment(m: int, ends: Int64, received: Floats) -> arb:
    """Return 1 - (E W)^2/E W^2 for given values F_b; E C(W, k) is the k-th term of the sum of :func:`_covered`."""
    terms = [
        choices * (silent + sum(weights, arb(0))) ** (m - k)
        for k, (choices, silent, weights) in enumerate(islice(_uncovered(m, ends, received), 3))
    ]
    mean, pairs = terms[1], terms[2] if m > 1 else arb(0)
    if mean == 0:
        return arb(1)
    square = 2 * pairs + mean
    return (square - mean**2) / square


def terms_that_matter(
    m: int, ends: Int64, received: Floats, z: float = 1.0, some: int | None = None
) -> tuple[int, int]:
    """Return the number of terms before a small one, and the number of bits of the largest before the point."""
    small, largest = small_term(), arb(1)
    with ctx.workprec(64):
        for k, (choices, silent, weights) in enumerate(_uncovered(m, ends, received, z, some)):
            size = (choices * (silent + sum(weights, arb(0))) ** (m - k)).abs_upper()
            if size < small:
                break
            largest = size if size > largest else largest
        else:
            k = (m if some is None else some) + 1
        return k, math.ceil(float(largest.log()) / math.log(2))


def covered_with_rows(m: int, ends: Int64, received: Floats, rows: int, enough: arb | None = None) -> arb:
    """Return P(all symbols covered, N >= rows), N being the number of rows, for given values F_b.

    That is P(N >= rows) less P(N >= rows, some symbol uncovered). If ``enough`` takes the place of P(N >= rows), the
    probability that N >= rows or another event that implies coverage, this is the probability of coverage with either.
    The ball contains the omitted part: few rows, very large numbers of rows, and small terms.
    """
    if may_have(m, received, rows):
        found = _without_fewer(m, ends, received, rows, enough)
        if found is not None:
            return found
    small = small_term()
    stop, more = rows_beyond(m, received, small)
    total = more * arb(0.5, 0.5) if enough is None else enough - more * arb(0.5, 0.5)
    if stop <= rows:
        return total
    found = _without_few_rows(m, ends, received, rows)
    if found is not None:
        return found
    for k, (choices, silent, weights) in enumerate(_uncovered(m, ends, received)):
        if k == 0 and enough is not None:
            continue
        error = small / (64 * float(choices) + small)
        term = choices * middle_of_power([silent, *weights], m - k, rows, max(rows, stop), error)
        if term.abs_upper() < small:
            return total + term * arb(0, 1)
        total += (-1) ** k * term
    return total


def may_have(m: int, received: Floats, rows: int) -> bool:
    """Return whether so many rows are possible, and within four standard deviations."""
    if rows > m * np.count_nonzero(received):
        return False
    mean, square = float(received.sum()), float(((2 * np.arange(len(received)) + 1) * received).sum())
    return m * mean + 4 * math.sqrt(m * max(square - mean**2, 0.0)) > rows


def _without_fewer(m: int, ends: Int64, received: Floats, rows: int, enough: arb | None) -> arb | None:
    """Return the same as all runs less those with fewer rows, for which polynomials are shorter or negligible.

    The result is None if the bits are too few for differences of terms of this size.
    """
    small, radius, total = small_term() / 16, radius_below(m, received, rows), arb(0)
    for k, (choices, silent, weights) in enumerate(_uncovered(m, ends, received)):
        if k == 0 and enough is not None:
            total = enough
            continue
        law, power = [silent, *weights], m - k
        term = choices * sum(law, arb(0)) ** power
        if not term.rad() < small:
            return None
        fewer = choices * value_at(law, radius) ** power / radius ** (rows - 1)
        if fewer.abs_upper() < small:
            fewer *= arb(0.5, 0.5)
        else:
            fewer = choices * middle_of_power(law, power, 0, rows, small / (64 * float(choices) + small))
        term -= fewer
        if not term.rad() < small:
            return None
        if term.abs_upper() < 16 * small:
            return total + term * arb(0, 1)
        total += (-1) ** k * term
    return total


def _without_few_rows(m: int, ends: Int64, received: Floats, rows: int) -> arb | None:
    """Return the same from the law of coverage, if coverage by fewer rows is negligible; None if it is not.

    It is small where few rows seldom cover, whatever their own probability.
    """
    exponent = _promising_exponent(m, ends, received, rows)
    if exponent is None:
        return None
    covered, least = _generating_coverage(m, ends, received, 1.0), None
    if NEGLIGIBLE < covered.abs_upper() < math.sqrt(small_term()) and covered.rel_accuracy_bits() < 48:
        return UNKNOWN  # until there are more bits
    while True:
        fewer = _most_with_fewer(m, ends, received, rows, math.exp(-exponent))
        found = covered - fewer * arb(0.5, 0.5)
        if found.rel_accuracy_bits() >= 48 or found.abs_upper() < NEGLIGIBLE:
            return found
        if least is not None and not fewer < least:
            return None
        exponent, least = 1.5 * exponent, fewer


def _most_with_fewer(m: int, ends: Int64, received: Floats, rows: int, z: float) -> arb:
    """Return Markov's bound on P(covered, N < rows), which is z^(1 - rows) E[z^N, covered] for 0 < z <= 1."""
    return _generating_coverage(m, ends, received, z) / arb(z) ** (rows - 1)


def _generating_coverage(m: int, ends: Int64, received: Floats, z: float) -> arb:
    """Return E[z^N, covered], with an error that is small beside E[z^N]."""
    with ctx.workprec(ctx.prec + terms_that_matter(m, ends, received, z)[1]):
        silent, weights = worker_law(received)
        return _covered(m, ends, received, z) * value_at([silent, *weights], arb(z)) ** m


def _promising_exponent(m: int, ends: Int64, received: Floats, rows: int) -> float | None:
    """Return a -log z at which coverage by fewer rows may be negligible beside coverage; None if it seems not.

    The estimate takes the number of uncovered symbols for a Poisson variable. The least bound is not looked for: the
    smaller z, the more bits are needed.
    """
    exponents = np.concatenate([[1e-6], np.geomspace(1e-4, 3.0, 80)])
    law = np.append(received, 0.0)
    sent = -np.diff(law) * np.exp(-np.outer(exponents, np.arange(1, len(law))))
    size = 1 - law[0] + sent.sum(axis=1)
    missed = (sent * (1 - ends / max(m - 1, 1))).sum(axis=1) + 1 - law[0]
    mean = m * (1 - law[0]) / size * (missed / size) ** (m - 1)
    few = m * np.log(size) - mean + mean[0]  # log of E[z^N | covered], which is convex and 0 at z = 1
    slope = (few[1] - few[0]) / (exponents[1] - exponents[0])
    ratio = np.maximum(few, slope * exponents) + (rows - 1) * exponents
    best = int(np.argmax(ratio < math.log(SMALL_ENOUGH)) or np.argmin(ratio))
    return float(exponents[best]) if ratio[best] < math.log(WORTH_A_TRY) else None


def _uncovered(
    m: int, ends: Int64, received: Floats, z: float = 1.0, some: int | None = None
) -> Iterator[tuple[arb, arb, list[arb]]]:
    """Return C(m, k) q_0^k, q_0 and the p_b C(m-1-k, ell_b)/C(m-1, ell_b) for k = 0 .. m, or s, and then C(s, k).

    For z other than 1, q_0 and the p_b are those of a worker's law that is weighted by z for each row.
    """
    silent, weights = worker_law(received)
    if z != 1:
        size = value_at([silent, *weights], arb(z))
        silent, weights = silent / size, [w * arb(z) ** (b + 1) / size for b, w in enumerate(weights)]
    missed = [m - 1 - int(c) for c in ends[: len(weights)]]
    among = m if some is None else some
    for k in range(among + 1):
        yield arb(fmpz.bin_uiui(among, k)) * silent**k, silent, weights
        if k < m - 1:
            weights = [w * (left - k) / (m - 1 - k) for w, left in zip(weights, missed, strict=False) if left > k]


# --------------------------------------------------------------------------------- coverage by the first rows to arrive

OUTSIDE = 1e-15
"""Bound on the probability that the k-th row arrives before, and again after, the times integrated over."""

LATEST = 2.0**100
"""No window ends later than this multiple of the expected time of its last row."""

LOST = 1e-4
"""Error of an alternating sum above which another bound is tried."""

RAISE = 24.0
"""Logarithm of the factor by which a density that begins near a panel may raise the bound on its integrand."""

_USELESS = 1e150
"""A bound on a moment above which no statement is made: infinite bounds would turn later values into NaN."""


class SmoothStartup(Startup, Protocol):
    """A start-up distribution with a density."""

    def pdf(self, x: npt.ArrayLike) -> Floats:
        """Return the density."""

    def support(self) -> tuple[float, float]:
        """Return the ends of the support."""


@dataclass(frozen=True)
class SmoothModel(Model):
    """A code on workers whose start-up distribution has a density: the arguments shared by everything below."""

    startup: SmoothStartup = None  # type: ignore[assignment]  # as of the model

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (hasattr(self.startup, "pdf") and hasattr(self.startup, "support")):
            raise ArgumentError("startup", self.startup, "a distribution with a density")

    @classmethod
    def of(cls, model: Model) -> SmoothModel:
        """Return the same setting, or raise :class:`ArgumentError` if its start-up distribution has no density."""
        return cls(**{field.name: getattr(model, field.name) for field in fields(model)})

    @cached_property
    def ends(self) -> Int64:
        """The ell_b."""
        return ends_of(self)

    @cached_property
    def costs(self) -> Floats:
        """The tau (1 + ell_b)."""
        return np.asarray(self.tau * (1.0 + self.ends), dtype=np.float64)

    @cached_property
    def support(self) -> tuple[float, float]:
        """Ends of the delays' support, as floats; for some distributions scipy returns NumPy integers."""
        low, high = self.startup.support()
        return float(low), float(high)

    @property
    def total(self) -> int:
        """Total number of rows."""
        return self.symbols * len(self.ends)

    @cached_property
    def typically(self) -> dict[float, float]:
        """Cache of the times at which given numbers of rows are expected."""
        return {}

    @cached_property
    def at_most(self) -> dict[int, float]:
        """Cache of upper bounds on P(CC <= k), each alone: those of a larger k serve many smaller ones."""
        return {}

    def rule(self, window: tuple[float, float]) -> Rule:
        """Return the rule of integration over the arrival times in ``window``."""
        with ctx.workprec(BITS):
            sent = int(np.count_nonzero(self.support[0] + self.costs < window[1])) + 1
            costs = [arb(self.tau) * int(1 + end) for end in self.ends[:sent]]
            law = named(self.startup)
            floats = [arb(end) for end in self.support if np.isfinite(end)]
            ends = floats if law is None else support_ends(law)
            panels = _panels(self, *window, sorted(end + cost for end in ends for cost in costs))
            if law is not None:
                return proven_rule(law, costs, panels, self.spread(window[1]))
        times, weights = smooth_rule([(float(a), float(b)) for a, b in panels])
        q, p = self.law(times)
        nodes = Times(weights, q, p[:, :sent], self.startup.pdf(times[:, None] - self.costs[:sent]))
        return Rule(nodes, nodes.none, nodes.none, nodes.none, False)

    def law(self, times: Floats) -> tuple[Floats, Floats]:
        """Return q_0, shape (n,), and p_b, shape (n, B + 1), at n times."""
        at = times[:, None] - self.costs
        return _worker_law(self.startup.cdf(at), self.startup.sf(at))

    def spread(self, t: float) -> float:
        """Return the standard deviation of N(t)."""
        return _deviation(self.symbols, self.law(np.array([t]))[1][0])


def _worker_law(received: Floats, left: Floats) -> tuple[Floats, Floats]:
    """Return q_0 and the p_b, from F and 1 - F at the times of all blocks, each shape (n, B + 1)."""
    law, rest = np.zeros((len(received), received.shape[1] + 1)), np.ones((len(left), left.shape[1] + 1))
    law[:, :-1], rest[:, :-1] = received, left
    return rest[:, 0], np.where(received > 0.5, rest[:, 1:] - rest[:, :-1], -(law[:, 1:] - law[:, :-1]))


def _deviation(symbols: int, p: Floats) -> float:
    """Return the standard deviation of the number of rows of so many workers."""
    rows = np.arange(1, len(p) + 1)
    return math.sqrt(symbols * max(float(p @ rows**2 - (p @ rows) ** 2), 0.0))


@depends_on("degree", "access")
def coverage_by_rows(model: Model, rows: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return P(CC <= k), the probability that the first k >= 0 rows to arrive cover all symbols; arrays of their shape.

    About a second for a few hundred consecutive k at m = 1000. Where more than some fifteen uncovered symbols are
    expected the alternating sum has no digits left, and the interval is [0, u], u below about 1e-3, from a larger k or
    from P(all covered by t) + P(k-th row after t). Proved for exponential, Pareto and uniform start-up; for other
    distributions the quadrature error is estimated from S_0.
    """
    return by_rows(rows, SmoothModel.of(model), covered_by)


def by_rows(
    rows: npt.ArrayLike, model: SmoothModel, law: Callable[[SmoothModel, Int64], tuple[Floats, Floats]]
) -> tuple[Floats, Floats]:
    """Return bounds on a probability that grows with k from its ``law`` at consecutive k from 1 to m (1 + B) - 1.

    It is 0 at k = 0, and 1 once all rows are there.
    """
    wanted = np.asarray(rows)
    if wanted.size and not (np.issubdtype(wanted.dtype, np.integer) and wanted.min() >= 0):
        raise ArgumentError("rows", rows, "an integer of at least 0, or an array of such")
    known, index = np.unique(wanted, return_inverse=True)
    low = np.array(known >= model.total, dtype=np.float64)
    high = low.copy()
    todo = np.flatnonzero((known > 0) & (known < model.total))
    while len(todo):
        first = int(known[todo[0]])
        group, todo = np.split(todo, [np.searchsorted(known[todo], first + reach(model, first))])
        lows, highs = law(model, np.arange(first, known[group[-1]] + 1))
        low[group], high[group] = lows[known[group] - first], highs[known[group] - first]
    low, high = np.maximum.accumulate(low), np.minimum.accumulate(high[::-1])[::-1]
    return low[index].reshape(wanted.shape), high[index].reshape(wanted.shape)


@depends_on("degree", "access")
def expected_uncovered_by_rows(model: Model, rows: int) -> float:
    """Return E[W_k] = S_1(k), the mean number of symbols that the first k rows leave uncovered, to about nine digits.

    The result is nan if the k-th row may take longer than any window of times, as with Pareto start-up of a shape of
    0.1 or less.
    """
    model = SmoothModel.of(model)
    k = require_int("rows", rows, 0)
    if k == 0 or k >= model.total or model.symbols == 1:
        return float(model.symbols) if k == 0 else 0.0
    rule, span = model.rule(window(model, k, k)), np.array([k])
    if rule.proven and rule.outside(model.symbols, span)[0] > 1e-10:
        return math.nan
    moments = _moments(model, rule, span)
    next(moments)
    low, high = next(moments)
    return float(low[0] + high[0]) / 2


@depends_on("degree", "access")
def expected_collection(model: Model, *, at_least: int = 0) -> tuple[float, float]:
    """Return E[max(CC, a)] = a + sum_{k >= a} P(CC > k) for a = ``at_least`` >= 0, as an interval; a = 0 gives E[CC].

    The caveat of :func:`coverage_by_rows` applies. Below the k at which twelve uncovered symbols are expected, P(CC >
    i) is taken from [P(CC > k), 1]. At m = 1000, d = 10 the interval is about 0.01 wide.
    """
    model = SmoothModel.of(model)
    floor = require_int("at_least", at_least, 0)
    k = max(_start(model), floor)
    low, high = expected_from(model, k, covered_by)
    _, sooner = coverage_by_rows(model, k)
    return low + floor + (k - floor) * (1 - float(sooner)), high + k


def expected_from(
    model: SmoothModel, k: int, law: Callable[[SmoothModel, Int64], tuple[Floats, Floats]]
) -> tuple[float, float]:
    """Return bounds on sum_{i >= k} (1 - P_i) for a ``law`` of probabilities P_i that grow with i (:func:`by_rows`).

    The sum ends where 1 - P_i is below 1e-10 or its bound stops falling. The rest is replaced by its upper bound.
    """
    low = high = float(k == 0)  # no run ends before its first row
    k, left = max(k, 1), 1.0
    first = k
    while k < model.total:
        span = np.arange(k, min(k + reach(model, k), model.total))
        lows, highs = law(model, span)
        low, high = low + float((1 - highs).sum()), high + float((1 - lows).sum())
        k, before, left = int(span[-1]) + 1, left, 1 - float(lows[-1])
        if left < 1e-10 or (left < 1e-6 and left > before / 2):
            high += left * (model.total - k)
            break
    rounding = 4 * UNIT * (k - first)
    return low * (1 - rounding), high * (1 + rounding)


def _start(model: SmoothModel) -> int:
    """Return a number of rows at which about twelve symbols are uncovered; before, hardly any run has covered all."""
    few = bracket_ahead(lambda times: expected_uncovered(model, times) <= 12, model.tau, 0.0)
    t = few[1]
    return int(expected_rows(model, t)) if model.symbols > 12 else 0


def reach(model: SmoothModel, k: int) -> int:
    """Return how many consecutive k to treat together: their arrival times overlap, with similar coefficients."""
    return 1 + int(4 * model.spread(typical(model, k)))


def typical(model: SmoothModel, k: float) -> float:
    """Return the time at which k rows are expected."""
    if k not in model.typically:
        model.typically[k] = fluid_limit(model, rows=k)
    return model.typically[k]


def covered_by(model: SmoothModel, span: Int64, rule: Rule | None = None) -> tuple[Floats, Floats]:
    """Return bounds on P(CC <= k) for consecutive k from 1 to m (1 + B) - 1.

    The moments are those of W_k on the event that the k-th row arrives in the window. The rest counts once.
    """
    rule = rule or bounded_rule(model, span)
    if rule is None:
        return np.zeros(len(span)), np.ones(len(span))
    outside = rule.outside(model.symbols, span) if rule.proven else np.full(len(span), 2 * OUTSIDE)
    down, up, size, unit = np.zeros((4, len(span)))
    common = 0.0  # the relative error in the middle, which further halves would share
    for j, (low, high) in enumerate(_moments(model, rule, span)):
        if not (high < _USELESS).all():
            return _halves(model, span, rule) if len(span) > 1 else (np.zeros(1), np.ones(1))
        width = high - low
        common = common if j else min(8 * float((width / high)[len(span) // 2]), 1e-5)
        if len(span) > 1 and (width > (1e-7 + common) * high + 1e-10).any():
            return _halves(model, span, rule)
        if j == 0:
            unit = 0 * high if rule.proven else 4 * np.abs((low + high) / 2 - 1) + 2 * (high - low)
            down, up = 1 - outside, np.ones(len(span))
            continue
        down, up = (down - high, up - low) if j % 2 else (down + low, up + high)
        size += high
        if (np.maximum(unit * size, up - down) > 0.1).all() or (high[unit * size < 0.1] < 1e-17).all():
            break
    rest = high if j < model.symbols - 1 else 0  # Bonferroni
    error = rest + unit * size + 4 * UNIT * (j + 1) * (1 + size)
    low, high = np.clip(down - error, 0, 1), np.clip(up + outside + error, 0, 1)
    if (high - low).max() > LOST:
        high = np.minimum(high, _ceiling(model, int(span[-1]), bool(error[-1] > LOST)))
    return np.maximum.accumulate(low), np.minimum.accumulate(high[::-1])[::-1]


def bounded_rule(model: SmoothModel, span: Int64) -> Rule | None:
    """Return the rule for these k, or None if delays and terms differ so much that no bound on its error is known."""
    try:
        return model.rule(window(model, int(span[0]), int(span[-1])))
    except ArithmeticError:
        return None


def _halves(model: SmoothModel, span: Int64, rule: Rule) -> tuple[Floats, Floats]:
    """Return the two halves of the k if the coefficients around the middle one differ too much in size."""
    parts = [covered_by(model, part, rule) for part in np.array_split(span, 2)]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _ceiling(model: SmoothModel, k: int, further: bool) -> float:
    """Return an upper bound on P(CC <= k) if its sum has lost accuracy: coverage by a later time, or by more rows."""
    bound = 1.0
    for late in (OUTSIDE, 1e-8, 1e-4):
        t = window(model, k, k, late)[1]
        if not _chernoff(model, np.array([t]), k - 1)[0] < math.log(late):
            continue  # a window that ends at LATEST may end too soon for that
        bound = min(bound, coverage_by_time(model, t)[1] + 1.01 * late)
    more = min(k + reach(model, k) // 2, model.total - 1)
    if further and bound > 1e-3 and more > k:
        if more not in model.at_most:
            model.at_most[more] = float(covered_by(model, np.array([more]))[1][0])
        bound = min(bound, model.at_most[more])
    return bound


def _moments(model: SmoothModel, rule: Rule, span: Int64) -> Iterator[tuple[Floats, Floats]]:
    """Return bounds on S_0(k), S_1(k), ... for the k in ``span``."""
    m, ends = model.symbols, model.ends[: rule.nodes.p.shape[1]]
    spread = model.spread(typical(model, span.mean()))
    survival = [fmpq(1)] * len(ends)  # exactly: in floats, the roundings of j steps would add up
    for j in range(m):
        each = np.array([[int(x.p) / int(x.q) for x in survival]])
        low, high = rule.moments(np.array([j]), m, each, span, spread)
        yield low[0], high[0]
        left = m - 1 - j
        survival = [x * fmpq(max(left - c, 0), max(left, 1)) for x, c in zip(survival, ends.tolist(), strict=True)]


def window(model: SmoothModel, first: int, last: int, outside: float = OUTSIDE) -> tuple[float, float]:
    """Return times before the first and after the last of these rows, except with probability ``outside`` for each."""
    early, late = typical(model, first), typical(model, last)
    small = math.log(outside)
    latest = LATEST * late
    start = bracket_ahead(lambda t: (t >= early) | (_chernoff(model, t, first) > small), early, 1e-3)
    stop = bracket_ahead(
        lambda t: (t >= latest) | (t > late) & (_chernoff(model, t, last - 1) < small), late, 1e-3
    )  # times after the latest are not tried: they are hundreds of doublings
    return start[0], min(stop[1], latest)


def _chernoff(model: SmoothModel, times: Floats, k: int) -> Floats:
    """Return the log of Chernoff's bound on P(N(t) >= k) for k above E N(t), or on P(N(t) <= k) for k below."""
    q, p = model.law(times)
    x = log_saddle(q, p, model.symbols, k)
    return np.asarray(model.symbols * log_value(q, p, x) - k * x)


def _panels(model: SmoothModel, start: float, stop: float, jumps: list[arb]) -> list[tuple[arb, arb]]:
    """Return [start, stop] cut at possible jumps of the density, then halved until panels are narrow, left to right."""
    edges = [arb(start)]
    for jump in [*jumps, arb(stop)]:
        if edges[-1] < jump and jump <= arb(stop):
            edges.append(jump)
    todo, panels = list(pairwise(edges))[::-1], []
    law = named(model.startup)
    unit = math.inf if law is None else law.scale
    while todo:
        low, high = todo.pop()
        a, b = float(low), float(high)
        middle = (a + b) / 2
        wide = b - a > min(_scales(model, np.array([middle, *_early(a, b, unit)])).min(), _soon(model, a, b))
        if a < middle < b and wide:
            todo += [(arb(middle), high), (low, arb(middle))]
        else:
            panels.append((low, high))
    return panels


def _soon(model: SmoothModel, a: float, b: float) -> float:
    """Return a panel width at a distance x >= 0 from the last time before (a + b)/2 at which a density begins.

    There F is about f x, and |F| - f x up to f(|x + iy| - x) on the edge of the panel's ellipse, whose semi-axis y is
    0.94 of the width. This may raise the bound on the integrand by a factor of e^(m f (|x + iy| - x)), which is kept
    below e^RAISE: a change of the panels only, whose error is bounded by the values on the edge in any case.
    """
    after = (a + b) / 2 - model.costs
    after = after[after > model.support[0]]
    if not len(after):
        return math.inf
    flow = model.symbols * float(model.startup.pdf(after[-1:])[0])
    if not 0 < flow < math.inf:
        return math.inf
    room = RAISE / flow
    distance = max(float(after[-1]) - model.support[0] - (b - a) / 2, 0.0)
    return math.sqrt(room) * math.sqrt(2 * distance + room) / 0.94


def _early(a: float, b: float, unit: float) -> list[float]:
    """Return times soon after a, down to the scale of a named distribution, whose density may concentrate near a."""
    parts = [(b - a) * 64.0**-i for i in range(6)]
    return [a + later for part, later in pairwise(parts) if part is parts[0] or part > unit]


def _scales(model: SmoothModel, times: Floats) -> Floats:
    """Return panel widths around times: two standard deviations of an arrival, a decay length of an unbounded tail."""
    at = times[:, None] - model.costs
    density, rest = model.startup.pdf(at), model.startup.sf(at)
    flow, width = model.symbols * density.sum(axis=1), np.full(len(times), math.inf)
    if not np.isfinite(model.support[1]):
        falls = (density > 0) & (rest > 0)
        with np.errstate(over="ignore"):
            width = np.where(falls, rest / np.where(falls, density, 1.0), math.inf).min(axis=1)
    sent = _worker_law(model.startup.cdf(at), rest)[1]
    spread = np.array([_deviation(model.symbols, p) for p in sent])
    with np.errstate(over="ignore", divide="ignore"):
        return np.minimum(width, 2 * (spread + 1) / flow)


# ---------------------------------------------------------------------------- classical coupon collector in groups of d


def collector_by_rows(rows: int, symbols: int, degree: int) -> tuple[float, float]:
    """Return P(n independent uniform d-subsets cover [m]) = sum_k (-1)^k C(m, k) (C(m-k, d)/C(m, d))^n as an interval.

    n >= 0 and d from 1 to m. O(m) ball operations, as a rule some tens: the sum lies between any two partial sums that
    follow one another (Bonferroni's inequalities), and ends where a term is small.
    """
    m, n = require_symbols(symbols), require_int("rows", rows, 0)
    d = require_int("degree", degree, 1, m)

    def formula() -> arb:
        miss, choices, total = arb(1), arb(1), arb(0)
        for k in range(m + 1):
            term = choices * miss**n
            if term.abs_upper() < small_term():
                return total + term * arb(0, 1)
            total += (-1) ** k * term
            miss *= arb(max(m - k - d, 0)) / max(m - k, 1)
            choices *= arb(m - k) / (k + 1)
        return total

    return enclose_probability(formula)


def collector_mean(symbols: int, degree: int) -> tuple[float, float]:
    """Return the expected number of rows until [m] is covered, sum_{k>=1} (-1)^{k+1} C(m, k)/(1 - C(m-k, d)/C(m, d)).

    d = 1 gives m (1 + 1/2 + ... + 1/m). A rigorous interval.
    """
    m = require_symbols(symbols)
    d = require_int("degree", degree, 1, m)

    def formula() -> arb:
        miss, total = arb(1), arb(0)
        for k in range(1, m + 1):
            miss *= arb(max(m - k + 1 - d, 0)) / (m - k + 1)
            total -= (-1) ** k * arb(fmpz.bin_uiui(m, k)) / (1 - miss)
        return total

    return enclose(formula)
