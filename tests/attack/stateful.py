"""Long sequences of steps, drawn by Hypothesis, that each look at what all steps before have left.

Two processes at one store of records write, resume, are killed between two operations on files, write at once, meet a
full disk or a power failure, damaged files and changed code.

A process is killed within this one: from that operation on, all its operations on files fail, those of its handlers
included. A power failure leaves of files and folders what was last waited for, or was there, or, of a file, a part.
"""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import shutil
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import seed as drawn_by
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from srtheory.delays import DelayModel, parse_law
from srtheory.experiments import running, store, trial
from srtheory.experiments.store import Records, concatenate, from_records
from srtheory.experiments.trial import Record, Task
from srtheory.schemes.parts import BatchCouponCollector
from srtheory.schemes.sum_recovery import SumRecovery
from tests.attack.report import Tally

BLOCK, BLOCKS = 4, 2
MODEL = DelayModel(parse_law("expon(scale=5)"), 0.1)
SCHEMES = (BatchCouponCollector(6, 2), SumRecovery(5, 2))
OPERATIONS = {"open", "os.rename", "os.remove", "os.mkdir", "os.listdir", "os.scandir", "fcntl.flock"}
STEPS: Counter[str] = Counter()
"""Steps that were made, by kind."""
_run_trials = trial.run_trials
_flock = fcntl.flock


class Killed(BaseException):
    """The end of a process, which none of its handlers survives."""


class Waits(BaseException):
    """A process would wait for another one, which is in the middle of an operation."""


class Disk:
    """The files below a folder, what of them survives a power failure, and what happens at the n-th operation."""

    watched: Disk | None = None
    """The one whose operations the audit hook, which cannot be removed, hears of."""

    def __init__(self) -> None:
        self.root = Path(mkdtemp(prefix="srtheory-disk-"))
        self._names: dict[int, dict[str, int]] = {}
        self._contents: dict[int, bytes] = {}
        self._held: dict[int, int] = {}  # no other file gets the number of one that was removed
        self._kind, self._at, self._count, self._rival = "calm", 0, 0, lambda: None
        self.everything_is_durable()

    def close(self) -> None:
        """Remove all."""
        for handle in self._held.values():
            os.close(handle)
        shutil.rmtree(self.root)

    @contextmanager
    def watching(self, kind: str, at: int, rival: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Let a process be killed, meet a full disk, or wait for ``rival``, at an operation of the block."""
        before = Disk.watched, self._kind, self._at, self._count, self._rival
        Disk.watched, self._kind, self._at, self._count, self._rival = self, kind, at, 0, rival
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        if kind == "short":
            resource.setrlimit(resource.RLIMIT_FSIZE, (at * 200, limits[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            Disk.watched, self._kind, self._at, self._count, self._rival = before

    def operation(self, writes: bool, path: str | None = None) -> None:
        """Count an operation, before it is done; a system error names the path where Python's own would."""
        self._count += 1
        if self._kind == "killed" and self._count > self._at:
            raise Killed
        if self._kind == "full" and self._count > self._at and writes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), *[path] * (path is not None))
        if self._kind == "rival" and self._count == self._at:
            self._rival()

    def sync(self, handle: int) -> None:
        """In place of ``os.fsync``."""
        self.operation(writes=True)
        with self.unwatched():
            self._settle(Path(os.readlink(f"/proc/self/fd/{handle}")))

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """Hear nothing of the block's operations."""
        before, Disk.watched = Disk.watched, None
        try:
            yield
        finally:
            Disk.watched = before

    def _settle(self, path: Path) -> None:
        number = path.stat().st_ino
        if path.is_dir():
            entries = list(os.scandir(path))
            self._names[number] = {entry.name: entry.inode() for entry in entries}
            for entry in entries:
                self._hold(entry.path, entry.inode())
        else:
            self._hold(path, number)
            self._contents[number] = path.read_bytes()

    def _hold(self, path: Path | str, number: int) -> None:
        if number not in self._held:
            self._held[number] = os.open(path, os.O_RDONLY)

    def everything_is_durable(self) -> None:
        """Make what is there the state after a power failure."""
        for path in (self.root, *self.root.rglob("*")):
            self._settle(path)

    def put(self, path: Path, data: bytes) -> None:
        """Change a file behind the back of all processes."""
        path.write_bytes(data)
        self._hold(path, number := path.stat().st_ino)
        self._contents[number] = data

    def power_fails(self, later: Callable[[], bool], part: Callable[[], float]) -> None:
        """Leave what was waited for, and of the rest what ``later`` and ``part`` say."""
        files = dict(self._after(self.root, later, part))
        shutil.rmtree(self.root)
        self.root.mkdir()
        for path, data in files.items():
            if data is None:
                path.mkdir()
            else:
                path.write_bytes(data)
        self._names.clear()
        self._contents.clear()
        while self._held:
            os.close(self._held.popitem()[1])
        self.everything_is_durable()

    def _after(
        self, path: Path, later: Callable[[], bool], part: Callable[[], float]
    ) -> Iterator[tuple[Path, bytes | None]]:
        """Yield what is left below a folder: folders with None, and files."""
        there = {entry.name: entry for entry in os.scandir(path)}
        durable = self._names.get(path.stat().st_ino, {})
        for name in sorted(there.keys() | durable.keys()):
            number = there[name].inode() if name in there else None
            if number != durable.get(name) and not later():
                number = durable.get(name)
            if number is None:
                continue
            if name in there and there[name].inode() == number and there[name].is_dir():
                yield path / name, None
                yield from self._after(path / name, later, part)
                continue
            kept = self._contents.get(number, b"")
            if name in there and there[name].inode() == number and (data := (path / name).read_bytes()) != kept:
                kept = data[: int(len(data) * part())] if later() else kept
            yield path / name, kept


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    disk = Disk.watched
    if disk is None or event not in OPERATIONS:
        return
    if event != "fcntl.flock" and not str(arguments[0]).startswith(str(disk.root)):
        return
    writes = event in ("os.rename", "os.mkdir") or (event == "open" and bool(int(str(arguments[2])) & 3))
    disk.operation(writes, str(arguments[0]))


sys.addaudithook(_hear)


def _flock_at_once(handle: int, how: int) -> None:
    try:
        _flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Waits from None


# --------------------------------------------------------------------------------------------------------------- store


@cache
def truth(number: int, revision: int) -> tuple[str, list[Record]]:
    """The id of a task and its records, under a version of the code that computes others."""
    task = Task(SCHEMES[number], MODEL, 1)
    records = [replace(one, work=one.work + revision) for one in _run_trials(task, range(BLOCK * BLOCKS))]
    return task.id, records


def plans(operations: int) -> st.SearchStrategy[tuple[str, int]]:
    """What happens, and at which operation, or to how many times 200 bytes files may grow."""
    places = st.integers(0, operations)
    return st.tuples(st.sampled_from(["calm", "killed", "full", "rival", "rival"]), places) | st.tuples(
        st.just("short"), st.integers(0, 30)
    )


PLACES = {"process": st.integers(0, 1), "number": st.integers(0, 1), "block": st.integers(0, BLOCKS - 1)}


class Store(RuleBasedStateMachine):
    """Two processes at one store: no wrong record is read, and none that was acknowledged is lost."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.disk = Disk()
        self.store = self.disk.root / "store"
        self.shelves: list[dict[str, store.Folder]] = [{}, {}]
        self.revision = 0
        self.known: dict[str, list[Record]] = {}
        self.safe: Counter[tuple[str, int]] = Counter()
        self.damaged: set[Path] = set()
        self.patch.setattr(store, "LARGEST_BLOCK", BLOCK)
        self.patch.setattr(os, "fsync", lambda handle: self.disk.sync(handle))
        self.patch.setattr(fcntl, "flock", _flock_at_once)
        self.patch.setattr(running, "run_trials", lambda task, trials: [self.known[task.id][trial] for trial in trials])
        self._set_code()

    def teardown(self) -> None:
        self.patch.undo()
        self.disk.close()

    def _set_code(self) -> None:
        self.patch.setattr(trial, "RESULTS", 2 + self.revision)
        self.known |= {Task(scheme, MODEL, 1).id: truth(n, self.revision)[1] for n, scheme in enumerate(SCHEMES)}

    # ---------------------------------------------------------------------------------------------- what a process does

    def shelf(self, process: int, task: Task) -> store.Folder:
        if task.id not in self.shelves[process]:
            self.shelves[process][task.id] = store.open_folder(self.store, task)
        return self.shelves[process][task.id]

    def attempt(self, process: int, act: Callable[[], Any], kind: str, at: int, rival: Callable[[], Any]) -> Any:
        """What the process gets; None if it is killed, or is told of a full disk or of a damaged file's remains."""
        damaged = set(self.damaged)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                with self.disk.watching(kind, at, rival):
                    return act()
            except (Killed, Waits):
                self.shelves[process].clear()
            except store.ForeignFileError as error:
                path = Path(str(error.value))
                assert path in self.damaged, f"{path} is refused"
                path.unlink()
            except OSError as error:
                self.may_be(kind, error)
            finally:
                for warning in told:
                    assert any(str(warning.message).startswith(f"{path} is damaged") for path in damaged), warning
        return None

    def may_be(self, kind: str, error: OSError) -> None:
        """A full disk, where it was full, with the name of a file."""
        assert kind in ("full", "short"), error
        assert error.errno in (errno.ENOSPC, errno.EFBIG), error
        assert error.filename, "no file is named"

    def write(self, process: int, task: Task, block: int, count: int) -> bool:
        self.shelf(process, task).write(block * BLOCK, self.right(task.id, block, count))
        self.acknowledge(task.id, block, count)
        return True

    def right(self, id: str, block: int, count: int) -> Records:
        return from_records(self.known[id][block * BLOCK : block * BLOCK + count])

    def acknowledge(self, id: str, block: int, count: int) -> None:
        self.safe[id, block] = max(self.safe[id, block], count)
        self.damaged.discard(self.store / id / f"{block * BLOCK:010}.parquet")

    def rival(self, process: int, task: Task, block: int, count: int) -> Callable[[], object]:
        """The other process, which comes in between and may have to wait."""
        return lambda: self.attempt(
            1 - process, lambda: self.write(1 - process, task, block, count), "calm", 0, lambda: None
        )

    def check(self, id: str, block: int, found: Records) -> None:
        assert found == self.right(id, block, len(found)), f"wrong records of {id}, block {block}"
        assert len(found) >= self.safe[id, block], f"{len(found)} records of {self.safe[id, block]} in block {block}"

    # ----------------------------------------------------------------------------------------------------------- steps

    @rule(**PLACES, count=st.integers(1, BLOCK), plan=plans(12), other=st.integers(1, BLOCK))
    def writes(self, process, number, block, count, plan, other):
        """One block is stored."""
        task = Task(SCHEMES[number], MODEL, 1)
        STEPS[f"a block written, {plan[0]}"] += 1
        rival = self.rival(process, task, block, other)
        self.attempt(process, lambda: self.write(process, task, block, count), *plan, rival)

    @rule(**PLACES, trials=st.integers(1, BLOCK * BLOCKS), plan=plans(30), other=st.integers(1, BLOCK))
    def resumes(self, process, number, block, trials, plan, other):
        """A run takes up what is there."""
        task = Task(SCHEMES[number], MODEL, 1)
        STEPS[f"a run, {plan[0]}"] += 1

        def act() -> Records:
            [kept] = running.run_all([(task, trials)], store=self.store)
            return concatenate(list(kept.blocks()))

        counts = {first // BLOCK: min(BLOCK, trials - first) for first in range(0, trials, BLOCK)}
        lacked = [number for number, count in counts.items() if self.stored(task.id, number) < count]
        found = self.attempt(process, act, *plan, self.rival(process, task, block, other))
        if found is not None:
            assert list(found) == self.known[task.id][:trials]
            for number in lacked:  # what it only found may be of a process that was killed before it waited
                self.acknowledge(task.id, number, counts[number])

    def stored(self, id: str, block: int) -> int:
        """How many records a block has now."""
        path = self.store / id / f"{block * BLOCK:010}.parquet"
        try:
            found = store.decode(path.read_bytes(), id) if path.exists() else None
        except Exception:  # it was damaged
            found = None
        return 0 if found is None else len(found)

    @rule(**PLACES, name=st.sampled_from(["latency", "work", "argument"]))
    def reads(self, process, number, block, name):
        """A process reads a block, or a column of it."""
        task = Task(SCHEMES[number], MODEL, 1)
        STEPS["a block read"] += 1
        calm = ("calm", 0, lambda: None)
        column = self.attempt(process, lambda: self.shelf(process, task).column(block * BLOCK, name), *calm)
        if column is not None:
            assert column.tolist() == self.right(task.id, block, len(column)).columns[name].tolist()
            assert len(column) >= self.safe[task.id, block]
        found = self.attempt(process, lambda: self.shelf(process, task).read(block * BLOCK), *calm)
        if found is not None:
            self.check(task.id, block, found)

    @rule(process=st.integers(0, 1))
    def begins_anew(self, process):
        """Another process takes the place of one."""
        STEPS["a process ended"] += 1
        self.shelves[process].clear()

    @rule(later=st.booleans())
    def changes_the_code(self, later):
        """The next or the former version."""
        STEPS["the code changed"] += 1
        self.revision = min(self.revision + 1, 2) if later else max(self.revision - 1, 0)
        self._set_code()

    @rule(
        which=st.integers(0, 99),
        how=st.sampled_from(["a bit", "zeros", "cut", "another's"]),
        place=st.integers(0, 10**4),
        other=st.integers(0, 99),
    )
    def damages(self, which, how, place, other):
        """A page of a file is lost, or another sound file takes its place."""
        files = sorted(path for path in self.store.rglob("*") if path.name.endswith((".parquet", "_task.json")))
        if not files:
            return
        STEPS[f"a file damaged: {how}"] += 1
        path = files[which % len(files)]
        data = bytearray(path.read_bytes())
        if how == "another's":
            data[:] = files[other % len(files)].read_bytes()
        elif data:
            at = place % len(data)
            data[at:] = {
                "a bit": bytes([data[at] ^ 1 << place % 8]) + data[at + 1 :],
                "zeros": bytes(min(512, len(data) - at)) + data[at + 512 :],
                "cut": b"",
            }[how]
        self.disk.put(path, bytes(data))
        self.damaged.add(path)
        if path.suffix == ".parquet":
            self.safe[path.parent.name, int(path.stem) // BLOCK] = 0

    @rule(data=st.data())
    def power_fails(self, data):
        """All processes end."""
        STEPS["a power failure"] += 1
        part = st.sampled_from([0.0, 0.5, 1.0])
        self.disk.power_fails(lambda: data.draw(st.booleans()), lambda: data.draw(part))
        self.shelves = [{}, {}]

    @invariant()
    def all_that_was_acknowledged_is_there(self):
        """Read past the library's own reader of files."""
        for (id, block), count in self.safe.items():
            if count:
                path = self.store / id / f"{block * BLOCK:010}.parquet"
                assert path.exists(), f"{path.name} with {count} records is gone"
                found = store.decode(path.read_bytes(), id)
                assert found is not None, f"{path.name} is another's"
                self.check(id, block, found)


# ----------------------------------------------------------------------------------------------------------- the attack


def attack(size: tuple[int, int], seed: int, tally: Tally, *, shrink: bool = True) -> None:
    """So many sequences of so many steps; of a failure, the shortest that is found."""
    STEPS.clear()
    failure, phases = None, [Phase.generate, *[Phase.shrink] * shrink]
    chosen = settings(max_examples=size[0], stateful_step_count=size[1], database=None, phases=phases)
    try:
        run_state_machine_as_test(drawn_by(seed)(Store), settings=chosen)
    except Exception as error:
        failure = " ".join([type(error).__name__, *str(error).split(), *getattr(error, "__notes__", ())])
    tally.count("the store, sequences", failure, size[0])
    for kind, times in sorted(STEPS.items()):
        tally.count(f"the store, {kind}", times=times)
