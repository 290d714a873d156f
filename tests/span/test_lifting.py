"""Witnesses: the right kind, and true over the integers, for random, for singular and for large matrices."""

from math import gcd

import flint
import numpy as np
import pytest

from srtheory.rows import from_dense, from_sets
from srtheory.schemes.gradient import cyclic_weights
from srtheory.span.dense import lifting
from srtheory.span.dense.lifting import (
    PRIME,
    basis,
    kernel_vector,
    spanning_vector,
    stopping_vectors,
)
from tests.span import brute
from tests.strategies import with_weights

FAMILIES = {
    "0/1": brute.sparse,
    "weights": brute.weighted,
    "deficient": brute.deficient,
    "large weights": lambda rng: brute.weighted(rng, 2**62),
    "congruent": lambda rng: brute.congruent(rng, PRIME),
}


def faults(rows, combination, kernel):
    """What is wrong with the pair of answers, exactly one of which must be a witness."""
    table, ones = rows.dense().tolist(), [1] * rows.columns
    if (combination is None) == (kernel is None):
        return ["not exactly one witness"]
    if kernel is not None:
        products = [sum(a * x for a, x in zip(row, kernel, strict=True)) for row in table]
        return [
            name for name, bad in [("Gx", any(products)), ("sum", sum(kernel) == 0), ("gcd", gcd(*kernel) != 1)] if bad
        ]
    v, denominator = combination
    sums = [sum(a * row[j] for a, row in zip(v, table, strict=True)) for j in range(rows.columns)]
    wrong = [
        ("vG", sums != [denominator * one for one in ones]),
        ("D", denominator <= 0),
        ("gcd", gcd(denominator, *v) != 1),
    ]
    return [name for name, bad in wrong if bad]


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_witnesses(family):
    rng = np.random.default_rng(11)
    kinds = set()
    for rows in (family(rng) for _ in range(200)):
        combination, kernel = spanning_vector(rows), kernel_vector(rows)
        assert faults(rows, combination, kernel) == []
        assert (combination is not None) == brute.spans(rows)
        kinds.add(combination is None)
    assert kinds == {True, False}


def joint_faults(family, seed, trials=100):
    """Faults of both witnesses from one factorisation, and how many pairs there were of how many least prefixes."""
    rng = np.random.default_rng(seed)
    wrong, pairs, least = [], 0, 0
    for rows in (family(rng) for _ in range(trials)):
        for k in range(1, len(rows) + 1):
            is_least = brute.spans(rows.prefix(k)) and not brute.spans(rows.prefix(k - 1))
            found = stopping_vectors(rows.prefix(k))
            pairs, least = pairs + (found is not None), least + is_least
            if found is not None and not is_least:
                wrong.append("not the least")
            elif found is not None:
                wrong += faults(rows.prefix(k), found[0], None) + faults(rows.prefix(k - 1), None, found[1])
                wrong += [] if sum(found[1]) > 0 else ["negative sum"]
    return wrong, pairs, least


@pytest.mark.parametrize("quick", [0, 1000])
@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_both_witnesses_of_one_factorisation(monkeypatch, family, quick):
    """Where a small prime chooses the invertible part of the core, too, though it may lose a rank."""
    monkeypatch.setattr(lifting, "QUICK_FROM", quick)
    wrong, pairs, least = joint_faults(family, 17, 20)
    assert wrong == []
    assert pairs > 0.3 * least > 0  # one family is built of multiples of the prime


@pytest.mark.parametrize(("seed", "k"), [(0, 150), (4, 198), (7, 169)])
@pytest.mark.parametrize("quick", [0, 1000])
def test_both_witnesses_are_those_of_two_factorisations(monkeypatch, seed, k, quick):
    """Of full rank, so that both are unique."""
    monkeypatch.setattr(lifting, "QUICK_FROM", quick)
    rows = brute.sum_recovery(150, 6, seed, slack=0.6)
    assert stopping_vectors(rows.prefix(k)) == (spanning_vector(rows.prefix(k)), kernel_vector(rows.prefix(k - 1)))


def test_a_part_that_only_the_small_prime_takes_for_invertible_is_given_up(monkeypatch):
    """As if the small prime had chosen columns that are dependent modulo the large one."""
    rows = brute.sum_recovery(60, 5, 2, slack=1.0)
    monkeypatch.setattr(lifting, "quick_part", lambda rows, triangle: (np.arange(2), np.zeros(2, int)))
    assert stopping_vectors(rows) is None


def test_a_common_denominator_is_found_entry_by_entry():
    """Entries with coprime denominators, some of which cancel in any one combination."""
    rows = from_dense(np.diag([2, 3, 5, 7, 11, 13, 4, 9, 6]))
    v, denominator = spanning_vector(rows)
    assert denominator == 4 * 9 * 5 * 7 * 11 * 13
    assert [a * b for a, b in zip(v, [2, 3, 5, 7, 11, 13, 4, 9, 6], strict=True)] == [denominator] * 9


def test_reconstruction_needs_hardly_more_digits_than_the_solution_has():
    """Equal entries make every sum over the entries as long as it can be."""
    y, denominator, modulus = 3**40, 5**30, PRIME**9
    z, digits = y * pow(denominator, -1, modulus) % modulus, []
    for _ in range(9):
        digit = z % PRIME - PRIME * (z % PRIME > PRIME // 2)
        digits.append(np.full(20000, digit))
        z = (z - digit) // PRIME
    assert lifting.reconstruct(digits, PRIME) == ([y] * 20000, denominator)
    assert lifting.reconstruct(digits[:5], PRIME) is None


def test_entries_that_are_long_although_their_combination_is_short_are_refused():
    """The first weights are 3 and 271, so that 271 r and -3 r cancel."""
    z = 271 * (PRIME**4 // 1000)
    entries, digits = np.array([z, -z // 271 * 3], dtype=object), []
    for _ in range(9):
        digit = entries % PRIME
        digits.append(digit.astype(np.int64))
        entries = entries // PRIME
    assert sum(int(digit @ [3, 271]) * PRIME**k for k, digit in enumerate(digits)) % PRIME**9 == 0
    assert lifting.reconstruct(digits, PRIME) is None


def test_a_solution_is_accepted_only_if_40_bits_shorter_than_its_residue():
    """The square of two digits over 2^40 is 15, and entries are first combined with weight 3."""
    assert 15**2 <= PRIME**2 // 2**40 < 16**2
    told = [lifting.reconstruct([np.array([y]), np.array([0])], PRIME) for y in (-6, -5, 0, 5, 6)]
    assert told == [None, ([-5], 1), ([0], 1), ([5], 1), None]
    assert lifting.reconstruct([np.array([1])], PRIME) is None
    assert (lifting.MOST_NEW, lifting.QUICK_PRIME, lifting.QUICK_FROM) == (16, 251, 1000)


@pytest.mark.quality
def test_a_wrong_reconstruction_never_leaves_the_module(monkeypatch):
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


@pytest.mark.quality
def test_a_check_left_out_is_found(monkeypatch):
    """Without the integer check and the residual's, the prime's mistakes come through."""
    monkeypatch.setattr(lifting, "is_solution", lambda *_: True)
    right = lifting.reconstruct
    monkeypatch.setattr(lifting, "reconstruct", lambda digits, prime: right(digits, prime) or ([0] * len(digits[0]), 1))
    rows = from_dense([[1, 2], [3, 5]])
    assert faults(rows, spanning_vector(rows), None) != []


@pytest.mark.parametrize("weight", [1, -1, 3, -7, -(2**63)])
def test_a_row_of_one_weight_is_the_solution(monkeypatch, weight):
    """Nothing is lifted, so that a million columns take no time."""
    monkeypatch.setattr(lifting, "integer_solution", None)
    dense = [[0, 1, 2], [weight, weight, weight], [5, 5, 5]]
    v, scale = lifting.spanning_vector(from_dense(dense))
    assert (v, scale) == ([0, 1 if weight > 0 else -1, 0], abs(weight))
    assert lifting.spanning_vector(from_sets(2, [[0], [1, 0]])) == ([0, 1], 1)


def test_a_row_of_zeros_or_of_two_weights_is_no_solution():
    zeros = with_weights(from_sets(2, [[0, 1], [0, 1]]), [0, 0, 1, 2])
    assert lifting.spanning_vector(zeros) is None
    assert lifting.spanning_vector(from_sets(0, [[], []])) == ([0, 0], 1)


def wrong_bases(seed, trials=300):
    """Matrices for which a basis is told that is none of the rational row space."""
    rng, wrong, told = np.random.default_rng(seed), [], 0
    for rows in (family(rng) for _ in range(trials) for family in FAMILIES.values()):
        table = rows.dense().tolist()
        modular = brute.rank(table, rows.columns, 251)
        found = basis(rows, modular)
        told += found is not None
        if found is not None:
            chosen = [table[i] for i in found]
            ranks = brute.rank(chosen, rows.columns), brute.rank(table, rows.columns)
            if ranks != (len(found), len(found)) or len(found) != modular:
                wrong.append(rows)
    return wrong, told


def test_bases_of_the_row_space():
    wrong, told = wrong_bases(5)
    assert wrong == []
    assert told > 1000


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


def test_a_row_that_depends_on_others_modulo_the_prime_alone_has_no_combination():
    rows = from_dense([[1, 1], [1, 1 + PRIME]])
    assert basis(rows, 1) is None


@pytest.mark.quality
def test_a_combination_that_is_not_looked_for_is_found(monkeypatch):
    monkeypatch.setattr(lifting, "lifted_solution", lambda *_: ([], 1))
    rows = from_dense([[1, 1], [1, 1 + PRIME]])
    assert basis(rows, 1) is not None


def cyclic(seed, count=12):
    """Rows of a gradient code of 12 symbols, which lie in a space of dimension 10, in random order."""
    table = np.zeros((12, 12), np.int64)
    for j in range(12):
        table[j, (j + np.arange(3)) % 12] = cyclic_weights(12, 2, j)
    return table[np.random.default_rng(seed).permutation(12)[:count]]


def wrong_spans(trials=60):
    """Answers of :func:`lifting.spans` that the witness contradicts: rows of one space, some with a foreign row."""
    wrong = 0
    lifting.LAST.space = None
    for seed in range(trials):
        table = cyclic(seed, 10)
        table[0] += (seed % 3 == 1) * np.eye(12, dtype=np.int64)[seed % 12] * 3
        rows = from_dense(table)
        wrong += lifting.spans(rows, _rank(table)) != (spanning_vector(rows) is not None)
    return wrong


def _rank(table):
    return int(flint.nmod_mat(table.tolist(), PRIME).rank())


def test_rows_of_a_space_that_spanned_before():
    assert wrong_spans() == 0


@pytest.mark.parametrize("columns", [3, 5])
def test_a_space_with_more_or_fewer_columns_is_another(columns):
    sets = {3: [[0, 1], [2]], 4: [[0, 1], [2, 3]], 5: [[0, 1], [2, 3, 4]]}
    lifting.LAST.space = None
    assert lifting.spans(from_sets(4, sets[4]), 2)
    assert not lifting.LAST.space.is_row_space(from_sets(columns, sets[columns]), 2)
    assert lifting.spans(from_sets(columns, sets[columns]), 2)
    assert lifting.LAST.space.is_row_space(from_sets(columns, sets[columns]), 2)


def test_dependent_rows_are_not_kept():
    lifting.LAST.space = None
    assert lifting.spans(from_sets(3, [[0, 1], [0, 1], [2]]), 2)
    assert lifting.LAST.space is None


def test_known_rows_are_lifted_once(monkeypatch):
    lifting.LAST.space, looked = None, []
    monkeypatch.setattr(lifting, "spanning_vector", lambda rows: looked.append(rows) or spanning_vector(rows))
    for seed in range(20):
        assert lifting.spans(from_dense(cyclic(seed, 10)), 10)
    assert len(looked) == 1
    assert len(lifting.LAST.space.members) == 12


@pytest.mark.parametrize("prime", [3, 1381, PRIME])
def test_digits_of_wide_weights(prime):
    numbers = np.array([0, 1, -1, prime // 2 + 1, 2**63 - 1, -(2**63), 10**15])
    digits = lifting.base_digits(numbers, prime)
    assert all(2 * abs(digit).max() <= prime for digit in digits)
    assert [sum(int(digit[i]) * prime**k for k, digit in enumerate(digits)) for i in range(7)] == numbers.tolist()
    whole = lifting.base_digits(numbers.astype(object), prime)  # as a row of large weights is given
    assert [digit.tolist() for digit in whole] == [digit.tolist() for digit in digits]


def test_small_primes_choose_the_invertible_part_of_large_cores_without_weights(monkeypatch):
    rows = from_sets(4, [[0, 1], [1, 2], [2, 3], [0, 3], [0, 2]])
    triangle = lifting.triangulate(rows.indptr, rows.indices, 4)
    cores = len(triangle.core_rows)
    assert cores > 0
    assert flint.fmpz(lifting.QUICK_PRIME).is_prime()
    for least, there in ((cores, True), (cores + 1, False)):
        monkeypatch.setattr(lifting, "QUICK_FROM", least)
        assert (lifting.quick_part(rows, triangle) is not None) == there
        assert lifting.quick_part(with_weights(rows, [1] * 10), triangle) is None


@pytest.mark.parametrize("length", [1, 100, 4095, 4097, 10000])
@pytest.mark.parametrize("weight", [3, 2**40, -(2**62)])
def test_no_sum_of_digits_leaves_64_bits(length, weight):
    """A row of equal weights: digits only where each sum of products with residues has at most 2^58."""
    matrix = from_dense(np.full((1, length), weight))
    levels = lifting._by_digits(matrix, PRIME)
    largest = [int(abs(level.values).max()) for level in levels]
    assert len(levels) == 1 or length * max(largest) * (PRIME // 2 + 1) <= 2**58
    assert len(levels) > 1 or length > 4000 or weight == 3
