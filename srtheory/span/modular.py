"""Kernel of sparse rows modulo a prime, whether they span 1, and the least prefix that does.

A kernel is found by a sparse triangle, then elimination of the dense core. All results are derived from kernels: 1 ∈
row(G) ⇔ every kernel vector of G has sum 0 (see docs/proofs/exactness.md). A kernel is computed at k = m - 1 rows,
where it is small, and then carried forward row by row. A new row g turns the basis x_1, …, x_δ into a basis of the
combinations that g annihilates, O(δ·weight) if those are all and O(δ·m) if not. Primes beyond floating point are left
to FLINT.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.compiled import BY_ROWS, LINEAR, compiled, copy_into
from srtheory.errors import ArgumentError
from srtheory.matrix import Rows
from srtheory.span import binary
from srtheory.span.dense import (
    LANE,
    Arithmetic,
    Echelon,
    Floats,
    Table,
    arithmetic,
    echelon,
    inverse,
    kernel_basis,
    padded,
    reduce,
    reduce_rows,
    scratch,
    symmetric,
    table_work,
)
from srtheory.span.sparse import Triangle, transposed, triangulate, with_ones, without_last
from srtheory.types import Int32, Int64

ONES = np.ones(0, np.int64)
FEW = 1 << 18
"""Number of steps for which the interpreter suffices; a basis vector may meet every entry and other vector."""
LATE = 2
"""Coverage time, in units of m, from which peeling all rows up to it is tried first."""
MANY = 64
"""Number of free combinations from which bisection is faster than their reduction."""


@dataclass(frozen=True)
class Prefix:
    """The least k such that the first k rows span 1 modulo a prime, and the ranks on both sides."""

    k: int | None
    """None if all the rows do not span 1."""
    before: int
    """Rank of the first k - 1 rows modulo the prime (of all rows if k is None)."""
    after: int
    """Rank of the first k rows modulo the prime (of all rows if k is None)."""


def least_prefix(rows: Rows, prime: int, covered: int, triangle: Triangle | None = None) -> Prefix:
    """Find the least prefix that spans 1 modulo ``prime``.

    ``rows``: residues (:func:`srtheory.span.sparse.residues`), m ≥ 1 columns. ``prime``: A prime below 2**63; beyond
    floating point, by FLINT. ``covered``: the coverage time, below which nothing spans 1. ``triangle``: triangle of the
    first m rows, if it is known.

    One elimination at m - 1 rows in nearly all cases; where those span 1 already, one more of their columns. None if
    coverage is late and peeling solves the rows up to it, O(nnz).
    """
    m, n = rows.columns, len(rows)
    if _is_wide(prime):
        return _wide_prefix(rows, prime, covered)
    if covered >= LATE * m and peels(rows.prefix(covered)):
        return Prefix(covered, m - 1, m)
    if n < m - 1:
        rank, spanned = verdict(rows, prime)
        return _earliest(rows, prime, covered, n, rank) if spanned else Prefix(None, rank, rank)
    basis = kernel(rows.prefix(m - 1), prime, None if triangle is None else without_last(triangle))
    if balanced(basis, prime):
        return _earliest(rows, prime, covered, m - 1, m - len(basis))
    row, before = _walk(rows, basis, m - 1, n, prime, halt=True)
    if row == n:
        return Prefix(None, m - len(before), m - len(before))
    return Prefix(row + 1, m - len(before), m - len(before) + 1)


def peels(rows: Rows) -> bool:
    """Return whether rows of weight 1 have a triangle of all columns, hence rank m over every field. O(nnz)."""
    return rows.values is None and len(triangulate(rows.indptr, rows.indices, rows.columns).inactive) == 0


def _earliest(rows: Rows, prime: int, covered: int, high: int, rank: int) -> Prefix:
    """Return the same, given that the first ``high`` rows, of this rank, span 1.

    One elimination of the columns gives a combination of rows that is 1 and all combinations that are 0. Combinations
    that end late remove later rows from the first. The row at which it then ends completes the span.
    """
    if high + 1 - rank > MANY:
        return _gallop_down(rows, prime, covered, high)
    free = kernel(with_ones_as_row(rows.prefix(high)), prime)
    last, later = earliest_end(free, prime)
    before = int(last) - (len(free) - 1 - int(later))
    return Prefix(int(last) + 1, before, before + 1)


def with_ones_as_row(rows: Rows) -> Rows:
    """Return the columns as rows, with 1 added before the others as a further row: shape (m, n + 1)."""
    n, m = len(rows), rows.columns
    columns = transposed(rows)
    ends = columns.indptr[1:]
    values = None if columns.values is None else np.insert(columns.values, ends, 1)
    return Rows(n + 1, columns.indptr + np.arange(m + 1), np.insert(columns.indices, ends, np.int32(n)), values)


@compiled(small=FEW, work=lambda free, p: free.size * (len(free) + 1))
def earliest_end(free: Int64, p: int) -> tuple[int, int]:
    """Return the least last row of the combinations with non-zero last entry, and how many that are 0 end later.

    ``free`` is a basis of them and of those whose last entry is 0. It is reduced in place.
    """
    one, c = len(free) - 1, free.shape[1] - 1
    ended: int = np.int64(0)  # type: ignore[assignment]  # for a plain 0 numba compiles what it is given to once more
    _swap(free, ended, _not_zero(free, ended, c))
    _take_out(free, ended, c, p)
    _swap(free, ended, one)
    while True:
        c -= 1
        pivot = _not_zero(free, ended, c)
        if pivot == one:
            return c, ended
        if pivot >= 0:
            _swap(free, pivot, ended)
            _take_out(free, ended, c, p)
            ended += 1


@compiled
def _not_zero(free: Int64, start: int, c: int) -> int:
    """Return the first vector from ``start`` on that is not 0 at ``c``, or -1."""
    for r in range(start, free.shape[0]):
        if free[r, c] != 0:
            return r
    return -1


@compiled
def _swap(free: Int64, one: int, other: int) -> None:
    for k in range(free.shape[1]):
        free[one, k], free[other, k] = free[other, k], free[one, k]


@compiled
def _take_out(free: Int64, pivot: int, c: int, p: int) -> None:
    """Subtract ``pivot`` from the vectors after it, so that they end before ``c``; no entry at ``c`` is read again."""
    scale = inverse(free[pivot, c], p)
    for r in range(pivot + 1, free.shape[0]):
        if free[r, c] != 0:
            factor = symmetric(free[r, c] * scale, p)
            for k in range(c):
                free[r, k] = symmetric(free[r, k] - factor * free[pivot, k], p)


def _gallop_down(rows: Rows, prime: int, covered: int, high: int) -> Prefix:
    """Return the same by bisection, for rows of which many are combinations of others."""
    ask = cache(lambda k: verdict(rows.prefix(k), prime))
    low, step = high - 1, 2
    while ask(low)[1]:
        low, high, step = max(covered - 1, low - step), low, 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if ask(middle)[1] else (middle, high)
    return Prefix(high, ask(low)[0], ask(high)[0])


def verdict(rows: Rows, prime: int) -> tuple[int, bool]:
    """Return the rank of residues modulo ``prime``, and whether they span 1 there."""
    m = rows.columns
    if _is_wide(prime):
        k, rank, _ = wide_solution(rows, prime)
        return rank, k is not None
    if len(rows) >= m:
        basis = kernel(rows, prime)
        return m - len(basis), balanced(basis, prime)
    if prime == 2:
        return binary.verdict(rows.indptr, rows.indices, m)
    return elimination_verdict(rows, _arithmetic(prime))


def kernel(
    rows: Rows,
    prime: int,
    triangle: Triangle | None = None,
    promising: Callable[[Int64], bool] | None = None,
) -> Int64:
    """Return the kernel basis of residues modulo ``prime``, by rows of an array of shape (m - rank, m).

    ``triangle`` is that of the first m rows, or of all if there are fewer, if it is known. If ``promising`` is given
    and refuses the first vector of up to m rows, by itself in an array of shape (1, m), the basis ends there, since
    finding and extending all vectors may cost most.

    Raises OverflowError if the prime is too large (from about 2**24.5).
    """
    k = min(len(rows), rows.columns)
    head = rows.prefix(k)
    if prime == 2:
        basis = binary.kernel(head.indptr, head.indices, rows.columns)
    else:
        first = promising if k == len(rows) else None  # later rows change the vectors
        basis = elimination_kernel(head, _arithmetic(prime), triangle, first)
    return _walk(rows, basis, k, len(rows), prime, halt=False)[1]


def _is_wide(prime: int) -> bool:
    return prime > 2 and arithmetic(prime) is None


def _arithmetic(prime: int) -> Arithmetic:
    field = arithmetic(prime)
    if field is None:
        raise OverflowError(f"No exact floating-point arithmetic modulo {prime}.")
    return field


def balanced(basis: Int64, prime: int) -> bool:
    """Return whether every kernel vector has sum 0 modulo ``prime``, which means that 1 is spanned."""
    return not (basis.sum(axis=1) % prime).any()


def _walk(rows: Rows, basis: Int64, start: int, stop: int, prime: int, *, halt: bool) -> tuple[int, Int64]:
    """Carry a kernel basis, in place, over rows ``start`` to ``stop``; ``halt`` before a row that completes the span.

    Return the row halted before (``stop`` if there is none) and the basis there.
    """
    if start == stop or len(basis) == 0:
        return stop, basis
    values = ONES if rows.values is None else rows.values
    row, alive = _carry(basis, rows.indptr, rows.indices, values, start, stop, prime, halt)
    return row, basis[:alive]


@compiled(small=FEW, work=lambda basis, indptr, indices, *more: len(basis) * (basis.size + len(indices)))
def _carry(
    basis: Int64, indptr: Int64, indices: Int32, values: Int64, start: int, stop: int, p: int, halt: bool
) -> tuple[int, int]:
    alive = len(basis)
    sums, products = np.empty(alive, np.int64), np.empty(alive, np.int64)
    for r in range(alive):
        sums[r] = symmetric(basis[r].sum(), p)
    for i in range(start, stop):
        pivot: int = np.int64(-1)  # type: ignore[assignment]  # as in earliest_end
        for r in range(alive):
            products[r] = _product(basis[r], indptr[i], indptr[i + 1], indices, values, p)
            if products[r] != 0:
                pivot = r
        if pivot < 0:
            continue
        if halt and _completes(sums[:alive], products[:alive], pivot, p):
            return i, alive
        _annihilate(basis, sums, products, alive, pivot, p)
        alive -= 1
    return stop, alive


@compiled
def _product(x: Int64, start: int, end: int, indices: Int32, values: Int64, p: int) -> int:
    """Return a row times a vector; values are empty if every weight is 1."""
    total = 0
    for e in range(start, end):
        if len(values) == 0:
            total += x[indices[e]]
        else:
            total = (total + values[e] * x[indices[e]]) % p
    return symmetric(total, p)


@compiled
def _completes(sums: Int64, products: Int64, pivot: int, p: int) -> bool:
    """Return whether the combinations that the row annihilates all have sum 0: sums are a multiple of products."""
    return not ((sums * products[pivot] - sums[pivot] * products) % p).any()


@compiled
def _annihilate(basis: Int64, sums: Int64, products: Int64, alive: int, pivot: int, p: int) -> None:
    """Replace the basis by one of the combinations that the row annihilates, and free the last vector's place."""
    scale = inverse(products[pivot], p)
    for r in range(pivot):  # the last vector that the row does not annihilate
        if products[r] != 0:
            factor = symmetric(products[r] * scale, p)
            sums[r] = symmetric(sums[r] - factor * sums[pivot], p)
            for c in range(basis.shape[1]):
                basis[r, c] = symmetric(basis[r, c] - factor * basis[pivot, c], p)
    copy_into(basis[pivot], basis[alive - 1])
    sums[pivot] = sums[alive - 1]


STRIPE_BYTES = 1 << 11
CACHED_BYTES = 1 << 21
"""Cache for stripes of pivots' combinations. Few pivots allow wider stripes; each stripe reads all entries once."""
TOTAL_LIMIT = 1 << 61
"""Largest absolute total for which one more product of two residues still fits in an int64."""


def elimination_kernel(
    rows: Rows,
    field: Arithmetic,
    triangle: Triangle | None = None,
    promising: Callable[[Int64], bool] | None = None,
) -> Int64:
    """Return :func:`kernel` of at most m rows by a triangle, which is found if none is given, and its dense core.

    O(nnz·c) for the core's entries and 2c³/3 in matrix products, c the number of inactive columns.
    """
    indptr, indices = rows.indptr, rows.indices
    triangle = triangle or triangulate(indptr, indices, rows.columns)
    solved = solutions(indptr, indices, rows.values, triangle, field)
    form = core_form(dense_core(indptr, indices, solved, triangle, field), triangle, field)
    shape = indptr, indices, solved, triangle.pivot_rows, triangle.pivot_columns, triangle.inactive
    size = len(triangle.inactive) - len(form.pivots)
    if promising is not None and size > 1:
        first = _expand(*shape, core_kernel(form, triangle, field, 1), field.prime)
        if not promising(first):
            return np.asarray(first)
    return np.asarray(_expand(*shape, core_kernel(form, triangle, field, size), field.prime))


def elimination_verdict(rows: Rows, field: Arithmetic) -> tuple[int, bool]:
    """Return :func:`verdict` of fewer than m rows, as :func:`elimination_kernel` does."""
    indptr, indices, m = rows.indptr, rows.indices, rows.columns
    triangle = triangulate(indptr, indices, m)
    solved = solutions(indptr, indices, rows.values, triangle, field)
    longer, places, extended = with_ones(indptr, indices, triangle)
    core = dense_core(longer, places, np.append(solved, np.ones(m, solved.dtype)), extended, field)
    steps = core_form(core, extended, field).steps
    grown = len(triangle.core_rows) in steps[-1:]
    return len(triangle.pivot_rows) + len(steps) - grown, not grown


def solutions(
    indptr: Int64, indices: Int32, values: Int64 | None, triangle: Triangle, field: Arithmetic
) -> npt.NDArray[np.signedinteger[Any]]:
    """Return the entries, those of pivots' rows for x_pivot = Σ w_c x_c, the pivot's own 0 (:func:`solve_pivots`)."""
    pivots = triangle.pivot_rows, triangle.pivot_columns
    if values is None:
        return _opposite(indptr, indices, *pivots)
    weights = values.copy()
    ends = indptr, indices, weights, *pivots
    solve_pivots(*ends, pivot_inverses(*ends, field.prime), field.prime)
    return weights


def dense_core(
    indptr: Int64, indices: Int32, solved: npt.NDArray[np.signedinteger[Any]], triangle: Triangle, field: Arithmetic
) -> Table:
    """Return the core's entries for :func:`core_form`, on bytes if prime and processor allow it and the core is large.

    Every processor adds bytes in 16 bits faster than floats.
    """
    work = table_work(len(triangle.core_rows), padded(len(triangle.inactive)))
    if all(loop.would_interpret(work, BY_ROWS) for loop in (_schur, reduce_rows)):
        return schur(indptr, indices, solved, triangle, field)
    from srtheory.span import bytewise  # which imports numba

    if not bytewise.adds(field):
        return schur(indptr, indices, solved, triangle, field)
    if bytewise.applies(field):
        out = bytewise.table(len(triangle.core_rows), len(triangle.inactive))
    else:
        out = scratch("core", (len(triangle.core_rows), padded(len(triangle.inactive))), field.kind)
    known = scratch("known bytes", _stripe(len(triangle.pivot_rows), out.shape[1], np.int8), np.int8)
    largest = 1 if solved.dtype == np.int16 else _largest(solved)  # of rows without weights
    bytewise.schur(
        indptr, indices, solved.astype(np.int16, copy=False), triangle.place, triangle.pivot_rows, triangle.widths,
        triangle.core_rows, field.constants, bytewise.room(largest), known, out,
    )  # fmt: skip
    return out


def core_form(core: Table, triangle: Triangle, field: Arithmetic) -> Echelon:
    """Reduce a :func:`dense_core` to echelon form, in place."""
    if core.dtype != np.int8:
        return echelon(core, field)
    from srtheory.span import bytewise

    return bytewise.echelon(core, len(triangle.core_rows), field)


def core_kernel(form: Echelon, triangle: Triangle, field: Arithmetic, most: int) -> Floats:
    """Return the kernel basis of a :func:`core_form`, of no more vectors than ``most``."""
    if form.table.dtype != np.int8:
        return kernel_basis(form, len(triangle.inactive), field, most)
    from srtheory.span import bytewise

    return bytewise.kernel_basis(form, len(triangle.inactive), field, most)


def schur(
    indptr: Int64,
    indices: Int32,
    solved: npt.NDArray[np.signedinteger[Any]],
    triangle: Triangle,
    field: Arithmetic,
    known: Floats | None = None,
) -> Floats:
    """Return the core rows in terms of the inactive columns, shape (core rows, ``padded(c)``).

    ``known``, of shape (s, ``padded(c)``), is filled with the pivots' columns in the same terms.
    """
    out = scratch("core", (len(triangle.core_rows), padded(len(triangle.inactive))), field.kind)
    if known is None:
        known = scratch("known", _stripe(len(triangle.pivot_rows), out.shape[1], field.kind), field.kind)
    _schur(
        indptr, indices, solved.astype(field.kind), triangle.place, triangle.pivot_rows, triangle.widths,
        triangle.core_rows, field.constants, field.room(_largest(solved)), known, out,
    )  # fmt: skip
    return out


def _stripe(pivots: int, columns: int, kind: npt.DTypeLike) -> tuple[int, int]:
    """Return the shape of the pivots' combinations that are stored at a time."""
    return pivots, min(max(STRIPE_BYTES, CACHED_BYTES // (pivots + 1)) // np.dtype(kind).itemsize, columns)


def _largest(weights: npt.NDArray[np.signedinteger[Any]]) -> int:
    return max(int(weights.max(initial=1)), -int(weights.min(initial=-1)))


@compiled(small=LINEAR)
def _opposite(indptr: Int64, indices: Int32, rows: Int32, columns: Int32) -> npt.NDArray[np.int16]:
    """Return the entries that :func:`solve_pivots` gives for rows of weight 1."""
    out = np.ones(len(indices), np.int16)
    for t in range(len(rows)):
        for e in range(indptr[rows[t]], indptr[rows[t] + 1]):
            out[e] = -np.int16(indices[e] != columns[t])
    return out


@compiled(small=LINEAR)
def pivot_inverses(indptr: Int64, indices: Int32, weights: Int64, rows: Int32, columns: Int32, p: int) -> Int64:
    """Return 1 / (weight of each pivot)."""
    out = np.empty(len(rows), np.int64)
    for t in range(len(rows)):
        for e in range(indptr[rows[t]], indptr[rows[t] + 1]):
            if indices[e] == columns[t]:
                out[t] = 1 if weights[e] == 1 else inverse(weights[e], p)
    return out


@compiled(small=LINEAR)
def solve_pivots(
    indptr: Int64, indices: Int32, weights: Int64, rows: Int32, columns: Int32, inverses: Int64, p: int
) -> None:
    """Rewrite each pivot's row Σ w_c x_c = b as x_pivot = Σ w'_c x_c + inverse·b, in place; the pivot's w' is 0."""
    for t in range(len(rows)):
        for e in range(indptr[rows[t]], indptr[rows[t] + 1]):
            if indices[e] == columns[t]:
                weights[e] = 0
            elif inverses[t] == 1:
                weights[e] = -weights[e]
            else:
                weights[e] = symmetric(-weights[e] * inverses[t], p)


@compiled(small=BY_ROWS)
def _schur(indptr, indices, solved, place, pivot_rows, widths, core_rows, constants, terms, known, out):  # type: ignore[no-untyped-def]
    """Compute a stripe of columns at a time, so that the pivots' combinations stay in cache."""
    s, stripe = len(pivot_rows), max(known.shape[1], 1)
    sources, factors = np.empty(s + 1, np.int32), np.empty(s + 1, solved.dtype)
    sums = np.empty(stripe + 1, solved.dtype)  # the last is for what is in no inactive column of the stripe
    first = 0
    for low in range(0, out.shape[1], stripe):
        width = min(stripe, out.shape[1] - low)
        while first < s and widths[first] <= low:
            first += 1
        for t in range(first, s + len(core_rows)):
            i = pivot_rows[t] if t < s else core_rows[t - s]
            reach = min((widths[t] - low + LANE - 1) // LANE * LANE, width) if t < s else width
            row = sums[:reach]
            sums[:] = 0
            count = 0
            for e in range(indptr[i], indptr[i + 1]):  # no branch, which could not be predicted
                q, j = place[indices[e]], -1 - place[indices[e]] - low
                sources[count], factors[count] = q, solved[e]
                count += int((q >= first) & (q != t))
                sums[j if 0 <= j < width else stripe] += solved[e]
            for begin in range(0, count, terms):
                end = min(begin + terms, count)
                if begin > 0:
                    _reduce_into(row, row, constants)
                _combine(row, factors[begin:end], sources[begin:end], known)
            if t < s:
                _reduce_into(known[t, :reach], row, constants)
                known[t, reach:width] = 0
            else:
                _reduce_into(out[t - s, low : low + width], row, constants)


@compiled
def _reduce_into(target, row, constants):  # type: ignore[no-untyped-def]
    """Reduce a row of sums to symmetric residues."""
    for j in range(len(row)):
        target[j] = reduce(row[j], constants)


@_reduce_into.interpreted
def _reduce_array_into(target, row, constants):  # type: ignore[no-untyped-def]
    target[:] = reduce(row, constants)


@compiled
def _combine(row, factors, sources, known):  # type: ignore[no-untyped-def]
    """Add multiples of the rows ``sources`` of ``known`` to a row, without reduction."""
    for k in range(len(factors)):
        factor, other = factors[k], known[sources[k]]
        for j in range(len(row)):
            row[j] += factor * other[j]


@_combine.interpreted
def _combine_arrays(row, factors, sources, known):  # type: ignore[no-untyped-def]
    for factor, source in zip(factors, sources, strict=True):
        row += factor * known[source, : len(row)]


@compiled(small=LINEAR)
def _expand(indptr, indices, solved, pivot_rows, pivot_columns, inactive, core, p):  # type: ignore[no-untyped-def]
    """Extend kernel vectors of the core to all columns by the triangle's rows."""
    out = np.zeros((len(core), len(pivot_columns) + len(inactive)), np.int64)
    for r in range(len(out)):
        x = out[r]
        for j in range(len(inactive)):
            x[inactive[j]] = np.int64(core[r, j])
        for t in range(len(pivot_rows)):
            total = 0
            for e in range(indptr[pivot_rows[t]], indptr[pivot_rows[t] + 1]):
                total += solved[e] * x[np.uint32(indices[e])]
                if abs(total) > TOTAL_LIMIT:
                    total %= p
            x[pivot_columns[t]] = symmetric(total, p)
    return out


MAX_ENTRIES = 1 << 24
"""Largest number of entries of a dense matrix of Python integers, about 50 bytes each."""


def _wide_prefix(rows: Rows, prime: int, covered: int) -> Prefix:
    n = min(len(rows), max(covered, rows.columns))
    k, rank, after = wide_solution(rows.prefix(n), prime)
    if k is None and n < len(rows):
        k, rank, after = wide_solution(rows, prime)
    return Prefix(None, rank, rank) if k is None else Prefix(k, after - 1, after)


def wide_solution(rows: Rows, prime: int) -> tuple[int | None, int, int]:
    """Return the least k such that the first k rows span 1, or None, the rank of all rows, and that of the first k.

    For primes beyond floating point, below 2**63, by FLINT's dense matrices: Gᵀv = 1 is reduced with the columns of Gᵀ
    in order of arrival, so that v uses the earliest independent rows.
    """
    import flint

    n = len(rows)
    if n * rows.columns > MAX_ENTRIES:
        expected = f"Q or GF(p^k) with p below 2**24 where rows times columns are more than {MAX_ENTRIES}"
        raise ArgumentError("field", f"characteristic {prime}", expected)
    columns = transposed(rows).dense().tolist()
    reduced, height = flint.nmod_mat(
        rows.columns, n + 1, [x % prime for row in columns for x in (*row, 1)], prime
    ).rref()
    pivots = [next(j for j in range(n + 1) if reduced[i, j] != 0) for i in range(height)]
    if n in pivots:
        return None, height - 1, height - 1
    k = max((j + 1 for i, j in enumerate(pivots) if reduced[i, n] != 0), default=0)
    return k, height, sum(j < k for j in pivots)
