"""Bases of approximants by the ranks of Hankel matrices that their degrees give (docs/proofs/exactness.md, 8.2)."""

import numpy as np
import pytest

from srtheory.span import wiedemann
from srtheory.span.dense import arithmetic
from srtheory.span.wiedemann import series_basis
from tests.span import brute

PRIMES = [3, 31, 251]
SHAPES = [(1, 1, 1), (7, 1, 1), (9, 2, 3), (12, 3, 1), (40, 2, 4), (41, 4, 2)]


@pytest.fixture(autouse=True)
def short_steps(monkeypatch):
    """So that short series are halved, too."""
    monkeypatch.setattr(wiedemann, "STEPS", 4)


def recurrent(rng, shape, dimension, prime):
    """The series of U^T B^i V for a random B."""
    n, b, a = shape
    left, step, right = (rng.integers(0, prime, size) for size in [(b, dimension), 2 * (dimension,), (dimension, a)])
    out = np.empty(shape, np.int64)
    for i in range(n):
        out[i] = left @ right % prime
        right = step @ right % prime
    return (out - prime * (2 * out > prime)).astype(np.float32)


def series(shape, prime, kind):
    rng, half = np.random.default_rng([*shape, prime]), prime // 2
    if kind == "recurrent":
        return recurrent(rng, shape, shape[0] // 3 + 1, prime)
    drawn = rng.integers(-half, half, shape, endpoint=True).astype(np.float32)
    if kind == "sparse":
        drawn[rng.random(shape[0]) < 0.6] = 0
    return drawn


def fault(given, prime):
    """What is wrong with the degrees: their sum leaves room for a basis alone, each rank is as they say."""
    found, (n, b, a) = series_basis(given, arithmetic(prime)), given.shape
    if brute.rank(found.leading.astype(np.int64), a + b, prime) != a + b or found.degrees.sum() != b * (n + 1):
        return "no basis"
    for low in range(1, n + 1, 1 + n // 20):
        hankel = np.block([[given[i + j] for j in range(low)] for i in range(n + 1 - low)]).astype(np.int64)
        if brute.rank(hankel, a * low, prime) != a * low - np.maximum(low - found.degrees, 0).sum():
            return f"rank of {low} block columns"
    return None


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize("kind", ["random", "recurrent", "sparse"])
def test_degrees_of_a_basis_give_the_ranks_of_hankel_matrices(kind, prime):
    assert [fault(series(shape, prime, kind), prime) for shape in SHAPES] == [None] * len(SHAPES)


@pytest.mark.quality
def test_columns_that_are_cleared_by_too_many_are_seen(monkeypatch):
    usual = wiedemann.clear_columns
    monkeypatch.setattr(wiedemann, "clear_columns", lambda *all_: usual(*all_) - 1)
    assert fault(series((9, 2, 3), 31, "random"), 31) is not None
