"""Causes of exceptions to the hitting-time law M' = max(m, CC): kernel vector, redundant rows and proof.

An early exception (M' < max) spans with a rank below m: there is a kernel vector, and it is balanced; two identical
columns as a rule. A late one (M' > max) covers with m rows or more, and still has an unbalanced kernel vector. At k = m
rows the matrix is square, so that a late exception has a left kernel as well, and the smallest left kernel vectors are
the cheaper cause. A parity row whose terms have all arrived alone gives no new information.

**The core.** A row of weight one makes its column known. Removing known columns makes more such rows. Peeling leaves
the core, and every kernel vector is supported on its columns. Rows that end up empty without having made a column
known, and rows of the core that repeat another, are redundant.

**The second-order law.** M' is the least k >= CC at which the core has as many distinct rows as distinct columns
(:func:`second_order_time`). It predicts exceptions of both kinds. If it fails, larger dependencies are the cause.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from srtheory.compiled import compiled
from srtheory.experiments.trial import Record, Task, receptions_of
from srtheory.matrix import Rows
from srtheory.reception import Reception
from srtheory.span import checker
from srtheory.span.certificates import stopping_time_certificate, to_json
from srtheory.span.engine import rank
from srtheory.span.lifting import kernel_vector
from srtheory.span.obstruction import KernelVector, balanced_vector, obstruction
from srtheory.span.sparse import restrict
from srtheory.types import Bools, Int32, Int64

LARGEST_SEARCH = 200
"""Number of columns of a core up to which the smallest kernel vector is searched for; above, one is lifted."""
LARGEST_WITNESS = 8
"""Size of support up to which a kernel vector is stored entry by entry."""
DIGEST = 8
"""Number of stored hexadecimal digits of a certificate's digest."""


@dataclass(frozen=True)
class Deviation:
    """An exception to the hitting-time law."""

    trial: int
    stopping_time: int
    coverage_time: int
    """With ``stopping_time``, M' and CC of the record."""
    side: str
    """``"early"``: M' < max(m, CC), no worker being complete; ``"late"``: M' > max(m, CC)."""
    vector: str
    """Name of a :class:`~srtheory.span.obstruction.KernelVector`.

    Early: a balanced one of the first M' rows; late: an unbalanced one of the first max(m, CC) rows.
    """
    support: int
    """Number of its non-zero entries."""
    minimal: bool
    """Whether no kernel vector of its kind has a smaller support."""
    nullity: int
    """m minus the rank of those rows."""
    redundant: int
    """Their number minus their rank."""
    second_order: int
    """Prediction of M' by :func:`second_order_time`."""
    witness: str
    """The vector as ``column:weight`` pairs where its support is at most ``LARGEST_WITNESS``, else empty."""
    certificate: str
    """First digits of the digest of the verified stopping-time certificate; seconds each at m = 10 000."""


def side(record: Record, symbols: int, law: Callable[[int, int], int] = max) -> str:
    """Return ``"held"``, ``"complete"`` (early through a complete worker), ``"early"`` or ``"late"``.

    The hitting-time law is a function of m and CC. All systematic symbols are m rows that cover, so this shortcut never
    occurs before max(m, CC).
    """
    assert record.stopping_time is not None
    assert record.coverage_time is not None
    expected = law(symbols, record.coverage_time)
    if record.stopping_time < expected:
        return "complete" if record.complete_worker else "early"
    return "late" if record.stopping_time > expected else "held"


def reception_of(task: Task, trial: int, rows: int) -> Reception:
    """Return what the master received in a trial, at least ``rows`` rows of it if there are so many."""
    for reception in receptions_of(task, trial):
        if len(reception) >= rows:
            break
    return reception


def examine(task: Task, record: Record, symbols: int) -> Deviation:
    """Explain an exception: O(nnz) plus the cost of its kernel vector and its certificate."""
    assert record.stopping_time is not None
    assert record.coverage_time is not None
    kind, law = side(record, symbols), max(symbols, record.coverage_time)
    rows = reception_of(task, record.trial, max(law, record.stopping_time)).rows
    spanning, judged = rows.prefix(record.stopping_time), rows.prefix(min(law, record.stopping_time))
    inner, columns = after_peeling(judged)
    nullity = inner.columns - rank(**inner.arrays)
    vector = smallest(inner, nullity, balanced=kind == "early")
    entries = dict(zip(columns[list(vector.support)].tolist(), vector.weights, strict=True))
    verify(judged, entries, balanced=kind == "early")
    return Deviation(
        trial=record.trial,
        stopping_time=record.stopping_time,
        coverage_time=record.coverage_time,
        side=kind,
        vector=vector.name,
        support=len(entries),
        minimal=vector.minimal,
        nullity=nullity,
        redundant=len(judged) - (symbols - nullity),
        second_order=second_order_time(rows, record.coverage_time) or 0,
        witness=" ".join(f"{c}:{w}" for c, w in entries.items()) if len(entries) <= LARGEST_WITNESS else "",
        certificate=certified(spanning),
    )


def smallest(rows: Rows, nullity: int, *, balanced: bool) -> KernelVector:
    """Return the smallest exact kernel vector of its kind of a core; minimality is claimed only if proved."""
    if balanced or rows.columns <= LARGEST_SEARCH:
        found = balanced_vector(rows) if balanced else obstruction(rows)
        if found is None:
            raise RuntimeError("The rows have no kernel vector of the kind that their stopping time implies.")
        return found
    entries = kernel_vector(rows)
    assert entries is not None
    support = tuple(j for j, x in enumerate(entries) if x)
    sign = 1 if entries[support[0]] > 0 else -1
    weights = tuple(sign * entries[j] for j in support)
    triple = len(support) == 3  # of covered columns none is zero and no two are proportional: nothing is smaller
    name = "unbalanced triple" if triple else "unbalanced vector"
    return KernelVector(support, weights, False, name, minimal=triple or nullity == 1)


def verify(rows: Rows, vector: dict[int, int], *, balanced: bool) -> None:
    """Raise RuntimeError unless the vector is in the kernel of the rows and (un)balanced as claimed."""
    for i, row in enumerate(rows.mappings()):
        if sum(weight * vector.get(c, 0) for c, weight in row.items()):
            raise RuntimeError(f"Row {i} does not annihilate the vector.")
    if not vector or (sum(vector.values()) == 0) != balanced:
        raise RuntimeError("The vector is not of the kind that is claimed.")


def certified(rows: Rows) -> str:
    """Return the first digits of the digest of a checked certificate that all the rows span 1 and no fewer do.

    Raises RuntimeError if the checker finds fault with it.
    """
    certificate = stopping_time_certificate(rows, len(rows))
    fault = checker.fault(checker.read(to_json(certificate)), rows.columns, rows.mappings())
    if fault is not None:
        raise RuntimeError(f"The certificate is not valid: {fault}")
    return str(certificate["certificate_sha256"])[:DIGEST]


def after_peeling(rows: Rows) -> tuple[Rows, Int64]:
    """Return the remainder of 0/1 rows after peeling: its non-empty rows and its columns; O(nnz) per round."""
    rows.require_ones("rows of weight 1, of which alone the hitting-time law speaks")
    known = np.zeros(rows.columns, np.bool_)
    left = _peel(rows.indptr, rows.indices, known)
    columns = np.flatnonzero(~known)
    return restrict(rows, np.flatnonzero(left).tolist(), columns.tolist()), columns


def second_order_time(rows: Rows, covered: int) -> int | None:
    """Return the least k >= CC at which the core of k rows has equally many distinct rows and columns, or None.

    The gap closes by at most one with each row, so the search may advance by the gap. Errors as :func:`after_peeling`.
    """
    k = covered
    while k <= len(rows):
        missing = _missing(rows.prefix(k))
        if missing <= 0:
            return k
        k += missing
    return None


def _missing(rows: Rows) -> int:
    """Return the number of distinct columns of the core minus that of its distinct rows."""
    inner, _ = after_peeling(rows)
    columns: list[list[int]] = [[] for _ in range(inner.columns)]
    supports = [tuple(sorted(inner.row(i).tolist())) for i in range(len(inner))]
    for i, support in enumerate(supports):
        for c in support:
            columns[c].append(i)
    return len(set(map(tuple, columns))) - len(set(supports))


@compiled
def _peel(indptr: Int64, indices: Int32, known: Bools) -> Int64:
    """Make columns known until no row has a single unknown one. Return the number of unknown columns of each row."""
    left = np.zeros(len(indptr) - 1, np.int64)
    changed = True
    while changed:
        changed = False
        for i in range(len(indptr) - 1):
            left[i], last = 0, -1
            for c in indices[indptr[i] : indptr[i + 1]]:
                if not known[c]:
                    left[i], last = left[i] + 1, c
            if left[i] == 1:
                known[last], left[i], changed = True, 0, True
    return left
