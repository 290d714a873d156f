"""srtheory new: begin a study of a paper."""

from __future__ import annotations

from pathlib import Path

import click

from srtheory.cli.ask import PathType, print_json, print_text
from srtheory.cli.common import json_option


@click.command()
@click.argument("folder", type=PathType(file_okay=False), metavar="FOLDER")
@json_option
def new(folder: Path, as_json: bool) -> int:
    """Write a working example of a study into FOLDER, as a start for the study of your own paper.

    A study holds the claims, figures, tables and numbers of one paper (docs/own_paper.md). The example has two
    claims with planted mistakes and their tests, a figure, a table, three numbers, a paper in LaTeX that inputs
    them, and a Makefile. Running make in FOLDER gives the ledger, the figure, the tables, the numbers and, if LaTeX
    is installed, the PDF.

    FOLDER must be new or empty; nothing is overwritten.
    """
    from srtheory.study.new import make_study

    made = [str(path) for path in make_study(folder)]
    if as_json:
        print_json({"folder": str(folder), "files": made})
    else:
        print_text("\n".join(made))
    return 0
