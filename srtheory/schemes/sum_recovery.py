"""Sum-recovery codes (section III-A), access-limited (SR-k), with replacement, and with blocks of chosen sizes.

The sizes are chosen so that peeling decodes them (docs/proofs/decoding.md, 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from srtheory.compiled import LINEAR, compiled, copy_into
from srtheory.errors import ArgumentError, require_int
from srtheory.matrix import Rows, boundaries
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.streams import STATE_WORDS, draw_distinct, open_stream, shuffle_into, unit
from srtheory.sizes import Stage, read_sizes, write_sizes
from srtheory.types import Floats, Int32, Int64, Uint64


@dataclass(frozen=True)
class SumRecovery(BaseScheme):
    """SR code: worker i sends f_i, then sums over blocks of d of the other symbols, drawn without replacement or with.

    A worker's blocks are consecutive pieces of one uniformly random permutation of the other m - 1 symbols. Where d
    does not divide their number, a last block holds the remainder, so that a worker's symbols always partition the
    symbols that it can access. (The paper assumes that (m - 1)/d is an integer, although it is not for its own m =
    1000, d = 10).
    """

    degree: int
    """d >= 1, terms in a parity symbol; d >= m - 1 gives a single parity."""
    access: int | None = None
    """k from 1 to m: worker i sees f_i and k - 1 random others (SR-k).  That is the same as cutting its permutation
    short after k - 1 entries, so for one key a worker of SR-k sends a prefix of what it sends in SR-m, but for a
    remainder block that cuts the next block short.  None: m."""
    replacement: bool = False
    """True: each block is a fresh uniform d-subset of what the worker sees, and the stream never ends."""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("degree", self.degree)
        if self.access is not None:
            require_int("access", self.access, 1, self.symbols)
        if not isinstance(self.replacement, bool):
            raise ArgumentError("replacement", self.replacement, "True or False")

    @property
    def others(self) -> int:
        """Number of symbols besides its own that a worker can access, k - 1."""
        return (self.symbols if self.access is None else self.access) - 1

    @property
    def rateless(self) -> bool:
        return self.replacement and self.others > 0

    @classmethod
    def largest_size(cls, symbols: int) -> int:
        return max(1, symbols - 1)

    def expected_terms(self) -> tuple[float, float]:
        return 1.0, float(min(self.degree, self.others)) if self.others else float("inf")

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time (+ m^2 with replacement)."""
        rows, worker, terms, indptr = _lay_out(budget, min(self.degree, self.others), self.others, self.rateless)
        indices = np.empty(indptr[-1], np.int32)
        fill_blocks(np.uint64(key), rows, indptr, indices, self.symbols, self.others if self.replacement else -1)
        ended = np.zeros(self.symbols, np.bool_) if self.rateless else budget > self.others
        return EncodedSymbols(Rows(self.symbols, indptr, indices), worker, terms, ended)


@compiled(
    small=LINEAR, work=lambda budget, block, *_: len(budget) + np.minimum(budget, len(budget)).sum() // (block + 1)
)
def _lay_out(budget: BudgetArray, block: int, others: int, rateless: bool) -> tuple[Int64, Int32, Int64, Int64]:
    """Return the symbols of each worker, and each symbol's sender, terms and boundaries: own, whole blocks, rest."""
    rows = np.zeros(budget.shape[0], np.int64)
    for j in range(budget.shape[0]):
        if budget[j] >= 1:
            paid = budget[j] - 1 if rateless else min(budget[j] - 1, others)
            rest = not rateless and paid == others and block > 0 and others % block > 0
            rows[j] = 1 + (paid // block if block > 0 else 0) + rest
    n = rows.sum()
    worker, terms, indptr = np.empty(n, np.int32), np.empty(n, np.int64), np.zeros(n + 1, np.int64)
    i = 0
    for j in range(budget.shape[0]):
        done, size = 0, 1
        for _ in range(rows[j]):
            done += size
            worker[i], terms[i], indptr[i + 1] = j, done, indptr[i] + size
            size = block if rateless else min(block, others + 1 - done)
            i += 1
    return rows, worker, terms, indptr


@compiled(small=LINEAR)
def fill_blocks(key: np.uint64, rows: Int64, indptr: Int64, indices: Int32, symbols: int, afresh: int) -> None:
    """Write the columns of every row; blocks are drawn with replacement from ``afresh`` others, if it is not -1."""
    order, state = _identity(symbols - 1), np.empty(STATE_WORDS, np.uint64)
    row = 0
    for j in range(rows.shape[0]):
        if rows[j] == 0:
            continue
        indices[indptr[row]] = j
        low, high = indptr[row + 1], indptr[row + rows[j]]
        if high > low:
            open_stream(state, key, j, 0)
            if afresh < 0:
                draw_distinct(state, order, indices[low:high])
            else:
                _draw_afresh(state, order, indptr[row + 1 : row + rows[j] + 1], indices, afresh)
            for i in range(low, high):  # numbers of the other symbols become numbers of symbols
                indices[i] += indices[i] >= j
        row += rows[j]


@compiled
def _identity(size: int) -> Int32:
    order = np.empty(size, np.int32)
    for i in range(size):
        order[i] = i
    return order


@compiled
def _draw_afresh(state: Uint64, order: Int32, indptr: Int64, indices: Int32, others: int) -> None:
    """Draw the blocks as independent uniform subsets of the first ``others`` entries of a random permutation."""
    if others < order.shape[0]:
        shuffle_into(state, order, 0, others, order.shape[0])
    for b in range(indptr.shape[0] - 1):
        size = indptr[b + 1] - indptr[b]
        shuffle_into(state, order, 0, size, others)
        copy_into(indices[indptr[b] : indptr[b + 1]], order[:size])
    for i in range(order.shape[0]):
        order[i] = i


SIZE_LANE = 1  # lane of a worker's stream; lane 0 has its permutation, as in SumRecovery


@dataclass(frozen=True)
class SizedSumRecovery(BaseScheme):
    """SR code with random sizes: worker i sends f_i, then blocks of a random permutation of the other symbols.

    The i-th block of every worker has a size from the i-th stage, drawn independently. The last stage repeats until the
    permutation ends, and the last block holds the remainder. A worker's symbols partition [m]. With a single size this
    is :class:`~srtheory.schemes.sum_recovery.SumRecovery`, to the bit.
    """

    sizes: str
    """See :func:`read_sizes`; kept in its shortest form."""

    decoder = "peeling"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "sizes", write_sizes(read_sizes(self.sizes)))

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Distributions of the sizes of the first, second, ... block; the last one is that of all further blocks."""
        return read_sizes(self.sizes)

    @cached_property
    def _ladders(self) -> tuple[Int64, Int64, Floats]:
        """Start and end of each stage in the other two arrays: the sizes of all stages and cumulative probabilities."""
        heads = boundaries(np.array([len(stage.sizes) for stage in self.stages]))
        sizes = np.array([size for stage in self.stages for size in stage.sizes])
        return heads, sizes, np.concatenate([np.append(np.cumsum(stage.shares)[:-1], 1.0) for stage in self.stages])

    @classmethod
    def options_of_size(cls, terms: int) -> dict[str, Any]:
        return {"sizes": str(terms)}

    @classmethod
    def largest_size(cls, symbols: int) -> int:
        return max(1, min(symbols - 1, 3))  # peeling has no use for larger blocks

    def expected_terms(self) -> tuple[float, float]:
        others = self.symbols - 1
        return 1.0, min(self.stages[-1].mean, float(others)) if others else float("inf")

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time."""
        rows, terms = _cut(np.uint64(key), budget, self.symbols, *self._ladders)
        worker = np.repeat(np.arange(self.symbols, dtype=np.int32), rows)
        lengths = np.diff(terms, prepend=0)
        lengths[(np.cumsum(rows) - rows)[rows > 0]] = 1
        indptr = boundaries(lengths)
        indices = np.empty(indptr[-1], np.int32)
        fill_blocks(np.uint64(key), rows, indptr, indices, self.symbols, -1)
        return EncodedSymbols(Rows(self.symbols, indptr, indices), worker, terms, budget >= self.symbols)


@compiled(small=LINEAR, work=lambda key, budget, symbols, *sizes: np.minimum(budget, symbols).sum(dtype=np.float64))
def _cut(
    key: np.uint64, budget: BudgetArray, symbols: int, heads: Int64, sizes: Int64, ladder: Floats
) -> tuple[Int64, Int64]:
    """Return the symbols that each worker completes within its budget, and its terms evaluated after each of them."""
    state = np.empty(STATE_WORDS, np.uint64)
    rows = np.zeros(budget.shape[0], np.int64)
    terms = np.empty(1024, np.int64)
    n = 0
    for j in range(budget.shape[0]):
        if budget[j] < 1:
            continue
        open_stream(state, key, j, SIZE_LANE)
        done, stage = 1, 0
        while done <= budget[j]:
            if n == terms.shape[0]:
                terms = np.concatenate((terms, np.empty_like(terms)))
            terms[n] = done
            rows[j] += 1
            n += 1
            if done == symbols:
                break
            low, high = heads[stage], heads[stage + 1]
            drawn = low
            if high - low > 1:
                drawn += np.searchsorted(ladder[low:high], unit(state), side="right")
            done += min(sizes[drawn], symbols - done)
            stage = min(stage + 1, heads.shape[0] - 2)
    return rows, terms[:n].copy()
