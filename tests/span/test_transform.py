"""Products of matrices of polynomials against their definition, at their largest and where they would not be exact."""

import numpy as np
import pytest
import sympy

from srtheory.span import wiedemann
from srtheory.span.dense import arithmetic
from srtheory.span.wiedemann import GENERATOR, LARGEST_INNER, LONGEST, MODULUS, largest_residue, product

SHAPES = [
    (30, 12, 3, 5, 4, 14, 30), (20, 20, 4, 4, 4, 0, 39), (9, 9, 2, 3, 3, 3, 5), (40, 9, 2, 3, 3, 20, 60),
    (5, 20, 2, 3, 3, 3, 24), (5, 4, 2, 3, 3, 0, 8), (40, 3, 2, 3, 3, 38, 41), (1, 1, 1, 1, 1, 0, 1),
    (3, 9, 2, 2, 2, 12, 15),
]  # fmt: skip


def is_product(shape, prime):
    """Whether the coefficients are those by definition, and symmetric residues."""
    k, size, r, s, t, low, high = shape
    rng, half = np.random.default_rng(prime), prime // 2
    left, right = (
        rng.integers(-half, half, given, endpoint=True).astype(np.float32) for given in ((k, r, s), (size, s, t))
    )
    out = np.zeros((max(high, k + size), r, t), np.int64)
    for i, a in enumerate(left.astype(np.int64)):
        for j, b in enumerate(right.astype(np.int64)):
            out[i + j] += a @ b
    found = product(left, right, low, high, arithmetic(prime))
    small = found.dtype == np.float32 and abs(found).max() <= prime // 2
    return small and (found.astype(np.int64) % prime == out[low:high] % prime).all()


@pytest.mark.parametrize("prime", [3, 31, 251])
def test_products_are_those_by_definition(prime, monkeypatch):
    assert [shape for shape in SHAPES if not is_product(shape, prime)] == []
    monkeypatch.setattr(wiedemann, "SPECTRUM_BYTES", 4 * 32 * 5 * 2)
    assert is_product((20, 12, 3, 5, 7, 0, 31), prime)  # by stripes of columns


def test_a_transform_of_the_products_length_is_long_enough(monkeypatch):
    monkeypatch.setattr(wiedemann, "LONGEST", 32)
    assert is_product((20, 13, 3, 5, 4, 0, 40), 31)  # of 32 coefficients
    with pytest.raises(OverflowError, match="too large"):
        is_product((20, 14, 3, 5, 4, 0, 40), 31)


@pytest.mark.parametrize("prime", [31, 251])
def test_largest_sums(prime):
    """All residues at their bounds, as many as are allowed."""
    inner = 8
    count = MODULUS // 2 // (inner * largest_residue(prime) ** 2)
    for sign in (1, -1):
        left = np.full((count, 1, inner), prime // 2, np.float32)
        found = product(left, sign * left.reshape(count, inner, 1), 0, 2 * count - 1, arithmetic(prime))
        terms = np.convolve(np.ones(count, np.int64), np.ones(count, np.int64)) * inner * sign
        assert (found.ravel().astype(np.int64) % prime == terms * (prime // 2) ** 2 % prime).all()
    with pytest.raises(OverflowError, match="too large"):
        product(*2 * [np.zeros((count + 1, inner, inner), np.float32)], 0, count + 1, arithmetic(prime))
    most = MODULUS // 2 // largest_residue(prime) ** 2
    assert [wiedemann.fits(terms, prime) for terms in (most, most + 1)] == [True, False]
    one = np.ones((1, 1, 256), np.float32)
    assert product(one, one.reshape(1, 256, 1), 0, 1, arithmetic(prime)).item() % prime == 256 % prime
    with pytest.raises(OverflowError, match=r"Sums of 257 products are too large, of 256 they are not\."):
        product(np.zeros((1, 1, 257), np.float32), np.zeros((1, 257, 1), np.float32), 0, 1, arithmetic(prime))


def test_bounds():
    field = wiedemann.transform_field()
    assert sympy.isprime(MODULUS)
    assert (MODULUS - 1) % LONGEST == 0
    assert sympy.is_primitive_root(GENERATOR, MODULUS)
    assert field.kind == np.float64
    assert field.room(largest_residue(MODULUS)) >= LARGEST_INNER
    assert largest_residue(MODULUS) < 2**24  # exact in single precision
    for prime in sympy.primerange(3, 252):
        assert arithmetic(prime).room(largest_residue(prime)) >= LARGEST_INNER
