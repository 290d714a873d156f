"""Coverage time, the first obstruction: the number of rows after which every column occurs in some row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.rows import Rows


def coverage_time(rows: Rows) -> int | None:
    """Return the least k such that the first k rows meet every column (CC of the paper), or None, in O(nnz) time."""
    k = _first_cover(rows.indptr, rows.indices, rows.columns)
    return None if k < 0 else k


@compiled(small=LINEAR)
def _first_cover(indptr: npt.NDArray[np.int64], indices: npt.NDArray[np.int32], columns: int) -> int:
    met, missing = np.zeros(columns, np.bool_), columns
    for i in range(len(indptr) - 1):
        if missing == 0:
            return i
        for e in range(indptr[i], indptr[i + 1]):
            c = np.uint32(indices[e])  # no index is negative: numba need not check
            missing -= not met[c]
            met[c] = True
    return -1 if missing else len(indptr) - 1


@_first_cover.interpreted
def _first_cover_of_array(indptr: npt.NDArray[np.int64], indices: npt.NDArray[np.int32], columns: int) -> int:
    entries = int(indptr[-1])
    first = np.full(columns, entries, np.int64)
    first[indices[:entries][::-1]] = np.arange(entries - 1, -1, -1)  # of equal columns the last assignment counts
    last = int(first.max(initial=-1))
    return -1 if last == entries and columns else int(np.searchsorted(indptr, last, "right")) if columns else 0
