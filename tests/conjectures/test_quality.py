"""Planted false lemmas: each is found within a bounded number of cases, as the counterexample that is stated here."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from srtheory.conjectures import hunt as hunting
from srtheory.conjectures.case import Case, complete_worker, covered, rank, spans
from srtheory.conjectures.domains import counts, receptions, reduced_receptions, rows, shapes
from srtheory.conjectures.registry import conjecture
from srtheory.conjectures.shipped.laws import replaced_coverage
from srtheory.span.graph import spans_degree_two
from srtheory.theory.coverage import coverage_given_counts

pytestmark = pytest.mark.quality
hunt = partial(hunting.hunt, budget=hunting.FOREVER)


def forgotten_remainder(case: Case) -> bool | None:
    """A worker that has sent floor((m - 1)/d) blocks is complete."""
    whole = (case.symbols - 1) // case.degree
    return covered(case) if max(Counter(case.workers).values(), default=0) > whole else None


def swapped_quantifier(case: Case) -> bool | None:
    """For every symbol there is a worker that covers it, so there is a worker that covers every symbol."""
    return complete_worker(case) if covered(case) else None


def blind_in_characteristic_two(case: Case) -> bool:
    """The bipartite criterion in characteristic 2 (where odd cycles do not help)."""
    return spans_degree_two(case.rows) == spans(case, "GF(2)")


def rank_modulo_three(case: Case) -> bool:
    """A rank modulo 3 passed off as the rank over Q."""
    return rank(case, "GF(3)") == rank(case)


def full_rank_needed(case: Case) -> bool | None:
    """The sum is there only if every symbol is."""
    return rank(case) == case.symbols if spans(case) else None


def one_row_too_few(case: Case) -> bool | None:
    """m - 1 rows can span, m - 2 cannot: off by one in the other direction."""
    return None if complete_worker(case) or len(case.masks) >= case.symbols - 1 else not spans(case)


PLANTED = [
    (forgotten_remainder, receptions(), 4, [[0], [1, 2]], 100),
    (forgotten_remainder, reduced_receptions(), 4, [[0], [1, 2]], 100),
    (swapped_quantifier, receptions(), 2, [[0], [1]], 10),
    (swapped_quantifier, reduced_receptions(), 2, [[0], [1]], 10),
    (blind_in_characteristic_two, rows(2), 3, [[0, 1], [0, 2], [1, 2]], 40),
    (rank_modulo_three, rows(), 4, [[0, 1], [0, 2], [0, 3], [1, 2, 3]], 300),
    (full_rank_needed, rows(), 2, [[0, 1]], 10),
    (full_rank_needed, reduced_receptions(), 3, [[0], [1, 2]], 30),
    (one_row_too_few, reduced_receptions(), 5, [[0], [1], [2, 3, 4]], 500),
]
"""Lemma, domain, symbols, rows, most classes that it may take."""


@pytest.mark.parametrize(("lemma", "domain", "symbols", "sets", "most"), PLANTED)
def test_planted_lemma(lemma, domain, symbols, sets, most):
    found = hunt(conjecture(lemma.__doc__, domain)(lemma))
    assert (found.counterexample.symbols, found.counterexample.sets) == (symbols, sets)
    assert found.smallest
    assert found.searched.classes <= most


def test_planted_in_a_law():
    """With replacement taken for the better one, or one block too many credited to it."""
    worse = conjecture("Replacement helps.", counts())(
        lambda case: coverage_given_counts(case.symbols, case.degree, case.counts) <= replaced_coverage(case)
    )
    found = hunt(worse)
    assert (found.counterexample.symbols, found.counterexample.degree, found.counterexample.counts) == (3, 1, (0, 0, 3))
    assert found.searched.classes < 100


def test_planted_in_a_bound():
    """The degree forgotten in (5): E[T] <= 2 tau + 1/mu."""
    from srtheory.conjectures.counts import holds_everywhere, latency_polynomial

    bound = conjecture("E[T] <= 2 tau + 1/mu.", shapes())(
        lambda case: holds_everywhere(latency_polynomial(case.symbols, case.degree), 2)
    )
    found = hunt(bound)
    assert (found.counterexample.symbols, found.counterexample.degree) == (4, 3)
    assert found.smallest
