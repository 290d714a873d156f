"""Schemes that send parts of one partition of [m], single terms, or arcs, without coding.

The baselines of section II-B compute one partial sum in each worker: One, Uncoded, Repetition, BCC. The paper compares
with these schemes of one message per worker. Like the sum-recovery code, uncoded streams send one symbol after the
other and none twice, in random or cyclic order or from the two ends of cells of neighbouring parts. Coverage alone ends
the run, so that no decoder is needed. The genie, which knows what has arrived, is a bound for all schemes. Arcs of the
circle of all symbols are decoded by union-find (docs/proofs/intervals.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.errors import ArgumentError, require_int
from srtheory.matrix import Rows, boundaries
from srtheory.schemes import PHASES
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.streams import STATE_WORDS, draw_distinct, first_below, open_stream
from srtheory.sizes import cells_by_default, ends_of_even
from srtheory.types import Bools, Int32, Int64


@dataclass(frozen=True)
class _Parts(BaseScheme):
    """Base class: [0, m) in consecutive parts of one size, the last one shorter; one part per worker."""

    decoder, keyless = "partition", True

    @property
    def part_size(self) -> int:
        """Number of terms in every part but the last."""
        return 1

    @property
    def parts(self) -> int:
        """Number of parts."""
        return -(-self.symbols // self.part_size)

    def assignment(self, key: int) -> Int64:
        """Return the part that each worker computes, shape (workers,)."""
        return np.arange(self.workers) // self.part_size

    def expected_terms(self) -> tuple[float, float]:
        return self.symbols / self.parts, float("inf")

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time."""
        part, ends = self.assignment(key), cells(self.symbols, self.part_size)
        ended = budget >= np.diff(ends)[part]
        return parts_sent(budget, np.arange(self.workers + 1), part, ends, ended)


@dataclass(frozen=True)
class AllAtOne(_Parts):
    """One node computes all m terms and their sum (baseline 1)."""

    workers = 1

    @property
    def part_size(self) -> int:
        return self.symbols


@dataclass(frozen=True)
class Uncoded(_Parts):
    """Worker i computes f_i; the master needs all of them (baseline 2)."""


@dataclass(frozen=True)
class Repetition(_Parts):
    """Fractional repetition [17]: workers d(j-1)+1 .. dj each compute the j-th part of d terms (baseline 3).

    Where d does not divide m the last part is shorter and so is the group of workers that computes it.
    """

    degree: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("degree", self.degree, 1, self.symbols)

    @property
    def part_size(self) -> int:
        return self.degree


@dataclass(frozen=True)
class BatchCouponCollector(Repetition):
    """BCC [22]: each worker samples one of the ceil(m/d) parts uniformly (baseline 4).

    A part that no worker sampled never arrives: the run is unrecovered and its latency infinite.
    """

    keyless = False

    def assignment(self, key: int) -> Int64:
        return _sample_parts(np.uint64(key), self.workers, self.parts)


@compiled(small=LINEAR, work=lambda key, workers, parts: workers)
def _sample_parts(key: np.uint64, workers: int, parts: int) -> Int64:
    part = np.empty(workers, np.int64)
    first_below(key, parts, part)
    return part


@dataclass(frozen=True)
class CoverageStream(BaseScheme):
    """Base class: each worker finishes after all m terms."""

    decoder = "partition"

    @property
    def typical(self) -> float:
        """Approximate number of rows that a coupon collector needs."""
        return self.symbols * (math.log(self.symbols) + 1)

    def expected_terms(self) -> tuple[float, float]:
        return 1.0, 1.0


@dataclass(frozen=True)
class _PartsInOrder(CoverageStream):
    """Every worker sends all parts of BCC in some order: [0, m) in consecutive parts of d terms.

    The last part is shorter where d does not divide m.  With d = 1 the parts are single terms.
    """

    degree: int
    """d, from 1 to m."""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("degree", self.degree, 1, self.symbols)

    @property
    def parts(self) -> int:
        """Number of parts, ceil(m/d)."""
        return -(-self.symbols // self.degree)

    @property
    def typical(self) -> float:
        return self.parts * (math.log(self.parts) + 1)

    def expected_terms(self) -> tuple[float, float]:
        return float(self.degree), float(self.degree)

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time."""
        m, d = self.symbols, self.degree
        shorter = m % d > 0  # the shorter part may be among them
        first = boundaries(np.minimum(budget // d + shorter, self.parts))
        return parts_sent(budget, first, self.order(key, first), cells(m, d), budget >= m)

    def order(self, key: int, first: Int64) -> Int32:
        """Return the start of every worker's order of the parts: entries first[j] .. first[j + 1] - 1 for worker j."""
        raise NotImplementedError


@dataclass(frozen=True)
class PartsStream(_PartsInOrder):
    """Every worker sends the parts in its own uniformly random order."""

    def order(self, key: int, first: Int64) -> Int32:
        part = np.empty(first[-1], np.int32)
        _draw_parts(np.uint64(key), first, part, self.parts)
        return part


@dataclass(frozen=True)
class PartsCyclic(_PartsInOrder):
    """Worker j first sends the part with the term j, number floor(j/d), and then goes round the parts.

    The number of workers that start at a part is its number of terms, the groups of fractional repetition, also at the
    shorter last part where d does not divide m. With d = 1 this is :class:`CyclicTerms`.
    """

    keyless = True

    def order(self, key: int, first: Int64) -> Int32:
        return along(first, np.arange(self.workers) // self.degree, np.ones(self.workers, np.int64), self.parts)


@dataclass(frozen=True)
class PartsEven(_PartsInOrder):
    """Parts of nearly equal size in cyclic order: ceil(m/d) parts, whose numbers of terms differ by at most one.

    Part i has the terms floor(i m/P) to floor((i + 1) m/P) - 1 for P parts, at most d of them. As in
    :class:`PartsCyclic`, the number of workers that start at a part is its number of terms. The two schemes are equal
    if d divides m.
    """

    keyless = True

    @property
    def ends(self) -> Int64:
        """Starts and ends of the parts, shape (parts + 1,)."""
        return ends_of_even(self.symbols, self.parts)

    def expected_terms(self) -> tuple[float, float]:
        return self.symbols / self.parts, self.symbols / self.parts

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`; O(terms sent + m) time."""
        m, parts = self.symbols, self.parts
        first = boundaries(np.minimum(budget // (m // parts), parts))
        return parts_sent(budget, first, self.order(key, first), self.ends, budget >= m)

    def order(self, key: int, first: Int64) -> Int32:
        starts = np.repeat(np.arange(self.parts), np.diff(self.ends))
        return along(first, starts, np.ones_like(starts), self.parts)


@dataclass(frozen=True)
class OwnThenParts(PartsCyclic):
    """Parts in cyclic order with the systematic symbols of SR codes: worker j first sends its own term j.

    The rest of its own part follows, and then the other parts, so that parts arrive when those of :class:`PartsCyclic`
    do. A part is also recovered as soon as all its terms have arrived alone.

    Coverage is recovery here, since the rest of a part arrives after its sender's own term. So ``coverage`` may replace
    the span decoder, which is slow for these rows.
    """

    decoder = "span"

    def expected_terms(self) -> tuple[float, float]:
        return 1.0, float(self.degree)

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time."""
        parts = super().emit(key, budget)
        alone = np.flatnonzero(budget >= 1).astype(np.int32)
        owner = np.repeat(np.arange(len(parts.rows)), np.diff(parts.rows.indptr))
        rest = parts.rows.indices != parts.worker[owner]
        first = np.diff(parts.worker, prepend=-1) > 0
        rest |= ~first[owner]
        sizes = np.bincount(owner[rest], minlength=len(first))
        sent = np.flatnonzero(sizes)
        worker = np.concatenate((alone, parts.worker[sent]))
        terms = np.concatenate((np.ones(len(alone), np.int64), parts.terms[sent]))
        order = np.lexsort((terms, worker))
        indices = np.concatenate((alone, parts.rows.indices[rest]))
        indptr = boundaries(np.concatenate((np.ones(len(alone), np.int64), sizes[sent])))
        rows = Rows(self.symbols, indptr, indices.astype(np.int32)).take(order)
        return EncodedSymbols(rows, worker[order], terms[order], parts.ended)


@dataclass(frozen=True)
class CyclicTerms(CoverageStream):
    """Worker j sends the single terms j, j + 1, ..., around the circle: cyclic scheduling.

    Reference: M. M. Amiri and D. Gunduz, "Computation scheduling for distributed machine learning with straggling
    workers", IEEE Trans. Signal Processing 67 (2019).
    """

    keyless = True

    @property
    def steps(self) -> Int64:
        """Direction of each worker, 1 or -1, shape (workers,)."""
        return np.ones(self.symbols, np.int64)

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time."""
        m = self.symbols
        first = boundaries(np.minimum(budget, m))
        return parts_sent(budget, first, along(first, np.arange(m), self.steps, m), cells(m, 1), budget >= m)


@dataclass(frozen=True)
class Genie(CyclicTerms):
    """Bound of all schemes: the k-th term evaluation to be completed, by any worker, is of term k.

    No scheme that evaluates terms in this delay model can recover the sum before its m-th evaluation. The order of
    arrival determines which terms the workers evaluate, see :meth:`arrange`.
    """

    @property
    def typical(self) -> float:
        return float(self.symbols)

    def arrange(self, rows: Rows) -> Rows:
        """Return the rows in order of arrival, with the columns that the genie assigns to them."""
        return replace(rows, indices=(np.arange(len(rows)) % self.symbols).astype(np.int32))


@compiled(small=LINEAR)
def _draw_parts(key: np.uint64, first: Int64, part: Int32, parts: int) -> None:
    """Write the start of every worker's order of the parts."""
    order = np.arange(parts).astype(np.int32)
    state = np.empty(STATE_WORDS, np.uint64)
    for j in range(first.shape[0] - 1):
        if first[j] == first[j + 1]:
            continue
        open_stream(state, key, j, 0)
        draw_distinct(state, order, part[first[j] : first[j + 1]])


@dataclass(frozen=True)
class PartsPairs(PartsEven):
    """Even parts in cells of neighbouring parts; half of a cell's workers start at each of its ends.

    The parts are those of :class:`~srtheory.schemes.parts.PartsEven`. They are cut into cells of neighbouring
    parts, whose numbers of parts differ by at most one. A cell has as many workers as terms. The first half of them,
    rounded up, start with the first part of the cell and go through the parts in order. The others start with the last
    part and go through the parts backwards. Nobody stops at the end of a cell.

    With one term in each part and about m tau/T cells the sum is recovered earlier than in cyclic order: uncovered
    parts of a cell have a worker's front at both ends (docs/proofs/floor.md).

    Reference: the workers of M. M. Amiri and D. Gunduz that ascend and descend in turn, :class:`TermsStaircase`, start
    at all terms.
    """

    cells: int | None = None
    """Number of cells, from 1 to that of the parts. None means the integer part of sqrt(m)/3, and at least 1 and at
    most the number of parts. It is nearly the best number if the total load m mu tau is 1 and messages are free."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cells is not None:
            require_int("cells", self.cells, 1, self.parts)

    @property
    def number_of_cells(self) -> int:
        """Number of cells, as given or by default."""
        return cells_by_default(self.symbols, self.parts) if self.cells is None else self.cells

    def order(self, key: int, first: Int64) -> Int32:
        cuts = ends_of_even(self.parts, self.number_of_cells)
        workers = np.diff(self.ends[cuts])
        rightward = -(-workers // 2)
        group = np.stack((rightward, workers - rightward), axis=1).ravel()
        starts = np.stack((cuts[:-1], cuts[1:] - 1), axis=1).ravel()
        steps = np.tile([1, -1], len(workers))
        return along(first, np.repeat(starts, group), np.repeat(steps, group), self.parts)


@dataclass(frozen=True)
class TermsStaircase(CyclicTerms):
    """Worker j sends the single terms j, j + 1, ... if j is even and j, j - 1, ... if it is odd, around the circle.

    Reference: the staircase scheduling of M. M. Amiri and D. Gunduz, "Computation scheduling for distributed machine
    learning with straggling workers", IEEE Trans. Signal Processing 67 (2019), arXiv 1810.09992. Workers are counted
    from 0 here.
    """

    @property
    def steps(self) -> Int64:
        return np.where(np.arange(self.symbols) % 2, -1, 1)


@compiled(small=LINEAR, work=lambda first, start, step, parts: len(first) + first[-1])
def along(first: Int64, start: Int64, step: Int64, parts: int) -> Int32:
    """Return the parts around the circle from number ``start[j]`` on for worker j, in steps of 1 or -1."""
    order = np.empty(first[-1], np.int32)
    for j in range(start.shape[0]):
        part = start[j]
        for i in range(first[j], first[j + 1]):
            order[i] = part
            part += step[j]
            if part == parts:
                part = 0
            elif part < 0:
                part = parts - 1
    return order


@dataclass(frozen=True)
class Arcs(BaseScheme):
    """Worker j sends f_j, the rest of its cell after j, that before j, and then the other cells around the circle.

    Each worker cuts the circle into ceil(m/d) cells of d symbols, from its phase on, the last one shorter where d does
    not divide m. After m terms it finishes. Its arcs are a partition of all symbols.
    """

    degree: int
    """d, from 1 to m."""
    phase: str = "common"
    """Start of a worker's first cell: ``"common"``, at symbol 0, so that the cells are the parts of BCC;
    ``"random"``, at a uniformly random symbol; ``"own"``, at j."""

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
def _cut(budget: BudgetArray, phase: Int64, d: int) -> tuple[Int32, Int64, Int64, Int64]:
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
def _fill(start: Int64, indptr: Int64, m: int) -> Int32:
    """Return the symbols of each arc."""
    indices = np.empty(indptr[-1], np.int32)
    for i in range(start.shape[0]):
        c = start[i]
        for e in range(indptr[i], indptr[i + 1]):
            indices[e] = c
            c = c + 1 if c + 1 < m else 0
    return indices


def parts_sent(
    budget: BudgetArray, first: Int64, order: npt.NDArray[np.integer], ends: Int64, ended: Bools
) -> EncodedSymbols:
    """Return the parts that workers complete when they send them in order, in O(parts in the orders + terms sent) time.

    ``budget`` (int64 array, shape (workers,)): term evaluations of each worker. ``first`` (int64 array, shape (workers
    + 1,)): start of the order of each worker in ``order``. ``order`` (int array, shape (first[-1],)): worker j sends
    the parts of the numbers ``order[first[j]:first[j + 1]]``. ``ends`` (int64 array, shape (parts + 1,)): part i has
    the columns ``ends[i]`` to ``ends[i + 1] - 1``. ``ended`` (bool array, shape (workers,)): see
    :class:`srtheory.schemes.base.EncodedSymbols`.
    """
    worker, terms, indptr, indices = _send(budget, first, order.astype(np.int32, copy=False), ends)
    return EncodedSymbols(Rows(int(ends[-1]), indptr, indices), worker, terms, ended)


def cells(columns: int, size: int) -> Int64:
    """Return starts and ends of consecutive parts of one size, the last shorter, of shape (ceil(columns/size) + 1,)."""
    return np.minimum(np.arange(-(-columns // size) + 1) * size, columns)


@compiled(small=LINEAR, work=lambda budget, first, order, ends: len(budget) + len(order) * (2 + np.diff(ends).max()))
def _send(budget: BudgetArray, first: Int64, order: Int32, ends: Int64) -> tuple[Int32, Int64, Int64, Int32]:
    """Return the sender and the sender's terms of every part, and boundaries and columns of the rows."""
    most, n, entries, largest = order.shape[0], 0, 0, 0
    for i in range(ends.shape[0] - 1):
        largest = max(largest, ends[i + 1] - ends[i])
    worker, terms, indptr = np.empty(most, np.int32), np.empty(most, np.int64), np.zeros(most + 1, np.int64)
    indices = np.empty(most * largest, np.int32)
    for j in range(budget.shape[0]):
        done = 0
        for i in range(first[j], first[j + 1]):
            begin, end = ends[order[i]], ends[order[i] + 1]
            if done + end - begin > budget[j]:
                break
            done += end - begin
            for c in range(begin, end):
                indices[entries] = c
                entries += 1
            worker[n], terms[n], indptr[n + 1] = j, done, entries
            n += 1
    return worker[:n], terms[:n], indptr[: n + 1], indices[:entries]
