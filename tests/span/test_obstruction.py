"""Obstructions: kernel vectors indeed, of the least support where that is claimed, and rightly named."""

from __future__ import annotations

from itertools import combinations

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.matrix import from_dense, from_sets
from srtheory.span import obstruction
from srtheory.span.field import parse_field
from tests.strategies import (
    EDGE_CASES,
    binary_rows,
    deficient_rows,
    degree_two_rows,
    integer_rows,
    luby_rows,
    sum_recovery_rows,
)

FIELDS = ["Q", "GF(2)", "GF(3)", "GF(5)", "GF(7)"]
ANY_ROWS = binary_rows() | integer_rows() | deficient_rows() | sum_recovery_rows() | luby_rows() | degree_two_rows()


def rank(columns, field):
    """Rank of a matrix given by its columns, for thousands of sets of them."""
    shape, entries = (len(columns), len(columns[0])), [x for column in columns for x in column]
    p = parse_field(field).characteristic
    return (flint.nmod_mat(*shape, entries, p) if p else flint.fmpz_mat(*shape, entries)).rank()


def subsets(columns):
    """The least first, but the empty one."""
    return (s for size in range(1, len(columns) + 1) for s in combinations(columns, size))


def least_unbalanced(rows, field):
    """Size of the least set of columns on which 1 is not spanned, which is the least unbalanced support; or None."""
    columns = rows.dense().T.tolist()
    both = zip(subsets(columns), subsets([[*column, 1] for column in columns]), strict=True)
    return next((len(s) for s, more in both if not s[0] or rank(s, field) < rank(more, field)), None)


def least_balanced(rows, field):
    """Size of the least dependent set of columns of the rows with 1 below them, or None."""
    below = [[*column, 1] for column in rows.dense().T.tolist()]
    return next((len(s) for s in subsets(below) if rank(s, field) < len(s)), None)


def assert_kernel_vector(found, rows, field):
    """The equations, by the dense matrix and Python's integers."""
    p = parse_field(field).characteristic
    weights = np.array(found.weights, dtype=object)
    products = rows.dense().astype(object)[:, list(found.support)] @ weights
    assert not np.any(products % p if p else products)
    assert all(weight % p if p else weight for weight in found.weights)
    assert found.balanced == ((weights.sum() % p if p else weights.sum()) == 0)
    assert found.support == tuple(sorted(set(found.support)))


@pytest.mark.parametrize("work", [obstruction.WORK, -1])
@given(ANY_ROWS, st.sampled_from(FIELDS))
@settings(max_examples=60)
def test_vectors_are_of_least_support_where_that_is_claimed(work, rows, field):
    """Always where it may be searched for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(obstruction, "WORK", work)
        unbalanced = obstruction.obstruction(rows, field=field)
        balanced = obstruction.balanced_vector(rows, field=field)
    for found, least in ((unbalanced, least_unbalanced), (balanced, least_balanced)):
        size = least(rows, field)
        assert (found is None) == (size is None)
        if found is not None:
            assert_kernel_vector(found, rows, field)
            assert found.balanced == (least is least_balanced)
            assert found.minimal or work < 0
            assert len(found.support) == size or not found.minimal


CYCLE = [[0, 1], [1, 2], [2, 3], [3, 0]]  # one balanced vector, of four columns


@pytest.mark.parametrize(
    ("rows", "search", "size", "minimal"),
    [
        (from_sets(5, [[0, 1], [0, 2], [0, 3], [4]]), obstruction.obstruction, 4, True),
        (from_sets(5, [[0, 1], [0, 2], [0, 3], [0, 4]]), obstruction.obstruction, 5, False),
        (from_dense([[1, 2, 0], [0, 1, 2]]), obstruction.obstruction, 3, True),
        (from_dense([[1, 2, 0, 0], [0, 1, 2, 0], [0, 0, 1, 2]]), obstruction.obstruction, 4, False),
        (from_sets(4, CYCLE), obstruction.balanced_vector, 4, True),
        (from_sets(6, [[i, (i + 1) % 6] for i in range(6)]), obstruction.balanced_vector, 6, False),
        (from_dense([[1, 2, 3]]), obstruction.balanced_vector, 3, True),
        (from_dense([[1, 1, 3, 0], [0, 1, 0, 1], [2, 0, 0, 1]]), obstruction.balanced_vector, 4, False),
    ],
)
def test_without_leave_to_search_the_least_size_that_is_left_is_minimal(monkeypatch, rows, search, size, minimal):
    """Supports below 4 are excluded beforehand for 0/1 rows, below 3 for others; a larger one may not be the least."""
    monkeypatch.setattr(obstruction, "WORK", -1)
    found = search(rows)
    assert (len(found.support), found.minimal) == (size, minimal)


@pytest.mark.parametrize("sizes", [(5, 6), (6, 5)])
def test_one_component_that_is_not_searched_leaves_minimality_open(monkeypatch, sizes):
    """Two stars, in either order: with so little work only the smaller one may be searched."""
    first, second = sizes
    sets = [[0, j] for j in range(1, first)] + [[first, j] for j in range(first + 1, first + second)]
    for work, minimal in ((5, False), (6, True)):
        monkeypatch.setattr(obstruction, "WORK", work)
        found = obstruction.obstruction(from_sets(first + second, sets))
        assert (len(found.support), found.minimal) == (5, minimal)


def test_a_component_without_a_kernel_leaves_the_smallest_of_another_the_smallest():
    """The graph of two vertices joined to three others, beside a triangle, which is invertible over Q."""
    edges = [[i, j] for i in (0, 1) for j in (2, 3, 4)]
    found = obstruction.obstruction(from_sets(8, [*edges, [5, 6], [6, 7], [5, 7]]))
    assert (found.support, found.weights, found.minimal) == ((0, 1, 2, 3, 4), (1, 1, -1, -1, -1), True)


ALL_FIVE = [[0, 1, 2], [2, 3, 4], [4, 0, 3], [1, 2, 4], [0, 1, 3]]
ALL_BUT_ONE = [[0, 1, 2], [0, 2, 3], [0, 1, 3], [1, 2, 3], [4]]


@pytest.mark.parametrize(
    ("rows", "field", "name", "support", "weights"),
    [
        (from_sets(3, [[0, 1]]), "Q", "uncovered symbol", (2,), (1,)),
        (from_dense([[2, 3], [4, 6]]), "Q", "unbalanced pair", (0, 1), (3, -2)),
        (from_dense([[3, 2], [6, 4]]), "Q", "unbalanced pair", (0, 1), (2, -3)),
        (from_sets(3, [[0, 1], [0, 2]]), "Q", "unbalanced triple", (0, 1, 2), (1, -1, -1)),
        (from_sets(3, [[0, 1], [0, 2]]), "GF(5)", "unbalanced triple", (0, 1, 2), (1, 4, 4)),
        (from_sets(3, [[0, 1], [1, 2], [0, 2]]), "GF(2)", "unbalanced triple", (0, 1, 2), (1, 1, 1)),
        (from_dense([[1, -1, 0], [1, 0, 1]]), "Q", "unbalanced triple", (0, 1, 2), (1, 1, -1)),
        (from_dense([[1, 2, 0], [0, 1, 2]]), "Q", "unbalanced triple", (0, 1, 2), (4, -2, 1)),
        (from_sets(4, [[0, 1], [0, 2], [0, 3]]), "Q", "unbalanced component", (0, 1, 2, 3), (1, -1, -1, -1)),
        (from_sets(5, [[0, 1], [0, 2], [0, 3], [4]]), "Q", "unbalanced component", (0, 1, 2, 3), (1, -1, -1, -1)),
        (from_sets(5, ALL_BUT_ONE), "GF(3)", "unbalanced component", (0, 1, 2, 3), (1,) * 4),
        (from_sets(5, [[0, 1], [0, 2], [0, 3, 4], [4]]), "Q", "unbalanced vector", (0, 1, 2, 3), (1, -1, -1, -1)),
        (from_sets(5, ALL_FIVE), "GF(3)", "constant vector", (0, 1, 2, 3, 4), (1,) * 5),
        (from_dense([[1, 2, 3]]), "Q", "balanced vector", (0, 1, 2), (1, -2, 1)),
        (from_sets(4, CYCLE), "Q", "balanced vector", (0, 1, 2, 3), (1, -1, 1, -1)),
        (from_sets(4, CYCLE), "GF(2)", "constant vector", (0, 1, 2, 3), (1, 1, 1, 1)),
        (from_sets(3, [[0, 1], [2], [0, 1, 2]]), "Q", "identical columns", (0, 1), (1, -1)),
        (from_sets(3, [[0, 1], [2], [0, 1, 2]]), "GF(3)", "identical columns", (0, 1), (1, 2)),
    ],
)
def test_names_by_hand(rows, field, name, support, weights):
    search = obstruction.obstruction
    if name in ("balanced vector", "identical columns") or (name, field) == ("constant vector", "GF(2)"):
        search = obstruction.balanced_vector
    found = search(rows, field=field)
    assert (found.name, found.support, found.weights, found.minimal) == (name, support, weights, True)


def test_two_uncovered_symbols_are_both_kinds():
    rows = EDGE_CASES["no rows"]
    assert obstruction.obstruction(rows).name == "uncovered symbol"
    assert obstruction.balanced_vector(rows).name == "identical columns"


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_obstruction_is_found_among_many_columns(seed):
    """Four columns of 80 whose dependency the other rows cannot see; the rest has full rank."""
    rng = np.random.default_rng(seed)
    m, special = 80, sorted(rng.choice(80, 4, replace=False).tolist())
    dense = (rng.random((120, m)) < 0.06).astype(np.int64)
    dense[:, special] = 0
    dense[: 3 * 20, special] = np.repeat([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]], 20, axis=0)
    found = obstruction.obstruction(from_dense(dense))
    assert (found.support, found.weights, found.minimal) == (tuple(special), (1, -1, -1, -1), True)


@pytest.mark.quality
def test_a_support_that_is_not_the_least_is_seen(monkeypatch):
    """A search that takes the widest basis vector for the best is caught by the count over all column sets."""
    monkeypatch.setattr(obstruction, "crossings", lambda basis, points, p: sorted(basis, key=np.count_nonzero)[-1:])
    rows = from_sets(7, [[1, 4, 5, 6], [1, 2, 5], [2, 5, 6], [0, 3, 5, 6], [3, 4, 6]])
    wide = obstruction.obstruction(rows)
    assert_kernel_vector(wide, rows, "Q")
    assert len(wide.support) > least_unbalanced(rows, "Q")
