"""The hunt: smallest first, proved or not, the same every time, cut short without losing what it has."""

from __future__ import annotations

import signal
from contextlib import suppress
from functools import partial
from itertools import count
from threading import Thread
from types import SimpleNamespace

import numpy as np
import pytest

from srtheory.conjectures import enumerate as levels
from srtheory.conjectures import hunt as hunting
from srtheory.conjectures.case import Case
from srtheory.conjectures.domains import receptions, reduced_receptions, repeated_rows, rows
from srtheory.conjectures.hunt import as_text, summary
from srtheory.conjectures.registry import conjecture
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


def test_a_gap_spoils_the_proof(monkeypatch):
    monkeypatch.setattr(levels, "LARGEST_LEVEL", 10)
    found = hunt(stated(lambda case: case.symbols < 5))
    assert found.counterexample.symbols == 5
    assert not found.smallest
    assert found.searched.whole == [1, 2, 3]
    assert found.searched.gaps == [{"symbols": 4, "rows": 3}]


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        *(("max_symbols", 0), ("budget", 0), ("budget", "x"), ("seed", -1), ("degree", 0), ("degree", 3)),
        *(("processes", number) for number in (0, 1025, 1024)),  # the last for want of a name
    ],
)
def test_bad_arguments_and_a_degree_that_confines_the_search(name, bad):
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        hunt(stated(lambda case: True, receptions() if bad == 0 else rows()), **{name: bad})
    assert hunt(stated(lambda case: len(case.masks) < 3, receptions()), degree=3).counterexample.degree == 3


def raising(error):
    def predicate(case):
        raise error

    return predicate


def beyond(predicate):
    """The same where enumeration does not get, in the hands of Hypothesis."""
    return lambda case: case.symbols < 9 or predicate(case)


class UntoldError(Exception):
    def __str__(self):
        raise SystemExit(1)


async def eventually(case):
    return True


def one_by_one(case):
    yield True


RAISED = [BaseException("x"), SystemExit(0), GeneratorExit(), BaseExceptionGroup("2", [GeneratorExit()]), UntoldError()]
NO_ANSWERS = [1, 0, "", [], (True,), np.array([True, False]), np.array(True), np.int64(1), Case]
BAD = {f"raises {type(error).__name__}": (raising(error), f"not raise .{type(error).__name__}") for error in RAISED}
BAD |= {repr(no): (lambda case, no=no: no, f"None .a value of type {type(no).__name__}, at") for no in NO_ANSWERS}
BAD |= {"async": (eventually, "of type coroutine"), "yields": (one_by_one, "of type generator")}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("where", [lambda predicate: predicate, beyond])
@pytest.mark.parametrize(("predicate", "says"), BAD.values(), ids=BAD)
def test_a_predicate_that_raises_or_has_no_answer_is_bad_input(where, predicate, says):
    with pytest.raises(ArgumentError, match=f"'conjecture' must be .*{says}.*not 'stated'"):
        hunt(stated(where(predicate), rows(1)), max_symbols=12)


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


def rings(case):
    signal.raise_signal(signal.SIGALRM)


def rings_unheard(case):
    with suppress(BaseException):
        rings(case)


@pytest.mark.parametrize(
    ("predicate", "ended", "unanswered"),
    [
        (lambda case: True, "end", None),
        (lambda case: False, "found", None),
        (raising(KeyboardInterrupt()), "interrupt", None),
        (rings, "budget", Case(1, ())),
        (rings_unheard, "budget", Case(1, ())),
    ],
)
def test_how_a_hunt_ends(predicate, ended, unanswered):
    """After an interrupt or an alarm nothing else is asked."""
    asked = []
    its = hunt(stated(lambda case: asked.append(case) or predicate(case), rows(1)), max_symbols=9 if unanswered else 2)
    assert (its.searched.stopped_by, its.searched.unanswered, its.searched.or_later) == (ended, unanswered, False)
    assert len(asked) == (5 if ended == "end" else 1)


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


# ------------------------------------------------------------------------------------------------ results
