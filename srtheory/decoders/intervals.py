"""Rows that are arcs of a circle: the sum by union-find, in almost linear time (docs/proofs/intervals.md).

An arc a, a + 1, ..., a + L - 1 of Z/m, 1 <= L <= m, is an edge of a graph on the m places between neighbouring symbols,
from a to (a + L) mod m, of gain 1 if it passes from symbol m - 1 to place 0, else 0. Its row is the difference of two
prefix sums, plus the gain times 1. So a multiple w of 1 is an integer combination of arcs exactly if w is a multiple
of the gcd of the winding numbers of cycles, and over a field of characteristic p (0 for Q) the arcs span 1 exactly if
some cycle's winding number is not 0 modulo p. A potential proves that they do not.

Where a cycle winds w times around, w F is the sum of its rows' values, each with the sign of the way in which the cycle
passes it. That takes at most m - 1 additions of values, and a division by w unless that is 1
(:func:`srtheory.decoders.sums.by_arcs`). Union and find itself moves no values. Reference: R. E. Tarjan and J. van
Leeuwen, "Worst-case analysis of set union algorithms", J. ACM 31 (1984).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from srtheory.compiled import LINEAR, compiled
from srtheory.decoders.base import Cost, Stop, sum_of
from srtheory.errors import ArgumentError, require_kind
from srtheory.matrix import Rows
from srtheory.reception import Reception
from srtheory.span.certificates import Certificate, certificate_of
from srtheory.span.field import Field, field_of
from srtheory.types import Int32, Int64


@dataclass(frozen=True, eq=False)
class Cycle:
    """Rows that add up, with signs, to a multiple of 1."""

    rows: Int64
    """Shape (c,). Numbers of the rows, each once, 1 <= c <= m; a closed walk in this order, the row that closes it
    first."""
    signs: Int64
    """Shape (c,): 1 or -1: whether the walk passes the arc forwards or backwards."""
    winding: int
    """w > 0: the sum of signs * rows is w times 1."""


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


EXPECTED = "rows of weight 1 that are arcs of the circle of all symbols"


@dataclass(frozen=True)
class Closing:
    """First row that closes a cycle whose winding number is not 0 in a field."""

    stopping_time: int | None
    """Its number, counted from 1: the least k such that the first k rows span 1; 0 without symbols, None if never."""
    winding: int
    """Winding number of that cycle, the row passed forwards; 0 without a cycle."""
    rank: int
    """Rank over the field of the rows up to it, or of all rows."""


def closing(rows: Rows, *, field: str | Field | None = None) -> Closing:
    """Return the row at which the arcs first span 1 over a field.

    ``rows``: n arcs of m columns, their columns in any order; empty rows count for nothing. ``field``: ``"Q"`` or
    ``"GF(q)"``, of which only the characteristic matters; by default that of the elements, else Q.
    """
    start, length = arcs(rows)
    return closing_of(start, length, rows.columns, field_of(rows.elements, field))


def closing_of(start: Int64, length: Int64, columns: int, field: Field) -> Closing:
    """Return the same for arcs in the form of :func:`arcs`, in O(n alpha(m) + m) time."""
    if columns == 0:
        return Closing(0, 0, 0)
    k, winding, joined = _close(start, length, columns, field.characteristic)
    return Closing(int(k), int(winding), int(joined) + 1) if k > 0 else Closing(None, 0, int(joined))


def windings(rows: Rows) -> Int64:
    """Return for k = 0 .. n the gcd of the winding numbers of all cycles of the first k rows, 0 if they are all 0.

    The integer multiples of 1 in the span of the first k rows are the multiples of it: they span 1 over Z exactly if it
    is 1, over a field of characteristic p exactly if p does not divide it. Shape (n + 1,). The least is what m = 0 has,
    1. Errors as :func:`closing`. Takes O(nnz + n (alpha(m) + log m)) time.
    """
    start, length = arcs(rows)
    return _gcds(start, length, rows.columns) if rows.columns else np.ones(len(rows) + 1, np.int64)


def arcs(rows: Rows) -> tuple[Int64, Int64]:
    """Return the first symbol and number of symbols of each row, 0 and 0 for an empty one, in O(nnz + m) time."""
    require_kind("rows", rows, Rows).require_ones(EXPECTED)
    start, wrong = _starts(rows.indptr, rows.indices, rows.columns)
    if wrong >= 0:
        raise ArgumentError(f"rows[{wrong}]", rows.row(wrong).tolist(), "an arc of the circle of all symbols")
    return start, np.diff(rows.indptr)


@compiled(small=LINEAR)
def _starts(indptr: Int64, indices: Int32, columns: int) -> tuple[Int64, int]:
    """Return the first symbol of each row, and the first row that is not an arc, or -1.

    An arc that is not the whole circle has one symbol whose predecessor is not in it, any other set more.
    """
    start = np.zeros(indptr.shape[0] - 1, np.int64)
    stamp = np.full(columns, -1, np.int64)
    for i in range(start.shape[0]):
        row = indices[indptr[i] : indptr[i + 1]]
        for c in row:
            stamp[c] = i
        begins = 0
        for c in row:
            if stamp[c - 1 if c else columns - 1] != i:
                begins += 1
                start[i] = c
        if begins > 1:
            return start, i
    return start, -1


@compiled
def find(parent: Int64, gain: Int64, x: int) -> tuple[int, int]:
    """Return the root of x and the gain from it to x, and halve the path; ``gain`` is from the parent, 0 at a root."""
    total = 0
    while parent[x] != x:
        gain[x] += gain[parent[x]]
        parent[x] = parent[parent[x]]
        total += gain[x]
        x = parent[x]
    return x, total


@compiled
def enter(parent: Int64, gain: Int64, size: Int64, a: int, length: int) -> tuple[bool, int]:
    """Enter an arc, and return whether it joins two components, and the winding number of a cycle that it closes."""
    m = parent.shape[0]
    end = a + length
    root, before = find(parent, gain, a)
    other, after = find(parent, gain, end % m)
    across = before + end // m - after  # from one root to the other, along the arc
    if root == other:
        return False, across
    if size[root] < size[other]:
        root, other, across = other, root, -across
    parent[other], gain[other] = root, across
    size[root] += size[other]
    return True, 0


@compiled(small=LINEAR, work=lambda start, length, m, characteristic: m + len(start))
def _close(start: Int64, length: Int64, m: int, characteristic: int) -> tuple[int, int, int]:
    """Return rows up to the first winding cycle in the field, its winding number, and components joined; else -1."""
    parent, gain, size = np.arange(m), np.zeros(m, np.int64), np.ones(m, np.int64)
    joined = 0
    for k in range(start.shape[0]):
        if length[k] == 0:
            continue
        joins, winding = enter(parent, gain, size, start[k], length[k])
        joined += joins
        if (winding % characteristic if characteristic else winding) != 0:
            return k + 1, winding, joined
    return -1, 0, joined


@compiled
def _gcds(start: Int64, length: Int64, m: int) -> Int64:
    parent, gain, size = np.arange(m), np.zeros(m, np.int64), np.ones(m, np.int64)
    found = np.zeros(start.shape[0] + 1, np.int64)
    for k in range(start.shape[0]):
        divisor = found[k]
        if length[k] > 0:
            _, winding = enter(parent, gain, size, start[k], length[k])
            rest = abs(winding)
            while rest:
                divisor, rest = rest, divisor % rest
        found[k + 1] = divisor
    return found
