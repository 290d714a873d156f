"""srtheory figure: the figures of the paper, redrawn, and further figures."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from srtheory.cli.common import (
    LabOptions,
    PathType,
    json_option,
    lab_options,
    lab_with_bar,
    make_folder,
    out_option,
    print_json,
    print_names,
)
from srtheory.cli.number_types import LENGTH
from srtheory.cli.parameters import as_command, given_of, parameters_options
from srtheory.cli.schemes import asked, chosen, digests, own_option, schemes_option
from srtheory.cli.studies import ABOUT, IN_STUDY, guarded, in_study, the_study, written
from srtheory.errors import ArgumentError, printable
from srtheory.own_code import prints_to_stderr
from srtheory.schemes import NamedScheme
from srtheory.version import __version__

if TYPE_CHECKING:
    from srtheory.study.study import Study


@click.command(epilog=ABOUT)
@click.argument("named", metavar="[[STUDY::]NAME]", type=IN_STUDY, required=False)
@click.option("--list", "show", is_flag=True, help="Print the names of the figures, and exit.")
@out_option("DIR", "Default: the current directory.", default=Path())
@click.option("--animate", is_flag=True, help="Also write an animated GIF, for a figure that has one (run).")
@schemes_option("Schemes to show, for a figure that compares schemes (frontier, 2a, streams).")
@own_option(" It applies to every scheme of --schemes that has the option.")
@click.option(
    "--width",
    type=LENGTH,
    metavar="LENGTH",
    help="Width of the figure, such as 3.5in or 89mm; its letters have at least 6 points. Default: 5in.",
)
@click.option(
    "--style",
    type=PathType(dir_okay=False),
    metavar="FILE",
    help="Matplotlib style file, which overrides the default style.",
)
@parameters_options
@lab_options
@json_option
def figure(
    named: tuple[Study | None, str] | None,
    show: bool,
    out: Path,
    animate: bool,
    several: tuple[NamedScheme, ...] | None,
    texts: tuple[str, ...],
    width: float | None,
    style: Path | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Draw figure NAME as SVG, PDF and PNG, with a CSV of its points.

    The command prints the names of the files. NAME is one of the names of --list. STUDY::NAME is a figure of another
    study, whose names STUDY --list prints.

    --symbols, --degree, --tau, --startup and --trials apply to the figures that have these parameters. By default they
    have the paper's values or the figure's own, and the number of runs is that of --effort.

    Exit status: 0 drawn, 1 the code of your study failed, 2 bad input.
    """
    study, name = in_study(named, show)
    from srtheory.study.making import animation, drawing, figure_entry, require_taken, subjects

    shows = subjects(study, "figure")
    if show:
        print_names(shows, as_json)
        return 0
    if not name:
        raise ArgumentError("NAME", None, f"given: one of {', '.join(shows) or 'none: the study has no figures'}")
    from srtheory.environment import lock_digest, made_with
    from srtheory.render.style import laid_out, write
    from srtheory.study.asked import rests_on

    entry, options, own = figure_entry(study, name), LabOptions.of(given), given_of(given)
    parameters = {**chosen(several, texts), **own}
    about = None if own or study is not the_study(None) else f"figure {name}"
    with prints_to_stderr(), laid_out(width, style), lab_with_bar(about, options, study.at) as lab:
        make_folder(out)
        layout = "" if width is None else f" --width {width:g}in"
        layout += "" if style is None else f" --style {shlex.quote(str(style))}"
        its = rests_on(entry, lab, own.get("trials"))
        made_at = f"{as_command(own)}{as_command(its)}{asked(several, texts)}{layout}"
        command = f"srtheory figure{written(study, name)}{made_at}"
        provenance = printable(f"{command} ({made_with()}{digests(several)})")

        require_taken(study, f"figure '{name}'", entry, lab, parameters)

        def draw() -> list[Path]:
            moving = [animation(study, name, lab, out, **parameters)] if animate else []
            return [*write(drawing(study, name, lab, **parameters), out, provenance), *moving]

        files = guarded(study, f"the figure {name}", entry, draw)
    if files is None:
        return 1
    if as_json:
        made_by = {"effort": its.get("effort"), "seed": its.get("seed"), "version": __version__, "lock": lock_digest()}
        print_json({"figure": name, "shows": shows[name], "files": [str(file) for file in files]} | made_by)
    else:
        click.echo("\n".join(map(str, files)))
    return 0
