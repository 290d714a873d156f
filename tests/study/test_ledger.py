"""The ledger: its sentence, its page, its objects and its tables follow from the entries, and from every verdict."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.study.findings import (
    COMPUTATION,
    MEANING,
    OUTCOMES,
    SIMULATION,
    Entry,
    Finding,
    Support,
    Unsettled,
    Verdict,
)
from srtheory.study.ledger import (
    CORRECTED,
    OF_CLAIMS,
    as_markdown,
    as_objects,
    claims_table,
    counterexample,
    errata_table,
    outcomes,
    summary,
)
from srtheory.study.study import Study
from tests.render.sample import entries

STUDY = Study(title="A study", sections=("III-B",))
LEDGER = [replace(entry, claim=f"says {i}", finding=f"found {i}") for i, entry in enumerate(entries("text"))]


def ledger(**counts: int) -> list[Entry]:
    return [Entry("x", "I", "y", Verdict[name], "z") for name, count in counts.items() for _ in range(count)]


def test_the_sentence_counts_every_verdict_once() -> None:
    """And a verdict that changes changes what is counted, but for one that has the same outcome."""
    assert sorted(verdict for _, _, verdicts in OUTCOMES for verdict in verdicts) == sorted(Verdict)
    made = ledger(PROVED=1, VERIFIED=2, SUPPORTED=3, REFINED=1, OPEN=1)
    assert summary(made) == "Of 8 claims, 6 hold, 1 needs a correction and 1 is not settled."
    assert summary(ledger(ANSWERED=2)) == "Of 2 claims, 2 are open questions with a proved answer."
    assert outcomes([]) == []
    for at, entry in enumerate(made):
        for verdict in set(Verdict) - {entry.verdict}:
            planted = [*made[:at], replace(entry, verdict=verdict), *made[at + 1 :]]
            assert outcomes(planted) != outcomes(made)
            assert sum(outcome.count for outcome in outcomes(planted)) == len(made)


EVIDENCE = {"how": "runs", "mean": 1 / 3, "by m": {"3": 2.0, "4": [1, 0.5, (True, None)]}, "large": 123456789.0}
TOLD = f"""\
# Heading
Of 2 claims, 1 holds and 1 needs a correction.
- **supported** (1): {MEANING[Verdict.SUPPORTED]}
- **refuted** (1): {MEANING[Verdict.REFUTED]}
| id | where | verdict | finding | checked by |
|---|---|---|---|---|
| `a` | I \\| II | supported | It \\| is so | simulation, exact computation |
| `b` | III | refuted | f | – |
## a
*I | II*: says
**supported.** It |
 is  so
- how: runs
- mean: 0.333333
- by m: 3: 2; 4: [1, 0.5, [True, None]]
- large: 1.23457e+08
- trials 0, seed 3
## b
*III*: other
**refuted.** f
Correction: It is g.
"""


def test_the_page_is_a_table_and_then_each_finding() -> None:
    first = Entry("a", "I | II", "says", Verdict.SUPPORTED, "It |\n is  so", EVIDENCE, 0, 3, (SIMULATION, COMPUTATION))
    second = Entry("b", "III", "other", Verdict.REFUTED, "f", correction="It is g.")
    page = as_markdown([first, second], "Heading", {})
    assert [line for line in page.splitlines() if line] == TOLD.splitlines()


PROOF = Support("proof", "proved", True, "theory", "one", "one", ("M.b",))


def test_a_study_with_statements_has_their_proofs_on_its_page_and_the_sources_of_its_schemes() -> None:
    sources = {"mine.py::Mine": "12ab"}
    entry = Entry("a", "I", "says", Verdict.PROVED, "f", checked_by=("M.a", "theory 1"), sources=sources)
    page = as_markdown([entry], "H", {"theory 1": PROOF}, "d")
    for line in (
        "| `a` | I | proved | f | `M.a`, [theory 1](d/theory.md#one) |",
        "Machine-checked: `M.a`; [theory 1](d/theory.md#one) in part (`M.b`).",
        "- mine.py::Mine of SHA-256 12ab",
    ):
        assert line in page.splitlines()
    assert as_markdown([entry], "H", {"theory 1": PROOF}) == re.sub(r"\[([^]]*)\]\(d/[^)]*\)", r"\1", page)
    assert as_objects([entry])[0]["sources"] == sources
    assert "sources" not in as_objects([replace(entry, sources={})])[0]


def test_objects_are_plain_and_infinities_null() -> None:
    evidence: dict[Any, Any] = {3: np.arange(4).reshape(2, 2), "x": np.float64(0.5), "f": Fraction(1, 3)}
    evidence |= {"n": None, "t": True, "i": 2**70, "a": {"b": [float("inf"), (1.0, float("nan"))]}}
    (found,) = as_objects([Entry("x", "I", "c", Verdict.NOT_REPRODUCED, "f", evidence, 7, 5, ("a",), "g")])
    told = {"id": "x", "where": "I", "claim": "c", "verdict": "not reproduced", "finding": "f", "trials": 7, "seed": 5}
    told |= {"checked_by": ["a"], "correction": "g", "evidence": {"3": [[0, 1], [2, 3]], "x": 0.5, "f": "1/3"}}
    told["evidence"] |= {"n": None, "t": True, "i": 2**70, "a": {"b": [None, [1.0, None]]}}
    assert found == told
    assert json.loads(json.dumps(found, allow_nan=False)) == told


@pytest.mark.parametrize(("words", "accepted"), [(40, True), (41, False)])
def test_a_correction_has_forty_words_at_most_and_a_formula_is_one(words: int, accepted: bool) -> None:
    text = " ".join(["word"] * (words - 1) + ["$a + b = c$"])
    if accepted:
        assert Finding(Verdict.REFINED, "f", correction=text).correction == text
    else:
        with pytest.raises(ArgumentError, match=r"correction.*at most 40.*41 words"):
            Finding(Verdict.REFINED, "f", correction=text)


# ----------------------------------------------------------------------------------------------------------- its tables


@pytest.mark.parametrize("build", [build for _, build in OF_CLAIMS.values()])
def test_columns_with_room_between_them_fill_a_page(build) -> None:
    widths = [column.width for column in build(STUDY, LEDGER).columns]
    assert min(widths) > 0.05
    assert 0.8 < sum(widths) < 0.92


@pytest.mark.parametrize("correction", [None, "", "another"])
def test_every_claim_is_a_row_of_the_first_and_those_that_do_not_hold_of_the_second(correction: str | None) -> None:
    """What holds is the correction or else the finding."""
    made = [replace(entry, correction=correction) for entry in LEDGER]
    rows = [(e.id, e.where, e.claim, str(e.verdict), e.finding) for e in made]
    assert [row[:5] for row in claims_table(STUDY, made).rows] == rows
    wrong = [entry for entry in made if entry.verdict in (Verdict.REFINED, Verdict.REFUTED)]
    assert [row[:5] for row in errata_table(STUDY, made).rows] == [
        (e.id, e.where, e.claim, str(e.verdict), correction or e.finding) for e in wrong
    ]


@pytest.mark.parametrize(
    ("evidence", "shown"),
    [
        ({}, None),
        ({"how": "x", "smallestness": 3, "the smallest": 4}, None),
        ({"smallest": {"m": 3, "rows": "{1} {2}"}}, "$m = 3$: {1} {2}"),
        ({"smallest by d": {"1": None, "2": {"m": 5, "rows": "{1}"}}}, "by d: 2: $m = 5$: {1}"),
        ({"smallest": 2, "smallest m": {"a": 0, "b": 1}}, "2; m: a: 0, b: 1"),
        ({"smallest of all": {"rows": "{1}", "d": None}, "smallest": ""}, "of all: rows: {1}; "),
    ],
)
def test_the_smallest_counterexample_is_what_the_evidence_names_so(evidence: dict, shown: str | None) -> None:
    assert counterexample(Entry("x", "I", "c", Verdict.REFUTED, "f", evidence)) == shown


def test_a_claim_whose_check_failed_may_need_a_correction() -> None:
    failed = Unsettled("u", "II", "says", Verdict.OPEN, "found")
    still_open = Entry("o", "II", "says", Verdict.OPEN, "found")
    wrong = [entry for entry in LEDGER if entry.verdict in CORRECTED]
    assert [row[0] for row in errata_table(STUDY, [still_open, failed]).rows] == ["u"]
    needing = "Claims of “A study” that need a correction, with the smallest counterexamples."
    ledgers = ([failed, LEDGER[0], still_open], [still_open], wrong)
    assert [errata_table(STUDY, its).caption for its in ledgers] == [
        needing + " A claim whose check failed is open.",
        "No claim of “A study” needs a correction.",
        needing,
    ]
