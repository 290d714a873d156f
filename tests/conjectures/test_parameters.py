"""Domains of sizes and of numbers of rows, beside a count of all vectors and of all degrees."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings

from srtheory.conjectures.domains import Counts, Shape, counts, shapes
from srtheory.conjectures.enumerate import Reach

EVERY_SHAPE = [(1, 1), (2, 1), (3, 1), (3, 2), (4, 1), (4, 2), (4, 3)]


def rows_of_a_worker(m, d):
    """Its own symbol, and ceil((m - 1)/d) blocks."""
    return 1 - (1 - m) // d


def every_count(m, d):
    return product(range(rows_of_a_worker(m, d) + 1), repeat=m)


def drawn(domain, reach):
    found = set()

    @settings(database=None, derandomize=True, max_examples=100, deadline=None)
    @given(domain.strategy(reach))
    def draw(case):
        found.add(case)

    draw()
    return found


def test_sizes_are_in_order_each_once():
    levels = [(level.size, *level.cases) for level in shapes().levels(Reach(4))]
    assert levels == [({"symbols": m, "degree": d}, (Shape(m, d), 1)) for m, d in EVERY_SHAPE]
    assert [case for level in shapes().levels(Reach(2, 5)) for case, _ in level.cases] == [Shape(1, 5), Shape(2, 5)]


def test_vectors_of_counts_by_brute_force():
    """One of each class, fewest rows first, and as many vectors in it as differ in the numbering of workers only."""
    levels = list(counts().levels(Reach(4)))
    assert [tuple(level.size.values()) for level in levels] == EVERY_SHAPE
    for level in levels:
        m, d = level.size["symbols"], level.size["degree"]
        cases = list(level.cases)
        assert Counter(tuple(sorted(vector)) for vector in every_count(m, d)) == {c.counts: n for c, n in cases}
        assert {(case.symbols, case.degree) for case, _ in cases} == {(m, d)}
        keys = [counts().key(case) for case, _ in cases]
        assert keys == sorted(keys)
        assert keys[-1] == (m, d, m * rows_of_a_worker(m, d))


@pytest.mark.parametrize("degree", [None, 2])
def test_all_that_is_enumerated_is_drawn(degree):
    pairs = [(m, d) for m, d in EVERY_SHAPE if m < 4] if degree is None else [(m, degree) for m in (1, 2, 3)]
    assert drawn(shapes(), Reach(3, degree)) == {Shape(*pair) for pair in pairs}
    small = [(m, d) for m, d in pairs if m < 3]
    assert drawn(counts(), Reach(2, degree)) == {
        Counts(m, d, vector) for m, d in small for vector in every_count(m, d) if list(vector) == sorted(vector)
    }
