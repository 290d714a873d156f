"""Parameters of the paper's simulations (section IV); those of Pareto are from the authors' published notebooks."""

from __future__ import annotations

from dataclasses import replace

from srtheory.delays import parse_law
from srtheory.model import Model

SYMBOLS, DEGREE, TAU = 1000, 10, 0.005
EXPONENTIAL, PARETO = "expon(scale=5)", "pareto(b=1)"
PAPER = Model(SYMBOLS, DEGREE, TAU, parse_law(EXPONENTIAL))
PAPER_PARETO = replace(PAPER, startup=parse_law(PARETO))
