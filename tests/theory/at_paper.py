"""What several modules of tests ask of the laws at the paper's tau and mu, worked out once a process or on record."""

from functools import cache

from scipy import stats

from srtheory.theory import thresholds
from srtheory.theory.laws import collection
from tests import once

EXPON, PARETO = stats.expon(scale=5), stats.pareto(b=1)
PAPER = (1000, 10, 0.005)


def expected_collection(law):
    return once.expected_collection(*PAPER, law)


def expected_stopping(law):
    return once.expected_stopping(*PAPER, law)


@cache
def coverage_by_rows(k, law):
    return collection.coverage_by_rows(k, *PAPER, law)


@cache
def least_degree(m, law):
    return thresholds.least_degree(m, 0.005, law)
