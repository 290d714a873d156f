"""The interface that users rely on is that on record, and what differs is told with its place."""

from __future__ import annotations

from typing import Any

import click
import pytest

import srtheory
from srtheory.cli import latency
from tests import interface


def test_the_interface_is_that_on_record() -> None:
    assert list(interface.differences(interface.interface(), interface.recorded())) == []


@pytest.mark.quality
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"required": False}, "required True"),
        ({"multiple": True}, "multiple True"),
        ({"nargs": 2}, "nargs 2"),
        ({"default": 0.0}, "default 0.0"),
        ({"type": click.IntRange(1, 3)}, "min 1, max 3"),
        ({"type": click.Path(exists=True)}, "exists"),
        ({"opts": ["--tau", "-t"]}, "-t"),
    ],
)
def test_an_option_that_is_changed_is_seen(monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], says: str) -> None:
    (tau,) = [each for each in latency.latency.params if each.name == "tau"]
    for name, value in changed.items():
        monkeypatch.setattr(tau, name, value)
    (found,) = interface.differences(interface.interface(), interface.recorded())
    assert found.startswith("commands latency tau: ")
    assert says in found


@pytest.mark.quality
@pytest.mark.parametrize(
    "wrong",
    [
        lambda rows, *, field="GF(2)": None,
        lambda rows, field="Q": None,
        lambda rows, *, over="Q": None,
        lambda rows, *, field: None,
        lambda rows, /, *, field="Q": None,
    ],
)
def test_a_function_that_is_changed_is_seen(monkeypatch: pytest.MonkeyPatch, wrong: Any) -> None:
    monkeypatch.setattr(srtheory, "spans", wrong)
    (found,) = interface.differences(interface.interface(), interface.recorded())
    assert found.startswith("exported spans spans: ")


@pytest.mark.quality
def test_what_is_new_or_gone_is_seen() -> None:
    known: dict[str, Any] = {"commands": {"span": {"file": "x"}, "old": {}}}
    found: dict[str, Any] = {"commands": {"span": {"file": "x", "more": "y"}}}
    assert list(interface.differences(found, known)) == [
        "commands span more: y; on record: absent",
        "commands old: absent; on record: {}",
    ]
