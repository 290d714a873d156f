"""Work in the background: values come one by one, can be stopped and gone on with, and are not kept for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from dash.exceptions import PreventUpdate

from srtheory.explore import jobs
from srtheory.explore.items import Item, Runs, compute, trials_of
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
