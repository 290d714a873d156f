"""Which receptions span 1, and which sets of symbols they meet evenly, by brute force.

Shares no arithmetic with srtheory.theory: rows are bit masks, probabilities are fractions.
"""

from collections import Counter, defaultdict
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, product
from math import factorial, prod

from flint import fmpz_mat

from tests.oracle import laws as oracle


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
