"""The ledger's tables: which entries they have, what stands in their cells, and that they are as wide as a page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from srtheory.study.findings import Entry, Unsettled, Verdict
from srtheory.study.study import Study
from srtheory.study.tables import CORRECTED, OF_CLAIMS, claims_table, counterexample, errata_table
from tests.render.sample import entries

STUDY = Study(title="A study", sections=("III-B",))
LEDGER = [replace(entry, claim=f"says {i}", finding=f"found {i}") for i, entry in enumerate(entries("text"))]


@pytest.mark.parametrize("build", [build for _, build in OF_CLAIMS.values()])
def test_columns_with_room_between_them_fill_a_page(build) -> None:
    widths = [column.width for column in build(STUDY, LEDGER).columns]
    assert min(widths) > 0.05
    assert 0.8 < sum(widths) < 0.92


def test_every_claim_is_a_row_of_the_first() -> None:
    table = claims_table(STUDY, LEDGER)
    assert [row[:5] for row in table.rows] == [(e.id, e.where, e.claim, str(e.verdict), e.finding) for e in LEDGER]
    assert (table.name, table.long) == ("claims", True)


@pytest.mark.parametrize(("correction", "holds"), [(None, "found"), ("", "found"), ("another", "another")])
def test_what_holds_is_the_correction_or_else_the_finding(correction: str | None, holds: str) -> None:
    ledger = [replace(entry, correction=correction) for entry in LEDGER]
    table = errata_table(STUDY, ledger)
    wrong = [entry for entry in ledger if entry.verdict in (Verdict.REFINED, Verdict.REFUTED)]
    assert [row[:4] for row in table.rows] == [(e.id, e.where, e.claim, str(e.verdict)) for e in wrong]
    assert [row[4] for row in table.rows] == [correction or e.finding for e in wrong]
    assert all(row[4].startswith(holds) for row in table.rows)
    assert (table.name, table.long, len(wrong)) == ("errata", True, len(CORRECTED))


def test_without_errata_the_caption_says_so() -> None:
    right = [entry for entry in LEDGER if entry.verdict not in CORRECTED]
    none, some = errata_table(STUDY, right), errata_table(STUDY, LEDGER)
    assert none.rows == ()
    assert none.caption != some.caption


@pytest.mark.parametrize(
    ("evidence", "shown"),
    [
        ({}, None),
        ({"how": "x", "smallestness": 3, "the smallest": 4}, None),
        ({"smallest": {"m": 3, "rows": "{1} {2}"}}, "$m = 3$: {1} {2}"),
        ({"smallest by d": {"1": None, "2": {"m": 5, "rows": "{1}"}}}, "by d: 2: $m = 5$: {1}"),
        ({"smallest": 2, "smallest m": {"a": 0, "b": 1}}, "2; m: a: 0, b: 1"),
        ({"smallest": {"m": 3}}, "m: 3"),
        ({"smallest": {"m": 3, "rows": "{1}", "d": 2}}, "$m = 3$: {1}"),
        ({"smallest of all": {"rows": "{1}", "d": None}, "smallest": ""}, "of all: rows: {1}; "),
    ],
)
def test_the_smallest_counterexample_is_what_the_evidence_names_so(evidence: dict, shown: str | None) -> None:
    assert counterexample(Entry("x", "I", "c", Verdict.REFUTED, "f", evidence)) == shown


def test_a_claim_whose_check_failed_may_need_a_correction() -> None:
    failed = Unsettled("u", "II", "says", Verdict.OPEN, "found")
    still_open = Entry("o", "II", "says", Verdict.OPEN, "found")
    wrong = [entry for entry in LEDGER if entry.verdict in CORRECTED]
    ledgers = ([failed, LEDGER[0], still_open], [still_open], wrong)
    assert [row[0] for row in errata_table(STUDY, [still_open, failed]).rows] == ["u"]
    needing = "Claims of “A study” that need a correction, with the smallest counterexamples."
    assert [errata_table(STUDY, ledger).caption for ledger in ledgers] == [
        needing + " A claim whose check failed is open.",
        "No claim of “A study” needs a correction.",
        needing,
    ]
