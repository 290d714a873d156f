"""docs/choosing.md: its commands run, and its numbers are what they print."""

from __future__ import annotations

import csv
import json
import re
import shlex
from dataclasses import replace
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from srtheory.decoders import span
from srtheory.delays import parse_law
from srtheory.experiments import trial
from srtheory.experiments.lines import read_lines
from srtheory.paper import PAPER
from srtheory.schemes import SCHEME_NAMES
from srtheory.span import engine
from srtheory.span.engine import Argument, Stopping
from srtheory.theory.laws.approximate import cyclic_error, fractional_error, one_step_error_by_rows
from tests.cli.choosing import COMMANDS, COMPARE, RECORD, SAMPLE, TEXT, TRIALS, Line, compared, digest, line_of

DOCS = Path(__file__).parents[2] / "docs"
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


def faults(row, lines):
    """Cells of a row of the table that are not what the comparison found."""
    schemes = {line.scheme: line for line in sorted(lines, key=lambda line: line.latency, reverse=True)}
    first, *others = fastest(lines)
    printed = [
        ", ".join(sorted(f"`{line.scheme}`" for line in (first, *others))),
        str(first.degree),
        shown(first),
        f"{first.messages:.0f}",
        str(schemes["sr"].degree),
        shown(schemes["sr"]),
    ]
    return [(said, found) for said, found in zip(row[GIVEN:], printed, strict=True) if said != found]


def fastest(lines):
    """Those of least mean latency."""
    schemes = [line for line in lines if line.scheme != "genie"]
    least = min(line.latency for line in schemes)
    return [line for line in schemes if line.latency == least]


def shown(line):
    return f"{line.latency:.3f} ± {line.standard_error:.3f}"


@pytest.fixture
def what_is_on_record(monkeypatch):
    """Only what is kept of a run, in half of the time: no work, no cost of decoding, a prime's M'.

    By a prime's verdict is M' of the large weights of cyclic gradient codes, whose proof over Q takes long.  The
    numbers on record come of proofs: those that a prime finds are theirs.
    """

    def trusted(rows, covered, guess, *_):
        return Stopping(guess.k, covered, min(len(rows), rows.columns), Argument.LIFTED)

    monkeypatch.setattr(engine, "lifted_stopping_time", trusted)
    monkeypatch.setattr(engine, "rational_rank", lambda rows, rank, prime: rank)
    monkeypatch.setattr(span, "_cost", lambda *_: None)
    monkeypatch.setattr(trial, "transmit", lambda *_: NO_MORE)
    monkeypatch.setattr(trial, "evaluations", lambda *_: 0)
    monkeypatch.setattr(trial, "evaluations_beside_messages", lambda *_: 0)


NO_MORE = SimpleNamespace(totals=None)
LINES = list(read_lines(RECORD, Line))
BY_COMPARISON = [[line for line in LINES if line.comparison == k] for k in range(len(COMPARE))]


def unlike(lines, found):
    """Lines on record that a comparison does not find again: their samples, or all numbers of the fastest."""
    return [
        line
        for line, (point, records) in zip(lines, found, strict=True)
        if str(line)
        != str(
            line_of(line.comparison, point, records)
            if len(records) == len(TRIALS)
            else replace(line, scheme=point.scheme, degree=point.degree, sample=digest(records))
        )
    ]


def again(comparison):
    """The comparison's points, and records of all trials of the fastest, of the sample of all others."""
    lines = BY_COMPARISON[comparison]
    whole = {lines.index(line) for line in fastest(lines)}
    return compared(COMPARE[comparison], lambda k: TRIALS if k in whole else SAMPLE)


@pytest.mark.parametrize("comparison", range(len(COMPARE)))
def test_the_numbers_are_those_on_record(comparison):
    """Of all trials of each command; they are put on record by python -m tests.record choosing."""
    assert faults(ROWS[comparison], BY_COMPARISON[comparison]) == []


@pytest.mark.slow
@pytest.mark.usefixtures("what_is_on_record")
@pytest.mark.parametrize("comparison", range(len(COMPARE)))
def test_what_is_on_record_is_what_the_commands_find(comparison):
    assert unlike(BY_COMPARISON[comparison], again(comparison)) == []


@pytest.mark.quality
def test_another_number_would_be_seen():
    line = Line(0, "sr", 2, 1.0, 0.1, 9.0, 0, "")
    row = [*[""] * GIVEN, "`sr`", "2", "1.000 ± 0.100", "9", "2", "1.000 ± 0.100"]
    assert faults(row, [line]) == []
    for k in range(GIVEN, len(row)):
        assert faults([*row[:k], "other", *row[k + 1 :]], [line])
    for other in ({"latency": 1.002}, {"standard_error": 0.102}, {"messages": 8.0}, {"degree": 5}):
        assert faults(row, [replace(line, **other)])


@pytest.mark.quality
@pytest.mark.usefixtures("what_is_on_record")
@pytest.mark.parametrize("which", [0, -1])
def test_another_run_would_be_seen(which):
    """The last bit of T, or a row more, in the first or the last trial of the sample; and that of a mean on record."""
    lines = [line for line in BY_COMPARISON[1] if line.scheme == "parts-cyclic"]
    best = lines.index(*fastest(lines))
    found = compared(f"{COMPARE[1]} --scheme parts-cyclic", lambda k: TRIALS if k == best else SAMPLE)
    assert unlike(lines, found) == []
    for k, (point, (*records,)) in enumerate(found):
        record = records[which]
        for other in ({"latency": after(record.latency)}, {"stopping_time": record.stopping_time + 1}):
            changed = [*records[:which], replace(record, **other), *records[which:][1:]]
            assert unlike([lines[k]], [(point, changed)]) == [lines[k]]
    changed = replace(lines[best], latency=after(lines[best].latency))
    assert unlike([changed], [found[best]]) == [changed]


def after(number):
    """The next larger float."""
    return float(np.nextafter(number, np.inf))


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


def test_lost_runs_are_as_said():
    """One node and the uncoded scheme lose so many, and all others none at their best degree."""
    few, many = (lines for lines, line in zip(BY_COMPARISON, COMPARE, strict=True) if "silent" in line)
    lost = [{line.scheme: line.lost for line in lines if line.degree is None} for lines in (few, many)]
    numbers = said(r"lost (\d+) at \$\\varepsilon = 0.01\$ and (\w+) at 0.1, one node (\d+) and\s(\d+)")
    assert numbers == (str(lost[0]["uncoded"]), "all", str(lost[0]["one"]), str(lost[1]["one"]))
    assert lost[1]["uncoded"] == len(TRIALS)
    for lines in (few, many):
        whole = {line.scheme for line in lines if line.lost == 0}
        assert {line.scheme for line in lines} - whole == {"one", "uncoded"}


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


def best_fractional(model, t):
    return min(float(fractional_error(replace(model, degree=d), t)) for d in range(1, int(t / model.tau) + 1))


ERRORS = {
    "terms, cyclic order": lambda model, t: cyclic_error(replace(model, degree=1), t),
    "parts, cyclic order": cyclic_error,
    "fractional repetition, the best $d$ for each time": best_fractional,
    "fractional repetition": fractional_error,
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
    t, model, error = float(said), replace(PAPER, startup=parse_law(startup)), ERRORS[name]
    return said == f"{t:.3f}" and error(model, t - HALF) >= level >= error(model, t + HALF)


def test_stopping_early_is_as_the_laws_and_the_figure_have_it():
    assert wrong_times(TEXT) == []
    plain = " ".join(TEXT.split())
    at = [np.interp(0.5, *drawn(name)) for name in ("gradient, regular graph", "gradient, Bernoulli (BGC)")]
    parts = float(cyclic_error(PAPER, 0.5))
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
    assert {"parts-cyclic", "repetition", "sr"} <= taken <= set(SCHEME_NAMES)
    sections = set(re.findall(r"^### (\d\.\d)", (DOCS / "theory.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\b5\.\d\b", TEXT)) <= sections
    assert "choosing" in (DOCS / "index.md").read_text(encoding="utf-8").split()
