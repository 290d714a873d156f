"""Dense codes: an MDS parity uses every symbol; systematic LT parities obey their sparse relations and are dense."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from itertools import combinations

import galois
import numpy as np
import pytest

import paper_checks.dense_codes
from paper_checks.dense_codes import mds_parity_terms, systematic_lt
from srtheory.errors import ArgumentError
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.fountain import LubyTransform


def is_mds(parities, field):
    """Whether any m rows of the identity above the parities determine all m symbols."""
    m = parities.shape[1]
    generator = np.vstack([field.Identity(m), parities])
    return all(np.linalg.matrix_rank(generator[list(rows)]) == m for rows in combinations(range(len(generator)), m))


def test_every_parity_of_an_mds_code_uses_every_symbol():
    field, rng, codes = galois.GF(7, compile="python-calculate"), np.random.default_rng(1), 0
    for _ in range(60):
        parities = field(rng.integers(0, 7, (2, 3)))
        if is_mds(parities, field):
            codes += 1
            assert ((np.array(parities) != 0).sum(axis=1) == mds_parity_terms(3)).all()
    assert codes > 10
    assert is_mds(field([[1, 1, 1], [1, 2, 3]]), field)
    assert not is_mds(field([[1, 1, 1], [1, 0, 3]]), field)
    assert not is_mds(field([[1, 1, 1], [1, 1, 1]]), field)


def fault(code, m, key, **given):
    """The stream of the LT code: the first m independent rows, and the others, of which parities are sums, in order."""
    rows = LubyTransform(m, cap=2.0, **given).emit(key, np.full(m, UNLIMITED)).rows.dense()
    chosen, kept = [], {}  # of each leading bit a sum of rows that has it
    for i, row in enumerate(rows.tolist()):
        left = int("".join(map(str, row)), 2)
        while left and left.bit_length() in kept:
            left ^= kept[left.bit_length()]
        if left:
            kept[left.bit_length()] = left
            chosen.append(i)
    if not (np.array_equal(code.basis, rows[chosen]) and np.array_equal(code.relations, np.delete(rows, chosen, 0))):
        return "stream"
    if (code.parities.astype(int) @ code.basis % 2 != code.relations).any():
        return "relations"
    return None if code.parity_terms.tolist() == [np.count_nonzero(row) for row in code.parities] else "terms"


@pytest.mark.parametrize(("m", "key"), [(1, 1), (2, 1), (3, 2), (10, 3), (40, 9), (40, 2)])
def test_a_code_is_the_stream_of_the_lt_code_in_its_order(m, key):
    """With the parameters of the paper by default; one key gives one code."""
    given = {"c": 0.03, "delta": 0.5}
    code = systematic_lt(m, key)
    assert fault(code, m, key, **given) is None
    assert fault(systematic_lt(m, key, **given), m, key, **given) is None
    assert fault(systematic_lt(m, key + 1), m, key, **given) is not None or m < 4


def test_parities_are_dense_though_relations_are_sparse():
    code = systematic_lt(200, 1)
    assert code.relations.sum(axis=1).mean() < 12
    assert 0.35 * 200 < code.parity_terms.mean() < 0.55 * 200
    inverse = np.linalg.inv(galois.GF2(systematic_lt(30, 5).basis))
    np.testing.assert_array_equal(galois.GF2(systematic_lt(30, 5).relations) @ inverse, systematic_lt(30, 5).parities)


@pytest.mark.quality
def test_the_relations_tell_a_wrong_parity():
    code = systematic_lt(30, 5)
    assert fault(code, 30, 5, c=0.03, delta=0.5) is None
    code.parities[0, 0] ^= 1
    assert fault(code, 30, 5, c=0.03, delta=0.5) == "relations"


def test_a_stream_is_lengthened_only_while_it_has_too_few_independent_rows(monkeypatch):
    caps = []

    def counted(m, *, cap, **options):
        caps.append(cap)
        assert len(caps) < 4
        return LubyTransform(m, cap=0.5 * cap, **options)

    monkeypatch.setattr(paper_checks.dense_codes, "LubyTransform", counted)
    assert systematic_lt(300, 1).basis.shape == (300, 300)
    assert caps == [2.0, 4.0]


def test_codes_are_compared_as_objects_and_do_not_change_and_arguments_are_checked():
    one, other = systematic_lt(3, 1), systematic_lt(3, 1)
    assert len({one, other}) == 2
    with pytest.raises(FrozenInstanceError):
        one.basis = other.basis
    for call in (mds_parity_terms, lambda m: systematic_lt(m, 1)):
        with pytest.raises(ArgumentError, match="'symbols'"):
            call(0)
