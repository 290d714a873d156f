"""Orders in which workers evaluate terms: a lower bound on what is uncovered, over all orders and all codes.

Worker j evaluates the terms in its order, the k-th by X_j + k tau. By streaming dominance (docs/theory.md, 5.2) no
scheme recovers the sum before every term is covered, so this bound holds for every scheme.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np
from flint import arb

from srtheory.errors import ArgumentError
from srtheory.model import Model, depends_on
from srtheory.theory.laws.rows_received import monotone
from srtheory.theory.numerics.balls import enclose
from srtheory.theory.startup import cdf_bounds, require_symbols, require_tau, require_time
from srtheory.types import Floats

Orders = Sequence[Sequence[int]]
MOST_TERMS = 16
"""Largest m of :func:`orders_bounds`, whose cost is m^2 2^m."""


@depends_on("silent")
def least_uncovered(model: Model, t: float) -> tuple[float, float]:
    """Return m prod_{k=1..m} (1 - F(t - k tau)), the least expected number of uncovered terms over all orders.

    Let term l stand n_lk times at place k.  It is uncovered with probability exp(sum_k n_lk ln(1 - F(t - k tau))), and
    the mean of this over l is least, by convexity, where the exponent is the same for all l; as sum_l n_lk = m, that is
    the product.  Orders in which each term stands once at each place, Latin squares, reach it.

    O(m).  Uniformly random orders leave m (1 - mean_k F(t - k tau))^m, which is more.

    Returns
    -------
    low, high : float
        A rigorous interval.
    """
    m = require_symbols(model.symbols)
    return _decreasing(model, lambda silent: m * _product(silent), t, m)


@depends_on("silent")
def uncovered_by_orders(model: Model, t: float, orders: Orders) -> tuple[float, float]:
    """Bound the expected number of terms that no worker has evaluated by t. Arguments as :func:`orders_bounds`."""
    m = _require_orders(orders, model)
    places = [[order.index(term) for order in orders] for term in range(m)]

    def law(silent: list[arb]) -> arb:
        return sum((_product([silent[k] for k in where]) for where in places), arb(0))

    return _decreasing(model, law, t, m)


@depends_on("silent")
def orders_bounds(model: Model, t: float, orders: Orders) -> tuple[float, float]:
    """Return P(T <= t) when worker j sends single terms in the order ``orders[j]``, as a rigorous interval.

    Worker by worker over all sets of covered terms: O(workers m 2^m) ball operations.

    Parameters
    ----------
    model : Model
        The setting: m, at most :data:`MOST_TERMS`, tau, F, epsilon.
    orders : sequence of sequences of int
        One permutation of 0 .. m - 1 for each worker, of any number of workers.
    """
    m = _require_orders(orders, model)
    if m > MOST_TERMS:
        raise ArgumentError("orders", m, f"orders of at most {MOST_TERMS} terms")
    prefixes = [np.append(0, np.cumsum([1 << term for term in order])).tolist() for order in orders]

    def law(received: Floats) -> arb:
        reached = [arb(1), *(arb(float(f)) for f in received), arb(0)]
        weights = [reached[k] - reached[k + 1] for k in range(m + 1)]
        covered = [arb(1)] + [arb(0)] * ((1 << m) - 1)
        for prefix in prefixes:
            after = [arb(0)] * len(covered)
            for done, p in enumerate(covered):
                for mask, weight in zip(prefix, weights, strict=True):
                    after[done | mask] += p * weight
            covered = after
        return covered[-1]

    return monotone(model, law, t, np.arange(m))


def _decreasing(model: Model, law: Callable[[list[arb]], arb], t: float, m: int) -> tuple[float, float]:
    """Enclose a function of the 1 - F(t - k tau), k = 1 .. m, that does not decrease with any of them."""
    places = np.arange(1, m + 1)
    low, high = cdf_bounds(model.defective_startup, require_time(t), require_tau(model.tau, places) * places)

    def silent(received: Floats) -> list[arb]:
        return [1 - arb(float(f)) for f in received]

    return max(enclose(lambda: law(silent(high)))[0], 0.0), enclose(lambda: law(silent(low)))[1]


def _product(factors: Sequence[arb]) -> arb:
    return reduce(lambda a, b: a * b, factors, arb(1))


def _require_orders(orders: Orders, model: Model) -> int:
    """Return the number of terms, that of the model, if each order is a permutation of them."""
    if not len(orders):
        raise ArgumentError("orders", orders, "an order for at least one worker")
    m = model.symbols
    for j, order in enumerate(orders):
        if sorted(order) != list(range(m)):
            raise ArgumentError(f"orders[{j}]", order, f"a permutation of the {m} terms")
    return m
