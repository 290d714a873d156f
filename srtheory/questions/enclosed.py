"""Random variables whose distribution functions are enclosed, as the frozen distributions of scipy.stats.

A question with a law is a :class:`Distribution`, and so is its answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from srtheory.errors import ArgumentError
from srtheory.shown import Curve, Part, Shown, Values, axes_of, value_text

if TYPE_CHECKING:
    from srtheory.types import Floats


@dataclass(frozen=True)
class Enclosure:
    """Lower and upper bounds: floats, or float64 arrays of one shape.

    It is ``low, high = enclosure`` if it is unpacked, and its midpoint where a number or an array is wanted, as by
    ``plt.plot`` and ``scipy.stats.kstest``.
    """

    low: Any
    high: Any
    about: float | None = None
    """An estimate between them, not proved, in place of the midpoint."""

    @property
    def mid(self) -> Any:
        """The midpoint, or the estimate."""
        return (self.low + self.high) / 2 if self.about is None else self.about

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of both."""
        return tuple(getattr(self.low, "shape", ()))

    def __iter__(self) -> Iterator[Any]:
        return iter((self.low, self.high))

    def __len__(self) -> int:
        return len(self.low)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Floats:
        import numpy as np

        return np.asarray(self.mid, dtype=dtype)

    def __float__(self) -> float:
        return float(self.mid)

    def __repr__(self) -> str:
        if getattr(self.low, "ndim", 0):
            return f"Enclosure(low={self.low!r}, high={self.high!r})"
        told = value_text((float(self.low), float(self.high))).replace("Infinity", "inf")
        return told + (f", about {self.about:.6g}" if self.about else "")

    def complement(self) -> Enclosure:
        """Return bounds on 1 - p, rounded outwards."""
        import numpy as np

        def one_less(p: Any, toward: float) -> Any:
            p = np.asarray(p, dtype=np.float64)
            rest = 1 - p
            exact = (p >= 0.5) | (p == 0)  # Sterbenz's lemma
            return np.clip(np.where(exact, rest, np.nextafter(rest, toward)), 0, 1)[()]

        return Enclosure(one_less(self.high, -math.inf), one_less(self.low, math.inf))


class Distribution(Shown):
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
        low, high = (np.where(points < 0, 0.0, bound.reshape(points.shape))[()] for bound in bounds)
        return Enclosure(low, high)

    def sf(self, x: Any) -> Enclosure:
        """Return bounds on P(X > x)."""
        return self.cdf(x).complement()

    def ppf(self, q: Any, tolerance: float = 1e-6) -> Enclosure:
        """Return bounds on the least x with P(X <= x) >= q, to a relative tolerance, as far as cdf tells."""
        import numpy as np

        levels = np.asarray(q, dtype=np.float64)
        found = np.array([self._quantile(each, tolerance) for each in levels.ravel().tolist()]).reshape(-1, 2)
        low, high = (found[:, i].reshape(levels.shape)[()] for i in (0, 1))
        return Enclosure(low, high)

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
        return float(self.ppf((1 - confidence) / 2).low), float(self.ppf((1 + confidence) / 2).high)

    def mean(self, points: int = 200) -> Enclosure:
        """Return bounds on E[X]: a sum over a grid, and inf, as no bound on the tail is proved of every scheme.

        Its midpoint is an estimate, that of X below the quantile 1 - 1e-6.
        """
        return self._moments(points)[0]

    def std(self, points: int = 200) -> Enclosure:
        """Return bounds on the standard deviation, 0 and inf, with an estimate, likewise."""
        return self._moments(points)[1]

    def support(self) -> tuple[float, float]:
        """Return an interval that contains X."""
        return 0.0, math.inf

    def _moments(self, points: int) -> tuple[Enclosure, Enclosure]:
        import numpy as np

        if self.cdf_at(math.inf)[1] < 1:
            return Enclosure(math.inf, math.inf), Enclosure(math.nan, math.nan)
        ends = self.ppf(np.array([1e-6, 1 - 1e-6]), 1e-3).low
        if not np.isfinite(ends).all():
            return Enclosure(0.0, math.inf), Enclosure(0.0, math.inf)
        grid = np.concatenate(([0.0], np.linspace(ends[0], ends[1], points)))
        tail = self.sf(grid)
        steps, middle = np.diff(grid), tail.mid
        low = float((steps * tail.low[1:]).sum()) * (1 - 1e-12)  # the sum is rounded by less
        about = [float((steps * (y[1:] + y[:-1]) / 2).sum()) for y in (middle, 2 * grid * middle)]
        deviation = math.sqrt(max(0.0, about[1] - about[0] ** 2))
        return Enclosure(low, math.inf, max(low, about[0])), Enclosure(0.0, math.inf, deviation)

    def plot(self, ax: Any = None, points: int = 200, label: str | None = None) -> Any:
        """Draw P(X <= x) from quantile 0.001 to 0.999, shaded where bounds differ, and return the axes."""
        import numpy as np

        ax, x = axes_of(ax), np.linspace(*self._ends(), points)
        low, high = self.cdf(x)
        (line,) = ax.plot(x, (low + high) / 2, label=label or self.label)
        ax.fill_between(x, low, high, alpha=0.25, color=line.get_color(), linewidth=0)
        ax.set(xlabel="x", ylabel="P(X ≤ x)", ylim=(0, 1.02))
        ax.legend(frameon=False)
        return ax

    @property
    def label(self) -> str:
        """Name in legends."""
        return str(getattr(getattr(self, "scheme", None), "name", type(self).__name__.lower()))

    def _ends(self) -> tuple[float, float]:
        import numpy as np

        high = self.ppf(np.array([0.001, 0.999]), 1e-3).high
        return tuple(x if math.isfinite(x) else y for x, y in zip(high, (0.0, 10 * self.start()), strict=True))  # type: ignore[return-value]

    def drawn(self, points: int = 48) -> list[Part]:
        """Return median, mean and a curve, as far as these are known."""
        import numpy as np

        x = np.linspace(*self._ends(), points)
        lines = [(name, found, "") for name, found in (("median", self.median()), ("mean", self.mean(points)))]
        return [Values(lines), Curve(x.tolist(), self.cdf(x).mid.tolist(), f"P({self.label} ≤ x)")]


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
        found: Enclosure = self.question.mean(points)
        return found
