"""Numbers of README.md, docs/proofs/small_cases.md and docs/reliability.md that count what is on record."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

from scipy.stats import binomtest

from benchmarks import readme
from docs.quoted import Block, Value, Values, quoted
from docs.quoted.hitting_time import tables
from docs.quoted.spanning import outward
from paper_checks.records.hunts import results_table
from paper_checks.theorems.map import Known, list_of, recorded
from srtheory.study.findings import Verdict
from tests.attack import report

DATA = Path(__file__).parents[2] / "data"
CLAIMS = DATA / "deep" / "claims"
PAIRS = ((20302, 20303), (20304, 20305), (20306, 20307), (20308, 20309), (20310, 20311), (20312, 20313))
"""Seeds of faults, each of whose samples had no tests written for it before."""


@quoted
def statements() -> Values:
    """Return the theorem map, counted by how a statement is known."""
    found = Counter(statement.known for statement in list_of(recorded()))
    kinds = {"case": Known.CASE, "paper": Known.PAPER, "definitions": Known.DEFINITION, "open": Known.OPEN}
    return {key: str(found[kind]) for key, kind in kinds.items()} | {
        "machine": (str(found.total()), str(found[Known.MACHINE]))
    }


@quoted
def mean_latency() -> Value:
    """Return what is proved of E[T] at the paper's parameters."""
    with (DATA / "guarantees" / "means.csv").open(encoding="utf-8", newline="") as stream:
        [mean] = [r for r in csv.DictReader(stream) if (r["startup"], r["quantity"]) == ("expon(scale=5)", "time")]
    return outward(float(mean["low"]), float(mean["high"]), digits=3)


@quoted
def foretold() -> Value:
    """In per cent, the exceptions of the campaign's grid that the second-order law foretells."""
    grid = {c.cell for c in tables().cells if c.family == "grid"}
    found = [e for e in tables().exceptions if e.cell in grid]
    return f"{100 * sum(e.second_order == e.stopping_time for e in found) / len(found):.1f}"


@quoted
def results() -> Value:
    """Return the table of hunts."""
    return Block(results_table(json.loads((DATA / "small_cases" / "hunts.json").read_text(encoding="utf-8"))))


@quoted
def attacks() -> Value:
    """Return what attacks have tried, section by section."""
    return Block(f"\n{report.generated()}")


@quoted
def performance() -> Value:
    """Return the figures of the benchmarks."""
    return Block(f"\n{readme.section()}\n")


@quoted
def waits() -> Value:
    """Return what users wait for."""
    return Block(f"\n{readme.waits()}\n")


@quoted
def verdicts() -> Values:
    """Numbers of claims, of those that hold, that need a correction and that are answered; of the second by kind."""
    found = Counter(json.loads(path.read_text(encoding="utf-8"))["verdict"] for path in CLAIMS.glob("*.json"))
    groups = (Verdict.VERIFIED, Verdict.SUPPORTED), (Verdict.REFINED, Verdict.REFUTED), (Verdict.ANSWERED,)
    counts = found.total(), *(sum(found[kind] for kind in group) for group in groups)
    corrected = counts[2], *(found[kind] for kind in groups[1])
    return {"ledger": tuple(map(str, counts)), "corrected": tuple(map(str, corrected))}


@quoted
def mutants() -> Values:
    """Return the number of faults, those planted by hand too, and the shares unseen of fresh samples, in per cent.

    Of those that a test saw once: how many, how many of them were asked again, are seen now, gone, and not asked.
    """
    records = json.loads((DATA / "mutants.json").read_text(encoding="utf-8"))["mutants"]
    by_hand = json.loads((DATA / "faults.json").read_text(encoding="utf-8"))["mutants"]
    counts = []
    for seeds in PAIRS:
        outcomes = Counter(record["outcome"] for record in records if record.get("seed") in seeds)
        counts.append((outcomes["test added"], outcomes.total() - outcomes["equivalent"]))
    high = binomtest(*counts[-1]).proportion_ci(method="exact").high
    shares = (f"{100 * unseen / judged:.0f}" for unseen, judged in counts)
    now = Counter(record.get("now", "") for record in records if record["outcome"] not in ("equivalent", "removed"))
    return {
        "all": str(len(records)),
        "again": tuple(map(str, (now.total(), now.total() - now[""], now["seen"], now["gone"], now[""]))),
        "unseen": (*shares, "95", f"{100 * high:.0f}"),
        "by-hand": str(len(by_hand)),
    }
