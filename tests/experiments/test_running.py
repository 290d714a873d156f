"""Processes of a run and how they end, how many trials there may be, what is held of them, and the laboratory.

Memory is measured in another process: threads that other tests have left behind would allocate meanwhile.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import re
import signal
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments import running, store
from srtheory.experiments.lab import Effort, Lab
from srtheory.experiments.running import run, run_all
from srtheory.experiments.store import ForeignFileError, Kept, Records, concatenate, from_records
from srtheory.experiments.trial import Task, run_trials
from srtheory.model import Model
from srtheory.questions.simulate import Simulate
from srtheory.schemes.parts import AllAtOne
from srtheory.schemes.sum_recovery import SumRecovery

MODEL = DelayModel(parse_law("expon(scale=5)"), 0.1)
SMALL = Task(SumRecovery(12, 3), MODEL, 1, "hitting")  # the fastest decoder
ASKED = {"symbols": 12, "degree": 3, "tau": 0.1, "startup": "expon(scale=5)", "decoder": "hitting"}


@pytest.fixture(scope="module")
def plain():
    """The records, one by one."""
    return list(run_trials(SMALL, range(60)))


# ---------------------------------------------------------------------------------------------------------- processes


@pytest.mark.filterwarnings("ignore:overflow encountered")
@pytest.mark.parametrize("processes", [1, 2])
def test_bad_input_that_a_trial_finds_is_named_from_any_process(processes):
    task = Task(AllAtOne(12), DelayModel(parse_law("pareto(b=0.001)"), 0.1), 1)
    with pytest.raises(ArgumentError, match="a distribution of finite delays"):
        run(task, 20, processes=processes)
    for error in (ArgumentError("tau", -1.0, "above 0"), ForeignFileError(Path("x"), "records")):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.value) == (type(error), str(error), error.value)


compute_piece = running.compute_piece


def _deaf(piece):
    assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    return compute_piece(piece)


def test_other_processes_do_not_hear_interrupts_and_sigterm_is_as_it_was(plain, monkeypatch):
    monkeypatch.setattr(running, "compute_piece", _deaf)
    for before in (signal.SIG_DFL, signal.SIG_IGN):
        had = signal.signal(signal.SIGTERM, before)
        try:
            assert run(SMALL, 60, processes=2) == plain
            assert signal.getsignal(signal.SIGTERM) is before
        finally:
            signal.signal(signal.SIGTERM, had)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def _die(piece):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_process_is_told_in_one_line_and_those_at_work_can_be_ended(plain, monkeypatch):
    """And start anew."""
    with monkeypatch.context() as patch:
        patch.setattr(running, "compute_piece", _die)
        with pytest.raises(OSError, match="killed") as failure:
            run(SMALL, 10, processes=2)
    assert failure.value.filename == "processes"
    left = running.on_processes(eval, ["__import__('os').getpid()", *["__import__('time').sleep(1000)"] * 2], 2)
    process = Path("/proc", str(next(left)))
    running.end_processes()
    assert not process.exists()
    with pytest.warns(UserWarning, match="2 tasks .* have been cancelled"):
        left.close()


NUMBERS = [
    *(([3], {"processes": x}, "processes") for x in (0, -1, 1.5, True, 1025)),
    *(([x], {}, "trials") for x in (0, -1, 1.5, True, 10**7 + 1)),
    *(
        ([10**7 - 1, 2], {}, "trials"),
        ([10**7], {}, None),
        ([10**7 - 1, 1], {}, None),
        ([1], {"processes": 1024}, None),
    ),
]


@pytest.mark.parametrize(("trials", "more", "refused"), NUMBERS)
def test_ten_million_trials_in_all_and_so_many_processes_are_accepted(monkeypatch, trials, more, refused):
    """An engine is then asked for; refusals name the argument."""
    monkeypatch.setattr(running, "mapped_by", lambda *_: lambda work: iter([1 / 0]))
    monkeypatch.setattr(store, "LARGEST_BLOCK", 10**6)
    with pytest.raises(ArgumentError if refused else ZeroDivisionError) as refusal:
        list(run_all([(SMALL, number) for number in trials], **more))
    assert refused is None or refusal.value.name == refused


def test_a_block_is_cut_into_ten_pieces_which_are_told_and_one_of_another_version_is_refused(monkeypatch):
    """A tenth of it is rounded up."""
    pieces, told = [], []

    def engine(given):
        for piece in given:
            pieces.append(piece)
            yield running.compute_piece(piece, SMALL.id)

    monkeypatch.setattr(running, "mapped_by", lambda *_: engine)
    monkeypatch.setattr(store, "LARGEST_BLOCK", 25)
    found = run(SMALL, 55, progress=lambda done, computed: told.append((done, computed)))
    assert found == list(run_trials(SMALL, range(55)))
    assert [(piece.gap.first, len(piece.trials)) for piece in pieces] == [
        *(*[(0, 3)] * 8, (0, 1), *[(25, 3)] * 8, (25, 1), (50, 3), (50, 2))
    ]
    assert told == [*[(0, False)] * 3, *((len(piece.trials), True) for piece in pieces)]
    with pytest.raises(ArgumentError, match="this version"):
        running.compute_piece(pieces[0], "another")


# -------------------------------------------------------------------------------------------------------------- a lab


def test_efforts_have_their_numbers_of_trials():
    assert {str(effort): Lab(effort).trials for effort in Effort} == {"quick": 100, "paper": 10**4, "deep": 10**5}
    assert [Lab(effort).elimination_trials for effort in Effort] == [100, 1000, 10**4]
    assert [Lab(asked=7).trials, Lab(asked=7).elimination_trials, Lab(asked=7).fewer(3)] == [7, 7, 7]
    assert [Lab().fewer(30), Lab().fewer(30, 4), Lab().fewer(101)] == [3, 4, 0]


def test_a_lab_runs_an_experiment_once_and_finds_what_is_stored(plain, tmp_path, monkeypatch):
    begun, told = [], []
    means = {"store": tmp_path, "progress": lambda *what: told.append(what)}
    lab = Lab(seed=1, begins=lambda *what: begun.append(what), **means)
    for trials in (4, 4, 3, 30):
        assert lab.records("sr", trials=trials, **ASKED) == run(SMALL, trials)
    assert begun == [("sr", 4), ("sr", 30)]
    monkeypatch.setattr(running, "mapped_by", lambda *_: lambda work: pytest.fail("an engine was started"))
    told.clear()
    assert Lab(seed=1, **means).records("sr", trials=20, **ASKED) == plain[:20]
    assert told == [("sr", 20)]
    latencies = [record.latency for record in plain[:5]]
    assert lab.sample("latency", "sr", trials=5, **ASKED).tolist() == latencies
    assert lab.summary("latency", "sr", trials=5, **ASKED).mean == pytest.approx(sum(latencies) / 5)


def test_a_lab_has_a_seed_one_process_and_the_parameters_of_its_setting():
    """Check that costs and access of the setting are not used, and that what the laboratory keeps is not shown."""
    setting = Model(12, 3, 0.1, MODEL.startup, access=2, message_cost=0.5, master_time=0.5, silent=0.5)
    assert (Lab().seed, Lab().processes, Lab().effort, Lab().store) == (2022, 1, Effort.QUICK, None)
    lab = Lab(seed=1, at=setting, asked=4)
    assert lab.records("sr", degree=3, decoder="hitting", access=None) == run(SMALL, 4)
    other = Task(SumRecovery(9, 3), DelayModel(parse_law("expon()"), 0.2, 0.25, 0.125, 0.0625), 1, "hitting")
    costs = {"message_cost": 0.25, "master_time": 0.125, "silent": 0.0625}
    asked = {"symbols": 9, "tau": 0.2, "startup": "expon()", "degree": 3, "decoder": "hitting"}
    assert lab.records("sr", **asked, **costs) == run(other, 4)
    assert lab.records("sr", trials=2, own={"access": 4}, **asked) != lab.records("sr", trials=2, **asked)
    assert lab.sources == {}
    assert not {"sources", "_done"} & set(re.findall(r"(\w+)=", repr(lab)))
    bare = pickle.loads(pickle.dumps(Lab(seed=3)))
    with pytest.raises(ArgumentError, match="a setting"):
        bare.records("sr", degree=3)
    with pytest.raises(AttributeError):
        _ = bare.at.__len__


# ------------------------------------------------------------------------------------------------------------ memory

SUMMED = Simulate(scheme="sr", symbols=12, degree=3, tau=0.1, startup="expon(scale=5)", seed=1, decoder="hitting")
FEW, MANY = 1_000, 7_000
STATED = {"run": 1, "summed up": 18, "run without a store": 120}
"""Bytes a trial (docs/sweeps.md): a run keeps where blocks begin; a column is one of float64, and once more sorted."""


def without_work(patch: pytest.MonkeyPatch) -> None:
    """A piece's records are those of the first trials, again and again, under numbers of their own."""
    plain = from_records(run_trials(SMALL, range(10)))

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
    [kept] = run_all([(SMALL, trials)], store=store)
    ran = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    assert SUMMED.summary(kept).trials == trials
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
    runs = run_all([(SMALL, 30), (SMALL, 30)])
    held = weakref.ref(next(runs).shelf)
    gc.collect()
    assert held() is None
    assert len(next(runs)) == 30
