"""All schemes at the paper's parameters, on the same start-up delays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, product
from typing import Any

import numpy as np

from paper_checks.floors import least_mean
from paper_checks.parameters import PAPER
from srtheory.errors import printable
from srtheory.experiments.compare import LIMIT
from srtheory.experiments.lab import Lab
from srtheory.experiments.summary import COSTS, column, summarise
from srtheory.model import Model
from srtheory.render.table import Cell, Column, Kind, Math, Name, PlusMinus, Table
from srtheory.schemes import ENTRIES, SCHEME_NAMES, NamedScheme, named, options_of_each, printed
from srtheory.schemes.fountain import Raptor
from srtheory.types import Floats

COLUMNS = (
    Column("scheme", "scheme", width=0.14),
    Column("decoder", "by"),
    Column("latency", Math("T", "T"), Kind.ERROR, 3),
    Column("of_floor", Math("L/T", "L/T"), Kind.NUMBER, 2),
    Column("rows", Math("M′", "M'"), Kind.ERROR, 0),
    Column("work", "terms (10³)", Kind.ERROR, 2),
    Column("decoding", "cost (10³)", Kind.ERROR, 1),
    Column("unrecovered", "lost", Kind.INTEGER),
)
CYCLIC = 2
"""Largest number of stragglers of the cyclic gradient code; larger weights slow exact elimination down."""
BLOCK_SIZES = "paper-exponential-few"
"""Designed sizes of SR codes for these delays."""
PEELED = ("sr", "sr-with-replacement", "lt", "lt-systematic", "raptor", "repairable")
"""Codes from which each f_i can be recovered by peeling, or the sum alone by elimination."""


def schemes(lab: Lab, schemes: Sequence[str] = SCHEME_NAMES, options: Sequence[str] = ()) -> Table:
    """Return one row for each scheme and decoder; LT codes with and without the cap of the paper's figures.

    ``schemes`` and ``options`` are as for :func:`paper_checks.figures.drawing`.
    """
    at, chosen = lab.at, [named(scheme) for scheme in schemes]
    own = options_of_each(chosen, options)
    variants = {scheme.name: _variants(scheme, at, own[scheme.name]) for scheme in chosen}
    for scheme, given in chain.from_iterable(variants.values()):
        scheme.build(at.symbols, given)  # report invalid options before the runs
    beginning = "All schemes" if tuple(schemes) == SCHEME_NAMES else "Schemes"
    parities = Raptor(at.symbols).parities
    sizes = "" if at == PAPER else f", SR with the sizes {BLOCK_SIZES} of the paper's parameters"
    caption = (
        rf"{beginning} at $m = {at.symbols}$, $d = {at.d}$, $\tau = {at.tau}$, start-up delay {at.startup_text},"
        f" gradient codes for $s = {at.d - 1}$ stragglers (cyclic: {_cyclic(at)}), Raptor codes of {parities}"
        f" parities, 3 a term (dense: {_dense(at)}){sizes}: latency $T$, received symbols $M'$, terms computed by all"
        f" workers, operations of the decoder (cost); means ± standard errors of {lab.trials} runs on the same delays"
        f" (elimination, SR excepted: {lab.elimination_trials}). $L$: lower bound on the mean latency of every"
        " oblivious scheme (docs/proofs/floor.md). Cost is additions and multiplications of values, and"
        " operations on coefficients before."
    )
    each = chain.from_iterable(product(variants[name], _decoders(name)) for name in schemes)
    floor = least_mean(at)
    rows = tuple(_row(lab, scheme, given, by, floor) for (scheme, given), by in each)
    return Table("schemes", caption, COLUMNS, rows)


def _variants(scheme: NamedScheme, at: Model, own: Mapping[str, Any]) -> list[tuple[NamedScheme, dict[str, Any]]]:
    """Return the forms of the scheme in the table, or with the options given."""
    more: dict[str, list[dict[str, Any]]] = {
        "lt": [{"cap": 2.0}, {}],
        "raptor": [{}, {"spread": _dense(at)}],
        "sr-sizes": [{"sizes": BLOCK_SIZES}],
        "gradient-cyclic": [{"stragglers": _cyclic(at)}],
    }
    if own:
        return [(scheme, {**scheme.sized(at.d), **own})]
    return [(scheme, given) for given in more.get(scheme.name, [scheme.sized(at.d)])]


def _dense(at: Model) -> int:
    """Return the parities of a term, half of them all, for Raptor codes with a dense pre-code."""
    return max(1, Raptor(at.symbols).parities // 2)


def _cyclic(at: Model) -> int:
    return min(CYCLIC, at.symbols - 1)


def _decoders(name: str) -> list[str | None]:
    """Return the decoders of a scheme; None is its own decoder."""
    return ["peeling", "span"] if name in PEELED else [None]


def _row(lab: Lab, scheme: NamedScheme, given: dict[str, Any], by: str | None, floor: float) -> tuple[Cell, ...]:
    name, its = scheme.name, scheme.build(lab.at.symbols, given).decoder
    by = by or its
    trials = lab.elimination_trials if by == "span" and not name.startswith("sr") else lab.trials
    records = lab.records(scheme, trials=trials, decoder=None if by == its else by, own=given)
    latency, rows, work = (column(records, measure) for measure in ("latency", "stopping_time", "work"))
    costs = np.sum([column(records, measure) for measure in COSTS], axis=0)
    failed = sum(record.stopping_time is None for record in records)
    first, *others = (_mean(values) for values in (latency, rows, work / 1000, costs / 1000))
    ratio = None if failed or name == LIMIT else floor / first.estimate
    return (_name(name, given), by if name in PEELED else None, first, ratio, *others, failed)


def _name(name: str, given: Mapping[str, Any]) -> Name:
    if name not in ENTRIES:
        words = " ".join([name, *(f"{option}={value}" for option, value in given.items())])
        return Name(printable(printed(name)), printable(words))  # the name of a file may be no UTF-8
    dense = ", dense" if "spread" in given else ""
    variant = "".join(f" {option}={given[option]:g}" for option in ("cap", "spread") if option in given)
    return Name(printed(name, given.get("degree"), given.get("cap")) + dense, name + variant)


def _mean(values: Floats) -> PlusMinus:
    found = summarise(values)
    return PlusMinus(found.mean, found.standard_error)
