"""Kernels of sparse rows modulo 2 and modulo other primes, where the core has many words, panels and stripes."""

import numpy as np
import pytest

from srtheory.rows import Rows
from srtheory.span import prefix
from srtheory.span.arrays import residues
from srtheory.span.dense import binary, modular
from srtheory.span.engine import FAST_PRIME, PRIME, SECOND_PRIME
from tests.span import brute


def fault(rows, prime):
    """What is wrong with the engine's kernel basis, if anything."""
    basis = prefix.kernel(residues(rows, prime), prime)
    dense = rows.dense()
    if ((dense % prime) @ (basis.T % prime) % prime).any():
        return "not in the kernel"
    if len(basis) != rows.columns - brute.rank(dense, rows.columns, prime):
        return "of the wrong size"
    return "dependent" if brute.rank(basis, rows.columns, prime) < len(basis) else None


def with_weights(rows, seed):
    weights = np.random.default_rng(seed).integers(-5, 6, len(rows.indices))
    return Rows(rows.columns, rows.indptr, rows.indices, weights)


@pytest.mark.parametrize("prime", [2, 3, 61, FAST_PRIME, SECOND_PRIME, PRIME])
@pytest.mark.parametrize("k", [0, 300, 599, 600, 700])
def test_kernels_of_receptions(prime, k):
    rows = brute.sum_recovery(600, 9, 4).prefix(k)
    assert fault(rows, prime) is None
    if k == 599:
        assert fault(with_weights(rows, 1), prime) is None


@pytest.mark.parametrize("prime", [2, FAST_PRIME])
def test_kernels_where_the_core_has_several_stripes(prime):
    rows = brute.sum_recovery(1600, 12, 2).prefix(1590)
    assert fault(rows, prime) is None


@pytest.mark.quality
@pytest.mark.parametrize("module", [binary, modular])
def test_a_wrong_entry_is_found(monkeypatch, module):
    right = module.kernel

    def wrong(*given):
        basis = right(*given)
        basis[0, 17] += 1
        return basis

    monkeypatch.setattr(module, "kernel", wrong)
    assert fault(brute.sum_recovery(80, 5, 1).prefix(70), 2 if module is binary else PRIME) is not None
