"""Orderly generation: every class once, its order right, nothing missing."""

from __future__ import annotations

from collections import Counter
from itertools import islice, product
from math import comb, factorial

import numpy as np
import pytest

from srtheory.conjectures.domains import code_hands
from srtheory.conjectures.enumerate import by_rows, labelled, row_items
from srtheory.theory.startup import block_ends


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
    items, _ = code_hands(m, d)
    for n, classes in enumerate(islice(by_rows(items), m * own + 1)):
        assert classes.orbit.sum() == labelled(items, n) == expected[n]
