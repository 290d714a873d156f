"""A page's process: values come one by one, can be stopped and gone on with, survive its end, and are forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from srtheory.explore import jobs
from srtheory.explore.items import Refused, compute, trials_of
from srtheory.explore.jobs import Page, Pages
from srtheory.explore.state import World

WORLD = World()
SMALL = {"symbols": "12", "degree": "3", "tau": "0.1", "schemes": "parts-cyclic", "until": "2"}
SIMULATED = SMALL | {"schemes": "uncoded", "trials": "600", "message_cost": "0.1"}
OTHER = SMALL | {"tau": "0.2"}


@pytest.fixture
def page() -> Iterator[Page]:
    made = Page(WORLD)
    yield made
    made.close()


def wait(page: Page, until: Callable[[], Any]) -> None:
    end = time.monotonic() + 120
    while not until():
        assert time.monotonic() < end, "the process does not answer"
        with page.lock:
            page.take()
        time.sleep(0.02)


def test_work_comes_is_stopped_and_is_gone_on_with(page: Page) -> None:
    texts = SIMULATED | {"schemes": "raptor"}
    page.ask(texts)
    wait(page, lambda: page.answer)
    assert page.answer is not None
    [item] = [item for item in page.answer.plan.items if item.kind == "simulate"]
    wait(page, lambda: item in page.values)
    page.stop()
    page.ask(texts)  # as a tick does
    assert 0 < len(page.values[item]) <= 600
    assert not page.working
    assert not page.worker.alive
    page.go_on()
    wait(page, lambda: not page.working)
    assert page.values[item].latency.tolist() == trials_of(item, WORLD, range(600)).latency.tolist()
    some = [item for item in page.answer.plan.items if item.kind == "latency"][:5]
    assert [page.values[one] for one in some] == [compute(one, WORLD) for one in some]


def test_the_last_question_is_answered_whatever_was_asked_or_killed_before(page: Page) -> None:
    for texts in (SIMULATED, SMALL, SIMULATED, OTHER):
        page.ask(texts)
    wait(page, lambda: not page.working)
    assert page.answer is not None
    assert page.answer.state.tau == 0.2
    page.worker.end()  # as that of a page that was absent for long
    page.ask(SMALL)
    assert page.answer is None
    wait(page, lambda: not page.working)
    assert page.answer is not None
    assert page.answer.state.tau == 0.1


def test_a_value_whose_process_dies_is_refused_and_the_others_come(page: Page) -> None:
    page.ask(SMALL)
    wait(page, lambda: not page.working)
    assert page.answer is not None
    page.values.clear()
    page.wanted = list(page.answer.plan.items)
    first = page.wanted[0]
    page.worker.give("what is no message")  # it ends by an error
    wait(page, lambda: not page.working)
    assert isinstance(page.values[first], Refused)
    assert sum(isinstance(value, Refused) for value in page.values.values()) == 1


def test_old_values_and_old_pages_go(monkeypatch: pytest.MonkeyPatch, page: Page) -> None:
    monkeypatch.setattr(jobs, "MOST_VALUES", 3)
    monkeypatch.setattr(jobs, "MOST_PAGES", 2)
    for texts in (SMALL, OTHER):
        page.ask(texts)
        wait(page, lambda: not page.working)
    assert page.answer is not None
    assert len(set(page.values) - set(page.answer.plan.items)) <= 3
    pages = Pages(WORLD)
    first = pages.of("a")
    assert pages.of("a") is first
    assert pages.of("b") is not first
    pages.of("c")
    assert len(pages) == 2
    first.ask(SMALL)  # a request that was under way
    assert not first.worker.alive
    pages.end()
    assert not page.absent()
    monkeypatch.setattr(jobs, "ABSENCE", -1.0)
    assert page.absent()
