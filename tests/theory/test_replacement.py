"""One worker's blocks with replacement, against enumeration, a Markov chain and the classical collector."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from math import comb

import pytest

from paper_checks.theory.replacement import blocks_to_cover, disjoint_probability, partition_bound


def partitions(n, blocks):
    return sorted(c for block in blocks for c in block) == list(range(n))


def share_of_partitions(n, d, drawn):
    """Share of all sequences of ``drawn`` blocks in which some n/d of them partition the n symbols."""
    sequences = list(product(combinations(range(n), d), repeat=drawn))
    good = sum(any(partitions(n, some) for some in combinations(s, n // d)) for s in sequences)
    return Fraction(good, len(sequences))


@pytest.mark.parametrize(("n", "d"), [(1, 1), (2, 1), (3, 1), (2, 2), (3, 2), (4, 2), (6, 3), (5, 5)])
def test_disjoint_probability_is_the_share_of_all_sequences(n, d):
    assert disjoint_probability(n, d) == share_of_partitions(n, d, n // d)


def test_the_bound_is_one():
    assert share_of_partitions(4, 2, 2) == partition_bound(4, 2, 2) == Fraction(1, 6)
    assert share_of_partitions(4, 2, 4) < partition_bound(4, 2, 4) == 1
    assert share_of_partitions(4, 2, 3) < partition_bound(4, 2, 3) == Fraction(1, 2)


def blocks_by_chain(n, d):
    """Mean number of blocks by first-step analysis on the number of symbols covered."""
    mean = {n: Fraction(0)}
    for k in reversed(range(n)):
        steps = [Fraction(comb(n - k, new) * comb(k, d - new), comb(n, d)) for new in range(min(d, n - k) + 1)]
        onward = sum(p * mean[k + new] for new, p in enumerate(steps) if new)
        mean[k] = (1 + onward) / (1 - steps[0])
    return mean[0]


CASES = [(1, 1), (5, 1), (5, 2), (7, 3), (12, 5), (20, 20), (60, 7)]


@pytest.mark.parametrize(("n", "d"), CASES)
def test_blocks_to_cover_is_the_mean_of_the_chain(n, d):
    assert blocks_to_cover(n, d) == blocks_by_chain(n, d)


def test_single_draws_are_the_coupon_collector():
    assert blocks_to_cover(30, 1) == 30 * sum(Fraction(1, k) for k in range(1, 31))


@pytest.mark.quality
def test_another_degree_is_noticed():
    assert blocks_to_cover(12, 5) != blocks_by_chain(12, 4)
    assert disjoint_probability(6, 2) != share_of_partitions(6, 3, 2)
