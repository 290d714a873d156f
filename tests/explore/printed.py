"""What the commands under a view print, as the cells of its table are printed, and the settings that are compared."""

from __future__ import annotations

import csv
import json
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from srtheory.explore.picture import table_text
from srtheory.explore.views import High, Low, Measured
from tests.cli.conftest import Run

SETTINGS = {
    "tail": (
        "symbols=6&degree=2&tau=0.05&startup=pareto(b=1)&message_cost=0.1&schemes=bcc,terms-cyclic&at=1.7&until=2",
        "symbols=8&degree=3&tau=0.1&startup=uniform(loc=0,scale=1)&silent=0.1&schemes=sr,genie,lt&trials=20&seed=7",
        "symbols=6&startup=expon()&schemes=terms-cyclic&at=2&until=2&more=tau=expon(scale=0.3)+target=terms(4)",
        "symbols=6&startup=expon()&schemes=arcs,sr&trials=20&more=link=parallel+message_cost=expon(loc=0.1,+scale=1)",
    ),
    "degree": (
        "symbols=16&degree=2&tau=0.1&startup=pareto(b=1)&message_cost=0.2&schemes=parts-stream,raptor"
        "&quantile=0.95&trials=10",
        "symbols=6&startup=expon()&schemes=terms-cyclic&more=pace=expon()",
    ),
    "frontier": (
        "symbols=8&tau=0.1&startup=pareto(b=1)&silent=0.05&message_cost=0.1&schemes=parts-pairs,sr&trials=10&seed=3",
        "symbols=8&tau=0.1&schemes=parts-cyclic,sr&trials=10&more=shock=pareto(b=3)+target=terms(5)",
    ),
    "coverage": (
        "symbols=20&degree=3&tau=0.05&startup=pareto(b=1)&at=1.5&rows=23",
        "symbols=9&degree=3&more=tau=expon(scale=0.05)&at=1.5",
    ),
    "guarantee": ("symbols=20&degree=3&tau=0.05&message_cost=0.1&silent=0.05",),
    "run": ("symbols=9&degree=2&tau=0.05&startup=pareto(b=2)&seed=5",),
}
"""Settings of each view that are compared, as the queries of links."""

Cells = Sequence[Sequence[Any]]


def every_command(commands: Sequence[str], header: Sequence[str], rows: Cells) -> Sequence[str]:
    """A command for each row: those over the degree are a command for each scheme, with its d and T to be set."""
    if header[2] == "cells" or header[1] != "d":
        return commands
    lines = dict(zip(dict.fromkeys(row[0] for row in rows), commands, strict=True))
    return [re.sub("(?<=--at ).+", row[2], re.sub("(?<=--degree )[^ ]+", row[1], lines[row[0]])) for row in rows]


def shown_by_commands(run: Run, commands: Sequence[str], header: Sequence[str], folder: Path) -> Iterator[list[str]]:
    """The cells of the numbers that the commands print, in the order of the rows, as the table would show them."""
    for line in commands:
        verb, *words = shlex.split(line.removeprefix("srtheory "))
        if line not in _PRINTED:
            done = run(verb, *words, *(["--out", str(folder)] if verb == "figure" else ["--json"]))
            assert done.status == 0, done.stderr
            drawn = folder / "figure_run.csv"
            _PRINTED[line] = drawn.read_text(encoding="utf-8") if verb == "figure" else done.stdout
        if verb == "figure":
            yield from (row[:8] for row in list(csv.reader(_PRINTED[line].splitlines()))[1:])
        else:
            yield from table_text(_READERS[verb](json.loads(_PRINTED[line]), list(header)))


_PRINTED: dict[str, str] = {}
"""What commands have printed, which tests with and without a browser compare with."""


def _latency(result: dict[str, Any], header: list[str]) -> Cells:
    at = header[1].removeprefix("P(T ≤ ").removesuffix(") from")
    its = [p for p in result["cdf"] if header[1] in ("d", "scheme") or p["t"] == float(at)]
    if header[0] == "event":
        return [[Low(p) if i == 0 else High(p) for i, p in enumerate(its[0]["probability"])]]
    [(low, high)] = [p["probability"] for p in its]
    return [[Low(low), High(high), its[0]["t"] if header[1] == "d" else 1 - (low + high) / 2]]


def _simulate(result: dict[str, Any], header: list[str]) -> Cells:
    level = {"median of T": "0.5", "0.95 quantile of T": "0.95"}.get(header[2], "0.5")
    return [[result["latency"]["quantiles"][level]]]


def _floor(result: dict[str, Any], header: list[str]) -> Cells:
    at = float(header[1].removeprefix("P(T ≤ ").removesuffix(") from"))
    return [[Low(p["late"]) for p in result["at"] if p["t"] == at]]


def _compare(result: dict[str, Any], header: list[str]) -> Cells:
    points = result["points"]
    points = sorted(points, key=lambda p: p["latency"]["mean"] if p["latency"]["mean"] is not None else float("inf"))
    return [[Measured(p[name]["mean"], p[name]["standard_error"]) for name in ("latency", "messages")] for p in points]


def _probability(result: dict[str, Any], header: list[str]) -> Cells:
    low, high = result["probability"]
    return [[Low(low), High(high)]]


_READERS = {
    "latency": _latency,
    "simulate": _simulate,
    "floor": _floor,
    "compare": _compare,
    "coverage": _probability,
    "guarantee": _probability,
}


def shown_by_table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> list[list[str]]:
    """The cells of the same numbers in the table."""
    columns = list(header)
    if "row" in columns:
        return [list(row) for row in rows]
    if "frontier" in columns:
        return [[*row[3:5]] for row in rows]
    if "event" in columns:
        return [list(row[3:5]) for row in rows]
    if "d" in columns:
        return [[row[2]] if row[3] == "–" else [row[3], row[4], row[2]] for row in rows]
    return [list(row[1:4]) if row[1] != "–" else [row[3 if row[-1] == "lower bound" else 4]] for row in rows]


def agree(a: Sequence[Sequence[str]], b: Sequence[Sequence[str]]) -> bool:
    """Whether the cells are the same, numbers to six digits."""
    return len(a) == len(b) and all(
        len(one) == len(other) and all(map(_same, one, other)) for one, other in zip(a, b, strict=True)
    )


def _same(one: str, other: str) -> bool:
    try:
        return f"{float(one):.6g}" == f"{float(other):.6g}"
    except ValueError:
        return one == other
