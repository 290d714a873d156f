"""Section III-A: the checks say yes to SR codes and no to planted mistakes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from paper_checks.claims.encoding import enc_partition, enc_systematic, fig1
from srtheory.experiments.lab import Lab
from srtheory.rows import Rows
from srtheory.schemes.base import BudgetArray, EncodedSymbols
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.study.findings import Verdict


@dataclass(frozen=True)
class Shifted(SumRecovery):
    """Planted: every symbol names its columns one too high, so that a block may hold the worker's own."""

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        sent = super().emit(key, budget)
        rows = sent.rows
        wrong = Rows(rows.columns, rows.indptr, ((rows.indices + 1) % rows.columns).astype(np.int32))
        return replace(sent, rows=wrong)


@dataclass(frozen=True)
class DropsRemainder(SumRecovery):
    """Planted: the remainder block is left out, an off-by-one that only shows where d does not divide m - 1."""

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        whole = 1 + (self.others // self.degree) * self.degree
        return super().emit(key, np.minimum(budget, whole))


def test_fig1(lab: Lab) -> None:
    found = fig1(lab)
    assert found.verdict is Verdict.VERIFIED
    assert found.evidence["recoverable"]["$d = 2$"] == "13 of 81"
    # 3 codes each, and 0 to 2 of its 3 rows from each of the two workers
    assert "13 of 81 receptions from workers 1 and 3, neither complete, with $d = 2$" in found.finding


@pytest.mark.quality
def test_fig1_needs_senders(lab: Lab) -> None:
    assert fig1(lab, silent=(0, 1, 2, 3)).verdict is Verdict.REFUTED
    assert fig1(lab, spans=lambda rows: False).verdict is Verdict.REFUTED


def test_partition(lab: Lab) -> None:
    found = enc_partition(lab)
    assert found.verdict is Verdict.REFINED
    assert "99 blocks of 10 and 1 of 9" in found.finding


@pytest.mark.quality
@pytest.mark.parametrize("code", [Shifted, DropsRemainder, lambda m, d: SumRecovery(m, d, access=max(1, m - 1))])
def test_partition_catches(lab: Lab, code: type[SumRecovery]) -> None:
    assert enc_partition(lab, code=code).verdict is Verdict.REFUTED


def test_systematic(lab: Lab) -> None:
    assert enc_systematic(lab).verdict is Verdict.VERIFIED


@pytest.mark.quality
def test_systematic_catches(lab: Lab) -> None:
    assert enc_systematic(lab, code=Shifted).verdict is Verdict.REFUTED
