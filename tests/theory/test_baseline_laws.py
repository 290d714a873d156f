"""Latency laws of the baselines against enumeration, exact rationals and simulation."""

from fractions import Fraction
from itertools import product
from math import comb, prod

import numpy as np
import pytest
from scipy import stats

from srtheory.errors import ArgumentError
from srtheory.theory.baselines import bcc_cdf, bcc_unrecovered, one_cdf, repetition_cdf, uncoded_cdf

EXPON = stats.expon(scale=5)
PARETO = stats.pareto(b=1)
TIMES = np.array([-1.0, 0.0, 0.3, 1.0, 1.7, 4.0, 20.0, 400.0, np.inf])


def part_sizes(m, d):
    return [min(d, m - start) for start in range(0, m, d)]


def bcc_by_enumeration(t, m, d, tau, law):
    """Average over all assignments of workers to parts; workers of one part race."""
    sizes = part_sizes(m, d)
    total = 0.0
    for choice in product(range(len(sizes)), repeat=m):
        total += prod(1 - law.sf(t - sizes[p] * tau) ** choice.count(p) for p in range(len(sizes)))
    return total / len(sizes) ** m


def bcc_by_inclusion_exclusion(at_full, at_last, m, d):
    """Exact rational from the two values of F."""
    n = -(-m // d)
    total = Fraction(0)
    for k in range(n):
        for last in (0, 1):
            hit = Fraction(n - k * at_full - last * at_last, n)
            total += (-1) ** (k + last) * comb(n - 1, k) * hit**m
    return total


@pytest.mark.parametrize("law", [EXPON, PARETO], ids=["expon", "pareto"])
@pytest.mark.parametrize(("m", "d"), [(1, 1), (1, 4), (2, 1), (3, 2), (4, 4), (5, 2), (5, 3), (5, 9), (6, 2), (6, 3)])
def test_bcc_is_the_average_over_all_samplings(m, d, law):
    expected = np.array([bcc_by_enumeration(t, m, d, 0.1, law) for t in TIMES])
    np.testing.assert_allclose(bcc_cdf(TIMES, m, d, 0.1, law), expected, rtol=1e-12, atol=0)


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
    np.testing.assert_allclose(bcc_cdf(times, m, d, 0.005, law), [float(x) for x in exact], rtol=1e-11)


@pytest.mark.quality
def test_floats_lose_the_alternating_sum():
    p = float(EXPON.cdf(0.3 - 10 * 0.005))
    terms = [(-1) ** k * comb(100, k) * (1 - k * p / 100) ** 1000 for k in range(101)]
    exact = float(bcc_by_inclusion_exclusion(Fraction(p), Fraction(p), 1000, 10))
    assert abs(sum(terms) / exact - 1) > 1e-3
    assert bcc_cdf(0.3, 1000, 10, 0.005, EXPON) == pytest.approx(exact, rel=1e-11)


@pytest.mark.parametrize(("m", "d"), [(1, 1), (2, 1), (3, 2), (4, 4), (5, 2), (6, 2)])
def test_bcc_mass_at_infinity_counts_samplings_that_miss_a_part(m, d):
    n = -(-m // d)
    missed = sum(len(set(choice)) < n for choice in product(range(n), repeat=m))
    assert bcc_unrecovered(m, d) == Fraction(missed, n**m)
    assert float(1 - bcc_cdf(np.inf, m, d, 0.1, EXPON)) == pytest.approx(missed / n**m, abs=1e-15)


def test_bcc_misses_a_part_in_four_of_a_thousand_runs_with_the_numbers_of_the_paper():
    assert round(float(bcc_unrecovered(1000, 10)), 5) == 0.00431
    assert float(bcc_unrecovered(1000, 10)) == pytest.approx(
        1 - float(bcc_cdf(np.inf, 1000, 10, 0.005, EXPON)), rel=1e-9
    )


@pytest.mark.parametrize(("m", "d"), [(1, 1), (4, 2), (5, 2), (6, 4), (6, 9)])
def test_repetition_is_the_slowest_of_the_fastest(m, d):
    expected = np.ones_like(TIMES)
    for group in [range(start, min(start + d, m)) for start in range(0, m, d)]:
        slower = np.ones_like(TIMES)
        for _ in group:
            slower *= PARETO.sf(TIMES - len(group) * 0.1)
        expected *= 1 - slower
    np.testing.assert_allclose(repetition_cdf(TIMES, m, d, 0.1, PARETO), expected, rtol=1e-13)


@pytest.mark.parametrize("law", [EXPON, PARETO], ids=["expon", "pareto"])
def test_baselines_meet_where_they_are_the_same_scheme(law):
    np.testing.assert_allclose(repetition_cdf(TIMES, 7, 1, 0.1, law), uncoded_cdf(TIMES, 7, 0.1, law), rtol=1e-12)
    np.testing.assert_array_equal(uncoded_cdf(TIMES, 1, 0.1, law), one_cdf(TIMES, 1, 0.1, law))
    fastest = 1 - law.sf(TIMES - 0.7) ** 7
    np.testing.assert_allclose(repetition_cdf(TIMES, 7, 7, 0.1, law), fastest, rtol=1e-12)
    np.testing.assert_allclose(bcc_cdf(TIMES, 7, 8, 0.1, law), fastest, rtol=1e-12)


@pytest.mark.parametrize("cdf", [one_cdf, uncoded_cdf, repetition_cdf, bcc_cdf])
def test_laws_are_distribution_functions_of_any_shape(cdf):
    degree = () if cdf in (one_cdf, uncoded_cdf) else (3,)
    t = np.linspace(0, 60, 400).reshape(20, 20)
    law = cdf(t, 10, *degree, 0.2, EXPON)
    assert law.shape == t.shape
    assert (np.diff(law.ravel()) >= -1e-15).all()
    assert law.min() >= 0
    assert law.max() <= 1 + 1e-12
    assert float(cdf(t[3, 4], 10, *degree, 0.2, EXPON)) == law[3, 4]


def simulate(scheme, m, d, tau, law, trials, rng):
    """Latencies drawn straight from the description of each baseline."""
    start = law.rvs(size=(trials, m), random_state=rng)
    sizes = np.array(part_sizes(m, d))
    if scheme == "one":
        return start[:, 0] + m * tau
    if scheme == "uncoded":
        return start.max(axis=1) + tau
    if scheme == "repetition":
        part = np.broadcast_to(np.arange(m) // d, (trials, m))
    else:
        part = rng.integers(len(sizes), size=(trials, m))
    done = start + tau * sizes[part]
    arrival = [np.where(part == p, done, np.inf).min(axis=1) for p in range(len(sizes))]
    return np.max(arrival, axis=0)


def law_of(scheme, t, m, d, tau, law):
    cdf = {"one": one_cdf, "uncoded": uncoded_cdf, "repetition": repetition_cdf, "bcc": bcc_cdf}[scheme]
    return cdf(t, m, *(() if scheme in ("one", "uncoded") else (d,)), tau, law)


def agreement(scheme, sample, m, d, tau, law):
    """p-value of the recovered runs' latencies under the law, given recovery."""
    recovered = np.isfinite(sample)
    total = float(law_of(scheme, np.inf, m, d, tau, law))
    fraction = stats.binomtest(int(recovered.sum()), len(sample), min(total, 1.0)).pvalue
    shape = stats.kstest(sample[recovered], lambda t: law_of(scheme, t, m, d, tau, law) / total).pvalue
    return min(fraction, shape)


SCHEMES = ["one", "uncoded", "repetition", "bcc"]


@pytest.mark.quality
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("law", [stats.expon(scale=5), stats.pareto(b=1)], ids=["expon", "pareto"])
def test_simulation_agrees_and_two_percent_would_be_seen(scheme, law):
    m, d, tau = 14, 4, 0.3
    sample = simulate(scheme, m, d, tau, law, 200_000, np.random.default_rng(20220))
    assert agreement(scheme, sample, m, d, tau, law) > 1e-3
    assert agreement(scheme, sample / 1.02, m, d, tau, law) < 1e-6


@pytest.mark.quality
def test_a_wrong_number_of_parts_would_be_seen():
    sample = simulate("bcc", 14, 4, 0.3, EXPON, 20_000, np.random.default_rng(5))
    assert agreement("bcc", sample, 14, 5, 0.3, EXPON) < 1e-6


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("symbols", lambda: one_cdf(1.0, 0, 0.1, EXPON)),
        ("tau", lambda: uncoded_cdf(1.0, 3, 0.0, EXPON)),
        ("degree", lambda: repetition_cdf(1.0, 3, 0, 0.1, EXPON)),
        ("degree", lambda: bcc_unrecovered(3, 0)),
        ("startup", lambda: bcc_cdf(1.0, 3, 1, 0.1, stats.norm())),
        ("startup", lambda: bcc_cdf(1.0, 3, 1, 0.1, 5.0)),
        ("t", lambda: one_cdf([1.0, np.nan], 3, 0.1, EXPON)),
        ("t", lambda: one_cdf("soon", 3, 0.1, EXPON)),
    ],
)
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        call()
