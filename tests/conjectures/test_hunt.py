"""The hunt: smallest first, proved or not, the same every time, cut short without losing what it has."""

from __future__ import annotations

import json
import signal
from contextlib import suppress
from functools import partial
from itertools import count
from threading import Thread
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import strategies as st

from srtheory.conjectures import domains, levels
from srtheory.conjectures import hunt as hunting
from srtheory.conjectures.asking import Asker
from srtheory.conjectures.case import Case, covered
from srtheory.conjectures.domains import receptions, reduced_receptions, repeated_rows, rows
from srtheory.conjectures.hunt import Searched, summary
from srtheory.conjectures.parameters import Shape
from srtheory.conjectures.registry import UndecidedError, conjecture
from srtheory.conjectures.render import as_text
from srtheory.errors import ArgumentError

hunt = partial(hunting.hunt, budget=hunting.FOREVER)


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


def test_what_was_searched():
    found = hunt(stated(lambda case: not covered(case) or len(case.masks) < 3), max_symbols=4)
    searched = found.searched
    assert searched.whole == [1]
    assert searched.partial() == [{"symbols": 2, "rows": 2}]
    assert (searched.classes, searched.cases, searched.stopped_by) == (2 + 1 + 2 + 2 + 1, 2 + 1 + 3 + 3 + 1, "found")


@pytest.fixture
def few_examples(monkeypatch):
    """As many drawn by Hypothesis as it takes: hunts beyond enumeration take their time for them."""
    monkeypatch.setattr(hunting, "EXAMPLES", 100)


@pytest.mark.usefixtures("few_examples")
def test_vacuous_cases_are_counted():
    searched = hunt(stated(lambda case: None, repeated_rows(1)), max_symbols=8).searched
    assert searched.examples > 0
    assert searched.vacuous == searched.classes + searched.examples
    assert (searched.vacuous_examples, searched.largest_example) == (searched.examples, 8)


def test_of_a_size_in_part_complete_the_most_rows_are_told():
    """For each of its other values, whether their names come before or after the rows."""
    sizes = [{"symbols": 2, "rows": n, "degree": d, "window": w} for d, w in ((1, 1), (2, 1), (1, 2)) for n in range(3)]
    searched = Searched(levels=[{**sizes[0], "symbols": 1}, *sizes], whole=[1])
    assert searched.partial() == [size for size in sizes if size["rows"] == 2]


def test_undecided_cases_of_the_last_size_spoil_the_proof():
    """The set of one row of one symbol comes after the one of two, which fails."""

    def unclear(case):
        if case.masks == (1,) and case.symbols == 2:
            raise UndecidedError
        return case.ones < 2

    found = hunt(stated(unclear))
    assert (found.counterexample, found.smallest, found.searched.gaps) == (Case(2, (3,)), False, [])


def test_a_search_says_where_it_is_and_counts_what_it_has_done(monkeypatch):
    monkeypatch.setattr(domains, "WIDEST", 3)
    monkeypatch.setattr(hunting, "EXAMPLES", 20)
    told = []
    one = stated(lambda case: True, rows(1))
    searched = hunt(one, max_symbols=4, watch=lambda what, done: told.append((what, done))).searched
    assert told[0] == ("symbols 1, rows 0", 0)
    done = {what: sum(number for at, number in told if at == what) for what, _ in told}
    assert done == {
        **{f"symbols {m}, rows {n}": 1 for m in range(1, 4) for n in range(m + 1)},
        "drawn by Hypothesis": searched.examples,
    }
    assert searched.examples > 0


@pytest.mark.usefixtures("few_examples")
def test_one_symbol_that_was_not_enumerated_is_drawn(monkeypatch):
    monkeypatch.setattr(levels, "LARGEST_LEVEL", 0)
    found = hunt(stated(lambda case: False), max_symbols=2)
    assert (found.counterexample, found.smallest, found.searched.stopped_by) == (Case(1, ()), False, "found")
    assert hunt(stated(lambda case: False), max_symbols=1).counterexample == Case(1, ())


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
    monkeypatch.setattr(levels, "LARGEST_LEVEL", 10)
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


@pytest.mark.parametrize(("processes", "says"), [(0, "from 1 to 1024"), (1025, "from 1 to 1024"), (1024, "left out")])
def test_processes_are_at_most_1024_and_need_a_name(processes, says):
    with pytest.raises(ArgumentError, match=f"'processes' must be .*{says}"):
        hunt(stated(lambda case: True), processes=processes)


def test_one_symbol_one_degree_and_the_least_seed_are_taken():
    searched = hunt(stated(lambda case: True, receptions()), max_symbols=1, degree=1, seed=0).searched
    assert searched.levels == [{"symbols": 1, "rows": n, "degree": 1} for n in (0, 1)]
    for name in ("degree", "max_symbols"):
        with pytest.raises(ArgumentError, match=f"'{name}' must be an integer of at least 1"):
            hunt(stated(lambda case: True, receptions()), **{name: 0})


class UntoldError(Exception):
    def __str__(self):
        raise SystemExit(1)


def raising(error):
    def predicate(case):
        raise error

    return predicate


def beyond(predicate):
    """The same where enumeration does not get, in the hands of Hypothesis."""
    return lambda case: case.symbols < 9 or predicate(case)


async def eventually(case):
    return True


def one_by_one(case):
    yield True


RAISE = [
    BaseException("x"),
    SystemExit(0),
    SystemExit(1),
    GeneratorExit(),
    BaseExceptionGroup("two", [GeneratorExit()]),
    UntoldError(),
]
NO_ANSWERS = [1, 0, 1.0, "", "no", [], (True,), np.array([True, False]), np.array(True), np.int64(1), Case]


@pytest.mark.parametrize("where", [lambda predicate: predicate, beyond])
@pytest.mark.parametrize("error", RAISE, ids=lambda e: type(e).__name__)
def test_whatever_a_predicate_raises_is_bad_input(where, error):
    says = rf"'conjecture' must be .* does not raise \({type(error).__name__}.*not 'stated'"
    with pytest.raises(ArgumentError, match=says):
        hunt(stated(where(raising(error)), rows(1)), max_symbols=12)


@pytest.mark.parametrize("where", [lambda predicate: predicate, beyond])
@pytest.mark.parametrize("answer", NO_ANSWERS, ids=repr)
def test_an_answer_that_is_none_is_bad_input(where, answer):
    says = rf"True, False or None \(a value of type {type(answer).__name__}, at .*not 'stated'"
    with pytest.raises(ArgumentError, match=says):
        hunt(stated(where(lambda case: answer), rows(1)), max_symbols=12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("predicate", [eventually, one_by_one])
def test_a_predicate_that_does_not_run_is_bad_input(predicate):
    with pytest.raises(ArgumentError, match=r"True, False or None \(a value of type (coroutine|generator)"):
        hunt(stated(predicate))


def test_answers_of_numpy_will_do():
    assert len(hunt(stated(lambda case: np.bool_(len(case.masks) < 2))).counterexample.masks) == 2


@pytest.mark.parametrize(
    "explain",
    [
        *(raising(SystemExit(0)), raising(KeyError("x"))),
        *(lambda case: 1, lambda case: {"x": {1}}, lambda case: {"x": float("nan")}),
    ],
)
def test_evidence_that_cannot_be_told_is_bad_input(explain):
    with pytest.raises(ArgumentError, match=r"explain gives a mapping for JSON.*not 'stated'"):
        summary(hunt(stated(lambda case: False, explain=explain)))


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


@pytest.mark.usefixtures("few_examples")
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


def drawn_only(key=lambda case: (0,)):
    """Shapes of any degree, none of them enumerated."""
    return levels.Domain(
        says="numbers",
        order="none",
        levels=lambda reach: iter(()),
        strategy=lambda reach: st.integers(1, 10**6).map(lambda n: Shape(reach.symbols, n)),
        key=key,
        symbols=1,
    )


def test_by_default_the_seed_is_2022(monkeypatch):
    monkeypatch.setattr(hunting, "EXAMPLES", 5)

    def drawn(**options):
        found = []
        hunt(stated(lambda case: found.append(case.degree), drawn_only()), **options)
        return found

    assert drawn() == drawn(seed=2022) != drawn(seed=2023)


# ------------------------------------------------------------------------------------------- cut short


@pytest.fixture
def clock(monkeypatch):
    """A clock of the hunt's own that counts the looks at it, one a second; it can be put forward."""
    looks = count()
    shown = SimpleNamespace(looks=0, ahead=0.0)

    def monotonic():
        shown.looks = next(looks)
        return shown.looks + shown.ahead

    monkeypatch.setattr(hunting, "time", SimpleNamespace(monotonic=monotonic))
    return shown


@pytest.fixture
def askers(monkeypatch):
    """Askers of hunts, each with what it was told at its end."""
    made = []

    class Noting(Asker):
        def close(self, *, at_once):
            self.closed = at_once

    monkeypatch.setattr(
        hunting, "asker_of", lambda conjecture, store, number: made.append(Noting(conjecture)) or made[-1]
    )
    return made


def rings(case):
    signal.raise_signal(signal.SIGALRM)


def rings_unheard(case):
    with suppress(BaseException):
        rings(case)


@pytest.mark.parametrize(
    ("predicate", "ended", "at_once", "unanswered"),
    [
        (lambda case: True, "end", False, None),
        (lambda case: False, "found", False, None),
        (raising(KeyboardInterrupt()), "interrupt", True, None),
        (rings, "budget", True, Case(1, ())),
        (rings_unheard, "budget", True, Case(1, ())),
    ],
)
def test_how_a_hunt_ends(askers, predicate, ended, at_once, unanswered):
    """After an interrupt or an alarm nothing else is asked, and processes are ended."""
    asked = []
    its = hunt(stated(lambda case: asked.append(case) or predicate(case), rows(1)), max_symbols=9 if unanswered else 2)
    assert (its.searched.stopped_by, its.searched.unanswered, its.searched.or_later) == (ended, unanswered, False)
    assert [asker.closed for asker in askers] == [at_once]
    assert len(asked) == (5 if ended == "end" else 1)


def test_a_spent_budget_alone_ends_no_process(askers, clock):
    searched = hunt(stated(lambda case: True, rows(1)), budget=8).searched
    assert searched.stopped_by == "budget"
    assert [asker.closed for asker in askers] == [False]


def test_outside_the_main_thread_there_is_no_alarm():
    found = []
    thread = Thread(target=lambda: found.append(hunt(stated(lambda case: True), max_symbols=2)))
    thread.start()
    thread.join()
    assert found[0].searched.whole == [1, 2]


def test_the_budget_is_kept(clock):
    """Three quarters for enumeration, whose inner work looks at the clock as well, the rest beyond; not a look more."""
    searched = hunt(stated(lambda case: True, receptions()), budget=800).searched
    assert searched.stopped_by == "budget"
    assert searched.whole
    assert searched.examples == 200 - 1
    assert 400 < searched.classes < 600
    assert clock.looks == 800 + 1


def test_a_slow_predicate_does_not_hold_the_budget(clock):
    def slow(case):
        clock.ahead += 20
        return True

    searched = hunt(stated(slow), budget=500).searched
    assert searched.stopped_by == "budget"
    assert 3 < searched.classes + searched.examples <= 500 / 20 + 1


def test_a_budget_spent_while_shrinking_keeps_the_counterexample_and_says_so(clock):
    def predicate(case):
        clock.ahead += hunting.FOREVER * (case.symbols >= 9)
        return case.symbols < 9

    found = hunt(stated(predicate, rows(1)), max_symbols=12)
    result = summary(found)
    assert found.counterexample.symbols >= 9
    assert (result["found"], result["smallest"], result["searched"]["stopped_by"]) == (True, False, "budget")
    text = as_text(found)
    assert "found       a counterexample" in text
    assert "smallest    not proved: the budget was spent during the search for a smaller one" in text
    assert "until the budget was spent" in text


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
    known = "open" if found.counterexample is None else "False, by this counterexample."
    assert as_text(found).endswith(f"known       {known}")
    assert "until the interrupt" in as_text(found)
    if interrupted_at == 30:
        assert found.counterexample is None
        assert found.searched.classes == 29


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
    assert "not proved: the interrupt came during the search for a smaller one" in as_text(found)


# ------------------------------------------------------------------------------------------------ results


def test_summary_is_json():
    found = hunt(stated(lambda case: len(case.masks) < 2, receptions()))
    result = json.loads(json.dumps(summary(found), allow_nan=False))
    assert {"conjecture", "found", "counterexample", "smallest", "searched"} <= set(result)
    assert {"symbols", "degree", "rows", "workers"} <= set(result["counterexample"])
    assert result["counterexample"]["rows"] == [[0], [1]]
    assert result["counterexample"]["workers"] == [0, 1]


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ("open", "False, by this counterexample."),
        ("True, as is proved.", "False, by this counterexample. Stated before: True, as is proved."),
        ("proved by hand", "False, by this counterexample. Stated before: proved by hand"),
        ("False: see there.", "False: see there."),
    ],
)
def test_what_was_known_and_what_is(known, told):
    without, with_one = (
        summary(hunt(stated(lambda case, holds=holds: holds, known=known), max_symbols=1)) for holds in (True, False)
    )
    assert [without[name] for name in ("known", "found", "counterexample", "smallest")] == [known, False, None, None]
    assert [with_one[name] for name in ("known", "found", "smallest")] == [told, True, True]
    assert with_one["counterexample"]["symbols"] == 1
