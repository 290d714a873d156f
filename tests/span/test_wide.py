"""Least prefixes modulo primes beyond floating point: by hand, and the largest matrices that are taken."""

from __future__ import annotations

import pytest

from srtheory.errors import ArgumentError
from srtheory.rows import from_dense, from_sets
from srtheory.span.dense import wide

PRIME = 2**61 - 1


@pytest.mark.parametrize("covered", [None, 3, 4])
def test_ranks_and_prefixes_by_hand(covered):
    """Rows 0 to 2 cover the columns and rows 0, 2 and 3 span 1; the last is independent of all before it."""
    rows = from_dense([[1, 0, 1, 0, 0], [2, 0, 2, 0, 0], [0, 1, 0, 2, 2], [0, 0, 0, 1, 1], [0, 0, 0, 0, 1]])
    assert wide.least_prefix(rows, PRIME, covered) == (4, 3)
    assert wide.least_prefix(rows.prefix(3), PRIME, covered) == (None, 2)
    assert [wide.rank(rows.prefix(k), PRIME) for k in range(6)] == [0, 1, 1, 2, 3, 4]


def test_a_span_after_many_rows_is_found():
    """Seven equal rows cover the three columns, and the eighth, taken from one of them, leaves 1."""
    assert wide.least_prefix(from_dense([[1, 2, 3]] * 7 + [[0, 1, 2]]), PRIME, 1) == (8, 2)


def test_the_largest_matrix(monkeypatch):
    assert wide.MAX_ENTRIES == 16_777_216
    monkeypatch.setattr(wide, "MAX_ENTRIES", 6)
    assert wide.rank(from_sets(3, [[0], [1]]), PRIME) == 2
    assert wide.rank(from_sets(2, [[0], [1], [0, 1]]), PRIME) == 2
    for rows in (from_sets(7, [[0]]), from_sets(1, [[0]] * 7)):
        with pytest.raises(ArgumentError) as refusal:
            wide.rank(rows, PRIME)
        assert refusal.value.name == "field"
        assert refusal.value.value == f"characteristic {PRIME}"
        assert "where rows times columns are more than 6" in str(refusal.value)
