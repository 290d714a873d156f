"""Exact latency distributions of uncoded streams, which stop when every term is covered; rigorous intervals.

m workers in the delay model (4) each send all m terms, part by part or term by term
(:mod:`srtheory.schemes.parts`). The distribution of the genie is in :mod:`srtheory.theory.laws.streaming`.

Exact latency distribution of arcs with a common phase, which stop when every term is covered (docs/intervals.md).

Lower bound on the latency of every scheme: a genie assigns the m terms one by one and assigns none twice.

The genie stops at the least t with sum_j floor((t - X_j)^+/tau) >= m: no scheme can have evaluated m terms before. Its
workers behave like those of the sum-recovery code with d = 1, whose rows cost one term each, so that its fluid limit is
``fluid_limit(m, 1, tau, startup)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
from flint import arb, arb_series, ctx, fmpz

from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.model import Model, depends_on
from srtheory.theory.laws.rows_received import monotone, rows_by_time, worker_law
from srtheory.theory.numerics.balls import UNKNOWN, hopeless
from srtheory.theory.startup import require_symbols
from srtheory.types import Floats


@depends_on("degree", "message_cost", "silent")
def parts_stream_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when every worker sends the ceil(m/d) parts of BCC in a random order of its own.

    The sum is by inclusion and exclusion over the parts that no worker has sent. A worker that has sent h of the n
    parts of d terms misses k given ones with probability C(n - k, h)/C(n, h). Where d does not divide m the shorter
    last part, of r terms, is sent by budget a with probability min(floor((a - r)/d) + 1, n + 1)/(n + 1), independently
    of which other parts are sent, but not of how many.

    O(K B) ball operations, B parts sent by t, K of the alternating terms that matter, at most 2 m/d.
    """
    m = require_symbols(model.symbols)
    d = require_int("degree", model.degree, 1, m)
    budgets = _budgets(m, d)
    law = partial(_covered_by_parts, m, d, budgets)
    return monotone(model, law, t, budgets - 1, messages=-(-budgets // d))


def _budgets(m: int, d: int) -> npt.NDArray[np.int64]:
    """Return budgets, in terms, at which a worker may complete a part: multiples of d, and those plus the last part."""
    whole = np.arange(m // d + 1) * d
    return np.unique(np.append(whole, whole + m % d))[1:]


def _covered_by_parts(m: int, d: int, budgets: npt.NDArray[np.int64], received: Floats) -> arb:
    """Return 1 minus the sum over nonempty sets of missed parts: k of d terms, with or without a shorter part."""
    silent, weights = worker_law(received)
    budgets = budgets[: len(weights)]
    full, rest = m // d, m % d
    missing_rest = [arb(0)] if rest == 0 else [arb(0), arb(1)]
    total = arb(0)
    for e in range(len(missing_rest)):
        law = _parts_law(full, d, rest, budgets, weights, bool(e))
        for k, missed in enumerate(_missed(full, law)):
            total += (-1) ** (k + e) * arb(fmpz.bin_uiui(full, k)) * (silent + missed) ** m
            if hopeless(total):
                return UNKNOWN
    return total


def _parts_law(
    full: int, d: int, rest: int, budgets: npt.NDArray[np.int64], weights: list[arb], without_rest: bool
) -> dict[int, arb]:
    """Return P(a worker has sent h of the parts of d terms), if asked without the shorter part, for each h."""
    law: dict[int, arb] = {}
    for budget, weight in zip(budgets.tolist(), weights, strict=True):
        places = min((budget - rest) // d + 1, full + 1) if rest else 0  # of the shorter part, if it is sent
        if places < full + 1:
            h = min(budget // d, full)
            law[h] = law.get(h, arb(0)) + weight * (full + 1 - places) / (full + 1)
        if places and not without_rest:
            h = places - 1
            law[h] = law.get(h, arb(0)) + weight * places / (full + 1)
    return law


def _missed(full: int, law: dict[int, arb]) -> Iterator[arb]:
    """Return sum_h P(h) C(full - k, h)/C(full, h) for k = 0 .. full."""
    ways = arb(1)
    for left in range(full, -1, -1):
        yield sum(law.values(), arb(0)) / ways
        law = {h: p * (left - h) for h, p in law.items() if h < left}
        ways *= left


@depends_on("message_cost", "silent")
def terms_random_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when every worker sends single terms in a random order (:func:`parts_stream_bounds`, d = 1)."""
    return parts_stream_bounds(replace(model, degree=1), t)


@depends_on("message_cost", "silent")
def terms_cyclic_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when worker j sends the single terms j, j + 1, ..., around the circle (cyclic scheduling).

    Let u_n = prod_{i=1..n} (1 - F(t - i tau)), the probability that n workers in a row have not reached the term of the
    last of them, and U(z) = sum_n u_n z^n.  Then

        P(T <= t) = 1 - m [z^m] ln U(z).

    Proof.  No worker reaches across an uncovered term, so that after one everything starts afresh: on the line, the
    distances L between uncovered terms have weights f_L with sum f_L z^L = 1 - 1/U(z).  On the circle, summing over the
    L places of the first term in its gap, P(some term is uncovered) = sum_L L f_L u_{m-L} = [z^m] z U'(z)/U(z).

    Parameters, result and errors as :func:`parts_stream_bounds`.

    One power series logarithm of length m + 1: milliseconds at m = 1000.
    """
    m = require_symbols(model.symbols)
    return monotone(model, partial(_covered_by_arcs, m), t, np.arange(m))


def _covered_by_arcs(m: int, received: Floats) -> arb:
    """Return 1 - m [z^m] ln U(z) for given values F_0 .. F_{m-1}."""
    unreached = [arb(1)]
    for f in received:
        unreached.append(unreached[-1] * (1 - arb(float(f))))
    cap, ctx.cap = ctx.cap, m + 1
    try:
        return 1 - m * arb_series(unreached, m + 1).log()[m]
    finally:
        ctx.cap = cap


@depends_on("degree", "message_cost", "silent")
def parts_cyclic_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when worker j starts at the part with the term j and goes round the ceil(m/d) parts of BCC.

    Let there be n parts of d terms and a last one of r, 0 < r <= d, m = n d + r, and with F_a = F(t - a tau)

        u_l = prod_{i=1..l} (1 - F_{i d})^d,
        A_l = A_{l-1} (1 - F_{l d + r})^d + u_l (1 - F_{l d + r})^r,  A_{-1} = 0,

    U(z) = sum_l u_l z^l and A(z) = sum_l A_l z^l.  Then

        P(T <= t) = 1 - [z^n] A(z)/U(z).

    Proof. Given a nonempty set of parts, no worker sends one of them if no worker that starts after one of them, up to
    the next, reaches that next one. The probability is a product over these gaps around the circle. A gap of l parts of
    d terms contributes u_l. One gap holds the last part; with a parts of d terms in it after that one and b before, its
    factor is u_a (1 - F_{a d + r})^r prod_{a < i <= a + b} (1 - F_{i d + r})^d, and the sum of these over a + b = l is
    A_l. The other gaps cut the n - l parts that are left, in all ways, with a sign for each gap: [z^(n-l)] 1/U(z).
    Inclusion and exclusion. If r = d, A_l = (l + 1) u_{l+1} and this is 1 - (n + 1) [z^(n+1)] ln U(z).

    Parameters, result and errors as :func:`parts_stream_bounds`.

    One quotient of power series of length ceil(m/d): milliseconds at m = 1000.
    """
    m = require_symbols(model.symbols)
    d = require_int("degree", model.degree, 1, m)
    budgets = round_budgets(m, d)
    law = partial(covered_by_rounds, m, d, budgets)
    return monotone(model, law, t, budgets - 1, messages=-(-budgets // d))


@depends_on("degree", "silent")
def own_then_parts_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when worker j sends the term j alone, the rest of its part, and then the other parts in turn.

    This is :func:`parts_cyclic_bounds`, but a part is missed only if, in addition, not all of its terms have arrived
    alone. The k workers that start at the last part of a gap have all sent their own term with F_1 and not the part
    with F_k, so their factor is (1 - F_k)^k - (F_1 - F_k)^k in place of (1 - F_k)^k.

    Parameters, result, errors and cost as :func:`parts_cyclic_bounds`, except that messages are free.
    """
    m = require_symbols(model.symbols)
    d = require_int("degree", model.degree, 1, m)
    budgets = np.union1d(round_budgets(m, d), [1])
    return monotone(model, partial(covered_by_rounds, m, d, budgets, missed=_not_alone), t, budgets - 1)


def round_budgets(m: int, d: int) -> npt.NDArray[np.int64]:
    """Return the budgets, in terms, at which a worker that goes round may complete a part."""
    whole = np.arange(-(-m // d)) * d
    return np.unique(np.append(whole[1:], whole + (m - whole[-1])))


def _not_whole(silent: Mapping[int, arb], k: int) -> arb:
    return silent[k] ** k


def _not_alone(silent: Mapping[int, arb], k: int) -> arb:
    """Return the missed probability with the condition that not all workers of the part have sent their term alone."""
    return silent[k] ** k - (silent[k] - silent[1]) ** k


def covered_by_rounds(
    m: int,
    d: int,
    budgets: npt.NDArray[np.int64],
    received: Floats,
    *,
    missed: Callable[[Mapping[int, arb], int], arb] = _not_whole,
) -> arb:
    """Return 1 - [z^n] A(z)/U(z) for the values F_a at the budgets a.

    ``missed`` is the probability that a part of k terms is missed by the k workers that start at it, as a function of
    the 1 - F_a.
    """
    silent = dict(zip(budgets.tolist(), (1 - arb(float(f)) for f in received), strict=True))
    n = -(-m // d) - 1
    rest = m - n * d
    unreached, across = [arb(1)], [missed(silent, rest)]
    for i in range(1, n + 1):
        past = silent[i * d + rest]
        unreached.append(unreached[-1] * (missed(silent, d) if i == 1 else silent[i * d] ** d))
        across.append(across[-1] * past**d + unreached[-1] * past**rest)
    cap, ctx.cap = ctx.cap, n + 1
    try:
        return 1 - (arb_series(across, n + 1) / arb_series(unreached, n + 1))[n]
    finally:
        ctx.cap = cap


# --------------------------- Exact latency distribution of arcs with a common phase, which stop when every term is cove


@depends_on("degree", "silent")
def arcs_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) if worker j sends f_j, its cell after j, its cell before j, and then the other cells.

    This is :func:`~srtheory.theory.laws.streaming.parts_cyclic_bounds` with another factor for the k workers that start
    at a cell. They miss the cell only if none has completed it, and if no worker before the first one that has not sent
    its own term has sent the rest of the cell after its own. With F_a = F(t - a tau) the factor is

        sum_{x=0..k-1} (1 - F_1) (1 - F_k)^(k-1-x) prod_{i<x} (F_1 - F_{k-i})

    in place of (1 - F_k)^k.

    O(d) ball operations, and one quotient of power series of length ceil(m/d): milliseconds at m = 1000.

    Returns
    -------
    low, high : float
        0 <= low <= P <= high <= 1; messages are free.
    """
    m = require_symbols(model.symbols)
    d = require_int("degree", model.degree, 1, m)
    budgets = np.union1d(round_budgets(m, d), np.arange(1, d + 1))
    return monotone(model, partial(covered_by_rounds, m, d, budgets, missed=missed_by_own), t, budgets - 1)


def missed_by_own(silent: Mapping[int, arb], k: int) -> arb:
    """Return the probability that the k workers of a cell miss it; x is the first that has not sent its own term."""
    total, before = arb(0), arb(1)
    for x in range(k):
        total += silent[1] * silent[k] ** (k - 1 - x) * before
        before *= silent[k - x] - silent[1]
    return total


# --------------------------- Lower bound on the latency of every scheme: a genie assigns the m terms one by one and ass


def genie_time(delays: npt.ArrayLike, symbols: int, tau: float) -> float:
    """Return the least t with sum_j floor((t - X_j)^+/tau) >= m, for given start-up delays.

    The m-th smallest of the X_j + b tau, b = 1 .. m: O(n m) time and memory.

    Parameters
    ----------
    delays : array_like, shape (n,)
        X_j of at least 0, n >= 1.
    symbols : int
        m >= 1.
    tau : float
        Time per term, above 0, in the unit of the delays.
    """
    m, tau = require_int("symbols", symbols), require_positive("tau", tau)
    starts = np.asarray(delays, dtype=np.float64)
    if starts.ndim != 1 or not len(starts) or not (starts >= 0).all():
        raise ArgumentError("delays", delays, "a non-empty list of delays of at least 0")
    done = np.add.outer(starts, tau * np.arange(1, m + 1)).ravel()
    return float(np.partition(done, m - 1)[m - 1])


@depends_on("silent")
def genie_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(the genie stops by t) with m workers, as a rigorous interval; m = 1000 takes about 0.1 s.

    Arguments as :func:`~srtheory.theory.laws.rows_received.rows_by_time`. A worker that has evaluated m terms ends the
    run, so its later terms need not be counted.
    """
    return rows_by_time(replace(model, degree=1), t, model.symbols)
