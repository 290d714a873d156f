"""Peeling against a set-based peeler that starts over after every row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from srtheory.decoders import decoder
from srtheory.decoders.cost import Cost
from srtheory.decoders.peeling import peel, peeling
from srtheory.reception import Reception
from srtheory.rows import PrecodedRows, from_sets
from srtheory.schemes.luby_transform import LubyTransform
from tests.decoders.receptions import reception_of, small_sets
from tests.reference import naive_peeling, peeled, supports


def random_sets(rng, m, n):
    """Rows of which most are of degree 1 to 3: peeling then succeeds about as often as not."""
    degrees = np.minimum(rng.choice([0, 1, 2, 2, 3, m], size=n), m)
    return [rng.choice(m, size=k, replace=False).tolist() for k in degrees]


def check_peeling(m, sets, answer):
    stop = naive_peeling(sets, m)
    assert answer == (stop, len(peeled(sets if stop is None else sets[:stop])))


def test_peeling_agrees_with_the_definition_on_thousands_of_matrices():
    rng, never = np.random.default_rng(12), 0
    for _ in range(2500):
        m = int(rng.integers(1, 9))
        sets = random_sets(rng, m, int(rng.integers(0, 3 * m)))
        answer = peel(from_sets(m, sets))
        check_peeling(m, sets, answer)
        never += answer[0] is None
    assert 500 < never < 2000


@given(small_sets())
def test_peeling_agrees_with_the_definition(rows):
    check_peeling(*rows, peel(from_sets(*rows)))


def test_peeling_lt_rows_at_a_size_with_a_spike():
    scheme = LubyTransform(60, cap=4, c=0.1)
    for key in range(10):
        rows = scheme.emit(key, np.full(60, 10**6)).rows
        check_peeling(60, supports(rows), peel(rows))


STUCK = (3, [[0, 1], [1, 2], [0, 2]])  # spans everything, yet has no row to start from


def test_peeling_may_be_stuck_where_elimination_is_not():
    assert peel(from_sets(*STUCK)) == (None, 0)
    assert peel(from_sets(3, [*STUCK[1], [1]])) == (4, 3)


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ((0, []), (0, 0)),
        ((0, [[]]), (0, 0)),
        ((1, []), (None, 0)),
        ((1, [[]]), (None, 0)),
        ((1, [[0]]), (1, 1)),
        ((2, [[0], [0], [0]]), (None, 1)),
        ((2, [[0, 1], [0, 1], [1]]), (3, 2)),
        ((3, [[0, 1, 2], [0, 1], [0]]), (3, 3)),
    ],
)
def test_edges(rows, answer):
    assert peel(from_sets(*rows)) == answer


def test_the_decoder_says_what_peeling_found():
    stop = peeling(reception_of(2, [[0, 1], [0]]))
    assert (stop.stopping_time, stop.rank, stop.argument) == (2, 2, "peeling")
    assert peeling(reception_of(2, [[0, 1]])).stopping_time is None
    assert decoder("peeling") is peeling


def test_checks_alone_may_recover_all_symbols():
    """The second of three checks completes the two source symbols: no row is needed, and only their sum is added."""
    inner = from_sets(3, [[0, 1, 2], [1]])
    rows = PrecodedRows(**vars(from_sets(2, [[0, 1], [1]])), sums=inner, checks=from_sets(3, [[0], [1], [2]]))
    assert peel(rows) == (0, 2)
    stop = peeling(Reception(rows, *[np.zeros(2, int)] * 3, np.ones(1, np.int64)))
    assert (stop.stopping_time, stop.cost) == (0, Cost(1, 0, 0))
    # From here on the first row is needed: it gives symbol 1, from which one known symbol is subtracted.
    rows = PrecodedRows(**vars(from_sets(2, [[0, 1], [1]])), sums=inner, checks=from_sets(3, [[0], [2]]))
    assert peel(rows) == (1, 2)


MISTAKES = {
    "one row late": lambda stop, recovered: (stop if stop is None else stop + 1, recovered),
    "one row early": lambda stop, recovered: (stop if stop is None else stop - 1, recovered),
    "never": lambda stop, recovered: (None, recovered),
    "recovered miscounted": lambda stop, recovered: (stop, recovered - 1),
}


@pytest.mark.quality
@pytest.mark.parametrize("mistake", MISTAKES)
def test_wrong_peelers_are_noticed(mistake):
    sets = [[0, 1], [1, 2], [0]]
    with pytest.raises(AssertionError):
        check_peeling(3, sets, MISTAKES[mistake](*peel(from_sets(3, sets))))
