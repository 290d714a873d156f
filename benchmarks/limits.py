"""What the machine's arithmetic allows: the rates of its products, and the least time of an elimination."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from time import process_time
from typing import Any

import numpy as np
from numba import njit

from srtheory.matrix import Rows
from srtheory.span import bytewise
from srtheory.span.dense import arithmetic
from srtheory.span.engine import FAST_PRIME
from srtheory.span.sparse import triangulate

Job = Callable[[], Any]
SUMS = 8
"""Rows of which a table over GF(2) has every sum, for the count of operations."""
WORD = 64
SIZES = {512: 100, 1024: 20, 2048: 5}
"""Square matrices whose product is timed, multiples of ``bytewise.DEPTH``, and how often; bytes fit into the caches."""


def seconds(job: Job) -> float:
    """CPU time of one call."""
    start = process_time()
    job()
    return process_time() - start


def core_size(rows: Rows) -> int:
    """Columns of the dense core of the first m - 1 rows."""
    head = rows.prefix(rows.columns - 1)
    return len(triangulate(head.indptr, head.indices, rows.columns).inactive)


def entries(rows: Rows) -> int:
    """Entries of the first m - 1 rows that stand in columns of pivots, without the pivots themselves."""
    head = rows.prefix(rows.columns - 1)
    triangle = triangulate(head.indptr, head.indices, rows.columns)
    return int(np.count_nonzero(triangle.place[head.indices] >= 0)) - len(triangle.pivot_rows)


def modular_limit(c: int) -> float:
    """Seconds for the 2c³/3 operations of a core of c columns, at the rate of products of the kind that it takes."""
    return 2 * c**3 / 3 / (byte_rate() if bytewise.available() else product_rate())


def binary_limit(c: int, known: int) -> float:
    """Seconds for the additions of words over GF(2), at the rate of XOR in cache.

    Each of the ``known`` entries adds a row of c bits, and the core takes c³/3/(64·8) additions of words with tables
    of all sums of 8 rows.
    """
    return (known * c / WORD + c**3 / 3 / (WORD * SUMS)) / word_rate()


@cache
def product_rate() -> float:
    """Operations a second in a square product of the floating-point numbers that hold a residue: the best of all."""

    def product(size: int) -> Job:
        a = np.ones((size, size), arithmetic(FAST_PRIME).kind)
        out = np.empty_like(a)
        return lambda: np.dot(a, a, out=out)

    return best_rate(product)


@cache
def byte_rate() -> float:
    """The same for bytes, reduced after every ``DEPTH`` terms."""
    constants = arithmetic(FAST_PRIME).constants

    def product(size: int) -> Job:
        a, b, out = np.ones((size, size), np.int8), np.ones(size**2, np.uint8), np.ones((size, size), np.int8)
        return lambda: byte_product(out, a, b, constants)

    return best_rate(product)


def best_rate(product: Callable[[int], Job]) -> float:
    """Operations a second at the size, and of the times, that are best."""

    def rate(size: int, times: int) -> float:
        job = product(size)
        job()
        return 2 * size**3 / min(seconds(job) for _ in range(times))

    return max(rate(*given) for given in SIZES.items())


@cache
def word_rate(words: int = 1 << 10) -> float:
    """Words a second that are added to others over GF(2), both in the first cache."""
    a, b = np.ones(words, np.uint64), np.ones(words, np.uint64)
    add_words(a, b, 1)
    return words * 2000 / min(seconds(lambda: add_words(a, b, 2000)) for _ in range(100))


@njit
def byte_product(out, a, b, constants):  # type: ignore[no-untyped-def]
    size, depth = len(a), bytewise.DEPTH
    for k in range(0, size, depth):
        for top in range(0, size, bytewise.HEIGHT):
            for j in range(0, size, bytewise.TILE_COLUMNS):
                four = j * size + k * bytewise.TILE_COLUMNS
                for i in range(top, min(top + bytewise.HEIGHT, size), bytewise.TILE_ROWS):
                    c_at, a_at = i * size + j, i * size + k
                    bytewise.subtract_tile(out, c_at, size, a, a_at, size, b, four, depth // bytewise.FOUR, constants)


@njit
def add_words(a, b, times):  # type: ignore[no-untyped-def]
    for t in range(times):
        for k in range(len(a)):
            a[k] ^= b[k] + np.uint64(t)
