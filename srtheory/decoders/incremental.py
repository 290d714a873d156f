"""Decoder that takes rows one by one and states after each whether the sum can be recovered.

While a symbol is uncovered the answer is no. Once at most :data:`FEW` are uncovered, the rows so far are brought into a
growing echelon form, some with each new row. After coverage every row is reduced against it, and so is 1. Over Q a "no"
is exact as long as the rank modulo the prime is the rational one (docs/proofs/exactness.md, section 6), which needs a
proof only when a row depends on others.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from numpy import ndarray

from srtheory.compiled import compiled, compiles, ordinary
from srtheory.errors import ArgumentError, require_int, require_kind
from srtheory.matrix import Rows, elements_of, plain_array, whole_weights
from srtheory.span.dense import arithmetic, primes_down
from srtheory.span.descent import is_prime_field_enough
from srtheory.span.engine import PRIMES, rank, spans, stopping_time
from srtheory.span.field import Field, field_of, parse_field
from srtheory.span.growing import ALL, DEPENDENT, NO_WEIGHTS, SPANS, TOGETHER, Growing
from srtheory.span.sparse import checked_rows
from srtheory.types import Int32, Int64

FEW = 3
"""Number of uncovered symbols from which the elimination is prepared, which nearly always takes as long as coverage."""
PIVOTS = 128
"""Number of pivots of the triangle that are found, or expressed, per row before coverage.  A block of so many rows that
this would be the whole triangle leaves it to the block that covers, since a later triangle has a smaller core."""
PORTION = 16
"""Number of rows that are entered then, if ``TOGETHER`` are available."""
WEIGHT = 16
"""Number of entries per row for which room is made at first."""
COLUMNS, CHARACTERISTIC, LENGTH, ATTEMPTS, MISSING, NEXT, ROOM, HEAD = range(8)
"""Fields of the ledger before the columns' stamps, the rows' boundaries and their columns, two in a field: the numbers
of columns, the field's characteristic, the numbers of rows, of attempts to add one, of columns that no row has met, of
rows at which the next piece of the elimination is due, and of rows for which there is room."""
DUE, NO_ROOM, REFUSED, NOTHING = range(-3, 1)
"""Results of a row: a piece of the elimination is due; there is no room; the row is invalid; nothing.  If all columns
are covered, the result is the number of rows."""
ONE = 1
INT32 = np.dtype(np.int32)


class IncrementalSpan:
    """Rows in order of arrival, and whether they span 1.

    ``columns`` is m, and ``field``, ``"Q"`` or ``"GF(q)"``, says what weights are as in
    :func:`srtheory.span.stopping_time`. ``stopping_time``: number of rows after which 1 was first spanned, None if not
    yet.

    O(weight) a row until few columns are uncovered, then O(weight·c + c²) for a core of c columns, a part of the work
    of the rows before included. A row that covers all of these few columns before that is done pays for the rest.  Over
    Q a row after coverage that depends on earlier ones costs a whole elimination and a proof that it does over Q, and
    every row after coverage over GF(p) with p beyond about 2**24.5 costs an elimination, as over GF(p^k) with a weight
    that is not in GF(p).
    """

    def __init__(self, columns: int, *, field: str | Field = "Q") -> None:
        self.columns = require_int("columns", columns, 0)
        self.stopping_time: int | None = 0 if self.columns == 0 else None
        self._over = parse_field(field)
        self._primes = _primes(self._over.characteristic)
        # Its kernels cannot be interpreted; without them the batch engine decides.
        self._arithmetic = arithmetic(next(self._primes)) if compiles() else None
        self._form: Growing | None = None
        self._doubted = False
        self._basis, self._proved = np.zeros(0, np.int64), 0
        head = np.zeros(HEAD + self.columns, np.int64)
        head[COLUMNS] = head[MISSING] = self.columns
        head[CHARACTERISTIC] = self._over.characteristic if self._over.degree == 1 else 0  # elements are 0 if they are
        self._open_ledger(head, self.columns + 64, WEIGHT * (self.columns + 64))
        self._values = NO_WEIGHTS
        self._append = _append.entry("(int32[:], int64[::1])")

    def __len__(self) -> int:
        return int(self._ledger[LENGTH])

    @property
    def rows(self) -> Rows:
        """The rows so far (no copy unless some weight is 0); their weights are None if all are 1."""
        bounds = self._bounds[: len(self) + 1]
        values = self._values[: bounds[-1]] if len(self._values) else None
        return Rows(self.columns, bounds, self._indices[: bounds[-1]], values)

    def add(self, row: npt.ArrayLike, weights: npt.ArrayLike | int = 1) -> bool:
        """Take the next row, and return whether the rows so far span 1.

        ``row`` (int array, shape (w,)): its columns, each at most once. An int32 array is taken fastest. ``weights``
        (int64 array, shape (w,), or int): its weights there.
        """
        found = NO_ROOM
        if (
            weights is ONE
            and type(row) is ndarray
            and row.dtype is INT32
            and row.ndim == 1
            and self._values is NO_WEIGHTS
        ):
            found = self._append(row, self._ledger)
            if found == NOTHING:
                return False
        if found in (NO_ROOM, REFUSED):
            found = self._enter_row(row, weights)
        if found == DUE:
            self._prepare()
        elif found > 0 and self.stopping_time is None and self._spans(found):
            self.stopping_time = found
        return self.stopping_time is not None

    def add_many(self, rows: Rows) -> int | None:
        """Take a block of rows, as :meth:`add` does one by one, and return ``stopping_time``.

        O(nnz) for a block that ends before coverage. One of few rows may take a part in the elimination, as a row does.
        One that completes m rows and is most of them takes as long as :func:`srtheory.span.stopping_time`; any other
        O(weight·c + c²) a row, some at a time, the first of them for all rows so far.
        """
        if require_kind("rows", rows, Rows).columns != self.columns:
            raise ArgumentError("rows", f"rows of {rows.columns} columns", f"rows of {self.columns} columns")
        self._require_elements(rows)
        found = self._enter(rows.indptr, rows.indices, rows.values)
        if found == REFUSED:
            checked_rows(**rows.arrays)  # which states what is wrong
        elif found > 0 and self.stopping_time is None:
            self.stopping_time = self._first()
        elif found == DUE and len(rows) * PIVOTS < self.columns:
            for _ in range(len(rows)):
                if len(self) < self._ledger[NEXT]:
                    break
                self._prepare()
        return self.stopping_time

    def _enter(self, indptr: Int64, columns: Int32, weights: Int64 | None) -> int:
        """Append rows, or none of them if they are invalid, and return what is due."""
        weighted = weights is not None or len(self._values) > 0
        self._make_room(len(indptr) - 1, len(columns), weighted=weighted)
        given = NO_WEIGHTS if weights is None else weights
        return int(_append_block.machine(indptr, columns, given, self._ledger, self._values))

    def _enter_row(self, row: npt.ArrayLike, weights: npt.ArrayLike | int) -> int:
        """Append a row on the slow path, and return what is due."""
        columns = plain_array("row", row, "a one-dimensional array of integers")
        if columns.ndim != 1 or (columns.size and columns.dtype.kind not in "iu"):
            raise ArgumentError("row", row, "a one-dimensional array of integers")
        size, found = len(columns), REFUSED
        given = whole_weights("weights", np.full(size, weights) if np.ndim(weights) == 0 else weights, size)
        if size == 0 or -1 < columns.min() <= columns.max() < self.columns:
            bounds, places = np.array([0, size]), ordinary(columns.astype(np.int32, copy=False))
            self._require_elements(Rows(self.columns, bounds, places, given, elements_of("weights", weights)))
            found = self._enter(bounds, places, None if (given == 1).all() else ordinary(given))
        if found == REFUSED:
            raise ArgumentError("row", columns.tolist(), f"distinct columns from 0 to {self.columns - 1}")
        return found

    def _require_elements(self, rows: Rows) -> None:
        """Refuse weights that are not in the field; once one is not in the prime field, the batch engine decides."""
        field_of(rows.elements, self._over)
        if not is_prime_field_enough(rows, self._over):
            self._form, self._arithmetic = None, None

    def _make_room(self, rows: int, entries: int, *, weighted: bool) -> None:
        length = len(self)
        used = int(self._bounds[length])
        if length + rows > self._ledger[ROOM] or used + entries > len(self._indices):
            head, bounds, indices = self._ledger[: HEAD + self.columns], self._bounds, self._indices
            self._open_ledger(head, 2 * (length + rows), 2 * (used + entries))
            self._bounds[: length + 1], self._indices[:used] = bounds[: length + 1], indices[:used]
        if weighted and len(self._values) < len(self._indices):
            self._values = np.append(self._values, np.ones(len(self._indices) - len(self._values), np.int64))

    def _open_ledger(self, head: Int64, rows: int, entries: int) -> None:
        """Begin a ledger with room for so many rows and entries, of which none is there yet."""
        self._ledger = np.zeros(len(head) + rows + 1 + (entries + 1) // 2, np.int64)
        self._ledger[: len(head)] = head
        self._ledger[ROOM] = rows
        _, self._bounds, self._indices = _parts.function(self._ledger)

    def _prepare(self) -> None:
        """Compute a piece of the elimination that the first row after coverage will need."""
        if self._form is not None:
            if not self._form.ready:
                self._form.prepare(PIVOTS)
            else:
                self._take(self._form, len(self), PORTION)
                if self._form.entered + TOGETHER > len(self):
                    self._ledger[NEXT] = self._form.entered + TOGETHER
        elif self._arithmetic is not None:
            self._form = Growing(self.rows, self._arithmetic)

    def _take(self, form: Growing, length: int, limit: int) -> bool:
        """Enter rows into the form, and return whether they span 1 modulo its prime."""
        found = form.take(self._bounds, self._indices, self._values, length, limit)
        if found & DEPENDENT:
            self._doubted = True
        return found & SPANS != 0

    def _spans(self, length: int) -> bool:
        """Return the exact answer, given that every column is covered."""
        if self._arithmetic is None:
            return self._decide()
        while True:
            form = self._form
            if form is None:
                form = self._form = Growing(self.rows, self._arithmetic)
            if not form.ready:
                form.prepare()
            if self._take(form, length, ALL):
                if self._over.characteristic or form.rank == self.columns or self._decide():
                    return True
            elif not self._doubted or self._rank_is_exact(form):
                self._doubted = False
                return False
            self._form, self._doubted, self._arithmetic = None, False, arithmetic(next(self._primes))
            assert self._arithmetic is not None

    def _first(self) -> int | None:
        """Return the least number of rows that span 1, which is larger than the number before this block."""
        n, form = len(self), self._form
        if self._arithmetic is None:
            return self._batch()
        if n >= self.columns and 2 * (form.entered if form else 0) < n and (k := self._batch()) is not None:
            return k
        if not self._spans(n):
            return None
        form = self._form
        return form.spanned if form and form.spanned is not None and self._is_least(form) else self._batch()

    def _batch(self) -> int | None:
        return stopping_time(**self.rows.arrays, field=self._over).stopping_time

    def _is_least(self, form: Growing) -> bool:
        """Return whether the least number of rows that span 1 modulo the prime is that over the field.

        Over Q it is if it is m and the rank is also m: all these rows are independent.
        """
        return self._over.characteristic > 0 or form.spanned == form.rank == self.columns

    def _rank_is_exact(self, form: Growing) -> bool:
        """Return whether the rank modulo the prime is that over the field.

        A basis of the rows so far is stored: later it suffices to test the basis and the rows that have arrived since.
        """
        if self._over.characteristic or form.rank == min(len(self), self.columns):
            return True
        from srtheory.span.lifting import basis

        kept = np.append(self._basis, np.arange(self._proved, len(self)))
        found = basis(self.rows.take(kept), form.rank)
        if found is None:
            return rank(**self.rows.arrays) == form.rank
        self._basis, self._proved = kept[found], len(self)
        return True

    def _decide(self) -> bool:
        """Decide by the batch engine."""
        return spans(**self.rows.arrays, field=self._over).spans


def _primes(characteristic: int) -> Iterator[int]:
    """Return the primes to use, in order."""
    if characteristic:
        yield characteristic
    else:
        yield from PRIMES[:-1]
        yield from primes_down()


@compiled
def _parts(ledger: Int64) -> tuple[Int64, Int64, Int32]:
    """Return the columns' stamps, the rows' boundaries, and room for the columns of their entries."""
    bounds = HEAD + ledger[COLUMNS]
    indices = bounds + ledger[ROOM] + 1
    return ledger[HEAD:bounds], ledger[bounds:indices], ledger[indices:].view(np.int32)


@compiled
def _append(row: Int32, ledger: Int64) -> int:
    """Take a row with weights 1, if there is room, and return what is due."""
    stamps, bounds, indices = _parts(ledger)
    start = bounds[ledger[LENGTH]]
    end = start + len(row)
    if ledger[LENGTH] == ledger[ROOM] or end > len(indices):
        return NO_ROOM
    for k in range(len(row)):
        indices[start + k] = row[k]
    if not _stamp(start, end, ledger, stamps, indices):
        return REFUSED
    return _take_in(end, ledger, stamps, bounds, indices, ledger[:0])


@compiled
def _append_block(indptr: Int64, rows: Int32, weights: Int64, ledger: Int64, values: Int64) -> int:
    """Take rows, for which there is room, or none if they are invalid; return what is due. No weights if all are 1."""
    if indptr[0] != 0 or indptr[-1] != len(rows) or (indptr[1:] < indptr[:-1]).any():
        return REFUSED
    stamps, bounds, indices = _parts(ledger)
    start, found = bounds[ledger[LENGTH]], NOTHING
    for e in range(len(rows)):
        indices[start + e] = rows[e]
    if len(values) > 0:
        for e in range(len(rows)):
            values[start + e] = weights[e] if len(weights) > 0 else 1
    for i in range(len(indptr) - 1):
        if not _stamp(start + indptr[i], start + indptr[i + 1], ledger, stamps, indices):
            return REFUSED
    for i in range(len(indptr) - 1):
        found = _take_in(start + indptr[i + 1], ledger, stamps, bounds, indices, values)
    return found


@compiled
def _stamp(start: int, end: int, ledger: Int64, stamps: Int64, indices: Int32) -> bool:
    """Stamp the columns of a row, and return False if one is out of range or repeated.

    The stamp of a column is the last attempt to add a row that contains it, positive once the column has been met.
    """
    ledger[ATTEMPTS] += 1
    stamp = ledger[ATTEMPTS]
    for e in range(start, end):
        c = indices[e]
        if c < 0 or c >= len(stamps) or abs(stamps[c]) == stamp:
            return False
        stamps[c] = stamp if stamps[c] > 0 else -stamp
    return True


@compiled
def _take_in(end: int, ledger: Int64, stamps: Int64, bounds: Int64, indices: Int32, values: Int64) -> int:
    """Count a stamped row and the columns that it is the first to meet, and return what is due."""
    p, met = ledger[CHARACTERISTIC], 0
    for e in range(bounds[ledger[LENGTH]], end):
        c = indices[e]
        if stamps[c] < 0 and (len(values) == 0 or (values[e] % p if p else values[e]) != 0):
            stamps[c] = -stamps[c]
            met += 1
    ledger[LENGTH] += 1
    ledger[MISSING] -= met
    bounds[ledger[LENGTH]] = end
    if ledger[MISSING] == 0:
        return ledger[LENGTH]
    return DUE if ledger[MISSING] <= FEW and ledger[LENGTH] >= ledger[NEXT] else NOTHING
