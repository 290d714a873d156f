"""Witnesses: the right kind, and true over the integers, for matrices of every kind and for large ones."""

from math import gcd

import numpy as np
import pytest

from srtheory.matrix import from_dense, from_sets
from srtheory.schemes.gradient import cyclic_weights
from srtheory.span import lifting
from srtheory.span.lifting import PRIME, basis, kernel_vector, spanning_vector, stopping_vectors
from tests.contracts.fields import KINDS, of_kind, rows_of
from tests.span import brute
from tests.strategies import with_weights

each_kind = pytest.mark.parametrize("kind", KINDS)


def drawn(kind, count, first=0):
    return [rows_of(*of_kind(kind, seed, "Q")) for seed in range(first, first + count)]


def faults(rows, combination, kernel):
    """What is wrong with the pair of answers, exactly one of which must be a witness."""
    table, ones = rows.dense().tolist(), [1] * rows.columns
    if (combination is None) == (kernel is None):
        return ["not exactly one witness"]
    if kernel is not None:
        products = [sum(a * x for a, x in zip(row, kernel, strict=True)) for row in table]
        wrong = [("Gx", any(products)), ("sum", sum(kernel) == 0), ("gcd", gcd(*kernel) != 1)]
    else:
        v, denominator = combination
        sums = [sum(a * row[j] for a, row in zip(v, table, strict=True)) for j in range(rows.columns)]
        wrong = [("vG", sums != [denominator * one for one in ones])]
        wrong += [("D", denominator <= 0), ("gcd", gcd(denominator, *v) != 1)]
    return [name for name, bad in wrong if bad]


@each_kind
def test_exactly_one_of_two_witnesses_is_found(kind):
    for rows in drawn(kind, 60):
        combination, kernel = spanning_vector(rows), kernel_vector(rows)
        assert faults(rows, combination, kernel) == []
        assert (combination is not None) == brute.spans(rows)


def joint_faults(some):
    """Faults of both witnesses from one factorisation, and how many pairs there were of how many least prefixes."""
    wrong, pairs, least = [], 0, 0
    for head in (rows.prefix(k) for rows in some for k in range(1, len(rows) + 1)):
        before = head.prefix(len(head) - 1)
        is_least, found = brute.spans(head) and not brute.spans(before), stopping_vectors(head)
        pairs, least = pairs + (found is not None), least + is_least
        if found is not None and not is_least:
            wrong.append("not the least")
        elif found is not None:
            wrong += faults(head, found[0], None) + faults(before, None, found[1])
            wrong += [] if sum(found[1]) > 0 else ["negative sum"]
    return wrong, pairs, least


@pytest.mark.parametrize("quick", [0, 1000])
def test_both_witnesses_of_one_factorisation(monkeypatch, quick):
    """Where a small prime chooses the invertible part of the core, too, though it may lose a rank."""
    monkeypatch.setattr(lifting, "QUICK_FROM", quick)
    wrong, pairs, least = joint_faults([rows for kind in KINDS for rows in drawn(kind, 12)])
    assert wrong == []
    assert pairs > 0.3 * least > 0


@pytest.mark.parametrize(("seed", "k"), [(0, 150), (4, 198), (7, 169)])
@pytest.mark.parametrize("quick", [0, 1000])
def test_both_witnesses_are_those_of_two_factorisations(monkeypatch, seed, k, quick):
    """Of full rank, so that both are unique."""
    monkeypatch.setattr(lifting, "QUICK_FROM", quick)
    rows = brute.sum_recovery(150, 6, seed, slack=0.6)
    assert stopping_vectors(rows.prefix(k)) == (spanning_vector(rows.prefix(k)), kernel_vector(rows.prefix(k - 1)))


# ------------------------------------------------------------------------------------------------------ reconstruction


def test_a_common_denominator_is_found_entry_by_entry():
    """Entries with coprime denominators, some of which cancel in any one combination."""
    diagonal = [2, 3, 5, 7, 11, 13, 4, 9, 6]
    v, denominator = spanning_vector(from_dense(np.diag(diagonal)))
    assert denominator == 4 * 9 * 5 * 7 * 11 * 13
    assert [a * b for a, b in zip(v, diagonal, strict=True)] == [denominator] * 9


@pytest.mark.quality
def test_a_wrong_reconstruction_never_leaves_the_module_and_a_check_left_out_is_found(monkeypatch):
    """An entry that is off by one is refused by the integer check; lifting goes on until one is right."""
    right, calls = lifting.reconstruct, []

    def wrong_at_first(digits, prime):
        solution = right(digits, prime)
        if solution is None:
            return None
        calls.append(solution)
        return solution if len(calls) > 3 else ([solution[0][0] + 1, *solution[0][1:]], solution[1])

    monkeypatch.setattr(lifting, "reconstruct", wrong_at_first)
    rows = brute.sum_recovery(60, 5, 2, slack=1.0)
    assert faults(rows, spanning_vector(rows), None) == []
    assert len(calls) > 3
    monkeypatch.setattr(lifting, "is_solution", lambda *_: True)
    monkeypatch.setattr(lifting, "reconstruct", lambda digits, prime: right(digits, prime) or ([0] * len(digits[0]), 1))
    rows = from_dense([[1, 2], [3, 5]])
    assert faults(rows, spanning_vector(rows), None) != []


@pytest.mark.parametrize("weight", [1, -1, 3, -7, -(2**63)])
def test_a_row_of_one_weight_is_the_solution(monkeypatch, weight):
    """Nothing is lifted, so that a million columns take no time; a row of zeros or of two weights is none."""
    monkeypatch.setattr(lifting, "integer_solution", None)
    dense = [[0, 1, 2], [weight, weight, weight], [5, 5, 5]]
    assert spanning_vector(from_dense(dense)) == ([0, 1 if weight > 0 else -1, 0], abs(weight))
    assert spanning_vector(from_sets(2, [[0], [1, 0]])) == ([0, 1], 1)
    monkeypatch.undo()
    assert spanning_vector(from_sets(0, [[], []])) == ([0, 0], 1)
    assert spanning_vector(with_weights(from_sets(2, [[0, 1], [0, 1]]), [0, 0, 1, 2])) is None


# -------------------------------------------------------------------------------------------------- bases of row spaces


def test_bases_are_those_of_the_rational_row_space():
    told = 0
    for rows in (rows for kind in KINDS for rows in drawn(kind, 100)):
        table = rows.dense().tolist()
        modular = brute.rank(table, rows.columns, 251)
        found = basis(rows, modular)
        if found is not None:
            told += 1
            ranks = brute.rank([table[i] for i in found], rows.columns), brute.rank(table, rows.columns)
            assert ranks == (len(found), len(found)) == (modular, modular)
    assert told > 500


@pytest.mark.parametrize("lifted", [False, True])
def test_a_basis_where_rows_are_combinations_of_others(monkeypatch, lifted):
    """Also where no small relation is found, and each combination has to be lifted."""
    if lifted:
        monkeypatch.setattr(lifting, "has_equal_rank", lambda *_: False)
    rng = np.random.default_rng(3)
    few = rng.integers(-2, 3, (20, 40)) * (rng.random((20, 40)) < 0.3)
    rows = from_dense(rng.permutation(np.vstack([few, rng.integers(-9, 10, (15, 20)) @ few])))
    found = basis(rows, 20)
    assert found is not None
    assert brute.rank(rows.take(found).dense().tolist(), 40) == 20
    assert basis(rows, 19) is None


@pytest.mark.quality
def test_a_row_that_depends_on_others_modulo_the_prime_alone_has_no_combination(monkeypatch):
    rows = from_dense([[1, 1], [1, 1 + PRIME]])
    assert basis(rows, 1) is None
    monkeypatch.setattr(lifting, "lifted_solution", lambda *_: ([], 1))
    assert basis(rows, 1) is not None


def cyclic(seed, count=10):
    """Rows of a gradient code of 12 symbols, which lie in a space of dimension 10, in random order."""
    table = np.zeros((12, 12), np.int64)
    for j in range(12):
        table[j, (j + np.arange(3)) % 12] = cyclic_weights(12, 2, j)
    return table[np.random.default_rng(seed).permutation(12)[:count]]


def test_rows_of_a_space_that_spanned_before(monkeypatch):
    """They are lifted once; some with a foreign row, and spaces of more and of fewer columns, are others."""
    looked = []
    monkeypatch.setattr(lifting, "spanning_vector", lambda rows: looked.append(rows) or spanning_vector(rows))
    for foreign in (False, True):
        lifting.LAST.space, before = None, len(looked)
        for seed in range(40):
            table = cyclic(seed)
            table[0] += (foreign and seed % 3 == 1) * np.eye(12, dtype=np.int64)[seed % 12] * 3
            rows = from_dense(table)
            assert lifting.spans(rows, brute.rank(table, 12, PRIME)) == (spanning_vector(rows) is not None)
        assert foreign or len(looked) == before + 1
    assert len(lifting.LAST.space.members) == 12
    assert lifting.spans(from_sets(3, [[0, 1], [0, 1], [2]]), 2)  # dependent rows are not kept
    assert len(lifting.LAST.space.members) == 12
    sets = {3: [[0, 1], [2]], 4: [[0, 1], [2, 3]], 5: [[0, 1], [2, 3, 4]]}
    for columns in (4, 3, 4, 5, 4):
        assert not lifting.LAST.space.is_row_space(from_sets(columns, sets[columns]), 2)
        assert lifting.spans(from_sets(columns, sets[columns]), 2)
        assert lifting.LAST.space.is_row_space(from_sets(columns, sets[columns]), 2)
