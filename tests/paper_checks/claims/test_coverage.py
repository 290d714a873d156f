"""Theorem 2 and its surroundings: verdicts, and planted mistakes that change them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import pytest

from paper_checks import study
from paper_checks.claims.coverage import _collector, cc_analogy, sim_d_log_m, suff_m_plus_o_m, thm1_hypothesis, thm2
from srtheory.delays import describe_law, parse_law
from srtheory.experiments.lab import Lab
from srtheory.model import Model
from srtheory.study.findings import Verdict
from srtheory.theory.laws.collection import coverage_by_rows
from srtheory.theory.laws.coverage import coverage_poisson
from tests.record import Table

Key = tuple[Any, ...]
Interval = tuple[float, ...]


@cache
def computed(key: Key) -> Interval:
    rows, m, d, tau, law = key
    low, high = coverage_by_rows(Model(m, d, tau, parse_law(law)), rows)
    return float(low), float(high)


COVERED = Table("covered", (int, int, int, float, str), computed, rel=1e-8, abs=1e-9)
"""P(CC <= k) that the checks of Theorem 2 ask for, by k, m, d, tau and start-up law."""


def law_from(value: Callable[[Key], Interval]) -> Callable[[Model, int], Interval]:
    return lambda model, rows: value((int(rows), model.symbols, model.d, model.tau, describe_law(model.startup)))


by_rows = law_from(COVERED.value)


def write() -> None:
    """The record of what the checks ask for."""
    COVERED.write(
        lambda value: [check(study.lab(), law=law_from(value)) for check in (thm2, cc_analogy, thm1_hypothesis)]
    )


def always(*arguments: object) -> tuple[float, float]:
    return 1.0, 1.0


def never(*arguments: object) -> tuple[float, float]:
    return 0.0, 0.0


@pytest.mark.quality
def test_probabilities_on_record_come_out_again_and_others_would_be_seen() -> None:
    record = COVERED.recorded
    assert COVERED.comes_out_again(record)
    key = min(record)
    assert not COVERED.comes_out_again(record | {key: (record[key][0] * (1 - 1e-7), record[key][1])})


def test_theorem_2(lab: Lab) -> None:
    found = thm2(lab, law=by_rows)
    assert found.verdict is Verdict.REFINED
    assert found.evidence["least $d$ by $m$"][1000] == 12
    assert r"if $m^2\,\mu\tau \to 0$, the first worker finishes before the second starts" in found.finding


@pytest.mark.quality
def test_theorem_2_catches(lab: Lab) -> None:
    assert thm2(lab, law=always).verdict is Verdict.NOT_REPRODUCED
    forgets_m = lambda model, rows: by_rows(replace(model, symbols=1000), 1100)  # noqa: E731
    assert thm2(lab, law=forgets_m).verdict is Verdict.REFUTED
    # One worker's m rows of one term leave a third uncovered.
    repeats = thm2(lab, law=by_rows, code="sr-with-replacement")
    assert repeats.verdict is Verdict.NOT_REPRODUCED
    assert "the first worker's rows cover in 0.000 of the runs" in repeats.finding


def test_analogy(lab: Lab) -> None:
    assert cc_analogy(lab, law=by_rows).verdict is Verdict.REFINED


@pytest.mark.quality
def test_analogy_catches(lab: Lab) -> None:
    assert cc_analogy(lab, law=always).verdict is Verdict.NOT_REPRODUCED
    assert cc_analogy(lab, law=never).verdict is Verdict.NOT_REPRODUCED
    by_time = lambda model, rows: (coverage_poisson(model, 0.5),) * 2  # noqa: E731  (earlier)
    assert cc_analogy(lab, law=by_time).verdict is Verdict.NOT_REPRODUCED


@pytest.mark.parametrize(("coupons", "draws"), [(1, 1), (2, 3), (3, 5)])
def test_collector_by_enumeration(coupons: int, draws: int) -> None:
    complete = sum(len(set(w)) == coupons for w in product(range(coupons), repeat=draws))
    assert _collector(coupons, draws) == float(Fraction(complete, coupons**draws))


def test_hypothesis_of_theorem_1(lab: Lab) -> None:
    assert thm1_hypothesis(lab, law=by_rows).verdict is Verdict.REFINED


@pytest.mark.quality
def test_hypothesis_can_come_out_otherwise(lab: Lab) -> None:
    assert thm1_hypothesis(lab, law=always).verdict is Verdict.VERIFIED
    assert thm1_hypothesis(lab, law=never).verdict is Verdict.OPEN


def test_sufficiency(lab: Lab) -> None:
    assert sim_d_log_m(lab).verdict is Verdict.SUPPORTED
    assert suff_m_plus_o_m(lab).verdict is Verdict.REFINED


@pytest.mark.quality
def test_sufficiency_catches(lab: Lab) -> None:
    assert sim_d_log_m(lab, constant=0.5).verdict is Verdict.NOT_REPRODUCED
    assert suff_m_plus_o_m(lab, predict=lambda m, d, tau: 10.0 - d / math.log(m)).verdict is Verdict.OPEN
