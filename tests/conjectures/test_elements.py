"""Rows with weights from GF(p^k): ranks and spans against galois, domains, strategies, hunts and their evidence."""

from __future__ import annotations

import json

import numpy as np
import pytest

from srtheory.conjectures import hunt as hunting
from srtheory.conjectures.case import Case, spans
from srtheory.conjectures.domains import elements, family, rows
from srtheory.conjectures.hunt import FOREVER, summary
from srtheory.conjectures.registry import conjecture
from srtheory.errors import ArgumentError
from srtheory.span import checker
from srtheory.span.descent import descended_rows

# --------------------------------------------------------------------------------------------- domains and strategies


def stated(domain, field="GF(4)", holds=spans):
    return conjecture("A statement.", domain, name="stated", field=field)(lambda case: holds(case, field))


def certified(case: dict, field: str = "GF(2)") -> bool:
    """Whether the checker accepts the certificate against the case's own rows, descended here."""
    vectors = np.zeros((len(case["rows"]), case["symbols"]), np.int64)
    for i, (places, weights) in enumerate(
        zip(case["rows"], case.get("weights") or [1] * len(case["rows"]), strict=True)
    ):
        vectors[i, places] = weights
    images = descended_rows(vectors, case["elements"])
    certificate = checker.read(json.dumps(case["spans"][0]["certificate"]))
    assert case["spans"][0]["certificate"]["field"] == field
    return checker.fault(certificate, images.columns, images.mappings()) is None


def test_a_hunt_over_elements() -> None:
    """Two rows on both symbols, not multiples of each other, are a basis; one covers and does not span."""

    def covering_spans(case: Case, field: str) -> bool | None:
        return spans(case, field) if case.masks == (3,) else None

    result = summary(hunting.hunt(stated(rows(weights=elements("GF(4)")), holds=covering_spans), budget=FOREVER))
    case = result["counterexample"]
    assert (result["smallest"], case["rows"], case["weights"]) == (True, [[0, 1]], [[1, 2]])
    assert (case["spans"][0]["rank"], case["spans"][0]["spans"]) == (1, False)
    assert certified(case)


def test_a_family_of_elements() -> None:
    def cycle(symbols):
        for j in range(symbols):
            for a in (1, 2, 3):
                yield {j: 1, (j + 1) % symbols: a} if symbols > 1 else {j: a}

    domain = family(cycle, weights=elements("GF(4)"))

    def whole_cycles_span(case: Case, field: str) -> bool | None:
        return spans(case, field) if len(case.masks) == case.symbols == len(set(case.masks)) else None

    case = summary(hunting.hunt(stated(domain, holds=whole_cycles_span), budget=FOREVER))["counterexample"]
    assert (case["symbols"], case["elements"], certified(case)) == (3, "GF(4)", True)
    with pytest.raises(ArgumentError, match=r"elements of GF\(4\)"):
        hunting.hunt(stated(family(lambda symbols: [{0: 4}], weights=elements("GF(4)"))), budget=FOREVER)
