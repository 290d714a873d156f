"""What the comparisons of docs/choosing.md find: ``python -m tests.record choosing`` puts it on record.

It takes a minute.  tests/cli/test_choosing_docs.py computes the fastest schemes and a tenth of all trials again.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from srtheory.cli import srtheory
from srtheory.experiments import compare as comparison
from srtheory.experiments import running
from srtheory.experiments.compare import Point
from srtheory.experiments.trial import Record, run_trials
from srtheory.files import write_lines

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "data" / "choosing" / "compared.csv"
TEXT = (ROOT / "docs" / "choosing.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^srtheory (.*)$", TEXT, re.MULTILINE)
COMPARE = [line for line in COMMANDS if line.startswith("compare")]
TRIALS = range(100)
SAMPLE = TRIALS[::11]
"""Trials that the tests compute again, the first and the last among them."""


@dataclass(frozen=True)
class Line:
    """A point of the comparison of this number: means over all trials, and a digest of those of the sample.

    A mean is inf where runs are lost, and its standard error then nan.
    """

    comparison: int
    scheme: str
    degree: int | None
    cells: int | None
    latency: float
    standard_error: float
    messages: float
    lost: int
    sample: str


def compared(command: str, trials: Callable[[int], range]) -> list[tuple[Point, Sequence[Record]]]:
    """Points and records of a comparison of which the k-th point has these of its trials."""
    found: list[list[Record]] = []

    def run_all(wanted: list, **_: object) -> list[list[Record]]:
        assert {many for _, many in wanted} == {len(TRIALS)}
        found.extend(run_trials(task, trials(k)) for k, (task, _) in enumerate(wanted))
        return found

    def marked(points: list[Point]) -> list[Point]:
        kept.extend(points)
        return points

    kept: list[Point] = []
    with patch.object(running, "run_all", run_all), patch.object(comparison, "marked", marked):
        srtheory.main(shlex.split(command), standalone_mode=False, obj=StringIO())
    return list(zip(kept, found, strict=True))


def line_of(comparison: int, point: Point, records: Sequence[Record]) -> Line:
    time, messages = point.latency, point.messages.mean
    numbers = (time.mean, time.standard_error, messages, point.unrecovered)
    return Line(comparison, point.scheme, point.degree, point.cells, *numbers, digest(records))


def digest(records: Sequence[Record]) -> str:
    """Of T, to the last bit, and M' of the trials of the sample."""
    kept = [(r.trial, r.latency, r.stopping_time) for r in records if r.trial in SAMPLE]
    assert len(kept) == len(SAMPLE)
    return hashlib.sha256(repr(kept).encode()).hexdigest()[:16]


def write() -> None:
    lines = [
        line_of(number, *each) for number, command in enumerate(COMPARE) for each in compared(command, lambda k: TRIALS)
    ]
    write_lines(RECORD, Line, lines)
