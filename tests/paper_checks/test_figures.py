"""The statements on the figures: supported for SR codes, not for a planted slow code in their place."""

from __future__ import annotations

import pytest

from paper_checks.figures import fig2_pareto, fig2a, fig2a_lt_low_latency, fig2b, fig2c
from srtheory.experiments.lab import Lab
from srtheory.report.ledger import Verdict


def test_verdicts(lab: Lab) -> None:
    assert fig2a(lab).verdict is Verdict.SUPPORTED
    assert fig2a_lt_low_latency(lab).verdict is Verdict.REFINED
    assert fig2b(lab).verdict is Verdict.SUPPORTED
    assert fig2c(lab).verdict is Verdict.SUPPORTED
    assert fig2_pareto(lab).verdict is Verdict.SUPPORTED


@pytest.mark.quality
def test_a_slow_code_is_seen(lab: Lab) -> None:
    assert fig2a(lab, code="lt").verdict is Verdict.NOT_REPRODUCED
    assert fig2a(lab, code="one").verdict is Verdict.NOT_REPRODUCED
    assert fig2a_lt_low_latency(lab, code="one").verdict is Verdict.REFINED
    assert fig2c(lab, code="lt").verdict is Verdict.NOT_REPRODUCED
    assert fig2_pareto(lab, code="lt").verdict is Verdict.NOT_REPRODUCED


@pytest.mark.quality
def test_a_limit_that_hurts_is_seen(lab: Lab) -> None:
    assert fig2b(lab, access=(20,)).verdict is Verdict.NOT_REPRODUCED


def test_the_authors_mean_latency() -> None:
    """400 runs of the paper's experiment against the authors' published mean of 0.708 (standard deviation 0.032)."""
    latency = Lab().sample("latency", "sr", degree=10, trials=400)
    assert abs(latency.mean() - 0.708) < 3 * latency.std(ddof=1) / 20


@pytest.mark.quality
def test_another_degree_has_another_mean() -> None:
    latency = Lab().sample("latency", "sr", degree=12, trials=400)
    assert abs(latency.mean() - 0.708) > 3 * latency.std(ddof=1) / 20
