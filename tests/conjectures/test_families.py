"""Domains beside those of the sum-recovery code: rows with weights, a user's rows, any scheme's receptions.

What is enumerated is counted against brute force, and the smallest counterexample is that of brute force.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, combinations_with_replacement, permutations, product
from random import Random

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from srtheory.conjectures import hunt as hunting
from srtheory.conjectures import relabel, small, strategies
from srtheory.conjectures.case import Case, covered, from_lists, from_reception, from_rows, from_vectors, rank, spans
from srtheory.conjectures.domains import (
    families,
    family,
    integers,
    receptions,
    repeated_rows,
    residues,
    rows,
    sent,
    signs,
)
from srtheory.conjectures.evidence import explain_span
from srtheory.conjectures.hunt import summary
from srtheory.conjectures.levels import Reach
from srtheory.conjectures.registry import conjecture, shipped
from srtheory.conjectures.render import as_text
from srtheory.conjectures.shipped import weighted as shipped_weighted
from srtheory.errors import ArgumentError
from srtheory.rows import from_dense
from srtheory.schemes import ENTRIES, make, named
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.by_worker import ByWorker
from srtheory.span.oracles import checker, finite, rational
from tests import weighted

hunt = partial(hunting.hunt, budget=hunting.FOREVER)
FIELDS = ("Q", "GF(2)", "GF(3)", "GF(5)", "GF(2147483647)")


def stated(predicate, domain, **more):
    return conjecture("A statement.", domain, name="stated", **more)(predicate)


def covers_and_spans(case):
    return spans(case) if covered(case) else None


def counts(domain, symbols, degree=None):
    """Cases of each size, as enumerated."""
    found = Counter()
    for level in domain.levels(Reach(symbols, degree)):
        for _, orbit in level.cases:
            found[tuple(level.size.items())] += orbit
    return found


def classes(domain, symbols):
    return [case for level in domain.levels(Reach(symbols)) for case, _ in level.cases]


def smallest(cases, key, predicate):
    """The least key of all cases that fail."""
    return min((key(case) for case in cases if predicate(case) is False), default=None)


def line_of(row, p=0):
    """The multiple of a row that stands for it."""
    first = next(weight for weight in row if weight)
    if p:
        return tuple(weight * pow(first, -1, p) % p for weight in row)
    shared = int(np.gcd.reduce(row)) * (1 if first > 0 else -1)
    return tuple(weight // shared for weight in row)


# --------------------------------------------------------------------------------------------------- rows with weights


@st.composite
def matrices(draw, largest=3):
    m = draw(st.integers(1, 6))
    row = st.lists(st.integers(-largest, largest), min_size=m, max_size=m).filter(any)
    return m, draw(st.lists(row, max_size=7))


@given(st.one_of(matrices(), matrices(2**31)), st.sampled_from(FIELDS))
@settings(deadline=None)
def test_rank_and_span_agree_with_flint(matrix, field):
    m, vectors = matrix
    case, p = from_vectors(vectors, m), 0 if field == "Q" else int(field[3:-1])
    assert rank(case, field) == weighted.rank(vectors, p)
    assert spans(case, field) == (weighted.rank([*vectors, [1] * m], p) == weighted.rank(vectors, p))


def test_minors_of_the_largest_rows_that_are_taken_fit():
    """Hadamard matrices: determinant n^(n/2); the next order goes to the engine."""
    two = np.array([[1, 1], [1, -1]])
    eight = np.kron(np.kron(two, two), two)
    assert small.minors_fit(8, 8, 1)
    assert [n for n in range(1, 30) if small.minors_fit(n, n, 1)] == list(range(1, 16))
    case = from_vectors(eight.tolist(), 8)
    assert (rank(case), spans(case), rank(case, "GF(2)")) == (8, True, 1)


@given(matrices())
def test_a_case_keeps_its_weights(matrix):
    m, vectors = matrix
    case = from_vectors(vectors, m)
    assert case.vectors == vectors == case.rows.dense().tolist()
    assert from_rows(case.rows) == case
    assert case.sets == [[j for j, weight in enumerate(row) if weight] for row in vectors]
    assert (case.weights is None) == all(weight in (0, 1) for row in vectors for weight in row)
    assert ("weights" in case.as_json()) == (case.weights is not None)


def test_rows_of_weight_1_are_the_case_that_they_were():
    assert from_vectors([[1, 0, 1]], 3) == from_lists(3, [[0, 2]])
    assert from_vectors([[1, 0, 1]], 3).as_json() == {"symbols": 3, "degree": None, "rows": [[0, 2]], "workers": None}


WEIGHED = [
    (signs(), True, 0),
    (signs(), False, 0),
    (residues("GF(3)"), False, 3),
    (residues("GF(3)"), True, 3),
    (integers(-2, 2), False, 0),
]


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize(("weights", "multiples", "p"), WEIGHED, ids=str)
def test_weighted_rows_by_brute_force(weights, multiples, p, repeats):
    """Numbers of sets and of multisets, with all of their rows written down."""
    domain = (repeated_rows if repeats else rows)(weights=weights, multiples=multiples)
    choose = combinations_with_replacement if repeats else combinations
    found = counts(domain, 2)
    for m in (1, 2):
        kinds = {row for row in product((0, *weights.values), repeat=m) if any(row)}
        kinds = kinds if multiples else {line_of(row, p) for row in kinds}
        for n in range((2 * m + 2 if repeats else len(kinds)) + 1):
            assert found[("symbols", m), ("rows", n)] == sum(1 for _ in choose(kinds, n))


@pytest.mark.parametrize(
    ("domain", "m", "n"), [(rows(2, weights=signs(), multiples=False), 4, 3), (rows(weights=signs()), 3, 2)]
)
def test_classes_of_weighted_rows_by_brute_force(domain, m, n):
    """Orbits under all relabellings, those of rows up to sign with the rows turned round again."""
    turned = line_of if "of multiples one" in domain.says else (lambda row: row)
    degree = 2 if "at most 2" in domain.says else m
    kinds = {turned(row) for row in product((0, 1, -1), repeat=m) if 0 < sum(map(abs, row)) <= degree}
    orbits, seen = Counter(), set()
    for chosen in combinations(sorted(kinds), n):
        if frozenset(chosen) not in seen:
            orbit = {
                frozenset(turned(tuple(row[j] for j in move)) for row in chosen) for move in permutations(range(m))
            }
            seen |= orbit
            orbits[len(orbit)] += 1
    level = next(level for level in domain.levels(Reach(m)) if level.size == {"symbols": m, "rows": n})
    assert Counter(orbit for _, orbit in level.cases) == orbits


def test_the_smallest_signed_counterexample_is_that_of_brute_force():
    """Of all sets of signed rows on up to three symbols; the ranks are FLINT's."""

    def fails(case):
        ones = [[1] * case.symbols]
        return not covered(case) or weighted.rank(case.vectors + ones) == weighted.rank(case.vectors)

    domain = rows(weights=signs())
    kinds = {m: [row for row in product((0, 1, -1), repeat=m) if any(row)] for m in (1, 2, 3)}
    every = (from_vectors(chosen, m) for m in kinds for n in range(4) for chosen in combinations(kinds[m], n))
    found = hunt(stated(covers_and_spans, domain))
    assert domain.key(found.counterexample) == smallest(every, domain.key, fails) == (2, 1, 2)
    assert found.smallest


def test_a_counterexample_with_weights_is_told_and_certified():
    """Printed, as JSON, and with certificates that the checker verifies over each field of the conjecture."""
    found = hunt(stated(covers_and_spans, rows(weights=residues("GF(3)")), field=("Q", "GF(3)")))
    assert "            {1, 2}   1 2\n" in as_text(found)
    case = summary(found)["counterexample"]
    assert (case["rows"], case["weights"]) == ([[0, 1]], [[1, 2]])
    for over, oracle, given_field in zip(case["spans"], (rational, finite), ({}, {"field": "GF(3)"}), strict=True):
        import json

        certificate = checker.read(json.dumps(over["certificate"]))
        assert checker.fault(certificate, 2, [{0: 1, 1: 2}]) is None
        assert over["spans"] == oracle.spans(from_dense([[1, 2]]), **given_field)
        assert checker.fault(certificate, 2, [{0: 1, 1: 1}]) is not None  # the same without the weight
    assert [over["field"] for over in case["spans"]] == ["Q", "GF(3)"]


def test_weights_in_words():
    says = [str(w) for w in (signs(), integers(-2, 2), integers(1, 4), residues("GF(5)"), rows(weights=[3, -1]).says)]
    assert says[:4] == ["-1, 1", "integers from -2 to 2", "integers from 1 to 4", "residues modulo 5"]
    assert says[4] == "sets of rows with weights -1, 3, none empty, none repeated"


@pytest.mark.parametrize(
    ("make_it", "says"),
    [
        (lambda: rows(weights=[0, 1]), "'weights' must be .* other than 0, not '0'"),
        (lambda: rows(weights=[]), "'weights' .* not '0 numbers'"),
        (lambda: rows(weights=[1.5]), "'weights'"),
        (lambda: rows(weights=3), "'weights'"),
        (lambda: rows(weights=["1"]), "'weights'"),
        (lambda: rows(weights=[True]), "'weights'"),
        (lambda: rows(weights=[2**40]), "'weights'"),
        (lambda: residues("GF(4)"), "'field' must be GF\\(p\\) with a prime p"),
        (lambda: residues("Q"), "'field'"),
        (lambda: residues("GF(103)"), "'field'"),
        (lambda: integers(3, 2), "'high'"),
        (lambda: integers(0, 0), "'weights'"),
        (lambda: integers(-60, 60), "'high'"),
        (lambda: conjecture("A.", rows(), field="GF(6)"), "'field'"),
        (lambda: strategies.weighted_rows(weights=[0]), "'weights'"),
    ],
)
def test_bad_weights(make_it, says):
    with pytest.raises(ArgumentError, match=says) as caught:
        make_it()
    assert "\n" not in str(caught.value)


@given(strategies.weighted_rows(weights=residues("GF(5)"), max_symbols=6, max_degree=3, distinct=True, multiples=False))
def test_drawn_rows_keep_their_limits(drawn):
    dense = [tuple(row) for row in drawn.dense().tolist()]
    assert drawn.columns <= 6
    assert len(set(dense)) == len(dense)
    for row in dense:
        assert 1 <= sum(map(bool, row)) <= 3
        assert line_of(row, 5) == row


def test_drawn_rows_shrink_to_the_smallest():
    drawn = find(
        strategies.weighted_rows(weights=signs(), max_symbols=5),
        lambda drawn: covered(from_rows(drawn)) and not spans(from_rows(drawn)),
        settings=settings(database=None, deadline=None, max_examples=3000),
        random=Random(1),
    )
    assert drawn.dense().tolist() == [[1, -1]]


# ------------------------------------------------------------------------------------------------------ a user's rows


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


SHORT = {"window": lambda symbols: range(1, symbols)}
FAMILIES = [
    (windows, SHORT, False),
    (windows, SHORT, True),
    (signed_windows, SHORT, False),
    (stars, {}, False),
]


def by_hand(generator, sizes, repeats, symbols):
    """All cases, without any symmetry."""
    choose = combinations_with_replacement if repeats else combinations
    for m in range(1, symbols + 1):
        for values in product(*(size(m) for size in sizes.values())):
            size = dict(zip(sizes, values, strict=True))
            given = [row if isinstance(row, dict) else dict.fromkeys(row, 1) for row in generator(m, **size)]
            kinds = dict.fromkeys(tuple(row.get(j, 0) for j in range(m)) for row in given)
            for n in range((2 * m + 2 if repeats else len(kinds)) + 1) if kinds else ():
                for chosen in choose(kinds, n):
                    yield replace(from_vectors(chosen, m), parameters=tuple(size.items()))


def test_a_set_that_is_drawn_has_no_row_twice():
    domain = family(windows, **SHORT)

    @given(domain.strategy(Reach(4)))
    def drawn(case):
        assert len(set(case.masks)) == len(case.masks)

    drawn()


@pytest.mark.parametrize(("generator", "sizes", "repeats"), FAMILIES)
@pytest.mark.parametrize("order", [None, "sizes first"])
def test_a_family_by_brute_force(generator, sizes, repeats, order):
    """Numbers of cases of each size; sizes in order; and the smallest counterexamples of three statements."""
    first = None if order is None else ("symbols", *sizes, "rows")
    domain, most = family(generator, order=first, repeats=repeats, **sizes), 4
    cases = list(by_hand(generator, sizes, repeats, most))
    sized = Counter((case.symbols, len(case.masks), *dict(case.parameters).values()) for case in cases)
    found = {tuple(dict(size)[k] for k in ("symbols", "rows", *sizes)): n for size, n in counts(domain, most).items()}
    assert found == sized
    visited = [tuple(level.size.values()) for level in domain.levels(Reach(most))]
    assert visited == sorted(visited)
    for predicate in (covers_and_spans, lambda case: rank(case) == len(case.masks), lambda case: case.ones < 7):
        least = smallest(cases, domain.key, predicate)
        got = hunt(stated(predicate, domain), max_symbols=most)
        assert (got.counterexample is None) == (least is None)
        if least is not None:
            assert got.smallest
            assert domain.key(got.counterexample) == least


def test_only_relabellings_that_keep_the_rows_are_symmetries():
    """Of the windows around a circle those are the turns and the mirror images."""
    assert [
        len(
            relabel.kept(
                [tuple(int(j in w) for j in range(m)) for w in windows(m, 2)], relabel.relabellings(m, "columns", m)
            )
        )
        for m in (4, 5, 6)
    ] == [8, 10, 12]


def turns(symbols):
    """The turn by one place."""
    yield [(j + 1) % symbols for j in range(symbols)]


@pytest.mark.parametrize("symmetry", ["columns", None, turns])
def test_whatever_the_symmetry_the_same_cases(symmetry):
    """Fewer symmetries, more classes, as many cases."""
    domain = family(windows, symmetry=symmetry, **SHORT)
    assert counts(domain, 5) == counts(family(windows, symmetry=None, **SHORT), 5)
    assert len(classes(domain, 5)) == {"columns": 55, None: 196, turns: 61}[symmetry]


def pairs(symbols):
    """Neighbours around the circle."""
    return windows(symbols, 2) if symbols > 1 else ()


def test_a_family_beyond_enumeration(monkeypatch):
    """Where there are too many classes to enumerate, Hypothesis draws; nothing is said to be smallest."""
    monkeypatch.setattr("srtheory.conjectures.levels.LARGEST_LEVEL", 200)
    predicate = stated(lambda case: case.symbols < 9 or len(case.masks) < 2, family(pairs, repeats=True, symmetry=None))
    found = hunt(predicate, max_symbols=12, seed=1)
    assert (found.counterexample.symbols, len(found.counterexample.masks)) == (9, 2)
    assert not found.smallest
    assert found.searched.gaps


def test_a_family_that_begins_beyond_enumeration():
    """There is nothing below what was found: that ends the search."""
    late = family(lambda symbols: pairs(symbols) if symbols > 8 else (), repeats=True, symmetry=None)
    found = hunt(stated(lambda case: len(case.masks) < 2, late), max_symbols=12)
    assert (found.counterexample.symbols, found.searched.stopped_by) == (9, "found")


def test_a_generator_without_end_is_cut_off():
    """Its first rows are drawn from; no size is complete."""

    def endless(symbols):
        yield from ({0: weight} for weight in range(1, 10**9))

    found = hunt(stated(lambda case: len(case.masks) < 2, family(endless)), max_symbols=2)
    assert (found.counterexample.symbols, found.smallest) == (1, False)
    assert [size["rows"] for size in found.searched.gaps] == [0, 0]


def whole(symbols):
    """Cases, each of them whole: all prefixes of a chain, as Rows."""
    for n in range(symbols):
        yield from_lists(symbols, [[i, i + 1] for i in range(n)]).rows


def test_cases_that_are_yielded_whole():
    """Each is looked at, the shortest first."""
    asked = []
    found = hunt(
        stated(lambda case: asked.append((case.symbols, len(case.masks))) or len(case.masks) < 4, family(whole))
    )
    assert asked == [(m, n) for m in range(1, 6) for n in range(m)]
    assert found.smallest


def received(symbols):
    scheme = make("uncoded", symbols)
    from srtheory.reception import receive

    for late in range(symbols):
        startups = np.array([0.0 if j <= late else 9.0 for j in range(symbols)])
        yield receive(scheme, startups, 1.0, 0, 1.0)


def test_receptions_that_are_yielded_whole():
    found = hunt(stated(lambda case: not spans(case) or case.symbols < 3, family(received)))
    assert found.counterexample.workers == (0, 1, 2)


def multiples(number):
    """So many rows of the first symbol."""
    return lambda symbols: ({0: weight} for weight in range(1, number + 1))


def drawn(domain, reach, examples=30):
    """All cases that are drawn."""
    found = set()

    @settings(database=None, derandomize=True, max_examples=examples, deadline=None)
    @given(domain.strategy(reach))
    def draw(case):
        found.add(case)

    draw()
    return found


def test_all_sets_of_a_family_are_drawn_each_up_to_2m_and_2_rows():
    every = drawn(family(multiples(3)), Reach(1))
    assert {frozenset(row for (row,) in case.vectors) for case in every} == {
        frozenset(chosen) for n in range(4) for chosen in combinations((1, 2, 3), n)
    }
    assert {len(case.masks) for case in drawn(family(multiples(9)), Reach(1))} == set(range(5))
    assert {len(case.masks) for case in drawn(family(multiples(1), repeats=True), Reach(1))} == set(range(5))
    assert {case.symbols for case in drawn(family(multiples(1)), Reach(3))} == {1, 2, 3}
    assert {case.symbols for case in drawn(family(whole), Reach(3))} == {1, 2, 3}


@pytest.mark.parametrize(("number", "complete"), [(3, True), (4, False)])
def test_rows_of_a_family_are_enumerated_up_to_the_most_and_no_further(number, complete, monkeypatch):
    """The first ones are drawn from, nevertheless."""
    monkeypatch.setattr(families, "MOST_ROWS", 3)
    domain = family(multiples(number))
    [*levels] = domain.levels(Reach(1))
    assert [level.cases is None for level in levels] == ([False] * 4 if complete else [True])
    assert {row for case in drawn(domain, Reach(1)) for (row,) in case.vectors} == {1, 2, 3}


@pytest.mark.parametrize(("number", "complete"), [(4, True), (5, False)])
def test_whole_cases_are_looked_at_up_to_the_largest_level_and_no_further(number, complete, monkeypatch):
    monkeypatch.setattr("srtheory.conjectures.levels.LARGEST_LEVEL", 4)
    domain = family(lambda symbols: [from_vectors([[weight]], 1) for weight in range(1, number + 1)])
    [level] = domain.levels(Reach(1))
    assert (level.cases is not None) is complete
    assert level.size == {"symbols": 1, "rows": int(complete)}


def test_whole_cases_come_by_rows_and_then_ones():
    def mixed(symbols):
        kinds = ([[0, 1, 2]], [[0], [1]], [[0, 1]], [[1]], [[0], [0]], [[2]]) if symbols == 3 else ()
        yield from (from_lists(3, sets) for sets in kinds)

    found = [case for level in family(mixed).levels(Reach(3)) for case, _ in level.cases]
    assert [case.sets for case in found] == [[[1]], [[2]], [[0, 1]], [[0, 1, 2]], [[0], [1]], [[0], [0]]]


@pytest.mark.parametrize(("number", "times"), [(512, 2), (513, 3)])
def test_the_clock_is_looked_at_every_256_rows(number, times):
    looks = []
    family(multiples(number)).strategy(Reach(1, None, lambda: looks.append(1)))
    assert len(looks) == times


@pytest.mark.parametrize("weight", [2**31, -(2**31)])
def test_weights_of_a_family_are_as_large_as_they_may_be(weight):
    def one(symbols):
        return [{0: weight + given_more}]

    given_more = 0
    assert [case.vectors for level in family(one).levels(Reach(1)) for case, _ in level.cases] == [[], [[weight]]]
    given_more = 1 if weight > 0 else -1
    with pytest.raises(ArgumentError, match="integers other than 0, at most 2"):
        list(family(one).levels(Reach(1)))


def test_whole_cases_have_the_weights_that_are_stated():
    def weighted_cases(symbols):
        yield from_vectors([[1, 2], [2, last]], 2)

    last = 1
    domain = family(weighted_cases, weights=residues("GF(3)"))
    with pytest.raises(ArgumentError, match=r"whose cases have 1 symbols .*, not 'one of 2'"):
        list(domain.levels(Reach(1)))
    even = family(lambda symbols: weighted_cases(symbols) if symbols == 2 else (), weights=residues("GF(3)"))
    assert [case.vectors for level in even.levels(Reach(2)) for case, _ in level.cases] == [[[1, 2], [2, 1]]]
    last = 3
    even = family(lambda symbols: weighted_cases(symbols) if symbols == 2 else (), weights=residues("GF(3)"))
    with pytest.raises(ArgumentError, match=r"whose weights are residues modulo 3 .*at symbols 2.*not "):
        list(even.levels(Reach(2)))


def test_families_in_words():
    assert family(pairs).says == "cases of pairs()"
    assert family(pairs, repeats=True).says == "multisets of rows of pairs()"
    assert family(pairs, says="Mine.").says == "Mine."
    assert family(pairs).order == "symbols, rows, ones"
    assert (family(pairs).has_degree, family(windows, degree=2).has_degree) == (False, True)


def raises(symbols):
    yield [0]
    raise ZeroDivisionError


BAD = [
    (lambda symbols: [[symbols]], "symbols from 0 to 0 .*, at symbols 1"),
    (lambda symbols: [[0, 0]], "names no symbol twice"),
    (lambda symbols: [[]], "rows are not empty"),
    (lambda symbols: [{}], "rows are not empty"),
    (lambda symbols: [{0: 0}], "integers other than 0, at most 2\\^31 .* not 0"),
    (lambda symbols: [{0: 1.5}], "integers other than 0"),
    (lambda symbols: [{0: 2**70}], "integers other than 0"),
    (lambda symbols: [["a"]], "whole symbol numbers"),
    (lambda symbols: ["abc"], "rows are symbols, or mappings"),
    (lambda symbols: [3], "rows are symbols, or mappings"),
    (lambda symbols: 3, "gives rows one after the other .* not 'int'"),
    (lambda symbols: "rows", "gives rows one after the other"),
    (lambda symbols: [], "one that yields rows: there are none up to m = 8"),
    (lambda symbols: [[0], Case(symbols, ())], "rows or whole cases"),
    (lambda symbols: [{0: True}], "integers other than 0"),
    (lambda symbols: [Case(symbols + 1, ())], "whose cases have 1 symbols .* not 'one of 2'"),
    (lambda symbols: [Case(1, ())], "whose cases have 2 symbols .* not 'one of 1'"),
    (raises, "does not raise .*, at symbols 1.*ZeroDivisionError"),
    (lambda: [[0]], "does not raise .*TypeError"),
]


@pytest.mark.parametrize(("generator", "says"), BAD)
def test_bad_generators(generator, says):
    with pytest.raises(ArgumentError, match=f"'generator' must be .*{says}") as caught:
        hunt(stated(covers_and_spans, family(generator)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("weight", [0, 3, -1, 1.0, True])
def test_weights_that_are_no_residues(weight):
    with pytest.raises(ArgumentError, match=f"weights are residues modulo 3 .* not {weight}"):
        hunt(stated(covers_and_spans, family(lambda symbols: [{0: weight}], weights=residues("GF(3)"))))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"generator": 3}, "generator"),
        ({"symmetry": "rows"}, "symmetry"),
        ({"symmetry": lambda symbols: [[0, 0]]}, "symmetry"),
        ({"symmetry": lambda symbols: 3}, "symmetry"),
        ({"order": ("rows", "symbols")}, "order"),
        ({"order": ("symbols", "rows", "window")}, "order"),
        ({"rows": 3}, "rows"),
        ({"symbols": 0}, "symbols"),
        ({"weights": [0]}, "weights"),
    ],
)
def test_bad_families(arguments, name):
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        family(**{"generator": stars, **arguments})


@pytest.mark.parametrize("window", ["x", 1.5, None, ["a"], lambda symbols: 1 / 0, range(10**6)])
def test_bad_sizes(window):
    with pytest.raises(ArgumentError, match=r"'window' must be .*integer"):
        hunt(stated(covers_and_spans, family(windows, window=window)))


# ---------------------------------------------------------------------------------------- any scheme's receptions


def hands(domain, m, worker, size):
    """Sets of rows that a worker can have sent, as enumerated: of all cases in which nobody else has sent anything."""
    found = set()
    for level in domain.levels(Reach(m)):
        wanted = {"symbols": m, **size}
        if 0 < level.size["rows"] <= m and all(level.size[name] == value for name, value in wanted.items()):
            for case, _ in level.cases:
                if len(set(case.workers)) == 1:
                    for move in permutations(range(m)):
                        if move[case.workers[0]] == worker:
                            found.add(frozenset(frozenset(move[j] for j in row) for row in case.sets))
    return found


SCHEMES = [
    ("sr", {"degree": 2}, {}),
    ("sr", {"degree": 2, "access": 3}, {}),
    ("sr", {"degree": 1, "access": 3}, {}),
    ("sr", {"degree": 2, "access": 2}, {}),
    ("sr-sizes", {}, {"sizes": "2/1"}),
    ("sr-sizes", {}, {"sizes": "1:0.5,2:0.5"}),
    ("sr-sizes", {}, {"sizes": "1:0.3,3:0.7/1/2"}),
]


@pytest.mark.parametrize(("name", "size", "more"), SCHEMES)
def test_hands_are_those_that_the_scheme_sends(name, size, more):
    """Of one worker in many runs: each beginning of what it sends is enumerated, and nothing else."""
    m, worker, sent_in_some_run = 4, 2, set()
    scheme, budget = make(name, m, **size, **more), np.array([0, 0, UNLIMITED, 0])
    for key in range(300):
        stream = [frozenset(row) for row in scheme.emit(key, budget).rows.mappings()]
        sent_in_some_run |= {frozenset(stream[: k + 1]) for k in range(len(stream))}
    assert hands(receptions(name, **size, **more), m, worker, size) == sent_in_some_run


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_receptions_of_the_code_are_those_that_were(degree):
    """Class by class, from two enumerations."""
    new, old = (domain.levels(Reach(5, degree)) for domain in (receptions("sr"), receptions()))
    for ours, theirs in zip(new, old, strict=True):
        assert ours.size == theirs.size
        assert Counter((case.ones, n) for case, n in ours.cases) == Counter((case.ones, n) for case, n in theirs.cases)


@pytest.mark.parametrize("name", sorted(sent.FIXED))
def test_streams_by_brute_force(name):
    """Every beginning of every worker's rows beside every other's."""
    domain, expected = receptions(name), Counter()
    given = [option for option in ("degree", "stragglers") if option in named(name).options]
    for m in range(1, 5):
        for value in (range(m) if given == ["stragglers"] else range(1, max(1, m - 1) + 1)) if given else (None,):
            size = dict.fromkeys(given, value)
            scheme = make(name, m, **size)
            emitted = scheme.emit(1, np.full(scheme.workers, UNLIMITED))
            lengths = np.bincount(emitted.worker, minlength=scheme.workers).tolist()
            for vector in product(*(range(n + 1) for n in lengths)):
                expected[(("symbols", m), ("rows", sum(vector)), *size.items())] += 1
    assert counts(domain, 4) == expected
    assert all(case.symbols for case in classes(domain, 4))


def test_every_scheme_is_a_domain():
    """Enumerated where that can be, and drawn otherwise."""
    more = {"sr-sizes": {"sizes": "2/1"}, "repairable": {"degree": 2}}
    for name in ENTRIES:
        domain = receptions(name, **more.get(name, {}))
        levels = [level for level in domain.levels(Reach(3)) if level.size["symbols"] == 3]
        known = name in {*sent.FIXED, "sr", "sr-sizes"}
        assert any(level.cases is not None for level in levels) == known, name
        case = find(
            domain.strategy(Reach(4)),
            lambda case: len(case.masks) > 0,
            settings=settings(database=None, max_examples=50, phases=[Phase.generate]),
            random=Random(1),
        )
        assert len(case.workers) == len(case.masks) >= 1


@dataclass(frozen=True)
class Alternating(ByWorker):
    """Worker j sends f_j, and then windows of the others."""

    window: int = 2

    def sends(self, worker, key):
        yield [worker]
        others = [(worker + i) % self.symbols for i in range(1, self.symbols)]
        for first in range(0, len(others), self.window):
            yield others[first : first + self.window]


@dataclass(frozen=True)
class Restless(Alternating):
    """Another order in each run."""

    def sends(self, worker, key):
        yield from ([int(j)] for j in self.generator(worker, key).permutation(self.symbols))


def test_a_scheme_of_ones_own(monkeypatch):
    """A class, with an option that is a size; the turns around the circle are its symmetries."""
    monkeypatch.setattr(hunting, "EXAMPLES", 100)
    domain = receptions(Alternating, fixed=True, window=[1, 2, 3])
    found = hunt(stated(covers_and_spans, domain))
    assert found.smallest
    assert found.counterexample["window"] in (1, 2, 3)
    assert {size["window"] for size in found.searched.levels} == {1, 2, 3}
    drawn = hunt(stated(lambda case: rank(case) == len(case.masks), receptions(Alternating, window=3)), max_symbols=5)
    assert (drawn.counterexample.symbols, drawn.smallest) == (2, False)


@dataclass(frozen=True)
class Uneven(ByWorker):
    """As many rows of each worker as stated, all alike, the first worker's and the last one's exchanged in one run."""

    key: int = -1
    numbers: str = "2,3,1"
    flag: bool = True

    def sends(self, worker, key):
        numbers = [int(n) for n in self.numbers.split(",")]
        if key == self.key:
            numbers.reverse()
        yield from [list(range(self.symbols))] * (numbers[worker] if self.symbols == len(numbers) else 0)


def test_levels_end_with_all_rows_of_all_workers():
    """Two, three and one; a scheme of another size sends nothing, which is not enumerated."""
    levels = list(receptions(Uneven, fixed=True).levels(Reach(3)))
    assert [level.size for level in levels] == [{"symbols": m, "rows": 0} for m in (1, 2)] + [
        {"symbols": 3, "rows": n} for n in range(7)
    ]
    assert [level.cases is None for level in levels] == [True] * 2 + [False] * 7
    assert [sum(orbit for _, orbit in level.cases) for level in levels[2:]] == [1, 3, 5, 6, 5, 3, 1]


@pytest.mark.parametrize("numbers", ["2,3,1", "1,3,2"])
@pytest.mark.parametrize("key", [1, 2, 3, 4])
def test_another_sender_in_any_of_five_runs_is_seen(key, numbers):
    """The rows are the same, their senders are not."""
    domain = receptions(Uneven, fixed=True, key=key, numbers=numbers)
    with pytest.raises(ArgumentError, match="the rows of Uneven depend on the run's key"):
        list(domain.levels(Reach(3)))


def test_options_that_are_no_sizes_are_told():
    domain = receptions(Uneven, fixed=True, flag=False, numbers="1,1")
    assert domain.says == "receptions of Uneven, flag False, numbers 1,1: the first few rows of each worker"
    assert (domain.order, domain.has_degree) == ("symbols, rows, ones", False)
    assert receptions("sr").has_degree
    with pytest.raises(ArgumentError, match="'scheme' must be one that has some sizes, not 'Alternating'"):
        receptions(Alternating, window=[])


def test_a_degree_beyond_those_that_are_stated_is_not_tried():
    assert list(receptions("sr", degree=[1, 2]).levels(Reach(4, 3))) == []
    assert {level.size["degree"] for level in receptions("sr", degree=[1, 2]).levels(Reach(2, 2))} == {2}


@pytest.mark.parametrize(("name", "more"), [("sr", {"degree": 2}), ("sr-sizes", {"sizes": "2/1"})])
def test_rows_are_in_the_order_in_which_they_are_sent(name, more):
    """Each worker sends its own symbol, two others and then one. Of a size those with the fewest ones come first."""
    for level in receptions(name, **more).levels(Reach(4)):
        cases = [case for case, _ in level.cases]
        assert [case.ones for case in cases] == sorted(case.ones for case in cases)
        for case in cases if level.size["symbols"] == 4 else ():
            for worker in set(case.workers):
                sent_by = [row for row, sender in zip(case.sets, case.workers, strict=True) if sender == worker]
                assert sent_by[0] == [worker]
                assert [len(row) for row in sent_by[1:]] == [2, 1][: len(sent_by) - 1]


def test_blocks_of_one_size_ascend():
    last = list(receptions("sr", degree=1).levels(Reach(3)))[-1]
    assert [case.sets for case, _ in last.cases] == [[[0], [1], [2], [1], [0], [2], [2], [0], [1]]]


def test_hands_are_enumerated_up_to_the_widest(monkeypatch):
    monkeypatch.setattr(sent, "WIDEST", 2)
    levels = list(receptions("sr", degree=1).levels(Reach(3)))
    assert [(level.size["symbols"], level.size["rows"]) for level in levels if level.cases is None] == [(3, 0)]


def test_all_sizes_of_a_scheme_are_drawn():
    assert {case.symbols for case in drawn(receptions("uncoded"), Reach(3), 20)} == {1, 2, 3}


def test_weights_of_a_scheme_that_are_not_stated_are_refused():
    domain = receptions(Signed, fixed=True, weights=[1])
    with pytest.raises(ArgumentError, match="'weights' must be 1, in the rows of Signed, not -4"):
        [list(level.cases) for level in domain.levels(Reach(3))]


@dataclass(frozen=True)
class Signed(ByWorker):
    """All workers send the same row."""

    def sends(self, worker, key):
        yield dict(enumerate([1, 5, -4] if self.symbols == 3 else [1] * self.symbols))


@pytest.mark.parametrize(
    ("make_it", "says"),
    [
        (lambda: receptions("nonsense"), "nonsense"),
        (lambda: receptions("sr", stragglers=1), "stragglers"),
        (lambda: receptions("sr", degree=0), "degree"),
        (lambda: receptions("sr-sizes"), "sizes"),
        (lambda: receptions("sr-sizes", sizes="x"), "sizes"),
        (lambda: receptions(access=3), "access"),
        (lambda: receptions(fixed=True), "fixed"),
        (lambda: receptions(int), "a scheme's class"),
        (lambda: receptions(3), "scheme"),
        (lambda: receptions(Alternating, wide=3), "can be built"),
        (
            lambda: hunt(stated(covers_and_spans, receptions(Restless, fixed=True))),
            "'fixed' must be False: the rows of",
        ),
        (lambda: strategies.scheme_receptions("sr"), "degree"),
    ],
)
def test_bad_schemes(make_it, says):
    with pytest.raises(ArgumentError, match=says) as caught:
        make_it()
    assert "\n" not in str(caught.value)


@given(strategies.scheme_receptions("gradient-cyclic", max_symbols=6, stragglers=1))
@settings(deadline=None)
def test_drawn_receptions_are_prefixes_of_a_run(reception):
    sent_by = Counter(reception.worker.tolist())
    assert max(sent_by.values(), default=1) == 1
    assert all(sum(map(bool, row)) == 2 for row in from_reception(reception).vectors) or reception.rows.columns <= 2


# ------------------------------------------------------------------------------------------------------------- shipped


def test_the_odd_cycle_of_0_1_rows():
    """What fails for signs holds for 0/1 rows, as far as enumerated."""
    unsigned = stated(shipped_weighted.signed_odd_cycle_spans.predicate, rows(2))
    searched = hunt(unsigned, max_symbols=5).searched
    assert searched.whole == [1, 2, 3, 4, 5]
    assert searched.vacuous < searched.classes


def test_the_smallest_signed_odd_cycle_is_that_of_brute_force():
    """Every set of rows on at most three symbols, without any symmetry."""
    one = shipped()["signed-odd-cycle-spans"]
    lines = {
        m: sorted({line_of(r) for r in product((0, 1, -1), repeat=m) if 0 < sum(map(abs, r)) < 3}) for m in (1, 2, 3)
    }
    every = (from_vectors(chosen, m) for m in lines for n in range(5) for chosen in combinations(lines[m], n))
    found = hunt(one)
    assert one.domain.key(found.counterexample) == smallest(every, one.domain.key, one) == (3, 3, 6)


# ---------------------------------------------------------------------------------------------------- planted mistakes


@pytest.mark.quality
def test_a_wrong_criterion_is_found():
    """Signs of edges taken the wrong way round: 1 1 has the kernel vector (1, -1), and not (1, 1)."""

    def wrong(case):
        turned = [
            tuple(-w if i == 1 and sum(map(bool, row)) == 2 else w for i, w in enumerate([w for w in row if w]))
            for row in case.vectors
        ]
        return shipped_weighted._spans_signed(replace(case, weights=tuple(turned))) == spans(case)

    found = hunt(stated(wrong, shipped_weighted.SIGNED))
    assert (found.counterexample.symbols, len(found.counterexample.masks), found.smallest) == (2, 1, True)


@pytest.mark.quality
def test_rank_without_weights_is_found():
    """A rank that looks at supports alone."""
    found = hunt(stated(lambda case: rank(replace(case, weights=None)) == rank(case), rows(weights=signs())))
    assert (found.counterexample.symbols, len(found.counterexample.masks)) == (1, 2) or found.smallest


@pytest.mark.quality
def test_a_missing_relabelling_of_a_family_is_noticed(monkeypatch):
    proper = relabel.kept
    monkeypatch.setattr(families, "kept", lambda vectors, group: proper(vectors, group)[:-1])
    domain = family(windows, **SHORT)
    expected = Counter((case.symbols, len(case.masks), case["window"]) for case in by_hand(windows, SHORT, False, 4))
    assert {tuple(dict(k).values()): n for k, n in counts(domain, 4).items()} != expected


@pytest.mark.quality
def test_a_relabelling_that_is_none_of_the_family_is_noticed(monkeypatch):
    """Rows sent to rows at random: the numbers of cases no longer come out."""
    proper = relabel.kept

    def wrong(vectors, group):
        found = proper(vectors, group).copy()
        if found.shape[1] > 2:
            found[-1] = found[-1][np.roll(np.arange(found.shape[1]), 1)]
            found[0, [0, 1]] = found[0, [1, 0]]
        return found

    monkeypatch.setattr(families, "kept", wrong)
    expected = Counter((case.symbols, len(case.masks), case["window"]) for case in by_hand(windows, SHORT, False, 4))
    assert {tuple(dict(k).values()): n for k, n in counts(family(windows, **SHORT), 4).items()} != expected


@pytest.mark.quality
def test_sizes_of_blocks_that_are_forgotten_are_noticed(monkeypatch):
    proper = sent.block_sequences
    monkeypatch.setattr(sent, "block_sequences", lambda stages, others: set(sorted(proper(stages, others))[1:]))
    with pytest.raises(AssertionError):
        test_hands_are_those_that_the_scheme_sends("sr-sizes", {}, {"sizes": "1:0.5,2:0.5"})


@pytest.mark.quality
def test_a_case_that_is_skipped_is_noticed(monkeypatch):
    """An enumeration that leaves out the last class of each size."""
    proper = families.sets_of_size
    monkeypatch.setattr(families, "sets_of_size", lambda *arguments: iter(list(proper(*arguments))[:-1]))
    with pytest.raises(AssertionError):
        test_a_family_by_brute_force(windows, SHORT, False, None)


@pytest.mark.quality
def test_a_certificate_of_other_weights_is_refused(monkeypatch):
    """Evidence whose rows have lost their signs does not pass the checker."""
    from srtheory.conjectures import evidence

    proper = evidence.span_certificate
    monkeypatch.setattr(
        evidence,
        "span_certificate",
        lambda rows, field: proper(from_dense(np.abs(rows.dense())), field=field),
    )
    case = shipped()["signed-odd-cycle-spans"]
    with pytest.raises(RuntimeError, match="certificate is not valid"):
        explain_span("Q")(hunt(case).counterexample)
