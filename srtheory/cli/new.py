"""srtheory new: begin a study of a paper."""

from __future__ import annotations

from pathlib import Path

import click

from srtheory.cli.common import PathType, json_option, print_json


@click.command()
@click.argument("folder", type=PathType(file_okay=False), metavar="FOLDER")
@json_option
def new(folder: Path, as_json: bool) -> int:
    """Write a study that works into FOLDER, to be changed into one of your own paper.

    It has two claims with planted mistakes and their tests, a figure, a table, three numbers, a paper in LaTeX that
    inputs them, and a Makefile: make gives the ledger, the figure, the tables, the numbers and, where LaTeX is, the
    PDF. FOLDER must be new or empty; nothing is overwritten.
    """
    from srtheory.study.new import make_study

    made = [str(path) for path in make_study(folder)]
    if as_json:
        print_json({"folder": str(folder), "files": made})
    else:
        click.echo("\n".join(made))
    return 0
