"""Interval codes: every row is an arc of the circle of all symbols, so union-find decodes (docs/intervals.md)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.errors import ArgumentError, require_int
from srtheory.rows import Rows, boundaries
from srtheory.schemes import PHASES
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.streams import first_below

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Arcs(BaseScheme):
    """Worker j sends f_j, the rest of its cell after j, that before j, and then the other cells around the circle.

    Each worker cuts the circle into ceil(m/d) cells of d symbols, from its phase on, the last one shorter where d does
    not divide m. After m terms it finishes. Its arcs are a partition of all symbols.

    Parameters
    ----------
    symbols : int
        m >= 1, terms and workers.
    degree : int
        d, from 1 to m.
    phase : str
        Start of a worker's first cell: ``"common"``, at symbol 0, so that the cells are the parts of BCC; ``"random"``,
        at a uniformly random symbol; ``"own"``, at j.
    """

    degree: int
    phase: str = "common"

    decoder = "intervals"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("degree", self.degree, 1, self.symbols)
        if self.phase not in PHASES:
            raise ArgumentError("phase", self.phase, " or ".join(PHASES))

    def expected_terms(self) -> tuple[float, float]:
        return 1.0, float(self.degree)

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time."""
        m = self.symbols
        phase = _phases(np.uint64(key), m, PHASES.index(self.phase))
        worker, start, length, terms = _cut(np.minimum(budget, m), phase, self.degree)
        indptr = boundaries(length)
        return EncodedSymbols(Rows(m, indptr, _fill(start, indptr, m)), worker, terms, budget >= m)


@compiled(small=LINEAR, work=lambda key, m, kind: m)
def _phases(key: np.uint64, m: int, kind: int) -> Int64:
    """Return the start of the first cell of each worker."""
    phase = np.zeros(m, np.int64)
    if kind == 2:
        return np.arange(m)
    if kind == 1:
        first_below(key, m, phase)
    return phase


@compiled(small=LINEAR, work=lambda budget, phase, d: len(budget) * (4 + np.minimum(budget.max(), len(budget)) // d))
def _cut(budget: BudgetArray, phase: Int64, d: int) -> tuple[npt.NDArray[np.int32], Int64, Int64, Int64]:
    """Return sender, first symbol and length of every arc within the budget, and the sender's terms by then."""
    m = budget.shape[0]
    most = 0
    for j in range(m):
        most += budget[j] // d + 4 if budget[j] > 0 else 0  # own symbol, the rest of its cell, the last cell
    worker = np.empty(most, np.int32)
    start, length, terms = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    n = 0
    for j in range(m):
        own = (j - phase[j]) % m  # places count from the worker's phase
        first, end = own // d * d, min(own // d * d + d, m)
        done, step, place, size = 0, 0, own, 1
        while done + size <= budget[j]:
            if size > 0:
                done += size
                worker[n], start[n], length[n], terms[n] = j, (phase[j] + place) % m, size, done
                n += 1
            step += 1
            if step == 1:
                place, size = own + 1, end - own - 1
            elif step == 2:
                place, size = first, own - first
            else:
                place = (end if step == 3 else place + size) % m
                size = min(d, m - place)
    return worker[:n], start[:n], length[:n], terms[:n]


@compiled(small=LINEAR, work=lambda start, indptr, m: len(start) + indptr[-1])
def _fill(start: Int64, indptr: Int64, m: int) -> npt.NDArray[np.int32]:
    """Return the symbols of each arc."""
    indices = np.empty(indptr[-1], np.int32)
    for i in range(start.shape[0]):
        c = start[i]
        for e in range(indptr[i], indptr[i + 1]):
            indices[e] = c
            c = c + 1 if c + 1 < m else 0
    return indices
