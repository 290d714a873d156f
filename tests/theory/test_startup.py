"""Bounds on F: what they allow for, and no more."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import Empirical
from srtheory.errors import ArgumentError
from srtheory.model import Defective, require_startup
from srtheory.theory.startup import (
    CDF_ERROR,
    cdf_bounds,
    require_message_cost,
    require_tau,
    require_times,
    row_costs,
)

U = 2.0**-53


class Given:
    """A law whose cdf is given."""

    def __init__(self, cdf):
        self.cdf = cdf


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
        low, high = cdf_bounds(Given(lambda x, value=value: np.full(np.shape(x), value)), 1.0, np.array([0.5]))
        below, above = Fraction(value) - Fraction(low[0]), Fraction(high[0]) - Fraction(value)
        assert CDF_ERROR <= min(below, above) <= max(below, above) < 1.5 * CDF_ERROR


@pytest.mark.parametrize("defective", [False, True])
def test_the_error_of_a_cdf_and_its_roundings_by_hand(defective):
    """2^-50 and one rounding, or three where 1 - epsilon and a product come before; all these sums are exact."""
    law, units = Given(lambda x: np.full(np.shape(x), 0.5)), 9
    if defective:
        law, units = Defective(Given(lambda x: np.ones(np.shape(x))), 0.5), 11
    low, high = cdf_bounds(law, 1.0, np.array([0.25]))
    assert CDF_ERROR == 8 * U
    assert (low[0], high[0]) == (0.5 - units * U, 0.5 + units * U)


def test_bounds_at_several_times_have_the_costs_last():
    times, costs = np.array([[1.0, 2.0, 3.0]]), np.array([0.5, 1.5])
    low, high = cdf_bounds(stats.expon(), times, costs)
    assert low.shape == high.shape == (1, 3, 2)
    for i, t in enumerate(times[0]):
        alone = cdf_bounds(stats.expon(), t, costs)
        assert (low[0, i].tolist(), high[0, i].tolist()) == (alone[0].tolist(), alone[1].tolist())


@pytest.mark.parametrize(("t", "cost"), [(5e-324, 5e-324), (1.0, 1.0 + 2.0**-52)])
def test_the_error_is_allowed_for_from_the_first_instant_on(t, cost):
    """At 0 exactly, and where the time left is below 0 by no more than rounding."""
    assert cdf_bounds(Given(lambda x: np.full(np.shape(x), 0.5)), t, np.array([cost]))[1] > 0.5


def test_bounds_of_a_cdf_that_errs_do_not_increase_with_the_cost():
    """Values that rise with the cost within the error: low takes the least so far, high the greatest to come."""
    wiggle = np.array([0.5, 0.5 + CDF_ERROR / 2, 0.5, 0.5 + CDF_ERROR / 4])
    low, high = cdf_bounds(Given(lambda x: wiggle), 9.0, np.arange(1.0, 5.0))
    assert low.tolist() == [low[0]] * 4
    assert low[0] <= 0.5 - CDF_ERROR
    assert high.tolist() == [high[1], high[1], high[3], high[3]]
    assert high[1] > high[3] >= 0.5 + CDF_ERROR


def test_bounds_stay_within_0_and_1_and_are_0_before_anything_can_start():
    low, high = cdf_bounds(stats.expon(), 1.0, np.array([0.5, 2.0]))
    assert high[1] == low[1] == 0.0
    assert 0 < low[0] < high[0]
    assert cdf_bounds(stats.expon(), math.inf, np.array([1.0]))[1] == 1.0
    assert cdf_bounds(stats.expon(), math.inf, np.array([1.0]))[0] == pytest.approx(1.0)
    assert cdf_bounds(stats.expon(), 0.5, np.array([0.5]))[0] == 0.0
    assert cdf_bounds(stats.expon(), 1.7e308, np.array([1.7e308]))[1] == 1.0


@pytest.mark.parametrize("nan_above", [False, True])
def test_a_cdf_that_gives_no_number_is_refused(nan_above):
    law = Given(lambda x: np.where((np.asarray(x) > 0.5) == nan_above, np.nan, 0.5))
    with pytest.raises(ArgumentError, match="startup"):
        cdf_bounds(law, 1.0, np.array([0.5]))


@pytest.mark.parametrize("law", [stats.expon(), stats.pareto(b=1), Empirical([0.0, 1.0])])
def test_a_law_of_delays_is_returned(law):
    assert require_startup(law) is law


@pytest.mark.parametrize("law", [stats.norm(), stats.uniform(-1e-9, 1), stats.randint(-1, 2), object()])
def test_a_law_with_mass_below_0_and_no_law_are_refused(law):
    with pytest.raises(ArgumentError, match="no mass below 0") as error:
        require_startup(law)
    assert error.value.name == "startup"


def test_costs_of_rows_by_hand():
    """A row after 1, 3 and 4 terms of half a unit, and a quarter for each message."""
    assert row_costs(np.array([1, 3, 4]), 0.5, 0.25).tolist() == [0.75, 2.0, 2.75]
    assert row_costs(np.array([1, 3, 4]), 0.5).tolist() == [0.5, 1.5, 2.0]


def test_costs_that_are_no_times_are_refused():
    """The largest number counts, wherever it is; the last finite time is one."""
    assert require_tau(8e307, np.array([2, 1])) == 8e307
    assert require_message_cost(8e307, [1, 2]) == 8e307
    with pytest.raises(ArgumentError, match="'tau' must be so small that 3 terms take a finite time"):
        require_tau(8e307, np.array([1, 3, 2]))
    with pytest.raises(ArgumentError, match="'message_cost' must be so small that 3 messages take a finite time"):
        require_message_cost(8e307, [3, 1])
    assert require_message_cost(0, [3]) == 0.0
    for tau in (0, -1.0, math.inf):
        with pytest.raises(ArgumentError, match="tau"):
            require_tau(tau, [1])
    with pytest.raises(ArgumentError, match="message_cost"):
        require_message_cost(-1e-9, [1])


def test_times_are_numbers_and_infinities():
    assert require_times([0, -math.inf, 2.5]).tolist() == [0.0, -math.inf, 2.5]


@pytest.mark.parametrize("t", [math.nan, [1.0, math.nan], "now", None])
def test_what_is_no_time_is_refused(t):
    with pytest.raises(ArgumentError) as error:
        require_times(t)
    assert error.value.name == "t"


def test_quantiles_of_workers_that_may_never_answer():
    law = Defective(stats.uniform(), 0.25)
    assert law.ppf([0.0, 0.375, 0.75, 0.76]).tolist() == [0.0, 0.5, 1.0, math.inf]
