"""Rank and span by SymPy over Q and by galois over GF(q): the independent oracles of the production engine.

Every rational number and every elimination (sparse Gauss-Jordan) is SymPy's, or runs in the field that is named, by
galois: in GF(p^k) itself, where the engine has images of the rows over GF(p). Nothing here shares arithmetic with
:mod:`srtheory.span.engine`. The price is time: about 12 s for a rational rank at 500 columns.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from srtheory.errors import ArgumentError, require_int
from srtheory.matrix import Rows, as_rows
from srtheory.span.field import Field, field_of

if TYPE_CHECKING:
    import galois

FEW = 1 << 14
"""Number of entries up to which galois need not compile a field's arithmetic (a second per field and process)."""


def rank(rows: Rows, k: int | None = None, *, field: str | Field = "Q") -> int:
    """Return the rank of the first ``k`` rows, 0 <= k <= n, all of them by default.

    Over GF(p) weights are taken modulo p, over GF(p^k) as elements. O(k m min(k, m)) operations, over Q on rational
    numbers that grow as the elimination proceeds.
    """
    known, over = _asked(rows, k, field)
    if over.characteristic == 0:
        return _rational_rank(_entries(known), known.columns)
    matrix = _matrix(known, over)
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0


def spans(rows: Rows, k: int | None = None, *, field: str | Field = "Q") -> bool:
    """Return whether 1 is a combination of the first ``k`` rows. Parameters and complexity as for :func:`rank`.

    Over Q it is if adding it as a row keeps the rank: the consistency of equation (3) of the paper. Over GF(q), with
    the rows and 1 as columns, it is if no row of the echelon form has its only entry in the column of 1.
    """
    known, over = _asked(rows, k, field)
    if over.characteristic == 0:
        entries, ones = _entries(known), dict.fromkeys(range(known.columns), 1)
        return _rational_rank(entries, known.columns) == _rational_rank([*entries, ones], known.columns)
    matrix = _matrix(known, over)
    if not matrix.size:
        return known.columns == 0
    elements = type(matrix)
    echelon = elements(np.hstack([matrix.T, elements.Ones((known.columns, 1))])).row_reduce()
    return not bool((np.any(echelon[:, -1:] != 0, axis=1) & np.all(echelon[:, :-1] == 0, axis=1)).any())


def stopping_time(rows: Rows, *, field: str | Field = "Q") -> int | None:
    """Return the least k for which the first ``k`` rows span 1, or None if all of them do not.

    More rows never hurt, so bisection finds it in O(log n) calls of :func:`spans`.
    """
    n = len(rows := as_rows(rows))
    k = bisect_left(range(n + 1), True, key=lambda size: spans(rows, size, field=field))
    return k if k <= n else None


def _asked(rows: Rows, k: int | None, field: str | Field) -> tuple[Rows, Field]:
    over = field_of((rows := as_rows(rows)).elements, field)
    return rows if k is None else rows.prefix(require_int("k", k, 0, len(rows))), over


def _entries(rows: Rows) -> list[dict[int, int]]:
    weights = [1] * len(rows.indices) if rows.values is None else rows.values.tolist()
    bounds, columns = rows.indptr.tolist(), rows.indices.tolist()
    return [{columns[e]: weights[e] for e in range(start, end) if weights[e]} for start, end in pairwise(bounds)]


def _rational_rank(entries: list[dict[int, int]], columns: int) -> int:
    from sympy import QQ
    from sympy.polys.matrices import DomainMatrix

    rows: dict[int, Any] = {i: {j: QQ(w) for j, w in row.items()} for i, row in enumerate(entries) if row}
    return len(DomainMatrix(rows, (len(entries), columns), QQ).rref(method="GJ")[1])


def _matrix(rows: Rows, field: Field) -> galois.FieldArray:
    import galois

    small = len(rows) * rows.columns < FEW and field.degree < 3  # beyond, products of polynomials are slow
    if field.degree > 1:
        galois.GF(field.characteristic, compile="python-calculate")  # which a few operations need from the prime field
    elements = galois.GF(field.characteristic, field.degree, compile="python-calculate" if small else "auto")
    dense = rows.dense() if field.degree > 1 else rows.dense() % field.characteristic
    if dense.size and not 0 <= dense.min() <= dense.max() < elements.order:
        raise ArgumentError("rows", [int(dense.min()), int(dense.max())], f"elements of {field}, as galois has them")
    return elements(dense)
