"""srtheory verify: check every claim of the paper and write the ledger."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from srtheory.cli.common import (
    json_option,
    lab_options,
    lab_with_bar,
    make_folder,
    out_option,
    print_json,
    print_line,
)
from srtheory.errors import ArgumentError
from srtheory.progress import progress_bar
from srtheory.version import __version__

if TYPE_CHECKING:
    from paper_checks.registry import Claim
    from srtheory.experiments.lab import Lab
    from srtheory.report.ledger import Entry


def _claims(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return completions for the shell from the text of the checks, since importing all of them takes a second."""
    from paper_checks import __file__ as package

    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(package).parent.glob("*.py"))]
    ids = [id for text in texts for id in re.findall(r'^@claim\(\s*"([\w-]+)"', text, re.MULTILINE)]
    return [id for id in ids if id.startswith(begun)]


@click.command()
@click.option(
    "--claim", "ids", multiple=True, metavar="ID", help="Only this claim (may be repeated).", shell_complete=_claims
)
@click.option("--list", "show", is_flag=True, help="Print the claims without checking them.")
@out_option("DIR", "report.html, ledger.json, ledger.md and the figures.")
@lab_options
@json_option
def verify(
    effort: str,
    ids: tuple[str, ...],
    show: bool,
    out: Path | None,
    seed: int,
    store: Path | None,
    processes: int | None,
    as_json: bool,
) -> int:
    """Check the claims of the paper and print the ledger: a verdict, a finding and evidence for each.

    Verdicts: proved, verified (finite range), supported (Monte Carlo), refined, refuted, not reproduced, open.

    Exit status: 0 every check ran, whatever its verdict; 1 a check crashed; 2 bad input.
    """
    from paper_checks.registry import claims

    chosen = _choose(claims(), ids)
    if show:
        _print_list(chosen, as_json)
        return 0
    crashed: list[str] = []
    if out is not None:
        make_folder(out)
    entries = []
    with lab_with_bar(None if ids else "verify", effort, seed, store, processes) as lab:
        for entry in _settle(chosen, lab, crashed):
            entries.append(entry)
            if not as_json:
                print_line(f"{entry.id:26} {entry.verdict:15} {entry.finding}")
        if out is not None:
            _write(entries, out, lab, figures=not ids)
    if as_json:
        from srtheory.report.ledger import as_objects

        print_json(as_objects(entries))
    elif out is not None:
        click.echo(f"\nreport.html, ledger.json, ledger.md and figures in {out}")
    return 1 if crashed else 0


def _print_list(chosen: list[Claim], as_json: bool) -> None:
    if as_json:
        print_json([{"id": claim.id, "where": claim.where, "claim": claim.says} for claim in chosen])
    else:
        click.echo("\n".join(f"{claim.id:26} {claim.says}" for claim in chosen))


def _choose(known: dict[str, Claim], ids: tuple[str, ...]) -> list[Claim]:
    for id in ids:
        if id not in known:
            raise ArgumentError("claim", id, "one of " + ", ".join(known))
    return [known[id] for id in known if not ids or id in ids]


def settled(lab: Lab) -> list[Entry]:
    """Return all claims of the paper, each checked; the first check that crashes ends the run."""
    from paper_checks.registry import claims

    return [claim.settle(lab) for claim in claims().values()]


def _settle(chosen: list[Claim], lab: Lab, crashed: list[str]) -> Iterator[Entry]:
    from srtheory.experiments.store import ForeignFileError
    from srtheory.report.ledger import Entry, Verdict

    with progress_bar(total=len(chosen), desc="claims", unit="claim") as bar:
        for claim in chosen:
            bar.set_postfix_str(claim.id, refresh=not bar.gui)
            try:
                entry = claim.settle(lab)
            except (OSError, ForeignFileError):  # e.g. the disk is full: later writes would fail too
                raise
            except Exception as error:
                crashed.append(claim.id)
                print_line(f"srtheory: the check of {claim.id} crashed\n{traceback.format_exc()}", err=True)
                finding = f"The check crashed ({type(error).__name__}: {error}); nothing is settled."
                entry = Entry(claim.id, claim.where, claim.says, Verdict.OPEN, finding)
            yield entry
            bar.update()


def _write(entries: list[Entry], out: Path, lab: Lab, figures: bool) -> None:
    from srtheory.environment import lock_digest, made_with, versions
    from srtheory.experiments.whole import write_output
    from srtheory.report.checked_by import docs_from
    from srtheory.report.ledger import as_markdown, as_objects
    from srtheory.report.ledger.html import Picture, as_html

    text = json.dumps(as_objects(entries), indent=2, allow_nan=False, ensure_ascii=False)
    write_output(out / "ledger.json", f"{text}\n".encode())
    heading = f"The claims of the paper, checked: effort {lab.effort}, seed {lab.seed}, {made_with()}"
    write_output(out / "ledger.md", as_markdown(entries, heading, docs_from(out)).encode())
    pictures: list[Picture] = []
    if figures:
        from srtheory.report.figures import SUBJECTS, drawing, in_report
        from srtheory.report.style import write

        command = f"srtheory verify --effort {lab.effort} --seed {lab.seed} ({made_with()})"
        for name in in_report(lab.effort):
            svg = next(path for path in write(drawing(name, lab), out, command) if path.suffix == ".svg")
            pictures.append(Picture(f"Figure {name}: {SUBJECTS[name]}.", svg.read_bytes()))
    made_by = {"effort": str(lab.effort), "seed": str(lab.seed), "srtheory": __version__, "lock": lock_digest()}
    page = as_html(entries, pictures, made_by | versions(), docs=docs_from(out, built=True))
    write_output(out / "report.html", page.encode())
