"""Fountain codes: LT [24] as used by the paper [23], Raptor [31] and repairable [32] ones.

Workers of an LT code stream sums of random subsets with robust soliton degrees; in another form the worker's own term
is first, which is systematic as SR codes are (the systematic LT code of [31] is different, see
:mod:`paper_checks.dense_codes`). A Raptor code is an LT code of bounded mean degree that runs over the m terms and h
parities known to all. A repairable fountain code is systematic, then sends sparse parities whose terms are drawn with
replacement.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from srtheory.compiled import LINEAR, compiled, entries
from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.matrix import PrecodedRows, Rows, boundaries
from srtheory.schemes.base import UNLIMITED, BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.streams import STATE_WORDS, draw_distinct, mul_hi, next_words, open_stream, rejected, unit
from srtheory.types import Floats, Int32, Int64

DEGREES, COLUMNS = 0, 1  # lanes of a worker's stream


def robust_soliton(symbols: int, c: float = 0.03, delta: float = 0.5) -> Floats:
    """Return probabilities of the degrees 1 .. m of the robust soliton distribution (Luby, FOCS 2002, definition 11).

    With R = c ln(m/delta) sqrt(m), the ideal soliton distribution gains R/(i m) at i < m/R and R ln(R/delta)/m at the
    spike i = round(m/R), and is normalised. The spike is kept inside [1, m], and a negative R ln(R/delta) counts as 0
    (both can only happen at small m).

    ``symbols``: m >= 1. ``c``, ``delta``: c > 0 and 0 < delta < 1.

    The result is a float64 array, shape (m,). ``p[i]`` is the probability of degree i + 1.
    """
    m = require_int("symbols", symbols)
    c, delta = require_positive("c", c), require_positive("delta", delta)
    if delta >= 1:
        raise ArgumentError("delta", delta, "above 0 and below 1")
    degree = np.arange(1, m + 1, dtype=float)
    mass = np.concatenate([[1 / m], 1 / (degree[1:] * (degree[1:] - 1))])
    ripple = c * np.log(m / delta) * np.sqrt(m)
    spike = int(np.clip(np.rint(m / ripple), 1, m))
    mass[: spike - 1] += ripple / (degree[: spike - 1] * m)
    mass[spike - 1] += max(0.0, ripple * np.log(ripple / delta)) / m
    return mass / mass.sum()


@dataclass(frozen=True)
class LubyTransform(BaseScheme):
    """LT code over m workers, which send sums of random terms; their numbers follow the robust soliton distribution."""

    cap: float | None = None
    """alpha = m_e/m > 0: the m_e = round(alpha m) symbols are dealt out evenly, so that a worker is assigned
    floor(alpha) or ceil(alpha) of them. None: the scheme is rateless."""
    c: float = 0.03
    delta: float = 0.5
    """Parameters of the robust soliton distribution."""

    decoder = "peeling"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cap is not None:
            require_positive("cap", self.cap)
        robust_soliton(self.symbols, self.c, self.delta)

    @cached_property
    def degree_law(self) -> Floats:
        """Probabilities of the degrees 1 .. m."""
        return robust_soliton(self.symbols, self.c, self.delta)

    @property
    def average_degree(self) -> float:
        """Mean terms per encoded symbol."""
        return float(self.degree_law @ np.arange(1, self.symbols + 1))

    def quota(self) -> Int64:
        """Return the largest number of symbols that each worker sends, shape (workers,)."""
        if self.cap is None:
            return np.full(self.symbols, UNLIMITED)
        each, extra = divmod(round(min(self.cap, float(UNLIMITED)) * self.symbols), self.symbols)
        return each + np.diff(np.arange(self.symbols + 1) * extra // self.symbols)

    @property
    def rateless(self) -> bool:
        return self.cap is None

    @property
    def longest(self) -> float:
        """Approximate number of terms that a worker evaluates before it has sent all its symbols."""
        return float(self.quota().max()) * self.average_degree

    def expected_terms(self) -> tuple[float, float]:
        few = self.cap is not None and self.cap <= 4
        return self.average_degree, float("inf") if few else self.average_degree

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time."""
        return self._sums(key, budget, self.quota())

    def _sums(self, key: int, budget: BudgetArray, quota: Int64) -> EncodedSymbols:
        """Return the LT symbols of each worker within its budget, at most its quota of them."""
        ladder = np.cumsum(self.degree_law)
        ladder[-1] = 1.0  # the sum may round below 1
        rows, terms = _degrees(np.uint64(key), ladder, budget, quota)
        worker = np.repeat(np.arange(self.symbols, dtype=np.int32), rows)
        sizes = np.diff(terms, prepend=0)
        first = (np.cumsum(rows) - rows)[rows > 0]
        sizes[first] = terms[first]
        indptr = boundaries(sizes)
        indices = _supports(np.uint64(key), rows, indptr, self.symbols)
        return EncodedSymbols(Rows(self.symbols, indptr, indices), worker, terms, rows == quota)


@dataclass(frozen=True)
class SystematicLubyTransform(LubyTransform):
    """LT code whose worker j sends f_j first, and then the sums of worker j of the LT code.

    The parameters are those of :class:`LubyTransform`. The symbol f_j counts as one of the m_e.
    """

    def expected_terms(self) -> tuple[float, float]:
        return 1.0, super().expected_terms()[1]

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time."""
        quota = self.quota()
        own = (np.minimum(budget, quota) >= 1).nonzero()[0].astype(np.int32)
        sums = self._sums(key, np.maximum(budget - 1, 0), np.maximum(quota - 1, 0))
        worker = np.concatenate([own, sums.worker])
        order = np.argsort(worker, kind="stable")
        sizes = np.concatenate([np.ones(len(own), np.int64), np.diff(sums.rows.indptr)])
        rows = Rows(self.symbols, boundaries(sizes), np.concatenate([own, sums.rows.indices])).take(order)
        terms = np.concatenate([np.ones(len(own), np.int64), 1 + sums.terms])
        return EncodedSymbols(rows, worker[order], terms[order], sums.ended & (np.minimum(quota, 1) <= budget))


@compiled(small=LINEAR, work=lambda key, ladder, budget, quota: np.minimum(budget, quota).sum(dtype=np.float64))
def _degrees(key: np.uint64, ladder: Floats, budget: BudgetArray, quota: Int64) -> tuple[Int64, Int64]:
    """Return the symbols that each worker completes, and its terms evaluated after each of them."""
    state = np.empty(STATE_WORDS, np.uint64)
    rows = np.zeros(budget.shape[0], np.int64)
    terms = np.empty(1024, np.int64)
    n = 0
    for j in range(budget.shape[0]):
        if budget[j] < 1:
            continue
        open_stream(state, key, j, DEGREES)
        done = 0
        while rows[j] < quota[j]:
            done += 1 + np.searchsorted(ladder, unit(state), side="right")
            if done > budget[j]:
                break
            if n == terms.shape[0]:
                terms = np.concatenate((terms, np.empty_like(terms)))
            terms[n] = done
            rows[j] += 1
            n += 1
    return rows, terms[:n].copy()


@compiled(small=LINEAR, work=lambda key, rows, indptr, symbols: symbols + indptr[-1])
def _supports(key: np.uint64, rows: Int64, indptr: Int64, symbols: int) -> Int32:
    """Return a uniform subset of the given size for each symbol."""
    order = np.arange(symbols).astype(np.int32)
    state = np.empty(STATE_WORDS, np.uint64)
    indices = np.empty(indptr[-1], np.int32)
    row = 0
    for j in range(rows.shape[0]):
        open_stream(state, key, j, COLUMNS)
        for _ in range(rows[j]):
            start, size = indptr[row], indptr[row + 1] - indptr[row]
            draw_distinct(state, order, indices[start : start + size])
            row += 1
    return indices


def raptor_degrees(symbols: int, epsilon: float) -> Floats:
    """Return the probabilities of the degrees 1 .. D + 1 of Shokrollahi's distribution, D = ceil(4 (1 + eps)/eps).

    With nu = epsilon/2 + (epsilon/2)^2 degree 1 has the mass nu, i = 2 .. D have 1/(i (i - 1)), and D + 1 has 1/D, all
    over 1 + nu. Degrees above ``symbols`` become ``symbols``, which only happens if there are few symbols.

    ``symbols``: n >= 1, what is drawn from. ``epsilon``: above 0 and at most 1: the overhead for which the degree
    distribution is made, as n grows.

    Reference: A. Shokrollahi, "Raptor codes", IEEE Trans. Inf. Theory 52 (2006), section VI.
    """
    n = require_int("symbols", symbols)
    epsilon = require_positive("epsilon", epsilon)
    if epsilon > 1:
        raise ArgumentError("epsilon", epsilon, "above 0 and at most 1")
    half, whole = epsilon / 2, 4 + 4 / epsilon
    last = n + 1 if whole > n else math.ceil(whole)  # D, or as good
    degree = np.arange(2, last + 1, dtype=float)
    mass = np.concatenate([[half + half**2], 1 / (degree * (degree - 1)), [1 / last]])
    if len(mass) > n:
        mass = np.append(mass[: n - 1], mass[n - 1 :].sum())
    return mass / mass.sum()


@dataclass(frozen=True)
class Raptor(BaseScheme):
    """Raptor code over m workers whose symbols are sums of terms f_i and of parities, themselves sums of terms.

    The pre-code, drawn once for all workers, has h parities. Every term is in ``spread`` of them. A symbol is the sum
    of intermediate symbols, terms and parities. Their number has the distribution :func:`raptor_degrees`. In terms of
    the f_i that is a row of integer weights: a term that is drawn itself and with two parities weighs 3. A worker
    evaluates each term of a symbol once, so that a symbol costs its distinct terms. A parity has about m spread/h of
    them, and a dense parity m/2. A symbol of no terms, an empty parity, is not sent.

    Peeling runs over the intermediate symbols, with the pre-code's h checks known beforehand; elimination over the
    terms sees the same, as the checks only define the parities.

    This is the code of [31] that is not systematic, its pre-code is.  The systematic one needs an inverse matrix, whose
    entries are not whole: see :mod:`paper_checks.dense_codes`.
    """

    epsilon: float = 0.1
    """Above 0 and at most 1. The pre-code's rate is (1 + epsilon/2)/(1 + epsilon), as in [31], so that h is m
    epsilon/(2 + epsilon) rounded up."""
    spread: int = 3
    """At least 1, parities of each term (at most h: more count as h): few for a low-density pre-code, h/2 for a
    dense one, in which any set of terms is a parity with nearly the same probability."""

    decoder = "peeling"
    rateless = True

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("spread", self.spread)
        raptor_degrees(self.symbols, self.epsilon)

    @property
    def parities(self) -> int:
        """h, at least 1."""
        return max(1, math.ceil(self.symbols / (1 + 2 / self.epsilon)))

    @cached_property
    def degree_law(self) -> Floats:
        """Probabilities of the degrees 1, 2, ... over intermediate symbols."""
        return raptor_degrees(self.symbols + self.parities, self.epsilon)

    def expected_terms(self) -> tuple[float, float]:
        """Return the expected terms: a term is in a symbol of degree g unless all g draws miss it and its parities.

        The result is exact except for empty parities.
        """
        apart = 1 + min(self.spread, self.parities)
        n, missed, left = self.symbols + self.parities, 0.0, 1.0
        for g, probability in enumerate(self.degree_law, start=1):
            left *= max(0.0, 1 - apart / (n - g + 1))
            missed += float(probability) * left
        mean = self.symbols * (1 - missed)
        return mean, mean

    def checks(self, key: int) -> Rows:
        """Return the pre-code: row l states that its terms less the parity m + l are 0. Its shape is (h, m + h)."""
        m, h, spread = self.symbols, self.parities, min(self.spread, self.parities)
        chosen = _precode(np.uint64(key), m, h, spread)
        parity = np.concatenate([chosen, np.arange(h)])
        column = np.concatenate([np.repeat(np.arange(m), spread), m + np.arange(h)])
        order = np.argsort(parity.astype(np.min_scalar_type(h)), kind="stable")  # by radix: few bytes, few passes
        column = column[order]
        return Rows(m + h, boundaries(np.bincount(parity)), column.astype(np.int32), np.where(column < m, 1, -1))

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms drawn + m) time."""
        checks, n = self.checks(key), self.symbols + self.parities
        ladder = np.cumsum(self.degree_law)
        ladder[-1] = 1.0  # the sum may round below 1
        found = _emit_raptor(np.uint64(key), ladder, budget, self.symbols, checks.indptr, checks.indices)
        worker, terms, ends, indices, values, drawn_ends, drawn = found
        rows = PrecodedRows(self.symbols, ends, indices, values, sums=Rows(n, drawn_ends, drawn), checks=checks)
        return EncodedSymbols(rows, worker, terms, np.zeros(self.symbols, np.bool_))


@compiled(small=LINEAR, work=lambda key, symbols, parities, spread: symbols * spread)
def _precode(key: np.uint64, symbols: int, parities: int, spread: int) -> Int32:
    """Return the parities of each term in turn, shape (m spread,), as drawn by a worker number m."""
    state, order = np.empty(STATE_WORDS, np.uint64), np.arange(parities).astype(np.int32)
    chosen = np.empty(symbols * spread, np.int32)
    open_stream(state, key, symbols, COLUMNS)
    for i in range(symbols):
        draw_distinct(state, order, chosen[i * spread : (i + 1) * spread])
    return chosen


@compiled(
    small=LINEAR, work=lambda key, ladder, budget, symbols, *checks: entries(*checks) + budget.sum(dtype=np.float64)
)
def _emit_raptor(
    key: np.uint64, ladder: Floats, budget: BudgetArray, symbols: int, starts: Int64, members: Int32
) -> tuple[Int32, Int64, Int64, Int32, Int64, Int64, Int32]:
    """Return the sender and terms of each symbol, its row of weighted terms, and its row of intermediate symbols.

    Check l has its terms at ``members[starts[l] : starts[l + 1] - 1]``, followed by its parity.
    """
    degrees, columns = np.empty(STATE_WORDS, np.uint64), np.empty(STATE_WORDS, np.uint64)
    order = np.arange(symbols + starts.shape[0] - 1).astype(np.int32)
    weight = np.zeros(symbols, np.int64)
    worker, terms, ends, drawn_ends = [np.int32(0)], [0], [0], [0]  # the first entries give the types
    indices, values, drawn = [np.int32(0)], [0], [np.int32(0)]
    for j in range(budget.shape[0]):
        if budget[j] < 1:
            continue
        open_stream(degrees, key, j, DEGREES)
        open_stream(columns, key, j, COLUMNS)
        done = 0
        while True:
            chosen = np.empty(1 + np.searchsorted(ladder, unit(degrees), side="right"), np.int32)
            draw_distinct(columns, order, chosen)
            start = len(indices)
            for c in chosen:
                low, high = (0, 1) if c < symbols else (starts[c - symbols], starts[c - symbols + 1] - 1)
                for at in range(low, high):
                    i = c if c < symbols else members[at]
                    if weight[i] == 0:
                        indices.append(i)
                    weight[i] += 1
            fits = done + len(indices) - start <= budget[j]
            for i in indices[start:]:
                if fits:
                    values.append(weight[i])
                weight[i] = 0
            if not fits:
                del indices[start:]
                break
            if len(indices) == start:
                continue
            done += len(indices) - start
            drawn.extend(chosen)
            worker.append(np.int32(j))
            terms.append(done)
            ends.append(len(indices) - 1)
            drawn_ends.append(len(drawn) - 1)
    return (
        np.array(worker)[1:],
        np.array(terms)[1:],
        np.array(ends),
        np.array(indices)[1:],
        np.array(values)[1:],
        np.array(drawn_ends),
        np.array(drawn)[1:],
    )


CHUNK = 64
"""Number of words that are drawn at once."""


@dataclass(frozen=True)
class RepairableFountain(BaseScheme):
    """Worker i sends f_i, then unlimited parities: d uniform draws with replacement from all m symbols each.

    A symbol drawn twice counts once, so that a parity is a 0/1 sum of at most d terms (the reference multiplies each
    by a random field element instead, which has no counterpart in a plain sum of functions).
    """

    degree: int
    """d from 1 to 10^9, draws per parity."""

    rateless = True

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("degree", self.degree, 1, 10**9)

    def expected_terms(self) -> tuple[float, float]:
        m = self.symbols
        return 1.0, m * (1 - (1 - 1 / m) ** self.degree)

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(parities sent x degree + m) time."""
        worker, terms, indptr, indices = _emit_repairable(np.uint64(key), budget, self.symbols, self.degree)
        return EncodedSymbols(Rows(self.symbols, indptr, indices), worker, terms, np.zeros(self.symbols, np.bool_))


@compiled(small=LINEAR, work=lambda key, budget, symbols, degree: symbols + budget.sum(dtype=np.float64))
def _emit_repairable(
    key: np.uint64, budget: BudgetArray, symbols: int, degree: int
) -> tuple[Int32, Int64, Int64, Int32]:
    state = np.empty(STATE_WORDS, np.uint64)
    met = np.zeros(symbols, np.int64)  # number of the last parity in which a column was drawn
    words, size = np.empty(CHUNK, np.uint64), np.uint64(symbols)
    parity = rows = entries = 0
    worker, terms, ends = np.empty(1024, np.int32), np.empty(1024, np.int64), np.zeros(1025, np.int64)
    indices = np.empty(1024 + degree, np.int32)
    for j in range(budget.shape[0]):
        open_stream(state, key, j, 0)
        done, fresh = 0, 1
        indices[entries] = j
        while done + fresh <= budget[j]:
            if rows == worker.shape[0]:
                worker, terms = np.concatenate((worker, worker)), np.concatenate((terms, terms))
                ends = np.concatenate((ends, ends[1:]))
            done += fresh
            entries += fresh
            worker[rows], terms[rows] = j, done
            rows += 1
            ends[rows] = entries
            parity += 1
            fresh = 0
            while entries + degree >= indices.shape[0]:
                indices = np.concatenate((indices, indices))
            drawn = 0
            while drawn < degree and done + fresh <= budget[j]:  # further draws of a parity that is not sent: not made
                few = words[: min(degree - drawn, CHUNK)]
                next_words(state, few)
                for word in few:
                    if rejected(word, size):
                        continue
                    drawn += 1
                    column = np.int64(mul_hi(word, size))
                    if met[column] != parity:
                        met[column] = parity
                        indices[entries + fresh] = column
                        fresh += 1
    return worker[:rows].copy(), terms[:rows].copy(), ends[: rows + 1].copy(), indices[:entries].copy()
