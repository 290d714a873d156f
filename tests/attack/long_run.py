"""An hour of a sweep whose workers die: ``python -m tests.attack.long_run --minutes 60``.

A Dask scheduler and two workers in processes of their own; `srtheory sweep --engine dask` gives them more than they can
do in that time, and is given again when it ends with an error.  Every process may have so much memory of its own
(``RLIMIT_DATA``).  Once a minute a worker is killed and another one started; in the end the sweep is killed, too.  No
block of records that was once there may be gone or be shorter, all must be sound, and those drawn of them are computed
anew, here, to the bit; the memory of sweep and scheduler must not have grown since the second quarter of the time.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow.parquet as parquet

from srtheory.cli.sweep import read_spec
from srtheory.experiments.store import block_size, open_folder
from srtheory.experiments.trial import Task, run_trials
from tests.attack.report import ROOT, Tally
from tests.own_page import FILES

SEED = 20228
MEMORY = 512 << 20
"""Bytes of its own that each process may have beyond its program and libraries."""
GROWTH = 1.1
FORGETFUL = {
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__LOG_LENGTH": "120",
    "DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "100",
    "DASK_DISTRIBUTED__SCHEDULER__EVENTS_CLEANUP_DELAY": "5 minutes",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "MALLOC_TRIM_THRESHOLD_": "65536",
}
"""What the scheduler remembers of its past is that of minutes, not of an hour, so that what grows is what we hold
there, not the profile of each second; and what it frees it gives back, as Dask has its workers do."""
SWEEP = """
trials = 200000
seed = 1

[[tasks]]
scheme = ["sr", "sr-with-replacement"]
symbols = 200
degree = [3, 4, 5, 6, 7, 8]
tau = 0.005
startup = ["expon(scale=5)", "pareto(b=1)"]

[[tasks]]
scheme = "{own}::Windows"
symbols = 200
option.window = [3, 10]
tau = 0.005
startup = ["expon(scale=5)", "pareto(b=1)"]
"""


class Program:
    """A module's program, with a limit on what it may allocate; what it says on stderr goes into a file."""

    def __init__(self, log: Path, module: str, *arguments: str, **more: str) -> None:
        command = [sys.executable, "-c", f"from {module} import main; main()", *arguments]
        limit, self.log = partial(resource.setrlimit, resource.RLIMIT_DATA, (MEMORY, MEMORY)), log
        with log.open("w") as stderr:
            given: Any = {"cwd": ROOT, "env": os.environ | more, "stdout": subprocess.DEVNULL, "stderr": stderr}
            self.process = subprocess.Popen(command, preexec_fn=limit, **given)

    def said(self, pattern: str) -> str:
        """What it says that matches, as soon as it does."""
        while not (found := re.search(pattern, self.log.read_text(encoding="utf-8"))):
            assert self.process.poll() is None, "it ended without a word"
            time.sleep(0.1)
        return found[0]

    def memory(self) -> int:
        """Bytes in use; 0 when it has ended."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return 1024 * int(found[1]) if found else 0

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


class Cluster:
    """A scheduler and workers, one after the other in the same places."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self._folder = folder
        place = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--preload", "tests.attack.full_cache")
        self.scheduler = Program(folder / "scheduler.log", "distributed.cli.dask_scheduler", *place, **FORGETFUL)
        self.address = self.scheduler.said(r"tcp://127\.0\.0\.1:\d+")
        self.workers = [self.worker(place) for place in range(workers)]

    def worker(self, place: int) -> Program:
        how = ("--no-nanny", "--nthreads", "1", "--local-directory", str(self._folder), "--no-dashboard")
        worker = Program(self._folder / f"worker-{place}.log", "distributed.cli.dask_worker", self.address, *how)
        worker.said("Registered to")
        return worker

    def lose(self, place: int) -> None:
        """A worker dies, and another one comes."""
        self.workers[place].end()
        self.workers[place] = self.worker(place)

    def close(self) -> None:
        for program in (*self.workers, self.scheduler):
            program.end()


def has_grown(readings: Sequence[tuple[float, int]], span: float) -> bool:
    """Whether the second half of a time has more than its second quarter, by a tenth; readings are times and bytes."""
    early = [n for t, n in readings if span / 4 <= t < span / 2]
    late = [n for t, n in readings if t >= span / 2]
    return max(late) > GROWTH * max(early)


def by_quarter(readings: Sequence[tuple[float, int]], span: float) -> str:
    """The most in each quarter of a time, in MiB."""
    quarters = ([n for t, n in readings if span * k <= 4 * t < span * (k + 1)] for k in range(4))
    return ", ".join(f"{max(quarter) / 2**20:.0f}" for quarter in quarters)


def blocks(store: Path) -> dict[Path, int]:
    """Trials in every file of records, as its head says."""
    return {path: parquet.read_metadata(path).num_rows for path in store.glob("*/*.parquet")}


def shrunk(before: dict[Path, int], after: dict[Path, int]) -> list[Path]:
    """What is gone, or shorter."""
    return [path for path, n in before.items() if after.get(path, 0) < n]


def compare(tasks: dict[str, Task], found: dict[Path, int], count: int, first: int, seed: int, tally: Tally) -> None:
    """All blocks are sound, and the first trials of some are what they are when they are computed here."""
    rng = np.random.default_rng(seed)
    paths = sorted(found)
    drawn = set(rng.choice(len(paths), min(count, len(paths)), replace=False).tolist())
    for place, path in enumerate(paths):
        task = tasks[path.parent.name]
        begin = int(path.stem)
        records = open_folder(path.parents[1], task).read(begin)
        sound = len(records) == found[path] and begin % block_size(task) == 0
        tally.count("blocks that are sound", None if sound else str(path.name))
        if place in drawn:
            anew = list(run_trials(task, range(begin, begin + min(first, len(records)))))
            same = [records[i] for i in range(len(anew))] == anew
            tally.count("blocks computed anew", None if same else f"{path.name} of {task.id}")


def specified(folder: Path) -> dict[str, Task]:
    """Write the sweep's file and that of the scheme; the tasks by their ids."""
    own, spec = folder / "mine.py", folder / "sweep.toml"
    own.write_text(FILES["mine.py"], encoding="utf-8")
    spec.write_text(SWEEP.replace("{own}", str(own)), encoding="utf-8")
    return {asked.task.id: asked.task for asked in read_spec(spec)[1]}


def sweeping(folder: Path, address: str) -> Program:
    where = ("--store", str(folder / "records"), "--engine", "dask", "--scheduler", address)
    return Program(folder / "sweep.log", "srtheory.cli", "sweep", str(folder / "sweep.toml"), *where)


def unexpected(status: int, says: str) -> str | None:
    """How a sweep ended, in words, unless it is that its workers died under the same trials again and again."""
    last = says.rstrip().splitlines()[-1:]
    return None if status == 2 and "workers die again and again" in "".join(last) else f"status {status}: {last}"


def attack(minutes: float, every: float, seed: int, tally: Tally) -> str:
    """Run it; the words say what the memory was."""
    rng = np.random.default_rng(seed)
    readings: dict[str, list[tuple[float, int]]] = {"the sweep": [], "the scheduler": []}
    with TemporaryDirectory(prefix="srtheory-long-") as name:
        folder = Path(name)
        tasks, store = specified(folder), folder / "records"
        cluster = Cluster(folder)
        sweep, begun, kills, known = sweeping(folder, cluster.address), time.monotonic(), 0, dict[Path, int]()
        try:
            while (now := time.monotonic() - begun) < 60 * minutes:
                if (status := sweep.process.poll()) is not None:
                    tally.count("sweeps given again", unexpected(status, (folder / "sweep.log").read_text()))
                    sweep = sweeping(folder, cluster.address)
                if now > every * (kills + 1):
                    cluster.lose(int(rng.integers(len(cluster.workers))))
                    kills, here = kills + 1, blocks(store)
                    lost = shrunk(known, here)
                    tally.count("workers killed, no block lost", f"{lost[0].name} is" if lost else None)
                    known = here
                readings["the sweep"].append((now, sweep.memory()))
                readings["the scheduler"].append((now, cluster.scheduler.memory()))
                time.sleep(1)
        finally:
            sweep.end()
            cluster.close()
        here = blocks(store)
        tally.count("the sweep killed, no block lost", "some are" if shrunk(known, here) or not here else None)
        compare(tasks, here, 60, 50, seed, tally)
    for who, read in readings.items():
        tally.count("memory that does not grow", f"of {who}" if has_grown(read, 60 * minutes) else None)
    return ", and ".join(f"{by_quarter(read, 60 * minutes)} of {who}" for who, read in readings.items())


def write(words: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--every", type=float, default=60, help="seconds between two deaths")
    given = parser.parse_args(words)
    tally = Tally.again("long_run")
    used = attack(given.minutes, given.every, SEED, tally)
    for pattern, text in (
        *(
            (r"for \S+ minutes", f"for {given.minutes:g} minutes"),
            (r"Every \S+ seconds", f"Every {given.every:g} seconds"),
        ),
        (r"(?<=in MiB: ).*", f"{used}."),
    ):
        tally.says = re.sub(pattern, text, tally.says)
    tally.command = f"python -m tests.attack.long_run --minutes {given.minutes:g}"
    tally.keep()
    print(tally)
    raise SystemExit(bool(tally.failures))


if __name__ == "__main__":  # the command on record, with its options
    write(sys.argv[1:])
