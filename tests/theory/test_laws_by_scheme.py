"""Laws by the names of schemes: what a scheme takes, and a law of one's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scipy import stats

from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory.laws.by_scheme import latency_law, own_law

EXPON = stats.expon(scale=5)
MODEL = Model(9, None, 0.1, EXPON)


@pytest.mark.parametrize(
    ("scheme", "options", "stragglers", "name", "words"),
    [
        ("sr", {}, None, "degree", "must be given for the scheme 'sr'"),
        ("gradient-cyclic", {}, None, "stragglers", "must be given for the scheme 'gradient-cyclic'"),
        ("sr", {"degree": 3}, 1, "stragglers", "must be left out: the scheme 'sr' does not take it"),
        ("gradient-cyclic", {}, 9, "stragglers", "must be an integer from 0 to 8"),
        ("one", {"access": 3}, None, "access", "must be left out: the scheme 'one' does not take it"),
    ],
)
def test_what_a_scheme_needs_and_does_not_take_is_told(scheme, options, stragglers, name, words):
    with pytest.raises(ArgumentError, match=words) as refusal:
        latency_law(scheme, replace(MODEL, **options), stragglers=stragglers)
    assert refusal.value.name == name


class Halves:
    """Whose law is its own."""

    def latency_cdf(self, t, tau, startup):
        return 0.5 * startup.cdf(t - tau), startup.cdf(t - tau)


def test_a_law_of_ones_own_is_asked_with_the_start_up_of_those_that_answer():
    assert own_law("halves", Halves(), MODEL).cdf(1.1) == (0.5 * EXPON.cdf(1.0), EXPON.cdf(1.0))
    low, high = own_law("halves", Halves(), replace(MODEL, silent=0.25)).cdf(1.1)
    assert (low, high) == (pytest.approx(0.375 * EXPON.cdf(1.0)), pytest.approx(0.75 * EXPON.cdf(1.0)))


@pytest.mark.parametrize("cost", ["message_cost", "master_time"])
def test_a_law_of_ones_own_knows_no_costs(cost):
    for value in (0.1, -0.1):
        with pytest.raises(ArgumentError) as refusal:
            own_law("halves", Halves(), replace(MODEL, **{cost: value}))
        assert refusal.value.name == cost
