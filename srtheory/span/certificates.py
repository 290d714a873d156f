"""Construction of span certificates: integer witnesses that can be verified without trusting the solver.

For "spans": integers v and D ≠ 0 with v·G = D·1.  For "does not": an integer vector x with Gx = 0 and Σx ≠ 0, since
v·G = 1 would give Σx = v·G·x = 0.  Over GF(p) the same equations hold modulo p, and over GF(p^k) in that field, whose
polynomial is stated if some weight is not in GF(p).  The format is laid down in
``docs/certificates.md``; :mod:`srtheory.span.checker` verifies it and shares no code with this module.
"""

from __future__ import annotations

import hashlib
import json

from srtheory.errors import ArgumentError, require_int
from srtheory.matrix import Rows, as_rows
from srtheory.span.descent import combination_of, is_prime_field_enough, kernel_of, over_prime_field, polynomial
from srtheory.span.field import Field, field_of
from srtheory.span.lifting import (
    kernel_residues,
    kernel_vector,
    spanning_residues,
    spanning_vector,
    stopping_vectors,
)

Certificate = dict[str, object]


def span_certificate(rows: Rows, *, field: str | Field | None = None) -> Certificate:
    """Return a certificate of kind ``"spans"`` or ``"does-not-span"``, whichever is true of all the rows.

    One solution of a linear system over Q by p-adic lifting, or over GF(p).
    """
    over = field_of((rows := as_rows(rows)).elements, field)
    found = _combination(rows, over)
    if found is not None:
        return _seal(rows, over, "spans", found)
    witness = _kernel(rows, over)
    if witness is None:
        raise RuntimeError("The solvers found neither a combination nor a kernel vector; exactly one exists.")
    return _seal(rows, over, "does-not-span", witness)


def stopping_time_certificate(rows: Rows, stopping_time: int, *, field: str | Field | None = None) -> Certificate:
    """Return a certificate that the first ``stopping_time`` of the rows span 1 and no fewer do.

    ``stopping_time``: the least k whose prefix spans 1, as an engine found it; the certificate proves it anew.
    """
    over = field_of((rows := as_rows(rows)).elements, field)
    k = require_int("stopping_time", stopping_time, 0, len(rows))
    both = stopping_vectors(rows.prefix(k)) if k and not over.characteristic else None
    if both is not None:
        return certificate_of(rows, field=over, stopping_time=k, combination=both[0], kernel=both[1])
    found = _combination(rows.prefix(k), over)
    witness = _kernel(rows.prefix(k - 1), over) if k else _canonical_kernel([0] * rows.columns, over.characteristic)
    if found is None or witness is None:
        raise ArgumentError("stopping_time", k, f"the least number of rows that span 1 over {over}")
    return _seal(rows, over, "stopping-time", {"stopping_time": k, **found, **witness})


def certificate_of(
    rows: Rows,
    *,
    field: Field,
    stopping_time: int | None = None,
    combination: tuple[list[int], int] | None = None,
    kernel: list[int] | None = None,
) -> Certificate:
    """Return a certificate of witnesses that were found otherwise, in canonical form and not checked.

    ``field``: Q or GF(q). ``stopping_time``: k, if the witnesses prove that the first k rows span 1 and no fewer do.
    ``combination``: coefficients of the rows, of the first k if there is a k, and the multiple D of 1 that they give,
    not 0 in the field and, over Q, without a common divisor. ``kernel``: x with Gx = 0 and Σx ≠ 0 in the field for all
    rows, or the first k - 1; over Q without a common divisor.
    """
    rows = as_rows(rows)
    kind = "does-not-span" if combination is None else "spans" if stopping_time is None else "stopping-time"
    witness: Certificate = {} if stopping_time is None else {"stopping_time": stopping_time}
    if combination is not None:
        witness |= _canonical_combination(*combination, field.characteristic)
    if kernel is not None:
        witness |= _canonical_kernel(kernel, field.characteristic)
    return _seal(rows, field, kind, witness)


def to_json(certificate: Certificate) -> str:
    """Return the certificate as a JSON text, one key per line."""
    return json.dumps(certificate, indent=0, sort_keys=False) + "\n"


def _combination(rows: Rows, field: Field) -> Certificate | None:
    """Return coefficients v and denominator D in canonical form, or None if the rows do not span 1."""
    if field.characteristic:
        matrix, images = over_prime_field(rows, field)
        residues = spanning_residues(matrix, field.characteristic)
        if residues is not None and images > 1:
            elements = combination_of(residues, field)
            return {"combination": [_text(v) for v in elements], "denominator": _text(1)}
        pair = None if residues is None else (residues, 1)
    else:
        pair = spanning_vector(rows)
    if pair is None:
        return None
    return _canonical_combination(*pair, field.characteristic)


def _canonical_combination(vector: list[int], denominator: int, p: int) -> Certificate:
    """Return v and D in canonical form: denominator 1 modulo p, or a positive denominator."""
    if p:
        inverse = pow(denominator, -1, p)
        vector, denominator = [v * inverse % p for v in vector], 1
    elif denominator < 0:
        vector, denominator = [-v for v in vector], -denominator
    return {"combination": [_text(v) for v in vector], "denominator": _text(denominator)}


def _kernel(rows: Rows, field: Field) -> Certificate | None:
    """Return a kernel vector x with Σx ≠ 0 in canonical form, or None if the rows span 1."""
    p = field.characteristic
    matrix, images = over_prime_field(rows, field)
    vector = kernel_residues(matrix, p) if p else kernel_vector(rows)
    if vector is not None and images > 1:
        return {"kernel": [_text(x) for x in kernel_of(vector, field)]}
    return None if vector is None else _canonical_kernel(vector, p)


def _canonical_kernel(vector: list[int], p: int) -> Certificate:
    """Return a vector with first entry 1 modulo p, or a positive first entry; a vector of zeros is unchanged."""
    first = next((x for x in vector if x % p) if p else (x for x in vector if x), 0)
    if p:
        inverse = pow(first, -1, p) if first else 0
        return {"kernel": [_text(x * inverse % p) for x in vector]}
    return {"kernel": [_text(-x if first < 0 else x) for x in vector]}


def _seal(rows: Rows, field: Field, kind: str, witness: Certificate) -> Certificate:
    modulus = {} if is_prime_field_enough(rows, field) else {"polynomial": [_text(a) for a in polynomial(field)]}
    content: Certificate = {
        "format": "srtheory-certificate",
        "version": 1,
        "kind": kind,
        "field": str(field),
        **modulus,
        "columns": rows.columns,
        "rows": len(rows),
        "matrix_sha256": hashlib.sha256(_matrix_text(rows).encode()).hexdigest(),
        **witness,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return {**content, "certificate_sha256": hashlib.sha256(canonical.encode()).hexdigest()}


def _matrix_text(rows: Rows) -> str:
    """Return the shape, then a line of ``column:weight`` for each row, columns ascending, without zero weights."""
    lines = [f"columns {rows.columns}", f"rows {len(rows)}"]
    for i in range(len(rows)):
        entries = slice(rows.indptr[i], rows.indptr[i + 1])
        columns = rows.indices[entries].tolist()
        weights = [1] * len(columns) if rows.values is None else rows.values[entries].tolist()
        lines.append(" ".join(f"{j}:{w}" for j, w in sorted(zip(columns, weights, strict=True)) if w))
    return "\n".join(lines) + "\n"


def _text(number: int) -> str:
    """Return the hexadecimal form, which is read and written in linear time and has no length limit in Python."""
    return hex(number)
