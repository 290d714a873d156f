"""E[CC] and E[max(m, CC)] at the paper's parameters, whose terms are kept in data/pages/means.csv.

``python -m tests.theory.means`` writes the file, in a quarter of a minute.  A line is a sum of P(CC > k) over
consecutive k, as an interval, and the last term's upper end.
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
from tests.theory.at_paper import EXPON, PAPER, PARETO

FILE = Path(__file__).parents[2] / "data" / "pages" / "means.csv"
MEANS = (collection.expected_collection, stopping.expected_stopping)

computing = collection.covered_by


@cache
def recorded():
    """Law, first k, how many -> low, high, last."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        return {
            (law, int(first), int(count)): tuple(map(float, sums)) for law, first, count, *sums in csv.reader(stream)
        }


@cache
def computed(key):
    law, first, count = key
    model = collection.SmoothModel(*PAPER, parse_law(law))
    low, high = computing(model, np.arange(first, first + count))
    return float((1 - high).sum()), float((1 - low).sum()), float(1 - low[-1])


def with_terms(mean, law, value):
    """The mean as the library adds it up, of terms that are asked for by ``value``; within a sum they are levelled."""

    def terms(model, span):
        low, high, last = value((describe_law(model.startup), int(span[0]), len(span)))
        late = np.full(len(span), (high - last) / max(len(span) - 1, 1))
        late[-1] = last
        return 1 - late, np.full(len(span), 1 - low / len(span))

    with patch.object(collection, "covered_by", terms):
        return mean(*PAPER, law)


def from_record(mean, law):
    return with_terms(mean, law, recorded().__getitem__)


def comes_out_again(record):
    """Whether every sixth sum is computed to what is there, but for what processors may differ by."""
    return all(computed(key) == pytest.approx(record[key], rel=1e-9, abs=1e-9) for key in sorted(record)[::6])


def write():
    asked = {}
    for mean in MEANS:
        for law in (EXPON, PARETO):
            with_terms(mean, law, lambda key: asked.setdefault(key, computed(key)))
    with FILE.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream, lineterminator="\n")
        for key, sums in sorted(asked.items()):
            lines.writerow([*key, *map(repr, sums)])


if __name__ == "__main__":
    write()
