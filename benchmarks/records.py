"""What a benchmark keeps: a flat JSON list of figures, the first of them the machine's facts, and lines to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MACHINE = "machine"
TABLE_HEADER = ("| work | time | peer | ratio | of the limit | conditions |", "|---|---|---|---|---|---|")


@dataclass(frozen=True)
class Record:
    """One figure.

    Attributes
    ----------
    name : str
        The work: that of a peer's record is the name of ours.
    unit, value : str, float
        Of a time "s", CPU seconds.
    conditions : str
        What was asked and of how many runs it is the median; of a peer also its setting.
    peer : str, optional
        Whose figure this is; ours without it.
    ratio : float, optional
        Of the peer's time to ours, the median over the pairs measured one right after the other.
    limit : float, optional
        The least that the machine's arithmetic allows, in the same unit.
    """

    name: str
    unit: str
    value: float
    conditions: str = ""
    peer: str | None = None
    ratio: float | None = None
    limit: float | None = None

    def line(self) -> str:
        """A row of :data:`TABLE_HEADER`'s table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.3g}"
        limit = "" if self.limit is None else f"{self.value / self.limit:.2g}"
        cells = self.name, text(self.value, self.unit), self.peer or "", ratio, limit, self.conditions
        return f"| {' | '.join(cells)} |"


def text(value: float, unit: str = "s") -> str:
    """Three digits; times below a second in milliseconds."""
    if unit != "s":
        return f"{value:.3g} {unit}".rstrip()
    return f"{value:.3g} s" if value >= 1 else f"{1e3 * value:.3g} ms"


def write(path: Path, records: Iterable[Record], machine: Mapping[str, Any]) -> None:
    """The list, the machine's facts before it."""
    first = {"name": MACHINE, "unit": "", "value": dict(machine), "conditions": ""}
    lines = [json.dumps(entry, ensure_ascii=False) for entry in (first, *map(asdict, records))]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def read(path: Path) -> tuple[dict[str, Any], list[Record]]:
    """The machine's facts, none if the file has none, and the records."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    machine = next((entry["value"] for entry in entries if entry["name"] == MACHINE), {})
    return machine, [Record(**entry) for entry in entries if entry["name"] != MACHINE]
