"""Solution of (3) in floating point by LSMR: G^T v = 1 up to a residual that bounds the error of the sum.

For any v at all, exact or not, v·f' - F = (G^T v - 1)·f, so that |v·f' - F| <= ||G^T v - 1|| ||f|| in dual norms. A few
sparse products give a v of small residual if more rows have arrived than exact recovery needs. Measured, not proved
(disc-open-3 of the ledger): with 20 % more rows than symbols, scaled to unit length, the number of iterations to a
given tolerance hardly grows with m, from 250 to 8000 symbols.

Reference: D. Fong and M. Saunders, "LSMR: an iterative algorithm for sparse least-squares problems", SIAM J. Sci.
Comput. 33 (2011).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from srtheory.errors import require_int, require_positive
from srtheory.rows import Rows
from srtheory.types import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ROUNDING = 2.0**-53


@dataclass(frozen=True, eq=False)
class Combination:
    """A floating-point combination v of received rows.

    Attributes
    ----------
    vector : float64 array, shape (n,)
        v, one weight for each received symbol.
    residual : float
        Upper bound on the largest entry of |G^T v - 1|, the rounding of its evaluation included.
    residual_norm : float
        Upper bound on the Euclidean norm of G^T v - 1, likewise.
    iterations : int
        Products with G and with G^T that LSMR took, one of each an iteration.
    """

    vector: Floats
    residual: float
    residual_norm: float
    iterations: int


def lsmr_combination(rows: Rows, *, tolerance: float = 1e-8, most: int | None = None) -> Combination:
    """Return an approximate solution of (3), of least norm among the scaled ones.

    Parameters
    ----------
    rows : Rows
        n received rows of m columns, m >= 1.
    tolerance : float
        LSMR stops when it estimates the residual's norm at ``tolerance`` times that of 1, which is sqrt(m).
    most : int, optional
        Most iterations, at least 1; None: as many as there are columns, ten times.

    Notes
    -----
    O(nnz) operations an iteration.  A residual that is not small means that LSMR did not get there, never that the rows
    do not span 1: whether they do is the exact decoder's business.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import lsmr  # a fifth of a second, and many sums do not need it

    require_int("columns", rows.columns)
    tolerance = require_positive("tolerance", tolerance)
    limit = 10 * rows.columns if most is None else require_int("most", most)
    matrix = _matrix(rows)
    scale = 1 / np.sqrt(np.maximum(abs(matrix).power(2).sum(axis=1), 1.0))
    scaled = csr_array(matrix.multiply(scale[:, None])).T.tocsr()
    found = lsmr(scaled, np.ones(rows.columns), atol=0.0, btol=tolerance, conlim=0.0, maxiter=limit)
    vector = scale * found[0]
    residual = residual_bound(matrix, vector)
    return Combination(vector, float(residual.max()), float(np.linalg.norm(residual)) * (1 + 1e-9), int(found[2]))


def residual_bound(matrix: csr_array, vector: Floats) -> Floats:
    """Return upper bounds on the entries of |G^T v - 1|: as computed, plus what rounding may have hidden, shape (m,).

    A sum of k products is off by at most (k + 1) u/(1 - (k + 1) u) times the sum of their sizes, u = 2^-53.
    """
    transpose = matrix.T.tocsr()
    size = abs(transpose) @ abs(vector) + 1
    terms = np.diff(transpose.indptr) + 3
    return np.asarray(abs(transpose @ vector - 1) + 2 * terms * ROUNDING * size)


def _matrix(rows: Rows) -> csr_array:
    from scipy.sparse import csr_array

    values = np.ones(len(rows.indices)) if rows.values is None else rows.values.astype(np.float64)
    return csr_array((values, rows.indices, rows.indptr), shape=(len(rows), rows.columns))
