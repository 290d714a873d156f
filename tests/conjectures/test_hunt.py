"""The hunt: smallest first, proved or not, the same every time, cut short without losing what it has."""

from __future__ import annotations

import json
import time

import pytest

from srtheory.conjectures import domains
from srtheory.conjectures.case import Case, covered
from srtheory.conjectures.domains import receptions, reduced_receptions, repeated_rows, rows
from srtheory.conjectures.hunt import hunt, summary
from srtheory.conjectures.registry import UndecidedError, conjecture
from srtheory.conjectures.render import as_text
from srtheory.errors import ArgumentError


def stated(predicate, domain=None, **more):
    return conjecture("A statement.", domain or rows(), name="stated", **more)(predicate)


def test_the_first_is_the_smallest():
    """Every case of the order before the counterexample has been asked about, none after it."""
    asked = []

    def few_ones(case):
        asked.append((case.symbols, len(case.masks), case.ones))
        return case.ones < 7

    found = hunt(stated(few_ones))
    assert found.smallest
    assert (found.counterexample.symbols, len(found.counterexample.masks), found.counterexample.ones) == (3, 3, 7)
    assert asked == sorted(asked)
    assert asked[-1] == (3, 3, 7)


def test_fewest_rows_before_fewest_symbols_does_not_count():
    """m = 4 would do with one row; m = 3 with two is smaller in the stated order."""
    found = hunt(stated(lambda case: not (case.symbols >= 4 or (case.symbols == 3 and len(case.masks) == 2))))
    assert (found.counterexample.symbols, len(found.counterexample.masks)) == (3, 2)


def test_no_rows_at_all_is_a_case():
    found = hunt(stated(lambda case: len(case.masks) > 0))
    assert found.counterexample == Case(1, ())
    assert found.smallest


def test_what_was_searched():
    found = hunt(stated(lambda case: not covered(case) or len(case.masks) < 3), max_symbols=4)
    searched = found.searched
    assert searched.whole == [1]
    assert searched.partial() == [{"symbols": 2, "rows": 2}]
    assert (searched.classes, searched.cases, searched.stopped_by) == (2 + 1 + 2 + 2 + 1, 2 + 1 + 3 + 3 + 1, "found")


def test_a_true_statement_is_searched_to_the_end():
    searched = hunt(stated(lambda case: True), max_symbols=3).searched
    assert searched.whole == [1, 2, 3]
    assert searched.cases == 2 + 2**3 + 2**7
    assert (searched.gaps, searched.stopped_by) == ([], "end")
    assert searched.examples == 0  # nothing is left to draw


def test_vacuous_cases_are_counted():
    searched = hunt(stated(lambda case: None, repeated_rows(1)), max_symbols=8).searched
    assert searched.examples > 0
    assert searched.vacuous == searched.classes + searched.examples


def test_a_failed_assertion_is_a_counterexample():
    def asserts(case):
        assert len(case.masks) < 2
        return True

    assert len(hunt(stated(asserts)).counterexample.masks) == 2


def test_undecided_cases_spoil_the_proof():
    def cannot_tell(case):
        if case.symbols == 2:
            raise UndecidedError
        return case.symbols < 3

    found = hunt(stated(cannot_tell))
    assert found.counterexample.symbols == 3
    assert not found.smallest
    assert found.searched.whole == [1]
    assert found.searched.gaps == [{"symbols": 2, "rows": n} for n in range(4)]


def test_a_gap_spoils_the_proof(monkeypatch):
    monkeypatch.setattr(domains, "LARGEST_LEVEL", 10)
    found = hunt(stated(lambda case: case.symbols < 5))
    assert found.counterexample.symbols == 5
    assert not found.smallest
    assert found.searched.whole == [1, 2, 3]
    assert found.searched.gaps == [{"symbols": 4, "rows": 3}]


def test_degree_confines_the_search():
    found = hunt(stated(lambda case: len(case.masks) < 3, receptions()), degree=3)
    assert found.counterexample.degree == 3
    with pytest.raises(ArgumentError, match="degree"):
        hunt(stated(lambda case: True), degree=3)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"max_symbols": 0}, "max_symbols"),
        ({"budget": 0}, "budget"),
        ({"seed": -1}, "seed"),
        ({"budget": "x"}, "budget"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        hunt(stated(lambda case: True), **arguments)


def test_a_predicate_that_raises_is_bad_input():
    with pytest.raises(ArgumentError, match=r"ZeroDivisionError.*'rows': \[\]"):
        hunt(stated(lambda case: 1 // len(case.masks)))


def test_a_predicate_that_changes_its_mind_is_bad_input():
    asked = set()

    def capricious(case):
        known = case in asked
        asked.add(case)
        return case.symbols < 9 or known

    with pytest.raises(ArgumentError, match="answers alike"):
        hunt(stated(capricious, repeated_rows(1)), max_symbols=12)


# ------------------------------------------------------------------------------------- beyond enumeration


def far(case):
    """Fails only beyond the reach of enumeration."""
    return not (case.symbols >= 9 and len(case.masks) >= 2)


def test_hypothesis_goes_on_where_enumeration_ends():
    found = hunt(stated(far, repeated_rows(1)), max_symbols=12)
    assert (found.counterexample.symbols, len(found.counterexample.masks)) == (9, 2)
    assert not found.smallest
    assert found.searched.examples > 0
    assert found.searched.stopped_by == "found"


def test_the_same_seed_gives_the_same_hunt():
    results = [summary(hunt(stated(far, reduced_receptions()), max_symbols=9, degree=8, seed=3)) for _ in range(2)]
    assert results[0] == results[1]
    assert results[0]["found"]


# ------------------------------------------------------------------------------------------- cut short


def test_the_budget_is_kept():
    start = time.monotonic()
    found = hunt(stated(lambda case: True, receptions()), budget=1.5)
    assert time.monotonic() - start < 4
    assert found.searched.stopped_by == "budget"
    assert found.searched.whole
    assert found.searched.examples > 0


def test_a_slow_predicate_does_not_hold_the_budget():
    def slow(case):
        time.sleep(0.02)
        return True

    start = time.monotonic()
    searched = hunt(stated(slow), budget=0.5).searched
    assert time.monotonic() - start < 2
    assert 3 < searched.classes + searched.examples < 40


@pytest.mark.parametrize("interrupted_at", [30, 60])
def test_an_interrupt_keeps_what_was_found(interrupted_at):
    """In enumeration (35 classes), and in the search beyond."""
    asked = 0

    def predicate(case):
        nonlocal asked
        asked += 1
        if asked == interrupted_at:
            raise KeyboardInterrupt
        return case.symbols < 9

    found = hunt(stated(predicate, rows(1)), max_symbols=12)
    assert found.searched.stopped_by == "interrupt"
    assert as_text(found).endswith("known       open")
    assert "until the interrupt" in as_text(found)
    if interrupted_at == 30:
        assert found.counterexample is None
        assert found.searched.classes == 30


def test_an_interrupt_while_shrinking_keeps_the_counterexample():
    failures = 0

    def predicate(case):
        nonlocal failures
        failures += case.symbols >= 9
        if failures == 3:
            raise KeyboardInterrupt
        return case.symbols < 9

    found = hunt(stated(predicate, rows(1)), max_symbols=12)
    assert found.searched.stopped_by == "interrupt"
    assert found.counterexample.symbols >= 9


# ------------------------------------------------------------------------------------------------ results


def test_summary_is_json():
    found = hunt(stated(lambda case: len(case.masks) < 2, receptions()))
    result = json.loads(json.dumps(summary(found), allow_nan=False))
    assert {"conjecture", "found", "counterexample", "smallest", "searched"} <= set(result)
    assert {"symbols", "degree", "rows", "workers"} <= set(result["counterexample"])
    assert result["counterexample"]["rows"] == [[0], [1]]
    assert result["counterexample"]["workers"] == [0, 1]


def test_text_counts_from_one():
    found = hunt(stated(lambda case: len(case.masks) < 2, receptions()))
    text = as_text(found)
    assert "  worker 1  {1}   1 0\n  worker 2  {2}   0 1" in text
    assert "m = 2 symbols, degree d = 1, 2 rows" in text


@pytest.mark.quality
def test_a_level_out_of_order_is_noticed(monkeypatch):
    """If rows were enumerated by the number of rows downwards, the first find would not be the smallest."""
    proper = domains._row_levels

    def backwards(reach, *arguments, **options):
        return reversed(list(proper(domains.Reach(min(3, reach.symbols)), *arguments, **options)))

    monkeypatch.setattr(domains, "_row_levels", backwards)
    found = hunt(stated(lambda case: case.ones < 7))
    assert len(found.counterexample.masks) > 4
