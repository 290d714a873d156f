"""Sum of all terms by peeling, from the values of the received rows, with its cost in additions."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.decoders.peeling import by_column
from srtheory.errors import ArgumentError
from srtheory.rows import PrecodedRows, Rows

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Peeled:
    """Sum of all terms, with its cost.

    Attributes
    ----------
    value : object
        F.
    additions : int
        Additions and subtractions of values: the terms of the rows that gave a symbol each, less one.  There are no
        multiplications or divisions.
    """

    value: Any
    additions: int


def peel_sum(rows: Rows, values: npt.NDArray[Any] | Sequence[Any]) -> Peeled | None:
    """Return F from the values of rows that peeling decodes, by O(nnz) additions; None if it does not.

    Each symbol is recovered from the first row, in the order of peeling, in which it is the last unknown symbol; rows
    that recover no symbol are not added.

    Parameters
    ----------
    rows : Rows
        n rows of weights 1 with m >= 1 columns.
    values : array or sequence of n values
        The sum of the terms in each row.  Arrays of float64 or int64, shape (n,), are decoded in compiled code, int64
        modulo 2^64, so that F is right if it fits; other integer arrays of shape (n,) become Python's integers.  Other
        sequences hold numbers of any kind, or arrays of one shape.

    Raises
    ------
    ArgumentError
        If a weight is not 1, the rows have a pre-code, or there are not n values.
    """
    rows.require_ones("rows of weight 1, which need no division")
    if isinstance(rows, PrecodedRows):
        raise ArgumentError("rows", "rows with a pre-code", "rows without one: peeling goes over intermediate symbols")
    if len(values) != len(rows):
        raise ArgumentError("values", f"{len(values)} values", f"{len(rows)} values, one for each row")
    symbol, source = schedule(rows)
    if len(symbol) < rows.columns or rows.columns == 0:
        return None
    sizes = rows.indptr[source + 1] - rows.indptr[source]
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "biu" and values.dtype != np.int64:
        values = values.tolist()
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype in (np.float64, np.int64):
        total = _total(rows.indptr, rows.indices, symbol, source, values)
    else:
        total = _total_of_any(rows, symbol, source, values)
    return Peeled(total, int(sizes.sum()) - 1)


def schedule(rows: Rows) -> tuple[Int32, Int32]:
    """Return the symbols in the order in which peeling recovers them from all rows, and the row of each; O(nnz) time.

    The row of a symbol contains that symbol and no symbol recovered later. All m symbols are returned if and only if
    peeling recovers the sum.
    """
    return _schedule(rows.indptr, rows.indices, rows.columns)


@compiled
def _schedule(indptr: Int64, indices: Int32, columns: int) -> tuple[Int32, Int32]:
    n = indptr.shape[0] - 1
    heads, members = by_column(indptr, indices, columns)
    # Number of unknown symbols in the upper half, their names combined by exclusive or in the lower: one memory access.
    left = np.empty(n, np.int64)
    symbol, source = np.empty(columns, np.int32), np.empty(columns, np.int32)
    known = np.zeros(columns, np.bool_)
    found = 0
    for i in range(n):
        low, high = indptr[i], indptr[i + 1]
        label = np.int64(0)
        for c in indices[low:high]:
            label ^= c
        left[i] = (high - low) << 32 | label
        if high - low == 1 and not known[label]:
            known[label] = True
            symbol[found], source[found] = label, i
            found += 1
    done = 0
    while done < found:
        c = symbol[done]
        done += 1
        for i in members[heads[c] : heads[c + 1]]:
            left[i] = (left[i] - (1 << 32)) ^ c
            if left[i] >> 32 == 1:
                last = left[i] & 0xFFFFFFFF
                if not known[last]:
                    known[last] = True
                    symbol[found], source[found] = last, i
                    found += 1
    return symbol[:found], source[:found]


@compiled
def _total(indptr: Int64, indices: Int32, symbol: Int32, source: Int32, values: npt.NDArray[Any]) -> Any:
    term = np.zeros(symbol.shape[0], values.dtype)
    total = values[source[0]]
    for at in range(symbol.shape[0]):
        c, i = symbol[at], source[at]
        value = values[i]
        for other in indices[indptr[i] : indptr[i + 1]]:
            if other != c:
                value -= term[other]
        term[c] = value
        if at > 0:
            total += value
    return total


def _total_of_any(rows: Rows, symbol: Int32, source: Int32, values: Any) -> Any:
    term: dict[int, Any] = {}
    total = None
    for c, i in zip(symbol.tolist(), source.tolist(), strict=True):
        value = values[i]
        for other in rows.indices[rows.indptr[i] : rows.indptr[i + 1]].tolist():
            if other != c:
                value = value - term[other]
        term[c] = value
        total = copy(value) if total is None else total + value
    return total
