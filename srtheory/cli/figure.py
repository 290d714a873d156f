"""srtheory figure: redraw the figures of the paper, and draw those that it lacks."""

from __future__ import annotations

from pathlib import Path

import click

from srtheory import __version__
from srtheory.cli.common import json_option, lab_options, lab_with_bar, make_folder, out_option, print_json
from srtheory.cli.schemes import asked, chosen, digests, own_option, schemes_option
from srtheory.report.gallery import ANIMATED, NAMES, animation, drawing

EPILOG = "\b\n" + "\n".join(f"{name:16} {shows}" for name, shows in NAMES.items())


@click.command(epilog=EPILOG)
@click.argument("name", metavar="NAME", type=click.Choice(list(NAMES)))
@out_option("DIR", "Default: where you stand.", default=Path())
@click.option("--animate", is_flag=True, help=f"Write it as a moving GIF, too (of: {', '.join(ANIMATED)}).")
@schemes_option("The schemes to show (of a figure that compares schemes: frontier, 2a, streams).")
@own_option(" Each scheme of --schemes that has such a field takes it.")
@lab_options
@json_option
def figure(
    name: str,
    effort: str,
    seed: int,
    out: Path,
    animate: bool,
    several: tuple[str, ...] | None,
    texts: tuple[str, ...],
    store: Path | None,
    processes: int | None,
    as_json: bool,
) -> int:
    """Draw figure NAME as SVG, PDF and PNG, with a CSV of its points; prints the files' names."""
    from srtheory.environment import lock_digest, made_with
    from srtheory.report.style import write

    given = chosen(several, texts)
    make_folder(out)
    with lab_with_bar(f"figure {name}", effort, seed, store, processes) as lab:
        moving = [animation(name, lab, out)] if animate else []
        command = f"srtheory figure {name} --effort {effort} --seed {seed}{asked(several, texts)}"
        provenance = f"{command} ({made_with()}{digests(several)})"
        files = [str(path) for path in (*write(drawing(name, lab, **given), out, provenance), *moving)]
    if as_json:
        made_by = {"effort": effort, "seed": seed, "version": __version__, "lock": lock_digest()}
        print_json({"figure": name, "shows": NAMES[name], "files": files} | made_by)
    else:
        click.echo("\n".join(files))
    return 0
