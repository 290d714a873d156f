"""The long form counts every relation, and what is planted in one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.metamorphic import long, test_coincidences
from tests.metamorphic.relations import RELATIONS, planted_in, rows
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


def test_every_planted_mistake_is_in_the_table():
    """Those above are of the count, and of no relation."""
    folder = Path(__file__).parent
    files = [path for path in folder.glob("test_*.py") if path != Path(__file__)]
    there = {f"{path.name}::{name}" for path in files for name in planted_in(path)}
    listed = {each.test for relation in RELATIONS for each in relation.planted}
    assert there == {test for test in listed if not test.startswith("tests/")}
    assert len(rows()) == len(RELATIONS) + 1
