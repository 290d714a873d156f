"""The sentence that sums up a ledger: every verdict counts, once, and a verdict that changes changes it."""

from __future__ import annotations

from dataclasses import replace

from srtheory.study.findings import OUTCOMES, Entry, Verdict
from srtheory.study.ledger import as_markdown, outcomes, summary


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
