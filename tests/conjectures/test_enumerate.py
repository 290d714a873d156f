"""Orderly generation: every class once, its order right, nothing missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice, product
from math import comb, factorial

import numpy as np
import pytest

from srtheory.conjectures.enumerate import by_rows, labelled
from srtheory.conjectures.items import (
    hand_items,
    hand_rows,
    row_items,
)
from srtheory.theory.blocks import block_ends


def test_number_of_row_sets_of_each_order():
    """Sets of non-empty subsets of an m-set up to relabelling: 2, 6, 40, 1992 (OEIS A003180, halved)."""
    counts = []
    for m in (1, 2, 3, 4):
        classes = islice(by_rows(row_items(m)), 2**m)
        counts.append(sum(len(level) for level in classes))
    assert counts == [2, 6, 40, 1992]


@pytest.mark.parametrize(("m", "rows"), [(3, 7), (4, 9), (5, 6), (6, 4)])
def test_nothing_is_missing_among_rows(m, rows):
    for n, classes in enumerate(islice(by_rows(row_items(m)), rows + 1)):
        assert classes.orbit.sum() == labelled(row_items(m), n) == comb(2**m - 1, n)
    repeated = row_items(m, repeats=True)
    for n, classes in enumerate(islice(by_rows(repeated), min(rows, 5) + 1)):
        assert classes.orbit.sum() == labelled(repeated, n) == comb(2**m - 2 + n, n)


def hands_with(m, d, rows):
    """Unordered choices of the blocks of one worker that has sent that many rows."""
    if rows == 0:
        return 1
    ends = block_ends(m, d).tolist()
    whole, ways, left = ends[rows - 1] // d, 1, m - 1
    for b in range(rows - 1):
        size = ends[b + 1] - ends[b]
        ways *= comb(left, size)
        left -= size
    return ways // factorial(whole)


@pytest.mark.parametrize(("m", "d"), [(1, 1), (2, 1), (3, 2), (4, 1), (4, 2), (4, 3), (5, 2), (5, 3), (6, 4)])
def test_nothing_is_missing_among_receptions(m, d):
    own = len(block_ends(m, d))
    expected = Counter()
    for counts in product(range(own + 1), repeat=m):
        expected[sum(counts)] += np.prod([hands_with(m, d, n) for n in counts], dtype=object)
    items = hand_items(m, d)
    for n, classes in enumerate(islice(by_rows(items), m * own + 1)):
        assert classes.orbit.sum() == labelled(items, n) == expected[n]


@pytest.mark.parametrize(("m", "d"), [(1, 1), (4, 1), (4, 2), (5, 2), (5, 3), (6, 4)])
def test_hands_are_what_a_worker_sends(m, d):
    cuts = block_ends(m, d).tolist()
    for hand in hand_items(m, d).things:
        own, *blocks = hand_rows(hand)
        assert own == 1 << hand[0]
        assert sum((own, *blocks)).bit_count() == sum(mask.bit_count() for mask in (own, *blocks))
        assert [mask.bit_count() for mask in blocks] == np.diff(cuts).tolist()[: len(blocks)]


@pytest.mark.parametrize("repeats", [False, True])
def test_classes_of_one_symbol_without_end(repeats):
    """After the last number of rows there are no classes, of arrays that still fit together."""
    levels = list(islice(by_rows(row_items(1, repeats=repeats)), 5))
    assert [len(level) for level in levels] == ([1] * 5 if repeats else [1, 1, 0, 0, 0])
    for level in levels:
        assert len(level.members) == len(level.orbit) == len(level)
        assert level.orbit.dtype == np.int64


def test_hands_of_all_sizes_are_of_the_least_kind():
    items = hand_items(3, 1)
    assert [h[0] for h in items.things[:3]] == [0, 1, 2] == items.owner[:3].tolist()
    assert items.weight.tolist() == [1] * 3 + [2] * 6 + [3] * 3
    assert [hand_rows(hand) for hand in items.things[-3:]] == [(1, 2, 4), (2, 1, 4), (4, 1, 2)]
    for classes in islice(by_rows(items), 7):
        for members, length in zip(classes.members.tolist(), classes.length.tolist(), strict=True):
            images = {tuple(sorted(move[members[:length]].tolist())) for move in items.action}
            assert min(images) == tuple(members[:length])


def test_representatives_are_least():
    """Each kept sequence is the least of its class, and no two are of one class."""
    items = row_items(4)
    for classes in islice(by_rows(items), 5):
        for members in classes.members.tolist():
            images = {tuple(sorted(move[members].tolist())) for move in items.action}
            assert min(images) == tuple(members)


@pytest.mark.quality
@pytest.mark.parametrize("fixed", [0, 3])
def test_a_missing_relabelling_is_noticed(fixed):
    """Without the exchange that fixes {0}, or the one that fixes {0, 1}, the labelled count no longer comes out."""
    items = row_items(3)
    (g,) = [g for g, move in enumerate(items.action) if move[fixed] == fixed and (move != np.arange(7)).any()]
    poorer = replace(items, action=np.delete(items.action, g, axis=0))
    sums = [classes.orbit.sum() for classes in islice(by_rows(poorer), 4)]
    assert sums != [labelled(items, n) for n in range(4)]


@pytest.mark.quality
def test_a_wrong_relabelling_is_noticed():
    """An action that is none (two items exchanged at random) breaks the labelled count."""
    items = row_items(3)
    wrong = items.action.copy()
    wrong[2, [0, 5]] = wrong[2, [5, 0]]
    sums = [classes.orbit.sum() for classes in islice(by_rows(replace(items, action=wrong)), 4)]
    assert sums != [labelled(items, n) for n in range(4)]
