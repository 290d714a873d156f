"""The tables on record: data/ of a checkout, which an installed package has within itself, as it has the lock file."""

from __future__ import annotations

from pathlib import Path

from srtheory.errors import ArgumentError

PLACES = (Path(__file__).parent / "data", Path(__file__).parents[1] / "data", Path(__file__).parents[1])


def on_record(name: str) -> Path:
    """The file or folder of that name, ``hitting_time`` for instance, below data/.

    Raises
    ------
    ArgumentError
        If it is not there: only small_cases, hitting_time, guarantees, decoding, figures, theorems, workers and the
        lock file are installed with the package.
    """
    for place in PLACES:
        if (place / name).exists():
            return place / name
    raise ArgumentError("data", name, f"on record in {' or '.join(map(str, PLACES))}")
