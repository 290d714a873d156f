"""What a run holds: so much a trial and no more, by what Python and NumPy allocate; and what a task's records leave.

It is measured in another process: threads that other tests have left behind would allocate meanwhile.
"""

from __future__ import annotations

import gc
import multiprocessing
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
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


@pytest.fixture(scope="module")
def alone() -> Iterator[Callable[..., Any]]:
    """What a function gives in another process, the same for all of them."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        yield lambda job, *given: pool.apply(job, given)


def peaks(trials: int, store: Path | None) -> tuple[int, int]:
    """Most bytes allocated while a task runs, and while it is summed up."""
    gc.collect()
    tracemalloc.start()
    [kept] = run_all([(TASK, trials)], store=store)
    ran = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    assert summary(ASKED, kept)["trials"] == trials
    summed = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return ran, summed


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


@pytest.mark.quality
def test_what_is_stored_is_not_held_and_who_holds_more_is_seen(alone, tmp_path):
    """Without a store the records are held by column."""
    for name, stored, plant, as_stated in (
        *(("stored", True, None, True), ("gathered", True, gathers, False), ("held", False, None, False)),
    ):
        ran, summed = alone(each, tmp_path / name, stored, plant)
        assert (ran <= STATED["run"] and summed <= STATED["summed up"]) == as_stated
        assert stored or max(ran, summed) <= STATED["run without a store"]


def test_the_records_of_a_task_go_when_nobody_looks_at_them(monkeypatch):
    without_work(monkeypatch)
    runs = run_all([(TASK, 30), (TASK, 30)])
    held = weakref.ref(next(runs).shelf)
    gc.collect()
    assert held() is None
    assert len(next(runs)) == 30
