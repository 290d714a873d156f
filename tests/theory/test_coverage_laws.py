"""Laws of coverage given counts and by time, against enumeration, exact rationals and simulation."""

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from scipy import stats

from srtheory.model import Model
from srtheory.theory.laws.coverage import (
    coverage_and_rows,
    coverage_by_time,
    coverage_ceiling,
    coverage_given_counts,
    coverage_poisson,
    covered_with_rows,
    expected_uncovered,
    poisson_given_counts,
    terms_that_matter,
)
from tests.oracle import laws as oracle
from tests.theory.coverage_oracles import worker_ends

EXPON = stats.expon(scale=5)


@pytest.mark.parametrize("bits", [16, 24, 32, 48, 64])
@pytest.mark.parametrize(("m", "d", "t", "rows"), [(4, 2, 3.13, 3), (4, 1, 1.9, 0), (5, 3, 2.2, 2), (5, 2, 9.0, 4)])
def test_few_bits_make_a_wide_ball_but_no_wrong_one(m, d, t, rows, bits):
    """At few bits what is left out, terms and rows, is large."""
    ends = np.array(worker_ends(m, d))
    received = EXPON.cdf(t - 0.3 * (1 + ends))
    at = dict(zip((1 + ends).tolist(), map(Fraction, received.tolist()), strict=True))
    states = oracle.by_time(m, oracle.orders("sr", m, degree=d), lambda terms, _: at[terms])
    late = oracle.enough(rows)
    truth = oracle.mean(m, states, lambda *state: oracle.covered(*state) and late(*state))
    enough = oracle.mean(m, states, late)
    with ctx.workprec(bits):
        ball = covered_with_rows(m, ends, received, rows)
        other = covered_with_rows(m, ends, received, rows, arb(fmpq(enough.numerator, enough.denominator)) + 1)
    with ctx.workprec(300):
        assert ball.contains(arb(fmpq(truth.numerator, truth.denominator)))
        assert other.contains(arb(fmpq(truth.numerator, truth.denominator)) + 1)
        assert max(ball.rad(), other.rad()) < 2.0 ** (8 - bits / 2)


@pytest.mark.parametrize(("t", "rows"), [(0.5, 60), (1.2, 60), (9.0, 60), (9.0, 1)])
def test_terms_that_are_left_out_are_in_the_ball(t, rows):
    """At m = 60 the sum stops long before its last term; at t = 9 nearly no run has fewer than 60 rows."""
    m, d, tau = 60, 3, 0.02
    ends = np.array(worker_ends(m, d))
    received = EXPON.cdf(t - tau * (1 + ends))
    with ctx.workprec(400):
        truth = covered_with_rows(m, ends, received, rows)
    for bits in range(16, 64, 2):
        with ctx.workprec(bits):
            ball = covered_with_rows(m, ends, received, rows)
        with ctx.workprec(400):
            assert ball.contains(truth)
            assert ball.rad() < 2.0 ** (8 - bits / 2)


def test_many_symbols_and_short_blocks_take_no_longer():
    """The sum over all terms says the same after minutes."""
    low, high = coverage_and_rows(Model(1000, 3, 0.005, EXPON), 0.6, 1000)
    assert low <= 0.412707259453895
    assert high >= 0.41270725945381237
    assert high - low < 1e-13


# Few symbols uncovered; a few, so that terms grow before they fall; terms that grow to the last; nearly no law at all.


def received_by(m, d, t, tau):
    ends = np.array(worker_ends(m, d))
    return ends, EXPON.cdf(t - tau * (1 + ends))


def test_few_terms_matter_where_coverage_is_likely():
    count, cancelling = terms_that_matter(10_000, *received_by(10_000, 10, 0.75, 0.005))
    assert count < 100
    assert cancelling == 0


@pytest.mark.parametrize(("m", "d", "counts"), [(4, 1, (2, 1, 0, 0)), (5, 2, (0, 0, 2, 2, 1))])
def test_poisson_bound_given_counts(m, d, counts):
    law = np.zeros(m + 1)
    for state, p in oracle.given_counts(m, oracle.orders("sr", m, degree=d), counts).items():
        law[oracle.uncovered(m, *state)] += float(p)
    mean, bound = poisson_given_counts(m, d, counts)
    poisson = stats.poisson(float(mean))
    assert law @ np.arange(m + 1) == pytest.approx(float(mean), rel=1e-13)
    distance = (np.abs(law - poisson.pmf(np.arange(m + 1))).sum() + poisson.sf(m)) / 2
    assert 0 < distance <= bound < 1


@pytest.mark.quality
def test_two_percent_in_the_mean_break_the_poisson_bound():
    counts = [8] * 125 + [0] * 875
    mean, bound = poisson_given_counts(1000, 10, counts)
    value = float(coverage_given_counts(1000, 10, counts))
    assert abs(value - math.exp(-float(mean))) <= bound < abs(value - math.exp(-1.02 * float(mean)))


MOMENTS = [(m, d, t) for m in (1, 2, 3, 6, 40) for d in (1, 2, 5) for t in (0.35, 0.8, 1.6, 3.0)]


@pytest.mark.parametrize(("m", "d", "t"), MOMENTS)
def test_two_moments_bound_coverage(m, d, t):
    (low, high), exact = (law(Model(m, d, 0.3, EXPON), t) for law in (coverage_ceiling, coverage_by_time))
    assert low == 0 <= exact[0] <= high <= 1
    if m == 1:  # W is 0 or 1: nothing is lost
        assert high == pytest.approx(exact[1], rel=1e-12)


@pytest.mark.quality
def test_pairs_that_are_counted_once_would_be_seen():
    """E W^2 is E W + 2 E C(W, 2); with one of the two the bound falls below the probability."""
    seen = 0
    for m, d, t in MOMENTS:
        model = Model(m, d, 0.3, EXPON)
        mean = float(expected_uncovered(model, t))
        square = mean**2 / (1 - coverage_ceiling(model, t)[1])
        seen += 1 - mean**2 / ((square + mean) / 2) < coverage_by_time(model, t)[0]
    assert seen > 5


def test_poisson_limit_and_its_error_at_the_parameters_of_the_paper():
    t, model = 0.7046016940489437, Model(1000, 10, 0.005, EXPON)
    low, high = coverage_by_time(model, t)
    assert round(low, 4) == round(high, 4) == 0.8772
    assert round(float(expected_uncovered(model, t)), 4) == 0.1402
    assert round(float(coverage_poisson(model, t)) - low, 4) == -0.0080
