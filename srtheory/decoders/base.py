"""Outcome of a decoder: the number of received rows from which the sum can be recovered, and its certainty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from srtheory.decoders.cost import Cost
from srtheory.reception import Reception


@dataclass(frozen=True)
class Stop:
    """Outcome of a decoder on one reception.

    Attributes
    ----------
    stopping_time : int or None
        Number of rows received when the sum becomes available (M' for the span decoder), or None if it never does.
    rank : int
        Rank of those rows over Q. Where the sum is not available, it is the rank of all rows, or 0 if the decoder has
        not looked at it: more rows are to come, and a symbol is in none yet.
    argument : str
        Argument that makes the answer exact.
    cost : Cost or None
        Cost of the decoder's own way to the sum, or None if it is not recovered, or the decoder has no such way.
    coverage_time : int or None
        Number of rows that cover all symbols, if the decoder has found it on its way, or None if it has not.
    """

    stopping_time: int | None
    rank: int
    argument: str
    cost: Cost | None = None
    coverage_time: int | None = None


Decoder = Callable[[Reception], Stop]
