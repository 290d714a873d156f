"""The long form counts every relation, and what is planted in one of them."""

from __future__ import annotations

import pytest

from tests.metamorphic import long, test_coincidences
from tests.metamorphic.test_units import rounded_latency


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(long, "SCHEME_NAMES", ("uncoded", "sr"))
    monkeypatch.setattr(long, "SCHEMES_WITH_LAW", ("terms-cyclic",))
    some = {"parts of one term": test_coincidences.ALIKE["parts of one term, cyclic order"]}
    monkeypatch.setattr(test_coincidences, "ALIKE", some)
    monkeypatch.setattr(test_coincidences, "OTHERS", {})
    monkeypatch.setattr(test_coincidences, "WITH_LAWS", some)


def test_nothing_fails_in_a_few(few):
    tally = long.tally_of(1)
    long.attack(1, tally)
    assert len(tally.tried) == 10
    assert not tally.failures, tally


@pytest.mark.quality
def test_a_planted_mistake_is_counted(few, monkeypatch):
    rounded_latency(monkeypatch)
    tally = long.tally_of(1)
    long.attack(1, tally)
    assert set(tally.wrong) == {"records, unit of time"}
