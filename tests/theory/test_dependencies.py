"""Counts of small dependencies against enumeration of all blocks, and their predictions against the deviations seen."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from math import exp

import numpy as np
import pytest
from scipy import stats

from paper_checks.theory import dependencies
from paper_checks.theory.dependencies import (
    Profile,
    empty_rows,
    identical_columns,
    predicted_exceptions,
    repeated_rows,
    typical_profile,
    unbalanced_triples,
    uncovered,
)
from srtheory.errors import ArgumentError
from srtheory.model import Model

CASES = {
    "m = 5, d = 2": (5, 2, (1, 1), False),
    "m = 6, d = 2": (6, 2, (2, 1, 0), False),
    "m = 6, d = 1": (6, 1, (3, 2), False),
    "m = 6, d = 3": (6, 3, (1, 1, 1), False),
    "m = 6, d = 2, with replacement": (6, 2, (2, 1, 0), True),
    "m = 5, d = 3, with replacement": (5, 3, (3,), True),
    "m = 4, d = 2, with replacement": (4, 2, (2,), True),
}


def choices(m, d, worker, blocks, replacement):
    """All equally likely lists of blocks of one worker, as sets of symbols."""
    others = {j for j in range(m) if j != worker}
    if replacement:
        yield from product([set(c) for c in combinations(others, d)], repeat=blocks)
    else:
        yield from disjoint(others, d, blocks)


def disjoint(pool, d, blocks):
    """All lists of disjoint blocks."""
    if blocks == 0:
        yield []
        return
    for block in map(set, combinations(pool, d)):
        yield from ([block, *others] for others in disjoint(pool - block, d, blocks - 1))


def seen(rows, senders, m):
    """What the functions count, counted by definition."""
    silent = range(senders, m)
    said = [frozenset(row) & frozenset(silent) for _, row in rows]
    column = {a: frozenset(i for i, s in enumerate(said) if a in s) for a in silent}
    triples = (
        (a, b, c)
        for a in silent
        for b, c in combinations([x for x in silent if x != a], 2)
        if column[b] and column[c] and not column[b] & column[c] and column[a] == column[b] | column[c]
    )
    pairs = combinations(range(len(rows)), 2)
    return (
        sum(not column[a] for a in silent),
        sum(bool(column[a]) and column[a] == column[b] for a, b in combinations(silent, 2)),
        sum(1 for _ in triples),
        sum(not s for s in said),
        sum(said[i] == said[j] and bool(said[i]) and (rows[i][0] != rows[j][0]) for i, j in pairs),
    )


def enumerated(m, d, blocks, replacement):
    lists = [list(choices(m, d, j, b, replacement)) for j, b in enumerate(blocks)]
    total, cases = np.zeros(5), 0
    for combination in product(*lists):
        rows = [(j, row) for j, sent in enumerate(combination) for row in sent]
        total += seen(rows, len(blocks), m)
        cases += 1
    return total / cases


def counted(profile):
    return [f(profile) for f in (uncovered, identical_columns, unbalanced_triples, empty_rows, repeated_rows)]


@pytest.mark.parametrize(("m", "d", "blocks", "replacement"), CASES.values(), ids=list(CASES))
def test_expected_numbers_are_what_enumeration_gives(m, d, blocks, replacement):
    profile = Profile(m, d, m - len(blocks), np.array(blocks), replacement)
    expected = enumerated(m, d, blocks, replacement)
    if replacement:  # there, rows of one worker can repeat, too
        expected, found = expected[:4], counted(profile)[:4]
    else:
        found = counted(profile)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert expected.sum() > 0


def test_repeated_rows_with_replacement_come_from_any_two_blocks():
    """Each of three blocks from a worker of its own: all pairs count, as they do with replacement."""
    apart = Profile(6, 2, 3, np.array([1, 1, 1]))
    assert repeated_rows(apart) == pytest.approx(enumerated(6, 2, (1, 1, 1), False)[4])
    assert repeated_rows(Profile(6, 2, 3, np.array([3, 0, 0]), replacement=True)) == pytest.approx(repeated_rows(apart))


@pytest.mark.quality
@pytest.mark.parametrize("count", [uncovered, identical_columns, unbalanced_triples])
def test_counts_that_forget_that_blocks_are_disjoint_are_caught(count):
    m, d, blocks, _ = CASES["m = 6, d = 2"]
    profile = Profile(m, d, m - len(blocks), np.array(blocks))
    expected = dict(
        zip((uncovered, identical_columns, unbalanced_triples), enumerated(m, d, blocks, False), strict=False)
    )
    assert count(profile) == pytest.approx(expected[count])
    assert count(replace(profile, replacement=True)) != pytest.approx(expected[count], rel=0.01)


@pytest.mark.quality
def test_a_count_of_pairs_that_keeps_the_uncovered_ones_is_caught():
    m, d, blocks, _ = CASES["m = 5, d = 2"]
    profile = Profile(m, d, 3, np.array(blocks))
    n = m - 1
    agree = 3 * ((2 + 2) / (n * (n - 1))) ** 2  # three pairs; in each of two workers both in the block, or neither
    assert identical_columns(profile) < agree * 0.9
    assert identical_columns(profile) == pytest.approx(enumerated(m, d, blocks, False)[1])


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("load", [0.1, 1.0, 3.0])
def test_typical_profile_has_the_rows_that_are_asked_for(load, replacement):
    m, d = 2000, 25
    profile = typical_profile(Model(m, d, load / d, stats.expon()), m, replacement=replacement)
    assert m - profile.silent + profile.parity_rows == pytest.approx(m, abs=2)
    if load >= 0.5:  # there 1 - s = 1/(1 + e^y), by the closed form of the fluid limit
        assert profile.silent / m == pytest.approx(1 / (1 + exp(load)), abs=2 / m)


CODES = [(60, 6, 1.0, False), (60, 5, 0.4, True), (40, 4, 1.5, False), (40, 4, 1.5, True)]


@pytest.mark.quality
@pytest.mark.parametrize(("m", "d", "load", "replacement"), CODES)
def test_early_exceptions_are_what_their_definition_gives(m, d, load, replacement):
    """U = 0 and I > R at m - 1 rows, I and R Poisson: summed over both, the empty and the repeated rows in R."""
    model = Model(m, d, load / d, stats.expon())
    early, _ = predicted_exceptions(model, replacement=replacement)
    before = typical_profile(model, m - 1, replacement=replacement)
    redundant, numbers = empty_rows(before) + repeated_rows(before), np.arange(80)
    pairs = stats.poisson.pmf(numbers, identical_columns(before))
    more = sum(p * stats.poisson.pmf(numbers[:i], redundant).sum() for i, p in enumerate(pairs.tolist()))
    assert early == pytest.approx(np.exp(-uncovered(before)) * more, rel=1e-9)
    assert min(empty_rows(before), repeated_rows(before)) > 1e-3 * max(empty_rows(before), repeated_rows(before)) > 0


def covers_and_spans(profile):
    """P(U = 0) and P(U = 0, R - I <= k - m, B = 0) by sums over R and I."""
    m, d, z, rows = profile.symbols, profile.degree, profile.silent, profile.parity_rows
    empty = empty_rows(profile) / rows if rows else 0.0
    covers = spans = 0.0
    pairs = stats.poisson.pmf(np.arange(60), identical_columns(profile))
    for r, chance in enumerate(stats.binom.pmf(np.arange(rows + 1), rows, empty).tolist()):
        if chance < 1e-15:
            continue
        all_met = exp(-z * (1 - min(1.0, d / (m - 1) / (1 - empty))) ** (rows - r)) if z else 1.0
        least = r - (m - z + rows - m)  # identical pairs it takes: R - I <= k - m, k = m - z + rows
        covers += chance * all_met
        spans += chance * all_met * pairs[max(least, 0) :].sum()
    return covers, spans * exp(-unbalanced_triples(profile))


@pytest.mark.quality
@pytest.mark.parametrize(("m", "d", "load", "replacement"), CODES)
def test_late_exceptions_are_what_their_definition_gives(m, d, load, replacement):
    model = Model(m, d, load / d, stats.expon())
    _, late = predicted_exceptions(model, replacement=replacement)
    total = reached = 0.0
    for k in np.unique(m - 1 + np.geomspace(1, 9 * m, dependencies.STEPS).astype(int)).tolist():
        covers, spans = covers_and_spans(typical_profile(model, k, replacement=replacement))
        total += (covers - reached) * (1 - spans / covers)
        reached = max(reached, covers)
        if covers > 1 - 1e-9:
            break
    assert late == pytest.approx(total, rel=1e-7)


def test_predicted_exceptions_are_probabilities_that_vanish_where_they_should():
    early, late = predicted_exceptions(Model(1000, 28, 1 / 28, stats.expon()))
    assert 0 < early < late < 0.2
    # Degrees far above the threshold.
    assert max(predicted_exceptions(Model(1000, 28, 0.01 / 28, stats.expon()))) < 1e-6
    with pytest.raises(ArgumentError, match="degree"):
        predicted_exceptions(Model(10, 10, 0.1, stats.expon()))


# --------------------------------------------------------------------------------------------------- the parts by hand


def test_profiles_at_their_limits_are_taken():
    for m, d, blocks in ((3, 1, [1]), (3, 2, [0, 0]), (5, 4, [0, 0]), (6, 1, [4, 0]), (5, 1, [])):
        profile = Profile(m, d, m - len(blocks), np.array(blocks, dtype=np.int64))
        assert profile.parity_rows == sum(blocks)
    assert unbalanced_triples(Profile(3, 1, 2, np.array([1]))) == 0.0
    assert Profile(5, 2, 3, np.array([9, 0]), replacement=True).groups()[1].tolist() == [9]
