"""Receptions by what spans depend on: numbers of rows, and the blocks' parts among the inactive workers' symbols.

The classes are the values of the distribution in :mod:`srtheory.conjectures.span_given_counts`, which also counts the
receptions in each (workers numbered, blocks in order).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import combinations_with_replacement

from srtheory.conjectures.case import Case
from srtheory.conjectures.expected import arrangements
from srtheory.conjectures.levels import Level, Reach, degrees, merged
from srtheory.conjectures.span_given_counts import Blocks, law_given_counts
from srtheory.theory.startup import block_ends

WIDEST = 10
"""Largest number of symbols of a case; 8 takes seconds, 9 minutes and gigabytes if it is to be complete."""


def levels(reach: Reach) -> Iterator[Level[Case]]:
    """Return the sizes within reach, smallest first."""
    for m in range(1, min(reach.symbols, WIDEST) + 1):
        yield from merged({d: _degree_levels(m, d, reach) for d in degrees(m, reach.degree)})


def _degree_levels(m: int, d: int, reach: Reach) -> Iterator[Level[Case]]:
    own = len(block_ends(m, d))
    for n in range(m * own + 1):
        yield Level({"symbols": m, "rows": n, "degree": d}, _cases(m, d, n, reach))


def _cases(m: int, d: int, n: int, reach: Reach) -> Iterator[tuple[Case, int]]:
    """Yield one reception of n rows for each class, those with the fewest ones first."""
    ends = _ends(m, d)
    vectors = [v for v in combinations_with_replacement(range(len(ends) + 1), m) if sum(v) == n]
    for vector in sorted(vectors, key=lambda v: sum(1 + ends[k - 1] for k in v if k)):
        silent, law = law_given_counts(m, d, vector, reach.tick)
        orders = arrangements(vector)
        for ways in law.values():
            yield reception(m, d, silent, ways.example), ways.number * orders


def reception(symbols: int, degree: int, silent: int, example: tuple[Blocks, ...]) -> Case:
    """Return a reception with these restricted blocks: the last ``silent`` workers have sent nothing.

    The rest of a block, besides its part among the inactive symbols, is filled with other senders' symbols in order.
    """
    masks: list[int] = []
    workers: list[int] = []
    for worker, blocks in enumerate(example):
        sent = _sent(symbols, degree, silent, worker, blocks)
        masks += sent
        workers += [worker] * len(sent)
    return Case(symbols, tuple(masks), tuple(workers), degree)


@lru_cache(maxsize=1 << 16)
def _sent(symbols: int, degree: int, silent: int, worker: int, blocks: Blocks) -> tuple[int, ...]:
    """Return the rows of one sender, which many receptions share."""
    masks, ends, senders = [1 << worker], _ends(symbols, degree), symbols - silent
    first, below = 0, (1 << worker) - 1
    for b, block in enumerate(blocks):
        after = first + ends[b + 1] - ends[b] - block.bit_count()
        others = (1 << after) - (1 << first)  # their places among the senders without this worker
        masks.append(block << senders | others & below | (others & ~below) << 1)
        first = after
    return tuple(masks)


@cache
def _ends(symbols: int, degree: int) -> tuple[int, ...]:
    """Return the ends of a worker's blocks, cached since a million receptions need them."""
    return tuple(block_ends(symbols, degree).tolist())
