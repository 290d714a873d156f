"""P(CC > k) at the paper's tau and mu, of which what is told of CC there follows, kept in data/pages/terms.csv.

``python -m tests.theory.terms`` writes the file, in half a minute.  A line is a sum over consecutive k, as an interval,
and the last term's upper end.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from srtheory.delays import describe_law, parse_law
from srtheory.theory.laws import collection, stopping
from srtheory.theory.thresholds import least_degree
from tests.theory.at_paper import EXPON, LEAST_DEGREES, PAPER, PARETO

FILE = Path(__file__).parents[2] / "data" / "pages" / "terms.csv"
MEANS = (collection.expected_collection, stopping.expected_stopping)

computing = collection.covered_by


@cache
def recorded():
    """Law, m, d, first k, how many -> low, high, last."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        return {
            (law, *map(int, (m, d, first, count))): tuple(map(float, sums))
            for law, m, d, first, count, *sums in csv.reader(stream)
        }


@cache
def computed(key):
    law, m, d, first, count = key
    model = collection.SmoothModel(m, d, PAPER[2], parse_law(law))
    low, high = computing(model, np.arange(first, first + count))
    return float((1 - high).sum()), float((1 - low).sum()), float(1 - low[-1])


def given(value, function, *arguments):
    """What the library makes of terms that are asked for by ``value``; those of a sum are levelled."""

    def terms(model, span):
        key = describe_law(model.startup), model.symbols, model.degree, int(span[0]), len(span)
        low, high, last = value(key)
        late = np.full(len(span), (high - last) / max(len(span) - 1, 1))
        late[-1] = last
        return 1 - late, np.full(len(span), 1 - low / len(span))

    with patch.object(collection, "covered_by", terms):
        return function(*arguments)


def from_record(function, *arguments):
    """The same of terms on record; others are computed."""
    return given(lambda key: recorded().get(key) or computed(key), function, *arguments)


def comes_out_again(record):
    """Whether every tenth sum is computed to what is there, but for what processors may differ by."""
    return all(computed(key) == pytest.approx(record[key], rel=1e-9, abs=1e-9) for key in sorted(record)[::10])


def write():
    asked = {}
    value = lambda key: asked.setdefault(key, computed(key))  # noqa: E731
    for law in (EXPON, PARETO):
        for mean in MEANS:
            given(value, mean, *PAPER, law)
        for k in (800, 1000):
            given(value, collection.coverage_by_rows, k, *PAPER, law)
        for m in LEAST_DEGREES:
            given(value, least_degree, m, PAPER[2], law)
    with FILE.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream, lineterminator="\n")
        for key, sums in sorted(asked.items()):
            lines.writerow([*key, *map(repr, sums)])


if __name__ == "__main__":
    write()
