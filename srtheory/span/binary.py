"""Kernel of rows modulo 2, on words of 64 columns."""

from __future__ import annotations

import numpy as np

from srtheory.compiled import compiled
from srtheory.span.dense import scratch
from srtheory.span.sparse import Triangle, triangulate, with_ones
from srtheory.types import Int32, Int64, Uint64

Words = Uint64

WORD = 64
FEW = 1 << 11
"""Number of words and entries up to which the interpreter suffices; the work is cubic in rows and columns."""
TALL = 100
"""Number of rows from which tables of 256 sums, rather than of 8, are worth their construction."""


def kernel(indptr: Int64, indices: Int32, columns: int) -> Int64:
    """Return the basis of {x : Gx = 0} over GF(2) as the rows of a 0/1 array of shape (columns - rank, columns).

    Cost: O(nnz·c/64) for the core's entries and c³/128 word operations, c the number of inactive columns.
    """
    triangle = triangulate(indptr, indices, columns)
    known, core, steps, pivots = _eliminate(indptr, indices, triangle)
    basis = _kernel_basis(core, len(triangle.inactive), steps, pivots)
    return _expand(known, triangle.pivot_columns, triangle.inactive, basis)


def verdict(indptr: Int64, indices: Int32, columns: int) -> tuple[int, bool]:
    """Return the rank of the rows over GF(2), and whether they span 1 there. Cost: see :func:`kernel`."""
    triangle = triangulate(indptr, indices, columns)
    _, core, steps, _ = _eliminate(*with_ones(indptr, indices, triangle))
    grown = len(core) - 1 in steps[-1:]
    return len(triangle.pivot_rows) + len(steps) - grown, not grown


def _eliminate(indptr: Int64, indices: Int32, triangle: Triangle) -> tuple[Words, Words, Int64, Int64]:
    """Return the pivots' columns and the core by inactive columns, the core reduced, its steps and pivots."""
    words = -(-len(triangle.inactive) // WORD)
    known = scratch("known", (len(triangle.pivot_rows), words), np.uint64)
    core = scratch("core", (len(triangle.core_rows), words), np.uint64)
    _combine(indptr, indices, triangle.place, triangle.pivot_rows, triangle.core_rows, known, core)
    steps, pivots = np.empty((2, min(len(core), len(triangle.inactive))), np.int64)
    rank = echelon(core, steps, pivots)
    return known, core, steps[:rank], pivots[:rank]


@compiled(small=FEW)
def _combine(indptr, indices, place, pivot_rows, core_rows, known, core):  # type: ignore[no-untyped-def]
    """Write pivot columns and core rows as sums of inactive columns."""
    s = len(pivot_rows)
    for t in range(s + len(core_rows)):
        i = pivot_rows[t] if t < s else core_rows[t - s]
        row = known[t] if t < s else core[t - s]
        row[:] = 0
        for e in range(indptr[i], indptr[i + 1]):
            q = place[indices[e]]
            if q < 0:
                row[(-1 - q) // WORD] ^= np.uint64(1) << np.uint64((-1 - q) % WORD)
            elif q != t:
                other = known[q]
                for k in range(len(row)):
                    row[k] ^= other[k]


@compiled(small=FEW)
def echelon(a, steps, pivots):  # type: ignore[no-untyped-def]
    """Clear each row's first column in all later rows, some rows at a time, and return the rank.

    The rows of a block are cleared in each other, so the bits of a later row at their pivots determine which of them to
    add: one row of a table of all sums (the method of the four Russians).
    """
    block = 8 if len(a) >= TALL else 3
    table = np.zeros((1 << block, a.shape[1]), np.uint64)
    rank = i = 0
    while i < len(a):
        first = rank
        while i < len(a) and rank < first + block:
            for q in range(first, rank):
                if bit_of(a[i], pivots[q]):
                    _add(a[i], a[steps[q]])
            c = _first(a[i])
            if c >= 0:
                for q in range(first, rank):
                    if bit_of(a[steps[q]], c):
                        _add(a[steps[q]], a[i])
                steps[rank], pivots[rank] = i, c
                rank += 1
            i += 1
        if i == len(a):
            break
        for q in range(rank - first):
            for t in range(1 << q):
                for k in range(a.shape[1]):
                    table[(1 << q) + t, k] = table[t, k] ^ a[steps[first + q], k]
        for r in range(i, len(a)):
            t = 0
            for q in range(first, rank):
                t |= bit_of(a[r], pivots[q]) << (q - first)
            _add(a[r], table[t])
    return rank


@compiled
def _first(row):  # type: ignore[no-untyped-def]
    """Return the first column that is 1, or -1."""
    w = 0
    while w < len(row) and row[w] == 0:
        w += 1
    if w == len(row):
        return -1
    bit = 0
    while not (row[w] >> np.uint64(bit)) & np.uint64(1):
        bit += 1
    return w * WORD + bit


@compiled
def bit_of(row, c):  # type: ignore[no-untyped-def]
    """Return bit c of a row of words."""
    return np.int64((row[c // WORD] >> np.uint64(c % WORD)) & np.uint64(1))


@compiled
def _add(row, other):  # type: ignore[no-untyped-def]
    for k in range(len(row)):
        row[k] ^= other[k]


@compiled(small=FEW)
def _kernel_basis(a, columns, steps, pivots):  # type: ignore[no-untyped-def]
    """Return one vector for each free column: 1 there, 0 at the other free columns."""
    free = np.ones(columns, np.bool_)
    free[pivots] = False
    basis = np.zeros((columns - len(pivots), a.shape[1]), np.uint64)
    r = 0
    for c in range(columns):
        if free[c]:
            x = basis[r]
            x[c // WORD] = np.uint64(1) << np.uint64(c % WORD)
            for i in range(len(steps) - 1, -1, -1):
                x[pivots[i] // WORD] |= _parity(a[steps[i]], x) << np.uint64(pivots[i] % WORD)
            r += 1
    return basis


@compiled
def _parity(a, b):  # type: ignore[no-untyped-def]
    word = np.uint64(0)
    for k in range(len(a)):
        word ^= a[k] & b[k]
    for shift in (32, 16, 8, 4, 2, 1):
        word ^= word >> np.uint64(shift)
    return word & np.uint64(1)


@compiled(small=FEW)
def _expand(known, pivot_columns, inactive, basis):  # type: ignore[no-untyped-def]
    out = np.zeros((len(basis), len(pivot_columns) + len(inactive)), np.int64)
    for r in range(len(basis)):
        for j in range(len(inactive)):
            out[r, inactive[j]] = (basis[r, j // WORD] >> np.uint64(j % WORD)) & np.uint64(1)
        for t in range(len(pivot_columns)):
            out[r, pivot_columns[t]] = _parity(known[t], basis[r])
    return out
