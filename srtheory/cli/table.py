"""srtheory table: one table as LaTeX, Markdown or CSV."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from srtheory.cli import as_given, studies
from srtheory.cli.ask import print_json, print_names, print_text
from srtheory.cli.common import LabOptions, json_option, lab_options, lab_with_bar, out_option
from srtheory.errors import ArgumentError, printable

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab
    from srtheory.study.findings import Entry
    from srtheory.study.study import Study

_SUFFIXES = {"latex": ".tex", "markdown": ".md", "csv": ".csv"}


@click.command(epilog=studies.ABOUT)
@click.argument("named", metavar="[[STUDY::]NAME]", type=studies.IN_STUDY, required=False)
@click.option("--list", "show", is_flag=True, help="Print the names of the tables, and exit.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["latex", "markdown", "csv"]),
    default="markdown",
    help="Format: latex for \\input (booktabs, siunitx), a markdown pipe table, or csv columns for programs. "
    "Default: markdown.",
)
@click.option(
    "--columns",
    type=click.IntRange(1, 2),
    metavar="1|2",
    help="Width of a LaTeX table in a two-column document: one column or both.",
)
@out_option("FILE|DIR", "An existing folder gets table_NAME.tex, .md or .csv. Default: the table is printed.")
@studies.schemes_options("Schemes to show, for a table that compares schemes (schemes, best-schemes)")
@studies.parameters_options
@lab_options
@json_option
def table(
    named: tuple[Study | None, str] | None,
    show: bool,
    form: str,
    columns: int | None,
    out: Path | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Print table NAME as Markdown, LaTeX or CSV.

    NAME is one of the names of --list. STUDY::NAME is a table of another study, whose names STUDY --list prints. Every
    study has the tables claims and errata.

    --symbols, --degree, --tau, --startup and --trials apply to the tables that have these parameters. By default they
    have the paper's values or the table's own, and the number of runs is that of --effort.

    With --json the numbers are not rounded, and --format applies to the file of --out only.

    Exit status: 0 printed, 1 the code of your study failed, 2 bad input. A claim whose check failed is open in the
    tables claims and errata, which are printed.
    """
    study, name = studies.in_study(named, show)
    from srtheory.study import making

    shows = making.subjects(study, "table")
    if show:
        print_names(shows, as_json)
        return 0
    if not name:
        raise ArgumentError("NAME", None, f"given: one of {', '.join(shows)}")
    if columns is not None and form != "latex":
        raise ArgumentError("columns", columns, f"left out: the format '{form}' has no columns of a page")
    if out is not None:
        out = out / f"table_{name}{_SUFFIXES[form]}" if out.is_dir() else out
        os.stat(f"{out.parent}/.")  # so that a missing folder is reported before the work
    from srtheory.environment import made_with
    from srtheory.files import write_output
    from srtheory.render.write import FORMATS, as_latex, as_objects
    from srtheory.study.ledger import OF_CLAIMS

    entry, options, own = making.table_entry(study, name), LabOptions.of(given), studies.given_of(given)
    crashed: list[str] = []

    def ledger(lab: Lab) -> list[Entry]:
        entries = [studies.settled_or_open(claim, lab, None, crashed) for claim in study.chosen()]
        lab.read.update(("effort", "seed") if any(entry.trials is not None for entry in entries) else ())
        return entries

    if name in OF_CLAIMS:
        study.chosen(), study.supports
    parameters = {**studies.chosen(given), **own}
    about = None if own or study is not studies.the_study(None) else f"table {name}"
    with lab_with_bar(about, options, study.at, study.folder) as lab:
        making.require_taken(study, f"table '{name}'", entry, lab, parameters)
        layout = "" if columns is None else f" --columns {columns}"

        def build() -> tuple[str, dict[str, Any]]:
            made = making.table(study, name, lab, ledger=ledger, **parameters)
            its = making.rests_on(entry, lab, own.get("trials"))
            made_at = f"{studies.as_command(own)}{studies.as_command(its)}{studies.asked(given)}"
            command = f"srtheory table{studies.written(study, name)} --format {form}{layout}{made_at}"
            drawn = f"seed {options.seed}, " if "seed" in its else ""
            provenance = printable(f"{command} ({drawn}{made_with()}{studies.digests(given)})")
            text = FORMATS[form](made, provenance) if columns is None else as_latex(made, provenance, columns)
            return text, as_objects(made) | studies.made_by(its)

        done = build() if name in OF_CLAIMS else studies.guarded(study, f"the table {name}", entry, build)
    if done is None:
        return 1
    text, objects = done
    if out is not None:
        write_output(out, text.encode(errors="backslashreplace"))
    if as_json:
        print_json(objects | {"file": None if out is None else as_given(str(out))})
    elif out is None:
        print_text(text, nl=False)
    return 1 if crashed else 0
