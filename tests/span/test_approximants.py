"""Bases of approximants against their definition, and the ranks of Hankel matrices that their degrees give."""

import numpy as np
import pytest

from srtheory.span.blackbox import approximants
from srtheory.span.blackbox.approximants import series_basis
from srtheory.span.dense.elimination import arithmetic
from tests.span.test_elimination import flint_rank
from tests.span.test_transform import by_definition, matrices

PRIMES = [3, 31, 251]
SHAPES = [(1, 1, 1), (7, 1, 1), (9, 2, 3), (12, 3, 1), (40, 2, 4), (41, 4, 2)]


@pytest.fixture(autouse=True)
def short_steps(monkeypatch):
    """So that short series are halved, too."""
    monkeypatch.setattr(approximants, "STEPS", 4)


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
    rng = np.random.default_rng([*shape, prime])
    if kind == "random":
        return matrices(rng, shape, prime)
    if kind == "recurrent":
        return recurrent(rng, shape, shape[0] // 3 + 1, prime)
    sparse = matrices(rng, shape, prime)
    sparse[rng.random(shape[0]) < 0.6] = 0
    return sparse


def whole_basis(given, field):
    a, b = given.shape[2], given.shape[1]
    return approximants._approximants(approximants._with_identity(given), np.repeat([0, 1], [a, b]), field)


def hankel(given, low):
    """Of ``low`` block columns and all block rows that the series allows."""
    high = len(given) + 1 - low
    return np.block([[given[i + j] for j in range(low)] for i in range(high)])


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["random", "recurrent", "sparse"])
def test_minimal_basis(shape, prime, kind):
    """Approximants, reduced, and of degrees whose sum leaves room for nothing else: a basis."""
    (n, b, a), given, field = shape, series(shape, prime, kind), arithmetic(prime)
    basis, degrees = whole_basis(given, field)
    assert not by_definition(approximants._with_identity(given), basis, 0, n, prime).any()
    found = series_basis(given, field)
    assert np.array_equal(found.degrees, degrees)
    assert np.array_equal(found.leading, approximants._leading(basis, degrees, np.repeat([0, 1], [a, b])).leading)
    assert flint_rank(found.leading, prime) == a + b
    assert degrees.sum() == b * (n + 1)
    reach = np.arange(len(basis))[:, None, None] + np.repeat([0, 1], [a, b])[:, None]
    assert not basis[reach > degrees].any()


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["random", "recurrent", "sparse"])
def test_ranks_of_hankel_matrices(shape, prime, kind):
    """docs/exactness.md, 8.2."""
    given = series(shape, prime, kind)
    degrees = series_basis(given, arithmetic(prime)).degrees
    for columns in range(1, len(given) + 1):
        expected = shape[2] * columns - np.maximum(columns - degrees, 0).sum()
        assert flint_rank(hankel(given, columns), prime) == expected


def test_a_wrong_step_is_no_basis(monkeypatch):
    """What the tests above would see: columns that are not multiplied by x, or cleared by too many."""
    given, field = series((9, 2, 3), 31, "random"), arithmetic(31)
    usual = approximants.clear_columns
    monkeypatch.setattr(approximants, "clear_columns", lambda *all_: usual(*all_) - 1)
    basis, degrees = whole_basis(given, field)
    assert degrees.sum() < 2 * 10
    assert by_definition(approximants._with_identity(given), basis, 0, 9, 31).any()
