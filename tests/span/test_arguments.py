"""What a prime's kernel vector is multiplied by to have small whole entries."""

from __future__ import annotations

from math import gcd

import pytest

from srtheory.span.arguments import _denominator

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
