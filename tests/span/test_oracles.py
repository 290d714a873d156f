"""SymPy over Q and galois over GF(q): right on worked examples, on the definition, and independent of the extension."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.errors import ArgumentError
from srtheory.span.oracles import finite, rational
from tests.strategies import EDGE_CASES, binary_rows, integer_rows

STAR = EDGE_CASES["star"]


@pytest.mark.parametrize(
    ("name", "over_rationals", "over_two", "over_three"),
    [
        ("no columns, no rows", 0, 0, 0),
        ("no columns, empty rows", 0, 0, 0),
        ("one column, no rows", None, None, None),
        ("one column", 2, 2, 2),
        ("empty rows only", None, None, None),
        ("equal rows, full", 1, 1, 1),
        ("equal rows, short", None, None, None),
        ("complete worker", 5, 5, 5),
        ("all systematic", 6, 6, 6),
        ("all systematic but one", None, None, None),
        ("the paper's example", 2, 2, 2),
        ("star", None, 3, None),
        ("triangle", 3, None, 3),
        ("weights that cancel", 2, 3, 3),
        ("weights even", 1, None, 1),
        ("weight zero", 2, 2, 2),
        ("negative weights", 3, 3, 2),
    ],
)
def test_worked_examples(name, over_rationals, over_two, over_three):
    rows = EDGE_CASES[name]
    assert rational.stopping_time(rows) == over_rationals
    assert finite.stopping_time(rows, field="GF(2)") == over_two
    assert finite.stopping_time(rows, field="GF(3)") == over_three


@given(integer_rows(max_columns=3, bound=2), st.sampled_from([2, 3]))
def test_finite_span_by_enumeration(rows, p):
    """Over GF(p), all p^n combinations of the rows are few enough to be listed."""
    matrix = rows.dense() % p
    for k in range(min(len(rows), 5) + 1):
        products = {tuple(np.array(v) @ matrix[:k] % p) for v in itertools.product(range(p), repeat=k)}
        assert finite.spans(rows, k, field=f"GF({p})") == ((1,) * rows.columns in products)
        assert p ** finite.rank(rows, k, field=f"GF({p})") == len(products)


@given(binary_rows(max_columns=4))
def test_rational_rank_by_minors(rows):
    """The rank is the size of the largest non-zero minor; float determinants of 4x4 0/1 matrices are exact enough."""
    matrix = rows.dense()[:5]
    sizes = range(1, min(matrix.shape) + 1)
    minors = (
        (size, round(np.linalg.det(matrix[np.ix_(i, j)])))
        for size in sizes
        for i in itertools.combinations(range(len(matrix)), size)
        for j in itertools.combinations(range(rows.columns), size)
    )
    assert rational.rank(rows.prefix(len(matrix))) == max((size for size, minor in minors if minor), default=0)


def test_arguments_are_checked():
    for k in (-1, 4, 1.5, True):
        with pytest.raises(ArgumentError, match="'k' must be an integer from 0 to 3"):
            rational.rank(STAR, k)
        with pytest.raises(ArgumentError, match="'k' must be an integer from 0 to 3"):
            finite.spans(STAR, k, field="GF(2)")
    for field in ("Q", "GF(6)", "R"):
        with pytest.raises(ArgumentError, match="'field' must be"):
            finite.rank(STAR, field=field)
