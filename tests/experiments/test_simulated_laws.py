"""Simulated latencies against laws known by other means, from records of trials.

tests/contracts/test_laws.py asks the closed form of every scheme at m = 11, and enumerates what it is the sum of.
The law of T of SR codes rests on the hitting-time law, which at m = 5 is seen to fail.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from paper_checks.records.approximate import latencies
from paper_checks.theory.silent import cyclic_mean, fractional_lost, fractional_mean
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.running import run
from srtheory.experiments.summary import column
from srtheory.experiments.trial import Task, run_trials
from srtheory.model import Model
from srtheory.schemes import make
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.theory.latency import latency_bounds_given_hitting
from srtheory.theory.rows import rows_by_time
from tests.recorded import TABLES, altered, comes_out_again, recorded

# --------------------------------------------------------------------------------------------- the paper's set-up


@pytest.mark.slow
def test_sum_recovery_at_the_papers_parameters_is_the_authors():
    """Mean latency 0.708, mean M' - 1 of 1005.0, mean coverage time - 1 of 811: 100 runs of theirs, 400 here."""
    task = Task(SumRecovery(1000, 10), DelayModel(stats.expon(scale=5), 0.005), 1)
    records = list(run_trials(task, range(400)))
    for measure, theirs in [("latency", 0.708), ("stopping_time", 1006.0), ("coverage_time", 812.0)]:
        values = column(records, measure)
        assert abs(values.mean() - theirs) < 3 * values.std() * (1 / 100 + 1 / 400) ** 0.5


# ------------------------------------------------------------------------------- the law that rests on the hitting time

LAWS = {"exponential": stats.expon(scale=5), "Pareto": stats.pareto(b=1)}
ON_RECORD = [
    pytest.param(table, name, marks=pytest.mark.attack if name in ("exponential 8 100", "Pareto 2 5") else ())
    for table in ("hitting", "hitting-small")
    for name in TABLES[table][0]()
]
"""Those of thousands of trials are computed again by ``make everything``."""


def on_record(m, d, law):
    return np.array(recorded("hitting" if m > 5 else "hitting-small")[f"{law} {d} {m}"]["latency"])


@pytest.mark.quality
@pytest.mark.parametrize(("table", "name"), ON_RECORD)
def test_some_of_the_runs_come_out_again_and_another_bit_or_a_trial_less_would_be_seen(table, name):
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
    times = on_record(m, d, law)
    cdf = lambda t: latency_bounds_given_hitting(Model(m, d, tau, LAWS[law]), t)  # noqa: E731
    at = (0.1, 0.4, 0.7, 0.95) if m == 100 else (0.7, 0.1)  # up to a second each at m = 1000
    assert max(deviations(times, cdf, at=at)) < 4
    assert differs(times, cdf, 1.02, at=at)


@pytest.mark.quality
def test_five_symbols_are_too_few_and_a_law_that_forgets_coverage_is_noticed():
    times, model = on_record(5, 2, "Pareto"), Model(5, 2, 0.3, LAWS["Pareto"])
    assert differs(times, lambda t: latency_bounds_given_hitting(model, t))
    times, model = on_record(100, 5, "exponential"), Model(100, 5, 0.02, LAWS["exponential"])
    assert max(deviations(times, lambda t: latency_bounds_given_hitting(model, t))) < 4
    assert differs(times, lambda t: rows_by_time(model, t, 100))


# ------------------------------------------------------------------------------------------ workers that never answer

SLOW = DelayModel(parse_law("expon(scale=5)"), 0.1)
RUNS = 200  # one silent worker more is twenty standard errors off


@pytest.mark.quality
@pytest.mark.parametrize("silent", [0, 2, 3])
def test_means_are_the_exact_ones_and_a_silent_worker_fewer_would_be_seen(silent):
    for name, law in (("gradient-cyclic", cyclic_mean), ("gradient-fractional", fractional_mean)):
        found = latencies(make(name, 11, stragglers=2), SLOW, 3, RUNS, silent)
        lost = float(fractional_lost(11, 2, silent)) if law is fractional_mean else float(silent > 2)
        assert abs(np.isinf(found).mean() - lost) <= 4 * math.sqrt(lost * (1 - lost) / RUNS)
        kept = found[np.isfinite(found)]
        if len(kept):
            exact, other = (law(11, 2, a, 0.1, 0.2) for a in (silent, (silent + 1) % 3))
            error = kept.std() / math.sqrt(RUNS)
            assert abs(kept.mean() - exact) < 4 * error
            assert law is fractional_mean or abs(kept.mean() - other) > 4 * error


def test_one_may_answer_later_than_any_time_that_stands_for_never():
    found = latencies(make("uncoded", 5), DelayModel(parse_law("pareto(b=0.02)"), 0.1), 3, 5, 0)
    assert 1e9 < found.max() < math.inf


def test_with_all_workers_it_is_the_common_trial_with_the_masters_time():
    scheme, model = make("lt", 11), DelayModel(SLOW.startup, SLOW.tau, 0.0, 3.0)
    assert latencies(scheme, model, 3, 7, 0).tolist() == run(Task(scheme, model, 3), 7)["latency"].tolist()
