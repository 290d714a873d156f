"""Expected stopping sets against enumeration, against counting in random codes, and against peeling itself."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations, product

import numpy as np
import pytest

from paper_checks.theory.statements.stopping_sets import StoppingSets
from srtheory.decoders.peeling import peel
from srtheory.schemes.block_sizes import SizedSumRecovery
from tests.reference import supports


def test_there_are_no_more_blocks_than_a_worker_has():
    not_one, none = StoppingSets(6, "2").factors(9)
    assert len(not_one) == len(none) == 4
    assert none[3, 1] == -np.inf


def stopping_sets(late, blocks, smallest=1):
    """Sets of late symbols that no block meets in exactly one."""
    for size in range(smallest, len(late) + 1):
        for some in combinations(late, size):
            if all(len(set(block) & set(some)) != 1 for block in blocks):
                yield set(some)


def cut(order, ends, terms):
    """Complete blocks of a worker that has done so many terms."""
    return [order[low - 1 : high - 1] for low, high in pairwise(ends) if high <= terms]


def enumerated(m, sizes, terms):
    """Mean numbers of stopping sets, and of those that a block meets, over all permutations."""
    ends = StoppingSets(m, sizes).ends.tolist()
    late = [j for j in range(m) if terms[j] == 0]
    every, met, runs = 0, 0, 0
    orders = [list(permutations([c for c in range(m) if c != j])) if terms[j] > 1 else [()] for j in range(m)]
    for some in product(*orders):
        blocks = [block for j in range(m) for block in cut(some[j], ends, terms[j])]
        found = list(stopping_sets(late, blocks))
        every += len(found)
        met += sum(any(set(block) & one for block in blocks) for one in found if len(one) > 1)
        runs += 1
    return every / runs, met / runs


CASES = [
    (2, "1", (1, 0)), (2, "1", (2, 0)), (2, "3", (0, 0)), (3, "1", (3, 0, 0)), (3, "2", (3, 0, 1)), (3, "2", (0, 3, 3)),
    (4, "2", (3, 0, 0, 0)), (4, "2", (4, 0, 0, 2)), (4, "2", (3, 4, 0, 0)), (4, "1/2", (4, 2, 0, 0)),
    (4, "3", (4, 4, 0, 0)),
    (5, "2", (3, 0, 0, 0, 5)), (5, "3/1", (4, 5, 0, 0, 0)), (5, "2", (0, 0, 0, 0, 0)), (5, "2", (1, 5, 5, 0, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("m", "sizes", "terms"), CASES)
def test_means_are_those_over_all_permutations(m, sizes, terms):
    every, met = StoppingSets(m, sizes).expected([terms])
    assert (every[0], met[0]) == pytest.approx(enumerated(m, sizes, terms), abs=1e-12)


@pytest.mark.quality
def test_sets_met_once_are_missed(monkeypatch):
    """A block that may hold exactly one of the set, too, makes all other means."""

    def any_number(met, size):
        return np.ones(len(met) + size)

    monkeypatch.setattr("paper_checks.theory.statements.stopping_sets.one_more", any_number)
    every, _ = StoppingSets(4, "2").expected([(3, 4, 0, 0)])
    assert every[0] == pytest.approx(3)
    assert enumerated(4, "2", (3, 4, 0, 0))[0] < 2


def sampled(sizes, terms, runs):
    """Per run: number of stopping sets, whether peeling fails, and whether it does although all are covered."""
    m = len(terms)
    scheme, late = SizedSumRecovery(m, sizes), [j for j in range(m) if terms[j] == 0]
    for key in range(runs):
        rows = scheme.emit(key, np.asarray(terms)).rows
        blocks = [row for row in supports(rows) if len(row) > 1]
        failed = peel(rows)[0] is None
        covered = len(set(rows.indices.tolist())) == m
        yield len(list(stopping_sets(late, blocks))), failed, failed and covered


TERMS = (13, 12, 9, 7, 5, 5, 4, 3, 1, 1, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("sizes", ["2", "3", "4/2"])
def test_means_agree_with_counting_in_codes(sizes):
    found = np.array(list(sampled(sizes, TERMS, 600)))
    every, met = (value[0] for value in StoppingSets(16, sizes).expected([TERMS]))
    error = found[:, 0].std() / np.sqrt(len(found))
    assert abs(found[:, 0].mean() - every) < 5 * error + 1e-9
    assert found[:, 1].mean() - 5 * np.sqrt(0.25 / len(found)) <= every
    assert found[:, 2].mean() - 5 * np.sqrt(met / len(found)) <= met


@pytest.mark.quality
def test_other_sizes_are_noticed():
    found = np.array(list(sampled("2", TERMS, 600)))[:, 0]
    every, _ = StoppingSets(16, "3").expected([TERMS])
    assert abs(found.mean() - every[0]) > 5 * found.std() / np.sqrt(len(found))


def test_peeling_fails_just_where_a_stopping_set_is_left():
    late = [j for j in range(16) if TERMS[j] == 0]
    for key in range(200):
        rows = SizedSumRecovery(16, "3").emit(key, np.asarray(TERMS)).rows
        blocks = [row for row in supports(rows) if len(row) > 1]
        left = max((len(some) for some in stopping_sets(late, blocks)), default=0)
        assert peel(rows)[1] == 16 - left


def test_at_a_thousand_symbols_blocks_of_two_peel_once_covered():
    """Rare failures: the bound says at most some in a thousand at t = 0.65, and pairs alone are most of it."""
    rng = np.random.default_rng(1)
    terms = np.clip(np.floor((0.65 - rng.exponential(5, (5, 1000))) / 0.005), 0, 1000).astype(int)
    every, met = StoppingSets(1000, "2").expected(terms)
    assert (met < 0.01).all()
    assert (met < every / 50).all()
    late = (terms == 0).sum(axis=1)
    alone = late * [np.prod(1 - 2 * ((row[row > 0] - 1) // 2) / 999) for row in terms]
    assert (every > alone).all()
    assert (every < alone * np.exp(1)).all()
