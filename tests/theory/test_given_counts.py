"""Whether rows span 1, given the counts, by time, or of independent rows: every order and row, over Q and GF(3)."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import comb

import numpy as np
import pytest
from flint import nmod_mat

from paper_checks.theory import given_counts
from paper_checks.theory.given_counts import (
    spanning_given_counts,
    spanning_modulo_3_given_counts,
    ternary_kernel_given_counts,
    ternary_spanning_given_counts,
)
from paper_checks.theory.statements import independent_rows
from paper_checks.theory.statements.independent_rows import (
    degrees_of_draws,
    sets_of_independent_rows,
    spanning_of_independent_rows,
)
from srtheory.environment import on_record
from srtheory.schemes.fountain import robust_soliton
from srtheory.theory import spanning
from srtheory.theory.spanning import Instant, block_weights, covered, even_sets, rows_law, surplus, uncovered
from srtheory.theory.startup import block_ends
from tests.theory.spanning_oracles import bits, by_time, even_sets_of, kernel, receptions, spans

# ----------------------------------------------------------------------------------------------------- given the counts


def test_the_lower_bound_is_sharp_where_the_rows_are_many():
    low, high = spanning_given_counts(60, 6, [5] * 30 + [0] * 30)
    assert 0 < high - low < 1e-12


@pytest.mark.slow
@pytest.mark.quality
def test_all_probabilities_on_record_up_to_eight_symbols_and_a_factor_of_1_02_would_be_seen():
    """The lines of data/small_cases: m, d, the counts, and P(span 1 over Q) by enumeration."""
    with (on_record("small_cases") / "probabilities.csv").open(encoding="utf-8", newline="") as stream:
        read = [
            (int(line["symbols"]), int(line["degree"]), tuple(map(int, line["counts"].split())), line["spans_q"])
            for line in csv.DictReader(stream)
        ]
    lines = [(Fraction(truth), *spanning_given_counts(*line)) for *line, truth in read]
    assert len(lines) > 5000
    assert [line for line in lines if not line[1] <= line[0] <= line[2]] == []
    off = Fraction(51, 50)
    assert sum(not off * low <= truth <= off * high for truth, low, high in lines) > 1000


# ---------------------------------------------------------------------------------------------- the kernel over GF(3)


COUNTED = [
    *((1, 1, (0,)), (1, 1, (1,)), (2, 1, (1, 1)), (2, 1, (2, 0)), (3, 1, (0, 0, 0)), (3, 1, (2, 1, 0))),
    *((3, 1, (3, 0, 0)), (3, 2, (2, 0, 0)), (4, 2, (3, 2, 0, 0)), (4, 2, (2, 2, 1, 0)), (4, 2, (3, 0, 0, 0))),
    *((4, 3, (2, 0, 0, 0)), (4, 3, (2, 2, 0, 0)), (4, 1, (3, 2, 0, 0)), (4, 1, (2, 1, 0, 0)), (5, 3, (2, 2, 0, 0, 0))),
]


def fails_given_counts(m, d, counts):
    """What of the numbers of vectors by weight and of the two intervals is not so."""
    rational, modulo_3 = Fraction(0), Fraction(0)
    vectors = [[Fraction(0)] * (m + 1) for _ in range(2)]
    for masks, p in receptions(m, d, counts):
        rows = [bits(m, mask) for mask in masks] or [[0] * m]
        rational += p * spans(m, masks)
        modulo_3 += p * (nmod_mat(rows, 3).rank() == nmod_mat([*rows, [1] * m], 3).rank())
        for x in kernel(m, masks, 3):
            vectors[sum(x) % 3 > 0][m - x.count(0)] += p
    z = counts.count(0)
    assert not any(vectors[0][z + 1 :] + vectors[1][z + 1 :])
    low, high = ternary_spanning_given_counts(m, d, counts)
    least, most = spanning_modulo_3_given_counts(m, d, counts)
    kinds = {
        "kernel": list(ternary_kernel_given_counts(m, d, counts)) == [its[: z + 1] for its in vectors],
        "rational": 0 <= low <= rational <= high,
        "modulo 3": 0 <= least <= modulo_3 <= most,
    }
    return {kind for kind, right in kinds.items() if not right}


@pytest.mark.parametrize("case", COUNTED)
def test_every_order_and_every_vector(case):
    assert fails_given_counts(*case) == set()


BALANCED, UNCOVERED = given_counts.balanced_ways, given_counts.uncovered_sets_given_counts
MORE = "uncovered_sets_given_counts", lambda *given, access: [4 * u for u in UNCOVERED(*given, access=access)]
SLIPS = [
    ("kernel", "balanced_ways", lambda m, ends, blocks: BALANCED(m, ends, max(blocks - 1, 0))),
    *(("rational", *MORE), ("modulo 3", *MORE)),
]


@pytest.mark.quality
@pytest.mark.parametrize(("seen", "part", "wrong"), SLIPS)
def test_a_slip_in_a_bound_would_be_seen(seen, part, wrong, monkeypatch):
    monkeypatch.setattr(given_counts, part, wrong)
    assert any(seen in fails_given_counts(*case) for case in COUNTED)


# --------------------------------------------------------------------------------------------------- independent rows


def mask_of(symbols):
    return sum(1 << i for i in set(symbols))


def uniform(lists):
    """{mask: probability} of equally likely lists of symbols."""
    masks = Counter(mask_of(symbols) for symbols in lists)
    return {mask: Fraction(n, masks.total()) for mask, n in masks.items()}


def by_degree(m, degrees):
    """A row of s different symbols has the probability degrees[s]."""
    total = sum(map(Fraction, degrees.values()))
    masks = (mask_of(c) for s in degrees for c in combinations(range(m), s))
    return {x: Fraction(degrees[x.bit_count()]) / total / comb(m, x.bit_count()) for x in masks}


def truth(m, laws, systematic):
    """P(span 1), A_w and U_w over all rows, the k-th with the law laws[k], after e_0, e_1, ..."""
    merged = {frozenset(1 << i for i in range(systematic)): Fraction(1)}
    for law in laws:
        new = defaultdict(Fraction)
        for seen, p in merged.items():
            for mask, q in law.items():
                new[seen | {mask}] += p * q
        merged = new
    spanned, even, missed = Fraction(0), [Fraction(0)] * (m + 1), [Fraction(0)] * (m + 1)
    for masks, p in merged.items():
        spanned += p * spans(m, masks)
        a, u = even_sets_of(m, masks)
        even = [x + p * y for x, y in zip(even, a, strict=True)]
        missed = [x + p * y for x, y in zip(missed, u, strict=True)]
    z = m - systematic
    assert not any(even[z + 1 :])
    return spanned, even[: z + 1], missed[: z + 1]


def case(name, m, k, systematic):
    """The law of a row as the functions take it, its keywords, and k rows for the enumeration."""
    if name == "draws":
        return degrees_of_draws(m, 3), {}, [uniform(product(range(m), repeat=3))] * k
    if name == "blocks":  # a worker draws two of the others
        pools = [[i for i in range(m) if i != r % systematic] for r in range(k)]
        return {2: 1}, {"pool": m - 1}, [uniform(combinations(pool, 2)) for pool in pools]
    degrees = {
        "pairs": {2: 1},
        "soliton": dict(enumerate(robust_soliton(m).tolist(), 1)),
        "none or most": {0: Fraction(1, 5), m - 1: Fraction(4, 5)},
    }[name]
    return degrees, {}, [by_degree(m, degrees)] * k


INDEPENDENT = [
    *(("draws", *sizes) for sizes in ((3, 4, 0), (4, 2, 2), (4, 3, 1), (4, 4, 0))),
    *(("blocks", *sizes) for sizes in ((3, 2, 1), (4, 3, 2), (4, 1, 2), (4, 5, 1))),
    *(("pairs", *sizes) for sizes in ((3, 2, 0), (4, 3, 0), (4, 3, 1), (4, 0, 0), (4, 0, 4))),
    *(("soliton", *sizes) for sizes in ((4, 3, 0), (4, 5, 0), (3, 2, 0), (1, 1, 0))),
    *(("none or most", *sizes) for sizes in ((4, 3, 0), (3, 3, 0))),
]


def fails(name, m, k, systematic, pool=None):
    """What of the moments and of the interval is not so."""
    degrees, options, laws = case(name, m, k, systematic)
    options |= {} if pool is None else {"pool": pool}
    spanned, even, missed = truth(m, laws, systematic)
    sets = sets_of_independent_rows(m, degrees, k, systematic=systematic, **options)
    low, high = spanning_of_independent_rows(m, degrees, k, systematic=systematic, **options)
    covered = sum((-1) ** w * u for w, u in enumerate(missed))
    kinds = {
        "even": sets[0] == even,
        "uncovered": sets[1] == missed,
        "low": max(covered - sum(even[3:]) + sum(missed[3:]), 0) == low <= spanned,
        "high": spanned <= high <= covered,
    }
    return {kind for kind, right in kinds.items() if not right}


@pytest.mark.parametrize("sizes", INDEPENDENT)
def test_every_choice_of_every_row(sizes):
    assert fails(*sizes) == set()


@pytest.mark.quality
def test_odd_for_even_draws_that_cannot_repeat_and_another_pool_are_seen(monkeypatch):
    assert {"even", "uncovered"} <= fails("blocks", 4, 3, 2, pool=4)
    right = independent_rows.even_ways

    def odd(pool, weights):
        return sum(weights.values()) * independent_rows.fmpz_poly([1, 1]) ** pool - right(pool, weights)

    with monkeypatch.context() as patch:
        patch.setattr(independent_rows, "even_ways", odd)
        assert "even" in fails("pairs", 4, 3, 0)
    monkeypatch.setitem(globals(), "degrees_of_draws", lambda m, d: {d: 1})
    assert {"even", "uncovered"} <= fails("draws", 4, 3, 1)


# -------------------------------------------------------------------------------------------------------------- by time


CASES = [(2, 1, None), (3, 1, None), (3, 2, None), (4, 1, None), (4, 2, None), (4, 3, None), (4, 9, None), (4, 2, 3)]
LAWS = [(0.75, 0.5, 0.125, 0.0625), (1.0, 0.5, 0.5, 0.25), (0.25, 0.0, 0.0, 0.0), (1.0, 1.0, 1.0, 1.0)]


def outside(m, d, received, access=None):
    """What exact first moments, and the mean and spread of the number of rows, lie outside their bounds."""
    ends = block_ends(m, d, access)
    law = np.array((list(received) + [received[-1]] * len(ends))[: len(ends)])
    sent = max(int(np.count_nonzero(law)), 1)
    steps = [Fraction(1), *map(Fraction, law), Fraction(0)]
    exact = by_time(m, d, [a - b for a, b in pairwise(steps)], access)
    now, last = Instant(m, law[:sent], block_weights(ends[:sent], m)), m * sent
    nothing, wrong = [Fraction(0)] * (m + 1), set()

    def check(name, holds):
        wrong.update(() if holds else (name,))

    mean, square = (sum(n**k * p for n, (p, *_) in exact.items()) for k in (1, 2))
    check("mean", (now.mean, now.spread**2) == pytest.approx((float(mean), float(square - mean**2)), abs=1e-12))
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
    assert outside(m, d, received, access) == set()


RIGHT = {name: getattr(spanning, name) for name in ("even_subsets", "even_sets", "surplus")}


@pytest.mark.quality
def test_a_power_of_two_too_little_would_be_seen(monkeypatch):
    """And odd blocks in place of even ones."""
    slip = lambda now, first, last, base=1.0: RIGHT["even_sets"](now, first, last, base) / base  # noqa: E731
    monkeypatch.setitem(globals(), "even_sets", slip)
    assert "doubled" in outside(4, 2, LAWS[0])
    monkeypatch.setattr(spanning, "even_subsets", lambda size: RIGHT["even_subsets"](max(size - 1, 1)))
    assert "even" in outside(4, 2, LAWS[0])
