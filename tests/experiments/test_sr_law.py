"""The law of T of SR codes, which rests on the hitting-time law, against simulated runs with exact recovery.

At m = 5 a complete worker ends most runs, which the law allows for, and yet with Pareto start-up it is seen to fail.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import DelayModel
from srtheory.experiments.trial import Task, run_trials
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.theory.laws.coverage import coverage_by_time
from srtheory.theory.laws.rows_received import rows_by_time
from srtheory.theory.laws.stopping import latency_cdf

LAWS = {"expon": stats.expon(scale=5), "pareto": stats.pareto(b=1)}
POINTS = [  # as many trials as see 2 %
    (100, 8, 0.02, "expon", 3000),
    (100, 8, 0.02, "pareto", 1500),
    pytest.param(1000, 10, 0.005, "expon", 750, marks=pytest.mark.slow),
    pytest.param(1000, 10, 0.005, "pareto", 250, marks=pytest.mark.slow),
]


@cache
def latencies(m, d, tau, law, trials):
    task = Task(SumRecovery(m, d), DelayModel(LAWS[law], tau), 31)
    return np.array([record.latency for record in run_trials(task, range(trials))])


def deviations(times, cdf, scale=1.0, at=(0.1, 0.4, 0.7, 0.95)):
    """Of the empirical law from a law at some quantiles, in standard errors."""
    for t in np.quantile(times, at):
        p = sum(cdf(float(t) * scale)) / 2
        yield abs((times <= t).mean() - p) / math.sqrt(p * (1 - p) / len(times))


def agrees(times, cdf, **more):
    return max(deviations(times, cdf, **more)) < 4


def differs(times, cdf, scale=1.0, **more):
    """Whether some deviation is beyond doubt: the first of them is enough."""
    return any(z > 5 for z in deviations(times, cdf, scale, **more))


@pytest.mark.quality
@pytest.mark.parametrize(("m", "d", "tau", "law", "trials"), POINTS)
def test_simulation_agrees_and_two_percent_would_be_seen(m, d, tau, law, trials):
    times = latencies(m, d, tau, law, trials)
    cdf = lambda t: latency_cdf(t, m, d, tau, LAWS[law])  # noqa: E731
    at = (0.1, 0.4, 0.7, 0.95) if m == 100 else (0.1, 0.7)  # a tenth of a second each at m = 1000
    assert agrees(times, cdf, at=at)
    assert differs(times, cdf, 1.02, at=at)


@pytest.mark.parametrize(("law", "trials"), [("expon", 2000), ("pareto", 5000)])
def test_coverage_bounds_the_law_at_every_m(law, trials):
    """Proved, not conjectured: P(T <= t) <= P(all covered by t)."""
    times = latencies(5, 2, 0.3, law, trials)
    for t in np.quantile(times, [0.1, 0.4, 0.7, 0.95]):
        high = coverage_by_time(float(t), 5, 2, 0.3, LAWS[law])[1]
        assert (times <= t).mean() <= high + 4 * math.sqrt(high * (1 - high) / len(times))


@pytest.mark.quality
def test_five_symbols_are_too_few_for_the_hitting_time_law():
    times = latencies(5, 2, 0.3, "pareto", 5000)
    assert differs(times, lambda t: latency_cdf(t, 5, 2, 0.3, LAWS["pareto"]))


@pytest.mark.quality
def test_a_law_that_forgets_coverage_is_noticed():
    m, d, tau = 100, 5, 0.02
    times = latencies(m, d, tau, "expon", 1500)
    assert agrees(times, lambda t: latency_cdf(t, m, d, tau, LAWS["expon"]))
    assert differs(times, lambda t: rows_by_time(t, m, m, d, tau, LAWS["expon"]))
