"""Sum of all terms from rows that are parts of one partition of [m]: the first copy of every part is added."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.decoders.direct import parts
from srtheory.errors import ArgumentError
from srtheory.rows import Rows


@dataclass(frozen=True, eq=False)
class Added:
    """Sum of all terms, with its cost.

    Attributes
    ----------
    value : object
        F.
    additions : int
        Additions of values: the parts, less one.
    """

    value: Any
    additions: int


def partition_sum(rows: Rows, values: npt.NDArray[Any] | Sequence[Any]) -> Added | None:
    """Return F from the values of rows that are pairwise equal or disjoint; None if a part is missing. O(nnz + m).

    Parameters
    ----------
    rows : Rows
        n rows of weights 1 with m >= 1 columns.
    values : array or sequence of n values
        The sum of the terms in each row.  Floats in an array of shape (n,) are added up by NumPy, integers as Python's.
        Other sequences hold numbers of any kind, or arrays of one shape.

    Raises
    ------
    ArgumentError
        If two rows overlap without being equal, a weight is not 1, or there are not n values.
    """
    rows.require_ones("rows of weight 1: parts of a partition are added up")
    if len(values) != len(rows):
        raise ArgumentError("values", f"{len(values)} values", f"{len(rows)} values, one for each row")
    stop, first = parts(rows)
    if stop is None or rows.columns == 0:
        return None
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind == "f":
        return Added(float(values[first].sum()), len(first) - 1)
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "biu":
        values = values[first].tolist()
        return Added(sum(values), len(first) - 1)
    total = copy(values[first[0]])
    for i in first[1:].tolist():
        total = total + values[i]
    return Added(total, len(first) - 1)
