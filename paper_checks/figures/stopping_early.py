"""Cost of stopping early: the error of the rows so far, by time and by rows, of codes and of uncoded streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from paper_checks.parameters import EXPONENTIAL, PAPER, PARETO
from paper_checks.records.approximate import runs
from paper_checks.theory.approximate import (
    cyclic_error,
    fractional_error,
    fractional_error_by_rows,
    one_step_error,
    one_step_error_by_rows,
)
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.experiments.trial import Task
from srtheory.model import Model
from srtheory.render.style import COLOURS, Drawing, canvas, dash, house_style, legend_below, pen, timed
from srtheory.schemes import make, printed
from srtheory.schemes.base import Scheme
from srtheory.schemes.gradient import BernoulliGradient, RegularGradient
from srtheory.types import Floats

Line = Sequence[str]
UNTIL = {EXPONENTIAL: (0.0, 0.9), PARETO: (1.0, 1.5)}
"""Times that are shown at the paper's parameters; at others, until a little after most SR codes recover the sum."""
POINTS = 46
AFTER = 1.25
"""Multiple of the median latency of SR codes until which errors are shown at other parameters than the paper's."""
MORE = 20
"""Factor in the runs of schemes whose rows are parts of a partition, which need no least squares."""
ERROR = 0.05
"""Probability that a band misses some mean."""
LEAST = 1e-3
"""Errors below this are not drawn."""
CSV_COLUMNS = ("startup", "axis", "curve", "at", "mean error", "95 % half-width", "runs")


@dataclass(frozen=True, eq=False)
class Curve:
    """Mean error over time or over rows, of so many runs; exact if there are no runs.

    Its half-width is that of a band that contains all means of the curve with probability 95 %.
    """

    label: str
    at: Floats
    error: Floats
    half_width: Floats | None = None
    runs: int | None = None


def labels(degree: int) -> tuple[str, ...]:
    """Return the labels of all curves, in the order of their colours."""
    return (
        printed("sr"),
        printed("parts-cyclic", degree=degree),
        printed("terms-cyclic"),
        printed("gradient-fractional"),
        "fractional, best d for t",
        "gradient, regular graph",
        "gradient, Bernoulli (BGC)",
        "regular or fractional, one step",
    )


def errors(lab: Lab, startup: str | None = None) -> Drawing:
    """Draw the mean of min_v ||vG - 1||^2 / m, by time on the left and by received rows on the right.

    It covers both start-up distributions, or the one that is given.
    """
    lab.at.require_parts()
    if lab.at.symbols % lab.at.d:
        raise ArgumentError("degree", lab.at.d, f"a divisor of {lab.at.symbols}, for parts of one size")
    laws = tuple(UNTIL) if startup is None else (startup,)
    lines = [line for law in laws for line in _lines(lab, replace(lab.at, startup=parse_law(law)))]
    return drawn_from(lines, lab.seed, lab.at)


def drawn_from(lines: Sequence[Line], seed: int, at: Model = PAPER) -> Drawing:
    """Return the figure from the lines of its CSV under :data:`CSV_COLUMNS`."""
    runs_of = {line[2]: line[-1] for line in lines if line[-1]}
    sr, parts, *_ = labels(at.d)
    laws = list(dict.fromkeys(line[0] for line in lines))
    with house_style():
        picture = canvas(
            f"m = {at.symbols}, d = {at.d}, τ = {at.tau:g}; least squares but for one step; {runs_of[sr]} runs"
            f" ({runs_of[parts]} of parts and terms), seed {seed}; bands of their means: 95 % for the whole curve"
            " (Bonferroni, Student's t); curves without one:"
            " exact; no scheme whose orders do not follow the delays is ever below terms in cyclic order",
            height=3.2 * max(len(laws), 1.3),
        )
        axes = picture.subplots(len(laws), 2, sharey=True, squeeze=False)
        for (left, right), startup in zip(axes, laws, strict=True):
            for ax, axis in ((left, "time"), (right, "rows")):
                _draw(ax, [line for line in lines if (line[0], line[1]) == (startup, axis)], at.d)
            times = [float(line[3]) for line in lines if line[:2] == [startup, "time"]]
            left.set(xlim=(min(times), max(times)), xlabel=timed("time t"), ylabel="mean error", title=f"X ~ {startup}")
            right.set(xlim=(0, at.symbols), xlabel="received rows")
        axes[0, 0].set(yscale="log", ylim=(LEAST, 2))
        legend_below(picture, axes[0, 0].get_legend_handles_labels()[0], 2)
        picture.suptitle("The error of stopping early: min ‖vG − 1‖²/m")
    return Drawing("errors", picture, CSV_COLUMNS, lines)


def _lines(lab: Lab, at: Model) -> Iterator[list[str]]:
    """Return the lines of the CSV, curve by curve in the order of their colours."""
    order, times = labels(at.d), times_shown(lab, at)
    simulated = [_simulated(lab, at, times, label, scheme) for label, scheme in schemes(at).items()]
    for axis, exact, place in (("time", by_time(at, times), 0), ("rows", by_rows(at), 1)):
        curves = [*exact, *(pair[place] for pair in simulated)]
        for curve in sorted(filter(None, curves), key=lambda curve: order.index(curve.label)):
            yield from ([at.startup_text, axis, *row] for row in _rows(curve))


def trials_of(lab: Lab) -> int:
    """Return the number of runs: few, since errors vary little and a run takes half a second, unless asked for."""
    return lab.asked or min(lab.trials // 2, 20 + lab.trials // 500)


def schemes(at: Model) -> dict[str, Scheme]:
    """Return the schemes with simulated error, by label; parts and terms for their errors by rows only."""
    m, d = at.symbols, at.d
    sr, parts, terms, _, _, regular, bernoulli, _ = labels(d)
    return {
        sr: make("sr", m, degree=d),
        parts: make("parts-cyclic", m, degree=d),
        terms: make("terms-cyclic", m),
        regular: RegularGradient(m, d),
        bernoulli: BernoulliGradient(m, d),
    }


def by_time(at: Model, t: Floats) -> Iterator[Curve]:
    """Return the curves whose mean is known exactly."""
    m, degree, tau, law = at.symbols, at.d, at.tau, at.startup
    _, parts, terms, fractional, best, _, _, one_step = labels(degree)
    yield Curve(parts, t, cyclic_error(Model(m, degree, tau, law), t))
    yield Curve(terms, t, cyclic_error(Model(m, 1, tau, law), t))
    yield Curve(fractional, t, fractional_error(Model(m, degree, tau, law), t))
    most = max(1, min(m, int(t[-1] / tau)))  # no scheme needs more terms
    yield Curve(best, t, np.array([fractional_error(Model(m, d, tau, law), t) for d in range(1, most + 1)]).min(axis=0))
    yield Curve(one_step, t, one_step_error(Model(m, degree, tau, law), t))


def by_rows(at: Model) -> Iterator[Curve]:
    """Return the same over received rows; all workers of a regular code take the same time, for every start-up."""
    m, degree = at.symbols, at.d
    counts = _counts(m)
    *_, fractional, _, _, _, one_step = labels(degree)
    for label, law in ((fractional, fractional_error_by_rows), (one_step, one_step_error_by_rows)):
        yield Curve(label, counts.astype(float), np.array([float(law(k, m, degree)) for k in counts.tolist()]))


def times_shown(lab: Lab, at: Model) -> Floats:
    """Return the times on the figure's axis."""
    if replace(at, startup=PAPER.startup) == PAPER and at.startup_text in UNTIL:
        return np.linspace(*UNTIL[at.startup_text], POINTS)
    ends = lab.sample("latency", "sr", startup=at.startup_text, degree=at.d, trials=trials_of(lab))
    low = float(at.startup.ppf(0.0))
    return np.linspace(low, low + AFTER * (float(np.median(ends)) - low), POINTS)


def _counts(m: int) -> npt.NDArray[np.int64]:
    return np.unique(np.linspace(0, m, POINTS).round().astype(np.int64))


def _simulated(lab: Lab, at: Model, times: Floats, label: str, scheme: Scheme) -> tuple[Curve | None, Curve]:
    """Return the mean errors by time and by rows; none by time if it is known exactly."""
    counts, exact = _counts(at.symbols), scheme.decoder == "partition"
    trials = trials_of(lab) * (MORE if exact and lab.asked is None else 1)
    task = Task(scheme, at.delays, lab.seed)
    by_t, by_k = runs(task, trials, times[:1] if exact else times, counts)
    lab.progress(label, trials)
    return None if exact else _mean(label, times, by_t), _mean(label, counts.astype(np.float64), by_k)


def _mean(label: str, at: Floats, sample: Floats) -> Curve:
    half_width = multiple(len(sample), len(at)) * sample.std(axis=0, ddof=1) / len(sample) ** 0.5
    return Curve(label, at, sample.mean(axis=0), half_width, len(sample))


def multiple(trials: int, points: int) -> float:
    """Return the half-width in standard errors of a band that contains the means at so many points, nearly with 95 %.

    It is Bonferroni's with Student's distribution: exact at least for normal errors, and approximate for many runs.
    """
    from scipy.stats import t

    return float(t.isf(ERROR / 2 / points, trials - 1))


def _draw(ax: Axes, lines: Sequence[Line], degree: int) -> None:
    for label, its in groupby(lines, key=lambda line: line[2]):
        at, error, half_width = np.array([[float(cell or "nan") for cell in line[3:6]] for line in its]).T
        i = labels(degree).index(label)
        low = np.maximum(error - half_width, LEAST / 10)
        ax.fill_between(at, low, error + half_width, color=COLOURS[i], alpha=0.2, linewidth=0)
        shown = np.where(error > 0, error, np.nan)
        ax.plot(at, shown, color=COLOURS[i], linestyle=dash(i), linewidth=pen(1.6), label=label)


def _rows(curve: Curve) -> Iterator[list[str]]:
    """Return lines of the CSV without the columns that a panel shares."""
    widths = [""] * len(curve.at) if curve.half_width is None else [f"{w:.10g}" for w in curve.half_width]
    for at, error, width in zip(curve.at, curve.error, widths, strict=True):
        yield [curve.label, f"{at:.10g}", f"{error:.10g}", width, str(curve.runs or "")]
