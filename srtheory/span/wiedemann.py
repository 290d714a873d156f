"""Full rank, and M', of large sparse 0/1 rows by block Wiedemann: certificates from products with the core alone.

The core of c columns is never formed: 1.5 c/b products with blocks of b vectors, and the approximants of the sequence that they
give.  docs/exactness.md proves what the degrees and leading coefficients of these certify.  Random blocks decide only
whether a certificate is found; where none is, the caller has other ways.

References
----------
D. Coppersmith, "Solving homogeneous linear equations over GF(2) via block Wiedemann algorithm", Math. Comp. 62 (1994);
E. Kaltofen, "Analysis of Coppersmith's block Wiedemann algorithm for the parallel solution of sparse linear systems",
Math. Comp. 64 (1995).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from srtheory.rows import Rows
from srtheory.span.approximants import Basis, series_basis
from srtheory.span.core import Int64, Triangle, triangulate
from srtheory.span.elimination import Arithmetic, arithmetic, echelon, padded
from srtheory.span.krylov import LARGEST_PRIME, Bytes, Core, core, sequence
from srtheory.span.prefix import Prefix
from srtheory.span.transform import fits

RIGHT, LEFT = 64, 128
"""Vectors in the blocks V and U: every further one of V costs products, those of U only approximants."""
FURTHER = 4
"""Terms of the sequence beyond those that are needed if all degrees are as equal as they can be."""
TRIALS = 3
"""Primes that are tried."""
LEAST_COLUMNS = 20000
LEAST_CORE = 8000
"""Columns, of the matrix and of its core, from which on this is quicker than to eliminate the core."""
LARGEST_COLUMNS = 1 << 24
SEED = 1


@dataclass(frozen=True)
class Blocks:
    """Sizes a of U and b of V."""

    left: int = LEFT
    right: int = RIGHT


@dataclass(frozen=True)
class Found:
    """What the sequence of one prime certifies.

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


def least_prefix(rows: Rows, covered: int, *, blocks: Blocks | None = None, least: int = LEAST_CORE) -> Prefix | None:
    """The least prefix that spans 1 over Q, if it is max(m, ``covered``) and a certificate of full rank is found.

    Parameters
    ----------
    rows : Rows
        m ≥ 1 columns.
    covered : int
        The coverage time.
    blocks : Blocks, optional
        Sizes of the blocks, for tests.
    least : int
        Columns of the core from which on it is tried.

    Returns
    -------
    Prefix or None
        Its ranks hold over Q.  None says nothing about the rows.

    Notes
    -----
    For each prime, O(nnz·c) additions of bytes and O(c·(a + b)**2·log(c)**2) operations for blocks of a and b vectors.
    """
    m, k = rows.columns, max(rows.columns, covered)
    if not applies(rows) or len(rows) < k:
        return None
    head = rows.prefix(k)
    triangle = triangulate_all(head) if k == covered else triangulate_but_last(head)
    c = len(triangle.inactive)
    if c < max(least, 1):
        return None
    chosen = blocks or Blocks()
    for prime in primes(c, chosen)[:TRIALS]:
        found = certify(head, triangle, prime, chosen)
        if found.invertible and (k == covered or found.last != 0):
            return Prefix(k, m - 1, m)
    return None


def applies(rows: Rows) -> bool:
    """Whether all weights are 1, in a number of columns whose sums are exact."""
    return rows.columns < LARGEST_COLUMNS and (rows.values is None or bool((rows.values == 1).all()))


def triangulate_all(rows: Rows) -> Triangle:
    """The triangle of at least as many rows as columns: B is invertible only if their rank is full."""
    return triangulate(rows.indptr, rows.indices, rows.columns)


def triangulate_but_last(rows: Rows) -> Triangle:
    """The same, the last row being the last of the core."""
    n = len(rows) - 1
    head = rows.prefix(n)
    triangle = triangulate(head.indptr, head.indices, rows.columns)
    return replace(triangle, core_rows=np.append(triangle.core_rows, np.int32(n)))


def primes(c: int, blocks: Blocks) -> list[int]:
    """Primes from the largest on for which the approximants' products are exact, for a core of c columns."""
    from sympy import primerange

    a, b = blocks.left, blocks.right
    n = length(c, blocks)
    terms = max(a * (n * b // (2 * (a + b)) + 8), n * b // 4 + 8 * (a + b))
    return [p for p in reversed(list(primerange(3, LARGEST_PRIME + 1))) if fits(terms, p)]


def length(c: int, blocks: Blocks) -> int:
    """Terms of the sequence."""
    return -(-c // blocks.left) - (-c // blocks.right) + FURTHER


def certify(rows: Rows, triangle: Triangle, prime: int, blocks: Blocks) -> Found:
    """What is found modulo one prime."""
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
    """B, V, whose first column is the last unit vector, and the coordinates of U."""
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
    """What a basis for the transposed sequence of a matrix of c columns proves, U having ``left`` columns.

    The degrees of the columns of least degrees must add up to c and be less than all others; then their leading
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
