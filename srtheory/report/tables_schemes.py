"""Every scheme at the paper's parameters, side by side on the same start-up delays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from srtheory.decoders import decoder
from srtheory.experiments.cost import cycle_cost, elimination_cost, peeling_cost, received_until
from srtheory.experiments.lab import DEGREE, EXPONENTIAL, SYMBOLS, TAU, Lab
from srtheory.experiments.summary import Floats, column, summarise
from srtheory.report.names import printed
from srtheory.report.tables import Cell, Column, Kind, Math, Name, PlusMinus, Table
from srtheory.schemes import NAMES, make, sized

if TYPE_CHECKING:
    from srtheory.experiments.trial import Record
    from srtheory.rows import Rows
    from srtheory.schemes.base import Scheme

COLUMNS = (
    Column("scheme", "scheme", width=0.16),
    Column("cap", Math("m_e/m", r"m_e/m"), Kind.NUMBER),
    Column("latency", Math("T", "T"), Kind.ERROR, 3),
    Column("rows", Math("M′", "M'"), Kind.ERROR),
    Column("work", "terms", Kind.ERROR),
    Column("decoding", "cost (10³)", Kind.ERROR, 1),
    Column("unrecovered", "failed", Kind.INTEGER),
)
CYCLIC = 2
"""Stragglers of the cyclic gradient code; weights of more digits take exact elimination longer."""
MOST_DECODED = 100
"""Runs whose decoding is counted; the other measures come from all runs."""


def schemes(lab: Lab) -> Table:
    """One row for each scheme; LT codes with the cap of the paper's figures and without."""
    caption = (
        f"All schemes at m = {SYMBOLS}, d = {DEGREE}, τ = {TAU}, start-up delay {EXPONENTIAL}, gradient codes for"
        f" s = {DEGREE - 1} stragglers, the cyclic one for {CYCLIC}: latency T, received symbols M′,"
        " terms computed by all workers and operations of the decoder (cost); means ± standard errors of"
        f" {lab.trials} runs on the same delays (cyclic gradient code: {lab.elimination_trials};"
        f" decoding: {min(lab.trials, MOST_DECODED)} runs). Operations are additions"
        " of parts or arcs, entries met in peeling, or 2c³/3 and c for each entry where elimination is left with a"
        " dense core of c columns."
    )
    each: list[tuple[str, dict[str, Any]]] = list(chain.from_iterable(_variants(name) for name in NAMES))
    return Table("schemes", caption, COLUMNS, tuple(_row(lab, name, given) for name, given in each))


def _variants(name: str) -> list[tuple[str, dict[str, Any]]]:
    if name == "lt":
        return [(name, {"cap": 2.0}), (name, {})]
    return [(name, {"stragglers": CYCLIC} if name == "gradient-cyclic" else sized(name, DEGREE))]


def _row(lab: Lab, name: str, given: dict[str, Any]) -> tuple[Cell, ...]:
    trials = lab.elimination_trials if name == "gradient-cyclic" else lab.trials
    records = lab.records(name, trials=trials, **given)
    latency, rows, work = (_mean(column(records, measure)) for measure in ("latency", "stopping_time", "work"))
    costs = _decoding(make(name, SYMBOLS, **given), lab.seed, records[:MOST_DECODED])
    failed = sum(record.stopping_time is None for record in records)
    return (
        Name(printed(name, given.get("degree")), name),
        given.get("cap"),
        latency,
        rows,
        work,
        _mean(costs / 1000),
        failed,
    )


def _mean(values: Floats) -> PlusMinus:
    found = summarise(values)
    return PlusMinus(found.mean, found.standard_error)


def _decoding(scheme: Scheme, seed: int, records: Sequence[Record]) -> Floats:
    """Operations of the scheme's own decoder in each run, inf where the sum is never recovered."""
    costs = {"span": elimination_cost, "peeling": peeling_cost, "intervals": cycle_cost}
    values = []
    for record in records:
        if record.stopping_time is None:
            values.append(math.inf)
        elif scheme.decoder == "partition":
            values.append(record.rank - 1.0)
        else:
            values.append(costs[scheme.decoder](_received(scheme, seed, record.trial)))
    return np.array(values)


def _received(scheme: Scheme, seed: int, trial: int) -> Rows:
    """The rows that the decoder had when it stopped."""
    decode = decoder(scheme.decoder)
    return received_until(scheme, seed, trial, lambda reception: decode(reception).stopping_time)
