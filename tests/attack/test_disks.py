"""Disks that are full at each write: nothing torn, and said so."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from srtheory.experiments import whole
from tests.attack import crashes, disks
from tests.attack.report import Tally

SEED = 20230
SAYS = (
    "Certificates, matrices, tables, figures with their CSV, a film, and reports of `verify` and `hunt` with their "
    "stores are written to disks that fill up. Either the n-th opening of a file to write fails, or the n-th `fsync`, "
    "for every n. Or no file may be longer than one byte less than each of an undisturbed run's. Or the file system "
    "has one to eight pages (of the film two tries of each kind). Half of the time files of these names exist before. "
    "The exit status must be 2, with one line on stderr that names the file. Each file must be the old one, the new "
    "one or absent, without drafts. Then, with room, the same command must print and leave the same to the bit."
)


def tally(seed: int = SEED) -> Tally:
    return Tally("disks", "Full disks", SAYS, seed)


def test_some_full_disks():
    found = tally()
    disks.attack({"opening": 1, "waiting": 1, "length": 1}, SEED, found, ("table", "sweep"))
    assert found.total == 6
    assert not found.failures, found


@pytest.mark.attack
@pytest.mark.slow
def test_every_write():
    found = tally(SEED + 1)
    kinds = {"opening": 1000, "waiting": 1000, "length": 1000, "pages": 8}
    if not crashes.may_mount():
        del kinds["pages"]
    disks.attack(kinds, SEED + 1, found, tuple(disks.WRITES))
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
    disks.attack(kinds, SEED, found, ("table",))
    assert found.failures
