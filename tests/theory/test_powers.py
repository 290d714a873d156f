"""Powers of polynomials with coefficients >= 0: term by term, and by products of series."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from srtheory.theory.laws import rows_received
from srtheory.theory.laws.rows_received import middle_of_power


def exact(coefficients: list[Fraction], exponent: int) -> list[Fraction]:
    """Coefficients of the power, by repeated products."""
    power = [Fraction(1)]
    for _ in range(exponent):
        product = [Fraction(0)] * (len(power) + len(coefficients) - 1)
        for i, a in enumerate(power):
            for j, b in enumerate(coefficients):
                product[i + j] += a * b
        power = product
    return power


FRACTIONS = st.fractions(min_value=0, max_value=2, max_denominator=50)


@given(st.lists(FRACTIONS, min_size=1, max_size=5), st.integers(0, 7), st.integers(0, 12), st.integers(0, 12))
@pytest.mark.parametrize("few", [0, 32])
def test_both_ways_enclose_the_exact_sum(
    few: int, coefficients: list[Fraction], exponent: int, start: int, stop: int
) -> None:
    total = sum(exact(coefficients, exponent)[start:stop], Fraction(0))
    with pytest.MonkeyPatch.context() as patch, ctx.workprec(200):
        patch.setattr(rows_received, "FEW", few)
        balls = [arb(fmpq(a.numerator, a.denominator)) for a in coefficients]
        found = middle_of_power(balls, exponent, start, stop)
        assert found.overlaps(arb(fmpq(total.numerator, total.denominator)))
        assert float(found.rad()) < 1e-12


@pytest.mark.quality
def test_a_wrong_factor_would_be_seen() -> None:
    balls = [arb(1) / 4, arb(1) / 2, arb(1) / 4]
    assert middle_of_power(balls, 3, 0, 3).overlaps(arb(22) / 64)
    assert not middle_of_power(balls, 4, 0, 3).overlaps(arb(22) / 64)
