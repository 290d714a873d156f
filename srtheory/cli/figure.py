"""srtheory figure: redraw the figures of the paper, and draw those that it lacks."""

from __future__ import annotations

from pathlib import Path

import click

from srtheory.cli.common import lab_with_bar, processes_option, store_option
from srtheory.report.gallery import ANIMATED, NAMES, animation, drawing

EPILOG = "\b\n" + "\n".join(f"{name:16} {shows}" for name, shows in NAMES.items())


@click.command(epilog=EPILOG)
@click.argument("name", metavar="NAME", type=click.Choice(list(NAMES)))
@click.option(
    "--effort",
    type=click.Choice(["quick", "paper", "deep"]),
    default="quick",
    show_default=True,
    help="100, 10^4 or 10^5 runs behind each curve.",
)
@click.option("--seed", type=int, default=2022, show_default=True, help="Seed of all runs.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Folder to write into.")
@click.option("--animate", is_flag=True, help=f"Write it as a moving GIF, too (of: {', '.join(ANIMATED)}).")
@store_option("--store")
@processes_option
def figure(name: str, effort: str, seed: int, out: Path, animate: bool, store: Path | None, processes: int) -> int:
    """Draw figure NAME as SVG, PDF and PNG, with a CSV of its points; prints the files' names."""
    from srtheory.report.style import write

    with lab_with_bar(effort, seed, store, processes) as lab:
        moving = [animation(name, lab, out)] if animate else []
        for path in [*write(drawing(name, lab), out), *moving]:
            click.echo(path)
    return 0
