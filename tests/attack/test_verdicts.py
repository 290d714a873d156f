"""Verdicts against the judges of this folder."""

from __future__ import annotations

import pytest

from tests.attack.verdicts import KINDS, attack

SEED = 20220


def test_small_matrices():
    tally = attack(batches=2 * len(KINDS), seed=SEED, together=60)
    assert not tally.failures, tally


@pytest.mark.attack
@pytest.mark.slow
def test_a_million_small_matrices():
    tally = attack(batches=2508, seed=SEED + 1)
    tally.keep()
    print(tally)
    assert tally.total >= 10**6
    assert not tally.failures
