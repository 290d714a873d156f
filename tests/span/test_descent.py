"""Restriction of scalars by hand, and the fields that are tabulated."""

from __future__ import annotations

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.span.descent import descended, descended_rows, finite


def test_elements_by_hand():
    """Modulo 2, x^2 = x + 1. Modulo 3 the Conway polynomial is x^2 + 2x + 2, so that x^2 = x + 1 as well."""
    # x times 1 and x, and 1 + x times these.
    assert descended(np.array([[2]]), "GF(4)").tolist() == [[0, 1], [1, 1]]
    assert descended(np.array([[3]]), "GF(4)").tolist() == [[1, 1], [1, 0]]
    # 2 + x, since 5 = 2 + 1·3; times x it is x^2 + 2x = 3x + 1.
    assert descended(np.array([[5]]), "GF(9)").tolist() == [[2, 1], [1, 0]]
    matrix = np.array([[1, 5, 0], [3, 8, 2]])
    expected = [
        [1, 0, 2, 1, 0, 0],
        [0, 1, 1, 0, 0, 0],
        [0, 1, 2, 2, 2, 0],  # x, 2 + 2x, 2
        [1, 1, 2, 1, 0, 2],  # x^2 = 1 + x, 2x + 2x^2 = 2 + 4x, 2x
    ]
    assert descended(matrix, "GF(9)").tolist() == expected
    rows = descended_rows(matrix, "GF(9)")
    assert (rows.columns, rows.dense().tolist()) == (6, expected)


def test_the_largest_field_that_is_tabulated():
    assert str(finite("GF(101)")) == "GF(101)"
    for field in ("GF(103)", "GF(121)", "Q"):
        with pytest.raises(ArgumentError, match=r"a prime power q of at most 101, not '?(GF\(1.[13]|Q)"):
            finite(field)


@pytest.mark.parametrize(("matrix", "named"), [([[1, 3], [4, 5]], 4), ([[1, 3], [-1, 5]], -1)])
def test_entries_that_are_no_elements_are_refused(matrix, named):
    with pytest.raises(ArgumentError, match=rf"an element of GF\(4\).*, not {named}\.$"):
        descended(np.array(matrix), "GF(4)")
    assert descended(np.array([[0, 3]]), "GF(4)").shape == (2, 4)
