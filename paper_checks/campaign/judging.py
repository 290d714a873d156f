"""Judgement of the trials of a cell: those that obey the hitting-time law and those that do not, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from paper_checks.campaign.plan import Cell, task
from paper_checks.campaign.tables import Exceptional, Tally
from srtheory.experiments.exceptions import examine, reception_of, second_order_time, side
from srtheory.experiments.summary import proportion
from srtheory.experiments.trial import Record, Task
from srtheory.rows import Rows

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
