"""T of real workers, measured, and the prediction of the delay model fitted to their other runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from paper_checks.records.workers import SETTINGS, SIMULATED, Line, Measured, compared, fitted, read_arrivals, read_runs
from srtheory.render.table import Cell, Column, Interval, Kind, Math, Table

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab


def workers(lab: Lab) -> Table:
    """Return the table of the stored runs."""
    del lab
    return workers_table(read_runs(), read_arrivals())


def workers_table(runs: Sequence[Measured], lines: Sequence[Line]) -> Table:
    """Return the table of any such runs; settings and schemes without a run are omitted."""
    columns = (
        Column("setting", "setting", width=0.11),
        Column("scheme", "scheme", Kind.CODE),
        Column("measured", Math("T", "T"), Kind.INTERVAL, 3),
        Column("available", "decoded", Kind.NUMBER, 3),
        Column("predicted", "model", Kind.NUMBER, 3),
        Column("by_law", "law", Kind.NUMBER, 3),
        Column("within", "in"),
        Column("p_value", "$p$", Kind.SIGNIFICANT, 2),
    )
    made: list[tuple[Cell, ...]] = []
    fits: list[str] = []
    counts: set[int] = set()
    for name, setting in SETTINGS.items():
        if not any(r.setting == name for r in runs):
            continue
        fit = fitted(name, runs, lines)
        law = re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]):.3g}", str(fit.startup))
        fits.append(rf"{setting.says}: $\tau = {fit.tau:.3g}$ s, $X \sim$ {law}, $p = {fit.p_value:.2g}$")
        for its in compared(name, runs, fit):
            measured = Interval(its.measured, its.low, its.high)
            row = measured, its.available, its.predicted, its.by_law, "yes" if its.within else "no", its.p_value
            made.append((setting.says, its.scheme, *row))
            counts.add(its.runs)
    number = " or ".join(map(str, sorted(counts)))
    caption = (
        f"Mean $T$ of {number} runs of 30 workers in two processes, in seconds, with its 95 % interval. Then the mean"
        f" with decoding, that of {SIMULATED} runs of the model fitted to as many others ({'; '.join(fits)}), and that"
        " by the scheme's exact distribution. Last, whether the model lies in the interval, and Kolmogorov and"
        " Smirnov's $p$. See docs/workers.md."
    )
    return Table("workers", caption, columns, tuple(made), long=True)
