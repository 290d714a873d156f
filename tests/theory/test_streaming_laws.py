"""Laws of the streams against all orders of all workers (m <= 6), exact rationals, and simulation up to m = 1000."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import describe_law
from srtheory.experiments.trial import run_trials
from srtheory.model import Model
from srtheory.theory.laws.baselines import fractional_bounds
from srtheory.theory.laws.genie import genie_bounds
from srtheory.theory.laws.streaming import (
    own_then_parts_bounds,
    parts_cyclic_bounds,
    parts_stream_bounds,
    terms_cyclic_bounds,
    terms_random_bounds,
)
from tests import recorded

EXPON, PARETO, ATOMS = stats.expon(scale=5), stats.pareto(b=1), stats.randint(0, 3)
LAWS = pytest.mark.parametrize("law", [EXPON, PARETO, ATOMS], ids=["expon", "pareto", "atoms"])


SCHEMES = {
    "parts-stream": parts_stream_bounds,
    "parts-cyclic": parts_cyclic_bounds,
    "own-then-parts": own_then_parts_bounds,
    "terms-random": terms_random_bounds,
    "terms-cyclic": terms_cyclic_bounds,
    "genie": genie_bounds,
}
SIMULATED = [  # as many trials as see 2 % in the law, and from m = 300 on in time: there the law is narrow enough
    pytest.param(300, 11, 0.01, "pareto", 800, marks=pytest.mark.slow),
    pytest.param(1000, 10, 0.005, "expon", 2000, marks=pytest.mark.slow),
    pytest.param(1000, 10, 0.005, "pareto", 1100, marks=pytest.mark.slow),
]


TABLES = {"expon": "streaming-exponential", "pareto": "streaming-pareto"}
"""Of tests/recorded.py, where the dear ones at m = 1000 are."""
STARTUPS = {"expon": EXPON, "pareto": PARETO}


def on_record(name, m, law):
    return m == 1000 and name in recorded.recorded(TABLES[law])


def latencies(name, m, d, tau, law, trials):
    """On record, or simulated."""
    if on_record(name, m, law):
        runs = recorded.recorded(TABLES[law])[name]
        assert recorded.comes_out_again(TABLES[law], name, runs)
        assert len(runs["latency"]) == trials
        return np.array(runs["latency"])
    task = recorded.stream(name, m, d, tau, describe_law(STARTUPS[law]))
    return np.array([record.latency for record in run_trials(task, range(trials))])


@pytest.mark.slow
@pytest.mark.quality
def test_a_run_that_is_not_as_on_record_is_seen():
    runs = recorded.recorded("streaming-pareto")["genie"]
    for trial in (0, 500, 1099):
        assert not recorded.comes_out_again("streaming-pareto", "genie", recorded.altered(runs, "latency", trial))


@pytest.mark.quality
@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize(("m", "d", "tau", "law", "trials"), SIMULATED)
def test_simulation_agrees_and_two_percent_would_be_seen(name, m, d, tau, law, trials):
    times = latencies(name, m, d, tau, law, trials)
    points = np.quantile(times, [0.5, 0.05, 0.98])  # at the last, all of 2 % more is still possible
    model = Model(m, d, tau, STARTUPS[law])

    def values(scale=1.0):
        return (sum(SCHEMES[name](model, t * scale)) / 2 for t in points)

    def deviation(t, value):
        return abs((times <= t).mean() - value) / math.sqrt(value * (1 - value) / len(times) + 1e-12)

    right = list(values())
    assert max(map(deviation, points, right)) < 4
    assert max(deviation(t, min(1.02 * value, 1)) for t, value in zip(points, right, strict=True)) > 5
    if m >= 300:  # at small m the laws are so wide that 2 % in time move them by less than the noise
        assert any(deviation(t, value) > 5 for t, value in zip(points, values(scale=1.02), strict=True))


def mean_between(cdf, start, end, steps=250):
    """Bounds on E min(T, end) for T > start, by the two step functions around P(T > t)."""
    times = np.linspace(start, end, steps + 1)
    low, high = np.transpose([cdf(t) for t in times])
    step = (end - start) / steps
    return start + step * (1 - high[1:]).sum(), start + step * (1 - low[:-1]).sum()


def test_even_groups_beat_parts_with_a_short_one():
    """docs/theory.md, 5.7: m = 10, tau = 0.3, a message costs 1; beyond t = 9 less than 10^-8 is left of the mean."""
    models = [Model(10, d, 0.3, stats.expon(), message_cost=1.0) for d in range(1, 11)]
    groups = mean_between(lambda t: fractional_bounds(models[0], t, 2), 1.0, 9)
    parts = [mean_between(lambda t, model=model: parts_cyclic_bounds(model, t), 1.0, 9) for model in models]
    assert groups[1] + 1e-6 < min(low for low, _ in parts)
    assert groups[0] < 2.60 < groups[1]
    assert min(parts) == parts[3]
    assert parts[3][0] < 2.66 < parts[3][1]
