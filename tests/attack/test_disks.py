"""Disks that are full at each write, and every bit of a store turned over: nothing torn, nothing wrong, said so."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import islice

import pytest

from srtheory.delays import DelayModel, parse_law
from srtheory.experiments import store, whole
from srtheory.experiments.trial import Task
from srtheory.schemes.baselines import BatchCouponCollector
from tests.attack import crashes, disks
from tests.attack.report import Tally

SEED = 20230
TASK = Task(BatchCouponCollector(6, 2), DelayModel(parse_law("expon(scale=5)"), 0.1), 1)
SAYS = (
    "Certificates, matrices, tables, figures with their CSV, a film, reports of `verify` and `hunt` and their stores, "
    "each on disks that fill up: the n-th opening of a file to write fails, or the n-th `fsync`, for every n; no file "
    "may be longer than one byte less than each of an undisturbed run's; file systems of one to eight pages. Half of "
    "the time files of these names are there before. Exit status 2, one line on stderr that names the file, and each "
    "file is the old one, the new one or not there, without drafts; then, with room, the same command prints and "
    "leaves the same to the bit. And all bytes of a block of records, a label and a file of answers are changed, one "
    "at a time: each bit, the whole byte, 16 zeros from there, cut there. Records as a whole and each column by itself "
    "must be right to the bit, or set aside and said so, or refused by name."
)


def tally(seed: int = SEED) -> Tally:
    return Tally("disks", "Full disks and flipped bits", SAYS, seed)


def test_some_full_disks():
    found = tally()
    disks.attack_disks({"opening": 1, "waiting": 1, "length": 1}, SEED, found, ("table", "sweep"))
    assert found.total == 6
    assert not found.failures, found


def test_some_flipped_bits(tmp_path):
    found = tally()
    disks.attack_bits(found, tmp_path, TASK, disks.first_records(TASK, 20), 401, 1)
    assert found.total > 500
    assert not found.failures, found.failures[:5]


@pytest.mark.attack
@pytest.mark.slow
def test_every_write_and_every_bit(tmp_path):
    found = tally(SEED + 1)
    kinds = {"opening": 1000, "waiting": 1000, "length": 1000, "pages": 8}
    if not crashes.may_mount():
        del kinds["pages"]
    disks.attack_disks(kinds, SEED + 1, found, tuple(disks.WRITES))
    disks.attack_bits(found, tmp_path, TASK, disks.first_records(TASK, 20), 1, 8)
    found.keep()
    print(found)
    assert not found.failures


# ---------------------------------------------------------------------------------------------------- planted defects


def in_place(monkeypatch):
    monkeypatch.setattr(whole, "write_output", lambda path, data: path.write_bytes(data))


def untidy(monkeypatch):
    monkeypatch.setattr(whole.Path, "unlink", lambda *_, **__: None)


def unnamed(monkeypatch):
    monkeypatch.setattr(whole, "naming", lambda path: nullcontext())


@pytest.mark.quality
@pytest.mark.parametrize(
    ("plant", "kinds"),
    [(in_place, {"length": 9}), (untidy, {"waiting": 9}), (unnamed, {"waiting": 1})],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_planted_defects_are_seen(plant, kinds, monkeypatch):
    disks.undisturbed("table")
    plant(monkeypatch)
    found = tally()
    disks.attack_disks(kinds, SEED, found, ("table",))
    assert found.failures


def trusting(folder, first, name):
    """What checksums of pages let pass."""
    try:
        return store._array(store._parse(store.content(folder._file(first)), [name]), name)
    except (FileNotFoundError, store._Damaged):
        return folder.read(first).columns[name]


@pytest.mark.quality
def test_a_column_that_only_checksums_of_pages_guard_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(store.Folder, "column", trusting)
    records, folder, found = disks.first_records(TASK, 20), store.open_folder(tmp_path, TASK), set()
    folder.write(0, records)
    file = folder.path / "0000000000.parquet"
    for _, changed in islice(disks.changes(file.read_bytes(), 1, 8), 1200):
        look = lambda: {"trial": folder.column(0, "trial")}  # noqa: E731
        found.add(disks._read_as({"trial": records.columns["trial"]}, folder, file, changed, look))
    assert "wrong records of ['trial']" in found
