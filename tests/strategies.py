"""Hypothesis strategies for rows: small and rank-deficient ones above all, since that is where engines go wrong.

What a user's tests need too is in :mod:`srtheory.conjectures.strategies`.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from srtheory.conjectures import strategies
from srtheory.matrix import Rows, from_dense, from_sets


def with_weights(rows: Rows, weights) -> Rows:
    """The same places with other weights; where they are 0 the places drop out."""
    return Rows(rows.columns, rows.indptr, rows.indices, np.asarray(weights, dtype=np.int64))


def sum_recovery_rows(max_columns=7):
    """A reception of a sum-recovery code: rows of each worker in its own order, workers interleaved."""
    return strategies.receptions(max_symbols=max_columns).map(lambda reception: reception.rows)


def luby_rows(max_columns=7):
    """Rows as an LT code sends them: independent, degrees mostly low, now and then a large one."""
    return strategies.luby_rows(max_symbols=max_columns)


@st.composite
def degree_two_rows(draw, max_columns=9):
    """Rows of at most two ones: a graph with loops, repeated edges and isolated vertices, and empty rows."""
    m = draw(st.integers(1, max_columns))
    row = st.lists(st.integers(0, m - 1), max_size=2, unique=True)
    return from_sets(m, draw(st.lists(row, max_size=2 * m)))


@st.composite
def binary_rows(draw, max_columns=7):
    """Arbitrary 0/1 rows, no columns and no rows included."""
    m = draw(st.integers(0, max_columns))
    row = st.lists(st.integers(0, m - 1), unique=True) if m else st.just([])
    return from_sets(m, draw(st.lists(row, max_size=m + 3)))


@st.composite
def integer_rows(draw, max_columns=6, bound=3):
    """Arbitrary integer rows."""
    rows = draw(binary_rows(max_columns))
    nnz = len(rows.indices)
    return with_weights(rows, draw(st.lists(st.integers(-bound, bound), min_size=nnz, max_size=nnz)))


@st.composite
def deficient_rows(draw, max_columns=5):
    """Rows whose columns and rows are copies of fewer: the rank is short, yet 1 may well be spanned."""
    small = draw(binary_rows(max_columns) | sum_recovery_rows(max_columns) | integer_rows(max_columns)).dense()
    n, m = small.shape
    column_copies = draw(st.lists(st.integers(0, m - 1), min_size=m, max_size=2 * m)) if m else []
    row_copies = draw(st.lists(st.integers(0, n - 1), max_size=2 * n)) if n else []
    return from_dense(small[row_copies][:, column_copies])


def complete_worker(m: int, degree: int) -> Rows:
    """Everything that worker 0 sends, its blocks in natural order."""
    return from_sets(m, [[0], *(list(range(at, min(at + degree, m))) for at in range(1, m, degree))])


def systematic_rows(m: int) -> Rows:
    """Each symbol by itself."""
    return from_sets(m, [[j] for j in range(m)])


EDGE_CASES = {
    "no columns, no rows": from_sets(0, []),
    "no columns, empty rows": from_sets(0, [[], []]),
    "one column, no rows": from_sets(1, []),
    "one column": from_sets(1, [[], [0], [0]]),
    "no rows": from_sets(5, []),
    "empty rows only": from_sets(3, [[], [], []]),
    "equal rows, full": from_sets(4, [[0, 1, 2, 3]] * 3),
    "equal rows, short": from_sets(4, [[0, 1, 2]] * 3),
    "complete worker": complete_worker(11, 3),
    "complete worker of one block": complete_worker(4, 3),
    "all systematic": systematic_rows(6),
    "all systematic but one": systematic_rows(6).prefix(5),
    "the paper's example": from_sets(2, [[0], [0, 1]]),
    "star": from_sets(4, [[0, 1], [0, 2], [0, 3]]),
    "triangle": from_sets(3, [[0, 1], [1, 2], [0, 2]]),
    "weights that cancel": from_dense([[2, 0], [0, 3], [5, 5]]),
    "weights even": from_dense([[2, 2], [4, 2]]),
    "weight zero": with_weights(from_sets(2, [[0, 1], [1]]), [1, 0, 1]),
    "negative weights": from_dense([[1, -1, 0], [0, 1, -1], [1, 0, 0]]),
}


def mappings(rows: Rows) -> list[dict[int, int]]:
    """Each row as a mapping from column to weight, which is what the certificate checker takes."""
    weights = [1] * len(rows.indices) if rows.values is None else rows.values.tolist()
    return [
        dict(zip(rows.indices[low:high].tolist(), weights[low:high], strict=True))
        for low, high in pairwise(rows.indptr.tolist())
    ]
