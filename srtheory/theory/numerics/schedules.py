"""Bounds of coverage by schedules of few messages, and the least cost of a schedule, in floats with margins.

The numbers of terms 1, 2, ... are cut into groups: group g is the numbers from low_g = C_{g-1} + 1 to C_g.  With
phi(r) = -ln(1 - F(v - tau r)) the profile of group g before a later group g' is

    phi(low_g) at the places up to C_g,  phi(low_g') at the places up to C_g',  phi(r) at later places r,

and 0 beyond C_g if g is the last group.  For a profile b and the number x of workers that have it, let y_s be as in the
recursion of docs/floor.md, y_s = -ln(1 - omega_s)/s, so that G_b(x) = y_s at the last place, and pi the supremum of (A
- G_b(x))/x.  :func:`slopes` gives upper bounds of pi.

1. *Profiles* are floats, exactly: phi from an upper bound of F, raised by 2^-45 of itself.  Later places are taken
   together in blocks with the phi of their first place, which raises the profile and so pi.
2. *Cap.*  s y_{s-1} is replaced by 16 where it is larger: y_s increases in y_{s-1}, so this raises pi only.
3. *Rounding.*  ln y_s is a function of ln y_{s-1} with a slope from 0 to 1: with w = s y_{s-1} and v = s y_s <= w it is
   k(w)/k(v), k(w) = w/(e^w - 1), which decreases.  So relative errors are never amplified.  A stage adds the relative
   error of z times z/((1 - z) v) = (e^v - 1)/v <= e^16/16 < 6e5.  Elementary functions are accurate to 8 units of 2^-53
   (as in :mod:`srtheory.theory.numerics.saddle`), so that error is 20 + 3a units for a fall a.  Where v >= 1, e^-a >= z
   > 0.6 and a < 1; elsewhere the factor is below 2, and a <= 746 or e^-a is 0.  In all this is below 3e-9 a stage.
4. *The supremum* is bounded from these values by :func:`~srtheory.theory.numerics.nested.slopes`, on the same grid.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.theory.numerics import nested
from srtheory.theory.numerics.nested import CAP, GRID, STAGE, Cells
from srtheory.types import Floats

Ints = npt.NDArray[np.int64]

_FINE = 8


def slopes(phi: Floats, last: Ints, levels: Floats) -> Floats:
    """Return upper bounds of pi at one time v.

    Parameters
    ----------
    phi : float64 array
        Upper bounds of phi at the places 1, 2, ..., non-increasing and finite; 0 or not given where F is 0.
    last : int64 array, shape (N + 1,)
        0 and C_1 < ... < C_N.
    levels : float64 array, shape (K,)
        Values of A.

    Returns
    -------
    float64 array, shape (K, N + 1, N + 1)
        At [k, g, g'] for A_k; g' = 0 for the last group.  0 where phi is 0 in group g.
    """
    groups = len(last) - 1
    found = np.zeros((len(levels), groups + 1, groups + 1))
    its = np.concatenate([phi, np.zeros(int(last[-1]) + 2)])
    first = its[last[:-1]]  # of groups 1, 2, ...
    used = int((first > 0).sum())
    each = [_profiles(its, last, first[:used], g, GRID / first[g - 1]) for g in range(1, used + 1)]
    if not each:
        return found
    cells = Cells.of(*(np.concatenate(parts) for parts in zip(*each, strict=True)))
    own = np.repeat(first[:used], np.arange(used, 0, -1))
    for k, level in enumerate(levels):
        bounds = nested.slopes(cells, float(level)) * own
        ends = np.cumsum(np.arange(used, 0, -1))
        for g, its_bounds in enumerate(np.split(bounds, ends[:-1]), start=1):
            found[k, g, :] = its_bounds[0]  # also before a group in which phi is 0
            found[k, g, g + 1 : used + 1] = its_bounds[1:]
    return found


def _profiles(its: Floats, last: Ints, first: Floats, g: int, x: Floats) -> tuple[Floats, Floats]:
    """Return lower bounds of ln z at x for group g as the last and before each later group, and the B of each."""
    own = first[g - 1]
    value = np.concatenate([[0.0], first[g:]])[:, None]
    at = np.concatenate([last[g : g + 1], last[g + 1 : len(first) + 1]])
    with np.errstate(divide="ignore"):
        y = np.minimum(-np.log1p(-np.exp(-x * (own - value))) / float(last[g]), 1e300)
    stages, past = 1, 0
    while (value > 0).any():
        after = its[np.minimum(at, len(its) - 1)][:, None]
        after[0] = 0.0
        z = np.expm1(np.maximum(-at[:, None] * y, -CAP)) * np.exp(-x * (value - after))
        y = -np.log1p(z) / at[:, None]
        stages += 1
        length = 1 + past // _FINE
        value, past = after, past + length
        if not (value > 0).any():
            break
        at = np.where(value[:, 0] > 0, at + length, at)
    y *= 1 - STAGE * (stages + 2)
    sizes = at.astype(np.float64)
    with np.errstate(divide="ignore"):
        logs = np.log(-np.expm1(-sizes[:, None] * y))
    return logs - 2.0**-45 * (1 - logs), sizes


@compiled
def least_value(base, costs, damped, tables, high, beta, last, schedule, value, choice):  # type: ignore[no-untyped-def]
    """Return ``base`` plus the least value of a schedule, which is at most 0; write its groups, and 0, to ``schedule``.

    The least value of group b and all that follows depends on the group before it only.

    Parameters
    ----------
    base : float
        Added.
    costs, damped : float64 arrays, shape (K, N + 1)
        A message of group b costs the sum over k of costs[k, b] damped[k, a], a being the group before it, or 0.
    tables : float64 array, shape (V, K, N + 1, N + 1)
        Coverage per term.
    high : int64 array, shape (K,)
        Which of the V tables is that of each level.
    beta : float64 array, shape (K,)
        Value of coverage; 0: none.
    last : int64 array, shape (N + 1,)
        0 and the numbers of terms of the groups.
    schedule : int64 array, shape (N + 2,)
        Overwritten.
    value, choice : float64 and int64 arrays, shape (N + 1, N + 1)
        Overwritten.
    """
    levels, size = costs.shape
    gain = np.zeros(size)
    for back in range(size - 1):
        b = size - 1 - back
        for c in range(size):
            gain[c] = 0.0
        for k in range(levels):
            if beta[k] > 0:
                for c in range(size):
                    gain[c] += beta[k] * tables[high[k], k, b, c]
        for a in range(b):
            terms = float(last[b] - last[a])
            best = -terms * gain[0]
            chosen = 0
            for c in range(b + 1, size):
                tried = value[b, c] - terms * gain[c]
                if tried < best:
                    best = tried
                    chosen = c
            paid = 0.0
            for k in range(levels):
                paid += damped[k, a] * costs[k, b]
            value[a, b] = best + paid
            choice[a, b] = chosen
    least = 0.0
    b = 0
    for c in range(1, size):
        if value[0, c] < least:
            least = value[0, c]
            b = c
    a = 0
    count = 0
    while b > 0:
        schedule[count] = b
        count += 1
        c = choice[a, b]
        a = b
        b = c
    schedule[count] = 0
    return base + least


@compiled
def by_schedule(schedules, low, high, counted, weights, damped, tables, last, cost, cover):  # type: ignore[no-untyped-def]
    """Write the costs of schedules by knot, and their coverage by level.

    Parameters
    ----------
    schedules : int64 array, shape (S, L)
        Groups, then 0.
    low, high : int64 arrays, shape (K,)
        Rows of ``counted`` and of ``tables`` for each level; high < 0: no coverage.
    counted : float64 array, shape (V, U, N + 1)
        Messages' times.
    weights : float64 array, shape (K,)
        p_k - p_{k-1}.
    damped, tables, last
        As in :func:`least_value`.
    cost, cover : float64 arrays, shape (U, S) and (K, S)
        Overwritten.
    """
    levels, knots = len(weights), counted.shape[1]
    for i in range(len(schedules)):
        for u in range(knots):
            cost[u, i] = 0.0
        for k in range(levels):
            cover[k, i] = 0.0
        a = 0
        for j in range(schedules.shape[1]):
            b = schedules[i, j]
            if b == 0:
                break
            c = 0
            if j + 1 < schedules.shape[1]:
                c = schedules[i, j + 1]
            for k in range(levels):
                share = weights[k] * damped[k, a]
                for u in range(knots):
                    cost[u, i] += share * counted[low[k], u, b]
                if high[k] >= 0:
                    cover[k, i] += float(last[b] - last[a]) * tables[high[k], k, b, c]
            a = b
