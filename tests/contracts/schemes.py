"""Every scheme that has a name, drawn with its options, and the rows that :mod:`tests.reference` draws for it.

A scheme that is added is under the contract by its line in ``srtheory.schemes.ENTRIES``; a line here makes its rows
be drawn again, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import factorial

import numpy as np
from hypothesis import strategies as st

from srtheory.errors import ArgumentError
from srtheory.schemes import PHASES, SCHEME_NAMES, make, named
from srtheory.schemes.base import UNLIMITED, Crew, Grouped, UncodedStream
from srtheory.schemes.gradient import BernoulliGradient, RegularGradient
from srtheory.schemes.own import ByWorker
from srtheory.schemes.parts import OwnThenParts
from srtheory.sizes import read_sizes
from tests import reference

key64 = st.integers(0, 2**64 - 1)


@dataclass(frozen=True)
class Drawn:
    """A scheme with what is known of it: the rows of worker j in a run, and the terms of each column."""

    scheme: object
    rows: object = None
    sizes: tuple[int, ...] | None = None


def _weights(m, s, *, worker):
    """The weights of a gradient code: the polynomial's values over the factor that all have, by its documentation."""
    k = m - s - 1
    wraps = worker + s >= m
    common = factorial(k) if wraps else (-1) ** (k - worker) * factorial(k - worker) * factorial(worker)
    return {c: value // common for c, value in reference.gradient_cyclic(m, s, worker=worker).items()}


def _raptor(scheme, *, key, worker):
    m = scheme.symbols
    parities = reference.precode(m, scheme.parities, min(scheme.spread, scheme.parities), key=key)
    return (weights for _, weights in reference.raptor(m, scheme.degree_law, parities, key=key, worker=worker))


def _luby(rows, scheme, *, key, worker):
    drawn = rows(scheme.symbols, scheme.degree_law, key=key, worker=worker)
    return islice(drawn, int(min(scheme.quota()[worker], 10**6)))


def _sized(scheme, *, key, worker):
    stages = [dict(zip(stage.sizes, stage.shares, strict=True)) for stage in read_sizes(scheme.sizes)]
    return reference.sized_sum_recovery(scheme.symbols, stages, key=key, worker=worker)


def _regular(scheme, *, key, worker):
    """The cyclic graph after ten switches for each edge, all drawn from the stream of worker 0."""
    m, d = scheme.symbols, scheme.degree
    rows, words = [[(j + i) % m for i in range(d)] for j in range(m)], reference.Words(key, 0)
    for _ in range(10 * m * d):
        i, j, k, n = (words.below(size) for size in (m, m, d, d))
        a, b = rows[i][k], rows[j][n]
        if a not in rows[j] and b not in rows[i]:
            rows[i][k], rows[j][n] = b, a
    return [rows[worker]]


def _bernoulli(scheme, *, key, worker):
    words = reference.Words(key, worker)
    row = [c for c in range(scheme.symbols) if words.unit() < scheme.degree / scheme.symbols]
    return [row] if row else []


def _random(rows):
    return lambda s: partial(rows, s.symbols, s.degree)


def _fixed(rows):
    return lambda s: lambda *, key, worker: rows(s.symbols, s.degree, worker=worker)


ROWS = {
    "sr": lambda s: partial(reference.sum_recovery, s.symbols, s.degree, s.access),
    "sr-with-replacement": lambda s: partial(reference.with_replacement, s.symbols, s.degree, s.access),
    "sr-sizes": lambda s: partial(_sized, s),
    "sr-windows": lambda s: partial(
        *(reference.windows, s.symbols, s.degree, s.places),
        *(max(1, s.places // 20) if s.overlap is None else s.overlap, s.order == "adjacent"),
    ),
    "sr-cells": lambda s: partial(
        *(reference.coupled_cells, s.symbols, s.degree, s.number_of_cells, s.width, s.seeds, s.order == "adjacent")
    ),
    "lt": lambda s: partial(_luby, reference.luby_transform, s),
    "lt-systematic": lambda s: partial(_luby, reference.lt_systematic, s),
    "raptor": lambda s: partial(_raptor, s),
    "repairable": _random(reference.repairable),
    "one": lambda s: lambda *, key, worker: [list(range(s.symbols))],
    "uncoded": lambda s: lambda *, key, worker: [[worker]],
    "repetition": _fixed(lambda m, d, *, worker: [reference.part(m, d, worker // d)]),
    "bcc": _random(reference.batch),
    "gradient-fractional": lambda s: (
        lambda *, key, worker: reference.gradient_fractional(s.symbols, s.stragglers, worker=worker)
    ),
    "gradient-cyclic": lambda s: lambda *, key, worker: [_weights(s.symbols, s.stragglers, worker=worker)],
    "parts-stream": _random(reference.parts_stream),
    "terms-random": _random(reference.parts_stream),
    "parts-cyclic": _fixed(reference.parts_cyclic),
    "parts-even": _fixed(reference.parts_even),
    "parts-pairs": lambda s: (
        lambda *, key, worker: reference.parts_pairs(s.symbols, s.degree, s.number_of_cells, worker=worker)
    ),
    "terms-pairs": lambda s: (
        lambda *, key, worker: reference.parts_pairs(s.symbols, 1, s.number_of_cells, worker=worker)
    ),
    "terms-staircase": lambda s: lambda *, key, worker: reference.terms_staircase(s.symbols, worker=worker),
    "terms-cyclic": lambda s: lambda *, key, worker: reference.cyclic_terms(s.symbols, worker=worker),
    "arcs": lambda s: partial(reference.arcs, s.symbols, s.degree, s.phase),
}
"""Who sends what, by the slow reference; of the genie no rows are drawn, as each depends on those before it."""

VALUES = {
    "cap": st.sampled_from([None, 0.4, 1, 1.7, 3.0]),
    "c": st.sampled_from([0.03, 0.2, 5.0]),
    "delta": st.sampled_from([0.01, 0.5, 0.99]),
    "epsilon": st.sampled_from([0.1, 0.5, 1]),
    "spread": st.integers(1, 4),
    "phase": st.sampled_from(PHASES),
    "order": st.sampled_from(["adjacent", "independent"]),
    "goal": st.sampled_from(["latency", "rows"]),
    "systematic": st.sampled_from([0.0, 0.13, 0.99]),
    "seeds": st.sampled_from([0.0, 0.3, 1.0]),
    "sizes": st.sampled_from(["1", "3", "38/9x2/3", "2:0.45,3:0.55", "5/2:0.25,3:0.25,4:0.5/1", "20"]),
}
"""Options that are no numbers of terms, workers or cells."""
UNNAMED = ("own-then-parts", "gradient-bernoulli", "gradient-regular", "grouped", "stream", "crew", "hands")
ALL = (*SCHEME_NAMES, *UNNAMED)


@dataclass(frozen=True)
class Hands(ByWorker):
    """A user's scheme: more workers than terms, or fewer, and rows with weights, or without."""

    hands: int = 1
    weights: tuple[int, ...] = (1,)

    @property
    def workers(self):
        return self.hands

    def sends(self, worker, key):
        rng = self.generator(worker, key)
        for _ in range(int(rng.integers(4))):
            row = np.flatnonzero(rng.random(self.symbols) < 0.5).tolist() or [worker % self.symbols]
            yield {c: int(rng.choice(self.weights)) for c in row}


@st.composite
def options(draw, name, m):
    """Options of a scheme at m terms, those without a default always: numbers from 1 to a little above m."""
    found = {}
    for option, its in named(name).options.items():
        if its.needed or draw(st.booleans()):
            found[option] = draw(VALUES.get(option, st.integers(0 if option == "stragglers" else 1, m + 2)))
    return found


@st.composite
def schemes(draw, name, largest=9):
    """A scheme of that name, what it refuses left out, with its rows and the terms of its columns."""
    m = draw(st.integers(1, largest))
    if name == "own-then-parts":
        scheme = OwnThenParts(m, draw(st.integers(1, m)))
        return Drawn(scheme, lambda *, key, worker: reference.own_then_parts(m, scheme.degree, worker=worker))
    if name == "hands":
        weights = draw(st.sampled_from([(1,), (-3, -1, 1, 2)]))
        scheme = Hands(m, draw(st.integers(1, 2 * largest)), weights)
        return Drawn(scheme, lambda *, key, worker: scheme.sends(worker, key))
    if name in ("gradient-bernoulli", "gradient-regular"):
        kind, rows = {"bernoulli": (BernoulliGradient, _bernoulli), "regular": (RegularGradient, _regular)}[name[9:]]
        scheme = kind(m, draw(st.integers(1, m)))
        return Drawn(scheme, partial(rows, scheme))
    if name == "crew":
        others = [each for each in ALL if each not in ("genie", "raptor", "crew")]
        return draw(crews(draw(st.sampled_from(others).flatmap(partial(schemes, largest=largest)))))
    if name in ("grouped", "stream"):
        inner = draw(
            st.sampled_from([each for each in SCHEME_NAMES if each not in ("genie", "raptor")]).flatmap(schemes)
        )
        if name == "grouped":
            return draw(grouped(inner))
        return Drawn(UncodedStream(inner.scheme), _terms_of(inner.rows))
    drawn = draw(st.lists(options(name, m), min_size=9, max_size=9))
    made = (built(name, m, each) for each in [*drawn, named(name).sized(1)])
    scheme = next(each for each in made if not isinstance(each, ArgumentError))
    return Drawn(scheme, None if name == "genie" else ROWS.get(name, _emitted)(scheme))


@st.composite
def grouped(draw, inner):
    """A drawn scheme on groups of terms."""
    terms = draw(st.integers(inner.scheme.symbols, 3 * inner.scheme.symbols))
    ends = [terms * i // inner.scheme.symbols for i in range(inner.scheme.symbols + 1)]
    return Drawn(Grouped(inner.scheme, terms), inner.rows, tuple(np.diff(ends).tolist()))


@st.composite
def crews(draw, inner):
    """A drawn scheme with other workers, and perhaps a load."""
    n = draw(st.integers(1, 2 * inner.scheme.workers))
    load = draw(st.none() | st.integers(1, 2 * inner.scheme.symbols))
    try:
        scheme = Crew(inner.scheme, n, load)
    except ArgumentError:
        scheme = Crew(inner.scheme, inner.scheme.workers, load)
    return Drawn(scheme, _crew(scheme, inner), inner.sizes)


def built(name, m, given):
    """The scheme, or its refusal."""
    try:
        return make(name, m, **given)
    except ArgumentError as refusal:
        return refusal


def _crew(scheme, inner):
    """Rows of worker floor(j w/n), in a run of their own if they are another's too, as far as the load goes."""
    alike = [j * inner.scheme.workers // scheme.crew for j in range(scheme.crew)]

    def each(*, key, worker):
        c, done = alike[:worker].count(alike[worker]), 0
        run = int(np.random.SeedSequence(key, spawn_key=(c,)).generate_state(1, np.uint64)[0]) if c else key
        for row in inner.rows(key=run, worker=alike[worker]):
            done += len(row) if inner.sizes is None else sum(inner.sizes[column] for column in row)
            if scheme.load is not None and done > scheme.load:
                return
            yield row

    return each


def _emitted(scheme):
    """The scheme's own rows, where nobody has written out who sends what; some of them, if they never end."""

    def each(*, key, worker):
        sent = scheme.emit(key, np.full(scheme.workers, 10**4 if scheme.rateless else UNLIMITED))
        rows = sent.rows.mappings() if sent.rows.values is not None else list(map(sent.rows.row, range(len(sent.rows))))
        yield from (
            rows[i] if isinstance(rows[i], dict) else rows[i].tolist() for i in np.flatnonzero(sent.worker == worker)
        )

    return each


def _terms_of(rows):
    """Each term of each row by itself."""

    def each(*, key, worker):
        for row in rows(key=key, worker=worker):
            yield from ([c] for c in row)

    return each
