"""The kernel over GF(3), given the counts: every order of every worker, every vector, ranks over Q and GF(3)."""

from fractions import Fraction
from itertools import product

import pytest
from flint import nmod_mat

from paper_checks.theory.statements import ternary
from paper_checks.theory.statements.ternary import (
    spanning_modulo_3_given_counts,
    ternary_kernel_given_counts,
    ternary_spanning_given_counts,
)
from srtheory.theory.given_counts import even_sets_given_counts, spanning_given_counts, uncovered_sets_given_counts
from tests.theory.spanning_oracles import receptions, spans

CASES = [
    (1, 1, (0,)),
    (1, 1, (1,)),
    (2, 1, (1, 1)),
    (2, 1, (2, 0)),
    (3, 1, (0, 0, 0)),
    (3, 1, (2, 1, 0)),
    (3, 1, (3, 0, 0)),
    (3, 2, (2, 0, 0)),
    (4, 2, (3, 2, 0, 0)),
    (4, 2, (2, 2, 1, 0)),
    (4, 2, (3, 0, 0, 0)),
    (4, 3, (2, 0, 0, 0)),
    (4, 3, (2, 2, 0, 0)),
    (4, 1, (3, 2, 0, 0)),
    (4, 1, (3, 0, 0, 0)),
    (4, 1, (2, 1, 0, 0)),
    (5, 2, (2, 2, 0, 0, 0)),
    (5, 3, (2, 2, 0, 0, 0)),
]


def bits(m, mask):
    return [mask >> i & 1 for i in range(m)]


def spans_modulo_3(m, masks):
    rows = [bits(m, mask) for mask in masks] or [[0] * m]
    return nmod_mat(rows, 3).rank() == nmod_mat([*rows, [1] * m], 3).rank()


def kernel(m, masks):
    """Vectors of the kernel over GF(3): numbers by weight of those with sum 0, and of the others."""
    numbers = [0] * (m + 1), [0] * (m + 1)
    for x in product(range(3), repeat=m):
        if not any(sum(map(int.__mul__, bits(m, mask), x)) % 3 for mask in masks):
            numbers[sum(x) % 3 > 0][m - x.count(0)] += 1
    return numbers


def truth(m, d, counts):
    """P(span 1 over Q), P(over GF(3)), and the expected numbers of vectors by weight."""
    rational, ternary_ = Fraction(0), Fraction(0)
    mean = [[Fraction(0)] * (m + 1) for _ in range(2)]
    for masks, p in receptions(m, d, counts):
        rational += p * spans(m, masks)
        ternary_ += p * spans_modulo_3(m, masks)
        for total, numbers in zip(mean, kernel(m, masks), strict=True):
            total[:] = [x + p * n for x, n in zip(total, numbers, strict=True)]
    z = counts.count(0)
    assert not any(mean[0][z + 1 :] + mean[1][z + 1 :])
    return rational, ternary_, mean[0][: z + 1], mean[1][: z + 1]


def fails(m, d, counts):
    """What of the numbers and of the two intervals is not so."""
    rational, modulo_3, *vectors = truth(m, d, counts)
    low, high = ternary_spanning_given_counts(m, d, counts)
    least, most = spanning_modulo_3_given_counts(m, d, counts)
    kinds = {
        "kernel": list(ternary_kernel_given_counts(m, d, counts)) == vectors,
        "rational": 0 <= low <= rational <= high,
        "modulo 3": 0 <= least <= modulo_3 <= most,
    }
    return {kind for kind, right in kinds.items() if not right}


@pytest.mark.parametrize(("m", "d", "counts"), CASES)
def test_every_order_and_every_vector(m, d, counts):
    assert fails(m, d, counts) == set()


@pytest.mark.quality
def test_blocks_that_do_not_add_up_to_0_are_seen(monkeypatch):
    right = ternary.balanced_ways
    y, u = ternary._RING.gens()
    monkeypatch.setattr(ternary, "balanced_ways", lambda m, *a: (1 + y + u) ** (m - 1) - right(m, *a))
    assert "kernel" in fails(4, 2, (2, 2, 1, 0))


@pytest.mark.quality
def test_the_numbers_over_two_elements_are_seen():
    """Even sets, with signs at will, for kernel vectors over GF(3)."""
    m, d, counts = 4, 3, (2, 0, 0, 0)
    *_, balanced, unbalanced = truth(m, d, counts)
    even = [2**w * a for w, a in enumerate(even_sets_given_counts(m, d, counts))]
    assert [x + y for x, y in zip(balanced, unbalanced, strict=True)] != even


def parts(m, d, counts):
    """P(W empty), the vectors not 0 outside W with three entries and more, and those with sum 1 or 2, enumerated."""
    *_, balanced, unbalanced = truth(m, d, counts)
    missed = uncovered_sets_given_counts(m, d, counts)
    covered = sum((-1) ** w * u for w, u in enumerate(missed))
    loose = [a + b - 2**w * u for w, (a, b, u) in enumerate(zip(balanced, unbalanced, missed, strict=True))]
    signs = [sum(sum(x) % 3 > 0 for x in product((1, 2), repeat=w)) for w in range(len(missed))]
    skew = sum(b - s * u for b, s, u in zip(unbalanced, signs, missed, strict=True))
    return covered, loose, skew


@pytest.mark.parametrize(("m", "d", "counts"), CASES)
def test_the_bounds_are_the_sums_that_they_are_said_to_be(m, d, counts):
    covered, loose, skew = parts(m, d, counts)
    intervals = ternary_spanning_given_counts(m, d, counts), spanning_modulo_3_given_counts(m, d, counts)
    early = (Fraction(3) ** (sum(counts) - m + 1) * sum(truth(m, d, counts)[2]) - 1) / 2
    high = min(covered, early) if sum(counts) < m else covered
    assert intervals[0] == (max(covered - sum(loose[3:], Fraction(0)) / 2, 0), high)
    assert intervals[1] == (max(covered - skew / 2, 0), high)


def slips(m, d, counts):
    """Bounds with one term changed that are none."""
    rational, modulo_3, balanced, _ = truth(m, d, counts)
    covered, loose, skew = parts(m, d, counts)
    wrong = {
        "sets of three left out": rational < covered - sum(loose[4:], Fraction(0)) / 2,
        "a fifth": rational < covered - sum(loose[3:], Fraction(0)) / 5,
        "a fifth, modulo 3": modulo_3 < covered - skew / 5,
        "a power of three": rational > (Fraction(3) ** (sum(counts) - m) * sum(balanced) - 1) / 2,
    }
    return {name for name, seen in wrong.items() if seen}


@pytest.mark.quality
def test_a_slip_in_a_bound_would_be_seen():
    seen = {name: case for case in CASES for name in slips(*case)}
    assert len(seen) == 4, seen


def test_the_two_fields_bound_the_same_probability():
    """Neither is always the narrower; with some rows missing, the larger field says more."""
    counts = [4] * 10 + [0] * 10
    (a, b), (c, d) = spanning_given_counts(20, 5, counts), ternary_spanning_given_counts(20, 5, counts)
    assert max(a, c) <= min(b, d)
    assert 0 < d - c < b - a
    counts = [3] * 35 + [0] * 25
    (a, b), (c, d) = spanning_given_counts(60, 6, counts), ternary_spanning_given_counts(60, 6, counts)
    assert 0 < b - a < d - c
    few = [2] * 8 + [0] * 12
    assert ternary_spanning_given_counts(20, 9, few)[1] < spanning_given_counts(20, 9, few)[1] / 3
