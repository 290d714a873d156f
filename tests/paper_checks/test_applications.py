"""Sums computed for real through the code: verdicts, and planted mistakes that change them."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from paper_checks import applications
from paper_checks.applications import (
    Tree,
    app_forest,
    app_gradient,
    app_kernel,
    app_taylor,
    flat_derivatives,
    grow,
    rationals,
    recover,
)
from srtheory.experiments.lab import Lab
from srtheory.report.ledger import Verdict
from srtheory.rows import Rows
from srtheory.span.lifting import spanning_vector

CHECKS = [app_taylor, app_forest, app_gradient, app_kernel]


@pytest.mark.parametrize("check", CHECKS)
def test_every_application_comes_through_stragglers(check, lab: Lab) -> None:
    found = check(lab)
    assert found.verdict is (Verdict.REFINED if check is app_taylor else Verdict.VERIFIED)
    assert found.trials is None
    for run in found.evidence["runs"].values():
        assert run["exact"]
        assert run["error_over_bound"] <= 1
        assert run["silent"] > run["symbols"] / 2
        assert run["fractions"] > run["symbols"] / 2
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
    assert check(lab, solve=solve).verdict is Verdict.REFUTED


@pytest.mark.quality
def test_something_that_is_not_the_application_is_caught(lab: Lab, monkeypatch) -> None:
    monkeypatch.setattr(applications, "_gradients", lambda w, x, label: x)
    assert app_gradient(lab).verdict is Verdict.REFUTED
    monkeypatch.setattr(applications, "_gaussian", lambda x, y: np.eye(len(x))[:, : len(y)])
    assert app_kernel(lab).verdict is Verdict.REFUTED
    monkeypatch.setattr(applications, "grow", lambda x, y, depth, rng: Tree(0.0))
    assert app_forest(lab).verdict is Verdict.REFUTED
    cosine = {"exp(3)": (applications.SERIES["exp(3)"][0], float(np.cos(3)))}
    monkeypatch.setattr(applications, "SERIES", cosine)
    assert app_taylor(lab).verdict is Verdict.REFUTED


def test_an_integer_sum_is_exact_to_the_last_bit(lab: Lab) -> None:
    found = recover([[Fraction(i * i), Fraction(-i)] for i in range(30)], lab)
    assert found.exact
    np.testing.assert_allclose(found.value, [sum(i * i for i in range(30)), -435], rtol=1e-12)


def test_one_term_is_its_own_sum(lab: Lab) -> None:
    found = recover(rationals(np.array([[0.1]])), lab)
    assert found.exact
    assert found.value.tolist() == [0.1]


def test_flat_derivatives_against_the_function_itself() -> None:
    import sympy as sp

    x = sp.Symbol("x", positive=True)
    first = [float(sp.limit(sp.diff(sp.exp(-1 / x**2), x, n), x, 0, "+")) for n in range(3)]
    assert flat_derivatives(3) == first == [0, 0, 0]


def test_a_tree_fits_a_step() -> None:
    x = np.linspace(-1, 1, 64)[:, None]
    tree = grow(x, (x[:, 0] > 0.1).astype(float), 6, np.random.default_rng(1))
    assert [round(tree(np.array([p]))) for p in (-0.9, -0.2, 0.3, 0.9)] == [0, 0, 1, 1]
