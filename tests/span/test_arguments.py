"""The argument that each verdict names, ranks that primes prove, and kernel vectors with small whole entries."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest

from srtheory.matrix import from_dense, from_sets
from srtheory.span import arguments, rank, stopping_time
from srtheory.span.arguments import Argument, annihilated, integer_kernel
from srtheory.span.engine import FAST_PRIME, PRIME, PRIMES
from tests.span import brute
from tests.strategies import complete_worker

BELOW = (16609421, 16609409, 16609403)
"""The primes below PRIME, which ranks are taken modulo one after another."""


def fibonacci(length):
    """Rows x_i = x_{i-1} + x_{i-2} on ``length`` columns: kernel vectors that are not small."""
    dense = np.zeros((length - 2, length), dtype=np.int64)
    for i in range(length - 2):
        dense[i, i : i + 3] = [1, 1, -1]
    return dense


def wide_vector(length, target):
    """Rows whose one kernel vector is 1, 1, 2, 3, 5, … and a last entry that makes the sum ``target``."""
    entries = [1, 1]
    while len(entries) < length:
        entries.append(entries[-1] + entries[-2])
    ends = np.zeros((2, length + 1), dtype=np.int64)
    ends[0, [0, length]] = [target - sum(entries), -1]
    ends[1, :2] = [1, -1]
    return np.vstack([np.pad(fibonacci(length), ((0, 0), (0, 1))), ends])


@pytest.mark.parametrize(
    ("rows", "argument", "k"),
    [
        (from_sets(0, [[]]), Argument.EMPTY, 0),
        (from_sets(3, [[0], [1]]), Argument.UNCOVERED, None),
        (from_sets(3, [[0, 1], [0], [1], [2]]), Argument.COVERAGE, 4),
        (from_sets(3, [[0, 1], [1, 2], [0, 2]]), Argument.LAST_ROW, 3),
        (from_sets(4, [[0], [1], [0, 1, 2, 3]]), Argument.KERNEL, 3),
        (complete_worker(11, 3), Argument.KERNEL, 5),
        (from_sets(3, [[0, 1], [0, 2]]), Argument.INDEPENDENT, None),
        (from_sets(3, [[0, 1], [0, 2], [0, 1]]), Argument.KERNEL, None),
        (from_dense(np.tile(fibonacci(60), (2, 1))), Argument.LIFTED, None),
        (from_dense(wide_vector(60, 0)), Argument.LIFTED, 60),
    ],
)
def test_a_verdict_names_what_made_it_exact(rows, argument, k):
    found = stopping_time(**rows.arrays)
    assert (found.stopping_time, found.argument) == (k, argument)
    assert brute.stopping_time(rows) == (k, found.rank)


@pytest.mark.parametrize("row", [[11, -1], [1, -11], [7, -11], [11, -7]])
def test_kernel_vectors_are_found_up_to_the_root_of_half_the_prime(row):
    """11 is the largest integer whose square is at most 251 / 2: as numerator, as denominator, as both ends."""
    found = integer_kernel(from_dense([row]), 1, 251)
    assert found is not None
    assert sorted(np.abs(found[0]).tolist()) == sorted(map(abs, row))
    assert integer_kernel(from_dense([[12 if abs(w) == 11 else abs(w) for w in row]]), 1, 251) is None


@pytest.mark.parametrize("scale", [1, 2**61, -(2**61)])
def test_every_row_and_every_vector_is_looked_at(scale):
    """In 64 bits and beyond."""
    rows = from_dense((np.array([[1, -1, 0], [2, -1, -1], [0, 3, -3]]) * scale).tolist())
    one, first, second = [1, 1, 1], [1, 0, 2], [1, 1, 5]
    assert annihilated(rows, np.array([one, [-4, -4, -4]]))
    for wrong in (first, second, [0, 0, 1]):
        assert not annihilated(rows, np.array([wrong, one]))
        assert not annihilated(rows, np.array([one, wrong]))
    assert annihilated(rows.prefix(1), np.array([second]))


def test_relations_between_rows_prove_a_rank_too():
    """Fewer rows than columns, one of them twice: the relation is small, the kernel is not."""
    dense = fibonacci(60)
    assert arguments.has_equal_rank(from_dense(np.vstack([dense, dense[:1]])), 58, PRIME)
    assert not arguments.has_equal_rank(from_dense([[1, 1, 1], [1, 1, 1 + PRIME]]), 1, PRIME)


@pytest.mark.parametrize(
    ("diagonal", "known"),
    [
        ([FAST_PRIME * BELOW[0], BELOW[1]], 1),
        ([FAST_PRIME, BELOW[0]], 1),
        ([1, BELOW[0]], 1),
        ([FAST_PRIME, 1], 1),
        (list(BELOW), 1),
        ([BELOW[0] * BELOW[1], BELOW[1] * BELOW[2], 1], 1),
        ([prod(PRIMES), BELOW[0]], 0),
    ],
)
def test_ranks_are_proved_where_many_of_the_primes_divide_them(diagonal, known):
    """An end one prime too early is a rank too small."""
    rows = from_dense(np.diag(diagonal))
    assert arguments.rank_by_primes(rows, known) == len(diagonal) == rank(**rows.arrays)
    found = stopping_time(**rows.arrays)
    assert (found.stopping_time, found.rank) == (len(diagonal),) * 2


def test_a_rank_by_primes_ends_where_no_larger_minor_is_left():
    assert arguments.rank_by_primes(from_dense(np.tile(fibonacci(60), (2, 1))), 3) == 58
    assert arguments.rank_by_primes(from_dense([[6, 10], [15, 25]]), 1) == 1
    assert arguments.rank_by_primes(from_sets(3, [[], []]), 0) == 0
