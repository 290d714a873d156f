"""Theoretical thresholds of the degree, at the paper's delays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from paper_checks.theory.thresholds import LARGEST_LOAD, critical_ratio, least_degree, least_degree_sharp
from srtheory.delays import parameters
from srtheory.errors import require_int
from srtheory.experiments.lab import Effort
from srtheory.model import Model
from srtheory.render.table import Cell, Column, Kind, Math, Table
from srtheory.theory.coverage import SmoothStartup

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

M_VALUES = (100, 300, 1000, 3000)
FAILURES = (0.1, 0.01)


def thresholds(lab: Lab, symbols: int | None = None) -> Table:
    """Return the least d at which m rows cover all m symbols; quick effort omits the largest m (half a minute).

    There are rows for several m, or for ``symbols`` alone; c* is given for exponential start-up only.
    """
    columns = (
        Column("symbols", Math("m", "m"), Kind.INTEGER),
        Column("failure", Math("δ", r"\delta"), Kind.NUMBER, 2),
        Column("least_degree", "exact law", Kind.INTEGER),
        Column("least_degree_sharp", "limit law", Kind.INTEGER),
        Column("ratio", Math("d/ln m", r"d/\ln m"), Kind.NUMBER, 2),
        Column("critical_ratio", Math("c*", "c^*"), Kind.NUMBER, 2),
    )
    caption = (
        r"Least $d$ with which the first $m$ rows cover all $m$ symbols with probability at least $1 - \delta$, by the"
        r" exact distribution and by its limit. The ratio $d/\ln m$ of the exact one must exceed $c^*$ as $m$ grows"
        rf" ($\tau = {lab.at.tau}$, start-up delay {lab.at.startup_text})."
    )
    sizes: tuple[int, ...] = M_VALUES[:-1] if lab.effort is Effort.QUICK else M_VALUES
    sizes = sizes if symbols is None else (require_int("symbols", symbols),)
    return Table("thresholds", caption, columns, tuple(_row(m, delta, lab.at) for m in sizes for delta in FAILURES))


def _row(m: int, delta: float, at: Model) -> tuple[Cell, ...]:
    law = cast(SmoothStartup, at.startup)
    exact = least_degree(Model(m, None, at.tau, law), failure=delta)
    sharp = least_degree_sharp(Model(m, None, at.tau, law), failure=delta)
    if exact is None:
        return (m, delta, None, sharp, None, None)
    load = _rate(at) * at.tau * exact
    ratio = exact / math.log(m) if m > 1 else None
    return (m, delta, exact, sharp, ratio, critical_ratio(load) if 0 < load < LARGEST_LOAD else None)


def _rate(at: Model) -> float:
    """Return the rate of exponential start-up, whenever it begins; 0 for other distributions."""
    name, its = parameters(at.startup) or ("", {})
    if name != "expon":
        return 0.0
    left = float(at.startup.sf(its["loc"] + 1.0))  # 1/scale to the last bits, as in the earlier tables
    return -math.log(left) if 0 < left < 1 else 1 / its["scale"]
