"""The ledger of deep effort on record: of this repository's claims and data, and its two files agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paper_checks.registry import claims
from paper_checks.support import read, supported
from srtheory.experiments.campaign.tables import read_tables
from srtheory.experiments.lab import Effort
from srtheory.study.checked_by import SIMULATION
from srtheory.study.ledger import Verdict, as_markdown, as_objects

DATA = Path(__file__).parents[3] / "data"
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


def test_its_wording_is_that_of_the_checks() -> None:
    finding = {entry["id"]: entry["finding"] for entry in ENTRIES}
    assert "M' = max(m, CC) in 99.96% of 100000 at the paper" in finding["disc-open-1"]
    assert "some code fails with one symbol less" in finding["disc-open-1"]
    assert "m=200 d=10 tau=1 mu=0.1" not in finding["disc-open-2"]  # there second blocks come too late to differ
    assert "agrees with workers that stop after 91 terms" in finding["fig2b"]
    assert finding["thm2"].startswith("Needed if")
    assert "Were rows counted in fractions" in finding["thm1"]
    assert finding["rem1"].startswith("The remark is on the bound")


def test_what_its_verdicts_rest_on_is_what_the_claims_say() -> None:
    """If not: python -m paper_checks.support data/deep, which needs no runs."""
    text = (DATA / "deep" / "ledger.json").read_text(encoding="utf-8")
    entries = supported(read(text))
    assert json.loads(text) == json.loads(json.dumps(as_objects(entries)))
    assert as_markdown(entries, PAGE.splitlines()[0].removeprefix("# "), "../../docs") == PAGE


@pytest.mark.quality
def test_another_support_would_be_seen() -> None:
    changed = [{**entry, "checked_by": []} for entry in ENTRIES]
    assert as_objects(supported(read(json.dumps(changed)))) != changed


def test_simulation_is_said_exactly_where_there_are_trials() -> None:
    assert [e["id"] for e in ENTRIES if (SIMULATION in e["checked_by"]) != (e["trials"] is not None)] == []


def test_both_files_tell_the_same() -> None:
    for entry in ENTRIES:
        assert f"| `{entry['id']}` | {entry['where']} | {entry['verdict']} | " in PAGE
        assert f"**{entry['verdict']}.** {entry['finding']}" in PAGE
