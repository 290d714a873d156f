"""Every bit of a store turned over: nothing wrong is handed on, and what is gone is said so."""

from __future__ import annotations

from itertools import islice

import pytest

from srtheory.delays import DelayModel, parse_law
from srtheory.experiments import store
from srtheory.experiments.trial import Task
from srtheory.schemes.baselines import BatchCouponCollector
from tests.attack import bits
from tests.attack.report import Tally

SEED = 0
TASK = Task(BatchCouponCollector(6, 2), DelayModel(parse_law("expon(scale=5)"), 0.1), 1)
SAYS = (
    "The test changes all bytes of a block of records, a label (the file `_task.json`) and a file of answers (of "
    "`hunt`), one at a time: each bit, the whole byte, 16 zeros from there, cut there. For records as a whole, and for "
    "a column by itself, three outcomes are allowed. They are right to the bit, or they are set aside with a message, "
    "or they are refused by name. The same holds for answers, and a label must be that of the task."
)


def tally() -> Tally:
    return Tally("bits", "Flipped bits", SAYS, SEED)


def test_some_flipped_bits(tmp_path):
    found = tally()
    bits.attack(found, tmp_path, TASK, bits.first_records(TASK, 20), 401, 1)
    assert found.total > 100
    assert not found.failures, found.failures[:5]


@pytest.mark.attack
@pytest.mark.slow
def test_every_bit(tmp_path):
    found = tally()
    bits.attack(found, tmp_path, TASK, bits.first_records(TASK, 20), 1, 8)
    found.keep()
    print(found)
    assert not found.failures


# ---------------------------------------------------------------------------------------------------- planted defects


def trusting(folder, first, name):
    """What checksums of pages let pass."""
    try:
        return store._array(store._parse(store.content(folder._file(first)), [name]), name)
    except (FileNotFoundError, store._Damaged):
        return folder.read(first).columns[name]


@pytest.mark.quality
def test_a_column_that_only_checksums_of_pages_guard_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(store.Folder, "column", trusting)
    records, folder, found = bits.first_records(TASK, 20), store.open_folder(tmp_path, TASK), set()
    folder.write(0, records)
    file = folder.path / "0000000000.parquet"
    for _, changed in islice(bits.changes(file.read_bytes(), 1, 8), 1200):
        look = lambda: {"trial": folder.column(0, "trial")}  # noqa: E731
        found.add(bits._read_as({"trial": records.columns["trial"]}, folder, file, changed, look))
    assert "wrong records of ['trial']" in found
