"""Times and rows at which all symbols are covered, at the paper's parameters, kept in data/pages/collection.csv.

``python -m tests.theory.collection_runs`` writes the file, in seconds.  A line is one law's times, or rows, of all
trials; every block of trials has random numbers of its own.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from tests import pages
from tests.theory.at_paper import EXPON, PARETO
from tests.theory.coverage_oracles import simulate_collection

FILE = "collection"
LAWS = {"expon": (EXPON, 3000), "pareto": (PARETO, 2000)}  # twice as many trials as see 2 %
BLOCK = 50


@cache
def recorded():
    """Law -> times and rows."""
    lines = {(name, what): np.array(values, dtype=float) for name, what, *values in pages.lines(FILE)}
    return {name: (lines[name, "time"], lines[name, "rows"].astype(int)) for name in LAWS}


@cache
def computed(name, block):
    return simulate_collection(1000, 10, 0.005, LAWS[name][0], BLOCK, np.random.default_rng([13, block]))


def come_out_again(name, times, rows):
    """Whether a tenth of the blocks gives what is there: times but for the last bits of a processor's functions."""
    blocks = range(LAWS[name][1] // BLOCK)
    return len(times) == len(rows) == len(blocks) * BLOCK and all(
        np.allclose(computed(name, i)[0], times[i * BLOCK :][:BLOCK], rtol=1e-13, atol=0)
        and np.array_equal(computed(name, i)[1], rows[i * BLOCK :][:BLOCK])
        for i in blocks[::10]
    )


def write():
    lines = []
    for name, (_, trials) in LAWS.items():
        found = zip(*(computed(name, i) for i in range(trials // BLOCK)), strict=True)
        for what, values in zip(("time", "rows"), map(np.concatenate, found), strict=True):
            lines.append([name, what, *map(repr, values.tolist())])
    pages.write(FILE, lines)


if __name__ == "__main__":
    write()
