"""Numbers of docs/proofs/spanning.md."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from docs.quoted import Value, Values, quoted
from paper_checks.parameters import EXPONENTIAL, PAPER
from srtheory.theory.spanning import latency_bounds

ROWS = Path(__file__).parents[2] / "data" / "guarantees" / "rows.csv"


def outward(low: float, high: float, digits: int = 4) -> Value:
    """Round an interval to one that holds it."""
    scale = 10**digits
    ends = math.floor(low * scale) / scale, math.ceil(high * scale) / scale
    return tuple(f"{end:.{digits}f}" if end else "0" for end in ends)


@quoted
def guaranteed() -> Values:
    """Return what is proved at the paper's parameters: by rows as in data/guarantees, and by time."""
    with ROWS.open(encoding="utf-8", newline="") as stream:
        lines = [line for line in csv.DictReader(stream) if line["startup"] == EXPONENTIAL]
    by_rows = {line["rows"]: outward(float(line["low"]), float(line["high"])) for line in lines}
    return {f"rows-{k}": by_rows[k] for k in ("990", "1000", "1005", "1010", "1020")} | {
        f"time-{t}": outward(*latency_bounds(PAPER, float(t))) for t in ("0.70", "0.72", "0.78")
    }
