"""Values of a view by themselves: what they take, when they are whole, and how simulations grow."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest

from srtheory.explore import items
from srtheory.explore.items import (
    Item,
    Refused,
    Runs,
    compute,
    free_of_messages,
    is_done,
    keep,
    missing,
    seconds,
    setting_of,
    trials_of,
)
from srtheory.explore.state import State, World

WORLD = World()


def item(kind: str, scheme: str = "", symbols: int = 1000, **of: Any) -> Item:
    return Item(kind, State(symbols=symbols, **of), scheme)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (item("latency", "bcc"), 0.002),
        (item("latency", "sr", 3000), 0.75),
        (item("latency", "sr", 100), 0.025),
        (item("latency", "sr", 7), 0.025),  # no less than a hundred terms take
        (item("quantile", "sr"), 4.0),
        (item("quantile", "bcc", 50), 0.0032),
        (item("cover-rows", symbols=2000), 1.0),
        (item("floor"), 0.02),
        (item("run", symbols=30), 0.3),
        *((item("floor", message_cost=0.1), inf), (item("simulate", "sr"), inf), (item("floor-mean"), inf)),
        *((item("latency", "mine.py::Mine"), inf), (item("quantile", "mine.py::Mine"), inf)),
    ],
)
def test_seconds_that_a_value_takes(asked: Item, expected: float) -> None:
    assert seconds(asked) == pytest.approx(expected)


def runs(*latencies: float) -> Runs:
    return Runs(np.array(latencies), np.array(latencies) + 1, np.array(latencies) + 2)


def test_a_simulation_is_done_with_its_last_trial() -> None:
    three = Item("simulate", State(), "sr", at=3)
    assert [is_done(three, value) for value in (None, runs(1, 2), runs(1, 2, 3), runs(1, 2, 3, 4), Refused("x"))] == [
        *(False, False, True, True, True),
    ]
    other = item("floor")
    assert missing([three, other], {three: runs(1, 2), other: 0.0}) == [three]
    assert missing([other, three], {three: runs(1, 2, 3)}) == [other]


def test_trials_follow_those_that_are_there() -> None:
    one, values = Item("simulate", State(), "sr", at=3), {}
    for value in (runs(1.0), runs(2.0, 3.0)):
        keep(values, one, value)
    grown = values[one]
    assert [column.tolist() for column in vars(grown).values()] == [[1, 2, 3], [2, 3, 4], [3, 4, 5]]
    assert [len(grown), len(grown.first(2)), grown.first(2).work.tolist()] == [3, 2, [3, 4]]
    keep(values, one, Refused("no more"))
    assert values[one] == Refused("no more")
    keep(values, one, runs(7.0))
    assert values[one].latency.tolist() == [7.0]


def test_settings_are_told_apart_by_the_model_alone() -> None:
    state = State("run", 7, 3, 0.25, "expon(scale=1)", 0.1, 0.2, 0.3, ("lt",), ("cap=2",), 1.0, 2.0, 3, 0.9, 5, 11, 4)
    assert setting_of(state) == State(
        symbols=7, tau=0.25, startup="expon(scale=1)", message_cost=0.1, master_time=0.2, silent=0.3, seed=11
    )
    free = free_of_messages(state)
    assert (free.message_cost, free.master_time, free.silent, free.tau) == (0.0, 0.0, 0.3, 0.25)


def test_a_run_that_never_ends_is_infinite() -> None:
    setting = State(symbols=6, tau=0.1, seed=1)
    found = trials_of(Item("simulate", setting, "bcc", 2, 40), WORLD, range(40))
    assert isinstance(found, Runs)
    assert len(found) == 40
    assert np.isinf(found.latency).any()
    assert (np.isinf(found.latency) == np.isinf(found.stopping_time)).all()
    some = trials_of(Item("simulate", setting, "bcc", 2, 40), WORLD, range(5, 9))
    assert isinstance(some, Runs)
    assert some.latency.tolist() == found.latency[5:9].tolist()
    refused = trials_of(Item("simulate", setting, "bcc", 7), WORLD, range(1))
    assert refused == Refused("degree: an integer from 1 to 6", "degree")


def test_errors_are_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Item, __: World) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setitem(items.KINDS, "floor", fails)
    assert compute(item("floor"), WORLD) == Refused(f"{items.INTERNAL} (ZeroDivisionError: by nothing)")
    refused = compute(Item("latency", State(symbols=5), "uncoded", options=("cap=2",)), WORLD)
    assert isinstance(refused, Refused)
    assert refused.name == "option"
