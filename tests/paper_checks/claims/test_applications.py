"""Sums computed for real through the code: verdicts, and planted mistakes that change them."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from paper_checks.claims import applications
from paper_checks.claims.applications import (
    app_ensemble,
    app_forest,
    app_gradient,
    app_kernel,
    app_taylor,
    flat_derivatives,
)
from paper_checks.real_sums import CONSTRUCTIONS, ELIMINATION
from paper_checks.records.kept_sums import KeptSum, read_sums
from srtheory.decoders.sums import Sum, by_elimination
from srtheory.experiments import networks, workloads
from srtheory.experiments.lab import Lab
from srtheory.experiments.workloads import Tree
from srtheory.rows import Rows
from srtheory.span.dense.lifting import spanning_vector
from srtheory.study.findings import Verdict

CHECKS = [app_taylor, app_forest, app_ensemble, app_gradient, app_kernel]


@pytest.mark.parametrize("check", CHECKS)
def test_every_application_comes_through_stragglers(check, lab: Lab) -> None:
    found = check(lab)
    assert found.verdict is (Verdict.REFINED if check is app_taylor else Verdict.VERIFIED)
    assert found.trials is None
    for construction in CONSTRUCTIONS:
        for run in found.evidence[f"by {construction.name}"].values():
            assert run["exact"]
            assert run["relative_error"] <= run["relative_bound"]
            assert run["inactive"] > run["symbols"] / 2
    for run in found.evidence[f"by {ELIMINATION.name}"].values():
        assert run["multiplications"] > run["symbols"] / 2
    real = found.evidence["real workers"]
    assert [real[scheme]["terms, processes, of them killed"][2] for scheme in list(real)[1:]] == [1, 1, 1, 1, 0]
    json.dumps(found.evidence, allow_nan=False)


def plain_addition(rows: Rows) -> tuple[list[int], int]:
    """Planted: a master that adds up whatever has come."""
    return [1] * len(rows), 1


def nearly(rows: Rows) -> tuple[list[int], int] | None:
    """Planted: the right combination, one weight off by a part in 2^70."""
    found = spanning_vector(rows)
    if found is None:
        return None
    return [found[0][0] * 2**70 + 1, *(v * 2**70 for v in found[0][1:])], found[1] * 2**70


@pytest.mark.quality
@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("solve", [plain_addition, nearly, lambda rows: None])
def test_a_wrong_combination_is_caught(check, solve, lab: Lab) -> None:
    found = check(lab, constructions=[replace(ELIMINATION, decode=partial(by_elimination, solve=solve))])
    assert found.verdict is Verdict.REFUTED
    json.dumps(found.evidence, allow_nan=False)


@pytest.mark.quality
@pytest.mark.parametrize("check", CHECKS)
def test_a_wrong_sum_of_real_workers_is_caught(check, lab: Lab) -> None:
    """Of each workload's second run one number is off by three times its bound, or by 1 where it is exact."""
    terms, kept = read_sums()

    def spoilt(run: KeptSum) -> KeptSum:
        off = Fraction(run.value[-1]) + 3 * Fraction(run.bound[-1]) + (run.workload == "taylor")
        return replace(run, value=[*run.value[:-1], str(off)])

    planted = [spoilt(run) if run.scheme == "lt" else run for run in kept]
    found = check(lab, constructions=[ELIMINATION], record=lambda: (terms, planted))
    assert found.verdict is Verdict.REFUTED
    assert found.finding.endswith("by real workers (lt).")


@pytest.mark.quality
def test_the_construction_that_is_wrong_is_named(lab: Lab) -> None:
    lazy = replace(CONSTRUCTIONS[1], decode=lambda rows, values: Sum(values[0], 0))
    found = app_kernel(lab, constructions=[ELIMINATION, lazy, *CONSTRUCTIONS[2:]])
    assert found.verdict is Verdict.REFUTED
    assert found.finding.endswith("for 100 training points, 5 test points (blocks of 3, peeling).")


@pytest.mark.quality
def test_something_that_is_not_the_application_is_caught(lab: Lab, monkeypatch) -> None:
    one = {"constructions": [ELIMINATION]}
    monkeypatch.setattr(workloads, "gradients", lambda w, x, label: x)
    assert app_gradient(lab, **one).verdict is Verdict.REFUTED
    monkeypatch.setattr(workloads, "_gaussian", lambda x, y: np.eye(len(x))[:, : len(y)])
    assert app_kernel(lab, **one).verdict is Verdict.REFUTED
    monkeypatch.setattr(workloads, "grow", lambda x, y, depth, rng: Tree(0.0))
    assert app_forest(lab, **one).verdict is Verdict.REFUTED
    cosine = {"exp(3)": (workloads.SERIES["exp(3)"][0], float(np.cos(3)))}
    monkeypatch.setattr(applications, "SERIES", cosine)
    assert app_taylor(lab, **one).verdict is Verdict.REFUTED


@pytest.mark.quality
def test_predictors_that_differ_but_know_nothing_are_caught(lab: Lab, monkeypatch) -> None:
    """Their mean is better than they are, as the mean of any numbers that differ is."""
    one = {"constructions": [ELIMINATION]}
    monkeypatch.setattr(workloads, "grow", lambda x, y, depth, rng: Tree(float(rng.normal())))
    assert app_forest(lab, **one).finding == "The forest does not predict."
    monkeypatch.setattr(networks, "ensemble", networks.beginning)
    assert app_ensemble(lab, **one).finding == "The ensemble does not predict."


@pytest.mark.quality
@pytest.mark.parametrize("spoilt", ["all alike", "sure of themselves"])
def test_networks_that_are_no_ensemble_are_caught(spoilt: str, lab: Lab, monkeypatch) -> None:
    trained = networks.ensemble(lab.seed)

    def alike(seed: int) -> networks.Networks:
        return networks.Networks(*(np.repeat(part[:1], len(part), axis=0) for part in vars(trained).values()))

    def sure(x):
        return np.repeat(x[None, :] ** 3, 2, axis=0) + np.array([[1.0], [-1.0]]), np.exp(-np.abs(x)) * np.ones((2, 1))

    monkeypatch.setattr(networks, "ensemble", alike if spoilt == "all alike" else lambda seed: sure)
    found = app_ensemble(lab, constructions=[ELIMINATION])
    assert found.verdict is Verdict.REFUTED
    assert ("no better" if spoilt == "all alike" else "no less certain") in found.finding


def test_flat_derivatives_against_the_function_itself() -> None:
    import sympy as sp

    x = sp.Symbol("x", positive=True)
    first = [float(sp.limit(sp.diff(sp.exp(-1 / x**2), x, n), x, 0, "+")) for n in range(3)]
    assert flat_derivatives(3) == first == [0, 0, 0]
