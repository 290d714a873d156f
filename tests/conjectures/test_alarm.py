"""The alarm of a search beside a clock that other code has set; no test waits for either."""

from __future__ import annotations

import signal
from math import inf
from types import SimpleNamespace

import pytest

from srtheory.conjectures import asking
from srtheory.conjectures.alarm import Alarm, OutOfTime
from srtheory.conjectures.asking import Answer, ask_some
from srtheory.conjectures.case import Case
from srtheory.conjectures.hunt import FOREVER
from srtheory.conjectures.registry import load


@pytest.fixture
def theirs():
    """A clock set by other code, to ring in 500 seconds and every 7 after that."""
    rung = []
    handler = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    signal.setitimer(signal.ITIMER_REAL, 500, 7)
    yield rung
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, handler)


def test_a_clock_that_was_set_goes_on(theirs):
    handler = signal.getsignal(signal.SIGALRM)
    with Alarm(5000, lambda: True) as alarm:
        left, again = signal.getitimer(signal.ITIMER_REAL)
        assert 4000 < left <= 5000
        assert again == 1
        assert signal.getsignal(signal.SIGALRM) != handler
    alarm.heed()
    left, again = signal.getitimer(signal.ITIMER_REAL)
    assert 100 < left <= 500
    assert again == 7
    assert signal.getsignal(signal.SIGALRM) is handler
    assert theirs == []


@pytest.mark.parametrize("seconds", [1e9, inf])
def test_no_clock_takes_more_than_a_hundred_million_seconds(seconds):
    with Alarm(seconds, lambda: True):
        assert 1e8 - 1000 < signal.getitimer(signal.ITIMER_REAL)[0] <= 1e8
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.parametrize("seconds", [0, -5, 1e-6])
def test_a_clock_takes_a_millionth_of_a_second_at_least(seconds, monkeypatch):
    """No clock is set here, or it would ring."""
    clocks = []
    monkeypatch.setattr(signal, "setitimer", lambda *clock: clocks.append(clock) or (0.0, 0.0))
    with Alarm(seconds, lambda: True):
        pass
    assert clocks == [(signal.ITIMER_REAL, 1e-6, 1.0), (signal.ITIMER_REAL, 0)]


@pytest.mark.parametrize(("now", "left"), [(101.5, 2.5), (104.0, 1e-6), (110.0, 1e-6)])
def test_a_clock_that_was_set_has_so_much_less_left(now, left, monkeypatch):
    """Four seconds were left at the beginning."""
    clocks, times = [], iter([100.0, now])
    monkeypatch.setattr(signal, "setitimer", lambda *clock: clocks.append(clock) or (4.0, 7.0))
    monkeypatch.setattr("srtheory.conjectures.alarm.time", SimpleNamespace(monotonic=lambda: next(times)))
    with Alarm(30, lambda: True):
        pass
    assert [clock[1:] for clock in clocks] == [(30, 1.0), (0,), (left, 7.0)]


@pytest.mark.parametrize("asking", [True, False])
def test_it_rings_while_a_predicate_is_asked(asking):
    alarm = Alarm(5000, lambda: asking)
    assert not alarm.rung
    if asking:
        with pytest.raises(OutOfTime), alarm:
            signal.raise_signal(signal.SIGALRM)
        with pytest.raises(OutOfTime):
            alarm.heed()
    else:
        with alarm:
            signal.raise_signal(signal.SIGALRM)
        alarm.heed()
    assert alarm.rung == asking


def test_a_piece_is_answered_up_to_the_first_that_fails(monkeypatch):
    monkeypatch.setattr(asking, "SECONDS", FOREVER)
    cases = [Case(2, ()), Case(2, (1,)), Case(2, (3,)), Case(3, (3, 5)), Case(1, (1,))]
    origin = load("covered-implies-spans").origin
    part, answers, late = ask_some((origin, "part", cases, inf))
    assert (part, late) == ("part", False)
    assert answers == [Answer.VACUOUS, Answer.VACUOUS, Answer.HOLDS, Answer.FAILS]
