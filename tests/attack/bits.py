"""Every bit of what a store holds turned over: what is read is right to the bit, or nothing and said so, or refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from srtheory.conjectures.case import Case
from srtheory.conjectures.hunt import Answer, KeptAnswers
from srtheory.conjectures.registry import load
from srtheory.errors import ArgumentError
from srtheory.experiments.store import KINDS, DamagedFileWarning, Records, open_folder
from srtheory.experiments.trial import Task
from tests.attack.report import Tally

SAME, NOTHING = "the same", "nothing"


def changes(data: bytes, step: int, bits: int) -> Iterator[tuple[str, bytes]]:
    """Every ``step``-th byte with so many of its bits turned over one by one, and all; zeros from there; cut there."""
    for i in range(0, len(data), step):
        for mask in [*(1 << (i + k) % 8 for k in range(bits)), 0xFF]:
            changed = bytearray(data)
            changed[i] ^= mask
            yield "a bit" if mask != 0xFF else "a byte", bytes(changed)
        yield "zeros", data[:i] + bytes(min(16, len(data) - i)) + data[i + 16 :]
        yield "cut", data[:i]


def compared(found: dict[str, np.ndarray], right: dict[str, np.ndarray]) -> str:
    if not len(next(iter(found.values()))):
        return NOTHING
    exact = lambda a: (a.dtype, list(a) if a.dtype == object else a.tobytes())  # noqa: E731
    return SAME if all(exact(found[name]) == exact(right[name]) for name in right) else f"other {list(right)}"


def attack(tally: Tally, place: Path, task: Task, records: Records, step: int, bits: int) -> None:
    """A block, a column of it, a label of a store, and a file of answers."""
    folder, names = open_folder(place, task), cycle(KINDS)
    folder.write(0, records)
    conjecture = load("covered-implies-spans")
    cases, kept = [Case(i, ()) for i in range(9)], KeptAnswers(place, conjecture)
    given = [answer for answer, _ in zip(cycle(Answer), cases, strict=False)]
    for case, answer in zip(cases, given, strict=True):
        kept.put(case, answer)
    kept.write()
    label = folder.path / "_task.json"
    about = label.read_bytes()

    def column() -> str:
        name = next(names)
        return compared({name: folder.column(0, name)}, {name: records[name]})

    def labelled() -> str:
        changed = label.read_bytes()
        open_folder(place, task)
        return SAME if label.read_bytes() == changed else NOTHING if label.read_bytes() == about else "another label"

    def answers() -> str:
        again = KeptAnswers(place, conjecture)
        found = [again.get(case) for case in cases]
        return SAME if found == given else NOTHING if set(found) == {None} else f"answers {found}"

    [answered] = place.rglob("0000000000.json")
    block = folder.path / "0000000000.parquet"
    for what, file, read in (
        *(("a block", block, lambda: compared(folder.read(0).columns, records.columns)), ("a column", block, column)),
        *(("a label", label, labelled), ("answers", answered, answers)),
    ):
        sound = file.read_bytes()
        for kind, changed in changes(sound, step, bits):
            file.write_bytes(changed)
            tally.count(f"{what}: {kind}", wrong(file, changed, read))
        file.write_bytes(sound)


def wrong(file: Path, changed: bytes, read: Callable[[], Any]) -> str | None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            met = read()
        except ArgumentError as error:
            alone = file.name in str(error) and "\n" not in str(error) and file.read_bytes() == changed
            return None if alone else f"refused as {error}"
    aside = list(file.parent.glob("_*.damaged*"))
    for path in aside:
        path.unlink()
    told = aside and {each.category for each in said} == {DamagedFileWarning}
    return None if met == SAME or (met == NOTHING and told) else met
