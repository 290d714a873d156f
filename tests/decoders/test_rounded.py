"""Running error analysis: against exact arithmetic, and with what float64 arrays give, to the bit."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.decoders import rounded as module
from srtheory.decoders.rounded import Rounded, rounded
from srtheory.errors import ArgumentError

NUMBERS = st.fractions(-(10**9), 10**9, max_denominator=10**9)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), NUMBERS),
        st.tuples(st.just("subtract"), NUMBERS),
        st.tuples(st.just("scale"), st.fractions(-8, 8, max_denominator=99)),
        st.tuples(st.just("divide"), st.sampled_from([-7, -1, 2, 3])),
    ),
    max_size=30,
)


def after(start, steps):
    """The number as float64 with its bound, as float64 alone, and exactly."""
    number, alone, exact = rounded([start]), float(start), start
    for kind, x in steps:
        if kind in ("add", "subtract"):
            sign = 1 if kind == "add" else -1
            number = number + rounded([x]) if sign == 1 else number - rounded([x])
            alone, exact = alone + sign * float(x), exact + sign * x
        elif kind == "scale":
            number, alone, exact = number * x, alone * float(x), exact * x
        else:
            number, alone, exact = number / x, alone / x, exact / x
    return number, alone, exact


@given(NUMBERS, STEPS)
def test_the_bound_holds_and_the_number_is_the_float(start, steps):
    number, alone, exact = after(start, steps)
    assert number.value.tolist() == [alone]
    assert abs(Fraction(alone) - exact) <= Fraction(float(number.off[0]))


def test_small_whole_numbers_are_held_to_be_off_by_what_could_be_lost():
    total = rounded([Fraction(1), Fraction(2)]) + rounded([Fraction(3), Fraction(4)])
    assert total.value.tolist() == [4, 6]
    np.testing.assert_allclose(total.off, [4 * 2.0**-53, 6 * 2.0**-53], rtol=1e-12)
    assert rounded([Fraction(1, 3)]).off[0] == pytest.approx(2.0**-54 / 3)


def test_a_bound_is_what_the_operands_hand_on_and_what_one_operation_loses():
    """To first order in u = 2^-53, and above it by less than eight of its roundings."""
    u, seventh = Fraction(2) ** -53, Fraction(1, 7)
    a, b = (Rounded(np.array([value]), np.array([off])) for value, off in ((3.0, 2.0**-40), (5.0, 2.0**-41)))
    off_a, off_b = Fraction(2) ** -40, Fraction(2) ** -41
    lost = abs(Fraction(float(seventh)) - seventh)
    for found, value, off in [
        (a + b, 8.0, off_a + off_b + 8 * u),
        (a - b, -2.0, off_a + off_b + 2 * u),
        (a / -4, -0.75, off_a / 4 + Fraction(3, 4) * u),
        (a * Fraction(-2), -6.0, 2 * off_a + 6 * u),
        (b * seventh, 5 / 7, seventh * off_b + lost * (5 + off_b) + Fraction(5, 7) * u),
    ]:
        assert found.value[0] == pytest.approx(value, rel=1e-15)
        assert off < Fraction(float(found.off[0])) < off * (1 + Fraction(2) ** -46)


def test_nothing_is_lost_by_underflow_of_zero():
    """Where there is something, at most four of the least numbers above 0."""
    nothing, least = rounded([Fraction(0)]), 2.0**-1074
    assert (nothing / 3).off.tolist() == (nothing * Fraction(1, 3)).off.tolist() == [0.0]
    some = Rounded(np.array([least, 0.0]), np.array([0.0, least]))
    assert (some / 8).off.tolist() == [4 * least] * 2
    assert not Rounded(np.array([np.inf]), np.array([0.0])).finite
    assert not Rounded(np.array([0.0]), np.array([np.nan])).finite


def test_a_negative_number_may_underflow_too():
    least = 2.0**-1074
    some = Rounded(np.array([-least]), np.array([0.0]))
    assert (some / 8).off.tolist() == (some * Fraction(1, 8)).off.tolist() == [4 * least]


def test_a_bound_is_multiplied_by_a_weight_as_it_is_before_it_is_rounded():
    """The weight 5/2 of the least number above 0 is rounded to 2 of it, and the number may be 2^1000."""
    unknown, weight = Rounded(np.array([0.0]), np.array([2.0**1000])), Fraction(5, 2**1075)
    product = unknown * weight
    assert product.value.tolist() == [0.0]
    assert (
        2**1000 * weight
        <= Fraction(float(product.off[0]))
        <= 2**1000 * weight * Fraction(6, 5) * (1 + Fraction(1, 2**40))
    )


def test_the_distance_of_a_rounded_number_is_bounded_closely():
    for number in (Fraction(k, 7) * 10**k for k in range(1, 30) if k % 7):
        lost = abs(Fraction(float(number)) - number)
        bound = Fraction(float(rounded([number]).off[0]))
        assert lost == bound == 0 or lost < bound < lost * (1 + Fraction(1, 2**47))


def test_overflow_gives_infinity_and_no_warning():
    """Of the number or of its bound; infinity times 0 and the difference of infinities are no numbers."""
    large, largest = (Rounded(np.array([value]), np.array([0.0])) for value in (1.5e308, -np.finfo(float).max))
    uncertain, zero = Rounded(np.array([0.0]), np.array([np.finfo(float).max])), rounded([Fraction(0)])
    assert (large + large).value.tolist() == (large - largest).value.tolist() == [np.inf]
    assert (largest * Fraction(2)).value.tolist() == [-np.inf]
    assert (uncertain / 1).off.tolist() == (uncertain * Fraction(1)).off.tolist() == [np.inf]
    assert np.isnan((zero * Fraction(10**400)).value).all()
    assert np.isnan((large + large - (large + large)).value).all()


SIZES = st.sampled_from([-1100, -1074, -1060, -1023, -1022, -1021, -1018, -900, -53, 0, 53, 900, 1000, 1023])
NUMBERS_OF_ALL_SIZES = st.builds(lambda x, e: x * Fraction(2) ** e, st.fractions(-4, 4, max_denominator=10**9), SIZES)


@settings(max_examples=1000)
@given(NUMBERS_OF_ALL_SIZES, NUMBERS_OF_ALL_SIZES, st.integers(-(2**53), 2**53).filter(bool))
def test_no_operation_is_off_by_more_than_its_bound(x, y, divisor):
    """Of exact rational numbers of any size: after one operation, and after another of its result."""
    a, b = rounded([x]), rounded([y])
    cases = [(a, x), (a + b, x + y), (a - b, x - y), (a * y, x * y), (a / divisor, x / divisor)]
    for one, exact in [*cases, *((of * y, f * y) for of, f in cases), *((of + a, f + x) for of, f in cases)]:
        if one.finite:
            assert abs(Fraction(float(one.value[0])) - exact) <= Fraction(float(one.off[0]))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 0.5, "1/3", None])
def test_what_is_no_rational_number_is_refused(number):
    for ask in (lambda: rounded([number]), lambda: rounded([Fraction(1)]) * number):
        with pytest.raises(ArgumentError, match="'number' must be a fraction or an integer"):
            ask()


@pytest.mark.parametrize("divisor", [0, 2**53 + 1, 10**400, -(2**60) - 1])
def test_a_divisor_that_is_no_float_is_refused(divisor):
    with pytest.raises(ArgumentError, match="'divisor' must be an integer other than 0 that is a float64"):
        rounded([Fraction(1)]) / divisor


TINY = st.fractions(-1, 1, max_denominator=10**9).map(lambda x: x * Fraction(2) ** -1060)
FACTORS = st.fractions(-2, 2, max_denominator=99)


@given(TINY, st.lists(st.one_of(st.tuples(st.just("scale"), FACTORS), st.tuples(st.just("add"), TINY)), max_size=20))
def test_the_bound_holds_at_the_lower_end_of_the_range(start, steps):
    number, _, exact = after(start, steps)
    assert abs(Fraction(float(number.value[0])) - exact) <= Fraction(float(number.off[0]))


@pytest.mark.parametrize("beyond", [Fraction(10) ** 400, -(Fraction(10) ** 400)])
def test_what_is_beyond_the_range_is_infinite(beyond):
    assert rounded([beyond]).value[0] == float("inf") * np.sign(beyond)
    assert not rounded([beyond]).finite
    assert rounded([1 / beyond]).finite
    assert 0 < rounded([1 / beyond]).off[0] < 2.0**-1070


@pytest.mark.quality
def test_a_unit_that_is_too_small_is_seen(monkeypatch):
    steps = [("add", Fraction(1, 10)), ("subtract", Fraction(1, 3)), ("add", Fraction(2, 7))] * 3
    for unit, holds in ((2.0**-53, True), (0.0, False)):
        monkeypatch.setattr(module, "UNIT", unit)
        misses = 0
        for k in range(1, 20):
            number, alone, exact = after(Fraction(k), [("divide", 7), *steps])
            misses += abs(Fraction(alone) - exact) > Fraction(float(number.off[0]))
        assert (misses == 0) == holds
