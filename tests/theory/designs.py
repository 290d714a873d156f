"""All plans of workers that do not look at delays, for few terms, and their exact laws."""

from __future__ import annotations

import itertools
from fractions import Fraction

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


def exact_late(design, t, tau, kappa, cdf) -> Fraction:
    """Return P(T > t), T the time at which every term is reported, in fractions."""
    plans = [[[list(order[a:b]) for a, b in zip((0, *cuts), cuts, strict=False)]] for order, cuts in design]
    sent = lambda terms, messages: cdf(t - (tau * terms + kappa * messages))  # noqa: E731
    return 1 - oracle.probability(len(design[0][0]), plans, sent, oracle.covered)
