"""A tally counts what it is told, and docs/reliability.md says what is kept."""

from __future__ import annotations

import json

import pytest

from docs import numbers
from tests.attack import report
from tests.attack.report import Tally


@pytest.mark.quality
def test_another_number_in_the_data_is_seen(tmp_path, monkeypatch):
    before = report.generated()
    for path in report.DATA.glob("*.json"):
        (tmp_path / path.name).write_text(path.read_text().replace('"seed": ', '"seed": 1'))
    monkeypatch.setattr(report, "DATA", tmp_path)
    assert report.generated() != before


def test_nothing_failed():
    """In the long forms on record."""
    assert "| failed |" in report.generated()
    assert all(
        line.endswith(("| 0 |", "| **0** |"))
        for line in report.generated().splitlines()
        if line[-1:] == "|" and "0" in line
    )


def test_commands_on_record_name_files_that_are_there():
    commands = [json.loads(path.read_text(encoding="utf-8"))["command"] for path in report.DATA.glob("*.json")]
    named = {word for command in commands for word in command.split() if word.endswith(".py")}
    assert len(named) > 5
    assert {name for name in named if not (report.ROOT / name).exists()} == set()


def test_a_tally_counts():
    tally = Tally("x", "X", "Says.", 1)
    tally.count("a")
    tally.count("b", "wrong", 2)
    assert (tally.total, dict(tally.wrong), tally.failures) == (3, {"b": 2}, ["b: wrong"])
    assert "| b | 2 | 2 |" in str(tally)
    assert "| **all** | **3** | **2** |" in str(tally)


def test_what_is_kept_is_on_the_page(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "DATA", tmp_path)
    page = tmp_path / "page.md"
    monkeypatch.setattr(numbers, "PAGES", [page])
    page.write_text("head\n<!-- attacks -->\nold\n<!-- end of attacks -->\nfoot\n")
    tally = Tally("x", "X", "Says.", 1)
    tally.count("a", "wrong")
    tally.keep()
    assert page.read_text() == f"head\n<!-- attacks -->\n\n{tally}\n<!-- end of attacks -->\nfoot\n"
    assert "- `a: wrong`" in str(tally)
