"""A sum-recovery code whose random choices have been made: a scheme that can be written down, drawn and shrunk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Code(ByWorker):
    """Every row of every worker, as one draw of :class:`~srtheory.schemes.sum_recovery.SumRecovery` could give it.

    It is a scheme itself (:class:`~srtheory.schemes.base.Scheme`), whose answer does not depend on the run's key.

    Attributes
    ----------
    symbols : int
        Number m of source symbols and of workers.
    degree : int
        Terms in a parity symbol.
    streams : tuple
        ``streams[j]``: the rows of worker j in order, each a tuple of symbols; the first is ``(j,)``.
    """

    degree: int
    streams: tuple[tuple[tuple[int, ...], ...], ...]

    def sends(self, worker: int, key: int) -> Iterator[tuple[int, ...]]:
        """See :class:`~srtheory.schemes.by_worker.ByWorker`."""
        return iter(self.streams[worker])

    def expected_terms(self) -> tuple[float, float]:
        """See :meth:`srtheory.schemes.base.Scheme.expected_terms`."""
        return 1.0, float("inf")
