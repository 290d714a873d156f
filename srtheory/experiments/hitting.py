"""The hitting-time law M' = max(m, CC) followed over decades of m: a campaign, its two tables, and their readers.

``python -m srtheory.experiments.hitting --out data/hitting_time`` writes ``cells.csv``, one line for each set of
parameters, and ``exceptions.csv``, one line for each exception.  Both are replaced as a whole after every cell,
exceptions first; a cell counts as done when it stands in ``cells.csv``.  So a run that was killed resumes where it was,
and its tables are those of an undisturbed run, to the byte.  A finished campaign computes nothing when run again.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from functools import partial
from itertools import groupby, product
from pathlib import Path
from typing import Any

import click

from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.exceptions import Deviation, examine, reception_of, second_order_time, side
from srtheory.experiments.lines import head, read_lines, write_lines
from srtheory.experiments.running import Progress, end_processes, run_all
from srtheory.experiments.store import locked
from srtheory.experiments.summary import proportion
from srtheory.experiments.trial import Record, Task
from srtheory.progress import progress_bar
from srtheory.rows import Rows
from srtheory.schemes.sum_recovery import SumRecovery

SYMBOLS = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
RATIOS = (0.5, 1.0, 2.0, 4.0)
"""d/ln m."""
LOADS = (0.01, 0.1, 1.0, 10.0)
"""mu tau d; for Pareto start-up, which has no mean, tau d in units of its least value."""
LAWS = ("expon(scale=1)", "pareto(b=1)")
TRIALS = {100: (2000, 2000), 200: (2000, 2000), 500: (1500, 1500), 1000: (500, 500), 2000: (100, 600)}
TRIALS |= {5000: (8, 80), 10_000: (2, 20), 20_000: (1, 4)}
"""Trials of a cell by m, for loads below 1 and from 1 on: light loads leave dense cores, whose cost grows as m^3."""
LEFT_OUT = {(20_000, 2.0, 0.01), (20_000, 4.0, 0.01)}
"""Values of m, d/ln m and the load that are not run: the core is nearly the whole matrix, most of a minute a trial."""
CRITICAL = {1.0: SYMBOLS[:-1], 3.0: SYMBOLS}
"""Sizes of the critical family by load; a late run at load 1 and m = 20 000 takes many minutes to explain."""
CRITICAL_TRIALS = {100: 500, 200: 500, 500: 500, 1000: 500, 2000: 400, 5000: 300, 10_000: 100, 20_000: 60}
CHECKED_TRIALS, CHECKED_SYMBOLS = 100, 500
"""On the first trials of a cell, up to this m, the second-order law is tried whether or not the law held."""
SEED = 2022
DIGITS = 12


def _silent(done: int, computed: bool) -> None:
    return None


@dataclass(frozen=True)
class Cell:
    """Parameters of one cell; its trial i is trial i of :func:`task`.

    Attributes
    ----------
    cell : int
        Number, the same whatever part of the plan is run.
    family : str
        ``"grid"``, or ``"critical"``: d such that one half is the chance of m rows to cover.
    symbols, degree : int
        m and d.
    load : float
        mu tau d (exponential start-up of mean 1), tau d (Pareto).
    startup : str
        The law, as :func:`srtheory.delays.parse_law` reads it.
    replacement : bool
    seed, trials : int
        Cells have seeds of their own, so that they are independent.
    """

    cell: int
    family: str
    symbols: int
    degree: int
    load: float
    startup: str
    replacement: bool
    seed: int
    trials: int


@dataclass(frozen=True)
class Tally(Cell):
    """A cell and what its trials gave.

    Attributes
    ----------
    held, complete, early, late : int
        Trials with M' = max(m, CC); with M' below because a worker was complete (outside the law's hypothesis); with M'
        below all the same; with M' above.  They add up to ``trials``.
    covered : int
        Trials with CC <= m.
    low, high : float
        Clopper-Pearson interval (95 %) of the probability of M' = max(m, CC), no worker being complete before.
    checked, second_order : int
        Trials on which the second-order law was tried, and those in which it gave M'; complete workers are left out.
    task : str
        First digits of the task's id, which changes with everything that a record depends on.
    """

    held: int
    complete: int
    early: int
    late: int
    covered: int
    low: float
    high: float
    checked: int
    second_order: int
    task: str

    @property
    def fraction(self) -> float:
        """Share of trials with M' = max(m, CC) among those without a complete worker; nan if there is none."""
        judged = self.trials - self.complete
        return self.held / judged if judged else math.nan


@dataclass(frozen=True)
class Exceptional(Deviation):
    """An exception and the number of its cell."""

    cell: int


@dataclass(frozen=True)
class Tables:
    """Both tables: the cells that are done and all their exceptions, by cell and trial."""

    cells: tuple[Tally, ...]
    exceptions: tuple[Exceptional, ...]


@dataclass(frozen=True)
class BySymbols:
    """All cells of one m together; trials with a complete worker are left out.

    Attributes
    ----------
    symbols, trials, exceptions : int
    fraction, low, high : float
        Share of M' = max(m, CC) among all trials, and its interval.
    by_cell : float
        Mean over the cells of their shares, each with the same weight.
    """

    symbols: int
    trials: int
    exceptions: int
    fraction: float
    low: float
    high: float
    by_cell: float


def plan() -> tuple[Cell, ...]:
    """Every cell, in the order in which they are run: by m."""
    shapes = [shape for m in SYMBOLS for shape in (*_grid(m), *_critical(m))]
    return tuple(shape(cell=i, seed=SEED * 10_000 + i) for i, shape in enumerate(shapes))


def _grid(m: int) -> Iterator[Callable[..., Cell]]:
    for law, replacement, ratio, load in product(LAWS, (False, True), RATIOS, LOADS):
        if (m, ratio, load) in LEFT_OUT:
            continue
        degree, trials = round(ratio * math.log(m)), TRIALS[m][load >= 1]
        cell = partial(Cell, family="grid", symbols=m, degree=degree, load=load, trials=trials)
        yield partial(cell, startup=law, replacement=replacement)


def _critical(m: int) -> Iterator[Callable[..., Cell]]:
    for load in (load for load, sizes in CRITICAL.items() if m in sizes):
        degree, trials = critical_degree(m, load), CRITICAL_TRIALS[m]
        cell = partial(Cell, family="critical", symbols=m, degree=degree, load=load, trials=trials)
        yield partial(cell, startup=LAWS[0], replacement=False)


def critical_degree(symbols: int, load: float) -> int:
    """The d at which ln 2 symbols are expected to be uncovered after m rows (docs/hitting_time.md, section 4).

    For exponential start-up and loads y = mu tau d of at least ln((1 + sqrt 5)/2): m (1 - s) e^{-d (1 - s)} = ln 2 with
    1 - s = 1/(1 + e^y).
    """
    silent = 1 / (1 + math.exp(load))
    return round(math.log(symbols * silent / math.log(2)) / silent)


def task(cell: Cell) -> Task:
    """The Monte Carlo task of a cell."""
    scheme = SumRecovery(cell.symbols, cell.degree, replacement=cell.replacement)
    return Task(scheme, DelayModel(parse_law(cell.startup), cell.load / cell.degree), cell.seed)


def rows_of(cell: Cell, exception: Exceptional) -> Rows:
    """The rows of an exception's trial, M' of them or max(m, CC), whichever are more."""
    law = max(cell.symbols, exception.coverage_time)
    longest = max(law, exception.stopping_time)
    return reception_of(task(cell), exception.trial, longest).rows.prefix(longest)


def judge(cell: Cell, records: Iterable[Record]) -> tuple[Tally, list[Exceptional]]:
    """Sort the records of a cell into those that keep the law and those that do not, and examine the latter."""
    experiment, sides, exceptions, covered, agreed = task(cell), Counter[str](), [], 0, []
    for record in records:
        kind = side(record, cell.symbols)
        sides[kind] += 1
        covered += record.coverage_time is not None and record.coverage_time <= cell.symbols
        if kind in ("early", "late"):
            found = examine(experiment, record, cell.symbols)
            exceptions.append(Exceptional(**asdict(found), cell=cell.cell))
        if kind != "complete" and record.trial < CHECKED_TRIALS and cell.symbols <= CHECKED_SYMBOLS:
            agreed.append(_second_order(experiment, record, cell.symbols))
    return tally(cell, sides, covered, agreed), exceptions


def _second_order(experiment: Task, record: Record, symbols: int) -> bool:
    assert record.stopping_time is not None
    assert record.coverage_time is not None
    longest = max(symbols, record.stopping_time, record.coverage_time)
    rows = reception_of(experiment, record.trial, longest).rows
    return second_order_time(rows, record.coverage_time) == record.stopping_time


def tally(cell: Cell, sides: Mapping[str, int], covered: int, agreed: Sequence[bool]) -> Tally:
    """Counts and interval of a cell."""
    counts: dict[str, Any] = {name: sides.get(name, 0) for name in ("held", "complete", "early", "late")}
    judged = cell.trials - counts["complete"]
    low, high = proportion(counts["held"], judged) if judged else (0.0, 1.0)
    found: dict[str, Any] = {"low": round(low, 6), "high": round(high, 6), "covered": covered}
    found |= {"checked": len(agreed), "second_order": sum(agreed), "task": task(cell).id[:DIGITS]}
    return Tally(**asdict(cell), **counts, **found)


def campaign(
    cells: Sequence[Cell], out: Path, *, store: Path | None = None, processes: int = 1, progress: Progress = _silent
) -> Tables:
    """Run the cells that ``out`` does not have yet, saving after each one.

    Parameters
    ----------
    cells : sequence of Cell
        A part of :func:`plan`, or of a plan of one's own.
    out : Path
        Folder of the tables; a run that finds another one at work there waits for it.
    store, processes, progress
        As :func:`srtheory.experiments.running.run_all` has them; with a store, a cell that was cut short resumes, too.

    Raises
    ------
    ArgumentError
        If ``out`` holds tables of another plan or of another version of the records, or files that are no such tables.
    """
    out.mkdir(parents=True, exist_ok=True)
    with locked(out):
        tables = stored(out)
        left = missing(cells, tables)
        experiments = [(task(cell), cell.trials) for cell in left]
        runs = run_all(experiments, store=store, processes=processes, progress=progress)
        for cell, records in zip(left, runs, strict=True):
            tables = _joined(tables, *judge(cell, records))
            _save(tables, out)
    return tables


def campaign_id(cells: Iterable[Cell]) -> str:
    """A name of these cells that changes with the plan and with the version of the records."""
    return hashlib.sha256(repr([(astuple(cell), task(cell).id) for cell in cells]).encode()).hexdigest()


def stored(out: Path) -> Tables:
    """The tables in a folder, empty ones if there are none."""
    return read_tables(out) if (out / "cells.csv").exists() else Tables((), ())


def missing(cells: Sequence[Cell], tables: Tables) -> list[Cell]:
    """The cells that the tables lack; they must not have another cell of the same number."""
    done = {cell.cell: cell for cell in tables.cells}
    for cell in cells:
        if cell.cell in done and not _same(cell, done[cell.cell]):
            raise ArgumentError("out", f"cell {cell.cell}", "a folder of this plan, which has another such cell")
    return [cell for cell in cells if cell.cell not in done]


def _same(cell: Cell, found: Tally) -> bool:
    here = tuple(getattr(found, field.name) for field in fields(Cell))
    return astuple(cell) == here and task(cell).id.startswith(found.task)


def _joined(tables: Tables, cell: Tally, exceptions: Iterable[Exceptional]) -> Tables:
    cells = sorted([*tables.cells, cell], key=lambda c: c.cell)
    every = sorted([*tables.exceptions, *exceptions], key=lambda e: (e.cell, e.trial))
    return Tables(tuple(cells), tuple(every))


def _save(tables: Tables, out: Path) -> None:
    write_lines(out / "exceptions.csv", Exceptional, tables.exceptions, _head(Exceptional))
    write_lines(out / "cells.csv", Tally, tables.cells, _head(Tally))


def _head(kind: type) -> list[str]:
    return ["cell", *(name for name in head(kind) if name != "cell")]


def read_tables(path: Path) -> Tables:
    """Read a folder of tables; exceptions of cells that are not done (a run was killed) are left out.

    Raises
    ------
    ArgumentError
        If a file is missing, is not such a table, or lacks exceptions that the cells count.
    """
    cells = tuple(read_lines(path / "cells.csv", Tally, _head(Tally)))
    done = {cell.cell: cell.early + cell.late for cell in cells}
    exceptions = tuple(
        e for e in read_lines(path / "exceptions.csv", Exceptional, _head(Exceptional)) if e.cell in done
    )
    if Counter(e.cell for e in exceptions) != Counter(done):
        raise ArgumentError("path", str(path), "a folder whose two tables count the same exceptions")
    return Tables(cells, exceptions)


def by_symbols(tables: Tables, family: str = "grid") -> list[BySymbols]:
    """The law by m: trials without a complete worker, exceptions, and the share of M' = max(m, CC) with its interval.

    The interval is Clopper and Pearson's for the cells' mean probability; for a sum of unlike cells it is, if anything,
    too wide.

    Raises
    ------
    ArgumentError
        If there is no cell of the family: nothing could be said.
    """
    cells = sorted((c for c in tables.cells if c.family == family), key=lambda c: c.symbols)
    if not cells:
        raise ArgumentError("tables", f"{len(tables.cells)} cells", f"a campaign with cells of the family {family!r}")
    rows = []
    for m, group in groupby(cells, key=lambda c: c.symbols):
        members = list(group)
        trials = sum(c.trials - c.complete for c in members)
        held = sum(c.held for c in members)
        shares = [c.fraction for c in members if c.complete < c.trials]
        found = (m, trials, trials - held, held / trials, *proportion(held, trials))
        rows.append(BySymbols(*found, by_cell=math.fsum(shares) / len(shares)))
    return rows


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the tables.")
@click.option("--symbols", type=int, multiple=True, metavar="M", help="Only these m (repeatable); all by default.")
@click.option("--store", type=click.Path(path_type=Path, file_okay=False), help="Keep the records of all trials there.")
@click.option("--processes", type=click.IntRange(1), default=1, show_default=True, help="Processes to compute with.")
def main(out: Path, symbols: tuple[int, ...], store: Path | None, processes: int) -> None:
    """Run the campaign, or what is left of it, and print the law by m."""
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
    with progress_bar(total=total, unit="trial") as bar:

        def move(done: int, computed: bool) -> None:
            bar.update(done)

        tables = campaign(cells, out, store=store, processes=processes, progress=move)
    click.echo("symbols  trials  exceptions  fraction  95 % interval")
    for row in by_symbols(tables):
        interval = f"{row.low:.5f} to {row.high:.5f}"
        click.echo(f"{row.symbols:7}  {row.trials:6}  {row.exceptions:10}  {row.fraction:.5f}  {interval}")


if __name__ == "__main__":
    main()
