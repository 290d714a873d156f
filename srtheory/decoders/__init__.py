"""Decoders: functions of a reception alone, looked up by name.

``span`` is exact sum recovery (Definition 1), ``peeling`` recovers every symbol as LT codes do, ``partition`` waits for
every part of a partition, ``intervals`` is exact sum recovery by union and find where all rows are arcs of a circle.
``coverage`` and ``hitting`` eliminate nothing, for codes of a million symbols: they stop at CC, which no decoder beats,
and at max(m, CC), which M' of a large SR code almost always is.  Each is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from srtheory.errors import ArgumentError
from srtheory.lookup import Entry, lookup

if TYPE_CHECKING:
    from srtheory.decoders.base import Decoder, Stop
    from srtheory.reception import UnorderedReception

ENTRIES = {
    "span": Entry("decoders.span", "span"),
    "peeling": Entry("decoders.peeling", "peeling"),
    "partition": Entry("decoders.direct", "partition"),
    "intervals": Entry("decoders.cycles", "intervals"),
    "coverage": Entry("decoders.direct", "coverage"),
    "hitting": Entry("decoders.direct", "hitting_time"),
}
NAMES = tuple(ENTRIES)
_UNORDERED = {"partition": Entry("decoders.direct", "partition_unordered")}
UNDECODED = ("coverage", "hitting")
"""Those that tell when the sum is there, but do not get it: there is no cost to count."""


def decode(name: str, sent: UnorderedReception) -> tuple[Stop, int]:
    """Return what a decoder answers, and the number among the rows sent of the row that it stops at, or -1.

    A reception is put in order only for a decoder that needs it.
    """
    if name in _UNORDERED:
        return _UNORDERED[name].imported()(sent)
    stop = decoder(name)(sent.reception)
    return stop, -1 if stop.stopping_time is None else int(sent.order[stop.stopping_time - 1])


def require_fitting(name: str | None, usual: str) -> None:
    """Raise :class:`ArgumentError` if a decoder cannot be given the rows of a scheme whose usual decoder is another."""
    if name == "partition" and usual != "partition":
        raise ArgumentError("decoder", name, "span or peeling: this scheme's rows are no partition's parts")
    if name == "intervals" and usual not in ("intervals", "partition"):
        raise ArgumentError("decoder", name, "span or peeling: this scheme's rows are no arcs")


def decoder(name: str) -> Decoder:
    """Return the decoder of that name, one of :data:`NAMES`."""
    return lookup("decoder", name).imported()
