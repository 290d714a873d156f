"""``python -m paper_checks.campaign --out data/hitting_time``: the campaign, or its missing part."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from paper_checks.campaign.plan import Cell, plan
from paper_checks.campaign.run import campaign, missing
from paper_checks.campaign.tables import by_symbols, stored
from srtheory.errors import ArgumentError
from srtheory.experiments.running import end_processes
from srtheory.progress import progress_bar


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the tables.")
@click.option("--symbols", type=int, multiple=True, metavar="M", help="Only these m (repeatable); all by default.")
@click.option("--store", type=click.Path(path_type=Path, file_okay=False), help="Keep the records of all trials there.")
@click.option("--processes", type=click.IntRange(1), default=1, show_default=True, help="Processes to compute with.")
def main(out: Path, symbols: tuple[int, ...], store: Path | None, processes: int) -> None:
    """Run the campaign, or its missing part, and print the hitting-time law by m."""
    try:
        _main(_chosen(symbols), out, store, processes)
    except ArgumentError as error:
        raise click.UsageError(str(error)) from None
    finally:
        end_processes()


def _chosen(symbols: Sequence[int]) -> list[Cell]:
    cells = plan()
    sizes = sorted({cell.symbols for cell in cells})
    for m in symbols:
        if m not in sizes:
            raise ArgumentError("symbols", m, "one of " + ", ".join(map(str, sizes)))
    return [cell for cell in cells if not symbols or cell.symbols in symbols]


def _main(cells: Sequence[Cell], out: Path, store: Path | None, processes: int) -> None:
    total = sum(cell.trials for cell in missing(cells, stored(out)))
    with progress_bar(total=total, desc="campaign", unit=" trials") as bar:

        def move(done: int, computed: bool) -> None:
            bar.update(done)

        tables = campaign(cells, out, store=store, processes=processes, progress=move)
    click.echo("symbols  trials  exceptions  fraction  95 % interval")
    for row in by_symbols(tables):
        interval = f"{row.low:.5f} to {row.high:.5f}"
        click.echo(f"{row.symbols:7}  {row.trials:6}  {row.exceptions:10}  {row.fraction:.5f}  {interval}")


if __name__ == "__main__":
    main()
