"""Every bit of what a store holds turned over: what is read is right to the bit, or nothing and said so, or refused."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import numpy as np

from srtheory.conjectures.asking import Answer
from srtheory.conjectures.kept import KeptAnswers
from srtheory.conjectures.registry import load
from srtheory.errors import ArgumentError
from srtheory.experiments import store
from srtheory.experiments.records import KINDS, Records
from srtheory.experiments.running import run
from srtheory.experiments.store import DamagedFileWarning, Folder, open_folder
from srtheory.experiments.trial import Task
from tests.attack.report import Tally

Change = tuple[str, bytes]


def changes(data: bytes, step: int, bits: int) -> Iterator[Change]:
    """Every ``step``-th byte with so many of its bits turned over one by one, and all; zeros from there; cut there."""
    for i in range(0, len(data), step):
        for mask in [*(1 << (i + k) % 8 for k in range(bits)), 0xFF]:
            changed = bytearray(data)
            changed[i] ^= mask
            yield "a bit" if mask != 0xFF else "a byte", bytes(changed)
        yield "zeros", data[:i] + bytes(min(16, len(data) - i)) + data[i + 16 :]
        yield "cut", data[:i]


def attack(tally: Tally, place: Path, task: Task, records: Records, step: int, bits: int) -> None:
    """A block and a label of a store, and a file of answers: what is read is right, or nothing and said so."""
    folder = open_folder(place, task)
    folder.write(0, records)
    names = cycle(KINDS)
    block, label = folder.path / "0000000000.parquet", folder.path / "_task.json"
    for kind, changed in changes(block.read_bytes(), step, bits):
        tally.count(f"a block: {kind}", _read_as(records, folder, block, changed, lambda: _whole(folder)))
        name = next(names)
        column = {name: records.columns[name]}
        tally.count(
            f"a column: {kind}",
            _read_as(column, folder, block, changed, lambda name=name: {name: folder.column(0, name)}),
        )
    block.unlink(missing_ok=True)
    for kind, changed in changes(label.read_bytes(), step, bits):
        sound = label.read_bytes()
        tally.count(f"a label: {kind}", _labelled(place, task, label, changed, sound))
        label.write_bytes(sound)
    _attack_answers(tally, place, step, bits)


def _whole(folder: Folder) -> dict[str, np.ndarray]:
    return dict(folder.read(0).columns)


def _same(found, right) -> bool:
    return found.dtype == right.dtype and (
        list(found) == list(right) if right.dtype == object else found.tobytes() == right.tobytes()
    )


def _read_as(right, folder: Folder, file: Path, changed: bytes, read: Callable) -> str | None:
    file.write_bytes(changed)
    columns = right.columns if isinstance(right, Records) else right
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            found = read()
        except ArgumentError as error:
            return None if file.name in str(error) and "\n" not in str(error) else f"refused as {error}"
    aside = list(file.parent.glob("_*.damaged*"))
    for path in aside:
        path.unlink()
    if not len(next(iter(found.values()))):
        told = aside and [w.category for w in said] == [DamagedFileWarning]
        return None if told else "gone without a word"
    return None if all(_same(found[name], columns[name]) for name in columns) else f"wrong records of {list(columns)}"


def _labelled(place: Path, task: Task, label: Path, changed: bytes, sound: bytes) -> str | None:
    label.write_bytes(changed)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            open_folder(place, task)
        except ArgumentError as error:
            return None if label.name in str(error) and label.read_bytes() == changed else f"refused as {error}"
    aside = list(label.parent.glob("_*.damaged*"))
    for path in aside:
        path.unlink()
    if label.read_bytes() == changed:
        return None if json.loads(changed) == json.loads(sound) else "taken for the task's"
    return None if label.read_bytes() == sound and aside and said else "replaced without a word"


def _attack_answers(tally: Tally, place: Path, step: int, bits: int) -> None:
    conjecture = load("covered-implies-spans")
    kept = KeptAnswers(place, conjecture)
    right = {f"{i:032x}": answer for i, answer in enumerate([*Answer] * 3)}
    kept._new = dict(right)
    kept.write()
    file = kept._folder / "0000000000.json"
    for kind, changed in changes(file.read_bytes(), step, bits):
        file.write_bytes(changed)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            try:
                found = KeptAnswers(place, conjecture)._known
            except ArgumentError as error:
                tally.count(f"answers: {kind}", None if file.name in str(error) else f"refused as {error}")
                continue
        aside = list(file.parent.glob("_*.damaged*"))
        for path in aside:
            path.unlink()
        fine = found == right or (not found and aside and said)
        tally.count(f"answers: {kind}", None if fine else f"{len(found)} answers")


def first_records(task: Task, count: int) -> Records:
    assert store.block_size(task) >= count
    return run(task, count)
