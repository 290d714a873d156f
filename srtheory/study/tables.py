"""The ledger as tables: all claims, and those that the paper should correct."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from srtheory.render.table import Column, Kind, Table
from srtheory.study.checked_by import kinds
from srtheory.study.findings import Entry, Unsettled, Verdict
from srtheory.study.study import CLAIMS, ERRATA, Study

CORRECTED = (Verdict.REFINED, Verdict.REFUTED)


def claims_table(study: Study, entries: Sequence[Entry]) -> Table:
    """Return all entries of a ledger."""
    columns = (
        Column("id", "claim", Kind.CODE, width=0.15),
        Column("where", "where", width=0.10),
        Column("claim", "the paper says", width=0.16),
        Column("verdict", "verdict", width=0.12),
        Column("finding", "finding", width=0.24),
        Column("checked_by", "checked by", width=0.11),
    )
    known = study.supports
    rows = tuple(
        (e.id, e.where, e.claim, str(e.verdict), e.finding, ", ".join(kinds(e.checked_by, known))) for e in entries
    )
    return Table("claims", f"Claims of {study.named} and what the evidence says of them.", columns, rows, long=True)


def errata_table(study: Study, entries: Sequence[Entry]) -> Table:
    """Return the refined and refuted entries of a ledger, with the smallest counterexamples in their evidence.

    A claim whose check failed is in the table, too, since it may need a correction.
    """
    columns = (
        Column("id", "claim", Kind.CODE, width=0.15),
        Column("where", "where", width=0.08),
        Column("claim", "the paper says", width=0.17),
        Column("verdict", "verdict", width=0.09),
        Column("correction", "what holds", width=0.25),
        Column("counterexample", "smallest counterexample", width=0.13),
    )
    chosen = [entry for entry in entries if entry.verdict in CORRECTED or isinstance(entry, Unsettled)]
    rows = tuple((e.id, e.where, e.claim, str(e.verdict), e.correction or e.finding, counterexample(e)) for e in chosen)
    caption = f"Claims of {study.named} that need a correction, with the smallest counterexamples."
    if any(isinstance(entry, Unsettled) for entry in chosen):
        caption += " A claim whose check failed is open."
    if not rows:
        caption = f"No claim of {study.named} needs a correction."
    return Table("errata", caption, columns, rows, long=True)


def counterexample(entry: Entry) -> str | None:
    """Return the smallest counterexample in the evidence, or None if it shows no counterexample."""
    found = {
        name.removeprefix("smallest").strip(): value for name, value in entry.evidence.items() if _is_smallest(name)
    }
    return "; ".join(f"{name}: {_flat(value)}" if name else _flat(value) for name, value in found.items()) or None


def _is_smallest(name: str) -> bool:
    return name.split()[:1] == ["smallest"]


def _flat(value: Any) -> str:
    """Return nested evidence on one line; an example is its rows and the number m of its columns."""
    if isinstance(value, Mapping) and {"m", "rows"} <= set(value):
        return f"$m = {value['m']}$: {value['rows']}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_flat(inner)}" for name, inner in value.items() if inner is not None)
    return str(value)


OF_CLAIMS: dict[str, tuple[str, Callable[[Study, Sequence[Entry]], Table]]] = {
    CLAIMS: ("the paper's claims and their verdicts", claims_table),
    ERRATA: ("claims refined or refuted: what holds, and the smallest counterexamples", errata_table),
}
"""Tables that every study has: what each shows, and its function of the ledger."""
