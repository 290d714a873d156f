"""Coverage by brute force: every subset, every count vector, every order of arrival; and by simulation.

Shares no arithmetic with srtheory.theory: sets are bit masks, probabilities are fractions.
"""

from collections import Counter, defaultdict
from fractions import Fraction
from functools import cache
from itertools import combinations, combinations_with_replacement, pairwise, permutations, product
from math import factorial, prod

import numpy as np


def worker_ends(m, d, access=None):
    """Others covered after each block, by laying out the blocks."""
    others, ends = (access or m) - 1, [0]
    while ends[-1] < others:
        ends.append(min(ends[-1] + d, others))
    return ends


def mask_law_given_counts(m, d, counts, access=None):
    """Law of the set of covered symbols, worker by worker over all subsets."""
    ends = worker_ends(m, d, access)
    law = {0: Fraction(1)}
    for j, n in enumerate(counts):
        if n == 0:
            continue
        subsets = list(combinations([i for i in range(m) if i != j], ends[n - 1]))
        new = defaultdict(Fraction)
        for mask, p in law.items():
            for subset in subsets:
                new[mask | 1 << j | sum(1 << i for i in subset)] += p / len(subsets)
        law = new
    return law


def covered_given_counts(m, d, counts, access=None):
    return _covered_given_counts(m, d, tuple(counts), access)


@cache
def _covered_given_counts(m, d, counts, access):
    return mask_law_given_counts(m, d, counts, access).get(2**m - 1, Fraction(0))


def covered_over_permutations(m, d, counts, access=None):
    """The same over all orders in which each worker may take the other symbols."""
    ends = worker_ends(m, d, access)
    orders = [list(permutations([i for i in range(m) if i != j])) for j in range(m)]
    good = 0
    for choice in product(*orders):
        union = {j for j, n in enumerate(counts) if n}
        for j, n in enumerate(counts):
            union.update(choice[j][: ends[n - 1]] if n else ())
        good += len(union) == m
    return Fraction(good, factorial(m - 1) ** m)


def count_vectors(m, d, access=None):
    return product(range(len(worker_ends(m, d, access)) + 1), repeat=m)


def worker_weights(t, m, d, tau, law, access=None):
    """Exact P(a worker has sent n rows by t), n = 0, 1, ..., for the float values of the start-up law."""
    received = [Fraction(float(law.cdf(t - tau * (1 + c)))) for c in worker_ends(m, d, access)]
    steps = [Fraction(1), *received, Fraction(0)]
    return [a - b for a, b in pairwise(steps)]


def chances(m, weights):
    """All count vectors in ascending order and their probabilities: workers are alike, whichever has sent what."""
    for counts in combinations_with_replacement(range(len(weights)), m):
        ways = factorial(m) // prod(factorial(times) for times in Counter(counts).values())
        yield counts, ways * prod((weights[n] for n in counts), start=Fraction(1))


def joint_law_by_time(t, m, d, tau, law, access=None):
    """{rows received: (P, P(covered too))} over all count vectors."""
    weights = worker_weights(t, m, d, tau, law, access)
    table = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for counts, p in chances(m, weights):
        table[sum(counts)][0] += p
        table[sum(counts)][1] += p * covered_given_counts(m, d, counts, access)
    return table


@cache
def covered_by_rows_exponential(m, d, load, rounds):
    """P(CC <= k), k = 0 .. m (1 + B), as :func:`by_rows_exponential` has them."""
    return by_rows_exponential(m, d, load, rounds, lambda counts: covered_given_counts(m, d, counts))


def by_rows_exponential(m, d, load, rounds, given):
    """P(k rows do), k = 0 .. m (1 + B), of what is ``given`` the counts, for exponential start-up.

    With mu tau d = ``load`` and d dividing m - 1 a start-up is tau d (G + R) with G geometric and R in [0, 1)
    independent: a worker sends one row in each round G, G + 1, ..., and the workers' order inside a round is one
    uniformly random order.  Workers are alike, so that one of these orders is as good as all.  G < ``rounds``.
    """
    assert (m - 1) % d == 0
    sends = 1 + (m - 1) // d
    starts = np.array(list(product(range(rounds), repeat=m)))
    weight = np.exp(-load * starts.sum(axis=1)) * (1 - np.exp(-load)) ** m
    digits = (sends + 1) ** np.arange(m)
    arrivals = (starts[:, :, None] + np.arange(sends)) * m + np.arange(m)[:, None]
    ranked = np.sort(arrivals.reshape(len(starts), -1), axis=1)
    law = np.zeros(m * sends + 1)
    for k in range(1, m * sends + 1):
        counts = np.sort((arrivals <= ranked[:, k - 1, None, None]).sum(axis=2), axis=1)
        kinds, kind = np.unique(counts @ digits, return_inverse=True)
        chance = [float(given(tuple(c))) for c in (kinds[:, None] // digits % (sends + 1)).tolist()]
        law[k] = weight @ np.array(chance)[kind]
    return law


def simulate_collection(m, d, tau, law, trials, rng, access=None):
    """Times and row numbers at which the last symbol is covered, trial by trial."""
    costs = tau * (1 + np.array(worker_ends(m, d, access)))
    starts = law.rvs(size=(trials, m), random_state=rng)
    place = np.repeat(np.arange(1, len(costs)), np.diff(worker_ends(m, d, access)))
    if m <= 50:
        parts = np.array_split(starts, -(-trials * m**2 // 10**6))
        time = np.concatenate([_covered_all_at_once(part, costs, costs[place], rng) for part in parts])
    else:
        time = np.array([_covered_in_time(start, costs, place, rng) for start in starts])
    return time, np.array([(start[:, None] + costs <= end).sum() for start, end in zip(starts, time, strict=True)])


def _covered_all_at_once(starts, costs, others, rng):
    """Of many small trials: every symbol's first arrival from every worker, whose orders are shuffled costs."""
    trials, m = starts.shape
    delays = np.full((trials, m, m - 1), np.inf)
    delays[:, :, : len(others)] = others
    own = np.eye(m, dtype=bool)
    when = np.empty((trials, m, m))
    when[:, own] = starts + costs[0]
    when[:, ~own] = (starts[:, :, None] + rng.permuted(delays, axis=2)).reshape(trials, -1)
    return when.min(axis=1).max(axis=1)


def _covered_in_time(start, costs, place, rng):
    """Of one large trial: every term that there is time for until each symbol has been met ENOUGH times on average.

    The first places of a random order are draws with replacement, what has been drawn before left out.
    """
    m = len(start)
    who, sent = _senders(start, costs)
    terms = np.searchsorted(place, sent)  # besides the own one
    if terms.max() > m // 2:
        return _covered_worker_by_worker(start, costs, place, rng)
    most = terms.max() / (m - 1)
    draws = rng.integers(0, m - 1, (len(who), int(-m * np.log1p(-most) + 8 * np.sqrt(terms.max())) + 9))
    draws += draws >= who[:, None]
    worker, turn = np.indices(draws.shape)
    first, drawn = np.full(len(who) * m, draws.shape[1]), worker * m + draws
    np.minimum.at(first, drawn.ravel(), turn.ravel())
    fresh = first[drawn] == turn
    rank = fresh.cumsum(axis=1) - 1
    assert (rank[:, -1] + 1 >= terms).all()
    fresh &= rank < terms[:, None]
    when = np.full(m, np.inf)
    when[who] = start[who] + costs[0]
    np.minimum.at(when, draws[fresh], np.repeat(start[who], terms) + costs[place[rank[fresh]]])
    assert np.isfinite(when).all()
    return when.max()


ENOUGH = 20


def _senders(start, costs):
    """The workers that begin by a time at which all have done about ENOUGH m terms, and how many rows each has sent."""
    early, need = np.sort(start), ENOUGH * len(start) * costs[0]
    done = early * np.arange(len(start)) - np.cumsum(early) + early
    k = np.searchsorted(done, need)
    end = (need + early[:k].sum()) / k
    who = np.flatnonzero(start < end)
    return who, np.searchsorted(costs, end - start[who], side="right")


def _covered_worker_by_worker(start, costs, place, rng):
    """Of one large trial: the earliest workers first, until what comes later covers nothing earlier."""
    m = len(start)
    arrival, when = start[:, None] + costs, np.full(m, np.inf)
    for j in np.argsort(start):
        sent = arrival[j].searchsorted(when.max())
        if sent == 0:
            break
        when[j] = min(when[j], arrival[j, 0])
        order = rng.permutation(m - 1)[: np.searchsorted(place, sent)]
        order += order >= j
        when[order] = np.minimum(when[order], arrival[j, place[: len(order)]])
    return when.max()
