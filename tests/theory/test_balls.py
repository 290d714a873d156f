"""Floats around a ball: outwards, and by one float at most."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import arb, ctx

from srtheory.theory.numerics.balls import MAXIMAL_BITS, NEGLIGIBLE, UNKNOWN, enclose, enclose_probability, hopeless


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


@pytest.mark.parametrize(("enough", "tried"), [(96, [96]), (97, [96, 192]), (700, [96, 192, 384, 768])])
def test_the_precision_doubles_until_48_bits_are_certain(enough: int, tried: list[int]) -> None:
    asked: list[int] = []

    def formula() -> arb:
        asked.append(ctx.prec)
        return certain if ctx.prec >= enough else uncertain

    certain, uncertain = arb(1, 2.0**-49), arb(1, 2.0**-48)
    assert (certain.rel_accuracy_bits(), uncertain.rel_accuracy_bits()) == (48, 47)
    low, high = enclose(formula)
    assert asked == tried
    assert low == pytest.approx(1 - 2.0**-49, abs=2.0**-52)
    assert high == pytest.approx(1 + 2.0**-49, abs=2.0**-52)


def test_a_formula_that_does_not_converge_is_an_error() -> None:
    asked: list[int] = []

    def formula() -> arb:
        asked.append(ctx.prec)
        return arb(1, 0.5)

    with pytest.raises(ArithmeticError, match=str(MAXIMAL_BITS)):
        enclose(formula)
    assert asked[-1] <= MAXIMAL_BITS < 2 * asked[-1]


def test_what_is_unknown_is_any_probability_and_hopeless() -> None:
    assert float(UNKNOWN.lower()) == pytest.approx(0, abs=1e-8)
    assert float(UNKNOWN.upper()) == pytest.approx(1, abs=1e-8)
    assert UNKNOWN.contains(0)
    assert UNKNOWN.contains(1)
    assert hopeless(UNKNOWN)
    assert [hopeless(arb(1, radius)) for radius in (2.0**-41, 1.01 * 2.0**-40)] == [False, True]


@pytest.mark.parametrize(
    ("ball", "wanted"), [(arb(1, 2.0**-50), (1 - 2.0**-50, 1.0)), (arb(0, 2.0**-201), (0.0, 2.0**-201))]
)
def test_a_probability_is_cut_to_its_range(ball: arb, wanted: tuple[float, float]) -> None:
    low, high = enclose_probability(lambda: ball)
    assert low == pytest.approx(wanted[0], abs=1e-15)
    assert high == pytest.approx(wanted[1], abs=2.0**-202)
    assert low >= 0
    assert high <= 1
