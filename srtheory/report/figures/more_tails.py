"""Figure 2a with the schemes that the paper leaves out, and what no scheme can do: tails of the latency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from srtheory.delays import parse_law
from srtheory.experiments.lab import DEGREE, EXPONENTIAL, PARETO, SYMBOLS, TAU, Lab
from srtheory.experiments.summary import tail
from srtheory.report.names import printed
from srtheory.report.style import COLOURS, DASHES, Drawing, canvas, house_style, label_decimally, legend_below
from srtheory.theory.laws.by_scheme import latency_law
from srtheory.theory.orders import least_uncovered
from srtheory.types import Floats, Startup

Line = Sequence[str]
GREY = "#cccccc"
WITHIN = {EXPONENTIAL: (0.1, 8.0), PARETO: (1.0, 6.0)}
POINTS = 120
LEAST = 1e-4
LARGE = 50
"""Where fractional repetition is fastest at the paper's parameters (docs/theory.md, 5.7), of d = 1, 2, 5, 10, ..."""
SIMULATED: dict[str, tuple[str, dict[str, Any]]] = {
    "SR": ("sr", {"degree": DEGREE}),
    "LT, m_e = 2m": ("lt", {"cap": 2.0}),
}
EXACT: dict[str, tuple[str, dict[str, Any]]] = {
    f"gradient, fractional, d = {DEGREE}\n(= Repetition)": ("gradient-fractional", {"stragglers": DEGREE - 1}),
    f"gradient, fractional, d = {LARGE}": ("gradient-fractional", {"stragglers": LARGE - 1}),
    "BCC": ("bcc", {"degree": DEGREE}),
    printed("parts-cyclic", degree=DEGREE): ("parts-cyclic", {"degree": DEGREE}),
    printed("terms-cyclic"): ("terms-cyclic", {}),
    printed("genie"): ("genie", {}),
}
LIMIT = "no scheme whose orders\ndo not follow the delays"
HEADER = ("startup", "curve", "t", "tail", "low", "high", "runs")


def tails(lab: Lab) -> Drawing:
    """P(T > t) for both start-up laws: bands of runs for SR and LT, exact laws for the others, and the limit."""
    return drawn_from([[startup, *line] for startup in WITHIN for line in _lines(lab, startup)], lab.seed)


def drawn_from(lines: Sequence[Line], seed: int) -> Drawing:
    """The figure from the lines of its CSV under :data:`HEADER`."""
    trials = max(int(line[-1] or 0) for line in lines)
    with house_style():
        picture = canvas(
            f"m = {SYMBOLS}, d = {DEGREE}, τ = {TAU}; SR and LT: {trials} runs, seed {seed}, 95 % bands"
            " (Clopper-Pearson); others: exact laws; grey: below the genie's tail, or below the least mean share of"
            " terms that orders of evaluation leave which know nothing of the delays (theory.md, 5.6)",
            height=6.6,
        )
        for ax, startup in zip(picture.subplots(2, 1), WITHIN, strict=True):
            _draw(ax, startup, [line[1:] for line in lines if line[0] == startup])
        handles = [*ax.get_legend_handles_labels()[0], Patch(color=GREY, label=LIMIT)]
        legend_below(picture, handles, 2)
        picture.suptitle("Latency of codes, of uncoded streams, and of what no scheme can do")
    return Drawing("2a-all", picture, HEADER, lines)


def _draw(ax: Axes, startup: str, lines: Sequence[Line]) -> None:
    curves = {label: list(its) for label, its in groupby(lines, key=lambda line: line[0])}
    named = [_one_line(label) for label in (*SIMULATED, *EXACT)]
    at, limit, *_ = _numbers(curves[_one_line(LIMIT)])
    ax.fill_between([WITHIN[startup][0], *at], LEAST / 10, [1.0, *limit], color=GREY, linewidth=0)
    for i, label in enumerate((*SIMULATED, *EXACT)):
        at, found, low, high = _numbers(curves[named[i]])
        seen = found > 0  # past the largest observation there is no curve to put a band around
        band: dict[str, Any] = {"color": COLOURS[i], "alpha": 0.2, "linewidth": 0}
        ax.fill_between(at, np.maximum(low, LEAST / 10), high, where=seen, **band)
        style: dict[str, Any] = {"color": COLOURS[i], "linestyle": DASHES[i], "linewidth": 1.7}
        ax.plot(at, np.where(seen, found, np.nan), label=label, **style)
    ax.set(xscale="log", yscale="log", xlim=WITHIN[startup], ylim=(LEAST, 1.4), ylabel=f"P(T > t), {startup}")
    label_decimally(ax.xaxis, "25")
    ax.set_xlabel("latency t")


def _numbers(lines: Sequence[Line]) -> Floats:
    """Columns t, tail, low, high; nan where nothing stands."""
    return np.array([[float(cell or "nan") for cell in line[1:5]] for line in lines]).T


def _one_line(label: str) -> str:
    return label.replace("\n", " ")


def _lines(lab: Lab, startup: str) -> Iterator[list[str]]:
    """Lines of the CSV but for the start-up law: a tail alone where it is exact, else with its limits and the runs."""
    law, grid = parse_law(startup), np.geomspace(*WITHIN[startup], POINTS)
    if startup == PARETO:  # nothing happens before 1: as many points for what happens soon after it
        grid = 1 + np.geomspace(0.01, WITHIN[startup][1] - 1, POINTS)
    for label, (scheme, options) in SIMULATED.items():
        found = tail(lab.sample("latency", scheme, startup=startup, **options), grid)
        for t, *numbers in zip(grid, *found, strict=True):
            yield [label, *(f"{x:.10g}" for x in (t, *numbers)), str(lab.trials)]
    exact = {label: exact_tail(scheme, grid, law, options) for label, (scheme, options) in EXACT.items()}
    for label, law_of_it in {**exact, LIMIT: limits(grid, law)}.items():
        for t, p in zip(grid, law_of_it, strict=True):
            yield [_one_line(label), f"{t:.10g}", f"{p:.10g}", "", "", ""]


def limits(grid: Floats, law: Startup) -> Floats:
    """Lower bound on P(T > t) of every scheme whose orders do not depend on the delays.

    Not before the genie (docs/theory.md, 5.2).  And as at most m terms are uncovered, the probability that some are is
    at least the mean share of them, which no order brings below that of 5.6.
    """
    share = np.array([least_uncovered(float(t), SYMBOLS, TAU, law)[0] / SYMBOLS for t in grid])
    genie = np.array([1 - latency_law("genie", SYMBOLS, TAU, law).cdf(float(t))[1] for t in grid])
    return np.maximum(share, genie)


def exact_tail(scheme: str, grid: Floats, law: Startup, options: dict[str, Any]) -> Floats:
    """P(T > t), the middle of its rigorous interval, at each time."""
    exact = latency_law(scheme, SYMBOLS, TAU, law, **options)
    return np.array([1 - sum(exact.cdf(float(t))) / 2 for t in grid])
