"""The paper's start-up distributions without scipy.stats, whose import takes longer than a run of the code.

Delays agree bit by bit with those of scipy, and so does the exponential distribution function, for which scipy takes
ten times as long at a single time. Everything else imports scipy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.types import Floats

SHAPES: dict[str, tuple[str, ...]] = {"expon": (), "pareto": ("b",)}
"""Names of the shape parameters of the distributions that are known here."""
_WITHIN = {"b": (1 / 64, 1e6), "loc": (0.0, 1e50), "scale": (1e-50, 1e50)}
"""Ranges in which the distributions are proper and quantiles are floats; beyond them scipy decides."""


@dataclass(frozen=True)
class WrittenLaw:
    """Frozen exponential or Pareto distribution, equal to that of scipy.stats with the same arguments.

    Attributes
    ----------
    name : str
        The name in scipy.stats, a key of :data:`SHAPES`.
    args : tuple of float
    kwds : dict of str to float
        The arguments as they were given, by position and by name: shapes, loc, scale.
    """

    name: str
    args: tuple[float, ...]
    kwds: dict[str, float] = field(hash=False)

    @cached_property
    def parameters(self) -> dict[str, float]:
        """All parameters by name, defaults included: the shapes, then loc and scale."""
        names = (*SHAPES[self.name], "loc", "scale")
        values = {"loc": 0.0, "scale": 1.0} | dict(zip(names, self.args, strict=False)) | self.kwds
        return {name: values[name] for name in names}

    @cached_property
    def scipy_law(self) -> Any:
        """Frozen distribution of scipy.stats."""
        from scipy import stats

        return getattr(stats, self.name)(*self.args, **self.kwds)

    def rvs(self, size: int, random_state: np.random.Generator) -> Floats:
        """Return independent draws, shape (size,), equal to those of the frozen scipy.stats distribution."""
        of = self.parameters
        if self.name == "expon":
            standard = random_state.standard_exponential(size)
        else:
            standard = (1 - random_state.uniform(size=size)) ** (-1.0 / np.float64(of["b"]))
        return standard * of["scale"] + of["loc"]

    def cdf(self, x: npt.ArrayLike) -> Any:
        """Return P(X <= x), float64 in the shape of ``x``, or NaN at NaN."""
        if self.name != "expon":  # powers in other shapes than scipy's are rounded differently
            return self.scipy_law.cdf(x)
        from scipy.special import expm1  # NumPy's differs in last digits

        return (0 - expm1(-self._beyond_loc(x)))[()]  # never -0

    def sf(self, x: npt.ArrayLike) -> Any:
        """Return P(X > x), as :meth:`cdf`."""
        return np.exp(-self._beyond_loc(x))[()] if self.name == "expon" else self.scipy_law.sf(x)

    def ppf(self, q: npt.ArrayLike) -> Any:
        """Return the quantile by scipy, which is imported on the first call."""
        return self.scipy_law.ppf(q)

    def _beyond_loc(self, x: npt.ArrayLike) -> Floats:
        return np.maximum((np.asarray(x, dtype=np.float64) - self.parameters["loc"]) / self.parameters["scale"], 0)

    def __getattr__(self, name: str) -> Any:
        """Return other attributes from scipy: pdf, mean, support, dist and so on."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.scipy_law, name)


def written_law(name: str, args: list[float], kwds: dict[str, float]) -> WrittenLaw | None:
    """Return the distribution of that name with these arguments, or None if it is unknown here or may not be proper."""
    if name not in SHAPES or len(args) > len(SHAPES[name]) + 2:
        return None
    names = (*SHAPES[name], "loc", "scale")
    if not set(kwds) <= set(names[len(args) :]) or not {*names[: len(args)], *kwds} >= set(SHAPES[name]):
        return None
    law = WrittenLaw(name, tuple(args), dict(kwds))
    proper = all(_WITHIN[of][0] <= value <= _WITHIN[of][1] for of, value in law.parameters.items())
    return law if proper else None
