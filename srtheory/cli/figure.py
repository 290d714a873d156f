"""srtheory figure: the figures of the paper, redrawn, and further figures."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from srtheory.cli import as_given, studies
from srtheory.cli.ask import PathType, option, print_names, print_result
from srtheory.cli.common import LabOptions, json_option, lab_options, lab_with_bar, make_folder, out_option
from srtheory.environment import __version__
from srtheory.errors import ArgumentError, plain_float, printable
from srtheory.questions.words import Word

if TYPE_CHECKING:
    from srtheory.study.study import Study

INCHES = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72.27}
"""Inches per unit of length; pt is TeX's, the unit of its column widths."""
NAMED_STYLES = ("ieee", "slides")


def length(text: str) -> float:
    """Return a length in inches."""
    number, unit = plain_float(text[:-2].rstrip()), INCHES.get(text[-2:])
    if unit is None or not number > 0:
        raise ArgumentError("width", text, f"a length such as 3.5in, in {' or '.join(INCHES)}")
    return number * unit


Width = Annotated[
    float,
    Word(
        "Width of the figure, such as 3.5in or 89mm, with letters of 6 points or more",
        metavar="LENGTH",
        otherwise="that of the style",
        read=length,
    ),
]


class StyleType(PathType):
    """A named style as text, or a style file as a path."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See :class:`click.ParamType`."""
        return value if value in NAMED_STYLES else super().convert(value, param, ctx)


@click.command(epilog=studies.ABOUT)
@click.argument("named", metavar="[[STUDY::]NAME]", type=studies.IN_STUDY, required=False)
@click.option("--list", "show", is_flag=True, help="Print the names of the figures, and exit.")
@out_option("DIR", "Default: the current directory.", default=Path())
@click.option("--animate", is_flag=True, help="Also write an animated GIF, for a figure that has one (run, wave).")
@studies.schemes_options(
    "Schemes to show, for a figure that compares schemes (frontier, 2a, streams); for run a single one"
)
@option("width", Width, None)
@click.option(
    "--style",
    type=StyleType(),
    metavar="STYLE",
    help="Style of the figure: ieee (journals), slides, or a matplotlib style file. Default: the house style.",
)
@studies.parameters_options
@lab_options
@json_option
def figure(
    named: tuple[Study | None, str] | None, show: bool, out: Path, animate: bool, as_json: bool, **given: Any
) -> int:
    """Draw figure NAME as SVG, PDF and PNG, with a CSV of its points, and print the names of the files and a caption.

    The command prints the names of the files. NAME is one of the names of --list. STUDY::NAME is a figure of another
    study, whose names STUDY --list prints.

    --symbols, --degree, --tau, --startup and --trials apply to the figures that have these parameters. By default they
    have the paper's values or the figure's own, and the number of runs is that of --effort.

    Exit status: 0 drawn, 1 the code of your study failed, 2 bad input.
    """
    study, name = studies.in_study(named, show)
    from srtheory.study.making import animation, drawing, figure_entry, require_taken, rests_on, subjects

    shows = subjects(study, "figure")
    if show:
        print_names(shows, as_json)
        return 0
    if not name:
        expected = f"given: one of {', '.join(shows)}" if shows else "a figure, but this study has no figures"
        raise ArgumentError("NAME", None, expected)
    from srtheory.environment import made_with
    from srtheory.render.caption import caption, latex_caption
    from srtheory.render.style import laid_out, write

    entry, options, own = figure_entry(study, name), LabOptions.of(given), studies.given_of(given)
    parameters, width, style = {**studies.chosen(given), **own}, given["width"], given["style"]
    about = None if own or study is not studies.the_study(None) else f"figure {name}"
    with laid_out(width, style), lab_with_bar(about, options, study.at, study.folder) as lab:
        make_folder(out)
        layout = "" if width is None else f" --width {width:g}in"
        layout += "" if style is None else f" --style {shlex.quote(str(style))}"
        require_taken(study, f"figure '{name}'", entry, lab, parameters)

        def draw() -> tuple[list[Path], str, dict[str, Any]]:
            moving = [animation(study, name, lab, out, **parameters)] if animate else []
            drawn = drawing(study, name, lab, **parameters)
            its = rests_on(entry, lab, own.get("trials"))
            made_at = f"{studies.as_command(own)}{studies.as_command(its)}{studies.asked(given)}{layout}"
            command = f"srtheory figure{studies.written(study, name)}{made_at}"
            lab.progress(f"drawing figure {name}", 0)
            provenance = printable(f"{command} ({made_with()}{studies.digests(given)})")
            files = [*write(drawn, out, provenance), *moving]
            return files, (latex_caption if style == "ieee" else caption)(drawn, its, __version__, shows[name]), its

        done = studies.guarded(study, f"the figure {name}", entry, draw)
    if done is None:
        return 1
    files, words, its = done
    drawn = [as_given(str(file)) for file in files]
    found = {"figure": name, "shows": shows[name], "files": drawn, "caption": words} | studies.made_by(its)
    print_result(found, "\n".join([*drawn, "", printable(words)]), as_json)
    return 0
