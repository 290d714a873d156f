"""Summaries of records: means with intervals, quantiles, binomial intervals for tails, and simultaneous bands.

A band contains the whole curve with the stated probability, for every number of runs. The band of a distribution
function has Clopper-Pearson's limits at each point, at a local level so small that the band contains the whole function
with probability 95 % (Berk and Jones, 1979; Owen, JASA 90, 1995, 516-521; with equal local levels, as here:
Aldor-Noiman, Brown, Buja, Rolke and Stine, The American Statistician 67, 2013, 249-260).

Proof. Let U_(1) < ... < U_(n) be the order statistics of n uniforms, and l_i and u_i the quantiles of order eta/2 and
1 - eta/2 of U_(i), whose distribution is Beta(i, n + 1 - i). The n independent values can be made from the uniforms by
the quantile function of F, be it continuous or not: then x is at least as large as k of the values if and only if
U_(k) <= F(x) < U_(k+1). If l_i <= U_(i) <= u_i for all i, then l_k <= F(x) <= u_(k+1) for all x, and these are
Clopper-Pearson's limits at the level 1 - eta. The probability of the condition is that of a Poisson process that stays
between two boundaries, given that it has n points. It is computed exactly, up to rounding, from boundary to boundary
(Moscovich and Nadler, Statistics and Probability Letters 123, 2017, 177-182).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log, log1p
from typing import Any

import numpy as np

from srtheory.compiled import LINEAR, compiled, ordinary
from srtheory.errors import require_int
from srtheory.experiments.store import Kept, Records
from srtheory.experiments.trial import Record
from srtheory.types import Floats

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
MEASURES = ("latency", "stopping_time", "coverage_time", "systematic", "work")
"""Measures of every summary."""
COSTS = ("additions", "multiplications", "solving")
"""Measures of the decoder's arithmetic, where it is counted."""


@dataclass(frozen=True)
class Summary:
    """Mean, standard deviation, standard error and quantiles of one measure, or inf if a trial gave inf."""

    mean: float
    sd: float
    standard_error: float
    quantiles: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """Return the same with null for infinite or undefined numbers."""
        clean = {name: finite_or_none(value) for name, value in self.quantiles.items()}
        head = {name: finite_or_none(getattr(self, name)) for name in ("mean", "sd", "standard_error")}
        return head | {"quantiles": clean}


def column(records: Sequence[Record] | Kept, name: str) -> Floats:
    """Return one measure of all records as floats, inf if it is None ("never")."""
    if isinstance(records, Kept):
        return records.column(name)
    if isinstance(records, Records):
        return records.columns[name].astype(np.float64)
    values = (getattr(r, name) for r in records)
    return np.array([np.inf if v is None else v for v in values], dtype=np.float64)


def summarise(values: Floats) -> Summary:
    """Return the summary of a sample, shape (n,), n >= 1."""
    n = len(values)
    if np.isinf(values).any():
        mean, sd = float("inf"), float("nan")
    else:
        mean, sd = float(values.mean()), float(values.std(ddof=1)) if n > 1 else float("nan")
    quantiles = np.quantile(values, QUANTILES, method="inverted_cdf")
    return Summary(mean, sd, sd / n**0.5, {f"{q:g}": float(v) for q, v in zip(QUANTILES, quantiles, strict=True)})


def proportion(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a probability; ``successes`` in 0 .. ``trials``; [0, 1] without trials."""
    low, high = _clopper_pearson(np.int64(successes), trials, confidence)
    return float(low), float(high)


def tail(values: Floats, grid: Floats, confidence: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """Return the empirical P(value > t) on a grid with pointwise Clopper-Pearson limits: (estimate, low, high)."""
    above = (values[None, :] > grid[:, None]).sum(axis=1)
    return above / len(values), *_clopper_pearson(above, len(values), confidence)


def _clopper_pearson(successes: Any, trials: int, confidence: float) -> tuple[Floats, Floats]:
    """Return limits of the same shape as ``successes``."""
    from scipy.special import betaincinv  # beta.ppf of scipy.stats, without its import of half a second

    side, others = (1 - confidence) / 2, trials - successes
    low = np.where(successes == 0, 0.0, betaincinv(np.maximum(successes, 1), others + 1, side))
    high = np.where(others == 0, 1.0, betaincinv(successes + 1, np.maximum(others, 1), 1 - side))
    return low, high


def finite_or_none(value: float) -> float | None:
    """Return the number, or None if it is infinite, since JSON has no infinity."""
    return value if np.isfinite(value) else None


BAND = "95 % for the whole curve (Berk-Jones type)"
"""Description of such a band in notes of figures."""
LARGEST = 200_000
"""Largest number of runs for which the level is computed, in about ten seconds; beyond it the union bound is used."""
CLOSE = 1e-4
"""Relative accuracy of a level, which is on the safe side."""
NEGLIGIBLE = 1e-20
"""Probabilities of so many further points below this are left out, which lowers the computed coverage."""


def tail_band(values: Floats, grid: Floats, confidence: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """Return the empirical P(value > t) on a grid with a simultaneous band: (estimate, low, high).

    With a probability of at least ``confidence`` the band contains the whole tail, at all t and not only on the grid.
    """
    return tail(values, grid, 1 - local_level(len(values), confidence))


@cache
def local_level(trials: int, confidence: float = 0.95) -> float:
    """Return eta, the largest level of every point at which the band of so many runs has this confidence.

    It is right within a relative :data:`CLOSE`, and not too large. Beyond :data:`LARGEST` runs it is what the union
    bound over the order statistics gives, a smaller number.
    """
    n, error = require_int("trials", trials), 1 - confidence
    if n == 1 or n > LARGEST:
        return error / n
    target, eta = -log1p(-error), error / (1 + 10 * log(n))
    while True:  # -ln(coverage) is nearly proportional to eta
        covered = coverage(n, eta)
        if 0 <= target + log(covered) <= CLOSE * target:
            return eta
        eta *= (1 - CLOSE / 2) * target / -log(covered)


def coverage(trials: int, eta: float) -> float:
    """Return the probability that all order statistics of uniforms are between their quantiles at this local level."""
    from scipy.special import betaincinv
    from scipy.stats import poisson

    i = np.arange(1.0, trials + 1)
    low = betaincinv(i, trials + 1 - i, eta / 2)
    ends = np.concatenate([low, 1 - low[::-1], [1.0]])
    order = np.argsort(ends, kind="stable")
    points = trials * np.diff(ends[order], prepend=0.0)
    opens = np.repeat(np.array([1, 0, 2], dtype=np.int64), (trials, trials, 1))[order]
    paths = np.zeros((2, trials + 2))
    stay_between(ordinary(opens), points, np.exp(-points), paths, np.zeros(trials + 2), NEGLIGIBLE)
    return float(paths[0, trials] / poisson.pmf(trials, trials))


def _work(opens: np.ndarray, *_: object) -> float:
    return 20 * float(len(opens)) ** 1.5


@compiled(small=LINEAR, work=_work)
def stay_between(opens, points, none, paths, chance, negligible):  # type: ignore[no-untyped-def]
    """Put the distribution of a Poisson process that has stayed between two boundaries into ``paths[0]``.

    Before each event the process gains a Poisson number of points with the mean ``points``, none with the probability
    ``none``. At the event it may have one point more from then on (1), needs one more (0), or both stay (2).
    """
    low, high, now = 0, 0, 0
    paths[now, 0] = 1.0
    for event in range(len(opens)):
        mean, wide = points[event], high - low
        chance[0], most = none[event], 0
        while most < wide and (most <= mean or chance[most] >= negligible):
            most += 1
            chance[most] = chance[most - 1] * mean / most
        before, after = paths[now, low : high + 1], paths[1 - now, low : high + 1]  # the compiler sees vectors
        for j in range(high + 1 - low):
            after[j] = 0.0
        for k in range(most + 1):
            weight, kept, moved = chance[k], before[: high + 1 - low - k], after[k:]
            for j in range(high + 1 - low - k):
                moved[j] += weight * kept[j]
        now = 1 - now
        if opens[event] == 1:
            high += 1
            paths[now, high] = 0.0
        elif opens[event] == 0:
            low += 1
    for j in range(low, high + 1):
        paths[0, j] = paths[now, j]
