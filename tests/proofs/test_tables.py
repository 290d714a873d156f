"""Python's functions against the tables that Coq computed from the definitions of the theorems."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from paper_checks.discussion import worst_case_rows
from srtheory.rows import from_sets
from srtheory.schemes.base import UNLIMITED, Scheme
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span import rational
from srtheory.theory.blocks import block_ends
from srtheory.theory.coverage import coverage_given_counts
from tests.proofs.conftest import PROOFS

TABLES = json.loads((PROOFS / "tables.json").read_text(encoding="utf-8"))
BLOCKS, ENDS, ENOUGH, RECEIVED, FIVE, COVERAGE = TABLES.values()
JUDGED = [(m, *rest) for m, _, _, *rest in RECEIVED] + [(5, *rest) for _, *rest in FIVE]  # m, rows, covered, recovered


def other_blocks(number: Callable[[int, int], int]) -> list[Any]:
    return [row for row in BLOCKS if number(row[0], row[1]) != row[2]]


def other_ends(ends: Callable[[int, int], Any]) -> list[Any]:
    return [row for row in ENDS if list(ends(row[0], row[1])) != row[2]]


def other_bounds(enough: Callable[[int, int], int]) -> list[Any]:
    return [row for row in ENOUGH if enough(row[0], row[1]) != row[2]]


def other_laws(law: Callable[[int, int, list[int]], Fraction]) -> list[Any]:
    return [row for row in COVERAGE if law(*row[:3]) != Fraction(row[3], row[4])]


def other_receptions(scheme: Callable[[int, int], Scheme]) -> list[Any]:
    return [row for row in RECEIVED if rotated(scheme(row[0], row[1]), row[0], row[1], row[2]) != row[3]]


def rotated(scheme: Scheme, m: int, d: int, counts: list[int]) -> list[list[int]]:
    """What the scheme sends with its drawn orders replaced by j + 1, j + 2, … modulo m, the orders of the table."""
    full = scheme.emit(7, np.full(m, UNLIMITED))
    rows: list[list[int]] = []
    for j in range(m):
        sent = [full.rows.row(i).tolist() for i in np.flatnonzero(full.worker == j)]
        order = [symbol for row in sent[1:] for symbol in row]
        rename = {symbol: (j + i + 1) % m for i, symbol in enumerate(order)} | {j: j}
        rows += [[rename[symbol] for symbol in row] for row in sent[: counts[j]]]
    return rows


def other_verdicts(spans: Callable[[Any], bool]) -> list[Any]:
    return [row for row in JUDGED if spans(from_sets(row[0], row[1])) != row[3]]


def other_coverage(covers: Callable[[Any], bool]) -> list[Any]:
    return [row for row in JUDGED if covers(from_sets(row[0], row[1])) != row[2]]


def covers(rows: Any) -> bool:
    return len(set(rows.indices.tolist())) == rows.columns


def test_blocks() -> None:
    assert other_blocks(lambda m, d: len(block_ends(m, d)) - 1) == []
    assert other_ends(block_ends) == []


def test_rows_that_always_suffice() -> None:
    assert other_bounds(worst_case_rows) == []


def test_receptions() -> None:
    assert len(RECEIVED) > 1000
    assert other_receptions(SumRecovery) == []


def test_coverage_and_recovery() -> None:
    assert other_coverage(covers) == []
    assert other_verdicts(rational.spans) == []


def test_coverage_given_the_counts() -> None:
    assert len(COVERAGE) > 100
    assert other_laws(coverage_given_counts) == []


@pytest.mark.quality
def test_other_formulas_are_found() -> None:
    assert other_blocks(lambda m, d: (m - 1) // d)
    assert other_ends(lambda m, d: list(range(0, m, d)))
    assert other_bounds(lambda m, d: worst_case_rows(m, d) - 1)
    assert other_laws(lambda m, d, counts: coverage_given_counts(m, d, counts) ** 2)
    assert other_receptions(lambda m, d: SumRecovery(m, d + 1))
    assert other_receptions(lambda m, d: SumRecovery(m, d, access=max(m - 1, 1)))
    assert other_verdicts(covers)
    assert other_coverage(rational.spans)
