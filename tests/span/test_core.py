"""The sparse triangle: what it promises, on random and on degenerate matrices."""

import numpy as np
import pytest

from srtheory.rows import from_dense, from_sets
from srtheory.span.core import Triangle, transpose, triangulate, without_last
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


@pytest.mark.parametrize("seed", range(200))
def test_promises_on_random_matrices(seed):
    rows = brute.sparse(np.random.default_rng(seed))
    check(rows, triangulate(rows.indptr, rows.indices, rows.columns))


@pytest.mark.parametrize(
    "rows",
    [
        from_sets(0, []),
        from_sets(0, [[], []]),
        from_sets(3, []),
        from_sets(3, [[], [0, 1, 2], []]),
        from_sets(4, [[0, 1, 2, 3]] * 5),
        from_dense(np.ones((40, 40), dtype=int)),
        brute.sum_recovery(300, 8, 1),
    ],
)
def test_promises_on_particular_matrices(rows):
    check(rows, triangulate(rows.indptr, rows.indices, rows.columns))


@pytest.mark.parametrize("seed", range(6))
def test_the_rarest_column_of_a_row_is_its_pivot(seed):
    """Of its active columns, the first of those in the fewest rows without a pivot; the others are set aside."""
    rng = np.random.default_rng(seed)
    rows = from_dense((rng.random((14, 12)) < 0.4).astype(np.int64))
    triangle = triangulate(rows.indptr, rows.indices, 12)
    active, unused, aside = set(range(12)), set(range(14)), []
    for t, i in enumerate(triangle.pivot_rows.tolist()):
        own = [c for c in rows.row(i).tolist() if c in active]
        met = [sum(c in rows.row(k).tolist() for k in unused) for c in own]
        kept = own[met.index(min(met))]
        assert triangle.pivot_columns[t] == kept
        aside += [c for c in own if c != kept]
        assert triangle.widths[t] == len(aside)
        active -= set(own)
        unused.remove(i)
    assert triangle.inactive.tolist() == [*aside, *sorted(active)]


def test_a_last_row_that_was_a_pivot_leaves_its_column_to_the_core():
    """Row 2 holds the second of three pivots: its column comes after the first inactive one, which it depends on."""
    arrays = [[0, 2, 1], [3, 4, 1], [1, 1, 2], [0, 2], [], [-1, 2, -2, 0, 1]]
    found = without_last(Triangle(*(np.array(array, np.int32) for array in arrays)))
    assert found.pivot_rows.tolist() == [0, 1]
    assert found.pivot_columns.tolist() == [3, 1]
    assert found.widths.tolist() == [1, 3]
    assert found.inactive.tolist() == [0, 4, 2]
    assert found.core_rows.tolist() == []
    assert found.place.tolist() == [-1, 1, -3, 0, -2]


@pytest.mark.parametrize("seed", range(100))
def test_a_triangle_without_the_last_row(seed):
    rows = brute.sparse(np.random.default_rng(seed)) if seed % 3 else brute.sum_recovery(60, 5, seed).prefix(60)
    if len(rows):
        check(rows.prefix(len(rows) - 1), without_last(triangulate(rows.indptr, rows.indices, rows.columns)))


def test_core_of_a_reception_is_about_a_third():
    rows = brute.sum_recovery(1000, 10, 3).prefix(999)
    assert 300 < len(triangulate(rows.indptr, rows.indices, 1000).inactive) < 400


def test_transpose():
    rows = from_sets(4, [[3, 0], [], [0, 1]])
    starts, owners, places = transpose(rows.indptr, rows.indices, 4)
    assert starts.tolist() == [0, 2, 3, 3, 4]
    assert owners.tolist() == [0, 2, 2, 0]
    assert rows.indices[places].tolist() == [0, 0, 1, 3]


@pytest.mark.quality
@pytest.mark.parametrize("field", ["pivot_rows", "pivot_columns", "inactive", "place", "widths"])
def test_a_wrong_triangle_is_caught(field):
    rows = brute.sum_recovery(40, 4, 0)
    triangle = triangulate(rows.indptr, rows.indices, 40)
    parts = {name: getattr(triangle, name) for name in Triangle.__dataclass_fields__}
    parts[field] = parts[field][::-1]
    with pytest.raises(AssertionError):
        check(rows, Triangle(**parts))
