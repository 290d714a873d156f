"""Exact spans against their peers, on one thread: ``python -m benchmarks.bench_span``.

Every figure is a median over receptions of the sum-recovery code (start-up times Exp(mean 5), 0.005 a term), in CPU
seconds, which other processes disturb less than the clock on the wall; we run three times on each, once where that
takes more than a second.  A peer that is installed is measured right after us on the same rows, its own matrix type
made beforehand and under the quickest of the settings tried on the first of them; the ratio is the median of the pairs'
ratios.  Peers are asked for less than we are: the rank of the first min(m, M') rows, one elimination, modulo a prime or
over GF(2), where M' takes at least that.  SpaSM is tuned: no greedy search for pivots, the dense part in one block.
What is not installed is said in a line (benchmarks/README.md).

"of the limit" is how many times as long we take as the dense core's operations would at the highest rate of products
that the processor reaches, over GF(2) as the additions of words of the sparse part and of the core would.  The
phases follow, and the peak memory, which a process of its own measures.  ``--large`` adds what takes minutes,
``--json PATH`` keeps all figures, ``--own`` leaves the peers aside, ``--earlier FOLDER``
measures the srtheory of another folder instead, ``--tally N`` counts which argument made N stopping times exact,
``--float32`` leaves products of bytes aside.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.pop("OPENBLAS_CORETYPE", None)  # the kernel that OpenBLAS itself takes for the processor, for us and peers

import argparse
import re
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from benchmarks.limits import binary_limit, core_size, entries, modular_limit, seconds
from benchmarks.machine import described, facts
from benchmarks.peers import drivers, imported
from benchmarks.peers.asked import SLOW, Peer
from benchmarks.peers.drivers import FFLAS, LINBOX, M4RI, SPASM, Driver
from benchmarks.peers.earlier import Earlier
from benchmarks.records import TABLE_HEADER, Record, write
from benchmarks.span_phases import phases
from srtheory.compiled import always_compile
from srtheory.decoders.incremental import IncrementalSpan
from srtheory.matrix import Rows
from srtheory.reception import receptions
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span import bytewise, engine, lifting
from srtheory.span.engine import FAST_PRIME, SECOND_PRIME, rank, stopping_time
from srtheory.span.modular import Prefix

DEGREES = {500: 9, 1000: 10, 2000: 12, 5000: 13, 10_000: 14, 40_000: 16, 100_000: 16}
"""By m, about the least with which m rows cover the symbols in most runs."""
COUNTS = {1000: 40, 2000: 10, 10_000: 3}
"""Receptions by m."""
DENSE_UP_TO = 10_000
"""Largest m of which a peer is given a dense matrix."""


def longer_and_longer(m: int, d: int, seed: int) -> Iterator[Rows]:
    """The first rows of one run, at first at least 1.05 m of them."""
    startups = np.random.default_rng([m, d, seed]).exponential(5.0, m)
    runs = receptions(SumRecovery(m, d), startups, 0.005, seed)
    return (run.rows for run in runs if len(run) >= 1.05 * m)


def reception(m: int, d: int, seed: int) -> Rows:
    """At least the first 1.05 m rows of one run."""
    return next(longer_and_longer(m, d, seed))


def samples(m: int, count: int) -> list[Rows]:
    return [reception(m, DEGREES[m], seed) for seed in range(count)]


def ask(field: str = "Q") -> Callable[[Rows], engine.Stopping]:
    return lambda rows: stopping_time(rows.indptr, rows.indices, rows.columns, field=field)


def square(rows: Rows) -> Rows:
    """The first m rows."""
    return rows.prefix(rows.columns)


def needed(rows: Rows, field: str) -> Rows:
    """The first min(m, M') rows, which every method has to eliminate."""
    return rows.prefix(min(rows.columns, ask(field)(rows).stopping_time or rows.columns))


def compared(
    work: str,
    runs: list[Rows],
    ours: Callable[[Rows], Any],
    peers: list[Peer],
    conditions: str,
    given: Callable[[Rows], Rows] = square,
    limit: Callable[[Rows], float] | None = None,
) -> Iterator[Record]:
    """Our record and one for each peer, which is asked about ``given`` of its first ``pairs`` runs."""
    ours(runs[0])
    clocks = {peer.name: peer.best(given(runs[0])) for peer in peers}
    own: list[float] = []
    theirs: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for i, rows in enumerate(runs):
        own.append(repeated(lambda: ours(rows)))  # noqa: B023
        for peer in peers:
            if peer.pairs is None or i < peer.pairs:
                theirs[peer.name].append(clocks[peer.name][1](rows if peer.whole else given(rows)))
    least = median(map(limit, runs)) if limit else None
    yield Record(work, "s", median(own), f"{conditions}{count(own)}", limit=least)
    for name, times in theirs.items():
        ratio = median(b / a for a, b in zip(own, times, strict=False))
        yield Record(work, "s", median(times), f"{clocks[name][0]}; {count(times)}", name, ratio)


def repeated(job: Callable[[], Any]) -> float:
    """The median of three times, or the first where that is long."""
    first = seconds(job)
    return first if first > SLOW else median([first, seconds(job), seconds(job)])


def count(times: list[float]) -> str:
    return f"{len(times)} reception{'s' * (len(times) > 1)}"


# ------------------------------------------------------------------------------------------------------------- peers


def modular_peers(installed: list[Driver], pairs: int | None = None) -> list[Peer]:
    """Ranks modulo a prime, the smallest that we ask and, as SpaSM is usually given it, the next."""
    found = []
    if SPASM in installed:
        for p in (FAST_PRIME, SECOND_PRIME):
            tuned = {f"tuned, {order} eliminated": (f"{order}:{p}", f"GF({p})") for order in ("rows", "columns")}
            found.append(Peer(f"SpaSM rank modulo {p}", SPASM.clocks(tuned), pairs))
    if FFLAS in installed:
        kinds = {f"in {kind}": (f"{kind}:{FAST_PRIME}", f"GF({FAST_PRIME})") for kind in ("float", "double")}
        found.append(Peer(f"FFLAS-FFPACK rank modulo {FAST_PRIME}", FFLAS.clocks(kinds), pairs))
    return found


def binary_peers(installed: list[Driver], pairs: int | None = None) -> list[Peer]:
    ways = {way: (way, "GF(2)") for way in ("ple", "m4ri", "echelonize")}
    return [Peer("M4RI rank", M4RI.clocks(ways), pairs)] if M4RI in installed else []


def linbox(installed: list[Driver], question: str, field: str, pairs: int) -> list[Peer]:
    ways = {f"{way} elimination": (f"{question}:{way}", field) for way in ("dense", "sparse")}
    return [Peer(f"LinBox {question}", LINBOX.clocks(ways), pairs)] if LINBOX in installed else []


def package(name: str, make: Callable[[Rows], imported.Job], pairs: int) -> Peer:
    return Peer(name, {"as it comes": imported.clock(make)}, pairs)


def row_by_row(m: int, runs: list[Rows], block: int = 16) -> Iterator[Record]:
    """As far as M', by single rows and by blocks, beside the batch engine, which has all rows from the start, and the
    longest that a single row takes.  Each is asked five times on each run; the rows are arrays beforehand."""
    ways = {f"M' row by row, m = {m}": "add", f"M' by blocks of {block} rows, m = {m}": "add_many"}
    times: dict[str, list[float]] = {way: [] for way in (*ways.values(), "batch")}
    worst: list[float] = []
    for rows in runs:
        single = [rows.row(i) for i in range(len(rows))]
        pieces = {
            "add": single,
            "add_many": [rows.take(np.arange(i, min(i + block, len(rows)))) for i in range(0, len(rows), block)],
        }
        jobs: list[Callable[[], Any]] = [lambda way=way: feed(rows, pieces[way], way) for way in ways.values()]  # noqa: B023
        spent = [[seconds(job) for job in (*jobs, lambda: ask()(rows))] for _ in range(6)][1:]  # noqa: B023
        for of_way, of_job in zip(times.values(), zip(*spent, strict=True), strict=True):
            of_way.append(median(of_job))
        each = zip(*(feed(rows, single, "add", timed=True) for _ in range(5)), strict=True)
        worst.append(max(map(median, each)))
    for work, way in ways.items():
        ratio = median(b / a for a, b in zip(times[way], times["batch"], strict=True))
        yield Record(work, "s", median(times[way]), f"as far as M'; {count(worst)}")
        yield Record(work, "s", median(times["batch"]), count(worst), "our batch engine", ratio)
    yield Record(f"a single row at worst, m = {m}", "s", median(worst), f"as far as M'; {count(worst)}")


def feed(rows: Rows, pieces: list[Any], way: str, *, timed: bool = False) -> list[float]:
    """Add rows up to M'; the time that each takes, if that is asked for."""
    decoder, spent = IncrementalSpan(rows.columns), []
    add = getattr(decoder, way)
    for piece in pieces:
        start = process_time() if timed else 0.0
        add(piece)
        if timed:
            spent.append(process_time() - start)
        if decoder.stopping_time is not None:
            break
    return spent


# ------------------------------------------------------------------------------------------------------- comparisons


def rational(m: int, runs: list[Rows], peers: list[Peer]) -> Iterator[Record]:
    least = (lambda rows: modular_limit(core_size(rows))) if m <= DENSE_UP_TO else None
    yield from compared(
        f"M' over Q, m = {m}", runs, ask(), peers, f"d = {DEGREES[m]}, exact; ", lambda r: needed(r, "Q"), least
    )


def binary(m: int, most: int, peers: list[Peer]) -> Iterator[Record]:
    """Over GF(2), with M' below m and not, for one elimination then suffices or does not."""
    kinds: dict[str, list[Rows]] = {"M' >= m": [], "M' < m": []}
    for seed in range(40 * most):
        if all(len(runs) >= most for runs in kinds.values()):
            break
        rows = reception(m, DEGREES[m], seed)
        found = ask("GF(2)")(rows).stopping_time
        kind = kinds["M' < m" if found is not None and found < m else "M' >= m"]
        if len(kind) < most:
            kind.append(rows)
    least = lambda rows: binary_limit(core_size(rows), entries(rows))  # noqa: E731
    for kind, runs in kinds.items():
        yield from compared(
            f"M' over GF(2), m = {m}, {kind}", runs, ask("GF(2)"), peers, f"d = {DEGREES[m]}; ",
            lambda r: needed(r, "GF(2)"), least,
        )  # fmt: skip


def alone() -> Iterator[Record]:
    """M' over Q without peers."""
    for m, runs in COUNTS.items():
        yield from rational(m, samples(m, runs), [])


def versions(earlier: Earlier) -> Iterator[Record]:
    """M' beside an earlier srtheory's."""
    for m, runs in COUNTS.items():
        yield from rational(m, samples(m, runs), [earlier.peer()])
    for m in (1000, 2000):
        yield from binary(m, COUNTS[m] // 2, [earlier.peer("GF(2)")])


def comparisons(installed: list[Driver], sizes: list[int]) -> Iterator[Record]:
    """Every record of the table."""
    papers = samples(1000, COUNTS[1000])
    yield from rational(1000, papers, [*modular_peers(installed, 20), imported.flint_modular(10)])
    yield from rational(2000, samples(2000, COUNTS[2000]), [*modular_peers(installed), imported.flint_modular(4)])
    for m in sizes:
        peers = modular_peers(installed, 2) if m <= DENSE_UP_TO else []
        yield from rational(m, samples(m, COUNTS.get(m, 1)), peers)
        yield memory(m)
    galois = package("galois matrix_rank", imported.galois_rank(2), 3)
    yield from binary(1000, 20, [*binary_peers(installed), galois])
    yield from binary(2000, 10, binary_peers(installed))
    galois = package("galois matrix_rank", imported.galois_rank(31), 1)
    yield from compared("M' over GF(31), m = 1000", papers, ask("GF(31)"), [galois], "d = 10; ")
    sympy = package("SymPy DomainMatrix.rank", imported.sympy_rank, 1)
    yield from compared("M' over Q, m = 500", samples(500, 20), ask(), [sympy], "d = 9, exact; ")
    exact = [package("FLINT fmpz_mat.rank", imported.flint_rank, 1), *linbox(installed, "rank", "Q", 3)]
    yield from compared("rank over Q, m = 1000", papers, exact_rank, exact, "the first m rows, exact; ")
    yield from witnesses(papers, installed)
    yield from row_by_row(1000, papers)
    yield from row_by_row(2000, samples(2000, COUNTS[2000]))


def exact_rank(rows: Rows) -> int:
    head = square(rows)
    return rank(head.indptr, head.indices, head.columns)


def witnesses(runs: list[Rows], installed: list[Driver]) -> Iterator[Record]:
    """Certificates where M' = m, so that square solvers and the kernel of m - 1 rows have something to find."""
    whole = [rows for rows in runs if ask()(rows).stopping_time == rows.columns][:10]
    spanning, kernel = lambda rows: lifting.spanning_vector(square(rows)), lambda rows: lifting.kernel_vector(rows)
    solvers = [package("FLINT fmpz_mat.solve", imported.flint_solve, 2), *linbox(installed, "solve", "", 3)]
    yield from compared("v with v·G = D·1, m = 1000", whole, spanning, solvers, "the first m rows, M' = m; ")
    short = [rows.prefix(rows.columns - 1) for rows in whole]
    null = package("FLINT fmpz_mat.nullspace", imported.flint_kernel, 1)
    yield from compared(
        "x with Gx = 0, Σx ≠ 0, m = 1000", short, kernel, [null], "the first m - 1 rows, M' = m; ", lambda rows: rows
    )
    large = [rows for rows in samples(5000, 3) if ask()(rows).stopping_time == rows.columns][:1]
    yield from compared("v with v·G = D·1, m = 5000", large, spanning, [], "the first m rows, M' = m; ")


def memory(m: int) -> Record:
    """Peak memory of a process that does nothing but one M'."""
    command = [sys.executable, "-m", "benchmarks.bench_span", "--memory", str(m)]
    peak = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return Record(f"memory of M' over Q, m = {m}", "GiB", peak, "peak of a process that samples one reception too")


def peak_after(m: int) -> float:
    """Peak memory in GiB.  Where Linux says it by itself, for its ``ru_maxrss`` begins with that of the parent."""
    ask()(reception(m, DEGREES[m], 0))
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"^VmHWM:\s*(\d+) kB", status.read_text(), re.MULTILINE)[1]) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def breakdown(m: int, runs: list[Rows]) -> Iterator[Record]:
    """The time of M', phase by phase, each a median."""
    parts: dict[str, list[float]] = {}
    for rows in runs:
        for name, duration in phases(rows):
            parts.setdefault(name, []).append(duration)
    for name, values in parts.items():
        yield Record(f"M' over Q, m = {m}: {name}", "s", median(values), count(values))


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
    parser.add_argument("--memory", type=int, metavar="M", help="only one M' at that m, and the peak memory in GiB")
    parser.add_argument("--phases", action="store_true", help="only where the time goes")
    parser.add_argument("--own", action="store_true", help="only M' over Q, without peers")
    parser.add_argument("--earlier", type=Path, metavar="FOLDER", help="only M', beside the srtheory of that folder")
    parser.add_argument("--float32", action="store_true", help="as on a processor that does not multiply bytes")
    parser.add_argument("--json", type=Path, metavar="PATH", help="keep the figures and the machine's facts")
    options = parser.parse_args()
    if options.float32:
        bytewise.available = lambda: False
    if options.tally:
        print(*tally(options.tally), sep="\n")
        return
    if options.memory:
        print(peak_after(options.memory))
        return
    installed, lines = drivers.present()
    machine = facts() | {"peers": [line.removeprefix("peer: ") for line in lines]}
    print(*described(machine), "", *TABLE_HEADER, sep="\n", flush=True)
    records = []
    sizes = [10_000] + [40_000, 100_000] * options.large
    if options.earlier:
        compared_with = versions(Earlier(options.earlier))
    elif options.own:
        compared_with = alone()
    else:
        compared_with = comparisons(installed, sizes)
    for record in chain(
        [] if options.phases else compared_with,
        *(breakdown(m, samples(m, runs)) for m, runs in COUNTS.items()),
    ):
        records.append(record)
        print(record.line(), flush=True)
    if options.json:
        write(options.json, records, machine)


if __name__ == "__main__":
    main()
