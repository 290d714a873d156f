"""Summaries against NumPy on plain samples, and binomial intervals against the tails that define them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from srtheory.experiments.summary import QUANTILES, finite_or_none, proportion, summarise, tail

INFINITE = float("inf")
some = st.lists(st.floats(-1e6, 1e6) | st.just(INFINITE), min_size=1, max_size=40).map(np.array)


@given(some)
def test_summary_of_a_sample(values):
    """Quantiles are the least values with the share; a value that is infinite makes the mean so, and leaves them."""
    summary, n = summarise(values), len(values)
    if np.isinf(values).any():
        assert summary.mean == INFINITE
    else:
        assert summary.mean == pytest.approx(sum(values) / n, rel=1e-9, abs=1e-6)
    if n == 1 or np.isinf(values).any():
        assert np.isnan([summary.sd, summary.standard_error]).all()
    else:
        sd = (sum((values - summary.mean) ** 2) / (n - 1)) ** 0.5
        assert (summary.sd, summary.standard_error) == pytest.approx((sd, sd / n**0.5), rel=1e-6, abs=1e-6)
    assert list(summary.quantiles) == ["0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99"]
    for q, value in zip(QUANTILES, summary.quantiles.values(), strict=True):
        assert value in values
        assert np.mean(values <= value) >= q - 1e-12
        assert np.mean(values < value) < q + 1e-12
    text = json.dumps(summary.as_json(), allow_nan=False)
    assert set(json.loads(text)) == {"mean", "sd", "standard_error", "quantiles"}


def test_finite_or_none():
    assert [finite_or_none(x) for x in (1.5, np.inf, -np.inf, np.nan)] == [1.5, None, None, None]


@pytest.mark.parametrize("confidence", [0.9, 0.999])
@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (10, 10), (9, 10), (1, 1000), (500, 1000)])
def test_proportions_by_clopper_and_pearson(successes, trials, confidence):
    """At each limit the tail beyond what was seen has probability (1 - confidence)/2."""
    low, high = proportion(successes, trials, confidence)
    side = (1 - confidence) / 2
    assert low == 0 if successes == 0 else binom.sf(successes - 1, trials, low) == pytest.approx(side, rel=1e-6)
    assert high == 1 if successes == trials else binom.cdf(successes, trials, high) == pytest.approx(side, rel=1e-6)


@pytest.mark.quality
@pytest.mark.parametrize("share", [0.01, 0.97])
def test_proportions_cover_what_they_promise_and_normal_intervals_would_not(share):
    """Exactly: the probability of samples whose interval has the true share in it."""
    n, p = 60, np.arange(61) / 60
    within = [low <= share <= high for low, high in (proportion(k, n) for k in range(n + 1))]
    normal = np.abs(p - share) <= 1.96 * np.sqrt(p * (1 - p) / n)
    covered, by_normal = (binom.pmf(np.arange(n + 1), n, share)[its].sum() for its in (within, normal))
    assert by_normal < 0.95 <= covered


@given(st.lists(st.floats(0, 10) | st.just(INFINITE), min_size=1, max_size=30).map(np.array))
def test_tails_are_proportions_on_a_grid(values):
    grid = np.array([-1.0, 0.0, 2.5, 5.0, 10.0])
    for t, *found in zip(grid, *tail(values, grid), strict=True):
        above = int((values > t).sum())
        assert found == pytest.approx([above / len(values), *proportion(above, len(values))], abs=1e-9)
