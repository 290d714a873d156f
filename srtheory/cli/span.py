"""srtheory span: test whether the rows of a file span the all-ones vector."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from srtheory.cli.common import PathType, json_option, print_json, write_text
from srtheory.errors import ArgumentError

if TYPE_CHECKING:
    from srtheory.rows import Rows
    from srtheory.span.field import Field

MAX_BYTES = 1 << 30
"""Largest number of bytes of a certificate; reading one takes about four times as many."""


@click.command()
@click.argument("file", type=PathType())
@click.option("--field", default="Q", show_default=True, help="Field: Q, or GF(q) with q a prime power.")
@click.option(
    "--certificate",
    type=PathType(dir_okay=False),
    metavar="OUT",
    help="Write integers that prove the stopping time, or that there is none; see srtheory check.",
)
@json_option
def span(file: Path, field: str, certificate: Path | None, as_json: bool) -> int:
    """Test whether the rows of FILE span the all-ones vector, exactly, and after how many rows.

    \b
    FILE holds the rows in order of arrival:
      .json  {"columns": m, "rows": [[indices], ...]}, 0-based, with "values": [[weights], ...] if they are not all 1
      .mtx   Matrix Market, pattern or integers
      .npz   as scipy.sparse.save_npz writes it
      .csv   the dense matrix of integers, a row a line

    It has at most 10^6 rows, 10^6 columns and 32 MiB.

    Exit status: 0 spans, 1 does not, 2 bad input.
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
    if as_json:
        print_json(result)
    else:
        click.echo("\n".join(f"{name:14} {'none' if value is None else value}" for name, value in result.items()))
    return 0 if spans else 1


def certify(path: Path, rows: Rows, stopping_time: int | None, field: Field | str) -> None:
    """Write a certificate of the stopping time, or that the rows do not span 1.

    Raises
    ------
    ArgumentError
        If the file cannot be written, or would be larger than ``srtheory check`` reads.
    """
    from srtheory.span.certificates import span_certificate, stopping_time_certificate, to_json

    if stopping_time is None:
        certificate = span_certificate(rows, field=field)
    else:
        certificate = stopping_time_certificate(rows, stopping_time, field=field)
    text = to_json(certificate)
    if len(text) > MAX_BYTES:
        expected = f"left out: it would have {len(text)} bytes, more than {MAX_BYTES}"
        raise ArgumentError("certificate", str(path), expected)
    write_text("certificate", path, text)
