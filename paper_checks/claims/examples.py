"""Rows that cover every symbol and do not span 1: the smallest, and the smallest that SR codes can send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations

from paper_checks.claims.small import Support, all_counts, all_received, matrix, worker_codes
from srtheory.matrix import Rows
from srtheory.span import checker, oracles
from srtheory.span.certificates import span_certificate, to_json

Example = tuple[int, list[Support]]
"""The number m of symbols, and some rows."""


def covers_without_spanning(m: int, rows: Sequence[Support]) -> bool:
    """Return whether the rows cover all m symbols and do not span 1, by ranks over Q."""
    return {c for row in rows for c in row} == set(range(m)) and not oracles.spans(matrix(m, list(rows)))


def row_sets(m: int) -> Iterator[Example]:
    """Return all sets of non-empty 0/1 rows on m symbols, fewest rows first, then fewest ones."""
    supports = [tuple(c for c in range(m) if bits >> c & 1) for bits in range(1, 2**m)]
    for n in range(1, len(supports) + 1):
        yield from ((m, list(rows)) for rows in combinations(sorted(supports, key=len), n))


def least_reachable(degree: int, most: int) -> Example | None:
    """Return the fewest symbols (up to ``most``), then rows, of an SR code's reception that covers without spanning.

    None of these receptions has a complete worker, since its rows would span 1.
    """
    for m in range(2, most + 1):
        for n in range(1, m * m):
            for rows in incomplete_receptions(m, degree, n):
                if covers_without_spanning(m, rows):
                    return m, rows
    return None


def incomplete_receptions(m: int, degree: int, n: int) -> Iterator[list[Support]]:
    """Return every reception of n rows of an SR code in which no worker is complete, up to the order of rows."""
    return _joint([_prefixes(m, degree, j) for j in range(m)], n)


@cache
def _prefixes(m: int, degree: int, worker: int) -> list[tuple[Support, ...]]:
    """Return the possible sendings of a worker that is not complete, as sets of rows, fewest first."""
    codes = worker_codes(m, degree, worker)
    cut = {(code[0], *sorted(code[1:n])) for code in codes for n in range(1, len(code))}
    return [(), *sorted(cut, key=lambda rows: (len(rows), rows))]


def _joint(prefixes: list[list[tuple[Support, ...]]], n: int) -> Iterator[list[Support]]:
    """Return all receptions of exactly n rows."""
    if not prefixes:
        yield []
        return
    most = sum(len(options[-1]) for options in prefixes[1:])
    for rows in prefixes[0]:
        if 0 <= n - len(rows) <= most:
            yield from ([*rows, *rest] for rest in _joint(prefixes[1:], n - len(rows)))


def certified(m: int, rows: list[Support]) -> bool:
    """Return whether a certificate proves, with plain integers, that the rows do not span 1."""
    read = checker.read(to_json(span_certificate(matrix(m, rows))))
    return read.kind == "does-not-span" and checker.fault(read, m, [dict.fromkeys(row, 1) for row in rows]) is None


def all_receptions(m: int, d: int, n: int) -> list[Rows]:
    """Return every matrix that n rows of some SR code can make, up to the order of rows."""
    counts = [c for c in all_counts(m, d) if sum(c) == n]
    sets = {tuple(sorted(rows)) for c in counts for rows, _ in all_received(m, d, c)}
    return [matrix(m, list(rows)) for rows in sorted(sets)]
