"""A run of real workers, drawn like a simulated run; and T of many runs with the prediction of the delay model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from srtheory.experiments.lab import Lab
from srtheory.reception import Reception
from srtheory.report.figures.one_run import NOTE, Run, drawn, steps
from srtheory.report.style import COLOURS, Drawing, canvas, house_style, legend_below
from srtheory.report.workers import SETTINGS, Line, Measured, fitted, predicted, read_arrivals, read_runs
from srtheory.rows import from_sets
from srtheory.types import Floats
from srtheory.workers.execution import Execution

MOST_LABELLED = 16
"""Largest number of workers whose symbols have room for their terms."""


def picture(done: Execution, about: str) -> Drawing:
    """Draw the timelines by measured times; ``about`` describes the sum."""
    return drawn("workers", followed(done, about))


def followed(done: Execution, about: str) -> Run:
    """Return a run row by row: the measurements, with rank and span exact over Q.

    A symbol is drawn from the start of its first term to its arrival at the master, and a start-up until the first
    term. For a worker that has sent nothing it is drawn up to the injected delay. Rows with weights other than 1 are
    drawn by their supports.
    """
    scheme, arrivals = done.scheme, done.arrivals
    rows = from_sets(scheme.symbols, [arrival.support for arrival in arrivals])
    worker = np.array([arrival.worker for arrival in arrivals], dtype=np.int32)
    time = np.array([arrival.arrived for arrival in arrivals])
    terms = np.array([arrival.terms for arrival in arrivals], dtype=np.int64)
    reception = Reception(rows, worker, time, terms, np.full(scheme.workers, 1 << 62))
    startups = done.startups.copy()
    for arrival in arrivals:
        if arrival.index == 0:
            startups[arrival.worker] = arrival.began
    longest = max(len(arrival.support) for arrival in arrivals)
    lost = {j: fault.time for fault in reversed(done.faults) for j in fault.workers}
    return Run(
        title=f"{about[:1].upper()}{about[1:]},\n{scheme.workers} workers in {done.processes} processes",
        source=f"run {done.record.trial}, times measured; {NOTE}",
        symbols=scheme.symbols,
        degree=longest,
        startups=startups,
        steps=list(steps(reception, [arrival.began for arrival in arrivals], done.record)),
        record=done.record,
        losses=lost,
        labelled=scheme.workers <= MOST_LABELLED,
        clock="time in seconds",
    )


def comparison(lab: Lab) -> Drawing:
    """Draw T measured and predicted, from the stored runs.

    Raises
    ------
    ArgumentError
        If the record does not exist.
    """
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
            for colour, scheme in zip(COLOURS, setting.schemes, strict=False):
                times = np.sort([r.latency for r in runs if (r.setting, r.scheme) == (name, scheme) and r.trial % 2])
                simulated = np.sort(predicted(name, scheme, fit))
                _share(axes, times, color=colour, linewidth=1.6, drawstyle="steps-post", label=scheme)
                _share(axes, simulated, color=colour, linewidth=0.9, linestyle="--")
                for kind, values in (("measured", times), ("predicted", simulated)):
                    shares = (np.arange(1, len(values) + 1) / len(values)).tolist()
                    its = zip(values.tolist(), shares, strict=True)
                    points += [(name, scheme, kind, f"{t:.6g}", f"{share:.6g}") for t, share in its]
            axes.set(title=f"{setting.says}: τ = {fit.tau:.3g} s", ylabel="share of runs", xscale="log")
        panels[-1].set_xlabel("T in seconds")
        legend_below(made, panels[0].get_lines()[::2], 3)
    return Drawing("workers-model", made, ("setting", "scheme", "kind", "t", "share"), points)


def _share(axes: Axes, times: Floats, **style: object) -> None:
    axes.plot(times, np.arange(1, len(times) + 1) / len(times), **style)  # type: ignore[arg-type]
