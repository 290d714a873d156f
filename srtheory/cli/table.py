"""srtheory table: one table as LaTeX, Markdown or CSV."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from srtheory.cli.common import json_option, lab_options, lab_with_bar, out_option, print_json, print_names
from srtheory.cli.parameters import as_command, given_of, parameters_options
from srtheory.cli.schemes import asked, chosen, digests, own_option, schemes_option
from srtheory.cli.verify import settled
from srtheory.errors import ArgumentError, printable
from srtheory.own_code import prints_to_stderr
from srtheory.schemes import NamedScheme
from srtheory.version import __version__

_SUFFIXES = {"latex": ".tex", "markdown": ".md", "csv": ".csv"}


def _names(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return completions for the shell."""
    from srtheory.report.tables import ENTRIES

    return [CompletionItem(name, help=entry.says) for name, entry in ENTRIES.items() if name.startswith(begun)]


@click.command()
@click.argument("name", metavar="[NAME]", required=False, shell_complete=_names)
@click.option("--list", "show", is_flag=True, help="Print the names of the tables.")
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
@out_option("FILE|DIR", "The table, instead of to stdout; in a folder that is there as table_NAME.tex, .md or .csv.")
@schemes_option("The schemes to show (of a table that compares schemes: schemes, best-schemes).")
@own_option(" Each scheme of --schemes that has such a field takes it.")
@parameters_options
@lab_options
@json_option
def table(
    name: str | None,
    show: bool,
    form: str,
    columns: int | None,
    effort: str,
    seed: int,
    out: Path | None,
    several: tuple[NamedScheme, ...] | None,
    texts: tuple[str, ...],
    store: Path | None,
    processes: int | None,
    as_json: bool,
    **parameters: Any,
) -> int:
    """Print the table NAME, one of --list.

    --symbols, --degree, --tau, --startup and --trials are for tables that have these parameters. Defaults: the paper's
    parameters or the table's own, and the runs of --effort.

    With --json it is printed as JSON, with unrounded numbers; --format then refers to the file of --out, if any.
    """
    from srtheory.report.tables import ENTRIES, OF_CLAIMS, build

    if show:
        print_names({name: entry.says for name, entry in ENTRIES.items()}, as_json)
        return 0
    if name is None:
        raise ArgumentError("NAME", None, "given: one of " + ", ".join(ENTRIES))
    if columns is not None and form != "latex":
        raise ArgumentError("columns", columns, f"left out: the format '{form}' has no pages")
    if out is not None:
        out = out / f"table_{name}{_SUFFIXES[form]}" if out.is_dir() else out
        os.stat(f"{out.parent}/.")  # report before the work that it is not a folder
    own = given_of(parameters)
    given = {**chosen(several, texts), **own, **({"ledger": settled} if name in OF_CLAIMS else {})}
    from srtheory.environment import lock_digest, made_with
    from srtheory.experiments.whole import write_output
    from srtheory.report.asked import rests_on
    from srtheory.report.tables.latex import as_latex
    from srtheory.report.tables.write import FORMATS, as_objects

    with prints_to_stderr(), lab_with_bar(None if own else f"table {name}", effort, seed, store, processes) as lab:
        made = build(name, lab, **given)
    layout = "" if columns is None else f" --columns {columns}"
    its = rests_on(ENTRIES[name], lab, own.get("trials"))
    made_at = f"{as_command(own)}{as_command(its)}{asked(several, texts)}"
    command = f"srtheory table {name} --format {form}{layout}{made_at}"
    drawn = f"seed {seed}, " if "seed" in its else ""
    provenance = printable(f"{command} ({drawn}{made_with()}{digests(several)})")
    text = FORMATS[form](made, provenance) if columns is None else as_latex(made, provenance, columns)
    if out is not None:
        write_output(out, text.encode(errors="backslashreplace"))
    if as_json:
        made_by = {"effort": its.get("effort"), "seed": its.get("seed"), "version": __version__, "lock": lock_digest()}
        print_json(as_objects(made) | made_by | {"file": None if out is None else str(out)})
    elif out is None:
        click.echo(text, nl=False)
    return 0
