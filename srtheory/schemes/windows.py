"""Coupled sum-recovery codes: a worker's own term, then sums over random terms of windows of neighbouring terms.

Peeling decodes them from m + o(m) rows of O(log m) terms, which it cannot where blocks are random terms of all m
(docs/proofs/coupled.md). :class:`WindowedSumRecovery` is the practical form, on a line; :class:`CoupledCells` is the
form of the theorems, with windows of whole cells and independent blocks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from srtheory.compiled import LINEAR, compiled
from srtheory.errors import ArgumentError, require_int, require_not_negative
from srtheory.matrix import Rows
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.streams import STATE_WORDS, below, draw_distinct, open_stream, unit
from srtheory.types import Int32, Int64

Sent = tuple[Int32, Int64, Int64, Int32]


def window_by_default(symbols: int) -> int:
    """Return a number of terms in a window, 2 m^(5/8) rounded, between 1 and m.

    It follows the best windows found at m = 10^3 to 10^6 (docs/proofs/coupled.md, 4.2). m from 1 on.
    """
    return min(int(symbols), round(2 * int(symbols) ** 0.625))


def degree_by_default(symbols: int, goal: str, systematic: float) -> int:
    """Return ln((1 - s) m)/(1 - s + e) rounded, at least 1: with (1 + e) m rows about one term is left uncovered.

    ``goal``: e is 0.05 for few "rows" and 0.25 for "latency", the best of 9 degrees within a few % at m = 10^3 to 10^5
    and three loads (docs/proofs/coupled.md, 2). ``systematic``: s, their systematic fraction, which the load gives.
    """
    more = {"rows": 0.05, "latency": 0.25}[goal]
    return max(1, round(math.log(symbols * (1 - systematic)) / (1 - systematic + more)))


class _Peeled(BaseScheme):
    """Base class: peeling has little use for blocks of more than a few times ln m terms."""

    decoder = "peeling"

    @classmethod
    def largest_size(cls, symbols: int) -> int:
        return max(1, min(symbols - 1, round(4 * math.log(symbols))))


@dataclass(frozen=True)
class WindowedSumRecovery(_Peeled):
    """SR code with windows: worker i sends f_i, then blocks of random terms of windows, none of them twice.

    The terms lie on a line. A window has W neighbouring places, of which at least g are terms and the others lie
    beyond an end. Its block has d terms, or proportionally fewer, rounded at random, where the window is cut off. The
    first window is centred on i, or near the other end if it would have fewer than g terms; each further one is next to
    the one before, once around, and then from a random one on; or each is drawn anew. A worker that has sent all m
    terms has finished.
    """

    degree: int | None = None
    """d >= 1; a block has at most W terms. None: by :func:`degree_by_default`, the number that it is from then on."""
    window: int | None = None
    """W, from 1 to m. None: about 2 m^(5/8)."""
    overlap: int | None = None
    """g, from 1 to W. None: W/20, at least 1."""
    order: Literal["adjacent", "independent"] = "adjacent"
    """Whether a further window is next to the one before it, or uniformly random."""
    goal: Literal["latency", "rows"] = "latency"
    """What a degree of None is to save."""
    systematic: float = 0.13
    """s for a degree of None: the systematic fraction of about m rows, from 0, below 1; that of the paper's load."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.goal not in ("latency", "rows"):
            raise ArgumentError("goal", self.goal, "latency or rows")
        if require_not_negative("systematic", self.systematic) >= 1:
            raise ArgumentError("systematic", self.systematic, "from 0, below 1")
        if self.degree is None:
            object.__setattr__(self, "degree", degree_by_default(self.symbols, self.goal, self.systematic))
        require_int("degree", self.degree, 1, 10**9)
        if self.window is not None:
            require_int("window", self.window, 1, self.symbols)
        if self.overlap is not None:
            require_int("overlap", self.overlap, 1, self.places)
        if self.order not in ("adjacent", "independent"):
            raise ArgumentError("order", self.order, "adjacent or independent")

    @property
    def places(self) -> int:
        """W, the number of places in a window."""
        return window_by_default(self.symbols) if self.window is None else int(self.window)

    def expected_terms(self) -> tuple[float, float]:
        return 1.0, float(min(self.degree or 1, self.places))

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time until windows are exhausted."""
        overlap = max(1, self.places // 20) if self.overlap is None else self.overlap
        adjacent = self.order == "adjacent"
        sent = _emit_windows(np.uint64(key), budget, self.symbols, self.degree, self.places, overlap, adjacent)
        worker, terms, indptr, indices = sent
        return EncodedSymbols(Rows(self.symbols, indptr, indices), worker, terms, budget >= self.symbols)


@compiled(small=LINEAR, work=lambda key, budget, symbols, *_: symbols + np.minimum(budget, symbols).sum())
def _emit_windows(
    key: np.uint64, budget: BudgetArray, symbols: int, degree: int, window: int, overlap: int, adjacent: bool
) -> Sent:
    """Return the sender, terms, boundaries and columns of each symbol."""
    state = np.empty(STATE_WORDS, np.uint64)
    user = np.full(symbols, -1)  # the last worker that has sent a term
    starts = symbols + window - 2 * overlap + 1  # places where a window may begin
    worker, terms, ends, indices = [np.int32(0)], [0], [0], [np.int32(0)]  # the first entries give the types
    for j in range(budget.shape[0]):
        if budget[j] < 1:
            continue
        worker.append(np.int32(j))
        terms.append(1)
        indices.append(np.int32(j))
        ends.append(len(indices) - 1)
        user[j], done = j, 1
        open_stream(state, key, j, 0)
        start, seen = (j + window // 2 - overlap) % starts, 0
        while done < min(budget[j], symbols):
            low, high = max(start + overlap - window, 0), min(start + overlap, symbols)
            size, rest = divmod(degree * (high - low), window)
            if rest > 0 and below(state, window) < rest:
                size += 1
            size = min(max(size, 1), high - low)
            if done > high - low - size:  # perhaps the window has fewer terms that have not been sent
                size = min(size, int((user[low:high] != j).sum()))
            if done + size > budget[j]:
                break
            for _ in range(size):
                place = low + below(state, high - low)
                while user[place] == j:
                    place = low + below(state, high - low)
                user[place] = j
                indices.append(np.int32(place))
            if size > 0:
                done += size
                worker.append(np.int32(j))
                terms.append(done)
                ends.append(len(indices) - 1)
            seen += 1
            beside = adjacent and seen % (-(-starts // window)) > 0
            start = (start + window) % starts if beside else below(state, starts)
    return np.array(worker)[1:], np.array(terms)[1:], np.array(ends), np.array(indices)[1:]


@dataclass(frozen=True)
class CoupledCells(_Peeled):
    """Coupled code over cells: worker i sends f_i, then endless blocks, independent of i.

    A block has d random places of a random window of w neighbouring cells, all cells alike. With seeds the cells form a
    circle, and a share of the blocks is a single term each, of the last w - 1 cells. Without seeds w - 1 further cells
    of known zeros close the circle instead. Cells whose numbers of terms differ by one are filled up with a known zero.
    Zeros are not evaluated, and a block of zeros alone is not sent. The windows of a worker are independent of each
    other; or adjacent, once around, and then from a random one on, so that its blocks once around share no terms.
    """

    degree: int
    """d >= 1; a block has at most as many terms as its window."""
    cells: int | None = None
    """Number of cells that the terms fill, from 1 to m. None: eight of them have about 1.5 m^(4/5) terms, for which
    :mod:`srtheory.theory.coupled` proves most at m = 10^4 to 10^7."""
    window: int | None = None
    """w, cells in a window, from 1 to ``cells``. None: 8, or all cells if they are fewer."""
    seeds: float = 0.0
    """Share of the blocks that are seeds, from 0 to 1; above 0 it needs a window of two cells or more."""
    order: Literal["independent", "adjacent"] = "independent"
    """Whether a further window is next to the one before it, or uniformly random."""

    rateless = True

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("degree", self.degree, 1, 10**9)
        if self.cells is not None:
            require_int("cells", self.cells, 1, self.symbols)
        if self.window is not None:
            require_int("window", self.window, 1, self.number_of_cells)
        if require_not_negative("seeds", self.seeds) > (0 if self.width == 1 else 1):
            raise ArgumentError("seeds", self.seeds, "from 0 to 1, and 0 where a window has one cell")
        if self.order not in ("adjacent", "independent"):
            raise ArgumentError("order", self.order, "adjacent or independent")

    @property
    def number_of_cells(self) -> int:
        """Number of cells that the terms fill."""
        if self.cells is not None:
            return int(self.cells)
        return max(1, int(self.symbols) // max(1, round(1.5 * int(self.symbols) ** 0.8 / 8)))

    @property
    def width(self) -> int:
        """w, the number of cells in a window."""
        return min(8, self.number_of_cells) if self.window is None else int(self.window)

    @property
    def cell_size(self) -> int:
        """q, the number of places in a cell."""
        return -(-int(self.symbols) // self.number_of_cells)

    @property
    def around(self) -> int:
        """k, the number of cells of the circle: those of zeros included."""
        return self.number_of_cells + (0 if self.seeds else self.width - 1)

    def expected_terms(self) -> tuple[float, float]:
        places = self.around * self.cell_size
        block = min(self.degree, self.width * self.cell_size) * self.symbols / places
        return 1.0, max(1.0, (1 - self.seeds) * block + self.seeds)

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms drawn + m) time."""
        shape = (self.number_of_cells, self.around, self.width, self.cell_size)
        runs = self.around // self.width if self.order == "adjacent" else 1
        found = _emit_cells(np.uint64(key), budget, self.symbols, self.degree, *shape, float(self.seeds), runs)
        worker, terms, indptr, indices = found
        rows = Rows(self.symbols, indptr, indices)
        return EncodedSymbols(rows, worker, terms, np.zeros(self.symbols, np.bool_))


@compiled(small=LINEAR, work=lambda key, budget, symbols, *_: symbols + budget.sum(dtype=np.float64))
def _emit_cells(
    key: np.uint64,
    budget: BudgetArray,
    symbols: int,
    degree: int,
    cells: int,
    around: int,
    width: int,
    size: int,
    seeds: float,
    runs: int,
) -> Sent:
    """Return the sender, terms, boundaries and columns of each symbol; ``runs`` windows in turn are adjacent."""
    state, order = np.empty(STATE_WORDS, np.uint64), np.arange(width * size).astype(np.int32)
    block, single = np.empty(min(degree, width * size), np.int32), np.empty(1, np.int32)
    worker, terms, ends, indices = [np.int32(0)], [0], [0], [np.int32(0)]  # the first entries give the types
    for j in range(budget.shape[0]):
        if budget[j] < 1:
            continue
        worker.append(np.int32(j))
        terms.append(1)
        indices.append(np.int32(j))
        ends.append(len(indices) - 1)
        done, seen, window = 1, 0, 0
        open_stream(state, key, j, 0)
        while done < budget[j]:
            drawn, first = block, 0
            if seeds > 0 and unit(state) < seeds:
                drawn, first = single, around - width + 1
                single[0] = below(state, (width - 1) * size)
            else:
                window = (window + width) % around if seen % runs else below(state, around)
                first, seen = window, seen + 1
                draw_distinct(state, order, block)
            start = len(indices)
            for place in drawn:
                cell = (first + place // size) % around
                if cell < cells:
                    term = cell * symbols // cells + place % size
                    if term < (cell + 1) * symbols // cells:
                        indices.append(np.int32(term))
            sent = len(indices) - start
            if done + sent > budget[j]:
                del indices[start:]
                break
            if sent > 0:
                done += sent
                worker.append(np.int32(j))
                terms.append(done)
                ends.append(len(indices) - 1)
    return np.array(worker)[1:], np.array(terms)[1:], np.array(ends), np.array(indices)[1:]
