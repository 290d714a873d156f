"""Rank and span of bit-mask rows: against SymPy, galois and the definition, and within 64 bits."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.conjectures import small
from srtheory.conjectures.case import from_rows
from srtheory.conjectures.strategies import binary_rows
from srtheory.rows import from_sets
from srtheory.span.oracles import finite, rational

FINITE = ("GF(2)", "GF(3)", "GF(4)", "GF(7)", "GF(2147483647)")


def judged(rows, field):
    if field == "Q":
        return rational.rank(rows), rational.spans(rows)
    return finite.rank(rows, field=field), finite.spans(rows, field=field)


@given(binary_rows(max_symbols=9, max_rows=12), st.sampled_from(("Q", *FINITE)))
def test_agrees_with_the_oracles(rows, field):
    case = from_rows(rows)
    assert small.rank_and_span(case.symbols, case.masks, field) == judged(rows, field)


@given(binary_rows(min_symbols=18, max_symbols=26, max_rows=30))
def test_agrees_with_sympy_on_wide_rows(rows):
    """On both sides of the width beyond which the production engine answers."""
    case = from_rows(rows)
    assert small.rank_and_span(case.symbols, case.masks) == judged(rows, "Q")


def test_largest_minors_fit():
    """Hadamard: a minor of order k is at most (k + 1)^((k + 1)/2) / 2^k; a step needs twice the square below 2^63."""
    fits = [k for k in range(1, 40) if 2 * (k + 1) ** (k + 1) < 2**63 * 4**k]
    assert fits == list(range(1, small.WIDEST + 1))


@pytest.mark.parametrize(("order", "largest"), [(1, 2147483647), (2, 32767), (4, 107), (8, 5), (12, 1)])
def test_the_bound_is_met_by_hadamards_matrices(order, largest):
    """Entries plus and minus x give a determinant of x^n n^(n/2): x is the largest whose square is below 2^62."""
    for x in (1, largest, largest + 1):
        fits = 2 * x ** (2 * order) * order**order < 2**63
        assert fits == (x <= largest)
        for rows, columns in ((order - 1, order), (order - 1, order + 3), (order + 5, order)):
            assert small.minors_fit(rows, columns, x) == fits


def paley(q):
    """0/1 rows of order q = 3 mod 4, prime, whose determinant meets Hadamard's bound."""
    squares = {x * x % q for x in range(1, q)}
    return [[j for j in range(q) if (i - j) % q in squares or i == j] for i in range(q)]


@pytest.mark.parametrize("q", [3, 7, 11, 19])
def test_extreme_determinants(q):
    """The largest minors that 0/1 rows have, and the prime factors of the determinant, do not disturb it."""
    sets = paley(q)
    determinant = round(abs(np.linalg.det(from_sets(q, sets).dense().astype(float))))
    assert determinant**2 * 4**q == (q + 1) ** (q + 1)
    masks = tuple(sum(1 << j for j in row) for row in sets)
    assert small.rank_and_span(q, masks) == (q, True)
    for field in ("GF(2)", "GF(3)", "GF(5)"):
        assert small.rank_and_span(q, masks, field) == judged(from_sets(q, sets), field)


def test_columns():
    assert small.columns(0) == ()
    assert small.columns(0b101101) == (0, 2, 3, 5)


@pytest.mark.quality
@pytest.mark.parametrize("prime", [2, 3, 5])
def test_one_small_prime_is_not_enough(prime):
    """Rows whose determinant the prime divides: a modular answer passed off as the rational one would be wrong here."""
    from tests.strategies import determinant_rows

    m, sets = determinant_rows(prime)
    masks = tuple(sum(1 << j for j in row) for row in sets)
    rational_answer, modular = small.rank_and_span(m, masks), small.rank_and_span(m, masks, f"GF({prime})")
    assert rational_answer == (m, True)
    assert modular[0] == m - 1
    assert prod(rational_answer) != prod(modular)
