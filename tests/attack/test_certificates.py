"""Tampered certificates: the checker accepts those that are true and canonical, and no others."""

from __future__ import annotations

import pytest

from srtheory.span.oracles import checker
from tests.attack.certificates import attack

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


def wrong_sign(monkeypatch):
    """A weight's sign is lost where rows are combined."""
    right = checker._combination_fault
    positive = lambda matrix: [{j: abs(weight) for j, weight in row.items()} for row in matrix]  # noqa: E731
    monkeypatch.setattr(checker, "_combination_fault", lambda c, matrix: right(c, positive(matrix)))


def swallowed_error(monkeypatch):
    """Something that is no number is read as 0."""
    right = checker._integer

    def read(key, value):
        try:
            return right(key, value)
        except checker.NotACertificateError:
            return 0

    monkeypatch.setattr(checker, "_integer", read)


def skipped_seal(monkeypatch):
    monkeypatch.setattr(checker, "content_digest", lambda content: content["certificate_sha256"])


def skipped_matrix_digest(monkeypatch):
    monkeypatch.setattr(checker, "matrix_digest", lambda columns, matrix: None)
    right = checker.identity_fault
    monkeypatch.setattr(
        checker, "identity_fault", lambda *a: None if "the matrix does not" in (right(*a) or "") else right(*a)
    )


def last_of_two_keys(monkeypatch):
    monkeypatch.setattr(checker, "_unique", dict)


def kernel_that_sums_to_nothing(monkeypatch):
    right = checker._kernel_fault
    monkeypatch.setattr(
        checker, "_kernel_fault", lambda c, m: None if right(c, m) == "its kernel vector sums to 0" else right(c, m)
    )


def not_in_lowest_terms(monkeypatch):
    monkeypatch.setattr(checker, "gcd", lambda *_: 1)


PLANTED = [
    wrong_sign,
    swallowed_error,
    skipped_seal,
    skipped_matrix_digest,
    last_of_two_keys,
    kernel_that_sums_to_nothing,
    not_in_lowest_terms,
]


@pytest.mark.quality
@pytest.mark.parametrize("plant", PLANTED)
def test_planted_defects_are_seen(plant, monkeypatch):
    plant(monkeypatch)
    assert any(attack(60, seed).failures for seed in range(40))
