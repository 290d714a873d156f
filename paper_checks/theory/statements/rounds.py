"""Parts in cyclic order as m grows: when they recover the sum, and that no SR code of the same d has covered before.

At a fixed time tau d per part and d = c ln m, with phi(t) = sum_{i>=1} -ln(1 - F(t - i tau d)), the parts have
recovered the sum once c phi(t) exceeds 1 and not while it is below. An SR code covers nothing before c sum_{i>=1} F(t -
i tau d) reaches 1, which is later, as -ln(1 - v) > v. The theorems and their proofs are in docs/proofs/theory.md, 5.5.
"""

from __future__ import annotations

import math

import numpy as np

from srtheory.errors import require_int, require_positive
from srtheory.model import Model, depends_on
from srtheory.theory.rows import least_time
from srtheory.theory.startup import MOST_SYMBOLS
from srtheory.types import Floats, Startup


@depends_on("degree")
def rounds_fluid(model: Model) -> float:
    """Return the least t with d sum_i -ln(1 - F(t - i tau d)) >= ln P: one of P parts is expected missing if d | m.

    O(P) values of F for each of some hundred times.

    Returns
    -------
    float
        In the unit of ``tau``, to the last digits of F.
    """
    _, d, costs, law = _rounds(model)

    def missed(t: float) -> float:
        with np.errstate(divide="ignore"):  # if all workers have started, nothing is missing
            return float(-d * np.log(law.sf(t - costs)).sum())

    return least_time(lambda t: missed(t) >= math.log(len(costs)), float(costs[0]))


@depends_on("degree")
def coverage_fluid(model: Model) -> float:
    """Return the least t at which d sum_i F(t - i tau d) >= ln m: in the limit no SR code of degree d covers before.

    Arguments and result as :func:`rounds_fluid`.
    """
    m, d, costs, law = _rounds(model)
    return least_time(lambda t: d * float(law.cdf(t - costs).sum()) >= math.log(m), float(costs[0]))


def _rounds(model: Model) -> tuple[int, int, Floats, Startup]:
    """Return m, d, the times i tau d of the P parts of a worker, and the start-up distribution."""
    m = require_int("symbols", model.symbols, 2, MOST_SYMBOLS)
    d = require_int("degree", model.degree, 1, m - 1)
    terms = d * np.arange(1, -(-m // d) + 1)
    return m, d, np.asarray(model.tau * terms, np.float64), model.startup


def rounds_limit(ratio: float, load: float) -> float:
    """Return lim mu T for parts in cyclic order, exponential start-up: min over n >= 1 of 1/(c n) + (n + 1) y/2.

    The least n is the one with n (n - 1) <= 2/(c y) <= n (n + 1), the rounds that the first workers have completed.

    Parameters
    ----------
    ratio : float
        c, the limit of d/ln m, above 0.
    load : float
        y = mu tau d, above 0.
    """
    need, y = 1 / require_positive("ratio", ratio), require_positive("load", load)
    n = max(1, round(math.sqrt(2 * need / y)))
    return min(need / k + (k + 1) * y / 2 for k in (max(1, n - 1), n, n + 1))
