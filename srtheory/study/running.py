"""Run the code of a study: what it raises, and calls that do not return, are reported in a line."""

from __future__ import annotations

import ctypes
import errno
import math
import os
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryFile
from threading import RLock
from traceback import walk_tb
from typing import Any, NoReturn, TypeVar, cast

import psutil
from tqdm import tqdm

from srtheory import experiments
from srtheory.errors import ArgumentError, printable
from srtheory.experiments.lab import Lab
from srtheory.experiments.running import end_with, unwound_by_sigterm
from srtheory.experiments.store import ForeignFileError
from srtheory.own_code import UNBLAMED, prints_to_stderr, told, told_with_line
from srtheory.study.findings import DEFAULT, Claim, Entry, Unsettled, Verdict
from srtheory.study.numbers import Number, NumberEntry, Quoted

R = TypeVar("R")
_LONGEST_WAIT = 1e6
"""Seconds, which the system counts in milliseconds; a longer time is without end."""
_ROUNDS = 10
"""Number of times that processes are ended, since they may be starting others."""
_SET_CHILD_SUBREAPER = 36
"""Of Linux's prctl."""
STORE = Path(experiments.__file__).parent
"""Folder of the code that runs trials and keeps records."""


@dataclass(frozen=True)
class Crash:
    """What went wrong, in a line of printable characters."""

    says: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "says", printable(self.says))


def settled(claim: Claim, lab: Lab, budget: float | None = None) -> Entry | Crash:
    """Return the entry of a claim, or what went wrong in its check, which may take ``budget`` seconds."""
    before = lab.known()
    what, run = f"the check of {claim.id}", lambda: (claim.settle(lab), lab.known(before))
    found = run_code(what, claim.check, run, budget)
    if isinstance(found, Crash):
        return found
    entry, more = found
    lab.learn(more)
    return entry


def unsettled(claim: Claim, crash: Crash) -> Unsettled:
    """Return the entry of a claim whose check crashed."""
    finding = f"{crash.says[0].upper()}{crash.says[1:]}; nothing is settled."
    return Unsettled(claim.id, claim.where, claim.says, Verdict.OPEN, finding)


def computed(entry: NumberEntry, lab: Lab, budget: float | None = None) -> Quoted | Crash:
    """Return a number of a study, or what went wrong in its function."""

    def compute() -> Number:
        number = entry.compute(lab)
        if not isinstance(number, Number):
            expected = f"a function that returns a Number; it returned {type(number).__name__}"
            raise ArgumentError("number", entry.name, expected)
        _ = Quoted(entry, number).text  # so that printing cannot fail
        return number

    found = run_code(f"the number {entry.name}", entry.compute, compute, budget)
    return found if isinstance(found, Crash) else Quoted(entry, found)


def run_code(what: str, code: Callable[..., Any], run: Callable[[], R], budget: float | None = None) -> R | Crash:
    """Return what ``run`` returns; what the code of a study raises, or a call that takes too long, is a crash.

    The code runs in a process of its own, which is killed with all that it started when it is over or its time is:
    whatever the code does to its process, the rest of the study is as without it. What ``run`` returns is sent by a
    file, which can be read to its end whatever else writes to it. Without a time limit, code of the default study,
    which is ours, runs here.
    Errors of the store and of a scheduler pass: with a full disk, say, nothing that follows would fare better. Workers
    that the code kills are its crash.
    """
    if budget is None and str(code.__module__).startswith(f"{DEFAULT}."):
        return _tried(what, code, run, *UNBLAMED)
    with unwound_by_sigterm(), TemporaryFile() as file, Connection(os.dup(file.fileno())) as answers:
        with _all_ended():
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", ".*multi-threaded", DeprecationWarning)  # the threads of bars
                process = os.fork()
            if not process:
                _answer(answers, what, lambda: _tried(what, code, run))
            if budget is not None:  # a debugger in it would find no terminal
                with suppress(OSError):
                    os.setpgid(process, 0)
            if not _ends(psutil.Process(process), budget):
                return Crash(f"{what} did not end within {budget:g} seconds")
        try:
            os.lseek(answers.fileno(), 0, os.SEEK_SET)
            passes, found = answers.recv()
        except Exception:  # it closed the file, or wrote something else there
            return Crash(f"{what} ended its process")
    if passes:
        raise found
    return cast(R | Crash, found)


def _answer(file: Connection, what: str, run: Callable[[], Any]) -> NoReturn:
    """Send what ``run`` returns, or raises, and end this process."""
    here = os.getpid()
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
        tqdm.set_lock(RLock())  # a thread of the parent may have held the other one
        end_with(os.getppid())
        try:
            found = False, run()
        except BaseException as error:
            found = True, error
        if os.getpid() == here:
            try:
                file.send(found)
            except Exception as error:  # of many types
                file.send((False, Crash(f"{what} crashed ({told(error)})")))
    finally:
        os._exit(0)


def _ends(process: psutil.Process, budget: float | None) -> bool:
    """Return whether a process ends within so many seconds."""
    try:
        process.wait(None if budget is None or budget > _LONGEST_WAIT else budget)
    except psutil.TimeoutExpired:
        return False
    return True


@contextmanager
def _all_ended() -> Iterator[None]:
    """End, with the block, the processes that were started in it, and those that they started, in every session."""
    here = psutil.Process()
    before = here.children(recursive=True)
    _adopt(True)
    try:
        yield
    finally:
        for _ in range(_ROUNDS):
            new = [process for process in here.children(recursive=True) if process not in before]
            if not new:
                break
            for process in new:
                with suppress(psutil.Error):
                    process.kill()
            psutil.wait_procs(new, timeout=1)
        _adopt(False)


def _adopt(orphans: bool) -> None:
    """Make this process the parent of what its children leave behind, or no longer, where the system (Linux) can."""
    with suppress(AttributeError):
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, int(orphans), 0, 0, 0)


def _tried(what: str, code: Callable[..., Any], run: Callable[[], R], *passing: type[BaseException]) -> R | Crash:
    """Return what ``run`` returns, or the crash; errors of the store, and these types, pass."""
    lines = getattr(code, "__code__", None)
    file = Path(getattr(lines, "co_filename", "."))
    try:
        with prints_to_stderr():
            return run()
    except BaseException as error:
        if isinstance(error, (ForeignFileError, *passing)) or _of_store(error):
            raise
        said = told_with_line(error, file.parent)
        at = "" if lines is None or said != told(error) else f" at {file.name}, line {lines.co_firstlineno}"
        return Crash(f"{what} crashed ({said}{at})")


def _of_store(error: BaseException) -> bool:
    """Return whether the store or a cluster raised this: not a file that the code opens, nor workers that it kills."""
    if isinstance(error, ArgumentError):
        ours = error.name == "scheduler"
    else:
        ours = isinstance(error, OSError) and error.errno != errno.ECHILD
    return ours and any(STORE in Path(frame.f_code.co_filename).parents for frame, _ in walk_tb(error.__traceback__))


def require_budget(budget: float | None) -> float | None:
    """Return the seconds that a check may take."""
    if budget is not None and not 0 < budget < math.inf:
        raise ArgumentError("budget", budget, "a number of seconds above 0")
    return budget
