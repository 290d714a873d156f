"""The registry holds every claim of the paper, once, in the paper's order."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest
from paper_checks.registry import Claim, Finding, claim, claims

from paper_checks import study
from srtheory.errors import ArgumentError
from srtheory.study.findings import Entry, Verdict
from srtheory.study.ledger import as_markdown, as_objects


def test_every_claim_says_what_and_where() -> None:
    """That none is lost the files of data/deep tell: tests/report/ledger/test_deep_ledger.py."""
    assert all(c.where and c.says for c in claims().values())


def test_the_order_is_the_papers_whatever_was_imported_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in another process: the sections are imported anew, that of the figures before all others."""
    known = list(claims())
    for name in [name for name in sys.modules if name.split(".")[0] == "paper_checks"]:
        monkeypatch.delitem(sys.modules, name)
    import_module("paper_checks.claims.figures")
    anew = import_module("paper_checks.registry")
    assert anew.claims is not claims
    assert next(iter(anew._CLAIMS)).startswith("fig2")
    assert list(anew.claims()) == known
    assert known[0] == "fig1"


def test_a_second_check_of_one_claim_is_refused() -> None:
    claims()
    with pytest.raises(ArgumentError, match="thm1"):
        claim("thm1", "", "")(lambda lab: Finding(Verdict.OPEN, ""))


def test_an_entry_carries_the_seed_only_of_trials() -> None:
    lab = study.lab(seed=7)
    counted = Claim("x", "I", "says", lambda lab: Finding(Verdict.SUPPORTED, "found", {"n": 1.5}, trials=9))
    exact = Claim("y", "I", "says", lambda lab: Finding(Verdict.PROVED, "found | so"))
    entries = [counted.settle(lab), exact.settle(lab)]
    assert [(e.trials, e.seed) for e in entries] == [(9, 7), (None, None)]
    assert set(as_objects(entries)[0]) == {
        "id", "where", "claim", "verdict", "finding", "evidence", "trials", "seed", "checked_by",
    }  # fmt: skip
    page = as_markdown(entries, "Ledger")
    assert "**supported** (1)" in page
    assert "found \\| so" in page
    assert "- n: 1.5" in page


def test_every_verdict_word_is_known() -> None:
    assert [str(v) for v in Verdict] == [
        "proved", "verified", "supported", "refined", "refuted", "not reproduced", "open",
    ]  # fmt: skip
    assert Entry("a", "b", "c", Verdict("not reproduced"), "d").verdict is Verdict.NOT_REPRODUCED
