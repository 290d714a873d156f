"""What recovering the sum takes: operations on the values of the received rows, and on coefficients beforehand.

A value may be a number or a vector of D numbers; operations on values then cost D each, while coefficients are found
once for all of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from srtheory.rows import Rows
from srtheory.span.arrays import without_empty
from srtheory.span.core import triangulate


@dataclass(frozen=True)
class Cost:
    """Arithmetic operations of a decoder on one reception.

    Attributes
    ----------
    additions : int
        Additions and subtractions of two values.
    multiplications : int
        Multiplications and divisions of a value by a coefficient other than 1 and -1; by elimination, of which the
        coefficients are not known here, as many as there may be.
    solving : int
        Operations on coefficients before any value is looked at: a product that is added to a number counts once, and
        so does an addition or a division alone, however long the numbers are.
    """

    additions: int
    multiplications: int
    solving: int


def sum_of(count: int) -> Cost:
    """What adding up ``count`` values takes."""
    return Cost(max(count - 1, 0), 0, 0)


def elimination(rows: Rows, rank: int) -> Cost:
    """What it takes to solve v G = 1 for the coefficients v of rows that span 1, and then to add up v y.

    Counted by formula, for elimination by way of :mod:`srtheory.span.core`: s pivots in a triangle, and a dense core of
    c columns and h rows, r of them independent.

    - Pivots are taken out of rows, and out of 1: for each entry of a pivot's column, an operation for each column of
      the core that this pivot depends on.
    - The core's c equations are eliminated, the sum over i < r of (c - 1 - i) (h - i + 1), and solved, r (r + 1) / 2.
    - The coefficients of the pivots' rows: one for each further entry of the pivots' columns.
    - Where a pivot's weight is neither 1 nor -1, a division for each column that it depends on, and one more.
    - Of the coefficients s + r, the rank, may be other than 0: so many multiplications of values, one addition less.

    Parameters
    ----------
    rows : Rows
        n rows that span 1; empty ones count for nothing.
    rank : int
        Their rank over the field of the coefficients.

    Notes
    -----
    O(nnz) time: nothing is eliminated.
    """
    met = without_empty(rows)
    triangle = triangulate(met.indptr, met.indices, met.columns)
    place, widths = triangle.place[met.indices], triangle.widths.astype(np.int64)
    peeled, pivots = place[place >= 0], len(widths)
    height, width, r = len(met) - pivots, len(triangle.inactive), rank - pivots
    i = np.arange(r)
    dense = int(((width - 1 - i) * (height - i + 1)).sum()) + r * (r + 1) // 2
    solving = int(widths[peeled].sum()) + dense + len(peeled) - pivots
    if met.values is not None:
        scaled = (place >= 0) & (np.abs(met.values) != 1)
        row_of = np.repeat(np.arange(len(met)), np.diff(met.indptr))
        own = place[scaled][triangle.pivot_rows[place[scaled]] == row_of[scaled]]
        solving += int(widths[own].sum()) + len(own)
    return Cost(max(rank - 1, 0), rank, solving)
