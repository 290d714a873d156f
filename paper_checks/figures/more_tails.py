"""Figure 2a with the schemes that the paper omits, and the bound for every scheme: tails of the latency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from paper_checks.figures.curves import in_print
from paper_checks.floors import GREY, least_tail
from paper_checks.floors import LABEL as LIMIT
from paper_checks.parameters import EXPONENTIAL, PAPER, PARETO
from srtheory.delays import parse_law
from srtheory.experiments.compare import series
from srtheory.experiments.lab import Lab
from srtheory.experiments.summary import BAND, tail_band
from srtheory.model import Model
from srtheory.render.style import COLOURS, Drawing, canvas, dash, house_style, label_decimally, legend_below, pen, timed
from srtheory.schemes import printed
from srtheory.theory.by_scheme import latency_law
from srtheory.types import Floats

Line = Sequence[str]
WITHIN = {EXPONENTIAL: (0.1, 8.0), PARETO: (1.0, 6.0)}
"""Times that are shown at the paper's parameters; at others, those of the runs."""
POINTS = 120
LEAST = 1e-4
LARGE = 50
"""The fastest fractional repetition at the paper's parameters (docs/proofs/theory.md, 5.7) among 1, 2, 5, 10, ..."""
SIMULATED = {"SR": "sr", "LT, m_e = 2m": "lt"}
CSV_COLUMNS = ("startup", "curve", "t", "tail", "low", "high", "runs")


def options(at: Model) -> dict[str, dict[str, Any]]:
    """Return the options of the schemes that are simulated."""
    return {"sr": {"degree": at.d}, "lt": {"cap": 2.0}}


def exact(at: Model, large: int) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the schemes with exact distributions, by label; fractional repetition has two degrees."""
    d = at.d
    return {
        f"gradient, fractional, d = {d}\n(= Repetition)": ("gradient-fractional", {"stragglers": d - 1}),
        f"gradient, fractional, d = {large}": ("gradient-fractional", {"stragglers": large - 1}),
        "BCC": ("bcc", {"degree": d}),
        printed("parts-cyclic", degree=d): ("parts-cyclic", {"degree": d}),
        printed("terms-cyclic"): ("terms-cyclic", {}),
        printed("genie"): ("genie", {}),
    }


def tails(lab: Lab, startup: str | None = None) -> Drawing:
    """Draw P(T > t): bands of runs for SR and LT, exact tails for the others, and the bound.

    It covers both start-up distributions, or the one that is given.
    """
    lab.at.require_parts()
    laws = tuple(WITHIN) if startup is None else (startup,)
    lines = [[law, *line] for law in laws for line in _lines(lab, replace(lab.at, startup=parse_law(law)))]
    return drawn_from(lines, lab.seed, lab.at)


def drawn_from(lines: Sequence[Line], seed: int, at: Model = PAPER) -> Drawing:
    """Return the figure from the lines of its CSV under :data:`CSV_COLUMNS`."""
    trials = max(int(line[-1] or 0) for line in lines)
    laws = list(dict.fromkeys(line[0] for line in lines))
    with house_style():
        picture = canvas(
            f"m = {at.symbols}, d = {at.d}, τ = {at.tau:g}; SR and LT: {trials} runs, seed {seed}, bands: {BAND};"
            " others: exact laws; grey: no scheme whose plans do not depend on the delays has so small a tail"
            " (docs/proofs/floor.md)",
            height=3.3 * max(len(laws), 1.3),
        )
        for ax, startup in zip(picture.subplots(len(laws), 1, squeeze=False)[:, 0], laws, strict=True):
            _draw(ax, replace(at, startup=parse_law(startup)), [line[1:] for line in lines if line[0] == startup])
        handles = [*ax.get_legend_handles_labels()[0], Patch(color=GREY, label=LIMIT)]
        legend_below(picture, handles, 2)
        picture.suptitle("Latency of codes and streams, and what no oblivious scheme can do")
    return Drawing("2a-all", picture, CSV_COLUMNS, lines)


def _draw(ax: Axes, at: Model, lines: Sequence[Line]) -> None:
    curves = {label: list(its) for label, its in groupby(lines, key=lambda line: line[0])}
    times, limit, *_ = _numbers(curves.pop(LIMIT))
    within = _shown(at) or (times[0], times[-1])
    ax.fill_between([within[0], *times], LEAST / 10, [1.0, *limit], color=GREY, linewidth=0)
    for i, (label, its) in enumerate(curves.items()):
        t, found, low, high = _numbers(its)
        seen = found > 0  # past the largest observation there is no curve to put a band around
        band: dict[str, Any] = {"color": COLOURS[i], "alpha": 0.2, "linewidth": 0}
        ax.fill_between(t, np.maximum(low, LEAST / 10), high, where=seen, **band)
        style: dict[str, Any] = {"color": COLOURS[i], "linestyle": dash(i), "linewidth": pen(1.7)}
        ax.plot(t, np.where(seen, found, np.nan), label=in_print(label.replace(" (=", "\n(=")), **style)
    ax.set(
        xscale="log",
        yscale="log",
        xlim=within,
        ylim=(LEAST, 1.4),
        ylabel="P(T > t)",
        title=f"X ~ {at.startup_text}",
    )
    if within[1] < 1000 * within[0]:  # over more decades powers of ten leave no room between them
        label_decimally(ax.xaxis, "25" if within[1] > 4 * within[0] else None)
    ax.set_xlabel(timed("latency t"))


def _shown(at: Model) -> tuple[float, float] | None:
    return WITHIN.get(at.startup_text) if replace(at, startup=PAPER.startup) == PAPER else None


def _numbers(lines: Sequence[Line]) -> Floats:
    """Return the columns t, tail, low, high, with nan for empty entries."""
    return np.array([[float(cell or "nan") for cell in line[1:5]] for line in lines]).T


def _one_line(label: str) -> str:
    return label.replace("\n", " ")


def _lines(lab: Lab, at: Model) -> Iterator[list[str]]:
    """Return the lines of the CSV without the start-up: an exact tail alone, others with limits and runs."""
    found = {
        label: lab.sample("latency", scheme, startup=at.startup_text, **options(at)[scheme])
        for label, scheme in SIMULATED.items()
    }
    grid = _grid(at, np.concatenate(list(found.values())))
    for label, sample in found.items():
        for t, *numbers in zip(grid, *tail_band(sample, grid), strict=True):
            yield [label, *(f"{x:.10g}" for x in (t, *numbers)), str(lab.trials)]
    schemes = exact(at, LARGE if _shown(at) else fastest(at, grid))
    tails_of = {label: exact_tail(scheme, grid, at, its) for label, (scheme, its) in schemes.items()}
    for label, law_of_it in {**tails_of, LIMIT: limits(grid, at)}.items():
        for t, p in zip(grid, law_of_it, strict=True):
            yield [_one_line(label), f"{t:.10g}", f"{p:.10g}", "", "", ""]


def _grid(at: Model, sample: Floats) -> Floats:
    within = _shown(at)
    if within is None:
        finite = sample[np.isfinite(sample)]
        return np.geomspace(finite.min() / 1.1, finite.max() * 1.1, POINTS)
    if at.startup_text == PARETO:  # nothing happens before 1: the points start there
        return 1 + np.geomspace(0.01, within[1] - 1, POINTS)
    return np.geomspace(*within, POINTS)


def fastest(at: Model, grid: Floats) -> int:
    """Return the d of 1, 2, 5, 10, ... whose fractional repetition has the least mean of T, as far as the grid goes."""
    few = grid[:: max(1, len(grid) // 20)]
    return min(series(at.symbols), key=lambda d: float(np.trapezoid(_fractional(d, few, at), few)))


def _fractional(degree: int, grid: Floats, at: Model) -> Floats:
    return exact_tail("gradient-fractional", grid, at, {"stragglers": degree - 1})


def limits(grid: Floats, at: Model) -> Floats:
    """Return a lower bound on P(T > t) of every oblivious scheme, whose plans do not depend on the delays.

    The floor (docs/proofs/floor.md) or, where it is more, the genie's tail (docs/proofs/theory.md, 5.2).
    """
    genie = np.array([_ends("genie", t, at, {})[1] for t in grid])
    return np.maximum(least_tail(at, grid), 1 - genie)


def exact_tail(scheme: str, grid: Floats, at: Model, its: dict[str, Any]) -> Floats:
    """Return P(T > t), the middle of its rigorous interval, at each time."""
    return np.array([1 - sum(_ends(scheme, t, at, its)) / 2 for t in grid])


def _ends(scheme: str, t: float, at: Model, its: dict[str, Any]) -> tuple[float, float]:
    model = replace(at, degree=its.get("degree"))
    return latency_law(scheme, model, stragglers=its.get("stragglers")).cdf(float(t))
