"""Latency laws of the baselines against enumeration, exact rationals and simulation."""

import math
from fractions import Fraction
from itertools import product
from math import comb, lcm, prod

import mpmath
import numpy as np
import pytest
from scipy import stats

from srtheory.model import Model
from srtheory.theory.laws.baselines import (
    bcc_bounds,
    bcc_cdf,
    bcc_unrecovered,
    one_bounds,
    one_cdf,
    repetition_bounds,
    repetition_cdf,
    uncoded_bounds,
    uncoded_cdf,
)

EXPON = stats.expon(scale=5)


def part_sizes(m, d):
    return [min(d, m - start) for start in range(0, m, d)]


def bcc_by_inclusion_exclusion(at_full, at_last, m, d):
    """Exact rational from the two values of F."""
    n = -(-m // d)
    whole = lcm(at_full.denominator, at_last.denominator)  # one for all terms: common factors are looked for once
    full, rest = int(at_full * whole), int(at_last * whole)
    total = 0
    for k in range(n):
        for last in (0, 1):
            total += (-1) ** (k + last) * comb(n - 1, k) * (n * whole - k * full - last * rest) ** m
    return Fraction(total, (n * whole) ** m)


@pytest.mark.parametrize(("m", "d"), [(60, 7), (200, 10), (1000, 10), (1000, 300)])
def test_bcc_keeps_its_digits_where_the_alternating_sum_loses_them(m, d):
    law = stats.expon(scale=5)
    times = np.array([1.6, 3.0, 8.0, 30.0])
    exact = [
        bcc_by_inclusion_exclusion(
            Fraction(float(law.cdf(t - d * 0.005))), Fraction(float(law.cdf(t - part_sizes(m, d)[-1] * 0.005))), m, d
        )
        for t in times
    ]
    np.testing.assert_allclose(bcc_cdf(Model(m, d, 0.005, law), times), [float(x) for x in exact], rtol=1e-11)


@pytest.mark.parametrize(("m", "d"), [(1, 1), (2, 1), (3, 2), (4, 4), (5, 2), (6, 2)])
def test_bcc_mass_at_infinity_counts_samplings_that_miss_a_part(m, d):
    n = -(-m // d)
    missed = sum(len(set(choice)) < n for choice in product(range(n), repeat=m))
    assert bcc_unrecovered(m, d) == Fraction(missed, n**m)
    assert float(1 - bcc_cdf(Model(m, d, 0.1, EXPON), np.inf)) == pytest.approx(missed / n**m, abs=1e-15)


def test_bcc_misses_a_part_in_four_of_a_thousand_runs_with_the_numbers_of_the_paper():
    assert round(float(bcc_unrecovered(1000, 10)), 5) == 0.00431
    late = 1 - float(bcc_cdf(Model(1000, 10, 0.005, EXPON), np.inf))
    assert float(bcc_unrecovered(1000, 10)) == pytest.approx(late, rel=1e-9)


# ---------------------------------------------------------------------------------------------------- the intervals


SCHEMES = {"one": one_cdf, "uncoded": uncoded_cdf, "repetition": repetition_cdf, "bcc": bcc_cdf}
BOUNDS = {"one": one_bounds, "uncoded": uncoded_bounds, "repetition": repetition_bounds, "bcc": bcc_bounds}


def exact(scheme, m, d, value):
    """The law as a rational or in mpmath's digits; value(r) is F(t - r tau)."""
    sizes = part_sizes(m, d)
    if scheme == "one":
        return value(m)
    if scheme == "uncoded":
        return value(1) ** m
    if scheme == "repetition":
        return prod(1 - (1 - value(r)) ** r for r in sizes)
    n, full, last = len(sizes), value(d) if len(sizes) > 1 else 0, value(sizes[-1])
    terms = [(-1) ** (k + e) * comb(n - 1, k) * ((n - k * full - e * last) / n) ** m for k in range(n) for e in (0, 1)]
    return sum(terms)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("m", "d"), [(1, 1), (5, 2), (5, 5), (7, 3), (20, 6)])
def test_intervals_hold_the_truth_where_the_time_left_is_rounded(scheme, m, d):
    """F rises as the square root of what is left of t after r tau, which floats have no digit of."""
    tau, law = 0.01, stats.weibull_min(0.5)
    for t in [x * terms * tau for terms in {1, d, m} for x in (1, 1 + 2**-52, 1 + 1e-15, 1 + 1e-9, 3)]:

        def value(r, t=t):
            left = Fraction(t) - r * Fraction(tau)
            return -mpmath.expm1(-mpmath.sqrt(mpmath.mpf(left.numerator) / left.denominator)) if left > 0 else 0

        low, high = BOUNDS[scheme](Model(m, d, tau, law), t)
        with mpmath.workdps(60):
            assert low - 1e-50 <= exact(scheme, m, d, value) <= high + 1e-50  # mpmath's own rounding


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("m", "d"), [(200, 10), (1000, 10), (1000, 300), (1000, 1)])
def test_intervals_hold_the_floats_and_are_narrow(scheme, m, d):
    model = Model(m, d, 0.005, EXPON)
    for t in (5.5, 8.0, 30.0):
        low, high = BOUNDS[scheme](model, t)
        value = float(SCHEMES[scheme](model, t))
        assert low <= value <= high or value == pytest.approx(low, rel=1e-11, abs=1e-60)
        assert high - low <= 1e-12


def test_a_hundred_thousand_symbols_take_as_few_terms_as_a_thousand():
    low, high = bcc_bounds(Model(100_000, 20_000, 1e-6, EXPON), math.inf)
    assert low <= float(1 - bcc_unrecovered(100_000, 20_000)) <= high
    assert 0 < bcc_bounds(Model(100_000, 1, 1e-6, EXPON), math.inf)[1] < 2.0**-200
    low, high = bcc_bounds(Model(100_000, 10, 1e-6, EXPON), math.inf)
    assert 0.6 < low < high < low + 1e-13
