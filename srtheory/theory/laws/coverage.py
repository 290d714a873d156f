"""Exact probabilities of coverage (paper, Theorem 2): all m symbols are in some received row.

Worker j covers its own symbol with its first row and a uniformly random set of C_j others with its blocks. Hence by
inclusion and exclusion over the uncovered symbols every probability below is a sum of m + 1 alternating terms. Such a
sum brackets its value after every term (Bonferroni), and ball arithmetic keeps the digits that floats would lose.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from itertools import islice

import numpy as np
import numpy.typing as npt
from flint import arb, ctx, fmpz

from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model, depends_on
from srtheory.theory.laws.rows_received import middle_of_power, monotone, radius_below, rows_beyond, worker_law
from srtheory.theory.numerics.balls import NEGLIGIBLE, UNKNOWN, hopeless, small_term, value_at
from srtheory.theory.startup import block_ends, ends_of, require_times, row_costs
from srtheory.types import Floats

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

    With z workers inactive and C_j others covered by worker j,
    sum_{k=0..z} (-1)^k C(z, k) prod_{j active} C(m-1-k, C_j)/C(m-1, C_j).

    O(z) products of big integers.  The distribution depends on the counts alone, not on the times.

    Parameters
    ----------
    counts : sequence of int, length m
        Rows n_j received from each worker, from 0 to the number it has.
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


@depends_on("degree", "access", "message_cost", "silent")
def coverage_by_time(model: Model, t: float) -> tuple[float, float]:
    """Return P(all symbols covered by time t) in the delay model (4), as a rigorous interval.

    With q_0 = P(a worker is inactive), p_b = P(it has sent its own symbol and exactly b blocks),
    sum_k (-1)^k C(m, k) q_0^k (q_0 + sum_b p_b C(m-1-k, ell_b)/C(m-1, ell_b))^{m-k}.
    O(K B) ball operations, B blocks sent by t, K <= m terms that matter.

    Returns
    -------
    low, high : float
        0 <= low <= P <= high <= 1.  The width comes from the values of F, not from the sum; where F has an atom at
        t - tau (1 + ell_b) to within rounding, the interval spans the jump.
    """
    ends = ends_of(model)
    for some in (SHORT, 4 * SHORT):  # is one of these uncovered but for next to nothing?
        if some < model.symbols and may_be_unlikely(model, t, some):
            most = monotone(model, partial(_covered, model.symbols, ends, some=some), t, ends)[1]
            if most < UNLIKELY:
                return 0.0, most
    return monotone(model, partial(_covered, model.symbols, ends), t, ends)


@depends_on("degree", "access", "silent")
def coverage_ceiling(model: Model, t: float) -> tuple[float, float]:
    """Return 0 and an upper bound on P(all symbols covered by t), from two moments of the uncovered number W.

    The bound is 1 - (E W)^2/E W^2 (Paley and Zygmund), about 1/(1 + E W).  O(B) ball operations, B blocks sent by t,
    where :func:`coverage_by_time`, with the same arguments, takes O(m B).
    """
    ends = ends_of(model)
    return 0.0, monotone(model, partial(_second_moment, model.symbols, ends), t, ends)[1]


@depends_on("degree", "access", "message_cost", "silent")
def coverage_and_rows(model: Model, t: float, rows: int) -> tuple[float, float]:
    """Return P(all symbols covered by t and N(t) >= rows), as a rigorous interval.

    This is the sum of :func:`coverage_by_time` with a variable z that marks rows: p_b becomes p_b z^{b+1}, and the
    coefficients from z^rows on are added up. Other arguments, result and errors as there.

    Given enough rows the terms fall like those of a Poisson distribution, so that few are needed: at m = rows = 1000, d
    = 10 about 20 powers of a polynomial, each about two milliseconds.
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


@depends_on("degree", "access", "message_cost", "silent")
def expected_uncovered(model: Model, t: npt.ArrayLike) -> Floats:
    """Return the expected number of symbols not covered by t, m q_0 (1 - sum_b p_b ell_b/(m - 1))^{m-1}.

    A symbol stays uncovered if its own worker is inactive, with probability q_0, and no other worker has it in a block.
    A worker has sent exactly b blocks with probability p_b.
    """
    ends = ends_of(model)
    at = require_times(t)[..., None] - row_costs(1 + ends, model.tau, model.message_cost)
    silent, received = model.defective_startup.sf(at[..., 0]), model.defective_startup.cdf(at[..., 1:])
    covered = (received * np.diff(ends)).sum(axis=-1) / max(model.symbols - 1, 1)
    return np.asarray(model.symbols * silent * np.clip(1 - covered, 0, 1) ** (model.symbols - 1))


@depends_on("degree", "access", "message_cost", "silent")
def coverage_poisson(model: Model, t: npt.ArrayLike) -> Floats:
    """Return the Poisson limit of P(all symbols covered by t), exp(-:func:`expected_uncovered`). Arguments as there.

    Its error at given arguments is its distance from :func:`coverage_by_time`; :func:`poisson_given_counts` has a
    proven bound.
    """
    mean = expected_uncovered(model, t)
    return np.asarray(np.exp(-mean))


def poisson_given_counts(
    symbols: int, degree: int, counts: Sequence[int] | npt.NDArray[np.integer], *, access: int | None = None
) -> tuple[Fraction, float]:
    """Return the mean of the number W of uncovered symbols given the counts, and a bound on its distance from Poisson.

    Given the counts the indicators of "uncovered" are negatively associated, so that the total variation distance of W
    and a Poisson variable of the same mean is at most (1 - e^{-mean}) (1 - Var W/mean) (Barbour, Holst and Janson,
    Poisson Approximation, 1992, Corollary 2.C.2).  It bounds |P(all covered) - e^{-mean}| in particular.

    Arguments as :func:`coverage_given_counts`.
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


def _covered(m: int, ends: npt.NDArray[np.int64], received: Floats, z: float = 1.0, some: int | None = None) -> arb:
    """Return the alternating sum for given values F_b; a long sum is cut, with a ball for the omitted terms.

    For z other than 1 this is E[z^N, covered]/E[z^N], N being the number of rows.  ``some``: that so many given symbols
    are covered, in place of all.
    Omitted terms may be larger than any float and cancel. A short sum is added up completely, with as many bits as that
    needs.
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


def _second_moment(m: int, ends: npt.NDArray[np.int64], received: Floats) -> arb:
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
    m: int, ends: npt.NDArray[np.int64], received: Floats, z: float = 1.0, some: int | None = None
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


def covered_with_rows(
    m: int, ends: npt.NDArray[np.int64], received: Floats, rows: int, enough: arb | None = None
) -> arb:
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


def _without_fewer(m: int, ends: npt.NDArray[np.int64], received: Floats, rows: int, enough: arb | None) -> arb | None:
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


def _without_few_rows(m: int, ends: npt.NDArray[np.int64], received: Floats, rows: int) -> arb | None:
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


def _most_with_fewer(m: int, ends: npt.NDArray[np.int64], received: Floats, rows: int, z: float) -> arb:
    """Return Markov's bound on P(covered, N < rows), which is z^(1 - rows) E[z^N, covered] for 0 < z <= 1."""
    return _generating_coverage(m, ends, received, z) / arb(z) ** (rows - 1)


def _generating_coverage(m: int, ends: npt.NDArray[np.int64], received: Floats, z: float) -> arb:
    """Return E[z^N, covered], with an error that is small beside E[z^N]."""
    with ctx.workprec(ctx.prec + terms_that_matter(m, ends, received, z)[1]):
        silent, weights = worker_law(received)
        return _covered(m, ends, received, z) * value_at([silent, *weights], arb(z)) ** m


def _promising_exponent(m: int, ends: npt.NDArray[np.int64], received: Floats, rows: int) -> float | None:
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
    m: int, ends: npt.NDArray[np.int64], received: Floats, z: float = 1.0, some: int | None = None
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
