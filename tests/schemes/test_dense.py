"""Dense codes: an MDS parity uses every symbol; systematic LT parities obey their sparse relations and are dense."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from itertools import combinations

import galois
import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.schemes import dense
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.dense import mds_parity_terms, systematic_lt
from srtheory.schemes.luby_transform import LubyTransform


def is_mds(parities, field):
    """Whether any m rows of the identity above the parities determine all m symbols."""
    m = parities.shape[1]
    generator = np.vstack([field.Identity(m), parities])
    return all(np.linalg.matrix_rank(generator[list(rows)]) == m for rows in combinations(range(len(generator)), m))


def test_every_parity_of_an_mds_code_uses_every_symbol():
    field, rng, codes = galois.GF(7, compile="python-calculate"), np.random.default_rng(1), 0
    for _ in range(120):
        parities = field(rng.integers(0, 7, (2, 3)))
        if is_mds(parities, field):
            codes += 1
            assert ((np.array(parities) != 0).sum(axis=1) == mds_parity_terms(3)).all()
    assert codes > 20


@pytest.mark.quality
def test_a_parity_that_misses_a_symbol_is_not_mds():
    field = galois.GF(7, compile="python-calculate")
    assert is_mds(field([[1, 1, 1], [1, 2, 3]]), field)
    assert not is_mds(field([[1, 1, 1], [1, 0, 3]]), field)
    assert not is_mds(field([[1, 1, 1], [1, 1, 1]]), field)


@pytest.mark.parametrize("m", [1, 2, 3, 10, 40])
@pytest.mark.parametrize("key", [1, 2, 3])
def test_parities_obey_their_relations(m, key):
    code = systematic_lt(m, key)
    assert code.basis.shape == (m, m)
    np.testing.assert_array_equal(code.parities.astype(int) @ code.basis % 2, code.relations)
    assert np.linalg.matrix_rank(galois.GF2(code.basis)) == m
    np.testing.assert_array_equal(code.parity_terms, [np.count_nonzero(row) for row in code.parities])


def test_the_inverse_is_that_of_galois():
    code = systematic_lt(30, 5)
    inverse = np.linalg.inv(galois.GF2(code.basis))
    np.testing.assert_array_equal(galois.GF2(code.relations) @ inverse, galois.GF2(code.parities))


def test_a_stream_is_lengthened_only_while_it_has_too_few_independent_rows(monkeypatch):
    caps = []

    def counted(m, *, cap, **options):
        caps.append(cap)
        assert len(caps) < 4
        return LubyTransform(m, cap=0.5 * cap, **options)

    monkeypatch.setattr(dense, "LubyTransform", counted)
    assert systematic_lt(300, 1).basis.shape == (300, 300)
    assert caps == [2.0, 4.0]


def test_parities_are_dense_though_relations_are_sparse():
    code = systematic_lt(200, 1)
    assert code.relations.sum(axis=1).mean() < 12
    assert 0.35 * 200 < code.parity_terms.mean() < 0.55 * 200


@pytest.mark.quality
def test_the_relations_tell_a_wrong_parity():
    code = systematic_lt(30, 5)
    wrong = code.parities.astype(int)
    wrong[0, 0] ^= 1
    assert (wrong @ code.basis % 2 != code.relations).any()


def test_a_code_is_the_stream_of_the_lt_code_in_its_order():
    """The first m independent rows, and the others in their order; parameters of the paper by default."""
    m, given = 40, {"c": 0.03, "delta": 0.5}
    rows = LubyTransform(m, cap=2.0, **given).emit(9, np.full(m, UNLIMITED)).rows.dense()
    chosen, kept = [], {}  # of each leading bit a sum of rows that has it
    for i, row in enumerate(rows.tolist()):
        left = int("".join(map(str, row)), 2)
        while left and left.bit_length() in kept:
            left ^= kept[left.bit_length()]
        if left:
            kept[left.bit_length()] = left
            chosen.append(i)
    assert len(chosen) == m
    code = systematic_lt(m, 9)
    np.testing.assert_array_equal(code.basis, rows[chosen])
    np.testing.assert_array_equal(code.relations, np.delete(rows, chosen, axis=0))
    np.testing.assert_array_equal(systematic_lt(m, 9, **given).parities, code.parities)


def test_codes_are_compared_as_objects_and_do_not_change():
    one, other = systematic_lt(3, 1), systematic_lt(3, 1)
    assert len({one, other}) == 2
    with pytest.raises(FrozenInstanceError):
        one.basis = other.basis


def test_one_key_gives_one_code():
    a, b, c = systematic_lt(20, 4), systematic_lt(20, 4), systematic_lt(20, 5)
    np.testing.assert_array_equal(a.parities, b.parities)
    assert a.basis.tolist() != c.basis.tolist()


@pytest.mark.parametrize("call", [mds_parity_terms, lambda m: systematic_lt(m, 1)])
def test_arguments_are_checked(call):
    with pytest.raises(ArgumentError, match="'symbols'"):
        call(0)
