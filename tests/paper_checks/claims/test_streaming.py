"""What coding gains in latency over the stream of the same evaluations: nothing; and planted wrong streams."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from paper_checks.claims.streaming import no_coding_gain
from srtheory.experiments.lab import Lab
from srtheory.schemes import SCHEME_NAMES
from srtheory.schemes.base import Scheme
from srtheory.study.findings import Finding, Verdict
from tests.schemes.test_uncoded_stream import Late, Reordered

LOADS = r"SR and parts-cyclic of the same $d$ at $m = 1000$, $d = 10$, by $\mu\tau$"


@pytest.fixture(scope="module")
def found(lab: Lab) -> Finding:
    return no_coding_gain(lab)


def test_no_scheme_is_faster_than_its_stream(found: Finding) -> None:
    assert found.verdict is Verdict.REFINED
    assert found.evidence["runs in which a scheme is faster than its stream"] == 0
    [small] = [value for name, value in found.evidence.items() if name.endswith("by scheme")]
    assert set(small) == set(SCHEME_NAMES)
    assert {name for name, case in small.items() if case["stream faster"]} >= {"sr", "lt", "sr-with-replacement"}
    assert not small["parts-cyclic"]["stream faster"]  # the last term of a part comes when the part does
    json.dumps(found.evidence, allow_nan=False)


def test_where_sr_is_faster_than_parts_in_cyclic_order(found: Finding) -> None:
    by_load = found.evidence[LOADS]
    assert by_load["0.001"]["SR faster"][2] < 0.5 < by_load["1"]["SR faster"][1]
    for case in by_load.values():
        low, high = case["exact P(recovery by the mean latency of SR)"]
        assert high - low < 1e-9


@pytest.mark.quality
@pytest.mark.parametrize("stream", [Reordered, Late])
def test_a_stream_of_another_order_or_a_late_one_is_seen(lab: Lab, stream: Callable[[Scheme], Scheme]) -> None:
    found = no_coding_gain(lab, stream=lambda scheme: scheme if hasattr(scheme, "arrange") else stream(scheme))
    assert found.verdict is Verdict.NOT_REPRODUCED
    assert "against the theorem" in found.finding


@pytest.mark.quality
def test_another_rival_changes_the_shares(lab: Lab) -> None:
    slow = no_coding_gain(lab, rival="uncoded").evidence[
        r"SR and uncoded of the same $d$ at $m = 1000$, $d = 10$, by $\mu\tau$"
    ]
    assert slow["0.001"]["SR faster"][1] > 0.5
