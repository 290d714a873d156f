"""What a prime's kernel vector is multiplied by to have small whole entries."""

from __future__ import annotations

from math import gcd

import numpy as np
import pytest

from srtheory.rows import Rows, from_dense
from srtheory.span import arguments
from srtheory.span.arguments import Argument, _denominator, annihilated, integer_kernel
from srtheory.span.engine import argument_of
from srtheory.span.prefix import Prefix, kernel

BOUND, PRIME = 7, 101


@pytest.mark.parametrize("denominator", range(1, BOUND + 1))
def test_the_denominator_of_every_small_fraction_is_found(denominator: int) -> None:
    """Up to the bound itself; there is one fraction only, since twice the bound's square is below the prime."""
    for numerator in range(-BOUND, BOUND + 1):
        residue = numerator * pow(denominator, -1, PRIME) % PRIME
        assert _denominator(residue, BOUND, PRIME) == denominator // gcd(numerator, denominator)


def test_no_denominator_is_found_for_other_residues() -> None:
    small = {n * pow(d, -1, PRIME) % PRIME for d in range(1, BOUND + 1) for n in range(-BOUND, BOUND + 1)}
    assert 0 < len(small) < PRIME
    assert all((_denominator(a, BOUND, PRIME) > 0) == (a in small) for a in range(PRIME))


@pytest.mark.quality
def test_a_refused_first_vector_ends_the_basis():
    rows = Rows(3, np.array([0, 3]), np.arange(3, dtype=np.int32))
    assert len(kernel(rows, 251)) == 2
    assert len(kernel(rows, 251, promising=lambda x: False)) == 1
    assert (kernel(rows, 251, promising=lambda x: True) == kernel(rows, 251)).all()


@pytest.mark.parametrize("row", [[11, -1], [1, -11], [7, -11], [11, -7]])
def test_kernel_vectors_are_found_up_to_the_root_of_half_the_prime(row):
    """11 is the largest integer whose square is at most 251 / 2: as numerator, as denominator, as both ends."""
    found = integer_kernel(from_dense([row]), 1, 251)
    assert found is not None
    assert sorted(np.abs(found[0]).tolist()) == sorted(map(abs, row))
    assert integer_kernel(from_dense([[12 if abs(w) == 11 else abs(w) for w in row]]), 1, 251) is None


@pytest.mark.parametrize(("largest", "there"), [(7, False), (8, True), (9, True)])
def test_large_kernels_are_not_computed(monkeypatch, largest, there):
    """Two vectors of four columns."""
    assert arguments.LARGEST_KERNEL == 2**26
    monkeypatch.setattr(arguments, "LARGEST_KERNEL", largest)
    rows = from_dense([[1, 1, 0, 0], [0, 0, 1, 1]])
    assert (integer_kernel(rows, 2, 251) is not None) == there


@pytest.mark.parametrize("scale", [1, 2**61, -(2**61)])
def test_every_row_and_every_vector_is_looked_at(scale):
    """In 64 bits and beyond."""
    rows = from_dense((np.array([[1, -1, 0], [2, -1, -1], [0, 3, -3]]) * scale).tolist())
    one, first, second = [1, 1, 1], [1, 0, 2], [1, 1, 5]
    assert annihilated(rows, np.array([one, [-4, -4, -4]]))
    for wrong in (first, second, [0, 0, 1]):
        assert not annihilated(rows, np.array([one, wrong]))
        assert not annihilated(rows, np.array([wrong, one]))
    assert annihilated(rows.prefix(1), np.array([second]))


def test_the_argument_of_both_directions():
    some, none = Prefix(3, 2, 3), Prefix(None, 2, 2)
    rank, rows, small, cover = Argument.FULL_RANK, Argument.INDEPENDENT, Argument.KERNEL, Argument.COVERAGE
    told = {(yes, no): argument_of(some, yes, no) for yes in (rank, small, None) for no in (rows, small, cover, None)}
    assert told == {
        (rank, rows): Argument.LAST_ROW, (rank, small): small, (rank, cover): cover, (rank, None): None,
        (small, rows): small, (small, small): small, (small, cover): small, (small, None): None,
        (None, rows): None, (None, small): None, (None, cover): None, (None, None): None,
    }  # fmt: skip
    assert [argument_of(none, None, no) for no in (rows, small, None)] == [rows, small, None]
