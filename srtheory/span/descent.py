"""Rows over GF(p^k) as rows over its prime field: restriction of scalars.

Elements are written as in galois: the integer a_0 + a_1 p + ... + a_{k-1} p^{k-1}, with digits from 0 to p - 1, is a_0
+ a_1 x + ... + a_{k-1} x^{k-1} modulo the field's Conway polynomial. So 0 and 1 are 0 and 1, and the prime field is 0
to p - 1.

Writing out the k coefficients of every entry maps a row of m elements to one of k m residues. It is linear over GF(p)
and one to one. What rows g span over GF(p^k), the rows g, x g, ..., x^{k-1} g span over GF(p), and their rank is k
times as large. The row of k m ones is the image of m times c = 1 + x + ... + x^{k-1}, and c is not 0. So it is in the
span of the images if and only if that row is in the span of the g, which is if and only if 1 is. So engines need no
field other than GF(p).

Witnesses are carried back. A combination of images that gives k m ones is one of the rows that gives c; it is divided
by c. A vector that every image annihilates is, entry by entry, a linear form on GF(p^k), hence a -> l(y a) with an
element y, where l is the coefficient of x^{k-1}. All l(x^s sum g_j y_j) are 0, so y is in the kernel, and the sum of
the vector is l(c sum y_j).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from srtheory.errors import ArgumentError
from srtheory.matrix import Rows, boundaries, from_dense
from srtheory.span.field import Field, parse_field
from srtheory.span.sparse import residues
from srtheory.types import Int64

MAX_FIELD_ORDER = 101
"""Order of the largest field that is tabulated."""


def over_prime_field(rows: Rows, field: Field) -> tuple[Rows, int]:
    """Return rows that the engines decide in the place of ``rows``, and the number of them that represent each row.

    They are the rows over Q, their residues if all weights are in the prime field, and otherwise k images of each.
    """
    if field.characteristic == 0:
        return rows, 1
    if is_prime_field_enough(rows, field):
        return residues(rows, field.characteristic), 1
    assert rows.values is not None
    k, sizes = field.degree, np.diff(rows.indptr)
    blocks = _blocks(rows.values, field)
    owner = np.repeat(np.arange(len(rows)), sizes)
    order = np.argsort((owner[:, None] * k + np.arange(k)).ravel(), kind="stable")  # by row, then by power of x
    places = np.broadcast_to(rows.indices[:, None, None] * k + np.arange(k), blocks.shape)
    indices, values = places.astype(np.int32).reshape(-1, k)[order].ravel(), blocks.reshape(-1, k)[order].ravel()
    images = Rows(rows.columns * k, boundaries(np.repeat(sizes * k, k)), indices, values)
    return residues(images, field.characteristic), k


def is_prime_field_enough(rows: Rows, field: Field) -> bool:
    """Return whether all weights are in the prime field, as those of GF(p) and Q are; errors as above."""
    if rows.values is None or field.degree == 1:
        return True
    _require_elements(rows.values, field)
    return int(rows.values.max(initial=0)) < field.characteristic


def descended(matrix: Int64, field: str | Field) -> Int64:
    """Return the rows over the prime field that represent rows of elements.

    ``matrix`` (int64 array, shape (n, m)): elements of the field, from 0 to q - 1. ``field``: ``GF(q)``.

    The result is an int64 array, shape (k n, k m). Residues modulo p; the first k i rows represent the first i.

    O(k^2 n m).
    """
    known = parse_field(field)
    if known.characteristic == 0:
        raise ArgumentError("field", str(known), "GF(q) with a prime power q")
    _require_elements(matrix, known)
    n, m = matrix.shape
    tabulated = known.characteristic**known.degree <= MAX_FIELD_ORDER
    blocks = element_blocks(known)[matrix] if tabulated else _blocks(matrix, known)
    return np.ascontiguousarray(blocks.transpose(0, 2, 1, 3)).reshape(known.degree * n, known.degree * m)


def descended_rows(matrix: Int64, field: str | Field) -> Rows:
    """Return the same, for engines and certificates."""
    return from_dense(descended(matrix, field))


def combination_of(vector: list[int], field: Field) -> list[int]:
    """Return coefficients in GF(p^k) of rows that give 1, from those of their images that give k m ones."""
    c = sum(field.characteristic**t for t in range(field.degree))
    return _times_inverse(vector, _block(c, field), field)


def kernel_of(vector: list[int], field: Field) -> list[int]:
    """Return a kernel vector over GF(p^k) from one of the images; its first entry other than 0 is 1."""
    k, p = field.degree, field.characteristic
    form = [_block(p**s, field)[:, -1].tolist() for s in range(k)]
    found = _times_inverse(vector, np.array(form), field)
    first = next((y for y in found if y), 1)
    digits = [y // p**t % p for y in found for t in range(k)]
    return _times_inverse(digits, _block(first, field), field)


def polynomial(field: Field) -> list[int]:
    """Return the coefficients of the field's Conway polynomial, the constant first and the leading 1 last."""
    return list(_conway(field))


def products(field: str | Field) -> Int64:
    """Return the multiplication table of GF(q), shape (q, q). See :func:`descended`."""
    return _products(finite(field))


def finite(field: str | Field) -> Field:
    """Return a finite field that is small enough to be tabulated."""
    known = parse_field(field)
    if not 0 < known.characteristic**known.degree <= MAX_FIELD_ORDER:
        raise ArgumentError("field", str(known), f"GF(q) with a prime power q of at most {MAX_FIELD_ORDER}")
    return known


@lru_cache
def _products(field: Field) -> Int64:
    blocks, powers = element_blocks(field), field.characteristic ** np.arange(field.degree)
    digits = np.arange(field.characteristic**field.degree)[:, None] // powers % field.characteristic
    return np.einsum("as,bst->abt", digits, blocks) % field.characteristic @ powers


@lru_cache
def element_blocks(field: Field) -> Int64:
    """Return the coefficients of each element times 1, x, ..., x^{k-1}, shape (q, k, k)."""
    return _blocks(np.arange(field.characteristic**field.degree), field)


def _block(element: int, field: Field) -> Int64:
    return _blocks(np.array([element]), field)[0]


def _blocks(elements: Int64, field: Field) -> Int64:
    """Return the same for these elements, shape (..., k, k); p^2 is at most q, so that no product overflows."""
    p, k = field.characteristic, field.degree
    blocks = np.empty((*elements.shape, k, k), np.int64)
    blocks[..., 0, :] = elements[..., None] // p ** np.arange(k) % p
    if k > 1:
        lower = np.array(_conway(field)[:-1], np.int64)
        for s in range(1, k):
            blocks[..., s, 0] = 0
            blocks[..., s, 1:] = blocks[..., s - 1, :-1]
            blocks[..., s, :] = (blocks[..., s, :] - blocks[..., s - 1, -1:] * lower) % p
    return blocks


@lru_cache
def _conway(field: Field) -> tuple[int, ...]:
    import galois

    p, k = field.characteristic, field.degree
    galois.GF(p, compile="python-calculate")  # compiling takes longer than the few operations
    try:
        return tuple(int(a) for a in galois.conway_poly(p, k).coeffs[::-1])
    except LookupError:
        raise ArgumentError(
            "field", str(field), f"one whose Conway polynomial galois has: a weight is {p} or more"
        ) from None


def _require_elements(weights: Int64, field: Field) -> None:
    """Raise :class:`ArgumentError` unless all are from 0 to q - 1."""
    order = field.characteristic**field.degree
    wrong = weights[(weights < 0) | (weights >= order)]
    if wrong.size:
        expected = f"an element of {field}, a whole number from 0 to {order - 1}"
        raise ArgumentError("weight", int(wrong[0]), expected)


def _times_inverse(vector: list[int], block: Int64, field: Field) -> list[int]:
    """Return the elements whose k coefficients each, as a row, times the block are those of the vector."""
    import flint

    k, p = field.degree, field.characteristic
    inverse = flint.nmod_mat(k, k, block.ravel().tolist(), p).inv()
    found = (flint.nmod_mat(len(vector) // k, k, vector, p) * inverse).entries()
    digits = list(map(int, found))
    return [sum(d * p**t for t, d in enumerate(digits[i : i + k])) for i in range(0, len(digits), k)]
