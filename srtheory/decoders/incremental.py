"""Decoder that takes rows one by one and states after each whether the sum can be recovered.

While a symbol is uncovered the answer is no. Once all are covered, every kernel vector modulo a prime is a combination
of δ = m - rank basis vectors, each scaled to have sum 1. So the rows to come span 1 together with those so far if and
only if their products with the basis, δ numbers a row, span the vector of δ ones, which the kernel of these products,
carried from row to row, tells. Over Q a "no" is exact as long as the rank modulo the prime is the rational one
(docs/proofs/exactness.md, section 6), which needs a proof only when a row depends on others.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int, require_kind
from srtheory.matrix import Rows, boundaries, elements_of, from_dense, from_sets, plain_array, stack, whole_weights
from srtheory.span.dense import arithmetic, symmetric_array
from srtheory.span.descent import is_prime_field_enough
from srtheory.span.engine import FAST_PRIME, stopping_time
from srtheory.span.field import Field, field_of, parse_field
from srtheory.span.modular import kernel, walk
from srtheory.span.sparse import checked_rows, residues
from srtheory.types import Int64


class IncrementalSpan:
    """Rows in order of arrival, and whether they span 1.

    ``columns`` is m, and ``field``, ``"Q"`` or ``"GF(q)"``, says what weights are as in
    :func:`srtheory.span.stopping_time`. ``stopping_time``: number of rows after which 1 was first spanned, None if not
    yet.

    O(weight + m) a row until all columns are covered, then one elimination of all rows so far, and O(δ·weight + δ²) for
    each further row. Over Q a row after coverage that depends on earlier ones costs a whole elimination and a proof
    that it does over Q, and every row after coverage over GF(p) with p beyond about 2**24.5 costs an elimination, as
    over GF(p^k) with a weight that is not in GF(p).
    """

    def __init__(self, columns: int, *, field: str | Field = "Q") -> None:
        self.columns = require_int("columns", columns, 0)
        self.stopping_time: int | None = 0 if self.columns == 0 else None
        self._over = parse_field(field)
        self._prime = self._over.characteristic or FAST_PRIME
        self._parts, self._length = [from_sets(self.columns, [])], 0
        self._met = np.zeros(self.columns, np.bool_)
        self._known: Int64 | None = None
        """Shape (m, δ). The kernel vectors when all columns were covered, each of sum 1 modulo the prime."""
        self._basis = np.zeros((0, 0), np.int64)
        """Combinations of these that the rows since then annihilate, each of sum 1 or 0 as a vector of δ numbers."""
        self._dependent = 0
        """Number of rows known to depend on those before them over Q."""

    def __len__(self) -> int:
        return self._length

    @property
    def rows(self) -> Rows:
        """The rows so far; their weights are None if all are 1."""
        self._parts = [stack(self._parts)]
        return self._parts[0]

    def add(self, row: npt.ArrayLike, weights: npt.ArrayLike | int = 1) -> bool:
        """Take the next row, and return whether the rows so far span 1.

        ``row`` (int array, shape (w,)): its columns, each at most once. ``weights`` (int64 array, shape (w,), or int):
        its weights there.
        """
        columns = plain_array("row", row, "a one-dimensional array of integers")
        if columns.ndim != 1 or (columns.size and columns.dtype.kind not in "iu"):
            raise ArgumentError("row", row, "a one-dimensional array of integers")
        size = len(columns)
        given = whole_weights("weights", np.full(size, weights) if np.ndim(weights) == 0 else weights, size)
        if size and not (0 <= columns.min() <= columns.max() < self.columns and len(np.unique(columns)) == size):
            raise ArgumentError("row", columns.tolist(), f"distinct columns from 0 to {self.columns - 1}")
        values = None if (given == 1).all() else given
        places = columns.astype(np.int32)
        return self._enter(Rows(self.columns, boundaries([size]), places, values, elements_of("weights", weights)))

    def add_many(self, rows: Rows) -> int | None:
        """Take a block of rows, as :meth:`add` does one by one, and return ``stopping_time``."""
        if require_kind("rows", rows, Rows).columns != self.columns:
            raise ArgumentError("rows", f"rows of {rows.columns} columns", f"rows of {self.columns} columns")
        checked_rows(**rows.arrays)
        self._enter(rows)
        return self.stopping_time

    def _enter(self, rows: Rows) -> bool:
        field_of(rows.elements, self._over)
        if not is_prime_field_enough(rows, self._over):
            self._prime = 0  # the batch engine decides
        of_prime = residues(rows, self._prime) if self._over.characteristic and self._prime else rows
        self._parts.append(rows)
        self._length += len(rows)
        self._met[of_prime.indices] = True
        if self.stopping_time is None and self._met.all():
            self.stopping_time = self._least(rows)
        return self.stopping_time is not None

    def _least(self, new: Rows) -> int | None:
        """Return the least number of rows that span 1, given that all columns are covered, with these rows at last."""
        p, over_q = self._prime, self._over.characteristic == 0
        if p == 0 or (p > 2 and arithmetic(p) is None):
            return self._batch()
        if self._known is None:
            return self._begin(p)
        products = self._products(residues(new, p), self._known, p)
        at, left = walk(products, self._basis, 0, len(new), p, halt=True)
        before, rank = len(self) - len(new) + at, self.columns - len(left)
        exact = not over_q or before - rank == self._dependent
        if at < len(new) and exact and (not over_q or len(left) == 1):
            return before + 1
        _, self._basis = walk(products, left, at, len(new), p, halt=False)
        return None if at == len(new) and exact else self._batch()

    def _begin(self, p: int) -> int | None:
        """Answer for the first rows that cover all columns, and keep the kernel for those to come."""
        basis = kernel(residues(self.rows, p), p)
        sums = basis.sum(axis=1) % p
        if not sums.any():
            return self._batch()
        basis[sums == 0] += basis[np.argmax(sums != 0)]
        scale = [pow(x, -1, p) for x in (basis.sum(axis=1) % p).tolist()]
        self._known = np.ascontiguousarray(symmetric_array(basis * np.array(scale)[:, None], p).T)
        self._basis = np.eye(len(basis), dtype=np.int64)
        if self._over.characteristic or len(basis) == self.columns - len(self):
            return None
        return self._batch()

    @staticmethod
    def _products(rows: Rows, known: Int64, p: int) -> Rows:
        """Return the rows' products with the kernel vectors."""
        weights = np.ones(len(rows.indices), np.int64) if rows.values is None else rows.values
        found = np.zeros((len(rows), known.shape[1]), np.int64)
        for i, (start, end) in enumerate(pairwise(rows.indptr.tolist())):
            terms = weights[start:end, None] * known[rows.indices[start:end]]
            found[i] = symmetric_array(symmetric_array(terms, p).sum(axis=0), p)
        return from_dense(found)

    def _batch(self) -> int | None:
        """Ask the batch engine about all rows so far, and note how many depend on others if they do not span 1."""
        found = stopping_time(**self.rows.arrays, field=self._over)
        self._dependent = len(self) - found.rank
        return found.stopping_time
