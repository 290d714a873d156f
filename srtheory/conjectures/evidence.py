"""Evidence for a counterexample: certificates that can be verified, ranks, and the obstruction by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import flint

from srtheory.conjectures.case import Case, covered, rank
from srtheory.conjectures.case import spans as case_spans
from srtheory.errors import require_kind
from srtheory.rows import Rows
from srtheory.span import checker
from srtheory.span.certificates import span_certificate, to_json
from srtheory.span.descent import is_prime_field_enough
from srtheory.span.field import parse_field
from srtheory.span.obstruction import balanced_vector, obstruction


def explain_span(*fields: str) -> Callable[[Any], dict[str, Any]]:
    """Return evidence about the span of a case's rows over some fields; none for a case without rows."""

    def explain(case: Any) -> dict[str, Any]:
        if not isinstance(case, Case):
            return {}
        return {"covered": covered(case), "spans": [_over(case, field) for field in fields]}

    return explain


def explain_relation(case: Case) -> dict[str, Any]:
    """Return evidence that G^T v = 1 has two solutions: a certificate with one, and u != 0 with G^T u = 0 to add."""
    dense = require_kind("case", case, Case).rows.dense()
    space, nullity = flint.fmpz_mat(dense.T.tolist()).nullspace()
    relation = [int(space[i, 0]) for i in range(len(dense))] if nullity else []
    if not any(relation) or any(sum(u * int(x) for u, x in zip(relation, c, strict=True)) for c in dense.T):
        raise RuntimeError("The solver's relation between the rows is none.")
    return {**explain_span("Q")(case), "relation": relation}


def checked_certificate(rows: Rows, field: str) -> dict[str, object]:
    """Return a span certificate that the independent checker has accepted."""
    certificate = span_certificate(rows, field=field)
    fault = checker.fault(checker.read(to_json(certificate)), rows.columns, rows.mappings())
    if fault is not None:
        raise RuntimeError(f"The certificate is not valid: {fault}.")
    return certificate


def _over(case: Case, field: str) -> dict[str, Any]:
    """Return span, rank, certificate, and the kernel vector that explains them."""
    if case.elements is not None:
        return _over_elements(case, field)
    rows = case.rows
    certificate = checked_certificate(rows, field)
    spans = certificate["kind"] == "spans"
    vector = None
    if is_prime_field_enough(rows, parse_field(field)):
        vector = balanced_vector(rows, field=field) if spans else obstruction(rows, field=field)
    return {
        "field": field,
        "spans": spans,
        "rank": rank(case, field),
        "kernel_vector": None if vector is None else asdict(vector),
        "certificate": certificate,
    }


def _over_elements(case: Case, field: str) -> dict[str, Any]:
    """Return the same over GF(p^k), with the certificate of the rows over GF(p) that represent those of the case."""
    matrix = case.descended
    certificate = checked_certificate(matrix, f"GF({parse_field(field).characteristic})")
    spans = certificate["kind"] == "spans"
    if spans != case_spans(case, field):
        raise RuntimeError("The certificate contradicts the verdict.")
    return {
        "field": field,
        "spans": spans,
        "rank": rank(case, field),
        "kernel_vector": None,
        "certificate": certificate,
        "matrix": matrix.as_json(),
    }
