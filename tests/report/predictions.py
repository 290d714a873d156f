"""What is predicted of the cells of docs/hitting_time.md, kept in data/pages/predictions.csv.

``python -m tests.report.predictions`` writes the file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from paper_checks.records import campaign
from srtheory.experiments.campaign.tables import Tally, read_tables
from tests import pages

DATA = Path(__file__).parents[2] / "data"
FILE = "predictions"

Chances = tuple[float, float]
Predictions = dict[tuple[str, ...], Chances]


def key(cell: Tally) -> tuple[str, ...]:
    return cell.startup, str(cell.symbols), str(cell.degree), repr(cell.load), str(int(cell.replacement))


@cache
def recorded() -> Predictions:
    """Probabilities of an early and of a late exception, by what they depend on."""
    return {tuple(line[:5]): (float(line[5]), float(line[6])) for line in pages.lines(FILE)}


def cells() -> dict[tuple[str, ...], Tally]:
    """All that are predicted."""
    found = read_tables(DATA / "hitting_time").cells
    return {key(cell): cell for cell in found if cell.family in ("grid", "critical") and cell.trials > cell.complete}


def come_out_again(record: Predictions) -> bool:
    """Whether all are on record, and every tenth comes out as there, but for what processors may differ by."""
    every = cells()
    return set(record) == set(every) and all(
        campaign.predicted(every[name]) == pytest.approx(record[name], rel=1e-9, abs=1e-15)
        for name in sorted(every)[::10]
    )


def write() -> None:
    pages.write(FILE, ([*name, *map(repr, campaign.predicted(cell))] for name, cell in sorted(cells().items())))


if __name__ == "__main__":
    write()
