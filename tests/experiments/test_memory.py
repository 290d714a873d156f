"""What a run holds: so much a trial and no more, by what Python and NumPy allocate; and what a task's records leave."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from srtheory.cli.setting import Setting, summary
from srtheory.experiments import running
from srtheory.experiments.records import Records, concatenate, from_records
from srtheory.experiments.running import run_all
from srtheory.experiments.store import Kept
from srtheory.experiments.trial import run_trials

SETTING = Setting("sr", 12, 0.1, "expon(scale=5)", 1, decoder="hitting", options={"degree": 3})
TASK = SETTING.task()
FEW, MANY = 2_000, 20_000
STATED = {"run": 1, "summed up": 18, "run without a store": 120}
"""Bytes a trial (docs/sweeps.md): a run keeps where blocks begin; a column is one of float64, and once more sorted."""


@pytest.fixture(autouse=True)
def records_without_work(monkeypatch):
    """A piece's records are those of the first trials, again and again, under numbers of their own."""
    plain = from_records(run_trials(TASK, range(10)))

    def compute(piece):
        columns = {name: np.resize(values, len(piece.trials)) for name, values in plain.columns.items()}
        return piece.gap, Records(columns | {"trial": np.arange(piece.trials.start, piece.trials.stop)})

    monkeypatch.setattr(running, "_compute", compute)


def peaks(trials: int, store: Path | None) -> tuple[int, int]:
    """Most bytes allocated while a task runs, and while it is summed up."""
    gc.collect()
    tracemalloc.start()
    try:
        [kept] = run_all([(TASK, trials)], store=store)
        ran = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        found = summary(SETTING, TASK, kept)
        assert found["trials"] == trials
        return ran, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def each(folder: Path | None) -> tuple[float, float]:
    """Bytes for every trial more: what is allocated once, such as imports, is in both."""
    few, many = (peaks(trials, folder and folder / str(trials)) for trials in (FEW, MANY))
    ran, summed = ((b - a) / (MANY - FEW) for a, b in zip(few, many, strict=True))
    return ran, summed


@pytest.fixture(autouse=True, scope="module")
def imports(tmp_path_factory):
    """What is imported at the first block is not in the first peak alone."""
    [kept] = run_all([(TASK, 10)], store=tmp_path_factory.mktemp("imports"))
    summary(SETTING, TASK, kept)


def test_what_is_stored_is_not_held(tmp_path):
    ran, summed = each(tmp_path)
    assert ran <= STATED["run"]
    assert summed <= STATED["summed up"]


def test_without_a_store_the_records_are_held_by_column():
    assert max(each(None)) <= STATED["run without a store"]


def test_blocks_that_were_there_are_not_held_either(tmp_path):
    """Of each task the last block is at hand in part: it is read again when its rest is there."""
    tasks = [replace(TASK, seed=seed) for seed in range(40)]
    for _ in run_all([(task, 480) for task in tasks], store=tmp_path):
        pass
    gc.collect()
    tracemalloc.start()
    try:
        trials = [len(kept) for kept in run_all([(task, 490) for task in tasks], store=tmp_path)]
        assert tracemalloc.get_traced_memory()[1] < 480 * 100 * len(tasks) / 4
    finally:
        tracemalloc.stop()
    assert trials == [490] * len(tasks)


def test_the_records_of_a_task_go_when_nobody_looks_at_them():
    runs = run_all([(TASK, 30), (TASK, 30)])
    held = weakref.ref(next(runs).shelf)
    gc.collect()
    assert held() is None
    assert len(next(runs)) == 30


# --------------------------------------------------------------------------------------------------- planted mistakes


@pytest.mark.quality
def test_a_summary_that_gathers_all_records_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(Kept, "column", lambda self, name: concatenate(list(self.blocks())).columns[name])
    with pytest.raises(AssertionError):
        test_what_is_stored_is_not_held(tmp_path)


@pytest.mark.quality
def test_a_run_that_keeps_what_it_has_stored_is_seen(tmp_path, monkeypatch):
    kept, close = [], running._close
    monkeypatch.setattr(running, "_close", lambda gap, shelf, parts: (kept.append(parts), close(gap, shelf, parts)))
    with pytest.raises(AssertionError):
        test_what_is_stored_is_not_held(tmp_path)


@pytest.mark.quality
def test_objects_for_every_trial_are_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(Kept, "column", lambda self, name: np.array([x for part in self.parts(name) for x in part]))
    with pytest.raises(AssertionError):
        test_what_is_stored_is_not_held(tmp_path)
