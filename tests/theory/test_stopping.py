"""Laws that rest on the hitting-time law: exact for what they claim, close to the code at its size."""

import math

import numpy as np
import pytest

from srtheory.model import Model
from srtheory.theory.laws.collection import coverage_by_rows
from srtheory.theory.laws.coverage import coverage_by_time
from srtheory.theory.laws.stopping import (
    expected_stopping_given_hitting,
    latency_bounds_given_hitting,
    stopping_bounds_given_hitting,
)
from tests import once
from tests.theory import at_paper, terms
from tests.theory.at_paper import EXPON, PARETO
from tests.theory.coverage_oracles import joint_law_by_time, simulate_collection, worker_ends


def test_arguments_have_names_and_access_nothing_else():
    model = Model(12, 3, 0.2, EXPON)
    assert latency_bounds_given_hitting(model=model, t=3.0) == latency_bounds_given_hitting(model, 3.0)
    with pytest.raises(TypeError):
        latency_bounds_given_hitting(model, 3.0, 7)


def simulate(m, d, tau, law, trials, seed, access=None):
    """The event's own times: m-th row and coverage, or a worker complete.  Start-ups from a second, equal stream."""
    cover, rows = simulate_collection(m, d, tau, law, trials, np.random.default_rng(seed), access)
    ends = np.array(worker_ends(m, d, access))
    rng = np.random.default_rng(seed)
    start = law.rvs(size=(trials, m), random_state=rng)
    arrival = start[:, :, None] + tau * (1 + ends)
    mth = np.sort(arrival.reshape(trials, -1), axis=1)[:, m - 1]
    complete = arrival[:, :, -1].min(axis=1) if ends[-1] == m - 1 else np.full(trials, np.inf)
    return np.minimum(np.maximum(mth, cover), complete), np.maximum(rows, m)


CASES = [(12, 3, 0.2, EXPON, None), (12, 3, 0.2, PARETO, None), (12, 20, 0.3, EXPON, None), (16, 2, 0.05, PARETO, 7)]


@pytest.mark.quality
@pytest.mark.parametrize(("m", "d", "tau", "law", "access"), CASES)
def test_simulation_of_the_event_agrees_and_two_percent_would_be_seen(m, d, tau, law, access):
    times, _ = simulate(m, d, tau, law, 20_000, 21, access)
    model = Model(m, d, tau, law, access)

    def deviations(scale):
        for t in np.quantile(times, [0.1, 0.3, 0.5, 0.7, 0.9]):
            p = sum(latency_bounds_given_hitting(model, float(t * scale))) / 2
            yield abs((times <= t).mean() - p) / math.sqrt(p * (1 - p) / len(times))

    assert max(deviations(1.0)) < 4
    assert any(z > 5 for z in deviations(1.02))


def test_small_case_by_enumeration():
    m, d, t = 4, 2, 2.23
    table = joint_law_by_time(t, m, d, 0.3, EXPON)
    late = sum(both for n, (_, both) in table.items() if n >= m)
    # With fewer than four rows some worker is complete only if it has all its three rows: counts (3, 0, 0, 0).
    full = EXPON.cdf(t - 0.3 * 4)
    early = 4 * full * (1 - EXPON.cdf(t - 0.3)) ** 3
    low, high = latency_bounds_given_hitting(Model(m, d, 0.3, EXPON), t)
    assert low - 1e-13 <= float(late) + early <= high + 1e-13


def test_latency_never_precedes_coverage():
    model = Model(200, 8, 0.02, EXPON)
    for t in (0.6, 0.7, 0.8):
        assert latency_bounds_given_hitting(model, t)[0] <= coverage_by_time(model, t)[1]


def test_rows_to_stop_are_at_least_m():
    (low, high), covered = (
        law(Model(20, 3, 0.1, EXPON), [19, 20, 30]) for law in (stopping_bounds_given_hitting, coverage_by_rows)
    )
    assert covered[0][0] > 0
    assert low.tolist() == [0.0, *covered[0][1:]]
    assert high.tolist() == [0.0, *covered[1][1:]]


@pytest.mark.quality
def test_mean_rows_agree_with_simulation_and_two_percent_would_be_seen():
    _, rows = simulate(16, 2, 0.05, PARETO, 20_000, 22, 7)
    mean = expected_stopping_given_hitting(Model(16, 2, 0.05, PARETO, access=7))
    error = rows.std() / math.sqrt(len(rows))
    assert abs(rows.mean() - mean[0]) < 4 * error
    assert abs(rows.mean() - 1.02 * mean[0]) > 4 * error
    assert mean[1] - mean[0] < 1e-6


def test_mean_rows_at_the_parameters_of_the_paper():
    """And those on record in tests/once.py, which other tests rely upon; of terms that test_collection_laws.py has."""
    low, high = exponential = terms.from_record(expected_stopping_given_hitting, at_paper.PAPER[EXPON])
    assert round(low, 3) == round(high, 3) == 1009.104
    assert once.same(exponential, at_paper.expected_stopping(EXPON))
    low, high = pareto = terms.from_record(expected_stopping_given_hitting, at_paper.PAPER[PARETO])
    assert round(low, 3) == round(high, 3) == 1033.093
    assert once.same(pareto, at_paper.expected_stopping(PARETO))


@pytest.mark.slow
def test_mean_latency_at_the_parameters_of_the_paper():
    step = 0.065
    grid = np.arange(0.58, 0.99, step)  # to 2e-4: sums over so smooth a law converge fast
    late = 1 - np.array([sum(latency_bounds_given_hitting(at_paper.PAPER[EXPON], float(t))) / 2 for t in grid])
    mean = grid[0] + np.trapezoid(late, grid)
    spread = math.sqrt(grid[0] ** 2 + np.trapezoid(2 * grid * late, grid) + step**2 / 6 - mean**2)  # Euler, Maclaurin
    assert round(mean, 3) == 0.709
    assert round(spread, 3) == 0.038
    # The authors' 100 runs of the code itself: mean 0.708, standard deviation 0.032.
    assert abs(0.708 - mean) < 2 * spread / 10
    assert abs(0.032 - spread) < 3 * spread / math.sqrt(200)
