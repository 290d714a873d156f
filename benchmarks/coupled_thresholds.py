"""Thresholds of coupled blocks, by density evolution and by peeling: ``python -m benchmarks.coupled_thresholds``.

The terms lie on a circle of 60 cells.  z random terms are unknown; the seeds of each term of w - 1 cells are Poisson
with mean 3; rows with d random terms of a random window of w cells are added one at a time.  The threshold of a run is
the number of rows, divided by z, from which peeling leaves at most z/4 terms.  What is left is measured at 1.03 times
the threshold of density evolution, too.  docs/proofs/coupled.md, 4.3, has the table.
"""

from __future__ import annotations

import argparse
from itertools import count

import numpy as np

from benchmarks.measuring import plus_minus
from srtheory.compiled import always_compile
from srtheory.decoders.peeling import schedule
from srtheory.matrix import Rows

SEED, CELLS, SEEDS = 2026, 60, 3.0
DESIGNS = ((0.6, 12, 3), (0.6, 8, 2), (0.4, 10, 3), (0.4, 16, 6), (0.13, 10, 4), (0.13, 14, 6))
"""s, d and w."""
RUNS = {20_000: 40, 200_000: 12, 2_000_000: 3}
MOST = 1.4
"""Rows that are drawn, divided by z and the threshold of density evolution."""


def evolved(s: float, d: int, w: int, load: float, cells: int = CELLS) -> float:
    """The share of the unknown terms that density evolution leaves at ``load`` z rows."""
    start = np.ones(cells)
    start[cells - w + 1 :] = np.exp(-SEEDS)
    around = (np.arange(cells)[:, None] + np.arange(w)) % cells
    x = start
    for step in count(1):
        gives = (1 - (1 - s) * x[around].mean(1)) ** (d - 1)
        new = start * np.exp(-load * (1 - s) * d * gives[around - w + 1].mean(1))
        if step % 64 == 0 and np.abs(new - x).max() < 1e-11:
            break
        x = new
    return float(x.mean())


def threshold(s: float, d: int, w: int, cells: int = CELLS) -> float:
    """The least load at which density evolution leaves a quarter, to 0.0005."""
    low, high = 0.5, 4.0
    while high - low > 5e-4:
        load = (low + high) / 2
        low, high = (low, load) if evolved(s, d, w, load, cells) < 0.25 else (load, high)
    return high


def drawn(s: float, d: int, w: int, m: int, rows: int, run: int) -> tuple[Rows, int]:
    """Rows over the unknown terms alone, and the number z of terms that were unknown before the seeds."""
    rng, size = np.random.default_rng([SEED, m, d, w, run]), m // CELLS
    m = size * CELLS
    z = round((1 - s) * m)
    unknown = np.zeros(m, np.bool_)
    unknown[rng.permutation(m)[:z]] = True
    seeded = slice((CELLS - w + 1) * size, m)
    unknown[seeded] &= rng.poisson(SEEDS, m)[seeded] == 0
    start = rng.integers(CELLS, size=rows) * size
    places = rng.integers(w * size, size=(rows, d), dtype=np.int32)
    while (again := (np.diff(np.sort(places, 1), axis=1) == 0).any(1)).any():
        places[again] = rng.integers(w * size, size=(again.sum(), d), dtype=np.int32)
    terms = (start[:, None] + places) % m
    kept = unknown[terms]
    name = np.cumsum(unknown) - 1
    ends = np.append(0, np.cumsum(kept.sum(1)))
    return Rows(int(unknown.sum()), ends, name[terms[kept]].astype(np.int32)), z


def left(rows: Rows, n: int) -> int:
    """How many terms peeling of the first n rows leaves."""
    return rows.columns - len(schedule(rows.prefix(n))[0])


def measured(s: float, d: int, w: int, m: int, at: float, run: int) -> tuple[float, float]:
    """The threshold of a run, to 0.0004, and the share of all terms that is left at ``1.03 at``."""
    z = round((1 - s) * (m // CELLS * CELLS))
    rows, z = drawn(s, d, w, m, round(MOST * at * z), run)
    low, high = 0.8 * at, MOST * at
    while high - low > 4e-4:
        load = (low + high) / 2
        low, high = (low, load) if left(rows, round(load * z)) <= z / 4 else (load, high)
    return high, left(rows, round(1.03 * at * z)) / m


if __name__ == "__main__":
    always_compile()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=max(RUNS), help="largest m")
    sizes = [m for m in RUNS if m <= parser.parse_args().most]
    print(
        "| $s$ | $d$ | $w$ | by density evolution |", *(f"$m = {m}$, {RUNS[m]} runs |" for m in sizes), "left | by it |"
    )
    print("|---" * (len(sizes) + 6) + "|")
    for s, d, w in DESIGNS:
        at = threshold(s, d, w)
        found = [np.array([measured(s, d, w, m, at, run) for run in range(RUNS[m])]) for m in sizes]
        means = " | ".join(plus_minus(runs[:, 0], 4) for runs in found)
        share = (1 - s) * evolved(s, d, w, 1.03 * at)
        print(f"| {s} | {d} | {w} | {at:.3f} | {means} | {found[-1][:, 1].mean():.5f} | {share:.5f} |", flush=True)
