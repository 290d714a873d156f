"""Theorem 2 and its surroundings: verdicts, and planted mistakes that change them."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from paper_checks.coverage import _collector, cc_analogy, sim_d_log_m, suff_m_plus_o_m, thm1_hypothesis, thm2
from srtheory.experiments.lab import Lab
from srtheory.report.ledger import Verdict
from srtheory.theory.laws.coverage import coverage_poisson
from tests.paper_checks import covered
from tests.paper_checks.covered import by_rows


def always(*arguments: object) -> tuple[float, float]:
    return 1.0, 1.0


def never(*arguments: object) -> tuple[float, float]:
    return 0.0, 0.0


@pytest.mark.quality
def test_probabilities_on_record_come_out_again_and_others_would_be_seen() -> None:
    record = covered.recorded()
    assert covered.comes_out_again(record)
    key = min(record)
    assert not covered.comes_out_again(record | {key: (record[key][0] * (1 - 1e-7), record[key][1])})


def test_theorem_2(lab: Lab) -> None:
    found = thm2(lab, law=by_rows)
    assert found.verdict is Verdict.REFINED
    assert found.evidence["least d by m"][1000] == 12
    assert "if m^2 mu tau -> 0, the first worker is done before the second starts" in found.finding


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
    assert _collector(coupons, draws) == Fraction(complete, coupons**draws)


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
