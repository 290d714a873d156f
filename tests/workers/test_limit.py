"""The alarm of a time limit, without waiting for it: when it is set, what it does, and whose it is."""

from __future__ import annotations

import signal
import time
from threading import TIMEOUT_MAX

import pytest

from srtheory.timer import Limit, TimeIsOver, limited

PATIENCE = 60.0


@pytest.fixture
def alarms(monkeypatch):
    """The seconds after which alarms were to ring; none does."""
    asked = []
    monkeypatch.setattr(signal, "setitimer", lambda which, seconds: asked.append((which, seconds)))
    return asked


def test_an_alarm_of_other_code_is_left_alone(alarms, monkeypatch):
    def mine(*_):
        pass

    signal.signal(signal.SIGALRM, mine)
    try:
        with limited(PATIENCE) as limit:
            assert signal.getsignal(signal.SIGALRM) is mine
            assert 0 < limit.left() <= PATIENCE
        assert signal.getsignal(signal.SIGALRM) is mine
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for ticking in ((5.0, 0.0), (0.0, 5.0)):
        monkeypatch.setattr(signal, "getitimer", lambda which, ticking=ticking: ticking)
        with limited(PATIENCE):
            assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert alarms == []


def test_what_is_left_is_a_timeout_that_threads_can_take(monkeypatch):
    monkeypatch.setattr(time, "perf_counter", lambda: 8.0)
    assert Limit(1.0, 8.0 + TIMEOUT_MAX).left() == TIMEOUT_MAX
    assert Limit(1.0, 10.0 + TIMEOUT_MAX).left() is None
    assert (Limit(1.0, 11.0).left(), Limit(1.0, 8.0).left(), Limit(1.0, 7.0).left()) == (3.0, 0.0, 0.0)
    Limit(1.0, 8.5).check()
    for end in (8.0, 7.0):
        with pytest.raises(TimeIsOver):
            Limit(1.0, end).check()
