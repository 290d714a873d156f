"""Raptor codes [31]: an LT code of bounded mean degree that runs over the m terms and h parities known to all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled, entries
from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.rows import PrecodedRows, Rows, boundaries
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.luby_transform import COLUMNS, DEGREES
from srtheory.schemes.streams import STATE_WORDS, draw_distinct, open_stream, unit

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


def raptor_degrees(symbols: int, epsilon: float) -> npt.NDArray[np.float64]:
    """Return the probabilities of the degrees 1 .. D + 1 of Shokrollahi's distribution, D = ceil(4 (1 + eps)/eps).

    With nu = epsilon/2 + (epsilon/2)^2 degree 1 has the mass nu, i = 2 .. D have 1/(i (i - 1)), and D + 1 has 1/D, all
    over 1 + nu. Degrees above ``symbols`` become ``symbols``, which only happens if there are few symbols.

    Parameters
    ----------
    symbols : int
        n >= 1, what is drawn from.
    epsilon : float
        Above 0 and at most 1: the overhead for which the degree distribution is made, as n grows.

    References
    ----------
    A. Shokrollahi, "Raptor codes", IEEE Trans. Inf. Theory 52 (2006), section VI.
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

    Parameters
    ----------
    symbols : int
        m >= 1.
    epsilon : float
        Above 0 and at most 1.  The pre-code's rate is (1 + epsilon/2)/(1 + epsilon), as in [31], so that h is
        m epsilon/(2 + epsilon) rounded up.
    spread : int
        At least 1, parities of each term (at most h: more count as h): few for a low-density pre-code, h/2 for a dense
        one, in which any set of terms is a parity with nearly the same probability.

    Notes
    -----
    This is the code of [31] that is not systematic, its pre-code is.  The systematic one needs an inverse matrix, whose
    entries are not whole: see :mod:`srtheory.schemes.dense`.
    """

    epsilon: float = 0.1
    spread: int = 3

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
    def degree_law(self) -> npt.NDArray[np.float64]:
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
        found = _emit(np.uint64(key), ladder, budget, self.symbols, checks.indptr, checks.indices)
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
def _emit(
    key: np.uint64, ladder: npt.NDArray[np.float64], budget: BudgetArray, symbols: int, starts: Int64, members: Int32
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
