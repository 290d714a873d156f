"""Every step of docs/decoding.md, Theorem 1: redundant blocks in runs, and the inequalities of its proof, exactly."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest

from srtheory.decoders.peeling import peel
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import trial_streams
from srtheory.reception import receive
from srtheory.schemes.block_sizes import SizedSumRecovery
from srtheory.theory.peeling import overhead_constants, proved_overhead


def run(m, sizes, startup, trial):
    delays = DelayModel(parse_law(startup), 0.005)
    rng, key = trial_streams(3, trial)
    return receive(SizedSumRecovery(m, sizes), delays.sample(m, rng), 0.005, key, 2.5).rows


def redundant(rows, m):
    """Blocks among the first m rows all whose symbols have arrived alone by then."""
    first = [set(rows.indices[rows.indptr[i] : rows.indptr[i + 1]].tolist()) for i in range(m)]
    alone = set().union(*(row for row in first if len(row) == 1))
    return sum(row <= alone for row in first if len(row) > 1)


RUNS = [
    ("3", "expon(scale=0.5)"),
    ("2", "pareto(b=1)"),
    ("15/13/4/3x3/5/3x4/2", "pareto(b=1)"),
    ("2:0.5,4:0.5", "expon(scale=0.5)"),
]


@pytest.mark.parametrize(("sizes", "startup"), RUNS)
@pytest.mark.parametrize("m", [40, 300])
def test_peeling_needs_a_row_more_for_each_redundant_block(sizes, startup, m):
    met = 0
    for trial in range(10):
        rows = run(m, sizes, startup, trial)
        needed, _ = peel(rows)
        assert needed is not None
        assert needed >= m + redundant(rows, m)
        met += redundant(rows, m)
    assert met > 0


@pytest.mark.quality
def test_a_bound_with_blocks_that_are_not_redundant_fails():
    """Counting blocks whose symbols are covered, not known alone, asks for more rows than peeling needs."""
    broken = 0
    for trial in range(10):
        rows = run(300, "15/13/4/3x3/5/3x4/2", "pareto(b=1)", trial)
        needed, _ = peel(rows)
        blocks = (np.diff(rows.prefix(300).indptr) > 1).sum()
        broken += needed < 300 + blocks
    assert broken > 0


def inside(m, size, k):
    """P(k given places of a random order of m - 1 symbols hold some of a set of ``size``), by enumeration."""
    orders = list(permutations(range(m - 1)))
    return Fraction(sum(all(c < size for c in order[:k]) for order in orders), len(orders))


@pytest.mark.parametrize("m", range(2, 8))
def test_blocks_of_a_worker_are_not_positively_correlated(m):
    for size in range(m):
        for k in range(1, m):
            alone = inside(m, size, k)
            assert alone <= Fraction(size, m - 1) ** k
            assert alone >= Fraction(max(size - k, 0), m) ** k
            for more in range(1, m - k):
                assert inside(m, size, k + more) <= alone * inside(m, size, more)


@pytest.mark.quality
def test_drawn_with_replacement_it_would_be_more():
    assert inside(6, 3, 2) < Fraction(3, 5) ** 2


@pytest.mark.parametrize("high", [0.01, 0.115, 0.229, 0.5, 0.9])
def test_constants_make_the_exponent_negative(high):
    """3 ln 2 for the choices of a set and of its blocks, against what long blocks are worth: at most -ln 2."""
    spare, longest = overhead_constants(high)
    share = (1 + (high + spare)) / 2
    assert high + spare < share < 1
    exponent = 3 * math.log(2) + longest * spare / 4 * math.log(share)
    assert exponent <= -math.log(2) + 1e-9
    assert 3 * math.log(2) + (longest - 1) * spare / 4 * math.log(share) > -math.log(2)


def test_the_overhead_is_small_and_positive():
    found = [proved_overhead(low, 0.3) for low in (0.05, 0.1, 0.3)]
    assert found == sorted(found)
    assert all(-1000 < value < 0 for value in found)
    assert math.exp(proved_overhead(0.3, 0.3)) > 0


@pytest.mark.parametrize("pair", [(0, 0.5), (0.5, 0.4), (0.5, 1.0), (0.5, float("nan"))])
def test_refusals(pair):
    with pytest.raises(ArgumentError):
        proved_overhead(*pair)
