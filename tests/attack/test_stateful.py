"""Sequences of steps at the incremental decoder; those at a store are in tests/contracts/test_stores.py."""

from __future__ import annotations

import numpy as np
import pytest

from srtheory.decoders.incremental import IncrementalSpan
from tests.attack import stateful
from tests.attack.planted import instead, planted
from tests.attack.report import Tally


def tally() -> Tally:
    return Tally.again("stateful")


def test_some_sequences():
    found = tally()
    stateful.attack({stateful.Decoder: (10, 15)}, found.seed, found)
    assert len(found.tried) > 4
    assert not found.failures, found


# ---------------------------------------------------------------------------------------------------- planted defects


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


DECODER = {
    "a row dropped": planted(IncrementalSpan, "add_many", without_its_last),
    "counted from the block": planted(IncrementalSpan, "add_many", within_the_block),
    "the first block is the least": instead(
        IncrementalSpan, "_first", lambda self: len(self) if self._spans(len(self)) else None
    ),
}


@pytest.mark.quality
@pytest.mark.parametrize("plant", DECODER.values(), ids=DECODER)
def test_planted_defects_are_seen(plant, monkeypatch):
    plant(monkeypatch)
    found = tally()
    stateful.attack({stateful.Decoder: (300, 25)}, found.seed, found, shrink=False)
    assert found.failures
