"""Peeling of SR codes with blocks of any sizes as m grows: density evolution, and sizes by a linear program.

Density evolution is a heuristic here: blocks count as independent, and their numbers as Poisson. Proved results on
peeling are in docs/proofs/decoding.md, 1 and 3. The linear program runs over all cuttings into blocks that peeling
decodes by a given time, with the fewest rows; its conditions are those of density evolution.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, linprog
from scipy.sparse import csr_array

from srtheory.errors import ArgumentError, require_int, require_not_negative, require_positive
from srtheory.model import Model, depends_on
from srtheory.sizes import Stage, read_sizes, write_sizes
from srtheory.types import Floats, Int64

MAX_SYMBOLS = 10**7
"""Largest number of symbols."""
_GRID = 2000


@dataclass(frozen=True, eq=False)
class Arrived:
    """Expected symbols that the master has received, per source symbol."""

    systematic: float
    """s, the fraction of the symbols that have arrived alone, as first symbols of their workers."""
    blocks: Floats
    """r_k, blocks of k symbols divided by m; shape (largest size + 1,)."""

    @property
    def rows(self) -> float:
        """Received rows per source symbol, s + sum r_k."""
        return self.systematic + float(self.blocks.sum())

    @property
    def terms(self) -> float:
        """Terms in them per source symbol, s + sum k r_k."""
        return self.systematic + float(self.blocks @ np.arange(len(self.blocks)))

    def unknown(self) -> float:
        """Return the fraction of the symbols that peeling leaves, by density evolution. See :func:`unknown_share`."""
        return unknown_share(self.systematic, self.blocks)


@depends_on()
def arrived(model: Model, sizes: str, t: float) -> Arrived:
    """Return the exact mean arrivals by t from workers that cut their permutations into blocks of these sizes.

    ``sizes``: as of :class:`~srtheory.schemes.sum_recovery.SizedSumRecovery`. O(n b s) for n terms that a worker can do
    by t in b blocks, and distributions of s sizes; O(n) where sizes are not drawn.
    """
    m = require_int("symbols", model.symbols, 1, MAX_SYMBOLS)
    others, stages = m - 1, read_sizes(sizes)
    ready = np.asarray(model.startup.cdf(t - model.tau * np.arange(1, m + 1)))  # by then 1, 2, ..., m terms are done
    blocks = np.zeros(max(1, min(others, max(max(stage.sizes) for stage in stages))) + 1)
    begins = {0: 1.0}  # others done when the block begins, and its probability
    for number in count():
        begins = {done: share for done, share in begins.items() if done < others and ready[done] > 0}
        if not begins:
            return Arrived(float(ready[0]), blocks)
        begins = _advance(begins, stages[min(number, len(stages) - 1)], ready, blocks)
    raise AssertionError


def _advance(begins: dict[int, float], stage: Stage, ready: Floats, blocks: Floats) -> dict[int, float]:
    """Add the arrivals of the next block to ``blocks``, and return where the block after it begins."""
    others = len(ready) - 1
    ends: dict[int, float] = {}
    for done, share in begins.items():
        for size, chance in zip(stage.sizes, stage.shares, strict=True):
            end = min(others, done + size)
            blocks[end - done] += share * chance * ready[end]
            ends[end] = ends.get(end, 0.0) + share * chance
    return ends


def unknown_share(systematic: float, blocks: npt.ArrayLike) -> float:
    """Return the largest fixed point x <= 1 - s of x = (1 - s) exp(-sum_k k r_k (1 - x)^(k - 1)): what peeling leaves.

    s is from 0 to 1, and ``blocks`` has the r_k >= 0 of size k, from k = 0 on (r_0 plays no part). Where the right side
    is below x at every point of a grid from 1 - s down to some x, the fixed point is looked for below that x, and
    between the last such point and the next it is found by Brent's method. Two fixed points closer than the grid are
    both missed: rates within some 10^-4 of a threshold may be said to peel.
    """
    r = np.asarray(blocks, dtype=float)
    if not 0 <= systematic <= 1:
        raise ArgumentError("systematic", systematic, "a fraction from 0 to 1")
    if r.ndim != 1 or not (np.isfinite(r) & (r >= 0)).all():
        raise ArgumentError("blocks", r.ravel()[:5].tolist(), "finite numbers of at least 0, by size")
    weights, powers, most = np.arange(1, len(r)) * r[1:], np.arange(len(r) - 1), 1.0 - systematic

    def above(x: float) -> float:
        return most * float(np.exp(-(weights @ (1.0 - x) ** powers))) - x

    if most == 0 or above(most) >= 0:
        return most
    grid = np.unique(np.concatenate([np.geomspace(most * 1e-16, most, _GRID), np.linspace(0.0, most, _GRID)]))[::-1]
    place = next(i for i, x in enumerate(grid.tolist()) if above(x) >= 0)  # at 0 it is
    return float(brentq(above, grid[place], grid[place - 1], xtol=1e-16))


# -------------------------------------------------------------------------------------- block sizes by a linear program

MOST_MARGIN, LEAST_UNCOVERED = 1e6, 1e-100
"""The largest margin, in standard deviations, and the fewest uncovered symbols."""
_LEAST_FLOW = 1e-9
_MISSED = 1e-6
"""Tolerance to which the conditions are met."""
_MOST_STEPS = 200


@dataclass(frozen=True)
class Design:
    """Block sizes for a delay model, with a bound on how good they could be."""

    sizes: str
    """The best path found near those of the linear program's flow."""
    rows: float
    terms: float
    """Expected rows and terms per symbol by the requested time, with these sizes."""
    least_rows: float
    """Optimum of the linear program: what the best mixture of paths needs to meet the same conditions."""
    missed: float
    """Amount by which these sizes miss a condition, 0 if they meet all: one path may be insufficient where several
    suffice."""


@depends_on()
def design(model: Model, t: float, *, margin: float = 1.5, uncovered: float = 0.5, largest: int = 70) -> Design | None:
    """Return block sizes with which peeling succeeds by about t with the fewest rows, or None if no sizes do or m is 1.

    A worker's cutting of its permutation is a path from 0 on. The expected blocks are linear in the flow over all
    cuttings, and so are the conditions of density evolution, with room for fluctuations, and of coverage:

        sum_k k r_k (1 - x)^(k - 1) >= ln((1 - s)/(x - c sqrt(x/m))),   sum_k k r_k >= ln((1 - s) m/eta).

    ``margin`` is c >= 0, in standard deviations of the number of unknown symbols, as if each were unknown
    independently; ``uncovered`` is eta > 0, the expected number of uncovered symbols at t; ``largest`` is the largest
    size. Seconds where a worker does some hundred terms by t: one variable for each of these and each size. The best
    path is looked for near those of the optimum, size by size. A better one may be missed.
    """
    m = require_int("symbols", model.symbols, 1, MAX_SYMBOLS)
    c, eta = require_not_negative("margin", margin), require_positive("uncovered", uncovered)
    if eta < LEAST_UNCOVERED:
        raise ArgumentError("uncovered", uncovered, f"a number of at least {LEAST_UNCOVERED:g}")
    if c > MOST_MARGIN:
        raise ArgumentError("margin", margin, f"a number from 0 to {MOST_MARGIN:g}")
    require_int("largest", largest, 1)
    ready = np.asarray(model.startup.cdf(t - model.tau * np.arange(1, m + 1)))
    reach = int(np.count_nonzero(ready)) - 1
    if reach < 1:
        return None
    wanted, cap = _conditions(m, float(ready[0]), c, eta), min(largest, m - 1)
    flow = _least_flow(ready, reach, cap, wanted)
    if flow is None:
        return None
    missed, _, path = min(_improved(path, ready, wanted, cap) for path in flow.paths())
    sizes = write_sizes(tuple(Stage((k,)) for k in path))
    found = arrived(model, sizes, t)
    return Design(sizes, found.rows, found.terms, float(ready[0]) + flow.rows, missed)


@dataclass(frozen=True, eq=False)
class _Conditions:
    """The conditions sum_k k r_k (1 - x)^(k - 1) >= ``need`` for each x; x = 0 is coverage."""

    x: Floats
    need: Floats

    def gain(self, sizes: Int64) -> Floats:
        """Return the contribution of one expected block of each size to each condition, shape (conditions, sizes)."""
        return sizes * (1 - self.x[:, None]) ** (sizes - 1)


def _conditions(m: int, s: float, margin: float, eta: float) -> _Conditions:
    """Return the conditions; only coverage if so few symbols are, or might be, unknown that the margin has no room."""
    low, high = max(2.5 * margin**2, 1.0) / m, 1 - s
    x = np.zeros(0)
    if low < high:
        x = np.unique(np.clip(np.concatenate([np.geomspace(low, high, 60), np.linspace(low, high, 30)]), low, high))
    need = np.log(high / (x - margin * np.sqrt(x / m)))
    cover = np.log(high * m / eta) if high > 0 else 0.0
    return _Conditions(np.append(x, 0.0), np.append(need, cover).clip(min=0.0))


@dataclass(frozen=True, eq=False)
class _Flow:
    """Unit flow over the cuttings of a permutation: how much continues from ``begin`` with blocks of ``size``."""

    begin: Int64
    size: Int64
    amount: Floats
    rows: float

    def paths(self) -> list[list[int]]:
        """Return paths of which the flow is a mixture, heaviest edges first; they are few."""
        left: dict[int, dict[int, float]] = {}
        for b, k, amount in zip(self.begin.tolist(), self.size.tolist(), self.amount.tolist(), strict=True):
            if amount > _LEAST_FLOW:
                left.setdefault(b, {})[k] = amount
        found = []
        while left.get(0):
            at, path = 0, []
            while left.get(at):
                path.append(max(left[at], key=left[at].__getitem__))
                at += path[-1]
            places = np.cumsum([0, *path[:-1]]).tolist()
            least = min(left[b][k] for b, k in zip(places, path, strict=True))
            for b, k in zip(places, path, strict=True):
                left[b][k] -= least
                if left[b][k] <= _LEAST_FLOW:
                    del left[b][k]
            found.append(path)
        return found


def _least_flow(ready: Floats, reach: int, largest: int, wanted: _Conditions) -> _Flow | None:
    """Return the flow with the fewest expected rows under the conditions, or None if no flow meets them."""
    begin, size = (array.ravel() for array in np.meshgrid(np.arange(reach), np.arange(1, largest + 1)))
    inside = begin + size < len(ready)  # a block ends with the permutation at the latest
    begin, size = begin[inside], size[inside]
    end = begin + size
    weight = ready[end]
    each, inner = np.arange(len(begin)), end < reach
    out = csr_array((np.ones(len(each)), (begin, each)), shape=(reach, len(each)))
    into = csr_array((np.ones(int(inner.sum())), (end[inner], each[inner])), shape=(reach, len(each)))
    start = np.zeros(reach)
    start[0] = 1.0
    least, most = -wanted.gain(size) * weight, -wanted.need
    found = linprog(weight, A_ub=least, b_ub=most, A_eq=out - into, b_eq=start, bounds=(0, None), method="highs")
    return _Flow(begin, size, found.x, float(found.fun)) if found.status == 0 else None


def _improved(path: list[int], ready: Floats, wanted: _Conditions, cap: int) -> tuple[float, float, list[int]]:
    """Return the path after changing single sizes while that helps; what it misses counts first, then its rows.

    The last block is cut where the permutation ends.
    """
    last = len(ready) - 1

    def cost(sizes: list[int]) -> tuple[float, float]:
        ends = np.cumsum(sizes)
        ends = np.append(ends, np.arange(ends[-1] + sizes[-1], last + sizes[-1], sizes[-1]))
        ends = np.append(ends[ends < last], last)
        weight, size = ready[ends], np.diff(ends, prepend=0)
        missed = float((wanted.need - wanted.gain(size) @ weight).max())
        return (missed if missed > _MISSED else 0.0), float(weight.sum())

    best = (*cost(path), path)
    for _ in range(_MOST_STEPS):
        new = min((*cost(near), near) for near in _near(best[2], cap))
        if new[:2] >= best[:2]:
            break
        best = new
    return best


def _near(path: list[int], cap: int) -> Iterator[list[int]]:
    """Return paths with one size changed, left out or repeated, and no size above ``cap``."""
    for i, size in enumerate(path):
        for changed in {size + step for step in (-8, -3, -2, -1, 1, 2, 3, 8)}:
            if 1 <= changed <= cap:
                yield [*path[:i], changed, *path[i + 1 :]]
        yield [*path[:i], size, *path[i:]]
        if len(path) > 1:
            yield [*path[:i], *path[i + 1 :]]
