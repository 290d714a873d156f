"""Baselines of section II-B in which each worker computes one partial sum: One, Uncoded, Repetition, BCC."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.errors import require_int
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.parts import cells, parts_sent
from srtheory.schemes.streams import first_below


@dataclass(frozen=True)
class _Parts(BaseScheme):
    """Base class: [0, m) in consecutive parts of one size, the last one shorter; one part per worker."""

    decoder = "partition"

    @property
    def part_size(self) -> int:
        """Number of terms in every part but the last."""
        return 1

    @property
    def parts(self) -> int:
        """Number of parts."""
        return -(-self.symbols // self.part_size)

    def assignment(self, key: int) -> npt.NDArray[np.int64]:
        """Return the part that each worker computes, shape (workers,)."""
        return np.arange(self.workers) // self.part_size

    def expected_terms(self) -> tuple[float, float]:
        return self.symbols / self.parts, float("inf")

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time."""
        part, ends = self.assignment(key), cells(self.symbols, self.part_size)
        ended = budget >= np.diff(ends)[part]
        return parts_sent(budget, np.arange(self.workers + 1), part, ends, ended)


@dataclass(frozen=True)
class AllAtOne(_Parts):
    """One node computes all m terms and their sum (baseline 1)."""

    workers = 1

    @property
    def part_size(self) -> int:
        return self.symbols


@dataclass(frozen=True)
class Uncoded(_Parts):
    """Worker i computes f_i; the master needs all of them (baseline 2)."""


@dataclass(frozen=True)
class Repetition(_Parts):
    """Fractional repetition [17]: workers d(j-1)+1 .. dj each compute the j-th part of d terms (baseline 3).

    Where d does not divide m the last part is shorter and so is the group of workers that computes it.
    """

    degree: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("degree", self.degree, 1, self.symbols)

    @property
    def part_size(self) -> int:
        return self.degree


@dataclass(frozen=True)
class BatchCouponCollector(Repetition):
    """BCC [22]: each worker samples one of the ceil(m/d) parts uniformly (baseline 4).

    A part that no worker sampled never arrives: the run is unrecovered and its latency infinite.
    """

    def assignment(self, key: int) -> npt.NDArray[np.int64]:
        return _sample_parts(np.uint64(key), self.workers, self.parts)


@compiled(small=LINEAR, work=lambda key, workers, parts: workers)
def _sample_parts(key: np.uint64, workers: int, parts: int) -> npt.NDArray[np.int64]:
    part = np.empty(workers, np.int64)
    first_below(key, parts, part)
    return part
