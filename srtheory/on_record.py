"""Stored tables: data/ of a checkout, which an installed package contains together with the lock file."""

from __future__ import annotations

from pathlib import Path

from srtheory.errors import ArgumentError

PLACES = (Path(__file__).parent / "data", Path(__file__).parents[1] / "data", Path(__file__).parents[1])


def on_record(name: str) -> Path:
    """Return the file or folder of that name below data/, for instance ``hitting_time``."""
    for place in PLACES:
        if (place / name).exists():
            return place / name
    raise ArgumentError("data", name, f"stored in {' or '.join(map(str, PLACES))}")
