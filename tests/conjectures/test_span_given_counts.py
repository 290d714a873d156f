"""Probabilities given counts, and receptions up to what spans cannot see: against plain enumeration of every block."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import combinations, combinations_with_replacement, product
from math import comb, factorial, prod

import pytest

from srtheory.conjectures import counts as law
from srtheory.conjectures.case import all_systematic, complete_worker, covered, rank, spans
from srtheory.conjectures.domains import Reach, receptions, reduced_receptions
from srtheory.errors import ArgumentError
from srtheory.matrix import from_sets
from srtheory.span import oracles
from srtheory.theory.startup import block_ends
from tests.span import brute


def choices(others, sizes):
    """Every way to choose blocks of these sizes in order."""
    if not sizes:
        yield []
        return
    for block in combinations(others, sizes[0]):
        left = [j for j in others if j not in block]
        yield from ([list(block), *rest] for rest in choices(left, sizes[1:]))


def every_reception(m, d, counts):
    """The rows of every reception with these counts, worker by worker."""
    ends = block_ends(m, d).tolist()
    sizes = [ends[b + 1] - ends[b] for b in range(len(ends) - 1)]
    hands = []
    for j, n in enumerate(counts):
        others = [i for i in range(m) if i != j]
        hands.append([[[j], *blocks] for blocks in choices(others, sizes[: n - 1])] if n else [[]])
    for hand in product(*hands):
        yield [row for rows in hand for row in rows]


def by_oracles(rows):
    """Over Q, GF(2), GF(3) by SymPy and galois."""
    return [oracles.spans(rows), oracles.spans(rows, field="GF(2)"), oracles.spans(rows, field="GF(3)")]


def by_flint(rows):
    """The same by FLINT, where there are thousands."""
    return [brute.spans(rows, prime) for prime in (0, 2, 3)]


@cache
def judged(m, sets, judge):
    union = {j for row in sets for j in row}
    return [len(union) == m, *judge(from_sets(m, [list(row) for row in sets]))]


def brute_force(m, d, counts, judge=by_oracles):
    """P(covers), P(spans) over Q, GF(2), GF(3) from every reception."""
    every = [judged(m, tuple(sorted(map(tuple, rows))), judge) for rows in every_reception(m, d, counts)]
    return [Fraction(sum(column), len(every)) for column in zip(*every, strict=True)]


def computed(m, d, counts):
    spanning = [law.spanning_probability(m, d, counts, field) for field in ("Q", "GF(2)", "GF(3)")]
    return [law.covering_probability(m, d, counts), *spanning]


SMALL = [
    (m, d, counts)
    for m, d in [(1, 1), (2, 1), (3, 1), (3, 2), (4, 2), (4, 3), (5, 3)]
    for counts in combinations_with_replacement(range(min(3, len(block_ends(m, d))) + 1), m)
    if sum(counts) <= 7
]


@pytest.mark.parametrize(("m", "d", "counts"), SMALL)
def test_against_every_reception(m, d, counts):
    assert computed(m, d, counts) == brute_force(m, d, counts)


@pytest.mark.parametrize(
    ("m", "d", "counts"), [(5, 2, (0, 0, 0, 2, 2)), (6, 2, (0, 0, 0, 2, 2, 2)), (6, 3, (0, 0, 0, 2, 2, 2))]
)
def test_against_every_reception_where_coverage_is_not_enough(m, d, counts):
    covers, *spanning = computed(m, d, counts)
    assert [covers, *spanning] == brute_force(m, d, counts, by_flint)
    assert spanning[0] < covers


def test_bad_counts():
    with pytest.raises(ArgumentError, match="'counts' must be a list of 3 integers, not 2"):
        law.spanning_probability(3, 1, [0, 1])
    with pytest.raises(ArgumentError, match="'counts' must be a list of 3 integers, not 4"):
        law.covering_probability(3, 1, [0, 1, 1, 1])
    with pytest.raises(ArgumentError, match=r"counts\[2\]"):
        law.spanning_probability(3, 2, [0, 1, 3])


@pytest.mark.quality
def test_a_remainder_block_that_is_forgotten_is_noticed(monkeypatch):
    """Counts that include the short last block come out wrong if it is taken for a whole one."""
    counts = (0, 0, 3, 3)
    right = computed(4, 2, counts)
    assert right == brute_force(4, 2, counts)
    sizes = law.block_sizes
    monkeypatch.setattr(law, "block_sizes", lambda m, d: sizes(m, d)[:-1])
    with pytest.raises(ArgumentError):
        computed(4, 2, counts)


# ------------------------------------------------------------------------------- receptions in reduced form


@pytest.mark.parametrize(("m", "d"), [(1, 1), (2, 1), (3, 1), (4, 2), (4, 3), (5, 2), (6, 3), (7, 4), (7, 6)])
def test_nothing_is_missing(m, d):
    """The classes hold as many receptions as there are: for each worker, the ways to choose its blocks in order."""
    ends = block_ends(m, d).tolist()
    blocks = [ends[b + 1] - ends[b] for b in range(len(ends) - 1)]
    ways = [1, *(prod(comb(m - 1 - ends[b], blocks[b]) for b in range(n)) for n in range(len(ends)))]
    levels = [level for level in reduced_receptions().levels(Reach(m, d)) if level.size["symbols"] == m]
    assert sum(orbit for level in levels for _, orbit in level.cases) == sum(ways) ** m


def what_spans_see(case):
    over = [(spans(case, field), rank(case, field)) for field in ("Q", "GF(2)", "GF(3)")]
    sent = Counter(case.workers)
    return covered(case), complete_worker(case), all_systematic(case), *over, tuple(sorted(sent.values()))


def kinds(domain, m, d, kind):
    """How many receptions of each kind there are, blocks in order."""
    found = Counter()
    for level in domain.levels(Reach(m, d)):
        if level.size["symbols"] == m:
            for case, orbit in level.cases:
                found[kind(case)] += orbit * orders(case, d, domain is receptions())
    return found


@pytest.mark.parametrize(("m", "d"), [(3, 1), (4, 1), (4, 2), (5, 2), (5, 3), (5, 4)])
def test_agrees_with_all_receptions(m, d):
    """The two enumerations, which share nothing but the code's definition, find the same receptions of every kind."""
    assert kinds(receptions(), m, d, what_spans_see) == kinds(reduced_receptions(), m, d, what_spans_see)


def orders(case, d, unordered):
    """In how many orders the workers can have sent their whole blocks, if these are taken as sets."""
    own = [1 << worker for worker in case.workers]
    rows = zip(case.workers, case.masks, own, strict=True)
    whole = Counter(worker for worker, mask, first in rows if mask != first and mask.bit_count() == d)
    return prod(factorial(n) for n in whole.values()) if unordered else 1


@pytest.mark.quality
def test_what_the_reduction_does_not_keep_is_noticed():
    """Whether every symbol stands alone in some row is not kept (a remainder block may hold a single symbol)."""

    def alone(case):
        return {1 << i for i in range(case.symbols)} <= set(case.masks)

    every, reduced = (kinds(domain, 4, 2, alone) for domain in (receptions(), reduced_receptions()))
    assert every != reduced
