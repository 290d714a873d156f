"""What the machine's arithmetic allows: the rates of its products, and the least time of an elimination."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from time import process_time
from typing import Any

import numpy as np
from numba import njit

from srtheory.rows import Rows
from srtheory.span import bytewise, vnni
from srtheory.span.core import triangulate
from srtheory.span.elimination import arithmetic
from srtheory.span.engine import FAST_PRIME

Job = Callable[[], Any]
SUMS = 8
"""Rows of which a table over GF(2) has every sum, for the count of operations."""
WORD = 64


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
    kind = np.dtype(arithmetic(FAST_PRIME).kind)
    return 2 * c**3 / 3 / (byte_rate(rounded(c)) if bytewise.available() else product_rate(rounded(c), kind))


def binary_limit(c: int, known: int) -> float:
    """Seconds for the additions of words over GF(2), at the rate of XOR in cache.

    Each of the ``known`` entries adds a row of c bits, and the core takes c³/3/(64·8) additions of words with tables
    of all sums of 8 rows.
    """
    return (known * c / WORD + c**3 / 3 / (WORD * SUMS)) / word_rate()


def rounded(size: int) -> int:
    """A size of matrices for which the rate is about the same."""
    return max(1, -(-size // bytewise.DEPTH)) * bytewise.DEPTH


@cache
def product_rate(size: int, kind: np.dtype[Any]) -> float:
    """Floating-point operations a second in a square matrix product: the best of a few."""
    a = np.ones((size, size), kind)
    out = np.empty_like(a)
    best = min(seconds(lambda: np.dot(a, a, out=out)) for _ in range(3 if size > 2000 else 20))
    return 2 * size**3 / best


@cache
def byte_rate(size: int) -> float:
    """The same for bytes, reduced after every ``DEPTH`` terms."""
    a, b, out = np.ones((size, size), np.int8), np.ones(size**2, np.uint8), np.ones((size, size), np.int8)
    constants = arithmetic(FAST_PRIME).constants
    byte_product(out, a, b, constants)
    best = min(seconds(lambda: byte_product(out, a, b, constants)) for _ in range(3 if size > 2000 else 20))
    return 2 * size**3 / best


@cache
def word_rate(words: int = 1 << 10) -> float:
    """Words a second that are added to others over GF(2), both in the first cache."""
    a, b = np.ones(words, np.uint64), np.ones(words, np.uint64)
    add_words(a, b, 1)
    return words * 2000 / min(seconds(lambda: add_words(a, b, 2000)) for _ in range(20))


@njit
def byte_product(out, a, b, constants):  # type: ignore[no-untyped-def]
    size, depth = len(a), bytewise.DEPTH
    for k in range(0, size, depth):
        for top in range(0, size, bytewise.HEIGHT):
            for j in range(0, size, vnni.TILE_COLUMNS):
                four = j * size + k * vnni.TILE_COLUMNS
                for i in range(top, min(top + bytewise.HEIGHT, size), vnni.TILE_ROWS):
                    c_at, a_at = i * size + j, i * size + k
                    vnni.subtract_tile(out, c_at, size, a, a_at, size, b, four, depth // vnni.FOUR, constants)


@njit
def add_words(a, b, times):  # type: ignore[no-untyped-def]
    for t in range(times):
        for k in range(len(a)):
            a[k] ^= b[k] + np.uint64(t)
