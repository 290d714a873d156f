"""What an attack tried and what failed: as a table, as JSON under data/attack, and a line of docs/reliability.md.

``python -m docs.numbers attacks`` writes the page's table anew from the data.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from docs import numbers
from srtheory import __version__

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data" / "attack"
SHOWN = 20
"""Failures that are kept in words."""


class Tally:
    """How often each kind was tried, and what failed.

    ``part`` is the name of the test module and of the JSON file; ``title`` and ``says`` stand above its table.
    """

    def __init__(self, part: str, title: str, says: str, seed: int) -> None:
        self.part, self.title, self.says, self.seed = part, title, says, seed
        self.command = f"python -m pytest -m attack tests/attack/test_{part}.py"
        self.tried: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.failures: list[str] = []

    def count(self, kind: str, failure: str | None = None, times: int = 1) -> None:
        """So many attempts of a kind; ``failure`` says what was wrong with them, None if nothing."""
        self.tried[kind] += times
        if failure is not None:
            self.wrong[kind] += times
            self.failures.append(f"{kind}: {failure}")

    @classmethod
    def again(cls, part: str) -> Tally:
        """An empty tally of a part that is on record, under its title, words, command and seed."""
        record = json.loads((DATA / f"{part}.json").read_text(encoding="utf-8"))
        tally = cls(part, record["title"], record["says"], record["seed"])
        tally.command = record["command"]
        return tally

    @property
    def total(self) -> int:
        return self.tried.total()

    def record(self) -> dict[str, object]:
        """What data/attack keeps."""
        given = {name: getattr(self, name) for name in ("title", "says", "command", "seed")}
        counts = {"tried": dict(sorted(self.tried.items())), "failed": dict(sorted(self.wrong.items()))}
        return given | {"version": __version__} | counts | {"failures": self.failures[:SHOWN]}

    def keep(self) -> None:
        """Write the record, and the page from all records."""
        text = json.dumps(self.record(), indent=1, ensure_ascii=False) + "\n"
        (DATA / f"{self.part}.json").write_text(text, encoding="utf-8")
        numbers.main(["attacks"])

    def __str__(self) -> str:
        return section(self.record())


def section(record: dict) -> str:
    """A record as a section of the page."""
    made = f"`{record['command']}`, seed {record['seed']}, version {record['version']}."
    lines = [f"## {record['title']}", "", record["says"], "", made, "", "| what | tried | failed |", "|---|--:|--:|"]
    lines += [f"| {kind} | {n} | {record['failed'].get(kind, 0)} |" for kind, n in record["tried"].items()]
    lines.append(f"| **all** | **{sum(record['tried'].values())}** | **{sum(record['failed'].values())}** |")
    lines += ["", *(f"- `{failure}`" for failure in record["failures"])]
    return "\n".join(lines).rstrip() + "\n"


def generated() -> str:
    """A table of all records, in the order of their names."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.json"))]
    lines = ["| what | tried | failed | again by |", "|---|--:|--:|---|"]
    for record in records:
        tried, failed = (sum(record[kind].values()) for kind in ("tried", "failed"))
        title = record["title"][0].lower() + record["title"][1:]
        lines.append(f"| {title} | {tried} | {failed} | `{record['command']}` |")
    return "\n".join(lines) + "\n"
