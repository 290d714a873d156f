"""LT codes [24] as used by the paper [23]: each worker streams sums of random subsets with robust soliton degrees.

In another form the worker's own term is first, which is systematic as SR codes are. The systematic LT code of [31] is
different, see :mod:`srtheory.schemes.dense`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.rows import Rows, boundaries
from srtheory.schemes.base import UNLIMITED, BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.streams import STATE_WORDS, draw_distinct, open_stream, unit

DEGREES, COLUMNS = 0, 1  # lanes of a worker's stream


def robust_soliton(symbols: int, c: float = 0.03, delta: float = 0.5) -> npt.NDArray[np.float64]:
    """Return probabilities of the degrees 1 .. m of the robust soliton distribution (Luby, FOCS 2002, definition 11).

    With R = c ln(m/delta) sqrt(m), the ideal soliton distribution gains R/(i m) at i < m/R and R ln(R/delta)/m at the
    spike i = round(m/R), and is normalised. The spike is kept inside [1, m], and a negative R ln(R/delta) counts as 0
    (both can only happen at small m).

    Parameters
    ----------
    symbols : int
        m >= 1.
    c, delta : float
        c > 0 and 0 < delta < 1.

    Returns
    -------
    float64 array, shape (m,)
        ``p[i]`` is the probability of degree i + 1.
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
    """LT code over m workers.

    Parameters
    ----------
    symbols : int
        m >= 1.
    cap : float, optional
        alpha = m_e/m > 0: the m_e = round(alpha m) symbols are dealt out evenly, so that a worker is assigned
        floor(alpha) or ceil(alpha) of them.  None: the scheme is rateless.
    c, delta : float
        Parameters of the robust soliton distribution.
    """

    cap: float | None = None
    c: float = 0.03
    delta: float = 0.5

    decoder = "peeling"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cap is not None:
            require_positive("cap", self.cap)
        robust_soliton(self.symbols, self.c, self.delta)

    @cached_property
    def degree_law(self) -> npt.NDArray[np.float64]:
        """Probabilities of the degrees 1 .. m."""
        return robust_soliton(self.symbols, self.c, self.delta)

    @property
    def average_degree(self) -> float:
        """Mean terms per encoded symbol."""
        return float(self.degree_law @ np.arange(1, self.symbols + 1))

    def quota(self) -> npt.NDArray[np.int64]:
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

    def _sums(self, key: int, budget: BudgetArray, quota: npt.NDArray[np.int64]) -> EncodedSymbols:
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
def _degrees(
    key: np.uint64, ladder: npt.NDArray[np.float64], budget: BudgetArray, quota: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
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
def _supports(
    key: np.uint64, rows: npt.NDArray[np.int64], indptr: npt.NDArray[np.int64], symbols: int
) -> npt.NDArray[np.int32]:
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
