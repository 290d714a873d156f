"""Blocked elimination of a dense matrix modulo a prime, exact in floating point.

Residues are symmetric, |x| ≤ p/2, and are held in floating-point numbers whose significand (24 or 53 bits) holds every
sum of products that is formed before the next reduction: every operation is exact, and the products run at the speed of
the machine's matrix multiplication.

References
----------
J.-G. Dumas, P. Giorgi, C. Pernet, "Dense linear algebra over word-size prime fields: the FFLAS and FFPACK packages",
ACM Trans. Math. Softw. 35 (2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.compiled import BY_ROWS, compiled
from srtheory.span.scratch import scratch

Floats = npt.NDArray[np.floating[Any]]
Int64 = npt.NDArray[np.int64]

LANE = 32
"""Columns are padded to a multiple of this, so that no loop over a row has a ragged end."""
WORKSPACE = 1 << 17
PRIME = 16609429
"""About the largest with room for 128 products in a float64."""


@dataclass(frozen=True)
class Arithmetic:
    """Exact arithmetic modulo a prime in floating point.

    Attributes
    ----------
    prime : int
        The modulus.
    kind : type
        ``numpy.float32`` or ``numpy.float64``.
    block : int
        How many products of two residues may be added to a residue before the next reduction, a multiple of ``LANE``.
    """

    prime: int
    kind: type[np.floating[Any]]
    block: int

    @cached_property
    def constants(self) -> Floats:
        """The prime, its inverse, and the number whose addition and subtraction round to an integer."""
        return np.array([self.prime, 1 / self.prime, 1.5 * 2.0 ** np.finfo(self.kind).nmant], dtype=self.kind)

    def room(self, largest: int) -> int:
        """How many products of a residue with a number of at most ``largest`` may be added to a residue.

        Two bounds meet here.  Sums stay below 2**bits, 2p kept free, so that they and q·p are exact.  And they stay
        below p·2**(bits - 9), so that the quotient x/p is rounded to an integer with an error of less than 1/2 + 2**-8:
        residues have |x| ≤ p/2 + p/256.
        """
        bits = np.finfo(self.kind).nmant + 1
        exact = min(2**bits, self.prime << (bits - 9))
        half = self.prime // 2 + self.prime // 256 + 1
        return int((exact - half - 2 * self.prime) // (largest * half))


@lru_cache(maxsize=64)
def arithmetic(prime: int, widest: int = 128) -> Arithmetic | None:
    """The quickest exact arithmetic modulo ``prime``, or None if there is none (from about 2**24.5)."""
    for kind in (np.float32, np.float64):
        room = Arithmetic(prime, kind, 0).room(prime // 2 + prime // 256 + 1)
        if room >= LANE:
            return Arithmetic(prime, kind, min(room, widest) // LANE * LANE)
    return None


@dataclass(frozen=True, eq=False)
class Echelon:
    """A matrix reduced, row by row, so that each step's column is zero in every later row.

    Attributes
    ----------
    table : array, shape (rows, padded columns)
        Row ``steps[i]`` is 1 at ``pivots[i]``; rows that are no step are zero.
    steps, pivots : int64 arrays, shape (rank,)
        Row (rising) and column of each step.
    """

    table: Floats
    steps: Int64
    pivots: Int64


def padded(columns: int) -> int:
    """The number of columns to allocate for ``columns``."""
    return -(-columns // LANE) * LANE


def echelon(matrix: Floats, field: Arithmetic, *, jordan: bool = False) -> Echelon:
    """Reduce ``matrix``, of shape (rows, ``padded(columns)``), in place.  2c³/3 operations for a square.

    With ``jordan``, each step's column is cleared in the earlier rows too.
    """
    steps = np.empty(min(matrix.shape), np.int64)
    pivots = np.empty(len(steps), np.int64)
    work = scratch("product", (max(WORKSPACE, LANE * matrix.shape[1]),), field.kind)
    top = scratch("top", (field.block * matrix.shape[1],), field.kind)
    left = scratch("left", (field.block * len(matrix),), field.kind)
    rank = _echelon(matrix, jordan, steps, pivots, field.block, field.constants, work, top, left)
    return Echelon(matrix, steps[:rank], pivots[:rank])


def kernel_basis(form: Echelon, columns: int, field: Arithmetic) -> Floats:
    """Basis of {x : Ax = 0} by rows, shape (columns - rank, padded columns): 1 at its own free column, 0 at others."""
    basis = _kernel_basis(form.table, columns, form.steps, form.pivots, field.block, field.constants)
    return np.ascontiguousarray(basis.T)


def inverse_matrix(matrix: Floats, field: Arithmetic) -> Floats:
    """Inverse of an invertible matrix of shape (c, c), for :func:`product`, which see.  3c³ operations."""
    c = len(matrix)
    table = np.zeros((c, 2 * padded(c)), field.kind)
    table[:, :c] = matrix
    table[np.arange(c), padded(c) + np.arange(c)] = 1
    form = echelon(table, field, jordan=True)
    blocks = -(-c // field.block)
    out = np.zeros((c, blocks * field.block), field.kind)
    out[form.pivots, :c] = table[form.steps, padded(c) : padded(c) + c]
    return np.ascontiguousarray(out.reshape(c, blocks, field.block).swapaxes(0, 1))


def product(matrix: Floats, x: Floats, field: Arithmetic) -> Floats:
    """Matrix times vector modulo the prime.

    The matrix, of shape (blocks, rows, block), is cut into stripes of as many columns as can be added up exactly; ``x``
    is as long as they are wide together.
    """
    return _product(matrix, x, field.constants)


@compiled
def inverse(a: int, p: int) -> int:
    """Symmetric inverse of a modulo p, by Euclid."""
    r0, r1, s0, s1 = p, a % p, 0, 1
    while r1 != 0:
        q = r0 // r1
        r0, r1 = r1, r0 - q * r1
        s0, s1 = s1, s0 - q * s1
    return symmetric(s0, p)


@compiled
def symmetric(a: int, p: int) -> int:
    """The residue of a modulo p that is nearest to 0."""
    r = a % p
    return r - p if 2 * r > p else r


@compiled
def reduce(x, constants):  # type: ignore[no-untyped-def]
    """Symmetric residue of a floating-point integer; exact while |x| + p stays below 2**bits."""
    return x - ((x * constants[1] + constants[2]) - constants[2]) * constants[0]


@compiled
def reduce_all(row, constants):  # type: ignore[no-untyped-def]
    """Symmetric residues, in place."""
    for j in range(len(row)):
        row[j] = reduce(row[j], constants)


@reduce_all.interpreted
def _reduce_array(row, constants):  # type: ignore[no-untyped-def]
    row[:] = reduce(row, constants)


@compiled
def _multiply(row, factor, constants):  # type: ignore[no-untyped-def]
    """Multiply a row by a residue and reduce."""
    for j in range(len(row)):
        row[j] = reduce(row[j] * factor, constants)


@_multiply.interpreted
def _multiply_array(row, factor, constants):  # type: ignore[no-untyped-def]
    row[:] = reduce(row * factor, constants)


@compiled
def _clear_column(a, low, high, lead, i, j, constants):  # type: ignore[no-untyped-def]
    """Clear column ``lead + j`` by row ``i``, which is 1 there, in the rows ``low`` to ``high``, without reduction."""
    row = a[i, lead:]
    for r in range(low, high):
        if r != i:
            other = a[r, lead:]
            factor = reduce(other[j], constants)
            for k in range(len(row)):
                other[k] -= factor * row[k]


@_clear_column.interpreted
def _clear_column_array(a, low, high, lead, i, j, constants):  # type: ignore[no-untyped-def]
    rows, others = a[low:high, lead:], np.arange(low, high) != i
    rows[others] -= np.multiply.outer(reduce(rows[others, j], constants), a[i, lead:])


@compiled
def _subtract_reduced(a, low, high, lead, change, constants):  # type: ignore[no-untyped-def]
    """Subtract a matrix from the rows ``low`` to ``high`` from column ``lead`` on, and reduce."""
    for i in range(low, high):
        row, other = a[i, lead:], change[i - low]
        for j in range(len(row)):
            row[j] = reduce(row[j] - other[j], constants)


@_subtract_reduced.interpreted
def _subtract_reduced_array(a, low, high, lead, change, constants):  # type: ignore[no-untyped-def]
    rows = a[low:high, lead:]
    rows[:] = reduce(rows - change, constants)


@compiled(small=BY_ROWS)
def _echelon(a, jordan, steps, pivots, block, constants, work, top, left):  # type: ignore[no-untyped-def]
    """Groups of ``block`` rows, each in panels of ``LANE``: the bulk of the work is products with ``block`` terms."""
    rows, columns = a.shape
    stepped = np.zeros(columns + 1, np.bool_)
    rank = lead = 0
    for start in range(0, rows, block):
        end, first = min(start + block, rows), rank
        group_lead = lead // LANE * LANE
        for low in range(start, end, LANE):
            high, before = min(low + LANE, end), rank
            rank = _reduce_panel(a, low, high, group_lead, rank, steps, pivots, constants)
            new = slice(before, rank)
            _subtract(a, start, low, steps[new], pivots[new], group_lead, constants, work, top, left)
            _subtract(a, high, end, steps[new], pivots[new], group_lead, constants, work, top, left)
        new = slice(first, rank)
        _subtract(a, end, rows, steps[new], pivots[new], group_lead, constants, work, top, left)
        if jordan:
            _subtract(a, 0, start, steps[new], pivots[new], group_lead, constants, work, top, left)
        stepped[pivots[new]] = True
        while stepped[lead]:
            lead += 1
    return rank


@compiled
def _reduce_panel(a, low, high, lead, rank, steps, pivots, constants):  # type: ignore[no-untyped-def]
    """Gauss-Jordan within the rows ``low`` to ``high``; a sum stays unreduced until its row's turn, or to the end."""
    for i in range(low, high):
        row = a[i, lead:]
        reduce_all(row, constants)
        j = 0
        while j < len(row) and row[j] == 0:
            j += 1
        if j == len(row):
            continue
        scale = a.dtype.type(inverse(np.int64(row[j]), np.int64(constants[0])))
        _multiply(row, scale, constants)
        _clear_column(a, low, high, lead, i, j, constants)
        steps[rank], pivots[rank] = i, lead + j
        rank += 1
    for i in range(low, high):
        reduce_all(a[i, lead:], constants)
    return rank


@compiled
def _subtract(a, low, high, steps, pivots, lead, constants, work, top, left):  # type: ignore[no-untyped-def]
    """Clear the columns ``pivots`` in the rows ``low`` to ``high`` by the rows ``steps``, reduced among themselves."""
    count, width = len(steps), a.shape[1] - lead
    if count == 0 or low == high:
        return
    right = top[: count * width].reshape(count, width)
    for k in range(count):
        right[k] = a[steps[k], lead:]
    height = max(1, len(work) // width)
    for start in range(low, high, height):
        end = min(start + height, high)
        factors = left[: (end - start) * count].reshape(end - start, count)
        for i in range(end - start):
            for k in range(count):
                factors[i, k] = a[start + i, pivots[k]]
        product = work[: (end - start) * width].reshape(end - start, width)
        np.dot(factors, right, product)
        _subtract_reduced(a, start, end, lead, product, constants)


@compiled(small=BY_ROWS)
def _kernel_basis(a, columns, steps, pivots, block, constants):  # type: ignore[no-untyped-def]
    """The basis by columns; a group's rows look at no pivot of their own group, so they are solved together."""
    free = np.ones(columns, np.bool_)
    free[pivots] = False
    basis = np.zeros((a.shape[1], columns - len(pivots)), a.dtype)
    for r, c in enumerate(np.flatnonzero(free)):
        basis[c, r] = 1
    end = len(steps)
    while end > 0:
        begin = np.searchsorted(steps, steps[end - 1] // block * block)
        solved = np.zeros((end - begin, basis.shape[1]), a.dtype)
        for low in range(pivots[begin:end].min() // block * block, a.shape[1], block):
            high = min(low + block, a.shape[1])
            rows = np.empty((end - begin, high - low), a.dtype)
            for i in range(end - begin):
                rows[i] = a[steps[begin + i], low:high]
            part = np.dot(rows, basis[low:high])
            for i in range(end - begin):
                for r in range(basis.shape[1]):
                    solved[i, r] = reduce(solved[i, r] - part[i, r], constants)
        for i in range(end - begin):
            basis[pivots[begin + i]] = solved[i]
        end = begin
    return basis


@compiled
def _product(a, x, constants):  # type: ignore[no-untyped-def]
    blocks, rows, block = a.shape
    out = np.zeros(rows, a.dtype)
    for k in range(blocks):
        part = np.dot(a[k], x[k * block : (k + 1) * block])
        for i in range(rows):
            out[i] = reduce(out[i] + part[i], constants)
    return out
