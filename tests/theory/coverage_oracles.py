"""Coverage by brute force: every subset, every count vector, every order of arrival; and by simulation.

Shares no arithmetic with srtheory.theory: sets are bit masks, probabilities are fractions.
"""

from collections import Counter
from fractions import Fraction
from itertools import combinations_with_replacement, pairwise
from math import factorial, prod

import numpy as np


def worker_ends(m, d, access=None):
    """Others covered after each block, by laying out the blocks."""
    others, ends = (access or m) - 1, [0]
    while ends[-1] < others:
        ends.append(min(ends[-1] + d, others))
    return ends


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
