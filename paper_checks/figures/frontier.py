"""Latency against messages: the cost of each scheme over its degrees, as the cost of a message grows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from paper_checks.floors import GREY, least_mean
from paper_checks.floors import LABEL as FLOOR
from paper_checks.parameters import PAPER
from srtheory.experiments.compare import LIMIT, Point, best, explore
from srtheory.experiments.compare import frontier as undominated
from srtheory.experiments.lab import Lab
from srtheory.render.style import (
    COLOURS,
    Drawing,
    canvas,
    dash,
    dot,
    house_style,
    label_decimally,
    legend_below,
    small,
    timed,
    width_of,
)
from srtheory.schemes import printed
from srtheory.types import Floats

Label = tuple[str, tuple[float, float], str]
"""Text of a label, its point, and its colour."""

COSTS = (0, 1, 10, 100)
SCHEMES = ("sr", "parts-cyclic", "repetition", "bcc", "lt", "terms-cyclic", LIMIT)
MARKERS = "osDv^*P"
NAMED = ("sr", "parts-cyclic")
"""Schemes whose degree of least latency is labelled."""
OFFSETS = tuple((across, up) for up in (-18, 18, -30, 30) for across in (-4, 8, -20, 20, -32, 32))
"""Places of such a label about its point, in points, the preferred ones first."""
CSV_COLUMNS = ("kappa/tau", "scheme", "d", "mean messages", "mean latency", "standard error", "frontier")


def frontier(lab: Lab, schemes: Sequence[str] = SCHEMES, options: Sequence[str] = ()) -> Drawing:
    """Draw a panel for each cost of a message, and a curve for each scheme over its degrees.

    The genie is a bound; a grey region is below the mean latency of every oblivious scheme (docs/proofs/floor.md).
    ``schemes`` and ``options`` are as for :func:`paper_checks.figures.drawing`.
    """
    at, trials, rows = lab.at, lab.fewer(2), []
    floors: list[tuple[Axes, float]] = []
    labels: list[tuple[Axes, list[Label]]] = []
    with house_style():
        picture = canvas(
            f"m = {at.symbols}, τ = {at.tau}, X ~ {at.startup_text}; {trials} runs a point on the same delays, means;"
            " d = 1, 2, 5, 10, …; large: no other point beats it in latency and messages beyond paired standard errors"
            " (95 %); grey: no oblivious scheme has so small a mean latency (docs/proofs/floor.md)",
            height=5.9,
        )
        axes = picture.subplots(2, 2, sharex=True, sharey=True)
        for ax, cost in zip(axes.flat, COSTS, strict=True):
            points = explore(lab, at.symbols, at.tau, at.startup_text, cost * at.tau, schemes, trials, options)
            _draw(ax, points, schemes)
            labels.append((ax, list(_labels(points, schemes))))
            ax.set_title("messages are free" if cost == 0 else "κ = τ" if cost == 1 else f"κ = {cost}τ")
            rows += list(_rows(cost, points))
            bound = least_mean(at, cost * at.tau, coarse=True)
            rows.append((cost, FLOOR, "", "", f"{bound:.10g}", "", "no"))
            floors.append((ax, bound))
        axes[0, 0].set(xscale="log", yscale="log")
        if at == PAPER:
            axes[0, 0].set_ylim(0.2, 20)
        else:
            label_decimally(axes[0, 0].yaxis, "25")
        for ax, bound in floors:
            lowest, highest = ax.get_ylim()
            if bound > lowest:
                ax.axhspan(lowest, min(bound, highest), color=GREY, linewidth=0, zorder=0, label=FLOOR)
        axes[0, 0].set_ylim(lowest, highest)
        for ax in axes[1]:
            ax.set_xlabel("mean messages received")
        for ax in axes[:, 0]:
            ax.set_ylabel(timed("mean latency"))
        legend_below(picture, axes[0, 0].get_legend_handles_labels()[0], 3)
        picture.suptitle("Cost of a scheme: latency against messages")
        picture.draw_without_rendering()  # where a label has room depends on the layout
        for ax, its in labels:
            label(ax, its)
    return Drawing("frontier", picture, CSV_COLUMNS, rows)


def _draw(ax: Axes, points: Sequence[Point], schemes: Sequence[str]) -> None:
    ahead = undominated(points)
    for i, scheme in enumerate(schemes):
        style: dict[str, Any] = {"color": COLOURS[i % len(COLOURS)], "marker": MARKERS[i % len(MARKERS)]}
        own = [p for p in points if p.scheme == scheme and p.unrecovered == 0]
        ax.plot(*_costs(own), linestyle=dash(i), markersize=dot(3), label=printed(scheme), **style)
        ax.plot(*_costs([p for p in own if p in ahead]), linestyle="", markersize=dot(6), **style)


def _labels(points: Sequence[Point], schemes: Sequence[str]) -> Iterator[Label]:
    fastest = best(points)
    for i, scheme in enumerate(schemes):
        if scheme in NAMED and (p := fastest[scheme]).unrecovered == 0:
            yield f"d = {p.degree}", (p.messages.mean, p.latency.mean), COLOURS[i % len(COLOURS)]


def label(ax: Axes, labels: Sequence[Label]) -> None:
    """Label points of axes that are laid out, within the axes and beside curves and other labels if possible."""
    scale = ax.get_figure(root=True).dpi / 72  # type: ignore[union-attr]
    covered = np.concatenate([_along(ax.transData.transform(line.get_xydata())) for line in ax.get_lines()])
    for text, point, colour in labels:
        half = scale * np.array([width_of(text, small()), small()]) / 2
        middles = ax.transData.transform(point) + scale * dot(1) * np.array(OFFSETS)
        outside = ((middles - half < ax.bbox.min) | (middles + half > ax.bbox.max)).any(axis=1)
        near = abs(covered - middles[:, None]) < half + scale * dot(2)  # markers have a size
        place = np.lexsort((near.all(axis=2).sum(axis=1), outside))[0]
        across, up = OFFSETS[place]
        ax.annotate(
            text,
            point,
            xytext=(dot(across), dot(up)),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=small(),
            color=colour,
            arrowprops={"arrowstyle": "-", "linewidth": 0.6, "color": colour, "shrinkB": 2},
        )
        covered = np.concatenate([covered, _along(middles[place] + [-half, half])])


def _along(corners: Floats) -> Floats:
    """Return points close together on the way from corner to corner."""
    if len(corners) < 2:
        return corners
    at = np.linspace(0, len(corners) - 1, 50 * len(corners))
    return np.column_stack([np.interp(at, np.arange(len(corners)), its) for its in corners.T])


def _costs(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    return [p.messages.mean for p in points], [p.latency.mean for p in points]


def _rows(cost: int, points: Sequence[Point]) -> Iterator[tuple[Any, ...]]:
    ahead = undominated(points)
    for p in points:
        numbers = (p.messages.mean, p.latency.mean, p.latency.standard_error)
        degree = "" if p.degree is None else p.degree
        yield cost, p.scheme, degree, *(f"{x:.10g}" for x in numbers), "yes" if p in ahead else "no"
