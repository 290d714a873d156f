"""Exact spans against their peers, on one thread: ``python -m benchmarks.bench_span``.

Every line is a median over receptions of the sum-recovery code (start-up times Exp(mean 5), 0.005 a term), in CPU
seconds of this process, which other processes disturb less than the clock on the wall; we run three times on each.  A
peer that is installed is measured right after us on the same rows, its own matrix type made beforehand; the ratio is
the median of the pairs' ratios.  Other peers' times are quoted.  ``--large`` adds what takes minutes, ``--tally N``
counts which argument made N stopping times exact, ``--float32`` leaves products of bytes aside.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import resource
from collections import Counter
from collections.abc import Callable, Iterator
from statistics import median
from time import process_time
from typing import Any

import flint
import numpy as np
from numba import njit

from srtheory.compiled import always_compile
from srtheory.decoders.incremental import IncrementalSpan
from srtheory.reception import receptions
from srtheory.rows import Rows
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span import bytewise, engine, lifting, modular, vnni
from srtheory.span.core import triangulate
from srtheory.span.elimination import PRIME, arithmetic
from srtheory.span.engine import FAST_PRIME, rank, stopping_time
from srtheory.span.prefix import Prefix

Job = Callable[[], Any]
Peer = tuple[str, Callable[[Rows], Job]]

QUOTED = {
    "M' over Q, m = 1000": {"SpaSM rank": 0.026, "FFLAS-FFPACK rref": 0.055},
    "M' over Q, m = 2000": {"SpaSM rank": 0.100},
    "M' over Q, m = 10000": {"SpaSM rank": 5.0, "FFLAS-FFPACK rref": 26.0},
    "M' over GF(2), m = 1000": {"M4RI rank": 0.0022},
    "rank over Q, m = 1000": {"SageMath dense integer rank, proof": 0.16, "LinBox over Z": 0.72},
    "v with v·G = D·1, m = 1000": {"LinBox sparse solve": 0.53},
}
"""Seconds, taken elsewhere on a machine like the one that this was written on; not measured here."""


def longer_and_longer(m: int, d: int, seed: int) -> Iterator[Rows]:
    """The first rows of one run, at first at least 1.05 m of them."""
    startups = np.random.default_rng([m, d, seed]).exponential(5.0, m)
    runs = receptions(SumRecovery(m, d), startups, 0.005, seed)
    return (run.rows for run in runs if len(run) >= 1.05 * m)


def reception(m: int, d: int, seed: int) -> Rows:
    """At least the first 1.05 m rows of one run."""
    return next(longer_and_longer(m, d, seed))


def samples(m: int, d: int, count: int) -> list[Rows]:
    return [reception(m, d, seed) for seed in range(count)]


def seconds(job: Job) -> float:
    start = process_time()
    job()
    return process_time() - start


def lines(
    work: str, runs: list[Rows], ours: Callable[[Rows], Any], peer: Peer | None = None, pairs: int | None = None
) -> Iterator[str]:
    """A line for us alone or beside a peer, which is given the first ``pairs`` runs, and one for each quoted peer."""
    ours(runs[0])
    times: list[tuple[float, float | None]] = []
    for i, rows in enumerate(runs):
        own = median(seconds(lambda: ours(rows)) for _ in range(3))  # noqa: B023
        measured = peer is not None and (pairs is None or i < pairs)
        times.append((own, seconds(peer[1](rows)) if measured else None))
    own = median(a for a, _ in times)
    both = [(a, b) for a, b in times if b is not None]
    if peer is None:
        yield f"| {work} | {text(own)} | | | | {len(times)} |"
    else:
        ratio = median(b / a for a, b in both)
        yield f"| {work} | {text(own)} | {peer[0]} | {text(median(b for _, b in both))} | {ratio:.3g} | {len(both)} |"
    for name, theirs in QUOTED.get(work, {}).items():
        yield f"| {work} | {text(own)} | {name} (quoted) | {text(theirs)} | {theirs / own:.3g} | |"


def text(duration: float) -> str:
    return f"{duration:.3g} s" if duration >= 1 else f"{1e3 * duration:.3g} ms"


def ask(field: str = "Q") -> Callable[[Rows], Any]:
    return lambda rows: stopping_time(rows.indptr, rows.indices, rows.columns, field=field)


def square(rows: Rows) -> Rows:
    """The first m rows."""
    return rows.prefix(rows.columns)


def flint_modulo(prime: int) -> Callable[[Rows], Job]:
    """FLINT's rank of the first m rows modulo a prime."""
    return lambda rows: (
        flint.nmod_mat(len(square(rows)), rows.columns, square(rows).dense().ravel().tolist(), prime).rank
    )


def flint_rank(rows: Rows) -> Job:
    return flint.fmpz_mat(square(rows).dense().tolist()).rank


def flint_solve(rows: Rows) -> Job:
    """Dixon's algorithm on the transposed square system."""
    matrix, right = flint.fmpz_mat(square(rows).dense().T.tolist()), flint.fmpz_mat([[1]] * rows.columns)
    return lambda: matrix.solve(right)


def flint_kernel(rows: Rows) -> Job:
    return flint.fmpz_mat(rows.prefix(rows.columns - 1).dense().tolist()).nullspace


def galois_rank(order: int) -> Callable[[Rows], Job]:
    import galois

    field = galois.GF(order)
    return lambda rows: lambda: np.linalg.matrix_rank(field(square(rows).dense()))


def sympy_rank(rows: Rows) -> Job:
    from sympy import ZZ
    from sympy.polys.matrices import DomainMatrix

    dense = square(rows).dense().tolist()
    return DomainMatrix(dense, (len(dense), rows.columns), ZZ).to_field().to_sparse().rank


def feed(rows: Rows) -> int | None:
    """Row by row, as far as M'."""
    decoder = IncrementalSpan(rows.columns)
    for i in range(len(rows)):
        if decoder.add(rows.row(i)):
            break
    return decoder.stopping_time


def comparisons(large: bool) -> Iterator[str]:
    """Every line of the table."""
    papers, doubled = samples(1000, 10, 40), samples(2000, 12, 10)
    yield from lines("M' over Q, m = 1000", papers, ask(), ("FLINT nmod_mat.rank", flint_modulo(PRIME)), 20)
    yield from lines("M' over Q, m = 2000", doubled, ask(), ("FLINT nmod_mat.rank", flint_modulo(PRIME)), 4)
    yield from lines("M' over Q, m = 10000", samples(10000, 14, 3), ask())
    yield f"| peak memory so far | {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.3g} GiB | | | | |"
    if large:
        yield from lines("M' over Q, m = 40000", samples(40000, 16, 1), ask())
        yield f"| peak memory | {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.3g} GiB | | | | |"
        yield from certificates()
    yield from lines("M' over GF(2), m = 1000", papers, ask("GF(2)"), ("galois matrix_rank", galois_rank(2)), 3)
    yield from lines("M' over GF(31), m = 1000", papers, ask("GF(31)"), ("galois matrix_rank", galois_rank(31)), 1)
    yield from lines("M' over Q, m = 500", samples(500, 9, 20), ask(), ("SymPy DomainMatrix.rank", sympy_rank), 1)
    yield from lines("rank over Q, m = 1000", papers, exact_rank, ("FLINT fmpz_mat.rank", flint_rank), 1)
    yield from witnesses(papers)
    yield from lines("M' row by row, m = 1000", papers, feed, ("our batch engine", lambda rows: lambda: ask()(rows)))


def certificates() -> Iterator[str]:
    """Where the core is not eliminated: one run of M' = m, one of M' = coverage time > m, once each, and the memory."""
    for d in (16, 14):
        rows = reception(100000, d, 0)
        yield f"| M' over Q, m = 100000, d = {d} | {text(seconds(lambda: ask()(rows)))} | | | | 1 |"  # noqa: B023
    yield f"| peak memory | {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.3g} GiB | | | | |"


def exact_rank(rows: Rows) -> int:
    head = square(rows)
    return rank(head.indptr, head.indices, head.columns)


def witnesses(runs: list[Rows]) -> Iterator[str]:
    """Certificates where M' = m, so that FLINT's square solver and its kernel have something to find."""
    whole = [rows for rows in runs if ask()(rows).stopping_time == rows.columns][:10]
    spanning, kernel = lambda rows: lifting.spanning_vector(square(rows)), lambda rows: lifting.kernel_vector(rows)
    yield from lines("v with v·G = D·1, m = 1000", whole, spanning, ("FLINT fmpz_mat.solve", flint_solve), 2)
    short = [rows.prefix(rows.columns - 1) for rows in whole]
    yield from lines("x with Gx = 0, Σx ≠ 0, m = 1000", short, kernel, ("FLINT fmpz_mat.nullspace", flint_kernel), 1)
    large = [rows for rows in samples(5000, 13, 3) if ask()(rows).stopping_time == rows.columns][:1]
    yield from lines("v with v·G = D·1, m = 5000", large, spanning)


def breakdown(m: int, d: int, count: int) -> Iterator[str]:
    """Where the time goes, and how it compares with the core's 2c³/3 operations at the machine's product rate."""
    parts: dict[str, list[float]] = {}
    for seed in range(count):
        for name, duration in phases(m, d, seed):
            parts.setdefault(name, []).append(duration)
    typical = {name: median(values) for name, values in parts.items()}
    limit, whole = typical.pop("limit"), typical.pop("all")
    yield f"m = {m}, d = {d}: M' in {text(whole)}, {whole / limit:.2g} times the limit of {text(limit)}; of this"
    yield from (f"    {name:<46} {text(value)}" for name, value in typical.items())


def phases(m: int, d: int, seed: int) -> Iterator[tuple[str, float]]:
    """One run, phase by phase."""
    start = process_time()
    rows = reception(m, d, seed)
    yield "sampling the reception (not counted)", process_time() - start
    ask()(rows)
    yield "all", seconds(lambda: ask()(rows))
    head, prime = rows.prefix(m - 1), FAST_PRIME
    field, weights = arithmetic(prime), np.ones(len(head.indices), np.int64)
    start = process_time()
    triangle = triangulate(head.indptr, head.indices, m)
    ends = head.indptr, head.indices, weights, triangle.pivot_rows, triangle.pivot_columns
    modular.solve_pivots(*ends, modular.pivot_inverses(*ends, prime), prime)
    yield "sparse phase: peeling and inactivation", process_time() - start
    start = process_time()
    core = modular.dense_core(head.indptr, head.indices, weights, triangle, field)
    yield "sparse phase: the core's entries", process_time() - start
    start = process_time()
    form = modular.core_form(core, triangle, field)
    yield "core: elimination", process_time() - start
    yield "core: kernel", seconds(lambda: modular.core_kernel(form, triangle, field))
    c = len(triangle.inactive)
    yield "limit", 2 * c**3 / 3 / (byte_rate(c) if core.dtype == np.int8 else product_rate(c, field.kind))


def product_rate(size: int, kind: type) -> float:
    """Floating-point operations a second in a square matrix product: the best of a few."""
    a = np.ones((size, size), kind)
    out = np.empty_like(a)
    best = min(seconds(lambda: np.dot(a, a, out=out)) for _ in range(3 if size > 2000 else 20))
    return 2 * size**3 / best


def byte_rate(size: int) -> float:
    """The same for bytes, reduced after every ``DEPTH`` terms."""
    size = -(-size // bytewise.DEPTH) * bytewise.DEPTH
    a, b, out = np.ones((size, size), np.int8), np.ones(size**2, np.uint8), np.ones((size, size), np.int8)
    constants = arithmetic(FAST_PRIME).constants
    byte_product(out, a, b, constants)
    best = min(seconds(lambda: byte_product(out, a, b, constants)) for _ in range(3 if size > 2000 else 20))
    return 2 * size**3 / best


@njit
def byte_product(out, a, b, constants):  # type: ignore[no-untyped-def]
    size, depth = len(a), bytewise.DEPTH
    for k in range(0, size, depth):
        for top in range(0, size, bytewise.HEIGHT):
            for j in range(0, size, vnni.TILE_COLUMNS):
                four = j * size + k * vnni.TILE_COLUMNS
                for i in range(top, min(top + bytewise.HEIGHT, size), vnni.TILE_ROWS):
                    c_at, a_at = i * size + j, i * size + k
                    vnni.subtract_tile(out, c_at, size, a, a_at, size, b, four, depth // vnni.FOUR, constants)


def tally(count: int, m: int = 1000, d: int = 10) -> Iterator[str]:
    """Which argument made how many stopping times exact, where M' lay, and how often each prime was asked."""
    words: Counter[str] = Counter()
    places: Counter[str] = Counter()
    primes: Counter[str] = Counter()
    least_prefix = engine.least_prefix

    def counted(rows: Rows, prime: int, covered: int | None) -> Prefix:
        primes[f"asked modulo {prime}"] += 1
        return least_prefix(rows, prime, covered)

    engine.least_prefix = counted
    for seed in range(count):
        for rows in longer_and_longer(m, d, seed):
            before = primes.copy()
            found = ask()(rows)
            if found.stopping_time is not None:
                break
            primes.clear()
            primes.update(before)
        words[found.argument] += 1
        places[f"M' - max(m, coverage) = {found.stopping_time - max(m, found.coverage_time)}"] += 1
    engine.least_prefix = least_prefix
    for counts in (words, places, primes):
        yield from (f"{name}: {number} of {count}" for name, number in counts.most_common())


def main() -> None:
    always_compile()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="also m = 40000 and 100000: minutes")
    parser.add_argument(
        "--tally", type=int, metavar="N", help="only count the arguments of N random trials at m = 1000"
    )
    parser.add_argument("--phases", action="store_true", help="only where the time goes")
    parser.add_argument("--float32", action="store_true", help="as on a processor that does not multiply bytes")
    options = parser.parse_args()
    if options.float32:
        bytewise.available = lambda: False
    if options.tally:
        print(*tally(options.tally), sep="\n")
        return
    if not options.phases:
        print("| work | ours | peer | its time | ratio | pairs |", "|---|---|---|---|---|---|", sep="\n")
        for line in comparisons(options.large):
            print(line, flush=True)
    for size in [(1000, 10, 40), (2000, 12, 10), (10000, 14, 3)]:
        print(*breakdown(*size), sep="\n", flush=True)


if __name__ == "__main__":
    main()
