"""Plan of the campaign: codes, delays, and the number of trials of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task
from srtheory.schemes.sum_recovery import SumRecovery

SYMBOLS = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
RATIOS = (0.5, 1.0, 2.0, 4.0)
"""Values of d/ln m."""
LOADS = (0.01, 0.1, 1.0, 10.0)
"""Values of mu tau d; for Pareto start-up, which has no mean, tau d in units of its least value."""
LAWS = ("expon(scale=1)", "pareto(b=1)")
TRIALS = {100: (2000, 2000), 200: (2000, 2000), 500: (1500, 1500), 1000: (500, 500), 2000: (100, 600)}
TRIALS |= {5000: (8, 80), 10_000: (2, 20), 20_000: (1, 4)}
"""Trials of a cell by m, for loads below 1 and from 1 on: light loads leave dense cores, whose cost grows as m^3."""
LEFT_OUT = {(20_000, 2.0, 0.01), (20_000, 4.0, 0.01)}
"""Omitted m, d/ln m and load, for which the core is nearly the whole matrix (most of a minute per trial)."""
CRITICAL = {1.0: SYMBOLS[:-1], 3.0: SYMBOLS}
"""Sizes of the critical family by load; a late run at load 1 and m = 20 000 takes many minutes to explain."""
CRITICAL_TRIALS = {100: 500, 200: 500, 500: 500, 1000: 500, 2000: 400, 5000: 300, 10_000: 100, 20_000: 60}
SEED = 2022


@dataclass(frozen=True)
class Cell:
    """Parameters of one cell; its trial i is trial i of :func:`task`."""

    cell: int
    """Number, the same for every part of the plan that is run."""
    family: str
    """``"grid"``, or ``"critical"``: d such that one half is the chance of m rows to cover."""
    symbols: int
    degree: int
    """m and d."""
    load: float
    """mu tau d (exponential start-up of mean 1), tau d (Pareto)."""
    startup: str
    """The distribution, as :func:`srtheory.delays.parse_law` reads it."""
    replacement: bool
    seed: int
    trials: int
    """Cells have seeds of their own, so that they are independent."""


def plan() -> tuple[Cell, ...]:
    """Return every cell, in the order of the runs: by m."""
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
    """Return the d at which ln 2 symbols are expected to be uncovered after m rows (docs/proofs/hitting_time.md).

    For exponential start-up and loads y = mu tau d of at least ln((1 + sqrt 5)/2): m (1 - s) e^{-d (1 - s)} = ln 2 with
    1 - s = 1/(1 + e^y).
    """
    silent = 1 / (1 + math.exp(load))
    return round(math.log(symbols * silent / math.log(2)) / silent)


def task(cell: Cell) -> Task:
    """Return the Monte Carlo task of a cell."""
    scheme = SumRecovery(cell.symbols, cell.degree, replacement=cell.replacement)
    return Task(scheme, DelayModel(parse_law(cell.startup), cell.load / cell.degree), cell.seed)
