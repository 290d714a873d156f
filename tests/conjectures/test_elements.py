"""Rows with weights from GF(p^k): ranks and spans against galois, domains, strategies, hunts and their evidence."""

from __future__ import annotations

import json

import galois
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from srtheory.conjectures import hunt as hunting
from srtheory.conjectures.case import Case, from_rows, from_vectors, rank, spans
from srtheory.conjectures.domains import elements, family, receptions, rows
from srtheory.conjectures.hunt import FOREVER, summary
from srtheory.conjectures.registry import conjecture
from srtheory.conjectures.strategies import weighted_rows
from srtheory.errors import ArgumentError
from srtheory.span import descent
from srtheory.span.descent import descended, descended_rows
from srtheory.span.field import parse_field
from srtheory.span.oracles import checker


def galois_field(q: int) -> type[galois.FieldArray]:
    """Interpreted: a field's arithmetic takes longer to compile than these few elements."""
    galois.GF(parse_field(f"GF({q})").characteristic, compile="python-calculate")
    return galois.GF(q, compile="python-calculate")


def truth(matrix: np.ndarray, q: int) -> tuple[int, bool]:
    """Rank and span by galois, in the field itself."""
    field = galois_field(q)
    over = field(matrix)
    found = int(np.linalg.matrix_rank(over)) if over.size else 0
    more = np.vstack([over, field.Ones((1, matrix.shape[1]))])
    return found, int(np.linalg.matrix_rank(more)) == found


def differing(q: int, number: int = 40) -> list[np.ndarray]:
    """Random matrices whose rank or span is not what galois says."""
    random, found = np.random.Generator(np.random.Philox(q)), []
    for _ in range(number):
        n, m = random.integers(0, 5), random.integers(1, 5)
        matrix = random.integers(0, q, (n, m)) * random.integers(0, 2, (n, m))
        if n and random.integers(2):  # so that 1 is in the span, which need not be everything
            matrix[0] = random.integers(1, q)
        case = from_vectors(matrix.tolist(), int(m), elements=f"GF({q})")
        if (rank(case, f"GF({q})"), spans(case, f"GF({q})")) != truth(matrix, q):
            found.append(matrix)
    return found


def without_multiples(field):
    """The coefficients of the elements alone, k times."""
    return np.repeat(BLOCKS(field)[:, :1], field.degree, axis=1)


def of_whole_numbers(field):
    """As if elements were multiplied as integers are."""
    q, p = field.characteristic**field.degree, field.characteristic
    powers = p ** np.arange(field.degree)
    return np.multiply.outer(np.arange(q), powers)[:, :, None] // powers % p


BLOCKS = descent.element_blocks


@pytest.mark.quality
@pytest.mark.parametrize("q", [4, 8, 9])
@pytest.mark.parametrize("planted", [without_multiples, of_whole_numbers])
def test_other_images_are_seen(q: int, planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descent, "element_blocks", planted)
    assert differing(q)


@pytest.mark.quality
@pytest.mark.parametrize("q", [4, 9])
def test_weights_taken_for_residues_are_seen(q: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("srtheory.conjectures.small.descended", lambda matrix, field: matrix % field.characteristic)
    assert differing(q)


def test_elements_are_those_of_galois() -> None:
    """2 is x and 3 is x + 1 in GF(4), as docs/conjectures.md says."""
    field = galois_field(4)
    assert str(field.irreducible_poly) == "x^2 + x + 1"
    assert descent.products("GF(4)").tolist() == (field.elements[:, None] * field.elements[None, :]).tolist()
    assert descent.products("GF(4)")[2, 2] == 3


@pytest.mark.parametrize("field", ["Q", "GF(6)", "GF(103)", "GF(121)", "GF(4", 4])
def test_other_fields_are_refused(field: object) -> None:
    with pytest.raises((ArgumentError, AttributeError)):
        elements(field)


def test_the_largest_field_that_is_tabulated() -> None:
    assert str(descent.finite("GF(101)")) == "GF(101)"
    assert str(descent.finite("GF(2)")) == "GF(2)"
    with pytest.raises(ArgumentError, match="at most 101, not 'Q'"):
        descent.finite("Q")


@pytest.mark.parametrize("entry", [-1, 4])
def test_a_number_of_no_element_is_refused(entry: int) -> None:
    with pytest.raises(ArgumentError, match="element of GF"):
        descended(np.array([[entry]]), "GF(4)")


def test_a_case_of_elements_has_its_own_field_alone() -> None:
    case = from_vectors([(2, 3)], 2, elements="GF(4)")
    for field in ("Q", "GF(2)", "GF(16)"):
        with pytest.raises(ArgumentError, match=r"GF\(4\), of which"):
            spans(case, field)
    with pytest.raises(ArgumentError, match="integers"):
        _ = case.rows
    assert case.as_json()["elements"] == "GF(4)"
    assert case.as_json()["weights"] == [[2, 3]]


# --------------------------------------------------------------------------------------------- domains and strategies


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(weighted_rows(weights=elements("GF(8)"), max_symbols=4), st.data())
def test_rows_that_are_drawn(drawn, data) -> None:
    """A combination of the rows is in their span: it leaves the rank alone."""
    case = from_rows(drawn, "GF(8)")
    assert {weight for row in case.vectors for weight in row} <= set(range(8))
    field = galois_field(8)
    units = field([data.draw(st.integers(0, 7)) for _ in case.masks])
    dense = field(np.array(case.vectors, np.int64).reshape(len(case.masks), case.symbols))
    more = from_vectors([*case.vectors, (units @ dense).tolist() if len(units) else [0] * case.symbols], case.symbols,
                        elements="GF(8)")  # fmt: skip
    assert rank(more, "GF(8)") == rank(case, "GF(8)")


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


def test_beyond_enumeration_cases_are_of_elements_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("srtheory.conjectures.levels.LARGEST_LEVEL", 20)
    monkeypatch.setattr(hunting, "EXAMPLES", 60)  # all of them are drawn once no smaller one is left to find

    def few(case: Case, field: str) -> bool:
        assert case.elements == "GF(4)"
        rank(case, field)
        return case.symbols < 8

    found = hunting.hunt(stated(rows(1, weights=elements("GF(4)")), holds=few), budget=FOREVER)
    assert (found.counterexample.symbols, found.counterexample.elements) == (8, "GF(4)")


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


def test_a_domain_takes_weights_where_a_scheme_is_named() -> None:
    with pytest.raises(ArgumentError, match="left out where no scheme"):
        receptions(weights=elements("GF(4)"))
