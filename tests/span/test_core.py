"""The sparse triangle: what it promises, on matrices of every kind and on degenerate ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.rows import from_dense, from_sets
from srtheory.span.sparse import Triangle, triangulate, without_last
from tests.contracts.fields import KINDS, of_kind, rows_of
from tests.span import brute


def check(rows, triangle):
    """Every promise of :class:`Triangle`."""
    n, m, s = len(rows), rows.columns, len(triangle.pivot_rows)
    assert sorted([*triangle.pivot_rows, *triangle.core_rows]) == list(range(n))
    assert sorted([*triangle.pivot_columns, *triangle.inactive]) == list(range(m))
    assert (triangle.place[triangle.pivot_columns] == np.arange(s)).all()
    assert (triangle.place[triangle.inactive] == -1 - np.arange(m - s)).all()
    assert (np.diff(triangle.widths) >= 0).all()
    for t, i in enumerate(triangle.pivot_rows):
        places = triangle.place[rows.row(i)]
        assert places.max(initial=-1) == t
        assert (-places).max() <= triangle.widths[t]


def check_both(rows):
    """The triangle, and the one without the last row."""
    triangle = triangulate(rows.indptr, rows.indices, rows.columns)
    check(rows, triangle)
    if len(rows):
        check(rows.prefix(len(rows) - 1), without_last(triangle))
    return triangle


@given(st.sampled_from(list(KINDS)), st.integers(0, 2**32))
def test_promises_on_any_matrices(kind, seed):
    check_both(rows_of(*of_kind(kind, seed, "Q")))


@pytest.mark.parametrize(
    "rows",
    [
        *(from_sets(m, sets) for m, sets in [(0, []), (0, [[], []]), (3, []), (3, [[], [0, 1, 2], []])]),
        from_sets(4, [[0, 1, 2, 3]] * 5),
        from_dense(np.ones((40, 40), dtype=int)),
        brute.sum_recovery(60, 5, 2).prefix(60),
    ],
)
def test_promises_on_particular_matrices(rows):
    check_both(rows)


def test_the_core_of_a_reception_is_about_a_third():
    assert 300 < len(check_both(brute.sum_recovery(1000, 10, 3).prefix(999)).inactive) < 400


@pytest.mark.quality
@pytest.mark.parametrize("field", ["pivot_rows", "pivot_columns", "inactive", "place", "widths"])
def test_a_wrong_triangle_is_caught(field):
    rows = brute.sum_recovery(40, 4, 0)
    triangle = triangulate(rows.indptr, rows.indices, 40)
    parts = {name: getattr(triangle, name) for name in Triangle.__dataclass_fields__}
    parts[field] = parts[field][::-1]
    with pytest.raises(AssertionError):
        check(rows, Triangle(**parts))
