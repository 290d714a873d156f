"""The numbers of ``design`` and of the figure ``frontier`` against simulation that knows nothing of the package."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.attack import choosing
from tests.attack.report import Tally

SEED = 20231


def tally() -> Tally:
    return Tally.again("choosing")


def test_some_choices():
    found = tally()
    choosing.attack(30, 5, 1, np.random.default_rng(SEED), found, every=3)
    choosing.mixtures(8, 0.15, choosing.LAWS[1][0], 2.0, found)  # there is time for the whole permutation
    print(found)
    assert len(found.tried) == 8
    assert not found.failures, found


@pytest.mark.attack
@pytest.mark.slow
def test_many_choices():
    found = tally()
    for size in (7, 10):
        choosing.attack(400, size, len(choosing.LAWS), np.random.default_rng(SEED + size), found, every=1)
    found.keep()
    print(found)
    assert not found.failures


@pytest.mark.quality
@pytest.mark.parametrize(("name", "planted"), [("rows", 1.05), ("terms", 1.05), ("least_rows", 0.999)])
def test_a_wrong_design_is_seen(monkeypatch, name, planted):
    right = choosing.design

    def wrong(*asked, **given):
        answer = right(*asked, **given)
        return answer and dataclasses.replace(answer, **{name: planted * getattr(answer, name)})

    monkeypatch.setattr(choosing, "design", wrong)
    found, rng = tally(), np.random.default_rng(1)
    for by in (2.0, 2.6):
        choosing.designed(40, 0.05, choosing.LAWS[0], by, 300, rng, found)
        choosing.mixtures(7, 0.15, choosing.LAWS[0][0], by, found)
    assert found.failures


@pytest.mark.quality
def test_a_wrong_message_cost_is_seen(monkeypatch):
    right = choosing.one_run
    monkeypatch.setattr(
        choosing, "one_run", lambda scheme, m, d, tau, cost, x, rng: right(scheme, m, d, tau, 1.5 * cost, x, rng)
    )
    found = tally()
    choosing.frontier(5, 0.1, choosing.LAWS[0], 60, np.random.default_rng(2), found, every=5)
    assert found.failures


@pytest.mark.quality
def test_a_floor_that_is_too_high_is_seen(monkeypatch):
    right = choosing.drawing

    def wrong(*asked, **given):
        drawn = right(*asked, **given)
        lines = [(*a[:4], str(1.3 * float(a[4])), *a[5:]) if a[1] == choosing.FLOOR else a for a in drawn.points]
        return dataclasses.replace(drawn, points=lines)

    monkeypatch.setattr(choosing, "drawing", wrong)
    found = tally()
    choosing.frontier(5, 0.1, choosing.LAWS[0], 60, np.random.default_rng(2), found, every=2)
    assert {failure.split(":")[0] for failure in found.failures} == {"frontier, the floor"}
