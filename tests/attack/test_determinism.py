"""Records do not depend on processes, batches, engines, BLAS, numba, hash seeds, the locale."""

from __future__ import annotations

import numpy as np
import pytest

from srtheory.experiments import running, trial
from srtheory.experiments.records import Records
from srtheory.experiments.trial import run_trials
from tests.attack.determinism import attack_elsewhere, attack_here, compare
from tests.attack.records import TRIALS, WAYS, digest, digests, tasks
from tests.attack.report import Tally

SEED = 0
SAYS = (
    "The records of 23 trials of 25 tasks are compared as a digest of every bit. The tasks have all schemes, four "
    "laws of delays, five decoders and up to 150 symbols. They run in one, two and three processes (joblib), and on "
    "Dask clusters of threads and of processes. They run trial by trial, in batches and in pieces of other sizes, the "
    "last one first. They run compiled as far as possible, interpreted, and without numba's compiler. They run under "
    "other kernels and numbers of threads of OpenBLAS, other vector instructions of NumPy, hash seeds, optimisation, "
    "locale and time zone."
)


def tally() -> Tally:
    return Tally("determinism", "Determinism", SAYS, SEED)


def test_some_ways():
    found = tally()
    attack_here(["one by one", "batches", "one piece a block", "a piece a trial"], 7, found)
    assert not found.failures, found


@pytest.mark.attack
@pytest.mark.slow
def test_all_ways():
    found = tally()
    attack_elsewhere(found)
    found.keep()
    print(found)
    assert not found.failures


# ---------------------------------------------------------------------------------------------------- planted defects


def by_batch(monkeypatch):
    """A trial's numbers are drawn with those before it in its batch."""
    streams, before = trial.trial_streams, [0]

    def trial_streams(seed, number):
        before[0] += 1
        return streams(seed + (before[0] > TRIALS), number)

    monkeypatch.setattr(trial, "trial_streams", trial_streams)


def by_piece(monkeypatch):
    """Pieces begin with trial 0."""

    def compute(piece, id=None):
        records = running.from_records(run_trials(piece.task, range(len(piece.trials))))
        columns = dict(records.columns)
        columns["trial"] = columns["trial"] + piece.trials.start
        return piece.gap, Records(columns)

    monkeypatch.setattr(running, "compute_piece", compute)


@pytest.mark.quality
@pytest.mark.parametrize("plant", [by_batch, by_piece])
def test_planted_defects_are_seen(plant, monkeypatch):
    plant(monkeypatch)
    found = tally()
    attack_here(["a piece a trial", "one by one"], 20, found)
    assert found.failures


@pytest.mark.quality
def test_one_bit_is_seen():
    [task, *_] = tasks().values()
    records = running.run(task, 3)
    columns = dict(records.columns)
    columns["latency"] = np.nextafter(columns["latency"], np.inf)
    assert digest(Records(columns)) != digest(records)


@pytest.mark.quality
def test_a_way_that_fails_is_counted():
    found = tally()
    compare("x", {"a": "1", "b": "2"}, "status 1", found)
    compare("y", {"a": "1", "b": "2"}, {"a": "1", "b": "3"}, found)
    assert dict(found.wrong) == {"x": 2, "y": 1}


def test_ways_leave_no_trace():
    assert digests("interpreted", 20) == digests("compiled", 20) == digests("one process", 20)
    assert set(WAYS) >= {"two processes", "Dask, threads", "Dask, processes"}
