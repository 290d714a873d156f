"""What decoding costs, scheme by scheme, as m grows: ``python -m benchmarks.bench_decoding data/decoding``.

The delays are the paper's, 0.005 a term, start-up Exp(mean 5).  Of each run costs.csv keeps T and the rows received by
T, and what it takes to get the sum of m normal terms from their values: additions and multiplications of values (a
division counts as one), CPU milliseconds of this process (numba warm, the least of five calls, of fewer once they have
taken two seconds), and the error in float64.  Time begins with the rows and their values, and ends with the sum; that
there is one is found out again by the way.  Elimination is what the package has for the combination v of rows,
:func:`srtheory.span.lifting.spanning_vector`: rational, verified, rounded to float64 before the products.  LSMR
has 1.2 m rows.

The file is written anew after each run; what it holds already is not measured again.  Some fifteen minutes.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import DEGREES, designed, milliseconds, received, relative_error, task, values_of
from paper_checks.parameters import EXPONENTIAL
from paper_checks.records.decoding import FILE, METHODS, Decoded, read
from srtheory import __version__
from srtheory.compiled import always_compile
from srtheory.decoders.sums import Sum, by_arcs, by_parts, by_peeling, lsmr_combination
from srtheory.files import write_lines
from srtheory.matrix import Rows
from srtheory.schemes import make
from srtheory.span.lifting import spanning_vector
from srtheory.types import Floats

SEED = 2022
SLACK, TOLERANCE = 1.2, 1e-12
MANY = {1000: 20, 10_000: 20, 100_000: 10, 1_000_000: 4}
"""Runs by m."""
WINDOWED = {100: 5, 1000: 7, 10_000: 10, 100_000: 11, 1_000_000: 13}
"""Degrees of SR codes with windows: those of docs/proofs/coupled.md, 4.2."""
FEWER = {**MANY, 1_000_000: 0}
"""Where a reception of 10^6 symbols would have more terms than :data:`srtheory.reception.MAX_TERMS`."""


def by_elimination(rows: Rows, values: Floats) -> Sum:
    found = spanning_vector(rows)
    assert found is not None
    vector, denominator = found
    return _product(np.array([_quotient(v, denominator) for v in vector]), values)


def _quotient(numerator: int, denominator: int) -> float:
    """The nearest float, infinite beyond them all."""
    try:
        return numerator / denominator
    except OverflowError:
        return math.inf if (numerator > 0) == (denominator > 0) else -math.inf


def by_lsmr(rows: Rows, values: Floats) -> Sum:
    return _product(lsmr_combination(rows, tolerance=TOLERANCE).vector, values)


def _product(vector: Floats, values: Floats) -> Sum:
    used = int(np.count_nonzero(vector))
    with np.errstate(invalid="ignore"):  # infinity minus infinity
        return Sum(float(vector @ values), used - 1, used, solving=None)


@dataclass(frozen=True)
class Way:
    """How a method of :data:`paper_checks.records.decoding.METHODS` is run.

    ``options`` are those of the scheme at m; ``solve`` is given at least ``slack`` m rows, and is not called beyond
    ``largest`` symbols, where T is that of ``beyond``.
    """

    scheme: str
    options: Callable[[int], dict[str, Any]]
    solve: Callable[[Rows, Floats], Sum | None]
    runs: Mapping[int, int]
    decoder: str | None = None
    slack: float = 0.0
    largest: int = max(MANY)
    beyond: str | None = None


def _degree(m: int) -> dict[str, Any]:
    return {"degree": DEGREES[m]}


def _ten(m: int) -> dict[str, Any]:
    return {"degree": 10}


WAYS = {
    "sr-elimination": Way(
        *("sr", _degree, by_elimination, {1000: 20, 3000: 10, 10_000: 5, 100_000: 10, 1_000_000: 4}),
        largest=10_000,
        beyond="hitting",
    ),
    "sr-lsmr": Way(
        "sr", _degree, by_lsmr, {1000: 20, 10_000: 20, 100_000: 6, 1_000_000: 2}, decoder="hitting", slack=SLACK
    ),
    "sr-3": Way("sr", lambda m: {"degree": 3}, by_peeling, MANY, decoder="peeling"),
    "sizes": Way("sr-sizes", lambda m: {"sizes": designed(m, EXPONENTIAL)}, by_peeling, MANY),
    "sizes-early": Way("sr-sizes", lambda m: {"sizes": designed(m, EXPONENTIAL, early=True)}, by_peeling, MANY),
    "windows": Way("sr-windows", lambda m: {"degree": WINDOWED[m]}, by_peeling, MANY),
    **{
        f"arcs-{phase}": Way("arcs", lambda m, phase=phase: _ten(m) | {"phase": phase}, by_arcs, MANY)
        for phase in ("common", "random")
    },
    "lt": Way("lt", lambda m: {}, by_peeling, FEWER),
    "lt-systematic": Way("lt-systematic", lambda m: {}, by_peeling, FEWER),
    "parts-cyclic": Way("parts-cyclic", _ten, by_parts, MANY),
    "terms-cyclic": Way("terms-cyclic", lambda m: {}, by_parts, MANY),
    "bcc": Way("bcc", _degree, by_parts, MANY),
    "gradient-fractional": Way("gradient-fractional", lambda m: {"stragglers": DEGREES[m] - 1}, by_parts, MANY),
    "gradient-cyclic": Way(
        "gradient-cyclic", lambda m: {"stragglers": 2}, by_elimination, {1000: 20, 3000: 10, 10_000: 5}
    ),
    "uncoded": Way("uncoded", lambda m: {}, by_parts, MANY),
}


def measured(method: str, m: int, trial: int, seed: int = SEED) -> Decoded:
    """One run."""
    way = WAYS[method]
    options, decodes = way.options(m), m <= way.largest
    given = task(make(way.scheme, m, **options), EXPONENTIAL, seed, way.decoder if decodes else way.beyond)
    latency, rows = received(given, trial, math.ceil(way.slack * m))
    if way.solve is by_lsmr:
        options |= {"slack": SLACK, "tolerance": TOLERANCE}
    known = (method, way.scheme, " ".join(f"{k}={v}" for k, v in options.items()), given.decode_by, m, trial, seed)
    if not decodes:
        return Decoded(*known, latency, len(rows), None, None, None, None, __version__)
    terms = np.random.default_rng([seed, trial]).normal(size=m)
    values = values_of(rows, terms)
    found: list[Sum | None] = []
    time = milliseconds(lambda: found.append(way.solve(rows, values)))
    total = found[0]
    assert total is not None
    spent = total.additions, total.multiplications, time
    return Decoded(*known, latency, len(rows), *spent, relative_error(total.value, terms), __version__)


def campaign(folder: Path, methods: list[str], sizes: list[int], seed: int = SEED) -> Iterator[Decoded]:
    """Measure what the folder lacks, the least m first, and keep it; yields each new run."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = read(folder) if (folder / FILE).exists() else []
    done = {cost.key for cost in kept}
    for m in sizes:
        for method in methods:
            left = [i for i in range(WAYS[method].runs.get(m, 0)) if (method, m, i, seed) not in done]
            if left and m > min(DEGREES):
                measured(method, min(DEGREES), 0)  # numba is warm then
            for trial in left:
                cost = measured(method, m, trial, seed)
                kept.append(cost)
                order = list(METHODS)
                kept.sort(key=lambda cost: (order.index(cost.method), cost.symbols, cost.seed, cost.trial))
                write_lines(folder / FILE, Decoded, kept)
                yield cost


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where costs.csv is, or is to be")
    parser.add_argument("--methods", nargs="+", choices=list(WAYS), default=list(WAYS), metavar="METHOD")
    parser.add_argument("--symbols", nargs="+", type=int, choices=list(DEGREES), default=list(DEGREES), metavar="M")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    always_compile()
    for cost in campaign(given.folder, given.methods, given.symbols, given.seed):
        print(*cost.key, cost.milliseconds, cost.error, flush=True)


if __name__ == "__main__":
    main()
