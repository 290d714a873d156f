"""Figures of two papers whose delays are not this one's, and how far cyclic order is from the best as m grows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.exceptions import reception_of
from srtheory.experiments.lab import Lab
from srtheory.experiments.trial import Task
from srtheory.model import Model
from srtheory.render.style import COLOURS, Drawing, canvas, dash, dot, house_style, legend_below, pen, timed
from srtheory.schemes import named
from srtheory.schemes.base import in_crew
from srtheory.theory.targets import cyclic_law, mean_floor, renewal_tails, reports, total_tails
from srtheory.types import Floats

M = 15
"""Terms, and workers, of Amiri and Gündüz."""
TASK, MESSAGE = "truncnorm(a=-1.8, b=1.8, loc=1, scale=0.5)", "truncnorm(a=-2, b=2, loc=5, scale=2)"
AT_ONCE = "uniform(0, 1e-6)"
"""No start-up delay."""
LOADS, TARGETS = (1, 2, 3, 5, 8, 11, 15), (1, 3, 5, 7, 9, 11, 13, 15)
ORDERS = {"terms-cyclic": "cyclic", "terms-staircase": "staircase", "terms-random": "random"}
FIRST, FLOOR = "K-th message", "floor"
"""The authors' bound, and that of docs/proofs/floor.md, Theorem 15."""
TIMES = np.linspace(1.0, 12.0, 89)
"""Of the floor's lower sum."""
MARKERS = "os^Dv*"

ROWS, WORKERS, EACH, WAIT = 10_000, 10, 0.001, 1.0
"""Of Mallick and others: rows of the matrix, workers, time for a row, and mean start-up delay."""
POINTS = 60

SIZES, SHARES = (10, 20, 50, 100, 200), (1.0, 0.8, 0.5)
"""m, and k/m."""
FINE = 100
"""Times between which a distribution is evaluated."""


def scheduling(lab: Lab) -> Drawing:
    """Draw mean times of K of 15 terms: over the load with all terms as the target, and over the target.

    Tasks and messages are truncated Gaussian, and messages overtake one another.
    """
    cases = [("load", load, M) for load in LOADS] + [("target", M, k) for k in TARGETS]
    rows = [(panel, load, k, *its) for panel, load, k in cases for its in _means(lab, load, k)]
    with house_style():
        picture = canvas(
            f"{M} terms and workers; a task takes a Gaussian time of mean 1 and deviation 0.5 within [0.1, 1.9], a"
            f" message, which may be overtaken, one of mean 5 and deviation 2 within [1, 9]; {lab.trials} runs; random"
            " order at full load only, as with less a term may be nobody's; floor: no order without repeats has less"
            " (docs/proofs/floor.md)",
            height=3.9,
        )
        axes = picture.subplots(1, 2, sharey=True)
        for ax, (panel, column, label) in zip(axes, (("load", 1, "load R"), ("target", 2, "target K")), strict=True):
            for i, name in enumerate((*ORDERS.values(), FIRST, FLOOR)):
                its = [(row[column], float(row[4])) for row in rows if (row[0], row[3]) == (panel, name)]
                style: dict[str, Any] = {"color": COLOURS[i], "linestyle": dash(i), "linewidth": pen(1.2)}
                ax.plot(*zip(*its, strict=True), marker=MARKERS[i], markersize=dot(4), label=name, **style)
            ax.set(xlabel=label, title="all 15 terms" if panel == "load" else "load 15")
        axes[0].set_ylabel(timed("mean T"))
        legend_below(picture, axes[0].get_lines(), 3)
        picture.suptitle("Orders of evaluation in the model of Amiri and Gündüz")
    return Drawing("scheduling", picture, ("panel", "load", "target", "order", "mean", "standard error"), rows)


def _means(lab: Lab, load: int, target: int) -> Iterator[tuple[str, str, str]]:
    """Yield names, mean times and standard errors, none of the floor."""
    samples = {
        ORDERS[name]: np.array(
            [
                record.latency
                for record in lab.records(
                    name,
                    symbols=M,
                    startup=AT_ONCE,
                    tau=TASK,
                    message_cost=MESSAGE,
                    delays={"link": "parallel"},
                    target=f"terms({target})",
                    load=load,
                )
            ]
        )
        for name in ORDERS
        if name != "terms-random" or load == M
    }
    delays = DelayModel(parse_law(AT_ONCE), TASK, MESSAGE, link="parallel")
    task = Task(in_crew(named("terms-cyclic").build(M, {}), load=load), delays, lab.seed)
    samples[FIRST] = np.array([reception_of(task, i, target).time[target - 1] for i in range(lab.trials)])
    for name, its in samples.items():
        yield name, f"{its.mean():.10g}", f"{its.std(ddof=1) / len(its) ** 0.5:.3g}"
    model = Model(M, None, TASK, parse_law(AT_ONCE), message_cost=MESSAGE)
    tails = reports(model, TIMES, load, free=True)
    yield FLOOR, f"{mean_floor(M, target, TIMES, tails, workers=M, prefixes=False)[0]:.10g}", ""


def rateless(lab: Lab) -> Drawing:
    """Draw tails of the latency, and of the work, of the product of a matrix with a vector.

    A coded row takes as long as a row, and the start-up delays are the same for all codes.
    """
    rows = [line for label, *its in _codes(lab) for line in _tails(label, *its)]
    with house_style():
        picture = canvas(
            f"m = {ROWS} rows, {WORKERS} workers, X ~ expon(scale={WAIT:g}), {EACH:g} time units a row, coded or not;"
            f" {_runs(lab)} runs on the same delays; LT codes are peeled, α times as many rows as the matrix has;"
            " ideal: any rows",
            height=3.9,
        )
        axes = picture.subplots(1, 2, sharey=True)
        for ax, measure in zip(axes, ("T", "C"), strict=True):
            for i, label in enumerate(dict.fromkeys(row[0] for row in rows)):
                its = [
                    (float(at), float(tail) or np.nan)
                    for name, what, at, tail in rows
                    if (name, what) == (label, measure)
                ]
                ax.plot(*zip(*its, strict=True), color=COLOURS[i], ls=dash(i), lw=pen(1.5), label=label)
            ax.set(yscale="log", title="latency" if measure == "T" else "work")
        axes[0].set(xlabel=timed("t"), ylabel="P(T > t) and P(C > c)")
        axes[1].set_xlabel("c, rows computed over m")
        legend_below(picture, axes[0].get_lines(), 3)
        picture.suptitle("Codes for matrix times vector in the model of Mallick and others")
    return Drawing("rateless", picture, ("code", "measure", "at", "tail"), rows)


def _runs(lab: Lab) -> int:
    return lab.fewer(10, min(lab.trials, 100))


def _codes(lab: Lab) -> Iterator[tuple[str, Floats, Floats]]:
    """Yield names, latencies and work over the rows of the matrix, run by run."""
    waits = np.random.default_rng(lab.seed).exponential(WAIT, (_runs(lab), WORKERS))
    share = ROWS // WORKERS
    # One worker sends the rows in their order, so that their number does not depend on what a row costs.
    peeled = lab.sample("stopping_time", "lt", symbols=ROWS, startup=AT_ONCE, tau=1.0, crew=1, trials=_runs(lab))

    def worked(ends: Floats, most: int) -> tuple[Floats, Floats]:
        done = np.clip(np.floor((ends[:, None] - waits) / EACH * (1 + 1e-12)), 0, most)
        return ends, done.sum(axis=1) / ROWS

    yield "uncoded", *worked(waits.max(axis=1) + EACH * share, share)
    pairs = waits.reshape(len(waits), -1, 2).min(axis=2)
    yield "2 replicas", *worked(pairs.max(axis=1) + EACH * 2 * share, 2 * share)
    yield "MDS, any 8", *worked(np.sort(waits, axis=1)[:, 7] + EACH * ROWS / 8, ROWS // 8)
    for label, most, needed in (
        ("LT, α = 1.25", 5 * share // 4, peeled),
        ("LT, α = 2", 2 * share, peeled),
        ("ideal", ROWS, np.full(len(waits), ROWS)),
    ):
        ends = np.array([_comes(its, most, int(number)) for its, number in zip(waits, needed, strict=True)])
        yield label, ends, np.where(np.isfinite(ends), needed, np.nan) / ROWS


def _comes(waits: Floats, most: int, number: int) -> float:
    """Return when so many rows are there, if a worker computes at most ``most``; inf if never."""
    if number > most * len(waits):
        return np.inf
    times = waits[:, None] + EACH * np.arange(1, most + 1)
    return float(np.partition(times, number - 1, axis=None)[number - 1])


def _tails(label: str, latency: Floats, work: Floats) -> Iterator[tuple[str, str, str, str]]:
    for measure, its in (("T", latency), ("C", work[np.isfinite(work)])):
        seen = its[np.isfinite(its)]
        for at in np.linspace(seen.min() - 1e-3, seen.max(), POINTS) if len(seen) else ():
            yield label, measure, f"{at:.10g}", f"{np.mean(its > at):.10g}"


def first_order(lab: Lab) -> Drawing:
    """Draw E[T] of cyclic order over the floor, and over the clairvoyant bound, for tasks that take Exp(1).

    Theorem 17 of docs/proofs/floor.md states that the former tends to 1 for every target.
    """
    del lab
    rows = [(share, m, *_ratios(m, round(share * m))) for share, m in product(SHARES, SIZES)]
    with house_style():
        picture = canvas(
            "tasks take Exp(1), no start-up delays and message times; floor: no oblivious scheme has a smaller mean"
            " (docs/proofs/floor.md); clairvoyant: nor has any other"
        )
        axes = picture.add_subplot()
        for i, share in enumerate(SHARES):
            its = [row for row in rows if row[0] == share]
            _ratio_line(axes, its, 2, i, f"{share:.0%} of the terms, over the floor")
        for i, share in enumerate(SHARES):
            its = [row for row in rows if row[0] == share]
            _ratio_line(axes, its, 3, i + len(SHARES), f"{share:.0%}, over clairvoyant")
        axes.set(xscale="log", xlabel="m", ylabel="E[T] of cyclic order over bounds")
        axes.set_title("Cyclic order comes close to the floor as m grows")
        legend_below(picture, axes.get_lines(), 2)
    return Drawing("first-order", picture, ("k/m", "m", "over floor", "over clairvoyant", "mean", "floor by"), rows)


def _ratio_line(axes: Axes, rows: Sequence[Sequence[Any]], column: int, i: int, label: str) -> None:
    style: dict[str, Any] = {"color": COLOURS[i], "linestyle": dash(i), "marker": MARKERS[i], "markersize": dot(4)}
    axes.plot([row[1] for row in rows], [float(row[column]) for row in rows], label=label, linewidth=pen(1.2), **style)


def _ratios(m: int, k: int) -> tuple[str, str, str, str]:
    """Return E[T] over the floor and over the clairvoyant bound, E[T] itself, and the name of the floor."""

    def late(t: Floats) -> tuple[Any, Floats, Floats]:
        """Return the tails of the workers' counts, and P(T > t) in cyclic order and for a clairvoyant."""
        tails = renewal_tails(0.0, parse_law("expon()"), t, m)
        each = [*zip(*tails, strict=True)]
        cyclic = [1 - cyclic_law(m, its, most=m - k)[0][-1] for its in each]
        return tails, np.array(cyclic), np.array([1 - total_tails(its, k, workers=m)[0][-1] for its in each])

    rough = np.arange(0.1, 12.0, 0.4)
    _, cyclic, sees = late(rough)
    begin, end = rough[sees > 1 - 1e-6].max(initial=0.0), rough[cyclic < 1e-4].min(initial=12.0)
    times = np.linspace(begin, end, FINE + 1)[int(begin == 0.0) :]
    tails, cyclic, sees = late(times)
    least, bounds = mean_floor(m, k, times, tails, workers=m)
    mean = float(np.trapezoid(np.append(1.0, cyclic), np.append(0.0, times)))
    clairvoyant = float(np.diff(times, prepend=0.0) @ sees)  # a lower sum, as the floor is
    by = min(bounds, key=lambda its: abs(its.value - 0.5)).by
    return f"{mean / least:.10g}", f"{mean / clairvoyant:.10g}", f"{mean:.10g}", by
