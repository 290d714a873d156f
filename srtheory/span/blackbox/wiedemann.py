"""Full rank, and M', of large sparse 0/1 rows by block Wiedemann: certificates from products with the core only.

The core of c columns is never formed: some c/a + c/b products with a block of b vectors, seen through a block of a
vectors, and the approximants of the sequence that they give. docs/exactness.md, section 8, proves what the degrees and
leading coefficients of these certify. Random blocks decide only whether a certificate is found. If none is found,
nothing is concluded about the rows, and the caller uses another method.

References
----------
D. Coppersmith, "Solving homogeneous linear equations over GF(2) via block Wiedemann algorithm", Math. Comp. 62
(1994); G. Villard, "Further analysis of Coppersmith's block Wiedemann algorithm for the solution of sparse linear
systems", ISSAC 1997.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from srtheory.compiled import compiles
from srtheory.errors import require_int
from srtheory.rows import Rows
from srtheory.span.arrays import transposed
from srtheory.span.blackbox.approximants import Basis, series_basis
from srtheory.span.blackbox.krylov import LARGEST_PRIME, Bytes, Core, core, sequence
from srtheory.span.blackbox.transform import fits
from srtheory.span.core import Int64, Triangle, triangulate
from srtheory.span.dense import bytewise
from srtheory.span.dense.elimination import Arithmetic, arithmetic, echelon, padded
from srtheory.span.prefix import Prefix

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
    """Facts that the sequence of one prime certifies.

    Attributes
    ----------
    invertible : bool
        B is invertible modulo the prime.  False: nothing is known.
    last : int
        If so, w·B^-1·e, w the sum of all columns in terms of the core's, e the last unit vector; a residue.
    """

    invertible: bool
    last: int


NOTHING = Found(False, 0)


def least_prefix(
    rows: Rows, covered: int, *, blocks: Blocks | None = None, least: int | None = None, primes: Sequence[int] = ()
) -> Prefix | None:
    """Return the least prefix that spans 1 over Q if it is max(m, ``covered``) and full rank is certified.

    Parameters
    ----------
    rows : Rows
        m ≥ 1 columns.
    covered : int
        The coverage time.
    blocks : Blocks, optional
        Sizes of the blocks, by default those of :func:`blocks_for`.
    least : int, optional
        Columns of the core from which on it is tried; by default those from which on elimination takes longer.
    primes : sequence of int, optional
        Odd primes up to 251 that are tried, those of :func:`primes_for` by default.

    Returns
    -------
    Prefix or None
        Its ranks hold over Q. None implies nothing about the rows.

    Notes
    -----
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
