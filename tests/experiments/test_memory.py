"""What a run holds: so much a trial and no more, by what Python and NumPy allocate; and what a task's records leave.

It is measured in another process: threads that other tests have left behind would allocate meanwhile.
"""

from __future__ import annotations

import gc
import multiprocessing
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srtheory.cli.setting import named_task, read_delays, summary
from srtheory.experiments import running
from srtheory.experiments.records import Records, concatenate, from_records
from srtheory.experiments.running import run_all
from srtheory.experiments.store import Kept
from srtheory.experiments.trial import run_trials
from srtheory.schemes import named

ASKED = named_task(named("sr"), 12, read_delays(0.1, "expon(scale=5)"), 1, {"degree": 3}, {}, decoder="hitting")
TASK = ASKED.task
FEW, MANY = 1_000, 7_000
STATED = {"run": 1, "summed up": 18, "run without a store": 120}
"""Bytes a trial (docs/sweeps.md): a run keeps where blocks begin; a column is one of float64, and once more sorted."""


def without_work(patch: pytest.MonkeyPatch) -> None:
    """A piece's records are those of the first trials, again and again, under numbers of their own."""
    plain = from_records(run_trials(TASK, range(10)))

    def compute(piece):
        columns = {name: np.resize(values, len(piece.trials)) for name, values in plain.columns.items()}
        return piece.gap, Records(columns | {"trial": np.arange(piece.trials.start, piece.trials.stop)})

    patch.setattr(running, "compute_piece", compute)


def gathers(patch: pytest.MonkeyPatch) -> None:
    """A summary that gathers all records."""
    patch.setattr(Kept, "column", lambda self, name: concatenate(list(self.blocks())).columns[name])


def keeps(patch: pytest.MonkeyPatch) -> None:
    """A run that keeps what it has stored."""
    kept, close = [], running.close_gap
    patch.setattr(running, "close_gap", lambda gap, shelf, parts: (kept.append(parts), close(gap, shelf, parts)))


@pytest.fixture(scope="module")
def alone() -> Iterator[Callable[..., Any]]:
    """What a function gives in another process, the same for all of them."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        yield lambda job, *given: pool.apply(job, given)


def peaks(trials: int, store: Path | None) -> tuple[int, int]:
    """Most bytes allocated while a task runs, and while it is summed up."""
    gc.collect()
    tracemalloc.start()
    try:
        [kept] = run_all([(TASK, trials)], store=store)
        ran = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        found = summary(ASKED, kept)
        assert found["trials"] == trials
        return ran, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def each(folder: Path, stored: bool = True, plant: Callable[[pytest.MonkeyPatch], None] | None = None) -> list[float]:
    """Bytes for every trial more: what is allocated once is in both, and what is imported at first in neither."""
    with pytest.MonkeyPatch.context() as patch:
        without_work(patch)
        if plant is not None:
            plant(patch)
        for trials in (10, FEW):
            peaks(trials, folder / f"first {trials}")
        few, many = (peaks(trials, folder / str(trials) if stored else None) for trials in (FEW, MANY))
    return [(b - a) / (MANY - FEW) for a, b in zip(few, many, strict=True)]


def as_stated(ran: float, summed: float) -> bool:
    return ran <= STATED["run"] and summed <= STATED["summed up"]


@pytest.mark.quality
def test_what_is_stored_is_not_held_and_who_holds_more_is_seen(alone, tmp_path):
    found = alone(each, tmp_path / "right")
    assert as_stated(*found), found
    for plant in (gathers, keeps):
        assert not as_stated(*alone(each, tmp_path / plant.__name__, True, plant))


def test_without_a_store_the_records_are_held_by_column(alone, tmp_path):
    assert max(alone(each, tmp_path, False)) <= STATED["run without a store"]


def gone_on(folder: Path, tasks: int) -> int:
    """Most bytes allocated when tasks go on of whose only block but the last trials are at hand."""
    with pytest.MonkeyPatch.context() as patch:
        without_work(patch)
        for seeds in (range(tasks, tasks + 1), range(tasks)):  # the first for what is imported on the way
            experiments = [(replace(TASK, seed=seed), 490) for seed in seeds]
            for _ in run_all([(task, 480) for task, _ in experiments], store=folder):
                pass
            gc.collect()
            tracemalloc.start()
            assert [len(kept) for kept in run_all(experiments, store=folder)] == [490] * len(experiments)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    return most


def test_blocks_that_were_there_are_not_held_either(alone, tmp_path):
    """Of each task the last block is at hand in part: it is read again when its rest is there."""
    assert alone(gone_on, tmp_path, 24) < 480 * 100 * 24 / 3


def test_the_records_of_a_task_go_when_nobody_looks_at_them(monkeypatch):
    without_work(monkeypatch)
    runs = run_all([(TASK, 30), (TASK, 30)])
    held = weakref.ref(next(runs).shelf)
    gc.collect()
    assert held() is None
    assert len(next(runs)) == 30
