"""srtheory figure: the figures of the paper, redrawn, and further figures."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from srtheory.cli.common import (
    PathType,
    json_option,
    lab_options,
    lab_with_bar,
    make_folder,
    out_option,
    print_json,
    print_names,
)
from srtheory.cli.numbers import LENGTH
from srtheory.cli.parameters import as_command, given_of, parameters_options
from srtheory.cli.schemes import asked, chosen, digests, own_option, schemes_option
from srtheory.errors import ArgumentError, printable
from srtheory.own_code import prints_to_stderr
from srtheory.report.figures import ANIMATED, ENTRIES, SUBJECTS, animation, drawing
from srtheory.schemes import NamedScheme
from srtheory.version import __version__

EPILOG = "\b\n" + "\n".join(f"{name:16} {shows}" for name, shows in SUBJECTS.items())


@click.command(epilog=EPILOG)
@click.argument("name", metavar="[NAME]", type=click.Choice(list(SUBJECTS)), required=False)
@click.option("--list", "show", is_flag=True, help="Print the names of the figures.")
@out_option("DIR", "Default: where you stand.", default=Path())
@click.option("--animate", is_flag=True, help=f"Also write it as an animated GIF (of: {', '.join(ANIMATED)}).")
@schemes_option("The schemes to show (of a figure that compares schemes: frontier, 2a, streams).")
@own_option(" Each scheme of --schemes that has such a field takes it.")
@click.option(
    "--width",
    type=LENGTH,
    metavar="LENGTH",
    help="Width of the figure, such as 3.5in or 89mm, with letters of 6 points or more. Default: 5in.",
)
@click.option(
    "--style",
    type=PathType(dir_okay=False),
    metavar="FILE",
    help="A matplotlib style file, which overrides the house style.",
)
@parameters_options
@lab_options
@json_option
def figure(
    name: str | None,
    show: bool,
    effort: str,
    seed: int,
    out: Path,
    animate: bool,
    several: tuple[NamedScheme, ...] | None,
    texts: tuple[str, ...],
    store: Path | None,
    processes: int | None,
    as_json: bool,
    width: float | None,
    style: Path | None,
    **parameters: Any,
) -> int:
    """Draw figure NAME as SVG, PDF and PNG, with a CSV of its points, and print the names of the files.

    --symbols, --degree, --tau, --startup and --trials are for figures that have these parameters. Defaults: the paper's
    parameters or the figure's own, and the runs of --effort.
    """
    if show:
        print_names(SUBJECTS, as_json)
        return 0
    if name is None:
        raise ArgumentError("NAME", None, "given: one of " + ", ".join(SUBJECTS))
    from srtheory.environment import lock_digest, made_with
    from srtheory.report.asked import rests_on
    from srtheory.report.style import laid_out, write

    own = given_of(parameters)
    given = {**chosen(several, texts), **own}
    about = None if own else f"figure {name}"
    with prints_to_stderr(), laid_out(width, style), lab_with_bar(about, effort, seed, store, processes) as lab:
        make_folder(out)
        moving = [animation(name, lab, out, **given)] if animate else []
        layout = "" if width is None else f" --width {width:g}in"
        layout += "" if style is None else f" --style {shlex.quote(str(style))}"
        its = rests_on(ENTRIES[name], lab, own.get("trials"))
        made_at = f"{as_command(own)}{as_command(its)}{asked(several, texts)}{layout}"
        command = f"srtheory figure {name}{made_at}"
        provenance = printable(f"{command} ({made_with()}{digests(several)})")
        files = [str(path) for path in (*write(drawing(name, lab, **given), out, provenance), *moving)]
    if as_json:
        made_by = {"effort": its.get("effort"), "seed": its.get("seed"), "version": __version__, "lock": lock_digest()}
        print_json({"figure": name, "shows": SUBJECTS[name], "files": files} | made_by)
    else:
        click.echo("\n".join(files))
    return 0
