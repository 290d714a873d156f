"""Rank and span over the rationals by SymPy: the independent oracle of the production engine.

Every entry is a rational number of SymPy's and every elimination is its own (sparse Gauss-Jordan), so nothing here
shares arithmetic with :mod:`srtheory.span.engine`.  The price is time: about 12 s for a rank at 500 columns.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

from sympy import QQ
from sympy.polys.matrices import DomainMatrix

from srtheory.errors import require_int, require_kind
from srtheory.rows import Rows


def rank(rows: Rows, k: int | None = None) -> int:
    """Return the rank over Q of the first ``k`` rows.

    Parameters
    ----------
    rows : Rows
        n integer rows of m columns.
    k : int, optional
        Number of rows to use, 0 <= k <= n; all of them by default.

    Notes
    -----
    O(k m min(k, m)) operations on rational numbers that grow as the elimination proceeds.
    """
    return _rank(_entries(_prefix(rows, k)), rows.columns)


def spans(rows: Rows, k: int | None = None) -> bool:
    """Return whether 1 is a rational combination of the first ``k`` rows: adding it as a row keeps the rank.

    This is the consistency of equation (3) of the paper.  Parameters, errors and complexity as for :func:`rank`.
    """
    entries = _entries(_prefix(rows, k))
    ones = {j: QQ(1) for j in range(rows.columns)}
    return _rank(entries, rows.columns) == _rank([*entries, ones], rows.columns)


def stopping_time(rows: Rows) -> int | None:
    """Return the least k for which the first ``k`` rows span 1 over Q, or None if all of them do not.

    More rows never hurt, so bisection finds it in O(log n) calls of :func:`spans`.
    """
    n = len(require_kind("rows", rows, Rows))
    k = bisect_left(range(n + 1), True, key=lambda size: spans(rows, size))
    return k if k <= n else None


def _prefix(rows: Rows, k: int | None) -> Rows:
    require_kind("rows", rows, Rows)
    return rows if k is None else rows.prefix(require_int("k", k, 0, len(rows)))


def _entries(rows: Rows) -> list[dict[int, object]]:
    weights = [1] * len(rows.indices) if rows.values is None else rows.values.tolist()
    bounds, columns = rows.indptr.tolist(), rows.indices.tolist()
    return [{columns[e]: QQ(weights[e]) for e in range(start, end) if weights[e]} for start, end in pairwise(bounds)]


def _rank(entries: list[dict[int, object]], columns: int) -> int:
    matrix = DomainMatrix({i: row for i, row in enumerate(entries) if row}, (len(entries), columns), QQ)
    return len(matrix.rref(method="GJ")[1])
