"""Whether rows span 1, given the counts: every order of every worker, ranks over Q by SymPy."""

import csv
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise, permutations, product

import pytest
from sympy import Matrix

from srtheory.on_record import on_record
from srtheory.theory import given_counts
from srtheory.theory.blocks import block_ends
from srtheory.theory.given_counts import even_sets_given_counts, spanning_given_counts

CASES = [
    (2, 1, (1, 1)),
    (2, 1, (2, 0)),
    (3, 1, (2, 1, 0)),
    (3, 1, (2, 2, 0)),
    (3, 2, (2, 0, 0)),
    (4, 2, (3, 2, 0, 0)),
    (4, 2, (2, 2, 1, 0)),
    (4, 3, (2, 2, 0, 0)),
    (4, 1, (3, 2, 0, 0)),
    (4, 1, (2, 1, 0, 0)),
    (5, 3, (2, 2, 0, 0, 0)),
]


def matrices(m, d, counts):
    """The received rows for every order of the workers that count, each equally likely."""
    ends = block_ends(m, d).tolist()
    choices = []
    for j, n in enumerate(counts):
        pool = [i for i in range(m) if i != j]
        orders = permutations(pool, ends[n - 1]) if n > 0 else [()]
        choices.append([[[j], *(list(o[a:b]) for a, b in pairwise(ends[:n]))] for o in orders if n > 0])
    for sent in product(*(c for c in choices if c)):
        rows = [row for worker in sent for row in worker]
        yield tuple(tuple(int(i in row) for i in range(m)) for row in rows)


def rank(rows):
    return Matrix(rows).rank() if rows else 0


@cache
def spans(rows, m):
    return rank(rows) == rank([*rows, (1,) * m])


def even_sets(rows, m, w):
    return sum(all(sum(row[i] for i in chosen) % 2 == 0 for row in rows) for chosen in combinations(range(m), w))


@pytest.mark.parametrize(("m", "d", "counts"), CASES)
def test_every_order_of_every_worker(m, d, counts):
    all_rows = list(matrices(m, d, counts))
    silent = counts.count(0)
    exact = [Fraction(sum(even_sets(rows, m, w) for rows in all_rows), len(all_rows)) for w in range(silent + 1)]
    assert even_sets_given_counts(m, d, counts) == exact
    truth = Fraction(sum(spans(rows, m) for rows in all_rows), len(all_rows))
    low, high = spanning_given_counts(m, d, counts)
    assert low <= truth <= high


def test_the_lower_bound_is_sharp_where_the_rows_are_many():
    low, high = spanning_given_counts(60, 6, [5] * 30 + [0] * 30)
    assert 0 < high - low < 1e-12


@pytest.mark.quality
@pytest.mark.parametrize(("sign", "seen"), [("odd", True), ("even", False)])
def test_a_slip_between_even_and_odd_is_seen(monkeypatch, sign, seen):
    right = given_counts.even_ways

    def ways(symbols, ends, blocks):
        counted = right(symbols, ends, blocks)
        everything = type(counted)([1, 1]) ** (symbols - 1)
        return everything - counted if sign == "odd" else counted

    monkeypatch.setattr(given_counts, "even_ways", ways)
    m, d, counts = 4, 2, (2, 2, 1, 0)
    all_rows = list(matrices(m, d, counts))
    exact = Fraction(sum(even_sets(rows, m, 1) for rows in all_rows), len(all_rows))
    assert (even_sets_given_counts(m, d, counts)[1] != exact) is seen


def test_no_rows_and_one_symbol():
    assert spanning_given_counts(3, 1, [0, 0, 0]) == (0, 0)
    assert spanning_given_counts(1, 1, [1]) == (1, 1)
    assert spanning_given_counts(1, 1, [0]) == (0, 0)


def probabilities():
    """The lines of data/small_cases: m, d, the counts, and P(span 1 over Q) by enumeration."""
    with (on_record("small_cases") / "probabilities.csv").open(encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream):
            counts = tuple(map(int, line["counts"].split()))
            yield int(line["symbols"]), int(line["degree"]), counts, Fraction(line["spans_q"])


@pytest.mark.slow
@pytest.mark.quality
def test_all_probabilities_on_record_up_to_eight_symbols_and_a_factor_of_1_02_would_be_seen():
    lines = [(truth, *spanning_given_counts(*line)) for *line, truth in probabilities()]
    assert len(lines) > 5000
    assert [line for line in lines if not line[1] <= line[0] <= line[2]] == []
    off = Fraction(51, 50)
    assert sum(not off * low <= truth <= off * high for truth, low, high in lines) > 1000
