"""What users wait for: ``python -m benchmarks.waits``.

Each command runs once in a process of its own, with numba's cache as it is (warm after a first run).  CPU time is that
of the process and its children, memory the largest that one of them had.  The goals are for a quiet core.  A trial is
the difference of two numbers of trials.  ``--only TEXT`` measures the rows whose names contain the text, and ``--json
FILE`` keeps what was measured and the machine's facts.  ``--claims`` prints instead what each claim takes in one
``srtheory verify`` at quick effort: a claim that comes first pays for runs and imports that later ones share.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.commands import spent
from benchmarks.machine import described, facts
from benchmarks.records import Record, write
from srtheory.study.loading import load
from srtheory.study.running import settled
from srtheory.study.study import Study

MODEL = ["--symbols", "1000", "--tau", "0.005", "--startup", "expon(scale=5)"]
LARGE = ["--symbols", "10000", *MODEL[2:]]
FEW, MANY = 20, 220
"""Numbers of trials whose difference gives the time of one; what is learned once is learned by the first."""
HEADER = ("| command | CPU s | peak MiB | goal |", "|---|--:|--:|---|")


@dataclass(frozen=True)
class Wait:
    """One row: the words of the command, and its goals in CPU seconds and MiB, where there are any."""

    name: str
    words: list[str]
    seconds: float | None
    mebibytes: float | None = None
    trials: bool = False
    """Whether the time is that of one trial."""


WAITS = [
    Wait("verify, quick", ["verify"], 15),
    Wait("compare, m = 1000", ["compare", *MODEL], 10),
    Wait("table best-schemes", ["table", "best-schemes"], 12),
    Wait("guarantee, m = 1000", ["guarantee", *MODEL, "--degree", "10", "--confidence", "0.9"], 5, 512),
    Wait("latency sr, m = 10⁴", ["latency", "sr", *LARGE, "--degree", "12"], 3),
    Wait(
        "coverage --by-rows, m = 10⁵",
        ["coverage", "--symbols", "100000", *MODEL[2:], "--degree", "14", "--by-rows", "110000"],
        None,
    ),
    Wait(
        "simulate sr, m = 10⁵, one run",
        ["simulate", "sr", "--symbols", "100000", *MODEL[2:], "--degree", "16", "--trials", "1"],
        4,
    ),
    Wait(
        "trial, gradient-cyclic, s = 2", ["simulate", "gradient-cyclic", *MODEL, "--stragglers", "2"], 5e-3, None, True
    ),
    Wait(
        "trial, gradient-cyclic, s = 7", ["simulate", "gradient-cyclic", *MODEL, "--stragglers", "7"], 5e-3, None, True
    ),
    Wait("trial, sr-sizes, blocks of 10", ["simulate", "sr-sizes", *MODEL, "--sizes", "10"], 2e-3, None, True),
]


def measured(wait: Wait) -> tuple[float, float]:
    """Return the CPU seconds, of a trial if the row says so, and the peak memory in MiB."""
    if not wait.trials:
        whole = spent(wait.words)
        return whole.processor, whole.peak
    few, many = (spent([*wait.words, "--trials", str(count)]) for count in (FEW, MANY))
    return (many.processor - few.processor) / (MANY - FEW), many.peak


def goal(wait: Wait) -> str:
    """Return the goals, – if there are none."""
    parts = [f"{number:g} {unit}" for number, unit in ((wait.seconds, "s"), (wait.mebibytes, "MiB")) if number]
    return ", ".join(parts) or "–"


def row(wait: Wait, cpu: float, peak: float) -> str:
    """Return the row of :data:`HEADER`'s table."""
    return f"| {wait.name} | {cpu:.3g} | {peak:.0f} | {goal(wait)} |"


def table(waits: list[Wait], figures: list[Record]) -> Iterator[str]:
    """Yield the lines of the table while they are measured, and collect the figures."""
    yield from HEADER
    for wait in waits:
        cpu, peak = measured(wait)
        figures.append(Record(wait.name, "s", cpu, goal(wait)))
        figures.append(Record(f"{wait.name}: memory", "MiB", peak, goal(wait)))
        yield row(wait, cpu, peak)


def by_claim(study: Study) -> list[tuple[str, float]]:
    """Return the claims of a study and the CPU seconds of each in one verification, dearest first."""
    lab, found = study.lab(), []
    for claim in study.chosen():
        start = sum(os.times()[:4])  # of processes that have ended, too
        settled(claim, lab)
        found.append((claim.id, sum(os.times()[:4]) - start))
    return sorted(found, key=lambda item: -item[1])


def main() -> None:
    """Print the table, and keep the figures if a file is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="TEXT", help="measure only rows whose names contain this text")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures here")
    parser.add_argument("--claims", action="store_true", help="print CPU seconds by claim of srtheory verify")
    given = parser.parse_args()
    about, figures = facts(), list[Record]()
    print("\n".join(described(about)) + "\n")
    if given.claims:
        print("\n".join(f"{seconds:7.2f}  {claim}" for claim, seconds in by_claim(load())))
        return
    for line in table([wait for wait in WAITS if given.only in wait.name], figures):
        print(line, flush=True)
    if given.json:
        write(given.json, figures, about)


if __name__ == "__main__":
    main()
