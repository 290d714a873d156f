"""docs/choosing.md: its commands run, and its numbers are what they print."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from srtheory.schemes import NAMES

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "choosing.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^srtheory (.*)$", TEXT, re.MULTILINE)
COMPARE = [line for line in COMMANDS if line.startswith("compare")]
OPTIONS = ("message-cost", "master-time", "silent")
GIVEN = 1 + len(OPTIONS)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if re.match(r"\| `(expon|pareto)", line)
]


def cheap(line: str) -> list[str]:
    """The command for few symbols and trials."""
    arguments = shlex.split(line)
    arguments[arguments.index("--symbols") + 1] = "30"
    return arguments + ["--trials", "2"] * (arguments[0] == "compare")


@pytest.mark.parametrize("line", COMMANDS)
def test_commands(line, run):
    done = run(*cheap(line))
    assert done.status == 0, done.stderr
    assert done.stdout


def test_the_table_has_a_row_for_each_comparison():
    said = [(row[0].strip("`"), *map(float, row[1:GIVEN])) for row in ROWS]
    asked = [
        (
            re.search(r'--startup "(.*?)"', line)[1],
            *(float((re.search(rf"--{option} (\S+)", line) or ["", 0])[1]) for option in OPTIONS),
        )
        for line in COMPARE
    ]
    assert said == asked


def faults(row, points):
    """Cells of a row of the table that are not what the comparison found."""
    schemes = {p["scheme"]: p for p in sorted(points, key=lambda p: p["latency"]["mean"] or 1e9, reverse=True)}
    least = min(p["latency"]["mean"] or 1e9 for p in points if p["scheme"] != "genie")
    fastest = [p for p in points if p["scheme"] != "genie" and p["latency"]["mean"] == least]
    printed = [
        ", ".join(f"`{p['scheme']}`" for p in sorted(fastest, key=lambda p: p["scheme"])),
        str(fastest[0]["degree"]),
        shown(fastest[0]["latency"]),
        f"{fastest[0]['messages']['mean']:.0f}",
        str(schemes["sr"]["degree"]),
        shown(schemes["sr"]["latency"]),
    ]
    return [(said, found) for said, found in zip(row[GIVEN:], printed, strict=True) if said != found]


def shown(latency):
    return f"{latency['mean']:.3f} ± {latency['standard_error']:.3f}"


FOUND: dict[str, list[dict]] = {}


def compared(line, run):
    """The points of a comparison, which is made once."""
    if line not in FOUND:
        FOUND[line] = json.loads(run(*shlex.split(line), "--json").stdout)["points"]
    return FOUND[line]


@pytest.mark.slow
@pytest.mark.parametrize(("row", "line"), list(zip(ROWS, COMPARE, strict=True)))
def test_the_numbers_are_what_the_commands_find(row, line, run):
    assert faults(row, compared(line, run)) == []


@pytest.mark.quality
def test_another_number_would_be_seen():
    point = {"scheme": "sr", "degree": 2, "latency": {"mean": 1.0, "standard_error": 0.1}, "messages": {"mean": 9.0}}
    row = [*[""] * GIVEN, "`sr`", "2", "1.000 ± 0.100", "9", "2", "1.000 ± 0.100"]
    assert faults(row, [point]) == []
    for k in range(GIVEN, len(row)):
        assert faults([*row[:k], "other", *row[k + 1 :]], [point])


def test_the_laws_are_as_said(run):
    answers = [json.loads(run(*shlex.split(line), "--json").stdout) for line in COMMANDS if line not in COMPARE]
    uncoded, repetition, last, law, guarantee = answers
    assert said(r"ever recover with probability (\S+) and (\d\.\d+)") == (
        only(uncoded["recovered"]),
        only(repetition["recovered"]),
    )
    assert said(r"done by 1.2 with probability (\d\.\d+)") == (only(last["cdf"][0]["probability"]),)
    assert said(r"first gives (\S+)") == (only(law["cdf"][0]["probability"]),)
    assert re.search(r"from (\S+) to (\d\.\d+)", TEXT).groups() == tuple(f"{p:.4f}" for p in guarantee["probability"])


def said(pattern):
    """Numbers of the page."""
    return re.search(pattern, TEXT).groups()


def only(interval):
    """An interval that is one number in four digits."""
    [number] = {f"{p:.4f}" for p in interval}
    return number


@pytest.mark.slow
def test_lost_runs_are_as_said(run):
    """One node and the uncoded scheme lose so many, and all others none at their best degree."""
    few, many = (compared(line, run) for line in COMPARE if "silent" in line)
    lost = [{p["scheme"]: p["unrecovered"] for p in points if p["degree"] is None} for points in (few, many)]
    numbers = said(r"lost (\d+) at \$\\varepsilon = 0.01\$ and (\w+) at 0.1, one node (\d+) and\s(\d+)")
    assert numbers == (str(lost[0]["uncoded"]), "all", str(lost[0]["one"]), str(lost[1]["one"]))
    assert lost[1]["uncoded"] == 100
    for points in (few, many):
        whole = {p["scheme"] for p in points if p["unrecovered"] == 0}
        assert {p["scheme"] for p in points} - whole == {"one", "uncoded"}


def test_names_that_are_mentioned_exist():
    taken = set(re.findall(r"`((?:parts|terms|gradient)-\w+|repetition|sr)`", TEXT))
    assert {"parts-cyclic", "repetition", "sr"} <= taken <= set(NAMES)
    sections = set(re.findall(r"^### (\d\.\d)", (DOCS / "theory.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\b5\.\d\b", TEXT)) <= sections
    assert "choosing" in (DOCS / "index.md").read_text(encoding="utf-8").split()
