"""What the first real command of a new machine takes, and each later one: ``python -m benchmarks.first_run``.

100 trials of the SR code at the paper's parameters, m = 1000, in a process of their own: first with an empty cache of
numba, then with what the first call has left there.  1000 trials on one process and on two, which load what is
compiled.  Processor time is that of the process and its children, the median of three; the time on the wall is worth
something on a quiet machine only.  ``--earlier FOLDER`` measures the srtheory that is checked out there in turns.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.machine import described, facts
from benchmarks.records import TABLE_HEADER, Record, write

SIMULATE = "simulate sr --symbols 1000 --degree 10 --tau 0.005 --startup expon(scale=5) --seed 1"
GOALS = {"first simulate sr, m = 1000": 5.0, "simulate sr, m = 1000, warm": 0.9}
"""Goals in seconds of processor time on one quiet core."""
TRIALS, PROCESSES, TIMES = 1000, 2, 3


def spent(words: list[str], cache: str, folder: Path | None = None) -> tuple[float, float]:
    """Processor time and time on the wall of one command of the srtheory in ``folder``; its output is thrown away."""
    call = [sys.executable, "-P", "-c", "from srtheory.cli import main; main()", *words]
    setting = os.environ | {"NUMBA_CACHE_DIR": cache} | ({"PYTHONPATH": str(folder)} if folder else {})
    setting.pop("PYTHONDONTWRITEBYTECODE", None)
    silence = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    start = perf_counter()
    child = os.posix_spawn(sys.executable, call, setting, file_actions=silence)
    _, status, used = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"srtheory {' '.join(words)}: exit status {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, perf_counter() - start


def measured(folder: Path | None = None) -> dict[str, tuple[float, float]]:
    """Give both times of each command, by its name."""
    many = f"{SIMULATE} --trials {TRIALS}"
    commands = {
        "first simulate sr, m = 1000": SIMULATE,
        "simulate sr, m = 1000, warm": SIMULATE,
        "compiling what is left": many,
        f"{TRIALS} trials on 1 process": many,
        f"{TRIALS} trials on {PROCESSES} processes": f"{many} --processes {PROCESSES}",
    }
    with tempfile.TemporaryDirectory() as cache:
        return {name: spent(words.split(), cache, folder) for name, words in commands.items()}


def figures(earlier: Path | None, times: int) -> Iterator[Record]:
    """Yield the medians over turns; with an earlier srtheory, its own and the ratio to ours."""
    turns = [(measured(), measured(earlier) if earlier else None) for _ in range(times)]
    for name in turns[0][0]:
        for clock, word in enumerate(("processor", "wall")):
            ours = [turn[0][name][clock] for turn in turns]
            goal = f"{GOALS[name]:g} s" if name in GOALS and clock == 0 else "–"
            yield Record(f"{name}, {word}", "s", median(ours), goal)
            theirs = [turn[1][name][clock] for turn in turns if turn[1]]
            if theirs:
                ratio = median(b / a for a, b in zip(ours, theirs, strict=True))
                yield Record(f"{name}, {word}", "s", median(theirs), "–", "earlier", ratio)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="PATH", help="keep the figures and the machine's facts")
    parser.add_argument("--earlier", type=Path, metavar="FOLDER", help="measure the srtheory there in turns")
    parser.add_argument("--times", type=int, default=TIMES, help="number of turns")
    given = parser.parse_args()
    machine, records = facts(), []
    print(*described(machine), "", *TABLE_HEADER, sep="\n", flush=True)
    for record in figures(given.earlier, given.times):
        records.append(record)
        print(record.line(), flush=True)
    if given.json:
        write(given.json, records, machine)


if __name__ == "__main__":
    main()
