"""Worker streams: one published counter-based generator, Philox4x64-10, inside compiled code.

Worker ``j`` of a run with key ``k`` draws from the stream that NumPy calls ``numpy.random.Philox(key=[k, j],
counter=[0, lane, 0, 0])`` (the key as a uint64 array: NumPy rounds a list with a number above 2**63). So the symbols of
a worker are a pure function of (k, j): they depend neither on the other workers nor on how far the master looks ahead,
and can be redrawn with NumPy alone.

Reference: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import numpy as np

from srtheory.compiled import compiled
from srtheory.types import Int32, Int64, Uint64

U64 = np.uint64
_M0, _M1 = U64(0xD2E7470EE14C6C93), U64(0xCA5A826395121157)
_W0, _W1 = U64(0x9E3779B97F4A7C15), U64(0xBB67AE8584CAA73B)
_LOW, _HALF = U64(0xFFFFFFFF), U64(32)
_ONE = U64(1)

Block = tuple[np.uint64, np.uint64, np.uint64, np.uint64]

# A stream's state: key (2 words), counter (low word and lane), four words of output, how many of them are used.
STATE_WORDS = 9


@compiled
def mul_hi(a: np.uint64, b: np.uint64) -> np.uint64:
    """Return the upper half of the product: for a random word a, an integer below b."""
    al, ah, bl, bh = a & _LOW, a >> _HALF, b & _LOW, b >> _HALF
    low, mid, cross, high = al * bl, ah * bl, al * bh, ah * bh
    carry = (low >> _HALF) + (mid & _LOW) + cross
    return high + (mid >> _HALF) + (carry >> _HALF)


@compiled
def open_stream(state: Uint64, key: np.uint64, worker: int, lane: int) -> None:
    """Set ``state`` to the start of the stream of (key, worker, lane)."""
    state[0], state[1] = key, U64(worker)
    state[2], state[3] = U64(0), U64(lane)
    state[8] = U64(4)


@compiled
def _block(k0: np.uint64, k1: np.uint64, count: np.uint64, lane: np.uint64) -> Block:
    """Return the four words that the stream of key (k0, k1) has at a counter."""
    c0, c1, c2, c3 = count, lane, U64(0), U64(0)
    for _ in range(10):
        h0, l0 = mul_hi(_M0, c0), _M0 * c0
        h1, l1 = mul_hi(_M1, c2), _M1 * c2
        c0, c1, c2, c3 = h1 ^ c1 ^ k0, l1, h0 ^ c3 ^ k1, l0
        k0 += _W0
        k1 += _W1
    return c0, c1, c2, c3


@compiled
def _refill(state: Uint64) -> None:
    state[2] += _ONE
    state[4], state[5], state[6], state[7] = _block(state[0], state[1], state[2], state[3])
    state[8] = U64(0)


@compiled
def next_word(state: Uint64) -> np.uint64:
    """Return the next 64 random bits."""
    if state[8] == U64(4):
        _refill(state)
    word = state[4 + np.int64(state[8])]
    state[8] += _ONE
    return word


@compiled
def next_words(state: Uint64, out: Uint64) -> None:
    """Fill ``out`` as calls of :func:`next_word` would; whole blocks are computed at once."""
    n, i = out.shape[0], 0
    while i < n and state[8] != U64(4):
        out[i] = next_word(state)
        i += 1
    k0, k1, count, lane = state[0], state[1], state[2], state[3]
    while i + 4 <= n:
        count += _ONE
        out[i], out[i + 1], out[i + 2], out[i + 3] = _block(k0, k1, count, lane)
        i += 4
    state[2] = count
    while i < n:
        out[i] = next_word(state)
        i += 1


@compiled
def below(state: Uint64, n: int) -> int:
    """Return a uniform integer in [0, n), exactly: Lemire's multiply-and-reject (ACM TOMACS 29, 2019)."""
    size, word = U64(n), next_word(state)
    while rejected(word, size):
        word = next_word(state)
    return np.int64(mul_hi(word, size))  # type: ignore[return-value]


@compiled
def rejected(word: np.uint64, size: np.uint64) -> bool:
    """Return whether a word gives no uniform integer below ``size``, so that the next is taken (:func:`below`)."""
    low = word * size
    return low < size and low < (U64(0) - size) % size  # type: ignore[return-value]


@compiled
def unit(state: Uint64) -> float:
    """Return a uniform float in [0, 1) with 53 random bits."""
    return np.float64(next_word(state) >> U64(11)) * (1.0 / 9007199254740992.0)


@compiled
def shuffle_into(state: Uint64, order: Int32, start: int, stop: int, size: int) -> None:
    """Run Fisher-Yates steps ``start`` .. ``stop - 1`` on ``order[:size]``, which fix ``order[start:stop]``."""
    for i in range(start, stop):
        r = i + below(state, size - i)
        order[i], order[r] = order[r], order[i]


@compiled
def draw_distinct(state: Uint64, order: Int32, out: Int32) -> None:
    """Fill ``out`` with the first entries of a uniformly random permutation of 0 .. len(order) - 1.

    ``order`` is the identity before and after: entries moved by the Fisher-Yates steps are reset, so the cost is
    O(len(out)).
    """
    n, m = out.shape[0], order.shape[0]
    words = np.empty(n, np.uint64)
    next_words(state, words)
    for i in range(n):
        while rejected(words[i], U64(m - i)):
            for k in range(i, n - 1):
                words[k] = words[k + 1]
            words[n - 1] = next_word(state)
        r = i + np.int64(mul_hi(words[i], U64(m - i)))
        words[i] = U64(r)  # has been used: from here on, what was moved
        out[i] = order[r]
        order[r] = order[i]
    for moved in words:
        order[np.int64(moved)] = np.int64(moved)


@compiled
def first_below(key: np.uint64, n: int, out: Int64) -> None:
    """Fill ``out`` with the first draw of each worker from [0, n), as made by :func:`below`."""
    size = U64(n)
    for j in range(out.shape[0]):
        word, _, _, _ = _block(key, U64(j), _ONE, U64(0))
        if rejected(word, size):
            state = np.empty(STATE_WORDS, np.uint64)
            open_stream(state, key, j, 0)
            out[j] = below(state, n)
        else:
            out[j] = np.int64(mul_hi(word, size))
