"""Files of data/pages: numbers on record, each with a command that makes them anew."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "data" / "pages"


def lines(name: str) -> list[list[str]]:
    """The lines of a file, cell by cell."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def write(name: str, found: Iterable[Sequence[Any]]) -> None:
    """Replace a file; nothing of it is gone before all is found."""
    every = list(found)
    with (FOLDER / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(every)
