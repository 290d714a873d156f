"""Products with the core of sparse rows against its entries, and their sums at their largest."""

import numpy as np
import pytest

from srtheory.rows import from_sets
from srtheory.span.blackbox import krylov
from srtheory.span.blackbox.krylov import core, followed, room, room_in_bytes, sequence
from srtheory.span.core import triangulate
from srtheory.span.dense.elimination import LANE, arithmetic
from srtheory.span.dense.modular import pivot_inverses, schur, solve_pivots
from srtheory.span.dense.vectors import AHEAD, LINE
from tests.test_compiled import DifferenceError, compare

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
@pytest.mark.parametrize(("seed", "width"), [(0, 3), (1, LINE), (2, LINE + 1), (3, 1)])
def test_the_sequence_by_the_cores_entries(seed, width, prime):
    rows, field, rng = random_rows(seed), arithmetic(prime), np.random.default_rng(seed)
    triangle = triangulate(rows.indptr, rows.indices, rows.columns)
    c, half = len(triangle.inactive), prime // 2
    weights = rng.integers(1, prime, len(triangle.core_rows) - c)
    right = rng.integers(-half, half, (c, width), np.int8, endpoint=True)
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


def lengths(prime):
    """Numbers of terms around those at which a sum moves from bytes to 16 bits, and at which it is reduced."""
    few, most = room_in_bytes(prime), room(prime)
    edges = (0, few, 2 * few, most, most + few, 2 * most)
    return sorted({n for edge in edges for n in (edge - 1, edge, edge + 1) if n >= 0})


def rows_of(counts, prime, width, draw):
    """Rows of so many terms, the first left out, of a few vectors: arguments of ``_sums`` but for its limits."""
    starts = np.cumsum([0, *counts])
    sources = followed(np.random.default_rng(0).integers(0, 5, starts[-1]).astype(np.int32))
    values = draw((5, width)).astype(np.int8)
    return (starts, sources, 1), (arithmetic(prime).constants, values, np.empty((len(counts) - 1, width), np.int8))


def drawings(prime):
    half, rng = prime // 2, np.random.default_rng(prime)
    yield lambda shape: rng.integers(-half, half, shape, endpoint=True)
    for value in (half, -half):
        yield lambda shape, value=value: np.full(shape, value)


@pytest.mark.parametrize("prime", [3, 7, 61, 251])
@pytest.mark.parametrize("width", [LANE, LINE, 2 * LINE + LANE])
def test_sums_of_every_length(prime, width):
    """Of any residues and of the largest, over one cache line and several: those of the interpreter, by whole rows."""
    assert room_in_bytes(prime) * (prime // 2 + 1) < 2**7
    assert prime // 2 + room(prime) * (prime // 2 + 1) < 2**15
    for draw in drawings(prime):
        for sign in (1, -1):
            rows, others = rows_of([3, *lengths(prime)], prime, width, draw)
            compare(krylov._sums, (*rows, sign, room_in_bytes(prime), room(prime), *others))
            assert abs(others[-1].astype(np.int64)).max() <= prime // 2


@pytest.mark.quality
@pytest.mark.parametrize("prime", [3, 7, 61, 251])
def test_sums_that_are_too_long_are_seen(prime):
    """Of one more term than fits into a byte, or into 16 bits."""
    half, few, most = prime // 2, room_in_bytes(prime), room(prime)
    for bits, limits in ((8, (1 << 7, most)), (16, (few, 1 << 15))):
        count = (1 << bits - 1) // half + 1
        rows, others = rows_of([0, count], prime, LINE, lambda shape: np.full(shape, half))
        compare(krylov._sums, (*rows, 1, few, most, *others))
        with pytest.raises(DifferenceError):
            compare(krylov._sums, (*rows, 1, *limits, *others))


@pytest.mark.parametrize("prime", PRIMES)
def test_kernels_both_ways(prime):
    rows, field, rng = random_rows(9), arithmetic(prime), np.random.default_rng(9)
    triangle = triangulate(rows.indptr, rows.indices, rows.columns)
    c, half, many = len(triangle.inactive), prime // 2, len(triangle.core_rows)
    starts = np.zeros(len(rows) + 1, np.int64)
    given = rows.indptr, rows.indices, triangle.pivot_rows, triangle.core_rows, triangle.place, c, starts
    live = compare(krylov._sources, (*given, np.zeros(len(rows.indices), np.int32)))
    matrix = core(rows.indptr, rows.indices, triangle, rng.integers(1, prime, many - c))
    values = rng.integers(-half, half, (c + live, LINE), np.int8, endpoint=True)
    total, out = np.empty(LINE, np.int64), np.empty((many, LINE), np.int8)
    everything = followed(np.arange(c + live, dtype=np.int32))
    for few, limit in ((1, 1), (1, 2), (room_in_bytes(prime), room(prime))):
        limits = few, limit, field.constants
        compare(krylov._sums, (matrix.starts, matrix.sources, live, 1, *limits, values, out))
        compare(krylov._total, (everything, *limits, values, total))
    compare(krylov._fold, (c, matrix.weights, field.constants, out))


def test_numbers_of_residues_that_are_added():
    """Of at most 2, 16 and 126: into 127, and beside one of them into 32767."""
    assert [room_in_bytes(p) for p in PRIMES] == [63, 7, 1]
    assert [room(p) for p in PRIMES] == [16382, 2046, 259]
    assert krylov.LARGEST_PRIME == 251


def test_sources_are_followed_by_those_asked_for_ahead():
    assert followed(np.arange(3, dtype=np.int32)).tolist() == [0, 1, 2] + AHEAD * [0]
