"""T of many runs of real workers with the prediction of the delay model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from paper_checks.records.workers import SETTINGS, Line, Measured, fitted, predicted, read_arrivals, read_runs
from srtheory.experiments.lab import Lab
from srtheory.render.style import (
    COLOURS,
    Drawing,
    canvas,
    dash,
    house_style,
    label_decimally,
    legend_below,
    named_style,
    pen,
)
from srtheory.schemes import printed
from srtheory.types import Floats

FEW_DECADES = 100
"""Ratio of the ends of an axis below which 2 and 5 times a power of ten are labelled, too."""


def comparison(lab: Lab) -> Drawing:
    """Draw T measured and predicted, from the stored runs."""
    del lab
    return draw_comparison(read_runs(), read_arrivals())


def draw_comparison(runs: Sequence[Measured], lines: Sequence[Line]) -> Drawing:
    """Draw the fractions of runs that stop by t, measured as steps and predicted as smooth lines, of any such runs."""
    points: list[tuple[object, ...]] = []
    with house_style():
        made = canvas(
            "steps: measured, runs of odd number; lines: simulated with model (4) fitted to the runs of even number",
            height=3.4 * len(SETTINGS),
        )
        panels = np.atleast_1d(made.subplots(len(SETTINGS), 1))
        for axes, (name, setting) in zip(panels, SETTINGS.items(), strict=True):
            fit = fitted(name, runs, lines, repeats=0)
            for i, (colour, scheme) in enumerate(zip(COLOURS, setting.schemes, strict=False)):
                line = {"linestyle": dash(i) if named_style() else "-"}
                thin = {**line, "linewidth": pen(0.6)} if named_style() else {"linestyle": "--", "linewidth": pen(0.9)}
                times = np.sort([r.latency for r in runs if (r.setting, r.scheme) == (name, scheme) and r.trial % 2])
                simulated = np.sort(predicted(name, scheme, fit))
                label = printed(scheme)
                _share(axes, times, color=colour, linewidth=pen(1.6), drawstyle="steps-post", label=label, **line)
                _share(axes, simulated, color=colour, **thin)
                for kind, values in (("measured", times), ("predicted", simulated)):
                    shares = (np.arange(1, len(values) + 1) / len(values)).tolist()
                    its = zip(values.tolist(), shares, strict=True)
                    points += [(name, scheme, kind, f"{t:.6g}", f"{share:.6g}") for t, share in its]
            axes.set(title=f"{setting.says}: τ = {fit.tau:.3g} s", ylabel="fraction of runs", xscale="log")
            axes.set_xlabel("T in seconds")
            low, high = axes.get_xlim()
            label_decimally(axes.xaxis, "25" if high < FEW_DECADES * low else "")
        kinds = {"measured": {"linewidth": pen(1.6)}, "predicted": thin | {"linestyle": "-" if named_style() else "--"}}
        keys = [Line2D([], [], color="black", label=kind, **style) for kind, style in kinds.items()]
        legend_below(made, [*panels[0].get_lines()[::2], *keys], 3)
    return Drawing("workers-model", made, ("setting", "scheme", "kind", "t", "share"), points)


def _share(axes: Axes, times: Floats, **style: object) -> None:
    axes.plot(times, np.arange(1, len(times) + 1) / len(times), **style)  # type: ignore[arg-type]
