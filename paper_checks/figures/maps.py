"""Maps and curves from theory without trials, except the runs that check the regime map."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from paper_checks.parameters import PAPER
from paper_checks.theory.thresholds import critical_ratio, least_degree_sharp
from srtheory.delays import parse_law
from srtheory.errors import require_int, require_positive
from srtheory.experiments.lab import Lab
from srtheory.model import Model
from srtheory.render.one_run import ending_of
from srtheory.render.style import (
    COLOURS,
    Drawing,
    canvas,
    dash,
    dot,
    house_style,
    legend_below,
    named_style,
    pen,
    timed,
)
from srtheory.schemes import printed
from srtheory.theory.latency import (
    Ending,
    block_bound,
    continuous_fluid_limit,
    exponential_fluid_limit,
    paper_bound,
    sharp_bound,
    typical_times,
)
from srtheory.theory.startup import MOST_SYMBOLS, require_degree

EXPON = "expon(scale=1)"
M_VALUES = (30, 100, 1000)
LEAST_MAPPED = 2
"""The least m over whose logarithm a degree is drawn."""
RATIOS = (0.25, 5.0)
LOADS = np.geomspace(0.005, 20, 31)
GROWING = np.unique(np.geomspace(30, 10_000, 16).round().astype(int))
TERM_LOADS = (0.001, 0.01, 0.03, 0.1)
CHECKED = [(c, y) for c in (0.75, 1.5, 3.0, 4.5) for y in (0.01, 0.1, 1.0, 10.0)]
IN_PRINT = dict(zip(Ending, ("#eaf1f8", "#f6c08a", "#79b79a", "#7d6a94"), strict=True))
"""Colours of areas that differ in their lightness, too."""
MARKERS = "os^Dv*Ph<>X"
"""Of schemes, of which more are drawn than there are colours."""
PALE = dict(zip(Ending, ("#9ecae1", "#fdc38d", "#a1d9b1", "#e3b7d2"), strict=True))


def regime_map(lab: Lab, symbols: int | None = None) -> Drawing:
    """Draw which event ends a run, over d/ln m and mu tau d; dots show what ended most of some simulated runs.

    There is a panel for each of some m, or one for ``symbols`` alone, an m from 2 to 10^5.
    """
    sizes = M_VALUES if symbols is None else (require_int("symbols", symbols, LEAST_MAPPED, MOST_SYMBOLS),)
    trials, table = lab.fewer(20, 5), []
    with house_style():
        picture = canvas(
            f"areas: typical times of the four events; dots: most frequent end of {trials} runs each", height=3.6
        )
        axes = picture.subplots(1, len(sizes), sharey=True, squeeze=False)[0]
        for ax, m in zip(axes, sizes, strict=True):
            table += list(_regimes(ax, m))
            table += list(_checks(ax, lab, m, trials))
        axes[0].set_ylabel("load μτd")
        pale, ink = _pale(), "black" if named_style() else None
        handles = [Patch(facecolor=pale[e], edgecolor=ink or pale[e], label=e) for e in Ending]
        handles += axes[0].plot([], [], color="black", linestyle="--", label="m → ∞: m rows\ncover to its right")
        legend_below(picture, handles, 3)
        picture.suptitle("Events that end a run of the SR code (exponential start-up)")
    return Drawing("regimes", picture, ("m", "d", "tau", "mu", "ending", "share_of_runs"), table)


def _regimes(ax: Axes, m: int) -> Iterator[tuple[Any, ...]]:
    law, order = parse_law(EXPON), list(Ending)
    degrees = np.arange(_degree(RATIOS[0], m), _degree(RATIOS[1], m) + 1)
    grid = np.empty((len(LOADS), len(degrees)))
    for (i, y), (j, d) in product(enumerate(LOADS), enumerate(degrees.tolist())):
        ending = typical_times(Model(m, d, y / d, law)).ending
        grid[i, j] = order.index(ending)
        yield m, d, y / d, 1.0, ending, ""
    ax.pcolormesh(
        degrees / math.log(m),
        LOADS,
        grid,
        cmap=ListedColormap(list(_pale().values())),
        vmin=0,
        vmax=3,
        shading="nearest",
    )
    ax.plot([critical_ratio(y) for y in LOADS], LOADS, color="black", linestyle="--", linewidth=pen(1))
    ax.set(
        yscale="log",
        xlim=(degrees[0] / math.log(m), RATIOS[1]),
        ylim=(LOADS[0], LOADS[-1]),
        xlabel="d/ln m",
        title=f"m = {m}",
    )
    ax.grid(visible=False)


def _pale() -> dict[Ending, str]:
    return IN_PRINT if named_style() else PALE


def _degree(ratio: float, m: int) -> int:
    return max(1, round(ratio * math.log(m)))


def _checks(ax: Axes, lab: Lab, m: int, trials: int) -> Iterator[tuple[Any, ...]]:
    for c, y in CHECKED:
        d = _degree(c, m)
        records = lab.records("sr", startup=EXPON, symbols=m, tau=y / d, degree=d, trials=trials)
        endings = [ending_of(r, m) for r in records]
        most = max(Ending, key=endings.count)
        edge: dict[str, Any] = {"markeredgecolor": "black", "markeredgewidth": pen(0.9)}
        ax.plot(d / math.log(m), y, "o", markersize=dot(5), color=_pale()[most], **edge)
        yield m, d, y / d, 1.0, most, endings.count(most) / trials


def fluid_bounds(lab: Lab) -> Drawing:
    """Draw the fluid limit against bound (5) and its sharp form, over the load, in units of 1/mu."""
    d, loads = require_degree(lab.at.d), np.geomspace(1e-3, 30, 200)
    limit = f"fluid limit t* (d = {d})"
    lines = {
        limit: [exponential_fluid_limit(y / d, d, 1.0) for y in loads],
        "continuous fluid limit": [continuous_fluid_limit(y / d, d, 1.0) for y in loads],
        "bound (5): 2τd + 1/μ": [paper_bound(y / d, d, 1.0) for y in loads],
        "τd + 1/μ": [sharp_bound(y / d, d, 1.0) for y in loads],
        "sharp: τ(d + 1) + 0.4812/μ": [block_bound(y / d, d, 1.0) for y in loads],
    }
    with house_style():
        picture = canvas("exponential start-up, time in units of 1/μ; no simulation")
        axes = picture.add_subplot()
        for i, (name, values) in enumerate(lines.items()):
            axes.plot(loads, np.array(values) / lines[limit], color=COLOURS[i], ls=dash(i), label=name)
        axes.set(xscale="log", yscale="log", xlabel="load μτd", ylabel="ratio to the fluid limit t*")
        axes.set_title("Theorem 1's bound over the fluid limit")
        legend_below(picture, axes.get_lines(), 2)
    rows = [(f"{y:.10g}", *(f"{v[i]:.10g}" for v in lines.values())) for i, y in enumerate(loads)]
    return Drawing("bounds", picture, ("load", *lines), rows)


def thresholds(lab: Lab, symbols: int | None = None, tau: float | None = None, startup: str | None = None) -> Drawing:
    """Draw the least d with P(CC <= 1.1 m) >= 0.99 as m grows, by the sharp condition, for several mu tau.

    Options: up to ``symbols``, from 2 to 10^5, instead of 10^4; for ``tau`` alone; for another start-up distribution,
    in whose unit tau then is.
    """
    del lab
    law, rows = parse_law(startup or EXPON), []
    law_said, sign = ("exponential start-up", "μτ") if startup is None else (f"X ~ {startup}", "τ")
    growing = GROWING if symbols is None else _up_to(require_int("symbols", symbols, LEAST_MAPPED, MOST_SYMBOLS))
    with house_style():
        picture = canvas(f"{law_said}; d with exp(−expected uncovered) ≥ 0.99 after 1.1 m rows; no simulation")
        axes = picture.add_subplot()
        for i, each in enumerate(TERM_LOADS if tau is None else (require_positive("tau", tau),)):
            least = [least_degree_sharp(Model(int(m), None, each, law), overhead=0.1, failure=0.01) for m in growing]
            values = np.array([np.nan if d is None else d for d in least], dtype=float)
            label = f"{sign} = {each:g}"
            axes.plot(growing, values, color=COLOURS[i], linestyle=dash(i), drawstyle="steps-mid", label=label)
            rows += [(each, int(m), "" if d is None else d) for m, d in zip(growing, least, strict=True)]
        axes.plot(growing, np.log(growing), color="black", linewidth=pen(0.8), label="ln m")
        axes.set(xscale="log", xlabel="m", ylabel="least degree d", title="How large must d be?")
        legend_below(picture, axes.get_lines(), 5)
    return Drawing("thresholds", picture, ("mu tau" if startup is None else "tau", "m", "least d"), rows)


def _up_to(symbols: int) -> npt.NDArray[np.int64]:
    """Return some m up to this one, which is the last."""
    return np.unique(np.geomspace(min(30, max(LEAST_MAPPED, symbols / 2)), symbols, 16).round().astype(int))


def work_to_genie(lab: Lab) -> Drawing:
    """Draw term evaluations until the sum is recovered, by scheme, over the m that the genie needs."""
    at, d = lab.at, {"degree": lab.at.d}
    at.require_parts()
    schemes: dict[str, dict[str, Any]] = {
        "genie": {}, "terms-cyclic": {}, "parts-cyclic": d, "parts-stream": d, "terms-random": {},
        "sr": d, "lt": {"cap": 2.0}, "repetition": d, "bcc": d, "uncoded": {}, "one": {},
    }  # fmt: skip
    rows: list[tuple[str, str, str, int]] = []
    means: dict[str, tuple[float, float]] = {}
    for name, options in schemes.items():
        done = [r for r in lab.records(name, **options) if r.stopping_time is not None]
        if done:
            latency, work = (float(np.mean([getattr(r, what) for r in done])) for what in ("latency", "work"))
            means[name] = latency, work / at.symbols
            rows.append((name, f"{latency:.10g}", f"{work:.10g}", len(done)))
        else:
            rows.append((name, "", "", 0))
    degree = "" if at == PAPER else f"d = {at.d}, "
    shown = f"m = {at.symbols}, {degree}τ = {at.tau}, X ~ {at.startup_text}"
    with house_style():
        picture = canvas(f"{shown}; {lab.trials} runs each, mean latency and mean work")
        axes = picture.add_subplot()
        for name, (latency, work) in means.items():
            colour, marker = (its[list(schemes).index(name) % len(its)] for its in (COLOURS, MARKERS))
            label = printed(name, **schemes[name])
            # some lie over one another
            hollow: dict[str, Any] = {
                "markerfacecolor": "none",
                "markeredgewidth": pen(1.4),
            }
            axes.plot(latency, work, marker, color=colour, markersize=dot(7), label=label, **hollow)
        axes.set(xscale="log", yscale="log", xlabel=timed("mean latency"), ylabel="term evaluations over m")
        axes.set_title("Work of all workers until the sum is recovered")
        legend_below(picture, axes.get_lines(), 3)
    return Drawing("work", picture, ("scheme", "mean latency", "mean work", "runs that recover"), rows)
