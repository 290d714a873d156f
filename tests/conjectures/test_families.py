"""Domains beside those of the sum-recovery code: rows with weights, a user's rows, any scheme's receptions.

What is enumerated is counted against brute force, and the smallest counterexample is that of brute force.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import combinations, permutations, product
from random import Random

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from srtheory.conjectures import hunt as hunting
from srtheory.conjectures import small, strategies
from srtheory.conjectures.case import Case, covered, from_lists, from_rows, from_vectors, rank, spans
from srtheory.conjectures.domains import (
    families,
    family,
    integers,
    receptions,
    residues,
    rows,
    sent,
)
from srtheory.conjectures.evidence import explain_span
from srtheory.conjectures.hunt import summary
from srtheory.conjectures.levels import Reach
from srtheory.conjectures.registry import conjecture, shipped
from srtheory.conjectures.render import as_text
from srtheory.errors import ArgumentError
from srtheory.rows import from_dense
from srtheory.schemes import ENTRIES, make, named
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.by_worker import ByWorker
from srtheory.span.oracles import checker, finite, rational

hunt = partial(hunting.hunt, budget=hunting.FOREVER)


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


# --------------------------------------------------------------------------------------------------- rows with weights


@st.composite
def matrices(draw, largest=3):
    m = draw(st.integers(1, 6))
    row = st.lists(st.integers(-largest, largest), min_size=m, max_size=m).filter(any)
    return m, draw(st.lists(row, max_size=7))


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


# ------------------------------------------------------------------------------------------------------ a user's rows


def windows(symbols, window):
    """Consecutive symbols around the circle."""
    for first in range(symbols):
        yield [(first + i) % symbols for i in range(window)]


def stars(symbols):
    """No relabelling but those that keep symbol 0 sends these to each other."""
    yield from ([0, j] for j in range(1, symbols))


def turns(symbols):
    """The turn by one place."""
    yield [(j + 1) % symbols for j in range(symbols)]


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


def test_hands_are_enumerated_up_to_the_widest(monkeypatch):
    monkeypatch.setattr(sent, "WIDEST", 2)
    levels = list(receptions("sr", degree=1).levels(Reach(3)))
    assert [(level.size["symbols"], level.size["rows"]) for level in levels if level.cases is None] == [(3, 0)]


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


# ------------------------------------------------------------------------------------------------------------- shipped


# ---------------------------------------------------------------------------------------------------- planted mistakes


@pytest.mark.quality
def test_sizes_of_blocks_that_are_forgotten_are_noticed(monkeypatch):
    proper = sent.block_sequences
    monkeypatch.setattr(sent, "block_sequences", lambda stages, others: set(sorted(proper(stages, others))[1:]))
    with pytest.raises(AssertionError):
        test_hands_are_those_that_the_scheme_sends("sr-sizes", {}, {"sizes": "1:0.5,2:0.5"})


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
