"""Model (4) against real workers: ``python -m benchmarks.bench_workers data/workers``.

Five schemes add up 30 terms with 30 workers in two processes of this machine, many times.  Paced: start-up delays of an
exponential law of mean 1 s are injected, and a term takes at least 0.02 s, which the worker sleeps through, so that
workers hardly compete for the processor.  Natural: trees of a forest, and nothing is injected.  No two runs have the
same start-up delays: what is fitted to all of them counts every delay once.

runs.csv has a line a run, arrivals.csv a line a symbol, and one with index -1 for each worker that has sent none.  Both
are written anew after each scheme; what they hold already is not measured again.  Some ten minutes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from paper_checks.records.workers import ARRIVALS, RUNS, SETTINGS, Line, Measured, read_arrivals, read_runs
from srtheory.files import write_lines
from srtheory.workers import compute_sum, connect
from srtheory.workers.fit import first_terms
from srtheory.workers.workloads import workload

SEED, PROCESSES = 2022, 2
APART = 1000
"""Between the numbers of the trials of two schemes."""


def main() -> None:
    """Measure what is not there yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--trials", type=int, default=40)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    runs = read_runs(given.folder) if (given.folder / RUNS).exists() else []
    lines = read_arrivals(given.folder) if (given.folder / ARRIVALS).exists() else []
    with connect(PROCESSES) as client:
        for name, setting in SETTINGS.items():
            work = workload(setting.workload, setting.symbols, SEED)
            for place, (scheme, options) in enumerate(setting.schemes.items()):
                for trial in range(APART * place, APART * place + given.trials):
                    if any((r.setting, r.scheme, r.trial) == (name, scheme, trial) for r in runs):
                        continue
                    where = {"cluster": client, "startup": setting.startup, "tau": setting.tau}
                    done = compute_sum(
                        work.function,
                        work.x,
                        symbols=work.symbols,
                        scheme=scheme,
                        seed=SEED,
                        trial=trial,
                        **where,
                        **options,
                    )
                    if not work.is_right(done.value, done.error_bound) or done.faults:
                        raise ArithmeticError(f"{name}, {scheme}, trial {trial}: not the sum, or {done.faults}")
                    runs.append(Measured(name, scheme, trial, SEED, done.latency, done.available, len(done.arrivals)))
                    lines += [
                        Line(name, scheme, trial, a.worker, a.index, a.terms, _micro(a.finished), _micro(a.arrived))
                        for a in done.arrivals
                    ]
                    heard = {a.worker for a in done.arrivals}
                    lines += [
                        Line(name, scheme, trial, j, -1, first_terms(done, j), 0.0, 0.0)
                        for j in range(done.scheme.workers)
                        if j not in heard
                    ]
                write_lines(given.folder / RUNS, Measured, runs)
                write_lines(given.folder / ARRIVALS, Line, lines)
                print(name, scheme, sum(r.latency for r in runs if (r.setting, r.scheme) == (name, scheme)), flush=True)


def _micro(seconds: float) -> float:
    return round(seconds, 6)


if __name__ == "__main__":
    main()
