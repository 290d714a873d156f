"""A tally counts what it is told, and what is kept says that nothing failed."""

from __future__ import annotations

import json

import pytest

from docs import numbers
from tests.attack import report
from tests.attack.report import Tally


def test_nothing_failed_in_the_long_forms_on_record_and_their_commands_are_there():
    records = [json.loads(path.read_text(encoding="utf-8")) for path in report.DATA.glob("*.json")]
    assert len(records) > 8
    assert [record["failed"] or record["failures"] for record in records if record["failed"]] == []
    named = {word for record in records for word in record["command"].split() if word.endswith(".py")}
    assert {name for name in named if not (report.ROOT / name).exists()} == set()


@pytest.mark.quality
def test_what_is_kept_is_on_the_page_with_its_failures(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "DATA", tmp_path)
    page = tmp_path / "page.md"
    monkeypatch.setattr(numbers, "PAGES", [page])
    page.write_text("head\n<!-- attacks -->\nold\n<!-- end of attacks -->\nfoot\n")
    tally = Tally("x", "X", "Says.", 1)
    tally.count("a")
    tally.count("b", "wrong", 2)
    tally.keep()
    assert f"| x | 3 | 2 | `{tally.command}` |" in page.read_text().splitlines()
    for line in ("| b | 2 | 2 |", "| **all** | **3** | **2** |", "- `b: wrong`"):
        assert line in str(tally)
    assert Tally.again("x").seed == 1
