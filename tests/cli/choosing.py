"""What the comparisons of docs/choosing.md find: ``python -m tests.record choosing`` puts it on record, in a minute."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from math import inf, nan
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from srtheory.cli import srtheory
from srtheory.files import write_lines

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "data" / "choosing" / "compared.csv"
TEXT = (ROOT / "docs" / "choosing.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^srtheory (.*)$", TEXT, re.MULTILINE)
COMPARE = [line for line in COMMANDS if line.startswith("compare")]


@dataclass(frozen=True)
class Line:
    """A point of the comparison of this number; a mean is inf where runs are lost, and its standard error then nan."""

    comparison: int
    scheme: str
    degree: int | None
    cells: int | None
    trials: int
    latency: float
    standard_error: float
    messages: float
    lost: int


def answer(line: str) -> Any:
    """What a command of the page prints as JSON."""
    return json.loads(CliRunner().invoke(srtheory, [*shlex.split(line), "--json"]).stdout)


def compared(number: int, more: str = "") -> list[Line]:
    """What the comparison of this number finds."""

    def mean(of: dict[str, Any]) -> float:
        return inf if of["mean"] is None else float(of["mean"])

    def line(p: dict[str, Any]) -> Line:
        error = p["latency"]["standard_error"]
        numbers = (mean(p["latency"]), nan if error is None else error, mean(p["messages"]), p["unrecovered"])
        return Line(number, p["scheme"], p["degree"], p.get("cells"), p["trials"], *numbers)

    return [line(p) for p in answer(COMPARE[number] + more)["points"]]


def write() -> None:
    write_lines(RECORD, Line, [line for number in range(len(COMPARE)) for line in compared(number)])
