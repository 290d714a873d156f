"""Latency distributions of schemes by their names, where they are known, and of the genie.

Each is a rigorous interval at one time. If d does not divide m, the m symbols are cut into ceil(m/d) consecutive parts
of d terms, the last one shorter (section II-B). Streams send all m terms, part by part or term by term
(:mod:`srtheory.schemes.parts`), and stop when every term is covered.

The genie assigns the m terms one by one, none twice, and stops at the least t with sum_j floor((t - X_j)^+/tau) >= m:
no scheme can have evaluated m terms before. Its workers behave like those of the sum-recovery code with d = 1, whose
rows cost one term each, so that its fluid limit is that of d = 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from inspect import signature
from typing import Any

import numpy as np
from flint import arb, arb_series, fmpz

from srtheory.errors import ArgumentError, require_int
from srtheory.lookup import lookup
from srtheory.model import COUNTS, Model, depends_on, require_finite
from srtheory.own_code import blamed, told_with_line
from srtheory.theory import ENTRIES, RIGOROUS
from srtheory.theory.numerics.balls import NEGLIGIBLE, UNKNOWN, hopeless, series_of, small_term
from srtheory.theory.rows import monotone, rows_by_time, worker_law
from srtheory.theory.startup import require_degree, require_symbols
from srtheory.theory.targets import target_law
from srtheory.types import Floats, Int64

SCHEMES_WITH_LAW = tuple(ENTRIES)
Missed = Callable[[Mapping[int, arb], int], arb]
"""Probability that the k workers that start at a part of k terms miss it, as a function of the 1 - F_a."""


@dataclass(frozen=True)
class LatencyLaw:
    """P(T <= t) of a scheme."""

    kind: str
    """Kind of certainty of :attr:`cdf`."""
    cdf: Callable[[float], tuple[float, float]]
    """t -> (low, high), 0 <= low <= P(T <= t) <= high <= 1; t in the unit of tau."""


def latency_law(
    name: str, model: Model, *, stragglers: int | None = None, cells: int | None = None, terms: int | None = None
) -> LatencyLaw:
    """Return the distribution of T of a scheme, one of :data:`SCHEMES_WITH_LAW`.

    m is at most :data:`~srtheory.theory.startup.MOST_SYMBOLS`; the degree of another scheme does no harm. The genie
    sends no messages, so that its kappa is 0. sigma is 0 but for ``one``, whose only message waits for no other: the
    end of a queue depends on the times of all earlier messages. With epsilon above 0, ``cdf(inf)`` encloses P(T < inf).
    ``stragglers`` is s, for gradient codes, and ``cells`` a number of cells, for orders from both ends; None as for the
    scheme. ``terms``: T is when so many distinct terms are known (:func:`~srtheory.theory.targets.target_law`); None
    means the sum.
    """
    law, taken = _law(name), options_of(name)
    options = {"degree": model.degree, "stragglers": stragglers, "cells": cells, "access": model.access}
    for option, value in options.items():
        if value is None and option in taken and option in ("degree", "stragglers"):
            raise ArgumentError(option, None, f"given for the scheme '{name}'")
        if value is not None and option not in (*taken, "degree"):
            raise ArgumentError(option, value, f"left out: the scheme '{name}' does not take it")
    if "degree" in taken:
        require_degree(model.degree)
    require_symbols(model.symbols)
    require_finite(model)
    if terms is not None:
        return LatencyLaw(RIGOROUS, target_law(name, model, terms))
    if COUNTS not in law.depends_on:
        model.require_numbers(*model.drawn, why=f"the law of {name} is not known for random times")
    for cost, says in (
        ("message_cost", f"the distribution of the scheme '{name}' is for messages that cost nothing"),
        ("master_time", "the distribution with a master's time is known for the scheme 'one' only"),
    ):
        if getattr(model, cost) and cost not in law.depends_on:
            raise ArgumentError(cost, model.told(cost), f"0: {says}")
    more = {} if stragglers is None else {"stragglers": require_int("stragglers", stragglers, 0, model.symbols - 1)}
    more |= {} if cells is None else {"cells": require_int("cells", cells)}
    return LatencyLaw(ENTRIES[name].says, lambda t: law(model, t, **more))


def options_of(name: str) -> tuple[str, ...]:
    """Return those of degree, stragglers, access and cells on which the latency of the scheme depends."""
    law = _law(name)
    return tuple(
        option
        for option in ("degree", "stragglers", "access", "cells")
        if option in law.depends_on or option in signature(law).parameters
    )


def _law(name: str) -> Any:
    if not isinstance(name, str) or name not in ENTRIES:
        raise ArgumentError("scheme", name, "one whose distribution is known: " + ", ".join(SCHEMES_WITH_LAW))
    return lookup("law", name).imported()


UNVOUCHED = "as the scheme's own latency_cdf has it"


def own_law(name: str, scheme: object, model: Model) -> LatencyLaw:
    """Return the distribution of a custom scheme from its method ``latency_cdf(t, tau, startup) -> (low, high)``.

    The text of its ``latency_kind`` states what that rests on; kappa and sigma are 0. ``name`` is for errors.
    """
    method = getattr(scheme, "latency_cdf", None)
    if not callable(method):
        expected = (
            "one whose distribution is known: it has no method latency_cdf(t, tau, startup), and simulate needs none"
        )
        raise ArgumentError("scheme", name, expected)
    for cost in ("message_cost", "master_time"):
        if getattr(model, cost):
            raise ArgumentError(cost, model.told(cost), "0, which the scheme's own distribution assumes")
    model.require_numbers(*model.drawn, why="the scheme's own distribution is for one time of all evaluations")

    def refusal(error: BaseException) -> ArgumentError:
        return ArgumentError("scheme", name, f"one whose latency_cdf runs ({told_with_line(error)})")

    def cdf(t: float) -> tuple[float, float]:
        with blamed(refusal, ArgumentError):
            low, high = (float(limit) for limit in method(t, model.tau, model.defective_startup))
        if not 0 <= low <= high <= 1:
            raise ArgumentError("scheme", name, f"one whose latency_cdf({t}, ...) is within [0, 1], not {low}, {high}")
        return low, high

    return LatencyLaw(str(getattr(scheme, "latency_kind", UNVOUCHED)), cdf)


# ------------------------------------------------------------------------------------------- one message of each worker


def bcc_unrecovered(symbols: int, degree: int) -> Fraction:
    """Return P(T = inf) for BCC, that some part is sampled by no worker: 1 - N! S(m, N)/N^m exactly, N = ceil(m/d).

    S is Stirling's number of the second kind.
    """
    m = require_int("symbols", symbols)
    parts = _parts(m, degree)[0] + 1
    onto = fmpz.fac_ui(parts) * fmpz.stirling_s2(m, parts)
    return 1 - Fraction(int(onto), parts**m)


@depends_on("message_cost", "master_time", "silent", COUNTS)
def one_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when one node computes all m terms: F(t - m tau). Paper, section II-B (1) with model (4).

    A rigorous interval, which spans the jump at an atom of F within rounding.
    """
    handled = model
    if model.master_time:
        model.require_numbers("message_cost", why="the master takes time")
        handled = replace(model, message_cost=model.message_cost + model.master_time)
    return _monotone(handled, lambda f: f, t, [require_symbols(model.symbols)])


@depends_on("message_cost", "silent", COUNTS)
def uncoded_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when each of m workers computes its own term, all needed: F(t - tau)^m. Paper, II-B (2)."""
    m = require_symbols(model.symbols)
    return _monotone(model, lambda f: f**m, t, [1])


@depends_on("degree", "message_cost", "silent", COUNTS)
def repetition_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) for fractional repetition, in which the fastest worker of each group of d counts.

    Part j is computed by the workers dj .. min(d(j+1), m) - 1, so a part of r terms has r workers and the distribution
    is prod_j (1 - (1 - F(t - r_j tau))^r_j). Paper, section II-B (3), after Tandon et al. [17].
    """
    d = model.d
    full, last = _parts(require_symbols(model.symbols), d)

    def law(last_started: arb, started: arb) -> arb:
        return (1 - (1 - last_started) ** last) * (1 - (1 - started) ** d) ** full

    return _monotone(model, law, t, [last, d if full else last])


@depends_on("degree", "message_cost", "silent", COUNTS)
def bcc_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) for the batch coupon collector: each of m workers computes one uniformly sampled part.

    As t grows it tends to 1 - :func:`bcc_unrecovered`, below 1. Paper, section II-B (4), after Li et al. [22]. By
    inclusion and exclusion over the missed parts, the last part hit, in ball arithmetic. The sum brackets its value
    after every term (Bonferroni), and fewer than a thousand terms matter wherever the probability is not negligible.
    """
    m, d = require_symbols(model.symbols), model.d
    full, last = _parts(m, d)
    return _monotone(model, partial(_all_hit, m, full), t, [last, d if full else last])


@depends_on("message_cost", "silent", COUNTS)
def fractional_bounds(model: Model, t: float, stragglers: int) -> tuple[float, float]:
    """Return P(T <= t) of :class:`~srtheory.schemes.gradient.FractionalRepetition`, s from 0 to m - 1 stragglers.

    The fastest worker of each group counts: prod_g (1 - (1 - F(t - r_g tau))^r_g) over the sizes r_g of the groups,
    which are floor(m/n) and ceil(m/n) for n = floor(m/(s + 1)) groups.
    """
    sizes = group_sizes(require_symbols(model.symbols), stragglers)

    def law(*started: arb) -> arb:
        each = (
            (1 - (1 - begun) ** size) ** groups for begun, (size, groups) in zip(started, sizes.items(), strict=True)
        )
        return math.prod(each, start=arb(1))

    return _monotone(model, law, t, [*sizes])


def group_sizes(symbols: int, stragglers: int) -> dict[int, int]:
    """Return the number of groups of fractional repetition of each size, smaller size first; s from 0 to m - 1."""
    m = require_int("symbols", symbols)
    groups = m // (require_int("stragglers", stragglers, 0, m - 1) + 1)
    small, larger = divmod(m, groups)
    return {small: groups - larger} | ({small + 1: larger} if larger else {})


@depends_on("message_cost", "silent", COUNTS)
def arrivals_bounds(model: Model, t: float, stragglers: int) -> tuple[float, float]:
    """Return P(m - s of m workers have sent their s + 1 terms by t), a binomial tail; O(s) operations.

    By then :class:`~srtheory.schemes.gradient.CyclicRepetition` has recovered the sum. It does so earlier only if
    weights coincide, for at most one set of workers in six where this was counted (docs/proofs/theory.md, 5.8).
    """
    m = require_symbols(model.symbols)
    s = require_int("stragglers", stragglers, 0, m - 1)

    def law(started: arb) -> arb:
        late = (fmpz.bin_uiui(m, n) * (1 - started) ** n * started ** (m - n) for n in range(s + 1))
        return sum(late, arb(0))

    return _monotone(model, law, t, [s + 1])


def _monotone(model: Model, law: Callable[..., arb], t: float, terms: list[int]) -> tuple[float, float]:
    """Enclose a probability that is non-decreasing in the F(t - terms tau - kappa), terms non-decreasing."""
    return monotone(
        model,
        lambda started: law(*(arb(float(f)) for f in started)),
        t,
        np.array(terms) - 1,
        messages=np.ones(len(terms), dtype=np.int64),
    )


def _all_hit(m: int, full: int, last_started: arb, started: arb) -> arb:
    """Return P(every part is hit) when each of m workers hits the last and each full part with these chances over N.

    N = full + 1.  Which parts are hit is negatively associated (Joag-Dev and Proschan, Ann. Statist. 11, 1983), so that
    the product of the full parts' chances is an upper bound.
    """
    hit, hit_last = started / (full + 1), last_started / (full + 1)
    ceiling = (1 - (1 - hit) ** m) ** full
    if ceiling.abs_upper() < NEGLIGIBLE:
        return ceiling * arb(0.5, 0.5)
    small, total = small_term(), arb(0)
    for k in range(full + 1):
        missed = 1 - k * hit
        term = fmpz.bin_uiui(full, k) * (missed**m - (missed - hit_last) ** m)
        if term.abs_upper() < small:
            return total + term * arb(0, 1)
        total += (-1) ** k * term
    return total


def _parts(m: int, degree: int) -> tuple[int, int]:
    """Return the number of parts before the last one, and the number of terms in the last one."""
    before = -(-m // require_int("degree", degree, 1, m)) - 1
    return before, m - before * degree


# ------------------------------------------------------------------------------------------------------ uncoded streams


@depends_on("degree", "message_cost", "silent", COUNTS)
def parts_stream_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when every worker sends the ceil(m/d) parts of BCC in a random order of its own.

    The sum is by inclusion and exclusion over the parts that no worker has sent. A worker that has sent h of the n
    parts of d terms misses k given ones with probability C(n - k, h)/C(n, h). Where d does not divide m the shorter
    last part, of r terms, is sent by budget a with probability min(floor((a - r)/d) + 1, n + 1)/(n + 1), independently
    of which other parts are sent, but not of how many. O(K B) ball operations, B parts sent by t, K of the alternating
    terms that matter, at most 2 m/d.
    """
    m = require_symbols(model.symbols)
    d = require_int("degree", model.degree, 1, m)
    budgets = _budgets(m, d)
    law = partial(_covered_by_parts, m, d, budgets)
    return monotone(model, law, t, budgets - 1, messages=-(-budgets // d))


def _budgets(m: int, d: int) -> Int64:
    """Return budgets, in terms, at which a worker may complete a part: multiples of d, and those plus the last part."""
    whole = np.arange(m // d + 1) * d
    return np.unique(np.append(whole, whole + m % d))[1:]


def _covered_by_parts(m: int, d: int, budgets: Int64, received: Floats) -> arb:
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


def _parts_law(full: int, d: int, rest: int, budgets: Int64, weights: list[arb], without_rest: bool) -> dict[int, arb]:
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


@depends_on("message_cost", "silent", COUNTS)
def terms_random_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when every worker sends single terms in a random order (:func:`parts_stream_bounds`, d = 1)."""
    return parts_stream_bounds(replace(model, degree=1), t)


@depends_on("message_cost", "silent", COUNTS)
def terms_cyclic_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when worker j sends the single terms j, j + 1, ..., around the circle (cyclic scheduling).

    Let u_n = prod_{i=1..n} (1 - F(t - i tau)), the probability that n workers in a row have not reached the term of the
    last of them, and U(z) = sum_n u_n z^n. Then

        P(T <= t) = 1 - m [z^m] ln U(z).

    Proof. No worker reaches across an uncovered term, so that after one everything starts afresh: on the line, the
    distances L between uncovered terms have weights f_L with sum f_L z^L = 1 - 1/U(z). On the circle, summing over the
    L places of the first term in its gap, P(some term is uncovered) = sum_L L f_L u_{m-L} = [z^m] z U'(z)/U(z).

    One power series logarithm of length m + 1: milliseconds at m = 1000.
    """
    m = require_symbols(model.symbols)
    return monotone(model, partial(_covered_by_arcs, m), t, np.arange(m))


def _covered_by_arcs(m: int, received: Floats) -> arb:
    """Return 1 - m [z^m] ln U(z) for given values F_0 .. F_{m-1}."""
    unreached = [arb(1)]
    for f in received:
        unreached.append(unreached[-1] * (1 - arb(float(f))))
    with series_of(m + 1):
        return 1 - m * arb_series(unreached, m + 1).log()[m]


@depends_on("degree", "message_cost", "silent", COUNTS)
def parts_cyclic_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when worker j starts at the part with the term j and goes round the ceil(m/d) parts of BCC.

    Let there be n parts of d terms and a last one of r, 0 < r <= d, m = n d + r, and with F_a = F(t - a tau)

        u_l = prod_{i=1..l} (1 - F_{i d})^d,
        A_l = A_{l-1} (1 - F_{l d + r})^d + u_l (1 - F_{l d + r})^r,  A_{-1} = 0,

    U(z) = sum_l u_l z^l and A(z) = sum_l A_l z^l. Then P(T <= t) = 1 - [z^n] A(z)/U(z).

    Proof. Given a nonempty set of parts, no worker sends one of them if no worker that starts after one of them, up to
    the next, reaches that next one. The probability is a product over these gaps around the circle. A gap of l parts of
    d terms contributes u_l. One gap holds the last part; with a parts of d terms in it after that one and b before, its
    factor is u_a (1 - F_{a d + r})^r prod_{a < i <= a + b} (1 - F_{i d + r})^d, and the sum of these over a + b = l is
    A_l. The other gaps cut the n - l parts that are left, in all ways, with a sign for each gap: [z^(n-l)] 1/U(z).
    Inclusion and exclusion. If r = d, A_l = (l + 1) u_{l+1} and this is 1 - (n + 1) [z^(n+1)] ln U(z).

    One quotient of power series of length ceil(m/d): milliseconds at m = 1000.
    """
    return _in_rounds(model, t, 0, _not_whole)


@depends_on("degree", "silent", COUNTS)
def own_then_parts_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when worker j sends the term j alone, the rest of its part, and then the other parts in turn.

    This is :func:`parts_cyclic_bounds`, but a part is missed only if, in addition, not all of its terms have arrived
    alone. The k workers that start at the last part of a gap have all sent their own term with F_1 and not the part
    with F_k, so their factor is (1 - F_k)^k - (F_1 - F_k)^k in place of (1 - F_k)^k. Messages are free.
    """
    return _in_rounds(model, t, 1, _not_alone)


def _in_rounds(model: Model, t: float, own: int, missed: Missed) -> tuple[float, float]:
    """Return P(T <= t) if workers go round; some of the first ``own`` budgets count, as does the end of every part."""
    m = require_symbols(model.symbols)
    d = require_int("degree", model.degree, 1, m)
    whole = np.arange(-(-m // d)) * d
    budgets = np.unique(np.concatenate([np.arange(1, own + 1), whole[1:], whole + (m - whole[-1])]))
    law = partial(_covered_by_rounds, m, d, budgets, missed)
    return monotone(model, law, t, budgets - 1, messages=-(-budgets // d))


def _not_whole(silent: Mapping[int, arb], k: int) -> arb:
    return silent[k] ** k


def _not_alone(silent: Mapping[int, arb], k: int) -> arb:
    """Return the missed probability with the condition that not all workers of the part have sent their term alone."""
    return silent[k] ** k - (silent[k] - silent[1]) ** k


def _covered_by_rounds(m: int, d: int, budgets: Int64, missed: Missed, received: Floats) -> arb:
    """Return 1 - [z^n] A(z)/U(z) for the values F_a at the budgets a."""
    silent = dict(zip(budgets.tolist(), (1 - arb(float(f)) for f in received), strict=True))
    n = -(-m // d) - 1
    rest = m - n * d
    unreached, across = [arb(1)], [missed(silent, rest)]
    for i in range(1, n + 1):
        past = silent[i * d + rest]
        unreached.append(unreached[-1] * (missed(silent, d) if i == 1 else silent[i * d] ** d))
        across.append(across[-1] * past**d + unreached[-1] * past**rest)
    with series_of(n + 1):
        return 1 - (arb_series(across, n + 1) / arb_series(unreached, n + 1))[n]


@depends_on("degree", "silent", COUNTS)
def arcs_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) if worker j sends f_j, its cell after j, its cell before j, and then the other cells.

    This is :func:`parts_cyclic_bounds` with another factor for the k workers that start at a cell
    (docs/proofs/intervals.md). They miss the cell only if none has completed it, and if no worker before the first one
    that has not sent its own term has sent the rest of the cell after its own. With F_a = F(t - a tau) the factor is

        sum_{x=0..k-1} (1 - F_1) (1 - F_k)^(k-1-x) prod_{i<x} (F_1 - F_{k-i})

    in place of (1 - F_k)^k. Messages are free. O(d) ball operations, and one quotient of power series.
    """
    return _in_rounds(model, t, model.d, _not_by_own)


def _not_by_own(silent: Mapping[int, arb], k: int) -> arb:
    """Return the probability that the k workers of a cell miss it; x is the first that has not sent its own term."""
    total, before = arb(0), arb(1)
    for x in range(k):
        total += silent[1] * silent[k] ** (k - 1 - x) * before
        before *= silent[k - x] - silent[1]
    return total


# ---------------------------------------------------------------------------- the genie, a lower bound for every scheme


@depends_on("silent", COUNTS)
def genie_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(the genie stops by t) with m workers, as a rigorous interval; m = 1000 takes about 0.1 s.

    A worker that has evaluated m terms ends the run, so its later terms need not be counted.
    """
    return rows_by_time(replace(model, degree=1), t, model.symbols)
