"""Rank and span over GF(p^k) by galois: the independent oracle of the production engine.

The elimination runs in the field that is named, GF(p^k) itself and not GF(p). The other engines rely on GF(p) alone,
and on images of the rows over it. This oracle does not, so it tests that.
"""

from __future__ import annotations

from bisect import bisect_left

import galois
import numpy as np

from srtheory.errors import ArgumentError, require_int, require_kind
from srtheory.rows import Rows
from srtheory.span.field import Field, field_of

FEW = 1 << 14
"""Number of entries up to which galois need not compile a field's arithmetic (a second per field and process)."""


def rank(rows: Rows, k: int | None = None, *, field: str | Field) -> int:
    """Return the rank over GF(q) of the first ``k`` rows.

    Parameters
    ----------
    rows : Rows
        n integer rows of m columns; their weights are taken modulo p, or as elements of GF(p^k) for k > 1.
    k : int, optional
        Number of rows to use, 0 <= k <= n; all of them by default.
    field : str or Field
        ``GF(q)``, q a prime power.

    Notes
    -----
    O(k m min(k, m)) operations on a dense array of field elements.
    """
    return _rank(_matrix(rows, k, field))


def spans(rows: Rows, k: int | None = None, *, field: str | Field) -> bool:
    """Return whether 1 is a combination of the first ``k`` rows over GF(q).

    With the rows and 1 as columns, it is if no row of the echelon form has its only entry in the column of 1.

    Parameters, errors and complexity as for :func:`rank`.
    """
    matrix = _matrix(rows, k, field)
    if not matrix.size:
        return rows.columns == 0
    elements = type(matrix)
    echelon = elements(np.hstack([matrix.T, elements.Ones((rows.columns, 1))])).row_reduce()
    return not bool((np.any(echelon[:, -1:] != 0, axis=1) & np.all(echelon[:, :-1] == 0, axis=1)).any())


def stopping_time(rows: Rows, *, field: str | Field) -> int | None:
    """Return the least k for which the first ``k`` rows span 1 over GF(q), or None if all of them do not.

    More rows never hurt, so bisection finds it in O(log n) calls of :func:`spans`.
    """
    n = len(require_kind("rows", rows, Rows))
    k = bisect_left(range(n + 1), True, key=lambda size: spans(rows, size, field=field))
    return k if k <= n else None


def _matrix(rows: Rows, k: int | None, field: str | Field) -> galois.FieldArray:
    finite = field_of(require_kind("rows", rows, Rows).elements, field)
    if finite.characteristic == 0:
        raise ArgumentError("field", str(finite), "GF(q) with q a prime power")
    kept = rows if k is None else rows.prefix(require_int("k", k, 0, len(rows)))
    small = len(kept) * kept.columns < FEW and finite.degree < 3  # beyond, products of polynomials are slow
    if finite.degree > 1:
        galois.GF(finite.characteristic, compile="python-calculate")  # which a few operations need from the prime field
    elements = galois.GF(finite.characteristic, finite.degree, compile="python-calculate" if small else "auto")
    dense = kept.dense() if finite.degree > 1 else kept.dense() % finite.characteristic
    if dense.size and not 0 <= dense.min() <= dense.max() < elements.order:
        raise ArgumentError("rows", [int(dense.min()), int(dense.max())], f"elements of {finite}, as galois has them")
    return elements(dense)


def _rank(matrix: galois.FieldArray) -> int:
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0
