"""The genie against its definition, its law against simulation, and nobody beats it."""

import numpy as np
import pytest
from scipy import stats

from srtheory.model import Model
from srtheory.theory.latency import expected_rows, fluid_limit
from srtheory.theory.laws.genie import genie_bounds, genie_time

EXPON = stats.expon(scale=5)


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


def test_fluid_limit_of_the_genie_is_that_of_degree_one():
    model = Model(500, 1, 0.01, EXPON)
    t = fluid_limit(model)
    terms = EXPON.cdf(t - 0.01 * np.arange(1, 501)).sum()
    assert terms == pytest.approx(1.0, rel=1e-12)
    assert float(expected_rows(model, t)) == pytest.approx(500, rel=1e-12)
    assert genie_bounds(model, 0.97 * t)[1] < 0.5 < genie_bounds(model, 1.03 * t)[0]


def test_fluid_limit_of_the_genie_at_the_parameters_of_the_paper():
    assert round(fluid_limit(Model(1000, 1, 0.005, EXPON)), 4) == 0.2278
