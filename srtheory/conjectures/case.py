"""Cases of few received rows, the arguments of conjectures about spans, and their properties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from operator import or_
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.conjectures.small import columns, rank_and_span, weighted_rank_and_span
from srtheory.errors import ArgumentError, require_int, require_kind
from srtheory.reception import Reception
from srtheory.rows import Rows, check_support, from_dense, from_sets, lists_of
from srtheory.span.descent import descended_rows
from srtheory.span.field import field_of


@dataclass(frozen=True)
class Case:
    """Rows on m symbols, optionally with weights and senders.

    Attributes
    ----------
    symbols : int
        Number m of source symbols, at least 1.
    masks : tuple of int
        One integer per row; bit i states whether the row contains symbol i.
    workers : tuple of int, or None
        Sender of each row, 0-based, if the rows are a reception of a sum-recovery code; a worker's rows are in its own
        order.
    degree : int or None
        Degree d of that code.
    weights : tuple of tuples of int, or None
        The weights of each row's symbols, in ascending order of the symbols, none of them 0, or None where all are 1.
    elements : str or None
        ``"GF(q)"`` if the weights are numbers of its elements, see :func:`srtheory.conjectures.weights.elements`; None
        if they are integers.
    parameters : tuple of (str, int)
        Sizes that its domain has besides these, by name: ``case["stragglers"]`` is that of ``("stragglers", 1)``.
    """

    symbols: int
    masks: tuple[int, ...]
    workers: tuple[int, ...] | None = None
    degree: int | None = None
    weights: tuple[tuple[int, ...], ...] | None = None
    parameters: tuple[tuple[str, int], ...] = ()
    elements: str | None = None

    def __getitem__(self, name: str) -> int:
        """Return the size of that name, including ``"degree"``; raise KeyError if there is none."""
        known = dict(self.parameters) | ({} if self.degree is None else {"degree": self.degree})
        return known[name]

    @property
    def sets(self) -> list[list[int]]:
        """Rows as lists of symbols, 0-based and ascending."""
        return [list(columns(mask)) for mask in self.masks]

    @property
    def rows(self) -> Rows:
        """Rows in the form used by the rest of the package."""
        if self.elements is not None:
            raise ArgumentError("weights", self.elements, "integers, to have rows: case.descended has them")
        return from_sets(self.symbols, self.sets) if self.weights is None else from_dense(self._dense())

    @property
    def descended(self) -> Rows:
        """Rows over the prime field that represent rows of elements, see :mod:`srtheory.span.descent`."""
        return self.rows if self.elements is None else descended_rows(self._dense(), self.elements)

    @property
    def vectors(self) -> list[list[int]]:
        """Rows as lists of m weights, 0 for a symbol that is not in the row."""
        if self.weights is None:
            return [[mask >> j & 1 for j in range(self.symbols)] for mask in self.masks]
        weighed = zip(self.masks, map(iter, self.weights), strict=True)
        return [[next(of) if mask >> j & 1 else 0 for j in range(self.symbols)] for mask, of in weighed]

    def _dense(self) -> npt.NDArray[np.int64]:
        return np.array(self.vectors, np.int64).reshape(len(self.masks), self.symbols)

    @property
    def ones(self) -> int:
        """Number of ones, or of other weights, in all rows."""
        return sum(mask.bit_count() for mask in self.masks)

    def as_json(self) -> dict[str, Any]:
        """Return the case for programs; symbols and workers are numbered from 0, weights given if some are not 1."""
        workers = None if self.workers is None else list(self.workers)
        found = {"symbols": self.symbols, "degree": self.degree, "rows": self.sets, "workers": workers}
        weights: dict[str, Any] = {} if self.weights is None else {"weights": [list(row) for row in self.weights]}
        weights |= {} if self.elements is None else {"elements": self.elements}
        return found | weights | ({"parameters": dict(self.parameters)} if self.parameters else {})


def from_rows(rows: Rows, elements: str | None = None) -> Case:
    """Return the case of some rows, of weights 1 or any others, which may be ``elements`` of a finite field."""
    if (own := require_kind("rows", rows, Rows).elements) is not None:
        elements = str(field_of(own, elements))
    vectors = ([row.get(j, 0) for j in range(rows.columns)] for row in rows.mappings())
    return from_vectors(vectors, rows.columns, elements=elements)


def from_vectors(
    vectors: Iterable[Sequence[int]],
    symbols: int,
    workers: Iterable[int] | None = None,
    elements: str | None = None,
) -> Case:
    """Return the case of rows of m weights each, integers, 0 for a symbol that is not in the row."""
    packed = [_packed(tuple(row)) for row in lists_of("vectors", vectors)]
    weights = tuple(weights for _, weights in packed)
    plain = all(weight == 1 for row in weights for weight in row)
    masks = tuple(mask for mask, _ in packed)
    sent = None if workers is None else tuple(workers)
    return Case(symbols, masks, sent, weights=None if plain else weights, elements=elements)


@lru_cache(maxsize=1 << 16)
def _packed(row: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """Return the mask of a row and its weights."""
    return sum(1 << j for j, weight in enumerate(row) if weight), tuple(int(weight) for weight in row if weight)


def from_lists(
    symbols: int, sets: Iterable[Iterable[int]], workers: Iterable[int] | None = None, degree: int | None = None
) -> Case:
    """Return the case of some sets of symbols, 0-based."""
    case = _case(symbols, sets)
    return Case(case.symbols, case.masks, None if workers is None else tuple(workers), degree)


def from_reception(reception: Reception, degree: int | None = None) -> Case:
    """Return the case of a reception, for a sum-recovery code of that degree if one is given."""
    require_kind("reception", reception, Reception)
    return replace(from_rows(reception.rows), workers=tuple(reception.worker.tolist()), degree=degree)


def _case(symbols: int, sets: Iterable[Iterable[int]]) -> Case:
    supports = lists_of("sets", sets)
    for i, support in enumerate(supports):
        check_support(support, symbols, i)
    return Case(symbols, tuple(sum(1 << c for c in support) for support in supports))


def covered(case: Case) -> bool:
    """Return whether every symbol is in some row."""
    return reduce(or_, require_kind("case", case, Case).masks, 0) == (1 << case.symbols) - 1


def spans(case: Case, field: str | None = None) -> bool:
    """Return whether the rows span the all-ones vector over ``"Q"`` or ``"GF(q)"``, exactly.

    The field is by default that of the weights' elements, else Q. Over GF(p) integers are reduced, over GF(p^k) with
    k > 1 they are its elements.

    Raises
    ------
    ArgumentError
        If the weights are elements of another field, or one is none of this.
    """
    return _rank_and_span(case, field)[1]


def rank(case: Case, field: str | None = None) -> int:
    """Return the rank of the rows over ``"Q"`` or ``"GF(q)"``, exactly; errors as for :func:`spans`."""
    return _rank_and_span(case, field)[0]


def _rank_and_span(case: Case, field: str | None) -> tuple[int, bool]:
    elements = require_kind("case", case, Case).elements
    over = field_of(elements, field) if elements is not None else "Q" if field is None else field
    if case.weights is None:
        return rank_and_span(case.symbols, case.masks, over)
    return weighted_rank_and_span(case._dense(), over)


def all_systematic(case: Case) -> bool:
    """Return whether every worker has sent its own (systematic) symbol.

    For a sum-recovery code, test whether every worker has sent a row. If the case names no workers or has weights, test
    whether every symbol is the only symbol of some row, with weight 1.
    """
    require_kind("case", case, Case)
    if case.workers is None or case.weights is not None:
        return {1 << i for i in range(case.symbols)} <= set(_plain(case))
    return len(set(case.workers)) == case.symbols


def complete_worker(case: Case) -> bool:
    """Return whether rows of weight 1 of one worker partition the symbols, or False if no workers are named."""
    sent: dict[int, int] = {}
    require_kind("case", case, Case)
    for mask, worker in zip(_plain(case), case.workers or (), strict=False):
        sent[worker] = sent.get(worker, 0) | mask
    # A worker of a sum-recovery code never sends a symbol twice, so all its symbols together are a partition.
    return (1 << case.symbols) - 1 in sent.values()


def without_row(case: Case, i: int) -> Case:
    """Return the case without its row ``i``."""
    require_int("i", i, 0, len(require_kind("case", case, Case).masks) - 1)
    workers = None if case.workers is None else case.workers[:i] + case.workers[i + 1 :]
    weights = None if case.weights is None else case.weights[:i] + case.weights[i + 1 :]
    return replace(case, masks=case.masks[:i] + case.masks[i + 1 :], workers=workers, weights=weights)


def _plain(case: Case) -> list[int]:
    """Return the rows whose weights are all 1, and 0 for every other row."""
    if case.weights is None:
        return list(case.masks)
    return [mask if set(row) <= {1} else 0 for mask, row in zip(case.masks, case.weights, strict=True)]
