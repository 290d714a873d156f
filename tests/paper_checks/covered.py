"""P(CC <= k) that the checks of Theorem 2 ask for, kept in data/pages/covered.csv: some are computed again.

``python -m tests.paper_checks.covered`` writes the file, in half a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from paper_checks.coverage import cc_analogy, thm1_hypothesis, thm2
from srtheory.delays import describe_law, parse_law
from srtheory.experiments.lab import Lab
from srtheory.model import Model
from srtheory.theory.laws.collection import coverage_by_rows
from tests import pages

FILE = "covered"
CHECKS = (thm2, cc_analogy, thm1_hypothesis)

Key = tuple[int, int, int, float, str]
Interval = tuple[float, float]


@cache
def recorded() -> dict[Key, Interval]:
    """Rows, m, d, tau, start-up law -> interval of the probability."""
    return {
        (int(k), int(m), int(d), float(tau), law): (float(low), float(high))
        for k, m, d, tau, law, low, high in pages.lines(FILE)
    }


@cache
def computed(key: Key) -> Interval:
    rows, m, d, tau, law = key
    low, high = coverage_by_rows(Model(m, d, tau, parse_law(law)), rows)
    return float(low), float(high)


def law_from(value: Callable[[Key], Interval]) -> Callable[[Model, int], Interval]:
    return lambda model, rows: value((int(rows), model.symbols, model.d, model.tau, describe_law(model.startup)))


def by_rows(model: Model, rows: int) -> Interval:
    """:func:`srtheory.theory.laws.collection.coverage_by_rows`; what is on record is not computed."""
    return law_from(lambda key: recorded().get(key) or computed(key))(model, rows)


def comes_out_again(record: dict[Key, Interval]) -> bool:
    """Whether every tenth is computed to what is there, but for what processors may differ by."""
    return all(computed(key) == pytest.approx(record[key], rel=1e-8, abs=1e-9) for key in sorted(record)[::10])


def write() -> None:
    asked: dict[Key, Interval] = {}
    law, lab = law_from(lambda key: asked.setdefault(key, computed(key))), Lab()
    for check in CHECKS:
        check(lab, law=law)
    pages.write(FILE, ([*key, *map(repr, interval)] for key, interval in sorted(asked.items())))


if __name__ == "__main__":
    write()
