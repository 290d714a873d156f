"""Full rank, and M', of large sparse 0/1 rows by block Wiedemann: certificates from products with the core only.

The core of c columns is never formed. The triangle of :mod:`srtheory.span.sparse` writes the pivots' columns in terms
of the inactive ones. A product of the core with a vector extends it to all columns, pivot by pivot, and adds up the
core's rows: each entry of the sparse matrix is used once, for every density of the core. Some c/a + c/b such products
with a block of b vectors, seen through a block of a vectors, give a sequence, and its approximants by block
Berlekamp-Massey, by halves, give the certificates: docs/proofs/exactness.md, section 8, proves what their degrees and
leading coefficients say about the ranks of Hankel matrices. Random blocks decide only whether a certificate is found.
If none is found, nothing is concluded about the rows, and the caller uses another method.

An approximant of order n of a matrix F of power series, b × s, is a vector v of s polynomials with Fv = O(xⁿ). Given
degrees d_1, …, d_s, a *basis* of the approximants is kept whose columns have the least possible degrees
max_i (deg v_i + d_i).

A matrix of polynomials is an array of shape (coefficients, rows, columns) of symmetric residues in single precision.
Over the integers the coefficients of a product are sums of so few small products that they are known from their
residues modulo a larger prime q, where q - 1 is divisible by a high power of two. There the matrices are evaluated at
the N-th roots of unity, multiplied value by value, and interpolated.

References: D. Coppersmith, Math. Comp. 62 (1994), and G. Villard, ISSAC 1997, on block Wiedemann; B. Beckermann,
G. Labahn, SIAM J. Matrix Anal. Appl. 15 (1994), P. Giorgi, C.-P. Jeannerod, G. Villard, ISSAC 2003, and E. Thomé,
J. Symbolic Comput. 33 (2002), on approximants; J. von zur Gathen, J. Gerhard, "Modern Computer Algebra", 3rd ed.,
2013, section 8.2, on transforms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled, compiles, copy_into
from srtheory.errors import require_int
from srtheory.matrix import Rows
from srtheory.span import bytewise
from srtheory.span.bytewise import AHEAD, LINE, add_half_lines, add_lines, narrow
from srtheory.span.dense import (
    LANE,
    Arithmetic,
    aligned,
    arithmetic,
    echelon,
    padded,
    reduce,
    reduce_all,
    symmetric_array,
)
from srtheory.span.modular import Prefix
from srtheory.span.sparse import Triangle, transposed, triangulate
from srtheory.types import Floats, Int32, Int64

FURTHER = 4
"""Number of terms of the sequence beyond those needed if all degrees are as equal as possible."""
TRIALS = 3
"""Number of primes that are tried."""
LEAST_CORE, LEAST_CORE_WITHOUT_BYTES = 9000, 3500
"""Number of core columns from which this is faster than elimination, on bytes and in single precision."""
LARGEST_COLUMNS = 1 << 24
"""Number of rows or columns from which it is not tried."""
LARGEST_BLOCKS = 256
"""Largest number of vectors of both blocks, and so of products of residues added before a reduction."""
SEED = 1


@dataclass(frozen=True)
class Blocks:
    """Numbers a and b of vectors of U and V; together at most ``LARGEST_BLOCKS``.

    A further vector of U makes the sequence shorter and the approximants larger.
    """

    left: int = 64
    right: int = 32

    def __post_init__(self) -> None:
        require_int("left", self.left, 1, LARGEST_BLOCKS - 1)
        require_int("right", self.right, 1, LARGEST_BLOCKS - self.left)


LONG_SEQUENCE = 60000
"""Number of core columns from which larger blocks save more in products than they cost in approximants."""


@dataclass(frozen=True)
class Found:
    """Facts that the sequence of one prime certifies."""

    invertible: bool
    """B is invertible modulo the prime. False: nothing is known."""
    last: int
    """If so, w·B^-1·e, w the sum of all columns in terms of the core's, e the last unit vector; a residue."""


NOTHING = Found(False, 0)


def least_prefix(
    rows: Rows, covered: int, *, blocks: Blocks | None = None, least: int | None = None, primes: Sequence[int] = ()
) -> Prefix | None:
    """Return the least prefix that spans 1 over Q if it is max(m, ``covered``) and full rank is certified.

    ``rows``: m ≥ 1 columns. ``covered``: the coverage time. ``blocks``: sizes of the blocks, by default those of
    :func:`blocks_for`. ``least``: columns of the core from which on it is tried; by default those from which on
    elimination takes longer. ``primes``: odd primes up to 251 that are tried, those of :func:`primes_for` by default.

    Its ranks hold over Q. None implies nothing about the rows.

    For each prime that is tried, O(nnz·c) additions of bytes and O(c·(a + b)**2·log(c)**2) operations, for a core of c
    columns and blocks of a and b vectors.  Nearly always the first succeeds, but with a probability of some 2/p.
    """
    m, k = rows.columns, max(rows.columns, covered)
    if len(rows) < k or not applies(rows):
        return None
    head = rows.prefix(k)
    triangle = _triangle(head) if k == covered else _triangle_before_last(head)
    for found in _attempts(head, triangle, blocks, least, primes):
        if found.invertible and (k == covered or found.last != 0):
            return Prefix(k, m - 1, m)
    return None


def has_full_rank(
    rows: Rows, *, blocks: Blocks | None = None, least: int | None = None, primes: Sequence[int] = ()
) -> bool:
    """Return whether a certificate is found that all rows, or all columns if fewer, are independent over Q.

    Arguments and cost: see :func:`least_prefix`. False implies nothing about the rows.
    """
    if not applies(rows):
        return False
    tall = rows if len(rows) >= rows.columns else transposed(rows)
    return any(found.invertible for found in _attempts(tall, _triangle(tall), blocks, least, primes))


def _attempts(
    rows: Rows, triangle: Triangle, blocks: Blocks | None, least: int | None, primes: Sequence[int]
) -> Iterator[Found]:
    """Yield the result modulo one prime after the other, if the core is large enough."""
    c = len(triangle.inactive)
    if c >= max(least_core() if least is None else least, 1):
        blocks = blocks or blocks_for(c)
        for prime in (primes or primes_for(c, blocks))[:TRIALS]:
            yield certify(rows, triangle, prime, blocks)


def blocks_for(c: int) -> Blocks:
    """Return the blocks for a core of c columns; 64 vectors of V fill a cache line."""
    return Blocks(128, 64) if c >= LONG_SEQUENCE else Blocks()


def least_core() -> int:
    """Return the number of core columns from which this is faster than elimination on this processor."""
    field = arithmetic(bytewise.LARGEST_PRIME)
    return LEAST_CORE if field and bytewise.applies(field) else LEAST_CORE_WITHOUT_BYTES


def applies(rows: Rows) -> bool:
    """Return whether all weights are 1, no size is too large, and numba may compile."""
    size = max(len(rows), rows.columns)
    return compiles() and size < LARGEST_COLUMNS and (rows.values is None or bool((rows.values == 1).all()))


def _triangle(rows: Rows) -> Triangle:
    """Return the triangle of at least as many rows as columns; if B is invertible, their rank is full."""
    return triangulate(rows.indptr, rows.indices, rows.columns)


def _triangle_before_last(rows: Rows) -> Triangle:
    """Return the same for m rows, the last being the last row of the core."""
    n = len(rows) - 1
    head = rows.prefix(n)
    triangle = triangulate(head.indptr, head.indices, rows.columns)
    return replace(triangle, core_rows=np.append(triangle.core_rows, np.int32(n)))


def primes_for(c: int, blocks: Blocks) -> list[int]:
    """Return primes in descending order for which products of approximants of a core of c columns are exact."""
    a, b = blocks.left, blocks.right
    n = length(c, blocks)
    terms = max(a * (n * b // (2 * (a + b)) + 8), n * b // 4 + 8 * (a + b))
    odd = range(3, LARGEST_PRIME + 1, 2)
    return [p for p in reversed(odd) if all(p % q for q in odd[: odd.index(p)]) and fits(terms, p)]


def length(c: int, blocks: Blocks) -> int:
    """Return the number of terms of the sequence."""
    return -(-c // blocks.left) - (-c // blocks.right) + FURTHER


def certify(rows: Rows, triangle: Triangle, prime: int, blocks: Blocks) -> Found:
    """Return what is certified modulo one prime."""
    field = arithmetic(prime)
    assert field is not None
    matrix, right, units = start(rows, triangle, prime, blocks)
    series = sequence(matrix, right, units, length(matrix.columns, blocks), field)
    try:
        basis = series_basis(series, field)
    except OverflowError:  # degrees that are far from equal, as for a singular matrix
        return NOTHING
    return conclude(basis, matrix.columns, len(units) + 1, field)


def start(rows: Rows, triangle: Triangle, prime: int, blocks: Blocks) -> tuple[Core, Bytes, Int64]:
    """Return B, V, whose first column is the last unit vector, and the coordinates of U."""
    c = len(triangle.inactive)
    rng = np.random.default_rng([SEED, prime])
    half = prime // 2
    matrix = core(rows.indptr, rows.indices, triangle, rng.integers(1, prime, len(triangle.core_rows) - c))
    right = rng.integers(-half, half, (c, blocks.right), np.int8, endpoint=True)
    right[:, 0] = 0
    right[c - 1, 0] = 1
    units = np.sort(rng.choice(c, min(blocks.left - 1, c), replace=False))
    return matrix, right, units


def conclude(basis: Basis, c: int, left: int, field: Arithmetic) -> Found:
    """Return what a basis for the transposed sequence of a matrix of c columns proves; U has ``left`` columns.

    The degrees of the columns of least degrees must add up to c and be less than all others. Then their leading
    coefficients must be an invertible matrix.
    """
    order = np.argsort(basis.degrees, kind="stable")
    chosen, others = order[:left], order[left:]
    if basis.degrees[chosen].sum() != c or basis.degrees[chosen].max() >= basis.degrees[others].min():
        return NOTHING
    # [F | G], the last unit vector's row of G being row 0: eliminating F leaves G·F^-1 in its place.
    table = np.zeros((left, padded(left + 1)), field.kind)
    table[:, :left] = basis.leading[:left, chosen].T
    table[:, left] = basis.leading[left, chosen]
    form = echelon(table, field, jordan=True)
    if not np.array_equal(np.sort(form.pivots), np.arange(left)):
        return NOTHING
    solution = np.empty(left, np.int64)
    solution[form.pivots] = table[form.steps, left].astype(np.int64)
    return Found(True, int(-solution[left - 1] % field.prime))


Bytes = npt.NDArray[np.int8]

LARGEST_PRIME = 251
"""Largest prime whose residues fit into a byte."""
LARGEST_BYTE, LARGEST_SUM = 2**7 - 1, 2**15 - 1


@dataclass(frozen=True, eq=False)
class Core:
    """A square matrix B on the c inactive columns of 0/1 rows, given by its multiplication."""

    columns: int
    """c."""
    pivots: int
    """Pivots' columns that are not zero on the kernel of the pivots' rows."""
    starts: Int64
    sources: Int32
    """Shape (pivots + core rows + 1,), int32 array: Row i is the sum of the vectors ``sources[starts[i]:starts[i +
    1]]``, its negative for a pivot: inactive columns from 0 on, then pivots. ``AHEAD`` zeros follow."""
    weights: Int64
    """Shape (core rows - c,): Core row c + i is added to row i modulo c of B this many times."""


def core(indptr: Int64, indices: Int32, triangle: Triangle, weights: Int64) -> Core:
    """Return the core of a triangle, with at least as many core rows as inactive columns."""
    c, many = len(triangle.inactive), len(triangle.pivot_rows) + len(triangle.core_rows)
    starts, sources = np.zeros(many + 1, np.int64), np.empty(indptr[-1], np.int32)
    live = _sources(
        indptr, indices, triangle.pivot_rows, triangle.core_rows, triangle.place, c, starts, sources
    )  # fmt: skip
    rows = live + len(triangle.core_rows)
    return Core(c, live, starts[: rows + 1].copy(), followed(sources[: starts[rows]]), weights)


def followed(sources: Int32) -> Int32:
    """Return the sources and ``AHEAD`` zeros."""
    return np.concatenate((sources, np.zeros(AHEAD, np.int32)))


def sequence(matrix: Core, right: Bytes, units: Int64, count: int, field: Arithmetic) -> Float32:
    """Return the transposed blocks (U^T B^i V)^T, i = 0, …, count - 1.

    ``matrix``: B, c × c. ``right`` (int8 array, shape (c, b)): V, symmetric residues modulo a prime up to 251.
    ``units`` (int64 array, shape (a - 1,)): coordinates, which are the first a - 1 columns of U; the last column is the
    sum of all columns of the sparse matrix in terms of the inactive ones. ``count``: at least 1. ``field``: modulo that
    prime.

    The result is a float32 array, shape (count, b, a). Symmetric residues.

    O(count·nnz·b), nnz the entries of the sparse matrix.
    """
    (c, b), p = right.shape, field.prime
    starts, sources, limits = matrix.starts, matrix.sources, (room_in_bytes(p), room(p), field.constants)
    many, cores = c + matrix.pivots, len(starts) - 1 - matrix.pivots
    shape = max(many, cores), -(-b // LANE) * LANE
    values, following = aligned(shape, np.int8), aligned(shape, np.int8)
    values[:c] = 0
    values[:c, :b] = right
    everything, total = followed(np.arange(many, dtype=np.int32)), np.empty(shape[1], np.int64)
    out = np.empty((count, b, len(units) + 1), np.float32)
    for i in range(count):
        out[i, :, :-1] = values[units, :b].T
        _sums(starts, sources, 0, -1, *limits, values, values[c:many])
        _total(everything, *limits, values, total)
        out[i, :, -1] = symmetric_array(total[:b], p)
        if i + 1 < count:
            _sums(starts, sources, matrix.pivots, 1, *limits, values, following[:cores])
            _fold(c, matrix.weights, field.constants, following[:cores])
            values, following = following, values
    return out


def room_in_bytes(prime: int) -> int:
    """Return how many residues may be added up in 8 bits."""
    return LARGEST_BYTE // largest_residue(prime)


def room(prime: int) -> int:
    """Return how many residues may be added to a residue in 16 bits."""
    largest = largest_residue(prime)
    return (LARGEST_SUM - largest) // largest


@compiled
def _sources(indptr, indices, pivot_rows, core_rows, place, c, starts, sources):  # type: ignore[no-untyped-def]
    """Fill the arrays of a :class:`Core`, without pivots that are zero, and return the number of the others."""
    number = np.full(len(pivot_rows), -1, np.int32)
    rows = end = live = 0
    for t in range(len(pivot_rows) + len(core_rows)):
        is_pivot = t < len(pivot_rows)
        i = pivot_rows[t] if is_pivot else core_rows[t - len(pivot_rows)]
        begin = end
        for e in range(indptr[i], indptr[i + 1]):
            q = place[indices[e]]
            if q < 0:
                sources[end] = -1 - q
                end += 1
            elif (q != t or not is_pivot) and number[q] >= 0:
                sources[end] = c + number[q]
                end += 1
        if is_pivot and end == begin:
            continue
        if is_pivot:
            number[t] = live
            live += 1
        rows += 1
        starts[rows] = end
    return live


@compiled
def _sums(starts, sources, first, sign, few, room, constants, values, out):  # type: ignore[no-untyped-def]
    """Write sums of vectors times 1 or -1: those of row ``first`` of a :class:`Core` and of the next rows.

    ``few`` vectors are added up in bytes, and every ``room`` vectors the sum in 16 bits is reduced. ``out`` may be a
    part of ``values`` that no earlier sum reads. Both are contiguous, of a multiple of ``LANE`` columns.
    """
    width, sums = values.shape[1], np.empty(LINE, np.int16)
    for i in range(len(out)):
        at = 0
        while at < width:
            for j in range(LINE):
                sums[j] = 0
            begin, stop, left = starts[first + i], starts[first + i + 1], room
            while begin < stop:
                count = min(few, stop - begin, left)
                if width - at >= LINE:
                    add_lines(sums, values, width, at, sources, begin, count, sign)
                else:
                    add_half_lines(sums, values, width, at, sources, begin, count, sign)
                begin += count
                left -= count
                if left == 0:
                    for j in range(LINE):
                        sums[j] = np.int16(reduce(np.float32(sums[j]), constants))
                    left = room
            size = min(width - at, LINE)
            narrow(out, i * width + at, sums, 0, size // LANE, constants)
            at += size


@compiled
def _fold(c, weights, constants, rows):  # type: ignore[no-untyped-def]
    """Turn the first c rows of the core into those of B."""
    for i in range(len(weights)):
        weight, one, other = np.float32(weights[i]), rows[c + i], rows[i % c]
        for j in range(len(one)):
            other[j] = np.int8(reduce(np.float32(other[j]) + weight * np.float32(one[j]), constants))


@compiled
def _total(everything, few, room, constants, values, out):  # type: ignore[no-untyped-def]
    """Write the sum of all vectors, which ``everything`` lists, followed by ``AHEAD`` zeros."""
    width, sums, many = values.shape[1], np.empty(LANE, np.int16), len(everything) - AHEAD
    for at in range(0, width, LANE):
        for j in range(LANE):
            out[at + j] = 0
        begin = 0
        while begin < many:
            for j in range(LANE):
                sums[j] = 0
            last = min(begin + room, many)
            while begin < last:
                count = min(few, last - begin)
                add_half_lines(sums, values, width, at, everything, begin, count, 1)
                begin += count
            for j in range(LANE):
                out[at + j] += sums[j]


STEPS = 16
"""Number of orders that are processed one by one."""


@dataclass(frozen=True, eq=False)
class Basis:
    """A minimal basis of approximants."""

    degrees: Int64
    """Shape (s,). Degree of each column."""
    leading: Float32
    """Shape (s, s): Column j: the coefficients of x**(degrees[j] - d_i), i = 1, …, s.  Invertible."""


def series_basis(series: Float32, field: Arithmetic) -> Basis:
    """Return the basis of the (f, g) with S·f - g = O(xⁿ), of degree max(deg f, 1 + deg g).

    ``series`` (float32 array, shape (n, b, a)): n ≥ 1 coefficients of S, symmetric residues. ``field``: modulo an odd
    prime, in single precision, with ``inverses``.

    s = a + b columns. The first a rows are f's.

    Raises OverflowError if the series are too long for :func:`product` modulo this prime.

    O(s³·n·log² n). The basis itself is not formed, for its degrees and leading coefficients are those of its factors.
    """
    n, b, a = series.shape
    degrees = np.repeat(np.array([0, 1]), [a, b])
    half = n // 2
    if n <= STEPS:
        return _leading(*_approximants(_with_identity(series), degrees, field), degrees)
    first, between = _approximants(_with_identity(series[:half]), degrees, field)
    rest = product(series, np.ascontiguousarray(first[:, :a]), half, n, field)
    reach = max(0, len(first) - half)
    rest[:reach] -= first[half:, a:]
    reduce_all(rest.reshape(-1), field.constants)
    one = _leading(first, between, degrees)
    del first
    other = _last(rest, between, field)
    return Basis(other.degrees, _symmetric(one.leading.astype(np.float64) @ other.leading, field))


def _last(series: Float32, degrees: Int64, field: Arithmetic) -> Basis:
    """Return the degrees and leading coefficients of a basis for any series of shape (n, b, s)."""
    n = len(series)
    if n <= STEPS:
        return _leading(*_approximants(series, degrees, field), degrees)
    half = n // 2
    first, between = _approximants(series[:half], degrees, field)
    rest = product(series, first, half, n, field)
    one = _leading(first, between, degrees)
    del first
    other = _last(rest, between, field)
    return Basis(other.degrees, _symmetric(one.leading.astype(np.float64) @ other.leading, field))


def _approximants(series: Float32, degrees: Int64, field: Arithmetic) -> tuple[Float32, Int64]:
    """Return a basis, shape (coefficients, s, s), and its degrees."""
    n = len(series)
    if n <= STEPS:
        return _step_by_step(series, degrees, field)
    half = n // 2
    first, between = _approximants(series[:half], degrees, field)
    rest = product(series, first, half, n, field)
    second, last = _approximants(rest, between, field)
    length = int(last.max() - degrees.min()) + 1
    return product(first, second, 0, min(length, len(first) + len(second) - 1), field), last


def _step_by_step(series: Float32, degrees: Int64, field: Arithmetic) -> tuple[Float32, Int64]:
    """Return a basis and its degrees, order by order.

    The coefficient of the order is cleared from all columns but b of the least degrees, which are multiplied by x.
    """
    n, b, s = series.shape
    rest, degrees, start = series.copy(), degrees.copy(), int(degrees.min())
    basis = np.zeros((n + int(degrees.max()) - start + 1, s, s), np.float32)
    basis[0] = np.eye(s)
    pivots, factors = np.empty(b, np.int64), np.empty((b, s), np.float32)
    for t in range(n):
        order = np.argsort(degrees, kind="stable")
        count = clear_columns(rest[t].T.copy(), order, field.constants, field.inverses, pivots, factors)
        length = int(degrees.max()) - start + 1
        for part in (rest[t:], basis[: length + 1]):
            chosen = part[:, :, pivots[:count]].reshape(-1, count)
            _multiply_by_x(part, chosen @ factors[:count], pivots[:count], field.constants)
        degrees[pivots[:count]] += 1
    return basis[: int(degrees.max()) - start + 1].copy(), degrees


@compiled
def clear_columns(columns, order, constants, inverses, pivots, factors):  # type: ignore[no-untyped-def]
    """Plan how to clear columns, the rows of ``columns``, by columns before them in ``order``.

    This fills in the pivots' columns and the factors F with which X - X[pivots]·F has the cleared columns and, in the
    pivots' places, those that cleared them. It returns the number of pivots. Sums stay unreduced until they are read.
    """
    used = np.zeros(len(order), np.bool_)
    count = 0
    for r in range(columns.shape[1]):
        pivot, scale = -1, inverses[0]
        for j in order:
            if used[j]:
                continue
            x = reduce(columns[j, r], constants)
            if pivot >= 0:
                factors[count, j] = factor = reduce(x * scale, constants)
                if factor != 0:
                    one, other = columns[j], columns[pivot]
                    for k in range(r, len(one)):
                        one[k] -= factor * other[k]
            else:
                factors[count, j] = 0
                if x != 0:
                    pivot, scale = j, inverses[np.int64(x)]
                    reduce_all(columns[j], constants)
        if pivot >= 0:
            for j in order:
                if used[j]:
                    factors[count, j] = 0
            used[pivot] = True
            pivots[count] = pivot
            count += 1
    # X is Y plus the pivots' columns of Y times the factors: the pivots' columns of X are those of Y times a triangle.
    for r in range(count - 1, -1, -1):
        one = factors[r]
        for k in range(count - 1, r, -1):
            factor, other = reduce(one[pivots[k]], constants), factors[k]
            for j in range(len(one)):
                one[j] -= factor * other[j]
        reduce_all(one, constants)
    return count


@compiled
def _multiply_by_x(part, lost, pivots, constants):  # type: ignore[no-untyped-def]
    """Subtract what the columns lose, multiply the pivots' columns by x, and drop the last coefficients."""
    n, rows, _ = part.shape
    for k in range(n - 1, -1, -1):
        for i in range(rows):
            one, other = part[k, i], lost[k * rows + i]
            for j in range(len(one)):
                one[j] = reduce(one[j] - other[j], constants)
            if k + 1 < n:
                following = part[k + 1, i]
                for j in pivots:
                    following[j] = one[j]
            for j in pivots:
                one[j] = 0


def _with_identity(series: Float32) -> Float32:
    """Return [S | -1]."""
    n, b, a = series.shape
    out = np.zeros((n, b, a + b), np.float32)
    out[:, :, :a] = series
    out[0, :, a:] = -np.eye(b)
    return out


def _leading(basis: Float32, degrees: Int64, before: Int64) -> Basis:
    """Return the leading coefficients of a basis whose rows have the degrees ``before``."""
    power = degrees[None, :] - before[:, None]
    met = (power >= 0) & (power < len(basis))
    i, j = np.indices(power.shape)
    return Basis(degrees, np.where(met, basis[np.where(met, power, 0), i, j], np.float32(0)))


def _symmetric(matrix: Floats, field: Arithmetic) -> Float32:
    return symmetric_array(matrix.astype(np.int64), field.prime).astype(np.float32)


Float32 = npt.NDArray[np.float32]

MODULUS = 11272193
"""43·2**18 + 1, a prime: residues are exact in a float32, and sums of 256 of their products in a float64."""
GENERATOR = 3
"""A primitive root modulo ``MODULUS``."""
LONGEST = 1 << 18
LANES = 16
"""Number of polynomials that are transformed side by side, in cache."""
LARGEST_INNER = 256
"""Number of products that may be added, modulo 251 in single and modulo ``MODULUS`` in double precision."""
SHORT = 8
"""Number of coefficients up to which the product by definition is faster."""
SPECTRUM_BYTES = 1 << 26
"""Memory for the values of the right factor, of which a stripe of columns is processed at a time."""


def fits(terms: int, prime: int) -> bool:
    """Return whether sums of so many products of two residues are determined by their residues modulo ``MODULUS``."""
    return terms * largest_residue(prime) ** 2 <= MODULUS // 2


def largest_residue(prime: int) -> int:
    """Bound the values that :func:`~srtheory.span.dense.reduce` returns."""
    return prime // 2 + prime // 256 + 1


def product(left: Float32, right: Float32, low: int, high: int, field: Arithmetic) -> Float32:
    """Return the coefficients ``low`` to ``high`` of left·right, modulo the prime of ``field``.

    ``left``, ``right`` (float32 arrays, shapes (k, r, s) and (l, s, t)): symmetric residues, k and l at least 1.
    ``low``, ``high``: 0 ≤ low < high; coefficients beyond the product's degree are 0. ``field``: modulo an odd prime,
    in single precision.

    The result is a float32 array, shape (high - low, r, t).

    Raises OverflowError if s is above ``LARGEST_INNER``, sums of s·min(k, l) products are too large for ``MODULUS``,
    or it has no roots of unity of an order as large as the transform's.

    O(N·r·s·t + N·log N·(r·s + s·t + r·t)), N the power of two from high - low + l - 1 on.
    """
    if right.shape[1] > LARGEST_INNER:
        raise OverflowError(f"Sums of {right.shape[1]} products are too large, of {LARGEST_INNER} they are not.")
    begin = max(0, low - len(right) + 1)
    left = left[begin:high]
    low, high = low - begin, high - begin
    out = np.zeros((high - low, left.shape[1], right.shape[2]), np.float32)
    if len(left) == 0:
        return out
    if len(right) <= SHORT:
        _by_definition(left, right, low, out, field)
    else:
        _by_transform(left, right, low, out, field)
    return out


def _by_definition(left: Float32, right: Float32, low: int, out: Float32, field: Arithmetic) -> None:
    (_, r, s), t = left.shape, right.shape[2]
    room = field.room(largest_residue(field.prime)) // s
    for k in range(len(right)):
        first, last = max(0, low - k), min(len(left), low - k + len(out))
        if first < last:
            part = left[first:last].reshape(-1, s) @ right[k]
            out[first + k - low : last + k - low] += part.reshape(-1, r, t)
        if (k + 1) % room == 0 or k + 1 == len(right):
            reduce_all(out.reshape(-1), field.constants)


def _by_transform(left: Float32, right: Float32, low: int, out: Float32, field: Arithmetic) -> None:
    (k, r, s), (size, _, t) = left.shape, right.shape
    # Coefficients that wrap around fall on those before ``low``, which are not needed.
    degree = k + size - 2
    end = min(low + len(out), degree + 1)
    n = 1 << (max(end, degree + 1 - low) - 1).bit_length()
    large = transform_field()
    if n > LONGEST or not fits(s * min(k, size), field.prime):
        raise OverflowError(f"A product of {k} and {size} matrices of {s} terms modulo {field.prime} is too large.")
    roots, inverse_roots = _roots(n)
    values = np.empty((n, r, s), np.float32)
    forward(left.reshape(k, r * s), roots, large.constants, values.reshape(n, r * s))
    width = max(1, min(t, SPECTRUM_BYTES // (4 * n * s)))
    for begin in range(0, t, width):
        stripe = np.ascontiguousarray(right[:, :, begin : begin + width])
        w = stripe.shape[2]
        others = np.empty((n, s, w), np.float32)
        forward(stripe.reshape(size, s * w), roots, large.constants, others.reshape(n, s * w))
        products = np.empty((n, r, w), np.float32)
        multiply(values, others, large.constants, products)
        back = np.empty((max(0, end - low), r * w), np.float32)
        scale = np.float64(pow(n, -1, MODULUS))
        backward(products.reshape(n, r * w), inverse_roots, scale, low, large.constants, field.constants, back)
        out[: len(back), :, begin : begin + w] = back.reshape(len(back), r, w)


def transform_field() -> Arithmetic:
    """Return arithmetic modulo ``MODULUS``."""
    field = arithmetic(MODULUS)
    assert field is not None
    return field


@lru_cache(maxsize=32)
def _roots(n: int) -> tuple[Floats, Floats]:
    """Return the powers 0 to n/2 - 1 of an n-th root of unity and of its inverse, as symmetric residues."""
    root = pow(GENERATOR, (MODULUS - 1) // n, MODULUS)
    return _powers(root, n // 2), _powers(pow(root, -1, MODULUS), n // 2)


def _powers(root: int, count: int) -> Floats:
    out = np.ones(max(count, 1))
    for i in range(1, count):
        out[i] = int(out[i - 1]) * root % MODULUS
    return out - MODULUS * (2 * out > MODULUS)


@compiled
def forward(polynomials, roots, constants, values):  # type: ignore[no-untyped-def]
    """Write the values at all n-th roots of unity, in bit-reversed order (decimation in frequency)."""
    n, count = values.shape
    buffer = np.empty((n, LANES), np.float64)
    for start in range(0, count, LANES):
        width = min(LANES, count - start)
        buffer[:] = 0
        for i in range(len(polynomials)):
            for j in range(width):
                buffer[i, j] = polynomials[i, start + j]
        half = n // 2
        while half > 0:
            stride = len(roots) // half
            for k in range(half):
                root = roots[k * stride]
                for i in range(k, n, 2 * half):
                    one, other = buffer[i], buffer[i + half]
                    for j in range(LANES):
                        a, b = one[j], other[j]
                        one[j] = reduce(a + b, constants)
                        other[j] = reduce((a - b) * root, constants)
            half //= 2
        for i in range(n):
            for j in range(width):
                values[i, start + j] = np.float32(buffer[i, j])


@compiled
def backward(values, roots, scale, low, constants, small, out):  # type: ignore[no-untyped-def]
    """Write the coefficients from ``low``, reduced modulo the small prime; ``scale`` is 1/n."""
    n, count = values.shape
    buffer = np.empty((n, LANES), np.float64)
    p, part, rounding = np.float64(small[0]), 1 / np.float64(small[0]), constants[2]
    for start in range(0, count, LANES):
        width = min(LANES, count - start)
        buffer[:] = 0
        for i in range(n):
            for j in range(width):
                buffer[i, j] = values[i, start + j]
        half = 1
        while half < n:
            stride = len(roots) // half
            for k in range(half):
                root = roots[k * stride]
                for i in range(k, n, 2 * half):
                    one, other = buffer[i], buffer[i + half]
                    for j in range(LANES):
                        a, b = one[j], reduce(other[j] * root, constants)
                        one[j] = reduce(a + b, constants)
                        other[j] = reduce(a - b, constants)
            half *= 2
        for i in range(len(out)):
            row = buffer[low + i]
            for j in range(width):
                x = reduce(row[j] * scale, constants)
                out[i, start + j] = np.float32(x - ((x * part + rounding) - rounding) * p)


@compiled
def multiply(left, right, constants, out):  # type: ignore[no-untyped-def]
    """Write products of matrices, one for each value, modulo ``MODULUS``."""
    n, r, s = left.shape
    t = right.shape[2]
    a, b = np.empty((r, s), np.float64), np.empty((s, t), np.float64)
    for k in range(n):
        copy_into(a.reshape(r * s), left[k].reshape(r * s))
        copy_into(b.reshape(s * t), right[k].reshape(s * t))
        sums, target = np.dot(a, b).reshape(r * t), out[k].reshape(r * t)
        for j in range(len(sums)):
            target[j] = np.float32(reduce(sums[j], constants))
