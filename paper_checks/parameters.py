"""Parameters of the paper's simulations (section IV); those of Pareto are from the authors' published notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srtheory.model import PAPER as PAPER
from srtheory.model import PAPER_PARETO as PAPER_PARETO

SYMBOLS, DEGREE, TAU = PAPER.symbols, PAPER.d, PAPER.tau
EXPONENTIAL, PARETO = PAPER.startup_text, PAPER_PARETO.startup_text
TRIALS: Mapping[str, Any] = {"trials": None}
"""Parameters of an entry with runs; the effort sets their number, unless one is requested."""
MODEL = {"symbols": SYMBOLS, "tau": TAU, "startup": EXPONENTIAL, **TRIALS}
"""Parameters of an entry with all degrees, or none."""
ALL = {**MODEL, "degree": DEGREE}
"""Parameters of an entry at a point: the paper's m, d, tau and start-up distribution, and runs."""
