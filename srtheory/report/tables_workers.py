"""T of real workers, measured, beside what the delay model predicts once it is fitted to other runs of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from srtheory.report.tables import Cell, Column, Interval, Kind, Math, Table
from srtheory.report.workers import SETTINGS, SIMULATED, Line, Measured, compared, fitted, read_arrivals, read_runs

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab


def workers(lab: Lab) -> Table:
    """What is on record.

    Raises
    ------
    ArgumentError
        If it is not there.
    """
    del lab
    return workers_table(read_runs(), read_arrivals())


def workers_table(runs: Sequence[Measured], lines: Sequence[Line]) -> Table:
    """Any such record; settings and schemes without a run are left out."""
    columns = (
        Column("setting", "setting", width=0.14),
        Column("scheme", "scheme", Kind.CODE),
        Column("runs", "runs", Kind.INTEGER),
        Column("measured", Math("T measured", r"T\text{ measured}"), Kind.INTERVAL, 4),
        Column("available", "with decoding", Kind.NUMBER, 4),
        Column("predicted", "predicted", Kind.NUMBER, 4),
        Column("by_law", "by its law", Kind.NUMBER, 4),
        Column("within", "within"),
        Column("p_value", "same law: p", Kind.SIGNIFICANT, 2),
    )
    made: list[tuple[Cell, ...]] = []
    fits: list[str] = []
    for name, setting in SETTINGS.items():
        if not any(r.setting == name for r in runs):
            continue
        fit = fitted(name, runs, lines)
        fits.append(f"{setting.says}: τ = {fit.tau:.3g} s, X ~ {fit.startup}, p = {fit.p_value:.2g}")
        for its in compared(name, runs, fit):
            measured = Interval(its.measured, its.low, its.high)
            row = measured, its.available, its.predicted, its.by_law, "yes" if its.within else "no", its.p_value
            made.append((setting.says, its.scheme, its.runs, *row))
    caption = (
        "Mean T in seconds of 30 workers in two processes of one machine, with its 95 % interval, and of"
        f" {SIMULATED} simulated runs with the model fitted to as many other runs ({'; '.join(fits)}), and by the"
        " scheme's law where it has one; whether the"
        " prediction lies within the interval, and Kolmogorov and Smirnov's test between both samples. docs/workers.md."
    )
    return Table("workers", caption, columns, tuple(made), long=True)
