"""Tables of a campaign: a line for each cell and a line for each exception; and their summary by m.

Judgement of the trials of a cell: those that obey the hitting-time law and those that do not, and why.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from paper_checks.campaign.plan import Cell, task
from srtheory.errors import ArgumentError
from srtheory.experiments.exceptions import Deviation, examine, reception_of, second_order_time, side
from srtheory.experiments.summary import proportion
from srtheory.experiments.trial import Record, Task
from srtheory.files import head, read_lines, write_lines
from srtheory.matrix import Rows


@dataclass(frozen=True)
class Tally(Cell):
    """A cell and the results of its trials."""

    held: int
    complete: int
    early: int
    late: int
    """Trials with M' = max(m, CC); with M' below because a worker was complete (outside the law's hypothesis); with M'
    below nevertheless; with M' above.  They add up to ``trials``."""
    covered: int
    """Trials with CC <= m."""
    low: float
    high: float
    """Clopper-Pearson interval (95 %) of the probability of M' = max(m, CC), no worker being complete before."""
    checked: int
    second_order: int
    """Trials on which the second-order law was tried, and those in which it gave M'; complete workers are left out."""
    task: str
    """First digits of the task's id, which changes with everything that a record depends on."""

    @property
    def fraction(self) -> float:
        """Fraction of trials with M' = max(m, CC) among those without a complete worker, or nan if there is none."""
        judged = self.trials - self.complete
        return self.held / judged if judged else math.nan


@dataclass(frozen=True)
class Exceptional(Deviation):
    """An exception and the number of its cell."""

    cell: int


@dataclass(frozen=True)
class Tables:
    """Both tables: the finished cells and all their exceptions, by cell and trial."""

    cells: tuple[Tally, ...]
    exceptions: tuple[Exceptional, ...]


@dataclass(frozen=True)
class BySymbols:
    """All cells of one m together, without trials with a complete worker."""

    symbols: int
    trials: int
    exceptions: int
    fraction: float
    low: float
    high: float
    """Share of M' = max(m, CC) among these trials, or nan if there is none, and its interval."""
    by_cell: float
    """Mean over the cells of their fractions, each with the same weight, or nan."""


def stored(out: Path) -> Tables:
    """Return the tables in a folder, or empty ones."""
    return read_tables(out) if (out / "cells.csv").exists() else Tables((), ())


def read_tables(path: Path) -> Tables:
    """Read a folder of tables; exceptions of unfinished cells (a run was killed) are omitted."""
    cells = tuple(read_lines(path / "cells.csv", Tally, _head(Tally)))
    for cell in cells:
        if not _adds_up(cell):
            raise ArgumentError("path", f"cell {cell.cell}", f"a cell of {path / 'cells.csv'} whose numbers add up")
    done = {cell.cell: cell.early + cell.late for cell in cells}
    exceptions = tuple(
        e for e in read_lines(path / "exceptions.csv", Exceptional, _head(Exceptional)) if e.cell in done
    )
    if Counter(e.cell for e in exceptions) != Counter(done):
        raise ArgumentError("path", str(path), "a folder whose two tables count the same exceptions")
    return Tables(cells, exceptions)


def _adds_up(cell: Tally) -> bool:
    """Return whether the counts are of all trials, in order, and the interval is theirs, up to last digits."""
    judged = cell.trials - cell.complete
    parts = (cell.held, cell.complete, cell.early, cell.late)
    shares = (cell.covered <= cell.trials, 0 <= cell.second_order <= cell.checked <= judged, cell.covered >= 0)
    if sum(parts) != cell.trials or min(parts) < 0 or not all(shares):
        return False
    limits = zip(proportion(cell.held, judged), (cell.low, cell.high), strict=True)
    return all(math.isclose(*pair, rel_tol=0, abs_tol=1e-6) for pair in limits)  # the table has six digits


def save(tables: Tables, out: Path) -> None:
    """Write both tables into a folder, exceptions first."""
    write_lines(out / "exceptions.csv", Exceptional, tables.exceptions, _head(Exceptional))
    write_lines(out / "cells.csv", Tally, tables.cells, _head(Tally))


def _head(kind: type) -> list[str]:
    return ["cell", *(name for name in head(kind) if name != "cell")]


def by_symbols(tables: Tables, family: str = "grid") -> list[BySymbols]:
    """Return trials without a complete worker, exceptions, and the fraction with M' = max(m, CC), by m.

    The fraction has the interval of Clopper and Pearson for the cells' mean probability. For a sum of unlike cells it
    is, if anything, too wide.
    """
    cells = sorted((c for c in tables.cells if c.family == family), key=lambda c: c.symbols)
    if not cells:
        raise ArgumentError("tables", f"{len(tables.cells)} cells", f"a campaign with cells of the family {family!r}")
    rows = []
    for m, group in groupby(cells, key=lambda c: c.symbols):
        members = list(group)
        trials = sum(c.trials - c.complete for c in members)
        held = sum(c.held for c in members)
        shares = [c.fraction for c in members if c.complete < c.trials]
        fraction, by_cell = (held / trials, math.fsum(shares) / len(shares)) if trials else (math.nan, math.nan)
        rows.append(BySymbols(m, trials, trials - held, fraction, *proportion(held, trials), by_cell))
    return rows


# ------------------------------------------------------------------------------------ judgement of the trials of a cell

CHECKED_TRIALS, CHECKED_SYMBOLS = 100, 500
"""Number of first trials of a cell, and largest m, for which the second-order law is always tested."""
DIGITS = 12


def judge(cell: Cell, records: Iterable[Record]) -> tuple[Tally, list[Exceptional]]:
    """Sort the records of a cell into those that obey the hitting-time law and the others; examine the latter."""
    experiment, sides, exceptions, covered, agreed = task(cell), Counter[str](), [], 0, []
    for record in records:
        kind = side(record, cell.symbols)
        sides[kind] += 1
        assert record.coverage_time is not None
        covered += record.coverage_time <= cell.symbols
        if kind in ("early", "late"):
            found = examine(experiment, record, cell.symbols)
            exceptions.append(Exceptional(**asdict(found), cell=cell.cell))
        if kind != "complete" and record.trial < CHECKED_TRIALS and cell.symbols <= CHECKED_SYMBOLS:
            agreed.append(_second_order(experiment, record, cell.symbols))
    return tally(cell, sides, covered, agreed), exceptions


def _second_order(experiment: Task, record: Record, symbols: int) -> bool:
    assert record.stopping_time is not None
    assert record.coverage_time is not None
    longest = max(symbols, record.stopping_time, record.coverage_time)
    rows = reception_of(experiment, record.trial, longest).rows
    return second_order_time(rows, record.coverage_time) == record.stopping_time


def tally(cell: Cell, sides: Mapping[str, int], covered: int, agreed: Sequence[bool]) -> Tally:
    """Return counts and interval of a cell."""
    counts: dict[str, Any] = {name: sides.get(name, 0) for name in ("held", "complete", "early", "late")}
    judged = cell.trials - counts["complete"]
    low, high = proportion(counts["held"], judged) if judged else (0.0, 1.0)
    found: dict[str, Any] = {"low": round(low, 6), "high": round(high, 6), "covered": covered}
    found |= {"checked": len(agreed), "second_order": sum(agreed), "task": task(cell).id[:DIGITS]}
    return Tally(**asdict(cell), **counts, **found)


def rows_of(cell: Cell, exception: Exceptional) -> Rows:
    """Return the rows of an exception's trial: M' or max(m, CC) of them, whichever is larger."""
    law = max(cell.symbols, exception.coverage_time)
    longest = max(law, exception.stopping_time)
    return reception_of(task(cell), exception.trial, longest).rows.prefix(longest)
