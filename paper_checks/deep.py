"""The ledger of deep effort on record, a file a claim: ``python -m paper_checks.deep ID ...`` settles these anew.

Each claim has its file, data/deep/claims/ID.json, and the page data/deep/ledger.md is made from all of them.  Without
an ID no run is made: what a claim says, where, and what its verdict rests on is declared beside it, so that the files
get these from the claims as they stand; verdicts, findings and evidence stay as they were computed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from paper_checks import study
from srtheory.cli.common import LabOptions, lab_with_bar
from srtheory.experiments.lab import Effort, Lab
from srtheory.files import write_output
from srtheory.study.findings import Entry, Verdict
from srtheory.study.ledger import as_markdown, as_objects, docs_from

DEEP = Path(__file__).parents[1] / "data" / "deep"
HEADING = (
    f"{study.title} (Mallick and Joshi, 2022): the claims of the paper, checked with effort {Effort.DEEP}, seed"
    f" {Lab.seed}, version 0.1.0"
)


def read(folder: Path = DEEP) -> list[Entry]:
    """Read the entries on record, in the order of the claims."""
    files = [folder / "claims" / f"{id}.json" for id in study.claims]
    lines = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    return [Entry(**line | {"verdict": Verdict(line["verdict"])}) for line in lines]


def supported(entries: Iterable[Entry]) -> list[Entry]:
    """Return the same with what each claim says, where, and what its verdict rests on as declared."""
    known = [(entry, study.claims[entry.id]) for entry in entries]
    return [replace(e, where=c.where, claim=c.says, checked_by=list(c.checked_by)) for e, c in known]


def write(entries: Iterable[Entry], folder: Path = DEEP) -> None:
    """Replace the files of these entries."""
    for line in as_objects(list(entries)):
        text = json.dumps(line, indent=2, allow_nan=False, ensure_ascii=False)
        write_output(folder / "claims" / f"{line['id']}.json", f"{text}\n".encode())


def page(folder: Path = DEEP) -> str:
    """Return the entries on record as Markdown."""
    return as_markdown(read(folder), HEADING, study.supports, docs_from(DEEP))


@click.command()
@click.argument("ids", nargs=-1, type=click.Choice(list(study.claims)), metavar="[ID]...")
@click.option("--out", type=click.Path(path_type=Path), default=DEEP, help="Folder of the ledger, data/deep.")
def main(ids: tuple[str, ...], out: Path) -> None:
    """Settle the claims of these IDs with deep effort, and bring all of data/deep up to date."""
    (out / "claims").mkdir(parents=True, exist_ok=True)
    if ids:
        with lab_with_bar(None, LabOptions(effort="deep", seed=Lab.seed), study.at) as lab:
            for id in ids:
                write([study.claims[id].settle(lab)], out)
    write(supported(read(out)), out)
    write_output(out / "ledger.md", page(out).encode())


if __name__ == "__main__":
    main()
