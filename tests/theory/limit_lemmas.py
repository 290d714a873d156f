"""The quantities of docs/spanning.md, by enumeration: fractions, or balls for roots of unity.

Shares no arithmetic with srtheory.theory.  One worker's pool has N places in its order, blocks of d, b of them sent.
"""

import math
from collections import defaultdict
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise, product
from operator import mul

from flint import acb, arb, fmpq, fmpz_mat, fmpz_poly

TINY = arb(2) ** -90
"""Two equal real numbers differ by less as balls of 128 bits."""


def ball(x):
    x = Fraction(x)
    return arb(fmpq(x.numerator, x.denominator))


def at_most(x, y):
    """x <= y, up to what the balls leave open where both are the same number."""
    return x - y < TINY


def growth(d, s):
    """f(s) of Lemma 1."""
    return (1 + s) ** d - d * s


@cache
def no_single_hit(N, d, b, k):
    """The law of the set of those of k given symbols that are in a block, where no block holds exactly one of them."""
    law = defaultdict(Fraction)
    for places in combinations(range(N), k):
        hits = [place // d for place in places if place < b * d]
        if any(hits.count(i) == 1 for i in hits):
            continue
        for chosen in combinations(range(k), len(hits)):  # every symbol is as likely at a place as any other
            law[chosen] += Fraction(1, math.comb(k, len(hits)) * math.comb(N, k))
    return law


def none_hit_singly(N, d, blocks, k):
    """P(no block of any worker meets its set of k symbols in exactly one)."""
    return math.prod(sum(no_single_hit(N, d, b, k).values(), Fraction(0)) for b in blocks)


def none_hit_singly_all_covered(N, d, blocks, k):
    """The same for one set common to all workers, all of whose symbols are in some block."""
    union = {frozenset(): Fraction(1)}
    for b in blocks:
        new = defaultdict(Fraction)
        for (seen, p), (more, q) in product(union.items(), no_single_hit(N, d, b, k).items()):
            new[seen.union(more)] += p * q
        union = new
    return union.get(frozenset(range(k)), Fraction(0))


def character_mean(u, d):
    """E of the product over blocks i, and over the d symbols l of block i, of u[i][l]; random disjoint blocks."""
    t, N = len(u), len(u[0])
    terms = {(0,) * t: acb(1)}
    for symbol in range(N):
        new = defaultdict(acb, terms)
        for used, total in terms.items():
            for i in range(t):
                if used[i] < d:
                    new[(*used[:i], used[i] + 1, *used[i + 1 :])] += total * u[i][symbol]
        terms = new
    return terms[(d,) * t] * math.factorial(d) ** t / math.perm(N, t * d)


def character_bound(N, d, psi, correction=1):
    """The right side of Lemma 2, its exponent multiplied by ``correction``."""
    t, rho = len(psi), sum((d / (N * x) for x in psi), Fraction(0))
    room = N * (-ball(rho) - (1 - ball(rho)).log())
    return ball(Fraction(N ** (t * d), math.perm(N, t * d)) * math.prod(psi) ** d) * (correction * room).exp()


@cache
def parts(total, count):
    """All ways to write ``total`` as an ordered sum of ``count`` numbers."""
    if count == 1:
        return [(total,)]
    return [(first, *rest) for first in range(total + 1) for rest in parts(total - first, count - 1)]


def all_sums_vanish(occurs, d, b):
    """P(each of b blocks has sum 0 modulo p), if ``occurs[u]`` symbols of the pool have the value u."""
    p, N = len(occurs), sum(occurs)
    good = [block for block in parts(d, p) if sum(u * n for u, n in enumerate(block)) % p == 0]
    ways = {(0,) * p: 1}
    for _ in range(b):
        new = defaultdict(int)
        for used, count in ways.items():
            for block in good:
                choices = math.prod(math.comb(o - a, n) for o, a, n in zip(occurs, used, block, strict=True))
                if choices:
                    new[tuple(a + n for a, n in zip(used, block, strict=True))] += count * choices
        ways = new
    return Fraction(sum(ways.values()), math.prod(math.comb(N - i * d, d) for i in range(b)))


class Type:
    """A probability measure on F_p, a list of p fractions, with what section 5 derives from it."""

    def __init__(self, mu, d, kappa=Fraction(1, 8)):
        self.mu, self.d, self.p = mu, d, len(mu)
        self.v = 0 if mu[0] == max(mu) else mu.index(max(mu))
        self.q = 1 - mu[self.v]
        self.w = d * self.q
        values = [ball(x) for x in mu]
        self.roots = [acb(ball(Fraction(2 * s, self.p))).exp_pi_i() for s in range(self.p)]
        self.hat = [self.transform(values, a) for a in range(self.p)]
        self.square = [abs(x) ** 2 for x in self.hat]
        self.psi = [abs(x).max(ball(Fraction(1, 4))) for x in self.hat]
        self.energy = [ball(Fraction(d, 2)) * (1 - x) for x in self.square]
        self.rho = self.per_row(self.psi, kappa)

    def transform(self, values, a):
        return sum((x * self.roots[a * u % self.p] for u, x in enumerate(values)), acb(0))

    def per_row(self, psi, kappa):
        return (1 + ball(kappa).exp() * sum((x**self.d for x in psi[1:]), arb(0))) / self.p

    def spread(self, a):
        """g(a) of Lemma 3 (a)."""
        shares = ((u, x / self.q) for u, x in enumerate(self.mu) if u != self.v)
        return 1 - sum((ball(x) * self.roots[a * (u - self.v) % self.p].real for u, x in shares), arb(0))

    def below(self, t):
        """gamma(t) of Lemma 3 (f); an energy that cannot be told from t counts."""
        return sum(not x > t for x in self.energy[1:])


def random_type(rng, p, d):
    """Of every kind: nearly constant, with two or all values, spread evenly; w = 1/2 and beyond q = 1/2 included."""
    q = rng.choice([Fraction(1, 2 * d), Fraction(1, 4 * d), Fraction(1, 2), Fraction(rng.randint(1, 99), 100)])
    weights = rng.choice([[1] * (p - 1), [1] + [0] * (p - 2), [rng.randint(0, 9) ** 2 for _ in range(p - 1)]])
    rng.shuffle(weights)
    weights = weights if any(weights) else [1] * (p - 1)
    rest = [q * Fraction(x, sum(weights)) for x in weights]
    v = rng.randrange(p)
    return [*rest[:v], 1 - q, *rest[v:]]


def vectors_with_energies(p, z, known, d, t, h):
    """How many x in F_p^z have gamma_x(t) >= h, the pool holding ``known`` symbols besides."""
    count = 0
    for occurs in parts(z, p):
        mu = [Fraction(n + known * (u == 0), z + known) for u, n in enumerate(occurs)]
        if Type(mu, d).below(ball(t)) >= h:
            count += math.factorial(z) // math.prod(map(math.factorial, occurs))
    return count


def all_covered(N, sent, z):
    """P(W empty), by inclusion and exclusion, where the workers have used ``sent`` symbols each."""
    return sum((-1) ** w * math.comb(z, w) * uncovered(N, sent, w) for w in range(z + 1))


def uncovered(N, sent, w):
    """P(w given symbols are in no block)."""
    return math.prod((Fraction(math.comb(N - c, w), math.comb(N, w)) for c in sent), start=Fraction(1))


def sets_without_single_hit(N, d, workers, blocks, k):
    """The expected number of sets of k silent symbols, all in some block, that no block meets in exactly one symbol.

    Inclusion and exclusion over the symbols in no block, with 500 bits: terms of either sign.
    """
    z = N + 1 - workers
    ways = [int(x) for x in (fmpz_poly([1, 0, *(math.comb(d, i) for i in range(2, d + 1))]) ** blocks).coeffs()]

    def one(i):
        places = [ways[s] * math.comb(N - blocks * d, k - s) for s in range(min(k - i, blocks * d) + 1)]
        among = (Fraction(math.comb(k - i, s), math.comb(k, s) * math.comb(N, k)) for s in range(len(places)))
        return ball(sum(map(mul, places, among)))

    return math.comb(z, k) * sum(((-1) ** i * math.comb(k, i) * one(i) ** workers for i in range(k + 1)), arb(0))


def rank(rows, m):
    return fmpz_mat([[int(i in row) for i in range(m)] for row in rows]).rank() if rows else 0


def arrivals(rng):
    """m, d, tau and (time, worker, row) in the order of arrival, at random; with short last blocks and ties."""
    m, d, tau = rng.randint(3, 8), rng.randint(1, 4), rng.choice([1, 3, 20])
    ends = [*range(0, m - 1, d), m - 1]
    law = rng.choice([lambda: rng.randint(0, 2), lambda: rng.randint(0, 60), lambda: 60 // rng.randint(1, 60)])
    rows = []
    for j, tie in enumerate(rng.sample(range(m), m)):
        start, order = law(), rng.sample([i for i in range(m) if i != j], m - 1)
        rows.append((start + tau, tie, 0, j, {j}))
        rows += [(start + tau * (1 + b), tie, b, j, set(order[a:b])) for a, b in pairwise(ends)]
    return m, d, tau, [(time, j, row) for time, _, _, j, row in sorted(rows, key=lambda row: row[:3])]
