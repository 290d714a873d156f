"""srtheory span: test whether the rows of a file span the all-ones vector."""

from __future__ import annotations

from pathlib import Path

import click

from srtheory.cli.ask import PathType, print_result
from srtheory.cli.common import json_option
from srtheory.questions.simulate import certify


@click.command()
@click.argument("file", type=PathType())
@click.option(
    "--field",
    default="Q",
    metavar="FIELD",
    help="Field of the weights: Q, the rational numbers, or GF(q) with q a prime power, of whose elements the weights "
    "are the numbers 0 to q - 1, as in galois; if q is a prime, any others are reduced. Default: Q.",
)
@click.option(
    "--certificate",
    type=PathType(dir_okay=False),
    metavar="OUT",
    help="File for a proof of the answer, which srtheory check verifies, compressed if the name ends in .gz. "
    "Default: no proof is written.",
)
@json_option
def span(file: Path, field: str, certificate: Path | None, as_json: bool) -> int:
    """Decide whether rows span the all-ones vector 1, and after how many rows.

    The arithmetic is exact. A row lists the terms in a received symbol. The sum of all terms can be recovered from the
    symbols if and only if the rows span 1.

    \b
    FILE holds the rows in order of arrival:
      .json  {"columns": m, "rows": [[indices], ...]}, 0-based, with "values": [[weights], ...] if they are not all 1
      .mtx   Matrix Market, pattern or integers
      .npz   as scipy.sparse.save_npz writes it
      .csv   the dense matrix of integers, one row per line

    FILE has at most 10^6 rows, 10^6 columns and 32 MiB.

    \b
    spans          whether all rows together span 1
    rank           rank of all rows over the field
    coverage_time  CC, the least number of first rows in which every column appears
    stopping_time  M', the least number of first rows that span 1
    argument       argument that makes the answer exact (docs/proofs/exactness.md)

    Exit status: 0 the rows span 1, 1 they do not, 2 bad input.
    """  # noqa: D301  (click's mark for lines to keep)
    from srtheory.files import read_rows
    from srtheory.span.engine import rank, stopping_time
    from srtheory.span.field import parse_field

    over = parse_field(field)
    rows = read_rows(file)
    matrix = (rows.indptr, rows.indices, rows.columns)
    found = stopping_time(*matrix, values=rows.values, field=over)
    spans = found.stopping_time is not None
    result = {
        "spans": spans,
        "field": str(over),
        "rows": len(rows),
        "columns": rows.columns,
        "rank": rank(*matrix, values=rows.values, field=over),
        "coverage_time": found.coverage_time,
        "stopping_time": found.stopping_time,
        "argument": found.argument,
    }
    if certificate is not None:
        certify(certificate, rows, found.stopping_time, over)
    units = dict.fromkeys(("coverage_time", "stopping_time"), " rows")
    texts = {name: "none" if value is None else f"{value}{units.get(name, '')}" for name, value in result.items()}
    print_result(result, "\n".join(f"{name:14} {text}" for name, text in texts.items()), as_json)
    return 0 if spans else 1
