"""Sections 0, 1 and 3 of docs/spanning.md, statement by statement, on small matrices, receptions and paths."""

import math
from collections import defaultdict
from fractions import Fraction
from functools import cache
from itertools import product
from random import Random

import pytest
from flint import arb, nmod_mat

from tests.theory.limit_lemmas import arrivals, at_most, ball, rank
from tests.theory.spanning_oracles import by_time, even_sets_of, receptions, spans


def bits(m, mask):
    return [mask >> i & 1 for i in range(m)]


@cache
def kernel(m, masks, p):
    """The x in F_p^m with Gx = 0."""
    rows = [bits(m, mask) for mask in masks]
    return [x for x in product(range(p), repeat=m) if not any(sum(map(int.__mul__, row, x)) % p for row in rows)]


def missed(m, masks):
    return [i for i in range(m) if not any(mask >> i & 1 for mask in masks)]


# Lemma 1.2


def multiples(m, masks, p):
    """N_s: how many v in F_p^n have vG = s 1, s in F_p."""
    count = dict.fromkeys(range(p), 0)
    for v in product(range(p), repeat=len(masks)):
        image = {sum(a * (mask >> i & 1) for a, mask in zip(v, masks, strict=True)) % p for i in range(m)}
        if len(image) == 1:
            count[image.pop()] += 1
    return count


def parity_fails(m, n, p, sets=3):
    """The parts of Lemma 1.2 that fail for some m by n matrix; even sets with ``sets`` elements are large enough."""
    for masks in product(range(2**m), repeat=n):
        even = even_sets_of(m, masks)[0]
        spanned, count = spans(m, masks), multiples(m, masks, p)
        balanced = [x for x in kernel(m, masks, p) if sum(x) % p == 0]
        rows = [{i for i in range(m) if mask >> i & 1} for mask in masks]
        if rank(rows, m) < m and not any(even[1:]):
            yield "i"
        if not missed(m, masks) and not spanned and not any(even[sets:]):
            yield "ii"
        if sum(count.values()) != Fraction(p) ** (n + 1 - m) * len(balanced):
            yield "iii"
        if p == 2 and count[1] != Fraction(2) ** (n - m) * sum((-1) ** w * a for w, a in enumerate(even)):
            yield "iii"
        if sum(count.values()) < (p if spanned else 1):
            yield "iv"


@pytest.mark.parametrize(("m", "n", "p"), [(1, 0, 2), (2, 2, 2), (3, 3, 2), (3, 2, 3), (4, 3, 2), (3, 2, 5)])
def test_what_parity_knows_about_the_rationals(m, n, p):
    assert not set(parity_fails(m, n, p))


@pytest.mark.quality
def test_even_sets_need_not_have_four_elements():
    assert set(parity_fails(3, 3, 2, sets=4)) == {"ii"}


# Theorem 1


def theorem_1_fails(m, d, counts, p, slip=""):
    """The parts of Theorem 1 that fail; ``slip``: a part of which one term is changed."""
    total = defaultdict(Fraction)
    D = m - sum(counts)
    for masks, chance in receptions(m, d, counts):
        W, spanned, even = missed(m, masks), spans(m, masks), even_sets_of(m, masks)
        vectors = kernel(m, tuple(masks), p)
        loose = [x for x in vectors if any(a and i not in W for i, a in enumerate(x))]
        unbalanced = [x for x in vectors if sum(x) % p]
        low_rank = nmod_mat([bits(m, mask) for mask in masks] or [[0] * m], p).rank() < m
        values = {
            "spanned": spanned,
            "rank": not W and low_rank,
            "modulo p": not W and bool(unbalanced),
            "rational": not W and not spanned,
            "X_p": Fraction(len(loose), p - 1),
            "X'_p": Fraction(sum(1 for x in loose if sum(x) % p), p - 1),
            "X'": sum(even[0][3:]) - sum(even[1][3:]),
            "Y": sum(even[0][2::2]) - sum(even[1][2::2]),
            "spared": max(0, 2 ** (D - 1) - 2 ** max(len(W) - 1, 0)) if D > 0 else 0,
            "A": sum(even[0][::2]),
            "balanced": len(vectors) - len(unbalanced),
        }
        for name, value in values.items():
            total[name] += chance * value
    half = Fraction(2) ** (D - 1)
    holds = {
        "b": total["rank"] <= total["X_p"] / (2 if slip == "b" else 1),
        "b'": total["rational"] <= (0 if slip == "b'" else total["X'"]),
        "c": total["modulo p"] <= total["X'_p"] / (2 if slip == "c" else 1),
        "d": D <= 0 or total["spanned"] <= (total["Y"] - total["spared"]) / half / (4 if slip == "d" else 1),
        "d'": total["spanned"] <= total["A"] / half - (2 if slip == "d'" else 1),
        "d' modulo p": total["spanned"] <= (Fraction(p) ** (1 - D) * total["balanced"] - 1) / (p - 1),
    }
    return {part for part, true in holds.items() if not true}


RECEPTIONS = [
    (2, 1, (0, 0)),
    (3, 1, (0, 1, 2)),
    (3, 1, (0, 0, 2)),
    (3, 2, (0, 1, 2)),
    (4, 1, (0, 0, 2, 2)),
    (4, 1, (0, 1, 1, 3)),
    (4, 2, (0, 0, 2, 2)),
    (4, 2, (0, 0, 2, 3)),
    (4, 2, (0, 0, 0, 3)),
    (4, 3, (0, 0, 0, 2)),
    (5, 2, (0, 0, 0, 2, 2)),
]


@pytest.mark.parametrize("p", [2, 3])
@pytest.mark.parametrize(("m", "d", "counts"), RECEPTIONS)
def test_first_moments_bound_what_they_are_said_to(m, d, counts, p):
    assert theorem_1_fails(m, d, counts, p) == set()


@pytest.mark.quality
@pytest.mark.parametrize(("part", "p"), [("b", 2), ("b'", 2), ("c", 2), ("d", 2), ("d'", 2)])
def test_a_slip_in_a_first_moment_would_be_seen(part, p):
    assert any(part in theorem_1_fails(*case, p, part) for case in RECEPTIONS)


# Propositions 1.6 to 1.8


def spanned_by(received, m, d):
    """P(spanned) and P(covered), if a worker has sent its row b with the probability received[b]."""
    weights = [a - b for a, b in zip([1, *received], [*received, 0], strict=True)]
    table = by_time(m, d, weights).values()
    return sum(row[1] for row in table), sum((-1) ** w * u for row in table for w, u in enumerate(row[3]))


def raised_laws(rng, rows):
    lower = sorted((Fraction(rng.randint(0, 9), 9) for _ in range(rows)), reverse=True)
    upper = sorted((x + (1 - x) * Fraction(rng.randint(0, 9), 9) for x in lower), reverse=True)
    return [lower, upper]


@pytest.mark.parametrize(("m", "d"), [(3, 1), (3, 2), (4, 2)])
def test_what_further_rows_cannot_destroy_grows_with_the_law(m, d):
    rng, rows = Random(m + d), 1 - (1 - m) // d
    for _ in range(8):
        lower, upper = (spanned_by(law, m, d) for law in raised_laws(rng, rows))
        assert lower[0] <= upper[0]
        assert lower[1] <= upper[1]


@pytest.mark.quality
def test_it_need_not_where_another_row_shrinks():
    """More first rows, but fewer second ones."""
    first, second = [Fraction(1, 2), Fraction(1, 2), Fraction(1, 2)], [Fraction(3, 5), 0, 0]
    assert spanned_by(first, 3, 1)[0] > spanned_by(second, 3, 1)[0]


def complete_worker_fails(m, d, reached):
    """Is P(not spanned) above P(no worker has sent row number ``reached``)^m for some law?"""
    rng, rows = Random(5), 1 - (1 - m) // d
    laws = (raised_laws(rng, rows)[0] for _ in range(10))
    return any(1 - spanned_by(law, m, d)[0] > (1 - law[reached]) ** m for law in laws)


@pytest.mark.parametrize(("m", "d"), [(2, 1), (3, 1), (3, 2), (4, 2)])
def test_one_complete_worker_is_enough(m, d):
    assert not complete_worker_fails(m, d, -1)


@pytest.mark.quality
def test_one_row_less_is_not():
    assert complete_worker_fails(3, 1, -2)


def independent_rows_fail(m, k, omega, parity=0):
    """Proposition 1.8 over all k-tuples of rows, a row of s ones having the probability omega[s]."""
    law = {mask: Fraction(omega[mask.bit_count()], math.comb(m, mask.bit_count())) for mask in range(2**m)}
    rational, spanned, sums = Fraction(0), Fraction(0), [[Fraction(0)] * (m + 1) for _ in range(2)]
    for masks in product(law, repeat=k):
        chance = math.prod(law[mask] for mask in masks)
        true = spans(m, masks)
        spanned += chance * true
        rational += chance * (not true and not missed(m, masks))
        for total, numbers in zip(sums, even_sets_of(m, masks), strict=True):
            total[:] = [x + chance * y for x, y in zip(total, numbers, strict=True)]

    def moment(w, hits):
        meets = sum(
            omega[s] * Fraction(math.comb(w, i) * math.comb(m - w, s - i), math.comb(m, s))
            for s in range(m + 1)
            for i in hits
            if i <= s
        )
        return math.comb(m, w) * meets**k

    even = [moment(w, range(parity, m + 1, 2)) for w in range(m + 1)]
    uncovered = [moment(w, [0]) for w in range(m + 1)]
    right = [even, uncovered] == sums
    enough = rational <= sum(even[3:]) - sum(uncovered[3:])
    return not (right and enough and spanned <= Fraction(2) ** (k - m + 1) * sum(even[::2]) - 1)


OMEGAS = [[0, Fraction(1, 3), Fraction(2, 3), 0, 0], [Fraction(1, 10), 0, Fraction(1, 2), Fraction(2, 5), 0]]


@pytest.mark.parametrize("omega", OMEGAS)
@pytest.mark.parametrize(("m", "k"), [(3, 1), (3, 3), (3, 4), (4, 2)])
def test_independent_rows_have_the_moments_of_one_row(m, k, omega):
    assert not independent_rows_fail(m, k, omega)


@pytest.mark.quality
def test_odd_in_place_of_even_would_be_seen():
    assert independent_rows_fail(3, 2, OMEGAS[0], parity=1)


# Proposition A3 and Theorem B


def late_runs(ahead):
    """Paths with T > t_n + tau d ceil((M' - n)/S_n) for some n, the ceiling being lowered by ``ahead``."""
    rng, late = Random(8), 0
    for _ in range(150):
        m, d, tau, rows = arrivals(rng)
        everything = set(range(m))
        stop = next(
            k
            for k in range(1, len(rows) + 1)
            if rank([row for *_, row in rows[:k]], m) == rank([*(row for *_, row in rows[:k]), everything], m)
        )
        end = rows[stop - 1][0]
        for n in range(1, stop + 1):
            senders = len({worker for _, worker, _ in rows[:n]})
            late += end > rows[n - 1][0] + tau * d * (-(-(stop - n) // senders) - ahead)
    return late


def test_from_the_nth_row_on_every_worker_sends():
    assert late_runs(0) == 0


@pytest.mark.quality
def test_one_round_less_would_not_be_enough():
    assert late_runs(1) > 0


GOLDEN = ((1 + arb(5).sqrt()) / 2).log()


def typical(y):
    """x hat of Theorem B at the load y; where V_n may be 1, either n will do."""
    sums, n = [arb(0)], 0
    while n == 0 or sums[-1] <= 1:
        n += 1
        sums.append(sums[-1] + 1 - (-n * y).exp())
    n -= 1
    return n * y + y * (1 - sums[n]) / (1 - (-(n + 1) * y).exp())


LOADS = [arb(10) ** -3 * i for i in range(5, 1200, 7)] + [GOLDEN, arb(2), arb(9)]


def test_the_excess_over_the_load_is_at_most_that_of_the_golden_ratio():
    assert all(at_most(typical(y), y + GOLDEN + arb(2) ** -40) for y in LOADS)
    assert abs(ball("0.005") + 5 * typical(ball("0.01")) - ball("0.704604")) < ball("5e-7")


@pytest.mark.quality
def test_no_smaller_constant_would_do():
    assert any(typical(y) > y + GOLDEN - ball("1e-6") for y in LOADS)


def test_the_cases_of_the_golden_ratio_meet():
    q = (-ball("0.21005")).exp()
    assert q + q**2 + q**3 > 2 > sum((-i * ball("0.2101")).exp() for i in (1, 2, 3))
    assert typical(ball("0.2101")) <= ball("0.6303")
    assert ball("0.6303") - ball("0.175") < ball("0.4554") < GOLDEN
    last = -(1 - GOLDEN).log()
    assert ball("0.65625") < last < ball("0.65626")
    assert ball("0.175") < last - GOLDEN < ball("0.17505")
    assert 3 * GOLDEN < 2
