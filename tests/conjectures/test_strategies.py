"""The public strategies: what they draw is valid, everything is drawn, and it shrinks to the least of its kind."""

from __future__ import annotations

from collections import Counter
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings

from srtheory.conjectures import strategies
from srtheory.conjectures.case import covered, from_rows, spans
from srtheory.errors import ArgumentError
from srtheory.schemes.base import UNLIMITED
from srtheory.theory.startup import block_ends

PATIENT = settings(database=None, deadline=None, phases=(Phase.generate, Phase.shrink))


def smallest(strategy, condition, seed=1, examples=3000, patient=PATIENT):
    return find(strategy, condition, settings=settings(patient, max_examples=examples), random=Random(seed))


def some(strategy, condition, examples=3000):
    """The first that is drawn, as it is."""
    return smallest(strategy, condition, 5, examples, settings(PATIENT, phases=(Phase.generate,)))


# ------------------------------------------------------------------------------------------------- valid


@given(strategies.sum_recovery_codes(limited_access=True))
def test_codes_follow_section_3(code):
    """Own symbol first, then disjoint blocks of d others, the last one shorter; the same access for all workers."""
    seen = {sum(map(len, stream)) for stream in code.streams}
    assert len(seen) == 1
    ends = block_ends(code.symbols, code.degree, seen.pop())
    for worker, stream in enumerate(code.streams):
        assert stream[0] == (worker,)
        symbols = [symbol for row in stream for symbol in row]
        assert len(set(symbols)) == len(symbols)
        assert set(symbols) <= set(range(code.symbols))
        assert [len(row) for row in stream[1:]] == np.diff(ends).tolist()


@given(strategies.runs(limited_access=True))
def test_receptions_are_prefixes_of_their_code(run):
    code, reception = run
    sent = Counter()
    for i, worker in enumerate(reception.worker.tolist()):
        assert tuple(reception.rows.row(i).tolist()) == code.streams[worker][sent[worker]]
        sent[worker] += 1
    assert (np.diff(reception.time) >= 0).all()
    ended = [sent[j] == len(stream) for j, stream in enumerate(code.streams)]
    assert (reception.totals < UNLIMITED).tolist() == ended


@given(strategies.binary_rows(min_symbols=2, max_symbols=5, max_rows=4, max_degree=3, distinct=True))
def test_binary_rows_keep_their_limits(rows):
    sets = [frozenset(rows.row(i).tolist()) for i in range(len(rows))]
    assert 2 <= rows.columns <= 5
    assert len(sets) <= 4
    assert len(set(sets)) == len(sets)
    assert all(1 <= len(row) <= 3 for row in sets)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"min_symbols": 0}, "min_symbols"),
        ({"min_symbols": 4, "max_symbols": 3}, "max_symbols"),
        ({"degree": 0}, "degree"),
        ({"max_symbols": 2.5}, "max_symbols"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(ArgumentError, match=name):
        strategies.receptions(**arguments)


# --------------------------------------------------------------------------------------- everything is drawn


def test_a_scheme_may_have_sent_nothing_or_everything():
    alike = strategies.scheme_receptions("sr", min_symbols=3, max_symbols=3, degree=2)
    assert [len(some(alike, lambda got, n=n: len(got) == n)) for n in (0, 6)] == [0, 6]
    one = strategies.scheme_receptions("gradient-cyclic", max_symbols=4, stragglers=3)  # which fewer workers refuse
    assert some(one, lambda got: True).rows.columns == 4


def draws(strategy, what, values):
    """Whether these values are drawn, all of them, and none besides until then."""
    found = set()

    def complete(value):
        found.add(what(value))
        return found >= values

    some(strategy, complete, examples=300)
    return found == values


SHAPES = {(m, d) for m in range(1, 4) for d in range(1, max(2, m))}


@pytest.mark.parametrize(
    ("given", "shapes"),
    [
        ({"max_symbols": 3}, {(m, d, m) for m, d in SHAPES}),
        ({"min_symbols": 2, "max_symbols": 3}, {(m, d, m) for m, d in SHAPES if m > 1}),
        (
            {"max_symbols": 3, "degree": 1, "limited_access": True},
            {(m, 1, k) for m in (1, 2, 3) for k in range(1, m + 1)},
        ),
        ({"max_symbols": 3, "degree": 2}, {(m, 2, m) for m in (1, 2, 3)}),
    ],
)
def test_codes_have_all_sizes_degrees_and_accesses(given, shapes):
    codes = strategies.sum_recovery_codes(**given)
    assert draws(codes, lambda code: (code.symbols, code.degree, sum(map(len, code.streams[0]))), shapes)


def sets_of(rows):
    return rows.columns, tuple(tuple(rows.row(i).tolist()) for i in range(len(rows)))


def test_all_rows_of_two_symbols_are_drawn():
    """Symbols are renumbered by those that occur."""
    every = {(m, rows) for m in (1, 2) for rows in ((), ((0,),), ((0, 1),)) if m == 2 or rows != ((0, 1),)}
    assert draws(strategies.binary_rows(max_symbols=2, max_rows=1), sets_of, every)
    assert draws(strategies.luby_rows(max_symbols=2, max_rows=1), sets_of, every)
    pairs = {(2, rows) for n in range(3) for rows in product([(0,), (1,), (0, 1)], repeat=n) if {1} != {*sum(rows, ())}}
    assert draws(strategies.binary_rows(min_symbols=2, max_symbols=2, max_rows=2), sets_of, pairs)


def test_two_workers_have_sent_up_to_two_rows_each():
    def counts(run):
        return tuple(sorted(np.bincount(run[1].worker, minlength=2).tolist()))

    every = {(a, b) for a in range(3) for b in range(a, 3)}
    assert draws(strategies.runs(min_symbols=2, max_symbols=2, degree=1), counts, every)


# ------------------------------------------------------------------------------------------------- shrinking


def test_covered_rows_without_span_shrink_to_the_smallest():
    """As enumeration proves."""
    rows = smallest(strategies.binary_rows(), lambda rows: covered(from_rows(rows)) and not spans(from_rows(rows)))
    assert [rows.row(i).tolist() for i in range(len(rows))] == [[0, 1], [0, 2]]
