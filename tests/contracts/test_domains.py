"""What a domain enumerates is exactly what brute force lists, in order; what it draws is in it.

Cases are listed without any symmetry: all sets, or multisets, of all rows.  The smallest counterexample that a hunt
finds is the smallest of that list.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import combinations, combinations_with_replacement, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.conjectures import enumerate as relabel
from srtheory.conjectures import families
from srtheory.conjectures import hunt as hunting
from srtheory.conjectures.case import covered, from_vectors, rank, spans, without_row
from srtheory.conjectures.domains import elements, family, integers, repeated_rows, residues, rows, signs
from srtheory.conjectures.enumerate import Reach
from srtheory.conjectures.registry import conjecture
from tests.oracle.fields import FIELDS


def windows(symbols, window):
    """Consecutive symbols around the circle."""
    for first in range(symbols):
        yield [(first + i) % symbols for i in range(window)]


def signed_windows(symbols, window):
    for first in range(symbols):
        for last in (1, -1):
            yield {(first + i) % symbols: 1 if i < window - 1 else last for i in range(window)}


def stars(symbols):
    """No relabelling but those that keep symbol 0 sends these to each other."""
    yield from ([0, j] for j in range(1, symbols))


def turns(symbols):
    """The turn by one place."""
    yield [(j + 1) % symbols for j in range(symbols)]


def leads(row, field):
    """Whether a row stands for its multiples: over Q in lowest terms and positive at first, else with 1 first."""
    first = next(weight for weight in row if weight)
    return first == 1 if field.p else first > 0 and np.gcd.reduce(row) == 1


def all_rows(weights, most=None, field=None):
    """All rows of these weights, none empty; with a field those that stand for their multiples."""

    def kinds(m):
        every = [row for row in product((0, *weights), repeat=m) if 0 < sum(map(bool, row)) <= (most or m)]
        return [row for row in every if field is None or leads(row, FIELDS[field])]

    return kinds


def of_family(generator, **size):
    def kinds(m):
        given = [row if isinstance(row, dict) else dict.fromkeys(row, 1) for row in generator(m, **size)]
        return [*dict.fromkeys(tuple(row.get(j, 0) for j in range(m)) for row in given)]

    return kinds


@dataclass
class Listed:
    """A domain up to so many symbols, and its rows of m symbols for each value of its other sizes."""

    domain: object
    most: int
    kinds: object
    repeats: bool = False
    sizes: object = lambda m: [{}]

    def cases(self):
        choose = combinations_with_replacement if self.repeats else combinations
        for m in range(1, self.most + 1):
            for size in self.sizes(m):
                kinds = self.kinds(m, **size)
                for n in range((2 * m + 2 if self.repeats else len(kinds)) + 1) if kinds else ():
                    for chosen in choose(kinds, n):
                        yield replace(from_vectors(chosen, m), parameters=tuple(size.items()))


def windowed(generator, **options):
    return Listed(
        family(generator, window=lambda symbols: range(1, symbols), **options),
        4,
        lambda m, window: of_family(generator, window=window)(m),
        options.get("repeats", False),
        lambda m: [{"window": w} for w in range(1, m)],
    )


DOMAINS = {
    "0/1": Listed(rows(), 3, all_rows([1])),
    "0/1, repeated": Listed(repeated_rows(), 2, all_rows([1]), True),
    "0/1, two ones at most": Listed(rows(2), 4, all_rows([1], 2)),
    "signs": Listed(rows(weights=signs()), 2, all_rows([1, -1])),
    "signs, repeated": Listed(repeated_rows(weights=signs()), 2, all_rows([1, -1]), True),
    "signs, no multiples": Listed(rows(2, weights=signs(), multiples=False), 3, all_rows([1, -1], 2, "Q")),
    "integers": Listed(rows(weights=integers(-2, 2), multiples=False), 2, all_rows([-2, -1, 1, 2], None, "Q")),
    "residues": Listed(rows(weights=residues("GF(3)")), 2, all_rows([1, 2])),
    "residues, no multiples": Listed(
        rows(weights=residues("GF(3)"), multiples=False), 2, all_rows([1, 2], None, "GF(3)")
    ),
    "elements": Listed(rows(weights=elements("GF(4)"), multiples=False), 2, all_rows([1, 2, 3], None, "GF(4)")),
    "windows": windowed(windows),
    "windows, sizes first": windowed(windows, order=("symbols", "window", "rows")),
    "windows, repeated": windowed(windows, repeats=True),
    "windows, no symmetry": windowed(windows, symmetry=None),
    "windows, turns": windowed(windows, symmetry=turns),
    "signed windows": windowed(signed_windows),
    "stars": Listed(family(stars), 4, of_family(stars)),
}
"""Elements and residues of one row differ by a factor; of each domain the rest is brute force."""


def same(case):
    return case.symbols, case.parameters, tuple(sorted(case.vectors, key=str)) if case.masks else ()


def hashable(case):
    symbols, parameters, vectors = same(case)
    return symbols, parameters, tuple(map(tuple, vectors))


def size_of(case):
    return case.symbols, len(case.masks), *dict(case.parameters).values()


def mistakes(its):
    """What an enumeration gets wrong, in words."""
    listed = list(its.cases())
    known, found, seen = set(map(hashable, listed)), Counter(), set()
    levels = list(its.domain.levels(Reach(its.most)))
    sizes = [tuple(level.size.values()) for level in levels]
    if sizes != sorted(set(sizes)):
        yield "levels out of order"
    for level in levels:
        cases = list(level.cases)
        keys = [its.domain.key(case) for case, _ in cases]
        if keys != sorted(keys):
            yield f"cases out of order at {level.size}"
        for case, orbit in cases:
            found[size_of(case)] += orbit
            if hashable(case) not in known:
                yield f"{case} is none"
            if hashable(case) in seen:
                yield f"{case} twice"
            seen.add(hashable(case))
    if found != Counter(map(size_of, listed)):
        yield "other numbers of cases"


@pytest.mark.parametrize("name", DOMAINS)
def test_what_is_enumerated_is_what_brute_force_lists(name):
    assert list(mistakes(DOMAINS[name])) == []


@pytest.mark.share(2)
@pytest.mark.parametrize("name", DOMAINS)
def test_what_is_drawn_is_among_what_brute_force_lists(name):
    its = DOMAINS[name]

    @settings(max_examples=40)
    @given(its.domain.strategy(Reach(its.most)))
    def among_them(case):
        assert case.symbols <= its.most
        assert set(map(tuple, case.vectors)) <= set(its.kinds(case.symbols, **dict(case.parameters)))
        assert its.repeats or len(set(map(tuple, case.vectors))) == len(case.masks)

    among_them()


SENT = st.tuples(st.integers(0, 4), st.tuples(*[st.integers(-1, 2)] * 3))


@given(st.lists(SENT, min_size=1, max_size=6), st.data())
def test_a_case_without_a_row_is_that_of_the_others(sent, data):
    i = data.draw(st.integers(0, len(sent) - 1))
    others = sent[:i] + sent[i + 1 :]
    whole, left = (from_vectors([row for _, row in its], 3, [j for j, _ in its]) for its in (sent, others))
    gone = without_row(whole, i)
    assert (gone.vectors, gone.workers) == (left.vectors, left.workers)


PREDICATES = {
    "covers and spans": lambda case: spans(case) if covered(case) else None,
    "independent": lambda case: rank(case) == len(case.masks),
    "few ones": lambda case: case.ones < 4,
}


@pytest.mark.parametrize("predicate", PREDICATES.values(), ids=PREDICATES)
@pytest.mark.parametrize("name", DOMAINS)
def test_the_smallest_counterexample_is_that_of_brute_force(name, predicate, monkeypatch):
    monkeypatch.setattr(hunting, "EXAMPLES", 10)
    its = DOMAINS[name]
    field = {"residues": "GF(3)", "elements": "GF(4)"}.get(name.split(",")[0])
    stated = conjecture("A statement.", its.domain, name="stated", **({"field": field} if field else {}))(predicate)
    if field and "ones" not in predicate.__code__.co_names:
        return  # whether they span is asked over Q
    found = hunting.hunt(stated, max_symbols=its.most, budget=hunting.FOREVER)
    least = min((its.domain.key(case) for case in its.cases() if predicate(case) is False), default=None)
    assert (found.counterexample is None) == (least is None)
    if least is not None:
        assert found.smallest
        assert its.domain.key(found.counterexample) == least
        again = hunting.hunt(stated, max_symbols=its.most, budget=hunting.FOREVER)
        assert hunting.summary(again) == hunting.summary(found)


def without_one(vectors, group):
    return RIGHT["kept"](vectors, group)[:-1]


def none_of_the_family(vectors, group):
    found = RIGHT["kept"](vectors, group).copy()
    if found.shape[1] > 2:
        found[-1] = found[-1][np.roll(np.arange(found.shape[1]), 1)]
        found[0, [0, 1]] = found[0, [1, 0]]
    return found


RIGHT = {"kept": relabel.kept, "fewest_ones_first": relabel.fewest_ones_first}
PLANTED = {
    "a missing relabelling": ("kept", without_one),
    "a relabelling that is none": ("kept", none_of_the_family),
    "the last class of each size": ("fewest_ones_first", lambda *given: list(RIGHT["fewest_ones_first"](*given))[:-1]),
}


@pytest.mark.quality
@pytest.mark.parametrize(("name", "mistake"), PLANTED.values(), ids=PLANTED)
def test_planted_mistakes_are_seen(name, mistake, monkeypatch):
    monkeypatch.setattr(families if hasattr(families, name) else relabel, name, mistake)
    assert list(mistakes(DOMAINS["windows"]))
