"""Block sizes that peeling decodes by a given time with the fewest rows: a linear program over all cuttings.

Its conditions are those of density evolution (:mod:`srtheory.theory.peeling`), which is a heuristic here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array

from srtheory.errors import ArgumentError, require_int, require_not_negative, require_positive
from srtheory.model import Model, depends_on
from srtheory.sizes import Stage, write_sizes
from srtheory.theory.peeling import MAX_SYMBOLS, arrived
from srtheory.theory.startup import require_tau
from srtheory.types import Floats

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

    Seconds where a worker does some hundred terms by t: one variable for each of these and each size.  The best path
    is looked for near those of the optimum, size by size. A better one may be missed.

    Parameters
    ----------
    margin : float
        c >= 0, in standard deviations of the number of unknown symbols, as if each were unknown independently.
    uncovered : float
        eta > 0, expected number of uncovered symbols at t.
    largest : int
        Largest size.
    """
    m, tau = require_int("symbols", model.symbols, 1, MAX_SYMBOLS), require_tau(model.tau, model.symbols)
    c, eta = require_not_negative("margin", margin), require_positive("uncovered", uncovered)
    if eta < LEAST_UNCOVERED:
        raise ArgumentError("uncovered", uncovered, f"a number of at least {LEAST_UNCOVERED:g}")
    if c > MOST_MARGIN:
        raise ArgumentError("margin", margin, f"a number from 0 to {MOST_MARGIN:g}")
    require_int("largest", largest, 1)
    ready = np.asarray(model.startup.cdf(t - tau * np.arange(1, m + 1)))
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

    def gain(self, sizes: npt.NDArray[np.int64]) -> Floats:
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

    begin: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]
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
