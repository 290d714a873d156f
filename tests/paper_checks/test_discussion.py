"""The example and the open questions of section V: verdicts, and planted mistakes that change them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from paper_checks.discussion import (
    campaign_on_record,
    disc_example,
    disc_open_1,
    disc_open_2,
    disc_open_3,
    worst_case_rows,
)
from paper_checks.examples import all_receptions, certified, covers_without_spanning, least_reachable, row_sets
from paper_checks.growth import elimination_cost, exponent, lsmr_cost, peeling_cost
from paper_checks.runs import PAPER, name_of, runs
from srtheory.experiments.lab import Lab
from srtheory.report.ledger import Verdict
from srtheory.rows import from_sets
from srtheory.span import rational
from tests.strategies import complete_worker, systematic_rows


def test_the_example(lab: Lab) -> None:
    found = disc_example(lab)
    assert found.verdict is Verdict.REFUTED
    assert found.evidence["smallest"] == {"m": 3, "number of rows": 2, "rows": "{1,2} {1,3}"}
    least = found.evidence["smallest of an SR code, by d"]
    assert least["1"] is None
    assert [(least[d]["m"], least[d]["number of rows"]) for d in "2345"] == [(5, 4), (5, 4), (6, 4), (7, 4)]
    json.dumps(found.evidence, allow_nan=False)


@pytest.mark.quality
def test_an_example_that_is_one_is_recognised(lab: Lab) -> None:
    assert disc_example(lab, example=(3, [(0, 1), (0, 2)])).verdict is Verdict.VERIFIED
    assert disc_example(lab, example=(3, [(0, 1), (1, 2), (1,)])).verdict is Verdict.REFUTED


def test_there_are_as_many_row_sets_as_there_should_be() -> None:
    assert [sum(1 for _ in row_sets(m)) for m in (1, 2, 3)] == [1, 7, 127]
    assert not any(covers_without_spanning(*e) for m in (1, 2) for e in row_sets(m))


def test_what_an_sr_code_reaches_is_a_reception_of_one() -> None:
    m, rows = least_reachable(3, 5) or (0, [])
    assert m == 5
    sent = [[row for row in rows if len(row) == size] for size in (1, 3)]
    assert [len(part) for part in sent] == [2, 2]
    assert least_reachable(3, 4) is None


@pytest.mark.quality
def test_a_certificate_of_the_contrary_is_no_proof() -> None:
    assert certified(3, [(0, 1), (0, 2)])
    assert not certified(2, [(0,), (0, 1)])


def test_first_question(lab: Lab) -> None:
    found = disc_open_1(lab)
    assert found.verdict is Verdict.OPEN
    assert found.evidence["always enough at m = 1000, d = 10"] == 99901
    assert found.evidence["M' = max(m, CC)"][name_of(PAPER)]["share"][0] > 0.9
    json.dumps(found.evidence, allow_nan=False)


@pytest.mark.quality
def test_first_question_can_come_out_otherwise(lab: Lab) -> None:
    assert disc_open_1(lab, sufficient=lambda m, d: worst_case_rows(m, d) - 1).verdict is Verdict.REFUTED
    assert disc_open_1(lab, sufficient=lambda m, d: worst_case_rows(m, d) + 1).verdict is Verdict.REFUTED
    peeled = disc_open_1(lab, receive=lambda lab, point: runs(lab, "lt", point, cap=2.0))
    assert peeled.verdict is Verdict.REFUTED
    backwards = lambda: [replace(row, symbols=20_000 - row.symbols) for row in reversed(campaign_on_record())]  # noqa: E731
    assert "falls as m grows" in disc_open_1(lab, campaign=backwards).finding


def test_the_worst_case_of_one_symbol_is_one_row() -> None:
    assert [worst_case_rows(1, d) for d in (1, 5)] == [1, 1]
    assert all(rational.spans(rows) for rows in all_receptions(1, 1, 1))


def test_second_question(lab: Lab) -> None:
    found = disc_open_2(lab)
    assert found.verdict is Verdict.OPEN
    assert sum(found.evidence["what obstructs at max(m, CC) where M' is larger, without replacement"].values()) > 0
    json.dumps(found.evidence, allow_nan=False)


@pytest.mark.quality
def test_second_question_catches_a_wrong_criterion(lab: Lab) -> None:
    full_rank = disc_open_2(lab, criterion=lambda rows: rational.rank(rows) == rows.columns)
    assert full_rank.verdict is Verdict.REFUTED
    covered = disc_open_2(lab, criterion=lambda rows: len(set(rows.indices.tolist())) == rows.columns)
    assert covered.verdict is Verdict.REFUTED


def test_third_question(lab: Lab) -> None:
    found = disc_open_3(lab)
    assert found.verdict is Verdict.OPEN
    growth = found.evidence["exponent of m"]
    assert growth["elimination"] > 2.5
    assert growth["LSMR"] < 1.5
    assert "near m log m too" in found.finding
    json.dumps(found.evidence, allow_nan=False)


@pytest.mark.quality
def test_third_question_can_come_out_otherwise(lab: Lab) -> None:
    assert disc_open_3(lab, peeling=lambda rows: float(rows.columns**3)).verdict is Verdict.REFUTED
    assert "does not match LT" in disc_open_3(lab, iterative=lambda rows: float(rows.columns**2)).finding


def test_operations_of_small_cases() -> None:
    assert peeling_cost(from_sets(3, [[0, 1], [2], [0], [1]])) == 8
    assert peeling_cost(from_sets(2, [[0, 1]])) == float("inf")
    assert elimination_cost(systematic_rows(5)) == 0
    assert lsmr_cost(complete_worker(4, 3)) == pytest.approx(2 * 4 * 1, abs=8)
    assert exponent([10, 100, 1000], [3.0, 300.0, 30000.0]) == pytest.approx(2)
