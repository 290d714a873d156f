"""Floats around a ball: outwards, and by one float at most."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import arb

from srtheory.theory.numerics.balls import NEGLIGIBLE, enclose, enclose_probability


@pytest.mark.parametrize(
    "number", [Fraction(1, 10), Fraction(1, 3), Fraction(2, 3), Fraction(7, 5), Fraction(10**20, 3)]
)
def test_neighbouring_floats_lie_on_both_sides(number: Fraction) -> None:
    """The float nearest to 1/10 and 7/5 is above or below them, and so it is to the others."""
    low, high = enclose(lambda: arb(number.numerator) / number.denominator)
    assert Fraction(low) < number < Fraction(high)
    assert high == math.nextafter(low, math.inf)


def test_a_float_is_itself_and_next_to_nothing_has_no_lower_bound_but_nought() -> None:
    assert enclose(lambda: arb(0.75)) == (0.75, 0.75)
    low, high = enclose_probability(lambda: arb(0, 2.0**-300))
    assert low == 0
    assert 2.0**-300 <= high < NEGLIGIBLE
