"""Orders from both ends: workers start at the two ends of cells of neighbouring parts, and go towards each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.errors import require_int
from srtheory.rows import boundaries
from srtheory.schemes.base import BudgetArray, EncodedSymbols
from srtheory.schemes.parts import cells, parts_sent
from srtheory.schemes.streaming import PartsEven, UncodedStream
from srtheory.sizes import cells_by_default, ends_of_even


@dataclass(frozen=True)
class PartsPairs(PartsEven):
    """Even parts in cells of neighbouring parts; half of a cell's workers start at each of its ends.

    The parts are those of :class:`~srtheory.schemes.streaming.PartsEven`. They are cut into cells of neighbouring
    parts, whose numbers of parts differ by at most one. A cell has as many workers as terms. The first half of them,
    rounded up, start with the first part of the cell and go through the parts in order. The others start with the last
    part and go through the parts backwards. Nobody stops at the end of a cell.

    With one term in each part and about m tau/T cells the sum is recovered earlier than in cyclic order: uncovered
    parts of a cell have a worker's front at both ends (docs/floor.md).

    Reference: the workers of M. M. Amiri and D. Gunduz that ascend and descend in turn, :class:`TermsStaircase`, start
    at all terms.

    Parameters
    ----------
    symbols : int
        m >= 1, terms and workers.
    degree : int
        d, from 1 to m, the most terms in a part.
    cells : int, optional
        Number of cells, from 1 to that of the parts. None means the integer part of sqrt(m)/3, and at least 1 and at
        most the number of parts. It is nearly the best number if the total load m mu tau is 1 and messages are free.
    """

    cells: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cells is not None:
            require_int("cells", self.cells, 1, self.parts)

    @property
    def number_of_cells(self) -> int:
        """Number of cells, as given or by default."""
        return cells_by_default(self.symbols, self.parts) if self.cells is None else self.cells

    def order(self, key: int, first: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        cuts = ends_of_even(self.parts, self.number_of_cells)
        workers = np.diff(self.ends[cuts])
        rightward = -(-workers // 2)
        group = np.stack((rightward, workers - rightward), axis=1).ravel()
        starts = np.stack((cuts[:-1], cuts[1:] - 1), axis=1).ravel()
        steps = np.tile([1, -1], len(workers))
        return along(first, np.repeat(starts, group), np.repeat(steps, group), self.parts)


@dataclass(frozen=True)
class TermsStaircase(UncodedStream):
    """Worker j sends the single terms j, j + 1, ... if j is even and j, j - 1, ... if it is odd, around the circle.

    Reference: the staircase scheduling of M. M. Amiri and D. Gunduz, "Computation scheduling for distributed machine
    learning with straggling workers", IEEE Trans. Signal Processing 67 (2019), arXiv 1810.09992. Workers are counted
    from 0 here.
    """

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`; O(terms sent + m) time."""
        m = self.symbols
        first = boundaries(np.minimum(budget, m))
        order = along(first, np.arange(m), np.where(np.arange(m) % 2, -1, 1), m)
        return parts_sent(budget, first, order, cells(m, 1), budget >= m)


@compiled(small=LINEAR, work=lambda first, start, step, parts: len(first) + first[-1])
def along(
    first: npt.NDArray[np.int64], start: npt.NDArray[np.int64], step: npt.NDArray[np.int64], parts: int
) -> npt.NDArray[np.int32]:
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
