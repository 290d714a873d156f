"""Restriction of scalars by hand, and the fields that are tabulated."""

from __future__ import annotations

import galois
import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.span import descent
from srtheory.span.descent import descended, descended_rows, finite, products


def times(p, a, b):
    """Return the product of a_0 + a_1 p and b_0 + b_1 p in GF(p^2), p = 2 or 3, where x^2 = x + 1."""
    square = a // p * (b // p)
    return (a % p * (b % p) + square) % p + (a % p * (b // p) + a // p * (b % p) + square) % p * p


@pytest.fixture
def tables(monkeypatch):
    """Tables of products by hand, since galois compiles for seconds before it makes its own."""
    made = {q: np.array([[times(p, a, b) for b in range(q)] for a in range(q)]) for p, q in ((2, 4), (3, 9))}
    monkeypatch.setattr(descent, "_products", lambda field: made[field.characteristic**field.degree])
    descent.element_blocks.cache_clear()
    yield made
    descent.element_blocks.cache_clear()


@pytest.mark.usefixtures("tables")
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


def test_multiplication_tables(tables):
    assert tables[4].tolist() == [[0, 0, 0, 0], [0, 1, 2, 3], [0, 2, 3, 1], [0, 3, 1, 2]]
    assert sorted(tables[9][5].tolist()) == list(range(9))


def test_multiplication_tables_of_galois():
    for p, k in ((2, 1), (2, 2), (5, 1)):
        galois.GF(p, k, compile="python-calculate")  # compiling takes longer than these few products
    assert products("GF(4)").tolist() == [[0, 0, 0, 0], [0, 1, 2, 3], [0, 2, 3, 1], [0, 3, 1, 2]]
    assert products("GF(5)").tolist() == [[i * j % 5 for j in range(5)] for i in range(5)]


def test_the_largest_field_that_is_tabulated():
    assert str(finite("GF(101)")) == "GF(101)"
    for field in ("GF(103)", "GF(121)", "Q"):
        with pytest.raises(ArgumentError, match=r"a prime power q of at most 101, not '?(GF\(1.[13]|Q)"):
            finite(field)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(("matrix", "named"), [([[1, 3], [4, 5]], 4), ([[1, 3], [-1, 5]], -1)])
def test_entries_that_are_no_elements_are_refused(matrix, named):
    with pytest.raises(ArgumentError, match=rf"an element of GF\(4\).*, not {named}\.$"):
        descended(np.array(matrix), "GF(4)")
    assert descended(np.array([[0, 3]]), "GF(4)").shape == (2, 4)
