"""The statements on the figures: supported for SR codes, not for a planted slow code in their place."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from paper_checks import study
from paper_checks.claims import figures
from paper_checks.claims.figures import fig2_pareto, fig2a, fig2a_lt_low_latency, fig2b, fig2c
from srtheory.experiments.lab import Lab
from srtheory.study.findings import Verdict
from srtheory.theory.laws.by_scheme import LatencyLaw
from tests.paper_checks.claims.conftest import law_once


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


def test_streams_stand_beside_the_papers_schemes(lab: Lab) -> None:
    evidence = fig2a(lab).evidence
    streams = evidence["uncoded streams, which the paper leaves out"]
    assert {name for name, stream in streams.items() if stream["SR faster"][2] < 0.5} == set(streams)
    assert {"parts-cyclic", "gradient-fractional"} < set(streams)
    by_load = evidence[r"share of paired runs in which SR is faster, by $\mu\tau$"]
    assert by_load["0.001"]["parts-stream"][2] < 0.5 < by_load["1"]["parts-stream"][1]
    assert max(shares["terms-cyclic"][2] for shares in by_load.values()) < 0.5


@pytest.mark.quality
def test_laws_that_simulation_contradicts_are_seen(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = lambda *given, **options: LatencyLaw("", lambda t: (0.2, 0.2))  # noqa: E731
    expected = figures.expected_collection
    collection = lambda *code: (0.9 * expected(*code)[0],) * 2  # noqa: E731
    monkeypatch.setattr("paper_checks.claims.figures.latency_law", wrong)
    monkeypatch.setattr("paper_checks.claims.figures.expected_collection", collection)
    assert "contradicts" in fig2a(lab).finding
    assert "contradicts" in fig2c(lab).finding


@pytest.mark.quality
@pytest.mark.parametrize("name", ["parts-cyclic", "terms-cyclic", "gradient-fractional", "genie"])
def test_a_wrong_law_of_one_stream_is_seen(lab: Lab, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def swapped(scheme: str, *given: Any, **options: Any) -> LatencyLaw:
        return law_once("one", *given) if scheme == name else law_once(scheme, *given, **options)

    monkeypatch.setattr("paper_checks.claims.figures.latency_law", swapped)
    assert "contradicts" in fig2a(lab).finding


def test_parts_in_cyclic_order_and_fractional_repetition_are_spoken_of(lab: Lab) -> None:
    finding = fig2a(lab).finding
    assert "parts of 10, cyclic order" in finding
    assert re.search(
        r"Fractional repetition, .* best \$d = 50\$ .* faster than SR in \d+% of these runs \(mean latency 0\.6\d\d ± ",
        finding,
    )


@pytest.mark.quality
def test_a_limit_that_hurts_is_seen(lab: Lab) -> None:
    assert fig2b(lab, access=(20,)).verdict is Verdict.NOT_REPRODUCED
    assert fig2_pareto(lab, access=(20,)).verdict is Verdict.NOT_REPRODUCED


def test_the_published_limit_of_100_is_one_of_91(lab: Lab) -> None:
    found = fig2b(lab)
    assert "agrees with workers that stop after 91 terms, before their last block. It is" in found.finding
    to_100, to_91 = found.evidence["the same in the authors' notebooks, and its distance to either in standard errors"][
        1:
    ]
    assert abs(to_91) < 2 < 4 < to_100


@pytest.mark.quality
def test_another_published_latency_would_be_seen(lab: Lab) -> None:
    assert "(100 runs) agrees with our SR-100." in fig2b(lab, published=0.735).finding
    assert "(100 runs) is not reproduced. It is" in fig2b(lab, published=0.9).finding


def test_a_limit_is_not_felt_beyond_what_a_worker_can_do(lab: Lab) -> None:
    for found in (fig2b(lab).evidence, fig2_pareto(lab).evidence["limited access"]):
        assert 50 < found["terms that fit into the longest run"] < 400
        assert found["equal to SR-1000 in every run"][-2:] == [400, 700]


class OneNeverDecodes(Lab):
    """The first LT run of every sample never decodes."""

    def sample(self, measure: str, scheme: str, **options: Any) -> npt.NDArray[np.float64]:
        values = super().sample(measure, scheme, **options).copy()
        if scheme == "lt":
            values[0] = np.inf
        return values


def test_a_run_that_never_decodes_is_later_and_spoils_no_mean(lab: Lab) -> None:
    other = OneNeverDecodes(at=lab.at, _done=lab._done)
    latency, rows = fig2a(other), fig2c(other)
    assert (latency.verdict, rows.verdict) == (Verdict.SUPPORTED, Verdict.SUPPORTED)
    assert latency.evidence["gaps"]["LT, no cap"]["never recovered"] == 1
    for finding in (latency.finding, rows.finding):
        assert "inf" not in finding
        assert "nan" not in finding


def test_the_authors_mean_latency(lab: Lab) -> None:
    """400 runs of the paper's experiment against the authors' published mean of 0.708 (standard deviation 0.032)."""
    latency = lab.sample("latency", "sr", degree=10, trials=400)
    assert abs(latency.mean() - 0.708) < 3 * latency.std(ddof=1) / 20


@pytest.mark.quality
def test_another_degree_has_another_mean() -> None:
    latency = study.lab().sample("latency", "sr", degree=12, trials=100)
    assert abs(latency.mean() - 0.708) > 3 * latency.std(ddof=1) / 10
