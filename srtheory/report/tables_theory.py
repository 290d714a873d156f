"""What theory says of the degree, at the paper's delays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from srtheory.delays import parse_law
from srtheory.experiments.lab import EXPONENTIAL, TAU, Effort
from srtheory.report.tables import Cell, Column, Kind, Math, Table
from srtheory.theory.laws.collection import SmoothStartup
from srtheory.theory.thresholds import critical_ratio, least_degree, least_degree_sharp

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

SIZES = (100, 300, 1000, 3000)
FAILURES = (0.1, 0.01)


def thresholds(lab: Lab) -> Table:
    """Least d at which m rows cover all m symbols; the largest m, half a minute, is left out at quick effort."""
    columns = (
        Column("symbols", Math("m", "m"), Kind.INTEGER),
        Column("failure", Math("δ", r"\delta"), Kind.NUMBER, 2),
        Column("least_degree", "exact law", Kind.INTEGER),
        Column("least_degree_sharp", "limit law", Kind.INTEGER),
        Column("ratio", Math("d/ln m", r"d/\ln m"), Kind.NUMBER, 2),
        Column("critical_ratio", Math("c*", "c^*"), Kind.NUMBER, 2),
    )
    caption = (
        f"Least d with which the first m rows cover all m symbols with probability at least 1 − δ, by the exact law and"
        f" by its limit; d/ln m for the exact one, beside the ratio c* that it must exceed as m grows (τ = {TAU},"
        f" start-up delay {EXPONENTIAL})."
    )
    sizes = SIZES[:-1] if lab.effort is Effort.QUICK else SIZES
    return Table("thresholds", caption, columns, tuple(_row(m, delta) for m in sizes for delta in FAILURES))


def _row(m: int, delta: float) -> tuple[Cell, ...]:
    law = cast(SmoothStartup, parse_law(EXPONENTIAL))
    rate = -math.log(float(law.sf(1.0)))
    exact = least_degree(m, TAU, law, failure=delta)
    sharp = least_degree_sharp(m, TAU, law, failure=delta)
    if exact is None:
        return (m, delta, None, sharp, None, None)
    return (m, delta, exact, sharp, exact / math.log(m), critical_ratio(rate * TAU * exact))
