"""Received rows, few enough to look at: what a conjecture about spans is asked about, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from srtheory.conjectures.small import columns, rank_and_span
from srtheory.reception import Reception
from srtheory.rows import Rows, check_support, from_sets


@dataclass(frozen=True)
class Case:
    """0/1 rows on m symbols, perhaps with their senders.

    Attributes
    ----------
    symbols : int
        Number m of source symbols, at least 1.
    masks : tuple of int
        One row each: bit i is symbol i.
    workers : tuple of int, or None
        Sender of each row, 0-based, where the rows are a reception of a sum-recovery code; a worker's rows stand in
        its own order.
    degree : int or None
        Degree d of that code.
    """

    symbols: int
    masks: tuple[int, ...]
    workers: tuple[int, ...] | None = None
    degree: int | None = None

    @property
    def sets(self) -> list[list[int]]:
        """The rows as lists of symbols, 0-based and ascending."""
        return [list(columns(mask)) for mask in self.masks]

    @property
    def rows(self) -> Rows:
        """The rows as every other part of the package takes them."""
        return from_sets(self.symbols, self.sets)

    @property
    def ones(self) -> int:
        """Number of ones in all rows."""
        return sum(mask.bit_count() for mask in self.masks)

    def as_json(self) -> dict[str, Any]:
        """The case for programs; symbols and workers are numbered from 0."""
        workers = None if self.workers is None else list(self.workers)
        return {"symbols": self.symbols, "degree": self.degree, "rows": self.sets, "workers": workers}


def from_rows(rows: Rows) -> Case:
    """The case of some 0/1 rows.

    Raises
    ------
    ArgumentError
        If a weight is not 1: a case has none.
    """
    rows.require_ones("0/1 rows: a case has no other weights")
    return _case(rows.columns, (rows.row(i).tolist() for i in range(len(rows))))


def from_lists(
    symbols: int, sets: Iterable[Iterable[int]], workers: Iterable[int] | None = None, degree: int | None = None
) -> Case:
    """The case of some sets of symbols, 0-based.

    Raises
    ------
    ArgumentError
        If a symbol is out of range or stands twice in one set.
    """
    case = _case(symbols, sets)
    return Case(case.symbols, case.masks, None if workers is None else tuple(workers), degree)


def from_reception(reception: Reception, degree: int) -> Case:
    """The case of a reception of a sum-recovery code of that degree; errors as :func:`from_rows`."""
    case = from_rows(reception.rows)
    return Case(case.symbols, case.masks, tuple(reception.worker.tolist()), degree)


def _case(symbols: int, sets: Iterable[Iterable[int]]) -> Case:
    supports = [list(support) for support in sets]
    for i, support in enumerate(supports):
        check_support(support, symbols, i)
    return Case(symbols, tuple(sum(1 << c for c in support) for support in supports))


def covered(case: Case) -> bool:
    """Whether every symbol stands in some row."""
    return reduce(or_, case.masks, 0) == (1 << case.symbols) - 1


def spans(case: Case, field: str = "Q") -> bool:
    """Whether the rows span the all-ones vector over ``"Q"`` or ``"GF(q)"``, exactly."""
    return rank_and_span(case.symbols, case.masks, field)[1]


def rank(case: Case, field: str = "Q") -> int:
    """Rank of the rows over ``"Q"`` or ``"GF(q)"``, exactly."""
    return rank_and_span(case.symbols, case.masks, field)[0]


def all_systematic(case: Case) -> bool:
    """Whether every worker has sent its own symbol; where no workers are named, whether every symbol stands alone."""
    if case.workers is None:
        return {1 << i for i in range(case.symbols)} <= set(case.masks)
    return len(set(case.workers)) == case.symbols


def complete_worker(case: Case) -> bool:
    """Whether the rows of one worker partition the symbols; False where no workers are named."""
    sent: dict[int, int] = {}
    for mask, worker in zip(case.masks, case.workers or (), strict=False):
        sent[worker] = sent.get(worker, 0) | mask
    # A worker of a sum-recovery code never sends a symbol twice, so that to have sent all is to have sent a partition.
    return (1 << case.symbols) - 1 in sent.values()


def without_row(case: Case, i: int) -> Case:
    """The case without its row ``i``."""
    workers = None if case.workers is None else case.workers[:i] + case.workers[i + 1 :]
    return Case(case.symbols, case.masks[:i] + case.masks[i + 1 :], workers, case.degree)
