"""The workers of one process without Dask: their mailbox, their symbols, and how long they sleep."""

from __future__ import annotations

import asyncio
import math
import os
import platform
import signal
import threading
import time
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from srtheory.schemes import make
from srtheory.schemes.by_worker import ByWorker
from srtheory.version import __version__
from srtheory.workers import crew as module
from srtheory.workers.crew import Crew, Job
from srtheory.workers.orders import mark


@dataclass(frozen=True)
class Two(ByWorker):
    """Worker j sends twice term j and three times the next one, then term j."""

    def sends(self, worker, key):
        yield {worker: 2, (worker + 1) % self.symbols: 3}
        yield [worker]


def square(i, x):
    return (i + x) ** 2


def job(function=square, scheme=None, groups=None, delays=(0.0,) * 3, tau=0.0):
    return Job(function, 1, Two(3) if scheme is None else scheme, 5, groups, delays, tau)


def collected(crew):
    """All messages of a crew from its start to its end, and the terms that it has evaluated."""

    async def run():
        found, last = [], False
        await crew.start()
        while not last:
            messages, last = await asyncio.wait_for(crew.collect(), 20)
            found += messages
        return found, await crew.stop()

    return asyncio.run(run())


def test_the_mailbox_has_the_symbols_of_all_workers_and_then_ends():
    messages, evaluated = collected(Crew(job(), [0, 2]))
    found = {(one.worker, one.index): one for one in messages}
    assert {place: one.value for place, one in found.items()} == {
        (0, 0): 2 * 1 + 3 * 4, (0, 1): 1, (2, 0): 2 * 9 + 3 * 1, (2, 1): 9
    }  # fmt: skip
    assert evaluated == {0: 3, 2: 3}
    assert all(one.fault is None and 0 <= one.began <= one.finished < 60 for one in messages)
    assert all(found[j, 0].finished <= found[j, 1].began for j in (0, 2))
    symbol = np.array([2, 0], dtype=np.int32), np.array([2, 3])
    assert (found[2, 0].mark, found[2, 1].mark) == (mark(symbol), mark((np.array([2], dtype=np.int32), None)))


def test_a_silent_crew_ends_too():
    assert collected(Crew(job(delays=[0.0, math.inf, math.inf]), [1, 2])) == ([], {1: 0, 2: 0})
    messages, evaluated = collected(Crew(job(delays=[0.0, math.inf, 0.0]), [0, 1]))
    assert {one.worker for one in messages} == {0}
    assert evaluated == {0: 3, 1: 0}


def test_a_failure_is_the_last_message_of_its_worker():
    def fails(i, x):
        if i == 2:
            raise ZeroDivisionError("of two")
        return math.inf if i == 0 else square(i, x)

    messages, evaluated = collected(Crew(job(fails, make("uncoded", 3)), range(3)))
    found = {one.worker: one for one in messages}
    assert (found[0].fault, found[1].fault, found[1].value) == ("a value that is not finite", None, 4)
    assert (found[2].index, found[2].value, found[2].fault) == (0, None, "ZeroDivisionError: of two")
    assert len(messages) == 3
    assert evaluated == {0: 1, 1: 1, 2: 0}
    (message,), _ = collected(Crew(job(lambda i, x: 1e308, make("one", 3)), [0]))
    assert message.fault == "a sum of values that is beyond the range of floats of 64 bits"


def test_with_fewer_workers_than_terms_a_column_is_a_group():
    groups = [0, 2, 3, 7]
    its = job(scheme=make("uncoded", 3), groups=groups)
    assert [list(its.terms_of(c)) for c in range(3)] == [[0, 1], [2], [3, 4, 5, 6]]
    assert [list(job().terms_of(c)) for c in (0, 2)] == [[0], [2]]
    messages, evaluated = collected(Crew(its, range(3)))
    assert {one.worker: one.value for one in messages} == {0: 1 + 4, 1: 9, 2: 16 + 25 + 36 + 49}
    assert evaluated == {0: 2, 1: 1, 2: 4}


def test_where_a_crew_is_and_that_its_threads_end_with_the_process():
    crew = Crew(job(), [0, 2])
    assert asyncio.run(crew.where()) == (platform.node(), os.getpid(), __version__)
    mine = [thread for thread in threading.enumerate() if thread.name in ("worker 0", "worker 2")]
    assert len(mine) >= 2
    assert all(thread.daemon for thread in mine)
    assert asyncio.run(crew.stop()) == {0: 0, 2: 0}  # before the start, so that nobody listens
    for thread in mine:
        thread.join(60)
        assert not thread.is_alive()


@pytest.mark.parametrize("fatal", [False, True])
def test_a_fatal_crew_kills_its_process_when_a_symbol_is_complete(monkeypatch, fatal):
    killed = []
    monkeypatch.setattr(module.os, "kill", lambda *given: killed.append(given))
    messages, _ = collected(Crew(job(), [1], fatal) if fatal else Crew(job(), [1]))
    assert killed == [(os.getpid(), signal.SIGKILL)] * (2 * fatal)
    assert len(messages) == 2


def stopping(crew, monkeypatch, stops=False):
    """The seconds that a crew would sleep, from 100 on a clock that stands still."""
    slept = []
    monkeypatch.setattr(time, "perf_counter", lambda: 100.0)
    crew._stop = SimpleNamespace(wait=lambda seconds: bool(slept.append(seconds)) or stops, is_set=lambda: stops)
    return slept


@pytest.fixture
def alone():
    """A crew whose threads have ended."""
    crew = Crew(job(tau=3.0), [1])
    asyncio.run(crew.stop())
    for thread in threading.enumerate():
        if thread.name == "worker 1":
            thread.join(60)
    return crew


def test_a_worker_sleeps_through_what_is_left_of_its_start_up(alone, monkeypatch):
    slept = stopping(alone, monkeypatch)
    alone._begun = 97.0
    assert [alone._starts_up(delay) for delay in (5.0, 3.0, 1.0, 1e300)] == [True] * 4
    assert slept == [2.0, 0, 0, threading.TIMEOUT_MAX]
    assert not alone._starts_up(math.inf)
    assert len(slept) == 4
    stopping(alone, monkeypatch, stops=True)
    assert not alone._starts_up(5.0)


def test_a_worker_sleeps_through_what_is_left_of_its_terms(alone, monkeypatch):
    slept = stopping(alone, monkeypatch)
    assert [alone._rest(1, origin) for origin in (99.0, 97.5, 93.0, 91.0, 86.0)] == [False] * 5
    assert slept == [2.0, 3.5, 2.0, 3.0, 1.0]  # up to 102, 103.5 and so on: 3 for each of one, two, ... terms
    assert alone._evaluated == {1: 5}
    assert not alone._rest(1, 82.0)  # up to 100, which it is
    assert len(slept) == 5
    stopping(alone, monkeypatch, stops=True)
    assert alone._rest(1, 99.0)
    assert alone._rest(1, 0.0)


def test_a_worker_that_is_stopped_sends_no_part_of_a_symbol(alone, monkeypatch):
    symbol = np.array([1, 2], dtype=np.int32), None
    assert alone._symbol(1, 0, symbol, 0.0) is None
    assert alone._evaluated == {1: 0}
    alone._stop = SimpleNamespace(is_set=lambda: False, wait=lambda seconds: True)
    assert alone._symbol(1, 0, symbol, 1e9) is None
    assert alone._evaluated == {1: 1}


def test_jobs_and_messages_are_themselves_alone():
    for make_one in (job, lambda: module.Message(0, 0, 0.0, 0.0, None)):
        one, other = make_one(), make_one()
        assert one != other
        assert len({one, other}) == 2
