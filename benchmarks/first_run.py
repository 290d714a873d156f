"""What the first real command of a new machine takes, and each later one: ``python -m benchmarks.first_run``.

100 trials of the SR code at the paper's parameters, m = 1000, in a process of their own: first with an empty cache of
numba, then with what the first call has left there.  1000 trials on one process and on two, which load what is
compiled.  Processor time is that of the process and its children, the median of three; the time on the wall is worth
something on a quiet machine only.  ``--earlier FOLDER`` measures the srtheory that is checked out there in turns.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.commands import Spent, spent
from benchmarks.machine import described, facts
from benchmarks.records import TABLE_HEADER, Record, write

SIMULATE = "simulate sr --symbols 1000 --degree 10 --tau 0.005 --startup expon(scale=5) --seed 1"
GOALS = {"first simulate sr, m = 1000": 5.0, "simulate sr, m = 1000, warm": 0.9}
"""Goals in seconds of processor time on one quiet core."""
TRIALS, PROCESSES, TIMES = 1000, 2, 3
SETTLING = 3
"""Runs that compile what is left before those on one process and on two: each may still interpret some kernel."""


def measured(folder: Path | None = None) -> dict[str, Spent]:
    """Give what each command takes, by its name."""
    few, many = SIMULATE.split(), [*SIMULATE.split(), "--trials", str(TRIALS)]
    with tempfile.TemporaryDirectory() as cache:
        found = {name: spent(few, cache, folder) for name in GOALS}
        for _ in range(SETTLING):
            spent(many, cache, folder)
        for count in (1, PROCESSES):
            name = f"{TRIALS} trials on {count} process{'es' * (count > 1)}"
            found[name] = spent([*many, "--processes", str(count)], cache, folder)
    return found


def figures(earlier: Path | None, times: int) -> Iterator[Record]:
    """Yield the medians over turns; with an earlier srtheory, its own and the ratio to ours."""
    turns = [(measured(), measured(earlier) if earlier else None) for _ in range(times)]
    for name in turns[0][0]:
        for word in ("processor", "wall"):
            ours = [getattr(turn[0][name], word) for turn in turns]
            goal = f"{GOALS[name]:g} s" if name in GOALS and word == "processor" else "–"
            yield Record(f"{name}, {word}", "s", median(ours), goal)
            theirs = [getattr(turn[1][name], word) for turn in turns if turn[1]]
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
