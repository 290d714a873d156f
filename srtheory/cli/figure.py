"""srtheory figure: redraw one figure of the paper."""

from __future__ import annotations

from pathlib import Path

import click

from srtheory.cli.common import lab_with_bar


@click.command()
@click.argument("name", metavar="NAME", type=click.Choice(["2a", "2b", "2c"]))
@click.option(
    "--effort",
    type=click.Choice(["quick", "paper", "deep"]),
    default="quick",
    show_default=True,
    help="100, 10^4 or 10^5 runs behind each curve.",
)
@click.option("--seed", type=int, default=2022, show_default=True, help="Seed of all runs.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Folder to write into.")
def figure(name: str, effort: str, seed: int, out: Path) -> int:
    """Redraw Figure NAME (2a, 2b or 2c) as SVG and PNG, with a CSV of its points; prints the files' names."""
    from srtheory.report.curves import FIGURES
    from srtheory.report.figures import write_figure

    with lab_with_bar(effort, seed) as lab:
        for path in write_figure(FIGURES[name](lab), out):
            click.echo(path)
    return 0
