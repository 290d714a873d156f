"""First moments over GF(2), against all orders, and by time against all counts too."""

from fractions import Fraction
from itertools import combinations, pairwise
from math import comb

import numpy as np
import pytest

from srtheory.theory import enumerator
from srtheory.theory.blocks import block_ends
from srtheory.theory.enumerator import Instant, block_weights, covered, even_sets, rows_law, surplus, uncovered
from tests.theory.spanning_oracles import by_time


def weights_by_enumeration(m, ends):
    """E_b(w) and R_b(w) over all sets of w places in a worker's order of m - 1 symbols."""
    even, missed = np.zeros((2, len(ends), m))
    for w in range(m):
        for places in combinations(range(m - 1), w):
            for b in range(len(ends)):
                met = [sum(a <= p < c for p in places) for a, c in pairwise(ends[: b + 1])]
                even[b, w] += all(n % 2 == 0 for n in met)
                missed[b, w] += sum(met) == 0
    ways = [comb(m - 1, w) for w in range(m)]
    return even / ways, missed / ways


@pytest.mark.parametrize("m", range(1, 8))
def test_block_weights_count_places(m):
    for d in range(1, m + 2):
        for access in range(1, m + 1):
            ends = block_ends(m, d, access)
            even, missed = weights_by_enumeration(m, ends)
            found = block_weights(ends, m)
            assert found.even == pytest.approx(even, rel=3e-16, abs=0)
            assert found.missed == pytest.approx(missed, rel=3e-16, abs=0)


CASES = [(2, 1, None), (3, 1, None), (3, 2, None), (4, 1, None), (4, 2, None), (4, 3, None), (4, 9, None), (4, 2, 3)]
LAWS = [(0.75, 0.5, 0.125, 0.0625), (1.0, 0.5, 0.5, 0.25), (0.25, 0.0, 0.0, 0.0), (1.0, 1.0, 1.0, 1.0)]


def instant(m, d, received, access=None):
    ends = block_ends(m, d, access)
    law = np.array((list(received) + [received[-1]] * len(ends))[: len(ends)])
    sent = max(int(np.count_nonzero(law)), 1)
    steps = [Fraction(1), *map(Fraction, law), Fraction(0)]
    exact = by_time(m, d, [a - b for a, b in pairwise(steps)], access)
    return Instant(m, law[:sent], block_weights(ends[:sent], m)), exact, m * sent


def misses(m, d, received, access=None):
    """What exact first moments lie outside their bounds."""
    now, exact, last = instant(m, d, received, access)
    nothing = [Fraction(0)] * (m + 1)
    wrong = set()

    def check(name, holds):
        if not holds:
            wrong.add(name)

    law, (low, high) = rows_law(now, 0, last), uncovered(now, 0, last)
    down, up = covered(low, high)
    sets, twice = even_sets(now, 0, last), even_sets(now, 0, last, 2.0)
    rests = surplus(sets, low)
    loose = 1e-9 * sets.max(initial=0.0)
    for n in range(last + 1):
        p, spanned, a, u = exact.get(n, [Fraction(0), Fraction(0), nothing, nothing])
        check("rows", law[0][n] <= p <= law[1][n])
        check("uncovered", all(low[w, n] <= u[w] <= high[w, n] for w in range(len(low))))
        check("even", all(a[w] <= sets[w - 2, n] <= float(a[w]) + loose for w in range(2, m)))
        check("doubled", all(a[w] * Fraction(2) ** (n - m + 1) <= twice[w - 2, n] for w in range(2, m)))
        rest = Fraction(rests[n])
        least = sum((x - y for x, y in zip(a[3:m], u[3:m], strict=True)), Fraction(0))
        check("surplus", least <= rest <= float(least) + m * loose)
        if n > 0:
            full = sum((-1) ** w * x for w, x in enumerate(u))
            check("covered", down[n] <= full <= up[n])
            check("enough", full - rest <= spanned)
            check("too few", n >= m or spanned <= Fraction(2) ** (n - m + 1) * sum(a[::2]) - p)
    return wrong


@pytest.mark.parametrize("received", LAWS)
@pytest.mark.parametrize(("m", "d", "access"), CASES)
def test_first_moments_by_time_are_sums_over_counts_and_orders(m, d, access, received):
    assert misses(m, d, received, access) == set()


@pytest.mark.parametrize("received", LAWS)
def test_mean_and_spread_are_those_of_the_exact_law(received):
    now, exact, _ = instant(4, 2, received)
    mean = sum(n * p for n, (p, *_) in exact.items())
    square = sum((n - mean) ** 2 * p for n, (p, *_) in exact.items())
    assert (now.mean, now.spread**2) == pytest.approx((float(mean), float(square)))


@pytest.mark.quality
def test_odd_blocks_in_place_of_even_ones_would_be_seen(monkeypatch):
    right = enumerator.even_subsets
    monkeypatch.setattr(enumerator, "even_subsets", lambda size: right(size - 1) if size > 1 else right(size))
    assert "even" in misses(4, 2, LAWS[0])


@pytest.mark.quality
def test_a_power_of_two_too_little_would_be_seen(monkeypatch):
    right = enumerator.even_sets
    slip = lambda now, first, last, base=1.0: right(now, first, last, base) / base  # noqa: E731
    monkeypatch.setitem(globals(), "even_sets", slip)
    assert "doubled" in misses(4, 2, LAWS[0])


@pytest.mark.quality
def test_sets_of_three_left_out_would_be_seen(monkeypatch):
    right = surplus
    monkeypatch.setitem(globals(), "surplus", lambda even, missed: right(even[1:], missed[1:]))
    assert {"surplus", "enough"} & misses(4, 2, LAWS[0])
