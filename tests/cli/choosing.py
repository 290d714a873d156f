"""What the comparisons of docs/choosing.md find: ``python -m tests.record choosing`` puts it on record."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

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


def number_or(value: float | None, otherwise: str) -> float:
    return float(otherwise if value is None else value)


def compared(number: int) -> list[Line]:
    found = json.loads(CliRunner().invoke(srtheory, [*shlex.split(COMPARE[number]), "--json"]).stdout)
    return [
        Line(
            number,
            point["scheme"],
            point["degree"],
            point.get("cells"),
            point["trials"],
            number_or(point["latency"]["mean"], "inf"),
            number_or(point["latency"]["standard_error"], "nan"),
            number_or(point["messages"]["mean"], "inf"),
            point["unrecovered"],
        )
        for point in found["points"]
    ]


def write() -> None:
    write_lines(RECORD, Line, [line for number in range(len(COMPARE)) for line in compared(number)])
