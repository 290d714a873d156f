"""Laws of the baselines where floats lose digits, and gradient codes whose workers never answer."""

import math
from fractions import Fraction
from itertools import combinations
from math import comb, prod

import mpmath
import numpy as np
import pytest
from scipy import stats

from paper_checks.theory.silent import cyclic_mean, fractional_lost, fractional_mean
from srtheory.model import Model
from srtheory.theory.by_scheme import bcc_bounds, bcc_unrecovered, one_bounds, repetition_bounds, uncoded_bounds
from tests import reference

EXPON = stats.expon(scale=5)
LAWS = {"one": one_bounds, "uncoded": uncoded_bounds, "repetition": repetition_bounds, "bcc": bcc_bounds}


def exact(scheme, m, d, value):
    """The law as a rational or in mpmath's digits; value(r) is F(t - r tau)."""
    sizes = [min(d, m - start) for start in range(0, m, d)]
    if scheme == "one":
        return value(m)
    if scheme == "uncoded":
        return value(1) ** m
    if scheme == "repetition":
        return prod(1 - (1 - value(r)) ** r for r in sizes)
    n, full, last = len(sizes), value(d) if len(sizes) > 1 else 0, value(sizes[-1])
    terms = [(-1) ** (k + e) * comb(n - 1, k) * ((n - k * full - e * last) / n) ** m for k in range(n) for e in (0, 1)]
    return sum(terms)


@pytest.mark.parametrize("scheme", LAWS)
@pytest.mark.parametrize(("m", "d"), [(1, 1), (5, 2), (5, 5), (7, 3), (20, 6)])
def test_intervals_hold_the_truth_where_the_time_left_is_rounded(scheme, m, d):
    """F rises as the square root of what is left of t after r tau, which floats have no digit of."""
    tau, law = 0.01, stats.weibull_min(0.5)
    for t in [x * terms * tau for terms in {1, d, m} for x in (1, 1 + 2**-52, 1 + 1e-15, 1 + 1e-9, 3)]:

        def value(r, t=t):
            left = Fraction(t) - r * Fraction(tau)
            return -mpmath.expm1(-mpmath.sqrt(mpmath.mpf(left.numerator) / left.denominator)) if left > 0 else 0

        low, high = LAWS[scheme](Model(m, d, tau, law), t)
        with mpmath.workdps(60):
            assert low - 1e-50 <= exact(scheme, m, d, value) <= high + 1e-50  # mpmath's own rounding


@pytest.mark.parametrize("scheme", LAWS)
@pytest.mark.parametrize(("m", "d"), [(60, 7), (200, 10), (1000, 300)])
def test_intervals_keep_their_digits_where_alternating_sums_lose_them(scheme, m, d):
    model = Model(m, d, 0.005, EXPON)
    for t in (1.6, 3.0, 8.0, 30.0):
        with mpmath.workdps(400):
            truth = exact(scheme, m, d, lambda r, t=t: mpmath.mpf(float(EXPON.cdf(t - r * 0.005))))
        low, high = LAWS[scheme](model, t)
        assert low <= truth <= high <= low + 1e-12


def test_bcc_misses_a_part_in_four_of_a_thousand_runs_of_the_paper_and_of_many_more_symbols_as_exactly():
    assert round(float(bcc_unrecovered(1000, 10)), 5) == 0.00431
    low, high = bcc_bounds(Model(100_000, 20_000, 1e-6, EXPON), math.inf)
    assert low <= float(1 - bcc_unrecovered(100_000, 20_000)) <= high
    assert 0 < bcc_bounds(Model(100_000, 1, 1e-6, EXPON), math.inf)[1] < 2.0**-200
    low, high = bcc_bounds(Model(100_000, 10, 1e-6, EXPON), math.inf)
    assert 0.6 < low < high < low + 1e-13


# ----------------------------------------------------------------------------------- gradient codes, silent workers

TAU, RATE = 0.1, 0.2


def groups(m, s):
    return sorted({tuple(reference.gradient_fractional(m, s, worker=j)[0]) for j in range(m)})


@pytest.mark.parametrize(("m", "s"), [(1, 0), (4, 1), (5, 1), (7, 2), (8, 3), (9, 1)])
def test_the_lost_share_is_that_of_all_silent_sets(m, s):
    for a in range(m + 1):
        lost = sum(any(set(g) <= set(gone) for g in groups(m, s)) for gone in combinations(range(m), a))
        assert fractional_lost(m, s, a) == Fraction(lost, math.comb(m, a))
        assert (fractional_mean(m, s, a, TAU, RATE) < math.inf) == (fractional_lost(m, s, a) < 1)
        assert (cyclic_mean(m, s, a, TAU, RATE) < math.inf) == (a <= s)


@pytest.mark.parametrize(("m", "s", "a"), [(40, 19, 8), (1200, 599, 480), (3000, 1499, 3)])
def test_two_groups_are_those_of_the_hypergeometric_law(m, s, a):
    """With i and j live workers in them the slower one takes 1/i + 1/j - 1/(i + j) in the mean."""
    gone = np.arange(max(0, a - m // 2 + 1), min(a, m // 2 - 1) + 1)
    chance = stats.hypergeom.pmf(gone, m, m // 2, a)
    i, j = m // 2 - gone, m // 2 - (a - gone)
    mean = (chance * (1 / i + 1 / j - 1 / (i + j))).sum() / chance.sum() / RATE
    assert fractional_mean(m, s, a, TAU, RATE) - TAU * (m // 2) == pytest.approx(mean, rel=2e-5)


def test_means_by_hand():
    """The third of four workers of five; the least of all; one group with one worker left; and hardly ever any."""
    assert cyclic_mean(5, 2, 1, TAU, RATE) == pytest.approx(3 * TAU + (1 / 4 + 1 / 3 + 1 / 2) / RATE, rel=1e-12)
    assert cyclic_mean(5, 4, 0, TAU, RATE) == pytest.approx(5 * TAU + 1 / 5 / RATE, rel=1e-12)
    assert cyclic_mean(1, 0, 0, TAU, RATE) == pytest.approx(TAU + 1 / RATE, rel=1e-12)
    assert fractional_mean(1, 0, 0, TAU, RATE) == pytest.approx(TAU + 1 / RATE, rel=2e-5)
    assert fractional_mean(4, 3, 3, TAU, RATE) == pytest.approx(4 * TAU + 1 / RATE, rel=2e-5)
    assert 0 < 1 - fractional_lost(3000, 1, 1500) < Fraction(1, 10**400)  # no float, but not 0
