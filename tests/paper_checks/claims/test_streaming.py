"""What coding gains in latency over the stream of the same evaluations: nothing; and planted wrong streams."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from paper_checks.claims.streaming import COSTS, FACTOR, FLOOR, LATENCY, close_to_the_floor, no_coding_gain
from paper_checks.floors import least_mean
from paper_checks.parameters import PAPER, TAU
from paper_checks.records import guarantees
from paper_checks.records.guarantees import proved_mean
from srtheory.experiments.lab import Lab
from srtheory.rows import Rows, boundaries
from srtheory.schemes import SCHEME_NAMES
from srtheory.schemes.base import EncodedSymbols, Scheme
from srtheory.schemes.uncoded_stream import UncodedStream
from srtheory.study.findings import Finding, Verdict

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


@dataclass(frozen=True)
class Reordered(UncodedStream):
    """Each worker evaluates the terms of all that it would send within the budget last one first."""

    def emit(self, key, budget):
        sent = super().emit(key, budget)
        order = np.lexsort((-sent.terms, sent.worker))
        rows = Rows(self.symbols, boundaries(np.ones(len(order), np.int64)), sent.rows.indices[order])
        return EncodedSymbols(rows, sent.worker, sent.terms, sent.ended)


@dataclass(frozen=True)
class Late(UncodedStream):
    """Each term is sent with the next one."""

    def emit(self, key, budget):
        sent = super().emit(key, budget - 1)
        return EncodedSymbols(sent.rows, sent.worker, sent.terms + 1, sent.ended)


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


# --------------------------------------------------------------------------------------------------------- the floor

BY_COST = r"$m = 1000$, $d = 10$, by $\kappa/\tau$"


def test_the_ledger_says_how_far_from_the_floor_schemes_are(found: Finding) -> None:
    assert found.evidence[FLOOR] == least_mean(PAPER)
    for side in ("scheme", "stream"):
        mean = found.evidence["SR and its stream at the paper's parameters"][side][LATENCY][0]
        assert f"{mean / least_mean(PAPER):.2f}" in found.finding


def test_sr_is_close_to_the_floor_at_every_cost_of_a_message(lab: Lab) -> None:
    found = close_to_the_floor(lab)
    assert found.verdict is Verdict.SUPPORTED
    points = found.evidence[BY_COST]
    assert list(points) == [str(cost) for cost in COSTS]
    for cost, point in points.items():
        assert point["floor"] == least_mean(PAPER, int(cost) * TAU)
        parts, sr = (point[name]["of the floor, interval"] for name in ("parts-cyclic", "sr"))
        assert 1 < parts[0] < sr[0] < sr[1] < FACTOR
    [proved] = [value for name, value in found.evidence.items() if "proved" in name]
    assert proved == proved_mean(guarantees.read())[1] / least_mean(PAPER)
    json.dumps(found.evidence, allow_nan=False)


@pytest.mark.quality
@pytest.mark.parametrize(
    ("planted", "verdict"),
    [
        ({"code": "one"}, Verdict.REFUTED),
        ({"least": lambda at, cost: 2 * least_mean(at, cost)}, Verdict.NOT_REPRODUCED),
        ({"least": lambda at, cost: 0.1}, Verdict.REFUTED),
    ],
)
def test_what_is_far_from_the_floor_or_below_it_is_seen(lab: Lab, planted: dict[str, Any], verdict: Verdict) -> None:
    assert close_to_the_floor(lab, **planted).verdict is verdict
