"""docs/choosing.md: its commands run, and its numbers are what they print."""

from __future__ import annotations

import csv
import json
import re
import shlex
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from srtheory.decoders import span
from srtheory.delays import parse_law
from srtheory.experiments import trial
from srtheory.schemes import NAMES
from srtheory.span import engine
from srtheory.span.engine import Argument, Stopping
from srtheory.theory.laws.approximate import cyclic_error, fractional_error, one_step_error_by_rows

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


@pytest.fixture
def what_is_shown(monkeypatch):
    """Only what the page has of a run, in half of the time: no work, no cost of decoding, a prime's M'.

    By a prime's verdict is M' of the large weights of cyclic gradient codes, whose proof over Q takes long.  The
    numbers of the page come of proofs: those that a prime finds are theirs.
    """

    def trusted(rows, covered, guess):
        return Stopping(guess, covered, min(len(rows), rows.columns), Argument.LIFTED)

    monkeypatch.setattr(engine, "_lifted_stopping_time", trusted)
    monkeypatch.setattr(engine, "rational_rank", lambda rows, rank, prime: rank)
    monkeypatch.setattr(span, "_cost", lambda *_: None)
    monkeypatch.setattr(trial, "transmit", lambda *_: NO_MORE)
    monkeypatch.setattr(trial, "evaluations", lambda *_: 0)
    monkeypatch.setattr(trial, "evaluations_beside_messages", lambda *_: 0)


NO_MORE = SimpleNamespace(totals=None)
FOUND: dict[str, list[dict]] = {}


def compared(line, run):
    """The points of a comparison, which is made once."""
    if line not in FOUND:
        FOUND[line] = json.loads(run(*shlex.split(line), "--json").stdout)["points"]
    return FOUND[line]


@pytest.mark.slow
@pytest.mark.usefixtures("what_is_shown")
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
@pytest.mark.usefixtures("what_is_shown")
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


CURVES = DOCS.parent / "data" / "figures" / "figure_errors.csv"
LEVELS = (0.1, 0.01, 0.001)
STARTUPS = ("expon(scale=5)", "pareto(b=1)")
HALF = 0.0005  # a unit of the last digit of the times


def drawn(curve, startup="expon(scale=5)", axis="time"):
    """Times or rows, and mean errors, of a curve of the figure on record, shape (2, points)."""
    with CURVES.open(encoding="utf-8") as stream:
        rows = [r for r in csv.DictReader(stream) if (r["startup"], r["axis"], r["curve"]) == (startup, axis, curve)]
    return np.array([[float(r["at"]), float(r["mean error"])] for r in rows]).T


def read_off(startup, level):
    """The same of SR, between the points of the figure, its error taken for exponential there."""
    t, error = drawn("SR", startup)
    return float(np.interp(-np.log(level), -np.log(np.maximum(error, 1e-12)), t))


def best_fractional(t, law):
    return min(float(fractional_error(t, 1000, d, 0.005, law)) for d in range(1, int(t / 0.005) + 1))


ERRORS = {
    "terms, cyclic order": lambda t, law: cyclic_error(t, 1000, 1, 0.005, law),
    "parts, cyclic order": lambda t, law: cyclic_error(t, 1000, 10, 0.005, law),
    "fractional repetition, the best $d$ for each time": best_fractional,
    "fractional repetition": lambda t, law: fractional_error(t, 1000, 10, 0.005, law),
}


def wrong_times(text):
    """Cells of the table of stopping early at which, as rounded, a decreasing error does not come down to the level."""
    return [
        (name, said)
        for name in [*ERRORS, "SR"]
        for said, (startup, level) in zip(
            re.search(rf"^\| {re.escape(name)} \| (.*) \|$", text, re.MULTILINE)[1].split(" | "),
            product(STARTUPS, LEVELS),
            strict=True,
        )
        if not right_time(name, said, startup, level)
    ]


def right_time(name, said, startup, level):
    if name == "SR":
        return said == f"{read_off(startup, level):.3f}"
    t, law, error = float(said), parse_law(startup), ERRORS[name]
    return said == f"{t:.3f}" and error(t - HALF, law) >= level >= error(t + HALF, law)


def test_stopping_early_is_as_the_laws_and_the_figure_have_it():
    assert wrong_times(TEXT) == []
    plain = " ".join(TEXT.split())
    at = [np.interp(0.5, *drawn(name)) for name in ("gradient, regular graph", "gradient, Bernoulli (BGC)")]
    parts = float(cyclic_error(0.5, 1000, 10, 0.005, parse_law("expon(scale=5)")))
    assert "(exponential start-up) are {:.2f} and {:.2f}, where parts have {:.3f}".format(*at, parts) in plain
    at = [np.interp(444, *drawn(name, axis="rows")) for name in ("SR", "parts of 10, cyclic order")]
    assert "after 444 rows {:.2f}, against {:.3f} for parts".format(*at) in plain
    last = max(k for k in range(1, 1000) if one_step_error_by_rows(k, 1000, 10) > 1)
    assert f"until {last + 1} of the 1000 rows are there" in plain


def test_who_is_ahead_when_stopped_early():
    for startup in STARTUPS:
        sr, best, parts = (
            drawn(name, startup)[1] for name in ("SR", "fractional, best d for t", "parts of 10, cyclic order")
        )
        between = (sr < 0.17) & (sr > 0.01)
        assert (best < sr)[between].all()
        assert (sr < best)[(best < 0.0075) & (best > 0)].all()
        assert (parts < np.minimum(sr, best))[(parts < 0.1) & (sr > 0.001)].all()
        rows = {name: drawn(name, startup, "rows")[1] for name in ("gradient, fractional", "SR")}
        others = ["parts of 10, cyclic order", "gradient, regular graph", "gradient, Bernoulli (BGC)", "SR"]
        assert all((rows["gradient, fractional"] <= drawn(name, startup, "rows")[1]).all() for name in others)
        assert (rows["SR"] >= drawn("gradient, Bernoulli (BGC)", startup, "rows")[1]).all()


@pytest.mark.quality
def test_another_time_would_be_seen():
    text, cells = TEXT, {"terms, cyclic order": "0.342", "fractional repetition": "1.201", "SR": "0.502"}
    for name, first in cells.items():
        assert f"| {name} | {first} |" in text
        text = text.replace(f"| {name} | {first} |", f"| {name} | {float(first) + 2 * HALF:.3f} |")
    assert wrong_times(text) == [(name, f"{float(first) + 2 * HALF:.3f}") for name, first in cells.items()]


def test_names_that_are_mentioned_exist():
    taken = set(re.findall(r"`((?:parts|terms|gradient)-\w+|repetition|sr)`", TEXT))
    assert {"parts-cyclic", "repetition", "sr"} <= taken <= set(NAMES)
    sections = set(re.findall(r"^### (\d\.\d)", (DOCS / "theory.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\b5\.\d\b", TEXT)) <= sections
    assert "choosing" in (DOCS / "index.md").read_text(encoding="utf-8").split()
