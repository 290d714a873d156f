"""The ledger of deep effort on record: of this repository's claims and data, and its two files agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paper_checks.registry import claims
from srtheory.experiments.hitting import read_tables
from srtheory.experiments.lab import Effort
from srtheory.report.ledger import Verdict

DATA = Path(__file__).parents[2] / "data"
ENTRIES = json.loads((DATA / "deep" / "ledger.json").read_text(encoding="utf-8"))
PAGE = (DATA / "deep" / "ledger.md").read_text(encoding="utf-8")


def test_it_has_every_claim_as_it_stands_now() -> None:
    known = claims()
    assert [entry["id"] for entry in ENTRIES] == list(known)
    for entry in ENTRIES:
        claim = known[entry["id"]]
        assert (entry["where"], entry["claim"]) == (claim.where, claim.says)
        assert entry["verdict"] in list(Verdict)
        assert "crashed" not in entry["finding"]


@pytest.mark.parametrize("id", ["fig2a", "fig2b", "fig2c", "fig2-pareto", "fig2a-lt-low-latency", "disc-open-1"])
def test_it_is_of_deep_effort(id: str) -> None:
    [entry] = [entry for entry in ENTRIES if entry["id"] == id]
    assert (entry["trials"], entry["seed"]) == (Effort.DEEP.trials, 2022)
    assert f"- trials {Effort.DEEP.trials}, seed 2022" in PAGE


def test_the_campaign_was_computed_again() -> None:
    [entry] = [entry for entry in ENTRIES if entry["id"] == "disc-open-1"]
    tables = read_tables(DATA / "hitting_time")
    told = entry["evidence"]["data/hitting_time computed again"]
    assert list(told.values()) == [len(tables.cells), len(tables.exceptions), []]


def test_both_files_tell_the_same() -> None:
    for entry in ENTRIES:
        assert f"| `{entry['id']}` | {entry['where']} | {entry['verdict']} | " in PAGE
        assert f"**{entry['verdict']}.** {entry['finding']}" in PAGE
