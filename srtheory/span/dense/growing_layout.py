"""Data layout shared by the modules that keep and compute :mod:`srtheory.span.dense.growing_form`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy.typing as npt

from srtheory.span.core import Int32, Int64
from srtheory.span.dense.elimination import LANE, Floats

TOGETHER = 8
"""Number of rows that are reduced at a time if more than one waits."""
ONES, NEW = LANE, LANE + 1
"""First indices among the floating-point rows: waiting steps come first, followed by 1 and the new rows."""
SPANS, DEPENDENT = 1, 2
"""Results of checking new rows: 1 is spanned, or one of them depends on the rows before."""
TAKEN, RANK, SETTLED, SPANNED, COUNTERS = range(5)
"""The counters of :class:`Steps`, and how many there are: rows taken, those of the first that are no pivot's before the
later ones; steps; steps in groups; rows taken when 1 was first spanned, or -1."""


class Entries(NamedTuple):
    """A row: entries ``begin`` to ``end`` of the entries of all rows; ``values`` is absent if all are 1."""

    indices: Int32
    values: Int64
    begin: int
    end: int


class Known(NamedTuple):
    """Columns in terms of inactive columns, from the triangle, and memory for a row written in these terms.

    Attributes
    ----------
    place : int32 array, shape (m,)
        That of the :class:`~srtheory.span.core.Triangle`.
    pivots : array
        The triangle's pivots in terms of inactive columns, which are filled up to whole blocks; below them are ``LANE``
        rows, for new ones where bytes are multiplied.
    sums : array
        Room for the row.
    sources, factors : arrays
        Memory for its terms, at most as many as columns: their positions, and their factors.
    numbers : array of floats
        The field's constants, then its inverses.
    terms, weighted_terms : int
        Number of residues, times 1 or any other, that are added before a reduction.
    """

    place: Int32
    pivots: npt.NDArray[Any]
    sums: npt.NDArray[Any]
    sources: Int64
    factors: npt.NDArray[Any]
    numbers: Floats
    terms: int
    weighted_terms: int


class Steps(NamedTuple):
    """Steps of the echelon form.

    Attributes
    ----------
    counters : int64 array
        Arrays that change with every row.
    leads : int64 array
        For each group of ``LANE`` steps, the first column that is not a pivot of an earlier group.
    pivots : int64 array
        The columns of all steps' pivots.
    rows : array of floats, shape (NEW + TOGETHER, columns)
        Waiting steps, 1 and new rows.
    numbers : array of floats
        The field's constants, then its inverses.
    """

    counters: Int64
    leads: Int64
    pivots: Int64
    rows: Floats
    numbers: Floats
