"""The shipped conjectures: each hunt gives what is on record, and what is on record stands without the hunt."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.conjectures.case import complete_worker, covered, from_lists, from_vectors, spans
from srtheory.conjectures.domains import Counts
from srtheory.conjectures.hunt import FOREVER, hunt, summary
from srtheory.conjectures.registry import shipped
from srtheory.conjectures.shipped.laws import replaced_coverage
from srtheory.matrix import from_dense, from_sets
from srtheory.span import checker, oracles
from srtheory.theory.startup import block_ends
from tests.conjectures import tallies
from tests.conjectures.tallies import LONG

SMALL_CASES = Path(__file__).parents[2] / "data" / "small_cases"


@cache
def on_record():
    return {result["conjecture"]: result for result in json.loads((SMALL_CASES / "hunts.json").read_text("utf-8"))}


FALSE = [name for name, one in shipped().items() if one.known.startswith("False")]
TRUE = [name for name in shipped() if name not in FALSE]


def test_every_conjecture_is_on_record():
    assert list(on_record()) == list(shipped())
    for name, result in on_record().items():
        one = shipped()[name]
        assert result["found"] == (name in FALSE)
        assert (result["statement"], result["known"]) == (one.statement, one.known)
        if result["found"]:
            assert result["smallest"]


def told(found):
    return json.loads(json.dumps(summary(found)))


@pytest.mark.parametrize(
    "name",
    [pytest.param(its, marks=[pytest.mark.attack] * (its == "bound-5-holds")) for its in FALSE if its not in LONG],
)
def test_hunts_give_what_is_on_record(name):
    assert told(hunt(shipped()[name], budget=FOREVER)) == on_record()[name]


@pytest.mark.quality
@pytest.mark.parametrize("name", LONG)
def test_long_hunts_give_what_is_on_record_and_other_tallies_would_be_seen(name):
    """Every tenth size and the last come out again; the numbers of cases follow from what is on record of all sizes."""
    record = tallies.recorded()[name]
    assert tallies.comes_out_again(name, record)
    result = told(tallies.again(name, len(record))[0])
    result["searched"] |= tallies.totals(record)
    assert result == on_record()[name]

    sizes = list(record)
    for i, number in product((20, len(sizes) // 10 * 10, -1), range(3)):
        other = list(record[sizes[i]])
        other[number] += 1
        assert not tallies.comes_out_again(name, record | {sizes[i]: tuple(other)})
    assert not tallies.comes_out_again(name, {(0, *size) if size == sizes[5] else size: record[size] for size in sizes})
    less = tallies.totals(record | {sizes[5]: (0, 0, 0)})
    assert all(less[count] <= result["searched"][count] for count in less)
    assert less["classes"] < result["searched"]["classes"]


TRIANGLE, STAR = [[0, 1], [0, 2], [1, 2]], [[0, 1], [0, 2], [0, 3]]
ANSWERS = [
    *(("more-rows-never-hurt", *its) for its in ((2, [[0], [1], [0]], True), (2, [[0]], True))),
    *(("degree-two-graph-criterion", *its) for its in ((3, TRIANGLE, True), (4, STAR, True), (2, [[0], [1]], True))),
    *(("covered-implies-spans", *its) for its in ((2, [[0], [1]], True), (2, [[0]], None), (3, STAR[:2], False))),
]


@pytest.mark.parametrize(("name", "m", "sets", "answer"), ANSWERS)
def test_answers_by_hand(name, m, sets, answer):
    assert shipped()[name].predicate(from_lists(m, sets)) is answer


BALANCED = [(1, 1, 0), (1, 0, 1), (0, 1, -1)]


@pytest.mark.parametrize(
    ("vectors", "answer"),
    [
        (BALANCED, False),
        ([(1, 1, 0), (1, 0, 1), (0, 1, 1)], True),
        ([(1, 1, 0), (1, 0, 1)], None),
        ([(1, 1, 0), (0, 0, 1)], None),
        ([(1, 1, 0), (1, 0, 0), (0, 1, 0)], None),
        ([(1, 1, 0), (1, 0, -1), (0, 0, 1)], True),
    ],
)
def test_signed_odd_cycles_by_hand(vectors, answer):
    """A triangle, balanced or not, no odd cycle, a symbol apart, and a loop."""
    assert shipped()["signed-odd-cycle-spans"].predicate(from_vectors(vectors, 3)) is answer


@pytest.mark.parametrize(
    ("name", "vectors", "answer"),
    [
        ("cyclic-gradient-spans", [(1, 1, 0), (0, 0, 1)], True),
        ("cyclic-gradient-spans", [(1, 1, 0), (0, 1, 1)], False),
        ("cyclic-gradient-spans", [(1, 1, 1)], None),
        ("cyclic-gradient-spans-gf3", [(4, -2, 0), (0, 0, 1)], True),
        ("cyclic-gradient-spans-gf3", [(3, 3, 0), (0, 0, 1)], False),
        ("cyclic-gradient-spans-gf3", [(1, 1, 1)], None),
    ],
)
def test_workers_of_gradient_codes_by_hand(name, vectors, answer):
    """One straggler of three workers: two rows have to span, one need not."""
    case = replace(from_vectors(vectors, 3), parameters=(("stragglers", 1),))
    assert shipped()[name].predicate(case) is answer


ALIKE, LATIN = ((0, 1), (0, 1)), ((0, 1), (1, 0))


MOST = {"more-rows-never-hurt": 3}


@pytest.mark.parametrize("name", TRUE)
def test_no_small_counterexample_to_what_is_true(name):
    found = hunt(shipped()[name], max_symbols=MOST.get(name, 4), budget=FOREVER)
    assert found.counterexample is None
    assert found.searched.whole == [*range(1, MOST.get(name, 4) + 1)]
    assert found.searched.vacuous < found.searched.classes


@pytest.mark.parametrize("name", [name for name in FALSE if on_record()[name]["counterexample"]["rows"] is not None])
def test_certificates_on_record(name):
    """Verified by the checker, and the verdicts by SymPy and galois."""
    case = on_record()[name]["counterexample"]
    weights = case.get("weights") or [[1] * len(row) for row in case["rows"]]
    matrix = [dict(zip(row, of, strict=True)) for row, of in zip(case["rows"], weights, strict=True)]
    rows = from_dense([[row.get(j, 0) for j in range(case["symbols"])] for row in matrix])
    for over in case["spans"]:
        certificate = checker.read(json.dumps(over["certificate"]))
        assert checker.fault(certificate, case["symbols"], matrix) is None
        assert (certificate.kind == "spans") == over["spans"]
        field = over["field"]
        assert (oracles.spans(rows, field=field), oracles.rank(rows, field=field)) == (over["spans"], over["rank"])


@pytest.mark.parametrize("name", ["unique-solution", "unique-solution-distinct-rows"])
def test_second_solution(name):
    """v and v + u both solve G^T v = 1."""
    case = on_record()[name]["counterexample"]
    certificate = checker.read(json.dumps(case["spans"][0]["certificate"]))
    rows = from_sets(case["symbols"], case["rows"]).dense()
    v, u = certificate.combination, case["relation"]
    assert any(u)
    assert (v @ rows == certificate.denominator).all()
    assert (
        [a + certificate.denominator * b for a, b in zip(v, u, strict=True)] @ rows == certificate.denominator
    ).all()


def by_degree():
    with (SMALL_CASES / "by_degree.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["sets"]]


def test_smallest_by_degree_fit_their_formulas():
    """m = max(5, d + 2) for coverage without span, d + 2 for early and max(6, d + 2) for late exceptions."""
    formulas = {
        "sr-covered-implies-spans": lambda d: (max(5, d + 2), 4),
        "spanning-needs-m-rows-unless-complete": lambda d: (d + 2, 3),
        "covering-m-rows-span": lambda d: (max(6, d + 2),) * 2,
    }
    for name, formula in formulas.items():
        found = {int(r["degree"]): (int(r["symbols"]), int(r["rows"])) for r in by_degree() if r["conjecture"] == name}
        assert found == {d: formula(d) for d in range(2, 7)}


@pytest.mark.parametrize("record", by_degree(), ids=lambda r: f"{r['conjecture']}-{r['degree']}")
def test_smallest_by_degree_are_counterexamples(record):
    """Each fails its statement, and is something that a code of that degree sends."""
    m, d = int(record["symbols"]), int(record["degree"])
    case = from_lists(m, json.loads(record["sets"]), json.loads(record["workers"]), d)
    assert shipped()[record["conjecture"]](case) is False
    ends = block_ends(m, d).tolist()
    for worker in set(case.workers):
        rows = [mask for mask, sender in zip(case.masks, case.workers, strict=True) if sender == worker]
        assert rows[0] == 1 << worker
        assert [row.bit_count() for row in rows[1:]] == [b - a for a, b in pairwise(ends[: len(rows)])]
        assert sum(rows).bit_count() == sum(row.bit_count() for row in rows)


@pytest.mark.parametrize("d", range(2, 12))
def test_covered_without_span_for_every_degree(d):
    """The construction of docs/proofs/small_cases.md: three silent symbols a, b, c, and d - 3 more in both blocks."""
    m = max(5, d + 2)
    more = list(range(5, m))
    own = [[1], [0]] if d >= 3 else [[], []]
    case = from_lists(m, [[0], [2, 3, *own[0], *more], [1], [2, 4, *own[1], *more]], [0, 0, 1, 1], d)
    assert {len(row) for row in case.sets} == {1, d}
    assert covered(case)
    assert not complete_worker(case)
    assert not spans(case)


# ---------------------------------------------------------------- coverage with replacement, by enumeration


@given(st.integers(1, 4), st.data())
def test_replaced_coverage_by_enumeration(m, data):
    """Every way to draw every block afresh, counted."""
    d = data.draw(st.integers(1, max(1, m - 1)))
    most = min(3, len(block_ends(m, d)))
    vector = tuple(data.draw(st.lists(st.integers(0, most), min_size=m, max_size=m).filter(lambda v: sum(v) <= 6)))
    choices = []
    for worker, n in enumerate(vector):
        others = [j for j in range(m) if j != worker]
        choices += [list(combinations(others, min(d, m - 1)))] * max(n - 1, 0)
    own = {worker for worker, n in enumerate(vector) if n}
    every = [own.union(*blocks) == set(range(m)) for blocks in product(*choices)]
    assert replaced_coverage(Counts(m, d, vector)) == Fraction(sum(every), len(every))
