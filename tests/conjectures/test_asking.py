"""Who asks a predicate, here and on other processes: how many cases at a time, and what is left when time is out.

No process is started, and the cases are numbers: processes are played by functions of this file.
"""

from __future__ import annotations

from math import inf
from types import SimpleNamespace

import numpy as np
import pytest

from srtheory.conjectures import asking
from srtheory.conjectures.alarm import Alarm, OutOfTime
from srtheory.conjectures.asking import Answer, Asker, BadPredicate, ask_some
from srtheory.conjectures.case import Case
from srtheory.conjectures.domains import rows
from srtheory.conjectures.registry import conjecture, load
from srtheory.experiments import running

ORIGIN = load("covered-implies-spans").origin
COVERED = [Case(2, (3,))] * 9
"""Cases of which the conjecture of that name holds."""


def late():
    raise OutOfTime


class Notes(dict):
    """A memory of answers."""

    def put(self, case, answer):
        self[case] = answer


def played(monkeypatch, asker, piece):
    """Let ``piece(cases)`` play the processes; return the numbers that each was given, round by round."""
    rounds = []

    def on_processes(work, pieces, processes):
        pieces = list(pieces)
        rounds.append([cases for _, _, cases, _ in pieces])
        assert {(origin, deadline) for origin, *_, deadline in pieces} == {(ORIGIN, inf)}
        assert (asker.asked, asker.or_later) == (rounds[-1][0][0], True)
        return [(part, *piece(cases)) for _, part, cases, _ in pieces]

    monkeypatch.setattr(running, "on_processes", on_processes)
    return rounds


def asker_on_two(kept=None):
    return Asker(load("covered-implies-spans"), kept, processes=2)


def ahead(asker, number):
    """The cases that come, with their answers, and what ends them."""
    found = []
    try:
        found.extend(asker.ahead(((n, 10 * n) for n in range(number)), lambda: None))
    except OutOfTime:
        return found, True
    return found, False


def test_two_processes_are_sent_256_cases_each_in_four_pieces(monkeypatch):
    asker = asker_on_two(Notes())
    rounds = played(
        monkeypatch, asker, lambda cases: ([Answer.HOLDS if n % 3 else Answer.VACUOUS for n in cases], False)
    )
    found, out_of_time = ahead(asker, 600)
    answers = [Answer.HOLDS if n % 3 else Answer.VACUOUS for n in range(600)]
    assert found == [(n, 10 * n, answer) for n, answer in enumerate(answers)]
    assert [[len(piece) for piece in pieces] for pieces in rounds] == [[64] * 8, [11] * 8]
    assert asker.kept == dict(enumerate(answers))
    assert (out_of_time, asker.asked, asker.or_later) == (False, None, False)
    asker.kept = None
    assert ahead(asker, 3)[0] == found[:3]
    assert rounds[-1] == [[0], [1], [2]]


def test_what_is_missing_is_asked_again_up_to_a_case_that_fails(monkeypatch):
    """Of 16 cases in eight pieces each answers one; the tenth fails, so that no later one is asked again."""
    asker = asker_on_two(Notes())
    rounds = played(monkeypatch, asker, lambda cases: ([Answer.FAILS if cases[0] == 10 else Answer.HOLDS], False))
    found, _ = ahead(asker, 16)
    assert rounds == [[[n, n + 1] for n in range(0, 16, 2)], [[n] for n in range(1, 10, 2)]]
    assert found == [(n, 10 * n, Answer.FAILS if n == 10 else Answer.HOLDS) for n in range(11)]
    assert sorted(asker.kept) == [*range(11), 12, 14]


def test_the_first_case_that_was_broken_off_is_the_one_that_was_asked(monkeypatch):
    """Of 20 cases in pieces of three and two; two pieces are late, a third only slow."""
    short = {3: ([Answer.HOLDS], True), 6: ([Answer.HOLDS], False), 12: ([], True)}
    asker = asker_on_two()
    played(monkeypatch, asker, lambda cases: short.get(cases[0], ([Answer.HOLDS] * len(cases), False)))
    assert ahead(asker, 20) == ([(n, 10 * n, Answer.HOLDS) for n in range(4)], True)
    assert (asker.asked, asker.or_later) == (4, False)


def test_a_piece_that_was_late_after_all_its_answers_breaks_nothing_off(monkeypatch):
    asker = asker_on_two()
    played(monkeypatch, asker, lambda cases: ([Answer.HOLDS] * len(cases), True))
    assert ahead(asker, 9) == ([(n, 10 * n, Answer.HOLDS) for n in range(9)], False)


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


@pytest.mark.parametrize(("at_once", "processes", "ended"), [(True, 1, 0), (True, 2, 1), (False, 2, 0), (False, 1, 0)])
def test_processes_are_ended_if_there_are_any_and_it_has_to_be_at_once(monkeypatch, at_once, processes, ended):
    done = []
    monkeypatch.setattr(running, "end_processes", lambda: done.append("ended"))
    kept = SimpleNamespace(write=lambda: done.append("written"))
    Asker(load("covered-implies-spans"), kept, processes).close(at_once=at_once)
    assert done == ["ended"] * ended + ["written"]


@pytest.mark.parametrize(("seconds", "answers"), [(None, 2), (5.0, 5), (-1.0, 1), (100.0, 9)])
def test_a_process_hands_in_its_answers_after_two_seconds(monkeypatch, seconds, answers):
    """A look at the clock takes a second: one at the beginning, one for the alarm, and one after each answer."""
    looks, alarms = iter(range(10, 100)), []

    def alarm(left, asks):
        alarms.append((left, asks()))
        return Alarm(left, asks)

    monkeypatch.setattr(asking, "time", SimpleNamespace(monotonic=lambda: next(looks)))
    monkeypatch.setattr(asking, "Alarm", alarm)
    if seconds is not None:
        monkeypatch.setattr(asking, "SECONDS", seconds)
    part = np.arange(9)
    assert ask_some((ORIGIN, part, COVERED, 5000)) == (part, [Answer.HOLDS] * answers, False)
    assert alarms == [(5000 - 11, True)]


def test_the_deadline_is_so_many_seconds_from_now(monkeypatch):
    monkeypatch.setattr(asking, "time", SimpleNamespace(monotonic=lambda: 100.0))
    asker = Asker(load("covered-implies-spans"))
    assert (asker.deadline, asker.processes) == (inf, 1)
    asker.within(7.5)
    assert asker.deadline == 107.5
