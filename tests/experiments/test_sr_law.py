"""The law of T of SR codes, which rests on the hitting-time law, against simulated runs with exact recovery.

At m = 5 a complete worker ends most runs, which the law allows for, and yet with Pareto start-up it is seen to fail.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from srtheory.model import Model
from srtheory.theory.laws.coverage import coverage_by_time
from srtheory.theory.laws.rows_received import rows_by_time
from srtheory.theory.laws.stopping import latency_bounds_given_hitting
from tests.recorded import TABLES, altered, comes_out_again, recorded

LAWS = {"exponential": stats.expon(scale=5), "Pareto": stats.pareto(b=1)}
POINTS = [
    (100, 8, 0.02, "exponential"),
    (100, 8, 0.02, "Pareto"),
    pytest.param(1000, 10, 0.005, "exponential", marks=pytest.mark.slow),
    pytest.param(1000, 10, 0.005, "Pareto", marks=pytest.mark.slow),
]
ON_RECORD = [(table, name) for table in ("hitting", "hitting-small") for name in TABLES[table][0]()]


def latencies(m, d, law):
    return np.array(recorded("hitting" if m > 5 else "hitting-small")[f"{law} {d} {m}"]["latency"])


@pytest.mark.parametrize(("table", "name"), ON_RECORD)
def test_a_tenth_of_the_runs_come_out_again(table, name):
    assert comes_out_again(table, name, recorded(table)[name])


@pytest.mark.quality
@pytest.mark.parametrize("trial", [0, 249])
def test_a_changed_record_would_be_seen(trial):
    """By one bit; and one trial less."""
    record = recorded("hitting")["Pareto 10 1000"]
    assert not comes_out_again("hitting", "Pareto 10 1000", altered(record, "latency", trial))
    assert not comes_out_again("hitting", "Pareto 10 1000", {"latency": record["latency"][:-1]})


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
@pytest.mark.parametrize(("m", "d", "tau", "law"), POINTS)
def test_simulation_agrees_and_two_percent_would_be_seen(m, d, tau, law):
    times = latencies(m, d, law)
    cdf = lambda t: latency_bounds_given_hitting(Model(m, d, tau, LAWS[law]), t)  # noqa: E731
    at = (0.1, 0.4, 0.7, 0.95) if m == 100 else (0.7, 0.1)  # up to a second each at m = 1000
    assert agrees(times, cdf, at=at)
    assert differs(times, cdf, 1.02, at=at)


@pytest.mark.parametrize("law", LAWS)
def test_coverage_bounds_the_law_at_every_m(law):
    """Proved, not conjectured: P(T <= t) <= P(all covered by t)."""
    times = latencies(5, 2, law)
    for t in np.quantile(times, [0.1, 0.4, 0.7, 0.95]):
        high = coverage_by_time(Model(5, 2, 0.3, LAWS[law]), float(t))[1]
        assert (times <= t).mean() <= high + 4 * math.sqrt(high * (1 - high) / len(times))


@pytest.mark.quality
def test_five_symbols_are_too_few_for_the_hitting_time_law():
    times = latencies(5, 2, "Pareto")
    assert differs(times, lambda t: latency_bounds_given_hitting(Model(5, 2, 0.3, LAWS["Pareto"]), t))


@pytest.mark.quality
def test_a_law_that_forgets_coverage_is_noticed():
    m, d, tau = 100, 5, 0.02
    times = latencies(m, d, "exponential")
    assert agrees(times, lambda t: latency_bounds_given_hitting(Model(m, d, tau, LAWS["exponential"]), t))
    assert differs(times, lambda t: rows_by_time(Model(m, d, tau, LAWS["exponential"]), t, m))
