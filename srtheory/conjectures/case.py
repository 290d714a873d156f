"""Cases of few received rows, the arguments of conjectures about spans: properties, and evidence for a counterexample.

Ranks and spans are exact, and fast enough for a million calls. Over Q the elimination is Bareiss': every number that it
meets is a minor of the rows with the all-ones row below them. By Hadamard's bound for 0/1 matrices a minor of order k
is at most (k + 1)^((k + 1)/2) / 2^k. Up to 22 columns that stays below 2^31, and a difference of two products of minors
fits into 64 bits: no rounding, no prime, no luck. With weights up to w the bound is (w^2 k)^(k/2): 15 columns for
weights of 1 and -1. Wider rows go to the production engine. Evidence is certificates that can be verified, ranks, and
the obstruction by name.

Reference: Bareiss, "Sylvester's identity and multistep integer-preserving Gaussian elimination", Math. Comp. 22, 1968.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, reduce
from operator import or_
from typing import Any

import flint
import numpy as np

from srtheory.compiled import compiled
from srtheory.errors import ArgumentError, require_int, require_kind
from srtheory.matrix import Rows, as_rows, check_support, from_dense, from_sets, lists_of
from srtheory.reception import Reception
from srtheory.span import checker
from srtheory.span.certificates import span_certificate, to_json
from srtheory.span.descent import descended, descended_rows, is_prime_field_enough
from srtheory.span.field import Field, field_of, parse_field
from srtheory.span.obstruction import balanced_vector, obstruction
from srtheory.types import Int64


@dataclass(frozen=True)
class Case:
    """Rows on m symbols, optionally with weights and senders."""

    symbols: int
    """Number m of source symbols, at least 1."""
    masks: tuple[int, ...]
    """One integer per row; bit i states whether the row contains symbol i."""
    workers: tuple[int, ...] | None = None
    """Sender of each row, 0-based, if the rows are a reception of a sum-recovery code; a worker's rows are in its own
    order.
    """
    degree: int | None = None
    """Degree d of that code."""
    weights: tuple[tuple[int, ...], ...] | None = None
    """The weights of each row's symbols, in ascending order of the symbols, none of them 0, or None where all are 1."""
    parameters: tuple[tuple[str, int], ...] = ()
    """Sizes that its domain has besides these, by name: ``case["stragglers"]`` is that of ``("stragglers", 1)``."""
    elements: str | None = None
    """``"GF(q)"`` if the weights are numbers of its elements, see :func:`srtheory.conjectures.enumerate.elements`; None
    if they are integers.
    """

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

    def _dense(self) -> Int64:
        return np.array(self.vectors, np.int64).reshape(len(self.masks), self.symbols)

    @property
    def ones(self) -> int:
        """Number of ones, or of other weights, in all rows."""
        return sum(mask.bit_count() for mask in self.masks)

    @property
    def covered(self) -> bool:
        """Whether every symbol is in some row."""
        return covered(self)

    def spans(self, field: str | None = None) -> bool:
        """Return whether the rows span the all-ones vector, see :func:`spans`."""
        return spans(self, field)

    def as_json(self) -> dict[str, Any]:
        """Return the case for programs; symbols and workers are numbered from 0, weights given if some are not 1."""
        workers = None if self.workers is None else list(self.workers)
        found = {"symbols": self.symbols, "degree": self.degree, "rows": self.sets, "workers": workers}
        weights: dict[str, Any] = {} if self.weights is None else {"weights": [list(row) for row in self.weights]}
        weights |= {} if self.elements is None else {"elements": self.elements}
        return found | weights | ({"parameters": dict(self.parameters)} if self.parameters else {})


def from_rows(rows: Rows, elements: str | None = None) -> Case:
    """Return the case of some rows, of weights 1 or any others, which may be ``elements`` of a finite field."""
    if (own := (rows := as_rows(rows)).elements) is not None:
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
    supports = lists_of("sets", sets)
    for i, support in enumerate(supports):
        check_support(support, symbols, i)
    masks = tuple(sum(1 << c for c in support) for support in supports)
    return Case(symbols, masks, None if workers is None else tuple(workers), degree)


def from_reception(reception: Reception, degree: int | None = None) -> Case:
    """Return the case of a reception, for a sum-recovery code of that degree if one is given."""
    require_kind("reception", reception, Reception)
    return replace(from_rows(reception.rows), workers=tuple(reception.worker.tolist()), degree=degree)


def covered(case: Case) -> bool:
    """Return whether every symbol is in some row."""
    return reduce(or_, require_kind("case", case, Case).masks, 0) == (1 << case.symbols) - 1


def spans(case: Case, field: str | None = None) -> bool:
    """Return whether the rows span the all-ones vector over ``"Q"`` or ``"GF(q)"``, exactly.

    The field is by default that of the weights' elements, else Q. Over GF(p) integers are reduced, over GF(p^k) with
    k > 1 they are its elements.
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


# ------------------------------------------------------------------------------------------ rank and span of a few rows

MOST_COLUMNS = 22
"""Largest number of columns for which Bareiss elimination of 0/1 rows with 1 below them fits into 64 bits."""

LARGEST_PRIME = 2**31


def rank_and_span(symbols: int, masks: tuple[int, ...], field: str | Field = "Q") -> tuple[int, bool]:
    """Return the rank of 0/1 rows on m >= 1 columns (bit i is column i), and whether they span the all-ones vector.

    O(n m min(n, m)) operations on 64-bit integers for m <= 22 (and primes below 2^31), else the production engine.
    """
    p = _known(field).characteristic
    if symbols > MOST_COLUMNS or p >= LARGEST_PRIME:
        return _engine(from_sets(symbols, [columns(mask) for mask in masks]), field)
    rank, spans = _eliminate(np.array(masks, dtype=np.int64), symbols, p)
    return int(rank), bool(spans)


def weighted_rank_and_span(matrix: Int64, field: str | Field = "Q") -> tuple[int, bool]:
    """Return the same of integer rows, shape (n, m); over GF(p^k), k > 1, of its elements, 0 to p^k - 1, as in galois.

    As :func:`rank_and_span` if all numbers of Bareiss elimination have 64 bits; otherwise the production engine.
    """
    over = _known(field)
    p, images = over.characteristic, 1
    if over.degree > 1 and matrix.size and not 0 <= matrix.min() <= matrix.max() < p:
        matrix, images = descended(matrix, over), over.degree
    largest = max(int(matrix.max(initial=1)), -int(matrix.min(initial=1)))
    if not (p < LARGEST_PRIME if p else minors_fit(len(matrix), matrix.shape[1], largest)):
        rank, spans = _engine(from_dense(matrix), f"GF({p})" if p else "Q")
        return rank // images, spans
    table = np.ones((len(matrix) + 1, matrix.shape[1]), np.int64)
    table[:-1] = matrix % p if p else matrix
    rank, spans = _eliminated(table, p)
    return int(rank) // images, bool(spans)


def minors_fit(rows: int, columns: int, largest: int) -> bool:
    """Return whether twice the square of any minor of such rows with 1 below is below 2^63, by Hadamard's bound."""
    order = min(rows + 1, columns)
    return 2 * (largest**2 * order) ** order < 2**63


def _known(field: str | Field) -> Field:
    return _parsed(field) if isinstance(field, str) else parse_field(field)


_parsed = lru_cache(maxsize=64)(parse_field)


def _engine(rows: Rows, field: str | Field) -> tuple[int, bool]:
    from srtheory.span.engine import spans

    found = spans(**rows.arrays, field=field)
    return found.rank, found.spans


def columns(mask: int) -> tuple[int, ...]:
    """Return the positions of the ones, ascending."""
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return tuple(found)


@compiled
def _eliminate(masks: Int64, symbols: int, p: int) -> tuple[int, bool]:
    """Eliminate the rows by Bareiss (p = 0) or modulo p, with the all-ones row carried along below them."""
    n = masks.shape[0]
    table = np.empty((n + 1, symbols), np.int64)
    for j in range(symbols):
        for i in range(n):
            table[i, j] = masks[i] >> j & 1
        table[n, j] = 1
    return _eliminated(table, p)


@compiled
def _eliminated(table: Int64, p: int) -> tuple[int, bool]:
    """Eliminate a table whose last row is 1; entries are residues if p > 0."""
    n, symbols = table.shape[0] - 1, table.shape[1]
    rank, last = 0, 1
    for j in range(symbols):
        pivot = rank
        while pivot < n and table[pivot, j] == 0:
            pivot += 1
        if pivot >= n:
            continue
        for c in range(symbols):
            table[rank, c], table[pivot, c] = table[pivot, c], table[rank, c]
        unit = table[rank, j]
        for i in range(rank + 1, n + 1):
            _reduce(table, i, rank, j, last, p)
        last = unit if p == 0 else 1
        rank += 1
    return rank, not table[n].any()


@compiled
def _reduce(table: Int64, i: int, pivot: int, j: int, last: int, p: int) -> None:
    """Clear row i at column j; dividing by the previous pivot is exact."""
    unit, factor = table[pivot, j], table[i, j]
    if factor == 0 and unit == last:
        return  # as most are: dividing takes longest
    for c in range(table.shape[1]):
        value = unit * table[i, c] - factor * table[pivot, c]
        table[i, c] = value // last if p == 0 else value % p


# ---------------------------------------------------------------------------------------- evidence for a counterexample


def explain_span(*fields: str) -> Callable[[Any], dict[str, Any]]:
    """Return evidence about the span of a case's rows over some fields; none for a case without rows."""

    def explain(case: Any) -> dict[str, Any]:
        if not isinstance(case, Case):
            return {}
        return {"covered": covered(case), "spans": [_over(case, field) for field in fields]}

    return explain


def explain_relation(case: Case) -> dict[str, Any]:
    """Return evidence that G^T v = 1 has two solutions: a certificate with one, and u != 0 with G^T u = 0 to add."""
    dense = require_kind("case", case, Case).rows.dense()
    space, nullity = flint.fmpz_mat(dense.T.tolist()).nullspace()
    relation = [int(space[i, 0]) for i in range(len(dense))] if nullity else []
    if not any(relation) or any(sum(u * int(x) for u, x in zip(relation, c, strict=True)) for c in dense.T):
        raise RuntimeError("The solver's relation between the rows is none.")
    return {**explain_span("Q")(case), "relation": relation}


def checked_certificate(rows: Rows, field: str) -> dict[str, object]:
    """Return a span certificate that the independent checker has accepted."""
    certificate = span_certificate(rows, field=field)
    fault = checker.fault(checker.read(to_json(certificate)), rows.columns, rows.mappings())
    if fault is not None:
        raise RuntimeError(f"The certificate is not valid: {fault}.")
    return certificate


def _over(case: Case, field: str) -> dict[str, Any]:
    """Return span, rank, certificate, and the kernel vector that explains them.

    Over GF(p^k) the certificate is that of the rows over GF(p) that represent those of the case.
    """
    whole, over = case.elements is None, parse_field(field)
    rows = case.descended
    certificate = checked_certificate(rows, field if whole else f"GF({over.characteristic})")
    verdict, vector = certificate["kind"] == "spans", None
    if not whole and verdict != spans(case, field):
        raise RuntimeError("The certificate contradicts the verdict.")
    if whole and is_prime_field_enough(rows, over):
        vector = (balanced_vector if verdict else obstruction)(rows, field=field)
    return {
        "field": field,
        "spans": verdict,
        "rank": rank(case, field),
        "kernel_vector": None if vector is None else asdict(vector),
        "certificate": certificate,
        **({} if whole else {"matrix": rows.as_json()}),
    }
