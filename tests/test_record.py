"""The registry of records: every file of data/pages is in it, and what it writes is what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import record, recorded

OWN_NAMES = {"covered", "hunts", "medians", "predictions", "sets"}
MEASURED = {"arcs-decoding", "arcs-exponents", "arcs-phases", "lost-rank", "real-sums", "stopping-sets"}
"""Measurements of a page, made by the commands and scripts that it names; what can be run again has its test."""


def test_every_page_has_a_record_that_writes_it() -> None:
    assert {path.stem for path in record.FOLDER.glob("*.csv")} == OWN_NAMES | MEASURED | set(recorded.TABLES)
    assert OWN_NAMES | {"trials"} <= set(record.MINUTES)
    assert all(callable(record.writer(name)) for name in record.RECORDS)
    assert all((record.ROOT / tests).exists() for tests, _ in record.LONG.values())
    assert {path.stem for path in (record.ROOT / "data/attack").glob("*.json")} <= {
        *record.PARTS,
        *record.ATTACKS,
        "interpreters",
    }


def test_the_records_are_listed_and_those_named_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(record, "writer", lambda name: lambda: made.append(name))
    assert [said.split(":")[0] for said in record.main(["--list"])] == list(record.RECORDS)
    assert made == []
    for words, names in ((["sets", "hunts"], ["sets", "hunts"]), (["--minutes"], list(record.MINUTES)), ([], [])):
        made.clear()
        assert len(list(record.main(words))) == len(names)
        assert made == names
    with pytest.raises(SystemExit):
        list(record.main(["nothing"]))


def test_a_table_is_written_as_it_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def compute(key: tuple[Any, ...]) -> tuple[float, ...]:
        return key[0] / 3, key[1]

    monkeypatch.setattr(record, "FOLDER", tmp_path)
    table = record.Table("thirds", (int, float), compute, rel=1e-9, abs=0)
    table.write(lambda value: [value((i, i / 7)) for i in (2, 1, 2)])
    assert list(table.recorded) == [(1, 1 / 7), (2, 2 / 7)]
    assert table.comes_out_again(table.recorded)
    assert not table.comes_out_again(table.recorded | {(1, 1 / 7): (1 / 3 * (1 + 1e-8), 1 / 7)})
    assert table.value((5, 0.0)) == (5 / 3, 0.0)
    assert table.value((2, 2 / 7)) == table.recorded[2, 2 / 7]
