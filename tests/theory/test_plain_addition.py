"""Laws of the two shortcuts against enumeration over discrete delays, and against simulation."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import Empirical
from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory.laws.baselines import uncoded_cdf
from srtheory.theory.laws.plain_addition import complete_worker_cdf, log10_all_systematic, shortcut_cdf

EXPON = stats.expon(scale=5)
TIMES = np.array([-1.0, 0.0, 0.4, 1.1, 1.6, 2.3, 3.1, 4.0, 9.0, np.inf])


def by_enumeration(t, m, tau, delays):
    """Shares of all m-tuples of equally likely delays with a complete worker, and with either shortcut, by t."""
    complete = either = 0
    for x in product(delays, repeat=m):
        first, last = min(x) + m * tau, max(x) + tau
        complete += first <= t
        either += min(first, last) <= t
    return complete / len(delays) ** m, either / len(delays) ** m


@pytest.mark.parametrize("m", [1, 2, 3, 5])
@pytest.mark.parametrize("tau", [0.25, 0.5])
def test_laws_are_the_shares_of_all_delays(m, tau):
    delays = [0.0, 0.5, 0.75, 2.0]
    expected = np.array([by_enumeration(t, m, tau, delays) for t in TIMES])
    law = Empirical(delays)
    np.testing.assert_allclose(complete_worker_cdf(Model(m, None, tau, law), TIMES), expected[:, 0], atol=1e-12)
    np.testing.assert_allclose(shortcut_cdf(Model(m, None, tau, law), TIMES), expected[:, 1], atol=1e-12)


def simulated(m, tau, runs=20_000):
    x = EXPON.rvs(size=(runs, m), random_state=np.random.default_rng(5))
    return x.min(axis=1) + m * tau, np.minimum(x.min(axis=1) + m * tau, x.max(axis=1) + tau)


def agreement(sample, law):
    return stats.ks_1samp(sample, lambda t: law(Model(6, None, 3.0, EXPON), t)).pvalue


def test_simulated_delays_follow_the_laws():
    complete, either = simulated(6, 3.0)
    assert agreement(complete, complete_worker_cdf) > 1e-3
    assert agreement(either, shortcut_cdf) > 1e-3


@pytest.mark.quality
def test_a_worker_who_skips_a_term_is_noticed():
    complete, either = simulated(6, 3.0)
    assert agreement(complete + 0.3, complete_worker_cdf) < 1e-6
    assert agreement(either, complete_worker_cdf) < 1e-6


def test_the_logarithm_reaches_below_floats():
    large, small = Model(1000, None, 0.005, EXPON), Model(4, None, 0.5, EXPON)
    assert uncoded_cdf(large, 0.7) == 0.0
    assert log10_all_systematic(large, 0.7) == pytest.approx(1000 * np.log10(-np.expm1(-0.139)))
    assert log10_all_systematic(small, 3.0) == pytest.approx(np.log10(uncoded_cdf(small, 3.0)))
    assert log10_all_systematic(small, 0.1) == -np.inf


@pytest.mark.parametrize(
    ("t", "m", "tau", "name"), [(float("nan"), 3, 0.1, "t"), (1.0, 0, 0.1, "symbols"), (1.0, 3, 0.0, "tau")]
)
def test_arguments_are_checked(t, m, tau, name):
    for law in (complete_worker_cdf, shortcut_cdf, log10_all_systematic):
        with pytest.raises(ArgumentError, match=f"'{name}'"):
            law(Model(m, None, tau, EXPON), t)
