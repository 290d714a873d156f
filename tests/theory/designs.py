"""All plans of workers that do not look at delays, for few terms, and their exact laws."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np

from tests.oracle import laws as oracle

# A plan is the terms in their order, and after how many of them the worker sends.
Plan = tuple[tuple[int, ...], tuple[int, ...]]


def plans(m: int, *, at_once: bool) -> list[Plan]:
    """Return all plans of a worker; ``at_once``: those that send each term alone, best if messages are free."""
    every = tuple(range(1, m + 1))
    inner = [cuts for n in range(m) for cuts in itertools.combinations(range(1, m), n)]
    sent = [every] if at_once else [(*cuts, m) for cuts in inner]
    # Within a message the order of the terms is of no matter.
    found = {}
    for order in itertools.permutations(range(m)):
        for cuts in sent:
            sets = tuple(frozenset(order[:c]) for c in cuts)
            found.setdefault(sets, (order, cuts))
    return list(found.values())


def designs(m: int, workers: int, *, at_once: bool) -> list[tuple[Plan, ...]]:
    """Return all designs up to the names of workers and, for the first one, of terms."""
    all_plans = plans(m, at_once=at_once)
    firsts = [p for p in all_plans if p[0] == tuple(range(m))]
    rest = list(itertools.combinations_with_replacement(all_plans, workers - 1))
    return [(first, *others) for first in firsts for others in rest]


def arrivals(plan: Plan, t, tau, kappa, cdf) -> list[tuple[int, Fraction]]:
    """Return the sets of terms, as bits, that the worker may have reported by t, with their probabilities."""
    order, cuts = plan
    by = [Fraction(1), *(cdf(t - (tau * c + kappa * (n + 1))) for n, c in enumerate(cuts)), Fraction(0)]
    masks = [0, *(sum(1 << i for i in order[:c]) for c in cuts)]
    return [(mask, by[n] - by[n + 1]) for n, mask in enumerate(masks)]


def exact_late(design, t, tau, kappa, cdf) -> Fraction:
    """Return P(T > t), T the time at which every term is reported, in fractions."""
    plans = [[[list(order[a:b]) for a, b in zip((0, *cuts), cuts, strict=False)]] for order, cuts in design]
    sent = lambda terms, messages: cdf(t - (tau * terms + kappa * messages))  # noqa: E731
    return 1 - oracle.probability(len(design[0][0]), plans, sent, oracle.covered)


def least_late(m: int, workers: int, t, tau, kappa, cdf) -> float:
    """Return the least P(T > t) over all designs, in floats: by m and workers of at most 4."""
    all_plans = plans(m, at_once=kappa == 0)
    within = np.zeros((1 << m, len(all_plans)))
    for k, plan in enumerate(all_plans):
        for mask, p in arrivals(plan, t, tau, kappa, cdf):
            for subset in range(1 << m):
                within[subset, k] += float(p) if mask & ~subset == 0 else 0.0
    firsts = [k for k, p in enumerate(all_plans) if p[0] == tuple(range(m))]
    rest = np.array(list(itertools.combinations_with_replacement(range(len(all_plans)), workers - 1)), dtype=np.int64)
    best = 1.0
    for first in firsts:
        covered = np.zeros(len(rest))
        for subset in range(1 << m):
            covered += (-1) ** (m - subset.bit_count()) * within[subset, first] * within[subset][rest].prod(axis=1)
        best = min(best, float(1 - covered.max()))
    return best
