"""Orders of evaluation: how good is cyclic order, and which orders beat it first (docs/proofs/floor.md, section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement
from math import prod
from typing import Any

from srtheory.conjectures.domains import Orders, orders
from srtheory.conjectures.registry import conjecture
from srtheory.theory.designs import Design, cyclic, late, lattice_mean

DELAYS = range(1, 5)
"""Start-up delays in units of tau, each with probability 1/2, else 0."""
DENOMINATORS = range(1, 13)
"""Denominators of the values of F."""


@cache
def _cyclic_mean(m: int, delay: int) -> Fraction:
    return _mean(cyclic(m), delay)


def _mean(design: Design, delay: int) -> Fraction:
    return lattice_mean(design, {0: Fraction(1, 2), delay: Fraction(1, 2)})


def _silent(case: Orders) -> Iterator[tuple[int, ...]]:
    """Yield all nondecreasing 1 - F(t - k tau), k = 1 .. m, times the denominator."""
    return combinations_with_replacement(range(case["denominator"] + 1), case.symbols)


def _means(case: Orders) -> dict[str, Any]:
    its, known = _mean(case.orders, case["delay"]), _cyclic_mean(case.symbols, case["delay"])
    return {"mean_over_tau": str(its), "mean_over_tau_in_cyclic_order": str(known)}


def _first_loss(case: Orders) -> tuple[int, ...] | None:
    known = cyclic(case.symbols)
    return next((q for q in _silent(case) if late(case.orders, q) < late(known, q)), None)


def _tails(case: Orders) -> dict[str, Any]:
    """Return the first F at which cyclic order is later, and both probabilities P(T > t)."""
    found, n = _first_loss(case), case["denominator"]
    if found is None:
        return {}
    silent = [Fraction(q, n) for q in found]
    return {
        "F_at_t_minus_k_tau": [str(1 - q) for q in silent],
        "late": str(late(case.orders, silent)),
        "late_in_cyclic_order": str(late(cyclic(case.symbols), silent)),
    }


@conjecture(
    "No orders of m terms for m workers have a smaller E[T] than cyclic order, if each start-up delay is 0 or k tau "
    "with probability 1/2 each.",
    orders(delay=DELAYS),
    source="docs/proofs/floor.md, Proposition 4",
    known="False at m = 4 for k = 2, 3, 4; for m <= 3 and these k it holds.",
    explain=_means,
)
def cyclic_order_has_least_mean(case: Orders) -> bool:
    """Compare the means as exact rationals."""
    return _mean(case.orders, case["delay"]) >= _cyclic_mean(case.symbols, case["delay"])


@conjecture(
    "No orders of m terms for m workers have a smaller P(T > t) than cyclic order, whatever F(t - tau) >= F(t - 2 tau) "
    ">= ... are, of the denominator stated.",
    orders(denominator=DENOMINATORS),
    source="docs/proofs/floor.md, Proposition 4",
    known="False at m = 3: two workers from one end and one from the other are faster early. True for m = 2.",
    explain=_tails,
)
def cyclic_order_has_least_tail(case: Orders) -> bool:
    """Compare the probabilities as exact rationals."""
    return _first_loss(case) is None


@conjecture(
    "No orders of m terms for m workers leave fewer terms unreported on average than Latin squares do, m times the "
    "product of the 1 - F(t - k tau), whatever these are, of the denominator stated.",
    orders(denominator=range(1, 5), symbols=4),
    source="docs/proofs/theory.md, 5.6",
    known="True: by convexity, as each order has each place once.",
)
def latin_squares_leave_fewest_unreported(case: Orders) -> bool:
    """Compare the means as integers, the common denominator left out."""
    places = [[order.index(term) for order in case.orders] for term in range(case.symbols)]
    return all(sum(prod(q[k] for k in its) for its in places) >= case.symbols * prod(q) for q in _silent(case))
