"""Summaries against NumPy on plain samples, and binomial intervals against the tails that define them."""

from __future__ import annotations

import json
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from srtheory.experiments.summary import MEASURES, QUANTILES, column, finite_or_none, proportion, summarise, tail
from srtheory.experiments.trial import Record

samples = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40).map(np.array)


def record(**changes):
    blank = dict.fromkeys((f.name for f in fields(Record)), 0)
    return Record(**(blank | changes))


@given(samples)
def test_summary_of_a_sample(values):
    summary = summarise(values)
    n = len(values)
    mean = sum(values) / n
    sd = (sum((values - mean) ** 2) / (n - 1)) ** 0.5
    assert summary.mean == pytest.approx(mean, rel=1e-9, abs=1e-6)
    assert summary.sd == pytest.approx(sd, rel=1e-6, abs=1e-6)
    assert summary.standard_error == pytest.approx(sd / n**0.5, rel=1e-6, abs=1e-6)


@given(st.lists(st.floats(0, 100) | st.just(float("inf")), min_size=1, max_size=40).map(np.array))
def test_quantiles_are_the_least_values_with_the_share(values):
    quantiles = summarise(values).quantiles
    assert list(quantiles) == ["0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99"]
    for q, value in zip(QUANTILES, quantiles.values(), strict=True):
        assert value in values
        assert np.mean(values <= value) >= q - 1e-12
        assert np.mean(values < value) < q + 1e-12


def test_infinite_values_make_the_mean_infinite_and_leave_the_quantiles():
    summary = summarise(np.array([1.0, 2.0, 3.0, np.inf]))
    assert summary.mean == np.inf
    assert np.isnan(summary.sd)
    assert np.isnan(summary.standard_error)
    assert summary.quantiles["0.75"] == 3.0
    assert summary.quantiles["0.95"] == np.inf


def test_one_value_has_no_spread():
    summary = summarise(np.array([2.5]))
    assert summary.mean == 2.5
    assert np.isnan(summary.sd)
    assert set(summary.quantiles.values()) == {2.5}


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0], [1.0, np.inf], [np.inf, np.inf]])
def test_json_has_neither_infinity_nor_nan(values):
    text = json.dumps(summarise(np.array(values)).as_json(), allow_nan=False)
    assert set(json.loads(text)) == {"mean", "sd", "standard_error", "quantiles"}


def test_finite_or_none():
    assert [finite_or_none(x) for x in (1.5, np.inf, -np.inf, np.nan)] == [1.5, None, None, None]


def test_columns_say_inf_for_never():
    records = [record(stopping_time=3, latency=1.5), record(stopping_time=None, latency=float("inf"))]
    assert column(records, "stopping_time").tolist() == [3.0, np.inf]
    assert column(records, "latency").tolist() == [1.5, np.inf]
    assert {column(records, name).dtype for name in MEASURES} == {np.dtype(float)}


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.999])
@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (10, 10), (9, 10), (3, 10), (1, 1000), (500, 1000)])
def test_proportions_by_clopper_and_pearson(successes, trials, confidence):
    """At each limit the tail beyond what was seen has probability (1 - confidence)/2."""
    low, high = proportion(successes, trials, confidence)
    side = (1 - confidence) / 2
    if successes == 0:
        assert low == 0
    else:
        assert binom.sf(successes - 1, trials, low) == pytest.approx(side, rel=1e-6)
    if successes == trials:
        assert high == 1
    else:
        assert binom.cdf(successes, trials, high) == pytest.approx(side, rel=1e-6)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.97])
def test_proportions_cover_what_they_promise(share):
    """Exactly: the probability of samples whose interval has the true share in it."""
    n = 60
    within = [low <= share <= high for low, high in (proportion(k, n) for k in range(n + 1))]
    assert binom.pmf(np.arange(n + 1), n, share)[within].sum() >= 0.95


@pytest.mark.quality
def test_normal_intervals_would_not():
    n, share = 60, 0.01
    p = np.arange(n + 1) / n
    within = np.abs(p - share) <= 1.96 * np.sqrt(p * (1 - p) / n)
    assert binom.pmf(np.arange(n + 1), n, share)[within].sum() < 0.5


@settings(max_examples=40)
@given(st.lists(st.floats(0, 10) | st.just(float("inf")), min_size=1, max_size=30).map(np.array))
def test_tails_are_proportions_on_a_grid(values):
    grid = np.array([-1.0, 0.0, 2.5, 5.0, 10.0])
    estimate, low, high = tail(values, grid)
    for i, t in enumerate(grid):
        above = int((values > t).sum())
        assert estimate[i] == above / len(values)
        assert (low[i], high[i]) == pytest.approx(proportion(above, len(values)), abs=1e-9)
