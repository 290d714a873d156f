"""P(M' <= k) with proof, against exact sums over rounds, and against simulation with exact ranks."""

import numpy as np
import pytest
from scipy import stats

from srtheory.model import Model
from srtheory.theory import spanning_rows
from srtheory.theory.laws.collection import SmoothModel, coverage_by_rows
from srtheory.theory.spanning_rows import expected_stopping_bounds, stopping_bounds
from tests.theory.spanning_oracles import simulate_latency


@pytest.mark.quality
@pytest.mark.parametrize(
    ("m", "d", "tau", "law"),
    [(20, 5, 0.05, stats.pareto(b=1)), (20, 6, 0.1, stats.uniform()), (20, 5, 0.05, stats.uniform(loc=2, scale=0.3))],
)
def test_simulation_agrees(m, d, tau, law):
    rows = np.array([run[2] for run in simulate_latency(m, d, tau, law, 400, np.random.default_rng(5))])
    k = np.arange(m - 3, m + 25)
    (low, high), covered = (cdf(Model(m, d, tau, law), k) for cdf in (stopping_bounds, coverage_by_rows))
    share = (rows[:, None] <= k).mean(axis=0)
    down, up = (4.5 * np.sqrt(np.maximum(p * (1 - p), 1 / len(rows)) / len(rows)) for p in (low, high))
    assert (low - down <= share).all()
    assert (share <= high + up).all()
    assert (high - low)[-1] < 0.05
    assert (high <= covered[1] + 1e-9).all()


def test_rows_long_before_m_are_taken_together(monkeypatch):
    """By one bound, from 64 symbols on: here from 4, and the intervals still have the mean in common."""
    model = Model(12, 3, 0.2, stats.expon(scale=5))
    low, high = expected_stopping_bounds(model)
    monkeypatch.setattr(spanning_rows, "EARLY", 4)
    wider = expected_stopping_bounds(model)
    assert 8 < wider[0] <= high
    assert low <= wider[1]


def test_bounds_near_m_leave_some_four_rows_open():
    low, high = stopping_bounds(Model(40, 5, 0.05, stats.expon(scale=5)), np.arange(36, 100))
    assert (high - low).sum() < 4.5


def test_large_even_sets_are_next_to_impossible_once_many_rows_are_there():
    model = SmoothModel(124, 10, 0.01, stats.expon())
    assert 0 < spanning_rows.large_sets(model) < 1e-14
