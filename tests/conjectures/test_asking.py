"""Who asks a predicate, here and on other processes, beside a clock that other code has set; no test waits for one."""

from __future__ import annotations

import signal
from math import inf

import pytest

from srtheory.conjectures import hunt as asking
from srtheory.conjectures.case import Case
from srtheory.conjectures.domains import rows
from srtheory.conjectures.hunt import FOREVER, Answer, Asker, BadPredicate, ask_some
from srtheory.conjectures.registry import conjecture, load
from srtheory.timer import Alarm, OutOfTime


class Notes(dict):
    """A memory of answers."""

    def put(self, case, answer):
        self[case] = answer


def late():
    raise OutOfTime


def test_an_answer_that_came_too_late_is_not_kept():
    one, case = conjecture("A statement.", rows())(lambda case: True), Case(2, (3,))
    asker = Asker(one, Notes())
    assert asker.ask(case) == asker.kept[case] == Answer.HOLDS
    assert asker.asked is None
    asker = Asker(one, Notes(), heed=late)
    with pytest.raises(OutOfTime):
        asker.ask(case)
    assert (asker.asked, asker.kept) == (case, {})


@pytest.mark.parametrize(("heed", "error"), [(lambda: None, BadPredicate), (late, OutOfTime)])
def test_an_error_may_be_the_alarm_that_user_code_has_turned_into_its_own(heed, error):
    asker = Asker(conjecture("A statement.", rows())(lambda case: 1 // 0), heed=heed)
    with pytest.raises(error):
        asker.ask(Case(1, ()))


def test_a_piece_is_answered_up_to_the_first_that_fails(monkeypatch):
    monkeypatch.setattr(asking, "SECONDS", FOREVER)
    cases = [Case(2, ()), Case(2, (1,)), Case(2, (3,)), Case(3, (3, 5)), Case(1, (1,))]
    part, answers, late = ask_some((load("covered-implies-spans").origin, "part", cases, inf))
    assert (part, late) == ("part", False)
    assert answers == [Answer.VACUOUS, Answer.VACUOUS, Answer.HOLDS, Answer.FAILS]


def test_a_clock_that_was_set_goes_on():
    """Of other code, to ring in 500 seconds and every 7 after that."""
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    signal.setitimer(signal.ITIMER_REAL, 500, 7)
    try:
        theirs = signal.getsignal(signal.SIGALRM)
        with Alarm(5000, lambda: True) as alarm:
            left, again = signal.getitimer(signal.ITIMER_REAL)
            assert 4000 < left <= 5000
            assert again == 1
            assert signal.getsignal(signal.SIGALRM) != theirs
        alarm.heed()
        left, again = signal.getitimer(signal.ITIMER_REAL)
        assert 100 < left <= 500
        assert again == 7
        assert signal.getsignal(signal.SIGALRM) is theirs
        assert rung == []
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("seconds", [1e9, inf])
def test_no_clock_takes_more_than_a_hundred_million_seconds(seconds):
    with Alarm(seconds, lambda: True):
        assert 1e8 - 1000 < signal.getitimer(signal.ITIMER_REAL)[0] <= 1e8
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_it_rings_while_a_predicate_is_asked_and_not_otherwise():
    alarm = Alarm(5000, lambda: True)
    with pytest.raises(OutOfTime), alarm:
        signal.raise_signal(signal.SIGALRM)
    with pytest.raises(OutOfTime):
        alarm.heed()
    with Alarm(5000, lambda: False) as quiet:
        signal.raise_signal(signal.SIGALRM)
    quiet.heed()
    assert (alarm.rung, quiet.rung) == (True, False)
