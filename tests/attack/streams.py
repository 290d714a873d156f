"""What workers send, scheme by scheme, written down anew from the paper and docs/: for small m, all of it.

A worker's stream is the list of its rows in order, each as (the set of its terms, as bits; the terms evaluated by its
end).  Where a scheme draws at random, there is one stream for each outcome, all equally likely.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, permutations

from tests import reference

Row = tuple[int, int]
Stream = tuple[Row, ...]


def parts(m: int, d: int) -> list[range]:
    """[0, m) in consecutive parts of d, the last one shorter."""
    return [range(a, min(a + d, m)) for a in range(0, m, d)]


def even_groups(m: int, s: int) -> list[range]:
    """floor(m/(s + 1)) groups whose sizes differ by one at most, the larger ones spread as m allows."""
    n = m // (s + 1)
    return [range(g * m // n, (g + 1) * m // n) for g in range(n)]


def stream(rows: Sequence[Sequence[int]]) -> Stream:
    ends = accumulate(len(row) for row in rows)
    return tuple((sum(1 << i for i in row), end) for row, end in zip(rows, ends, strict=True))


def turned(items: list, by: int) -> list:
    return items[by:] + items[:by]


def sum_recovery(m: int, d: int, access: int, j: int) -> list[Stream]:
    """Its own symbol, then blocks of d of access - 1 others in random order."""
    others = [i for i in range(m) if i != j]
    seen = {order[: access - 1] for order in permutations(others)}
    return [stream([[j], *(order[a : a + d] for a in range(0, access - 1, d))]) for order in seen]


def arcs(m: int, d: int, j: int) -> Stream:
    """Its own symbol, the rest of its cell after it, that before it, and then the other cells around the circle."""
    cells = parts(m, d)
    own = cells[j // d]
    rows = [[j], range(j + 1, own.stop), range(own.start, j), *turned(cells, j // d)[1:]]
    return stream([row for row in rows if len(row)])


def own_then_parts(m: int, d: int, j: int) -> Stream:
    cells = parts(m, d)
    rest = [i for i in cells[j // d] if i != j]
    return stream([row for row in [[j], rest, *turned(cells, j // d)[1:]] if len(row)])


def around(m: int, d: int, j: int) -> Stream:
    return stream(turned(parts(m, d), j // d))


def cells_of(m: int, count: int) -> int:
    """The number of cells by default, the largest c with (3 c)^2 <= m, at least 1 and at most that of the parts."""
    return min(max(1, next(c for c in range(m + 1) if 9 * (c + 1) ** 2 > m)), count)


STREAMS: dict[str, Callable[..., list[Stream]]] = {
    "one": lambda m, j: [stream([range(m)])] if j == 0 else [()],
    "uncoded": lambda m, j: [stream([[j]])],
    "repetition": lambda m, d, j: [stream([parts(m, d)[j // d]])],
    "bcc": lambda m, d, j: [stream([part]) for part in parts(m, d)],
    "gradient-fractional": lambda m, s, j: [stream([next(group for group in even_groups(m, s) if j in group)])],
    "gradient-cyclic": lambda m, s, j: [stream([[(j + i) % m for i in range(s + 1)]])],
    "parts-stream": lambda m, d, j: [stream(order) for order in permutations(parts(m, d))],
    "parts-cyclic": lambda m, d, j: [around(m, d, j)],
    "parts-even": lambda m, d, j: [stream(reference.parts_even(m, d, worker=j))],
    "parts-pairs": lambda m, d, j: [stream(reference.parts_pairs(m, d, cells_of(m, -(-m // d)), worker=j))],
    "terms-pairs": lambda m, j: [stream(reference.parts_pairs(m, 1, cells_of(m, m), worker=j))],
    "terms-staircase": lambda m, j: [stream(reference.terms_staircase(m, worker=j))],
    "terms-random": lambda m, j: [stream(order) for order in permutations(parts(m, 1))],
    "terms-cyclic": lambda m, j: [around(m, 1, j)],
    "genie": lambda m, j: [stream(parts(m, 1))],
    "arcs": lambda m, d, j: [arcs(m, d, j)],
    "own-then-parts": lambda m, d, j: [own_then_parts(m, d, j)],
}
"""The streams of worker j, given m and, where the scheme has one, its option d or s."""
