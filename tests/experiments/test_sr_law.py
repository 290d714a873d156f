"""The law of T of SR codes, which rests on the hitting-time law, against simulated runs with exact recovery.

At m = 5 a complete worker ends most runs, which the law allows for, and yet with Pareto start-up it is seen to fail.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from srtheory.model import Model
from srtheory.theory.laws.rows_received import rows_by_time
from srtheory.theory.laws.stopping import latency_bounds_given_hitting
from tests.recorded import TABLES, altered, comes_out_again, recorded

LAWS = {"exponential": stats.expon(scale=5), "Pareto": stats.pareto(b=1)}
ON_RECORD = [
    pytest.param(table, name, marks=pytest.mark.attack if name in ("exponential 8 100", "Pareto 2 5") else ())
    for table in ("hitting", "hitting-small")
    for name in TABLES[table][0]()
]
"""Those of thousands of trials are computed again by ``make everything``."""


def latencies(m, d, law):
    return np.array(recorded("hitting" if m > 5 else "hitting-small")[f"{law} {d} {m}"]["latency"])


@pytest.mark.quality
@pytest.mark.parametrize(("table", "name"), ON_RECORD)
def test_a_tenth_of_the_runs_come_out_again_and_another_bit_or_a_trial_less_would_be_seen(table, name):
    record = recorded(table)[name]
    assert comes_out_again(table, name, record)
    for trial in (0, len(record["latency"]) - 1):
        assert not comes_out_again(table, name, altered(record, "latency", trial))
    assert not comes_out_again(table, name, {"latency": record["latency"][:-1]})


def deviations(times, cdf, scale=1.0, at=(0.1, 0.4, 0.7, 0.95)):
    """Of the empirical law from a law at some quantiles, in standard errors."""
    for t in np.quantile(times, at):
        p = sum(cdf(float(t) * scale)) / 2
        yield abs((times <= t).mean() - p) / math.sqrt(p * (1 - p) / len(times))


def differs(times, cdf, scale=1.0, **more):
    """Whether some deviation is beyond doubt: the first of them is enough."""
    return any(z > 5 for z in deviations(times, cdf, scale, **more))


@pytest.mark.quality
@pytest.mark.parametrize(
    ("m", "d", "tau", "law"),
    [
        *((100, 8, 0.02, law) for law in LAWS),
        *(pytest.param(1000, 10, 0.005, law, marks=pytest.mark.slow) for law in LAWS),
    ],
)
def test_simulation_agrees_and_two_percent_would_be_seen(m, d, tau, law):
    times = latencies(m, d, law)
    cdf = lambda t: latency_bounds_given_hitting(Model(m, d, tau, LAWS[law]), t)  # noqa: E731
    at = (0.1, 0.4, 0.7, 0.95) if m == 100 else (0.7, 0.1)  # up to a second each at m = 1000
    assert max(deviations(times, cdf, at=at)) < 4
    assert differs(times, cdf, 1.02, at=at)


@pytest.mark.quality
def test_five_symbols_are_too_few_and_a_law_that_forgets_coverage_is_noticed():
    times, model = latencies(5, 2, "Pareto"), Model(5, 2, 0.3, LAWS["Pareto"])
    assert differs(times, lambda t: latency_bounds_given_hitting(model, t))
    times, model = latencies(100, 5, "exponential"), Model(100, 5, 0.02, LAWS["exponential"])
    assert max(deviations(times, lambda t: latency_bounds_given_hitting(model, t))) < 4
    assert differs(times, lambda t: rows_by_time(model, t, 100))
