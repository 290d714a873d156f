"""Decoders by name: functions of a reception alone.

``span`` is exact sum recovery (Definition 1), ``peeling`` recovers every symbol as LT codes do, ``partition`` waits for
every part of a partition, ``intervals`` is exact sum recovery by union-find for rows that are arcs of a circle.
``coverage`` and ``hitting`` do not eliminate, for codes of a million symbols. They stop at CC, which no decoder beats,
and at max(m, CC), which equals M' for almost all runs of a large SR code. Each is imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from srtheory.errors import ArgumentError
from srtheory.lookup import Entry, lookup

if TYPE_CHECKING:
    from srtheory.decoders.base import Decoder, Stop
    from srtheory.reception import UnorderedReception

ENTRIES = {
    "span": Entry("srtheory.decoders.span", "span"),
    "peeling": Entry("srtheory.decoders.peeling", "peeling"),
    "partition": Entry("srtheory.decoders.direct", "partition"),
    "intervals": Entry("srtheory.decoders.intervals", "intervals"),
    "coverage": Entry("srtheory.decoders.direct", "coverage"),
    "hitting": Entry("srtheory.decoders.direct", "hitting_time"),
}
DECODER_NAMES = tuple(ENTRIES)
_UNORDERED = {"partition": Entry("srtheory.decoders.direct", "partition_unordered")}
UNDECODED = ("coverage", "hitting")
"""Decoders that determine when the sum can be recovered, but do not recover it, so that no cost is counted."""


def decode(name: str, sent: UnorderedReception) -> tuple[Stop, int]:
    """Return the outcome of the decoder of that name, and the number, among the rows sent, of its last row, or -1.

    A reception is sorted only for a decoder that needs it.
    """
    if name in _UNORDERED:
        return _UNORDERED[name].imported()(sent)
    stop = decoder(name)(sent.reception)
    return stop, -1 if stop.stopping_time is None else int(sent.order[stop.stopping_time - 1])


def require_fitting(name: str | None, usual: str) -> None:
    """Raise :class:`ArgumentError` if a decoder cannot process the rows of a scheme with another usual decoder."""
    if name == "partition" and usual != "partition":
        raise ArgumentError("decoder", name, "span or peeling: this scheme's rows are no partition's parts")
    if name == "intervals" and usual not in ("intervals", "partition"):
        raise ArgumentError("decoder", name, "span or peeling: this scheme's rows are no arcs")


def decoder(name: str) -> Decoder:
    """Return the decoder of that name, one of :data:`DECODER_NAMES`."""
    return lookup("decoder", name).imported()
