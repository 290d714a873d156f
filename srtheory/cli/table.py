"""srtheory table: one table as LaTeX, Markdown or CSV."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from srtheory.cli.common import lab_options, lab_with_bar
from srtheory.cli.parameters import as_command, given_of, parameters_options
from srtheory.cli.schemes import asked, chosen, digests, own_option, schemes_option
from srtheory.errors import ArgumentError


@click.command()
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--list", "show", is_flag=True, help="Print the tables that there are.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["latex", "markdown", "csv"]),
    default="markdown",
    show_default=True,
    help="LaTeX for \\input (booktabs, siunitx), a pipe table, or columns for programs.",
)
@click.option(
    "--columns",
    type=click.IntRange(1, 2),
    help="For a LaTeX document in two columns: a table in one of them, or across both.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Instead of stdout.")
@schemes_option("The schemes to show (of a table that compares schemes: schemes, best-schemes).")
@own_option(" Each scheme of --schemes that has such a field takes it.")
@parameters_options
@lab_options
def table(
    name: str | None,
    show: bool,
    form: str,
    columns: int | None,
    effort: str,
    seed: int,
    out: Path | None,
    several: tuple[str, ...] | None,
    texts: tuple[str, ...],
    store: Path | None,
    processes: int | None,
    **parameters: Any,
) -> int:
    """Print the table NAME, one of --list.

    --symbols, --degree, --tau, --startup and --trials are for tables in which they have a meaning; without them it is
    the paper's parameters, or the table's own, and the runs of --effort.
    """
    from srtheory.report.tables import ENTRIES, build

    if show:
        click.echo("\n".join(f"{name:16} {entry.says}" for name, entry in ENTRIES.items()))
        return 0
    if name is None:
        raise ArgumentError("NAME", None, "given: one of " + ", ".join(ENTRIES))
    if columns is not None and form != "latex":
        raise ArgumentError("columns", columns, f"left out: the format '{form}' has no pages")
    if out is not None:
        os.stat(f"{out.parent}/.")  # to hear before the work, not after, that it is no folder
    own = given_of(parameters)
    given = {**chosen(several, texts), **own}
    from srtheory.environment import made_with
    from srtheory.report.tables_latex import as_latex
    from srtheory.report.tables_write import FORMATS

    with lab_with_bar(None if own else f"table {name}", effort, seed, store, processes) as lab:
        made = build(name, lab, **given)
    layout = "" if columns is None else f" --columns {columns}"
    made_at = f"{as_command(own)} --effort {effort} --seed {seed}{asked(several, texts)}"
    command = f"srtheory table {name} --format {form}{layout}{made_at}"
    provenance = f"{command} (seed {seed}, {made_with()}{digests(several)})"
    text = FORMATS[form](made, provenance) if columns is None else as_latex(made, provenance, columns)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
    return 0
