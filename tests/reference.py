"""The schemes and the reception once more, slowly, from their definitions: numpy.random.Philox, lists and sets.

Nothing here is shared with the compiled code but the written rule: worker j of a run with key k reads the 64-bit words
of ``numpy.random.Philox(key=[k, j], counter=[0, lane, 0, 0])``; a number below n is drawn by multiplying and rejecting,
a random order by Fisher and Yates from the front.
"""

from __future__ import annotations

from itertools import islice, pairwise
from math import prod

import numpy as np


class Words:
    """The stream of (key, worker, lane), word by word."""

    def __init__(self, key, worker, lane=0):
        self.philox = np.random.Philox(key=np.array([key, worker], np.uint64), counter=[0, lane, 0, 0])

    def word(self):
        return int(self.philox.random_raw())

    def below(self, n):
        """Lemire: the high half of word * n, where the low half is at least 2**64 mod n."""
        while True:
            high, low = divmod(self.word() * n, 2**64)
            if low >= 2**64 % n:
                return high

    def unit(self):
        return (self.word() >> 11) / 2**53

    def shuffle(self, items, count):
        """``items`` with its first ``count`` entries drawn by Fisher and Yates."""
        items = list(items)
        for i in range(count):
            r = i + self.below(len(items) - i)
            items[i], items[r] = items[r], items[i]
        return items


def sum_recovery(m, degree, access=None, *, key, worker):
    """All rows of a worker, each a list of columns."""
    others = [c for c in range(m) if c != worker]
    seen = (m if access is None else access) - 1
    order = Words(key, worker).shuffle(others, seen)[:seen] if seen else []
    return [[worker], *(order[at : at + degree] for at in range(0, seen, degree))]


def drawn(words, law):
    """A key of ``law``, a dict from values to probabilities; no word is read where there is one alone."""
    if len(law) == 1:
        return next(iter(law))
    ladder, u = [*np.cumsum(list(law.values()))[:-1].tolist(), 1.0], words.unit()
    return next(value for value, level in zip(law, ladder, strict=True) if u < level)


def sized_sum_recovery(m, stages, *, key, worker):
    """All rows of a worker; ``stages`` are dicts from size to probability."""
    order = Words(key, worker).shuffle([c for c in range(m) if c != worker], m - 1)
    words, rows, at = Words(key, worker, 1), [[worker]], 0
    for law in [*stages, *([stages[-1]] * m)]:
        if at == m - 1:
            break
        size = drawn(words, law)
        rows.append(order[at : at + size])
        at += len(rows[-1])
    return rows


def with_replacement(m, degree, access=None, *, key, worker):
    """The endless rows of a worker whose blocks are drawn afresh."""
    yield [worker]
    words, view = Words(key, worker), [c for c in range(m) if c != worker]
    seen = (m if access is None else access) - 1
    if seen == 0:
        return
    if seen < m - 1:
        view = words.shuffle(view, seen)[:seen]
    while True:
        view = words.shuffle(view, min(degree, seen))
        yield view[: min(degree, seen)]


def luby_transform(m, law, *, key, worker):
    """The endless rows of an LT worker; ``law[i]`` is the probability of degree i + 1."""
    degrees, columns = Words(key, worker, 0), Words(key, worker, 1)
    ladder = [*np.cumsum(law)[:-1].tolist(), 1.0]
    while True:
        u = degrees.unit()
        degree = next(i for i, level in enumerate(ladder, start=1) if u < level)
        yield columns.shuffle(range(m), degree)[:degree]


def repairable(m, degree, *, key, worker):
    """The endless rows of a repairable fountain worker: draws with replacement, repetitions dropped."""
    yield [worker]
    words = Words(key, worker)
    while True:
        yield list(dict.fromkeys(words.below(m) for _ in range(degree)))


def windows(m, degree, window, overlap, adjacent, *, key, worker, full=False, one=False):
    """All rows of a worker that draws from windows of a line, none of its terms twice.

    The last two are mistakes: blocks that are ``full`` also where the window is cut off, and ``one`` window for all
    blocks of a worker, as long as it has terms.
    """
    yield [worker]
    words, used = Words(key, worker), {worker}
    starts = range(overlap - window, m - overlap + 1)
    at, seen = (worker + window // 2 - overlap) % len(starts), 0
    while len(used) < m:
        terms = [c for c in range(starts[at], starts[at] + window) if 0 <= c < m]
        size, rest = divmod(degree * (window if full else len(terms)), window)
        if rest and words.below(window) < rest:
            size += 1
        size, row = min(max(size, 1), len([c for c in terms if c not in used])), []
        while len(row) < size:
            c = terms[words.below(len(terms))]
            if c not in used:
                row.append(c)
                used.add(c)
        if row:
            yield row
            if one:
                continue
        seen += 1
        again = not adjacent or seen % -(-len(starts) // window) == 0
        at = words.below(len(starts)) if again else (at + window) % len(starts)


def coupled_cells(m, degree, cells, width, seeds, adjacent, *, key, worker):
    """The endless rows of a worker over windows of cells, each cell a list of terms and of None for zeros."""
    yield [worker]
    words, size = Words(key, worker), -(-m // cells)
    parts = [list(range(c * m // cells, (c + 1) * m // cells)) for c in range(cells)]
    circle = [part + [None] * (size - len(part)) for part in parts] + [[None] * size] * (0 if seeds else width - 1)
    first, seen, runs = 0, 0, len(circle) // width if adjacent else 1
    while True:
        if seeds and words.unit() < seeds:
            places = [c for cell in circle[len(circle) - width + 1 :] for c in cell]
            row = [places[words.below(len(places))]]
        else:
            first = first + width if seen % runs else words.below(len(circle))
            seen += 1
            places = [c for i in range(width) for c in circle[(first + i) % len(circle)]]
            row = words.shuffle(places, min(degree, len(places)))[:degree]
        if row := [c for c in row if c is not None]:
            yield row


def lt_systematic(m, law, *, key, worker):
    """The endless rows of an LT worker after its own term."""
    yield [worker]
    yield from luby_transform(m, law, key=key, worker=worker)


def precode(m, parities, spread, *, key):
    """The terms of each parity; number m draws them as a worker would."""
    words = Words(key, m, 1)
    chosen = [words.shuffle(range(parities), spread)[:spread] for _ in range(m)]
    return [[i for i in range(m) if parity in chosen[i]] for parity in range(parities)]


def raptor(m, law, parities, *, key, worker):
    """Endless pairs of what is drawn and its weights by term, empty sums dropped; ``parities`` are sets of terms."""
    for drawn in luby_transform(m + len(parities), law, key=key, worker=worker):
        weights = {}
        for c in drawn:
            for i in [c] if c < m else parities[c - m]:
                weights[i] = weights.get(i, 0) + 1
        if weights:
            yield drawn, weights


def part(m, degree, number):
    """Part ``number`` of [m] cut into parts of ``degree``."""
    return list(range(m))[degree * number : degree * (number + 1)]


def batch(m, degree, *, key, worker):
    """The one row of a BCC worker."""
    return [part(m, degree, Words(key, worker).below(-(-m // degree)))]


def gradient_fractional(m, stragglers, *, worker):
    """The one row of a worker: [m] cut as evenly as can be, longer parts as late as can be, into groups of s + 1."""
    groups = m // (stragglers + 1)
    ends = [g * m // groups for g in range(groups + 1)]
    return [list(range(low, high)) for low, high in pairwise(ends) if low <= worker < high]


def gradient_cyclic(m, stragglers, *, worker):
    """Weights by column: the values of the polynomial whose zeros are all places but the worker's s + 1."""
    own = [(worker + i) % m for i in range(stragglers + 1)]
    return {i: prod(i - c for c in range(m) if c not in own) for i in own}


def parts_stream(m, degree, *, key, worker):
    """All parts in a random order."""
    parts = [part(m, degree, number) for number in range(-(-m // degree))]
    return Words(key, worker).shuffle(parts, len(parts))


def parts_cyclic(m, degree, *, worker):
    """All parts, the one that holds the worker's own term first, around the circle."""
    parts = [part(m, degree, number) for number in range(-(-m // degree))]
    own = next(i for i, terms in enumerate(parts) if worker in terms)
    return parts[own:] + parts[:own]


def even_parts(m, degree):
    """[m] cut into as few parts as can be of at most ``degree`` terms, as evenly as can be, longer parts late."""
    count = -(-m // degree)
    ends = [i * m // count for i in range(count + 1)]
    return [list(range(low, high)) for low, high in pairwise(ends)]


def parts_even(m, degree, *, worker):
    """All even parts, the one that holds the worker's own term first, around the circle."""
    parts = even_parts(m, degree)
    own = next(i for i, terms in enumerate(parts) if worker in terms)
    return parts[own:] + parts[:own]


def parts_pairs(m, degree, count, *, worker):
    """All even parts, from the left end of the worker's cell to the right, or from its right end to the left."""
    parts = even_parts(m, degree)
    ends = [c * len(parts) // count for c in range(count + 1)]
    low, high = next((low, high) for low, high in pairwise(ends) if worker <= parts[high - 1][-1])
    first, last = parts[low][0], parts[high - 1][-1]
    if 2 * (worker - first) <= last - first:
        return parts[low:] + parts[:low]
    return (parts[high:] + parts[:high])[::-1]


def terms_staircase(m, *, worker):
    """All terms, each a row, from the worker's own around the circle: up if it is even, down if it is odd."""
    return [[(worker + (-1) ** worker * i) % m] for i in range(m)]


def own_then_parts(m, degree, *, worker):
    """The worker's own term, what is left of its part, and the other parts around the circle."""
    own, *others = parts_cyclic(m, degree, worker=worker)
    return [row for row in ([worker], [c for c in own if c != worker], *others) if row]


def arcs(m, degree, phase, *, key, worker):
    """The own term, the rest of its cell after it and before it, the next cells around the circle: none empty."""
    begin = {"common": 0, "own": worker}[phase] if phase != "random" else Words(key, worker).below(m)
    return arcs_from(m, degree, begin, worker=worker)


def arcs_from(m, degree, begin, *, worker):
    """The same where the worker's first cell begins at a given symbol."""
    circle = [(begin + i) % m for i in range(m)]
    cells = [circle[at : at + degree] for at in range(0, m, degree)]
    own = next(i for i, cell in enumerate(cells) if worker in cell)
    at = cells[own].index(worker)
    rows = [[worker], cells[own][at + 1 :], cells[own][:at], *cells[own + 1 :], *cells[:own]]
    return [row for row in rows if row]


def cyclic_terms(m, *, worker):
    """All terms, each a row, from the worker's own around the circle."""
    return [[(worker + i) % m] for i in range(m)]


def arrivals(rows_of_worker, startups, tau, until, sizes=None, cost=0.0):
    """(time, worker, place, row, terms) of all rows that arrive by ``until``, in order; column c costs ``sizes[c]``."""
    found = []
    for j, start in enumerate(startups):
        terms = 0
        for place, row in enumerate(rows_of_worker(j)):
            terms += len(row) if sizes is None else sum(sizes[c] for c in row)
            time = start + tau * terms + cost * (place + 1)
            if time > until:
                break
            found.append((time, j, place, row, terms))
    return sorted(found, key=lambda a: a[:3])


def first(rows, n):
    """The first n rows of a worker."""
    return list(islice(rows, n))


def supports(rows):
    """The supports of a Rows object, as lists."""
    return [rows.row(i).tolist() for i in range(len(rows))]


def naive_peeling(sets, m):
    """Rows until peeling has recovered all m symbols (None: never), starting over after every row."""
    return next((k for k in range(len(sets) + 1) if len(peeled(sets[:k])) == m), None)


def peeled(sets):
    """What peeling recovers from these rows, by its definition: whoever has one unknown symbol reveals it."""
    known = set()
    while True:
        new = set().union(*(left for s in sets if len(left := set(s) - known) == 1))
        if not new:
            return known
        known |= new
