"""Events that end a run of the sum-recovery code: the m-th row, coverage, a complete worker, all systematic symbols.

Where the hitting-time law holds, a run ends at min(max(t_m, t_cover), t_complete, t_systematic). Each of these times
has a median, and the medians determine which event is the typical end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from srtheory.model import Model, depends_on
from srtheory.theory.latency import fluid_limit, least_time
from srtheory.theory.laws.coverage import expected_uncovered
from srtheory.theory.startup import require_tau


class Ending(StrEnum):
    """Event that ends a run."""

    ROWS = "m-th row"
    COVERAGE = "coverage"
    WORKER = "complete worker"
    SYSTEMATIC = "all systematic"


@dataclass(frozen=True)
class TypicalTimes:
    """Typical times of the four events, in the unit of tau."""

    rows: float
    """Fluid limit: the time at which the expected number of received rows is m."""
    coverage: float
    """Time at which all symbols are covered with probability 1/2, the number of uncovered ones being taken as Poisson.
    """
    worker: float
    """Median of the time at which a first worker is complete, min X + m tau."""
    systematic: float
    """Median of the time at which the last systematic symbol arrives, max X + tau."""

    @property
    def ending(self) -> Ending:
        """The event that ends a typical run."""
        by_rank = max(self.rows, self.coverage)
        if self.systematic <= min(by_rank, self.worker):
            return Ending.SYSTEMATIC
        if self.worker <= by_rank:
            return Ending.WORKER
        return Ending.ROWS if self.rows >= self.coverage else Ending.COVERAGE

    @property
    def end(self) -> float:
        """Typical latency."""
        return min(max(self.rows, self.coverage), self.worker, self.systematic)


@depends_on("degree")
def typical_times(model: Model) -> TypicalTimes:
    """Return typical times of the four events that can end a run.

    Some sixty evaluations of F at up to m/d points each.
    """
    m, law = model.symbols, model.startup
    tau = require_tau(model.tau, m)
    rows = fluid_limit(model)

    def covered(t: float) -> bool:
        return bool(expected_uncovered(model, t) <= math.log(2))

    return TypicalTimes(
        rows=rows,
        coverage=least_time(covered, tau),
        worker=float(law.ppf(-math.expm1(-math.log(2) / m))) + m * tau,
        systematic=float(law.ppf(0.5 ** (1 / m))) + tau,
    )
