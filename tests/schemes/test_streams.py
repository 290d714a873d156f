"""The compiled generator against NumPy's, and uniform draws against a plain reference on the same words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from srtheory.schemes.streams import (
    STATE_WORDS,
    below,
    draw_distinct,
    first_below,
    next_word,
    next_words,
    open_stream,
    shuffle_into,
    unit,
)
from tests.reference import Words

word64 = st.integers(0, 2**64 - 1)
KNOWN_ANSWER = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
"""philox4x64-10 of counter 0 and key 0, from the known-answer file of the Random123 distribution."""


def stream(key, worker=0, lane=0):
    state = np.empty(STATE_WORDS, np.uint64)
    open_stream(state, np.uint64(key), worker, lane)
    return state


@given(word64, st.integers(0, 2**31), st.integers(0, 5), st.lists(st.integers(0, 11), max_size=5))
def test_words_are_those_of_numpys_philox_one_by_one_and_ahead(key, worker, lane, counts):
    state = stream(key, worker, lane)
    words = np.random.Philox(key=np.array([key, worker], np.uint64), counter=[0, lane, 0, 0]).random_raw(100)
    found = []
    for count in counts:
        out = np.empty(count, np.uint64)
        next_words(state, out)
        found += [*out.tolist(), int(next_word(state))]
    found += [int(next_word(state)) for _ in range(23)]
    assert found == words[: len(found)].tolist()


def test_philox_reference_vector():
    """The standard streams start one block later."""
    state = stream(0)
    state[2] = np.uint64(2**64 - 1)  # the counter steps to 0 before the block is drawn
    assert [next_word(state) for _ in range(4)] == KNOWN_ANSWER
    heads = [next_word(stream(k, j, lane)) for k in range(4) for j in range(4) for lane in range(3)]
    assert len(set(heads)) == 48


@given(word64, st.integers(1, 40) | st.integers(1, 2**63 - 1) | st.integers(2**62, 2**63 - 1))
def test_below_is_lemires_rule_on_the_same_words(key, n):
    state, words = stream(key), Words(key, 0)
    assert [below(state, n) for _ in range(8)] == [words.below(n) for _ in range(8)]
    assert next_word(state) == words.word()  # and no word more or less
    out = np.empty(6, np.int64)
    first_below(np.uint64(key), n, out)
    assert out.tolist() == [below(stream(key, j), n) for j in range(6)]


@pytest.mark.parametrize("n", [3, 5, 7, 999, 2**40 + 1, 2**62 + 1])
def test_below_rejects_exactly_the_words_that_are_too_many(n):
    """Words whose product with n has a low half below 2**64 mod n; the next low half up is taken."""
    excess = 2**64 % n
    for low in (excess - 1, excess):
        state, word = stream(1), low * pow(n, -1, 2**64) % 2**64
        state[4:] = [word, 2**63, 0, 0, 0]  # a block of words as if just drawn, none of them used
        assert below(state, n) == (n // 2 if low < excess else word * n >> 64)


def with_a_word_to_reject(n, at):
    """A stream whose next word but ``at`` is rejected by a draw from n, 2^64 being no multiple of it."""
    state = stream(5)
    next_word(state)  # of this block three words are left, which we choose
    state[5 + at] = np.uint64(0)  # 0 times n is below 2^64 mod n
    return state


def drawn_one_by_one(state, size, n, below=below):
    order = list(range(size))
    for i in range(n):
        r = i + below(state, size - i)
        order[i], order[r] = order[r], order[i]
    return order[:n]


@pytest.mark.quality
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_rejected_word_gives_way_to_the_next_in_the_stream(at):
    """A generator that rejects nothing draws otherwise."""
    size = 11 + at  # so that the draw at that place is from 11
    for n in (3, 5, 9):
        state, other = with_a_word_to_reject(11, at), with_a_word_to_reject(11, at)
        order, out = np.arange(size, dtype=np.int32), np.empty(n, np.int32)
        draw_distinct(state, order, out)
        assert out.tolist() == drawn_one_by_one(other, size, n)
        assert next_word(state) == next_word(other)
        assert order.tolist() == list(range(size))
    biased = drawn_one_by_one(with_a_word_to_reject(11, at), size, 9, lambda state, n: int(next_word(state)) * n >> 64)
    assert biased != out.tolist()


def test_unit_is_the_upper_53_bits():
    state, words = stream(9), Words(9, 0)
    drawn = [unit(state) for _ in range(2000)]
    assert drawn == [words.unit() for _ in range(2000)]
    assert kstest(drawn, "uniform").pvalue > 1e-3


@given(word64, st.integers(1, 30), st.data())
def test_draws_are_fisher_yates_and_leave_the_order_as_it_was(key, size, data):
    n = data.draw(st.integers(0, size))
    state, words = stream(key), Words(key, 0)
    order = np.arange(size, dtype=np.int32)
    for _ in range(3):
        out = np.empty(n, np.int32)
        draw_distinct(state, order, out)
        assert out.tolist() == words.shuffle(range(size), n)[:n]
        np.testing.assert_array_equal(order, np.arange(size))
    order = np.arange(40, dtype=np.int32)  # of which a shuffle touches no more than it is told
    shuffle_into(stream(key), order, 0, n, size)
    assert order.tolist() == [*Words(key, 0).shuffle(range(size), n), *range(size, 40)]
