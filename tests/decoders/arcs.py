"""Random arcs for the decoder of arcs, and what the engines that know nothing of arcs say about them."""

from __future__ import annotations

from itertools import combinations
from random import Random

from srtheory.rows import from_sets
from srtheory.span.engine import stopping_time

TWICE_AROUND = [[0, 1], [2, 0], [1, 2]]


def arc(m, start, length):
    """The symbols of one arc, in order."""
    return [(start + i) % m for i in range(length)]


def every_arc(m):
    """All arcs of the circle of m symbols; the m whole circles are one row."""
    return [arc(m, a, length) for length in range(1, m) for a in range(m)] + [arc(m, 0, m)]


def every_set_of_arcs(m):
    """All sets of arcs, in one order each."""
    arcs = every_arc(m)
    return [[*chosen] for n in range(len(arcs) + 1) for chosen in combinations(arcs, n)]


def random_arcs(random, largest, *, longest=None, most=None):
    """m and some arcs, in a random order of their columns one time in three; a few are empty."""
    m = random.randint(1, largest)
    rows = []
    for _ in range(random.randint(0, most or 2 * m + 2)):
        row = arc(m, random.randrange(m), random.randint(0 if random.random() < 0.1 else 1, min(m, longest or m)))
        if random.random() < 1 / 3:
            random.shuffle(row)
        rows.append(row)
    return m, rows


def cases(seed, count, largest, **limits):
    """Random cases of a seed."""
    random = Random(seed)
    return [random_arcs(random, largest, **limits) for _ in range(count)]


def disagreements(decode, cases, field):
    """How many of the cases a decoder (rows, field) -> (stopping time, rank) answers otherwise than the span engine."""
    wrong = 0
    for m, sets in cases:
        rows = from_sets(m, sets)
        exact = stopping_time(**rows.arrays, field=field)
        wrong += decode(rows, field) != (exact.stopping_time, exact.rank)
    return wrong


def plain(rows, field, *, whole=1, back=-1):
    """Slow potentials by relabelling; ``whole`` is the gain of a whole circle, ``back`` the sign of a step backwards.

    Right are 1 and -1; other numbers are the planted mistakes.
    """
    m, p = rows.columns, 0 if field == "Q" else int(field[3:-1])
    component, potential, joined = list(range(m)), [0] * m, 0
    for k in range(len(rows)):
        row = set(rows.row(k).tolist())
        if not row:
            continue
        start = next((c for c in row if (c - 1) % m not in row), 0)
        gain = whole if len(row) == m else (start + len(row)) // m
        a, b = start, (start + len(row)) % m
        shift = gain + potential[a] + back * potential[b]
        if component[a] == component[b]:
            if shift % p if p else shift:
                return k + 1, joined + 1
            continue
        old, joined = component[b], joined + 1
        for x in range(m):
            if component[x] == old:
                component[x], potential[x] = component[a], potential[x] + shift
    return (None if m else 0), joined
