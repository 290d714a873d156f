"""Peeling of SR codes with designed sizes, as m grows: ``python -m benchmarks.bench_peeling``.

The delays are the paper's, 0.005 a term, start-up Exp(mean 5) or Pareto.  Sizes are those of ``srtheory design`` for
the given time at each m, or blocks of 3 throughout; SR stands beside them, by the hitting-time law.  Decoding is the
sum of m floats from the values of the rows received by T, numba warm, CPU milliseconds of this process, the least of
five; its error is relative to the sum of the absolute values.  Exponents are by least squares on the logarithms of all
runs, with 95 % intervals.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
from collections.abc import Iterator
from time import process_time

import numpy as np
from scipy import stats

from srtheory.compiled import always_compile
from srtheory.decoders.peel_sum import peel_sum
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.summary import column
from srtheory.experiments.trial import Task, run_trial, run_trials, trial_streams
from srtheory.reception import receive
from srtheory.schemes.block_sizes import SizedSumRecovery
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.theory.block_design import design

TAU, SEED = 0.005, 2022
EXPONENTIAL, PARETO = "expon(scale=5)", "pareto(b=1)"
DESIGNED = {
    EXPONENTIAL: {1000: 0.66, 10_000: 0.76, 100_000: 0.84, 1_000_000: 0.92},
    PARETO: {1000: 1.32, 10_000: 1.37, 100_000: 1.43, 1_000_000: 1.47},
}
TRIALS = {1000: 200, 10_000: 40, 100_000: 10, 1_000_000: 3}
DEGREES = {1000: 10, 10_000: 12, 100_000: 14, 1_000_000: 17}


def measured(sizes: str, law: str, m: int, trial: int) -> tuple[float, int, int, float, float]:
    """Latency, rows, additions, milliseconds and relative error of one run."""
    scheme, delays = SizedSumRecovery(m, sizes), DelayModel(parse_law(law), TAU)
    record = run_trial(Task(scheme, delays, SEED), trial)
    rng, key = trial_streams(SEED, trial)
    rows = receive(scheme, delays.sample(m, rng), TAU, key, record.latency).rows
    terms = np.random.default_rng(trial).normal(size=m)
    values = np.add.reduceat(terms[rows.indices], rows.indptr[:-1])
    spent = []
    for _ in range(5):
        start = process_time()
        found = peel_sum(rows, values)
        spent.append(process_time() - start)
    assert found is not None
    error = abs(found.value - terms.sum()) / np.abs(terms).sum()
    return record.latency, len(rows), found.additions, 1e3 * min(spent), error


def plus_minus(values: np.ndarray, digits: int) -> str:
    """Mean and the half-width of its 95 % interval by Student's law."""
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5
    return f"{values.mean():.{digits}f} ± {half:.{digits}f}"


def exponent(sizes: list[int], values: list[float]) -> str:
    fit = stats.linregress(np.log(sizes), np.log(values))
    return f"{fit.slope:.3f} ± {stats.t.ppf(0.975, len(sizes) - 2) * fit.stderr:.3f}"


def table(most: int) -> Iterator[str]:
    yield "| start-up | m | sizes | trials | T | rows/m | additions/m | decoding, ms | largest error |"
    yield "|---|---|---|---|---|---|---|---|---|"
    spent: dict[str, list[tuple[int, float, float]]] = {"3": [], "designed": []}
    for law, times in DESIGNED.items():
        for m in (m for m in times if m <= most):
            found = design(m, TAU, parse_law(law), times[m])
            for name, sizes in (("3", "3"), ("designed", found.sizes if found else "3")):
                runs = np.array([measured(sizes, law, m, i) for i in range(TRIALS[m])])
                spent[name] += [(m, run[3], run[2]) for run in runs]
                yield (
                    f"| `{law}` | {m} | `{sizes}` | {len(runs)} | {plus_minus(runs[:, 0], 4)}"
                    f" | {plus_minus(runs[:, 1] / m, 3)} | {plus_minus(runs[:, 2] / m, 2)}"
                    f" | {plus_minus(runs[:, 3], 2)} | {runs[:, 4].max():.1e} |"
                )
            task = Task(SumRecovery(m, DEGREES[m]), DelayModel(parse_law(law), TAU), SEED, "hitting")
            records = list(run_trials(task, range(TRIALS[m])))
            time, rows = column(records, "latency"), column(records, "stopping_time") / m
            yield (
                f"| `{law}` | {m} | SR, d = {DEGREES[m]} | {len(records)} | {plus_minus(time, 4)}"
                f" | {plus_minus(rows, 3)} | | | |"
            )
    for name, points in spent.items():
        sizes, milliseconds, additions = zip(*points, strict=True)
        time, work = exponent(sizes, milliseconds), exponent(sizes, additions)
        yield f"{name}: time grows as m^({time}), additions as m^({work})"


if __name__ == "__main__":
    always_compile()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000, help="largest m")
    for line in table(parser.parse_args().most):
        print(line, flush=True)
