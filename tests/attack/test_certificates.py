"""Tampered certificates: the checker accepts those that are true and canonical, and no others."""

from __future__ import annotations

import pytest

from srtheory.span.oracles import checker
from tests.attack.certificates import attack
from tests.attack.planted import instead, planted

SEED = 20222
FEW = 600


def test_tampered_certificates():
    tally = attack(FEW, SEED)
    assert not tally.failures, tally


@pytest.mark.attack
@pytest.mark.slow
def test_ten_thousand_tampered_certificates():
    tally = attack(15_000, SEED + 1)
    tally.keep()
    print(tally)
    assert tally.total - tally.tried["genuine"] >= 10**4
    assert not tally.failures


def positive(matrix):
    return [{j: abs(weight) for j, weight in row.items()} for row in matrix]


def or_zero(read):
    def swallowing(key, value):
        try:
            return read(key, value)
        except checker.NotACertificateError:
            return 0

    return swallowing


def without(fault, said):
    """The same fault, but for one that is not seen."""
    return lambda *given: None if said in ((found := fault(*given)) or "") else found


def skipped_matrix_digest(patch):
    patch.setattr(checker, "matrix_digest", lambda columns, matrix: None)
    patch.setattr(checker, "identity_fault", without(checker.identity_fault, "the matrix does not"))


PLANTED = {
    "a sign lost": planted(checker, "combination_fault", lambda right: lambda c, m: right(c, positive(m))),
    "no number read as 0": planted(checker, "whole_number", or_zero),
    "skipped seal": instead(checker, "content_digest", lambda content: content["certificate_sha256"]),
    "skipped matrix digest": skipped_matrix_digest,
    "last of two keys": instead(checker, "unique_keys", dict),
    "kernel that sums to 0": planted(checker, "kernel_fault", lambda right: without(right, "kernel vector sums to 0")),
    "not in lowest terms": instead(checker, "gcd", lambda *_: 1),
}


@pytest.mark.quality
@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED)
def test_planted_defects_are_seen(plant, monkeypatch):
    plant(monkeypatch)
    assert any(attack(60, seed).failures for seed in range(40))
