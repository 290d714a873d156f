"""docs/proofs/intervals.md: its runs come out again."""

from __future__ import annotations

import numpy as np
import pytest

from docs.quoted import on_record
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task, run_trials
from srtheory.schemes import make

LAWS = {"exponential": "expon(scale=5)", "Pareto": "pareto(b=1)"}


def number(cell):
    """Estimate and half-width."""
    return tuple(float(part) for part in cell.split(" ± "))


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
@pytest.mark.parametrize("row", on_record("arcs-phases")[1:], ids=lambda row: " ".join(row[:3]))
def test_the_phases_are_as_the_table_says(row):
    assert max(off(row, 7)) < 4.5


@pytest.mark.quality
def test_a_row_of_another_phase_would_be_seen():
    right = next(row for row in on_record("arcs-phases")[1:] if row[:3] == ["exponential", "10", "arcs, random phase"])
    assert max(off([*right[:2], "arcs, own phase", *right[3:]], 7)) > 10


def test_at_a_hundred_thousand_symbols_sums_take_50_ms_and_are_no_later_than_those_of_the_code():
    for row in on_record("arcs-decoding")[1:]:
        if row[0].endswith("common phase") and row[1] == "100000":
            assert number(row[6])[0] < 50
            assert sum(number(row[3])) < number(row[8])[0] - number(row[8])[1]
