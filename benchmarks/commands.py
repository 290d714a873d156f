"""What one command of srtheory takes, in a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from time import perf_counter
from typing import NamedTuple


class Spent(NamedTuple):
    """Processor time of a process and its children and time on the wall, in seconds, and the peak memory in MiB."""

    processor: float
    wall: float
    peak: float


def spent(words: list[str], cache: str | None = None, folder: Path | None = None) -> Spent:
    """Run srtheory with these words, its output thrown away, and return what it took.

    ``cache`` is a folder for what numba compiles, and ``folder`` an srtheory to measure in place of this one.  An exit
    status above 1 is an error; 1 is an answer.
    """
    call = [sys.executable, "-P", "-c", "from srtheory.cli import main; main()", *words]
    setting = (
        os.environ | ({"NUMBA_CACHE_DIR": cache} if cache else {}) | ({"PYTHONPATH": str(folder)} if folder else {})
    )
    setting.pop("PYTHONDONTWRITEBYTECODE", None)  # all that is imported would be compiled again
    silence = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    start = perf_counter()
    child = os.posix_spawn(sys.executable, call, setting, file_actions=silence)
    _, status, used = os.wait4(child, 0)
    wall = perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise RuntimeError(f"srtheory {' '.join(words)}: exit status {os.waitstatus_to_exitcode(status)}")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Spent(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / unit)
