"""The fastest scheme and its degree, over the number of symbols, the load and the cost of a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

from paper_checks.floors import least_mean
from srtheory.delays import parse_law
from srtheory.errors import printable, require_int
from srtheory.experiments.compare import best, explore, in_rounds
from srtheory.model import Model
from srtheory.render.table import Cell, Column, Kind, Math, Name, PlusMinus, Table
from srtheory.theory.both_ends import cells_by_law

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

M_VALUES = (100, 1000)
TERM_LOADS = (1e-4, 1e-3, 1e-2, 1e-1)
COSTS = (0, 1, 10, 100)
STARTUP = "expon(scale=1)"
SCHEMES = (
    *("sr", "lt", "one", "uncoded", "repetition", "bcc"),
    *("parts-stream", "parts-cyclic", "parts-even", "parts-pairs"),
    *("terms-random", "terms-cyclic", "terms-pairs", "terms-staircase"),
)


def best_schemes(
    lab: Lab, schemes: Sequence[str] | None = None, options: Sequence[str] = (), symbols: int | None = None
) -> Table:
    """Return the scheme and the degree of least mean latency, and the best degree of the SR code.

    ``schemes`` and ``options`` are as for :func:`paper_checks.figures.drawing`; there are rows for several m, or for
    ``symbols`` alone.
    """
    columns = (
        Column("symbols", Math("m", "m"), Kind.INTEGER),
        Column("mu_tau", Math("μτ", r"\mu\tau"), Kind.NUMBER, 4),
        Column("kappa_over_tau", Math("κ/τ", r"\kappa/\tau"), Kind.INTEGER),
        Column("scheme", "fastest", width=0.22),
        Column("degree", Math("d", "d"), Kind.INTEGER),
        Column("latency", Math("μT", r"\mu T"), Kind.ERROR, 3),
        Column("of_floor", Math("L/T", "L/T"), Kind.NUMBER, 2),
        Column("sr_degree", Math("d, SR", r"d\text{, SR}"), Kind.INTEGER),
        Column("sr_latency", Math("μT, SR", r"\mu T\text{, SR}"), Kind.ERROR, 3),
    )
    trials, among = lab.fewer(5), SCHEMES if schemes is None else schemes
    caption = (
        "The fastest scheme, and the fastest SR code, over $d = 1$, 2, 5, 10, … (orders from both ends: also over"
        " numbers of cells) for $m$ symbols, exponential start-up"
        rf" delays of rate $\mu$ and messages of cost $\kappa$. Fastest: least mean latency ± standard error of"
        f" {trials} runs on the same delays. $L$: lower bound on the mean latency of every oblivious scheme"
        f" (docs/proofs/floor.md). Schemes: {', '.join(among)}."
    )
    sizes = M_VALUES if symbols is None else (require_int("symbols", symbols),)
    rows = tuple(row for m, load in product(sizes, TERM_LOADS) for row in _rows(lab, m, load, trials, among, options))
    return Table("best-schemes", caption, columns, rows)


def _rows(
    lab: Lab, m: int, load: float, trials: int, schemes: Sequence[str], options: Sequence[str]
) -> Iterator[tuple[Cell, ...]]:
    both = tuple(dict.fromkeys((*schemes, "sr")))
    startup = parse_law(STARTUP)
    for cost in COSTS:
        model = Model(m, None, load, startup, message_cost=cost * load)
        likely = cells_by_law(model)
        found = best(explore(lab, m, load, STARTUP, cost * load, both, trials, options, likely, in_rounds))
        first, sr = min((found[scheme] for scheme in schemes), key=lambda p: p.latency.mean), found["sr"]
        latencies = [PlusMinus(p.latency.mean, p.latency.standard_error) for p in (first, sr)]
        cells = "" if first.cells is None else f", {first.cells} cells"
        name = Name(printable(f"{first.scheme}{cells}"), printable(first.scheme))
        floor = least_mean(model, coarse=True)
        ratio = None if first.unrecovered else floor / first.latency.mean
        yield m, load, cost, name, first.degree, latencies[0], ratio, sr.degree, latencies[1]
