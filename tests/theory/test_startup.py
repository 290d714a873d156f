"""Bounds on F: what they allow for, and no more; workers that may never answer; a law of a scheme's own."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import Empirical
from srtheory.errors import ArgumentError
from srtheory.model import Defective, Model
from srtheory.theory.by_scheme import own_law
from srtheory.theory.startup import CDF_ERROR, cdf_bounds, row_costs

EXPON, U = stats.expon(scale=5), 2.0**-53


class Given:
    """A law whose cdf is given, as a function or as its only value."""

    def __init__(self, cdf):
        self.cdf = cdf if callable(cdf) else lambda x: np.full(np.shape(x), cdf)


@pytest.mark.parametrize(("atom", "cost"), [(1.0, 0.0), (1.0, 1.0), (1.0, 64.0), (2.0**-40, 3.0)])
@pytest.mark.parametrize("sign", [-1, 1])
def test_an_atom_within_rounding_is_spanned_and_no_other(atom, cost, sign):
    """Rounding is four units of t at most; what is twelve away is no rounding."""
    law, t = Empirical([atom]), atom + cost
    low, high = cdf_bounds(law, t + sign * 5 * U * t, np.array([cost]))
    assert (low[0], high[0]) == (0.0, 1.0)
    low, high = cdf_bounds(law, t + sign * 12 * U * t, np.array([cost]))
    assert high[0] - low[0] < 3 * CDF_ERROR


def test_values_are_taken_to_be_off_by_the_error_and_the_rounding_of_a_difference():
    values = [*np.linspace(0.1, 0.9, 101).tolist(), 0.5 - 3 * 2.0**-54, 0.25 - 3 * 2.0**-55]  # the last two round down
    for value in values:
        low, high = cdf_bounds(Given(value), 1.0, np.array([0.5]))
        below, above = Fraction(value) - Fraction(low[0]), Fraction(high[0]) - Fraction(value)
        assert CDF_ERROR <= min(below, above) <= max(below, above) < 1.5 * CDF_ERROR
    for silent in (0.1, 0.3, 1e-9, 1e-17):  # a law that is right to 2^-50 and no better, times what is no float
        low, high = cdf_bounds(Defective(Given(0.7 + 2.0**-50), silent), 1.0, [0.0])
        assert Fraction(float(low[0])) <= (1 - Fraction(silent)) * Fraction(0.7) <= Fraction(float(high[0]))
        assert high[0] - low[0] < 4 * CDF_ERROR


def test_bounds_at_several_times_have_the_costs_last_and_do_not_increase_with_them():
    """Values that rise with the cost within the error: low takes the least so far, high the greatest to come."""
    times, costs = np.array([[1.0, 2.0, 3.0]]), np.array([0.5, 1.5])
    low, high = cdf_bounds(stats.expon(), times, costs)
    for i, t in enumerate(times[0]):
        alone = cdf_bounds(stats.expon(), t, costs)
        assert (low[0, i].tolist(), high[0, i].tolist()) == (alone[0].tolist(), alone[1].tolist())
    wiggle = np.array([0.5, 0.5 + CDF_ERROR / 2, 0.5, 0.5 + CDF_ERROR / 4])
    low, high = cdf_bounds(Given(lambda x: wiggle), 9.0, np.arange(1.0, 5.0))
    assert low.tolist() == [low[0]] * 4
    assert low[0] <= 0.5 - CDF_ERROR
    assert high.tolist() == [high[1], high[1], high[3], high[3]]
    assert high[1] > high[3] >= 0.5 + CDF_ERROR
    model = Model(4, None, 0.5, stats.expon(), message_cost=0.25)
    assert row_costs(model, np.array([1, 3, 4])).tolist() == [0.75, 2.0, 2.75]


@pytest.mark.parametrize(
    ("t", "cost", "low", "high"),
    [
        *((1.0, 2.0, 0.0, 0.0), (math.inf, 1.0, 1.0, 1.0), (1.7e308, 1.7e308, 0.0, 1.0)),
        *((0.5, 0.5, 0.0, 0.5), (5e-324, 5e-324, 0.0, 0.5), (1.0, 1.0 + 2.0**-52, 0.0, 0.5)),
    ],
)
def test_bounds_stay_within_0_and_1_and_the_error_is_allowed_for_from_the_first_instant_on(t, cost, low, high):
    """At 0 exactly, and where the time left is below 0 by no more than rounding."""
    found = [float(bound[0]) for bound in cdf_bounds(Given(0.5) if high == 0.5 else stats.expon(), t, [cost])]
    assert 0 <= found[0] <= found[1] <= 1
    assert found[0] == pytest.approx(low if high != 0.5 else found[0])
    assert found[1] == pytest.approx(high)
    assert high != 0.5 or found[1] > 0.5


@pytest.mark.parametrize("nan_above", [False, True])
def test_a_cdf_that_gives_no_number_is_refused(nan_above):
    law = Given(lambda x: np.where((np.asarray(x) > 0.5) == nan_above, np.nan, 0.5))
    with pytest.raises(ArgumentError, match="startup"):
        cdf_bounds(law, 1.0, np.array([0.5]))


@pytest.mark.parametrize("startup", [EXPON, stats.pareto(b=1)])
def test_a_law_of_workers_that_may_never_answer(startup):
    law, x = Defective(startup, 0.25), np.array([0.0, 0.5, 2.0, 1e3, math.inf])
    assert law.cdf(x) == pytest.approx(0.75 * startup.cdf(x), rel=1e-15)
    assert law.sf(x) + law.cdf(x) == pytest.approx(1, rel=1e-15)
    assert law.cdf(law.ppf(0.5)) == pytest.approx(0.5, rel=1e-12)
    assert law.ppf([0.75, 0.8]).tolist() == [math.inf, math.inf]  # no finite time
    assert Model(3, None, 0.1, startup).defective_startup is startup


class Halves:
    """Whose law is its own."""

    def latency_cdf(self, t, tau, startup):
        return 0.5 * startup.cdf(t - tau), startup.cdf(t - tau)


def test_a_law_of_ones_own_is_asked_with_the_start_up_of_those_that_answer():
    model = Model(9, None, 0.1, EXPON)
    assert own_law("halves", Halves(), model).cdf(1.1) == (0.5 * EXPON.cdf(1.0), EXPON.cdf(1.0))
    low, high = own_law("halves", Halves(), replace(model, silent=0.25)).cdf(1.1)
    assert (low, high) == (pytest.approx(0.375 * EXPON.cdf(1.0)), pytest.approx(0.75 * EXPON.cdf(1.0)))
