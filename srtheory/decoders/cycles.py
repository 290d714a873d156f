"""Cycles and potentials of arcs: proofs that the rows span 1, or that they do not.

Where :mod:`srtheory.decoders.intervals` finds a cycle that winds w times around, w F is the sum of its rows' values,
each with the sign of the way in which the cycle passes it. That takes at most m - 1 additions of values, and a division
by w unless that is 1 (:func:`srtheory.decoders.sums.by_arcs`).  Union and find itself moves no values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from srtheory.compiled import compiled
from srtheory.decoders.base import Stop
from srtheory.decoders.cost import Cost, sum_of
from srtheory.decoders.intervals import Closing, Int64, arcs, closing_of, enter, find
from srtheory.errors import require_kind
from srtheory.reception import Reception
from srtheory.rows import Rows
from srtheory.span.certificates import Certificate, certificate_of
from srtheory.span.field import Field, field_of


@dataclass(frozen=True, eq=False)
class Cycle:
    """Rows that add up, with signs, to a multiple of 1.

    Attributes
    ----------
    rows : int64 array, shape (c,)
        Numbers of the rows, each once, 1 <= c <= m; a closed walk in this order, the row that closes it first.
    signs : int64 array, shape (c,)
        1 or -1: whether the walk passes the arc forwards or backwards.
    winding : int
        w > 0: the sum of signs * rows is w times 1.
    """

    rows: Int64
    signs: Int64
    winding: int


def intervals(reception: Reception) -> Stop:
    """Return M' over Q, exactly, of arcs, with the rank of the first M' rows, in O(nnz + n alpha(m)) time."""
    rows = require_kind("reception", reception, Reception).rows
    start, length = arcs(rows)
    end = closing_of(start, length, rows.columns, field_of(rows.elements, "Q"))
    if end.stopping_time is None:
        return Stop(None, end.rank, "winding number 0")
    found = _cycle_of(start, length, rows.columns, end)
    cost = sum_of(0) if found is None else Cost(len(found.rows) - 1, int(found.winding != 1), 0)
    return Stop(end.stopping_time, end.rank, f"winding number {end.winding}", cost)


def cycle(rows: Rows, *, field: str | Field | None = None) -> Cycle | None:
    """Return the cycle that the first closing row closes, or None (also if m = 0), in O(nnz + n alpha(m) + m) time.

    Parameters and errors as :func:`srtheory.decoders.intervals.closing`.
    """
    start, length = arcs(rows)
    over = field_of(rows.elements, field)
    return _cycle_of(start, length, rows.columns, closing_of(start, length, rows.columns, over))


def interval_certificate(rows: Rows, *, field: str | Field | None = None) -> Certificate:
    """Return a certificate of the stopping time of arcs, or that they do not span 1, for the general checker.

    The combination is a cycle's signs over its winding number. The kernel vector takes the differences of potentials,
    which exist where no cycle winds around.  Parameters and errors as :func:`srtheory.decoders.intervals.closing`. No
    linear system is solved: O(nnz + n alpha(m) + m).
    """
    start, length = arcs(rows)
    over = field_of(rows.elements, field)
    end = closing_of(start, length, rows.columns, over)
    if end.stopping_time is None:
        return certificate_of(rows, field=over, kernel=kernel(rows))
    k = end.stopping_time
    if k == 0:
        return certificate_of(rows, field=over, stopping_time=0, combination=([], 1), kernel=[])
    found = _cycle_of(start, length, rows.columns, end)
    assert found is not None
    vector = np.zeros(k, np.int64)
    vector[found.rows] = found.signs
    witness = vector.tolist(), found.winding
    return certificate_of(rows, field=over, stopping_time=k, combination=witness, kernel=kernel(rows.prefix(k - 1)))


def kernel(rows: Rows) -> list[int]:
    """Return a vector x of sum 1, orthogonal to all arcs, if none of their cycles winds around; likewise modulo p.

    With a potential that rises by the gain along every arc, its negative is the sequence of prefix sums of x.  Shape
    (m,), m >= 1.
    """
    start, length = arcs(rows)
    prefix = -_potential(start, length, rows.columns)
    return np.diff(prefix, append=prefix[0] + 1).tolist()


def _cycle_of(start: Int64, length: Int64, columns: int, end: Closing) -> Cycle | None:
    if not end.stopping_time:
        return None
    numbers, signs = _cycle(start[: end.stopping_time], length[: end.stopping_time], columns)
    return Cycle(numbers, signs if end.winding > 0 else -signs, abs(end.winding))


@compiled
def _potential(start: Int64, length: Int64, m: int) -> Int64:
    """Return the potential of each place, 0 at one place of every component."""
    parent, gain, size = np.arange(m), np.zeros(m, np.int64), np.ones(m, np.int64)
    for k in range(start.shape[0]):
        if length[k] > 0:
            enter(parent, gain, size, start[k], length[k])
    found = np.empty(m, np.int64)
    for x in range(m):
        found[x] = find(parent, gain, x)[1]
    return found


@compiled
def _cycle(start: Int64, length: Int64, m: int) -> tuple[Int64, Int64]:
    """Return the last row, and the path in the forest of joining rows from its end back to its start."""
    last = start.shape[0] - 1
    parent, gain, size = np.arange(m), np.zeros(m, np.int64), np.ones(m, np.int64)
    tree = np.empty(m, np.int64)
    joined = 0
    heads = np.zeros(m + 2, np.int64)
    for k in range(last):
        if length[k] > 0 and enter(parent, gain, size, start[k], length[k])[0]:
            tree[joined] = k
            joined += 1
            heads[start[k] + 2] += 1
            heads[(start[k] + length[k]) % m + 2] += 1
    heads = np.cumsum(heads)
    edges = np.empty(2 * joined, np.int64)
    for k in tree[:joined]:
        for x in (start[k], (start[k] + length[k]) % m):
            edges[heads[x + 1]] = k
            heads[x + 1] += 1
    # Breadth first from the start; by[x] is the row that leads to x.
    goal = (start[last] + length[last]) % m
    by, queue = np.full(m, -1, np.int64), np.empty(m, np.int64)
    by[start[last]], queue[0] = last, start[last]
    seen, done = 1, 0
    while by[goal] < 0:
        x = queue[done]
        done += 1
        for k in edges[heads[x] : heads[x + 1]]:
            y = start[k] if start[k] != x else (start[k] + length[k]) % m
            if by[y] < 0:
                by[y], queue[seen] = k, y
                seen += 1
    numbers, signs = np.empty(m + 1, np.int64), np.empty(m + 1, np.int64)
    numbers[0], signs[0] = last, 1
    count, x = 1, goal
    while x != start[last]:
        k = by[x]
        forwards = start[k] == x
        numbers[count], signs[count] = k, 1 if forwards else -1
        count += 1
        x = (start[k] + length[k]) % m if forwards else start[k]
    return numbers[:count], signs[:count]
