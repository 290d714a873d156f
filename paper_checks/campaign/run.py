"""Run of the missing cells, with a save after each one.

The two tables are replaced as a whole after every cell, exceptions first. A cell counts as done when it is in
``cells.csv``. Hence a killed run resumes, and its tables are byte for byte those of an undisturbed run. A finished
campaign computes nothing when run again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from pathlib import Path

from paper_checks.campaign.plan import Cell, task
from paper_checks.campaign.tables import Exceptional, Tables, Tally, judge, save, stored
from srtheory.errors import ArgumentError
from srtheory.experiments.running import Progress, run_all
from srtheory.experiments.store import locked


def _silent(done: int, computed: bool) -> None:
    return None


def campaign(
    cells: Sequence[Cell], out: Path, *, store: Path | None = None, processes: int = 1, progress: Progress = _silent
) -> Tables:
    """Run the cells that ``out`` lacks, and save after each one.

    A run that finds another one at work in ``out`` waits for it; with a store, an interrupted cell also resumes.
    """
    out.mkdir(parents=True, exist_ok=True)
    with locked(out):
        tables = stored(out)
        left = missing(cells, tables)
        experiments = [(task(cell), cell.trials) for cell in left]
        runs = run_all(experiments, store=store, processes=processes, progress=progress)
        for cell, records in zip(left, runs, strict=True):
            tables = _joined(tables, *judge(cell, records))
            save(tables, out)
    return tables


def campaign_id(cells: Iterable[Cell]) -> str:
    """Return a name of these cells that changes with the plan and with the version of the records."""
    return hashlib.sha256(repr([(astuple(cell), task(cell).id) for cell in cells]).encode()).hexdigest()


def missing(cells: Sequence[Cell], tables: Tables) -> list[Cell]:
    """Return the cells that the tables lack; a table with another cell of the same number is an error."""
    done = {cell.cell: cell for cell in tables.cells}
    for cell in cells:
        if cell.cell in done and not _same(cell, done[cell.cell]):
            raise ArgumentError("out", f"cell {cell.cell}", "a folder of this plan, which has another such cell")
    return [cell for cell in cells if cell.cell not in done]


def _same(cell: Cell, found: Tally) -> bool:
    here = tuple(getattr(found, field.name) for field in fields(Cell))
    return astuple(cell) == here and task(cell).id.startswith(found.task)


def _joined(tables: Tables, cell: Tally, exceptions: Iterable[Exceptional]) -> Tables:
    cells = sorted([*tables.cells, cell], key=lambda c: c.cell)
    every = sorted([*tables.exceptions, *exceptions], key=lambda e: (e.cell, e.trial))
    return Tables(tuple(cells), tuple(every))
