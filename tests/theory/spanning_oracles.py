"""Which receptions span 1, and which sets of symbols they meet evenly, by brute force.

Shares no arithmetic with srtheory.theory: rows are bit masks, probabilities are fractions.
"""

from collections import Counter, defaultdict
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, pairwise, product
from math import factorial, prod

import numpy as np
from flint import fmpz_mat

from tests.oracle import laws as oracle


def worker_ends(m, d, access=None):
    """Others covered after each block, by laying out the blocks."""
    others, ends = (access or m) - 1, [0]
    while ends[-1] < others:
        ends.append(min(ends[-1] + d, others))
    return ends


def chances(m, weights):
    """All count vectors in ascending order and their probabilities: workers are alike, whichever has sent what."""
    for counts in combinations_with_replacement(range(len(weights)), m):
        ways = factorial(m) // prod(factorial(times) for times in Counter(counts).values())
        yield counts, ways * prod((weights[n] for n in counts), start=Fraction(1))


def receptions(m, d, counts, access=None):
    """The rows received as bit masks, given how many each worker has sent, and their probability."""
    states = oracle.given_counts(m, oracle.orders("sr", m, degree=d, access=access), counts)
    return [(frozenset(sum(1 << i for i in row) for row in rows), p) for (rows, *_), p in states.items()]


@cache
def spans(m, masks):
    """Do these rows span 1 over Q?"""
    if not masks:
        return False
    rows = [bits(m, mask) for mask in sorted(masks)]
    return fmpz_mat(rows).rank() == fmpz_mat([*rows, [1] * m]).rank()


def bits(m, mask):
    return [mask >> i & 1 for i in range(m)]


@cache
def kernel(m, masks, p):
    """The x in F_p^m with Gx = 0."""
    rows = [bits(m, mask) for mask in masks]
    return [x for x in product(range(p), repeat=m) if not any(sum(map(int.__mul__, row, x)) % p for row in rows)]


@cache
def even_sets_of(m, masks):
    """Numbers of sets of w symbols that every row meets evenly, and of those that no row meets, w = 0 .. m."""
    even, missed = [0] * (m + 1), [0] * (m + 1)
    for chosen in range(2**m):
        w = chosen.bit_count()
        even[w] += all((mask & chosen).bit_count() % 2 == 0 for mask in masks)
        missed[w] += all(mask & chosen == 0 for mask in masks)
    return even, missed


@cache
def given_counts(m, d, counts, access=None):
    """P(span 1), E A_w, E U_w for counts in ascending order."""
    probability, even, missed = Fraction(0), [Fraction(0)] * (m + 1), [Fraction(0)] * (m + 1)
    for masks, p in receptions(m, d, counts, access):
        probability += p * spans(m, masks)
        a, u = even_sets_of(m, masks)
        even = [x + p * y for x, y in zip(even, a, strict=True)]
        missed = [x + p * y for x, y in zip(missed, u, strict=True)]
    return probability, even, missed


def by_time(m, d, weights, access=None):
    """{rows received: (P, P(spans too), A_w, U_w)}, given P(a worker has sent n rows), n = 0, 1, ..."""
    table = defaultdict(lambda: [Fraction(0), Fraction(0), [Fraction(0)] * (m + 1), [Fraction(0)] * (m + 1)])
    for counts, p in chances(m, weights):
        if p == 0:
            continue
        spanned, even, missed = given_counts(m, d, counts, access)
        row = table[sum(counts)]
        row[0] += p
        row[1] += p * spanned
        row[2] = [x + p * y for x, y in zip(row[2], even, strict=True)]
        row[3] = [x + p * y for x, y in zip(row[3], missed, strict=True)]
    return table


def simulate_latency(m, d, tau, law, trials, rng):
    """Start-up delays, T and M', run by run; exact rank over Q."""
    ends = np.array(worker_ends(m, d))
    for start in law.rvs(size=(trials, m), random_state=rng):
        yield start, *latency(m, ends, tau, start, [rng.permutation(np.delete(np.arange(m), j)) for j in range(m)])


def latency(m, ends, tau, start, orders):
    """T and M' of one run, in the number type of ``start`` and ``tau``."""
    rows = []
    for j in range(m):
        blocks = [[j], *(list(orders[j][a:b]) for a, b in pairwise(ends))]
        rows += [(start[j] + tau * (1 + int(c)), j, block) for c, block in zip(ends, blocks, strict=True)]
    rows.sort(key=lambda row: row[:2])
    needed = _first_that_span([set(row[2]) for row in rows], m)
    return rows[needed - 1][0], needed


def _first_that_span(rows, m):
    """The least number of first rows that span 1, which all of them do: the last of the earliest basis that it needs.

    The reduced matrix whose columns are the rows and 1 has the coordinates of 1 in that basis as its last column.
    """
    reduced, _, rank = fmpz_mat([[*(int(i in row) for row in rows), 1] for i in range(m)]).rref()
    last = max(i for i in range(rank) if reduced[i, len(rows)] != 0)
    return 1 + next(n for n in range(len(rows)) if reduced[last, n] != 0)
