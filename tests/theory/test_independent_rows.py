"""Whether independent rows span 1: every choice of every row, ranks over Q, and the rows that the schemes draw."""

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import combinations, product
from math import comb, sqrt

import numpy as np
import pytest

from paper_checks.theory.statements import independent_rows
from paper_checks.theory.statements.independent_rows import (
    degrees_of_draws,
    sets_of_independent_rows,
    spanning_of_independent_rows,
)
from srtheory.schemes.luby_transform import LubyTransform, robust_soliton
from srtheory.schemes.repairable import RepairableFountain
from srtheory.schemes.sum_recovery import SumRecovery
from tests.theory.spanning_oracles import even_sets_of, spans


def mask_of(symbols):
    return sum(1 << i for i in set(symbols))


def uniform(lists):
    """{mask: probability} of equally likely lists of symbols."""
    masks = Counter(mask_of(symbols) for symbols in lists)
    return {mask: Fraction(n, masks.total()) for mask, n in masks.items()}


def by_degree(m, degrees):
    """A row of s different symbols has the probability degrees[s]."""
    total = sum(map(Fraction, degrees.values()))
    masks = (mask_of(c) for s in degrees for c in combinations(range(m), s))
    return {x: Fraction(degrees[x.bit_count()]) / total / comb(m, x.bit_count()) for x in masks}


def truth(m, laws, systematic):
    """P(span 1), A_w and U_w over all rows, the k-th with the law laws[k], after e_0, e_1, ..."""
    merged = {frozenset(1 << i for i in range(systematic)): Fraction(1)}
    for law in laws:
        new = defaultdict(Fraction)
        for seen, p in merged.items():
            for mask, q in law.items():
                new[seen | {mask}] += p * q
        merged = new
    spanned, even, missed = Fraction(0), [Fraction(0)] * (m + 1), [Fraction(0)] * (m + 1)
    for masks, p in merged.items():
        spanned += p * spans(m, masks)
        a, u = even_sets_of(m, masks)
        even = [x + p * y for x, y in zip(even, a, strict=True)]
        missed = [x + p * y for x, y in zip(missed, u, strict=True)]
    z = m - systematic
    assert not any(even[z + 1 :])
    return spanned, even[: z + 1], missed[: z + 1]


def case(name, m, k, systematic):
    """The law of a row as the functions take it, its keywords, and k rows for the enumeration."""
    if name == "draws":
        return degrees_of_draws(m, 3), {}, [uniform(product(range(m), repeat=3))] * k
    if name == "blocks":  # a worker draws two of the others
        pools = [[i for i in range(m) if i != r % systematic] for r in range(k)]
        return {2: 1}, {"pool": m - 1}, [uniform(combinations(pool, 2)) for pool in pools]
    degrees = {
        "pairs": {2: 1},
        "soliton": dict(enumerate(robust_soliton(m).tolist(), 1)),
        "none or most": {0: Fraction(1, 5), m - 1: Fraction(4, 5)},
    }[name]
    return degrees, {}, [by_degree(m, degrees)] * k


CASES = [
    ("draws", 3, 4, 0),
    ("draws", 4, 2, 2),
    ("draws", 4, 3, 1),
    ("draws", 4, 4, 0),
    ("blocks", 3, 2, 1),
    ("blocks", 4, 3, 2),
    ("blocks", 4, 1, 2),
    ("blocks", 4, 5, 1),
    ("pairs", 3, 2, 0),
    ("pairs", 4, 3, 0),
    ("pairs", 4, 3, 1),
    ("soliton", 4, 3, 0),
    ("soliton", 4, 5, 0),
    ("soliton", 3, 2, 0),
    ("none or most", 4, 3, 0),
    ("none or most", 3, 3, 0),
    ("pairs", 4, 0, 0),
    ("pairs", 4, 0, 4),
    ("soliton", 1, 1, 0),
]


def fails(name, m, k, systematic):
    """What of the moments and of the interval is not so."""
    degrees, options, laws = case(name, m, k, systematic)
    spanned, even, missed = truth(m, laws, systematic)
    sets = sets_of_independent_rows(m, degrees, k, systematic=systematic, **options)
    low, high = spanning_of_independent_rows(m, degrees, k, systematic=systematic, **options)
    covered = sum((-1) ** w * u for w, u in enumerate(missed))
    kinds = {
        "even": sets[0] == even,
        "uncovered": sets[1] == missed,
        "low": max(covered - sum(even[3:]) + sum(missed[3:]), 0) == low <= spanned,
        "high": spanned <= high <= covered,
    }
    return {kind for kind, right in kinds.items() if not right}


@pytest.mark.parametrize(("name", "m", "k", "systematic"), CASES)
def test_every_choice_of_every_row(name, m, k, systematic):
    assert fails(name, m, k, systematic) == set()


@pytest.mark.quality
def test_odd_for_even_is_seen(monkeypatch):
    right = independent_rows.even_ways

    def odd(pool, weights):
        return sum(weights.values()) * independent_rows.fmpz_poly([1, 1]) ** pool - right(pool, weights)

    monkeypatch.setattr(independent_rows, "even_ways", odd)
    assert "even" in fails("pairs", 4, 3, 0)


@pytest.mark.quality
def test_draws_that_cannot_repeat_are_seen(monkeypatch):
    monkeypatch.setitem(globals(), "degrees_of_draws", lambda m, d: {d: 1})
    assert {"even", "uncovered"} <= fails("draws", 4, 3, 1)


@pytest.mark.quality
def test_a_pool_with_the_workers_own_symbol_is_seen():
    _, _, laws = case("blocks", 4, 3, 2)
    _, even, missed = truth(4, laws, 2)
    assert sets_of_independent_rows(4, {2: 1}, 3, systematic=2) != (even, missed)
    assert sets_of_independent_rows(4, {2: 1}, 3, systematic=2, pool=3) == (even, missed)


@pytest.mark.quality
def test_bounds_with_a_term_less_are_not_bounds():
    """Sets of three left out below, half of the even sets above."""
    spanned, even, missed = truth(3, case("pairs", 3, 2, 0)[2], 0)
    covered = sum((-1) ** w * u for w, u in enumerate(missed))
    assert covered - sum(even[4:]) + sum(missed[4:]) > spanned
    spanned, even, _ = truth(4, case("soliton", 4, 3, 0)[2], 0)
    assert sum(even[::2]) / 2 - 1 < spanned <= sum(even[::2]) - 1


def test_fewer_rows_than_symbols_are_bounded_more_sharply():
    low, high = spanning_of_independent_rows(40, {6: 1}, 30)
    even, missed = sets_of_independent_rows(40, {6: 1}, 30)
    assert high == Fraction(1, 2**9) * sum(even[::2]) - 1 < sum((-1) ** w * u for w, u in enumerate(missed))
    assert 0 <= low <= high


def test_the_interval_is_narrow_where_the_rows_are_many():
    low, high = spanning_of_independent_rows(40, degrees_of_draws(40, 8), 60, systematic=15)
    assert 0 < high - low < 1e-9


@pytest.mark.parametrize(("m", "d"), [(1, 1), (1, 3), (4, 1), (4, 3), (3, 5)])
def test_numbers_of_different_draws(m, d):
    counted = Counter(len(set(drawn)) for drawn in product(range(m), repeat=d))
    assert degrees_of_draws(m, d) == {s: Fraction(n, m**d) for s, n in counted.items()}


# The rows that the schemes draw


def frequencies_fail(scheme, law):
    """Does some row of worker 0, its first one apart, come up otherwise than ``law`` says?  Drawn from a fixed key."""
    budget = np.zeros(scheme.symbols, np.int64)
    budget[0] = 60_000
    rows = scheme.emit(7, budget).rows
    sent = [mask_of(rows.indices[a:b].tolist()) for a, b in zip(rows.indptr[:-1], rows.indptr[1:], strict=True)]
    seen, n = Counter(sent[1:]), len(sent) - 1
    return not set(seen) <= set(law) or any(abs(seen[x] - n * p) > 4.5 * sqrt(n * p * (1 - p)) for x, p in law.items())


def test_schemes_draw_such_rows():
    soliton = dict(enumerate(robust_soliton(4).tolist(), 1))
    assert not frequencies_fail(LubyTransform(4), by_degree(4, soliton))
    assert not frequencies_fail(RepairableFountain(4, 3), by_degree(4, degrees_of_draws(4, 3)))
    blocks = uniform(combinations([1, 2, 3], 2))
    assert not frequencies_fail(SumRecovery(4, 2, replacement=True), blocks)


@pytest.mark.quality
def test_schemes_that_drew_otherwise_would_be_seen():
    assert frequencies_fail(RepairableFountain(4, 3), by_degree(4, {3: 1}))
    assert frequencies_fail(LubyTransform(4), by_degree(4, {1: 0.25, 2: 0.5, 3: 0.17, 4: 0.08}))
    assert frequencies_fail(SumRecovery(4, 2, replacement=True), by_degree(4, {2: 1}))
