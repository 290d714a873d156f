"""When plain addition gives the sum (paper, sections III-B and III-C): all systematic symbols, or one whole worker.

In the delay model (4) every systematic symbol is there at max_j X_j + tau and the first worker is complete at
min_j X_j + m tau, remainder block or not.  Both are functions of the start-up delays alone, so their laws are exact for
every m, every d and every start-up law F.  The law of the first is :func:`srtheory.theory.laws.baselines.uncoded_cdf`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import xlog1py, xlogy

from srtheory.theory.startup import require_arguments
from srtheory.types import Floats, Startup


def complete_worker_cdf(t: npt.ArrayLike, symbols: int, tau: float, startup: Startup) -> Floats:
    """P(some worker has sent all its symbols by t): 1 - (1 - F(t - m tau))^m.

    Parameters
    ----------
    t : array_like
        Times, in the unit of ``tau``; any shape.
    symbols : int
        m >= 1, the number of source symbols and of workers, each worker having access to all symbols.
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
    O(1) evaluations of F per time.  It is 0 before t = m tau: a run that ends earlier never ends this way.
    """
    times, m, tau = require_arguments(t, symbols, tau, startup)
    return np.asarray(-np.expm1(xlog1py(m, -startup.cdf(times - m * tau))))


def shortcut_cdf(t: npt.ArrayLike, symbols: int, tau: float, startup: Startup) -> Floats:
    """P(plain addition gives the sum by t), the law of min(max X + tau, min X + m tau).

    1 - (1 - F(t - m tau))^m + (F(t - tau) - F(t - m tau))^m: not even one worker is complete, unless all m started in
    between.  Arguments, result and errors as :func:`complete_worker_cdf`.
    """
    times, m, tau = require_arguments(t, symbols, tau, startup)
    between = startup.cdf(times - tau) - startup.cdf(times - m * tau)
    return complete_worker_cdf(times, m, tau, startup) + between**m


def log10_all_systematic(t: float, symbols: int, tau: float, startup: Startup) -> float:
    """Decimal logarithm of P(all systematic symbols are there by t) = F(t - tau)^m, where that is below any float.

    -inf if it is 0.  Arguments and errors as :func:`complete_worker_cdf`.
    """
    times, m, tau = require_arguments(t, symbols, tau, startup)
    return float(xlogy(m, startup.cdf(times - tau)) / np.log(10))
