"""Peeling against a set-based peeler that starts over after every row."""

from __future__ import annotations

import numpy as np
import pytest

from srtheory.decoders.peeling import peel
from srtheory.rows import from_sets
from srtheory.schemes.luby_transform import LubyTransform
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


def test_peeling_lt_rows_at_a_size_with_a_spike():
    scheme = LubyTransform(60, cap=4, c=0.1)
    for key in range(10):
        rows = scheme.emit(key, np.full(60, 10**6)).rows
        check_peeling(60, supports(rows), peel(rows))


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
