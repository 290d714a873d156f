"""Upper bounds of pi_{n,c}(A) and V(A) in the recursion of :mod:`srtheory.theory.floor`, in floats.

A worker evaluates places 1, 2, ..., which are grouped into blocks that end at the places S_1 < S_2 < ...; within a
block the profile is raised to its value at the first place, which only weakens the floor.  For a profile b and the
number x of workers that have it, let y_s = -ln(1 - omega_s)/s.  The recursion of the floor is then

    y_s = -ln(1 - e^{-x (b(s) - b(s+1))} (1 - e^{-s y_{s-1}}))/s,  y_0 = inf,  G = y_B,

as Psi_s leaves y unchanged.  The values here are lower bounds of y, and upper bounds of pi and V, by these arguments.

1. *Profiles.* phi is computed from an upper bound of F and raised by :data:`RAISE`; from there on the profile is these
   floats, exactly, and so is x.
2. *Cap.* s y_{s-1} is replaced by :data:`CAP` = 16 where it is larger: y_s is increasing in y_{s-1}.  So 1 - omega_s is
   at least e^-16 for all s.
3. *Rounding.* Write a = x (b(s) - b(s+1)) and v = s y_s.  ln y_s is a function of ln y_{s-1} with a slope from 0 to 1:
   it is k(s y_{s-1})/k(s y_s) with k(w) = w/(e^w - 1), which decreases, and y_s <= y_{s-1}.  So relative errors of y
   are never amplified.  A stage adds its own: 1 - e^{-v} and e^{-a} have relative errors of at most 9 and 9 + 3a units
   of 2^-53, and a relative error in omega_s is multiplied by omega_s/((1 - omega_s) v) = (e^v - 1)/v <= e^16/16 < 6e5.
   As e^{-v} is at least 1 - e^{-a}, a (e^v - 1)/v is at most 1/v <= 1 for v >= 1, and at most 2a otherwise, where a <=
   746 or e^{-a} is 0.  In all, less than 2e7 units or 3e-9 a stage: :data:`STAGE`.  (Elementary functions are assumed
   accurate to 8 units, as in :mod:`srtheory.theory.numerics.saddle`.)  Values that underflow end below 1e-290, and
   become 0.
4. *Cells.* ln omega_B is concave in x and 0 at x = 0.  So it lies above its chords between the points of a grid;
   steeper chords where rounding has made them less than concave are lower still.  In a cell, G lies above the convex
   function H(x) = -ln(1 - e^{chord})/B, and A - H below its tangent at any point w.  So (A - H(x))/x <= s + K/x, s =
   -H'(w), K = A - H(w) - s w, which is largest at an end.  With w at the left end the bound is (A - H)/x there if K >=
   0, and with w at the right end it is (A - H)/x there if K <= 0.  So unless A lies strictly between the values at 0 of
   the tangents at both ends, (A - H)/x is largest at an end.  These values are compared with A after a change by 2^-30
   of themselves, more than their rounding, so the signs of K are certain.  Few cells remain, about one for a type.  In
   each of them some w with K of about 0 is found; any w gives a bound.  In the first cell, whose left end is 0, x is at
   least where H = A.  Beyond the last point (A - G)/x <= A/x.
5. *Margins.* pi is raised by 2^-30 of itself, :data:`MARGIN`.  It is at least A/x at the last point.  In cells whose
   left end is above 0, x is at least 1/800 of that; in the first cell x is at least where H = A, and there pi x is at
   least a third of 1/B, where A B is at most 30; beyond that, pi counts as infinite.  A relative error of 2^-46 in x,
   H, K and s x, where H <= A, is then below 2^-31 of pi.  1 - e^{chord} is computed as -expm1, which is accurate
   where the chord is near 0, too.

Bounds of coverage by schedules of few messages, and the least cost of a schedule, in floats with margins.

The numbers of terms 1, 2, ... are cut into groups: group g is the numbers from low_g = C_{g-1} + 1 to C_g.  With
phi(r) = -ln(1 - F(v - tau r)) the profile of group g before a later group g' is

    phi(low_g) at the places up to C_g,  phi(low_g') at the places up to C_g',  phi(r) at later places r,

and 0 beyond C_g if g is the last group.  For a profile b and the number x of workers that have it, let y_s be as in the
recursion of docs/proofs/floor.md, y_s = -ln(1 - omega_s)/s, so that G_b(x) = y_s at the last place, and pi the supremum
of (A - G_b(x))/x.  :func:`slopes` gives upper bounds of pi.

Profiles, cap and rounding are as above; later places are taken together in blocks with the phi of their first place,
which raises the profile and so pi.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.types import Floats, Int64

GRID = np.concatenate([[0.05, 0.3, 0.7, 1.1], np.geomspace(1.6, 10.5, 13), [40.0]])
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
_TANGENTS, _CLOSE = 8, 1e-4
_BATCH = 1 << 15
_ROWS = 24
TINY = 2.0**-40
"""Values of phi from here on are those of places that form a single block with the places after them."""


def exponents(received: Floats) -> Floats:
    """Return upper bounds of phi = -ln(1 - F), given upper bounds of F; inf where that is 1."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log1p(-received) * RAISE)


def log_missed(own: Floats, later: Floats, ends: Int64) -> tuple[Floats, Floats]:
    """Return lower bounds of ln omega_B at x own = :data:`GRID` for every time and type, and the B of every time.

    ``own`` and ``later``, shape (U, L), are phi of the first places of the blocks, in the message that is sent next and
    in the one after it, non-increasing along the blocks and later <= own; ``ends`` are S_i, the last places. The bounds
    have the shape (U, L, len(GRID)); -inf for types that are tiny: they have the flat profile of the first tiny block,
    whose ln omega_B is -x own.
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


def _batch(own: Floats, later: Floats, ends: Int64, used: npt.NDArray[np.intp], rest: Floats, sizes: Floats) -> Floats:
    """Return ln omega_B for times in order of decreasing numbers of blocks."""
    most = int(used[0])
    after = np.concatenate([later[:, 1:], np.zeros((len(own), 1))], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.where(own[:, :most] > 0, -1 / own[:, :most], 0.0)[:, :, None] * GRID
    y = np.full(x.shape, -np.inf)  # -s y_s
    space = np.empty(x.size)
    shorter = 1.0
    for i in range(most):
        n = int(np.searchsorted(-used, -i))  # times with more than i blocks
        part = y[:n, : i + 1]
        falls = space[: part.size].reshape(part.shape)
        np.multiply(x[:n, : i + 1], (later[:n, i] - after[:n, i])[:, None, None], out=falls)
        np.multiply(x[:n, i], (own[:n, i] - after[:n, i])[:, None], out=falls[:, i])
        _stage(part, falls, float(ends[i]) / shorter)
        shorter = float(ends[i])
    some = np.flatnonzero(rest > 0)
    y /= -ends[used - 1].astype(np.float64)[:, None, None]
    if len(some):
        last = y[some]
        last *= -1.0
        _stage(last, x[some] * rest[some][:, None, None], float(ends[-1]))
        y[some] = last / -float(ends[-1])
    y *= 1 - STAGE * (most + 2)
    y[y < _SMALLEST] = 0.0
    with np.errstate(divide="ignore"):
        found = np.log(-np.expm1(-sizes[:, None, None] * y))
    found -= 2.0**-45 * (1 - found)
    found[np.arange(most) >= used[:, None]] = -np.inf
    return np.asarray(found)


def _stage(y: Floats, falls: Floats, longer: float) -> None:
    """Replace -s y_s by that of a later stage, ``longer`` times as far; ``falls`` is overwritten."""
    np.exp(falls, out=falls)
    y *= longer
    np.maximum(y, -CAP, out=y)
    np.expm1(y, out=y)
    y *= falls  # -z
    np.log1p(y, out=y)


_POINTS = np.concatenate([[0.0], GRID])
_SLACK = 2.0**-30


@dataclass(frozen=True)
class Cells:
    """Concave lower bounds of ln omega_B for types in columns, linear between the points 0 and :data:`GRID`."""

    logs: Floats
    """Their values at the points; shape (K + 1, R)."""
    falls: Floats
    """Minus their slopes, non-decreasing; shape (K, R)."""
    heights: Floats
    """H at the points of the grid; shape (K, R)."""
    before: Floats
    after: Floats
    """Values at 0 of the tangents of H at the left and right ends of the cells, a little more and a little less; shape
    (K, R)."""
    sizes: Floats
    """B; shape (R,)."""

    @classmethod
    def of(cls, logs: Floats, sizes: Floats) -> Cells:
        """Return the cells for values of :func:`log_missed` in rows."""
        widths = np.diff(_POINTS)[:, None]
        with np.errstate(all="ignore"):
            values = np.concatenate([np.zeros((1, len(logs))), logs.T])
            falls = np.maximum.accumulate(-np.diff(values, axis=0) / widths, axis=0) * RAISE
            values[1:] = -np.cumsum(falls * widths, axis=0)
            kept = -np.expm1(values)
            heights = -np.log(kept) / sizes
            slopes = np.exp(values) / (kept * sizes) * _POINTS[:, None]
            before = (heights[:-1] + falls * slopes[:-1]) * (1 + _SLACK)
            after = (heights[1:] + falls * slopes[1:]) * (1 - _SLACK)
            before[0] = np.inf
            return cls(values, falls, heights[1:], before, after, sizes)

    def part(self, which: slice | npt.NDArray[np.intp]) -> Cells:
        """Return the cells of some types."""
        return Cells(
            *(its[..., which] for its in (self.logs, self.falls, self.heights, self.before, self.after, self.sizes))
        )


def slopes(cells: Cells, level: npt.ArrayLike) -> Floats:
    """Return upper bounds of sup over y > 0 of (A - H(y))/y, in units of 1/phi; pi is this times phi.

    ``level`` is A, of all types or of each.
    """
    level = np.broadcast_to(np.asarray(level, np.float64), cells.sizes.shape)
    with np.errstate(all="ignore"):
        found = np.fmax(((level - cells.heights) / GRID[:, None]).max(axis=0), level / GRID[-1])
        inside = ~((cells.before <= level) | (cells.after >= level))
        cell, column = np.nonzero(inside)
        np.maximum.at(found, column, _in_cells(cells, level[column], column, cell))
    found[cells.sizes * level > _MOST] = np.inf
    return np.asarray(found * MARGIN)


def _in_cells(cells: Cells, level: Floats, column: npt.NDArray[np.intp], cell: npt.NDArray[np.intp]) -> Floats:
    """Return bounds on (A - H(y))/y in cells, by the tangent that passes about through A at 0."""
    base, fall, size = cells.logs[cell, column], cells.falls[cell, column], cells.sizes[column]
    left, right = _POINTS[cell], _POINTS[cell + 1]
    # H is above A before this point.
    start = np.maximum((base - np.log(-np.expm1(-size * level))) / fall, 0.0) * (1 - _SLACK)
    low = np.minimum(left + start, right)
    above, below = cells.before[cell, column], cells.after[cell, column]
    at = np.where(cell > 0, left + (right - left) * (above - level) / (above - below), np.exp(1 - size * level) / fall)
    a, b = low, right
    at = np.where((at > a) & (at < b), at, (a + b) / 2)
    slope, rest, curved = _tangent(level, size, base, fall, left, at)
    for _ in range(_TANGENTS):
        a, b = np.where(rest < 0, at, a), np.where(rest < 0, b, at)
        step = at - rest / (curved * at)
        new = np.where((step >= a) & (step <= b), step, (a + b) / 2)
        close = (abs(new - at) <= _CLOSE * at).all()
        at = new
        slope, rest, curved = _tangent(level, size, base, fall, left, at)
        if close:
            break
    bound = slope + np.where(rest > 0, rest / low, rest / right)
    return np.where(np.isnan(bound), np.inf, bound)


def _tangent(
    level: Floats, size: Floats, base: Floats, fall: Floats, left: Floats, at: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return minus the slope of the tangent of H at a point, A less its value at 0, and H'' there."""
    chord = base - fall * (at - left)
    kept = -np.expm1(chord)
    slope = fall * np.exp(chord) / (size * kept)
    return slope, level + np.log(kept) / size - slope * at, slope * fall / kept


@compiled(small=1 << 22, work=lambda table, rows, starts: rows.size * (1 + len(starts)) ** 2)
def greatest_sums(table, rows, starts):  # type: ignore[no-untyped-def]
    """Return V for every time up to rounding: the greatest sum_n (c_n - c_{n-1}) pi_{n,c_n}, or a little more.

    pi does not increase with n, nor from (n, i) to (n + 1, i') with i' > i, as its profile does not; so running minima
    of upper bounds are upper bounds. Therefore in a greatest sum no two c_n lie in one block, and each may be the last
    of its block; after n messages at least n blocks are past. All messages after the last row have at most its bounds,
    and then it is best to send after every block.

    ``table``, shape (U, L), has upper bounds of pi for the blocks, in rows; 0 where there is no type, which is at the
    end of a row, and perhaps inf where an earlier message has a bound that will do. ``rows``, shape (T, N), has the row
    of message n at each time, -1 at the end; messages after the last one count as costing no time. ``starts``, shape (L
    + 1,), has 0 and the last places of the blocks.
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
        value[blocks] = 0.0
        for back in range(blocks):
            i = blocks - 1 - back
            value[i] = value[i + 1]
            if count > 0:
                value[i] += (starts[i + 1] - starts[i]) * least[count - 1, i]
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
def _greatest_by_rows(table: Floats, rows: Int64, starts: Floats) -> Floats:
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
    count = (rows >= 0).sum(axis=1)
    last = np.where(count[:, None] > 0, least[np.arange(len(rows)), count - 1], 0.0)
    for i in range(len(starts) - 2, -1, -1):
        value[:, i] = value[:, i + 1] + (starts[i + 1] - starts[i]) * last[:, i]
    for n in range(least.shape[1] - 1, -1, -1):
        its = np.flatnonzero(count > n)
        positive = least[its, n] > 0
        top = int(positive.any(axis=0).sum())
        old = value[its]
        for i in range(n, top, _ROWS):
            here = slice(i, min(i + _ROWS, top))
            steps = lengths[here, i:top] * least[its, n, None, i:top] + old[:, None, i + 1 : top + 1]
            best = np.where(ahead[here, i:top] & positive[:, None, i:top], steps, 0.0).max(axis=2)
            value[its, here] = best
        value[its, top:] = 0.0
    return value[:, 0]


# -------------------------------------------------------------------------------------------- schedules of few messages

_FINE = 8


def schedule_slopes(phi: Floats, last: Int64, levels: Floats) -> Floats:
    """Return upper bounds of pi at one time v: at [k, g, g'] for A_k; g' = 0 for the last group.

    ``phi`` has upper bounds of phi at the places 1, 2, ..., non-increasing and finite, 0 or not given where F is 0;
    ``last`` 0 and C_1 < ... < C_N; ``levels`` the A. The result is 0 where phi is 0 in group g.
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
        bounds = slopes(cells, float(level)) * own
        ends = np.cumsum(np.arange(used, 0, -1))
        for g, its_bounds in enumerate(np.split(bounds, ends[:-1]), start=1):
            found[k, g, :] = its_bounds[0]  # also before a group in which phi is 0
            found[k, g, g + 1 : used + 1] = its_bounds[1:]
    return found


def _profiles(its: Floats, last: Int64, first: Floats, g: int, x: Floats) -> tuple[Floats, Floats]:
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

    The least value of group b and all that follows depends on the group before it only. A message of group b costs the
    sum over k of costs[k, b] damped[k, a], a being the group before it, or 0, both of shape (K, N + 1). ``tables``,
    shape (V, K, N + 1, N + 1), have the coverage per term, and ``high``, shape (K,), tells which is that of each level;
    ``beta``, shape (K,), is the value of coverage, 0: none. ``last``, shape (N + 1,), has 0 and the numbers of terms of
    the groups. ``schedule``, shape (N + 2,), and ``value`` and ``choice``, shape (N + 1, N + 1), are overwritten.
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
    """Write the costs of schedules by knot, shape (U, S), and their coverage by level, shape (K, S).

    A row of ``schedules``, shape (S, L), has groups, then 0. ``low`` and ``high``, shape (K,), are rows of ``counted``
    and of ``tables`` for each level; high < 0: no coverage. ``counted``, shape (V, U, N + 1), has the messages' times,
    and ``weights`` the p_k - p_{k-1}; the others are as in :func:`least_value`.
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
