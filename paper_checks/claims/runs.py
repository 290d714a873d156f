"""Runs over a map of parameters, and fractions and means with their intervals, shared by several checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paper_checks.parameters import DEGREE, SYMBOLS, TAU
from srtheory.delays import DrawnStartup, parse_law
from srtheory.experiments.lab import Lab
from srtheory.experiments.summary import Summary, proportion
from srtheory.experiments.trial import Record
from srtheory.schemes import make, named
from srtheory.schemes.base import Scheme

Point = tuple[int, int, float, float]
"""Values of m, d, tau and the rate mu of exponential start-up."""

POINT: Point = (SYMBOLS, DEGREE, TAU, 0.2)
# The paper's point; fewer tasks, so that a fast worker can do them all; tasks long against the start-up, so that nearly
# all workers send the systematic symbol first.
MAP: list[Point] = [
    POINT,
    (150, 10, 0.005, 0.2),
    (100, 10, 0.005, 0.2),
    (5, 2, 0.1, 0.2),
    (20, 5, 1.0, 5.0),
    (50, 5, 1.0, 1.0),
    (1000, 10, 1.0, 0.2),
]
SHARES = "fixed number of runs per point, fractions with Clopper-Pearson 95 % limits"


def share(hits: int, trials: int, confidence: float = 0.95) -> list[float]:
    """Return a fraction with its Clopper-Pearson limits."""
    return [hits / trials, *proportion(hits, trials, confidence)]


def percent(value: float, digits: int = 0) -> str:
    """Return a fraction in %, with enough digits to distinguish it from 0 % and from 100 % unless it is equal."""
    while 0 < value < 1 and round(100 * value, digits) in (0, 100):
        digits += 1
    return f"{value:.{digits}%}"


def interval(found: Summary) -> list[float]:
    """Return a mean with the half-width of its normal 95 % interval."""
    return [found.mean, 1.96 * found.standard_error]


def name_of(point: Point) -> str:
    """Return the parameters in words."""
    return r"$m = {}$, $d = {}$, $\tau = {:g}$, $\mu = {:g}$".format(*point)


def law_of(rate: float) -> DrawnStartup:
    """Return the exponential start-up distribution of rate mu."""
    return parse_law(f"expon(scale={1 / rate:g})")


def scheme_of(code: str, symbols: int, degree: int) -> Scheme:
    """Return a scheme by name; the degree is omitted for a scheme without one."""
    return make(code, symbols, **({"degree": degree} if "degree" in named(code).options else {}))


def runs(lab: Lab, code: str, point: Point, **more: Any) -> Sequence[Record]:
    """Return records of a scheme by name at a point of the map."""
    m, d, tau, rate = point
    degree = {"degree": d} if "degree" in named(code).options else {}
    return lab.records(code, startup=f"expon(scale={1 / rate:g})", symbols=m, tau=tau, **degree, **more)
