"""Parameters of the paper's simulations (section IV); those of Pareto are from the authors' published notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from srtheory.delays import parse_law
from srtheory.model import Model

SYMBOLS, DEGREE, TAU = 1000, 10, 0.005
EXPONENTIAL, PARETO = "expon(scale=5)", "pareto(b=1)"
PAPER = Model(SYMBOLS, DEGREE, TAU, parse_law(EXPONENTIAL))
PAPER_PARETO = replace(PAPER, startup=parse_law(PARETO))
TRIALS: Mapping[str, Any] = {"trials": None}
"""Parameters of an entry with runs; the effort sets their number, unless one is requested."""
MODEL = {"symbols": SYMBOLS, "tau": TAU, "startup": EXPONENTIAL, **TRIALS}
"""Parameters of an entry with all degrees, or none."""
ALL = {**MODEL, "degree": DEGREE}
"""Parameters of an entry at a point: the paper's m, d, tau and start-up distribution, and runs."""
