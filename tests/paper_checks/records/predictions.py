"""What is predicted of the cells of docs/proofs/hitting_time.md: ``python -m tests.record predictions``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from paper_checks.campaign.tables import Tally, read_tables
from paper_checks.records import campaign
from tests.record import Table


def key(cell: Tally) -> tuple[str, ...]:
    return cell.startup, str(cell.symbols), str(cell.degree), repr(cell.load), str(int(cell.replacement))


@cache
def cells() -> dict[tuple[str, ...], Tally]:
    """All that are predicted."""
    found = read_tables(Path(__file__).parents[3] / "data" / "hitting_time").cells
    return {key(cell): cell for cell in found if cell.family in ("grid", "critical") and cell.trials > cell.complete}


predict = campaign.predicted
PREDICTIONS = Table("predictions", (str,) * 5, lambda key: predict(cells()[key]), rel=1e-9, abs=1e-15)
"""Probabilities of an early and of a late exception, by what they depend on."""


def write() -> None:
    PREDICTIONS.write(lambda value: list(map(value, cells())))
