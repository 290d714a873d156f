"""The number N(t) of rows received by time t from m independent workers: its distribution, and its mean.

In the delay model (4) a worker's row b is complete after 1 + ell_b terms (:func:`~srtheory.theory.startup.block_ends`),
so that E N(t) = m sum_b F(t - tau (1 + ell_b)). If the sum is recoverable from m + o(m) rows, the latency tends to the
fluid limit t*, the time with E N(t*) = m (paper, section IV, Theorem 1).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from flint import arb

from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.model import COUNTS, Model, depends_on
from srtheory.theory.numerics.balls import enclose_probability, middle_of_power
from srtheory.theory.startup import ends_of, reached, require_degree, started, values
from srtheory.types import Bools, Floats, Int64


@depends_on("degree", "access", "silent", COUNTS)
def rows_by_time(model: Model, t: float, rows: int) -> tuple[float, float]:
    """Return P(N(t) >= rows) = P(the rows-th row has arrived by t), as a rigorous interval; ``rows`` >= 0.

    A worker's number of rows has the generating polynomial g(z) = 1 - F_0 + sum_b (F_b - F_{b+1}) z^{b+1} with F_b =
    F(t - tau (1 + ell_b)); N(t) has g(z)^m, taken modulo z^rows: all its coefficients are positive.
    """
    ends = ends_of(model)
    n = require_int("rows", rows, 0)

    def law(received: Floats) -> arb:
        silent, weights = worker_law(received)
        return 1 - middle_of_power([silent, *weights], model.symbols, 0, n)

    return monotone(model, law, t, ends)


def monotone(
    model: Model,
    law: Callable[[Floats], arb],
    t: float,
    ends: Int64,
    *,
    messages: Int64 | None = None,
) -> tuple[float, float]:
    """Enclose a probability that is non-decreasing in every F_b = P(1 + ell_b terms and n_b messages by t).

    With numbers for all times but the start-up delay that is F(t - tau (1 + ell_b) - kappa n_b).

    ``messages``: n_b, the messages that the worker has sent by then, the last one included; 1, 2, 3, ... if None.
    """
    low, high = reached(model, t, 1 + ends, messages)
    return enclose_probability(lambda: law(low))[0], enclose_probability(lambda: law(high))[1]


def worker_law(received: Floats) -> tuple[arb, list[arb]]:
    """Return 1 - F_0 and the F_b - F_{b+1}, without rounding error, cut after the last b with F_b > 0."""
    values = [arb(float(f)) for f in received[received > 0]] or [arb(0)]
    values.append(arb(0))
    return 1 - values[0], [a - b for a, b in pairwise(values)]


def rows_beyond(m: int, received: Floats, small: float) -> tuple[int, arb]:
    """Return a number of rows and Chernoff's bound, about ``small``, on P(N is at least that): min_z g(z)^m z^-rows."""
    silent, weights = worker_law(received)
    sent = len(weights)
    exponents = np.geomspace(1e-4, min(3.0, 600 / sent), 80)
    powers = np.exp(np.outer(exponents, np.arange(sent + 1)))
    growth = np.log1p(np.diff(powers) @ received[:sent])
    rows = (m * growth - np.log(small)) / exponents
    best = int(rows.argmin())
    stop, z = int(rows[best]) + 1, arb(float(exponents[best])).exp()
    if stop > m * sent:
        return m * sent + 1, arb(0)
    return stop, (silent + sum((w * z ** (b + 1) for b, w in enumerate(weights)), arb(0))) ** m / z**stop


def radius_below(m: int, received: Floats, rows: int) -> arb:
    """Return a z <= 1 at which g(z)^m z^(1 - rows), a bound on P(N < rows), is nearly minimal."""
    exponents = np.geomspace(1e-4, 3.0, 80)
    powers = np.exp(-np.outer(exponents, np.arange(len(received) + 1)))
    with np.errstate(divide="ignore"):
        logs = m * np.log(np.maximum(1 + np.diff(powers) @ received, 0.0)) + (rows - 1) * exponents
    return arb(-float(exponents[int(logs.argmin())])).exp()


# ----------------------------------------------------------------------------------------- expected rows and their time


@depends_on("degree", "access", "silent")
def symbol_cdf(model: Model, t: npt.ArrayLike, count: int) -> Floats:
    """Return P(a given worker has sent ``count`` symbols by t), exactly: F(t - tau (1 + c_{n-1})), n from 1 to all.

    Below equation (4) the paper has F(t - tau d n), as if the systematic symbol cost d terms: :func:`symbol_cdf_paper`.
    """
    ends = ends_of(model)
    n = require_int("count", count, 1, len(ends))
    return started(model, t, 1 + int(ends[n - 1]))


@depends_on("degree", "silent")
def symbol_cdf_paper(model: Model, t: npt.ArrayLike, count: int) -> Floats:
    """Return the distribution printed below equation (4), F(t - tau d n).

    It is the exact distribution delayed by tau (d - 1) (for n symbols, none of them a remainder block). With
    exponential start-up of rate mu the two differ by at most 1 - exp(-mu tau (d - 1)), at t = tau d n.
    """
    return started(model, t, require_int("count", count) * require_degree(model.degree))


@depends_on("degree", "access", "message_cost", "silent", COUNTS)
def expected_rows(model: Model, t: npt.ArrayLike) -> Floats:
    """Return E N(t), the expected number of rows received by t, in [0, m (1 + B)] with B blocks a worker."""
    return np.asarray(model.symbols * values(model, t, 1 + ends_of(model))[0].sum(axis=-1))


@depends_on("degree", "access", "silent")
def fluid_limit(model: Model, *, rows: float | None = None) -> float:
    """Return t*, the least t with E N(t) >= ``rows``, to the last digits of F.

    ``rows`` is above 0 and at most m (1 + B), B blocks a worker; None means m. (1 + eps) m allows for an overhead eps.
    The limit is inf if only t -> inf reaches them. d = 1 is the genie that hands out single terms
    (:func:`~srtheory.theory.by_scheme.genie_bounds`).
    """
    return fluid_bracket(model, 0.0, rows=rows)[1]


@depends_on("degree", "access", "silent")
def fluid_bracket(model: Model, tolerance: float, *, rows: float | None = None) -> tuple[float, float]:
    """Return two times of relative distance ``tolerance``; :func:`fluid_limit` lies between them, or is the second.

    That continues to halve the same interval.
    """
    terms = 1 + ends_of(model)
    target = float(model.symbols) if rows is None else require_positive("rows", rows)
    total = model.symbols * len(terms)
    if target > total:
        raise ArgumentError("rows", rows, f"at most the {total} rows that there are")
    if target == total:
        last = float(model.defective_startup.ppf(1.0)) + model.tau * int(terms[-1])
        return last, last
    costs = model.tau * terms

    def enough(times: Floats) -> Bools:
        starts = times[:, None] - costs
        laws, missing = model.defective_startup.cdf(starts), model.defective_startup.sf(starts)
        return np.array([_surplus(*each, model.symbols, target) >= 0 for each in zip(laws, missing, strict=True)])

    return bracket_ahead(enough, model.tau, tolerance)


def _surplus(law: Floats, missing: Floats, symbols: int, rows: float) -> float:
    """Return E N - rows without cancellation: blocks that nearly all have sent enter through what is missing."""
    most = law > 0.5
    whole = symbols * int(most.sum()) - rows
    return math.fsum([whole, *(symbols * law[~most]).tolist(), *(-symbols * missing[most]).tolist()])


def least_time(reached: Callable[[float], bool], start: float) -> float:
    """Return the least float at which a monotone condition holds, inf if it never does."""
    return bracket_time(reached, start, 0.0)[1]


def bracket_time(reached: Callable[[float], bool], start: float, tolerance: float) -> tuple[float, float]:
    """Return two times, ``tolerance`` or one float apart (relative): the condition holds at the second only."""
    return bracket_ahead(lambda times: np.array([reached(t) for t in times.tolist()]), start, tolerance, ahead=1)


def bracket_ahead(
    reached: Callable[[Floats], Bools], start: float, tolerance: float, ahead: int = 3
) -> tuple[float, float]:
    """Return the same times for a condition on arrays, evaluated at all points of several halvings at once."""
    low, high = 0.0, start
    while not reached(np.array([high]))[0]:
        if high >= sys.float_info.max:
            return high, math.inf
        low, high = high, min(2 * high, sys.float_info.max)
    holds: dict[float, bool] = {}
    while high - low > tolerance * high and low < (middle := low + (high - low) / 2) < high:
        if middle not in holds:
            times = _middles(low, high, ahead)
            holds = dict(zip(times.tolist(), reached(times).tolist(), strict=True))
        low, high = (low, middle) if holds[middle] else (middle, high)
    return low, high


def _middles(low: float, high: float, depth: int) -> Floats:
    """Return all midpoints that so many halvings of [low, high] can reach."""
    edges = np.array([low, high])
    for _ in range(depth):
        halved = np.empty(2 * len(edges) - 1)
        halved[::2], halved[1::2] = edges, edges[:-1] + (edges[1:] - edges[:-1]) / 2
        edges = halved
    return edges[1:-1]
