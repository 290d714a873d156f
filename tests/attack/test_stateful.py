"""Sequences of steps at a store that processes share, and at the incremental decoder."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest

from srtheory.decoders.incremental import IncrementalSpan
from srtheory.experiments import store, whole
from srtheory.experiments.trial import Task
from tests.attack import stateful
from tests.attack.planted import instead, planted
from tests.attack.report import Tally

SEED = 20234
SAYS = (
    "Hypothesis draws sequences of steps. *The store*: two processes write blocks of records of two tasks and resume "
    "runs. At any operation on files a process is killed, meets a full disk, or the other process writes, or no file "
    "may grow beyond a length. In between files get a flipped bit, zeros, an end too early or another file's content, "
    "the version of the code changes to and fro, and the power fails: then each file and each folder is as it was when "
    "somebody last waited for it (`fsync`), or as it was last, or, a file, a part. After each step every block must "
    "have at least the records whose writing was acknowledged, and none that differs from the task's. *The decoder*: "
    "an `IncrementalSpan` of 0 to 30 columns over four fields gets rows singly, twice, and in blocks that may be "
    "empty. After each step its rows, coverage, M' and, over Q, the sum from the values of its rows must be those of "
    "`stopping_time`, and M' that by FLINT's ranks, for more than six columns at the end."
)
SHORT = {stateful.Store: (20, 20), stateful.Decoder: (10, 15)}
LONG = {stateful.Store: (200, 30), stateful.Decoder: (100, 20)}


def tally(seed: int = SEED) -> Tally:
    return Tally("stateful", "Sequences of steps", SAYS, seed)


@pytest.mark.parametrize("machine", SHORT, ids=lambda machine: machine.says)
def test_some_sequences(machine):
    found = tally()
    stateful.attack({machine: SHORT[machine]}, SEED, found)
    assert len(found.tried) > 4
    assert not found.failures, found


@pytest.mark.attack
@pytest.mark.slow
def test_many_sequences():
    found = tally(SEED + 1)
    stateful.attack(LONG, SEED + 1, found)
    found.keep()
    print(found)
    assert not found.failures


# ---------------------------------------------------------------------------------------------------- planted defects


def without_waiting(path, data, mode=None):
    """A file that takes its name before its content is on disk."""
    draft = path.with_name(f".{path.name}.tmp")
    draft.write_bytes(data)
    draft.replace(path)
    whole.sync(path.parent)


def always(shelf, first, records):
    """The records, whether or not there are more."""
    with store.locked(shelf.path):
        store.write_whole(shelf._file(first), store.encode(records, shelf.id))


def trusting(shelf, first, name):
    """A column of which the file as a whole was not looked at."""
    return store._array(store._parse(store.content(shelf._file(first)), [name]), name)


def without_its_last(add_many):
    return lambda decoder, rows: add_many(decoder, rows.take(np.arange(max(len(rows) - 1, min(len(rows), 1)))))


def within_the_block(add_many):
    """M' counted from the block's first row."""

    def wrong(decoder, rows):
        before, known = len(decoder), decoder.stopping_time
        if add_many(decoder, rows) is not None and known is None:
            decoder.stopping_time -= before
        return decoder.stopping_time

    return wrong


STORE = {
    "content not waited for": instead(store, "write_whole", without_waiting),
    "names not waited for": instead(whole, "sync", lambda folder: None),
    "folders not waited for": instead(store, "_sync", lambda folder: None),
    "in place": instead(store, "write_whole", lambda path, data: path.write_bytes(data)),
    "no turns": instead(store, "locked", lambda folder: nullcontext()),
    "a shorter one": instead(store.Folder, "write", always),
    "a column by itself": instead(store.Folder, "column", trusting),
    "the same id": planted(Task, "canonical", lambda right: lambda task: right(task) | {"results": 0}),
}
DECODER = {
    "a row dropped": planted(IncrementalSpan, "add_many", without_its_last),
    "counted from the block": planted(IncrementalSpan, "add_many", within_the_block),
    "the first block is the least": instead(
        IncrementalSpan, "_first", lambda self: len(self) if self._spans(len(self)) else None
    ),
}


@pytest.mark.quality
@pytest.mark.parametrize(
    ("machine", "plant"),
    [(stateful.Store, plant) for plant in STORE.values()] + [(stateful.Decoder, plant) for plant in DECODER.values()],
    ids=[*STORE, *DECODER],
)
def test_planted_defects_are_seen(machine, plant, monkeypatch):
    plant(monkeypatch)
    found = tally()
    stateful.attack({machine: (300, 25)}, SEED, found, shrink=False)
    assert found.failures
