"""The first obstruction: after how many rows does every column stand in one of them?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.rows import Rows


def coverage_time(rows: Rows) -> int | None:
    """Least k such that every column is met by the first k rows, or None; O(nnz).  The paper's index CC."""
    k = _first_cover(rows.indptr, rows.indices, rows.columns)
    return None if k < 0 else k


@compiled(small=LINEAR)
def _first_cover(indptr: npt.NDArray[np.int64], indices: npt.NDArray[np.int32], columns: int) -> int:
    met, missing = np.zeros(columns, np.bool_), columns
    for i in range(len(indptr) - 1):
        if missing == 0:
            return i
        for e in range(indptr[i], indptr[i + 1]):
            c = np.uint32(indices[e])  # no index is negative: numba need not ask
            missing -= not met[c]
            met[c] = True
    return -1 if missing else len(indptr) - 1
