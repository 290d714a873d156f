"""The lemmas of docs/spanning.md, sections 4 to 7 and 9, by enumeration, fractions and balls; and what breaks them."""

import math
import random
from fractions import Fraction
from functools import reduce
from itertools import combinations_with_replacement, permutations, product
from operator import or_

import numpy as np
import pytest
from flint import acb, arb, ctx

from tests.theory.limit_lemmas import (
    Type,
    all_covered,
    all_sums_vanish,
    arrivals,
    at_most,
    ball,
    character_bound,
    character_mean,
    growth,
    none_hit_singly,
    none_hit_singly_all_covered,
    random_type,
    rank,
    sets_without_single_hit,
    uncovered,
    vectors_with_energies,
)
from tests.theory.spanning_oracles import receptions


@pytest.fixture(autouse=True)
def bits():
    before, ctx.prec = ctx.prec, 128
    yield
    ctx.prec = before


def few_received(m, d):
    """Counts with P(W empty) by enumeration, U, lambda, and the largest share Delta/N."""
    full, N = 2**m - 1, m - 1
    for counts in combinations_with_replacement(range(-(-N // d) + 2), m):
        chance = sum(p for rows, p in receptions(m, d, counts) if reduce(or_, rows, 0) == full)
        used = [Fraction(min(d * (n - 1), N), N) for n in counts if n]
        mean = counts.count(0) * math.prod((1 - c for c in used), start=Fraction(1))
        yield counts.count(0), chance, mean, sum(used), max(used, default=Fraction(0))


def lemma_0_fails(m, d, slack=1, share=Fraction(1, 2)):
    for z, chance, mean, load, most in few_received(m, d):
        if not 1 - mean <= chance <= 1 / (1 + slack * mean):
            yield "bracket"
        if z and most <= share and not (mean > 0 and at_most(z * ball(-load * (1 + most)).exp(), ball(mean))):
            yield "exponential"


def lemma_1_fails(top, theta_share=1, covered=True):
    """The cases (a), (b) that fail among all pools of at most ``top`` symbols."""
    for N in range(1, top + 1):
        for d, workers in product(range(1, N + 1), (1, 2, 3)):
            for blocks in combinations_with_replacement(range(N // d + 1), workers):
                most, r = d * max(blocks), sum(blocks)
                share = math.prod(1 - Fraction(d * b, N) for b in blocks)
                for k in range(N - most + 1):
                    theta = theta_share * Fraction(k, N - most - k + 1)
                    anywhere = none_hit_singly(N, d, blocks, k)
                    if anywhere > share**k * growth(d, theta) ** r:
                        yield "a"
                    if k > N + 1 - workers:  # K is a set of silent symbols
                        continue
                    chance = none_hit_singly_all_covered(N, d, blocks, k) if covered else anywhere
                    for v in (1, Fraction(11, 10), 2, 20):
                        if chance > share**k * growth(d, v * theta) ** r / Fraction(v) ** k:
                            yield "b"


def by_permutations(u, d):
    t, N = len(u), len(u[0])
    orders = list(permutations(range(N), t * d))
    products = (math.prod((u[i // d][symbol] for i, symbol in enumerate(order)), start=acb(1)) for order in orders)
    return sum(products, acb(0)) / len(orders)


UNITS = [acb(1), acb(-1), acb(0, 1), acb(0, -1)]


def characters(rng):
    """Blocks, functions with values 1, -1, i, -i or 0, and admissible psi."""
    while True:
        t, d = rng.choice([(1, rng.randint(1, 6)), (2, rng.randint(1, 4)), (3, rng.randint(1, 2))])
        N, few = rng.randint(t * d + 1, 30), rng.choice([2, 4])
        u = [rng.choices(UNITS[:few], [rng.randint(1, 9) for _ in range(few)], k=N) for _ in range(t)]
        psi = [max(above(abs(sum(x, acb(0))) / N), Fraction(t * d * rng.randint(1001, 2500), 1000 * N)) for x in u]
        if sum((d / (N * x) for x in psi), Fraction(0)) < 1:
            yield u, d, psi


def above(x):
    """A fraction that is at least x and larger by less than 2**-40."""
    return Fraction(int((x * 2**40).ceil().unique_fmpz()), 2**40)


def test_character_means_are_sums_over_permutations():
    rng = random.Random(1)
    for N, t, d in [(4, 1, 2), (5, 2, 2), (6, 3, 1), (6, 1, 4)]:
        u = [[rng.choice(UNITS) for _ in range(N)] for _ in range(t)]
        assert abs(character_mean(u, d) - by_permutations(u, d)) < ball(Fraction(1, 2**100))


def types_of_a_pool(N, p, d, rng):
    """How often each value occurs: one other symbol, w = 1/2, a third, a half, all values alike."""
    for others in {1, 2, N // 100, N // (2 * d), N // 3, N // 2}:
        weights = [rng.randint(0, 5) for _ in range(p - 1)]
        weights[0] += 1
        occurs = [others * x // sum(weights) for x in weights]
        occurs[0] += others - sum(occurs)
        yield (N - others, *occurs)
        yield (occurs[0], N - others, *occurs[1:])
    yield (N - (p - 1) * (N // p), *[N // p] * (p - 1))


def corollary_2_fails(p, d, b, N, floor=True, kappa=None):
    kappa = Fraction(9 * d * d * b, N) if kappa is None else kappa
    for occurs in types_of_a_pool(N, p, d, random.Random(N)):
        law = Type([Fraction(n, N) for n in occurs], d)
        per_row = law.per_row(law.psi if floor else [abs(x) for x in law.hat], kappa)
        if not ball(all_sums_vanish(occurs, d, b)) <= per_row**b:
            yield occurs


def test_sums_of_blocks_are_counted_by_their_types():
    """Three values, two blocks of two symbols in a pool of six, every order."""
    values, found = [0, 0, 0, 1, 1, 2], 0
    for order in permutations(range(6), 4):
        found += all(sum(values[i] for i in block) % 3 == 0 for block in (order[:2], order[2:]))
    assert all_sums_vanish((3, 2, 1), 2, 2) == Fraction(found, math.perm(6, 4))


def lemma_3_fails(law, rng, half=Fraction(1, 2), eight=8, most=Fraction(79, 100), power=2):
    """The parts (a) to (f) that a type violates; the named constants can be changed."""
    p, d, q, w = law.p, law.d, law.q, law.w
    g = [law.spread(a) for a in range(p)]
    holds = {
        "a": [at_most(law.square[a], 1 - ball(2 * q * (1 - q)) * g[a]) for a in range(p)]
        + [at_most(0, x) and at_most(x, 2) for x in g]
        + [at_most(abs(sum(g, arb(0)) - p), 0)]
        + [
            at_most(sum(((-ball(s) * x).exp() for x in g), arb(0)) / p, ball(half) * (1 + ball(-2 * s).exp()))
            for s in (0, Fraction(1, 10), 1, w * (1 - q), 5)
        ],
        "b": [at_most(law.square[a], 1 - ball(eight * q / p**2)) for a in range(1, p)],
        "c": [at_most(law.psi[a] ** d, (-law.energy[a]).exp()) for a in range(p)]
        + [at_most(law.psi[a] ** d, ball(-4 * w / p**2).exp()) for a in range(1, p)],
        "d": [w < Fraction(1, 2) or law.rho <= ball(most)],
        "e": [at_most(ball(w / 2), sum(law.energy, arb(0)) / p)],
        "f": [],
    }
    for n in (1, 2, 3, 5):
        chosen = [rng.randrange(p) for _ in range(n)]
        total = sum((law.energy[a] for a in chosen), arb(0))
        holds["e"].append(at_most(law.energy[sum(chosen) % p], n ** (power - 1) * total))
        for t in [x.upper() for x in law.energy[1:]] + [ball(w / 50)]:
            if n * n * t < ball(w / 2):
                holds["f"].append(law.below(n**power * t) >= n * law.below(t))
    return {part for part, checks in holds.items() if not all(checks)}


def types_at_random(count, primes, seed):
    rng = random.Random(seed)
    for i in range(count):
        d = rng.choice([10, 11, 15, 40])
        yield Type(random_type(rng, primes[i % len(primes)], d), d), rng


def lemma_4_fails(p, z, known, square=True, exceptions=True):
    for d, h in product((2, 10), range(1, p)):
        for t in (Fraction(1, 1000), Fraction(1, 3), 1, Fraction(5, 2)):
            count = vectors_with_energies(p, z, known, d, t, h)
            for beta in (Fraction(1, 20), Fraction(3, 10), Fraction(4, 5)):
                last = int(2 * t * (z + known) / (beta * d)) if exceptions else 0  # z/L = N/d
                sets = sum(math.comb(z, i) * p**i for i in range(min(z, last) + 1))
                each = p / ((1 - beta) ** (2 if square else 0) * (h + 1))
                if count > (2**p * p if square else 1) * sets * each**z:
                    yield d, h, t, beta


SMALL_SPACES = [(2, 1, 0), (2, 8, 3), (3, 6, 1), (5, 4, 2), (7, 3, 1)]


def binomial_sum_exceeds(z, b, s):
    b, s = Fraction(b), Fraction(s)
    total = sum((math.comb(z, i) * b**i for i in range(min(z, int(s)) + 1)), Fraction(0))
    return not ball(total) <= ((1 + (z * ball(b) / ball(s)).log()) * ball(s)).exp()


def small_sets(N, d, workers, blocks, constant):
    """Is the expected number of covered sets of 2 to 5 symbols without a single hit at most constant g^2?"""
    ctx.prec = 500
    z, r = N + 1 - workers, workers * blocks
    load, mean = Fraction(d * r, N), z * ball(1 - Fraction(blocks * d, N)) ** workers
    g = mean * ball(load) / arb(r).sqrt()
    assert 72 * d * d * blocks <= N
    assert r >= z - 1 >= 1
    assert load >= 14
    assert g <= ball(Fraction(1, 4))
    total = sum((sets_without_single_hit(N, d, workers, blocks, k) for k in range(2, 6)), arb(0))
    return total <= constant * g**2


def test_sets_without_a_single_hit_are_counted_as_by_enumeration():
    N, d, workers, blocks, k = 6, 2, 2, 2, 2
    exact = math.comb(5, k) * none_hit_singly_all_covered(N, d, (blocks,) * workers, k)
    assert abs(sets_without_single_hit(N, d, workers, blocks, k) - ball(exact)) < ball(Fraction(1, 2**100))


def all_blocks_meet(N, d, b, k):
    """P(each of b blocks meets a given set of k symbols)."""
    missed = (Fraction(math.comb(N - i * d, k), math.comb(N, k)) for i in range(b + 1))
    return sum((-1) ** i * math.comb(b, i) * x for i, x in enumerate(missed))


def near_constant_fails(share, reach=2):
    for d, b in product((10, 13, 40), (1, 2, 4)):
        N = 72 * d * d * b
        for k in {1, N // (4 * d), reach * N // (4 * d)}:
            if all_blocks_meet(N, d, b, k) > share**b:
                yield d, b, k


def not_determined(N, d, blocks, z, seed):
    """How many covered silent symbols the parity rows of the other workers leave free, and how many are uncovered.

    A block is drawn as its places among the symbols of the pool, of which the first z are silent.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for sent in blocks:
        places = rng.choice(N, size=(sent, d), replace=False, shuffle=True) if sent else []
        rows += [{int(place) for place in block if place < z} for block in places]
    alone = {symbol for row in rows if len(row) == 1 for symbol in row}
    rest = [row - alone for row in rows if row - alone]
    covered = set().union(*rows)
    return len(covered - alone) - rank(rest, z), z - len(covered)


def implication_fails(seed, trials, kernel=True, pairs=True):
    """Theorem 5's implication at every row k_-: (times used, times it fails); either premise can be dropped."""
    rng, used, failures = random.Random(seed), 0, 0
    for _ in range(trials):
        m, _, _, received = arrivals(rng)
        rows = [row for *_, row in received]
        ranks = [rank(rows[:k], m) for k in range(len(rows) + 1)]
        left = [set(range(m)).difference(*rows[:k]) for k in range(len(rows) + 1)]
        cover = next(k for k, missing in enumerate(left) if not missing)
        stop = next(k for k, x in enumerate(ranks) if k and x == rank([*rows[:k], set(range(m))], m))
        assert stop >= cover
        for first in range(1, len(rows) + 1):
            last = max(first, cover)
            if kernel and ranks[first] != m - len(left[first]):
                continue
            if pairs and any(len(row & left[first]) >= 2 for row in rows[first:last]):
                continue
            used += 1
            failures += stop > last or ranks[last] < m
    return used, failures


def pairs_exceed(d, constant):
    """Does the expected number of pairs of uncovered symbols in one more block exceed constant U^2 (d/N)^2?"""
    for blocks in ([1, 2, 2], [0, 0, 0, 2], [2] * 40):
        N = 72 * d * d * max(blocks)
        sent, z = [d * b for b in blocks], N + 1 - len(blocks)
        mean = z * uncovered(N, sent, 1)
        for own in range(len(sent)):  # the worker whose block it is; the block itself is beyond its earlier ones
            others = sent[:own] + sent[own + 1 :]
            pairs = math.comb(z, 2) * Fraction(d * (d - 1), N * (N - 1)) * uncovered(N, others, 2)
            if pairs > constant * (mean * Fraction(d, N)) ** 2:
                yield blocks, own


def mean_uncovered(d, ahead, share):
    """U after m (1 + ahead) rows, m = 2 exp(d/2), half of the workers at once; ``share`` of the late rows blocks."""
    m = round(2 * math.exp(d / 2))
    beyond = round(ahead * m)
    z = m // 2 - round((1 - share) * beyond)
    return z * math.exp((m // 2 + share * beyond) * math.log1p(-d / (m - 1)))


# The statements, and what a slip in each would break


def converse_fails(share=True):
    """Theorem 3's converse; without the largest share it fails for ten workers with half of a large pool each."""
    rng, cases = random.Random(6), [(1000, [500] * 10, 300)]
    for _ in range(150):
        N, d = rng.randint(6, 60), rng.randint(1, 4)
        z = rng.randint(1, N)
        cases.append((N, [d * rng.randint(0, N // 2 // d) for _ in range(min(N + 1 - z, rng.choice([2, 9, 60])))], z))
    for N, sent, z in cases:
        load, most = Fraction(sum(sent), N), Fraction(max(sent), N) * share
        if not ball(all_covered(N, sent, z)) <= ball(load * (1 + most)).exp() / z:
            yield N, sent, z


def theorem_2_d_fails(light=False):
    """Its failure probability is below 1e-11 at these sizes; under a light load symbols are free and uncovered."""
    N, d, z = 14_400, 10, 720
    blocks = [1] * 400 if light else [2] * (N + 1 - z)
    load, mean = d * sum(blocks) / N, z * (1 - 2 * d / N) ** len(blocks)
    if not light:
        assert 72 * d * 2 * d <= N
        assert load >= 14
        assert d * z / N <= 1 / 2
        assert mean * load / math.sqrt(sum(blocks)) <= 1 / 4
        assert 7 * (mean * load) ** 2 / sum(blocks) + 1.2 * math.exp(-N / (6 * d)) < 1e-11
    return [found for seed in range(1 if light else 3) if max(found := not_determined(N, d, blocks, z, seed)) > 0]


def lemma_2_fails(correction=1):
    """And half the symbols counting 1, half -1: the mean over a block is not 0."""
    drawn = characters(random.Random(2))
    cases = [next(drawn) for _ in range(150)]
    cases.append(([[acb(1)] * 8 + [acb(-1)] * 8], 4, [Fraction(26, 100)]))
    for u, d, psi in cases:
        if not abs(character_mean(u, d)) <= character_bound(len(u[0]), d, psi, correction=correction):
            yield d, psi


def corollary_2_fails_somewhere():
    for p, d, b in [(2, 10, 1), (2, 10, 3), (2, 13, 2), (3, 10, 1), (3, 11, 2), (5, 10, 1)]:
        for N in (72 * d * d * b, 72 * d * d * b + 17):
            yield from corollary_2_fails(p, d, b, N)


def lemma_3_fails_somewhere(count, primes, seed, **slip):
    return {part for law, rng in types_at_random(count, primes, seed) for part in lemma_3_fails(law, rng, **slip)}


def binomial_sums_exceed():
    for z, b, i in product((1, 2, 3, 7, 20), (1, Fraction(13, 10), 2, 7), range(1, 25)):
        if binomial_sum_exceeds(z, b, z * b * Fraction(i, 24)):
            yield z, b, i


CODES_0 = [(2, 1), (3, 1), (3, 2), (4, 1), (4, 2), (4, 3), (5, 3)]
HOLD = {
    "Lemma 0": lambda: [part for code in CODES_0 for part in lemma_0_fails(*code)],
    "Lemma 1": lambda: lemma_1_fails(6),
    "Lemma 2": lemma_2_fails,
    "Corollary 2": corollary_2_fails_somewhere,
    "Lemma 3": lambda: lemma_3_fails_somewhere(250, (2, 3, 5, 7, 11, 13, 23), 3),
    "Lemma 4": lambda: [x for space in SMALL_SPACES for x in lemma_4_fails(*space)],
    "sums of binomial terms": binomial_sums_exceed,
    "Propositions 5 and 6": lambda: [
        sizes for sizes in ((14400, 10, 10085, 2), (144000, 10, 10090, 20)) if not small_sets(*sizes, 7)
    ],
    "nearly constant vectors": lambda: near_constant_fails(Fraction(1, 2)),
    "Theorem 2 (d)": theorem_2_d_fails,
    "Theorem 3, converse": converse_fails,
    "Theorem 5": lambda: [x for x in [implication_fails(7, 250)] if x[0] <= 1000 or x[1] > 0],
    "Theorem 5, pairs": lambda: [x for d in (10, 40) for x in pairs_exceed(d, Fraction(51, 100))],
    "section 9": lambda: [a for a in (0.0, 0.05, 0.1) if abs(mean_uncovered(40, a, 0) - (1 - 2 * a)) >= 1e-5],
}
WRONG = [
    ("a", lambda: lemma_1_fails(6, theta_share=Fraction(1, 3))),
    ("b", lambda: lemma_1_fails(6, covered=False)),
    ("bracket", lambda: lemma_0_fails(4, 1, slack=Fraction(5, 4))),
    ("exponential", lambda: lemma_0_fails(4, 1, share=1)),
    (None, lambda: lemma_2_fails(correction=0)),
    (None, lambda: corollary_2_fails(2, 12, 1, 10368, floor=False)),
    (None, lambda: corollary_2_fails(2, 10, 2, 22, kappa=Fraction(1, 8))),
    *(
        (seen, lambda slip=slip: lemma_3_fails_somewhere(100, (2, 3, 11, 23), 4, **slip))
        for seen, slip in [
            ("a", {"half": Fraction(49, 100)}),
            ("b", {"eight": 17}),
            ("d", {"most": Fraction(71, 100)}),
            ("e", {"power": 1}),
            ("f", {"power": 1}),
        ]
    ),
    (None, lambda: [1] * (Type([1 - Fraction(1, 40), Fraction(1, 40)], 10).rho > ball(Fraction(79, 100)))),
    *(
        (None, lambda slip=slip: [x for s in [*SMALL_SPACES, (2, 40, 1)] for x in lemma_4_fails(*s, **{slip: False})])
        for slip in ("square", "exceptions")
    ),
    (None, lambda: [1] * binomial_sum_exceeds(5, 1, 14)),
    (None, lambda: [1] * (not small_sets(14400, 10, 10085, 2, ball(Fraction(2, 5))))),  # pairs in the same rows
    (None, lambda: near_constant_fails(Fraction(38, 100))),
    (None, lambda: near_constant_fails(Fraction(1, 2), reach=4)),
    (None, lambda: theorem_2_d_fails(light=True)),
    (None, lambda: converse_fails(share=False)),
    *((None, lambda premise=premise: [1] * implication_fails(7, 250, **{premise: False})[1]) for premise in
      ("kernel", "pairs")),
    (None, lambda: pairs_exceed(40, Fraction(48, 100))),
    (None, lambda: [1] * (mean_uncovered(40, 0.1, 0.5) < 0.2 < mean_uncovered(40, 0.1, 0))),
]  # fmt: skip


@pytest.mark.parametrize("name", HOLD)
def test_a_statement_holds_wherever_it_is_evaluated(name):
    assert not list(HOLD[name]())


@pytest.mark.quality
@pytest.mark.parametrize(("seen", "evaluate"), WRONG)
def test_a_sharper_constant_or_a_premise_less_would_be_seen(seen, evaluate):
    found = list(evaluate())
    assert found if seen is None else seen in found
