"""The decoders that eliminate nothing: CC, max(m, CC), and a rank that is only a lower bound."""

from __future__ import annotations

import pytest

from srtheory.decoders import decoder
from srtheory.decoders.direct import alone
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task, run_trial
from srtheory.matrix import from_sets
from srtheory.schemes.sum_recovery import SumRecovery
from tests.decoders.receptions import reception_of

PAPER = DelayModel(parse_law("expon(scale=5)"), 0.005)


def test_alone_counts_symbols_and_not_rows():
    rows = from_sets(4, [[1], [0, 2], [1], [3], [], [2]])
    assert [alone(rows, k) for k in (*range(7), None)] == [0, 1, 1, 1, 2, 2, 3, 3]


def test_the_law_is_nearly_always_right_and_coverage_is_not():
    """Of 40 runs at the paper's parameters, those in which another decoder stops elsewhere than the exact one."""
    exact = [run_trial(Task(SumRecovery(1000, 10), PAPER, 5, "span"), i) for i in range(40)]
    for law, few, many in (("hitting", 0, 2), ("coverage", 20, 40)):
        others = [run_trial(Task(SumRecovery(1000, 10), PAPER, 5, law), i) for i in range(40)]
        pairs = list(zip(exact, others, strict=True))
        assert all(a.coverage_time == b.coverage_time for a, b in pairs)
        assert few <= sum(a.stopping_time != b.stopping_time for a, b in pairs) <= many
        assert {"coverage": "coverage", "hitting": "conjecture"}[law] in decoder(law)(reception_of(1, [[0]])).argument


@pytest.mark.slow
def test_a_million_workers():
    """Two seconds or so."""
    task = Task(SumRecovery(10**6, 20), DelayModel(parse_law("expon(scale=5)"), 5e-6), 1, "hitting")
    record = run_trial(task, 0)
    assert record.stopping_time == max(10**6, record.coverage_time)
    assert record.work >= record.received_terms > 10**7
