"""When do rows span 1, given how many each worker has sent?  First moments over GF(2) (docs/spanning.md, 1).

The law of coverage given the counts is :func:`srtheory.theory.laws.coverage.coverage_given_counts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from flint import fmpq, fmpz, fmpz_poly

from srtheory.theory.blocks import block_ends
from srtheory.theory.laws.coverage import count_classes, coverage_given_counts
from srtheory.theory.numerics.rationals import as_fraction

Counts = Sequence[int] | npt.NDArray[np.integer]


def even_sets_given_counts(symbols: int, degree: int, counts: Counts, *, access: int | None = None) -> list[Fraction]:
    """A_0, A_1, ..., A_z: the expected numbers of sets of w silent workers' symbols that every row meets evenly.

    A_w = C(z, w) prod_{j not silent} E_{b_j}(w), E_b(w) being the probability that each of the b first blocks of a
    worker meets w given symbols of its pool in an even number of them.

    Parameters
    ----------
    symbols, degree, access
        m, d and k as in :func:`~srtheory.theory.blocks.block_ends`.
    counts : sequence of int, length m
        Rows n_j received from each worker, from 0 to the number it has; z of them are 0.

    Raises
    ------
    ArgumentError
        For an argument outside its range.

    Notes
    -----
    Exact.  O(z) products of as many big integers as there are different counts; about half a minute at m = 1000.
    """
    ends = block_ends(symbols, degree, access)
    silent, classes = count_classes(symbols, degree, counts, access)
    ways = {int(c): _even_ways(symbols, ends, int(np.searchsorted(ends, c))) for c in classes}
    moments = []
    for w in range(silent + 1):
        product = fmpz.bin_uiui(silent, w)
        for c, workers in classes.items():
            product *= ways[c][w] ** workers
        chance = fmpq(product, fmpz.bin_uiui(symbols - 1, w) ** sum(classes.values()))
        moments.append(as_fraction(chance))
    return moments


def _even_ways(symbols: int, ends: npt.NDArray[np.int64], blocks: int) -> fmpz_poly:
    """As the coefficient of y^w: in how many sets of w places of a worker's order its blocks meet evenly."""
    one, ways = fmpz_poly([1, 1]), fmpz_poly([1])
    for size in np.diff(ends[: blocks + 1]).tolist():
        ways *= fmpz_poly([0 if i % 2 else fmpz.bin_uiui(size, i) for i in range(size + 1)])
    return ways * one ** (symbols - 1 - int(ends[blocks]))


def spanning_given_counts(
    symbols: int, degree: int, counts: Counts, *, access: int | None = None
) -> tuple[Fraction, Fraction]:
    """P(the rows span 1 over Q) when worker j has sent ``counts[j]`` rows, as a proved interval of exact rationals.

    With n rows, W the uncovered symbols and U_w the expected number of w-sets of them,
    P(W empty) - sum_{w >= 3} (A_w - U_w) <= P <= P(W empty), and for n < m also
    P <= 2^{n-m+1} sum_{w even} A_w - 1.

    Arguments, errors and cost as :func:`even_sets_given_counts`.
    """
    covered = coverage_given_counts(symbols, degree, counts, access=access)
    even = even_sets_given_counts(symbols, degree, counts, access=access)
    missed = uncovered_sets_given_counts(symbols, degree, counts, access=access)
    low = max(covered - sum((a - u for a, u in zip(even[3:], missed[3:], strict=True)), Fraction(0)), Fraction(0))
    missing = symbols - int(np.sum(counts))
    if missing <= 0:
        return low, covered
    early = Fraction(1, 2 ** (missing - 1)) * sum(even[::2], Fraction(0)) - 1
    return min(low, early), min(covered, early)


def uncovered_sets_given_counts(
    symbols: int, degree: int, counts: Counts, *, access: int | None = None
) -> list[Fraction]:
    """U_0, U_1, ..., U_z: the expected numbers of sets of w symbols that no row meets.

    Arguments and errors as :func:`even_sets_given_counts`, without its products of polynomials.
    """
    silent, classes = count_classes(symbols, degree, counts, access)
    sets = []
    for w in range(silent + 1):
        product = fmpz.bin_uiui(silent, w)
        for c, workers in classes.items():
            product *= fmpz.bin_uiui(symbols - 1 - c, w) ** workers
        chance = fmpq(product, fmpz.bin_uiui(symbols - 1, w) ** sum(classes.values()))
        sets.append(as_fraction(chance))
    return sets
