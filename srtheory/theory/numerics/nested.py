"""Upper bounds of pi_{n,c}(A) and V(A) in the recursion of :mod:`srtheory.theory.floor`, in floats.

A worker evaluates places 1, 2, ..., which are grouped into blocks that end at the places S_1 < S_2 < ...; within a
block the profile is raised to its value at the first place, which only weakens the floor.  For a profile b and the
number x of workers that have it, let y_s = -ln(1 - z_s)/s.  The recursion of the floor is then

    y_s = -ln(1 - e^{-x (b(s) - b(s+1))} (1 - e^{-s y_{s-1}}))/s,  y_0 = inf,  G = y_B,

as T_s leaves y unchanged.  The values here are lower bounds of y, and upper bounds of pi and V, by these arguments.

1. *Profiles.* phi is computed from an upper bound of F and raised by :data:`RAISE`; from there on the profile is these
   floats, exactly, and so is x.
2. *Cap.* s y_{s-1} is replaced by :data:`CAP` = 16 where it is larger: y_s is increasing in y_{s-1}.  So 1 - z_s is at
   least e^-16 for all s.
3. *Rounding.* Write a = x (b(s) - b(s+1)) and v = s y_s.  ln y_s is a function of ln y_{s-1} with a slope from 0 to 1:
   it is k(s y_{s-1})/k(s y_s) with k(w) = w/(e^w - 1), which decreases, and y_s <= y_{s-1}.  So relative errors of y
   are never amplified.  A stage adds its own: 1 - e^{-v} and e^{-a} have relative errors of at most 9 and 9 + 3a units
   of 2^-53, and a relative error in z_s is multiplied by z/((1 - z) v) = (e^v - 1)/v <= e^16/16 < 6e5.  As e^{-v} is at
   least 1 - e^{-a}, a (e^v - 1)/v is at most 1/v <= 1 for v >= 1, and at most 2a otherwise, where a <= 746 or e^{-a} is
   0.  In all, less than 2e7 units or 3e-9 a stage: :data:`STAGE`.  (Elementary functions are assumed accurate to 8
   units, as in :mod:`srtheory.theory.numerics.saddle`.)  Values that underflow end below 1e-290, and become 0.
4. *Cells.* ln z_B is concave in x and 0 at x = 0.  So it lies above its chords between the points of a grid; steeper
   chords where rounding has made them less than concave are lower still.  In a cell, G lies above the convex
   function H(x) = -ln(1 - e^{chord})/B, which does not increase with x.  So by the tangent at the right end,
   of slope -s, (A - H(x))/x is at most s + (A - H(right) - s right)/left, or at most
   (A - H(right))/right where the numerator is negative.  A cell where this is below the bound of another cell needs no
   more attention.  In the other
   cells the concave A - H lies below its tangent at any point w, so that (A - H(x))/x <= s + K/x with s = -H'(w) and
   K = A - H(w) - s w, which is largest at an end.  Any w gives a bound; the best has K = 0.  Where H is above A the
   ratio is negative, and beyond the last point (A - G)/x <= A/x.
5. *Margins.* pi is raised by 2^-30 of itself, :data:`MARGIN`.  It is at least A/x at the last point.  In cells whose
   left end is above 0, x is at least 1/800 of that; in the first cell x is at least where H = A, and there pi x is at
   least a third of 1/B, where A B is at most 30; beyond that, pi counts as infinite.  A relative error of 2^-46 in x,
   H, K and s x, where H <= A, is then below 2^-31 of pi.  Two points of the grid that rounding confuses differ by as
   little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.types import Floats

GRID = np.concatenate([[0.05, 0.3, 0.8, 1.4], np.geomspace(2.0, 14.0, 18), [20.0, 40.0]])
"""Values of x b(c) at which G is computed; any increasing grid gives bounds."""

CAP = 16.0
"""Greatest s y_{s-1} that counts."""
_MOST = 30.0
STAGE = 3e-9
"""Relative error of y that a stage of the recursion adds."""
RAISE = 1 + 2.0**-45
"""Factor by which profiles are raised."""
MARGIN = 1 + 2.0**-30
"""Factor by which bounds of pi are raised."""
_SMALLEST = 1e-290
_BATCH = 1 << 15
TINY = 2.0**-40
"""Values of phi from here on are those of places that form a single block with the places after them."""


def exponents(received: Floats) -> Floats:
    """Return upper bounds of phi = -ln(1 - F), given upper bounds of F; inf where that is 1."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log1p(-received) * RAISE)


def log_missed(own: Floats, later: Floats, ends: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return lower bounds of ln z_B at x own = :data:`GRID` for every time and type, and the B of every time.

    Parameters
    ----------
    own, later : float64 arrays, shape (U, L)
        phi of the first places of the blocks, in the message that is sent next and in the one after it; both are
        non-increasing along the blocks and later <= own.
    ends : int64 array, shape (L,)
        S_i, the last places of the blocks.

    Returns
    -------
    logs : float64 array, shape (U, L, len(GRID))
        -inf for types that are tiny: they have the flat profile of the first tiny block, whose ln z_B is -x own.
    sizes : float64 array, shape (U,)
        B.
    """
    times, blocks = own.shape
    used = (own > TINY).sum(axis=1)
    logs = np.full((times, blocks, len(GRID)), -np.inf)
    rest = np.where(used < blocks, np.take_along_axis(later, np.minimum(used, blocks - 1)[:, None], 1)[:, 0], 0.0)
    sizes = np.where(rest > 0, ends[-1], ends[np.maximum(used - 1, 0)]).astype(np.float64)
    order = np.argsort(-used, kind="stable")
    begin = 0
    while begin < times and used[order[begin]]:
        each = int(used[order[begin]]) * len(GRID)
        chosen = order[begin : begin + max(1, _BATCH // each)]
        chosen = chosen[used[chosen] > 0]
        most = int(used[chosen[0]])
        logs[chosen, :most] = _batch(own[chosen], later[chosen], ends, used[chosen], rest[chosen], sizes[chosen])
        begin += len(chosen)
    return logs, sizes


def _batch(
    own: Floats, later: Floats, ends: npt.NDArray[np.int64], used: npt.NDArray[np.intp], rest: Floats, sizes: Floats
) -> Floats:
    """Return ln z_B for times in order of decreasing numbers of blocks."""
    most = int(used[0])
    after = np.concatenate([later[:, 1:], np.zeros((len(own), 1))], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.where(own[:, :most] > 0, 1 / own[:, :most], 0.0)[:, :, None] * GRID
    y = np.full(x.shape, np.inf)
    for i in range(most):
        n = int(np.searchsorted(-used, -i))  # times with more than i blocks
        part = y[:n, : i + 1]
        fall = np.repeat((later[:n, i] - after[:n, i])[:, None], i + 1, axis=1)
        fall[:, i] = own[:n, i] - after[:n, i]
        _stage(part, x[:n, : i + 1] * fall[:, :, None], float(ends[i]))
    some = np.flatnonzero(rest > 0)
    if len(some):
        last = y[some]
        _stage(last, x[some] * rest[some][:, None, None], float(ends[-1]))
        y[some] = last
    y *= 1 - STAGE * (most + 2)
    y[y < _SMALLEST] = 0.0
    with np.errstate(divide="ignore"):
        found = np.log(-np.expm1(-sizes[:, None, None] * y))
    found -= 2.0**-45 * (1 - found)
    found[np.arange(most) >= used[:, None]] = -np.inf
    return np.asarray(found)


def _stage(y: Floats, a: Floats, s: float) -> None:
    """Replace y_{s-1} by y_s."""
    missed = np.exp(-a)
    y *= -s
    np.maximum(y, -CAP, out=y)
    np.expm1(y, out=y)
    y *= missed  # -z
    np.log1p(y, out=y)
    y /= -s


_POINTS = np.concatenate([[0.0], GRID])


@dataclass(frozen=True)
class Cells:
    """Concave lower bounds of ln z_B for types in rows, linear between the points 0 and :data:`GRID`.

    Attributes
    ----------
    logs : float64 array, shape (R, K + 1)
        Their values at the points.
    falls : float64 array, shape (R, K)
        Minus their slopes, non-decreasing.
    heights : float64 array, shape (R, K + 1)
        H at the points.
    drops : float64 array, shape (R, K)
        Minus the slope of H at the right ends of the cells, or a little less.
    sizes : float64 array, shape (R,)
        B.
    """

    logs: Floats
    falls: Floats
    heights: Floats
    drops: Floats
    sizes: Floats

    @classmethod
    def of(cls, logs: Floats, sizes: Floats) -> Cells:
        """Return the cells for values of :func:`log_missed` in rows."""
        with np.errstate(divide="ignore"):
            values = np.concatenate([np.zeros((len(logs), 1)), logs], axis=1)
            falls = np.maximum.accumulate(-np.diff(values, axis=1) / np.diff(_POINTS), axis=1) * RAISE
            values[:, 1:] = -np.cumsum(falls * np.diff(_POINTS), axis=1)
            missed = np.exp(values)
            drops = falls * missed[:, 1:] / (sizes[:, None] * (1 - missed[:, 1:])) * (1 - 2.0**-30)
            return cls(values, falls, -np.log1p(-missed) / sizes[:, None], drops, sizes)

    def part(self, which: npt.NDArray[np.bool_]) -> Cells:
        """Return the cells of some types."""
        return Cells(self.logs[which], self.falls[which], self.heights[which], self.drops[which], self.sizes[which])


def slopes(cells: Cells, level: float) -> Floats:
    """Return upper bounds of sup over y > 0 of (A - H(y))/y, in units of 1/phi; pi is this times phi."""
    found = np.full(len(cells.sizes), level / GRID[-1])
    with np.errstate(all="ignore"):
        above = level - cells.heights[:, 1:]
        best = np.argmax(above / GRID, axis=1)
        rows = np.arange(len(found))
        for cell in (best, np.minimum(best + 1, len(GRID) - 1)):
            found = np.maximum(found, _in_cells(cells, level, rows, cell))
        left = np.tile(_POINTS[:-1], (len(found), 1))
        left[:, 0] = np.clip(_above_until(level, cells.sizes, 0.0, cells.falls[:, 0]), 0.0, GRID[0])
        rest = above - cells.drops * GRID
        bounds = np.where(rest > 0, cells.drops + rest / left, above / GRID)
        bounds[rows, best] = bounds[rows, np.minimum(best + 1, len(GRID) - 1)] = -np.inf
        rows, cell = np.nonzero(~(bounds * MARGIN <= found[:, None]))
        np.maximum.at(found, rows, _in_cells(cells, level, rows, cell))
    found[cells.sizes * level > _MOST] = np.inf
    return np.asarray(found * MARGIN)


def _above_until(level: float, sizes: Floats, base: Floats | float, fall: Floats) -> Floats:
    """Return distances from the left ends of cells up to which H is above A."""
    return np.asarray(np.maximum((base - np.log(-np.expm1(-sizes * level))) / fall, 0.0) * (1 - 2.0**-30))


def _in_cells(cells: Cells, level: float, rows: npt.NDArray[np.intp], cell: npt.NDArray[np.intp]) -> Floats:
    """Return bounds on (A - H(y))/y in one cell of each row."""
    base, fall, sizes = cells.logs[rows, cell], cells.falls[rows, cell], cells.sizes[rows]
    left, right = _POINTS[cell], _POINTS[cell + 1]
    low = np.minimum(left + _above_until(level, sizes, base, fall), right)
    bound = _largest_ratio(level, sizes, base, fall, left, low, right)
    return np.where(np.isnan(bound), np.inf, bound)


def _largest_ratio(
    level: float, sizes: Floats, base: Floats, fall: Floats, left: Floats, low: Floats, right: Floats
) -> Floats:
    """Return a bound on (A - H(y))/y from ``low`` to ``right``, by the tangent that passes about through 0."""
    a, b = low.copy(), right.copy()
    at = (low + right) / 2
    for _ in range(5):
        missed = np.exp(base - fall * (at - left))
        slope = fall / sizes * missed / (1 - missed)
        rest = level + np.log1p(-missed) / sizes - slope * at
        before = rest < 0
        a, b = np.where(before, at, a), np.where(before, b, at)
        step = at - rest / (slope * fall / (1 - missed) * at)
        at = np.where((step >= a) & (step <= b), step, np.where(before, b, a))
    chord = base - fall * (at - left)
    slope = fall / sizes * np.exp(chord) / -np.expm1(chord)
    rest = level + np.log(-np.expm1(chord)) / sizes - slope * at
    return np.asarray(slope + np.where(rest > 0, rest / low, rest / right))


@compiled(small=1 << 22, work=lambda table, rows, starts: rows.size * (1 + len(starts)) ** 2)
def greatest_sums(table, rows, starts):  # type: ignore[no-untyped-def]
    """Return V for every time up to rounding: the greatest sum_n (c_n - c_{n-1}) pi_{n,c_n}.

    Parameters
    ----------
    table : float64 array, shape (U, L)
        Upper bounds of pi for the blocks, in rows; 0 where there is no type, which is at the end of a row.
    rows : int64 array, shape (T, N)
        The row of message n at each time; -1 at the end, where no message is of use.
    starts : float64 array, shape (L + 1,)
        0 and the last places of the blocks.

    Notes
    -----
    pi does not increase with n, nor from (n, i) to (n + 1, i') with i' > i, as its profile does not; so running minima
    of upper bounds are upper bounds.  Therefore in a greatest sum no two c_n lie in one block, and each may be the last
    of its block; after n messages at least n blocks are past.
    """
    times, sent = rows.shape
    blocks = len(starts) - 1
    found = np.zeros(times)
    least = np.zeros((sent, blocks))
    value = np.zeros(blocks + 1)
    for t in range(times):
        count = 0
        while count < sent and rows[t, count] >= 0:
            count += 1
        for n in range(count):
            row = rows[t, n]
            low = np.inf
            for i in range(blocks):
                its = table[row, i]
                if n > 0:
                    its = min(its, least[n - 1, i])
                    its = min(its, low)
                    low = min(low, least[n - 1, i])
                least[n, i] = its
        for i in range(blocks + 1):
            value[i] = 0.0
        for back in range(count):
            n = count - 1 - back
            limit = 0
            while limit < blocks and least[n, limit] > 0:
                limit += 1
            for i in range(n, blocks):  # the old values of later blocks are still there
                best = 0.0
                for k in range(i, limit):
                    its = (starts[k + 1] - starts[i]) * least[n, k] + value[k + 1]
                    best = max(best, its)
                value[i] = best
        found[t] = value[0]
    return found


@greatest_sums.interpreted
def _greatest_by_rows(table: Floats, rows: npt.NDArray[np.int64], starts: Floats) -> Floats:
    if not rows.size:
        return np.zeros(len(rows))
    least = table[np.maximum(rows, 0)]
    least[rows < 0] = 0.0
    np.minimum.accumulate(least, axis=1, out=least)
    for n in range(1, least.shape[1]):
        before = np.minimum.accumulate(least[:, n - 1], axis=1)[:, :-1]
        least[:, n, 1:] = np.minimum(least[:, n, 1:], before)
    lengths = starts[None, 1:] - starts[:-1, None]
    ahead = lengths > 0
    value = np.zeros((len(rows), len(starts)))
    for n in range(least.shape[1] - 1, -1, -1):
        steps = lengths * least[:, n, None, :] + value[:, None, 1:]
        value[:, :-1] = np.where(ahead & (least[:, n] > 0)[:, None, :], steps, 0.0).max(axis=2)
    return value[:, 0]
