"""Block sizes of a worker as a text: ``38/9x2/3``, or a distribution, ``2:0.45,3:0.55`` (docs/proofs/decoding.md, 2).

Also the sizes of even parts, and of cells of them, which schemes and their laws share.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from math import isqrt
from typing import TYPE_CHECKING

from srtheory.errors import ArgumentError

if TYPE_CHECKING:
    from srtheory.types import Int64

EXPECTED = (
    "stages like 38/9x2/3 or 2:0.45,3:0.55: sizes from 1 on, or a distribution of sizes; x says for how many blocks"
)
MOST_STAGES, LARGEST_SIZE = 10_000, 10**9
NAMED = {
    "paper-exponential": "30/21/8/7/3x10/2x12/5/2/3/2",
    "paper-exponential-few": "48/10/9/3x6/5/3x4/2x15/3",
    "paper-pareto": "15/13/4/3x3/5/3x4/2/3/2",
    "paper-pareto-few": "25/9/3x8/5/3x2/2",
}
"""Sizes from ``srtheory design`` for m = 1000, tau = 0.005 and the paper's two start-up distributions, by t = 0.66,
0.68,
1.32, 1.33: earlier, and of fewer rows."""
LONGEST = 100_000
"""Largest number of characters."""
_STAGE = re.compile(r"([0-9:.,e-]+?)(?:x([0-9]{1,5}))?", re.ASCII)
_SIZE = re.compile(r"[0-9]{1,10}", re.ASCII)
_NUMBER = r"([0-9]{1,20}(?:\.[0-9]{0,20})?(?:e-[0-9]{1,3})?|\.[0-9]{1,20})"
_SHARE = re.compile(rf"([0-9]{{1,10}}):{_NUMBER}", re.ASCII)


@dataclass(frozen=True)
class Stage:
    """Distribution of the size of one block."""

    sizes: tuple[int, ...]
    """Distinct, ascending, at least 1."""
    shares: tuple[float, ...] = (1.0,)
    """Their probabilities, above 0, with sum 1."""

    @property
    def mean(self) -> float:
        """Expected size."""
        import numpy as np

        return float(np.dot(self.sizes, self.shares))

    def __str__(self) -> str:
        if len(self.sizes) == 1:
            return str(self.sizes[0])
        return ",".join(f"{size}:{share!r}" for size, share in zip(self.sizes, self.shares, strict=True))


def read_sizes(text: str) -> tuple[Stage, ...]:
    """Read stages from a text such as ``38/9x2/3`` or ``2:0.45,3:0.55``, or a name of :data:`NAMED`, unevaluated."""
    if not isinstance(text, str) or len(text) > LONGEST:
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
    """Return the shortest text that :func:`read_sizes` reads as these stages, the last of which repeats for ever."""
    runs = [(str(stage), len(list(run))) for stage, run in groupby(stages)]
    texts = [f"{stage}x{times}" if times > 1 else stage for stage, times in runs[:-1]]
    text = "/".join([*texts, runs[-1][0]])
    if len(text) > LONGEST:
        raise ArgumentError("sizes", _short(text), f"such that they take at most {LONGEST} characters")
    return text


def ends_of_even(total: int, parts: int) -> Int64:
    """Return starts and ends of consecutive parts whose sizes differ by at most one, shape (parts + 1,).

    They are spread evenly: l neighbouring parts have floor(l total/parts) members or one more.
    """
    import numpy as np

    return np.arange(parts + 1, dtype=np.int64) * total // parts


def cells_by_default(symbols: int, parts: int) -> int:
    """Return the integer part of sqrt(m)/3, at least 1 and at most the number of parts."""
    return min(max(isqrt(symbols // 9), 1), parts)
