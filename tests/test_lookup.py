"""Everything by name: one kind of entry, of which each names something that there is."""

from __future__ import annotations

import pytest

from srtheory.errors import ArgumentError
from srtheory.lookup import TABLES, Entry, call, entries, lookup

ALL = [(kind, name) for kind in TABLES for name in entries(kind)]


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_each_entry_names_what_there_is(kind: str, name: str) -> None:
    assert callable(lookup(kind, name).imported())


def test_there_are_entries_of_every_kind() -> None:
    assert {kind for kind, _ in ALL} == {"scheme", "decoder", "law", "figure", "table"}
    assert len(ALL) > 60
    assert all(entry.says for kind in ("scheme", "law", "figure", "table") for entry in entries(kind).values())


@pytest.mark.parametrize("kind", TABLES)
def test_unknown_names_are_told_those_there_are(kind: str) -> None:
    with pytest.raises(ArgumentError, match="one of " + next(iter(entries(kind)))) as refusal:
        lookup(kind, "tornado")
    assert refusal.value.name == kind


def test_fixed_arguments_are_given() -> None:
    assert lookup("scheme", "sr-with-replacement").imported()(symbols=3, degree=2).replacement
    assert Entry("errors", "shortened", fixed={"longest": 7}).imported()("0123456789") == "01...89"


def test_what_is_not_taken_is_refused() -> None:
    with pytest.raises(ArgumentError, match="'schemes' must be left out: the figure 'run' does not take it"):
        call("figure", "run", None, schemes=("sr",))
