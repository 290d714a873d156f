"""P(T <= t) with proof, against exact sums over all counts and orders, ranks being those over Q."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import Task, run_trials
from srtheory.model import Model
from srtheory.schemes import make
from srtheory.theory import enumerator, spanning
from srtheory.theory.named import order_means, require_named
from srtheory.theory.spanning import expected_latency_bounds, latency_bounds
from tests.theory.coverage_oracles import worker_ends, worker_weights
from tests.theory.spanning_oracles import by_time, simulate_latency

EXPON = stats.expon(scale=0.5)
ATOMS = stats.randint(0, 3)
CASES = [
    (1, 1, None, EXPON),
    (2, 1, None, EXPON),
    (3, 1, None, ATOMS),
    (3, 2, None, EXPON),
    (4, 1, None, EXPON),
    (4, 2, None, ATOMS),
    (4, 2, 3, EXPON),
    (4, 3, None, stats.pareto(b=1)),
    (4, 7, None, stats.uniform()),
    (5, 2, None, EXPON),
    (5, 4, None, ATOMS),
]


def exact(t, m, d, tau, law, access=None, cost=0.0, silent=0.0):
    """Over all counts and orders; ``cost`` is that of a message, ``silent`` the probability of no answer."""
    weights = worker_weights(t, m, d, tau, law, access)
    if cost or silent:
        weights = beyond(t, m, d, tau, law, access, cost, silent)
    return sum((row[1] for row in by_time(m, d, weights, access).values()), Fraction(0))


def beyond(t, m, d, tau, law, access, cost, silent):
    """P(a worker has sent n rows by t), n = 0, 1, ...: row n arrives at X + tau (1 + c) + cost n, if ever."""
    answers = 1 - Fraction(silent)
    arrived = [answers * Fraction(float(law.cdf(t - tau * (1 + c) - cost * n)))
               for n, c in enumerate(worker_ends(m, d, access), start=1)]  # fmt: skip
    return [a - b for a, b in pairwise([Fraction(1), *arrived, Fraction(0)])]


BEYOND = [
    (3, 1, None, ATOMS),
    (4, 1, None, EXPON),
    (4, 2, None, ATOMS),
    (4, 2, 3, EXPON),
    (4, 3, None, stats.pareto(b=1)),
    (5, 2, None, EXPON),
]


@pytest.mark.parametrize(("m", "d", "access", "law"), BEYOND)
@pytest.mark.parametrize(("cost", "silent"), [(0.3, 0.0), (0.0, 0.2), (0.7, 0.4)])
def test_the_interval_holds_where_messages_cost_time_and_workers_fail(m, d, access, law, cost, silent):
    """By time the proof is the same: that rows come at X + tau (1 + c) + kappa n is all that is new."""
    model, widths = Model(m, d, 0.25, law, access, message_cost=cost, silent=silent), []
    for t in (0.5, 0.9, 1.3, 2.1, 2.9, 6.0, np.inf):
        low, high = latency_bounds(model, t)
        truth = exact(t, m, d, 0.25, law, access, cost, silent)
        assert low <= truth + Fraction(1, 10**13)
        assert truth - Fraction(1, 10**13) <= high
        widths.append(high - low)
    assert min(widths) < 0.3


@pytest.mark.quality
@pytest.mark.parametrize(("cost", "silent"), [(0.3, 0.0), (0.0, 0.2)])
def test_a_proof_that_forgets_them_would_be_seen(cost, silent):
    strays = 0
    for t in (0.9, 1.3, 1.6, 2.1, 2.6, 4.0):
        low, high = latency_bounds(Model(5, 2, 0.25, EXPON), t)
        strays += not low <= exact(t, 5, 2, 0.25, EXPON, None, cost, silent) <= high
    assert strays >= 3


@pytest.mark.quality
@pytest.mark.parametrize("start", ["expon(scale=5)", "pareto(b=1)"])
def test_simulated_runs_with_both_are_in_the_interval(start):
    """At m = 40, where a message too few, or a worker too many, would be seen."""
    m, d, tau, cost, silent, trials = 40, 6, 0.1, 0.4, 0.15, 800
    law = parse_law(start)
    task = Task(make("sr", m, degree=d), DelayModel(law, tau, cost, silent=silent), 11)
    times = np.array([record.latency for record in run_trials(task, range(trials))])
    slips = 0
    for q in (0.1, 0.3, 0.5, 0.7, 0.9):
        t = float(np.quantile(times, q))
        share, noise = float(np.mean(times <= t)), 4 * np.sqrt(q * (1 - q) / trials)

        def inside(t=t, cost=cost, silent=silent, share=share, noise=noise):
            low, high = latency_bounds(Model(m, d, tau, law, message_cost=cost, silent=silent), t)
            return low - noise <= share <= high + noise

        assert inside()
        slips += not inside(t=t + cost)
        slips += not inside(silent=0.0)
    assert slips > 5


@pytest.mark.parametrize(("m", "d", "access", "law"), CASES)
def test_the_interval_holds_the_sum_over_counts_and_orders(m, d, access, law):
    widths = []
    for t in (0.3, 0.5, 0.75, 1.0, 1.1, 1.6, 2.6, 4.0):
        low, high = latency_bounds(Model(m, d, 0.25, law, access), t)
        truth = exact(t, m, d, 0.25, law, access)
        assert 0 <= low <= high <= 1
        assert low <= truth + Fraction(1, 10**13)  # the law's own floats are allowed that
        assert truth - Fraction(1, 10**13) <= high
        widths.append(high - low)
    assert min(widths) < 1


@pytest.mark.parametrize("t", [-1.0, 0.0, 1e-300, 1e300, np.inf])
def test_the_ends_of_time(t):
    for m, d in ((1, 1), (2, 1), (3, 1), (3, 5), (20, 1), (20, 7)):
        low, high = latency_bounds(Model(m, d, 0.1, EXPON), t)
        assert 0 <= low <= high <= 1
        assert (high < 1e-11) if t < 0.1 else (low > 1 - 1e-12)


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


def test_sums_of_floats_are_rounded_to_the_side_of_the_bound():
    for seed in range(20):
        values = np.random.default_rng(seed).random(50) * 2.0 ** np.arange(50)
        exact = sum(map(Fraction, values.tolist()))
        assert spanning._sum_down(values) < exact < spanning._sum_up(values)
        assert spanning._sum_up(values) - spanning._sum_down(values) < 1e-13 * float(exact)


@pytest.mark.quality
@pytest.mark.parametrize(
    ("target", "name", "slip"),
    [
        (spanning, "even_sets", lambda *a: 0.5 * enumerator.even_sets(*a)),
        (spanning, "_complete", lambda m, ends, received: float(received[0])),
    ],
)
def test_what_is_left_out_would_be_seen(monkeypatch, target, name, slip):
    monkeypatch.setattr(target, name, slip)

    def seen(t, m, d):
        low, high = latency_bounds(Model(m, d, 0.25, EXPON), t)
        return not low - 1e-12 <= exact(t, m, d, 0.25, EXPON) <= high + 1e-12

    assert any(seen(t, m, d) for t in np.arange(0.3, 3.0, 0.3) for m, d in ((3, 1), (4, 1), (4, 2), (5, 2)))


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


def test_bad_arguments_are_named():
    for name, call in (
        ("startup", lambda: expected_latency_bounds(Model(3, 1, 0.1, stats.gamma(a=2)))),
        ("tolerance", lambda: expected_latency_bounds(Model(3, 1, 0.1, EXPON), tolerance=0.0)),
        ("t", lambda: latency_bounds(Model(3, 1, 0.1, EXPON), np.nan)),
    ):
        with pytest.raises(ArgumentError, match=f"'{name}'"):
            call()
