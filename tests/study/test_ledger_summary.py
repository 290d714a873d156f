"""The sentence that sums up a ledger: every verdict counts, once, and a verdict that changes changes it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from srtheory.errors import ArgumentError
from srtheory.study.checked_by import COMPUTATION, SIMULATION
from srtheory.study.findings import MEANING, OUTCOMES, Entry, Finding, Support, Verdict
from srtheory.study.ledger import as_markdown, as_objects, outcomes, summary


def ledger(**counts: int) -> list[Entry]:
    return [Entry("x", "I", "y", Verdict[name], "z") for name, count in counts.items() for _ in range(count)]


def test_every_verdict_is_in_one_outcome() -> None:
    assert sorted(verdict for _, _, verdicts in OUTCOMES for verdict in verdicts) == sorted(Verdict)


def test_the_sentence() -> None:
    entries = ledger(PROVED=1, VERIFIED=2, SUPPORTED=3, REFINED=1, OPEN=1)
    assert summary(entries) == "Of 8 claims, 6 hold, 1 needs a correction and 1 is not settled."
    assert summary(entries) in as_markdown(entries, "Heading", {}).splitlines()
    assert summary(ledger(REFUTED=1)) == "Of 1 claim, 1 needs a correction."
    assert summary(ledger(ANSWERED=2)) == "Of 2 claims, 2 are open questions with a proved answer."


def test_a_verdict_that_changes_is_seen() -> None:
    entries = ledger(PROVED=2, REFUTED=2, NOT_REPRODUCED=1)
    for at, entry in enumerate(entries):
        for verdict in set(Verdict) - {entry.verdict}:
            planted = [*entries[:at], replace(entry, verdict=verdict), *entries[at + 1 :]]
            assert outcomes(planted) != outcomes(entries)
            assert sum(outcome.count for outcome in outcomes(planted)) == len(entries)


# --------------------------------------------------------------------------------------------------------- the page

EVIDENCE = {"how": "runs", "mean": 1 / 3, "by m": {"3": 2.0, "4": [1, 0.5, (True, None)]}, "large": 123456789.0}
PAGE = f"""\
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
    assert as_markdown([first, second], "Heading", {}) == PAGE
    assert "Checked by" not in PAGE


def test_no_outcome_is_named_that_no_claim_has() -> None:
    assert outcomes([]) == []
    (one,) = outcomes(ledger(REFINED=2))
    assert (one.count, one.says, one.verdicts) == (2, "need a correction", {Verdict.REFINED: 2})
    (both,) = outcomes(ledger(REFINED=1, REFUTED=2))
    assert (both.count, both.verdicts) == (3, {Verdict.REFINED: 1, Verdict.REFUTED: 2})


PROOF = Support("proof", "proved", True, "theory", "one", "one", ("M.b",))
WITH_PROOFS = f"""\
# H

Of 1 claim, 1 holds.

- **proved** (1): {MEANING[Verdict.PROVED]}

| id | where | verdict | finding | checked by |
|---|---|---|---|---|
| `a` | I | proved | f | `M.a`, [theory 1](d/theory.md#one) |

*Checked by*: statements of the [theorem map](d/theorems.md), which says how each is known; names in code are \
theorems of proofs/,
checked by Coq. What a verdict rests on is declared beside its claim and does not depend on the run.
If a verdict rests on a proof, the line *Machine-checked* below names the theorems of proofs/ behind it, and
the statements of which they are the whole or a part.

## a

*I*: says

**proved.** f

Machine-checked: `M.a`; [theory 1](d/theory.md#one) in part (`M.b`).

- mine.py::Mine of SHA-256 12ab
"""


def test_a_study_with_statements_has_their_proofs_on_its_page_and_the_sources_of_its_schemes() -> None:
    sources = {"mine.py::Mine": "12ab"}
    entry = Entry("a", "I", "says", Verdict.PROVED, "f", checked_by=("M.a", "theory 1"), sources=sources)
    assert as_markdown([entry], "H", {"theory 1": PROOF}, "d") == WITH_PROOFS
    without = re.sub(r"\[([^]]*)\]\(d/[^)]*\)", r"\1", WITH_PROOFS)
    assert as_markdown([entry], "H", {"theory 1": PROOF}) == without
    (found,) = as_objects([entry])
    assert found["sources"] == sources
    assert "sources" not in as_objects([replace(entry, sources={})])[0]


# ------------------------------------------------------------------------------------------------------- its entries


@pytest.mark.parametrize(("words", "accepted"), [(40, True), (41, False)])
def test_a_correction_has_forty_words_at_most_and_a_formula_is_one(words: int, accepted: bool) -> None:
    text = " ".join(["word"] * (words - 1) + ["$a + b = c$"])
    if accepted:
        assert Finding(Verdict.REFINED, "f", correction=text).correction == text
    else:
        with pytest.raises(ArgumentError, match="correction") as refusal:
            Finding(Verdict.REFINED, "f", correction=text)
        assert "41 words" in str(refusal.value)
        assert "at most 40" in str(refusal.value)
