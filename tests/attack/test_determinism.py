"""Records do not depend on processes, batches, engines, BLAS, numba, hash seeds, the locale."""

from __future__ import annotations

import numpy as np
import pytest

from srtheory.experiments import running, trial
from srtheory.experiments.records import Records
from srtheory.experiments.trial import run_trials
from tests.attack.determinism import (
    BELOW,
    ON_RECORD,
    attack_elsewhere,
    attack_here,
    compare,
    in_a_process,
    instructions_of_numpy,
    without,
)
from tests.attack.records import SPANS, TRIALS, WAYS, certificates, digest, digests, tasks
from tests.attack.report import Tally

SEED = 0
SAYS = (
    "The records of 23 trials of 25 tasks, and the certificates of stopping times at 60, 1000 and 4000 symbols, are "
    "compared as digests of every bit. The tasks have all schemes, four laws of delays, five decoders and up to 150 "
    "symbols. The certificates are also compared with those on record. The tasks run in one, two and three processes "
    "(joblib), and on Dask clusters of threads and of processes. They run trial by trial, in batches and in pieces of "
    "other sizes, the last one first. They run compiled as far as possible, interpreted, and without numba's "
    "compiler. They run under other kernels and numbers of threads of OpenBLAS, under other hash seeds, optimisation, "
    "locale and time zone, without the vector instructions of newer processors in NumPy and numba, and with other "
    "versions of Python and NumPy, which `SRTHEORY_PYTHONS` names. For these, the attack leaves out the "
    "tasks with log-normal delays, because the last bit of NumPy's exponential function depends on both."
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


def test_a_certificate_is_that_on_record():
    smallest = min(SPANS)
    assert certificates(smallest) == {SPANS[smallest]: ON_RECORD[SPANS[smallest]]}


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


BEGINNINGS = {"AVX-512": "avx512", "AVX2": "avx"}
"""Of the names in LLVM."""


@pytest.mark.quality
@pytest.mark.slow
@pytest.mark.parametrize("instructions", BELOW)
def test_instructions_are_left_out(instructions):
    """NumPy and numba ignore what they do not know, and the attack would compare nothing."""
    asked = "{'numpy': determinism.instructions_of_numpy().used, 'numba': determinism.instructions_of_numba()}"
    used = in_a_process(asked, without(instructions))
    left = set(instructions_of_numpy().dispatched[: instructions_of_numpy().dispatched.index(BELOW[instructions][0])])
    assert isinstance(used, dict)
    assert set(used["numpy"]) <= left
    assert not [name for name in used["numba"] if name.startswith(BEGINNINGS[instructions])]
