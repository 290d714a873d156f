"""Runs that stop and go on, several at once, in any number of processes: one folder, the same to the byte."""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest

from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments import running, store
from srtheory.experiments.lab import Effort, Lab
from srtheory.experiments.records import concatenate, from_records
from srtheory.experiments.running import run, run_all
from srtheory.experiments.store import DamagedFileWarning, ForeignFileError
from srtheory.experiments.trial import Task, run_trial, run_trials
from srtheory.model import Model
from srtheory.schemes.baselines import AllAtOne, BatchCouponCollector
from srtheory.schemes.sum_recovery import SumRecovery
from tests.experiments.test_store import contents

ROOT = Path(__file__).parents[2]
MODEL = DelayModel(parse_law("expon(scale=5)"), 0.1)
SMALL = Task(SumRecovery(12, 3), MODEL, 1, "hitting")  # the fastest decoder
LOSSY = Task(BatchCouponCollector(6, 2), MODEL, 1)
BLOCK = 50  # trials, for 500
TRIALS = 113  # two blocks and a part of the third


@pytest.fixture(scope="module", autouse=True)
def small_blocks():
    """Files of fewer trials: what is asked is how blocks are cut, kept and found, whatever their size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "LARGEST_BLOCK", BLOCK)
        assert store.block_size(SMALL) == BLOCK
        yield


@pytest.fixture(scope="module")
def plain():
    """The records, one by one."""
    return list(run_trials(SMALL, range(TRIALS)))


@pytest.fixture(scope="module")
def undisturbed(small_blocks, tmp_path_factory):
    """The folder of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    run(SMALL, TRIALS, store=folder)
    return contents(folder)


def files(*firsts):
    return {f"{SMALL.id}/{first:010}.parquet" for first in firsts} | {f"{SMALL.id}/_task.json"}


# --------------------------------------------------------------------------------------------------- what a run gives


@pytest.mark.filterwarnings("ignore:overflow encountered")
@pytest.mark.parametrize("processes", [1, 2])
def test_bad_input_that_a_trial_finds_is_named_from_any_process(processes):
    task = Task(AllAtOne(12), DelayModel(parse_law("pareto(b=0.001)"), 0.1), 1)
    with pytest.raises(ArgumentError, match="a distribution of finite delays"):
        run(task, 20, processes=processes)


def test_errors_come_back_from_other_processes_as_they_were():
    for error in (ArgumentError("tau", -1.0, "above 0"), ForeignFileError(Path("x"), "records")):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.value) == (type(error), str(error), error.value)


def test_a_run_gives_the_records_one_by_one(plain, undisturbed, tmp_path):
    assert run(SMALL, TRIALS) == plain
    assert run(SMALL, TRIALS, store=tmp_path) == plain
    assert contents(tmp_path) == undisturbed
    assert set(undisturbed) == files(0, 50, 100)


def test_nothing_is_written_without_a_store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(SMALL, 3)
    assert list(tmp_path.iterdir()) == []


def test_processes_change_nothing(plain, undisturbed, tmp_path):
    assert run(SMALL, TRIALS, store=tmp_path, processes=2) == plain
    assert contents(tmp_path) == undisturbed
    assert run(SMALL, 60, processes=3) == plain[:60]


def test_the_span_decoder_too(tmp_path):
    task = Task(SumRecovery(12, 3), MODEL, 1)
    assert run(task, 60, store=tmp_path, processes=2) == list(run_trials(task, range(60)))


def test_pieces_and_their_order_change_nothing(undisturbed, tmp_path, monkeypatch):
    for pieces in (1, 6):
        monkeypatch.setattr(running, "PIECES", pieces)
        backwards = lambda *_: lambda work: map(running.compute_piece, reversed(list(work)))  # noqa: E731
        monkeypatch.setattr(running, "mapped_by", backwards)
        run(SMALL, TRIALS, store=tmp_path / str(pieces))
        assert contents(tmp_path / str(pieces)) == undisturbed


def test_more_trials_go_on_where_fewer_ended(plain, undisturbed, tmp_path):
    for trials, wider in pairwise([1, 49, 50, 51, 112, TRIALS]):
        assert run(SMALL, trials, store=tmp_path) == plain[:trials]
        assert trials < wider
    run(SMALL, TRIALS, store=tmp_path)
    assert contents(tmp_path) == undisturbed
    assert run(SMALL, 70, store=tmp_path) == plain[:70]
    assert contents(tmp_path) == undisturbed


def test_a_rerun_computes_nothing(plain, tmp_path, monkeypatch):
    run(SMALL, TRIALS, store=tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    monkeypatch.setattr("srtheory.experiments.trial.run_trial", lambda *_: pytest.fail("a trial was run"))
    monkeypatch.setattr(running, "mapped_by", _no_engine)
    assert run(SMALL, TRIALS, store=tmp_path) == plain
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def _no_engine(*_):
    return lambda work: pytest.fail("an engine was started")


def test_progress_tells_what_was_stored_from_what_was_computed(tmp_path):
    run(SMALL, 62, store=tmp_path)
    told = []
    run(SMALL, 100, store=tmp_path, progress=lambda done, computed: told.append((done, computed)))
    assert sum(done for done, computed in told if not computed) == 62
    assert sum(done for done, computed in told if computed) == 38


def test_many_tasks_come_in_order(tmp_path):
    experiments = [(SMALL, 40), (LOSSY, 70), (SMALL, 30), (Task(SumRecovery(9, 2), MODEL, 1), 20)]
    for processes in (1, 2):
        kept = run_all(experiments, store=tmp_path / str(processes), processes=processes)
        got = [list(records) for records in kept]
        assert got == [list(run_trials(task, range(trials))) for task, trials in experiments]
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    assert any(record.stopping_time is None for record in got[1])


@pytest.mark.parametrize("name", ["trials", "processes"])
@pytest.mark.parametrize("value", [0, -1, 1.5, True])
def test_refusals_name_the_argument(name, value):
    with pytest.raises(ArgumentError) as refusal:
        run(SMALL, **({"trials": 3, "processes": 1} | {name: value}))
    assert refusal.value.name == name


# ------------------------------------------------------------------------------------------------ runs that end badly


def test_an_error_in_a_trial_leaves_what_is_stored_and_is_told(undisturbed, tmp_path, monkeypatch):
    def fails(task, trial):
        if trial == 77:
            raise RuntimeError("trial 77")
        return run_trial(task, trial)

    with monkeypatch.context() as patch:
        patch.setattr("srtheory.experiments.trial.run_trial", fails)
        with pytest.raises(RuntimeError, match="trial 77"):
            run(SMALL, TRIALS, store=tmp_path)
    assert set(contents(tmp_path)) == files(0)
    run(SMALL, TRIALS, store=tmp_path)
    assert contents(tmp_path) == undisturbed


def test_a_damaged_file_is_computed_anew(plain, undisturbed, tmp_path):
    run(SMALL, TRIALS, store=tmp_path)
    path = tmp_path / SMALL.id / "0000000050.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.warns(DamagedFileWarning, match="0000000050"):
        assert run(SMALL, TRIALS, store=tmp_path) == plain
    found = contents(tmp_path)
    assert (
        len(found.pop(f"{SMALL.id}/_0000000050.parquet.damaged")) == len(undisturbed[f"{SMALL.id}/{path.name}"]) - 100
    )
    assert found == undisturbed


def test_a_foreign_file_stops_the_run_before_it_starts(tmp_path, monkeypatch):
    run(SMALL, 70, store=tmp_path)
    run(LOSSY, 10, store=tmp_path)
    path = tmp_path / SMALL.id / "0000000050.parquet"
    path.write_bytes((tmp_path / LOSSY.id / "0000000000.parquet").read_bytes())
    before = contents(tmp_path)
    monkeypatch.setattr(running, "mapped_by", _no_engine)
    with pytest.raises(ArgumentError, match="0000000050"):
        run(SMALL, TRIALS, store=tmp_path)
    assert contents(tmp_path) == before


def test_a_full_disk_stops_the_run_and_loses_nothing(undisturbed, tmp_path, monkeypatch):
    write, written = store.write_whole, []

    def full(path, data):
        if len(written) == 2:  # _task.json and a block
            raise OSError(28, "No space left on device", str(path))
        written.append(path)
        write(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(store, "write_whole", full)
        with pytest.raises(OSError, match="No space left"):
            run(SMALL, TRIALS, store=tmp_path)
    assert contents(tmp_path) == {name: undisturbed[name] for name in files(0)}
    run(SMALL, TRIALS, store=tmp_path)
    assert contents(tmp_path) == undisturbed


SLOW = """
import sys, time
from pathlib import Path
from srtheory.experiments import store, trial
from srtheory.experiments.running import run
from tests.experiments.test_running import BLOCK, SMALL, TRIALS
store.LARGEST_BLOCK = BLOCK
one = trial.run_trial
delay, stop = float(sys.argv[2]), int(sys.argv[3])
trial.run_trial = lambda task, i: time.sleep(delay if i < stop else 1000) or one(task, i)
run(SMALL, TRIALS, store=Path(sys.argv[1]))
"""
DIES = """
import os, signal, sys
from pathlib import Path
from srtheory.experiments import store
from srtheory.experiments.running import run
from tests.experiments.test_running import BLOCK, SMALL, TRIALS
store.LARGEST_BLOCK = BLOCK
write = store.write_whole
def write_and_die(path, data):
    write(path, data)
    if path.suffix == ".parquet":
        os.kill(os.getpid(), signal.SIGKILL)
store.write_whole = write_and_die
run(SMALL, TRIALS, store=Path(sys.argv[1]), processes=2)
"""


def start(folder, delay=0.0, stop=TRIALS):
    """A run that dawdles, and from trial ``stop`` on does not move."""
    return subprocess.Popen([sys.executable, "-c", SLOW, str(folder), str(delay), str(stop)], cwd=ROOT)


def wait_for(path, process):
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_killed_in_the_middle_and_resumed(undisturbed, tmp_path):
    process = start(tmp_path, stop=70)
    wait_for(tmp_path / SMALL.id / "0000000000.parquet", process)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    kept = contents(tmp_path)
    assert set(kept) == files(0)
    run(SMALL, TRIALS, store=tmp_path)
    assert contents(tmp_path) == undisturbed


def test_killed_with_its_processes_at_work_and_resumed(undisturbed, tmp_path):
    died = subprocess.run([sys.executable, "-c", DIES, str(tmp_path)], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    assert len(contents(tmp_path)) == 2
    run(SMALL, TRIALS, store=tmp_path, processes=2)
    assert contents(tmp_path) == undisturbed


def test_two_runs_on_one_folder(undisturbed, tmp_path):
    both = [start(tmp_path, delay) for delay in (0.0, 0.01)]
    assert [process.wait() for process in both] == [0, 0]
    assert contents(tmp_path) == undisturbed


def test_two_runs_of_different_lengths_keep_the_longer(undisturbed, tmp_path):
    """The shorter one would overwrite the last block with its prefix, were it to come last."""
    run(SMALL, TRIALS, store=tmp_path)
    engine, seen = running.mapped_by(1, None), []
    (tmp_path / SMALL.id / "0000000100.parquet").unlink()

    def late(*_):
        def work(pieces):
            for piece in pieces:
                seen.append(piece)
                run(SMALL, TRIALS, store=tmp_path)  # another run finishes first
                yield from engine([piece])

        return work

    with pytest.MonkeyPatch.context() as patch:
        original = running.mapped_by
        patch.setattr(running, "mapped_by", lambda *given: original(*given) if seen else late(*given))
        run(SMALL, 101, store=tmp_path)
    assert seen
    assert contents(tmp_path) == undisturbed


def test_a_killed_process_is_told_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "compute_piece", _die)
    with pytest.raises(OSError, match="killed") as failure:
        run(SMALL, 10, processes=2)
    assert failure.value.filename == "processes"


def _die(piece):
    os.kill(os.getpid(), signal.SIGKILL)


def test_other_processes_do_not_hear_interrupts(plain, monkeypatch):
    monkeypatch.setattr(running, "compute_piece", _deaf)
    assert run(SMALL, 60, processes=2) == plain[:60]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


compute_piece = running.compute_piece


def _deaf(piece):
    assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    return compute_piece(piece)


def test_sigterm_is_as_it_was_after_a_run():
    for before in (signal.SIG_DFL, signal.SIG_IGN):
        had = signal.signal(signal.SIGTERM, before)
        try:
            run(SMALL, 20, processes=2)
            assert signal.getsignal(signal.SIGTERM) is before
        finally:
            signal.signal(signal.SIGTERM, had)


def test_processes_at_work_can_be_ended_and_start_anew(plain, monkeypatch):
    left = running.on_processes(eval, ["__import__('os').getpid()", *["__import__('time').sleep(1000)"] * 2], 2)
    process = Path("/proc", str(next(left)))
    running.end_processes()
    assert not process.exists()
    with pytest.warns(UserWarning, match="2 tasks .* have been cancelled"):
        left.close()
    assert run(SMALL, 60, processes=2) == plain[:60]
    with monkeypatch.context() as patch:
        patch.setattr("joblib.externals.loky.get_reusable_executor", lambda **_: pytest.fail("none is at work"))
        running.end_processes()


@pytest.mark.parametrize(("name", "reported"), [("ExecutorManagerThread", []), ("another", ["another"])])
def test_an_end_is_silent_although_work_was_being_handed_out(monkeypatch, name, reported):
    """loky's thread can meet a KeyError then, and would print a traceback."""

    def hand_out():
        raise KeyError(21)

    def shutdown(**_):
        thread = Thread(target=hand_out, name=name)
        thread.start()
        thread.join()

    told = []
    monkeypatch.setattr(running, "_AT_WORK", {1})
    monkeypatch.setattr("threading.excepthook", lambda args: told.append(args.thread.name))
    monkeypatch.setattr("joblib.externals.loky.get_reusable_executor", lambda **_: SimpleNamespace(shutdown=shutdown))
    before = threading.excepthook
    running.end_processes()
    assert (told, threading.excepthook) == (reported, before)


# -------------------------------------------------------------------------------------------------------------- a lab


def test_a_lab_keeps_and_finds_records(tmp_path, monkeypatch):
    asked = {"symbols": 12, "degree": 3, "tau": 0.1, "startup": "expon(scale=5)", "decoder": "hitting"}
    with_store = Lab(seed=1, store=tmp_path, processes=2).records("sr", trials=30, **asked)
    assert with_store == Lab(seed=1).records("sr", trials=30, **asked) == run(SMALL, 30)
    monkeypatch.setattr(running, "mapped_by", _no_engine)
    told = []
    lab = Lab(seed=1, store=tmp_path, progress=lambda what, done: told.append((what, done)))
    assert lab.records("sr", trials=20, **asked) == with_store[:20]
    assert told == [("sr", 20)]


def test_a_lab_runs_an_experiment_once(monkeypatch):
    lab = Lab(seed=1)
    asked = {"symbols": 12, "degree": 3, "tau": 0.1, "startup": "expon(scale=5)", "decoder": "hitting"}
    thirty = lab.records("sr", trials=30, **asked)
    monkeypatch.setattr("srtheory.experiments.lab.run", lambda *_, **__: pytest.fail("run again"))
    assert lab.records("sr", trials=10, **asked) == thirty[:10]


# --------------------------------------------------------------------------------------------------- planted mistakes


@pytest.mark.quality
def test_trials_that_depend_on_the_batch_are_caught(plain, undisturbed, tmp_path, monkeypatch):
    """Every batch begins with trial 0."""

    def by_batch(piece):
        records = run_trials(piece.task, range(len(piece.trials)))
        columns = dict(from_records(records).columns)
        columns["trial"] = columns["trial"] + piece.trials.start
        return piece.gap, type(concatenate([]))(columns)

    monkeypatch.setattr(running, "compute_piece", by_batch)
    with pytest.raises(AssertionError):
        test_pieces_and_their_order_change_nothing(undisturbed, tmp_path, monkeypatch)


@pytest.mark.quality
def test_pieces_put_together_as_they_come_are_caught(undisturbed, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "sorted", list, raising=False)
    with pytest.raises((AssertionError, ArgumentError)):
        test_pieces_and_their_order_change_nothing(undisturbed, tmp_path, monkeypatch)


@pytest.mark.quality
def test_a_writer_that_does_not_look_first_is_caught(undisturbed, tmp_path, monkeypatch):
    def blind(self, first, records):
        store.write_whole(self._file(first), store.encode(records, self.id))

    monkeypatch.setattr(store.Folder, "write", blind)
    with pytest.raises(AssertionError):
        test_two_runs_of_different_lengths_keep_the_longer(undisturbed, tmp_path)


# ----------------------------------------------------------------------------------------------- numbers of trials


class _BegunError(Exception):
    """An engine is asked for: all arguments have been accepted."""


def _begun(*_):
    raise _BegunError("begun")


@pytest.mark.parametrize(
    ("trials", "accepted"), [([10**7], True), ([10**7 + 1], False), ([10**7 - 1, 1], True), ([10**7 - 1, 2], False)]
)
def test_ten_million_trials_in_all_are_accepted(monkeypatch, trials, accepted):
    monkeypatch.setattr(running, "mapped_by", _begun)
    monkeypatch.setattr(store, "LARGEST_BLOCK", 10**6)
    with pytest.raises(_BegunError if accepted else ArgumentError, match="begun" if accepted else "trials"):
        list(run_all([(SMALL, number) for number in trials]))


@pytest.mark.parametrize(("processes", "accepted"), [(1024, True), (1025, False)])
def test_so_many_processes_are_accepted(monkeypatch, processes, accepted):
    monkeypatch.setattr(running, "mapped_by", _begun)
    with pytest.raises(_BegunError if accepted else ArgumentError, match="begun" if accepted else "processes"):
        list(run_all([(SMALL, 1)], processes=processes))


@pytest.mark.parametrize(
    ("largest", "trials", "sizes", "firsts"),
    [(200, 427, [20] * 21 + [7], [0] * 10 + [200] * 10 + [400] * 2), (25, 25, [3] * 8 + [1], [0] * 9)],
)
def test_a_block_is_cut_into_ten_pieces(monkeypatch, largest, trials, sizes, firsts):
    """A tenth of it is rounded up."""
    pieces = []

    def engine(given):
        pieces.extend(given)
        raise _BegunError("begun")

    monkeypatch.setattr(store, "LARGEST_BLOCK", largest)
    monkeypatch.setattr(running, "mapped_by", lambda *_: engine)
    with pytest.raises(_BegunError):
        run(SMALL, trials)
    assert [len(piece.trials) for piece in pieces] == sizes
    assert [piece.gap.first for piece in pieces] == firsts


def test_a_piece_is_told_and_one_of_another_version_is_refused(monkeypatch):
    pieces, told = [], []

    def engine(given):
        for piece in given:
            pieces.append(piece)
            yield running.compute_piece(piece, SMALL.id)

    monkeypatch.setattr(running, "mapped_by", lambda *_: engine)
    found = run(SMALL, 7, progress=lambda done, computed: told.append((done, computed)))
    assert found == list(run_trials(SMALL, range(7)))
    assert told == [(0, False), (5, True), (2, True)]
    with pytest.raises(ArgumentError, match="this version"):
        running.compute_piece(pieces[0], "another")


# ------------------------------------------------------------------------------------------------- numbers of a lab


def test_efforts_have_their_numbers_of_trials():
    assert {str(effort): Lab(effort).trials for effort in Effort} == {"quick": 100, "paper": 10**4, "deep": 10**5}
    assert [Lab(effort).elimination_trials for effort in Effort] == [100, 1000, 10**4]
    assert [Lab(asked=7).trials, Lab(asked=7).elimination_trials, Lab(asked=7).fewer(3)] == [7, 7, 7]
    assert [Lab().fewer(30), Lab().fewer(30, 4), Lab().fewer(101)] == [3, 4, 0]


def test_a_lab_without_a_setting_says_so_where_it_is_used():
    lab = pickle.loads(pickle.dumps(Lab(seed=3)))
    assert lab.seed == 3
    with pytest.raises(ArgumentError, match="a setting"):
        lab.records("sr", degree=3)
    with pytest.raises(AttributeError):
        _ = lab.at.__len__


def test_a_lab_begins_only_what_it_has_not_done():
    begun, told = [], []
    lab = Lab(seed=1, begins=lambda *what: begun.append(what), progress=lambda *what: told.append(what))
    asked = {"symbols": 12, "degree": 3, "tau": 0.1, "startup": "expon(scale=5)", "decoder": "hitting"}
    for trials in (4, 4, 3, 5):
        assert len(lab.records("sr", trials=trials, **asked)) == trials
    assert begun == [("sr", 4), ("sr", 5)]
    assert sum(done for _, done in told) == 9
    assert lab.sample("latency", "sr", trials=5, **asked).tolist() == [r.latency for r in run(SMALL, 5)]
    assert lab.summary("latency", "sr", trials=5, **asked).mean == pytest.approx(
        sum(r.latency for r in run(SMALL, 5)) / 5
    )
    assert lab.records("sr", trials=2, own={"access": 4}, **asked) != lab.records("sr", trials=2, **asked)


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
    assert len(lab.records("sr", trials=2, **asked)) == 2
    assert lab.sources == {}
    assert not {"sources", "_done"} & set(re.findall(r"(\w+)=", repr(lab)))


# ------------------------------------------------------------------------------------------- what is missing, by hand


def test_missing_trials_are_in_as_few_ranges_as_possible_and_gaps_end_with_their_blocks(monkeypatch):
    monkeypatch.setattr(store, "LARGEST_BLOCK", 10)
    kept, told = {0: 10, 10: 4, 40: 10, 60: 8}, []
    shelf = SimpleNamespace(read=lambda first: range(kept.get(first, 0)))
    found = running._missing(shelf, SMALL, 65, lambda *what: told.append(what))
    assert found == [range(14, 40), range(50, 60)]
    assert told == [(have, False) for have in (10, 4, 0, 0, 10, 0, 5)]
    gaps = [(gap.experiment, gap.first, gap.trials) for gap in running._gaps(3, SMALL, found)]
    assert gaps == [
        *((3, 10, range(14, 20)), (3, 20, range(20, 30)), (3, 30, range(30, 40))),
        (3, 50, range(50, 60)),
    ]
    assert list(running._cut(range(14, 40), 12)) == [range(14, 26), range(26, 38), range(38, 40)]
    assert list(running._cut(range(14, 38), 12)) == [range(14, 26), range(26, 38)]


def test_no_experiments_have_no_records():
    assert list(run_all([])) == []


# ------------------------------------------------------------------------------------------------------- processes


def test_processes_have_one_thread_and_end_without_work(monkeypatch):
    """Check also that they are told to end with this process, and that results which are left are closed."""
    import joblib

    seen, results = [], []

    class Parallel:
        def __init__(self, **options):
            seen.append(options)

        def __call__(self, jobs):
            results.append(item for item in list(jobs))
            return results[-1]

    monkeypatch.setattr(joblib, "Parallel", Parallel)
    monkeypatch.setattr(joblib, "delayed", lambda work: work)
    monkeypatch.setattr(joblib, "parallel_config", lambda **options: seen.append(options) or nullcontext())
    monkeypatch.setattr(running, "deaf_to_interrupts", nullcontext)
    monkeypatch.setattr(running, "_AT_WORK", set())
    begun = running.on_processes(abs, [-3, 4, -5], 3)
    assert next(begun) == 3
    assert len(running._AT_WORK) == 1
    assert list(begun) == [4, 5]
    assert not running._AT_WORK
    settings, options = seen
    assert options == {"n_jobs": 3, "return_as": "generator_unordered"}
    start = {"idle_worker_timeout": 10, "initializer": running.end_with, "initargs": (os.getpid(),)}
    assert settings == {"backend": "loky", "inner_max_num_threads": 1, **start}
    left = running.on_processes(abs, [-3, 4, -5], 3)
    assert next(left) == 3
    left.close()
    assert (running._AT_WORK, list(results[-1])) == (set(), [])


def test_sigterm_unwinds_what_has_no_handler():
    had = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with pytest.raises(running.Terminated) as end, running.unwound_by_sigterm():
            signal.raise_signal(signal.SIGTERM)
        assert (end.value.code, signal.getsignal(signal.SIGTERM)) == (143, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with running.unwound_by_sigterm():
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, had)


def test_processes_are_ended_at_once_and_waited_for(monkeypatch):
    asked = []
    executor = SimpleNamespace(shutdown=lambda **how: asked.append(how))
    loky = SimpleNamespace(get_reusable_executor=lambda **which: asked.append(which) or executor)
    monkeypatch.setitem(sys.modules, "joblib.externals.loky", loky)
    monkeypatch.setattr(running, "_AT_WORK", {1, 2})
    running.end_processes()
    assert asked == [{"reuse": True}, {"wait": True, "kill_workers": True}]
    running.end_processes()
    assert (len(asked), running._AT_WORK) == (2, set())


def test_a_lab_finds_schemes_of_a_file_from_its_folder_and_notes_their_source(tmp_path):
    text = """
from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker

@dataclass(frozen=True)
class Alone(ByWorker):
    def sends(self, worker, key):
        yield [worker]
"""
    (tmp_path / "mine.py").write_text(text)
    lab = Lab(seed=1, folder=tmp_path)
    scheme = lab.named("mine.py::Alone")
    assert (scheme.name, lab.named("sr").name) == ("mine.py::Alone", "sr")
    assert lab.sources == {"mine.py::Alone": hashlib.sha256(text.encode()).hexdigest()}
