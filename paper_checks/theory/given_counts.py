"""Probability that rows span 1 given each worker's number of rows: moments over GF(2) (docs/proofs/spanning.md, 1).

The probability of coverage given the counts is :func:`srtheory.theory.coverage.coverage_given_counts`.

Probability that rows span 1 given each worker's number of rows: moments over GF(3) (docs/proofs/spanning.md, Theorem
1).

The method is the same, with the kernel over GF(3) in place of the even sets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import comb

import numpy as np
import numpy.typing as npt
from flint import Ordering, fmpq, fmpz, fmpz_mpoly, fmpz_mpoly_ctx, fmpz_poly

from srtheory.theory.coverage import count_classes, coverage_given_counts
from srtheory.theory.numerics.balls import as_fraction
from srtheory.theory.startup import block_ends

Counts = Sequence[int] | npt.NDArray[np.integer]


def even_sets_given_counts(symbols: int, degree: int, counts: Counts, *, access: int | None = None) -> list[Fraction]:
    """Return A_0, ..., A_z, the expected numbers of sets of w inactive workers' symbols that every row meets evenly.

    A_w = C(z, w) prod_{j active} e_{b_j}(w), e_b(w) being the probability that each of the b first blocks of a
    worker meets w given symbols of its pool in an even number of them.

    Exact.  O(z) products of as many big integers as there are different counts; about half a minute at m = 1000.

    Parameters
    ----------
    counts : sequence of int, length m
        Rows n_j received from each worker, from 0 to the number it has; z of them are 0.
    """
    classes = count_classes(symbols, degree, counts, access)
    return [as_fraction(sets) for sets in even_sets(symbols, block_ends(symbols, degree, access), *classes)]


def even_sets(symbols: int, ends: npt.NDArray[np.int64], silent: int, classes: Counter[int]) -> list[fmpq]:
    """Return the expected number of sets of w inactive symbols that all rows meet evenly, for w = 0, 1, ..."""
    until = tuple(ends.tolist())
    ways = {c: even_ways(symbols, until, until.index(c)) for c in classes}
    return _sets(symbols, silent, classes, lambda c, w: ways[c][w])


def _sets(symbols: int, silent: int, classes: Counter[int], ways: Callable[[int, int], fmpz]) -> list[fmpq]:
    """Return C(z, w) prod_j ways_j(w)/C(m - 1, w) over the workers j that are not inactive, for w = 0 .. z."""
    moments = []
    for w in range(silent + 1):
        product = fmpz.bin_uiui(silent, w)
        for c, workers in classes.items():
            product *= ways(c, w) ** workers
        moments.append(fmpq(product, fmpz.bin_uiui(symbols - 1, w) ** classes.total()))
    return moments


@lru_cache(maxsize=64)
def even_ways(symbols: int, ends: tuple[int, ...], blocks: int) -> fmpz_poly:
    """Return, as the coefficient of y^w, the number of sets of w places that the blocks of a worker meet evenly."""
    one, ways = fmpz_poly([1, 1]), fmpz_poly([1])
    for a, b in pairwise(ends[: blocks + 1]):
        ways *= fmpz_poly([0 if i % 2 else fmpz.bin_uiui(b - a, i) for i in range(b - a + 1)])
    return ways * one ** (symbols - 1 - ends[blocks])


def spanning_given_counts(
    symbols: int, degree: int, counts: Counts, *, access: int | None = None
) -> tuple[Fraction, Fraction]:
    """Return P(the rows span 1 over Q) when worker j has sent ``counts[j]`` rows, as a proved interval of rationals.

    With n rows, W the uncovered symbols and U_w the expected number of w-sets of them,
    P(W empty) - sum_{w >= 3} (A_w - U_w) <= P <= P(W empty), and for n < m also
    P <= 2^{n-m+1} sum_{w even} A_w - 1.

    Arguments, errors and cost as :func:`even_sets_given_counts`.
    """
    silent, classes = count_classes(symbols, degree, counts, access)
    even = even_sets(symbols, block_ends(symbols, degree, access), silent, classes)
    missed = _missed_sets(symbols, silent, classes)
    covered = sum(missed[::2], fmpq(0)) - sum(missed[1::2], fmpq(0))
    low = max(covered - (sum(even[3:], fmpq(0)) - sum(missed[3:], fmpq(0))), fmpq(0))
    missing = symbols - int(np.sum(counts))
    if missing > 0:
        early = sum(even[::2], fmpq(0)) / 2 ** (missing - 1) - 1
        low, covered = min(low, early), min(covered, early)
    return as_fraction(low), as_fraction(covered)


def uncovered_sets_given_counts(
    symbols: int, degree: int, counts: Counts, *, access: int | None = None
) -> list[Fraction]:
    """Return U_0, U_1, ..., U_z, the expected numbers of sets of w symbols that no row meets.

    Arguments and errors as :func:`even_sets_given_counts`, without its products of polynomials.
    """
    return [as_fraction(sets) for sets in _missed_sets(symbols, *count_classes(symbols, degree, counts, access))]


def _missed_sets(symbols: int, silent: int, classes: Counter[int]) -> list[fmpq]:
    return _sets(symbols, silent, classes, lambda c, w: fmpz.bin_uiui(symbols - 1 - c, w))


# --------------------------------------------------------------------------------------------------- moments over GF(3)

_RING = fmpz_mpoly_ctx.get(["y", "u"], Ordering.lex)


def ternary_kernel_given_counts(
    symbols: int, degree: int, counts: Counts, *, access: int | None = None
) -> tuple[list[Fraction], list[Fraction]]:
    """Return the expected numbers of x in GF(3)^m with Gx = 0 and w nonzero entries: those with sum 0, and all others.

    With i entries 1 and j entries 2, the vectors number z!/((z-i-j)! i! j!), and each is in the kernel with probability
    prod_{j active} e_{b_j}(i, j), e_b(i, j) being the probability that on each of the b first blocks of a worker
    the entries at given symbols of its pool, i times 1 and j times 2, add up to a multiple of 3.

    Exact.  O(z^2) products of as many big integers as there are different counts, and products of polynomials with
    O(m^2) terms: about 0.1 s at m = 100 and 2 s at m = 200.

    Parameters
    ----------
    counts : sequence of int, length m
        Rows n_j received from each worker, from 0 to the number it has; z of them are 0.

    Returns
    -------
    balanced, unbalanced : lists of Fraction, length z + 1
        By w = 0 .. z, the numbers of vectors with sum 0 and with sum 1 or 2.
    """
    balanced, unbalanced = _kernel(symbols, degree, counts, access)
    return [as_fraction(x) for x in balanced], [as_fraction(x) for x in unbalanced]


def ternary_spanning_given_counts(
    symbols: int, degree: int, counts: Counts, *, access: int | None = None
) -> tuple[Fraction, Fraction]:
    """Return P(the rows span 1 over Q) when worker j has sent ``counts[j]`` rows, as a proved interval of rationals.

    With n rows, W the uncovered symbols, U_w the expected number of w-sets of them, and V_w that of kernel vectors over
    GF(3) with w entries other than 0, P(W empty) - sum_{w >= 3} (V_w - 2^w U_w)/2 <= P <= P(W empty), and for n < m
    also P <= (3^{n-m+1} sum_w V'_w - 1)/2, V'_w being the part of V_w with sum 0. The interval of
    :func:`spanning_given_counts` holds as well, and the result is the intersection of the two.

    Arguments, errors and cost as :func:`ternary_kernel_given_counts`.
    """
    balanced, unbalanced = _kernel(symbols, degree, counts, access)
    loose = sum(balanced[3:], fmpq(0)) + sum(unbalanced[3:], fmpq(0))
    missed = uncovered_sets_given_counts(symbols, degree, counts, access=access)
    idle = sum((2**w * u for w, u in enumerate(missed) if w >= 3), Fraction(0))
    return _interval(symbols, degree, counts, access, as_fraction(loose) - idle, balanced)


def spanning_modulo_3_given_counts(
    symbols: int, degree: int, counts: Counts, *, access: int | None = None
) -> tuple[Fraction, Fraction]:
    """Return P(the rows span 1 over GF(3)) as a proved interval of exact rationals.

    The lower bound is P(W empty) less half the expected number of kernel vectors with sum 1 or 2 that are not 0 outside
    W. The upper one is that of :func:`ternary_spanning_given_counts`.

    Arguments, errors and cost as there.
    """
    balanced, unbalanced = _kernel(symbols, degree, counts, access)
    missed = uncovered_sets_given_counts(symbols, degree, counts, access=access)
    idle = sum((_unbalanced_signs(w) * u for w, u in enumerate(missed)), Fraction(0))
    return _interval(symbols, degree, counts, access, as_fraction(sum(unbalanced, fmpq(0))) - idle, balanced)


def _unbalanced_signs(w: int) -> int:
    """Return the number of the 2^w vectors of w entries 1 and 2 whose sum is not a multiple of 3."""
    return sum(comb(w, i) for i in range(w + 1) if (w + i) % 3)


def _interval(
    symbols: int, degree: int, counts: Counts, access: int | None, vectors: Fraction, balanced: list[fmpq]
) -> tuple[Fraction, Fraction]:
    """Return the interval from the expected number of vectors, of which two exist if the rows cover but do not span."""
    covered = coverage_given_counts(symbols, degree, counts, access=access)
    low = max(covered - vectors / 2, Fraction(0))
    missing = symbols - int(np.sum(counts))
    if missing > 0:
        covered = min(covered, (as_fraction(sum(balanced, fmpq(0))) / 3 ** (missing - 1) - 1) / 2)
    return low, covered


def _kernel(symbols: int, degree: int, counts: Counts, access: int | None) -> tuple[list[fmpq], list[fmpq]]:
    ends = block_ends(symbols, degree, access)
    silent, classes = count_classes(symbols, degree, counts, access)
    ways = {int(c): balanced_ways(symbols, ends, int(np.searchsorted(ends, c))) for c in classes}
    kernel = [fmpq(0)] * (silent + 1), [fmpq(0)] * (silent + 1)
    for w in range(silent + 1):
        for i in range(w + 1):
            number = fmpz.bin_uiui(silent, w) * fmpz.bin_uiui(w, i)
            for c, workers in classes.items():
                number *= ways[c][i, w - i] ** workers
            places = fmpz.bin_uiui(symbols - 1, w) * fmpz.bin_uiui(w, i)
            kernel[(2 * w - i) % 3 > 0][w] += fmpq(number, places ** sum(classes.values()))
    return kernel


def balanced_ways(symbols: int, ends: npt.NDArray[np.int64], blocks: int) -> fmpz_mpoly:
    """Return, as coefficients of y^i u^j, the ways to put i ones and j twos on an order, each block adding to 0."""
    y, u = _RING.gens()
    one, ways = 1 + y + u, _RING.constant(1)
    for size in np.diff(ends[: blocks + 1]).tolist():
        block = {
            (i, j): comb(size, i) * comb(size - i, j)
            for i in range(size + 1)
            for j in range(size - i + 1)
            if (i + 2 * j) % 3 == 0
        }
        ways *= _RING.from_dict(block)
    return ways * one ** (symbols - 1 - int(ends[blocks]))
