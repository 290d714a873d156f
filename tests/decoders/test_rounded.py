"""Running error analysis: against exact arithmetic, and with what float64 arrays give, to the bit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.decoders import rounded as module
from srtheory.decoders.rounded import rounded

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
