"""Sum-recovery codes with blocks of chosen sizes, so that peeling decodes them (docs/decoding.md, 2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.rows import Rows, boundaries
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.streams import STATE_WORDS, open_stream, unit
from srtheory.schemes.sum_recovery import fill_blocks
from srtheory.sizes import Stage, read_sizes, write_sizes
from srtheory.types import Floats

SIZE_LANE = 1  # lane of a worker's stream; lane 0 has its permutation, as in SumRecovery


@dataclass(frozen=True)
class SizedSumRecovery(BaseScheme):
    """SR code with random sizes: worker i sends f_i, then blocks of a random permutation of the other symbols.

    The i-th block of every worker has a size from the i-th stage, drawn independently. The last stage repeats until the
    permutation ends, and the last block holds the remainder. A worker's symbols partition [m]. With a single size this
    is :class:`~srtheory.schemes.sum_recovery.SumRecovery`, to the bit.

    Parameters
    ----------
    symbols : int
        m >= 1, the number of source symbols and of workers.
    sizes : str
        See :func:`read_sizes`; kept in its shortest form.
    """

    sizes: str

    decoder = "peeling"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "sizes", write_sizes(read_sizes(self.sizes)))

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Distributions of the sizes of the first, second, ... block; the last one is that of all further blocks."""
        return read_sizes(self.sizes)

    @cached_property
    def _ladders(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
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
        fill_blocks(np.uint64(key), rows, indptr, indices, self.symbols)
        return EncodedSymbols(Rows(self.symbols, indptr, indices), worker, terms, budget >= self.symbols)


@compiled(small=LINEAR, work=lambda key, budget, symbols, *sizes: np.minimum(budget, symbols).sum(dtype=np.float64))
def _cut(
    key: np.uint64,
    budget: BudgetArray,
    symbols: int,
    heads: npt.NDArray[np.int64],
    sizes: npt.NDArray[np.int64],
    ladder: Floats,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
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
