"""Gradient codes when workers never answer: against enumeration of the silent sets, other laws and simulation."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from paper_checks.theory.silent import cyclic_mean, fractional_lost, fractional_mean
from srtheory.errors import ArgumentError
from tests import reference

TAU, RATE = 0.1, 0.2
EXPON = stats.expon(scale=1 / RATE)


def groups(m, s):
    return sorted({tuple(reference.gradient_fractional(m, s, worker=j)[0]) for j in range(m)})


@pytest.mark.parametrize(("m", "s"), [(1, 0), (4, 1), (5, 1), (7, 2), (8, 3), (9, 1)])
def test_the_lost_share_is_that_of_all_silent_sets(m, s):
    for a in range(m + 1):
        lost = sum(any(set(g) <= set(gone) for g in groups(m, s)) for gone in combinations(range(m), a))
        assert fractional_lost(m, s, a) == Fraction(lost, math.comb(m, a))
        assert (fractional_lost(m, s, a) > 0) >= (a > m - len(groups(m, s)))


def simulated(m, s, a, trials=40_000):
    """Mean latencies of both codes and their standard errors, drawn from the description."""
    rng = np.random.default_rng(11)
    start = rng.exponential(1 / RATE, (trials, m))
    gone = np.argsort(rng.random((trials, m)), axis=1)[:, :a]
    np.put_along_axis(start, gone, np.inf, axis=1)
    fractional = np.max([start[:, list(g)].min(axis=1) + TAU * len(g) for g in groups(m, s)], axis=0)
    cyclic = np.sort(start, axis=1)[:, m - s - 1] + TAU * (s + 1)
    kept = [x[np.isfinite(x)] for x in (fractional, cyclic)]
    return [(x.mean(), x.std() / math.sqrt(len(x))) for x in kept if len(x)]


@pytest.mark.quality
@pytest.mark.parametrize(("m", "s", "a"), [(12, 2, 0), (12, 2, 2), (11, 2, 1), (11, 3, 3), (12, 2, 4)])
def test_means_agree_with_simulation_and_two_percent_would_be_seen(m, s, a):
    means = fractional_mean(m, s, a, TAU, RATE), cyclic_mean(m, s, a, TAU, RATE)
    for mean, (found, error) in zip(means, simulated(m, s, a), strict=a <= s):
        assert abs(mean - found) < 4 * error
        assert abs(1.04 * mean - found) > 4 * error


@pytest.mark.parametrize(("m", "s", "a"), [(40, 19, 8), (1200, 599, 480), (3000, 1499, 3)])
def test_two_groups_are_those_of_the_hypergeometric_law(m, s, a):
    """With i and j live workers in them the slower one takes 1/i + 1/j - 1/(i + j) in the mean."""
    gone = np.arange(max(0, a - m // 2 + 1), min(a, m // 2 - 1) + 1)
    chance = stats.hypergeom.pmf(gone, m, m // 2, a)
    i, j = m // 2 - gone, m // 2 - (a - gone)
    mean = (chance * (1 / i + 1 / j - 1 / (i + j))).sum() / chance.sum() / RATE
    assert fractional_mean(m, s, a, TAU, RATE) - TAU * (m // 2) == pytest.approx(mean, rel=2e-5)


def test_a_mean_given_what_hardly_ever_happens_is_refused():
    """Of 1500 pairs one of each is silent with probability 1e-450: no float, but not 0."""
    assert 0 < 1 - fractional_lost(3000, 1, 1500) < Fraction(1, 10**400)
    with pytest.raises(ArgumentError, match="silent"):
        fractional_mean(3000, 1, 1500, TAU, RATE)


def test_what_never_comes_takes_for_ever():
    assert cyclic_mean(10, 2, 3, TAU, RATE) == math.inf
    assert fractional_mean(10, 1, 6, TAU, RATE) == math.inf > fractional_mean(10, 1, 5, TAU, RATE)
    assert cyclic_mean(10, 3, 3, TAU, RATE) < math.inf


def test_means_by_hand():
    """The third of four workers of five; the least of all; one group with one worker left."""
    assert cyclic_mean(5, 2, 1, TAU, RATE) == pytest.approx(3 * TAU + (1 / 4 + 1 / 3 + 1 / 2) / RATE, rel=1e-12)
    assert cyclic_mean(5, 4, 0, TAU, RATE) == pytest.approx(5 * TAU + 1 / 5 / RATE, rel=1e-12)
    assert cyclic_mean(5, 4, 5, TAU, RATE) == cyclic_mean(5, 3, 4, TAU, RATE) == math.inf
    assert cyclic_mean(1, 0, 0, TAU, RATE) == pytest.approx(TAU + 1 / RATE, rel=1e-12)
    assert fractional_mean(1, 0, 0, TAU, RATE) == pytest.approx(TAU + 1 / RATE, rel=2e-5)
    assert fractional_mean(4, 3, 3, TAU, RATE) == pytest.approx(4 * TAU + 1 / RATE, rel=2e-5)
