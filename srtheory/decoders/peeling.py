"""The iterative peeling decoder of LT codes [24]: recovers every f_i, then adds them up."""

from __future__ import annotations

import numpy as np

from srtheory.compiled import LINEAR, compiled
from srtheory.decoders.base import Cost, Stop
from srtheory.errors import require_kind
from srtheory.matrix import PrecodedRows, Rows
from srtheory.reception import Reception
from srtheory.types import Int32, Int64


def peeling(reception: Reception) -> Stop:
    """Return the least number of received rows from which peeling recovers all m symbols; O(nnz) altogether.

    A row with one unrecovered symbol gives that symbol, for any weight. The symbol is removed from every other row, and
    so on. The rank is m if it succeeds (all symbols are known). Otherwise it is the number of recovered symbols, a
    lower bound. Rows with a pre-code are peeled over the intermediate symbols, its checks first.
    """
    stop, recovered, cost = _peeled(require_kind("reception", reception, Reception).rows)
    return Stop(stop, recovered, "peeling", None if stop is None else cost)


def peel(rows: Rows) -> tuple[int | None, int]:
    """Return the rows needed to recover all symbols (None if never), and the number of symbols recovered by then."""
    return _peeled(require_kind("rows", rows, Rows))[:2]


def schedule(rows: Rows) -> tuple[Int32, Int32]:
    """Return the symbols in the order in which peeling of all rows recovers them, and the row of each, in O(nnz) time.

    A symbol's row holds it and none that comes later.  All symbols are there exactly if peeling recovers the sum.
    """
    require_kind("rows", rows, Rows)
    return _schedule(rows.indptr, rows.indices, rows.columns)


def _peeled(rows: Rows) -> tuple[int | None, int, Cost]:
    """Return the same, with the cost: known symbols are removed from rows that give one each, then sources are added.

    The value of a check is 0, so nothing is subtracted from it.
    """
    if isinstance(rows, PrecodedRows):
        checks, sums = rows.checks, rows.sums
        indptr = np.concatenate([checks.indptr, checks.indptr[-1] + sums.indptr[1:]])
        indices = np.concatenate([checks.indices, sums.indices])
        stop, recovered, source = _peel(indptr, indices, sums.columns, rows.columns)
        own = np.arange(len(indptr) - 1) >= len(checks)
        stop = max(stop - len(checks), 0) if stop >= 0 else stop
    else:
        indptr = rows.indptr
        stop, recovered, source = _peel(indptr, rows.indices, rows.columns, rows.columns)
        own = np.ones(len(rows), np.bool_)
    used = source[source >= 0]
    operations = int(np.maximum(np.diff(indptr)[used] - 2 + own[used], 0).sum()) + max(rows.columns - 1, 0)
    return (None if stop < 0 else int(stop)), int(recovered), Cost(operations, _scalings(rows, used), 0)


def _scalings(rows: Rows, used: Int64) -> int:
    """Count the entries of these rows with a weight other than 1 or -1: a multiplication, or the final division."""
    if rows.values is None or isinstance(rows, PrecodedRows):
        return 0
    scaled = np.append(0, np.cumsum(np.abs(rows.values) != 1))
    return int((scaled[rows.indptr[used + 1]] - scaled[rows.indptr[used]]).sum())


@compiled(small=LINEAR)
def _peel(indptr: Int64, indices: Int32, columns: int, wanted: int) -> tuple[int, int, Int64]:
    """Return rows joined until the first ``wanted`` columns are recovered, -1 for never, and how many of these are.

    The last result is the row that gave each column, or -1. Rows join one by one. Recovered symbols are also removed
    from later rows, so each entry is used twice.
    """
    n = indptr.shape[0] - 1
    heads, members = by_column(indptr, indices, columns)
    unknown = indptr[1:] - indptr[:-1]
    label = np.zeros(n, np.int64)  # sum of the unrecovered columns: the last one's name when unknown == 1
    for i in range(n):
        for c in indices[indptr[i] : indptr[i + 1]]:
            label[i] += c
    source = np.full(columns, -1, np.int64)
    stack = np.empty(columns + 1, np.int64)
    recovered = 0
    if wanted == 0:
        return 0, 0, source
    for k in range(n):
        top = 0
        if unknown[k] == 1:
            stack[0], top = label[k], 1
            source[label[k]] = k
        while top > 0:
            top -= 1
            c = stack[top]
            recovered += c < wanted
            for i in members[heads[c] : heads[c + 1]]:
                unknown[i] -= 1
                label[i] -= c
                if i <= k and unknown[i] == 1 and source[label[i]] < 0:
                    source[label[i]] = i
                    stack[top] = label[i]
                    top += 1
        if recovered == wanted:
            return k + 1, recovered, source
    return -1, recovered, source


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
def by_column(indptr: Int64, indices: Int32, columns: int) -> tuple[Int64, Int32]:
    """Return the rows of each column, in order: ``members[heads[c]:heads[c + 1]]``."""
    heads = np.zeros(columns + 2, np.int64)
    for c in indices:
        heads[c + 2] += 1
    heads = np.cumsum(heads)
    members = np.empty(indices.shape[0], np.int32)
    for i in range(indptr.shape[0] - 1):
        for c in indices[indptr[i] : indptr[i + 1]]:
            members[heads[c + 1]] = i
            heads[c + 1] += 1
    return heads[:-1], members
