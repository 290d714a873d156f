"""docs/intervals.md: its numbers are recomputed, its functions and tests exist, its tables agree with one another."""

from __future__ import annotations

import importlib
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import bisect

from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task, run_trials
from srtheory.paper import PAPER
from srtheory.schemes import make
from srtheory.theory.laws.intervals import arcs_bounds
from srtheory.theory.laws.streaming import own_then_parts_bounds, parts_cyclic_bounds

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "intervals.md").read_text(encoding="utf-8")
THEORY = (ROOT / "docs" / "theory.md").read_text(encoding="utf-8")
HOMES = ("decoders.intervals", "decoders.sums", "decoders.cycles", "schemes.intervals", "theory.laws.intervals")
LAWS = {"exponential": "expon(scale=5)", "Pareto": "pareto(b=1)"}
MEDIANS = re.findall(r"^\| (0\.01|1|4|7|8|10) \| (.*)\|$", PAGE, re.MULTILINE)


def cells(marker):
    """The rows of a marked table, its head left out."""
    block = PAGE.split(f"<!-- {marker} -->")[1].split(f"<!-- end of {marker} -->")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in block.strip().splitlines()][2:]


def number(cell):
    """Estimate and half-width."""
    return tuple(float(part) for part in cell.split(" ± "))


def median(law, model):
    return bisect(lambda t: sum(law(model, t)) / 2 - 0.5, 0.3, 100, xtol=1e-6)


@pytest.mark.parametrize("row", MEDIANS, ids=lambda r: r[0])
def test_medians_are_those_of_the_laws(row):
    load, said = row
    *uncoded, code = [cell.strip() for cell in said.split("|")]
    model = replace(PAPER, tau=float(load) / 2)
    for law, cell in zip((arcs_bounds, own_then_parts_bounds, parts_cyclic_bounds), uncoded, strict=True):
        assert f"{median(law, model):.{len(cell.split('.')[1])}f}" == cell
    assert code in THEORY  # where its test is


def test_there_are_six_rows_of_medians():
    assert len(MEDIANS) == 6


VARIANTS = {
    "arcs, common phase": ("arcs", {"phase": "common"}, None),
    "arcs, random phase": ("arcs", {"phase": "random"}, None),
    "arcs, own phase": ("arcs", {"phase": "own"}, None),
    "parts, cyclic order": ("parts-cyclic", {}, None),
    "SR": ("sr", {}, "hitting"),
}


def off(row, seed, trials=120):
    """How far runs of another seed are from what a row says, in standard errors of their own."""
    law, degree, variant, *said = row[:6]
    name, given, decode = VARIANTS[variant]
    task = Task(make(name, 1000, degree=int(degree), **given), DelayModel(parse_law(LAWS[law]), 0.005), seed, decode)
    runs = list(run_trials(task, range(trials)))
    found = ([r.latency for r in runs], [r.stopping_time for r in runs], [r.received_terms for r in runs])
    for values, cell in zip(found, said, strict=False):
        mean, half = number(cell)
        yield abs(np.mean(values) - mean) / max(np.hypot(np.std(values) / trials**0.5, half / 1.96), 1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("row", cells("phases"), ids=lambda row: " ".join(row[:3]))
def test_the_phases_are_as_the_table_says(row):
    assert max(off(row, 7)) < 4.5


@pytest.mark.quality
def test_a_row_of_another_phase_would_be_seen():
    right = next(row for row in cells("phases") if row[:3] == ["exponential", "10", "arcs, random phase"])
    assert max(off([*right[:2], "arcs, own phase", *right[3:]], 7)) > 10


def test_shares_and_goals_are_those_of_the_tables():
    text = " ".join(PAGE.split())
    latency = {tuple(row[:3]): number(row[3])[0] for row in cells("phases")}
    rows = {tuple(row[:3]): number(row[4])[0] for row in cells("phases")}
    for phase, said in (
        ("common", "after {:.2f} of SR's mean latency (exponential) and {:.2f} (Pareto)"),
        ("random", "{:.2f} and {:.2f}"),
    ):
        shares = [latency[law, "10", f"arcs, {phase} phase"] / latency[law, "10", "SR"] for law in LAWS]
        assert said.format(*shares) in text
    shares = [rows[law, "10", "arcs, common phase"] / rows[law, "10", "SR"] for law in LAWS]
    assert "with {:.2f} and {:.2f} of its messages".format(*shares) in text
    for row in cells("decoding"):
        if row[0].endswith("common phase") and row[1] == "100000":
            assert f"{row[6]} ms" in text
            assert number(row[6])[0] < 50
            assert sum(number(row[3])) < number(row[8])[0] - number(row[8])[1]  # no later than SR
            assert f"{number(row[3])[0]:.3f}" in text
            assert f"{number(row[8])[0]:.3f}" in text


def test_every_function_and_test_that_is_named_exists():
    names = set(re.findall(r"`(?:srtheory\.[\w.]+\.)?((?:test_)?[a-z]+_\w+|closing|windings)`", PAGE))
    functions = {name for home in HOMES for name in vars(importlib.import_module(f"srtheory.{home}"))}
    tests = {t for path in (ROOT / "tests").rglob("test_*.py") for t in re.findall(r"def (test_\w+)", path.read_text())}
    assert len(names) > 25
    assert names - functions - tests == set()


def test_the_page_is_listed():
    assert "intervals" in (ROOT / "docs" / "index.md").read_text(encoding="utf-8").split()
    assert "docs/intervals.md" in (ROOT / "README.md").read_text(encoding="utf-8")
