"""Rows from a caller's arrays, and the matrices that are made of them, entry by entry."""

from __future__ import annotations

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.rows import Rows, from_dense, from_sets
from srtheory.span.arrays import checked_rows, repeated_index, residues, restrict, transposed, without_empty

WEIGHTED = [[0, 7, 0, -3], [0, 0, 0, 0], [2, 0, 0, 5]]


def test_residues_are_the_least_in_size():
    rows = from_dense([[-3, -2, 2, 3, 7, 5, 1]])
    assert residues(rows, 5).mappings() == [{0: 2, 1: -2, 2: 2, 3: -2, 4: 2, 6: 1}]
    assert residues(rows, 2).mappings() == [{0: 1, 3: 1, 4: 1, 5: 1, 6: 1}]
    plain = from_sets(2, [[0, 1]])
    assert residues(plain, 2) is plain


@pytest.mark.parametrize(
    ("sets", "columns", "left", "shape"),
    [
        ([[0, 3], [], [3]], 4, [[0, 1], [1]], 2),
        ([[0, 1], [], [1]], 2, [[0, 1], [1]], 2),
        ([[2], [0]], 3, [[1], [0]], 2),
        ([[1], [0]], 2, [[1], [0]], 2),
        ([[], []], 3, [], 0),
    ],
)
def test_rows_and_columns_of_zeros_are_left_out(sets, columns, left, shape):
    rows = without_empty(from_sets(columns, sets))
    assert (rows.columns, [list(row) for row in rows.mappings()]) == (shape, left)


def test_weights_stay_with_their_entries():
    rows = from_dense(WEIGHTED)
    assert without_empty(rows).dense().tolist() == [[0, 7, -3], [2, 0, 5]]
    assert transposed(rows).dense().tolist() == [list(column) for column in zip(*WEIGHTED, strict=True)]
    assert restrict(rows, [0, 2], [1, 3]).dense().tolist() == [[7, -3], [0, 5]]
    assert restrict(rows, [1, 2], [0, 2]).dense().tolist() == [[0, 0], [2, 0]]
    assert restrict(from_sets(3, [[0, 2], [1]]), [0], [0, 1]).dense().tolist() == [[1, 0]]


def test_a_column_that_a_row_has_twice_is_named():
    bounds, places = np.array([0, 2, 4]), np.array([0, 1, 1, 1], np.int32)
    assert repeated_index(bounds, places, 2) == 1
    assert repeated_index(bounds, np.array([0, 1, 1, 0], np.int32), 2) == -1
    assert repeated_index(bounds, np.array([0, 0, 1, 0], np.int32), 2) == 0
    for twice in (0, 1):
        with pytest.raises(ArgumentError, match=f"columns of which no row names one twice, not {twice}"):
            checked_rows(bounds, np.array([0, 1, twice, twice], np.int32), 2)


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        (([0, 1], [3], 3), r"'indices' must be columns from 0 to 2, not \[3, 3\]"),
        (([0, 2], [-1, 2], 3), r"'indices' must be columns from 0 to 2, not \[-1, 2\]"),
        (([1, 1], [0], 3), r"'indptr' must be a sequence that never falls, from 0 to 1, not \[1, 1\]"),
        (([0, 1, 3, 2, 4, 7, 9, 9], [0], 3), r"from 0 to 1, not \[0, 1, 3, 2, 4\]\.$"),
        (([0, 1], [0], 2**31), "'columns' must be an integer from 0 to 2147483647"),
        (([0, 1], np.array([0], np.uint64), 1), "'indices' must be a one-dimensional array of integers below"),
        (([0, 1], [0], 1, [[1]]), "'values' must be a one-dimensional"),
        (([0, 1], [0], 1, [1, 2]), "'values' must be 1 weights, one for each of 'indices', not '2 weights'"),
    ],
)
def test_what_is_refused_is_named(arrays, says):
    with pytest.raises(ArgumentError, match=says):
        checked_rows(*arrays)


def test_what_is_just_within_the_limits_is_taken():
    assert checked_rows([0, 0, 1, 1], [2], 3).mappings() == [{}, {2: 1}, {}]
    assert checked_rows([0], [], 0).mappings() == []
    taken = checked_rows(np.array([0, 1], np.uint8), np.array([0], np.uint32), 1, np.array([-5], np.int8))
    assert (taken.mappings(), taken.values.dtype) == ([{0: -5}], np.int64)
    assert isinstance(taken, Rows)
