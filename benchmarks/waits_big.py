"""Waits for large inputs: processor time and peak memory of each, beside its goal.

``python -m benchmarks.waits_big [PART]`` prints those whose name contains PART.  Each runs in a process of its own,
once to compile and read kernels, and then measured there as time beyond this first run.
"""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.machine import described, facts

_ROWS = """
from benchmarks.bench_span import reception
from srtheory.span.engine import stopping_time
def rows(m, d, seed=0):
    return reception(m, d, seed)
def stop(rows):
    return stopping_time(rows.indptr, rows.indices, rows.columns).stopping_time
"""
_CERTIFY = """
from srtheory.span.certificates import stopping_time_certificate, to_json
def certify(rows, k):
    return len(to_json(stopping_time_certificate(rows, k)))
"""
_COVER = """
from scipy import stats
from srtheory.model import Model
from srtheory.theory.laws.collection import coverage_by_rows
def cover(m, d, tau, rows):
    return coverage_by_rows(Model(m, d, tau, stats.expon(scale=5)), rows)
"""

WAITS = {
    "100 stopping times, m = 1000": (
        _ROWS + "big = small = rows(1000, 10)",
        "for _ in range(300): stop(small)",
        "for _ in range(100): stop(big)",
        0.025,
    ),
    "stopping time, m = 10^5": (
        _ROWS + "big, small = rows(10**5, 16), rows(20_000, 14)",
        "stop(small)",
        "stop(big)",
        4,
    ),
    "certificate, m = 10^4": (
        _ROWS + _CERTIFY + "big, small = rows(10**4, 14), rows(3000, 11)\nat, last = stop(small), stop(big)",
        "certify(small, at)",
        "certify(big, last)",
        10,
    ),
    "coverage by rows, m = 10^5": (_COVER, "cover(100, 5, 0.05, 100)", "cover(10**5, 14, 0.005, 110_000)", None),
}
"""By name: what is prepared, what is run first, what is measured, and its goal in seconds, if there is one."""

_MEASURE = """
import resource
{prepared}
for _ in range(3):
    {first}
used = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
begin = used()
{measured}
print(used() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure(prepared: str, first: str, measured: str) -> tuple[float, float]:
    """Return the processor time in seconds and the peak memory in MiB, in a process of one thread."""
    text = _MEASURE.format(prepared=prepared, first=first, measured=measured)
    one = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    done = subprocess.run([sys.executable, "-c", text], env=one, capture_output=True, text=True, check=True)
    seconds, peak = map(float, done.stdout.split()[-2:])
    return seconds, peak


if __name__ == "__main__":
    print("\n".join(described(facts())))
    for name, (*job, goal) in WAITS.items():
        if not sys.argv[1:] or any(part in name for part in sys.argv[1:]):
            seconds, peak = measure(*job)
            print(f"{name:30} {seconds:10.4g} s {peak:8.0f} MiB, goal {f'{goal:g} s' if goal else 'none'}", flush=True)
