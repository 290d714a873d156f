"""A new study: a folder whose claims, figure, table, numbers and paper are there to be changed."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from srtheory.errors import ArgumentError

NAMES = {"gitignore": ".gitignore", "claims.py.in": "claims.py", "test_claims.py.in": "test_claims.py"}
"""Files of the template that have another name in a study: none of them is code of this package."""


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
