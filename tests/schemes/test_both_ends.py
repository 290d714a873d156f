"""Even parts, and orders from both ends, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.errors import ArgumentError
from srtheory.reception import receive
from srtheory.schemes.both_ends import PartsPairs, TermsStaircase
from srtheory.schemes.streaming import CyclicTerms, PartsCyclic, PartsEven
from tests import reference
from tests.reference import supports
from tests.schemes.checks import check_emission, everything

SIZES = [(m, d) for m in range(1, 12) for d in range(1, m + 1)]
CELLS = [(m, d, n) for m, d in SIZES for n in range(1, -(-m // d) + 1)]


def budgets(data, m):
    return data.draw(st.lists(st.integers(0, m + 2), min_size=m, max_size=m))


@given(st.sampled_from(SIZES), st.data())
def test_even_parts_go_round_from_the_workers_own(size, data):
    m, d = size
    check_emission(PartsEven(m, d), 0, budgets(data, m), lambda j: reference.parts_even(m, d, worker=j))


@given(st.sampled_from(CELLS), st.data())
def test_workers_of_a_cell_start_at_its_ends(size, data):
    m, d, n = size
    check_emission(PartsPairs(m, d, n), 0, budgets(data, m), lambda j: reference.parts_pairs(m, d, n, worker=j))


@given(st.integers(1, 11), st.data())
def test_workers_go_up_and_down_in_turn(m, data):
    check_emission(TermsStaircase(m), 0, budgets(data, m), lambda j: reference.terms_staircase(m, worker=j))


def test_the_staircase_of_its_authors():
    """Amiri and Gunduz's example of four workers, which count from 1: 1 2 3, 2 1 4, 3 4 1, 4 3 2."""
    rows = supports(TermsStaircase(4).emit(0, np.full(4, 3)).rows)
    assert [row[0] + 1 for row in rows] == [1, 2, 3, 2, 1, 4, 3, 4, 1, 4, 3, 2]


@pytest.mark.parametrize(("m", "d"), SIZES)
def test_even_parts_differ_by_at_most_one_term_and_have_as_many_starters(m, d):
    scheme = PartsEven(m, d)
    sizes = np.diff(scheme.ends)
    assert (scheme.parts, sizes.sum(), sizes.max() <= d) == (-(-m // d), m, True)
    assert sizes.max() - sizes.min() <= 1
    first = [supports(scheme.emit(0, everything(scheme)).rows)[j * scheme.parts] for j in range(m)]
    assert all(first.count(row) == len(row) for row in first)
    if m % d == 0:
        assert supports(PartsCyclic(m, d).emit(0, everything(scheme)).rows) == supports(
            scheme.emit(0, everything(scheme)).rows
        )


@pytest.mark.parametrize("m", range(1, 9))
def test_as_many_cells_as_terms_are_cyclic_order(m):
    every = np.full(m, m)
    assert supports(PartsPairs(m, 1, m).emit(0, every).rows) == supports(CyclicTerms(m).emit(0, every).rows)


def test_the_number_of_cells_by_default():
    found = {(m, d): PartsPairs(m, d).number_of_cells for m, d in [(1, 1), (8, 1), (36, 1), (1000, 1), (1000, 200)]}
    assert found == {(1, 1): 1, (8, 1): 1, (36, 1): 2, (1000, 1): 10, (1000, 200): 5}


def test_a_cell_is_covered_from_both_ends():
    """Two workers at once need half of the time of one, whatever the others do."""
    startups = np.full(6, 50.0)
    startups[[0, 5]] = 0.0
    reception = receive(PartsPairs(6, 1, 1), startups, 1.0, 0, 100.0)
    assert sorted(c for row in supports(reception.rows)[:6] for c in row) == list(range(6))
    assert reception.time[5] == 3.0


@pytest.mark.parametrize(("m", "d", "cells"), [(7, 2, 0), (7, 2, 5), (7, 8, 1), (7, 0, 1), (0, 1, 1)])
def test_cells_are_from_one_to_the_parts(m, d, cells):
    with pytest.raises(ArgumentError):
        PartsPairs(m, d, cells)
    assert PartsPairs(7, 2, 4).number_of_cells == 4


@pytest.mark.parametrize(
    ("scheme", "terms"), [(PartsEven(7, 3), 7 / 3), (PartsPairs(8, 5), 4.0), (TermsStaircase(5), 1.0)]
)
def test_pace_is_the_mean_size_of_a_part(scheme, terms):
    assert scheme.expected_terms() == (terms, terms)


@pytest.mark.quality
@pytest.mark.parametrize("wrong", [(11, 2, 2), (11, 3, 3)])
def test_other_cells_and_other_parts_would_be_noticed(wrong):
    with pytest.raises(AssertionError):
        check_emission(PartsPairs(11, 2, 3), 0, [11] * 11, lambda j: reference.parts_pairs(*wrong, worker=j))


@pytest.mark.quality
def test_workers_that_all_go_up_would_be_noticed():
    with pytest.raises(AssertionError):
        check_emission(TermsStaircase(5), 0, [5] * 5, lambda j: reference.cyclic_terms(5, worker=j))
