"""Tables of the hitting-time campaign, in Markdown: ``python -m paper_checks.records.campaign DIR``.

The tables between the markers of ``docs/proofs/hitting_time.md`` are these.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import click
import numpy as np

from paper_checks.campaign.plan import LAWS, LOADS, RATIOS, SYMBOLS
from paper_checks.campaign.tables import (
    CHECKED_SYMBOLS,
    CHECKED_TRIALS,
    Exceptional,
    Tables,
    Tally,
    by_symbols,
    read_tables,
)
from paper_checks.theory.dependencies import predicted_exceptions, typical_profile
from srtheory.delays import parse_law
from srtheory.experiments.summary import proportion
from srtheory.model import Model
from srtheory.types import Floats

STARTUP_NAMES = {LAWS[0]: "exponential", LAWS[1]: "Pareto"}
MIN_EXCEPTIONS, MIN_SIZES = 30, 3
"""Least number of exceptions in a series, and of values of m with exceptions, for a fit of its rate."""
LARGE = 8
LATE = (r"late, $\mathrm{CC} \le m$", r"late, $\mathrm{CC} > m$")


@dataclass(frozen=True)
class Series:
    """Cells that differ only in m (and in replacement), and the rate at which exceptions of one kind vanish."""

    side: str
    """``"early"`` or ``"late"``."""
    startup: str
    ratio: float
    load: float
    """d/ln m and mu tau d."""
    exceptions: int
    slope: float
    error: float
    """Slope of ln P(exception) against ln m, by Poisson regression, and its standard error."""
    predicted: float
    """The slope that the same regression gives for :func:`~paper_checks.theory.dependencies.predicted_exceptions`."""
    level: float
    """Exceptions seen for each one that is predicted."""
    limit: float
    """The exponent of m as m grows (docs/proofs/hitting_time.md)."""


def law_by_symbols(tables: Tables) -> list[str]:
    """Return rows of :func:`~paper_checks.campaign.tables.by_symbols` with both kinds of exceptions."""
    law = r"$M' \lt \max$ | $M' > \max$ | $M' =$ $\max(m, \mathrm{CC})$"
    lines = [f"| $m$ | trials | {law} | 95 % | mean of cells | complete worker |", "|---" * 8 + "|"]
    for row in by_symbols(tables):
        cells = [c for c in tables.cells if (c.family, c.symbols) == ("grid", row.symbols)]
        early, late, complete = (sum(getattr(c, side) for c in cells) for side in ("early", "late", "complete"))
        share = f"{row.fraction:.4f} | {row.low:.4f}–{row.high:.4f} | {row.by_cell:.4f}"
        lines.append(f"| {row.symbols} | {row.trials} | {early} | {late} | {share} | {complete} |")
    return lines


SUPPORTS: dict[str, Callable[[int], bool]] = {
    "up to 3": lambda support: support <= 3,
    f"4 to {LARGE}": lambda support: 3 < support <= LARGE,
    f"above {LARGE}": lambda support: support > LARGE,
}


def obstructions(tables: Tables) -> list[str]:
    """Return exceptions by kind, support of the kernel vector and m, and how many the second-order law predicts."""
    symbols = {cell.cell: cell.symbols for cell in tables.cells if cell.family == "grid"}
    grid = [(symbols[e.cell], e) for e in tables.exceptions if e.cell in symbols]
    lines = [f"| kind | support | {' | '.join(map(str, SYMBOLS))} | second order |", "|---" * (len(SYMBOLS) + 3) + "|"]
    for kind, (name, fits) in product(("early", *LATE), SUPPORTS.items()):
        found = [(m, e) for m, e in grid if _kind(m, e) == kind and fits(e.support)]
        counts = Counter(m for m, _ in found)
        foretold = sum(e.second_order == e.stopping_time for _, e in found)
        columns = " | ".join(str(counts[m]) for m in SYMBOLS)
        lines.append(f"| {kind} | {name} | {columns} | {foretold} of {len(found)} |")
    return lines


def _kind(symbols: int, e: Exceptional) -> str:
    return e.side if e.side == "early" else LATE[e.coverage_time > symbols]


def second_order(tables: Tables) -> list[str]:
    """Return the first trials of every cell: failures of the hitting-time law, and of the second-order law."""
    lines = [r"| $m$ | trials | $M' \ne \max(m, \mathrm{CC})$ | second-order law fails |", "|---" * 4 + "|"]
    for m in (m for m in SYMBOLS if m <= CHECKED_SYMBOLS):
        cells = {c.cell: c for c in tables.cells if c.symbols == m}
        trials = sum(c.checked for c in cells.values())
        plain = sum(e.cell in cells and e.trial < CHECKED_TRIALS for e in tables.exceptions)
        lines.append(f"| {m} | {trials} | {plain} | {trials - sum(c.second_order for c in cells.values())} |")
    return lines


def critical(tables: Tables) -> list[str]:
    """Return the critical family: observed and predicted numbers."""
    head = r"| $\mu\tau d$ | $m$ | $d$ | trials | $\mathrm{CC} \le m$ | early | predicted | late (95 %) | predicted |"
    lines = [head, "|---" * 9 + "|"]
    for c in sorted((c for c in tables.cells if c.family == "critical"), key=lambda c: (c.load, c.symbols)):
        early, late = predicted(c)
        judged = c.trials - c.complete
        low, high = proportion(c.late, judged)
        seen = f"{c.covered / c.trials:.2f} | {c.early / judged:.3f} | {early:.3f} | {c.late / judged:.3f}"
        lines.append(
            f"| {c.load:g} | {c.symbols} | {c.degree} | {judged} | {seen} ({low:.3f}–{high:.3f}) | {late:.3f} |"
        )
    return lines


def rates(tables: Tables) -> list[str]:
    """Return the fitted rates as Markdown."""
    lines = [
        r"| kind | start-up | $d/\ln m$ | load | exceptions | slope | predicted | seen/predicted | $m \to \infty$ |",
        "|---" * 9 + "|",
    ]
    for s in fitted(tables):
        limit = r"$-\infty$" if s.limit == -math.inf else f"{s.limit:.2f}"
        numbers = f"{s.exceptions} | {s.slope:.2f} ± {s.error:.2f} | {s.predicted:.2f} | {s.level:.1f} | {limit}"
        lines.append(f"| {s.side} | {STARTUP_NAMES[s.startup]} | {s.ratio:g} | {s.load:g} | {numbers} |")
    return lines


def fitted(tables: Tables) -> Iterator[Series]:
    """Return every series of the grid that has enough exceptions; with and without replacement together."""
    for side, law, ratio, load in product(("early", "late"), LAWS, RATIOS, LOADS):
        cells = [c for c in tables.cells if (c.family, c.startup, c.load, _ratio(c)) == ("grid", law, load, ratio)]
        cells = [c for c in cells if c.trials > c.complete]
        counts = np.array([getattr(c, side) for c in cells], dtype=np.float64)
        if (
            counts.sum() >= MIN_EXCEPTIONS
            and len({c.symbols for c, n in zip(cells, counts, strict=True) if n}) >= MIN_SIZES
        ):
            yield _series(side, ratio, cells, counts)


def _series(side: str, ratio: float, cells: Sequence[Tally], counts: Floats) -> Series:
    sizes = np.array([c.symbols for c in cells], dtype=np.float64)
    trials = np.array([c.trials - c.complete for c in cells], dtype=np.float64)
    expected = trials * [predicted(c)[side == "late"] for c in cells]
    slope, error = power_law(sizes, counts, trials)
    level = float(counts.sum() / expected.sum())
    first = cells[0]
    limit = limiting_exponent(side, ratio, first.startup, first.load)
    predicted_slope = power_law(sizes, expected, trials)[0]
    return Series(
        side, first.startup, ratio, first.load, int(counts.sum()), slope, error, predicted_slope, level, limit
    )


def _ratio(cell: Tally) -> float:
    return min(RATIOS, key=lambda c: abs(c - cell.degree / math.log(cell.symbols)))


@cache
def predicted(cell: Tally) -> tuple[float, float]:
    """Return the heuristic probabilities of an early and of a late exception in a cell."""
    law, tau = parse_law(cell.startup), cell.load / cell.degree
    return predicted_exceptions(Model(cell.symbols, cell.degree, tau, law), replacement=cell.replacement)


def power_law(sizes: Floats, counts: Floats, trials: Floats) -> tuple[float, float]:
    """Return the slope of ln(rate) against ln(size), with standard error, by Poisson regression on ``trials``.

    The fit is Newton's iteration on the log-likelihood, which is concave.

    Raises
    ------
    ArithmeticError
        If it does not converge: all counts are 0 but for one end, for instance.
    """
    design = np.stack([np.ones(len(sizes)), np.log(sizes / sizes.mean())], axis=1)
    beta = np.array([math.log(counts.sum() / trials.sum()), 0.0])
    for _ in range(100):
        rate = trials * np.exp(design @ beta)
        information = design.T @ (rate[:, None] * design)
        step = np.linalg.solve(information, design.T @ (counts - rate))
        beta += step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-10:
            return float(beta[1]), float(np.sqrt(np.linalg.inv(information)[1, 1]))
    raise ArithmeticError("The regression does not converge.")


def limiting_exponent(side: str, ratio: float, startup: str, load: float) -> float:
    """Return the limiting exponent of m in P(exception) for fixed d/ln m and load; see docs/proofs/hitting_time.md.

    With 1 - s the limiting share of silent workers at m rows and c = d/ln m: early 1 - 2c(1 - s) and late
    1 - c ln(1/s) if c(1 - s) > 1, else -inf and -2, logarithms apart.
    """
    m, d = SYMBOLS[-1], 1000  # the share depends on the load alone as d and m grow
    silent = typical_profile(Model(m, d, load / d, parse_law(startup)), m).silent / m
    if ratio * silent <= 1:
        return -math.inf if side == "early" else -2.0
    return 1 - 2 * ratio * silent if side == "early" else 1 + ratio * math.log1p(-silent)


SECTIONS = (law_by_symbols, obstructions, second_order, rates, critical)


def report(tables: Tables) -> dict[str, str]:
    """Return every section by the name of its function."""
    return {section.__name__: "\n".join(section(tables)) for section in SECTIONS}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
def main(folder: Path) -> None:
    """Print the tables of docs/proofs/hitting_time.md from the campaign in FOLDER."""
    for name, text in report(read_tables(folder)).items():
        click.echo(f"<!-- {name} -->\n{text}\n<!-- end of {name} -->\n")


if __name__ == "__main__":
    main()
