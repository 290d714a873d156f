"""Exact probability that rows span 1 given each worker's number of rows, for few symbols, over any field.

A worker that has sent anything has sent its own symbol alone. So the received rows span 1 iff the blocks, restricted to
the symbols of the inactive workers, span 1 there: each block may be cleared of the other symbols. Likewise the rank is
the number of senders plus the rank of the restricted blocks. Few inactive workers leave few columns, many leave few
senders, and the random set of restricted blocks has few values. Its distribution is computed worker by worker, in
integers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import combinations
from math import comb
from operator import or_
from typing import NamedTuple, TypeVar

import numpy as np

from srtheory.conjectures.small import columns, rank_and_span
from srtheory.errors import ArgumentError, require_int
from srtheory.theory.startup import block_ends, require_degree, require_symbols

K = TypeVar("K")


def never() -> None:
    """Do nothing: a tick that never ends the computation."""


Blocks = tuple[int, ...]
"""Blocks of a sender in order, restricted to the inactive symbols, as masks."""


class Ways(NamedTuple):
    """Number of ways in which a set of restricted blocks arises.

    Attributes
    ----------
    number : int
        In how many ways all senders can choose their blocks, in order.
    example : tuple of tuple of int
        One of them: each sender's restricted blocks.
    """

    number: int
    example: tuple[Blocks, ...]


Law = Mapping[int, Ways]
"""Number of ways to each set of restricted blocks; bit ``b`` of the set's number means that it contains the mask ``b``.
"""


def covering_probability(symbols: int, degree: int, counts: Sequence[int]) -> Fraction:
    """Return P(the rows cover all symbols) given the counts. Arguments as for :func:`spanning_probability`."""
    silent, law = law_given_counts(symbols, degree, counts)
    return _share(law, lambda state: reduce(or_, columns(state), 0) == (1 << silent) - 1)


def spanning_probability(symbols: int, degree: int, counts: Sequence[int], field: str = "Q") -> Fraction:
    """Return P(the rows span 1), as an exact rational, when worker j of an SR code has sent ``counts[j]`` rows.

    Parameters
    ----------
    symbols, degree : int
        m >= 1 and d >= 1.
    counts : sequence of int, length m
        From 0 to the number of rows that a worker has.
    field : str
        ``"Q"`` or ``"GF(q)"``.

    Notes
    -----
    Milliseconds up to m = 8.  Time and memory grow with the number of sets of subsets of the inactive symbols.
    """
    silent, law = law_given_counts(symbols, degree, counts)
    return _share(law, lambda state: _spans(silent, state, field))


def law_given_counts(
    symbols: int, degree: int, counts: Sequence[int], tick: Callable[[], None] = never
) -> tuple[int, Law]:
    """Return the number of inactive workers, and the distribution of the others' set of restricted blocks.

    Counts are taken ascending. ``tick`` is called every few milliseconds. An exception that it raises ends the
    computation. Other arguments, errors and complexity as for :func:`spanning_probability`.
    """
    sizes = block_sizes(require_symbols(symbols), require_degree(degree))
    if len(counts) != symbols:
        raise ArgumentError("counts", len(counts), f"a list of {symbols} integers")
    received = sorted(require_int(f"counts[{j}]", n, 0, len(sizes) + 1) for j, n in enumerate(counts))
    silent = received.count(0)
    return silent, _joint(symbols, silent, tuple(sizes[: n - 1] for n in received if n), tick)


@lru_cache(maxsize=1_000)
def block_sizes(symbols: int, degree: int) -> tuple[int, ...]:
    """Return the sizes of a worker's blocks in order; the last holds what is left."""
    return tuple(np.diff(block_ends(symbols, degree)).tolist())


def _share(law: Law, test: Callable[[int], bool]) -> Fraction:
    good = sum(ways.number for state, ways in law.items() if test(state))
    return Fraction(good, sum(ways.number for ways in law.values()))


@lru_cache(maxsize=1_000_000)
def _spans(silent: int, state: int, field: str) -> bool:
    return silent == 0 or rank_and_span(silent, columns(state), field)[1]


@lru_cache(maxsize=200)
def _joint(symbols: int, silent: int, senders: tuple[tuple[int, ...], ...], tick: Callable[[], None]) -> Law:
    """Return the distribution of the set of restricted blocks of several senders, each with its block sizes."""
    if not senders:
        return {0: Ways(1, ())}
    numbers: dict[int, int] = {}
    examples: dict[int, tuple[Blocks, ...]] = {}
    last = _one_sender(symbols, silent, senders[-1])
    latest = [(more, *now) for more, now in last.items()]
    for state, (number, example) in _joint(symbols, silent, senders[:-1], tick).items():
        tick()
        for more, times, own in latest:
            union = state | more
            if union in numbers:
                numbers[union] += number * times
            else:
                numbers[union], examples[union] = number * times, example + own
    return dict(zip(numbers, map(Ways, numbers.values(), examples.values()), strict=True))


@lru_cache(maxsize=1_000)
def _one_sender(symbols: int, silent: int, sizes: tuple[int, ...]) -> Law:
    """Return the distribution of one sender's restricted blocks."""
    left = {((1 << silent) - 1, symbols - 1 - silent, 0): Ways(1, ((),))}
    for size in sizes:
        after: dict[tuple[int, int, int], Ways] = {}
        for (free, others, state), ways in left.items():
            for inside in range(max(0, size - others), min(size, free.bit_count()) + 1):
                number = ways.number * comb(others, size - inside)
                for chosen in combinations(columns(free), inside):
                    block = sum(1 << c for c in chosen)
                    key = free & ~block, others - size + inside, state | (1 << block if block else 0)
                    _add(after, key, number, ((*ways.example[0], block),))
        left = after
    law: dict[int, Ways] = {}
    for (_, _, state), ways in left.items():
        _add(law, state, ways.number, ways.example)
    return law


def _add(law: dict[K, Ways], key: K, number: int, example: tuple[Blocks, ...]) -> None:
    known = law.get(key)
    law[key] = Ways(number, example) if known is None else Ways(known.number + number, known.example)
