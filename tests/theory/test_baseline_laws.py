"""Latency laws of the baselines against enumeration, exact rationals and simulation."""

import math
from fractions import Fraction
from itertools import product
from math import comb, lcm, prod

import mpmath
import numpy as np
import pytest
from flint import arb, ctx, fmpq
from scipy import stats

from srtheory.delays import Empirical
from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory.laws import baselines
from srtheory.theory.laws.baselines import (
    arrivals_bounds,
    bcc_bounds,
    bcc_cdf,
    bcc_unrecovered,
    fractional_bounds,
    one_bounds,
    one_cdf,
    repetition_bounds,
    repetition_cdf,
    uncoded_bounds,
    uncoded_cdf,
)

EXPON = stats.expon(scale=5)
PARETO = stats.pareto(b=1)
TIMES = np.array([-1.0, 0.0, 0.3, 1.0, 1.7, 4.0, 20.0, 400.0, np.inf])


def part_sizes(m, d):
    return [min(d, m - start) for start in range(0, m, d)]


def bcc_by_enumeration(t, m, d, tau, law):
    """Average over all assignments of workers to parts; workers of one part race."""
    late = [float(law.sf(t - size * tau)) for size in part_sizes(m, d)]
    total = 0.0
    for choice in product(range(len(late)), repeat=m):
        total += prod(1 - p ** choice.count(i) for i, p in enumerate(late))
    return total / len(late) ** m


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


@pytest.mark.parametrize("law", [EXPON, PARETO], ids=["expon", "pareto"])
@pytest.mark.parametrize(("m", "d"), [(1, 1), (2, 1), (3, 2), (4, 4), (5, 2), (5, 3), (5, 5), (6, 2), (6, 3)])
def test_bcc_is_the_average_over_all_samplings(m, d, law):
    expected = np.array([bcc_by_enumeration(t, m, d, 0.1, law) for t in TIMES])
    np.testing.assert_allclose(bcc_cdf(Model(m, d, 0.1, law), TIMES), expected, rtol=1e-12, atol=0)


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


@pytest.mark.quality
def test_floats_lose_the_alternating_sum():
    p = float(EXPON.cdf(0.3 - 10 * 0.005))
    terms = [(-1) ** k * comb(100, k) * (1 - k * p / 100) ** 1000 for k in range(101)]
    exact = float(bcc_by_inclusion_exclusion(Fraction(p), Fraction(p), 1000, 10))
    assert abs(sum(terms) / exact - 1) > 1e-3
    assert bcc_cdf(Model(1000, 10, 0.005, EXPON), 0.3) == pytest.approx(exact, rel=1e-11)


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


@pytest.mark.parametrize(("m", "d"), [(1, 1), (4, 2), (5, 2), (6, 4), (6, 6)])
def test_repetition_is_the_slowest_of_the_fastest(m, d):
    expected = np.ones_like(TIMES)
    for group in [range(start, min(start + d, m)) for start in range(0, m, d)]:
        slower = np.ones_like(TIMES)
        for _ in group:
            slower *= PARETO.sf(TIMES - len(group) * 0.1)
        expected *= 1 - slower
    np.testing.assert_allclose(repetition_cdf(Model(m, d, 0.1, PARETO), TIMES), expected, rtol=1e-13)


@pytest.mark.parametrize("law", [EXPON, PARETO], ids=["expon", "pareto"])
def test_baselines_meet_where_they_are_the_same_scheme(law):
    seven, one = Model(7, 1, 0.1, law), Model(1, None, 0.1, law)
    np.testing.assert_allclose(repetition_cdf(seven, TIMES), uncoded_cdf(seven, TIMES), rtol=1e-12)
    np.testing.assert_array_equal(uncoded_cdf(one, TIMES), one_cdf(one, TIMES))
    fastest = 1 - law.sf(TIMES - 0.7) ** 7
    np.testing.assert_allclose(repetition_cdf(Model(7, 7, 0.1, law), TIMES), fastest, rtol=1e-12)
    np.testing.assert_allclose(bcc_cdf(Model(7, 7, 0.1, law), TIMES), fastest, rtol=1e-12)


def simulate(scheme, model, trials, rng):
    """Latencies drawn straight from the description of each baseline."""
    m, d, tau = model.symbols, model.degree, model.tau
    start = model.startup.rvs(size=(trials, m), random_state=rng)
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


SCHEMES = {"one": one_cdf, "uncoded": uncoded_cdf, "repetition": repetition_cdf, "bcc": bcc_cdf}


def agreement(scheme, sample, model):
    """p-value of the recovered runs' latencies under the law, given recovery."""
    recovered, law = np.isfinite(sample), SCHEMES[scheme]
    total = float(law(model, np.inf))
    fraction = stats.binomtest(int(recovered.sum()), len(sample), min(total, 1.0)).pvalue
    shape = stats.kstest(sample[recovered], lambda t: law(model, t) / total).pvalue
    return min(fraction, shape)


@pytest.mark.quality
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("law", [stats.expon(scale=5), stats.pareto(b=1)], ids=["expon", "pareto"])
def test_simulation_agrees_and_two_percent_would_be_seen(scheme, law):
    model = Model(14, 4, 0.3, law)
    sample = simulate(scheme, model, 200_000, np.random.default_rng(20220))
    assert agreement(scheme, sample, model) > 1e-3
    assert agreement(scheme, sample / 1.02, model) < 1e-6


@pytest.mark.quality
def test_a_wrong_number_of_parts_would_be_seen():
    sample = simulate("bcc", Model(14, 4, 0.3, EXPON), 20_000, np.random.default_rng(5))
    assert agreement("bcc", sample, Model(14, 5, 0.3, EXPON)) < 1e-6


# ---------------------------------------------------------------------------------------------------- the intervals


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


SIZES = [(1, 1), (2, 1), (3, 2), (5, 2), (5, 4), (5, 5), (6, 3), (14, 4), (200, 10), (200, 199)]


@pytest.mark.parametrize(("m", "d"), SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_intervals_hold_the_law_of_a_sample_off_its_atoms(scheme, m, d):
    law, tau = Empirical([0.0, 0.3, 0.3, 1.1, 6.2]), 0.07
    for t in (0.1, 0.5, 1.3, 5.0, 14.1, 30.0):
        low, high = BOUNDS[scheme](Model(m, d, tau, law), t)
        share = lambda r, t=t: Fraction(sum(x <= t - r * tau for x in law.sample.tolist()), 5)  # noqa: E731
        assert low <= exact(scheme, m, d, share) <= high
        assert high - low < 4 * (m + 2) * 2.0**-50


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("m", "d"), [(1, 1), (3, 3), (5, 5)])
@pytest.mark.parametrize("tau", [0.1, 0.07, 3e-5])
def test_an_atom_within_rounding_is_spanned(scheme, m, d, tau):
    """Every start-up takes 0.1, and one part is all: T is 0.1 + r tau, however it is rounded."""
    terms = 1 if scheme == "uncoded" else m
    model, bounds = Model(m, d, tau, Empirical([0.1])), BOUNDS[scheme]
    for t in (0.1 + terms * tau, 0.1 + sum([tau] * terms), float(Fraction(0.1) + terms * Fraction(tau))):
        assert bounds(model, t) == (0.0, 1.0)
    before, after = (bounds(model, (0.1 + terms * tau) * x) for x in (1 - 1e-14, 1 + 1e-14))
    assert before[1] < 1e-13
    assert after[0] > 1 - 1e-13


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


@pytest.mark.quality
def test_one_rounding_of_the_time_left_is_more_than_the_error_of_f():
    """What the interval would miss if it took F at the rounded difference."""
    t, m, tau = 0.05, 5, 0.01
    model = Model(m, None, tau, stats.weibull_min(0.5))
    assert float(one_cdf(model, t)) + 2.0**-50 < float(np.sqrt(float(Fraction(t) - m * Fraction(tau))))
    assert one_bounds(model, t)[1] > 1e-9


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("m", "d"), [(200, 10), (1000, 10), (1000, 300), (1000, 1)])
def test_intervals_hold_the_floats_and_are_narrow(scheme, m, d):
    model = Model(m, d, 0.005, EXPON)
    for t in (5.5, 8.0, 30.0):
        low, high = BOUNDS[scheme](model, t)
        value = float(SCHEMES[scheme](model, t))
        assert low <= value <= high or value == pytest.approx(low, rel=1e-11, abs=1e-60)
        assert high - low <= 1e-12


@pytest.mark.parametrize("bits", [24, 40, 96])
def test_what_the_sum_leaves_out_is_in_the_ball(bits):
    """At few bits the terms that are left out are large."""
    for m, full, f, last in [
        (60, 8, (2, 3), (5, 6)),
        (300, 99, (1, 1), (1, 1)),
        (40, 20, (1, 2), (1, 3)),
        (9, 0, (1, 2), (1, 2)),
    ]:
        n = full + 1
        true = sum(
            (-1) ** k * comb(full, k) * (x**m - (x - Fraction(*last) / n) ** m)
            for k in range(n)
            for x in [1 - k * Fraction(*f) / n]
        )
        with ctx.workprec(bits):
            ball = baselines._all_hit(m, full, arb(fmpq(*last)), arb(fmpq(*f)))
        with ctx.workprec(1000):
            assert ball.contains(arb(fmpq(true.numerator, true.denominator)))


def test_the_ball_of_a_sum_that_is_cut_short_is_its_last_term():
    """The first term below 2^-39.75 at 53 bits, of 1000 workers and 100 parts, each of which starts surely."""
    terms = [comb(99, k) * ((1 - Fraction(k, 100)) ** 1000 - (1 - Fraction(k + 1, 100)) ** 1000) for k in range(100)]
    last = next(k for k in range(100) if terms[k] < 2.0**-39.75)
    with ctx.workprec(53):
        ball = baselines._all_hit(1000, 99, arb(1), arb(1))
    assert last > 2
    assert terms[last] < float(ball.rad()) < terms[last] + Fraction(1, 2**47)
    assert abs(float(ball.mid()) - sum((-1) ** k * terms[k] for k in range(last))) < 2.0**-47


def test_a_negligible_probability_lies_between_0_and_the_product_of_the_parts(monkeypatch):
    monkeypatch.setattr(baselines, "NEGLIGIBLE", 1.0)
    with ctx.workprec(96):
        ball = baselines._all_hit(3, 2, arb(0.75), arb(0.375))
    product = (1 - 0.875**3) ** 2
    assert ball.contains(0)
    assert float(ball.upper()) == pytest.approx(product, rel=1e-7)
    assert float(ball.lower()) == pytest.approx(0.0, abs=1e-7)


def test_a_hundred_thousand_symbols_take_as_few_terms_as_a_thousand():
    low, high = bcc_bounds(Model(100_000, 20_000, 1e-6, EXPON), math.inf)
    assert low <= float(1 - bcc_unrecovered(100_000, 20_000)) <= high
    assert 0 < bcc_bounds(Model(100_000, 1, 1e-6, EXPON), math.inf)[1] < 2.0**-200
    low, high = bcc_bounds(Model(100_000, 10, 1e-6, EXPON), math.inf)
    assert 0.6 < low < high < low + 1e-13


# ------------------------------------------------------------------------------------------------------ gradient codes


def gradient_exact(bounds, m, s, value):
    """The laws of gradient codes as rationals; value(r) is F(t - r tau)."""
    if bounds is arrivals_bounds:
        return sum(comb(m, n) * (1 - value(s + 1)) ** n * value(s + 1) ** (m - n) for n in range(s + 1))
    groups = m // (s + 1)
    sizes = [(g + 1) * m // groups - g * m // groups for g in range(groups)]
    return prod(1 - (1 - value(r)) ** r for r in sizes)


@pytest.mark.parametrize("bounds", [fractional_bounds, arrivals_bounds])
@pytest.mark.parametrize(("m", "s"), [(1, 0), (2, 0), (2, 1), (5, 1), (5, 3), (11, 2), (12, 3), (200, 9), (200, 199)])
def test_gradient_intervals_hold_the_law_of_a_sample(bounds, m, s):
    law, tau, cost = Empirical([0.0, 0.3, 0.3, 1.1, 6.2]), 0.07, 0.011
    for t in (0.1, 0.5, 1.3, 5.0, 14.1, 30.0):
        low, high = bounds(Model(m, None, tau, law, message_cost=cost), t, s)
        share = lambda r, t=t: Fraction(sum(x <= t - r * tau - cost for x in law.sample.tolist()), 5)  # noqa: E731
        assert low <= gradient_exact(bounds, m, s, share) <= high
        assert high - low < 4 * (m + 2) * 2.0**-50


def test_gradient_laws_meet_the_others():
    model = Model(12, 4, 0.1, EXPON)
    for t in (0.5, 3.0, 9.0):
        assert fractional_bounds(model, t, 3) == repetition_bounds(model, t)
        for bounds in (fractional_bounds, arrivals_bounds):
            assert bounds(model, t, 0) == pytest.approx(uncoded_bounds(model, t), rel=1e-13)


@pytest.mark.quality
def test_one_straggler_more_or_less_is_another_law():
    for bounds in (fractional_bounds, arrivals_bounds):
        laws = [bounds(Model(11, None, 0.1, EXPON), 3.0, s) for s in (1, 2, 3)]
        assert laws[0][1] < laws[1][0] < laws[2][0]


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("stragglers", lambda: arrivals_bounds(Model(5, None, 0.1, EXPON), 1.0, 5)),
        ("stragglers", lambda: fractional_bounds(Model(5, None, 0.1, EXPON), 1.0, -1)),
        ("symbols", lambda: arrivals_bounds(Model(100_001, None, 0.1, EXPON), 1.0, 1)),
        ("symbols", lambda: one_bounds(Model(100_001, None, 0.1, EXPON), 1.0)),
        ("symbols", lambda: bcc_bounds(Model(2**63, 1, 0.1, EXPON), 1.0)),
        ("degree", lambda: repetition_bounds(Model(3, 0, 0.1, EXPON), 1.0)),
        ("tau", lambda: uncoded_bounds(Model(3, None, -0.1, EXPON), 1.0)),
        ("t", lambda: one_bounds(Model(3, None, 0.1, EXPON), math.nan)),
        ("startup", lambda: bcc_bounds(Model(3, 1, 0.1, stats.norm()), 1.0)),
        ("symbols", lambda: one_cdf(Model(0, None, 0.1, EXPON), 1.0)),
        ("tau", lambda: uncoded_cdf(Model(3, None, 0.0, EXPON), 1.0)),
        ("degree", lambda: repetition_cdf(Model(3, 0, 0.1, EXPON), 1.0)),
        ("degree", lambda: bcc_unrecovered(3, 0)),
        ("startup", lambda: bcc_cdf(Model(3, 1, 0.1, stats.norm()), 1.0)),
        ("startup", lambda: bcc_cdf(Model(3, 1, 0.1, 5.0), 1.0)),
        ("t", lambda: one_cdf(Model(3, None, 0.1, EXPON), [1.0, np.nan])),
        ("t", lambda: one_cdf(Model(3, None, 0.1, EXPON), "soon")),
    ],
)
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        call()
