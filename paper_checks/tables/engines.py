"""The span engine against other engines, timed now: a short form of benchmarks/bench_span.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from paper_checks.parameters import TAU
from srtheory.reception import receptions
from srtheory.render.table import Cell, Column, Interval, Kind, Math, Table
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span.engine import stopping_time

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab
    from srtheory.matrix import Rows

PAIRS = 5
MODULUS = 2**31 - 1


@dataclass(frozen=True)
class Contest:
    """Our exact stopping time against one rank of a peer, whose matrix is made before its clock starts."""

    symbols: int
    degree: int
    field: str
    peer: str
    prepare: Callable[[Rows], Callable[[], Any]]


def _flint_modular(rows: Rows) -> Callable[[], Any]:
    import flint

    return flint.nmod_mat(len(rows), rows.columns, rows.dense().ravel().tolist(), MODULUS).rank


def _flint_rational(rows: Rows) -> Callable[[], Any]:
    import flint

    return flint.fmpz_mat(rows.dense().tolist()).rank


def _galois(rows: Rows) -> Callable[[], Any]:
    import galois

    matrix = galois.GF(2)(rows.dense())
    return lambda: np.linalg.matrix_rank(matrix)


def _sympy(rows: Rows) -> Callable[[], Any]:
    from sympy import ZZ
    from sympy.polys.matrices import DomainMatrix

    matrix = DomainMatrix(rows.dense().tolist(), (len(rows), rows.columns), ZZ).to_field().to_sparse()
    return matrix.rank


CONTESTS = (
    Contest(1000, 10, "Q", "FLINT nmod_mat.rank", _flint_modular),
    Contest(500, 9, "Q", "FLINT fmpz_mat.rank", _flint_rational),
    Contest(500, 9, "GF(2)", "galois matrix_rank", _galois),
    Contest(100, 7, "Q", "SymPy DomainMatrix.rank", _sympy),
)


def engines(lab: Lab, contests: tuple[Contest, ...] = CONTESTS) -> Table:
    """Return CPU time of M' against one rank of the first m of the same rows, pair by pair."""
    columns = (
        Column("symbols", Math("m", "m"), Kind.INTEGER),
        Column("degree", Math("d", "d"), Kind.INTEGER),
        Column("field", "field"),
        Column("milliseconds", "$M'$ (ms)", Kind.NUMBER, 2),
        Column("peer", "peer", Kind.CODE, width=0.25),
        Column("peer_milliseconds", "peer (ms)", Kind.NUMBER, 2),
        Column("ratio", "ratio", Kind.INTERVAL, 1),
    )
    caption = (
        f"CPU time on one thread of this machine: medians of {PAIRS} receptions. Each peer is measured right after us"
        " on the same rows. The ratio is the median of the pairs' ratios [least, greatest]."
    )
    return Table("engines", caption, columns, tuple(_row(contest, lab.seed) for contest in contests))


def _row(contest: Contest, seed: int) -> tuple[Cell, ...]:
    runs = [_reception(contest, seed + i) for i in range(PAIRS)]
    timed_pair(contest, runs[0])  # both sides load their libraries and compiled code before the clock starts
    with threadpool_limits(1):
        pairs = [timed_pair(contest, rows) for rows in runs]
    ours, theirs = (1e3 * median(side) for side in zip(*pairs, strict=True))
    ratios = sorted(b / a for a, b in pairs)
    ratio = Interval(median(ratios), ratios[0], ratios[-1])
    field = Math("Q", r"\mathbb Q") if contest.field == "Q" else contest.field
    return (contest.symbols, contest.degree, field, ours, contest.peer, theirs, ratio)


def timed_pair(contest: Contest, rows: Rows) -> tuple[float, float]:
    """Return the seconds of our engine, a median of three, and those of the other one."""
    ours = median(_seconds(lambda: _ours(rows, contest.field)) for _ in range(3))
    return ours, _seconds(contest.prepare(rows.prefix(rows.columns)))


def _ours(rows: Rows, field: str) -> Any:
    return stopping_time(rows.indptr, rows.indices, rows.columns, field=field)


def _seconds(job: Callable[[], Any]) -> float:
    start = process_time()
    job()
    return process_time() - start


def _reception(contest: Contest, seed: int) -> Rows:
    """Return at least the first 1.05 m rows of one run at the paper's delays."""
    m = contest.symbols
    startups = np.random.default_rng([m, contest.degree, seed]).exponential(5.0, m)
    runs = receptions(SumRecovery(m, contest.degree), startups, TAU, seed)
    return next(run.rows for run in runs if len(run) >= 1.05 * m)
