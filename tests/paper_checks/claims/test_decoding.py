"""Section III-B: the checks say what is so, and see planted mistakes."""

from __future__ import annotations

import pytest

from paper_checks.claims.decoding import dec_complete_worker, dec_correct, eq3_condition
from srtheory.experiments.lab import Lab
from srtheory.rows import Rows, from_sets
from srtheory.span.dense.lifting import spanning_vector
from srtheory.span.oracles import rational
from srtheory.study.findings import Verdict
from tests.paper_checks.claims.test_encoding import DropsRemainder, Shifted


def test_complete_worker(lab: Lab) -> None:
    found = dec_complete_worker(lab)
    assert found.verdict is Verdict.REFINED
    assert "101" in found.finding


@pytest.mark.quality
def test_complete_worker_catches(lab: Lab) -> None:
    assert dec_complete_worker(lab, code=DropsRemainder).verdict is Verdict.REFUTED


def test_equation_3(lab: Lab) -> None:
    found = eq3_condition(lab)
    assert found.verdict is Verdict.REFUTED
    assert found.evidence["smallest with several solutions"] == "$m = 1$: {1} {1}"


def test_the_counterexample_to_uniqueness_by_hand() -> None:
    """Rows {2}, {3}, {2}, {1} on three symbols: v = (1, 1, 0, 1) and v = (0, 1, 1, 1) both solve (3)."""
    rows = from_sets(3, [[1], [2], [1], [0]])
    for v in [(1, 1, 0, 1), (0, 1, 1, 1)]:
        assert (rows.dense().T @ v == 1).all()
    assert not rational.spans(rows.prefix(3))


@pytest.mark.quality
def test_equation_3_can_come_out_the_other_way(lab: Lab) -> None:
    assert eq3_condition(lab, nullity=lambda rows: 0).verdict is Verdict.VERIFIED


def test_correct(lab: Lab) -> None:
    assert dec_correct(lab).verdict is Verdict.VERIFIED


def altered(rows: Rows) -> tuple[list[int], int] | None:
    found = spanning_vector(rows)
    return None if found is None else ([found[0][0] + 1, *found[0][1:]], found[1])


@pytest.mark.quality
@pytest.mark.parametrize("vector", [altered, lambda rows: None])
def test_correct_catches(lab: Lab, vector: object) -> None:
    assert dec_correct(lab, vector=vector).verdict is Verdict.REFUTED  # type: ignore[arg-type]


def test_shifted_code_is_still_a_partition() -> None:
    """The planted shift is a real mistake only because blocks may name the worker's own symbol."""
    assert Shifted(4, 2).others == 3
