"""The interface that users rely on is that on record, and what differs is told with its place."""

from __future__ import annotations

from typing import Any

import click
import pytest

import srtheory
from srtheory.cli.ask import command
from srtheory.questions import question
from tests import interface


def test_the_interface_is_that_on_record() -> None:
    assert differences() == []


CHANGES: dict[str, dict[str, Any]] = {
    "required True": {"required": False},
    "nargs 2": {"nargs": 2},
    "default 0.0": {"default": 0.0},
    "min 1, max 3": {"type": click.IntRange(1, 3)},
    "exists": {"type": click.Path(exists=True)},
    "-t": {"opts": ["--tau", "-t"]},
}
WRONG: list[Any] = [
    *(lambda rows, *, field="GF(2)": None, lambda rows, field="Q": None, lambda rows, *, over="Q": None),
    *(lambda rows, *, field: None, lambda rows, /, *, field="Q": None),
]


def differences() -> list[str]:
    return list(interface.differences(interface.interface(), interface.recorded()))


@pytest.mark.quality
def test_an_option_or_a_function_that_is_changed_is_seen() -> None:
    (tau,) = [each for each in command(question("latency")).params if each.name == "tau"]
    for says, changed in CHANGES.items():
        with pytest.MonkeyPatch.context() as patch:
            for name, value in changed.items():
                patch.setattr(tau, name, value)
            (found,) = differences()
        assert found.startswith("commands latency tau: ")
        assert says in found
    for wrong in WRONG:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(srtheory, "spans", wrong)
            assert [each.partition(": ")[0] for each in differences()] == ["exported spans spans"]
    found, known = {"a": {"b": "x", "more": "y"}}, {"a": {"b": "x"}, "old": {}}
    assert list(interface.differences(found, known)) == ["a more: y; on record: absent", "old: absent; on record: {}"]
