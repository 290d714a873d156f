"""Decoders: functions of a reception alone, looked up by name.

``span`` is exact sum recovery (Definition 1), ``peeling`` recovers every symbol as LT codes do, ``partition`` waits for
every part of a partition, ``intervals`` is exact sum recovery by union and find where all rows are arcs of a circle.
``coverage`` and ``hitting`` eliminate nothing, for codes of a million symbols: they stop at CC, which no decoder beats,
and at max(m, CC), which M' of a large SR code almost always is.  Each is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from srtheory.lookup import Entry, lookup

if TYPE_CHECKING:
    from srtheory.decoders.base import Decoder

ENTRIES = {
    "span": Entry("decoders.span", "span"),
    "peeling": Entry("decoders.peeling", "peeling"),
    "partition": Entry("decoders.direct", "partition"),
    "intervals": Entry("decoders.interval_sum", "intervals"),
    "coverage": Entry("decoders.direct", "coverage"),
    "hitting": Entry("decoders.direct", "hitting"),
}
NAMES = tuple(ENTRIES)
UNDECODED = ("coverage", "hitting")
"""Those that tell when the sum is there, but do not get it: there is no cost to count."""


def decoder(name: str) -> Decoder:
    """The decoder of that name, one of :data:`NAMES`."""
    return lookup("decoder", name).imported()
