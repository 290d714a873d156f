"""Lower bound on the latency of every scheme: a genie assigns the m terms one by one and assigns none twice.

The genie stops at the least t with sum_j floor((t - X_j)^+/tau) >= m: no scheme can have evaluated m terms before. Its
workers behave like those of the sum-recovery code with d = 1, whose rows cost one term each, so that its fluid limit is
``fluid_limit(m, 1, tau, startup)``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.model import Model, depends_on
from srtheory.theory.laws.rows_received import rows_by_time


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
