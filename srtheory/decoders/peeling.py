"""The iterative peeling decoder of LT codes [24]: recovers every f_i, then adds them up."""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

from srtheory.decoders.base import Stop
from srtheory.reception import Reception
from srtheory.rows import PrecodedRows, Rows


def peeling(reception: Reception) -> Stop:
    """Least number of received rows from which peeling recovers all m symbols; O(nnz) altogether.

    A row with one unrecovered symbol gives that symbol, whatever its weight; the symbol is taken out of every other
    row, and so on.  The rank is m where it succeeds (all symbols are known) and the number of recovered symbols, a
    lower bound, where it does not.  Rows with a pre-code are peeled over the intermediate symbols, its checks first.
    """
    stop, recovered = peel(reception.rows)
    return Stop(stop, recovered, "peeling")


def peel(rows: Rows) -> tuple[int | None, int]:
    """Rows needed until all symbols are recovered (None: never), and the number of symbols recovered by then."""
    if isinstance(rows, PrecodedRows):
        known, sums = rows.checks, rows.sums
        indptr = np.concatenate([known.indptr, known.indptr[-1] + sums.indptr[1:]])
        indices = np.concatenate([known.indices, sums.indices])
        stop, recovered = _peel(indptr, indices, sums.columns, rows.columns)
        stop = max(stop - len(known), 0) if stop >= 0 else stop
    else:
        stop, recovered = _peel(rows.indptr, rows.indices, rows.columns, rows.columns)
    return (None if stop < 0 else int(stop)), int(recovered)


@nb.njit(cache=True)
def _peel(indptr: npt.NDArray[np.int64], indices: npt.NDArray[np.int32], columns: int, wanted: int) -> tuple[int, int]:
    """Rows joined until the first ``wanted`` of the columns are recovered, -1 for never, and how many of these are.

    Rows join one by one; recovered symbols are taken out of later rows too, so each entry is met twice.
    """
    n = indptr.shape[0] - 1
    heads, members = by_column(indptr, indices, columns)
    unknown = np.diff(indptr)
    label = np.zeros(n, np.int64)  # sum of the unrecovered columns: the last one's name when unknown == 1
    for i in range(n):
        for c in indices[indptr[i] : indptr[i + 1]]:
            label[i] += c
    known = np.zeros(columns, np.bool_)
    stack = np.empty(columns + 1, np.int64)
    recovered = 0
    if wanted == 0:
        return 0, 0
    for k in range(n):
        top = 0
        if unknown[k] == 1:
            stack[0], top = label[k], 1
            known[label[k]] = True
        while top > 0:
            top -= 1
            c = stack[top]
            recovered += c < wanted
            for i in members[heads[c] : heads[c + 1]]:
                unknown[i] -= 1
                label[i] -= c
                if i <= k and unknown[i] == 1 and not known[label[i]]:
                    known[label[i]] = True
                    stack[top] = label[i]
                    top += 1
        if recovered == wanted:
            return k + 1, recovered
    return -1, recovered


@nb.njit(cache=True)
def by_column(
    indptr: npt.NDArray[np.int64], indices: npt.NDArray[np.int32], columns: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """The rows of each column, in order: ``members[heads[c]:heads[c + 1]]``."""
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
