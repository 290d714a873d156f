"""What several modules of tests ask of the laws at the paper's tau and mu, on record."""

from scipy import stats

from srtheory.model import Model
from tests import once

EXPON, PARETO = stats.expon(scale=5), stats.pareto(b=1)
PAPER = {law: Model(1000, 10, 0.005, law) for law in (EXPON, PARETO)}
LEAST_DEGREES = {30: (2, 4), 100: (5, 7), 300: (8, 10), 1000: (10, 12)}  # m: exponential, Pareto


def expected_collection(law):
    return once.expected_collection(PAPER[law])


def expected_stopping(law):
    return once.expected_stopping(PAPER[law])


def least_degree(m, law):
    """On record; tests/theory/test_thresholds.py computes all of them."""
    return LEAST_DEGREES[m][law is PARETO]
