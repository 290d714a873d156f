"""Everything by name: one kind of entry, of which each names something that there is."""

from __future__ import annotations

import pytest

from paper_checks import study
from srtheory.errors import ArgumentError
from srtheory.lookup import TABLES, Entry, call, entries, lookup

KNOWN = {**{kind: entries(kind) for kind in TABLES}, "figure": study.figures, "table": study.tables}


def test_each_entry_names_what_there_is() -> None:
    assert set(KNOWN) == {"scheme", "decoder", "law", "figure", "table"}
    assert sum(map(len, KNOWN.values())) > 60
    for kind, found in KNOWN.items():
        for name, entry in found.items():
            assert callable(entry.imported()), name
            assert kind not in TABLES or lookup(kind, name) is entry
            assert entry.says or kind == "decoder"


@pytest.mark.parametrize("kind", TABLES)
def test_unknown_names_are_told_those_there_are(kind: str) -> None:
    with pytest.raises(ArgumentError, match="one of " + next(iter(entries(kind)))) as refusal:
        lookup(kind, "tornado")
    assert refusal.value.name == kind


def test_fixed_arguments_are_given() -> None:
    assert lookup("scheme", "sr-with-replacement").imported()(symbols=3, degree=2).replacement
    assert Entry("srtheory.errors", "shortened", fixed={"longest": 7}).imported()("0123456789") == "01...89"


def test_what_is_not_taken_is_refused() -> None:
    with pytest.raises(ArgumentError, match="'schemes' must be left out: the figure 'run' does not take it"):
        call("figure 'run'", study.figures["run"], None, schemes=("sr",))
