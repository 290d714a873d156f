"""Numbers of docs/proofs/intervals.md; three tables of one run of benchmarks.bench_intervals are on record."""

from __future__ import annotations

from docs.quoted import Value, Values, on_record, quoted, table
from docs.quoted.medians import LOADS, medians
from paper_checks.parameters import EXPONENTIAL

STARTUPS = ("exponential", "Pareto")


@quoted
def arcs_phases() -> Value:
    """Latency and messages by phase and length."""
    return table(on_record("arcs-phases"))


@quoted
def arcs_decoding() -> Value:
    """Return what decoding costs by size."""
    return table(on_record("arcs-decoding"))


@quoted
def arcs_exponents() -> Value:
    """How that grows."""
    return table(on_record("arcs-exponents"))


@quoted
def arcs_medians() -> Values:
    """Medians by load, of data/pages/medians.csv, in four digits; those of the code where theory.md has them."""
    at, rows = medians(), {}
    for load in LOADS:
        names = ["arcs", "own-then-parts", "parts-cyclic"] + ["sr"] * (load not in (1, 4))
        found = [at[name, load / 2, EXPONENTIAL] for name in names]
        rows[f"{load:g}"] = tuple(f"{median:.{4 if median < 1 else 3 if median < 10 else 2}f}" for median in found)
    return rows


def mean(cell: str) -> float:
    """Give the estimate of a cell with its half-width."""
    return float(cell.split(" ± ")[0])


@quoted
def arcs_shares() -> Values:
    """Latency and messages at d = 10 over those of the SR code, and what is said of 100 000 symbols."""
    rows = {tuple(row[:3]): row[3:] for row in on_record("arcs-phases")[1:]}

    def shares(phase: str, column: int) -> tuple[str, ...]:
        pairs = ((rows[law, "10", f"arcs, {phase} phase"], rows[law, "10", "SR"]) for law in STARTUPS)
        return tuple(f"{mean(ours[column]) / mean(theirs[column]):.2f}" for ours, theirs in pairs)

    found: dict[str, Value] = {}
    for kind, m, _, latency, _, _, time, _, code in on_record("arcs-decoding")[1:]:
        if kind.endswith("common phase") and m == "100000":
            law = kind.split(",")[0]
            found[f"ms-{law}"] = tuple(time.split(" ± "))
            found[f"earlier-{law}"] = (f"{mean(latency):.3f}", f"{mean(code):.3f}")
    common = shares("common", 0)
    return found | {
        "common": common[0],
        "common-Pareto": common[1],
        "messages": shares("common", 1),
        "random": shares("random", 0),
    }
