"""Distributions whose F is known to be accurate to :data:`~srtheory.theory.startup.CDF_ERROR`, as rigor requires.

The fraction of a sample is a ratio, correctly rounded. The scipy distributions below have been compared with mpmath in
many digits, over their supports, at both ends of the ranges of their parameters and between. ``gamma`` is not among
them: scipy's is off by up to 5 * 2^-50.
"""

from __future__ import annotations

from srtheory.delays import Empirical, parameters
from srtheory.types import Startup

TESTED: dict[str, tuple[float, float] | None] = {
    "expon": None,
    "halfnorm": None,
    "lognorm": (1e-6, 16.0),
    "pareto": (1 / 64, 1e6),
    "rayleigh": None,
    "uniform": None,
    "weibull_min": (1 / 8, 1e6),
}
"""Range of the shape parameter, if there is one; loc is at least 0 and scale within :data:`SCALES`."""

SCALES = (1e-50, 1e50)

UNTESTED = "F is accurate to within 2^-50, which has not been tested for this distribution with these parameters"


def condition(startup: Startup) -> str | None:
    """Return the untested condition that a rigorous interval rests on, or None if there is none."""
    if isinstance(startup, Empirical):
        return None
    name, values = parameters(startup) or ("", {})
    if name not in TESTED:
        return UNTESTED
    loc, scale, shapes = values.pop("loc"), values.pop("scale"), TESTED[name]
    inside = loc >= 0 and SCALES[0] <= scale <= SCALES[1]
    return None if inside and (shapes is None or shapes[0] <= min(values.values()) <= shapes[1]) else UNTESTED
