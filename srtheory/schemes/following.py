"""Windows of the terms that follow, by a few lines for each worker: no more than a class and a line of ENTRIES."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from srtheory.errors import require_int
from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class FollowingTerms(ByWorker):
    """Worker j sends f_j, and then the sums over windows of d terms that follow around the circle.

    Parameters
    ----------
    symbols : int
        m >= 1, terms and workers.
    degree : int
        d, from 1 to m; the last window is shorter where d does not divide m - 1.
    """

    degree: int

    decoder = "intervals"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("degree", self.degree, 1, self.symbols)

    def sends(self, worker: int, key: int) -> Iterator[list[int]]:
        yield [worker]
        others = [(worker + i) % self.symbols for i in range(1, self.symbols)]
        for first in range(0, len(others), self.degree):
            yield others[first : first + self.degree]
