"""Cases of few rows: what is written down of them, and their properties by definition."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import pytest

from srtheory.conjectures.case import (
    Case,
    all_systematic,
    complete_worker,
    covered,
    from_lists,
    from_reception,
    from_rows,
    from_vectors,
    without_row,
)
from srtheory.errors import ArgumentError
from tests.decoders.receptions import reception_of

SENT = from_lists(3, [[0], [2, 1], [1]], [0, 0, 1], 2)


def test_a_case_is_written_as_it_was_given():
    assert Case(3, (1, 6, 2), (0, 0, 1), 2) == SENT
    assert (SENT.sets, SENT.ones, SENT["degree"]) == ([[0], [1, 2], [1]], 4, 2)
    assert SENT.as_json() == {"symbols": 3, "degree": 2, "rows": [[0], [1, 2], [1]], "workers": [0, 0, 1]}
    sized = replace(SENT, parameters=(("window", 4),))
    assert sized.as_json() == {**SENT.as_json(), "parameters": {"window": 4}}
    assert (sized["window"], sized["degree"]) == (4, 2)
    with pytest.raises(KeyError):
        SENT["window"]


def test_a_case_of_a_reception_has_its_senders():
    got = reception_of(3, [[0], [1, 2], [1]], [0, 0, 1])
    assert from_reception(got, 2) == SENT
    assert from_reception(got) == replace(SENT, degree=None)
    assert from_rows(got.rows) == Case(3, (1, 6, 2))


def test_weights_of_1_are_none():
    assert from_vectors([[1, 0], [1, 1]], 2, [1, 0]) == Case(2, (1, 3), (1, 0))
    assert from_vectors([[1, 0], [1, 2]], 2) == Case(2, (1, 3), weights=((1,), (1, 2)))
    assert from_vectors([], 2) == Case(2, ())
    assert from_vectors([[0, 3]], 2, elements="GF(4)").as_json()["weights"] == [[3]]


@pytest.mark.parametrize("sets", [[[2]], [[-1]], [[0, 0]]])
def test_symbols_that_a_case_has_not_are_refused(sets):
    with pytest.raises(ArgumentError):
        from_lists(2, sets)


@pytest.mark.parametrize("i", range(3))
def test_a_case_without_a_row_keeps_all_that_belongs_to_the_others(i):
    others = [j for j in range(3) if j != i]
    vectors, workers = [[2, 0], [0, 3], [4, 5]], [7, 8, 9]
    case = from_vectors(vectors, 2, workers)
    assert without_row(case, i) == from_vectors([vectors[j] for j in others], 2, [workers[j] for j in others])
    plain = Case(2, (1, 2, 3))
    assert without_row(plain, i) == Case(2, tuple(plain.masks[j] for j in others))


def by_definition(m, vectors, workers):
    """Whether all is covered, every symbol is alone in a row of weight 1, and a worker has sent each symbol once."""
    plain = [{j for j, w in enumerate(row) if w} if set(row) <= {0, 1} else set() for row in vectors]
    everything = set(range(m))
    complete = any(
        set().union(*(p for p, j in zip(plain, workers, strict=True) if j == who)) == everything for who in workers
    )
    return (
        {j for row in vectors for j, w in enumerate(row) if w} == everything,
        {min(p) for p in plain if len(p) == 1} == everything,
        complete,
    )


def test_properties_of_all_cases_of_two_rows():
    """Rows of weights 1 and 2 of two symbols, and their senders; a worker's rows have no symbol twice."""
    found = set()
    for vectors in combinations([row for row in product(range(3), repeat=2) if any(row)], 2):
        for workers in product(range(2), repeat=2):
            if workers[0] == workers[1] and any(all(pair) for pair in zip(*vectors, strict=True)):
                continue
            case = from_vectors(vectors, 2, workers)
            unsent = replace(case, workers=None)  # for senders of 0/1 rows are taken to be those of a code
            assert complete_worker(unsent) is False
            answers = covered(case), all_systematic(unsent), complete_worker(case)
            assert answers == by_definition(2, vectors, workers), (vectors, workers)
            found.add(answers)
    assert {True, False} == {of[0] for of in found} == {of[1] for of in found} == {of[2] for of in found}


def test_every_worker_of_a_code_begins_with_its_own_symbol():
    assert all_systematic(from_lists(3, [[0], [1], [2], [0, 1]], [0, 1, 2, 2], 2))
    assert not all_systematic(from_lists(3, [[0], [1], [0, 2]], [0, 1, 1], 2))
    assert not all_systematic(from_lists(3, [[0], [1], [2], [0, 1]][:2], [0, 1], 2))


def test_systematic_rows_may_be_among_others_but_not_with_weights():
    """Whoever has sent them: where rows have weights, senders are not taken to be those of a code."""
    assert all_systematic(from_lists(2, [[0], [0, 1], [1]]))
    assert not all_systematic(from_vectors([[2, 0], [0, 1]], 2, [0, 1]))
    assert all_systematic(from_vectors([[1, 0], [0, 1], [0, 2]], 2, [0, 0, 0]))
