"""P(T <= t) with proof, against exact sums over all counts and orders, ranks being those over Q."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from srtheory.model import Model
from srtheory.theory import spanning
from srtheory.theory.named import order_means, require_named
from srtheory.theory.spanning import expected_latency_bounds, latency_bounds
from tests.theory.coverage_oracles import worker_weights
from tests.theory.spanning_oracles import by_time, simulate_latency

EXPON = stats.expon(scale=0.5)
ATOMS = stats.randint(0, 3)


def exact(t, m, d, tau, law):
    """Over all counts and orders."""
    return sum((row[1] for row in by_time(m, d, worker_weights(t, m, d, tau, law)).values()), Fraction(0))


def test_the_interval_is_tight_late_and_early():
    model = Model(60, 8, 0.01, EXPON)
    low, high = latency_bounds(model, 1.5)
    assert high - low < 1e-3
    assert low > 0.99
    assert latency_bounds(model, 0.05)[1] < 1e-11
    assert latency_bounds(Model(200, 8, 0.01, EXPON), 0.05)[1] < 1e-11  # no number of so few rows is enough


def test_where_powers_of_two_overflow_the_interval_is_only_wider(monkeypatch):
    model = Model(4, 2, 0.25, EXPON)
    tight = latency_bounds(model, 0.6)
    monkeypatch.setattr(spanning, "DOUBLINGS", 0)
    wide = latency_bounds(model, 0.6)
    assert wide[0] == tight[0] <= exact(0.6, 4, 2, 0.25, EXPON) <= tight[1] < wide[1]


def test_means_of_one_and_two_symbols():
    low, high = expected_latency_bounds(Model(1, 1, 0.25, EXPON), tolerance=0.01)
    assert low <= 0.75 <= high
    assert high - low < 0.02
    # Two rows from one worker, or one from each: min(X_(2), X_(1) + tau) + tau.
    low, high = expected_latency_bounds(Model(2, 1, 0.25, EXPON), tolerance=0.02)
    truth = 0.25 + 0.25 + 0.5 * (1 - np.exp(-0.25 / 0.5))
    assert low <= truth <= high
    assert high - low < 0.03


@pytest.mark.quality
def test_the_mean_agrees_with_simulation():
    low, high = expected_latency_bounds(Model(12, 3, 0.05, EXPON), tolerance=0.04)
    times = np.array([run[1] for run in simulate_latency(12, 3, 0.05, EXPON, 400, np.random.default_rng(3))])
    error = 4 * times.std() / np.sqrt(len(times))
    assert low - error < times.mean() < high + error
    assert low > 0.9 * times.mean()


def test_means_are_infinite_exactly_where_the_fastest_delay_is():
    assert expected_latency_bounds(Model(3, 1, 0.1, stats.pareto(b=0.25))) == (np.inf, np.inf)
    assert np.isinf(order_means(stats.pareto(b=0.25), 3)[0])
    low, high = expected_latency_bounds(Model(3, 1, 0.1, stats.pareto(b=0.5)), tolerance=1.0)
    assert 0 < low < high < np.inf


@pytest.mark.parametrize("law", [stats.expon(1, 3), stats.pareto(1.5, 1, 3), stats.uniform(1, 3)])
@pytest.mark.parametrize(("m", "y"), [(1, 1.0), (3, 1.25), (5, 0.5), (5, 2.0)])
def test_what_the_fastest_takes_beyond_a_time_is_an_integral_of_its_tail(law, m, y):
    its = require_named(law)
    y = max(y, its.start)
    found, error = quad(lambda x: law.sf(its.loc + its.scale * x) ** m, y, max(y, its.stop))
    assert its.least_beyond(m, y) == pytest.approx(found, rel=1e-7, abs=2 * error)


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1e12])
def test_means_at_any_scale_of_the_delays(scale):
    low, high = expected_latency_bounds(Model(2, 1, 1.0, stats.expon(scale=scale)), tolerance=0.05 * (1 + scale))
    truth = 1 + scale / 2 - scale * np.expm1(-1 / scale)
    assert low <= truth * (1 + 1e-14)
    assert truth <= high * (1 + 1e-14)
