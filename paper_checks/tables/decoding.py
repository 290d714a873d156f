"""Cost of decoding, scheme by scheme: what is proved, and the runs in data/decoding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from paper_checks.parameters import EXPONENTIAL, TAU
from paper_checks.records.decoding import METHODS, Decoded, exponent, of, read
from srtheory.errors import ArgumentError
from srtheory.render.table import Cell, Column, Interval, Kind, Math, Name, Table

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

MIDDLE, LATE = 10_000, 100_000
"""Numbers of symbols at which time, and T and rows, are shown."""
NONE = "none proved"
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def decoding(lab: Lab) -> Table:
    """Return the table of the stored runs."""
    del lab
    return decoding_table(read())


def decoding_table(found: Sequence[Decoded]) -> Table:
    """Return the table of any such runs; methods without a run are omitted."""
    columns = (
        Column("method", "scheme, decoder", width=0.11),
        Column("order", "proved order", width=0.125),
        Column("exponent", "exponent", Kind.INTERVAL, 2),
        Column("milliseconds_at_10000", Math("ms, 10⁴", r"\text{ms, }10^4"), Kind.SIGNIFICANT, 3),
        Column("largest", "up to"),
        Column("milliseconds_at_largest", "there", Kind.SIGNIFICANT, 3),
        Column("error", "error", Kind.SIGNIFICANT, 1),
        Column("latency", Math("T", "T"), Kind.NUMBER, 2),
        Column("rows_per_symbol", "rows", Kind.NUMBER, 2),
    )
    if not found:
        raise ArgumentError("costs", 0, "at least one run")
    seeds = ", ".join(map(str, sorted({cost.seed for cost in found})))
    caption = (
        "From the rows received by $T$ to the sum. Proved order in $m$, $d$, $n$ rows and their nnz entries. Measured"
        " exponent of $m$ in CPU time, 95 %. Milliseconds at $m = 10^4$ and at the largest $m$. Largest relative error"
        rf" in float64. Mean $T$ and rows per symbol at $m = 10^5$. $\tau = {TAU}$, start-up delay {EXPONENTIAL}, seed"
        f" {seeds}. See docs/proofs/decoding.md, 4."
    )
    made = tuple(_row(method, by_size) for method in METHODS if (by_size := of(found, method)))
    return Table("decoding", caption, columns, made, long=True)


def _row(method: str, by_size: dict[int, list[Decoded]]) -> tuple[Cell, ...]:
    about = METHODS[method]
    timed = [cost for its in by_size.values() for cost in its if cost.milliseconds is not None]
    if not timed:
        raise ArgumentError("milliseconds", None, f"given in some run of {method}")
    largest = max(cost.symbols for cost in timed)
    late = by_size.get(LATE, [])
    return (
        Name(f"{about.scheme}, by {about.decoder}", method),
        Name(f"{about.order} ({about.rests_on})", about.order) if about.order else NONE,
        _exponent(timed),
        _milliseconds(by_size.get(MIDDLE, [])),
        _power(largest),
        _milliseconds(by_size[largest]),
        max(cost.error for cost in timed if cost.error is not None),
        _mean([cost.latency for cost in late]),
        _mean([cost.rows / cost.symbols for cost in late]),
    )


def _power(m: int) -> Name:
    """Return a power of ten in that form."""
    power = len(str(m)) - 1
    return Name(f"10{str(power).translate(RAISED)}" if m == 10**power else str(m), str(m))


def _exponent(timed: Sequence[Decoded]) -> Interval | None:
    if len({cost.symbols for cost in timed}) < 2:
        return None
    slope = exponent([cost.symbols for cost in timed], [cost.milliseconds or 0 for cost in timed])
    return Interval(slope.value, slope.low, slope.high)


def _milliseconds(its: Sequence[Decoded]) -> float | None:
    return _mean([cost.milliseconds for cost in its if cost.milliseconds is not None])


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
