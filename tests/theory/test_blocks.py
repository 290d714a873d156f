"""What a worker has covered after each block, counted block by block, and what is no size of a code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.theory.blocks import MOST_SYMBOLS, block_ends


@pytest.mark.parametrize("m", range(1, 9))
@pytest.mark.parametrize("d", range(1, 9))
def test_each_block_has_d_symbols_and_the_last_the_remainder(m: int, d: int) -> None:
    for access in range(1, m + 1):
        ends, left = [0], access - 1
        while left:
            ends.append(ends[-1] + min(d, left))
            left -= min(d, left)
        found = block_ends(m, d, access)
        assert found.dtype == np.int64
        assert found.tolist() == ends
    assert block_ends(m, d).tolist() == ends


@pytest.mark.parametrize("given", [(0, 1), (1, 0), (3, 1, 0), (3, 1, 4), (MOST_SYMBOLS + 1, 1), (1, MOST_SYMBOLS + 1)])
def test_what_is_no_size_is_refused(given: Any) -> None:
    with pytest.raises(ArgumentError):
        block_ends(*given)


def test_the_largest_sizes() -> None:
    assert block_ends(MOST_SYMBOLS, MOST_SYMBOLS).tolist() == [0, MOST_SYMBOLS - 1]
    assert block_ends(3, 1, 1).tolist() == [0]
