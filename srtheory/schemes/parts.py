"""Rows that are parts of a partition of [0, m), sent by each worker in its own order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.rows import Rows
from srtheory.schemes.base import BudgetArray, EncodedSymbols

Int64 = npt.NDArray[np.int64]


def parts_sent(
    budget: BudgetArray, first: Int64, order: npt.NDArray[np.integer], ends: Int64, ended: npt.NDArray[np.bool_]
) -> EncodedSymbols:
    """Return the parts that workers complete when they send them in order, in O(parts in the orders + terms sent) time.

    Parameters
    ----------
    budget : int64 array, shape (workers,)
        Term evaluations of each worker.
    first : int64 array, shape (workers + 1,)
        Start of the order of each worker in ``order``.
    order : int array, shape (first[-1],)
        Worker j sends the parts of the numbers ``order[first[j]:first[j + 1]]``.
    ends : int64 array, shape (parts + 1,)
        Part i has the columns ``ends[i]`` to ``ends[i + 1] - 1``.
    ended : bool array, shape (workers,)
        See :class:`srtheory.schemes.base.EncodedSymbols`.
    """
    worker, terms, indptr, indices = _send(budget, first, order.astype(np.int32, copy=False), ends)
    return EncodedSymbols(Rows(int(ends[-1]), indptr, indices), worker, terms, ended)


def cells(columns: int, size: int) -> Int64:
    """Return starts and ends of consecutive parts of one size, the last shorter, of shape (ceil(columns/size) + 1,)."""
    return np.minimum(np.arange(-(-columns // size) + 1) * size, columns)


@compiled(small=LINEAR, work=lambda budget, first, order, ends: len(budget) + len(order) * (2 + np.diff(ends).max()))
def _send(
    budget: BudgetArray, first: Int64, order: npt.NDArray[np.int32], ends: Int64
) -> tuple[npt.NDArray[np.int32], Int64, Int64, npt.NDArray[np.int32]]:
    """Return the sender and the sender's terms of every part, and boundaries and columns of the rows."""
    most, n, entries, largest = order.shape[0], 0, 0, 0
    for i in range(ends.shape[0] - 1):
        largest = max(largest, ends[i + 1] - ends[i])
    worker, terms, indptr = np.empty(most, np.int32), np.empty(most, np.int64), np.zeros(most + 1, np.int64)
    indices = np.empty(most * largest, np.int32)
    for j in range(budget.shape[0]):
        done = 0
        for i in range(first[j], first[j + 1]):
            begin, end = ends[order[i]], ends[order[i] + 1]
            if done + end - begin > budget[j]:
                break
            done += end - begin
            for c in range(begin, end):
                indices[entries] = c
                entries += 1
            worker[n], terms[n], indptr[n + 1] = j, done, entries
            n += 1
    return worker[:n], terms[:n], indptr[: n + 1], indices[:entries]
