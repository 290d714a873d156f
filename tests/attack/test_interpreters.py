"""The suite under other interpreters: what a report of it tells."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.attack import interpreters
from tests.attack.report import Tally

REPORT = """<testsuites><testsuite name="pytest"><testcase classname="tests.a" name="test_one" />
<testcase classname="tests.a" name="test_two"><failure message="assert 1 == 2&#10;more">where</failure></testcase>
<testcase classname="tests.a" name="test_three"><skipped message="no LaTeX" /></testcase>
<testcase classname="tests.b" name="test_four"><error message="in a fixture" /></testcase></testsuite></testsuites>"""


def test_failures_and_errors_are_told_and_a_skipped_test_is_not_counted(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    found = interpreters.outcomes(report)
    assert found == {
        "tests.a::test_one": None,
        "tests.a::test_two": "assert 1 == 2",
        "tests.b::test_four": "in a fixture",
    }


def test_a_run_without_a_report_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters, "ROOT", tmp_path)
    (tmp_path / "pytest.py").write_text("raise SystemExit(3)")  # in the place of pytest
    tally = Tally("interpreters", "", "", 0)
    interpreters.attack({"this": sys.executable}, tally)
    assert tally.failures == ["this: status 3"]


def test_what_is_on_record_of_other_interpreters_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters, "DATA", tmp_path)
    tally = Tally("interpreters", "", "", 0)
    interpreters.add_on_record(tally, ["new"])
    assert tally.total == 0
    record = {"tried": {"old": 7, "new": 9}, "failed": {"old": 1, "new": 2}, "failures": ["old: a test", "new: b"]}
    (tmp_path / "interpreters.json").write_text(json.dumps(record))
    interpreters.add_on_record(tally, ["new"])
    tally.count("new")
    assert (tally.tried, tally.wrong, tally.failures) == ({"old": 7, "new": 1}, {"old": 1}, ["old: a test"])
