"""Update of the column "checked by" of a stored ledger: ``python -m paper_checks.support DIR``.

No run is needed, since the support of a verdict is stated with its claim and depends on no run. ledger.json and
ledger.md in DIR take it from the present claims; verdicts, findings and evidence stay as they were computed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from paper_checks.registry import claims
from srtheory.experiments.whole import write_output
from srtheory.report.checked_by import docs_from
from srtheory.report.ledger import Entry, Verdict, as_markdown, as_objects


def read(text: str) -> list[Entry]:
    """Return the entries of a ledger.json."""
    return [Entry(**line | {"verdict": Verdict(line["verdict"])}) for line in json.loads(text)]


def supported(entries: list[Entry]) -> list[Entry]:
    """Return the same with the support of each verdict from its claim."""
    known = claims()
    return [replace(entry, checked_by=known[entry.id].checked_by) for entry in entries]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
def main(folder: Path) -> None:
    """Update the column "checked by" of the ledger in FOLDER."""
    record, page = folder / "ledger.json", folder / "ledger.md"
    heading = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    entries = supported(read(record.read_text(encoding="utf-8")))
    text = json.dumps(as_objects(entries), indent=2, allow_nan=False, ensure_ascii=False)
    write_output(record, f"{text}\n".encode())
    write_output(page, as_markdown(entries, heading, docs_from(folder)).encode())


if __name__ == "__main__":
    main()
