"""Runs in which some workers never answer, against exact means; tests/contracts/test_records.py asks the rest."""

from __future__ import annotations

import math

import numpy as np
import pytest

from paper_checks.records.silent import latencies
from paper_checks.theory.silent import cyclic_mean, fractional_lost, fractional_mean
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.running import run
from srtheory.experiments.trial import Task
from srtheory.schemes import make

MODEL = DelayModel(parse_law("expon(scale=5)"), 0.1)
TRIALS = 200  # one silent worker more is twenty standard errors off
CODES = {"gradient-cyclic": cyclic_mean, "gradient-fractional": fractional_mean}


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


def test_one_may_answer_later_than_any_time_that_stands_for_never():
    found = latencies(make("uncoded", 5), DelayModel(parse_law("pareto(b=0.02)"), 0.1), 3, 5, 0)
    assert np.isfinite(found).all()
    assert found.max() > 1e9


def test_the_masters_time_counts():
    scheme, model = make("lt", 11), DelayModel(MODEL.startup, MODEL.tau, 0.0, 3.0)
    assert latencies(scheme, model, 3, 7, 0).tolist() == run(Task(scheme, model, 3), 7)["latency"].tolist()
