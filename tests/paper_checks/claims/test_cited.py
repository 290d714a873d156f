"""What the introduction says of other systems; and planted thresholds, weights, decoders and laws."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest

from paper_checks.claims.cited import (
    CODES,
    Vector,
    intro_approximate_error,
    intro_bcc_slow_part,
    intro_polynomial_only,
    least_squares,
)
from paper_checks.claims.stopping import in_words, stopped_early
from paper_checks.parameters import EXPONENTIAL, PARETO
from srtheory.delays import describe_law
from srtheory.experiments import approximate
from srtheory.experiments.lab import Lab
from srtheory.experiments.trial import Task
from srtheory.model import Model
from srtheory.study.findings import Verdict
from srtheory.theory.lagrange import recovery_threshold, sum_weights
from srtheory.theory.laws.approximate import cyclic_error
from srtheory.theory.laws.by_scheme import LatencyLaw, latency_law

# ------------------------------------------------------------------------------------------------ polynomials only


def test_the_threshold_is_that_of_every_case(lab: Lab) -> None:
    found = intro_polynomial_only(lab)
    assert found.verdict is Verdict.VERIFIED
    assert "1999 results" in found.finding
    for case in found.evidence["by case"].values():
        assert case["sufficient"]
        assert 0 < case["hidden below"] <= case["below"]
    json.dumps(found.evidence, allow_nan=False)


def wrong_point(received: Sequence[int], nodes: Sequence[int], degree: int, prime: int) -> list[int] | None:
    """Weights for the first worker at another point, a free one where there is any."""
    free = next((a for a in range(len(nodes), prime) if a not in received), received[0])
    return sum_weights([free, *received[1:]], nodes, degree, prime)


@pytest.mark.quality
@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": lambda m, degree: recovery_threshold(m, degree) - 1},
        {"threshold": lambda m, degree: recovery_threshold(m, degree) + 1},
        {"threshold": lambda m, degree: m},
        {"weights": wrong_point},
        {"weights": lambda received, nodes, degree, prime: [1] * len(received)},
    ],
)
def test_another_threshold_or_wrong_weights_are_seen(lab: Lab, wrong: dict[str, Any]) -> None:
    assert intro_polynomial_only(lab, **wrong).verdict is Verdict.NOT_REPRODUCED


# -------------------------------------------------------------------------------------------------- approximate sums


RUNS: dict[tuple[Any, ...], Any] = {}


def once(task: Task, trials: int, *grid: Any) -> Any:
    """:func:`srtheory.experiments.approximate.runs`, whose runs several tests look at."""
    key = (task.scheme, describe_law(task.delays.startup), trials)
    if key not in RUNS:
        RUNS[key] = approximate.runs(task, trials, *grid)
    return RUNS[key]


early_of = partial(stopped_early, errors=once)


def test_the_error_is_that_of_the_terms_and_stopping_early_is_said_with_numbers(lab: Lab) -> None:
    found = intro_approximate_error(lab, stopped=early_of)
    assert found.verdict is Verdict.REFINED
    for case in found.evidence["by code"].values():
        assert len({case[key] for key in case if key != r"least $\lVert\mathbf 1 - v^T G\rVert^2$"}) == 1
    json.dumps(found.evidence, allow_nan=False)
    assert "for SR. It is 0.407 for fractional repetition, 0.082 at its best $d = 48$" in found.finding
    assert "0.0111 for parts in cyclic order. Every scheme whose orders" in found.finding
    assert "has a mean of at least 0.0071, which single terms" in found.finding
    assert "no code is below the parts" in found.finding
    assert found.trials == 20


def test_the_estimate_is_that_of_numpy() -> None:
    terms = np.array([3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0])
    rows = np.array(CODES["sparse graph, $m = 7$, $d = 3$"], dtype=float)[:5]
    weights = np.linalg.lstsq(rows.T, np.ones(7), rcond=None)[0]
    exact = least_squares(rows.astype(int).tolist(), [int(x) for x in rows @ terms])
    assert float(exact) == pytest.approx(weights @ rows @ terms, rel=1e-12)


@pytest.mark.quality
@pytest.mark.parametrize(
    "estimate",
    [
        lambda rows, results: least_squares(rows, results) + 1,
        lambda rows, results: min(least_squares(rows, results), Fraction(5)),
        lambda rows, results: Fraction(0),
    ],
)
def test_an_estimate_of_another_kind_is_seen(
    lab: Lab, estimate: Callable[[Sequence[Vector], Vector], Fraction]
) -> None:
    found = intro_approximate_error(lab, estimate=estimate, stopped=lambda lab: ({}, []))
    assert found.verdict is not Verdict.REFINED


def doubled(model: Model, t: float) -> Any:
    return 2 * cyclic_error(model, t)


def of_ten(model: Model, t: float) -> tuple[float, float]:
    """Parts of ten in the place of the limit, which is passed by."""
    return (model.symbols * float(cyclic_error(replace(model, degree=10), t)) * 1.01,) * 2


def halved(*given: Any) -> Any:
    return tuple(errors / 2 for errors in once(*given))


@pytest.mark.quality
@pytest.mark.parametrize("wrong", [{"cyclic": doubled}, {"least": of_ten}, {"errors": halved}])
def test_a_wrong_law_of_the_error_a_wrong_limit_and_a_wrong_decoder_are_seen(lab: Lab, wrong: dict[str, Any]) -> None:
    found = intro_approximate_error(lab, stopped=partial(early_of, **wrong))
    assert found.verdict is Verdict.NOT_REPRODUCED
    assert "contradict each other: " in found.finding


@pytest.mark.quality
def test_a_code_below_the_parts_would_be_named(lab: Lab) -> None:
    early, faults = early_of(lab)
    assert faults == []
    for case in early.values():
        case["simulated, half-width"]["SR"][0] = 0.0
    assert "SR is below the parts" in in_words(early)


# ------------------------------------------------------------------------------------------------------ slow parts


def test_parts_that_few_sampled_are_waited_for(lab: Lab) -> None:
    found = intro_bcc_slow_part(lab)
    assert found.verdict is Verdict.VERIFIED
    assert set(found.evidence["by start-up distribution"]) == {EXPONENTIAL, PARETO}
    for case in found.evidence["by start-up distribution"].values():
        low, high = case["P(BCC is done)"]
        assert 0.5 <= low <= high < 0.5 + 1e-9
    json.dumps(found.evidence, allow_nan=False)


def test_workers_of_a_missing_part_by_simulation(lab: Lab) -> None:
    """Of a million draws of the number of workers of one part, those in which none of them is done."""
    case = intro_bcc_slow_part(lab).evidence["by start-up distribution"][EXPONENTIAL]
    rng = np.random.default_rng(1)
    workers = rng.binomial(1000, 0.01, size=10**6)
    missing = rng.random(10**6) < (1 - case["fraction of workers that have finished"]) ** workers
    mean, error = workers[missing].mean(), workers[missing].std() / np.sqrt(missing.sum())
    assert abs(mean - case["workers of a missing part, on average"]) < 4 * error < 0.15


def swapped(names: dict[str, str], name: str, *given: Any, **options: Any) -> LatencyLaw:
    return latency_law(names.get(name, name), *given, **options)


@pytest.mark.quality
@pytest.mark.parametrize(
    "names",
    [
        {"bcc": "parts-stream"},
        {"bcc": "repetition"},
        {"repetition": "bcc", "bcc": "repetition"},
        {"parts-stream": "bcc"},
    ],
)
def test_other_laws_are_seen(lab: Lab, names: dict[str, str]) -> None:
    assert intro_bcc_slow_part(lab, law=partial(swapped, names)).verdict is Verdict.NOT_REPRODUCED
