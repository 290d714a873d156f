"""Medians of latency at m = 1000, d = 10, on record: ``python -m tests.record medians`` computes them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import product
from pathlib import Path

from scipy.optimize import brentq

from paper_checks.parameters import DEGREE, EXPONENTIAL, PARETO, SYMBOLS, TAU
from srtheory.delays import parse_law
from srtheory.model import Model
from srtheory.theory.by_scheme import arcs_bounds, latency_law, own_then_parts_bounds
from srtheory.theory.latency import latency_bounds_given_hitting
from tests.record import keep

RECORD = Path(__file__).parents[2] / "data" / "pages" / "medians.csv"
ACCURACY = 1e-6
LOADS = (0.01, 1.0, 4.0, 7.0, 8.0, 10.0)
STREAMS = ("genie", "terms-cyclic", "parts-cyclic", "parts-stream", "terms-random", "sr")
AT_PAPER = tuple(product(STREAMS, (TAU,), (EXPONENTIAL, PARETO)))
BY_LOAD = tuple(product(("arcs", "own-then-parts", "parts-cyclic"), (load / 2 for load in LOADS), (EXPONENTIAL,)))
CODE = tuple(product(("sr",), (3.5, 4.0, 5.0), (EXPONENTIAL,)))
ALL = tuple(dict.fromkeys(AT_PAPER + BY_LOAD + CODE))
Key = tuple[str, float, str]


LAWS: dict[str, Callable[[Model, float], tuple[float, float]]] = {
    "sr": latency_bounds_given_hitting,
    "arcs": arcs_bounds,
    "own-then-parts": own_then_parts_bounds,
}


def bounds(key: Key, at: float) -> tuple[float, float]:
    """Enclose the probability that such a scheme is done by then."""
    name, tau, startup = key
    with_degree = name in LAWS or name.startswith("parts")
    model = Model(SYMBOLS, DEGREE if with_degree else None, tau, parse_law(startup))
    return LAWS[name](model, at) if name in LAWS else latency_law(name, model).cdf(at)


def found(key: Key) -> float:
    """Compute a median."""
    low, high = (0.2, 2.0) if key[1] == TAU else (1.0, 100.0)
    return float(brentq(lambda t: sum(bounds(key, t)) / 2 - 0.5, low, high, xtol=ACCURACY / 10))


def medians() -> dict[Key, float]:
    """Read the medians on record."""
    with RECORD.open(encoding="utf-8", newline="") as stream:
        return {(name, float(tau), law): float(median) for name, tau, law, median in csv.reader(stream)}


def comes_out_again(key: Key, median: float) -> bool:
    """Whether the law says that this is the median: two of its values tell."""
    return bounds(key, median - ACCURACY)[1] < 0.5 < bounds(key, median + ACCURACY)[0]


def write() -> None:
    """Compute all medians, and replace the record."""
    keep("medians", [(*key, f"{found(key):.8f}") for key in ALL])
