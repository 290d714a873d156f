"""The paper's computations by real workers, kept: ``python -m benchmarks.bench_sums data/workers``.

Each of the five workloads through five schemes, by as many workers as terms in three processes of this machine, with
injected start-up delays.  One of the processes kills itself before it has sent anything, unless nothing is coded.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from paper_checks.records.kept_sums import SUMS, KeptSum, Number, write_sums
from srtheory.workers import Execution, compute_sum
from srtheory.workers.workloads import Workload, workload

SEED, PROCESSES = 2022, 3
STARTUP, TAU = "expon(scale=0.2)", 0.005
SYMBOLS = {"taylor": 30, "forest": 30, "ensemble": 12, "gradient": 30, "kernel": 30}
SCHEMES: dict[str, dict[str, Any]] = {
    "sr": {"degree": 4},
    "lt": {},
    "parts-cyclic": {"degree": 6},
    "repetition": {"degree": 6},
    "uncoded": {},
}


def main() -> None:
    """Have all of them computed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    terms, runs = {}, []
    for name, m in SYMBOLS.items():
        work = workload(name, m, SEED)
        terms[name] = [numbers(work.function(i, work.x)) for i in range(m)]
        for trial, (scheme, options) in enumerate(SCHEMES.items()):
            runs.append(kept(work, scheme, trial, options))
            print(name, scheme, runs[-1].latency, runs[-1].received, runs[-1].is_right(terms), flush=True)
    write_sums(folder / SUMS, terms, runs)


def kept(work: Workload, scheme: str, trial: int, options: dict[str, Any]) -> KeptSum:
    """One run."""
    killed = int(scheme != "uncoded")
    how = {"startup": STARTUP, "tau": TAU, "seed": SEED, "trial": trial}
    done: Execution = compute_sum(
        work.function,
        work.x,
        symbols=work.symbols,
        scheme=scheme,
        cluster=PROCESSES,
        kill=killed,
        **how,
        **options,
    )
    times = {"latency": round(done.latency, 6), "available": round(done.available, 6), "received": len(done.arrivals)}
    found = {"value": numbers(done.value), "bound": np.ravel(done.error_bound).astype(float).tolist()}
    where = {"processes": PROCESSES, "killed": killed}
    return KeptSum(work.name, scheme, work.symbols, **where, **how, **times, **found)


def numbers(value: Any) -> list[Number]:
    """Floats, or fractions as texts."""
    return [str(x) if isinstance(x, int | Fraction) else float(x) for x in np.ravel(np.asarray(value, dtype=object))]


if __name__ == "__main__":
    main()
