"""A trial's random numbers are those that NumPy documents, whoever makes them, and whatever else is asked for."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory import compiled
from srtheory.experiments.seeding import trial_streams

SEEDS = st.one_of(st.integers(0, 50), st.integers(0, 2**300), st.sampled_from([2**32 - 1, 2**32, 2**128 - 1, 2**128]))
TRIALS = st.one_of(st.integers(0, 1000), st.integers(0, 2**70))


def by_numpy(seed, trial):
    delays, scheme = np.random.SeedSequence(seed, spawn_key=(trial,)).spawn(2)
    return np.random.default_rng(delays), int(scheme.generate_state(1, np.uint64)[0])


def same(one, other):
    """Generators in one state, with the same children twice in a row, and keys."""
    (mine, key), (theirs, right) = one, other
    children = [[child.bit_generator.state for child in (*rng.spawn(2), *rng.spawn(1))] for rng in (mine, theirs)]
    return mine.bit_generator.state == theirs.bit_generator.state and children[0] == children[1] and key == right


@pytest.fixture(scope="module", params=["interpreted", "compiled"])
def way(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled._SPENT, "seconds", float("inf"))
        patch.setattr(compiled._HERE, "interpreting", request.param == "interpreted")
        yield


@given(seed=SEEDS, trial=TRIALS)
def test_streams_are_numpys(way, seed, trial):
    assert same(trial_streams(seed, trial), by_numpy(seed, trial))


def test_a_generator_is_sent_whole():
    mine, theirs = (pickle.loads(pickle.dumps(streams(3, 4)[0])) for streams in (trial_streams, by_numpy))
    assert mine.random() == theirs.random()
    assert mine.spawn(1)[0].random() == theirs.spawn(1)[0].random()
    words = [rng.bit_generator.seed_seq.generate_state(5) for rng in (mine, theirs)]
    assert words[0].tolist() == words[1].tolist()


@pytest.mark.quality
def test_other_streams_are_told_apart():
    right = by_numpy(3, 4)
    assert not same(by_numpy(4, 3), right)
    assert not same((right[0], trial_streams(3, 5)[1]), right)
    drawn = by_numpy(3, 4)
    drawn[0].random()
    assert not same(drawn, right)
