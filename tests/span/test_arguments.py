"""What a prime's kernel vector is multiplied by to have small whole entries."""

from __future__ import annotations

from math import gcd

import numpy as np
import pytest

from srtheory.rows import Rows
from srtheory.span.arguments import _denominator
from srtheory.span.prefix import kernel

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
