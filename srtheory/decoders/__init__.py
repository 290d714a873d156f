"""Decoders: functions of a reception alone, looked up by name.

``span`` is exact sum recovery (Definition 1), ``peeling`` recovers every symbol as LT codes do, ``partition`` waits for
every part of a partition, ``intervals`` is exact sum recovery by union and find where all rows are arcs of a circle.
``coverage`` and ``hitting`` eliminate nothing, for codes of a million symbols: they stop at CC, which no decoder beats,
and at max(m, CC), which M' of a large SR code almost always is.  Each is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from srtheory.errors import ArgumentError

if TYPE_CHECKING:
    from srtheory.decoders.base import Decoder, Stop
    from srtheory.reception import Sent

_HOMES = {
    "span": "span",
    "peeling": "peeling",
    "partition": "direct",
    "intervals": "interval_sum",
    "coverage": "direct",
    "hitting": "direct",
}

_UNORDERED = {"partition": "partition_unordered"}

NAMES = tuple(_HOMES)
UNDECODED = ("coverage", "hitting")
"""Those that tell when the sum is there, but do not get it: there is no cost to count."""


def decode(name: str, sent: Sent) -> tuple[Stop, int]:
    """What the decoder of that name answers, and the number among the rows sent of the row that it stops at, or -1.

    A reception is put in order only for a decoder that needs it.
    """
    if name in _UNORDERED:
        return getattr(import_module(f"srtheory.decoders.{_HOMES[name]}"), _UNORDERED[name])(sent)
    stop = decoder(name)(sent.reception)
    return stop, -1 if stop.stopping_time is None else int(sent.order[stop.stopping_time - 1])


def decoder(name: str) -> Decoder:
    """The decoder of that name, one of :data:`NAMES`."""
    if name not in _HOMES:
        raise ArgumentError("decoder", name, " or ".join(_HOMES))
    return getattr(import_module(f"srtheory.decoders.{_HOMES[name]}"), name)
