"""Runs in which some workers never answer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from srtheory.decoders import decoder
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.running import run
from srtheory.experiments.silent import latencies
from srtheory.experiments.summary import column
from srtheory.experiments.trial import Task, trial_streams
from srtheory.reception import receptions
from srtheory.schemes import make
from srtheory.theory.laws.silent import cyclic_mean, fractional_lost, fractional_mean

MODEL = DelayModel(parse_law("expon(scale=5)"), 0.1)
TRIALS = 200  # one silent worker more is twenty standard errors off
CODES = {"gradient-cyclic": cyclic_mean, "gradient-fractional": fractional_mean}


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize("cost", [0.0, 0.7])
def test_with_all_workers_it_is_the_common_trial(name, cost):
    scheme, model = make(name, 11, stragglers=2), DelayModel(MODEL.startup, MODEL.tau, cost)
    assert latencies(scheme, model, 3, 30, 0).tolist() == column(run(Task(scheme, model, 3), 30), "latency").tolist()


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize("silent", [0, 2, 3])
def test_means_are_the_exact_ones(name, silent):
    found = latencies(make(name, 11, stragglers=2), MODEL, 3, TRIALS, silent)
    if name == "gradient-cyclic" and silent == 3:
        assert np.isinf(found).all()
        return
    kept = found[np.isfinite(found)]
    assert kept.mean() == pytest.approx(CODES[name](11, 2, silent, 0.1, 0.2), abs=4 * kept.std() / math.sqrt(TRIALS))
    if name == "gradient-fractional":
        lost = float(fractional_lost(11, 2, silent))
        assert abs(np.isinf(found).mean() - lost) <= 4 * math.sqrt(lost / TRIALS)


@pytest.mark.quality
def test_one_silent_worker_more_is_seen():
    found = latencies(make("gradient-cyclic", 11, stragglers=2), MODEL, 3, TRIALS, 1)
    assert abs(found.mean() - cyclic_mean(11, 2, 2, 0.1, 0.2)) > 4 * found.std() / math.sqrt(TRIALS)


def test_sr_goes_on_without_them():
    found = latencies(make("sr", 20, degree=3), MODEL, 3, 20, 15)
    assert np.isfinite(found).all()


def test_more_than_all_are_refused():
    with pytest.raises(ArgumentError, match="silent"):
        latencies(make("sr", 5, degree=2), MODEL, 3, 1, 6)


def slowly(scheme, delays, seed, trial, silent, late=1e9):
    """The same by a start-up delay that no run lives to see."""
    rng, key = trial_streams(seed, trial)
    startups = delays.sample(scheme.workers, rng)
    startups[rng.permutation(scheme.workers)[:silent]] = late
    for reception in receptions(scheme, startups, delays.tau, key, delays.message_cost):
        k = decoder(scheme.decoder)(reception).stopping_time
        if k is not None:
            return reception.time[k - 1] if reception.time[k - 1] < late else math.inf
    return math.inf


RUNS = [
    *((name, {"stragglers": 2}, silent) for name in CODES for silent in (0, 2, 3)),
    *(("sr", {"degree": 3}, silent) for silent in (1, 6, 10)),
    *((name, {}, 4) for name in ("lt", "uncoded", "terms-cyclic")),
]


@pytest.mark.parametrize(("name", "options", "silent"), RUNS)
@pytest.mark.parametrize("cost", [0.0, 0.7])
def test_never_is_later_than_any_time_to_the_bit(name, options, silent, cost):
    scheme, model = make(name, 11, **options), DelayModel(MODEL.startup, MODEL.tau, cost)
    found = latencies(scheme, model, 3, 15, silent)
    assert found.tolist() == [slowly(scheme, model, 3, trial, silent) for trial in range(15)]


def test_one_may_answer_later_than_that():
    found = latencies(make("uncoded", 5), DelayModel(parse_law("pareto(b=0.02)"), 0.1), 3, 5, 0)
    assert np.isfinite(found).all()
    assert found.max() > 1e9


@pytest.mark.parametrize("silent", [-1, 6])
def test_there_are_from_none_to_all_silent_workers(silent):
    assert np.isinf(latencies(make("sr", 5, degree=2), MODEL, 3, 2, 5)).all()
    with pytest.raises(ArgumentError, match="from 0 to 5"):
        latencies(make("sr", 5, degree=2), MODEL, 3, 1, silent)


def test_each_trial_is_told_and_the_masters_time_counts():
    told, scheme = [], make("lt", 11)
    model = DelayModel(MODEL.startup, MODEL.tau, 0.0, 3.0)
    found = latencies(scheme, model, 3, 7, 0, told.append)
    assert told == [1] * 7
    assert found.tolist() == column(run(Task(scheme, model, 3), 7), "latency").tolist()
