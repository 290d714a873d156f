"""Rows in whole blocks: every function against NumPy, with every number of blocks that stripes are made of."""

from types import SimpleNamespace

import numpy as np
import pytest
from numba import njit

from srtheory.span.dense import vectors
from srtheory.span.dense.bytewise import room
from srtheory.span.dense.elimination import LANE, LEAF, arithmetic
from srtheory.span.engine import PRIMES as USUAL

PRIMES = (3, 97, 251)
BLOCKS = (0, 1, 2, 3, 5, 7, 8, 15, 17)
START = 5
"""Entries before the row, which stay as they are, as do those behind it."""


@njit
def combined(target, sums, factors, known, sources, begin, count, blocks, constants):
    vectors.combine(target, START, sums, 0, factors, known, sources, begin, count, blocks, constants)


@njit
def there_and_back(numbers, entries, out, blocks, constants):
    vectors.widen(numbers, START, entries, 0, blocks)
    vectors.narrow(out, START, numbers, START, blocks, constants)


@njit
def settled(row, blocks, constants):
    return vectors.settle(row, START, blocks, constants)


@njit
def scaled(row, blocks, factor, constants):
    vectors.scale(row, START, row, START, blocks, factor, constants)


@njit
def lost(rows, step, at, factors, blocks):
    vectors.lose(rows, step, at, factors, blocks)


@njit
def added_up(rows, at, factors, sources, blocks, constants):
    vectors.combine(rows, at, rows, at, factors, rows, sources, 0, len(sources), blocks, constants)


@njit
def lost_by_one(rows, at, source, factor, blocks):
    vectors.lose_one(rows, at, source, factor, blocks)


def is_residue_of(found, exact, prime):
    """Equal modulo the prime, and as small as sums take residues to be."""
    return not ((found - exact) % prime).any() and np.abs(found).max(initial=0) <= prime // 2 + prime // 256


def sums_of(prime, blocks, kind, seed, largest=1, count=None):
    """What ``combine`` made of random rows, and what it was to make."""
    rng, width, half = np.random.default_rng(seed), LANE * blocks, prime // 2
    count = room(largest) // 8 if count is None else count
    known = rng.integers(-half, half + 1, (40, width)).astype(np.int8)
    sources, factors = rng.integers(0, 40, count + 3), rng.choice([-largest, largest], count + 3).astype(np.int16)
    sums = rng.integers(-half, half + 1, width + 1).astype(np.int16)
    target = np.full(width + 2 * START, 77, kind)
    given = known.reshape(-1), sources * width, 3, count, blocks, arithmetic(prime).constants
    combined(target, sums, factors, *given)
    exact = sums[:-1] + factors[3:].astype(np.int64) @ known[sources[3:]].astype(np.int64)
    return SimpleNamespace(found=target.astype(np.int64), exact=exact)


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize("kind", [np.int8, np.int16, np.float32])
def test_combinations(prime, kind):
    for seed, blocks in enumerate(BLOCKS):
        sums = sums_of(prime, blocks, kind, seed, largest=min(prime // 2, 1 + seed))
        assert is_residue_of(sums.found[START:-START], sums.exact, prime)
        assert (sums.found[:START] == 77).all()
        assert (sums.found[-START:] == 77).all()


def test_a_sum_of_nothing():
    for blocks in BLOCKS:
        sums = sums_of(251, blocks, np.int8, 1, count=0)
        assert is_residue_of(sums.found[START:-START], sums.exact, 251)


@pytest.mark.parametrize("prime", PRIMES)
def test_bytes_and_back(prime):
    rng, constants = np.random.default_rng(3), arithmetic(prime).constants
    for blocks in BLOCKS:
        entries = rng.integers(-128, 128, LANE * blocks).astype(np.int8)
        numbers, out = (
            np.full(len(entries) + 2 * START, 0.5, np.float32),
            np.full(len(entries) + 2 * START, 77, np.int8),
        )
        there_and_back(numbers, entries, out, blocks, constants)
        assert np.array_equal(numbers[START:-START], entries)
        assert is_residue_of(out[START:-START].astype(np.int64), entries.astype(np.int64), prime)
        for ends, value in ((numbers, 0.5), (out, 77)):
            assert (ends[:START] == value).all()
            assert (ends[-START:] == value).all()


@pytest.mark.parametrize("prime", PRIMES)
def test_the_first_that_is_not_zero(prime):
    rng, constants = np.random.default_rng(4), arithmetic(prime).constants
    for blocks in BLOCKS:
        for first in {*range(0, LANE * blocks, 11), *([LANE * blocks - 1] if blocks else []), -1}:
            exact = rng.integers(-(2**20), 2**20, LANE * blocks)
            exact[: first if first >= 0 else None] //= prime
            exact[: first if first >= 0 else None] *= prime
            if first >= 0:
                exact[first] += exact[first] % prime == 0
            row = np.full(len(exact) + 2 * START, 9.0, np.float32)
            row[START:-START] = exact
            assert settled(row, blocks, constants) == first
            assert is_residue_of(row[START:-START].astype(np.int64), exact, prime)
            assert (row[:START] == 9).all()
            assert (row[-START:] == 9).all()


@pytest.mark.parametrize("prime", PRIMES)
def test_multiples(prime):
    rng, constants = np.random.default_rng(5), arithmetic(prime).constants
    for blocks in BLOCKS:
        exact = rng.integers(-prime, prime, LANE * blocks)
        row = np.full(len(exact) + 2 * START, 9.0, np.float32)
        row[START:-START] = exact
        scaled(row, blocks, np.float32(-(prime // 2)), constants)
        assert is_residue_of(row[START:-START].astype(np.int64), -(prime // 2) * exact, prime)
        assert (row[:START] == 9).all()
        assert (row[-START:] == 9).all()


def test_rows_lose_multiples_of_one():
    rng = np.random.default_rng(6)
    for blocks in BLOCKS:
        rows = rng.integers(-(2**18), 2**18, (LEAF, LANE * blocks + 3)).astype(np.float32)
        factors = rng.integers(-125, 126, LEAF).astype(np.float32)
        i = blocks % LEAF
        factors[i] = 0
        rows[i] = rng.integers(-125, 126, rows.shape[1])
        want = rows.copy()
        want[:, : LANE * blocks] -= np.multiply.outer(factors, rows[i, : LANE * blocks])
        flat = rows.reshape(-1)
        lost(flat, rows.shape[1], i * rows.shape[1], factors, blocks)
        assert np.array_equal(flat.reshape(rows.shape), want)


@pytest.mark.parametrize("prime", [*PRIMES, 1381, USUAL[-1]])
def test_a_row_of_floats_and_multiples_of_others(prime):
    """In place, by what its kind of floats has room for; and one multiple alone, which is not reduced."""
    rng, field = np.random.default_rng(7), arithmetic(prime)
    half = prime // 2
    for blocks in BLOCKS:
        rows = rng.integers(-half, half + 1, (LANE, LANE * blocks + 3)).astype(field.kind)
        factors = rng.integers(-half, half + 1, LANE - 1).astype(field.kind)
        whole, length = rows.astype(np.int64), LANE * blocks
        want = whole[0] + factors.astype(np.int64) @ whole[1:]
        sources, flat = np.arange(1, LANE) * rows.shape[1], rows.reshape(-1)
        lost_by_one(flat, 2 * rows.shape[1], 3 * rows.shape[1], factors[0], blocks)
        whole[2, :length] -= int(factors[0]) * whole[3, :length]
        assert np.array_equal(rows, whole)
        rows[2, :length] += factors[0] * rows[3, :length]
        added_up(flat, 0, factors, sources, blocks, field.constants)
        assert is_residue_of(rows[0, :length].astype(np.int64), want[:length], prime)
        assert np.array_equal(rows[0, length:], whole[0, length:])
        assert np.array_equal(np.delete(rows[1:], 1, 0), np.delete(whole[1:], 1, 0))
