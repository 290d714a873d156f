"""What gradient codes must be told; and planted codes that break their promise."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from paper_checks.claims.gradient import gradient_codes_need_s
from srtheory.experiments.lab import Lab
from srtheory.rows import Rows
from srtheory.schemes import make
from srtheory.schemes.base import BudgetArray, EncodedSymbols, Scheme
from srtheory.schemes.gradient import CyclicRepetition
from srtheory.study.findings import Verdict


def test_the_guarantee_ends_at_s(lab: Lab) -> None:
    found = gradient_codes_need_s(lab)
    assert found.verdict is Verdict.REFINED
    kept = found.evidence["sets of $s$ silent workers, how many lose the sum"]
    lost = found.evidence["sets of $s + 1$ silent workers, how many lose the sum"]
    assert all(total > 500 and failed == 0 for total, failed in kept.values())
    assert 0 < lost["gradient-fractional"][1] < lost["gradient-cyclic"][1] < lost["gradient-cyclic"][0]
    paper = found.evidence["at the paper's parameters"]
    assert paper["9 silent, $s = 4$"]["cyclic, mean"] is None
    assert paper["9 silent, $s = 9$"]["cyclic, mean"] > paper["9 silent, $s = 99$"]["cyclic, mean"]
    json.dumps(found.evidence, allow_nan=False)


@dataclass(frozen=True)
class OneOff(CyclicRepetition):
    """A weight of worker 1 is off by one."""

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        sent = super().emit(key, budget)
        if sent.rows.values is None or self.symbols < 5:
            return sent
        values = sent.rows.values.copy()
        values[self.stragglers + 1] += 1
        return EncodedSymbols(
            Rows(self.symbols, sent.rows.indptr, sent.rows.indices, values), sent.worker, sent.terms, sent.ended
        )


def one_off(name: str, symbols: int, stragglers: int) -> Scheme:
    return OneOff(symbols, stragglers) if name == "gradient-cyclic" else make(name, symbols, stragglers=stragglers)


def short_last_part(name: str, symbols: int, stragglers: int) -> Scheme:
    if name == "gradient-fractional":
        return make("repetition", symbols, degree=stragglers + 1)
    return make(name, symbols, stragglers=stragglers)


def made_for_one_more(name: str, symbols: int, stragglers: int) -> Scheme:
    return make(name, symbols, stragglers=min(stragglers + 1, symbols - 1))


@pytest.mark.quality
@pytest.mark.parametrize("code", [one_off, short_last_part])
def test_a_code_that_loses_the_sum_is_seen(lab: Lab, code: object) -> None:
    found = gradient_codes_need_s(lab, code=code)  # type: ignore[arg-type]
    assert found.verdict is Verdict.NOT_REPRODUCED
    assert " 0 sets" not in found.finding


@pytest.mark.quality
def test_a_code_that_needs_no_s_would_be_seen(lab: Lab) -> None:
    found = gradient_codes_need_s(lab, code=made_for_one_more)
    assert found.verdict is Verdict.REFUTED
