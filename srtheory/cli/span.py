"""srtheory span: do the rows of a file span the all-ones vector?"""

from __future__ import annotations

from pathlib import Path

import click

from srtheory.cli.common import json_option, print_json


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--field", default="Q", show_default=True, help="The field: Q, or GF(q) with q a prime power.")
@json_option
def span(file: Path, field: str, as_json: bool) -> int:
    r"""Whether the rows of FILE span the all-ones vector, exactly, and after how many rows.

    \b
    FILE holds the rows in order of arrival:
      .json  {"columns": m, "rows": [[indices], ...]}, 0-based, with "values": [[weights], ...] if they are not all 1
      .mtx   Matrix Market, pattern or whole numbers
      .npz   as scipy.sparse.save_npz writes it
      .csv   the dense matrix of whole numbers, a row a line

    Exit status: 0 spans, 1 does not, 2 bad input.
    """
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
    if as_json:
        print_json(result)
    else:
        click.echo("\n".join(f"{name:14} {'none' if value is None else value}" for name, value in result.items()))
    return 0 if spans else 1
