"""Exact results for few symbols, from the files in data/small_cases (made by paper_checks.records.hunts)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from srtheory.environment import on_record
from srtheory.render.table import Cell, Column, Kind, Math, Table

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

MOST_SYMBOLS = 6
"""Largest m on the page of small cases; the file goes further."""

M, D = Math("m", "m"), Math("d", "d")


def counterexamples(lab: Lab) -> Table:
    """Return the smallest counterexample to every shipped conjecture that has one made of rows, by degree."""
    columns = (
        Column("conjecture", "conjecture", Kind.CODE, width=0.31),
        Column("degree", D, Kind.INTEGER),
        Column("symbols", M, Kind.INTEGER),
        Column("rows", "rows", Kind.INTEGER),
        Column("example", "smallest counterexample, by worker", width=0.41),
    )
    caption = (
        "The smallest counterexamples by degree $d$, found by enumeration. Symbols and workers are numbered from 1."
        " Without a degree: any rows of zeros and ones."
    )
    return Table("counterexamples", caption, columns, (*_any_rows(), *_by_degree()), long=True)


def _any_rows() -> Iterator[tuple[Cell, ...]]:
    for result in json.loads(_read("hunts.json")):
        case = result["counterexample"]
        if case is not None and case["rows"] is not None and case["workers"] is None:
            yield (result["conjecture"], None, case["symbols"], len(case["rows"]), _sets(case["rows"]))


def _by_degree() -> Iterator[tuple[Cell, ...]]:
    for line in _lines("by_degree.csv"):
        name, degree = line["conjecture"], int(line["degree"])
        if not line["sets"]:
            yield (name, degree, None, None, line["symbols"].replace("up to ", "up to $m = ") + "$")
            continue
        sets, workers = json.loads(line["sets"]), json.loads(line["workers"])
        yield (name, degree, int(line["symbols"]), int(line["rows"]), _by_worker(sets, workers))


def _by_worker(sets: Sequence[Sequence[int]], workers: Sequence[int]) -> str:
    """Return the rows by worker, ``1: {1} {3,4}; 2: {2}``."""
    sent = {w: [row for row, sender in zip(sets, workers, strict=True) if sender == w] for w in workers}
    return "; ".join(f"{w + 1}: {_sets(rows)}" for w, rows in sent.items())


def _sets(rows: Sequence[Sequence[int]]) -> str:
    return " ".join("{" + ",".join(str(c + 1) for c in row) + "}" for row in rows)


def small_cases(lab: Lab) -> Table:
    """Return the exact probabilities where covering and spanning, or two fields, differ."""
    names: dict[str, str | Math] = {
        "covers": "covers",
        "spans_q": r"spans, $\mathbb Q$",
        "spans_gf2": Math("GF(2)", r"\mathbb{F}_2"),
        "spans_gf3": Math("GF(3)", r"\mathbb{F}_3"),
    }
    columns = (
        Column("symbols", M, Kind.INTEGER),
        Column("degree", D, Kind.INTEGER),
        Column("counts", "rows of each worker"),
        *(Column(name, heading, Kind.FRACTION) for name, heading in names.items()),
    )
    rows = tuple(
        (int(line["symbols"]), int(line["degree"]), line["counts"], *(Fraction(line[name]) for name in names))
        for line in _lines("probabilities.csv")
        if int(line["symbols"]) <= MOST_SYMBOLS and len({line[name] for name in names}) > 1
    )
    caption = (
        r"Exact probabilities that given numbers of rows from each worker cover all symbols and span $\mathbf 1$ over"
        rf" three fields: all cases with $m \le {MOST_SYMBOLS}$ in which these differ."
    )
    return Table("small-cases", caption, columns, rows)


def _lines(name: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(_read(name).splitlines()))


def _read(name: str) -> str:
    return on_record(f"small_cases/{name}").read_text(encoding="utf-8")
