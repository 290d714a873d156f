"""Times at which plain addition gives the sum (paper, III-B and III-C): all systematic symbols, or one whole worker.

In the delay model (4) all systematic symbols have arrived at max_j X_j + tau and the first worker is complete at min_j
X_j + m tau, remainder block or not. Both are functions of the start-up delays alone, so their distributions are exact
for every m, every d and every start-up distribution F. The distribution of the first is
:func:`srtheory.theory.laws.baselines.uncoded_cdf`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import xlog1py, xlogy

from srtheory.model import Model, depends_on
from srtheory.theory.startup import require_times
from srtheory.types import Floats


@depends_on("silent")
def complete_worker_cdf(model: Model, t: npt.ArrayLike) -> Floats:
    """Return P(some worker has sent all its symbols by t): 1 - (1 - F(t - m tau))^m.

    O(1) evaluations of F per time.  It is 0 before t = m tau: a run that ends earlier never ends this way.
    """
    times, m, tau = require_times(t), model.symbols, model.tau
    return np.asarray(-np.expm1(xlog1py(m, -model.defective_startup.cdf(times - m * tau))))


@depends_on("silent")
def shortcut_cdf(model: Model, t: npt.ArrayLike) -> Floats:
    """Return P(plain addition gives the sum by t), the distribution of min(max X + tau, min X + m tau).

    1 - (1 - F(t - m tau))^m + (F(t - tau) - F(t - m tau))^m: it fails if no worker is complete, unless all m started in
    between. Arguments, result and errors as :func:`complete_worker_cdf`.
    """
    times, m, tau = require_times(t), model.symbols, model.tau
    between = model.defective_startup.cdf(times - tau) - model.defective_startup.cdf(times - m * tau)
    return complete_worker_cdf(model, times) + between**m


@depends_on("silent")
def log10_all_systematic(model: Model, t: float) -> float:
    """Return log10 of P(all systematic symbols have arrived by t) = F(t - tau)^m, which may be below any float.

    -inf if it is 0.  Arguments and errors as :func:`complete_worker_cdf`.
    """
    times, m, tau = require_times(t), model.symbols, model.tau
    return float(xlogy(m, model.defective_startup.cdf(times - tau)) / np.log(10))
