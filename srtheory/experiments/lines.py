"""Lines of a CSV file as dataclasses of numbers and texts, written whole and read strictly."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

from srtheory.errors import ArgumentError
from srtheory.experiments.whole import write_whole
from srtheory.files import LARGEST_FILE, read_bytes

MAX_BYTES = LARGEST_FILE
"""Largest number of bytes of a file that is read."""


def head(kind: type) -> list[str]:
    """Return the columns: the dataclass's fields, in order."""
    return [field.name for field in fields(kind)]


def write_lines(path: Path, kind: type, lines: Iterable[Any], columns: Sequence[str] | None = None) -> None:
    """Replace the file at once, so that readers see the old or the new file, whole. Floats to the last digit.

    ``columns`` may be :func:`head` in another order.
    """
    names = columns or head(kind)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([getattr(line, name) for name in names] for line in lines)
    write_whole(path, stream.getvalue().encode())


def read_lines(path: Path, kind: type[Any], columns: Sequence[str] | None = None) -> Iterator[Any]:
    """Return the lines written by :func:`write_lines`."""
    types, names = get_type_hints(kind), list(columns or head(kind))
    try:
        data = read_bytes(path, "path", MAX_BYTES)
    except ArgumentError as error:
        raise ArgumentError("path", str(path), f"a table of {kind.__name__} lines, {error.expected}") from None
    try:
        text = data.decode()
        reader = csv.DictReader(text.splitlines(), strict=True)
        found = list(reader.fieldnames or [])
        if found != names:
            lacking = ", ".join(name for name in names if name not in found)
            raise ValueError(f"without {lacking}" if lacking else "columns in another order, or more")
        if not text.endswith("\n"):
            raise ValueError("cut short")
        for line in reader:
            if None in line or None in line.values():
                raise ValueError(f"line {reader.line_num} has too many or too few cells")
            yield kind(**{name: _PARSERS[types[name]](value) for name, value in line.items()})
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise ArgumentError("path", str(path), f"a table of {kind.__name__} lines ({error})") from None


_PARSERS: dict[Any, Callable[[str], Any]] = {
    int: int,
    float: float,
    str: str,
    bool: lambda text: {"True": True, "False": False}[text],
    int | None: lambda text: int(text) if text else None,
    float | None: lambda text: float(text) if text else None,
}
