"""The table of the systems that the paper cites: each with numbers or a sentence, and the numbers right."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import isclose

import numpy as np
import pytest

from paper_checks import study
from paper_checks.parameters import DEGREE, PAPER, SYMBOLS, TAU
from paper_checks.tables.cited_schemes import System, order_latency, systems
from srtheory.experiments.lab import Lab
from srtheory.render.table import PlusMinus
from srtheory.schemes import SCHEME_NAMES, make
from srtheory.schemes.base import UNLIMITED
from srtheory.span.oracles.rational import spans
from srtheory.theory.lagrange import recovery_threshold
from tests.ours import build

CITED = {f"[{k}]" for k in (*range(5, 12), *range(15, 24), 31, 32)}


def faults(rows: tuple[System, ...]) -> list[str]:
    """References without a row, and rows with neither a place on the line nor a sentence that says why."""
    missing = [reference for reference in CITED if reference not in {row.reference for row in rows}]
    return missing + [
        row.reference for row in rows if row.scheme is None and row.order is None and len(row.line.split()) < 5
    ]


def test_every_system_has_numbers_or_a_sentence() -> None:
    assert faults(systems()) == []
    assert {row.reference for row in systems()} == CITED
    assert {row.scheme for row in systems() if row.scheme} <= set(SCHEME_NAMES)


@pytest.mark.quality
def test_a_system_left_out_or_without_a_word_is_seen() -> None:
    rows = systems()
    assert faults(rows[1:]) == ["[5]"]
    assert faults((*rows[:1], replace(rows[1], line="none"), *rows[2:])) == ["[6]"]


def test_latencies_are_those_of_the_laboratory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lab, "trials", 20)  # on the same delays
    lab = study.lab()
    table = build("cited-schemes", lab)
    found = {(row[0], row[1]): row[-1] for row in table.rows}
    for row in systems():
        latency = found[row.reference, row.system]
        if row.scheme is None and row.order is None:
            assert latency is None
        elif row.scheme in ("lt", "repairable", "raptor"):
            mean = lab.summary("latency", row.scheme, **({"degree": DEGREE} if row.degree else {}))
            assert latency == PlusMinus(mean.mean, mean.standard_error)
    # min X + m tau, of every worker doing everything
    dense = next(latency for (reference, _), latency in found.items() if reference == "[5]")
    assert isinstance(dense, PlusMinus)
    assert isclose(dense.estimate, 5 / SYMBOLS + SYMBOLS * TAU, abs_tol=5 * dense.error)


def test_the_guaranteed_arrival_is_that_of_drawn_delays() -> None:
    """Of m delays the (m - 9)-th, plus ten terms."""
    drawn = np.sort(np.random.default_rng(1).exponential(5, size=(2000, SYMBOLS)))
    latency = drawn[:, SYMBOLS - DEGREE] + TAU * DEGREE
    off = (order_latency(SYMBOLS - DEGREE + 1) - latency.mean()) / (latency.std() / np.sqrt(len(latency)))
    assert abs(off) < 4
    beside = (order_latency(SYMBOLS - DEGREE) - latency.mean()) / (latency.std() / np.sqrt(len(latency)))
    assert abs(beside) > 4  # one worker fewer would be seen


def test_thresholds() -> None:
    results = {row.reference: row.results for row in systems()}
    assert results["[9]"] == results["[15]"] == recovery_threshold(SYMBOLS, 2) == 1999
    assert results["[8]"] == results["[19]"] == 991
    # Short-Dot's N (P - K + M)/P entries a worker, with N = P = m, M = 1, are then d
    assert SYMBOLS * (SYMBOLS - 991 + 1) // SYMBOLS == DEGREE


def test_any_so_many_workers_of_a_repetition_code_are_enough_and_no_fewer() -> None:
    m, d = 6, 2
    rows = make("repetition", m, degree=d).emit(1, np.full(m, UNLIMITED)).rows
    enough = {
        size: all(spans(rows.take(np.array(chosen))) for chosen in combinations(range(m), size)) for size in range(1, m)
    }
    assert [size for size, always in enough.items() if always] == [m - d + 1]


@pytest.mark.quality
def test_another_degree_changes_the_numbers() -> None:
    before, after = systems(), systems(replace(PAPER, degree=20))
    assert [row.terms for row in before] != [row.terms for row in after]
    assert after[3].results == SYMBOLS - 19
