"""Running error analysis: against exact arithmetic, and with what float64 arrays give, to the bit."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.decoders import sums as module
from srtheory.decoders.sums import Rounded, rounded
from srtheory.errors import ArgumentError

U, LEAST = Fraction(2) ** -53, 2.0**-1074
NUMBERS = st.fractions(-(10**9), 10**9, max_denominator=10**9)
TINY = st.fractions(-1, 1, max_denominator=10**9).map(lambda x: x * Fraction(2) ** -1060)
SIZES = st.sampled_from([-1100, -1074, -1060, -1023, -1022, -1021, -1018, -900, -53, 0, 53, 900, 1000, 1023])
OF_ALL_SIZES = st.builds(lambda x, e: x * Fraction(2) ** e, st.fractions(-4, 4, max_denominator=10**9), SIZES)


def steps(numbers):
    return st.lists(
        st.one_of(
            st.tuples(st.sampled_from(["add", "subtract"]), numbers),
            st.tuples(st.just("scale"), st.fractions(-8, 8, max_denominator=99)),
            st.tuples(st.just("divide"), st.sampled_from([-7, -1, 2, 3])),
        ),
        max_size=30,
    )


def after(start, steps):
    """The number as float64 with its bound, as float64 alone, and exactly."""
    number, alone, exact = rounded([start]), float(start), start
    for kind, x in steps:
        if kind == "add":
            number, alone, exact = number + rounded([x]), alone + float(x), exact + x
        elif kind == "subtract":
            number, alone, exact = number - rounded([x]), alone - float(x), exact - x
        elif kind == "scale":
            number, alone, exact = number * x, alone * float(x), exact * x
        else:
            number, alone, exact = number / x, alone / x, exact / x
    return number, alone, exact


def is_within(number, exact):
    return abs(Fraction(float(number.value[0])) - exact) <= Fraction(float(number.off[0]))


@given(st.tuples(NUMBERS, steps(NUMBERS)) | st.tuples(TINY, steps(TINY)))
def test_the_bound_holds_and_the_number_is_the_float(some):
    number, alone, exact = after(*some)
    assert number.value.tolist() == [alone]
    assert is_within(number, exact)


@settings(max_examples=300)
@given(OF_ALL_SIZES, OF_ALL_SIZES, st.integers(-(2**53), 2**53).filter(bool))
def test_no_operation_is_off_by_more_than_its_bound(x, y, divisor):
    """Of exact rational numbers of any size: after one operation, and after another of its result."""
    a, b = rounded([x]), rounded([y])
    cases = [(a, x), (a + b, x + y), (a - b, x - y), (a * y, x * y), (a / divisor, x / divisor)]
    for one, exact in [*cases, *((of * y, f * y) for of, f in cases), *((of + a, f + x) for of, f in cases)]:
        assert not one.finite or is_within(one, exact)


def test_a_bound_is_what_the_operands_hand_on_and_what_one_operation_loses():
    """To first order in u = 2^-53, and above it by less than eight of its roundings."""
    seventh = Fraction(1, 7)
    a, b = (Rounded(np.array([value]), np.array([off])) for value, off in ((3.0, 2.0**-40), (5.0, 2.0**-41)))
    off_a, off_b = Fraction(2) ** -40, Fraction(2) ** -41
    lost = abs(Fraction(float(seventh)) - seventh)
    for found, value, off in [
        (a + b, 8.0, off_a + off_b + 8 * U),
        (a - b, -2.0, off_a + off_b + 2 * U),
        (a / -4, -0.75, off_a / 4 + Fraction(3, 4) * U),
        (a * Fraction(-2), -6.0, 2 * off_a + 6 * U),
        (b * seventh, 5 / 7, seventh * off_b + lost * (5 + off_b) + Fraction(5, 7) * U),
        (rounded([Fraction(1)]) + rounded([Fraction(3)]), 4.0, 4 * U),
    ]:
        assert found.value[0] == pytest.approx(value, rel=1e-15)
        assert off < Fraction(float(found.off[0])) < off * (1 + Fraction(2) ** -46)
    for number in (Fraction(k, 7) * 10**k for k in range(30)):
        lost, bound = abs(Fraction(float(number)) - number), Fraction(float(rounded([number]).off[0]))
        assert lost == bound == 0 or lost < bound < lost * (1 + Fraction(1, 2**47))


def test_underflow_is_bounded_by_four_of_the_least_numbers_above_0():
    """And nothing is lost of 0; a bound is multiplied by a weight as it is before it is rounded."""
    nothing = rounded([Fraction(0)])
    assert (nothing / 3).off.tolist() == (nothing * Fraction(1, 3)).off.tolist() == [0.0]
    some = Rounded(np.array([LEAST, -LEAST, 0.0]), np.array([0.0, 0.0, LEAST]))
    assert (some / 8).off.tolist() == (some * Fraction(1, 8)).off.tolist() == [4 * LEAST] * 3
    unknown, weight = Rounded(np.array([0.0]), np.array([2.0**1000])), Fraction(5, 2**1075)
    bound, right = Fraction(float((unknown * weight).off[0])), 2**1000 * weight
    assert right <= bound <= right * Fraction(6, 5) * (1 + Fraction(1, 2**40))


def test_what_is_beyond_the_range_is_infinite_or_no_number_without_a_warning():
    large, largest = (Rounded(np.array([value]), np.array([0.0])) for value in (1.5e308, -np.finfo(float).max))
    uncertain, zero = Rounded(np.array([0.0]), np.array([np.finfo(float).max])), rounded([Fraction(0)])
    assert (large + large).value.tolist() == (large - largest).value.tolist() == [np.inf]
    assert (largest * Fraction(2)).value.tolist() == [-np.inf]
    assert (uncertain / 1).off.tolist() == (uncertain * Fraction(1)).off.tolist() == [np.inf]
    assert np.isnan((zero * Fraction(10**400)).value).all()
    assert np.isnan((large + large - (large + large)).value).all()
    assert not Rounded(np.array([np.inf]), np.array([0.0])).finite
    assert not Rounded(np.array([0.0]), np.array([np.nan])).finite
    for beyond in (Fraction(10) ** 400, -(Fraction(10) ** 400)):
        assert rounded([beyond]).value[0] == (math.inf if beyond > 0 else -math.inf)
        assert rounded([beyond]).finite < rounded([1 / beyond]).finite
        assert 0 < rounded([1 / beyond]).off[0] < 2.0**-1070


def test_what_is_no_rational_number_and_a_divisor_that_is_no_float_are_refused():
    for number in (math.nan, math.inf, -math.inf, 0.5, "1/3", None):
        for ask in (lambda x: rounded([x]), lambda x: rounded([Fraction(1)]) * x):
            with pytest.raises(ArgumentError, match="'number' must be a fraction or an integer"):
                ask(number)
    for divisor in (0, 2**53 + 1, 10**400, -(2**60) - 1):
        with pytest.raises(ArgumentError, match="'divisor' must be an integer other than 0 that is a float64"):
            rounded([Fraction(1)]) / divisor


@pytest.mark.quality
def test_a_unit_that_is_too_small_is_seen(monkeypatch):
    steps = [("add", Fraction(1, 10)), ("subtract", Fraction(1, 3)), ("add", Fraction(2, 7))] * 3
    for unit, holds in ((2.0**-53, True), (0.0, False)):
        monkeypatch.setattr(module, "UNIT", unit)
        found = [after(Fraction(k), [("divide", 7), *steps]) for k in range(1, 20)]
        assert all(is_within(number, exact) for number, _, exact in found) == holds
