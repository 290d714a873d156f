"""Proved bounds for M' and T at the paper's parameters, from data/guarantees."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from paper_checks.parameters import DEGREE, EXPONENTIAL, PARETO, SYMBOLS, TAU
from paper_checks.records.guarantees import LAWS, Guarantees, of, read
from srtheory.render.table import Cell, Column, Kind, Math, Table

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

BEYOND = (-10, -5, 0, 1, 5, 10, 20, 50, 100, 200, 300, 500)
"""Values of k - m that have a row."""
INSTANTS = {EXPONENTIAL: (0.6, 0.66, 0.7, 0.74, 0.8, 0.9, 1.0), PARETO: (1.3, 1.32, 1.34, 1.36, 1.38, 1.4)}
DIGITS = 5
_SHORT = {EXPONENTIAL: "expon.", PARETO: "Pareto"}


def guarantees(lab: Lab) -> Table:
    """Return proved intervals of the distributions, the means and the quantiles of M' and T."""
    del lab
    columns = (
        Column("startup", "start-up"),
        Column("quantity", "quantity"),
        Column("low", "at least", Kind.NUMBER, DIGITS),
        Column("high", "at most", Kind.NUMBER, DIGITS),
        Column("covered_low", Math("CC: at least", r"\mathrm{CC}\geq"), Kind.NUMBER, DIGITS),
        Column("covered_high", Math("CC: at most", r"\mathrm{CC}\leq"), Kind.NUMBER, DIGITS),
    )
    caption = (
        rf"Proved at $m = {SYMBOLS}$, $d = {DEGREE}$, $\tau = {TAU}$, start-up delay {EXPONENTIAL} and {PARETO}. For"
        r" comparison $\Pr(\mathrm{CC} \le k)$, of coverage. The upper end of a quantile suffices with that confidence."
        " Ends are rounded outwards."
    )
    found = read()
    rows = tuple(row for startup in LAWS for row in _rows(startup, of(found, startup)))
    return Table("guarantees", caption, columns, rows, long=True)


def _rows(startup: str, found: Guarantees) -> Iterator[tuple[Cell, ...]]:
    name = _SHORT[startup]
    for line in found.rows:
        if line.rows - SYMBOLS in BEYOND:
            event = Math(f"P(M′ ≤ {line.rows})", rf"\mathrm{{P}}(M'\leq {line.rows})")
            yield name, event, *_outwards(line.low, line.high), *_outwards(line.covered_low, line.covered_high)
    for at in found.times:
        if at.time in INSTANTS[startup]:
            event = Math(f"P(T ≤ {at.time:g})", rf"\mathrm{{P}}(T\leq {at.time:g})")
            yield name, event, *_outwards(at.low, at.high), None, None
    for mean in found.means:
        event = {"rows": Math("E[M′]", r"\mathrm{E}[M']"), "time": Math("E[T]", r"\mathrm{E}[T]")}[mean.quantity]
        yield name, event, *_outwards(mean.low, mean.high), None, None
    for enough in found.enough:
        p = enough.confidence
        time = max(line.time for line in found.times if line.high < p)
        if enough.rows is not None:
            first = next(line.rows for line in found.rows if line.high >= p)
            event = Math(f"M′, quantile {p}", rf"M'\text{{, quantile }}{p}")
            yield name, event, float(first), float(enough.rows), None, None
        yield name, Math(f"T, quantile {p}", rf"T\text{{, quantile }}{p}"), *_outwards(time, enough.time), None, None


def _outwards(low: float, high: float) -> tuple[float, float]:
    unit = 10**DIGITS
    return math.floor(low * unit) / unit, math.ceil(high * unit) / unit
