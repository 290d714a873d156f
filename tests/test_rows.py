"""Rows in compressed form against plain nested lists, and what their readers refuse."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.errors import ArgumentError
from srtheory.rows import check_support, from_dense, from_mappings, from_sets


@st.composite
def sets(draw):
    m = draw(st.integers(0, 6))
    row = st.lists(st.integers(0, m - 1), unique=True) if m else st.just([])
    return m, draw(st.lists(row, max_size=6))


matrices = st.tuples(st.integers(0, 5), st.integers(0, 5)).flatmap(
    lambda shape: st.lists(st.integers(-2, 2), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]).map(
        lambda entries: np.array(entries, dtype=np.int64).reshape(shape)
    )
)


@given(sets())
def test_sets_come_back_in_their_order(given_sets):
    m, supports = given_sets
    rows = from_sets(m, supports)
    assert [rows.row(i).tolist() for i in range(len(rows))] == supports
    assert (len(rows), rows.columns, rows.values) == (len(supports), m, None)
    assert rows.dense().tolist() == [[int(c in s) for c in range(m)] for s in supports]


@given(matrices)
def test_dense_matrices_come_back(matrix):
    rows = from_dense(matrix)
    assert rows.dense().shape == matrix.shape
    np.testing.assert_array_equal(rows.dense(), matrix)
    assert len(rows.indices) == np.count_nonzero(matrix)
    assert (rows.values is None) == bool((matrix[matrix != 0] == 1).all())


@given(matrices, st.data())
def test_prefixes_are_the_first_rows(matrix, data):
    rows = from_dense(matrix)
    k = data.draw(st.integers(0, len(rows)))
    first = rows.prefix(k)
    assert len(first) == k
    np.testing.assert_array_equal(first.dense(), matrix[:k])
    assert np.shares_memory(first.indices, rows.indices) or len(first.indices) == 0


@given(sets(), st.data())
def test_prefixes_of_sets_keep_their_form(given_sets, data):
    rows = from_sets(*given_sets)
    k = data.draw(st.integers(0, len(rows)))
    assert rows.prefix(k).values is None
    assert [rows.prefix(k).row(i).tolist() for i in range(k)] == given_sets[1][:k]


def test_types_are_those_that_the_kernels_take():
    for rows in (from_sets(3, [[0, 2]]), from_sets(0, []), from_dense([[1, 0, 2]]), from_dense(np.eye(2, dtype=bool))):
        assert (rows.indptr.dtype, rows.indices.dtype) == (np.int64, np.int32)
        assert rows.values is None or rows.values.dtype == np.int64


def test_rows_are_frozen():
    with pytest.raises(FrozenInstanceError):
        from_sets(1, []).columns = 2


@pytest.mark.parametrize(
    ("columns", "supports", "value"),
    [
        (3, [[0], [3]], 3),
        (3, [[-1]], -1),
        (0, [[0]], 0),
        (3, [[0, 1, 0]], 0),
        (3, [[1.0]], 1.0),
        (3, [["1"]], "1"),
        (3, [[True]], True),
        (3, [[None]], None),
    ],
)
def test_supports_that_are_refused(columns, supports, value):
    with pytest.raises(ArgumentError) as refusal:
        from_sets(columns, supports)
    assert refusal.value.name == f"rows[{len(supports) - 1}]"
    assert refusal.value.value == value


@pytest.mark.parametrize("columns", [-1, 2.0, "3", None, True])
def test_columns_that_are_refused(columns):
    with pytest.raises(ArgumentError, match="columns"):
        from_sets(columns, [])


@pytest.mark.parametrize("matrix", [[[0.5]], [[1.0]], [1, 0], [[[1]]], [["1"]], 3])
def test_matrices_that_are_refused(matrix):
    with pytest.raises(ArgumentError, match="matrix"):
        from_dense(matrix)


def test_numpy_integers_are_whole_numbers():
    check_support(np.array([0, 2], dtype=np.int32), 3, 0)
    assert from_sets(np.int64(3), [np.array([2, 0])]).row(0).tolist() == [2, 0]


def test_rows_from_mappings():
    mixed = from_mappings(3, [[0, 2], {1: -2, 0: 5}, {2: 1}])
    assert mixed.mappings() == [{0: 1, 2: 1}, {1: -2, 0: 5}, {2: 1}]
    assert from_mappings(3, [{0: 1}, [1]]).values is None
    assert len(from_mappings(2, [])) == 0


@pytest.mark.parametrize("row", [{0: 0}, {0: 1.5}, {0: 2**63}, {0: "1"}, {3: 1}, {0: None}])
def test_weights_that_are_none_are_refused(row):
    with pytest.raises(ArgumentError):
        from_mappings(3, [row])
