"""Products with the core of sparse rows, with sums at their largest; tests/span/test_wiedemann.py has cores of rows."""

import numpy as np
import pytest

from srtheory.span import wiedemann
from srtheory.span.bytewise import LINE
from srtheory.span.dense import LANE, arithmetic
from srtheory.span.wiedemann import Core, followed, room, room_in_bytes, sequence


def extended(sources_of_pivots, values, prime):
    """The vectors, and for each pivot the negative of a sum of those before it."""
    for at, sources in sources_of_pivots:
        values[at] = -values[sources].sum(axis=0) % prime
    return values


def folded(sums, weights, c):
    out = sums[:c].copy()
    for i, weight in enumerate(weights):
        out[i % c] += weight * sums[c + i]
    return out


def by_sources(matrix, prime):
    """The product with a block of vectors, and the sum of all vectors, from what a :class:`Core` says of itself."""
    pieces = np.split(matrix.sources[: matrix.starts[-1]], matrix.starts[1:-1])

    def product(block):
        c, k = matrix.columns, matrix.pivots
        values = np.vstack([block, np.zeros((k, block.shape[1]), np.int64)])
        values = extended(zip(range(c, c + k), pieces[:k], strict=True), values, prime)
        sums = np.array([values[sources].sum(axis=0) for sources in pieces[k:]])
        return folded(sums, matrix.weights, c) % prime, values.sum(axis=0) % prime

    return product


def is_sequence(matrix, right, units, prime, product, count=4):
    found, block = sequence(matrix, right, units, count, arithmetic(prime)), right.astype(np.int64)
    right_so_far = abs(found).max() <= prime // 2
    for i in range(count):
        following, total = product(block)
        expected = np.vstack([block[units], total]).T
        right_so_far = right_so_far and not ((found[i] - expected) % prime).any()
        block = following
    return right_so_far


def at_the_edges(prime, width, value):
    """A core whose sums, of pivots and of core rows, have as many terms as just fit, and one more or fewer."""
    few, most, rng = room_in_bytes(prime), room(prime), np.random.default_rng(prime)
    edges = (few, 2 * few, most, most + few, 2 * most)
    lengths = sorted({1, 2, *(n for edge in edges for n in (edge - 1, edge, edge + 1) if n > 0)})
    starts = np.cumsum([0, *lengths, *lengths])
    sources = followed(rng.integers(0, 5, starts[-1]).astype(np.int32))
    matrix = Core(5, len(lengths), starts, sources, np.full(len(lengths) - 5, prime - 1))
    return matrix, np.full((5, width), value, np.int8), np.arange(2), prime


@pytest.mark.parametrize("prime", [3, 7, 61, 251])
@pytest.mark.parametrize("width", [LANE, LINE, 2 * LINE + LANE])
def test_no_sum_is_too_long_for_its_integers(prime, width):
    for value in (prime // 2, -(prime // 2)):
        given = at_the_edges(prime, width, value)
        assert is_sequence(*given, by_sources(given[0], prime))
    assert room_in_bytes(prime) * (prime // 2 + prime // 256) < 2**7
    assert prime // 2 + room(prime) * (prime // 2 + prime // 256) < 2**15


@pytest.mark.quality
@pytest.mark.parametrize("prime", [3, 61, 251])
@pytest.mark.parametrize(("limit", "bound"), [("LARGEST_BYTE", 2**8), ("LARGEST_SUM", 2**16)])
def test_sums_that_are_too_long_are_seen(limit, bound, prime, monkeypatch):
    monkeypatch.setattr(wiedemann, limit, bound)
    given = at_the_edges(prime, LINE, prime // 2)
    assert not is_sequence(*given, by_sources(given[0], prime))
