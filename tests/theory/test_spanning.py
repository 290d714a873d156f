"""The laws of T and M': where they are narrow, their means, a bound on every path, and simulation with exact ranks."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from itertools import accumulate

import mpmath
import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from paper_checks.parameters import PAPER, PAPER_PARETO
from srtheory import simulate
from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory import spanning
from srtheory.theory.coverage import SmoothModel
from srtheory.theory.latency import latency_bound
from srtheory.theory.spanning import expected_latency_bounds, expected_stopping_bounds, latency_bounds, stopping_bounds
from srtheory.theory.startup import order_means, require_named
from tests.oracle.trial import STOPS
from tests.reference import arrivals, sum_recovery

# ------------------------------------------------------------------------------------------------------------ intervals


FAST = stats.expon(scale=0.5)


def test_the_interval_is_tight_late_and_early():
    model = Model(60, 8, 0.01, FAST)
    low, high = latency_bounds(model, 1.5)
    assert high - low < 1e-3
    assert low > 0.99
    assert latency_bounds(model, 0.05)[1] < 1e-11
    assert latency_bounds(Model(200, 8, 0.01, FAST), 0.05)[1] < 1e-11  # no number of so few rows is enough
    low, high = stopping_bounds(Model(40, 5, 0.05, stats.expon(scale=5)), np.arange(36, 100))
    assert (high - low).sum() < 4.5
    assert 0 < spanning.large_sets(SmoothModel(124, 10, 0.01, stats.expon())) < 1e-14


def test_where_powers_of_two_overflow_or_early_rows_are_taken_together_the_interval_is_only_wider(monkeypatch):
    """Rows long before m from 64 symbols on: here from 4."""
    model, other = Model(4, 2, 0.25, FAST), Model(12, 3, 0.2, stats.expon(scale=5))
    tight, (low, high) = latency_bounds(model, 0.6), expected_stopping_bounds(other)
    monkeypatch.setattr(spanning, "DOUBLINGS", 0)
    monkeypatch.setattr(spanning, "EARLY", 4)
    wide, wider = latency_bounds(model, 0.6), expected_stopping_bounds(other)
    assert wide[0] == tight[0] <= tight[1] < wide[1]
    assert 8 < wider[0] <= high
    assert low <= wider[1]


@pytest.mark.quality
def test_the_mean_agrees_with_simulation():
    low, high = expected_latency_bounds(Model(12, 3, 0.05, FAST), tolerance=0.04)
    times = simulate("sr", Model(12, 3, 0.05, FAST), trials=400)["latency"]
    error = 4 * times.std() / np.sqrt(len(times))
    assert low - error < times.mean() < high + error
    assert low > 0.9 * times.mean()


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 0.5, 1e12])
def test_means_of_one_and_two_symbols(scale):
    """Two rows from one worker, or one from each: min(X_(2), X_(1) + tau) + tau, at any scale of the delays."""
    for m, truth in ((1, 1 + scale), (2, 1 + scale / 2 - scale * np.expm1(-1 / scale))):
        width = 0.05 * (1 + scale)
        low, high = expected_latency_bounds(Model(m, 1, 1.0, stats.expon(scale=scale)), tolerance=width)
        assert low <= truth * (1 + 1e-14)
        assert truth <= high * (1 + 1e-14)
        assert high - low < 2 * width


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


# ------------------------------------------------------------------------------------------------------ E[T] from E[M']


KINDS = {
    "ties": lambda rng, m: [Fraction(int(x)) for x in rng.integers(0, 3, m)],
    "steps": lambda rng, m: [Fraction(int(x), 4) for x in rng.integers(0, 30, m)],
    "huge": lambda rng, m: [Fraction(10) ** int(x) for x in rng.integers(0, 12, m)],
    "one": lambda rng, m: [Fraction(0)] * m,
}


def violations(kind, trials, own):
    """How often T <= own tau + (tau d (M' - 1) + X_(1) + ... + X_(n))/n fails for some n."""
    rng, tau, found = np.random.default_rng(len(kind)), Fraction(1), 0
    for key in range(trials):
        m, d = int(rng.integers(1, 7)), int(rng.integers(1, 7))
        start, sent = KINDS[kind](rng, m), partial(sum_recovery, m, d, key=key)
        came = arrivals(lambda j, sent=sent: sent(worker=j), start, tau, math.inf, cost=0)
        k = STOPS["span"](m, [row for *_, row, _ in came])
        sums = accumulate(sorted(start))
        found += any(came[k - 1][0] > own * tau + (tau * d * (k - 1) + total) / n for n, total in enumerate(sums, 1))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_bound_holds_on_every_path(kind):
    assert violations(kind, 300, 1) == 0


@pytest.mark.quality
def test_without_the_systematic_term_it_would_not():
    assert violations("ties", 100, 0) > 0


def test_the_bound_at_the_parameters_of_the_paper():
    expon = stats.expon(scale=5)
    assert latency_bound(PAPER, 1009.10) == pytest.approx(0.7347, abs=5e-5)
    assert latency_bound(PAPER, 1010) == pytest.approx(0.7350, abs=5e-5)
    assert latency_bound(PAPER, 1011.02) <= 0.7354  # with E[M'] proved to be less
    assert latency_bound(PAPER_PARETO, 1034.88) <= 1.3626
    assert latency_bound(PAPER_PARETO, 1033.09) == pytest.approx(1.3622, abs=5e-5)
    assert latency_bound(Model(3, 1, 0.1, stats.pareto(b=0.3)), 3) == np.inf
    assert latency_bound(Model(1, 1, 0.1, expon), 1) == pytest.approx(5.1)
    with pytest.raises(ArgumentError, match="'rows'"):
        latency_bound(Model(3, 1, 0.1, expon), 0.5)


@pytest.mark.parametrize("m", [1, 2, 7])
@pytest.mark.parametrize(
    ("law", "quantile"),
    [
        (stats.expon(loc=1, scale=3), lambda v: 1 - 3 * mpmath.log(v)),
        (stats.uniform(loc=2, scale=4), lambda v: 6 - 4 * v),
        (stats.pareto(b=1.5), lambda v: v ** (-1 / mpmath.mpf(1.5))),
        (stats.pareto(b=30, scale=2), lambda v: 2 * v ** (-1 / mpmath.mpf(30))),
    ],
)
def test_means_of_ordered_delays_are_integrals(m, law, quantile):
    for i, mean in enumerate(order_means(law, m), 1):
        true = mpmath.quad(lambda v: quantile(v) * (1 - v) ** (i - 1) * v ** (m - i), [0, 0.5, 1])  # noqa: B023
        assert mean == pytest.approx(float(true / mpmath.beta(i, m + 1 - i)), rel=1e-5 if i == m else 1e-10)
    assert order_means(law, 100_000).mean() == pytest.approx(law.mean(), rel=1e-11)  # they add up
