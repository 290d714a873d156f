"""Simultaneous bands: with the stated probability they contain the whole curve, for every number of runs.

The band of a distribution function has Clopper-Pearson's limits at each point, at a local level so small that the band
contains the whole function with probability 95 % (Berk and Jones, 1979; Owen, JASA 90, 1995, 516-521; with equal local
levels, as here: Aldor-Noiman, Brown, Buja, Rolke and Stine, The American Statistician 67, 2013, 249-260).

Proof. Let U_(1) < ... < U_(n) be the order statistics of n uniforms, and l_i and u_i the quantiles of order eta/2 and
1 - eta/2 of U_(i), whose distribution is Beta(i, n + 1 - i). The n independent values can be made from the uniforms by
the quantile function of F, be it continuous or not: then x is at least as large as k of the values if and only if
U_(k) <= F(x) < U_(k+1). If l_i <= U_(i) <= u_i for all i, then l_k <= F(x) <= u_(k+1) for all x, and these are
Clopper-Pearson's limits at the level 1 - eta. The probability of the condition is that of a Poisson process that stays
between two boundaries, given that it has n points. It is computed exactly, up to rounding, from boundary to boundary
(Moscovich and Nadler, Statistics and Probability Letters 123, 2017, 177-182).
"""

from __future__ import annotations

from functools import cache
from math import log, log1p

import numpy as np

from srtheory.compiled import LINEAR, compiled, ordinary
from srtheory.errors import require_int
from srtheory.experiments.summary import proportion, tail
from srtheory.types import Floats

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


def band_at(above: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the limits of the band where ``above`` of ``trials`` values are larger."""
    return proportion(above, trials, 1 - local_level(trials, confidence))


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
