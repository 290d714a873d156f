"""Weights of a domain: the most and the largest that there may be, and their order and names."""

from __future__ import annotations

import pytest

from srtheory.conjectures.weights import MAX_WEIGHT, MAX_WEIGHTS, integers, residues, signs, support, weights_of
from srtheory.errors import ArgumentError


def test_there_are_a_hundred_weights_at_most():
    assert len(weights_of(range(1, MAX_WEIGHTS + 1)).values) == len(integers(-50, 50).values) == MAX_WEIGHTS == 100
    with pytest.raises(ArgumentError, match="1 to 100 integers other than 0, not '101 numbers'"):
        weights_of(range(1, MAX_WEIGHTS + 2))
    with pytest.raises(ArgumentError, match="'high' must be at most 50: a domain has at most 100 weights"):
        integers(-50, 51)
    assert residues("GF(101)").values == tuple(range(1, 101))
    for field in ("GF(103)", "GF(9)", "Q"):
        with pytest.raises(ArgumentError, match="a prime p of at most 101"):
            residues(field)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_weight_is_as_large_as_it_may_be(sign):
    most = sign * MAX_WEIGHT
    assert weights_of([most]).values == integers(most, most).values == (most,)
    with pytest.raises(ArgumentError):
        weights_of([most + sign])
    with pytest.raises(ArgumentError, match="'low'" if sign < 0 else "'high'"):
        integers(*sorted((most + sign, most)))


def test_the_simplest_weight_comes_first():
    assert integers(-2, 3).values == (1, -1, 2, -2, 3)
    assert weights_of([5, -5, 5, 2]).values == (2, 5, -5)
    assert (signs().plain, weights_of([1]).plain, weights_of([1, 2]).plain) == (False, True, False)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (range(1, 4), "1, 2, 3"),
        (range(2, 6), "integers from 2 to 5"),
        (range(-5, -1), "integers from -5 to -2"),
        ([1, 2, 3, 5], "1, 2, 3, 5"),
        ([-2, -1, 1, 2], "integers from -2 to 2"),
        ([-2, -1, 1, 3], "-2, -1, 1, 3"),
    ],
)
def test_weights_are_named_by_their_range_if_it_is_whole(values, says):
    assert str(weights_of(values)) == says


def test_the_multiple_that_stands_for_a_row():
    assert integers(-9, 9).canonical_multiple((0, -4, 6)) == (0, 2, -3)
    assert integers(-9, 9).canonical_multiple((0, 4, -6)) == (0, 2, -3)
    assert residues("GF(7)").canonical_multiple((0, 3, 5)) == (0, 1, 4)
    assert support((0, 3, 0, -5)) == (1, 3)
