"""Real sums by each construction that decodes them: received rows, cost of decoding, and errors of floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paper_checks.parameters import EXPONENTIAL
from paper_checks.real_sums import CONSTRUCTIONS, GRID, TAU, Construction, Recovery, recover
from paper_checks.workloads import WORKLOADS
from srtheory.decoders.sums import UNIT
from srtheory.delays import DelayModel, parse_law
from srtheory.render.table import Cell, Column, Kind, Math, Table

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab


def real_sums(lab: Lab, tau: float = TAU, startup: str = EXPONENTIAL) -> Table:
    """Return the paper's five computations, each by one run of each construction."""
    delays = DelayModel(parse_law(startup), tau)
    columns = (
        Column("sum", "sum", width=0.11),
        Column("symbols", Math("m", "m"), Kind.INTEGER),
        Column("construction", "construction", width=0.16),
        Column("rows", "rows", Kind.INTEGER),
        Column("additions", "additions", Kind.INTEGER),
        Column("products", "products", Kind.INTEGER),
        Column("exact", "exact"),
        Column("error", Math("error/u", "\\text{error}/u"), Kind.NUMBER, 1),
        Column("bound", Math("bound/u", "\\text{bound}/u"), Kind.NUMBER, 0),
    )
    rows: list[tuple[Cell, ...]] = []
    for trial, (name, build) in enumerate(WORKLOADS.items()):
        terms = build(lab.seed)
        for construction in CONSTRUCTIONS:
            found = recover(terms, construction, seed=lab.seed, trial=trial, delays=delays)
            rows.append((name, len(terms), *_cells(construction, found)))
            lab.progress("real sums", len(rows))
    caption = (
        rf"Sums of sections I and II-A, one run each (start-up delay {startup}, $\tau = {tau:g}$). Columns: rows,"
        " additions of values, products with numbers, and whether exact values give the exact sum (by LSMR: of terms"
        f" rounded to {GRID} binary places). Then the largest error of float64 relative to the sum of absolute values,"
        " in units of $u = 2^{-53}$, and its bound."
    )
    return Table("real-sums", caption, columns, tuple(rows), long=True)


def _cells(construction: Construction, found: Recovery) -> tuple[Cell, ...]:
    exact = "no" if not found.exact else "rounded" if construction.slack else "yes"
    counts = found.rows, found.additions, found.multiplications
    return construction.name, *counts, exact, found.relative_error / UNIT, found.relative_bound / UNIT
