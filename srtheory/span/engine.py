"""Least prefix of the rows that spans 1, exactly over Q and over every finite field.

One modular elimination decides nearly every rational case; docs/proofs/exactness.md proves each argument that a result
names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy.typing as npt

from srtheory.errors import require_int
from srtheory.matrix import Rows
from srtheory.span.arguments import Argument, rational_rank, why_not, why_spans
from srtheory.span.dense import PRIME
from srtheory.span.descent import over_prime_field
from srtheory.span.field import Field, field_of, parse_field
from srtheory.span.modular import Prefix, least_prefix, verdict
from srtheory.span.sparse import Triangle, checked_rows, coverage_time, residues, without_empty

FAST_PRIME = 251
"""Largest prime whose residues fit into a byte, signed or not; a float32 has room for 512 products."""
SECOND_PRIME = 1381
"""Prime used when the first proves nothing: it fails a fifth as often, still in a float32. ``PRIME`` is next."""
PRIMES = (FAST_PRIME, SECOND_PRIME, PRIME)
LARGE = 8000
"""Number of columns from which :mod:`~srtheory.span.wiedemann`, which imports numba, may be faster."""


@dataclass(frozen=True)
class Stopping:
    """Least prefix that spans 1."""

    stopping_time: int | None
    """Least k such that the first k rows span 1, or None if they never do."""
    coverage_time: int | None
    """Least k such that every column is met (non-zero in the field) by the first k rows, or None if one never
    is."""
    rank: int
    """Rank over the field of the first ``stopping_time`` rows, of all rows where that is None."""
    argument: str
    """Argument that made the verdict exact, a word of :class:`~srtheory.span.arguments.Argument`."""


@dataclass(frozen=True)
class Span:
    """Result of a span test: the verdict, the rank, and the argument (see :class:`Stopping`) that made it exact."""

    spans: bool
    rank: int
    argument: str


def stopping_time(
    indptr: npt.ArrayLike,
    indices: npt.ArrayLike,
    columns: int,
    *,
    values: npt.ArrayLike | None = None,
    field: str | Field | None = None,
) -> Stopping:
    """Return the least k such that the first k rows span the all-ones vector.

    ``indptr``, ``indices`` (int arrays, shapes (n + 1,) and (nnz,)): Rows in order of arrival, compressed: row i has
    the columns ``indices[indptr[i]:indptr[i + 1]]``. ``columns``: Number m of columns, at least 0. For m = 0 the answer
    is 0. ``values`` (int64 array, shape (nnz,)): Weights; 1 everywhere if absent. ``field``: ``"Q"`` or ``"GF(q)"``.
    Over GF(p) weights are reduced, over GF(p^k) with k > 1 they are its elements, 0 to p^k - 1 as galois numbers them
    (:mod:`srtheory.span.descent`). By default the field of a galois array, else Q.

    Raises ArgumentError if an argument is outside its range, a weight is no element of the field, or one of another.

    Usually this is one sparse elimination of m - 1 rows, O(nnz·c) for a dense core of c columns (m/3 at m = 1000) and
    2c³/3 floating-point operations in matrix products. Over Q, if c is large and all weights are 1, products of the
    sparse rows with blocks of vectors are tried first (:mod:`srtheory.span.wiedemann`), O(nnz·c), in O(nnz +
    c) memory.
    """
    rows, p, images = _given(indptr, indices, columns, values, field)
    found = least(rows, p)
    # Where 1 comes into the span, the images of the row that brings it are independent of those before.
    k, covered = (None if x is None else -(-x // images) for x in (found.stopping_time, found.coverage_time))
    return Stopping(k, covered, -(-found.rank // images), found.argument)


def least(rows: Rows, characteristic: int = 0, triangle: Triangle | None = None) -> Stopping:
    """Return :func:`stopping_time` of valid rows, which are residues if the characteristic is not 0.

    ``triangle`` is that of the first m rows, if it is known already. This only saves the time to find another.
    """
    p, covered = characteristic, coverage_time(rows)
    if rows.columns == 0:
        return Stopping(0, 0, 0, Argument.EMPTY)
    if covered is None:
        return Stopping(None, None, rank_of(rows, p), Argument.FINITE_FIELD if p else Argument.UNCOVERED)
    if p == 0:
        return _rational_stopping_time(rows, covered, triangle)
    found = least_prefix(rows, p, covered, triangle)
    return Stopping(found.k, covered, found.after, Argument.FINITE_FIELD)


def spans(
    indptr: npt.ArrayLike,
    indices: npt.ArrayLike,
    columns: int,
    *,
    rows: int | None = None,
    values: npt.ArrayLike | None = None,
    field: str | Field | None = None,
) -> Span:
    """Return whether the first ``rows`` rows (all by default) span 1. Parameters: see :func:`stopping_time`."""
    matrix, p, images = _given(indptr, indices, columns, values, field, rows)
    if matrix.columns == 0:
        return Span(True, 0, Argument.EMPTY)
    if p == 0:
        return _rational_span(matrix)
    rank, spanned = verdict(matrix, p)
    return Span(spanned, rank // images, Argument.FINITE_FIELD)


def rank(
    indptr: npt.ArrayLike,
    indices: npt.ArrayLike,
    columns: int,
    *,
    rows: int | None = None,
    values: npt.ArrayLike | None = None,
    field: str | Field | None = None,
) -> int:
    """Return the rank of the first ``rows`` rows (all by default). Parameters: see :func:`stopping_time`."""
    matrix, p, images = _given(indptr, indices, columns, values, field, rows)
    return rank_of(matrix, p) // images


def rank_of(rows: Rows, p: int = 0) -> int:
    """Return the rank over a field of characteristic ``p``; 0 means Q."""
    matrix = without_empty(rows)
    if p:
        return verdict(matrix, p)[0]
    if _has_full_rank(matrix):
        return min(len(matrix), matrix.columns)
    return rational_rank(matrix, verdict(residues(matrix, FAST_PRIME), FAST_PRIME)[0], FAST_PRIME)


def _rational_stopping_time(rows: Rows, covered: int, triangle: Triangle | None) -> Stopping:
    if rows.columns >= LARGE:
        from srtheory.span import wiedemann

        certified = wiedemann.least_prefix(rows, covered)
        if certified is not None:
            proof = Argument.COVERAGE if certified.k == covered else Argument.LAST_ROW
            return Stopping(certified.k, covered, certified.after, proof)
    for prime in PRIMES:
        known = triangle if rows.values is None else None  # other residues have other zero entries
        found = least_prefix(residues(rows, prime), prime, covered, known)
        yes, no = _arguments(rows, found, prime, covered)
        argument = argument_of(found, yes, no)
        if argument is not None:
            last = rows if found.k is None else rows.prefix(found.k)
            return Stopping(found.k, covered, rational_rank(last, found.after, prime), argument)
    return lifted_stopping_time(rows, covered, found, yes, no)


def _arguments(rows: Rows, found: Prefix, prime: int, covered: int) -> tuple[Argument | None, Argument | None]:
    """Return why the prefix that a prime found spans over Q, and why the one before does not, or None if unproved.

    If the prime found no prefix, return why all rows do not span.
    """
    if found.k is None:
        return None, why_not(rows, found.before, prime)
    yes = why_spans(rows.prefix(found.k), found.after, prime)
    no = Argument.COVERAGE if found.k == covered else why_not(rows.prefix(found.k - 1), found.before, prime)
    return yes, no


def argument_of(found: Prefix, yes: Argument | None, no: Argument | None) -> Argument | None:
    """Return why a prime's verdict holds over Q, or None if it may not hold."""
    if found.k is None:
        return no
    if yes is None or no is None:
        return None
    if Argument.KERNEL in (yes, no):
        return Argument.KERNEL
    return Argument.LAST_ROW if no == Argument.INDEPENDENT else no


def _rational_span(rows: Rows) -> Span:
    decided = _decide(rows)
    return Span(decided.spans, rational_rank(rows, decided.rank, decided.prime), decided.argument)


@dataclass(frozen=True)
class _Decided:
    """Verdict over Q with its argument; the rank is only modulo a prime, since its proof may cost more."""

    spans: bool
    argument: Argument
    rank: int
    prime: int


def _decide(rows: Rows) -> _Decided:
    if len(rows) >= rows.columns and _has_full_rank(rows):
        return _Decided(True, Argument.FULL_RANK, rows.columns, PRIME)
    for prime in PRIMES:
        rank, yes = verdict(residues(rows, prime), prime)
        argument = why_spans(rows, rank, prime) if yes else why_not(rows, rank, prime)
        if argument is not None:
            return _Decided(yes, argument, rank, prime)
    return _lifted(rows, yes, rank)


def _lifted(rows: Rows, yes: bool, rank: int) -> _Decided:
    """Return what the primes could not prove: the verdict and rank of the last one, decided by lifting."""
    from srtheory.span import lifting

    spanned = lifting.spans(rows, rank) if yes else lifting.kernel_vector(rows) is None
    return _Decided(spanned, Argument.LIFTED, rank, PRIMES[-1])


def _has_full_rank(rows: Rows) -> bool:
    """Return whether large rows are found to have full rank over Q without elimination."""
    if min(len(rows), rows.columns) < LARGE:
        return False
    from srtheory.span import wiedemann

    return wiedemann.has_full_rank(rows)


def lifted_stopping_time(
    rows: Rows, covered: int, guess: Prefix, yes: Argument | None, no: Argument | None
) -> Stopping:
    """Return the result of bisection from the last prime's partly proved result, each prefix decided exactly."""
    whole, prime = len(rows), PRIMES[-1]

    @cache
    def decide(k: int) -> _Decided:
        prefix = rows.prefix(k)
        if k == guess.k:
            return _Decided(True, yes, guess.after, prime) if yes else _lifted(prefix, True, guess.after)
        if k == (whole if guess.k is None else guess.k - 1):
            return _Decided(False, no, guess.before, prime) if no else _lifted(prefix, False, guess.before)
        return _decide(prefix)

    low, high = covered, whole + 1
    probes = [whole] if guess.k is None else [guess.k - 1, guess.k]
    while low < high:
        k = probes.pop() if probes else (low + high) // 2
        if decide(k).spans:
            high = min(high, k)
        else:
            low = max(low, k + 1)
    found = None if high > whole else high
    last = whole if found is None else found
    rank = rational_rank(rows.prefix(last), decide(last).rank, decide(last).prime)
    return Stopping(found, covered, rank, Argument.LIFTED)


def _given(
    indptr: npt.ArrayLike,
    indices: npt.ArrayLike,
    columns: int,
    values: npt.ArrayLike | None,
    field: str | Field | None,
    count: int | None = None,
) -> tuple[Rows, int, int]:
    """Return the first rows (all by default) as :func:`over_prime_field` does, and the characteristic."""
    asked = None if field is None else parse_field(field)
    rows = checked_rows(indptr, indices, columns, values)
    first = rows if count is None else rows.prefix(require_int("rows", count, 0, len(rows)))
    over = field_of(rows.elements, asked)
    matrix, images = over_prime_field(first, over)
    return matrix, over.characteristic, images
