"""Proved bounds for M' and T at the paper's parameters, computed once and stored in data/guarantees.

``python -m paper_checks.records.guarantees data/guarantees`` computes them again, in about eight minutes on one
processor.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from paper_checks.parameters import EXPONENTIAL, PAPER, PARETO, SYMBOLS
from srtheory.delays import parse_law
from srtheory.environment import on_record
from srtheory.files import read_lines, write_lines
from srtheory.model import Model
from srtheory.theory.coverage import coverage_by_rows
from srtheory.theory.spanning import (
    expected_latency_bounds,
    expected_stopping_bounds,
    guaranteed_time,
    latency_bounds,
    stopping_bounds,
)

LAWS = (EXPONENTIAL, PARETO)
CONFIDENCES = (0.9, 0.99, 0.999)
ROWS = range(SYMBOLS - 10, SYMBOLS + 501)
WINDOW = {EXPONENTIAL: (0.5, 1.1), PARETO: (1.2, 1.5)}
"""Times between which P(T <= t) is computed, at :data:`TIMES` points and at those of Figure 2a."""
TIMES = 31
LATENCY, STOPPING = "SR-1000", "SR"
"""Curves of Figures 2a and 2c."""


@dataclass(frozen=True)
class AfterRows:
    """Bounds low <= P(M' <= k) <= high and covered_low <= P(CC <= k) <= covered_high."""

    startup: str
    rows: int
    low: float
    high: float
    covered_low: float
    covered_high: float


@dataclass(frozen=True)
class ByTime:
    """Bounds low <= P(T <= t) <= high."""

    startup: str
    time: float
    low: float
    high: float


@dataclass(frozen=True)
class Mean:
    """Bounds low <= E[quantity] <= high; the quantity is ``rows``, M', or ``time``, T."""

    startup: str
    quantity: str
    low: float
    high: float


@dataclass(frozen=True)
class Enough:
    """Rows, and time, that are proved to suffice with this confidence; None for rows beyond :data:`ROWS`."""

    startup: str
    confidence: float
    rows: int | None
    time: float


@dataclass(frozen=True)
class Guarantees:
    """All bounds, by file."""

    rows: Sequence[AfterRows]
    times: Sequence[ByTime]
    means: Sequence[Mean]
    enough: Sequence[Enough]


KINDS: dict[str, type] = {"rows": AfterRows, "times": ByTime, "means": Mean, "enough": Enough}


@dataclass(frozen=True)
class Simulated:
    """Tail of one stored curve, with its simultaneous 95 % band, and the hitting-time law at a few points."""

    trials: int
    at: npt.NDArray[np.float64]
    tail: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    """Shape (n,)."""
    law_at: npt.NDArray[np.float64]
    law: npt.NDArray[np.float64]
    """The hitting-time law's tail."""


@cache
def simulated(startup: str, curve: str) -> Simulated:
    """Return the curve :data:`LATENCY` or :data:`STOPPING` from data/figures."""
    name = {LATENCY: "figure_2a", STOPPING: "figure_2c"}[curve] + ("_pareto" if startup == PARETO else "")
    with on_record(f"figures/{name}.csv").open(encoding="utf-8", newline="") as stream:
        lines = [line for line in csv.DictReader(stream) if line["curve"] == curve]
    seen, law = [line for line in lines if line["tail"]], [line for line in lines if not line["tail"]]
    columns = [np.array([float(line[name]) for line in seen]) for name in ("t", "tail", "low", "high")]
    columns += [np.array([float(line[name]) for line in law]) for name in ("t", "exact_tail")]
    return Simulated(int(seen[0]["trials"]), *columns)


def after_rows(startup: str, rows: Sequence[int]) -> list[AfterRows]:
    """Return the proved bounds for these k."""
    spanned, covered = (law(_model(startup), rows) for law in (stopping_bounds, coverage_by_rows))
    return [AfterRows(startup, k, *map(float, found)) for k, *found in zip(rows, *spanned, *covered, strict=True)]


def by_time(startup: str, t: float) -> ByTime:
    """Return the proved bounds for this time."""
    return ByTime(startup, t, *latency_bounds(_model(startup), t))


def compute(startup: str) -> Guarantees:
    """Compute all stored bounds for one start-up distribution."""
    model, rows = _model(startup), after_rows(startup, ROWS)
    return Guarantees(
        rows,
        [by_time(startup, t) for t in _times(startup)],
        [
            Mean(startup, "rows", *expected_stopping_bounds(model)),
            Mean(startup, "time", *expected_latency_bounds(model)),
        ],
        [Enough(startup, p, _enough(rows, p), guaranteed_time(model, p)) for p in CONFIDENCES],
    )


def _model(startup: str) -> Model:
    return replace(PAPER, startup=parse_law(startup))


def _times(startup: str) -> list[float]:
    first, last = WINDOW[startup]
    seen = simulated(startup, LATENCY).at
    return np.union1d(seen[(first <= seen) & (seen <= last)], np.linspace(first, last, TIMES).round(6)).tolist()


def _enough(rows: Sequence[AfterRows], confidence: float) -> int | None:
    return next((line.rows for line in rows if line.low >= confidence), None)


def write(found: Sequence[Guarantees], folder: Path) -> None:
    """Write a CSV file for each kind of line, with floats to the last digit."""
    for name, kind in KINDS.items():
        write_lines(folder / f"{name}.csv", kind, (line for one in found for line in getattr(one, name)))


def read(folder: Path | None = None) -> Guarantees:
    """Return the stored bounds, or those in another folder."""
    place = on_record("guarantees") if folder is None else folder
    return Guarantees(**{name: list(read_lines(place / f"{name}.csv", kind)) for name, kind in KINDS.items()})


def of(found: Guarantees, startup: str) -> Guarantees:
    """Return the bounds for one start-up distribution."""
    return Guarantees(**{name: [line for line in getattr(found, name) if line.startup == startup] for name in KINDS})


def proved_mean(found: Guarantees) -> tuple[float, float]:
    """Return the proved bounds on E[T] at the paper's parameters (docs/proofs/spanning.md, section 3)."""
    [line] = [line for line in of(found, EXPONENTIAL).means if line.quantity == "time"]
    return line.low, line.high


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
def main(folder: Path) -> None:
    """Compute the stored bounds of data/guarantees again, into FOLDER."""
    write([compute(startup) for startup in LAWS], folder)


if __name__ == "__main__":
    main()
