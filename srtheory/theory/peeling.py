"""Peeling of SR codes with blocks of any sizes as m grows: density evolution, and sizes by a linear program.

Density evolution is a heuristic here: blocks count as independent, and their numbers as Poisson. Proved results on
peeling are in docs/decoding.md, 1 and 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, linprog

from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.model import Model, depends_on
from srtheory.sizes import Stage, read_sizes
from srtheory.theory.startup import require_tau
from srtheory.types import Floats

MAX_SYMBOLS = 10**7
"""Largest number of symbols."""
_GRID = 2000


@dataclass(frozen=True, eq=False)
class Arrived:
    """Expected symbols that the master has received, per source symbol.

    Attributes
    ----------
    systematic : float
        s, the fraction of the symbols that have arrived alone, as first symbols of their workers.
    blocks : float64 array, shape (largest size + 1,)
        r_k, blocks of k symbols divided by m.
    """

    systematic: float
    blocks: Floats

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

    Parameters
    ----------
    model : Model
        The setting: m, tau, F.
    sizes : str
        As of :class:`~srtheory.schemes.sum_recovery.SizedSumRecovery`.
    t : float
        Time, in the unit of ``tau``.

    Notes
    -----
    O(n b s) for n terms that a worker can do by t in b blocks, and distributions of s sizes; O(n) where sizes are not
    drawn.
    """
    m, tau = require_int("symbols", model.symbols, 1, MAX_SYMBOLS), require_tau(model.tau, model.symbols)
    if math.isnan(t):
        raise ArgumentError("t", t, "a time")
    others, stages = m - 1, read_sizes(sizes)
    ready = np.asarray(model.startup.cdf(t - tau * np.arange(1, m + 1)))  # by then worker j has done 1, 2, ..., m terms
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

    Parameters
    ----------
    systematic : float
        s, from 0 to 1.
    blocks : array_like, shape (n,)
        r_k of size k, at least 0, from k = 0 on (r_0 plays no part).

    Notes
    -----
    Where the right side is below x at every point of a grid from 1 - s down to some x, the fixed point is looked for
    below that x, and between the last such point and the next it is found by Brent's method.  Two fixed points closer
    than the grid are both missed: rates within some 10^-4 of a threshold may be said to peel.
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


def price_of_peeling(systematic: float, residual: float, largest: int) -> float:
    """Return the fewest rows per symbol with which density evolution leaves at most ``residual``; sizes <= ``largest``.

    The linear program min s + sum r_k with sum_k k r_k y^(k - 1) >= ln((1 - s)/(1 - y)) for y from s to 1 - residual,
    k up to ``largest``, on a grid of y. Times do not enter.

    Parameters
    ----------
    systematic : float
        s, above 0 and below 1.
    residual : float
        Share of symbols that may stay unknown, above 0 and below 1 - s.
    largest : int
        Largest size.
    """
    s = require_positive("systematic", systematic)
    if not 1e-12 <= residual < 1 - s:
        raise ArgumentError("residual", residual, f"a fraction from 1e-12 to below 1 - s = {1 - s:g}")
    size = np.arange(1, require_int("largest", largest, 1) + 1)
    y = 1 - np.geomspace(residual, 1 - s, 400)
    y = np.unique(np.concatenate([y, np.linspace(s, 1 - residual, 400)]))
    need = np.log((1 - s) / (1 - y))
    found = linprog(np.ones(len(size)), A_ub=-size * y[:, None] ** (size - 1), b_ub=-need, method="highs")
    return s + float(found.fun)


def proved_overhead(low: float, high: float) -> float:
    """Return the natural logarithm of a gamma such that, as m grows, (1 + gamma) m rows are too few for peeling.

    This is Theorem 1 of docs/decoding.md, 1. It holds for all block sizes if the fraction of systematic symbols is at
    least ``low`` at m rows and at most ``high`` at (1 + gamma) m rows. The gamma is far below :func:`price_of_peeling`.

    Parameters
    ----------
    low, high : float
        0 < low <= high < 1.
    """
    s0, s1 = require_positive("low", low), require_positive("high", high)
    if not s0 <= s1 <= 1 - 1e-6:
        raise ArgumentError("high", high, f"a fraction from low = {low:g} to 1 - 1e-6")
    spare, longest = overhead_constants(s1)
    return min(math.log(spare / 4), math.log(spare / 16) + longest * math.log(s0 / 2))


def overhead_constants(high: float) -> tuple[float, int]:
    """Return eta, half the fraction that is not systematic, and K, the largest size of a short block, in that proof."""
    spare = (1 - high) / 2
    return spare, math.ceil(16 * math.log(2) / (spare * math.log(4 / (3 + high))))
