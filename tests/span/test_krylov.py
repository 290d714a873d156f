"""Products with the core of sparse rows against its entries, and their sums at their largest."""

import numpy as np
import pytest

from srtheory.rows import from_sets
from srtheory.span.blackbox import krylov
from srtheory.span.blackbox.krylov import core, room, sequence
from srtheory.span.core import triangulate
from srtheory.span.dense.elimination import arithmetic
from srtheory.span.dense.modular import pivot_inverses, schur, solve_pivots
from tests.test_compiled import compare

PRIMES = [3, 31, 251]


def random_rows(seed, m=40, n=52):
    """Rows of 1 to 9 ones, the first of them single ones, and one of all."""
    rng = np.random.default_rng(seed)
    sizes = [1, 1, *rng.integers(2, 10, n - 3)]
    return from_sets(m, [*(rng.choice(m, size, replace=False).tolist() for size in sizes), list(range(m))])


def by_entries(rows, triangle, weights, field):
    """B from the core's entries, and the sum of all columns in terms of the core's."""
    solved, p, c = np.ones(len(rows.indices), np.int64), field.prime, len(triangle.inactive)
    ends = rows.indptr, rows.indices, solved, triangle.pivot_rows, triangle.pivot_columns
    solve_pivots(*ends, pivot_inverses(*ends, p), p)
    known = np.zeros((len(triangle.pivot_rows), -(-c // 32) * 32), field.kind)
    table = schur(rows.indptr, rows.indices, solved, triangle, field, known).astype(np.int64)[:, :c]
    matrix = table[:c]
    for i, weight in enumerate(weights):
        matrix[i % c] += weight * table[c + i]
    return matrix % p, (known.astype(np.int64).sum(axis=0)[:c] + 1) % p


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize("seed", range(4))
def test_the_sequence_by_the_cores_entries(seed, prime):
    rows, field, rng = random_rows(seed), arithmetic(prime), np.random.default_rng(seed)
    triangle = triangulate(rows.indptr, rows.indices, rows.columns)
    c, half = len(triangle.inactive), prime // 2
    weights = rng.integers(1, prime, len(triangle.core_rows) - c)
    right = rng.integers(-half, half, (c, 3), np.int8, endpoint=True)
    units = rng.permutation(c)[:4]
    found = sequence(core(rows.indptr, rows.indices, triangle, weights), right, units, 5, field)
    assert abs(found).max() <= half
    matrix, total = by_entries(rows, triangle, weights, field)
    block = right.astype(np.int64)
    for i in range(5):
        expected = np.vstack([block[units], total @ block]).T
        assert ((found[i] - expected) % prime == 0).all()
        block = matrix @ block % prime


def test_pivots_that_are_zero_are_left_out():
    """Columns 0 and 1 are, columns 2, 3 and 4 are all there is to the core and its one pivot."""
    rows = from_sets(5, [[0], [0, 1], [1, 2, 3, 4], [0, 2, 3, 4], [2, 3, 4]])
    triangle = triangulate(rows.indptr, rows.indices, 5)
    matrix = core(rows.indptr, rows.indices, triangle, np.zeros(0, np.int64))
    assert (matrix.columns, matrix.pivots) == (2, 1)
    assert np.diff(matrix.starts).tolist() == [2, 3, 3]


@pytest.mark.parametrize("prime", PRIMES)
def test_largest_sums(prime):
    """Of residues at their bounds, more of them than a sum takes without reduction."""
    half, count = prime // 2, 3 * room(prime) + 2
    assert half + room(prime) * (half + 1) < 2**15
    for value in (half, -half):
        for sign in (1, -1):
            values, out = np.full((count, 2), value, np.int8), np.empty((1, 2), np.int8)
            starts, sources = np.array([0, count]), np.arange(count, dtype=np.int32)
            constants = arithmetic(prime).constants
            krylov._sums(starts, sources, 0, np.float32(sign), room(prime), constants, values, out)
            assert ((out.astype(np.int64) - sign * count * value) % prime == 0).all()
            assert abs(out.astype(np.int64)).max() <= half


def test_largest_total():
    assert krylov.LARGEST_PRIME // 2 * (1 << 24) < 2**31


@pytest.mark.parametrize("prime", PRIMES)
def test_kernels_both_ways(prime):
    rows, field, rng = random_rows(9), arithmetic(prime), np.random.default_rng(9)
    triangle = triangulate(rows.indptr, rows.indices, rows.columns)
    c, half, many = len(triangle.inactive), prime // 2, len(triangle.core_rows)
    starts = np.zeros(len(rows) + 1, np.int64)
    given = rows.indptr, rows.indices, triangle.pivot_rows, triangle.core_rows, triangle.place, c, starts
    live = compare(krylov._sources, (*given, np.zeros(len(rows.indices), np.int32)))
    matrix = core(rows.indptr, rows.indices, triangle, rng.integers(1, prime, many - c))
    values = rng.integers(-half, half, (c + live, 5), np.int8, endpoint=True)
    total, out, shape = np.empty(5, np.int64), np.empty((many, 5), np.int8), (matrix.starts, matrix.sources)
    for limit in (1, 2, room(prime)):
        compare(krylov._sums, (*shape, live, np.float32(1), limit, field.constants, values, out))
    compare(krylov._total, (values, total))
    compare(krylov._fold, (out, matrix.weights, field.constants, np.zeros((c, 5), np.int8)))
