"""Peeling of SR codes with designed sizes, as m grows: ``python -m benchmarks.bench_peeling``.

The delays are the paper's, 0.005 a term, start-up Exp(mean 5) or Pareto.  Sizes are those of ``srtheory design`` for
the given time at each m, or blocks of 3 throughout; SR stands beside them, by the hitting-time law.  Decoding is the
sum of m floats from the values of the rows received by T, numba warm, CPU milliseconds of this process, the least of
five; its error is relative to the sum of the absolute values.  Exponents are by least squares on the logarithms of all
runs, with 95 % intervals.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.machine import facts
from benchmarks.measuring import (
    DEGREES,
    DESIGNED,
    designed,
    growth,
    milliseconds,
    plus_minus,
    received,
    relative_error,
    task,
    values_of,
)
from benchmarks.records import Record, write
from srtheory.compiled import always_compile
from srtheory.decoders.sums import by_peeling
from srtheory.experiments.summary import column
from srtheory.experiments.trial import run_trials
from srtheory.schemes.sum_recovery import SizedSumRecovery, SumRecovery

SEED = 2022
FIGURES = (("T", "", 0, False), ("rows/m", "", 1, True), ("additions/m", "", 2, True), ("decoding", "ms", 3, False))
"""What is kept of each run: its name, unit and column of :func:`measured`, and whether it is per symbol."""
TRIALS = {1000: 200, 10_000: 40, 100_000: 10, 1_000_000: 3}


def measured(sizes: str, law: str, m: int, trial: int) -> tuple[float, int, int, float, float]:
    """Latency, rows, additions, milliseconds and relative error of one run."""
    latency, rows = received(task(SizedSumRecovery(m, sizes), law, SEED), trial)
    terms = np.random.default_rng(trial).normal(size=m)
    values = values_of(rows, terms)
    found = by_peeling(rows, values)
    assert found is not None
    time = milliseconds(lambda: by_peeling(rows, values), enough=float("inf"))
    return latency, len(rows), found.additions, time, relative_error(found.value, terms)


def table(most: int, figures: list[Record]) -> Iterator[str]:
    """The lines; what was measured is added to the figures."""
    yield "| start-up | m | sizes | trials | T | rows/m | additions/m | decoding, ms | largest error |"
    yield "|---|---|---|---|---|---|---|---|---|"
    spent: dict[str, list[tuple[int, float, float]]] = {"3": [], "designed": []}
    for law, times in DESIGNED.items():
        for m in (m for m in times if m in TRIALS and m <= most):
            for name, sizes in (("3", "3"), ("designed", designed(m, law))):
                runs = np.array([measured(sizes, law, m, i) for i in range(TRIALS[m])])
                spent[name] += [(m, run[3], run[2]) for run in runs]
                given = f"{len(runs)} runs with start-up {law}, sizes {sizes}"
                for what, unit, at, scale in FIGURES:
                    average = runs[:, at].mean() / (m if scale else 1)
                    figures.append(Record(f"{what}, peeling, m = {m}", unit, float(average), f"mean of {given}"))
                yield (
                    f"| `{law}` | {m} | `{sizes}` | {len(runs)} | {plus_minus(runs[:, 0], 4)}"
                    f" | {plus_minus(runs[:, 1] / m, 3)} | {plus_minus(runs[:, 2] / m, 2)}"
                    f" | {plus_minus(runs[:, 3], 2)} | {runs[:, 4].max():.1e} |"
                )
            records = list(run_trials(task(SumRecovery(m, DEGREES[m]), law, SEED, "hitting"), range(TRIALS[m])))
            time, rows = column(records, "latency"), column(records, "stopping_time") / m
            yield (
                f"| `{law}` | {m} | SR, d = {DEGREES[m]} | {len(records)} | {plus_minus(time, 4)}"
                f" | {plus_minus(rows, 3)} | | | |"
            )
    for name, points in spent.items():
        sizes, times, additions = zip(*points, strict=True)
        time, work = growth(sizes, times), growth(sizes, additions)
        yield f"{name}: time grows as m^({time}), additions as m^({work})"


if __name__ == "__main__":
    always_compile()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000, help="largest m")
    parser.add_argument("--json", type=Path, metavar="PATH", help="keep the figures and the machine's facts")
    options = parser.parse_args()
    figures: list[Record] = []
    for line in table(options.most, figures):
        print(line, flush=True)
    if options.json:
        write(options.json, figures, facts())
