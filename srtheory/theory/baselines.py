"""Exact latency laws of the baselines One, Uncoded, Repetition and BCC (paper, section II-B) in the delay model (4).

F is the law of the start-up delays X_j, tau the time per term.  Where d does not divide m, the m symbols are cut into
ceil(m/d) consecutive parts of d terms, the last part shorter.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy.special import xlog1py

from srtheory.errors import require_int, require_positive
from srtheory.theory.startup import Floats, Startup, require_startup, require_times


def one_cdf(t: npt.ArrayLike, symbols: int, tau: float, startup: Startup) -> Floats:
    """P(T <= t) when one node computes all m terms: F(t - m tau).

    Parameters
    ----------
    t : array_like
        Times, in the unit of ``tau``; any shape.
    symbols : int
        m >= 1.
    tau : float
        Time per term, above 0.
    startup : Startup
        Law F of the start-up delay, on [0, inf).

    Returns
    -------
    float64 array of the shape of ``t``.

    Raises
    ------
    ArgumentError
        For an argument outside its range.

    Notes
    -----
    O(1) evaluations of F per time.  Paper, section II-B (1) with model (4).
    """
    times, m, tau = _arguments(t, symbols, tau, startup)
    return np.asarray(startup.cdf(times - m * tau))


def uncoded_cdf(t: npt.ArrayLike, symbols: int, tau: float, startup: Startup) -> Floats:
    """P(T <= t) when each of m workers computes its own term and all are needed: F(t - tau)^m.

    Arguments, result and errors as :func:`one_cdf`.  Paper, section II-B (2).
    """
    times, m, tau = _arguments(t, symbols, tau, startup)
    return np.asarray(startup.cdf(times - tau)) ** m


def repetition_cdf(t: npt.ArrayLike, symbols: int, degree: int, tau: float, startup: Startup) -> Floats:
    """P(T <= t) for fractional repetition: the fastest worker of each group of d.

    Part j is computed by the workers dj .. min(d(j+1), m) - 1, so a part of r terms has r workers and the law is
    prod_j (1 - (1 - F(t - r_j tau))^r_j).

    Parameters
    ----------
    degree : int
        d >= 1, terms in a part; d >= m makes one part.
    t, symbols, tau, startup
        As in :func:`one_cdf`.

    Notes
    -----
    O(1) evaluations of F per time.  Paper, section II-B (3), after Tandon et al. [17].
    """
    times, m, tau = _arguments(t, symbols, tau, startup)
    full, last = _parts(m, degree)
    law = _fastest(times, last, tau, startup)
    return law * _fastest(times, degree, tau, startup) ** full if full else law


def bcc_cdf(t: npt.ArrayLike, symbols: int, degree: int, tau: float, startup: Startup) -> Floats:
    """P(T <= t) for the batch coupon collector: each of m workers computes one uniformly sampled part.

    With N parts, worker by worker, the number of distinct parts received by t is a Markov chain; its transition
    probabilities are sums of positive terms, so that nothing cancels, unlike in the equivalent
    sum_k (-1)^k C(N, k) (1 - k F(t - d tau)/N)^m.  As t grows the law tends to 1 - :func:`bcc_unrecovered`, below 1.

    Parameters
    ----------
    degree : int
        d >= 1, terms in a part; d >= m makes one part.
    t, symbols, tau, startup
        As in :func:`one_cdf`.

    Notes
    -----
    O(m^2/d) operations per time.  Paper, section II-B (4), after Li et al. [22].
    """
    times, m, tau = _arguments(t, symbols, tau, startup)
    full, last = _parts(m, degree)
    at_full, at_last = times.ravel() - degree * tau, times.ravel() - last * tau
    hit = (startup.cdf(at_full) / (full + 1), startup.cdf(at_last) / (full + 1))
    silent = (full * startup.sf(at_full) + startup.sf(at_last)) / (full + 1)
    return _collect(m, full, hit, silent).reshape(times.shape)


def bcc_unrecovered(symbols: int, degree: int) -> Fraction:
    """P(T = inf) for the batch coupon collector: some part is sampled by no worker, 1 - N! S(m, N)/N^m exactly.

    N = ceil(m/d) and S is Stirling's number of the second kind.

    Parameters
    ----------
    symbols : int
        m >= 1.
    degree : int
        d >= 1.
    """
    from flint import fmpz

    m = require_int("symbols", symbols)
    parts = _parts(m, degree)[0] + 1
    onto = fmpz.fac_ui(parts) * fmpz.stirling_s2(m, parts)
    return 1 - Fraction(int(onto), parts**m)


def _arguments(t: npt.ArrayLike, symbols: int, tau: float, startup: Startup) -> tuple[Floats, int, float]:
    require_startup(startup)
    return require_times(t), require_int("symbols", symbols), require_positive("tau", tau)


def _parts(m: int, degree: int) -> tuple[int, int]:
    """Number of parts before the last one, and terms in the last one."""
    before = -(-m // require_int("degree", degree)) - 1
    return before, m - before * degree


def _fastest(times: Floats, terms: int, tau: float, startup: Startup) -> Floats:
    """P(the fastest of ``terms`` workers has computed ``terms`` terms by t)."""
    return np.asarray(-np.expm1(xlog1py(terms, -startup.cdf(times - terms * tau))))


def _collect(m: int, full: int, hit: tuple[Floats, Floats], silent: Floats) -> Floats:
    """P(every part is hit) when each of m workers hits a given full part with probability hit[0], the last with hit[1].

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
