"""srtheory new: begin a study of a paper."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from srtheory.cli.ask import PathType, print_result
from srtheory.cli.common import json_option
from srtheory.errors import ArgumentError

NAMES = {"gitignore": ".gitignore", "claims.py.in": "claims.py", "test_claims.py.in": "test_claims.py"}
"""Files of the template that have another name in a study: none of them is code of this package."""


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
    made = [str(path) for path in make_study(folder)]
    print_result({"folder": str(folder), "files": made}, "\n".join(made), as_json)
    return 0


def make_study(folder: Path) -> list[Path]:
    """Write a study that works into a new or empty folder, and return its files."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ArgumentError("folder", str(folder), "a folder that is not there yet, or is empty")
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for source in sorted(files("srtheory.study").joinpath("template").iterdir(), key=lambda source: source.name):
        if source.is_file():
            path = folder / NAMES.get(source.name, source.name)
            with path.open("xb") as file:  # nothing that is there is overwritten
                file.write(source.read_bytes())
            made.append(path)
    return made
