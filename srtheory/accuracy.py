"""Whose values of F are known to be right to :data:`~srtheory.theory.startup.CDF_ERROR`, which rigor rests on.

A sample's share is a ratio, correctly rounded.  Of scipy's laws those below have been compared with mpmath's in many
digits, from one end of the support to the other, at both ends of the ranges of their parameters and between.  Not
``gamma``: scipy's is off by up to 5 * 2^-50.
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
"""Range of the shape parameter, where there is one; loc is at least 0 and scale within :data:`SCALES`."""

SCALES = (1e-50, 1e50)

UNTESTED = "F is right to 2^-50, which has not been tested for this law with these parameters"


def condition(startup: Startup) -> str | None:
    """What a rigorous interval rests on that nothing has tested, None if there is no such thing."""
    if isinstance(startup, Empirical):
        return None
    name, values = parameters(startup) or ("", {})
    if name not in TESTED:
        return UNTESTED
    loc, scale, shapes = values.pop("loc"), values.pop("scale"), TESTED[name]
    inside = loc >= 0 and SCALES[0] <= scale <= SCALES[1]
    return None if inside and (shapes is None or shapes[0] <= min(values.values()) <= shapes[1]) else UNTESTED
