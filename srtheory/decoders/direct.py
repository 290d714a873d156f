"""Recovery by plain addition (sections II-B and III-B): coverage, the two shortcuts of SR codes, disjoint parts.

The module also has the two decoders without elimination, for sizes beyond elimination: the coverage time CC and the
hitting-time law max(m, CC).
"""

from __future__ import annotations

import numpy as np

from srtheory.compiled import LINEAR, compiled
from srtheory.decoders.base import Stop, sum_of
from srtheory.errors import ArgumentError, require_kind
from srtheory.matrix import Rows
from srtheory.reception import Reception, UnorderedReception
from srtheory.span.sparse import coverage_time
from srtheory.types import Floats, Int32, Int64

_NEVER, NO_PARTS = -1, -2
"""Instead of a number of rows: a part is missing, or the rows are no parts."""
OF_PARTS = "rows of weight 1: parts of a partition are added up"


def all_systematic_time(rows: Rows) -> int | None:
    """Return the least k by which each of the m symbols has arrived alone, or None; their sum is F(x) (section III-B).

    Rows with weights other than 1 do not add up, and are ignored.
    """
    plain = require_kind("rows", rows, Rows).plain()
    return _none(_all_alone(plain.indptr, plain.indices, plain.columns))


def complete_worker_time(reception: Reception) -> int | None:
    """Return the least k such that the rows received from one worker partition the m symbols, or None (III-B).

    Rows with weights other than 1 do not add up, and are ignored. O(nnz), plus O(n) for each worker whose rows add up
    to m terms and overlap, as rows drawn with replacement can.
    """
    rows = require_kind("reception", reception, Reception).rows.plain()
    workers = int(reception.worker.max(initial=-1)) + 1
    return _none(_complete(rows.indptr, rows.indices, rows.columns, reception.worker, workers))


def partition(reception: Reception) -> Stop:
    """Decode rows that are parts of one partition of [m]: every part must arrive."""
    rows = require_kind("reception", reception, Reception).rows
    rows.require_ones(OF_PARTS)
    stop, first = parts(rows)
    return Stop(stop, len(first), "disjoint parts", None if stop is None else sum_of(len(first)), stop)


def partition_unordered(sent: UnorderedReception) -> tuple[Stop, int]:
    """Return the result of :func:`partition` for rows that are not sorted by arrival, and the last row needed, or -1.

    The rows are not sorted: the last part is the part whose first copy arrives last. O(nnz + m). Errors as
    :func:`partition`.
    """
    rows = sent.rows
    rows.require_ones(OF_PARTS)
    last, k, found = last_part(rows.indptr, rows.indices, rows.columns, sent.time, sent.until)
    if k == NO_PARTS:
        partition(sent.reception)
        raise AssertionError("rows that are no parts in one order are none in another")
    return Stop(_none(k), found, "disjoint parts", None if k == _NEVER else sum_of(found), _none(k)), last


def parts(rows: Rows) -> tuple[int | None, Int64]:
    """Return the number of rows by which every part of a partition of [m] has arrived (or None), and each first row.

    Only the rows up to then are read, each entry once: O(nnz + m).
    """
    require_kind("rows", rows, Rows)
    stop, first = _partition(rows.indptr, rows.indices, rows.columns)
    if stop < _NEVER:
        raise ArgumentError("reception", f"row {-stop - 2}", "rows that are pairwise equal or disjoint")
    return _none(stop), first


def coverage(reception: Reception) -> Stop:
    """Return CC, before which no scheme recovers the sum, in O(nnz) time. The rank is a lower bound, :func:`alone`."""
    rows = require_kind("reception", reception, Reception).rows
    stop = coverage_time(rows)
    return Stop(stop, alone(rows, stop), "coverage", coverage_time=stop)


def hitting_time(reception: Reception) -> Stop:
    """Return max(m, CC), which equals M' for almost all runs of a large SR code (hitting-time law).

    The hitting-time law is true in the limit, not exact at finite m. O(nnz). The rank is only a lower bound,
    :func:`alone`.
    """
    rows = require_kind("reception", reception, Reception).rows
    rows.require_ones("rows of weight 1, of which alone the hitting-time law speaks")
    cover = coverage_time(rows)
    stop = None if cover is None else max(rows.columns, cover)
    if stop is not None and stop > len(rows):
        stop = None
    return Stop(stop, alone(rows, stop), "hitting-time law (conjecture)", coverage_time=cover)


def alone(rows: Rows, k: int | None = None) -> int:
    """Return the number of symbols alone in a row of the first ``k`` (all if None), <= their rank, in O(k) time."""
    start = require_kind("rows", rows, Rows).indptr[: -1 if k is None else k]
    single = rows.indptr[1 : None if k is None else k + 1] - start == 1
    return len(np.unique(rows.indices[start[single]]))


def _none(k: int) -> int | None:
    return None if k == _NEVER else int(k)


@compiled(small=LINEAR)
def _all_alone(indptr: Int64, indices: Int32, columns: int) -> int:
    met = np.zeros(columns, np.bool_)
    left = columns
    if left == 0:
        return 0
    for k in range(indptr.shape[0] - 1):
        if indptr[k + 1] - indptr[k] == 1:
            c = indices[indptr[k]]
            left -= not met[c]
            met[c] = True
            if left == 0:
                return k + 1
    return _NEVER


@compiled(small=LINEAR)
def _complete(indptr: Int64, indices: Int32, columns: int, worker: Int32, workers: int) -> int:
    """Return the row at which one worker's rows partition [m]: their sizes add up to m and no symbol repeats."""
    size = np.zeros(workers, np.int64)
    seen = np.full(columns, -1, np.int64)
    for k in range(indptr.shape[0] - 1):
        j = worker[k]
        size[j] += indptr[k + 1] - indptr[k]
        if size[j] != columns:
            continue
        disjoint = True
        for i in range(k + 1):
            if worker[i] == j:
                for c in indices[indptr[i] : indptr[i + 1]]:
                    disjoint &= seen[c] != j
                    seen[c] = j
        if disjoint:
            return k + 1
    return _NEVER


@compiled(small=LINEAR)
def _partition(indptr: Int64, indices: Int32, columns: int) -> tuple[int, Int64]:
    """Return the stop (or -2 minus the row of the first overlap) and the first row of each distinct part."""
    part = np.full(columns, -1, np.int64)
    first = np.zeros(min(columns, indptr.shape[0] - 1), np.int64)
    left, found = columns, 0
    if left == 0:
        return 0, first
    for k in range(indptr.shape[0] - 1):
        support = indices[indptr[k] : indptr[k + 1]]
        if support.shape[0] == 0:
            continue
        owner = part[support[0]]
        for c in support:
            if part[c] != owner:
                return -k - 2, first[:found]
        if owner >= 0:
            if indptr[first[owner] + 1] - indptr[first[owner]] != support.shape[0]:
                return -k - 2, first[:found]
            continue
        part[support] = found
        first[found] = k
        found += 1
        left -= support.shape[0]
        if left == 0:
            return k + 1, first[:found]
    return _NEVER, first[:found]


@compiled(small=LINEAR, work=lambda indptr, indices, *others: len(indptr) + len(indices))
def last_part(indptr: Int64, indices: Int32, columns: int, time: Floats, until: float) -> tuple[int, int, int]:
    """Return the row that completes the partition, rows received by then, and parts, for rows in any order.

    Ties are broken by number. Every column belongs to the first row that contains it: rows are pairwise equal or
    disjoint exactly if each is as large as the row to which all its columns belong. The result starts with -1 and -1 if
    a part is missing, and with -1 and -2 for other rows.
    """
    n = indptr.shape[0] - 1
    first, when = np.full(columns, -1, np.int64), np.full(columns, np.inf)
    for i in range(n):
        if time[i] <= until:
            for e in range(indptr[i], indptr[i + 1]):
                if first[indices[e]] < 0 or time[i] < when[indices[e]]:
                    first[indices[e]], when[indices[e]] = i, time[i]
    last, found, missing, sizes = -1, 0, False, np.zeros(columns, np.int64)
    for c in range(columns):
        i = first[c]
        if i < 0:
            missing = True
        else:
            found += indices[indptr[i]] == c
            sizes[c] = indptr[i + 1] - indptr[i]
            if last < 0 or when[c] > time[last] or (when[c] == time[last] and i > last):
                last = i
    k, number, at = 0, n if missing else last, until if missing else time[last]
    for i in range(n):
        if time[i] > at or (time[i] == at and i > number):
            continue
        k += 1
        if indptr[i] == indptr[i + 1]:
            continue
        whole = first[indices[indptr[i]]]
        same = sizes[indices[indptr[i]]] == indptr[i + 1] - indptr[i]
        for e in range(indptr[i] + 1, indptr[i + 1]):
            same &= first[indices[e]] == whole
        if not same:
            return -1, NO_PARTS, 0
    return (-1, _NEVER, found) if missing else (last, k, found)
