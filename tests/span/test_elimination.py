"""The dense core's arithmetic: exact at the edge of what a significand holds, for any shape and any rank."""

import flint
import numpy as np
import pytest

from srtheory.span.dense import elimination
from srtheory.span.dense.elimination import (
    Arithmetic,
    arithmetic,
    echelon,
    inverse_matrix,
    kernel_basis,
    padded,
    products,
)
from srtheory.span.engine import FAST_PRIME, PRIME, SECOND_PRIME

PRIMES = [2, 3, 5, 31, FAST_PRIME, SECOND_PRIME, 2003, PRIME]


def residues(rng, shape, prime, extreme=False):
    half = prime // 2
    return rng.choice([-half, half], shape) if extreme else rng.integers(-half, half, shape, endpoint=True)


def core(matrix, field):
    table = np.zeros((len(matrix), padded(matrix.shape[1])), field.kind)
    table[:, : matrix.shape[1]] = matrix
    return table


def modulo(matrix, prime):
    """The same for FLINT, which multiplies and has ranks of its own."""
    return flint.nmod_mat(*matrix.shape, (matrix.astype(np.int64) % prime).ravel().tolist(), prime)


def flint_rank(matrix, prime):
    return modulo(matrix, prime).rank()


def check_kernel(matrix, prime):
    """The basis lies in the kernel, is independent, and is as large as FLINT's rank says."""
    field = arithmetic(prime)
    form = echelon(core(matrix, field), field)
    basis = kernel_basis(form, matrix.shape[1], field, matrix.shape[1])[:, : matrix.shape[1]].astype(np.int64)
    assert len(form.pivots) == flint_rank(matrix, prime)
    assert len(basis) == matrix.shape[1] - len(form.pivots)
    assert (modulo(matrix, prime) * modulo(basis.T, prime)).rank() == 0
    free = np.setdiff1d(np.arange(matrix.shape[1]), form.pivots)
    assert (basis[:, free] == np.eye(len(free), dtype=np.int64)).all()
    assert (kernel_basis(form, matrix.shape[1], field, 2)[:, : matrix.shape[1]] == basis[:2]).all()


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize(
    "shape", [(0, 3), (3, 0), (1, 1), (40, 33), (33, 40), (100, 100), (150, 200), (200, 150), (600, 650)]
)
def test_kernel_of_random_matrices(prime, shape):
    check_kernel(residues(np.random.default_rng(1), shape, prime), prime)


@pytest.mark.parametrize("prime", PRIMES)
def test_kernel_of_deficient_matrices(prime):
    rng = np.random.default_rng(2)
    for shape, rank in [((60, 90), 20), ((150, 140), 139), ((200, 200), 1), ((130, 130), 0)]:
        left, right = residues(rng, (shape[0], rank), prime), residues(rng, (rank, shape[1]), prime)
        matrix = np.array((modulo(left, prime) * modulo(right, prime)).tolist(), np.int64)
        matrix -= prime * (matrix > prime // 2)
        check_kernel(matrix, prime)
        check_kernel(matrix * (rng.random(shape[1]) < 0.7), prime)


@pytest.mark.parametrize("prime", PRIMES)
def test_largest_residues(prime):
    """Entries ±(p - 1)/2 make every sum as long as it can be."""
    check_kernel(residues(np.random.default_rng(3), (160, 161), prime, extreme=True), prime)


@pytest.mark.parametrize("prime", [3, FAST_PRIME, SECOND_PRIME, PRIME])
@pytest.mark.parametrize("size", [1, 31, 32, 33, 200])
def test_inverse_and_product(prime, size):
    rng, field = np.random.default_rng(4), arithmetic(prime)
    matrix = residues(rng, (size, size), prime)
    while flint_rank(matrix, prime) < size:
        matrix = residues(rng, (size, size), prime)
    inverse = inverse_matrix(matrix.astype(field.kind), field)
    x = np.zeros(inverse.shape[0] * inverse.shape[2], field.kind)
    x[:size] = residues(rng, size, prime, extreme=True)
    other = residues(rng, size, prime, extreme=True).astype(field.kind)
    y, z = (found[:size].astype(np.int64) for found in products(inverse, x, other, field))
    assert not ((matrix.astype(object) @ y - x[:size].astype(np.int64)) % prime).any()
    assert not ((z @ matrix.astype(object) - other.astype(np.int64)) % prime).any()


@pytest.mark.parametrize("prime", PRIMES)
def test_an_inverse_in_float32_holds_every_residue(prime):
    for residue in (prime // 2 + prime // 256 + 1, -(prime // 2) - prime // 256 - 1):
        assert int(np.float32(residue)) == residue


@pytest.mark.parametrize("prime", PRIMES)
def test_no_sum_leaves_the_significand(prime):
    """The worst sum of products before a reduction, and the reduction of it, by integer arithmetic."""
    field = arithmetic(prime)
    half, bits = prime // 2 + prime // 256 + 1, np.finfo(field.kind).nmant + 1
    worst = half + field.block * half * half
    assert worst + 2 * prime <= 2**bits
    for x in (worst, worst - 1, worst - prime // 2, prime // 2, prime // 2 + 1):
        for signed in (x, -x):
            reduced = int(elimination.reduce(field.kind(signed), field.constants))
            assert (reduced - signed) % prime == 0
            assert abs(reduced) <= half


def test_large_primes_have_no_arithmetic():
    assert arithmetic(2**31 - 1) is None
    assert arithmetic(PRIME).kind is np.float64
    assert arithmetic(PRIME).block == 128
    assert arithmetic(FAST_PRIME).kind is arithmetic(SECOND_PRIME).kind is np.float32
    assert arithmetic(FAST_PRIME).block == 512
    assert arithmetic(SECOND_PRIME).block == 32


@pytest.mark.quality
@pytest.mark.parametrize(("prime", "kind"), [(8009, np.float32), (2**26 - 5, np.float64)])
def test_a_prime_too_large_for_its_floats_is_caught(monkeypatch, prime, kind):
    """Sums that are rounded give a wrong kernel, and the checks above see it."""
    monkeypatch.setitem(globals(), "arithmetic", lambda p: Arithmetic(p, kind, 128))
    with pytest.raises(AssertionError):
        test_largest_residues(prime)
