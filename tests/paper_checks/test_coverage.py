"""Theorem 2 and its surroundings: verdicts, and planted mistakes that change them."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import pytest

from paper_checks.coverage import _collector, cc_analogy, sim_d_log_m, suff_m_plus_o_m, thm1_hypothesis, thm2
from srtheory.delays import describe_law, parse_law
from srtheory.experiments.lab import EXPONENTIAL, TAU, Lab
from srtheory.report.ledger import Verdict
from srtheory.theory.laws.collection import coverage_by_rows
from srtheory.theory.laws.coverage import coverage_poisson

PAPER = TAU, describe_law(parse_law(EXPONENTIAL))
KEPT = {  # rows, m, d: P(CC <= rows) at the paper's tau and mu, by coverage_by_rows
    (110, 100, 6): (0.9983971812878291, 0.9983971812878567),
    (330, 300, 6): (0.7606800792638378, 0.7606800792748611),
    (330, 300, 7): (0.9205246845578049, 0.9205246845607142),
    (330, 300, 8): (0.9754447872355475, 0.9754447872363807),
    (330, 300, 9): (0.9926298829468116, 0.9926298829469569),
    (1100, 1000, 6): (0.1599400745819306, 0.15994007509877736),
    (1100, 1000, 8): (0.781619575170843, 0.7816195751973053),
    (1100, 1000, 9): (0.9125521106426201, 0.9125521106515132),
    (1100, 1000, 10): (0.9663542412381679, 0.9663542412413672),
    (1100, 1000, 11): (0.9872012582969746, 0.9872012582981581),
    (1100, 1000, 12): (0.9951350154789852, 0.9951350154794288),
    (1100, 1000, 15): (0.9997267262077801, 0.99972672620781),
    (3300, 3000, 6): (0.0015295567505169219, 0.0015297295482697066),
    (3300, 3000, 10): (0.8651811664144076, 0.8651811664489929),
    (3300, 3000, 11): (0.9442524698036138, 0.9442524698166141),
    (3300, 3000, 12): (0.9773591969168941, 0.9773591969220049),
    (3300, 3000, 13): (0.990828782555416, 0.9908287825573842),
}
AGAIN = [(110, 100, 6), (330, 300, 9), (1100, 1000, 12), (3300, 3000, 12), (3300, 3000, 13)]  # on these d is decided

computed = cache(coverage_by_rows)


def by_rows(rows: int, m: int, d: int, tau: float, law: Any) -> Any:
    """The right law, of which several tests ask the same; what is dear is kept."""
    if (rows, m, d) in KEPT and (tau, describe_law(law)) == PAPER:
        return KEPT[rows, m, d]
    return computed(rows, m, d, tau, law)


def is_kept(given: tuple[int, int, int], kept: tuple[float, float]) -> bool:
    return tuple(map(float, computed(*given, TAU, parse_law(EXPONENTIAL)))) == pytest.approx(kept, rel=0, abs=1e-10)


@pytest.mark.parametrize("given", AGAIN)
def test_kept_probabilities_are_those_of_the_law(given: tuple[int, int, int]) -> None:
    assert is_kept(given, KEPT[given])


@pytest.mark.quality
def test_a_kept_probability_in_another_last_place_would_be_seen() -> None:
    for given in AGAIN:
        low, high = KEPT[given]
        assert not is_kept(given, (low - 1e-9, high))
        assert not is_kept(given, (low, high + 1e-9))


def always(*arguments: object) -> tuple[float, float]:
    return 1.0, 1.0


def never(*arguments: object) -> tuple[float, float]:
    return 0.0, 0.0


def test_theorem_2(lab: Lab) -> None:
    found = thm2(lab, law=by_rows)
    assert found.verdict is Verdict.REFINED
    assert found.evidence["least d by m"][1000] == 12
    assert "if m^2 mu tau -> 0, the first worker is done before the second starts" in found.finding


@pytest.mark.quality
def test_theorem_2_catches(lab: Lab) -> None:
    assert thm2(lab, law=always).verdict is Verdict.NOT_REPRODUCED
    forgets_m = lambda rows, m, d, tau, law: by_rows(1100, 1000, d, tau, law)  # noqa: E731
    assert thm2(lab, law=forgets_m).verdict is Verdict.REFUTED
    repeats = thm2(
        lab, law=by_rows, code="sr-with-replacement"
    )  # one worker's m rows of one term leave a third uncovered
    assert repeats.verdict is Verdict.NOT_REPRODUCED
    assert "the first worker's rows cover in 0.000 of the runs" in repeats.finding


def test_analogy(lab: Lab) -> None:
    assert cc_analogy(lab, law=by_rows).verdict is Verdict.REFINED


@pytest.mark.quality
def test_analogy_catches(lab: Lab) -> None:
    assert cc_analogy(lab, law=always).verdict is Verdict.NOT_REPRODUCED
    assert cc_analogy(lab, law=never).verdict is Verdict.NOT_REPRODUCED
    by_time = lambda rows, m, d, tau, law: (coverage_poisson(0.5, m, d, tau, law),) * 2  # noqa: E731  (earlier)
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
