"""Rows over GF(p^k) as rows over its prime field: restriction of scalars.

Elements are written as in galois: the integer a_0 + a_1 p + ... + a_{k-1} p^{k-1}, with digits from 0 to p - 1, is a_0
+ a_1 x + ... + a_{k-1} x^{k-1} modulo the field's Conway polynomial. So 0 and 1 are 0 and 1, and the prime field is 0
to p - 1.

Writing out the k coefficients of every entry maps a row of m elements to one of k m residues. It is linear over GF(p)
and one to one. What rows g span over GF(p^k), the rows g, x g, ..., x^{k-1} g span over GF(p), and their rank is k
times as large. The row of k m ones is the image of m times c = 1 + x + ... + x^{k-1}, and c is not 0. So it is in the
span of the images if and only if that row is in the span of the g, which is if and only if 1 is. So engines,
certificates and the checker need no field other than GF(p).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError
from srtheory.rows import Rows, from_dense
from srtheory.span.field import Field, parse_field

MAX_FIELD_ORDER = 101
"""Order of the largest field that is tabulated."""


def descended(matrix: npt.NDArray[np.int64], field: str | Field) -> npt.NDArray[np.int64]:
    """Return the rows over the prime field that represent rows of elements.

    Parameters
    ----------
    matrix : int64 array, shape (n, m)
        Elements of the field, from 0 to q - 1.
    field : str or Field
        ``GF(q)``, q = p^k at most :data:`MAX_FIELD_ORDER`.

    Returns
    -------
    int64 array, shape (k n, k m)
        Residues modulo p; the first k i rows represent the first i.

    Raises
    ------
    ArgumentError
        If the field is none of these, or an entry is not an element of it.

    Notes
    -----
    O(k^2 n m).
    """
    known = finite(field)
    wrong = matrix[(matrix < 0) | (matrix >= known.characteristic**known.degree)]
    if wrong.size:
        raise ArgumentError("weight", int(wrong[0]), f"an element of {known}, as docs/conjectures.md writes them")
    n, m = matrix.shape
    blocks = element_blocks(known)[matrix]
    return np.ascontiguousarray(blocks.transpose(0, 2, 1, 3)).reshape(known.degree * n, known.degree * m)


def descended_rows(matrix: npt.NDArray[np.int64], field: str | Field) -> Rows:
    """Return the same, for engines and certificates."""
    return from_dense(descended(matrix, field))


def products(field: str | Field) -> npt.NDArray[np.int64]:
    """Return the multiplication table of GF(q), shape (q, q). See :func:`descended`."""
    return _products(finite(field))


def finite(field: str | Field) -> Field:
    """Return a finite field that is small enough to be tabulated.

    Raises
    ------
    ArgumentError
        If it is none.
    """
    known = parse_field(field)
    if not 0 < known.characteristic**known.degree <= MAX_FIELD_ORDER:
        raise ArgumentError("field", str(known), f"GF(q) with a prime power q of at most {MAX_FIELD_ORDER}")
    return known


@lru_cache
def _products(field: Field) -> npt.NDArray[np.int64]:
    import galois

    if field.degree > 1:
        galois.GF(field.characteristic, compile="python-calculate")  # compiling takes longer than the few operations
    elements = galois.GF(field.characteristic, field.degree).elements
    return np.array(np.multiply.outer(elements, elements)).astype(np.int64)


@lru_cache
def element_blocks(field: Field) -> npt.NDArray[np.int64]:
    """Return the coefficients of each element times 1, x, ..., x^{k-1}, shape (q, k, k)."""
    powers = field.characteristic ** np.arange(field.degree)
    return _products(field)[:, powers][:, :, None] // powers % field.characteristic
