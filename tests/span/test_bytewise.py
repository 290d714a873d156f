"""Elimination on bytes against the same in floating point and against FLINT, and its sums at their largest."""

import numpy as np
import pytest
from numba import njit

from srtheory.rows import Rows
from srtheory.span.dense import bytewise, elimination, modular, vnni
from srtheory.span.dense.elimination import Arithmetic, arithmetic, padded
from srtheory.span.engine import FAST_PRIME
from tests.span import brute
from tests.span.test_elimination import core, flint_rank, residues

PRIMES = [3, 5, 31, 241, bytewise.LARGEST_PRIME]

pytestmark = pytest.mark.skipif(not vnni.available(), reason="the processor has no AVX-512 VNNI")


def deficient(rng, shape, rank, prime):
    """A product of two matrices of the given rank, a fifth of its columns zero."""
    matrix = residues(rng, (shape[0], rank), prime) @ residues(rng, (rank, shape[1]), prime) % prime
    matrix -= prime * (matrix > prime // 2)
    return matrix * (rng.random(shape[1]) < 0.8)


def eliminated(matrix, field):
    """The matrix's form on bytes."""
    table = bytewise.table(len(matrix), matrix.shape[1])
    table[: len(matrix)] = 0
    table[: len(matrix), : matrix.shape[1]] = matrix
    return bytewise.echelon(table, len(matrix), field)


def difference(matrix, field):
    """Where the form on bytes is another than the one in floating point, modulo the prime; None if nowhere."""
    columns = matrix.shape[1]
    form, other = eliminated(matrix, field), elimination.echelon(core(matrix, field), field)
    if not (np.array_equal(form.steps, other.steps) and np.array_equal(form.pivots, other.pivots)):
        return "steps"
    if ((form.table[: len(matrix)] - other.table.astype(np.int64)) % field.prime).any():
        return "table"
    for most in (columns, 2):
        basis = bytewise.kernel_basis(form, columns, field, most)
        other_basis = elimination.kernel_basis(other, columns, field, most)
        if basis.shape != other_basis.shape or ((basis - other_basis) % field.prime).any():
            return "kernel"
    return None


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (40, 33), (33, 40), (150, 200), (200, 150), (600, 650)])
def test_random_matrices(prime, shape):
    matrix = residues(np.random.default_rng(1), shape, prime)
    assert difference(matrix, arithmetic(prime)) is None
    assert len(eliminated(matrix, arithmetic(prime)).steps) == flint_rank(matrix, prime)


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize(("shape", "rank"), [((60, 90), 20), ((150, 140), 139), ((200, 200), 1), ((700, 620), 530)])
def test_deficient_matrices(prime, shape, rank):
    matrix = deficient(np.random.default_rng(2), shape, rank, prime)
    assert difference(matrix, arithmetic(prime)) is None


@pytest.mark.parametrize("prime", PRIMES)
def test_sparse_matrices_whose_pivots_are_out_of_order(prime):
    rng = np.random.default_rng(3)
    for density in (0.004, 0.01, 0.05):
        matrix = residues(rng, (620, 600), prime) * (rng.random((620, 600)) < density)
        assert difference(matrix, arithmetic(prime)) is None


@pytest.mark.parametrize("prime", PRIMES)
def test_largest_residues(prime):
    matrix = residues(np.random.default_rng(4), (160, 161), prime, extreme=True)
    assert difference(matrix, arithmetic(prime)) is None


@njit
def subtracted(c, a, b, constants):
    vnni.subtract_tile(c, 0, c.shape[1], a, 0, a.shape[1], b, 0, a.shape[1] // 4, constants)


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_tile_at_its_largest(prime, sign):
    """Every sum as large as any can be: the residues are right and as small as the next sum takes them to be."""
    field, rng = arithmetic(prime), np.random.default_rng(5)
    half = prime // 2 + prime // 256 + 1
    for a_low, b_low in ((half, prime), (-half, 0)):
        a = rng.integers(a_low, half, (8, bytewise.DEPTH), endpoint=True).astype(np.int8)
        b = rng.integers(b_low, prime, (bytewise.DEPTH, 32), endpoint=True).astype(np.uint8)
        c = np.full((8, 32), -half, np.int8) if a_low > 0 else residues(rng, (8, 32), prime).astype(np.int8)
        a, c = (sign * a).astype(np.int8), (sign * c).astype(np.int8)
        want = c.astype(np.int64) - a.astype(np.int64) @ b.astype(np.int64)
        fours = np.ascontiguousarray(b.reshape(-1, 4, 32).swapaxes(1, 2))
        subtracted(c, a, fours, field.constants)
        assert not ((c - want) % prime).any()
        assert np.abs(c.astype(np.int64)).max() <= prime // 2 + prime // 256


@pytest.mark.parametrize("prime", PRIMES)
def test_no_sum_is_too_large(prime):
    """A residue, and ``DEPTH`` products with residues from 0 on, stay within what the reduction and int32 take."""
    half = prime // 2 + prime // 256 + 1
    worst = half + bytewise.DEPTH * half * prime
    assert half <= 127
    assert prime <= 255
    assert worst <= prime << 15
    assert worst + 2 * prime <= 2**24
    for largest in (1, 2, 7, bytewise.LARGEST_PRIME // 2):
        assert bytewise.room(largest) >= 2
        assert half + bytewise.room(largest) * half * largest < 2**15


@pytest.mark.parametrize("weighted", [False, True])
def test_both_paths_lead_to_the_same_kernel(monkeypatch, weighted):
    rows = brute.sum_recovery(600, 9, 4).prefix(598)
    if weighted:
        weights = np.random.default_rng(6).integers(1, 126, len(rows.indices))
        rows = Rows(rows.columns, rows.indptr, rows.indices, weights)
    given = rows.indptr, rows.indices, rows.values, rows.columns, arithmetic(FAST_PRIME)
    kernel, verdict = modular.kernel(*given), modular.verdict(*given)
    monkeypatch.setattr(bytewise, "available", lambda: False)
    assert np.array_equal(modular.kernel(*given), kernel)
    assert modular.verdict(*given) == verdict


def test_larger_primes_are_left_to_floating_point():
    assert bytewise.applies(arithmetic(251))
    assert not bytewise.applies(arithmetic(257))


@pytest.mark.quality
@pytest.mark.parametrize("prime", [257, 509])
def test_a_prime_too_large_for_bytes_is_caught(prime):
    """Residues that leave their byte give another form, and the comparison sees it."""
    matrix = residues(np.random.default_rng(1), (150, 200), 251)
    assert difference(matrix, arithmetic(prime)) is not None


@pytest.mark.quality
def test_a_wrong_rounding_is_caught(monkeypatch):
    """A quotient that is not rounded leaves residues that are none."""
    field = Arithmetic(251, np.float32, 512)
    monkeypatch.setitem(field.__dict__, "constants", field.constants * np.array([1, 1, 0], np.float32))
    other = arithmetic(251)
    matrix = residues(np.random.default_rng(1), (64, 80), 251)
    form = eliminated(matrix, field)
    assert ((form.table[:64] - elimination.echelon(core(matrix, other), other).table) % 251).any()


def test_the_table_is_padded():
    table = bytewise.table(9, 33)
    assert table.shape == (16, padded(33))
    assert not table[9:].any()
