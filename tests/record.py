"""Numbers on record in data/: how each record is read, compared and made anew.

``python -m tests.record NAME ...`` makes records anew, ``--list`` says which there are, and ``make records`` makes all
that take minutes.  Each is given by the function that writes it.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "data" / "pages"

MINUTES = {
    "trials": ("tests.recorded", "trials behind tables of the pages and tests of laws, in data/pages: a minute"),
    "choosing": ("tests.cli.choosing", "what the comparisons of docs/choosing.md find, in data/choosing: a minute"),
    "covered": ("tests.paper_checks.claims.covered", "P(CC <= k) behind Theorem 2, in data/pages: half a minute"),
    "interface": ("tests.interface", "options of commands and parameters of functions, in data: a second"),
    "hunts": ("tests.conjectures.tallies", "the longest hunts size by size, in data/pages: half a minute"),
    "medians": ("docs.quoted.medians", "medians of latency on the pages, in data/pages: seconds"),
    "predictions": (
        "tests.paper_checks.records.predictions",
        "what is predicted of the campaign's cells, in data/pages: a minute",
    ),
    "sets": (
        "tests.paper_checks.records.sets",
        "moments of sets behind what is proved of M', in data/pages: ten seconds",
    ),
}
"""Name -> module whose function ``write`` writes the record, and what that is."""
ATTACKS = {"long_run": ("tests.attack.long_run", "a sweep whose workers die, in data/attack: an hour")}
"""The same of what ``make records`` leaves alone."""
PICTURES = {"explore": ("tests.explore.visit", "the page of srtheory explore in Chromium, docs/explore.png: a minute")}
"""The same of what needs a browser."""
OF_STORES = "tests/contracts/test_stores.py"
PARTS = {
    "determinism": "tests/attack/test_determinism.py",
    **dict.fromkeys(("bits", "crashes", "disks", "stateful"), OF_STORES),
    "certificates": "tests/contracts/test_certificates.py",
    "laws": "tests/contracts/test_laws.py",
    "verdicts": "tests/contracts/test_fields.py",
}
LONG = {f"attack-{part}": (tests, "a long attack, in data/attack: minutes to an hour") for part, tests in PARTS.items()}
"""Name -> tests whose long forms write the record: those of ``make attack``."""
RECORDS = MINUTES | ATTACKS | PICTURES | LONG


EACH = 30
"""Of what is on record one in so many is computed again; what depends on no number of its own stands for all."""


def cells(name: str) -> list[list[str]]:
    """The lines of a file of data/pages, cell by cell."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def keep(name: str, found: Iterable[Sequence[Any]]) -> None:
    """Replace a file of data/pages; nothing of it is gone before all is found."""
    every = list(found)
    with (FOLDER / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(every)


Key = tuple[Any, ...]
Values = tuple[float, ...]


@dataclass(frozen=True)
class Table:
    """Values of a law by its arguments, in data/pages: tests take them from there and compute one in EACH again.

    ``kinds`` are the types of the arguments, ``rel`` and ``abs`` what processors may differ by.
    """

    name: str
    kinds: tuple[type, ...]
    compute: Callable[[Key], Values]
    rel: float
    abs: float
    first: int = 0

    @cached_property
    def recorded(self) -> dict[Key, Values]:
        """All that is on record."""
        n = len(self.kinds)
        return {
            tuple(kind(cell) for kind, cell in zip(self.kinds, line[:n], strict=True)): tuple(map(float, line[n:]))
            for line in cells(self.name)
        }

    def value(self, key: Key) -> Values:
        """The values on record; others are computed."""
        return self.recorded.get(key) or self.compute(key)

    def comes_out_again(self, record: Mapping[Key, Values]) -> bool:
        """Whether one in EACH is computed to what is there, but for what processors may differ by."""
        return all(
            self.compute(key) == pytest.approx(record[key], rel=self.rel, abs=self.abs)
            for key in sorted(record)[self.first :: EACH]
        )

    def write(self, ask: Callable[[Callable[[Key], Values]], object]) -> None:
        """Write the values that ``ask`` asks a function of the arguments for."""
        asked: dict[Key, Values] = {}
        ask(lambda key: asked.setdefault(key, self.compute(key)))
        keep(self.name, ([*key, *map(repr, values)] for key, values in sorted(asked.items())))


def writer(name: str) -> Callable[[], None]:
    """The function that writes the record of this name."""
    if name in LONG:
        part, tests = name.removeprefix("attack-"), LONG[name][0]
        words = ["-m", "attack", tests, *(["-k", part] if tests == OF_STORES else [])]
        return lambda: sys.exit(status) if (status := pytest.main(words)) else None
    return import_module(RECORDS[name][0]).write


def main(words: Sequence[str] | None = None) -> Iterator[str]:
    """Make the records named; say of each what it is."""
    parser = argparse.ArgumentParser(prog="python -m tests.record", description="Make records in data/ anew.")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="say which records there are")
    parser.add_argument("--minutes", action="store_true", help="make all that take minutes: make records")
    given = parser.parse_args(words)
    if unknown := [name for name in given.names if name not in RECORDS]:
        parser.error(f"no record is called {unknown[0]}: there are {', '.join(RECORDS)}")
    for name in RECORDS if given.list else MINUTES if given.minutes else given.names:
        yield f"{name}: {RECORDS[name][1]}"
        if not given.list:
            writer(name)()


if __name__ == "__main__":
    for said in main():
        print(said, flush=True)
