"""Runs that are killed, out of disk, two at once, or come upon a damaged store: in the end the same to the bit."""

from __future__ import annotations

import pytest

from srtheory.experiments import store
from tests.attack import crashes
from tests.attack.planted import instead
from tests.attack.report import Tally

SEED = 20226
SAYS = (
    "The commands `simulate --out`, `sweep` and `verify --store`, with blocks of 50 trials, are killed once or twice. "
    "SIGKILL comes at the n-th opening, renaming, removing, listing or locking in the store, after a share of the "
    "processor time of an undisturbed run, or once the store has so many bytes. Or the system kills the process at a "
    "byte of a file. Then no file of records may be other than an undisturbed run's, and the same command must print "
    "the same and leave the same files to the bit. One run, of sixty blocks, is killed twenty times, soon after it "
    "has stored one more: stored blocks stay, and no drafts gather. Two writers share one store, one of them killed "
    "or with more trials to do, or at other tasks. Files that may not grow and file systems of a few pages must be "
    "reported in one line, with status 2. Files of a finished store are cut, get flipped bits, zeros or more bytes, "
    "or are replaced by another block or task. They must be computed anew, the old one set aside with a message, or "
    "be refused by name and left alone. No verdict depends on time."
)


def tally(seed: int = SEED) -> Tally:
    return Tally("crashes", "Crashes", SAYS, seed)


def test_some_crashes():
    found = tally()
    crashes.attack({"killed at a": 1, "killed in": 1, "two": 1, "a store damaged: bits": 1}, SEED, found, ("simulate",))
    assert found.total == 5
    assert not found.failures, found


def test_a_run_that_is_killed_after_each_block_comes_to_its_end(monkeypatch):
    monkeypatch.setattr(crashes, "KILLED", 2)
    monkeypatch.setitem(crashes.MANY, "simulate", crashes.LONGER)
    found = tally()
    crashes.attack({"killed again": 1}, SEED, found, ("simulate",))
    assert (found.total, found.failures) == (1, [])


@pytest.mark.attack
@pytest.mark.slow
def test_a_hundred_kills_and_more():
    found = tally(SEED + 1)
    crashes.attack({"killed again": 6, "killed": 27, "two": 8, "a f": 8, "a store": 16}, SEED + 1, found)
    found.keep()
    print(found)
    assert sum(n for kind, n in found.tried.items() if kind.startswith("killed")) >= 100
    assert not found.failures


# ---------------------------------------------------------------------------------------------------- planted defects


def untidy(monkeypatch):
    """Drafts of writers that are gone stay."""
    opened = store.open_folder

    def kept(folder, task):
        drafts = {path: path.read_bytes() for path in (folder / task.id).glob(".*.tmp")}
        found = opened(folder, task)
        for path, data in drafts.items():
            path.with_name(f"{path.name}.tmp").write_bytes(data)
        return found

    monkeypatch.setattr("srtheory.experiments.running.open_folder", kept)


without_digest = instead(store, "decode", lambda data, id: store._records(store._parse(data)))
"""Whatever can be parsed is taken for the task's records."""


@pytest.mark.quality
@pytest.mark.parametrize(
    ("plant", "kinds"),
    [
        (instead(store, "write_whole", lambda path, data: path.write_bytes(data)), {"killed in": 1}),
        (untidy, {"killed in": 1}),
        (without_digest, {"a store damaged: foreign": 6}),
        (instead(store, "set_aside", lambda path, why: path.unlink()), {"a store damaged: cut": 1}),
    ],
    ids=["in place", "untidy", "without digest", "in silence"],
)
def test_planted_defects_are_seen(plant, kinds, monkeypatch):
    plant(monkeypatch)
    found = tally()
    crashes.attack(kinds, SEED, found, ("simulate",))
    assert found.failures
