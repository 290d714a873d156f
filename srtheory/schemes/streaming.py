"""Uncoded streams: workers send parts or single terms in sequence, and coverage alone ends the run.

The paper compares with schemes of one message per worker. Like the sum-recovery code, these streams send one symbol
after the other and none twice. Their symbols are parts of one partition of [m], so that no decoder is needed. The
genie, which knows what has arrived, is a bound for all schemes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.errors import require_int
from srtheory.rows import Rows, boundaries
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.parts import cells, parts_sent
from srtheory.schemes.streams import STATE_WORDS, draw_distinct, open_stream
from srtheory.sizes import ends_of_even


@dataclass(frozen=True)
class UncodedStream(BaseScheme):
    """Base class: each worker finishes after all m terms."""

    decoder = "partition"

    @property
    def typical(self) -> float:
        """Approximate number of rows that a coupon collector needs."""
        return self.symbols * (math.log(self.symbols) + 1)

    def expected_terms(self) -> tuple[float, float]:
        return 1.0, 1.0


@dataclass(frozen=True)
class _PartsInOrder(UncodedStream):
    """Every worker sends all parts of BCC in some order: [0, m) in consecutive parts of d terms.

    The last part is shorter where d does not divide m.  With d = 1 the parts are single terms.

    Parameters
    ----------
    symbols : int
        m >= 1, terms and workers.
    degree : int
        d, from 1 to m.
    """

    degree: int

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

    def order(self, key: int, first: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """Return the start of every worker's order of the parts: entries first[j] .. first[j + 1] - 1 for worker j."""
        raise NotImplementedError


@dataclass(frozen=True)
class PartsStream(_PartsInOrder):
    """Every worker sends the parts in its own uniformly random order."""

    def order(self, key: int, first: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        part = np.empty(first[-1], np.int32)
        _draw_parts(np.uint64(key), first, part, self.parts)
        return part


@dataclass(frozen=True)
class PartsCyclic(_PartsInOrder):
    """Worker j first sends the part with the term j, number floor(j/d), and then goes round the parts.

    The number of workers that start at a part is its number of terms, the groups of fractional repetition, also at the
    shorter last part where d does not divide m. With d = 1 this is :class:`CyclicTerms`.
    """

    def order(self, key: int, first: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        return _around(first, np.arange(self.workers) // self.degree, self.parts)


@dataclass(frozen=True)
class PartsEven(_PartsInOrder):
    """Parts of nearly equal size in cyclic order: ceil(m/d) parts, whose numbers of terms differ by at most one.

    Part i has the terms floor(i m/P) to floor((i + 1) m/P) - 1 for P parts, at most d of them. As in
    :class:`PartsCyclic`, the number of workers that start at a part is its number of terms. The two schemes are equal
    if d divides m.

    Parameters
    ----------
    symbols : int
        m >= 1, terms and workers.
    degree : int
        d, from 1 to m, the most terms in a part.
    """

    @property
    def ends(self) -> npt.NDArray[np.int64]:
        """Starts and ends of the parts, shape (parts + 1,)."""
        return ends_of_even(self.symbols, self.parts)

    def expected_terms(self) -> tuple[float, float]:
        return self.symbols / self.parts, self.symbols / self.parts

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`; O(terms sent + m) time."""
        m, parts = self.symbols, self.parts
        first = boundaries(np.minimum(budget // (m // parts), parts))
        return parts_sent(budget, first, self.order(key, first), self.ends, budget >= m)

    def order(self, key: int, first: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        return _around(first, np.repeat(np.arange(self.parts), np.diff(self.ends)), self.parts)


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
class CyclicTerms(UncodedStream):
    """Worker j sends the single terms j, j + 1, ..., around the circle: cyclic scheduling.

    Reference: M. M. Amiri and D. Gunduz, "Computation scheduling for distributed machine learning with straggling
    workers", IEEE Trans. Signal Processing 67 (2019).
    """

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time."""
        m = self.symbols
        first = boundaries(np.minimum(budget, m))
        return parts_sent(budget, first, _around(first, np.arange(m), m), cells(m, 1), budget >= m)


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


@compiled(small=LINEAR, work=lambda first, start, parts: len(first) + first[-1])
def _around(first: npt.NDArray[np.int64], start: npt.NDArray[np.int64], parts: int) -> npt.NDArray[np.int32]:
    """Return the parts in cyclic order, starting at number ``start[j]`` for worker j."""
    order = np.empty(first[-1], np.int32)
    for j in range(start.shape[0]):
        part = start[j]
        for i in range(first[j], first[j + 1]):
            order[i] = part
            part = part + 1 if part + 1 < parts else 0
    return order


@compiled(small=LINEAR)
def _draw_parts(key: np.uint64, first: npt.NDArray[np.int64], part: npt.NDArray[np.int32], parts: int) -> None:
    """Write the start of every worker's order of the parts."""
    order = np.arange(parts).astype(np.int32)
    state = np.empty(STATE_WORDS, np.uint64)
    for j in range(first.shape[0] - 1):
        if first[j] == first[j + 1]:
            continue
        open_stream(state, key, j, 0)
        draw_distinct(state, order, part[first[j] : first[j + 1]])
