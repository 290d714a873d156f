"""Random variables whose distribution functions are enclosed, as the frozen distributions of scipy.stats.

A question with a law is a :class:`Distribution`, and so is its answer.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from srtheory.errors import ArgumentError

if TYPE_CHECKING:
    from srtheory.types import Floats


class Enclosure(NamedTuple):
    """Lower and upper bounds: floats, or float64 arrays of one shape."""

    low: Any
    high: Any

    def complement(self) -> Enclosure:
        """Return bounds on 1 - p, rounded outwards."""
        import numpy as np

        def one_less(p: Any, toward: float) -> Any:
            p = np.asarray(p, dtype=np.float64)
            rest = 1 - p
            exact = (p >= 0.5) | (p == 0)  # Sterbenz's lemma
            return np.clip(np.where(exact, rest, np.nextafter(rest, toward)), 0, 1)[()]

        return Enclosure(one_less(self.high, -math.inf), one_less(self.low, math.inf))


class Distribution:
    """A random variable on [0, inf] whose distribution function is enclosed; names are those of scipy.stats.

    A question that has it defines :meth:`cdf_at`, and :meth:`start`, a first guess of the median.  Like a frozen
    distribution of scipy.stats it is a record of parameters, and computes nothing until it is asked.
    """

    def cdf_at(self, x: float) -> tuple[float, float]:
        """Return bounds on P(X <= x)."""
        raise NotImplementedError

    def start(self) -> float:
        """Return a positive number of the size of the median."""
        return 1.0

    def cdf_of(self, points: Floats) -> tuple[Floats, Floats]:
        """Return the same at each of some points of at least 0, shape (n,); together where that is cheaper."""
        import numpy as np

        low, high = np.array([self.cdf_at(each) for each in points.tolist()], dtype=np.float64).reshape(-1, 2).T
        return low, high

    def cdf(self, x: Any) -> Enclosure:
        """Return bounds on P(X <= x), of the shape of x."""
        import numpy as np

        from srtheory.delays import quietly

        try:
            points = np.asarray(x, dtype=np.float64)
        except (TypeError, ValueError):
            points = np.array(math.nan)
        if np.isnan(points).any():
            raise ArgumentError("x", x, "a number, or an array of numbers, none of them NaN")
        with quietly():
            bounds = self.cdf_of(np.maximum(points, 0).ravel())
        return Enclosure(*(np.where(points < 0, 0.0, bound.reshape(points.shape))[()] for bound in bounds))

    def sf(self, x: Any) -> Enclosure:
        """Return bounds on P(X > x)."""
        return self.cdf(x).complement()

    def ppf(self, q: Any, tolerance: float = 1e-6) -> Enclosure:
        """Return bounds on the least x with P(X <= x) >= q, to a relative tolerance, as far as cdf tells."""
        import numpy as np

        levels = np.asarray(q, dtype=np.float64)
        found = np.array([self._quantile(each, tolerance) for each in levels.ravel().tolist()]).reshape(-1, 2)
        return Enclosure(*(found[:, i].reshape(levels.shape)[()] for i in (0, 1)))

    def _quantile(self, q: float, tolerance: float) -> tuple[float, float]:
        from srtheory.delays import quietly
        from srtheory.theory.rows import bracket_time

        if not 0 < q < 1:
            raise ArgumentError("q", q, "a probability above 0 and below 1")
        with quietly():
            ever = self.cdf_at(math.inf)
            below, above = (
                bracket_time(partial(self._reaches, q, i), self.start(), tolerance)[1 - i] if ever[i] >= q else math.inf
                for i in (1, 0)
            )
        return below, above

    def _reaches(self, q: float, bound: int, x: float) -> bool:
        return self.cdf_at(x)[bound] >= q

    def median(self) -> Enclosure:
        """Return bounds on the median."""
        return self.ppf(0.5)

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return limits between which X lies with at least this probability, split evenly."""
        return self.ppf((1 - confidence) / 2).low, self.ppf((1 + confidence) / 2).high

    def mean(self, points: int = 200) -> Enclosure:
        """Return bounds on E[X]: a sum over a grid, and inf, as no bound on the tail is proved of every scheme."""
        import numpy as np

        if self.cdf_at(math.inf)[1] < 1:
            return Enclosure(math.inf, math.inf)
        ends = self.ppf(np.array([1e-6, 1 - 1e-6]), 1e-3).low
        grid = np.concatenate(([0.0], np.linspace(ends[0], ends[1], points)))
        terms = np.diff(grid) * self.sf(grid).low[1:]
        return Enclosure(float(terms.sum()) * (1 - 1e-12), math.inf)  # the sum is rounded by less


class Distributed(Distribution):
    """An answer to a question with a distribution: it has that distribution."""

    question: Any

    def cdf_at(self, x: float) -> tuple[float, float]:
        found: tuple[float, float] = self.question.cdf_at(x)
        return found

    def cdf_of(self, points: Floats) -> tuple[Floats, Floats]:
        found: tuple[Floats, Floats] = self.question.cdf_of(points)
        return found

    def start(self) -> float:
        return float(self.question.start())

    def mean(self, points: int = 200) -> Enclosure:
        return Enclosure(*self.question.mean(points))
