"""Execution of experiments: here, on all processors, or on a Dask cluster; stored records are not computed again."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from threading import Thread, current_thread, main_thread
from typing import Any, TypeVar

from srtheory.errors import ArgumentError, require_int
from srtheory.experiments.store import (
    Kept,
    Memory,
    Records,
    Shelf,
    block_size,
    concatenate,
    first_of,
    from_records,
    open_folder,
)
from srtheory.experiments.trial import Task, run_trials
from srtheory.own_code import Unblamed, told
from srtheory.schemes.own import attribute_errors_to_user

A = TypeVar("A")
B = TypeVar("B")
Progress = Callable[[int, bool], None]
"""Called with a number of trials and whether they were computed (True) or found in the store (False)."""

_LARGEST = 10**7  # trials, whose records take a gigabyte, and blocks of them
PIECES = 10  # of a whole block: enough for several processes to share one
_MOST_PROCESSES = 1024
_WAITING = 1000  # pieces handed to a cluster in advance, so that workers that join later find work
_BATCH = 50  # pieces in a graph, because Dask's scheduler never forgets that it has been given a graph
_IDLE = 10  # seconds after which a process without work ends
_NO_TRACKER = "ignore:resource_tracker"  # warnings that begin so
_LOOK = 0.5  # seconds between two checks of a process that its parent is alive
ANSWER, _BEGIN = 10, 30  # seconds in which a scheduler answers, and in which it has a worker
_AT_WORK: set[object] = set()  # runs on processes that have not come to their end


class Terminated(SystemExit, Unblamed):
    """Exception for SIGTERM."""


def _silent(done: int, computed: bool) -> None:
    return None


def run(
    task: Task,
    trials: int,
    *,
    done: Records | None = None,
    store: Path | None = None,
    processes: int = 1,
    scheduler: str | None = None,
    progress: Progress = _silent,
) -> Records:
    """Return records of the trials 0 .. trials - 1 of a task, all in memory, of which ``done`` has the first.

    See :func:`run_all`.
    """
    size = block_size(task)
    kept = [Memory({i: done[i : i + size] for i in range(0, len(done), size)} if done else {})]
    where: dict[str, Any] = {"store": store, "processes": processes, "scheduler": scheduler}
    [found] = run_all([(task, trials)], kept=kept, progress=progress, **where)
    return concatenate(list(found.blocks()))


def run_all(
    experiments: Sequence[tuple[Task, int]],
    *,
    store: Path | None = None,
    kept: Sequence[Memory] | None = None,
    processes: int = 1,
    scheduler: str | None = None,
    progress: Progress = _silent,
) -> Iterator[Kept]:
    """Yield the records of each (task, number of trials), in order, as soon as they are complete.

    - ``experiments`` (sequence of (Task, int)): Each number at least 1, and 10^7 in all at most; fewer trials are a
      prefix of more.
    - ``store``: Folder in which finished blocks are kept and found, see :mod:`srtheory.experiments.store`; None:
      in ``kept``, an empty memory for each experiment at first, or nowhere.
    - ``processes``: Processes on this machine, at least 1, of one BLAS thread each.
    - ``scheduler``: Address of a running Dask scheduler whose workers compute instead, e.g. ``tcp://127.0.0.1:8786``.
    - ``progress``: See :data:`Progress`.

    Raises ArgumentError for an argument outside its range, a foreign file in the store, or a scheduler that does not
    answer. Raises OSError if the store cannot be read or written, or a process is killed; what has been stored stays, a
    rerun resumes.

    Records do not depend on processes, scheduler, batches or interruptions. The memory holds the blocks in progress,
    about 100 bytes per record. Without a store it also holds those of the experiments in progress, and of yielded
    results that are still referenced. Stored records are read on access, see :class:`~srtheory.experiments.store.Kept`.
    """
    require_int("processes", processes, 1, _MOST_PROCESSES)
    total = sum(require_int("trials", trials, 1, _LARGEST) for _, trials in experiments)
    require_int("trials", total, len(experiments), _LARGEST)
    shelves: dict[int, Shelf] = {
        i: open_folder(store, task) if store is not None else Memory() if kept is None else kept[i]
        for i, (task, _) in enumerate(experiments)
    }
    missing = [_missing(shelves[i], *experiment, progress) for i, experiment in enumerate(experiments)]
    left = [sum(1 for _ in _gaps(i, task, missing[i])) for i, (task, _) in enumerate(experiments)]
    pieces = (
        _Piece(gap, task, trials)
        for i, (task, _) in enumerate(experiments)
        for gap in _gaps(i, task, missing[i])
        for trials in _cut(gap.trials, -(-block_size(task) // PIECES))
    )
    done = _fill(pieces, shelves, mapped_by(processes, scheduler), progress) if any(left) else iter(())
    for number, (task, trials) in enumerate(experiments):
        while left[number]:
            left[next(done)] -= 1
        yield Kept(shelves.pop(number), block_size(task), trials)


@dataclass(frozen=True)
class _Gap:
    """Missing trials of the block of an experiment that begins at ``first``, after the available ones."""

    experiment: int
    first: int
    trials: range


def _missing(shelf: Shelf, task: Task, trials: int, progress: Progress) -> list[range]:
    """Return the trials that the shelf lacks, in as few ranges as possible."""
    size, found = block_size(task), list[range]()
    for first in range(0, trials, size):
        stop = min(first + size, trials)
        have = min(len(shelf.read(first)), stop - first)
        progress(have, False)
        if have == stop - first:
            continue
        begin = found.pop().start if not have and found and found[-1].stop == first else first + have
        found.append(range(begin, stop))
    return found


def _gaps(experiment: int, task: Task, missing: Iterable[range]) -> Iterator[_Gap]:
    size = block_size(task)
    for trials in missing:
        for first in range(trials.start // size * size, trials.stop, size):
            yield _Gap(experiment, first, range(max(first, trials.start), min(first + size, trials.stop)))


def _cut(trials: range, size: int) -> Iterator[range]:
    """Yield parts of so many trials; the last may have fewer."""
    for low in range(trials.start, trials.stop, size):
        yield range(low, min(low + size, trials.stop))


@dataclass(frozen=True)
class _Piece:
    """A few trials, small enough to be sent to a process."""

    gap: _Gap
    task: Task
    trials: range


Engine = Callable[[Iterable[_Piece]], Iterator[tuple[_Gap, Records]]]


def _fill(pieces: Iterable[_Piece], shelves: Mapping[int, Shelf], engine: Engine, progress: Progress) -> Iterator[int]:
    """Compute the missing trials, in pieces in any order; yield the experiment of each gap that is closed."""
    parts: defaultdict[_Gap, dict[int, Records]] = defaultdict(dict)
    for gap, records in engine(pieces):
        progress(len(records), True)
        parts[gap][int(records.columns["trial"][0])] = records
        if sum(map(len, parts[gap].values())) == len(gap.trials):
            close_gap(gap, shelves[gap.experiment], parts.pop(gap))
            yield gap.experiment


def close_gap(gap: _Gap, shelf: Shelf, parts: Mapping[int, Records]) -> None:
    """Store the block: the stored part, and the new parts by their first trial."""
    at_hand = gap.trials.start - gap.first
    have = [first_of(shelf.read(gap.first), at_hand)] if at_hand else []
    shelf.write(gap.first, concatenate([*have, *(parts[i] for i in sorted(parts))]))


# ------------------------------------------------------------------------------------------------------------ engines


def compute_piece(piece: _Piece, id: str | None = None) -> tuple[_Gap, Records]:
    """Return a piece's records for the sender's task; a different task of another version is an error."""
    if id is not None and piece.task.id != id:
        raise ArgumentError("scheduler", piece.task.id, f"one whose workers run this version (task {id})")
    with attribute_errors_to_user(piece.task.scheme):
        return piece.gap, from_records(run_trials(piece.task, piece.trials))


def mapped_by(processes: int, scheduler: str | None) -> Engine:
    """Return the engine that computes pieces: here, in processes, or on a cluster."""
    if scheduler is not None:
        return lambda pieces: _on_cluster(pieces, scheduler)
    if processes > 1:
        return lambda pieces: on_processes(compute_piece, pieces, processes)
    return lambda pieces: map(compute_piece, pieces)


def on_processes(work: Callable[[A], B], pieces: Iterable[A], processes: int) -> Iterator[B]:
    """Yield the result of ``work`` on each piece, by so many processes of this machine, in any order.

    Pieces, results and errors are sent. Each process has one BLAS thread and ends with this one. Raises OSError if one
    is killed.
    """
    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    this = object()
    _AT_WORK.add(this)
    start = {"idle_worker_timeout": _IDLE, "initializer": end_with, "initargs": (os.getpid(),)}
    with parallel_config(backend="loky", inner_max_num_threads=1, **start), deaf_to_interrupts():
        results = Parallel(n_jobs=processes, return_as="generator_unordered")(map(delayed(work), pieces))
    try:
        with unwound_by_sigterm():
            for result in results:  # noqa: UP028  (which would close them at once)
                yield result
    except TerminatedWorkerError:
        raise OSError(errno.ECHILD, "one of them was killed (out of memory?); a rerun resumes", "processes") from None
    except GeneratorExit:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "0 tasks ")  # joblib had not yet noticed that all were done
            results.close()  # ends processes still at work
        _AT_WORK.discard(this)
        raise
    _AT_WORK.discard(this)


def end_with(parent: int) -> None:
    """Make this process end soon after the one that started it, in any case; its output is not data."""
    sys.stdout = sys.stderr

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK)
        os._exit(1)

    Thread(target=look, daemon=True).start()


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Start processes in the block that ignore Ctrl-C, which this process handles by ending them.

    Their own handler would be too late, since it cannot exist while they import. The trackers that clean up after them
    are silenced, since an interrupt may arrive before their lists are updated.
    """
    from multiprocessing import resource_tracker

    from joblib.externals.loky.backend import resource_tracker as loky_tracker

    sys.warnoptions.append(_NO_TRACKER)  # a tracker is started with them
    try:
        for tracker in (resource_tracker, loky_tracker):  # whose start would lift the mask
            tracker.ensure_running()
    finally:
        sys.warnoptions.remove(_NO_TRACKER)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def unwound_by_sigterm() -> Iterator[None]:
    """Let SIGTERM, unless it has a handler, end this process like Ctrl-C, after the processes that it started."""
    ours = current_thread() is main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

    def stop(number: int, frame: object) -> None:
        raise Terminated(128 + number)

    if ours:
        signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        if ours and current_thread() is main_thread():  # another one may collect a generator that was left
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def end_processes() -> None:
    """End the processes that work for this one, in any state; new ones are started when needed."""
    if _AT_WORK and (loky := sys.modules.get("joblib.externals.loky")):  # which would start the processes to be ended
        _AT_WORK.clear()
        told_before = threading.excepthook

        def tell(args: threading.ExceptHookArgs) -> None:
            # loky's thread that hands out work may find the list of it cleared by the end.
            if args.thread is None or args.thread.name != "ExecutorManagerThread":
                told_before(args)

        threading.excepthook = tell
        try:
            loky.get_reusable_executor(reuse=True).shutdown(wait=True, kill_workers=True)
        finally:
            threading.excepthook = told_before


def _on_cluster(pieces: Iterable[_Piece], scheduler: str) -> Iterator[tuple[_Gap, Records]]:
    """Compute on a Dask cluster, which recomputes the pieces of a lost worker elsewhere."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker, as_completed

    with client_of(scheduler) as client:
        rest = iter(pieces)
        batches = iter(lambda: list(islice(rest, _BATCH)), [])
        graphs = (client.map(compute_piece, batch, [piece.task.id for piece in batch], pure=False) for batch in batches)
        sent = as_completed(chain.from_iterable(islice(graphs, _WAITING // _BATCH)), loop=client.loop)
        try:
            for done, future in enumerate(sent, 1):
                yield future.result()
                if done % _BATCH == 0:
                    sent.update(next(graphs, []))
        except CancelledError:
            raise OSError(errno.ECONNRESET, "it went away; a rerun resumes", scheduler) from None
        except KilledWorker:
            raise OSError(errno.ECHILD, "workers die again and again (out of memory?)", scheduler) from None


@contextmanager
def client_of(scheduler: str, seconds: float | None = None) -> Iterator[Any]:
    """Yield a client of the Dask scheduler at that address, which has workers and answers within so many seconds.

    The address has at most ten seconds to answer, and its first worker thirty.
    """
    answer, begin = (given if seconds is None else min(given, seconds) for given in (ANSWER, _BEGIN))
    import asyncio

    from distributed import Client

    with ExitStack() as stack:
        try:
            # A client that gets no answer is not closed, and takes twenty seconds and a traceback to go.
            with ThreadPoolExecutor(1) as beside:  # this thread may have an event loop at work
                beside.submit(asyncio.run, reach(scheduler, answer)).result()
            client = stack.enter_context(Client(scheduler, timeout=answer, set_as_default=False))
            client.wait_for_workers(1, timeout=begin)
        except Exception as error:  # names, ports and protocols fail each in its own way
            expected = "the address of a running Dask scheduler with workers, such as tcp://127.0.0.1:8786"
            raise ArgumentError("scheduler", scheduler, f"{expected} ({told(error)})") from None
        yield client


async def reach(scheduler: str, seconds: float) -> None:
    """Raise an error if no Dask scheduler answers there."""
    import asyncio

    from distributed.comm import connect
    from distributed.security import Security

    if not scheduler.strip():
        raise ValueError("there is no text")
    async with asyncio.timeout(seconds):  # including its greeting: Dask's own timeout covers only the connection
        comm = await connect(scheduler, timeout=seconds, **Security().get_connection_args("client"))
    await comm.close()
