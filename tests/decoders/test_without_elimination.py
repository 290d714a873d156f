"""The decoders that eliminate nothing: CC, max(m, CC), and a rank that is only a lower bound."""

from __future__ import annotations

import pytest

from srtheory.decoders import decoder
from srtheory.decoders.direct import alone
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task, run_trial
from srtheory.rows import from_sets
from srtheory.schemes.sum_recovery import SumRecovery
from tests.decoders.receptions import reception_of

PAPER = DelayModel(parse_law("expon(scale=5)"), 0.005)


def test_alone_counts_symbols_and_not_rows():
    rows = from_sets(4, [[1], [0, 2], [1], [3], [], [2]])
    assert [alone(rows, k) for k in range(7)] == [0, 1, 1, 1, 2, 2, 3]
    assert alone(rows) == 3


def test_what_they_rest_on_is_said():
    stops = {name: decoder(name)(reception_of(2, [[0], [1]])) for name in ("coverage", "hitting")}
    assert stops["coverage"].argument == "coverage"
    assert "conjecture" in stops["hitting"].argument


def differences(law):
    """Of 40 runs at the paper's parameters, those in which another decoder stops elsewhere than the exact one."""
    exact, other = (Task(SumRecovery(1000, 10), PAPER, 5, name) for name in ("span", law))
    pairs = [(run_trial(exact, i), run_trial(other, i)) for i in range(40)]
    assert all(a.coverage_time == b.coverage_time for a, b in pairs)
    return sum(a.stopping_time != b.stopping_time for a, b in pairs)


def test_the_law_is_nearly_always_right_and_coverage_is_not():
    assert differences("hitting") <= 2
    assert differences("coverage") >= 20


@pytest.mark.slow
def test_a_million_workers():
    """Two seconds or so."""
    task = Task(SumRecovery(10**6, 20), DelayModel(parse_law("expon(scale=5)"), 5e-6), 1, "hitting")
    record = run_trial(task, 0)
    assert record.stopping_time == max(10**6, record.coverage_time)
    assert record.work >= record.received_terms > 10**7
