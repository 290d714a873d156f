"""The whole suite under other interpreters: ``SRTHEORY_PYTHONS=PATH:PATH python -m tests.attack.interpreters``.

Each has this checkout installed, as an editable package, and what its tests need.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as Tree

from tests.attack.determinism import others
from tests.attack.report import DATA, ROOT, Tally


def outcomes(report: Path) -> dict[str, str | None]:
    """What failed, in a word, or None, for each test of a JUnit report that was not skipped."""
    found: dict[str, str | None] = {}
    for case in Tree.parse(report).iter("testcase"):
        wrong = next((child for child in case if child.tag in ("failure", "error")), None)
        if case.find("skipped") is None:
            said = None if wrong is None else wrong.get("message", "").partition("\n")[0]
            found[f"{case.get('classname')}::{case.get('name')}"] = said
    return found


def attack(name: str, python: str, tally: Tally) -> None:
    """A run that ends before its report is a failure."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = ["-q", "-n", "2", "--dist", "worksteal", "-p", "no:cacheprovider", f"--junitxml={report}"]
        done = subprocess.run([python, "-m", "pytest", *options], cwd=ROOT, check=False)
        if not report.exists():
            tally.count(name, f"status {done.returncode}")
            return
        for test, wrong in outcomes(report).items():
            tally.count(name, None if wrong is None else f"{test}: {wrong}")


def add_on_record(tally: Tally, asked: Collection[str]) -> None:
    """Add what is on record of interpreters that are not asked for now."""
    kept = json.loads((DATA / f"{tally.part}.json").read_text(encoding="utf-8"))
    tally.tried.update({name: count for name, count in kept["tried"].items() if name not in asked})
    tally.wrong.update({name: count for name, count in kept["failed"].items() if name not in asked})
    tally.failures += [said for said in kept["failures"] if said.partition(": ")[0] not in asked]


def write(words: Sequence[str] = ()) -> None:
    tally, asked = Tally.again("interpreters"), others()
    add_on_record(tally, asked)
    for name, python in asked.items():  # a run takes long: each is kept
        attack(name, python, tally)
        tally.keep()
    raise SystemExit(bool(tally.failures))


if __name__ == "__main__":
    write()
