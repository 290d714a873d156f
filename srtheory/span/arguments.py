"""Arguments by which one modular elimination proves a result over Q (docs/proofs/exactness.md), each with a name.

Nothing here is probabilistic. Results that a prime cannot prove are left to p-adic lifting.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import islice
from math import isqrt, prod

import numpy as np

from srtheory.compiled import LINEAR, compiled, copy_into
from srtheory.matrix import Rows
from srtheory.span.dense import PRIME, primes_down, symmetric
from srtheory.span.modular import kernel, verdict
from srtheory.span.sparse import residues, transposed
from srtheory.types import Int32, Int64

LARGEST_INT64 = 2**63 - 1
LARGEST_KERNEL = 1 << 26
"""Number of entries of a kernel basis beyond which lifting is faster."""


class Argument(StrEnum):
    """Argument that made a verdict exact; for a stopping time, the more expensive of its two directions."""

    EMPTY = "empty"
    """There are no columns, so 1 is the empty sum."""
    FINITE_FIELD = "finite-field"
    """The field is finite, so elimination in it is the verdict."""
    UNCOVERED = "uncovered"
    """Does not span: a column is zero."""
    COVERAGE = "coverage"
    """Stopping time: full rank modulo a prime, and one row earlier a column is zero."""
    FULL_RANK = "full-rank"
    """Spans: full column rank modulo a prime."""
    INDEPENDENT = "independent"
    """Does not span: the rows are independent modulo a prime and do not span 1 there."""
    LAST_ROW = "last-row"
    """Stopping time: full rank at k = m rows modulo a prime, and the first m - 1 are independent and do not span 1."""
    KERNEL = "kernel"
    """Kernel vectors with small entries, reconstructed from their residues and checked over the integers."""
    LIFTED = "lifted"
    """p-adic lifting: an integer combination or an integer kernel vector, checked over the integers."""


def why_spans(rows: Rows, rank: int, prime: int) -> Argument | None:
    """Return why ``rows`` span 1 over Q, given their rank modulo a prime at which they do, or None if unproved."""
    if rank == rows.columns:
        return Argument.FULL_RANK
    vectors = integer_kernel(rows, rank, prime)
    return Argument.KERNEL if vectors is not None and not vectors.sum(axis=1).any() else None


def why_not(rows: Rows, rank: int, prime: int) -> Argument | None:
    """Return why ``rows`` do not span 1 over Q, given their rank at a prime where they do not, or None if unproved."""
    if rank == len(rows):
        return Argument.INDEPENDENT
    return Argument.KERNEL if has_equal_rank(rows, rank, prime) else None


def rational_rank(rows: Rows, rank: int, prime: int) -> int:
    """Return the rank over Q, given the rank modulo a prime, which is a lower bound."""
    if has_equal_rank(rows, rank, prime):
        return rank
    if prime != PRIME:
        return rational_rank(rows, verdict(residues(rows, PRIME), PRIME)[0], PRIME)
    return rank_by_primes(rows, rank)


def has_equal_rank(rows: Rows, rank: int, prime: int) -> bool:
    """Return whether the rank modulo a prime is easily seen to be the rank over Q.

    It is so if all rows or all columns are independent modulo the prime, or if the relations between them, whichever
    are fewer, are the residues of small integer relations.
    """
    if rank == min(len(rows), rows.columns):
        return True
    return integer_kernel(rows if rows.columns <= len(rows) else transposed(rows), rank, prime) is not None


def rank_by_primes(rows: Rows, rank: int) -> int:
    """Return the largest of ``rank`` and the ranks modulo so many primes that their product exceeds every larger minor.

    By Hadamard's inequality a minor of order r + 1 is at most the product of the r + 1 largest row norms. One that all
    the primes divide is then 0.  Cost: one elimination for each 24 bits of the bound.
    """
    norms = _squared_norms(rows)
    product, bound, primes = 1, _squared_minor(norms, rank + 1), islice(primes_down(), 1, None)
    while product**2 <= bound:
        prime = next(primes)
        found, product = verdict(residues(rows, prime), prime)[0], product * prime
        if found > rank:
            rank, bound = found, _squared_minor(norms, found + 1)
    return rank


def _squared_minor(norms: list[int], order: int) -> int:
    """Bound the square of a minor of the given order; the bound is 0 if there is no such minor."""
    return prod(norms[:order]) if order <= len(norms) else 0


def _squared_norms(rows: Rows) -> list[int]:
    """Return the squared norms of the largest rows, as many as the largest minor has rows."""
    weights = [1] * len(rows.indices) if rows.values is None else rows.values.tolist()
    bounds = rows.indptr.tolist()
    norms = sorted((sum(w * w for w in weights[bounds[i] : bounds[i + 1]]) for i in range(len(rows))), reverse=True)
    return norms[: rows.columns]


def integer_kernel(rows: Rows, rank: int, prime: int) -> Int64 | None:
    """Return integer vectors x with Gx = 0 whose residues are a kernel basis modulo the prime, if small ones exist."""
    if (rows.columns - rank) * rows.columns > LARGEST_KERNEL:
        return None
    bound = isqrt(prime // 2)
    basis = kernel(residues(rows, prime), prime, promising=lambda x: _clear_denominators(x, x.copy(), bound, prime))
    vectors = np.empty_like(basis)
    cleared = _clear_denominators(basis, vectors, bound, prime)
    return vectors if cleared and annihilated(rows, vectors) else None


def annihilated(rows: Rows, vectors: Int64) -> bool:
    """Return whether Gx = 0 over the integers for each of some vectors x, by rows; no sum can overflow."""
    values = np.ones(len(rows.indices), np.int64) if rows.values is None else rows.values
    largest = max(abs(int(values.min(initial=0))), int(values.max(initial=0)))
    if largest * int(np.abs(vectors).max(initial=0)) * rows.columns <= LARGEST_INT64:
        return bool(_annihilated(rows.indptr, rows.indices, values, vectors))
    terms = ([w * int(x[c]) for w, c in zip(values.tolist(), rows.indices, strict=True)] for x in vectors)
    return all(sum(each[rows.indptr[i] : rows.indptr[i + 1]]) == 0 for each in terms for i in range(len(rows)))


@compiled(small=LINEAR, work=lambda indptr, indices, values, vectors: len(indices) * len(vectors))
def _annihilated(indptr: Int64, indices: Int32, values: Int64, vectors: Int64) -> bool:
    for v in range(len(vectors)):
        for i in range(len(indptr) - 1):
            total = 0
            for e in range(indptr[i], indptr[i + 1]):
                total += values[e] * vectors[v, indices[e]]
            if total != 0:
                return False
    return True


@compiled(small=LINEAR)
def _clear_denominators(vectors: Int64, out: Int64, bound: int, p: int) -> bool:
    """Clear a common denominator of each vector of residues, it and the products at most ``bound``.

    Return False if for some vector none is found.
    """
    for v in range(len(vectors)):
        x = out[v]
        copy_into(x, vectors[v])
        denominator = 1
        for i in range(len(x)):
            if abs(x[i]) > bound:
                factor = _denominator(x[i], bound, p)
                denominator *= factor
                if factor == 0 or denominator > bound:
                    return False
                for j in range(len(x)):
                    x[j] = symmetric(x[j] * factor, p)
        if np.abs(x).max() > bound:
            return False
    return True


@compiled
def _denominator(a: int, bound: int, p: int) -> int:
    """Return the d in 1..bound with a·d ≡ n and |n| ≤ bound, by the extended Euclidean algorithm; 0 if none exists."""
    r0, r1, t0, t1 = p, a % p, 0, 1
    while r1 > bound:
        q = r0 // r1
        r0, r1 = r1, r0 - q * r1
        t0, t1 = t1, t0 - q * t1
    return abs(t1) if abs(t1) <= bound else 0
