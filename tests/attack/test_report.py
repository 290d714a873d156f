"""docs/reliability.md says what data/attack holds, and a tally counts what it is told."""

from __future__ import annotations

import pytest

from tests.attack import report
from tests.attack.report import Tally


def test_the_page_is_the_data():
    assert report.on_page() == report.generated()


@pytest.mark.quality
def test_another_number_in_the_data_is_seen(tmp_path, monkeypatch):
    for path in report.DATA.glob("*.json"):
        (tmp_path / path.name).write_text(path.read_text().replace('"seed": ', '"seed": 1'))
    monkeypatch.setattr(report, "DATA", tmp_path)
    assert report.on_page() != report.generated()


def test_nothing_failed():
    """In the long forms on record."""
    assert "| failed |" in report.generated()
    assert all(
        line.endswith(("| 0 |", "| **0** |"))
        for line in report.generated().splitlines()
        if line[-1:] == "|" and "0" in line
    )


def test_a_tally_counts():
    tally = Tally("x", "X", "Says.", 1)
    tally.count("a")
    tally.count("b", "wrong", 2)
    assert (tally.total, dict(tally.wrong), tally.failures) == (3, {"b": 2}, ["b: wrong"])
    assert "| b | 2 | 2 |" in str(tally)
    assert "| **all** | **3** | **2** |" in str(tally)


def test_what_is_kept_is_on_the_page(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "DATA", tmp_path)
    monkeypatch.setattr(report, "PAGE", tmp_path / "page.md")
    report.PAGE.write_text(f"head\n{report.BEGIN}\n\nold\n{report.END}\nfoot\n")
    tally = Tally("x", "X", "Says.", 1)
    tally.count("a", "wrong")
    tally.keep()
    assert report.on_page() == report.generated() == str(tally)
    assert report.PAGE.read_text().startswith("head\n")
    assert report.PAGE.read_text().endswith("foot\n")
    assert "- `a: wrong`" in report.on_page()
