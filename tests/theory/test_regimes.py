"""What ends a run: typical times against laws and against simulated runs, each regime seen."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from scipy import stats

from paper_checks.theory.plain_addition import complete_worker_cdf
from srtheory.delays import DelayModel
from srtheory.experiments.trial import Task, run_trials
from srtheory.model import Model
from srtheory.render.one_run import ending_of
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.theory.latency import fluid_limit
from srtheory.theory.laws.baselines import uncoded_cdf
from srtheory.theory.laws.coverage import coverage_by_time, expected_uncovered
from srtheory.theory.regimes import Ending, TypicalTimes, typical_times

EXPON = stats.expon()
# m, d, load mu tau d, what ends most runs: points well inside their areas, for exponential start-up
INSIDE = [
    (30, 10, 10.0, Ending.SYSTEMATIC),
    (30, 3, 1.0, Ending.COVERAGE),
    (30, 10, 0.01, Ending.WORKER),
    (100, 20, 0.3, Ending.ROWS),
    (100, 14, 0.01, Ending.WORKER),
    (100, 4, 0.1, Ending.COVERAGE),
    (100, 10, 20.0, Ending.SYSTEMATIC),
]


def endings(m, d, load, trials=60):
    task = Task(SumRecovery(m, d), DelayModel(EXPON, load / d), 5)
    return [ending_of(record, m) for record in run_trials(task, range(trials))]


@pytest.mark.parametrize(("m", "d", "load", "ending"), INSIDE)
def test_most_runs_end_as_the_typical_times_say(m, d, load, ending):
    assert typical_times(Model(m, d, load / d, EXPON)).ending is ending
    seen = endings(m, d, load)
    assert seen.count(ending) > 0.7 * len(seen)


@pytest.mark.quality
def test_times_that_forget_coverage_are_noticed():
    m, d, load, ending = INSIDE[1]
    forgetful = replace(typical_times(Model(m, d, load / d, EXPON)), coverage=0.0)
    assert forgetful.ending is not ending


@pytest.mark.parametrize("law", [EXPON, stats.pareto(b=1)], ids=["expon", "pareto"])
@pytest.mark.parametrize(("m", "d", "tau"), [(30, 4, 0.1), (200, 9, 0.01), (5, 2, 0.3)])
def test_typical_times_are_medians(m, d, tau, law):
    model = Model(m, d, tau, law)
    times = typical_times(model)
    assert times.rows == fluid_limit(model)
    assert float(complete_worker_cdf(model, times.worker)) == pytest.approx(0.5)
    assert float(uncoded_cdf(model, times.systematic)) == pytest.approx(0.5)
    assert coverage_by_time(model, times.coverage)[0] == pytest.approx(0.5, abs=0.1 if m > 5 else 0.2)
    assert times.end <= times.worker


def test_one_symbol_is_systematic():
    times = typical_times(Model(1, 1, 0.5, EXPON))
    assert times.ending is Ending.SYSTEMATIC
    assert times.end == pytest.approx(math.log(2) + 0.5)


@pytest.mark.parametrize(
    ("rows", "coverage", "worker", "systematic", "ending", "end"),
    [
        (1.0, 1.0, 1.0, 1.0, Ending.SYSTEMATIC, 1.0),
        (1.0, 2.0, 3.0, 2.0, Ending.SYSTEMATIC, 2.0),
        (3.0, 2.0, 1.0, 1.0, Ending.SYSTEMATIC, 1.0),
        (1.0, 3.0, 2.0, 2.5, Ending.WORKER, 2.0),
        (1.0, 2.0, 2.0, 3.0, Ending.WORKER, 2.0),
        (2.0, 2.0, 3.0, 3.0, Ending.ROWS, 2.0),
        (2.5, 2.0, 3.0, 4.0, Ending.ROWS, 2.5),
        (2.0, 2.5, 4.0, 3.0, Ending.COVERAGE, 2.5),
    ],
)
def test_what_ends_a_run_where_times_coincide(rows, coverage, worker, systematic, ending, end):
    times = TypicalTimes(rows, coverage, worker, systematic)
    assert (times.ending, times.end) == (ending, end)


def test_coverage_is_typical_as_soon_as_ln_2_symbols_are_uncovered():
    model = Model(30, 4, 0.1, EXPON)
    t = typical_times(model).coverage
    assert expected_uncovered(model, t) <= math.log(2) < expected_uncovered(model, t * (1 - 1e-9))
