"""The genie against its definition, its law against simulation, and nobody beats it."""

import math

import numpy as np
import pytest
from scipy import stats

from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory.latency import expected_rows, fluid_limit
from srtheory.theory.laws.baselines import one_cdf, uncoded_cdf
from srtheory.theory.laws.genie import genie_bounds, genie_time

EXPON = stats.expon(scale=5)
PARETO = stats.pareto(b=1)


@pytest.mark.parametrize("m", [1, 2, 7, 20])
def test_time_is_the_least_with_enough_terms(m):
    rng = np.random.default_rng(m)
    for _ in range(20):
        delays = EXPON.rvs(size=m, random_state=rng)
        t = genie_time(delays, m, 0.25)
        for shift, enough in ((1e-9, True), (-1e-9, False)):
            terms = np.floor(np.clip(t + shift - delays, 0, None) / 0.25).sum()
            assert (terms >= m) == enough


@pytest.mark.parametrize(("n", "m"), [(1, 400), (3, 400), (400, 3), (400, 400)])
def test_it_is_one_of_all_ends_in_order(n, m):
    """Of many more workers than terms, and of many more terms, in no order."""
    delays = EXPON.rvs(size=n, random_state=np.random.default_rng(n + m))
    ends = sorted(x + 0.25 * b for x in delays for b in range(1, m + 1))
    assert genie_time(delays, m, 0.25) == pytest.approx(ends[m - 1], rel=1e-14)


@pytest.mark.quality
@pytest.mark.parametrize("law", [EXPON, PARETO], ids=["expon", "pareto"])
def test_law_agrees_with_simulation_and_two_percent_would_be_seen(law):
    m, tau = 12, 0.3
    starts = law.rvs(size=(40_000, m), random_state=np.random.default_rng(4))
    times = np.array([genie_time(x, m, tau) for x in starts])

    def worst(scale):
        z = []
        for t in np.quantile(times, [0.1, 0.3, 0.5, 0.7, 0.9]):
            p = sum(genie_bounds(Model(m, None, tau, law), float(t * scale))) / 2
            z.append(abs((times <= t).mean() - p) / math.sqrt(p * (1 - p) / len(times)))
        return max(z)

    assert worst(1.0) < 4
    assert worst(1.02) > 5


def test_no_scheme_is_ahead_of_the_genie():
    model = Model(8, None, 0.2, EXPON)
    for t in (0.6, 1.5, 4.0, 12.0):
        for cdf in (one_cdf, uncoded_cdf):
            assert float(cdf(model, t)) <= genie_bounds(model, t)[1]


def test_fluid_limit_of_the_genie_is_that_of_degree_one():
    model = Model(500, 1, 0.01, EXPON)
    t = fluid_limit(model)
    terms = EXPON.cdf(t - 0.01 * np.arange(1, 501)).sum()
    assert terms == pytest.approx(1.0, rel=1e-12)
    assert float(expected_rows(model, t)) == pytest.approx(500, rel=1e-12)
    assert genie_bounds(model, 0.97 * t)[1] < 0.5 < genie_bounds(model, 1.03 * t)[0]


def test_fluid_limit_of_the_genie_at_the_parameters_of_the_paper():
    assert round(fluid_limit(Model(1000, 1, 0.005, EXPON)), 4) == 0.2278


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("delays", lambda: genie_time([], 3, 0.1)),
        ("delays", lambda: genie_time([-1.0], 3, 0.1)),
        ("symbols", lambda: genie_time([1.0], 0, 0.1)),
        ("tau", lambda: genie_bounds(Model(3, None, 0.0, EXPON), 1.0)),
    ],
)
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        call()
