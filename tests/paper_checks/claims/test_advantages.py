"""What SR codes offer: verdicts, and planted mistakes that change them."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial

import numpy as np
import pytest

from paper_checks.claims.advantages import (
    adv_encoding_cost,
    adv_no_decoding,
    adv_rateless,
    adv_without_replacement,
    gen_p_workers,
    groups,
)
from paper_checks.claims.runs import MAP, POINT, name_of, share
from srtheory.experiments.lab import Lab
from srtheory.schemes.dense import SystematicLT, systematic_lt
from srtheory.study.findings import Verdict

dense = cache(systematic_lt)
encoding_cost = partial(adv_encoding_cost, dense=dense)
SMALL = r"$m = 100$, $d = 10$, $\tau = 0.005$, $\mu = 0.2$"


def test_rateless(lab: Lab) -> None:
    found = adv_rateless(lab)
    assert found.verdict is Verdict.REFINED
    assert found.trials == lab.trials
    cases = found.evidence["cases"]
    assert set(cases) == {name_of(point) for point in MAP}
    assert cases[name_of(POINT)]["neither"][0] == 1
    assert cases[SMALL]["complete_worker"][0] > 0.8
    assert cases[r"$m = 20$, $d = 5$, $\tau = 1$, $\mu = 5$"]["all_systematic"][0] > 0.9
    json.dumps(found.evidence, allow_nan=False)


@pytest.mark.quality
def test_rateless_catches_workers_that_are_never_complete(lab: Lab) -> None:
    found = adv_rateless(lab, code="sr-with-replacement")
    assert found.verdict is Verdict.REFUTED
    assert found.evidence["cases"][SMALL]["runs that outlast a complete worker"] > 0


def test_no_decoding(lab: Lab) -> None:
    found = adv_no_decoding(lab)
    assert found.verdict is Verdict.REFINED
    paper = found.evidence["cases"][name_of(POINT)]
    assert paper["complete_worker: P by $t^*$"] == 0.0
    assert paper["all_systematic: runs"][0] == 0
    assert (
        130
        <= found.evidence[
            r"largest $m$ with $\Pr(\text{complete worker by }t^*) \ge 1/2$ at the paper's $d$, $\tau$, $\mu$"
        ]
        <= 140
    )
    json.dumps(found.evidence, allow_nan=False)


def test_runs_end_by_a_shortcut_about_as_often_as_the_exact_laws_have_it(lab: Lab) -> None:
    """Where T is close to t* or the law is close to 0 or 1, the share of runs contains the probability at t*."""
    cases = adv_no_decoding(lab).evidence["cases"]
    for name, kind in (
        (name_of(POINT), "complete_worker"),
        (r"$m = 20$, $d = 5$, $\tau = 1$, $\mu = 5$", "all_systematic"),
    ):
        low, high = cases[name][f"{kind}: runs"][1:]
        assert low <= cases[name][f"{kind}: P by $t^*$"] <= high


@pytest.mark.quality
def test_no_decoding_can_come_out_otherwise(lab: Lab) -> None:
    assert adv_no_decoding(lab, code="lt").verdict is Verdict.REFUTED
    assert adv_no_decoding(lab, code="uncoded").verdict is Verdict.REFUTED


def test_encoding_cost(lab: Lab) -> None:
    found = encoding_cost(lab)
    assert found.verdict is Verdict.SUPPORTED
    costs = found.evidence["terms per received symbol, and in all until $T$"]
    assert costs["uncoded"]["in all"] == [1000.0, 0.0]
    assert costs["one"]["per symbol"] == [1000.0, 0.0]
    assert 8 < costs["SR"]["per symbol"][0] < 10
    assert costs["parts-cyclic"]["per symbol"] == [10.0, 0.0]
    assert costs["parts-cyclic"]["in all"][0] < 0.6 * costs["SR"]["in all"][0]
    assert f"take {costs['parts-cyclic']['in all'][0]:.0f} ± " in found.finding
    json.dumps(found.evidence, allow_nan=False)


def sparse(m: int, key: int) -> SystematicLT:
    """Planted: parities that are as sparse as their relations."""
    code = dense(m, key)
    return replace(code, parities=code.relations)


@pytest.mark.quality
def test_encoding_cost_catches(lab: Lab) -> None:
    assert encoding_cost(lab, code="one").verdict is Verdict.REFUTED
    assert encoding_cost(lab, code="lt").verdict is Verdict.REFUTED
    assert adv_encoding_cost(lab, dense=sparse).verdict is Verdict.REFUTED


@pytest.mark.quality
@pytest.mark.parametrize("parts", ["repetition", "one"])
def test_work_of_workers_that_stop_is_not_that_of_parts(lab: Lab, parts: str) -> None:
    assert encoding_cost(lab, parts=parts).verdict is Verdict.NOT_REPRODUCED


def test_without_replacement(lab: Lab) -> None:
    found = adv_without_replacement(lab)
    assert found.verdict is Verdict.REFINED
    assert found.evidence[r"rows of one worker until they span $\mathbf 1$, $m = 101$, $d = 10$"]["sr"] == [11.0, 0.0]
    json.dumps(found.evidence, allow_nan=False)


def test_parts_of_a_partition_add_up(lab: Lab) -> None:
    found = adv_without_replacement(lab)
    [added] = [value for key, value in found.evidence.items() if "add up to the sum" in key]
    assert [value[0] for value in added.values()] == [1, 1]
    assert "differ from SR by -0.2" in found.finding


@pytest.mark.quality
@pytest.mark.parametrize("parts", ["sr", "lt"])
def test_rows_that_overlap_do_not_add_up(lab: Lab, parts: str) -> None:
    assert adv_without_replacement(lab, parts=parts).verdict is Verdict.NOT_REPRODUCED


@pytest.mark.quality
def test_without_replacement_catches_a_rival_without_it(lab: Lab) -> None:
    assert adv_without_replacement(lab, rival="sr").verdict is Verdict.REFUTED


def test_a_rival_without_systematic_symbols_supports_the_claim(lab: Lab) -> None:
    found = adv_without_replacement(lab, rival="lt", partition=lambda others, degree: Fraction(0))
    assert found.verdict is Verdict.SUPPORTED


def test_p_workers(lab: Lab) -> None:
    found = gen_p_workers(lab)
    assert found.verdict is Verdict.VERIFIED
    assert found.evidence["cases where $p$ does not divide $m$"] > 0
    json.dumps(found.evidence, allow_nan=False)


def lossy(m: int, p: int) -> list[list[int]]:
    """Planted: groups of floor(m/p) terms, the remainder forgotten."""
    return np.arange(m // p * p).reshape(p, -1).tolist()


def shuffled(m: int, p: int) -> list[list[int]]:
    """Planted: the right partition in the wrong order, so that the costs do not fit where the sizes differ."""
    return groups(m, p)[::-1]


@pytest.mark.quality
def test_p_workers_catches_wrong_groups(lab: Lab) -> None:
    assert gen_p_workers(lab, cells=lossy).verdict is Verdict.REFUTED
    assert gen_p_workers(lab, cells=shuffled).verdict is Verdict.REFUTED


def test_groups_are_consecutive_and_even() -> None:
    assert groups(7, 3) == [[0, 1], [2, 3], [4, 5, 6]]


def test_a_share_has_its_limits() -> None:
    assert share(0, 100) == [0.0, 0.0, pytest.approx(1 - 0.025**0.01)]
