"""srtheory verify: check every claim of a paper and write the ledger."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from srtheory.cli import as_given, studies
from srtheory.cli.ask import print_json, print_result, print_text
from srtheory.cli.common import LabOptions, json_option, lab_options, lab_with_bar, make_folder, out_option
from srtheory.environment import __version__

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab
    from srtheory.study.findings import Claim, Entry
    from srtheory.study.ledger import Picture
    from srtheory.study.study import Study


def _claims(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return completions for the shell from the text of the checks, since importing all of them takes a second."""
    from srtheory.study.loading import default_folder

    texts = [path.read_text(encoding="utf-8") for path in sorted(default_folder().glob("claims/*.py"))]
    ids = [id for text in texts for id in re.findall(r'^@study\.claim\(\s*"([\w-]+)"', text, re.MULTILINE)]
    return [id for id in ids if id.startswith(begun)]


@click.command(epilog=studies.ABOUT)
@click.argument("study", type=studies.STUDY, required=False, metavar="[STUDY]")
@click.option(
    "--claim",
    "ids",
    multiple=True,
    metavar="ID",
    help="Claim to check; may be repeated. Default: all claims.",
    shell_complete=_claims,
)
@click.option("--list", "show", is_flag=True, help="Print the claims, and exit.")
@out_option("DIR", "They are report.html, ledger.json, ledger.md and the figures. Default: the ledger is only printed.")
@studies.budget_option
@lab_options
@json_option
def verify(
    study: Study | None, ids: tuple[str, ...], show: bool, out: Path | None, budget: float | None, **given: Any
) -> int:
    """Check the claims of a paper, and print the ledger.

    The ledger has one line per claim: its id, verdict and finding. Verdicts: proved, answered (an open question,
    proved), verified (in a finite range), supported (by Monte Carlo), refined, refuted, not reproduced, open. With
    --out or --json the ledger also has the evidence.

    Exit status: 0 every check ran, whatever its verdict; 1 a check or a figure failed or exceeded --budget; 2 bad
    input.
    """
    study = studies.the_study(study)
    chosen = study.chosen(ids)
    if show:
        listed = [{"id": claim.id, "where": claim.where, "claim": claim.says} for claim in chosen]
        lines = (f"{claim.id:26} {studies.in_terminal(claim.says)}" for claim in chosen)
        print_result(listed, "\n".join(lines), given["as_json"])
        return 0
    from srtheory.study.running import require_budget

    require_budget(budget)
    options = LabOptions.of(given)
    study.highlights, study.supports  # noqa: B018 (what they name is looked up before anything is computed)
    crashed: list[str] = []
    if out is not None:
        make_folder(out)
    entries = []
    about = None if ids or study is not studies.the_study(None) else "verify"
    with lab_with_bar(about, options, study.at, study.folder) as lab:
        for entry in settle(chosen, lab, budget, crashed):
            entries.append(entry)
            if not given["as_json"]:
                said = entry.finding if out is None else entry.claim
                print_text(f"{entry.id:26} {entry.verdict:17} {studies.in_terminal(said)}")
        if out is not None:
            crashed += _write(study, entries, out, lab, figures=not ids)
    if given["as_json"]:
        from srtheory.study.ledger import as_objects

        print_json(as_objects(entries))
    else:
        counts = Counter(str(entry.verdict) for entry in entries)
        if len(entries) > 1:
            print_text(f"\n{len(entries)} claims: {', '.join(f'{n} {verdict}' for verdict, n in counts.most_common())}")
        if out is not None:
            print_text(f"report.html with the findings, ledger.json, ledger.md and figures in {as_given(str(out))}")
    return 1 if crashed else 0


def settle(chosen: list[Claim], lab: Lab, budget: float | None, crashed: list[str]) -> Iterator[Entry]:
    """Yield the verdict on each claim; the checks that crash are named in ``crashed``."""
    for i, claim in enumerate(chosen, 1):
        lab.begins(f"claim {i} of {len(chosen)}: {claim.id}", 0)
        yield studies.settled_or_open(claim, lab, budget, crashed)


def _write(study: Study, entries: list[Entry], out: Path, lab: Lab, figures: bool) -> list[str]:
    """Write the ledger and the report, and return the figures whose functions crashed, which the report lacks.

    Effort and seed are named only where something was simulated with them.
    """
    from srtheory.environment import lock_digest, made_with, versions
    from srtheory.files import write_output
    from srtheory.study.ledger import as_html, as_markdown, as_objects, docs_from

    text = json.dumps(as_objects(entries), indent=2, allow_nan=False, ensure_ascii=False)
    write_output(out / "ledger.json", f"{text}\n".encode())
    ran = {"effort": str(lab.effort), "seed": str(lab.seed)} if any(e.trials is not None for e in entries) else {}
    simulated = ", ".join(f"{name} {value}" for name, value in ran.items())
    heading = f"{study.title}: claims, checked. {simulated and f'Simulations: {simulated}. '}Made with {made_with()}"
    write_output(out / "ledger.md", as_markdown(entries, heading, study.supports, docs_from(out)).encode())
    pictures: dict[str, Picture | None] = {}
    if figures:
        on_cards = {highlight.figure for highlight in study.highlights}
        for name, entry in study.figures.items():
            if lab.effort in entry.in_report or entry.function is not None or name in on_cards:
                draw = partial(_picture, study, name, lab, out)
                pictures[name] = studies.guarded(study, f"the figure {name}", entry, draw)
    made_by = {f"{name} of simulations": value for name, value in ran.items()}
    made_by |= {"srtheory": __version__, "lock": lock_digest()}
    drawn = [picture for picture in pictures.values() if picture is not None]
    page = as_html(study, entries, drawn, made_by | versions(), docs=docs_from(out, built=True))
    write_output(out / "report.html", page.encode())
    return [name for name, picture in pictures.items() if picture is None]


def _picture(study: Study, name: str, lab: Lab, out: Path) -> Picture:
    from srtheory.environment import made_with
    from srtheory.render.style import write
    from srtheory.study.ledger import Picture
    from srtheory.study.making import drawing, rests_on

    lab.begins(f"figure {name}", 0)
    drawn, its = drawing(study, name, lab), rests_on(study.figures[name], lab)
    command = f"srtheory verify{studies.written(study)}{studies.as_command(its)} ({made_with()})"
    svg = next(path for path in write(drawn, out, command) if path.suffix == ".svg")
    return Picture(f"Figure {name}: {study.figures[name].says}.", svg.read_bytes(), name)
