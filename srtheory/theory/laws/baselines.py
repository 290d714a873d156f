"""Exact latency distributions of One, Uncoded, Repetition, BCC and of gradient codes in the delay model (4).

F is the distribution of the start-up delays X_j, and tau is the time per term. If d does not divide m, the m symbols
are cut into ceil(m/d) consecutive parts of d terms, the last part shorter (section II-B). Each distribution has two
forms: floats for arrays of times, which may miss an atom of F by the rounding of t - m tau, and a rigorous interval at
one time. Gradient codes have only the interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np
import numpy.typing as npt
from flint import arb, ctx, fmpz
from scipy.special import xlog1py

from srtheory.errors import require_int
from srtheory.model import Model, depends_on
from srtheory.theory.laws.rows_received import monotone
from srtheory.theory.numerics.balls import NEGLIGIBLE
from srtheory.theory.startup import require_symbols, require_times
from srtheory.types import Floats


@depends_on("silent")
def one_cdf(model: Model, t: npt.ArrayLike) -> Floats:
    """Return P(T <= t) when one node computes all m terms: F(t - m tau).

    O(1) evaluations of F per time.  Paper, section II-B (1) with model (4).
    """
    times, m, tau = require_times(t), model.symbols, model.tau
    return np.asarray(model.defective_startup.cdf(times - m * tau))


@depends_on("silent")
def uncoded_cdf(model: Model, t: npt.ArrayLike) -> Floats:
    """Return P(T <= t) when each of m workers computes its own term and all are needed: F(t - tau)^m.

    Arguments, result and errors as :func:`one_cdf`.  Paper, section II-B (2).
    """
    times, m, tau = require_times(t), model.symbols, model.tau
    return np.asarray(model.defective_startup.cdf(times - tau)) ** m


@depends_on("degree", "silent")
def repetition_cdf(model: Model, t: npt.ArrayLike) -> Floats:
    """Return P(T <= t) for fractional repetition, in which the fastest worker of each group of d counts.

    Part j is computed by the workers dj .. min(d(j+1), m) - 1, so a part of r terms has r workers and the distribution
    is prod_j (1 - (1 - F(t - r_j tau))^r_j).

    O(1) evaluations of F per time.  Paper, section II-B (3), after Tandon et al. [17].
    """
    times, d = require_times(t), model.d
    full, last = _parts(model.symbols, d)
    law = _fastest(model, times, last)
    return law * _fastest(model, times, d) ** full if full else law


@depends_on("degree", "silent")
def bcc_cdf(model: Model, t: npt.ArrayLike) -> Floats:
    """Return P(T <= t) for the batch coupon collector: each of m workers computes one uniformly sampled part.

    With N parts, worker by worker, the number of distinct parts received by t is a Markov chain. Its transition
    probabilities are sums of positive terms, so that nothing cancels, unlike in the equivalent sum_k (-1)^k C(N, k) (1
    - k F(t - d tau)/N)^m. As t grows it tends to 1 - :func:`bcc_unrecovered`, below 1.

    O(m^2/d) operations per time.  Paper, section II-B (4), after Li et al. [22].
    """
    times, m, tau = require_times(t), model.symbols, model.tau
    d = model.d
    full, last = _parts(m, d)
    at_full, at_last = times.ravel() - d * tau, times.ravel() - last * tau
    hit = (model.defective_startup.cdf(at_full) / (full + 1), model.defective_startup.cdf(at_last) / (full + 1))
    silent = (full * model.defective_startup.sf(at_full) + model.defective_startup.sf(at_last)) / (full + 1)
    return _collect(m, full, hit, silent).reshape(times.shape)


def bcc_unrecovered(symbols: int, degree: int) -> Fraction:
    """Return P(T = inf) for BCC, that some part is sampled by no worker: 1 - N! S(m, N)/N^m exactly.

    N = ceil(m/d) and S is Stirling's number of the second kind.

    Parameters
    ----------
    symbols : int
        m >= 1.
    degree : int
        d >= 1.
    """
    m = require_int("symbols", symbols)
    parts = _parts(m, degree)[0] + 1
    onto = fmpz.fac_ui(parts) * fmpz.stirling_s2(m, parts)
    return 1 - Fraction(int(onto), parts**m)


@depends_on("message_cost", "master_time", "silent")
def one_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return :func:`one_cdf` as a rigorous interval, which spans the jump at an atom of F within rounding."""
    handled = replace(model, message_cost=model.message_cost + model.master_time)
    return _monotone(handled, lambda f: f, t, [require_symbols(model.symbols)])


@depends_on("message_cost", "silent")
def uncoded_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return :func:`uncoded_cdf` as a rigorous interval. Arguments, result and errors as :func:`one_bounds`."""
    m = require_symbols(model.symbols)
    return _monotone(model, lambda f: f**m, t, [1])


@depends_on("degree", "message_cost", "silent")
def repetition_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return :func:`repetition_cdf` as a rigorous interval; d >= 1, the rest as :func:`one_bounds`."""
    d = model.d
    full, last = _parts(require_symbols(model.symbols), d)

    def law(last_started: arb, started: arb) -> arb:
        return (1 - (1 - last_started) ** last) * (1 - (1 - started) ** d) ** full

    return _monotone(model, law, t, [last, d if full else last])


@depends_on("degree", "message_cost", "silent")
def bcc_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return :func:`bcc_cdf` as a rigorous interval; d >= 1, the rest as :func:`one_bounds`.

    By inclusion and exclusion over the missed parts, the last part hit, in ball arithmetic. The sum brackets its value
    after every term (Bonferroni), and fewer than a thousand terms matter wherever the probability is not negligible.
    """
    m, d = require_symbols(model.symbols), model.d
    full, last = _parts(m, d)
    return _monotone(model, partial(_all_hit, m, full), t, [last, d if full else last])


@depends_on("message_cost", "silent")
def fractional_bounds(model: Model, t: float, stragglers: int) -> tuple[float, float]:
    """Return P(T <= t) of :class:`~srtheory.schemes.gradient.FractionalRepetition`, as a rigorous interval.

    The fastest worker of each group counts: prod_g (1 - (1 - F(t - r_g tau))^r_g) over the sizes r_g of the groups,
    which are floor(m/n) and ceil(m/n) for n = floor(m/(s + 1)) groups.

    Parameters
    ----------
    stragglers : int
        s, from 0 to m - 1.
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


@depends_on("message_cost", "silent")
def arrivals_bounds(model: Model, t: float, stragglers: int) -> tuple[float, float]:
    """Return P(m - s of m workers have sent their s + 1 terms by t), a binomial tail, as a rigorous interval.

    By then :class:`~srtheory.schemes.gradient.CyclicRepetition` has recovered the sum. It does so earlier only if
    weights coincide, for at most one set of workers in six where this was counted (docs/theory.md, 5.8). Arguments as
    in :func:`fractional_bounds`; O(s) operations.
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
    small, total = 2.0 ** -(0.75 * ctx.prec), arb(0)
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


def _fastest(model: Model, times: Floats, terms: int) -> Floats:
    """Return P(the fastest of ``terms`` workers has computed ``terms`` terms by t)."""
    return np.asarray(-np.expm1(xlog1py(terms, -model.defective_startup.cdf(times - terms * model.tau))))


def _collect(m: int, full: int, hit: tuple[Floats, Floats], silent: Floats) -> Floats:
    """Return P(every part is hit) when each of m workers hits each full part with probability hit[0], the last hit[1].

    State: how many of the full parts are hit (first axis), without and with the last part.
    """
    j = np.arange(full + 1)[:, None]
    new = (full - j) * hit[0]
    old = silent + j * hit[0]
    without = np.zeros((full + 1, silent.size))
    without[0] = 1.0
    complete = np.zeros_like(without)
    for _ in range(m):
        gain = complete[:-1] * new[:-1]
        complete *= old + hit[1]
        complete[1:] += gain
        complete += without * hit[1]
        gain = without[:-1] * new[:-1]
        without *= old
        without[1:] += gain
    return complete[full]
