"""Campaigns compared cell by cell, since pooled fractions would mix the effect with the parameters."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from paper_checks.campaign.plan import RATIOS, Cell
from paper_checks.campaign.tables import Tables, Tally


@dataclass(frozen=True)
class Step:
    """Fraction of M' = max(m, CC) at two m, over the cells of the grid that both have, equally weighted."""

    earlier: int
    later: int
    cells: int
    """The two m, and how many cells they have in common: d/ln m, load, start-up and replacement are the same."""
    before: float
    after: float
    """Mean share over these cells; trials with a complete worker are left out."""
    error: float
    """Standard error of ``after - before``, each cell's share being taken as (hits + 1)/(trials + 2) for it."""

    @property
    def falls(self) -> bool:
        """Whether the mean fraction falls by more than three standard errors."""
        return self.after - self.before < -3 * self.error


def steps(tables: Tables) -> list[Step]:
    """Return one step for every two neighbouring m with common cells."""
    sizes = sorted({c.symbols for c in tables.cells if c.family == "grid"})
    found = (step(tables, *pair) for pair in pairwise(sizes))
    return [one for one in found if one is not None]


def step(tables: Tables, earlier: int, later: int) -> Step | None:
    """Return the step between any two m; None if they have no common cell."""
    first, last = (_by_shape(tables, m) for m in (earlier, later))
    pairs = [(first[shape], last[shape]) for shape in first if shape in last]
    if not pairs:
        return None
    n = len(pairs)
    before, after = (math.fsum(cell.fraction for cell in side) / n for side in zip(*pairs, strict=True))
    variance = math.fsum(_variance(cell) for pair in pairs for cell in pair)
    return Step(earlier, later, n, before, after, math.sqrt(variance) / n)


def _by_shape(tables: Tables, m: int) -> dict[tuple[object, ...], Tally]:
    cells = (c for c in tables.cells if (c.family, c.symbols) == ("grid", m) and _judged(c))
    return {(_ratio(c), c.load, c.startup, c.replacement): c for c in cells}


def _ratio(cell: Cell) -> float:
    return min(RATIOS, key=lambda ratio: abs(ratio - cell.degree / math.log(cell.symbols)))


def _judged(cell: Tally) -> int:
    return cell.trials - cell.complete


def _variance(cell: Tally) -> float:
    n = _judged(cell)
    share = (cell.held + 1) / (n + 2)
    return share * (1 - share) / n


def parameters(cell: Cell) -> tuple[object, ...]:
    """Return all parameters that two cells with and without replacement have in common."""
    return cell.symbols, cell.degree, cell.load, cell.startup


def mantel_haenszel(ours: Sequence[Tally], theirs: Sequence[Tally], side: str) -> float:
    """Return the excess of our exceptions over chance within each pair of like cells, in standard deviations.

    Mantel and Haenszel, J. Natl. Cancer Inst. 22 (1959), without continuity correction; it is 0 if there is nothing to
    compare.
    """
    partner, excess, variance = {parameters(cell): cell for cell in theirs}, 0.0, 0.0
    for cell in ours:
        other = partner[parameters(cell)]
        hits, n = getattr(cell, side) + getattr(other, side), cell.trials + other.trials
        share_of_ours = cell.trials / n
        excess += getattr(cell, side) - hits * share_of_ours
        variance += hits * share_of_ours * (1 - share_of_ours) * (n - hits) / (n - 1)
    return excess / math.sqrt(variance) if variance else 0.0


def either(deviations: Collection[float]) -> float:
    """Bound the probability that one of several normal deviations, all by chance, is as large as the largest."""
    return min(1.0, len(deviations) * math.erfc(max(map(abs, deviations)) / math.sqrt(2)))
