"""Probability that rows span 1 given each worker's number of rows: first moments over GF(2) (docs/spanning.md, 1).

The probability of coverage given the counts is :func:`srtheory.theory.laws.coverage.coverage_given_counts`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from flint import fmpq, fmpz, fmpz_poly

from srtheory.theory.laws.coverage import count_classes
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
