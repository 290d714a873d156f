"""P(CC <= k) that the checks of Theorem 2 ask for, on record: ``python -m tests.record covered``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from paper_checks import study
from paper_checks.claims.coverage import cc_analogy, thm1_hypothesis, thm2
from srtheory.delays import describe_law, parse_law
from srtheory.model import Model
from srtheory.theory.coverage import coverage_by_rows
from tests.record import Table

Key = tuple[Any, ...]
Interval = tuple[float, ...]


@cache
def computed(key: Key) -> Interval:
    rows, m, d, tau, law = key
    low, high = coverage_by_rows(Model(m, d, tau, parse_law(law)), rows)
    return float(low), float(high)


COVERED = Table("covered", (int, int, int, float, str), computed, rel=1e-8, abs=1e-9)
"""By k, m, d, tau and start-up law."""


def law_from(value: Callable[[Key], Interval]) -> Callable[[Model, int], Interval]:
    return lambda model, rows: value((int(rows), model.symbols, model.d, model.tau, describe_law(model.startup)))


by_rows = law_from(COVERED.value)


def write() -> None:
    COVERED.write(
        lambda value: [check(study.lab(), law=law_from(value)) for check in (thm2, cc_analogy, thm1_hypothesis)]
    )
