"""Sum-recovery codes whose blocks have sizes of one's choice, so that peeling decodes them (docs/decoding.md, 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numba as nb
import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int
from srtheory.rows import Rows, boundaries
from srtheory.schemes.base import BudgetArray, Symbols
from srtheory.schemes.streams import STATE_WORDS, open_stream, unit
from srtheory.schemes.sum_recovery import fill_blocks

Floats = npt.NDArray[np.float64]
SIZES = 1  # lane of a worker's stream; lane 0 has its permutation, as in SumRecovery

EXPECTED = "stages like 38/9x2/3 or 2:0.45,3:0.55: sizes from 1 on, or a law of sizes; x says for how many blocks"
MOST_STAGES, LARGEST_SIZE = 10_000, 10**9
NAMED = {
    "paper-exponential": "30/21/8/7/3x10/2x12/5/2/3/2",
    "paper-exponential-few": "48/10/9/3x6/5/3x4/2x15/3",
    "paper-pareto": "15/13/4/3x3/5/3x4/2/3/2",
    "paper-pareto-few": "25/9/3x8/5/3x2/2",
}
"""Sizes from ``srtheory design`` for m = 1000, tau = 0.005 and the paper's two start-up laws, by t = 0.66, 0.68, 1.32,
1.33: earlier, and of fewer rows."""
_STAGE = re.compile(r"([0-9:.,e-]+?)(?:x([0-9]{1,5}))?", re.ASCII)
_SIZE = re.compile(r"[0-9]{1,10}", re.ASCII)
_NUMBER = r"([0-9]{1,20}(?:\.[0-9]{0,20})?(?:e-[0-9]{1,3})?|\.[0-9]{1,20})"
_SHARE = re.compile(rf"([0-9]{{1,10}}):{_NUMBER}", re.ASCII)


@dataclass(frozen=True)
class Stage:
    """Law of one block's size.

    Attributes
    ----------
    sizes : tuple of int
        Distinct, ascending, at least 1.
    shares : tuple of float
        Their probabilities, above 0, with sum 1.
    """

    sizes: tuple[int, ...]
    shares: tuple[float, ...] = (1.0,)

    @property
    def mean(self) -> float:
        return float(np.dot(self.sizes, self.shares))

    def __str__(self) -> str:
        if len(self.sizes) == 1:
            return str(self.sizes[0])
        return ",".join(f"{size}:{share!r}" for size, share in zip(self.sizes, self.shares, strict=True))


def read_sizes(text: str) -> tuple[Stage, ...]:
    """Stages of a text such as ``38/9x2/3`` or ``2:0.45,3:0.55``, or of one of :data:`NAMED`; nothing is evaluated.

    Raises
    ------
    ArgumentError
        If the text is no such list, a size is below 1, or probabilities do not add up to 1.
    """
    if not isinstance(text, str) or len(text) > 100_000:
        raise ArgumentError("sizes", str(text)[:40], EXPECTED)
    stages: list[Stage] = []
    for part in NAMED.get(text, text).split("/"):
        found = _STAGE.fullmatch(part)
        times = int(found[2]) if found and found[2] else 1
        if found is None or times < 1 or len(stages) + times > MOST_STAGES:
            raise ArgumentError("sizes", _short(text), EXPECTED)
        stages += [_stage(text, found[1])] * times
    return tuple(stages)


def _stage(text: str, part: str) -> Stage:
    if _SIZE.fullmatch(part):
        law = {int(part): 1.0}
    else:
        found = [_SHARE.fullmatch(share) for share in part.split(",")]
        law = {int(share[1]): float(share[2]) for share in found if share}
        if len(law) < len(found) or abs(sum(law.values()) - 1) > 1e-9:
            raise ArgumentError("sizes", _short(text), f"{EXPECTED}; the probabilities of distinct sizes, with sum 1")
    law = {size: share for size, share in sorted(law.items()) if share > 0}
    if min(law) < 1 or max(law) > LARGEST_SIZE:
        raise ArgumentError("sizes", _short(text), f"{EXPECTED}; no size above {LARGEST_SIZE}")
    return Stage(tuple(law), tuple(law.values()))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def write_sizes(stages: tuple[Stage, ...]) -> str:
    """The shortest text that :func:`read_sizes` reads as these stages, whose last goes on for ever."""
    runs = [(str(stage), len(list(run))) for stage, run in groupby(stages)]
    texts = [f"{stage}x{times}" if times > 1 else stage for stage, times in runs[:-1]]
    return "/".join([*texts, runs[-1][0]])


@dataclass(frozen=True)
class SizedSumRecovery:
    """SR code with a law of sizes: worker i sends f_i, then blocks of a random permutation of the others.

    The i-th block of every worker has a size from the i-th stage, drawn independently of all else; the last stage goes
    on until the permutation ends, and the last block holds what is left.  A worker's symbols partition [m].  With one
    size alone, this is :class:`~srtheory.schemes.sum_recovery.SumRecovery`, to the bit.

    Parameters
    ----------
    symbols : int
        m >= 1, the number of source symbols and of workers.
    sizes : str
        See :func:`read_sizes`; kept in its shortest form.
    """

    symbols: int
    sizes: str

    def __post_init__(self) -> None:
        require_int("symbols", self.symbols)
        object.__setattr__(self, "sizes", write_sizes(read_sizes(self.sizes)))

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Laws of the sizes of the first, second, ... block; the last law is that of all further blocks."""
        return read_sizes(self.sizes)

    @property
    def workers(self) -> int:
        return self.symbols

    @property
    def decoder(self) -> str:
        return "peeling"

    @property
    def endless(self) -> bool:
        return False

    def pace(self) -> tuple[float, float]:
        others = self.symbols - 1
        return 1.0, min(self.stages[-1].mean, float(others)) if others else float("inf")

    def emit(self, key: int, budget: BudgetArray) -> Symbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`; O(terms sent + m) time."""
        heads = boundaries(np.array([len(stage.sizes) for stage in self.stages]))
        sizes = np.array([size for stage in self.stages for size in stage.sizes])
        ladder = np.concatenate([np.append(np.cumsum(stage.shares)[:-1], 1.0) for stage in self.stages])
        rows, terms = _cut(np.uint64(key), budget, self.symbols, heads, sizes, ladder)
        worker = np.repeat(np.arange(self.symbols, dtype=np.int32), rows)
        lengths = np.diff(terms, prepend=0)
        lengths[(np.cumsum(rows) - rows)[rows > 0]] = 1
        indptr = boundaries(lengths)
        indices = np.empty(indptr[-1], np.int32)
        fill_blocks(np.uint64(key), rows, indptr, indices, self.symbols, self.symbols - 1, False)
        return Symbols(Rows(self.symbols, indptr, indices), worker, terms, budget >= self.symbols)


@nb.njit(cache=True)
def _cut(
    key: np.uint64,
    budget: BudgetArray,
    symbols: int,
    heads: npt.NDArray[np.int64],
    sizes: npt.NDArray[np.int64],
    ladder: Floats,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Symbols that each worker completes within its budget, and the terms it has done after each of them."""
    state = np.empty(STATE_WORDS, np.uint64)
    rows = np.zeros(budget.shape[0], np.int64)
    terms = np.empty(1024, np.int64)
    n = 0
    for j in range(budget.shape[0]):
        if budget[j] < 1:
            continue
        open_stream(state, key, j, SIZES)
        done, stage = 1, 0
        while done <= budget[j]:
            if n == terms.shape[0]:
                terms = np.concatenate((terms, np.empty_like(terms)))
            terms[n] = done
            rows[j] += 1
            n += 1
            if done == symbols:
                break
            low, high = heads[stage], heads[stage + 1]
            drawn = low
            if high - low > 1:
                drawn += np.searchsorted(ladder[low:high], unit(state), side="right")
            done += min(sizes[drawn], symbols - done)
            stage = min(stage + 1, heads.shape[0] - 2)
    return rows, terms[:n].copy()
