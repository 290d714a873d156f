"""The hitting-time law M' = max(m, CC) by m, from the campaign in data/hitting_time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paper_checks.campaign.tables import Tables, by_symbols, read_tables
from srtheory.environment import on_record
from srtheory.render.table import Column, Interval, Kind, Math, Table

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab


def hitting_time(lab: Lab) -> Table:
    """Return the fraction of runs that obey the hitting-time law, over the whole grid of the campaign."""
    return hitting_table(read_tables(on_record("hitting_time")))


def hitting_table(found: Tables) -> Table:
    """Return the table of the hitting-time law by m from any campaign."""
    columns = (
        Column("symbols", Math("m", "m"), Kind.INTEGER),
        Column("trials", "runs", Kind.INTEGER),
        Column("early", "early", Kind.INTEGER),
        Column("late", "late", Kind.INTEGER),
        Column("share", "law holds", Kind.INTERVAL, 4),
    )
    sides = {
        m: [c for c in found.cells if (c.family, c.symbols) == ("grid", m)] for m in {c.symbols for c in found.cells}
    }
    rows = tuple(
        (
            row.symbols,
            row.trials,
            sum(cell.early for cell in sides[row.symbols]),
            sum(cell.late for cell in sides[row.symbols]),
            Interval(row.fraction, row.low, row.high),
        )
        for row in by_symbols(found)
    )
    caption = (
        r"The hitting-time law $M' = \max(m, \mathrm{CC})$ as $m$ grows, over a grid of $d/\ln m$, $\mu\tau d$,"
        " start-up distributions and both ways of sampling. Runs that a complete worker ends are left out. Early:"
        r" $M' < \max(m, \mathrm{CC})$. Late: $M' > \max(m, \mathrm{CC})$. Intervals: Clopper-Pearson, 95 %."
    )
    return Table("hitting-time", caption, columns, rows)
