"""Interval codes, latency and decoding: ``python -m benchmarks.bench_intervals``.

The delays are the paper's, 0.005 a term, start-up Exp(mean 5) or Pareto.  The first table has T and messages at m =
1000, all schemes on the same start-up delays; SR by the hitting-time law.  The second has larger m, and what decoding
costs: CPU milliseconds of this process (the least of five calls, numba warm) for the stopping time, and for the sum of
m floats from the received values, on the rows up to it; additions of values along the cycle; and the exponent of the
time in m, and in the number of entries of the rows, by least squares on the logarithms of all runs, with 95 %
intervals.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import measuring
from benchmarks.machine import facts
from benchmarks.measuring import growth, milliseconds, plus_minus, received, values_of
from benchmarks.records import Record, write
from srtheory.compiled import always_compile
from srtheory.decoders.intervals import closing
from srtheory.decoders.sums import by_arcs
from srtheory.experiments.summary import column
from srtheory.experiments.trial import Task, run_trials
from srtheory.paper import EXPONENTIAL, PARETO
from srtheory.schemes import PHASES, make

LAWS = {"exponential": EXPONENTIAL, "Pareto": PARETO}
VARIANTS: dict[str, tuple[str, dict[str, str], str]] = {
    **{f"arcs, {phase} phase": ("arcs", {"phase": phase}, "intervals") for phase in PHASES},
    "parts, cyclic order": ("parts-cyclic", {}, "partition"),
    "SR": ("sr", {}, "hitting"),
}


def task(variant: str, m: int, degree: int, law: str, seed: int) -> Task:
    name, given, decode = VARIANTS[variant]
    return measuring.task(make(name, m, degree=degree, **given), LAWS[law], seed, decode)


def latencies(m: int, degrees: list[int], trials: int, seed: int) -> Iterator[str]:
    yield "| start-up | d | scheme | T | rows | terms in rows | share of runs with M' = CC |"
    yield "|---|---|---|---|---|---|---|"
    for law in LAWS:
        for degree in degrees:
            for variant in VARIANTS:
                runs = list(run_trials(task(variant, m, degree, law, seed), range(trials)))
                time, rows, terms = (column(runs, name) for name in ("latency", "stopping_time", "received_terms"))
                covered = np.mean(rows == column(runs, "coverage_time"))
                yield (
                    f"| {law} | {degree} | {variant} | {plus_minus(time, 4)} | {plus_minus(rows, 1)}"
                    f" | {plus_minus(terms, 0)} | {covered:.3f} |"
                )


# --------------------------------------------------------------------------------------------------------- decoding


@dataclass(frozen=True)
class Decoded:
    """One run: its latency, rows, and what decoding it took; milliseconds."""

    latency: float
    rows: int
    entries: int
    stopping: float
    recovery: float
    additions: int


def decoded(given: Task, trial: int) -> Decoded:
    latency, rows = received(given, trial)
    terms = np.random.default_rng([given.seed, trial]).integers(-1000, 1000, rows.columns).astype(float)
    values = values_of(rows, terms)
    found = by_arcs(rows, values)
    assert found is not None
    assert found.value == terms.sum()  # whole numbers: no rounding
    times = milliseconds(lambda: closing(rows)), milliseconds(lambda: by_arcs(rows, values))
    return Decoded(latency, len(rows), len(rows.indices), *times, found.additions)


def decoding(counts: dict[int, int], degree: int, law: str, seed: int, figures: list[Record]) -> Iterator[str]:
    """The lines; what was measured is added to the figures."""
    yield "| scheme | m | runs | T | rows/m | stopping time, ms | the sum, ms | additions/m | SR: T, same delays |"
    yield "|---|---|---|---|---|---|---|---|---|"
    rivals = {}
    for m, trials in counts.items():
        rivals[m] = np.array([received(task("SR", m, degree, law, seed), i)[0] for i in range(trials)])
    for variant in ("arcs, common phase", "arcs, random phase"):
        sizes, every = [], []
        for m, trials in counts.items():
            given = task(variant, m, degree, law, seed)
            runs = [decoded(given, i) for i in range(trials)]
            time, rows, first, whole, additions = (
                np.array([getattr(run, name) for run in runs], float)
                for name in ("latency", "rows", "stopping", "recovery", "additions")
            )
            cells = [plus_minus(time, 4), *(plus_minus(x, 3) for x in (rows / m, first, whole, additions / m))]
            yield f"| {variant} | {m} | {trials} | {' | '.join(cells)} | {plus_minus(rivals[m], 4)} |"
            given = f"mean of {trials} runs with start-up {LAWS[law]}, d = {degree}"
            for name, unit, values in (
                *(("T", "", time), ("rows/m", "", rows / m), ("additions/m", "", additions / m)),
                *(("stopping time", "ms", first), ("the sum", "ms", whole)),
            ):
                figures.append(Record(f"{name}, {variant}, m = {m}", unit, float(values.mean()), given))
            sizes += [m] * trials
            every += runs
        entries = np.array([run.entries for run in every])
        for name in ("stopping", "recovery"):
            times = np.array([getattr(run, name) for run in every])
            by_symbols, by_entries = growth(sizes, times), growth(entries, times)
            yield f"{variant}, {law}, {name}: exponent in m {by_symbols}, in the entries of the rows {by_entries}"


def main() -> None:
    always_compile()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=2000, help="of the table of latencies")
    parser.add_argument("--degrees", type=int, nargs="+", default=[5, 10, 20])
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--runs", type=int, nargs=4, default=[40, 40, 20, 5], help="at m = 10^3 to 10^6")
    parser.add_argument("--json", type=Path, metavar="PATH", help="keep what decoding cost and the machine's facts")
    given = parser.parse_args()
    counts = {10**power: runs for power, runs in zip(range(3, 7), given.runs, strict=True) if runs}
    figures: list[Record] = []
    for law in LAWS:
        for line in decoding(counts, 10, law, given.seed, figures):
            print(line, flush=True)
    if given.json:
        write(given.json, figures, facts())
    for line in latencies(1000, given.degrees, given.trials, given.seed):
        print(line, flush=True)


if __name__ == "__main__":
    main()
