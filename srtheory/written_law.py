"""The paper's start-up laws without scipy.stats, whose import takes longer than a run of the code.

Delays are drawn here bit by bit as scipy draws them, and so is the exponential distribution function computed, which
takes scipy ten times as long at a single time; scipy is asked, and imported, for everything else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.types import Floats

SHAPES: dict[str, tuple[str, ...]] = {"expon": (), "pareto": ("b",)}
"""Names of the shape parameters of the laws that are known here."""
_WITHIN = {"b": (1 / 64, 1e6), "loc": (0.0, 1e50), "scale": (1e-50, 1e50)}
"""Ranges in which the laws are proper and have floats for quantiles; what is beyond them is left to scipy to judge."""


@dataclass(frozen=True)
class WrittenLaw:
    """An exponential or a Pareto law, frozen: what the frozen scipy.stats law is, from the same arguments.

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
        """Every parameter by name, defaults included: the shapes, then loc and scale."""
        names = (*SHAPES[self.name], "loc", "scale")
        values = {"loc": 0.0, "scale": 1.0} | dict(zip(names, self.args, strict=False)) | self.kwds
        return {name: values[name] for name in names}

    @cached_property
    def scipy_law(self) -> Any:
        """The frozen law of scipy.stats."""
        from scipy import stats

        return getattr(stats, self.name)(*self.args, **self.kwds)

    def rvs(self, size: int, random_state: np.random.Generator) -> Floats:
        """Independent draws, shape (size,): those of the frozen law of scipy.stats."""
        of = self.parameters
        if self.name == "expon":
            standard = random_state.standard_exponential(size)
        else:
            standard = (1 - random_state.uniform(size=size)) ** (-1.0 / np.float64(of["b"]))
        return standard * of["scale"] + of["loc"]

    def cdf(self, x: npt.ArrayLike) -> Any:
        """P(X <= x), float64 in the shape of ``x``; NaN at NaN."""
        if self.name != "expon":  # powers in other shapes than scipy's are rounded differently
            return self.scipy_law.cdf(x)
        from scipy.special import expm1  # NumPy's differs in last digits

        return (0 - expm1(-self._beyond_loc(x)))[()]  # never -0

    def sf(self, x: npt.ArrayLike) -> Any:
        """P(X > x), as :meth:`cdf`."""
        return np.exp(-self._beyond_loc(x))[()] if self.name == "expon" else self.scipy_law.sf(x)

    def ppf(self, q: npt.ArrayLike) -> Any:
        """The quantile: scipy's, which is not imported before one is asked for."""
        return self.scipy_law.ppf(q)

    def _beyond_loc(self, x: npt.ArrayLike) -> Floats:
        return np.maximum((np.asarray(x, dtype=np.float64) - self.parameters["loc"]) / self.parameters["scale"], 0)

    def __getattr__(self, name: str) -> Any:
        """What is not here is scipy's: pdf, mean, support, dist and all the rest."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.scipy_law, name)


def written_law(name: str, args: list[float], kwds: dict[str, float]) -> WrittenLaw | None:
    """The law of that name with these arguments; None if it is not known here, or might not be proper."""
    if name not in SHAPES or len(args) > len(SHAPES[name]) + 2:
        return None
    names = (*SHAPES[name], "loc", "scale")
    if not set(kwds) <= set(names[len(args) :]) or not {*names[: len(args)], *kwds} >= set(SHAPES[name]):
        return None
    law = WrittenLaw(name, tuple(args), dict(kwds))
    proper = all(_WITHIN[of][0] <= value <= _WITHIN[of][1] for of, value in law.parameters.items())
    return law if proper else None
