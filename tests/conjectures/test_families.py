"""Domains beside those of the sum-recovery code: rows with weights, a user's rows, any scheme's receptions.

What is enumerated is counted against brute force, and the smallest counterexample is that of brute force.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import permutations, product
from math import factorial
from random import Random

import numpy as np
import pytest
from hypothesis import Phase, find, settings

from srtheory.conjectures import case as evidence
from srtheory.conjectures import domains, families, strategies
from srtheory.conjectures import enumerate as relabel
from srtheory.conjectures import hunt as hunting
from srtheory.conjectures.case import Case, covered, explain_span, from_lists, from_vectors, rank, spans
from srtheory.conjectures.domains import elements, family, receptions, residues, rows
from srtheory.conjectures.enumerate import Reach, relabellings
from srtheory.conjectures.hunt import as_text, summary
from srtheory.conjectures.registry import conjecture, shipped
from srtheory.errors import ArgumentError
from srtheory.matrix import Rows, from_dense
from srtheory.reception import Reception
from srtheory.schemes import ENTRIES, make, named
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.own import ByWorker
from srtheory.span import checker, oracles
from tests.decoders.receptions import reception_of

hunt = partial(hunting.hunt, budget=hunting.FOREVER)


def stated(predicate, domain, **more):
    return conjecture("A statement.", domain, name="stated", **more)(predicate)


def covers_and_spans(case):
    return spans(case) if covered(case) else None


def test_a_counterexample_with_weights_is_told_and_certified():
    """Printed, as JSON, and with certificates that the checker verifies over each field of the conjecture."""
    found = hunt(stated(covers_and_spans, rows(weights=residues("GF(3)")), field=("Q", "GF(3)")))
    assert "            {1, 2}   1 2\n" in as_text(found)
    case = summary(found)["counterexample"]
    assert (case["rows"], case["weights"]) == ([[0, 1]], [[1, 2]])
    for over in case["spans"]:
        certificate = checker.read(json.dumps(over["certificate"]))
        assert checker.fault(certificate, 2, [{0: 1, 1: 2}]) is None
        assert over["spans"] == oracles.spans(from_dense([[1, 2]]), field=over["field"])
        assert checker.fault(certificate, 2, [{0: 1, 1: 1}]) is not None  # the same without the weight
    assert [over["field"] for over in case["spans"]] == ["Q", "GF(3)"]


def windows(symbols, window):
    """Consecutive symbols around the circle."""
    for first in range(symbols):
        yield [(first + i) % symbols for i in range(window)]


def stars(symbols):
    """No relabelling but those that keep symbol 0 sends these to each other."""
    yield from ([0, j] for j in range(1, symbols))


def test_a_family_beyond_enumeration(monkeypatch):
    """Where there are too many classes to enumerate, Hypothesis draws; nothing is said to be smallest."""
    monkeypatch.setattr("srtheory.conjectures.enumerate.LARGEST_LEVEL", 200)
    predicate = stated(
        lambda case: case.symbols < 9 or len(case.masks) < 2,
        family(lambda m: windows(m, 2) if m > 1 else (), repeats=True, symmetry=None),
    )
    found = hunt(predicate, max_symbols=12, seed=1)
    assert (found.counterexample.symbols, len(found.counterexample.masks)) == (9, 2)
    assert not found.smallest
    assert found.searched.gaps


def test_rows_beyond_numbers_of_16_bits_are_left_to_hypothesis():
    last = list(domains.rows(weights=domains.integers(-16, 16)).levels(Reach(3)))[-1]
    assert (last.size, last.cases) == ({"symbols": 3, "rows": 0}, None)


def test_a_generator_without_end_is_cut_off():
    """Its first rows are drawn from; no size is complete."""

    def endless(symbols):
        yield from ({0: weight} for weight in range(1, 10**9))

    found = hunt(stated(lambda case: len(case.masks) < 2, family(endless)), max_symbols=2)
    assert (found.counterexample.symbols, found.smallest) == (1, False)
    assert [size["rows"] for size in found.searched.gaps] == [0, 0]


def whole(symbols, kind=Case):
    """Cases, each of them whole: all prefixes of a chain."""
    for n in range(symbols):
        sets = [[i, i + 1] for i in range(n)]
        case = from_lists(symbols, sets)
        yield {Case: case, Rows: case.rows, Reception: reception_of(symbols, sets, list(range(n)))}[kind]


@pytest.mark.parametrize("kind", [Case, Rows, Reception])
def test_cases_that_are_yielded_whole(kind):
    """Each is looked at, the shortest first."""
    asked = []

    def short(case):
        asked.append((case.symbols, len(case.masks)))
        assert case.workers == (tuple(range(len(case.masks))) if kind is Reception else None)
        return len(case.masks) < 4

    assert hunt(stated(short, family(partial(whole, kind=kind)))).smallest
    assert asked == [(m, n) for m in range(1, 6) for n in range(m)]


def raises(symbols):
    yield [0]
    raise ZeroDivisionError


BAD = [
    (lambda symbols: [[symbols]], "symbols from 0 to 0 .*, at symbols 1"),
    (lambda symbols: [[0, 0]], "names no symbol twice"),
    (lambda symbols: [[]], "rows are not empty"),
    (lambda symbols: [{0: 0}], "integers other than 0, at most 2\\^31 .* not 0"),
    (lambda symbols: [{0: 2**31 + 1}], "integers other than 0"),
    (lambda symbols: [{0: True}], "integers other than 0"),
    (lambda symbols: [["a"]], "whole symbol numbers"),
    (lambda symbols: [3], "rows are symbols, or mappings"),
    (lambda symbols: "rows", "gives rows one after the other"),
    (lambda symbols: [], "one that yields rows: there are none up to m = 8"),
    (lambda symbols: [[0], Case(symbols, ())], "rows or whole cases"),
    (lambda symbols: [Case(symbols + 1, ())], "whose cases have 1 symbols .* not 'one of 2'"),
    (raises, "does not raise .*, at symbols 1.*ZeroDivisionError"),
    (lambda: [[0]], "does not raise .*TypeError"),
]


@pytest.mark.parametrize(("generator", "says"), BAD)
def test_bad_generators(generator, says):
    with pytest.raises(ArgumentError, match=f"'generator' must be .*{says}") as caught:
        hunt(stated(covers_and_spans, family(generator)))
    assert "\n" not in str(caught.value)


def two(symbols):
    """A transposition and a turn: together they give every relabelling."""
    return [[1, 0, *range(2, symbols)], [*range(1, symbols), 0]]


def of_weights(weight, weights):
    return family(lambda m: [{0: weight}], weights=weights)


ORDERS = ["symbols", ("symbols", "rows"), ("window", "symbols", "rows"), ("symbols", "rows", "window", "x")]
SIZES = ["x", 1.5, None, lambda m: 1 / 0, range(10_001), 2**31 + 1, -(2**31) - 1]
SYMMETRIES = ["rows", lambda m: [[0, 0]], lambda m: [()], lambda m: 3]
REFUSED = [
    *((partial(of_weights, bad, residues("GF(3)")), f"residues modulo 3 .* not {bad}") for bad in (0, 3, True)),
    (lambda: of_weights(4, elements("GF(4)")), r"elements of GF\(4\)"),
    (lambda: family(lambda m: [from_vectors([[3] * m], m)], weights=residues("GF(3)")), "residues modulo 3"),
    (lambda: family(3), "'generator'"),
    *((partial(family, windows, window=bad), "'window' must be .*integer") for bad in SIZES),
    *((partial(family, stars, symmetry=bad), "'symmetry'") for bad in SYMMETRIES),
    *((partial(family, stars, order=bad, window=1), "'order' must be the names symbols") for bad in ORDERS),
    *(
        (partial(family, stars, **bad), f"'{next(iter(bad))}'")
        for bad in ({"rows": 3}, {"symbols": 0}, {"weights": [0]})
    ),
    (lambda: receptions("nonsense"), "nonsense"),
    (lambda: receptions(int), "a scheme's class"),
    (lambda: receptions(3), "scheme"),
    *((partial(receptions, **{name: 3}), name) for name in ("access", "fixed", "weights")),
    (lambda: receptions("sr", stragglers=1), "stragglers"),
    (lambda: receptions("gradient-cyclic", stragglers=8), "stragglers"),
    (lambda: receptions("sr", degree=0), "degree"),
    (lambda: receptions("sr-sizes", sizes="x"), "sizes"),
    (lambda: receptions(Alternating, wide=3), "can be built"),
    (lambda: receptions(Restless, fixed=True), "'fixed' must be False: the rows of"),
    (lambda: receptions(Signed, fixed=True, weights=[1]), "'weights' must be 1, in the rows of Signed, not -4"),
    (lambda: conjecture("A.", rows(), field="GF(6)"), "'field'"),
    (lambda: strategies.weighted_rows(weights=[0]), "'weights'"),
    (lambda: strategies.scheme_receptions("sr"), "degree"),
]


@pytest.mark.parametrize(("domain", "says"), REFUSED)
def test_bad_domains_are_refused_by_name_in_a_line(domain, says):
    with pytest.raises(ArgumentError, match=says) as caught:
        hunt(stated(covers_and_spans, domain()))
    assert "\n" not in str(caught.value)


def test_a_group_is_as_large_as_its_limit_and_no_larger(monkeypatch):
    monkeypatch.setattr(relabel, "MAX_GROUP_ORDER", factorial(4))
    assert sorted(relabellings(4, two, 1).tolist()) == relabellings(4, "columns", 1).tolist()
    with pytest.raises(ArgumentError, match=r"'symmetry' must be one of a group of at most 24 \(at m = 5\), not"):
        relabellings(5, two, 1)


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


@pytest.mark.parametrize("name", sorted(families.FIXED))
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
    found = Counter()
    for level in domain.levels(Reach(4)):
        for case, orbit in level.cases:
            found[tuple(level.size.items())] += orbit
            assert case.symbols
    assert found == expected


def test_every_scheme_is_a_domain():
    """Enumerated where that can be, and drawn otherwise."""
    more = {"sr-sizes": {"sizes": "2/1"}, "repairable": {"degree": 2}}
    for name in ENTRIES:
        domain = receptions(name, **more.get(name, {}))
        levels = [level for level in domain.levels(Reach(3)) if level.size["symbols"] == 3]
        known = name in {*families.FIXED, "sr", "sr-sizes"}
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
class Signed(ByWorker):
    """All workers send the same row."""

    def sends(self, worker, key):
        yield dict(enumerate([1, 5, -4] if self.symbols == 3 else [1] * self.symbols))


def enumerated(domain, symbols, degree=None):
    """The sizes of that many symbols that are enumerated."""
    found = domain.levels(Reach(symbols, degree))
    return [level.size for level in found if level.size["symbols"] == symbols and level.cases is not None]


def test_degrees_are_all_that_differ_or_the_one_that_is_asked_for():
    for domain in (receptions(), receptions("sr")):
        sizes = enumerated(domain, 4)
        assert sizes == sorted(sizes, key=lambda size: (size["rows"], size["degree"]))
        rows_of = {d: max(size["rows"] for size in sizes if size["degree"] == d) for d in (1, 2, 3)}
        assert rows_of == {1: 16, 2: 12, 3: 8}
        assert {size["degree"] for size in sizes} == {1, 2, 3}
        assert {size["degree"] for size in enumerated(domain, 4, 3)} == {3}
        assert {size["degree"] for size in enumerated(domain, 2, 5)} == {5}
    assert list(receptions("sr", degree=[1, 2]).levels(Reach(4, 3))) == []
    assert list(receptions("gradient-cyclic", stragglers=7).levels(Reach(7))) == []  # which need eight workers
    assert enumerated(receptions("gradient-cyclic", stragglers=7), 8)


@pytest.mark.quality
def test_sizes_of_blocks_that_are_forgotten_are_noticed(monkeypatch):
    proper = families.block_sequences
    monkeypatch.setattr(families, "block_sequences", lambda stages, others: set(sorted(proper(stages, others))[1:]))
    with pytest.raises(AssertionError):
        test_hands_are_those_that_the_scheme_sends("sr-sizes", {}, {"sizes": "1:0.5,2:0.5"})


@pytest.mark.quality
def test_a_certificate_of_other_weights_is_refused(monkeypatch):
    """Evidence whose rows have lost their signs does not pass the checker."""
    proper = evidence.span_certificate
    monkeypatch.setattr(
        evidence, "span_certificate", lambda rows, field: proper(from_dense(np.abs(rows.dense())), field=field)
    )
    case = shipped()["signed-odd-cycle-spans"]
    with pytest.raises(RuntimeError, match="certificate is not valid"):
        explain_span("Q")(hunt(case).counterexample)
