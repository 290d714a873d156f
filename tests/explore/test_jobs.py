"""Work in the background: values come one by one, can be stopped and gone on with, and are not kept for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from dash.exceptions import PreventUpdate

from srtheory.explore import jobs
from srtheory.explore.items import Item, Refused, Runs, compute, trials_of
from srtheory.explore.jobs import Page, Pages, compute_in_time
from srtheory.explore.page import Explorer
from srtheory.explore.state import State, World, query_of, read
from srtheory.explore.views import plan

WORLD = World()
SETTING = State(symbols=12, degree=3, tau=0.1)
SLOW = Item("simulate", SETTING, "uncoded", at=2000)
QUICK = [Item("latency", SETTING, "parts-cyclic", 3, t / 10) for t in range(1, 9)]


def wait(page: Page, until: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not until():
        assert time.monotonic() < end, "the process does not answer"
        page.take()
        time.sleep(0.02)


def test_work_comes_is_stopped_and_is_gone_on_with() -> None:
    page = Page(WORLD)
    try:
        page.want([*QUICK, SLOW])
        wait(page, lambda: SLOW in page.values)
        page.stop()
        stopped = len(page.values[SLOW])
        assert 10 <= stopped <= 2000
        assert not page.working
        assert {item: page.values[item] for item in QUICK} == {item: compute(item, WORLD) for item in QUICK}
        page.want([SLOW])
        wait(page, lambda: not page.wanted)
        whole = trials_of(SLOW, WORLD, range(2000))
        assert page.values[SLOW].latency.tolist() == whole.latency.tolist()
        assert not page.working
    finally:
        page.end()


def test_trials_that_do_not_follow_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    page, ten = Page(WORLD), trials_of(SLOW, WORLD, range(10))
    sent = [(SLOW, ten, 0), (SLOW, ten, 0), (SLOW, ten, 20)]
    monkeypatch.setattr(page, "worker", type("Fake", (), {"take": lambda self: sent})())
    page.take()
    assert isinstance(page.values[SLOW], Runs)
    assert len(page.values[SLOW]) == 10


def test_what_is_quick_is_computed_at_once_within_its_budget() -> None:
    page = Page(WORLD)
    compute_in_time(page, [*QUICK, SLOW], 10.0, lambda: True)
    assert set(page.values) == set(QUICK)
    none, late = Page(WORLD), Page(WORLD)
    compute_in_time(none, QUICK, 0.0, lambda: True)
    compute_in_time(late, QUICK, 10.0, lambda: False)
    assert not none.values
    assert not late.values


def test_old_values_and_old_pages_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_VALUES", 3)
    monkeypatch.setattr(jobs, "MOST_PAGES", 2)
    page = Page(WORLD)
    for item in QUICK:
        page.put(item, (0.0, 1.0))
    page.want(QUICK[-3:])
    assert list(page.values) == QUICK[-3:]
    pages = Pages(WORLD)
    assert pages.of("a") is pages.of("a")
    assert pages.of("a") is not pages.of("b")
    pages.of("c")
    assert len(pages) == 2


class Idle:
    """A process that computes nothing, and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[Item] = []

    def give(self, work: list[tuple[Item, int]], busy: bool) -> None:
        self.given = [item for item, _ in work]

    def take(self) -> list[tuple[Item, object, int]]:
        return []


def test_a_look_goes_on_with_what_the_page_shows_whatever_was_asked_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    explorer, idle = Explorer(WORLD), Idle()
    page = explorer.pages.of("x")
    monkeypatch.setattr(page, "worker", idle)
    page.want([SLOW])  # an answer that the browser has dropped
    href = "?symbols=12&degree=3&tau=0.1&schemes=parts-cyclic"
    with pytest.raises(PreventUpdate):
        explorer.look(1, "x", href)
    shown = plan(read(query_of(href), WORLD)[0], WORLD).items
    assert idle.given == shown
    compute_in_time(page, shown, 60.0, lambda: True)
    for item in shown:
        page.put(item, compute(item, WORLD))
    *_, left_hidden, tick_disabled = explorer.look(2, "x", href)
    assert (left_hidden, tick_disabled) == (True, True)


# ------------------------------------------------------------------------------- by a clock that the tests move


class Clock:
    """Time that passes only when a test lets it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def after(self, seconds: float, value: Any = None) -> Any:
        self.now += seconds
        return value


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(jobs, "time", made)
    return made


def simulated(trials: range) -> Runs:
    return Runs(*(np.array(trials, dtype=float) for _ in range(3)))


@pytest.mark.parametrize(
    ("have", "at", "pace", "chunks", "more"),
    [
        (0, 2000, 0.1, [(0, 5), (5, 10)], 10),  # the first ten of every simulation, and then those of the next
        (5, 2000, 0.1, [(5, 10)], 10),
        (10, 2000, 0.125, [(10, 15), (15, 20), (20, 25), (25, 30)], 30),  # four make half a second
        (10, 2000, 0.375, [(10, 15), (15, 20)], 20),
        (10, 2000, 0.5, [(10, 15)], 15),
        (10, 17, 0.1, [(10, 15), (15, 17)], None),
        (0, 7, 0.1, [(0, 5), (5, 7)], None),
        (9, 12, 0.1, [(9, 10)], 10),
    ],
)
def test_a_slice_of_a_simulation_lasts_as_long_as_a_look(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, have: int, at: int, pace: float, chunks: list[Any], more: int | None
) -> None:
    asked = []

    def trials(item: Item, world: World, chunk: range) -> Runs:
        asked.append((chunk.start, chunk.stop))
        return clock.after(pace, simulated(chunk))

    monkeypatch.setattr(jobs, "trials_of", trials)
    value, following = jobs._slice(Item("simulate", SETTING, "uncoded", at=at), WORLD, have)
    assert (asked, following) == (chunks, more)
    assert value.latency.tolist() == list(range(have, chunks[-1][1]))
    monkeypatch.setattr(jobs, "trials_of", lambda *_: Refused("no"))
    assert jobs._slice(SLOW, WORLD, 0) == (Refused("no"), None)


class Pipe:
    """The end of a pipe in a page's process, whose other end a test holds."""

    def __init__(self, *come: Any) -> None:
        self.come, self.sent, self.closed = list(come), [], False

    def poll(self) -> bool:
        return bool(self.come)

    def recv(self) -> Any:
        if not self.come:
            raise EOFError
        return self.come.pop(0)

    def send(self, message: Any) -> None:
        self.sent.append(message)

    def close(self) -> None:
        self.closed = True


def test_a_process_computes_the_last_list_and_goes_on_with_simulations_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    other = Item("simulate", SETTING, "bcc", at=20)
    monkeypatch.setattr(jobs, "compute", lambda item, world: f"value of {item.at}")
    monkeypatch.setattr(
        jobs, "_slice", lambda item, world, have: (f"{item.scheme} from {have}", have + 10 if have < 10 else None)
    )
    pipe = Pipe([(QUICK[0], 0)], [(QUICK[1], 0), (SLOW, 0), (other, 10)])
    jobs.work(pipe, WORLD)  # type: ignore[arg-type]
    assert pipe.sent == [
        *(None, None),  # of the first list nothing is computed any more
        (QUICK[1], "value of 0.2", 0),
        (SLOW, "uncoded from 0", 0),
        (other, "bcc from 10", 10),
        (SLOW, "uncoded from 10", 10),
    ]


class Process:
    """In place of a process: what was done to it."""

    def __init__(self, target: Any, args: Any, daemon: bool) -> None:
        self.args, self.daemon, self.done = args, daemon, []

    def __getattr__(self, name: str) -> Any:
        return lambda: self.done.append(name)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Process, Pipe, Pipe]]:
    """Processes in the order in which they were begun, with the page's end and their own end of the pipe."""
    found: list[Any] = []

    def pair() -> tuple[Pipe, Pipe]:
        found.append([Pipe(), Pipe()])
        return tuple(found[-1])

    def process(**given: Any) -> Process:
        made = Process(**given)
        found[-1].insert(0, made)
        return made

    monkeypatch.setattr(jobs, "_SPAWN", SimpleNamespace(Pipe=pair, Process=process))
    return found


def test_a_list_waits_until_the_one_before_was_read(clock: Clock, started: list[Any]) -> None:
    worker = jobs.Worker(WORLD)
    worker.give([], False)
    assert started == []
    worker.give([(SLOW, 0)], False)
    [(process, mine, its)] = started
    assert (process.args, process.daemon, process.done) == ((its, WORLD), True, ["start"])
    assert (its.closed, mine.closed, mine.sent) == (True, False, [[(SLOW, 0)]])
    worker.give([(QUICK[0], 0)], True)
    worker.give([(QUICK[1], 0)], True)
    assert mine.sent == [[(SLOW, 0)]]
    mine.come = [None, (SLOW, "some", 0)]
    assert worker.take() == [(SLOW, "some", 0)]
    assert mine.sent == [[(SLOW, 0)], [(QUICK[1], 0)]]  # the last one
    assert worker.take() == []
    assert len(mine.sent) == 2


def test_a_busy_process_that_is_silent_for_longer_than_a_second_is_replaced(clock: Clock, started: list[Any]) -> None:
    worker = jobs.Worker(WORLD)
    worker.give([(SLOW, 0)], False)
    clock.after(1.0)
    worker.give([(SLOW, 0)], True)
    clock.after(0.5)
    worker.give([(SLOW, 0)], False)  # it has nothing to do
    assert len(started) == 1
    started[0][1].come = [None]
    worker.take()  # heard at 1.5
    clock.after(1.0)
    worker.give([(QUICK[0], 0)], True)
    assert len(started) == 1
    clock.after(0.25)
    worker.give([(QUICK[1], 3)], True)
    (process, mine, _), (_, new, _) = started
    assert (process.done, mine.closed) == (["start", "kill", "join", "close"], True)
    assert new.sent == [[(QUICK[1], 3)]]
    worker.end()
    assert new.closed
    worker.end()
    assert worker.take() == []


def test_a_process_that_has_died_is_cleared_away(clock: Clock, started: list[Any]) -> None:
    worker = jobs.Worker(WORLD)
    worker.give([(SLOW, 0)], False)
    process, mine, _ = started[0]
    mine.poll = lambda: True
    mine.come = [(SLOW, "some", 0)]
    assert worker.take() == [(SLOW, "some", 0)]
    assert process.done == ["start", "kill", "join", "close"]
    worker.give([(SLOW, 5)], True)
    assert started[1][1].sent == [[(SLOW, 5)]]


def test_a_page_wants_what_is_missing_from_the_trial_on_that_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    page, given = Page(WORLD), []
    worker = SimpleNamespace(
        give=lambda work, busy: given.append((work, busy)), take=list, end=lambda: given.append("end")
    )
    monkeypatch.setattr(page, "worker", worker)
    page.put(SLOW, simulated(range(10)))
    page.put(QUICK[0], (0.0, 1.0))
    assert (page.changes, page.question, page.working) == (2, 0, False)
    page.want([QUICK[0], SLOW, QUICK[1]])
    page.want([QUICK[0]])
    page.want([])
    assert given == [([(SLOW, 10), (QUICK[1], 0)], False), ([], True), ([], False)]
    page.want([QUICK[1]])
    assert page.working
    page.stop()
    assert (page.working, page.stopped, given[-1]) == (False, True, "end")
    page.want([QUICK[1]])
    assert page.working


def test_a_page_is_absent_after_half_a_minute(clock: Clock) -> None:
    page = Page(WORLD)
    assert [page.absent(), clock.after(30.0) or page.absent(), clock.after(0.5) or page.absent()] == [
        False,
        False,
        True,
    ]
    page.seen()
    assert not page.absent()


def test_quick_values_are_computed_while_their_costs_fit_the_budget(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is thought to take a quarter of a second, and takes a half: the next one of its kind counts as that."""
    page, first, other = Page(WORLD), QUICK[0], Item("floor", SETTING, at=1)
    monkeypatch.setattr(jobs, "seconds", lambda item: 0.25)
    monkeypatch.setattr(jobs, "compute", lambda item, world: clock.after(0.5, (0.0, 1.0)))
    compute_in_time(page, [first, first, QUICK[1], other, QUICK[2]], 1.0, lambda: True)
    assert list(page.values) == [first, QUICK[1]]
    assert page.paces == {("latency", "parts-cyclic"): 0.5}
    monkeypatch.setattr(jobs, "compute", lambda item, world: clock.after(0.125, (0.0, 1.0)))
    compute_in_time(page, [QUICK[2]], 0.5, lambda: True)
    assert page.paces == {("latency", "parts-cyclic"): 0.25}
    compute_in_time(page, [other], 0.25, lambda: True)
    compute_in_time(page, [QUICK[3]], 0.125, lambda: True)
    assert list(page.values) == [first, QUICK[1], QUICK[2], other]
