"""P(CC > k) and P(M' > k) of which the dearest means and least degrees follow, kept in data/pages/terms.csv.

``python -m tests.record terms`` writes the file, in a minute.  A line is a sum over consecutive k, as an interval, and
the last term's upper end.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from unittest.mock import patch

import numpy as np
from scipy import stats

from paper_checks.theory.thresholds import least_degree
from srtheory.delays import describe_law, parse_law
from srtheory.model import Model
from srtheory.theory import coverage, latency, spanning
from tests.record import Table
from tests.theory.at_paper import LEAST_DEGREES, PAPER

MEANS = (coverage.expected_collection, latency.expected_stopping_given_hitting)
SPANNING = ((50, 16, 0.5 / 16), (50, 6, 0.5 / 6))
"""m, d and tau above and below the critical ratio: tests/theory/test_thresholds.py."""

PLACES = {"CC": (coverage, "covered_by"), "M'": (spanning, "spanned_by")}
COMPUTING = {what: getattr(*place) for what, place in PLACES.items()}


@cache
def computed(key):
    what, law, m, d, tau, first, count = key
    model = coverage.SmoothModel(m, d, tau, parse_law(law))
    with put_there(COMPUTING):
        low, high = COMPUTING[what](model, np.arange(first, first + count))
    return float((1 - high).sum()), float((1 - low).sum()), float(1 - low[-1])


TERMS = Table("terms", (str, str, int, int, float, int, int), computed, rel=1e-9, abs=1e-9, first=23)
"""What, law, m, d, tau, first k, how many -> low, high, last."""


def levelled(what, value, model, span):
    """Terms that ``value`` knows: those of a sum alike, but for the last."""
    key = what, describe_law(model.startup), model.symbols, model.degree, model.tau, int(span[0]), len(span)
    low, high, last = value(key)
    late = np.full(len(span), (high - last) / max(len(span) - 1, 1))
    late[-1] = last
    return 1 - late, np.full(len(span), 1 - low / len(span))


def given(value, function, *arguments):
    """What the library makes of such terms."""
    with put_there({what: partial(levelled, what, value) for what in PLACES}):
        return function(*arguments)


@contextmanager
def put_there(laws):
    """Of each kind of terms another law, for a while."""
    with patch.object(*PLACES["CC"], laws["CC"]), patch.object(*PLACES["M'"], laws["M'"]):
        yield


def from_record(function, *arguments):
    """The same of terms on record; others are computed."""
    return given(TERMS.value, function, *arguments)


def ask(value):
    for model in PAPER.values():
        for mean in MEANS:
            given(value, mean, model)
        for k in (800, 1000):
            given(value, coverage.coverage_by_rows, model, k)
        for m in LEAST_DEGREES:
            given(value, least_degree, replace(model, symbols=m))
    for sizes in SPANNING:
        given(value, spanning.expected_stopping_bounds, Model(*sizes, stats.expon()))


def write():
    TERMS.write(ask)
