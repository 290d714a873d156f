"""Blocked elimination of a dense matrix modulo a prime, exact in floating point.

Residues are symmetric, |x| ≤ p/2, and are held in floating-point numbers whose significand (24 or 53 bits) holds every
sum of products that is formed before the next reduction. Every operation is exact, and the products run at the speed of
the machine's matrix multiplication. Reference: J.-G. Dumas, P. Giorgi, C. Pernet, "Dense linear algebra over word-size
prime fields: the FFLAS and FFPACK packages", ACM Trans. Math. Softw. 35 (2008).

A thread keeps its working memory between calls: a Monte Carlo simulation makes the same call 10⁵ times, and fresh
arrays of a megabyte cost a page fault every 4 KiB, more than the arithmetic done in them.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.compiled import BY_ROWS, compiled, copy_into
from srtheory.types import Int64

Floats = npt.NDArray[np.floating[Any]]
Table = npt.NDArray[Any]
"""Residues in floating point, or on bytes for :mod:`srtheory.span.bytewise`."""

LANE = 32
"""Multiple to which columns are padded, so that no loop over a row has a remainder."""
LEAF = 8
"""Number of rows that are eliminated one by one."""
WORKSPACE = 1 << 17
TABULATED = 1 << 12
"""Largest prime for which all inverses are tabulated."""
STRIPE = 256
PRIME = 16609429
"""About the largest prime with room for 128 products in a float64."""


@dataclass(frozen=True)
class Arithmetic:
    """Exact arithmetic modulo a prime in floating point."""

    prime: int
    """The modulus."""
    kind: type[np.floating[Any]]
    """``numpy.float32`` or ``numpy.float64``."""
    block: int
    """Number of products of two residues that may be added to a residue before the next reduction, a multiple of
    ``LANE``."""

    @cached_property
    def constants(self) -> Floats:
        """The prime, its inverse, and the number whose addition and subtraction round to an integer."""
        return np.array([self.prime, 1 / self.prime, 1.5 * 2.0 ** np.finfo(self.kind).nmant], dtype=self.kind)

    @cached_property
    def inverses(self) -> Floats:
        """Symmetric inverses of 0 (as 0) to p - 1 if the prime is small; empty otherwise."""
        if self.prime > TABULATED:
            return np.zeros(0, self.kind)
        table = np.array([0, *(pow(a, -1, self.prime) for a in range(1, self.prime))])
        return (table - self.prime * (2 * table > self.prime)).astype(self.kind)

    def room(self, largest: int) -> int:
        """Return how many products of a residue with a number of at most ``largest`` may be added to a residue.

        Two bounds apply. Sums stay below 2**bits, 2p kept free, so that they and q·p are exact. They also stay below
        p·2**(bits - 9), so that the quotient x/p is rounded to an integer with an error of less than 1/2 + 2**-8:
        residues have |x| ≤ p/2 + p/256.
        """
        bits = np.finfo(self.kind).nmant + 1
        exact = min(2**bits, self.prime << (bits - 9))
        half = self.prime // 2 + self.prime // 256 + 1
        return int((exact - half - 2 * self.prime) // (largest * half))


@lru_cache(maxsize=64)
def arithmetic(prime: int, widest: int = 512) -> Arithmetic | None:
    """Return the fastest exact arithmetic modulo ``prime``, or None if there is none (from about 2**24.5)."""
    for kind in (np.float32, np.float64):
        room = Arithmetic(prime, kind, 0).room(prime // 2 + prime // 256 + 1)
        if room >= LANE:
            return Arithmetic(prime, kind, min(room, widest) // LANE * LANE)
    return None


@dataclass(frozen=True, eq=False)
class Echelon:
    """A reduced matrix: row by row, the column of each step is zero in every later row."""

    table: Table
    """Shape (rows, padded columns). Row ``steps[i]`` is 1 at ``pivots[i]``; rows that are no step are zero."""
    steps: Int64
    pivots: Int64
    """Shape (rank,). Row (rising) and column of each step."""


def primes_down() -> Iterator[int]:
    """Yield :data:`PRIME` and the primes below it, by FLINT, which is faster than importing SymPy."""
    from flint import fmpz

    return (n for n in range(PRIME, 1, -1) if n == PRIME or fmpz(n).is_prime())


def padded(columns: int) -> int:
    """Return the number of columns to allocate for ``columns``."""
    return -(-columns // LANE) * LANE


def echelon(matrix: Floats, field: Arithmetic, *, jordan: bool = False) -> Echelon:
    """Reduce ``matrix``, of shape (rows, ``padded(columns)``), in place, with 2c³/3 operations for a square.

    With ``jordan``, each step's column is cleared in the earlier rows too.
    """
    steps = np.empty(min(matrix.shape), np.int64)
    pivots = np.empty(len(steps), np.int64)
    work = scratch("product", (max(WORKSPACE, STRIPE * len(matrix)),), field.kind)
    top = scratch("top", (field.block * matrix.shape[1],), field.kind)
    left = scratch("left", (2 * field.block * len(matrix),), field.kind)
    rank = reduce_rows(matrix, jordan, steps, pivots, field.block, field.constants, field.inverses, work, top, left)
    return Echelon(matrix, steps[:rank], pivots[:rank])


def kernel_basis(form: Echelon, columns: int, field: Arithmetic, most: int) -> Floats:
    """Return the basis of {x : Ax = 0} by rows, shape (columns - rank, padded columns): 1 at its own free column.

    No more vectors than ``most`` are computed, the first.
    """
    basis = _kernel_basis(form.table, columns, form.steps, form.pivots, most, field.block, field.constants)
    return np.ascontiguousarray(basis.T)


def inverse_matrix(matrix: Floats, field: Arithmetic) -> Floats | None:
    """Return the inverse of a matrix of shape (c, c) in the form for :func:`products`, or None; 2c³ operations.

    It is stored in float32, which holds every residue of :func:`arithmetic`, for float64 too: reading it takes longer
    than its products with vectors.
    """
    c = len(matrix)
    table = np.zeros((c, 2 * padded(c)), field.kind)
    table[:, :c] = matrix
    table[np.arange(c), padded(c) + np.arange(c)] = 1
    form = echelon(table, field, jordan=True)
    if c and form.pivots.max() >= c:  # a row that is 0 on the left is not 0 on the right
        return None
    blocks = -(-c // field.block)
    out = np.zeros((c, blocks * field.block), np.float32)
    out[form.pivots, :c] = table[form.steps, padded(c) : padded(c) + c]
    return np.ascontiguousarray(out.reshape(c, blocks, field.block).swapaxes(0, 1))


def products(matrix: Floats, x: Floats, y: Floats, field: Arithmetic) -> tuple[Floats, Floats]:
    """Return matrix times x, and y times matrix, modulo the prime; each entry of the matrix is read once.

    The matrix, of shape (blocks, rows, block), is cut into stripes of as many columns as can be added up exactly. ``x``
    is as long as their total width, and ``y`` has length ``rows``.
    """
    return _products(matrix, x, y, np.empty((field.block, field.block), field.kind), field.constants)


@compiled
def inverse(a: int, p: int) -> int:
    """Return the symmetric inverse of a modulo p, by Euclid's algorithm."""
    r0, r1, s0, s1 = p, a % p, 0, 1
    while r1 != 0:
        q = r0 // r1
        r0, r1 = r1, r0 - q * r1
        s0, s1 = s1, s0 - q * s1
    return symmetric(s0, p)


@compiled
def symmetric(a: int, p: int) -> int:
    """Return the residue of a modulo p that is nearest to 0."""
    r = a % p
    return r - p if 2 * r > p else r


def symmetric_array(values: npt.NDArray[np.integer], prime: int) -> npt.NDArray[np.integer]:
    """Return the residues nearest to 0."""
    residues = values % prime
    return residues - prime * (2 * residues > prime)


@compiled
def reduce(x, constants):  # type: ignore[no-untyped-def]
    """Return the symmetric residue of a floating-point integer; exact while |x| + p stays below 2**bits."""
    return x - ((x * constants[1] + constants[2]) - constants[2]) * constants[0]


@compiled
def reduce_all(row, constants):  # type: ignore[no-untyped-def]
    """Replace values by their symmetric residues, in place."""
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
def _subtract_mod(row, change, constants):  # type: ignore[no-untyped-def]
    """Subtract another row and reduce."""
    for j in range(len(row)):
        row[j] = reduce(row[j] - change[j], constants)


@_subtract_mod.interpreted
def _lose_array(row, change, constants):  # type: ignore[no-untyped-def]
    row[:] = reduce(row - change, constants)


@compiled
def _subtract_multiple_mod(row, factor, source, constants):  # type: ignore[no-untyped-def]
    """Subtract a multiple of another row and reduce."""
    for j in range(len(row)):
        row[j] = reduce(row[j] - factor * source[j], constants)


@_subtract_multiple_mod.interpreted
def _lose_multiple_array(row, factor, source, constants):  # type: ignore[no-untyped-def]
    row[:] = reduce(row - factor * source, constants)


def table_work(rows: int, columns: int) -> int:
    """Return the work of eliminating a table, in which each row meets only the rows of a few panels."""
    return 3 * rows * columns


@compiled(small=BY_ROWS, work=lambda a, *given: table_work(*a.shape))
def reduce_rows(a, jordan, steps, pivots, block, constants, inverses, work, top, left):  # type: ignore[no-untyped-def]
    """Reduce panels of ``LANE`` rows in groups of ``block``. See :func:`echelon`."""
    rows, columns = a.shape
    stepped = np.zeros(columns + 1, np.bool_)
    bounds = np.zeros(block // LANE + 1, np.int64)
    rank = lead = np.int64(0)
    for start in range(0, rows, block):
        end, bounds[0] = min(start + block, rows), rank
        for low in range(start, end, LANE):
            high, panel = min(low + LANE, end), (low - start) // LANE + 1
            rank = _reduce_panel(a, low, high, lead // LANE * LANE, rank, steps, pivots, constants, inverses)
            bounds[panel] = rank
            stepped[pivots[bounds[panel - 1] : rank]] = True
            while stepped[lead]:
                lead += 1
            begin = panel - (panel & -panel)
            reach = min(high + (panel - begin) * LANE, end)
            area = lead // LANE * LANE, block, constants, work, top, left
            _clear(a, high, reach, bounds[begin : panel + 1], steps, pivots, *area)
            if jordan:
                _clear(a, start, low, bounds[panel - 1 : panel + 1], steps, pivots, *area)
        group = bounds[: (end - start - 1) // LANE + 2]
        _clear(a, end, rows, group, steps, pivots, *area)
        if jordan:
            _clear(a, np.int64(0), start, group, steps, pivots, *area)
    return rank


@compiled
def _reduce_panel(a, low, high, lead, rank, steps, pivots, constants, inverses):  # type: ignore[no-untyped-def]
    """Apply Gauss-Jordan within the rows ``low`` to ``high``, reduced residues, ``LEAF`` at a time."""
    for begin in range(low, high, LEAF):
        end, before = min(begin + LEAF, high), rank
        rank = _reduce_leaf(a, begin, end, lead, rank, steps, pivots, constants, inverses)
        for r in range(low, high):
            if begin <= r < end:
                continue
            row = a[r, lead:]
            if rank - before == LEAF:
                _subtract_leaf(row, a, steps[before], lead, pivots[before:rank], constants)
                continue
            for k in range(before, rank):
                source, factor = a[steps[k], lead:], row[pivots[k] - lead]
                _subtract_multiple_mod(row, factor, source, constants)
    return rank


@compiled
def _reduce_leaf(a, low, high, lead, rank, steps, pivots, constants, inverses):  # type: ignore[no-untyped-def]
    """Apply Gauss-Jordan within the rows ``low`` to ``high``; a row's sums stay unreduced until its turn or the end."""
    for i in range(low, high):
        row = a[i, lead:]
        reduce_all(row, constants)
        j = 0
        while j < len(row) and row[j] == 0:
            j += 1
        if j == len(row):
            continue
        _multiply(row, residue_inverse(row[j], constants, inverses), constants)
        _clear_column(a, low, high, lead, i, j, constants)
        steps[rank], pivots[rank] = i, lead + j
        rank += 1
    for i in range(low, high):
        reduce_all(a[i, lead:], constants)
    return rank


@compiled
def residue_inverse(x, constants, inverses):  # type: ignore[no-untyped-def]
    """Return the inverse of a residue, from the table if there is one (negative residues index from its end)."""
    if len(inverses) > 0:
        return inverses[np.int64(x)]
    return constants.dtype.type(inverse(np.int64(x), np.int64(constants[0])))


@compiled
def _subtract_leaf(row, a, first, lead, pivots, constants):  # type: ignore[no-untyped-def]
    """Clear the pivots of ``LEAF`` successive rows in a row, in one pass."""
    f0, f1, f2, f3 = row[pivots[0] - lead], row[pivots[1] - lead], row[pivots[2] - lead], row[pivots[3] - lead]
    f4, f5, f6, f7 = row[pivots[4] - lead], row[pivots[5] - lead], row[pivots[6] - lead], row[pivots[7] - lead]
    r0, r1, r2, r3 = a[first, lead:], a[first + 1, lead:], a[first + 2, lead:], a[first + 3, lead:]
    r4, r5, r6, r7 = a[first + 4, lead:], a[first + 5, lead:], a[first + 6, lead:], a[first + 7, lead:]
    for j in range(len(row)):
        change = f0 * r0[j] + f1 * r1[j] + f2 * r2[j] + f3 * r3[j]
        change += f4 * r4[j] + f5 * r5[j] + f6 * r6[j] + f7 * r7[j]
        row[j] = reduce(row[j] - change, constants)


@_subtract_leaf.interpreted
def _subtract_leaf_array(row, a, first, lead, pivots, constants):  # type: ignore[no-untyped-def]
    f, r = row[pivots - lead], a[first : first + LEAF, lead:]
    change = f[0] * r[0] + f[1] * r[1] + f[2] * r[2] + f[3] * r[3]  # in this order: zeros have signs
    change += f[4] * r[4] + f[5] * r[5] + f[6] * r[6] + f[7] * r[7]
    row[:] = reduce(row - change, constants)


@compiled
def _clear(a, low, high, bounds, steps, pivots, lead, block, constants, work, top, left):  # type: ignore[no-untyped-def]
    """Clear the pivots of some panels, which start and end at ``bounds``, in the rows ``low`` to ``high``.

    Left of ``lead`` every column has a pivot, so there is nothing to compute.
    """
    height, first, count = high - low, bounds[0], bounds[-1] - bounds[0]
    if count == 0 or height <= 0:
        return
    factors = left[: height * count].reshape(height, count)
    for panel in range(len(bounds) - 1):
        begin, end = bounds[panel] - first, bounds[panel + 1] - first
        _factors(
            a, low, begin, end, steps[first:], pivots[first:], constants, work, top, left[height * count :], factors
        )
    stripe = max(STRIPE, len(work) // height // LANE * LANE)
    for start in range(lead, a.shape[1], stripe):
        width = min(stripe, a.shape[1] - start)
        right = top[: count * width].reshape(count, width)
        empty = True
        for k in range(count):
            copy_into(right[k], a[steps[first + k], start : start + width])
            empty = empty and not right[k].any()
        if empty:  # the right part of inverse_matrix, while it is still that of the identity
            continue
        product = work[: height * width].reshape(height, width)
        np.dot(factors, right, product)
        for i in range(height):
            _subtract_mod(a[low + i, start : start + width], product[i], constants)
    cleared = pivots[first : first + count]
    _erase(a, low, high, cleared)


@compiled
def _factors(a, low, begin, end, steps, pivots, constants, work, top, spare, factors):  # type: ignore[no-untyped-def]
    """Fill ``factors`` with the multiples of the steps ``begin`` to ``end`` to subtract from the rows from ``low``."""
    height, count = len(factors), end - begin
    if count == 0:
        return
    _gather(factors[:, begin:end], a[low : low + height], pivots[begin:end])
    if begin == 0:
        return
    above = top[: begin * count].reshape(begin, count)
    if steps[begin - 1] - steps[0] == begin - 1:
        _gather(above[:, :count], a[steps[0] : steps[0] + begin], pivots[begin:end])
    else:
        for k in range(begin):
            _gather(above[k : k + 1, :count], a[steps[k] : steps[k] + 1], pivots[begin:end])
    known = spare[: height * begin].reshape(height, begin)
    for i in range(height):
        copy_into(known[i], factors[i, :begin])
    lost = work[: height * count].reshape(height, count)
    np.dot(known, above, lost)
    for i in range(height):
        _subtract_mod(factors[i, begin:end], lost[i], constants)


@compiled
def _erase(a, low, high, columns):  # type: ignore[no-untyped-def]
    """Set columns, which are usually successive, to 0 in the rows ``low`` to ``high``."""
    first, successive = columns[0], True
    for k in range(len(columns)):
        successive &= columns[k] == first + k
    for i in range(low, high):
        if successive:
            row = a[i, first : first + len(columns)]
            for k in range(len(row)):
                row[k] = 0
        else:
            for j in columns:
                a[i, j] = 0


@_erase.interpreted
def _erase_array(a, low, high, columns):  # type: ignore[no-untyped-def]
    a[low:high, columns] = 0


@compiled
def _gather(out, rows, columns):  # type: ignore[no-untyped-def]
    """Write the rows at some columns, which are usually successive."""
    first, successive = columns[0], True
    for k in range(len(columns)):
        successive &= columns[k] == first + k
    for i in range(len(out)):
        target, source = out[i], rows[i]
        if successive:
            source = source[first:]
            for k in range(len(columns)):
                target[k] = source[k]
        else:
            for k in range(len(columns)):
                target[k] = source[columns[k]]


@_gather.interpreted
def _gather_array(out, rows, columns):  # type: ignore[no-untyped-def]
    out[:] = rows[: len(out), columns]


@compiled(small=BY_ROWS)
def _kernel_basis(a, columns, steps, pivots, most, block, constants):  # type: ignore[no-untyped-def]
    """Return the basis by columns; the rows of a panel use none of its own pivots, so they are solved together."""
    free = np.ones(columns, np.bool_)
    free[pivots] = False
    basis = np.zeros((a.shape[1], min(columns - len(pivots), most)), a.dtype)
    for r, c in enumerate(np.flatnonzero(free)[:most]):
        basis[c, r] = 1
    end = len(steps)
    while end > 0:
        begin = np.searchsorted(steps, steps[end - 1] // LANE * LANE)
        solved = np.zeros((end - begin, basis.shape[1]), a.dtype)
        for low in range(pivots[begin:end].min() // block * block, a.shape[1], block):
            high = min(low + block, a.shape[1])
            rows = np.empty((end - begin, high - low), a.dtype)
            for i in range(end - begin):
                copy_into(rows[i], a[steps[begin + i], low:high])
            part = np.dot(rows, basis[low:high])
            for i in range(end - begin):
                _subtract_mod(solved[i], part[i], constants)
        for i in range(end - begin):
            copy_into(basis[pivots[begin + i]], solved[i])
        end = begin
    return basis


@compiled
def _products(a, x, y, tile, constants):  # type: ignore[no-untyped-def]
    """Multiply square by square; each is copied to ``tile``, in the type of the vectors, and stays in cache."""
    blocks, rows, block = a.shape
    out, across = np.zeros(rows, x.dtype), np.zeros(blocks * block, x.dtype)
    sums = np.empty(block, x.dtype)
    for k in range(blocks):
        piece, below = x[k * block : (k + 1) * block], across[k * block : (k + 1) * block]
        for low in range(0, rows, block):
            count = min(block, rows - low)
            sums[:] = 0
            for i in range(count):
                source, target, factor = a[k, low + i], tile[i], y[low + i]
                for j in range(block):
                    target[j] = source[j]
                    sums[j] += factor * target[j]
            part = np.dot(tile[:count], piece)
            for i in range(count):
                out[low + i] = reduce(out[low + i] + part[i], constants)
            for j in range(block):
                below[j] = reduce(below[j] + sums[j], constants)
    return out, across


KEPT_BYTES = 1 << 24
CACHE_LINE = 64


class _Buffers(threading.local):
    def __init__(self) -> None:
        self.by_name: dict[str, npt.NDArray[np.uint8]] = {}


_BUFFERS = _Buffers()


def scratch(name: str, shape: tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an uninitialised array of this thread, valid until ``name`` is used again; not kept above 16 MiB."""
    size = math.prod(shape) * np.dtype(kind).itemsize
    buffer = _BUFFERS.by_name.get(name)
    if buffer is None or len(buffer) < size:
        buffer = aligned((size,), np.uint8)
        if size <= KEPT_BYTES:
            _BUFFERS.by_name[name] = buffer
    return buffer[:size].view(kind).reshape(shape)


def aligned(shape: tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an uninitialised array that belongs to the caller and begins on a cache line."""
    size = math.prod(shape) * np.dtype(kind).itemsize
    block = np.empty(size + CACHE_LINE, np.uint8)
    skip = -block.ctypes.data % CACHE_LINE
    return block[skip : skip + size].view(kind).reshape(shape)
