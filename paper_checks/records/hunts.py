"""Exact results for few symbols as files: ``python -m paper_checks.records.hunts`` rewrites ``data/small_cases``."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from srtheory.conjectures.case import Case
from srtheory.conjectures.counts import (
    covering_probability,
    holds_everywhere,
    latency_polynomial,
    simplest_violation,
    spanning_probability,
)
from srtheory.conjectures.domains import reduced_receptions
from srtheory.conjectures.enumerate import Reach, degrees
from srtheory.conjectures.hunt import FOREVER, hunt, summary, weighed
from srtheory.conjectures.registry import Conjecture, shipped
from srtheory.conjectures.shipped.spanning import covering_m_rows_span, spanning_needs_m_rows_unless_complete
from srtheory.files import write_output
from srtheory.span.obstruction import balanced_vector, obstruction
from srtheory.theory.startup import block_ends

FIELDS = ("Q", "GF(2)", "GF(3)")


def probability_rows(symbols: int) -> Iterator[list[object]]:
    """Return P(covers), and P(spans) over Q, GF(2) and GF(3), as p/q for every degree and count vector (ascending)."""
    for d in degrees(symbols, None):
        for counts in combinations_with_replacement(range(len(block_ends(symbols, d)) + 1), symbols):
            spanning = [spanning_probability(symbols, d, counts, field) for field in FIELDS]
            yield [symbols, d, " ".join(map(str, counts)), covering_probability(symbols, d, counts), *spanning]


def latency_rows(symbols: int) -> Iterator[list[object]]:
    """Return R for every degree, and whether E[T] stays within slope tau + 1/mu for the slopes 2d and d."""
    for d in degrees(symbols, None):
        polynomial = latency_polynomial(symbols, d)
        verdicts = [_verdict(polynomial, slope) for slope in (2 * d, d)]
        yield [symbols, d, *verdicts, " ".join(str(c) for c in polynomial.coeffs())]


def _verdict(polynomial: Any, slope: int) -> str:
    """Return ``holds``, or the simplest mu tau at which the bound fails."""
    y = simplest_violation(polynomial, slope)
    if y is not None:
        return f"fails at {y}"
    return "holds" if holds_everywhere(polynomial, slope) else "undecided"


def exception_rows(symbols: int) -> Iterator[list[object]]:
    """Return the smallest exceptions to the hitting-time law per degree, early and late, by kernel vector."""
    halves = {"early": spanning_needs_m_rows_unless_complete, "late": covering_m_rows_span}
    for d in degrees(symbols, None):
        for kind, half in halves.items():
            rows, exceptions = _smallest_exceptions(half, symbols, d)
            for vector, orbits in sorted(exceptions.items()):
                yield [symbols, d, kind, rows, *vector, len(orbits), sum(orbits)]


def _smallest_exceptions(half: Conjecture[Case], symbols: int, d: int) -> tuple[int, dict[tuple[str, int], list[int]]]:
    """Return rows of the smallest exceptions, and their class sizes by name and support of the kernel vector."""
    for level in half.domain.levels(Reach(symbols, d)):
        if level.size["symbols"] < symbols or level.cases is None:
            continue
        found = [(case, orbit) for case, orbit in level.cases if half(case) is False]
        if found:
            orbits: dict[tuple[str, int], list[int]] = {}
            for case, orbit in found:
                early = half is spanning_needs_m_rows_unless_complete
                vector = balanced_vector(case.rows) if early else obstruction(case.rows)
                assert vector is not None
                orbits.setdefault((vector.name, len(vector.support)), []).append(orbit)
            return level.size["rows"], orbits
    return 0, {}


def hunts(names: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Return the results of all searches without a budget, which are the same on any machine."""
    known = shipped()
    for name in names:
        yield summary(hunt(known[name], budget=FOREVER))


def degree_rows(most: int) -> Iterator[list[object]]:
    """Return the smallest counterexample of each degree, for the conjectures about receptions that have one."""
    wrong = [
        (name, conjecture)
        for name, conjecture in shipped().items()
        if conjecture.domain.says == reduced_receptions().says and conjecture.known.startswith("False")
    ]
    for (name, conjecture), d in tqdm([(each, d) for each in wrong for d in range(1, most + 1)], file=sys.stderr):
        case = hunt(conjecture, degree=d, budget=FOREVER).counterexample
        if case is None:
            yield [name, d, f"none up to {conjecture.domain.symbols}", "", "", ""]
        else:
            yield [name, d, case.symbols, len(case.masks), json.dumps(case.sets), json.dumps(case.workers)]


def results_table(results: Sequence[dict[str, Any]]) -> str:
    """Return the searches as a table in Markdown."""
    lines = ["| conjecture | result | smallest proved | searched |", "|---|---|---|---|"]
    for result in results:
        smallest = "" if result["smallest"] is None else "yes" if result["smallest"] else "no"
        lines.append(f"| `{result['conjecture']}` | {_result(result)} | {smallest} | {_extent(result)} |")
    return "\n".join(lines)


def _result(result: dict[str, Any]) -> str:
    case = result["counterexample"]
    if case is None:
        return "none found"
    parts = [f"$m = {case['symbols']}$"]
    if case["degree"] is not None:
        parts.append(f"$d = {case['degree']}$")
    parts += [f"{name} {value}" for name, value in case.get("parameters", {}).items()]
    if case["rows"] is not None:
        separator = "" if "weights" not in case else ","
        parts.append(f"rows {' '.join(separator.join(map(str, row)) for row in weighed(case))}")
    if "orders" in case:
        parts.append(f"orders {' '.join(''.join(map(str, order)) for order in case['orders'])}")
    if "rate_times_tau" in case:
        parts.append(rf"$\mu\tau = {case['rate_times_tau']}$")
    return ", ".join(parts)


def _extent(result: dict[str, Any]) -> str:
    searched = result["searched"]
    text = rf"$m \le {max(searched['complete_symbols'])}$ complete"
    if not result["found"]:
        text += "".join(f", $m = {size['symbols']}$ up to {size['rows']} rows" for size in searched["complete"])
    return f"{text}; {searched['classes']} classes"


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    write_output(path, stream.getvalue().encode())


PROBABILITIES = ("symbols", "degree", "counts", "covers", "spans_q", "spans_gf2", "spans_gf3")
LATENCIES = ("symbols", "degree", "within_2d", "within_d", "r_coefficients")
EXCEPTIONS = ("symbols", "degree", "kind", "rows", "kernel_vector", "support", "classes", "cases")
BY_DEGREE = ("conjecture", "degree", "symbols", "rows", "sets", "workers")


@click.command()
@click.option("--symbols", type=click.IntRange(1, 9), default=8, show_default=True, help="Largest number of symbols.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("data/small_cases"))
def main(symbols: int, out: Path) -> None:
    """Write every table, and print the results of the searches as a table."""
    out.mkdir(parents=True, exist_ok=True)
    sizes = range(1, symbols + 1)
    _write(out / "probabilities.csv", PROBABILITIES, (row for m in tqdm(sizes) for row in probability_rows(m)))
    _write(out / "latency.csv", LATENCIES, (row for m in tqdm(range(1, 9)) for row in latency_rows(m)))
    _write(out / "hitting_time.csv", EXCEPTIONS, (row for m in tqdm(range(1, 9)) for row in exception_rows(m)))
    _write(out / "by_degree.csv", BY_DEGREE, degree_rows(6))
    results = list(hunts(tqdm(list(shipped()))))
    text = json.dumps(results, indent=1, ensure_ascii=False)
    write_output(out / "hunts.json", f"{text}\n".encode())
    click.echo(results_table(results))


if __name__ == "__main__":
    main()
