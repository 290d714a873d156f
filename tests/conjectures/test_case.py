"""Cases of few rows: written down as given, their properties by definition, ranks at the edge of 64 bits; weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.conjectures import case as small
from srtheory.conjectures.case import (
    Case,
    all_systematic,
    complete_worker,
    covered,
    from_lists,
    from_reception,
    from_rows,
    from_vectors,
    rank,
    spans,
)
from srtheory.conjectures.enumerate import MAX_WEIGHT, elements, integers, residues, signs, weights_of
from srtheory.conjectures.strategies import binary_rows
from srtheory.errors import ArgumentError
from srtheory.span import oracles
from tests.decoders.receptions import reception_of
from tests.oracle.fields import judge

SENT = from_lists(3, [[0], [2, 1], [1]], [0, 0, 1], 2)


@st.composite
def sent_rows(draw):
    """Rows of small weights, mostly 1, and their senders; a worker sends no symbol twice."""
    m, rows, workers, sent = draw(st.integers(1, 4)), [], [], {}
    for _ in range(draw(st.integers(0, 7))):
        worker = draw(st.integers(0, m - 1))
        row = tuple(0 if (worker, j) in sent else draw(st.sampled_from([0, 0, 1, 1, 1, -1, 2])) for j in range(m))
        if any(row):
            sent |= {(worker, j): w for j, w in enumerate(row) if w}
            rows, workers = [*rows, row], [*workers, worker]
    return m, rows, workers


def by_definition(m, vectors, workers):
    """Whether all is covered, every symbol is alone in a row of weight 1, and a worker has sent each symbol once."""
    plain = [{j for j, w in enumerate(row) if w} if set(row) <= {0, 1} else set() for row in vectors]
    of = {who: set().union(*(p for p, j in zip(plain, workers, strict=True) if j == who)) for who in workers}
    everything = set(range(m))
    return (
        {j for row in vectors for j, w in enumerate(row) if w} == everything,
        {min(p) for p in plain if len(p) == 1} == everything,
        everything in of.values(),
    )


@given(sent_rows())
def test_a_case_is_what_it_was_given_and_has_the_properties_of_its_definition(some):
    m, vectors, workers = some
    case = from_vectors(vectors, m, workers)
    unsent = replace(case, workers=None)  # for senders of 0/1 rows are taken to be those of a code
    assert from_rows(case.rows) == from_vectors(vectors, m) == unsent
    assert case.vectors == [list(row) for row in vectors] == case.rows.dense().tolist()
    assert case.sets == [[j for j, w in enumerate(row) if w] for row in vectors]
    plain = all(w in (0, 1) for row in vectors for w in row)
    assert (case.weights is None, "weights" in case.as_json()) == (plain, not plain)
    assert plain is False or replace(from_lists(m, case.sets, workers), degree=None) == case
    assert case.ones == sum(map(len, case.sets))
    assert (covered(case), all_systematic(unsent), complete_worker(case)) == by_definition(m, vectors, workers)
    assert complete_worker(unsent) is False
    for field in ("Q", "GF(3)"):
        right = judge(vectors, m, field)
        assert (rank(case, field), spans(case, field)) == (right.ranks[-1], right.spans[-1])


def test_a_case_as_json_with_its_sizes_and_of_a_reception():
    assert (SENT.sets, SENT.ones, SENT["degree"]) == ([[0], [1, 2], [1]], 4, 2)
    assert SENT.as_json() == {"symbols": 3, "degree": 2, "rows": [[0], [1, 2], [1]], "workers": [0, 0, 1]}
    sized = replace(SENT, parameters=(("window", 4),))
    assert sized.as_json() == {**SENT.as_json(), "parameters": {"window": 4}}
    assert (sized["window"], sized["degree"]) == (4, 2)
    with pytest.raises(KeyError):
        SENT["window"]
    got = reception_of(3, [[0], [1, 2], [1]], [0, 0, 1])
    assert (from_reception(got, 2), from_reception(got)) == (SENT, replace(SENT, degree=None))
    assert from_vectors([[0, 3]], 2, elements="GF(4)").as_json()["weights"] == [[3]]
    for sets in ([[2]], [[-1]], [[0, 0]]):
        with pytest.raises(ArgumentError):
            from_lists(2, sets)


# ------------------------------------------------------------------------------------------- ranks within 64 bits


@settings(max_examples=30)
@given(binary_rows(min_symbols=18, max_symbols=26, max_rows=30))
def test_ranks_of_wide_rows_are_sympys(rows):
    """On both sides of the width beyond which the production engine answers."""
    case = from_rows(rows)
    assert (rank(case), spans(case)) == (oracles.rank(rows), oracles.spans(rows))


def test_largest_minors_fit():
    """Hadamard: a minor of order k is at most (k + 1)^((k + 1)/2) / 2^k; a step needs twice the square below 2^63."""
    fits = [k for k in range(1, 40) if 2 * (k + 1) ** (k + 1) < 2**63 * 4**k]
    assert fits == list(range(1, small.MOST_COLUMNS + 1))


@pytest.mark.parametrize(("order", "largest"), [(1, 2147483647), (2, 32767), (4, 107), (8, 5), (12, 1)])
def test_the_bound_is_met_by_hadamards_matrices(order, largest):
    """Entries plus and minus x give a determinant of x^n n^(n/2): x is the largest whose square is below 2^62."""
    for x in (1, largest, largest + 1):
        fits = 2 * x ** (2 * order) * order**order < 2**63
        assert fits == (x <= largest)
        for rows, columns in ((order - 1, order), (order - 1, order + 3), (order + 5, order)):
            assert small.minors_fit(rows, columns, x) == fits


@pytest.mark.parametrize("q", [3, 7, 11, 19, 23])
def test_extreme_determinants(q):
    """The largest minors that 0/1 rows have (Paley), and the prime factors of the determinant, do not disturb it."""
    squares = {x * x % q for x in range(1, q)}
    case = from_lists(q, [[j for j in range(q) if (i - j) % q in squares or i == j] for i in range(q)])
    determinant = round(abs(np.linalg.det(case.rows.dense().astype(float))))
    assert determinant**2 * 4**q == (q + 1) ** (q + 1)
    assert (rank(case), spans(case)) == (q, True)
    for field in ("GF(2)", "GF(3)", "GF(5)"):
        judged = oracles.rank(case.rows, field=field), oracles.spans(case.rows, field=field)
        assert (rank(case, field), spans(case, field)) == judged


# ------------------------------------------------------------------------------------------------------- weights


def test_the_simplest_weight_comes_first_and_a_whole_range_is_named_by_its_ends():
    assert integers(-2, 3).values == (1, -1, 2, -2, 3)
    assert weights_of([5, -5, 5, 2]).values == (2, 5, -5)
    assert (signs().plain, weights_of([1]).plain, weights_of([1, 2]).plain) == (False, True, False)
    named = {range(1, 4): "1, 2, 3", range(2, 6): "integers from 2 to 5", range(-5, -1): "integers from -5 to -2"}
    named |= {(1, 2, 3, 5): "1, 2, 3, 5", (-2, -1, 1, 2): "integers from -2 to 2", (-2, -1, 1, 3): "-2, -1, 1, 3"}
    assert {values: str(weights_of(values)) for values in named} == named
    assert (str(residues("GF(3)")), str(elements("GF(4)"))) == ("residues modulo 3", "elements of GF(4)")


def test_the_most_and_the_largest_weights_are_taken():
    assert len(weights_of(range(1, 101)).values) == len(integers(-50, 50).values) == len(residues("GF(101)").values)
    assert integers(MAX_WEIGHT, MAX_WEIGHT).values == (MAX_WEIGHT,)
    assert integers(-MAX_WEIGHT, -MAX_WEIGHT).values == weights_of([-MAX_WEIGHT]).values == (-MAX_WEIGHT,)


@pytest.mark.parametrize(
    ("make", "given", "name"),
    [
        *((weights_of, [bad], "weights") for bad in ([0, 1], [], [1.5], 3, ["1"], [True], [2**40], range(1, 102))),
        *((weights_of, [[sign * (MAX_WEIGHT + 1)]], "weights") for sign in (1, -1)),
        *((residues, [field], "field") for field in ("GF(4)", "Q", "GF(103)")),
        *((elements, [field], "field") for field in ("Q", "GF(6)", "GF(103)", "GF(121)", "GF(4", 6)),
        *((integers, bad, "high") for bad in ([3, 2], [-50, 51], [0, MAX_WEIGHT + 1])),
        *((integers, bad, name) for bad, name in (([-MAX_WEIGHT - 1, 0], "low"), ([0, 0], "weights"))),
    ],
)
def test_bad_weights_are_refused_by_name_in_a_line(make, given, name):
    with pytest.raises(ArgumentError) as refusal:
        make(*given)
    assert refusal.value.name == name
    assert "\n" not in str(refusal.value)


def test_a_case_of_elements_has_its_own_field_alone():
    case = from_vectors([(2, 3)], 2, elements="GF(4)")
    for field in ("Q", "GF(2)", "GF(16)"):
        with pytest.raises(ArgumentError, match=r"GF\(4\), of which"):
            spans(case, field)
    with pytest.raises(ArgumentError, match="integers"):
        _ = case.rows
    with pytest.raises(ArgumentError, match="element of GF"):
        rank(from_vectors([(4, 1)], 2, elements="GF(4)"))
    assert (case.as_json()["elements"], case.as_json()["weights"]) == ("GF(4)", [[2, 3]])
    assert Case(2, (3,), elements="GF(4)").as_json()["elements"] == "GF(4)"
