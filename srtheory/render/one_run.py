"""One run step by step, simulated or of real workers: arrivals, and how the received rows come to span 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
from matplotlib.animation import PillowWriter
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MultipleLocator

from srtheory.delays import BEYOND_THE_PAPER, describe_law, parse_law
from srtheory.errors import ArgumentError, require_int
from srtheory.experiments.lab import Lab
from srtheory.experiments.trial import Record, Task, run_trial, trial_streams
from srtheory.files import write_output
from srtheory.matrix import from_sets
from srtheory.model import Model
from srtheory.reception import Reception, receive
from srtheory.render.style import (
    COLOURS,
    Drawing,
    canvas,
    dot,
    house_style,
    legend_below,
    letters,
    named_style,
    pen,
    small,
    timed,
    title_panel,
    width_of,
)
from srtheory.schemes import ENTRIES, named, options_of_each
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span import engine
from srtheory.theory.latency import Ending

if TYPE_CHECKING:
    from srtheory.workers.execution import Execution

A = TypeVar("A")
EXAMPLE = Model(12, 3, 0.1, parse_law("expon(scale=1)"))
MOST_SYMBOLS = 60
"""Largest m whose timelines can be distinguished."""
CSV_COLUMNS = ("row", "time", "worker", "terms", "support", "rank", "covered", "spans")
WAITING, SYSTEMATIC, UNFINISHED = "#dddddd", COLOURS[0], "#f4f4f4"
PARITY = LinearSegmentedColormap.from_list("parity", ["#fdf0d5", COLOURS[2]])
CURVES: dict[str, dict[str, Any]] = {
    "rows received": {"color": COLOURS[6], "linestyle": ":", "linewidth": 1.4},
    "symbols covered": {"color": COLOURS[1], "linestyle": "--", "linewidth": 2.0},
    "rank over Q": {"color": COLOURS[0], "linestyle": "-", "linewidth": 1.6},
}
ARRIVALS: dict[str, Any] = {"color": "black", "linestyle": "", "marker": "|", "markersize": 9}
HEIGHT = 0.62
"""Fraction of the distance between timelines that a bar takes."""
NUMBERED = 24
"""Largest number of timelines that are all numbered and have room for terms; more are numbered in part."""
SHARE = 0.85
"""Fraction of the figure's width for the time up to the end of the run."""
DOT: dict[str, Any] = {"marker": "o", "markersize": 4.2, "zorder": 3}
LOST: dict[str, Any] = {"color": COLOURS[1], "linestyle": "", "marker": "x", "markersize": 7, "zorder": 4}
NOTE = "workers (by start-up) and symbols numbered from 1; rank and span exact over Q"
NAMED = 3
"""Number of terms of a symbol that its sentence lists if others are left out; dots never take the place of one."""
ROOM = 12
"""Number of timelines that have room for terms in a figure of the usual height."""
USUAL, COUNTS = 6.6, 1.55
"""That height in inches, and nearly that of its lower axes."""
NUMBERED_LANE, LANE = 0.2, 0.1
"""Height of a further timeline in inches, up to :data:`NUMBERED` and beyond."""
FRAMES_PER_SECOND, LAST_FRAMES, DPI = 2, 4, 130


@dataclass(frozen=True)
class Step:
    """A received symbol and the state of the master after it."""

    row: int
    """Its number in order of arrival, from 1."""
    begun: float
    time: float
    """Times at which its first term was begun and at which it arrived."""
    worker: int
    """Sender, from 1."""
    support: tuple[int, ...]
    """Its symbols, from 1."""
    rank: int
    covered: int
    """Rank over Q of the rows received so far, and the number of symbols in them."""
    spans: bool
    """Whether they span 1 over Q."""


@dataclass(frozen=True, eq=False)
class Run:
    """A run up to the time at which the sum is recovered."""

    title: str
    source: str
    """Code, delays and run."""
    symbols: int
    degree: int
    """m and d of its code, or the most terms of a symbol."""
    startups: npt.NDArray[np.float64]
    """Start-up delay of each worker."""
    steps: Sequence[Step]
    record: Record
    """The same run as the experiments have it."""
    losses: Mapping[int, float] = field(default_factory=dict)
    """Time of the loss of each lost worker, numbered from 0."""
    labelled: bool = True
    """Whether each symbol is labelled with its terms."""
    clock: str = "time"
    """Meaning of the times."""
    by_event: bool = True
    """Whether one of the four events of the SR code ends it."""

    def until(self, t: float) -> list[Step]:
        """Return the steps that have arrived by time ``t``."""
        return [step for step in self.steps if step.time <= t]


def example(seed: int, at: Model = EXAMPLE, scheme: str = "sr", options: Sequence[str] = ()) -> Task:
    """Return the task whose trial 0 is drawn; the sum is recovered as soon as any decoder could."""
    require_int("symbols", at.symbols, 1, MOST_SYMBOLS)
    its = named(scheme)
    own = options_of_each([its], options)[scheme]
    return Task(its.build(at.symbols, {**its.sized(at.d), **own}), at.delays, seed, "span")


def follow(task: Task, trial: int) -> Run:
    """Follow one trial of the paper's model row by row.

    An exact rank and an exact verdict are computed for each row, so let m be small. An ArithmeticError says that what
    is found row by row is impossible, or is not what the experiments recorded.
    """
    scheme = task.scheme
    for name, usual in BEYOND_THE_PAPER.items():
        if (value := getattr(task.delays, name)) != usual:
            raise ArgumentError(name, value, f"{usual}: the timelines are those of the paper's model")
    if task.delays.drawn:
        raise ArgumentError("tau", task.delays.tau, "a number: the timelines are those of the paper's model")
    record, tau = run_trial(task, trial), task.delays.tau
    if record.stopping_time is None:
        raise ArgumentError("seed", task.seed, "another: in this run the sum is never recovered")
    rng, key = trial_streams(task.seed, trial)
    startups = task.delays.sample(scheme.workers, rng)
    reception = receive(scheme, startups, tau, key, record.latency)
    kind, sized = type(scheme).__name__, f", d = {scheme.degree}" if hasattr(scheme, "degree") else ""
    name = next((its.says for its in ENTRIES.values() if its.attribute == kind), kind)
    name = "the SR code" if name == "SR" else name
    title = f"One run of {name}: m = {scheme.symbols}{sized},\nτ = {tau:g}"
    title += f", X ~ {describe_law(task.delays.startup)}"
    source = f"run {trial} of seed {task.seed}; {NOTE}"
    begun = [at - tau * len(reception.rows.row(i)) for i, at in enumerate(reception.time.tolist())]
    found = list(steps(reception, begun, record))
    degree, is_sr = max(len(s.support) for s in found), isinstance(scheme, SumRecovery)
    run = Run(title, source, scheme.symbols, degree, startups, found, record, by_event=is_sr)
    check(run)
    return run


def steps(reception: Reception, begun: Sequence[float], record: Record) -> Iterator[Step]:
    """Follow a reception up to the sum; ``begun`` contains the time at which each symbol was begun."""
    rows = reception.rows
    rows.require_ones("rows of weight 1: the figure shows what each is the sum of")
    for k in range(1, (record.stopping_time or 0) + 1):
        rank = engine.rank(rows.indptr, rows.indices, rows.columns, rows=k)
        spans = engine.spans(rows.indptr, rows.indices, rows.columns, rows=k).spans
        support = tuple(sorted(int(c) + 1 for c in rows.row(k - 1)))
        covered = len(np.unique(rows.prefix(k).indices))
        times = begun[k - 1], float(reception.time[k - 1])
        yield Step(k, *times, int(reception.worker[k - 1]) + 1, support, rank, covered, spans)


def check(run: Run) -> None:
    """Raise an ArithmeticError, with the row, if the steps are not those of a run.

    A row raises the rank by 0 or 1, the rank is at most the number of covered symbols, nothing spans before all symbols
    are covered, and M', CC, the rank and T are those of the record.
    """
    before, covers, m = 0, None, run.symbols
    for step in run.steps:
        if step.rank - before not in (0, 1) or step.rank > step.covered or step.spans > (step.covered == m):
            raise ArithmeticError(f"Row {step.row} cannot be so: rank {before} before it, and then {step}.")
        before, covers = step.rank, step.row if covers is None and step.covered == m else covers
    found = [step.row for step in run.steps if step.spans][:1], covers, before, run.steps[-1].time
    record = run.record
    expected = [record.stopping_time], record.coverage_time, record.rank, record.latency
    if found != expected:
        raise ArithmeticError(f"Row by row M', CC, rank and T are {found}, in the record {expected}.")


def ended_by(run: Run) -> str:
    """Return the event that ended the run, in words."""
    ending, law = ending_of(run.record, run.symbols), max(run.symbols, run.record.coverage_time or 0)
    if ending in (Ending.ROWS, Ending.COVERAGE) and run.record.stopping_time != law:
        return "a row before the m-th" if ending == Ending.ROWS else "a row after max(m, CC)"
    return str(ending)


def picture(lab: Lab, schemes: Sequence[str] = ("sr",), options: Sequence[str] = ()) -> Drawing:
    """Draw the whole run of trial 0: timelines, arrivals, rank and coverage, and the time of recovery."""
    if len(schemes) != 1:
        raise ArgumentError("schemes", ",".join(schemes), "a single scheme")
    return drawn("run", follow(example(lab.seed, lab.at, schemes[0], options), 0))


def drawn(name: str, run: Run) -> Drawing:
    """Draw a whole run as the figure of that name."""
    with house_style():
        made = _canvas(run)
        paint(made, run, run.record.latency)
    return Drawing(name, made, CSV_COLUMNS, list(_points(run)))


def animate(lab: Lab, folder: Path) -> Path:
    """Write ``figure_run.gif``, one frame for each arrival, into ``folder``, and return its path."""
    run = follow(example(lab.seed, lab.at), 0)
    with house_style():
        made = _still(run)
        times = [0.0, *(step.time for step in run.steps)]
        return film(lab, folder / "figure_run.gif", made, times, lambda t: paint(made, run, t))


def film(lab: Lab, path: Path, made: Canvas, frames: Sequence[A], draw: Callable[[A], object]) -> Path:
    """Write an animation of the canvas as ``draw`` leaves it for each frame, the last one held, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = _Writer(fps=FRAMES_PER_SECOND)
    with writer.saving(made, str(path), dpi=DPI):
        lab.begins("frames", len(frames))
        for frame in frames:
            lab.progress("frames", 1)
            draw(frame)
            writer.grab_frame()
        writer.hold(LAST_FRAMES - 1)
    return path


class _Writer(PillowWriter):
    """Writer of pictures, some of which are repeated."""

    _frames: list[Any]

    def finish(self) -> None:
        """Write the whole file, where the base class would write it frame by frame."""
        film, (head, *rest) = BytesIO(), self._frames
        head.save(film, "GIF", save_all=True, append_images=rest, duration=int(1000 / self.fps), loop=0)
        write_output(Path(self.outfile), film.getvalue())

    def hold(self, frames: int) -> None:
        """Repeat the last picture so many times, without drawing it again."""
        self._frames += self._frames[-1:] * frames


def _still(run: Run) -> Canvas:
    """Return a canvas laid out by the last frame, so that nothing moves between frames."""
    made = _canvas(run)
    made.set_dpi(DPI)  # texts are as wide as in the frames
    paint(made, run, run.record.latency)
    made.draw_without_rendering()
    made.set_layout_engine(None)  # the engine called "none" would draw each frame twice
    return made


def _points(run: Run) -> Iterator[Sequence[object]]:
    for s in run.steps:
        support = " ".join(map(str, s.support))
        yield s.row, f"{s.time:.10g}", s.worker, len(s.support), support, s.rank, s.covered, s.spans


def _canvas(run: Run) -> Canvas:
    lanes = len(run.startups)
    more = NUMBERED_LANE * max(min(lanes, NUMBERED) - ROOM, 0) + LANE * max(lanes - NUMBERED, 0)
    made = canvas(run.source, height=USUAL + more)
    made.subplots(2, 1, sharex=True, height_ratios=(1.5 + more / COUNTS, 1))
    legend_below(made, _keys(run), 3)
    made.suptitle(run.title)
    return made


def paint(made: Canvas, run: Run, t: float) -> None:
    """Draw the state at time ``t`` on the two axes of the canvas, over the previous drawing."""
    workers, counts = made.axes
    for axes in (workers, counts):
        axes.clear()
        axes.set_xlim(0, 1.04 * run.record.latency)
    _timelines(workers, run, t)
    _counts(counts, run, t)
    if t >= run.record.latency:
        for axes in (workers, counts):
            axes.axvline(run.record.latency, color="black", linewidth=pen(1), zorder=0)


def _timelines(axes: Axes, run: Run, t: float) -> None:
    order = np.argsort(run.startups).tolist()
    for place, j in enumerate(order):
        _timeline(axes, run, j, place, t)
    each = -(-len(order) // NUMBERED)
    if named_style():
        each = max(each, ceil(1.2 * letters() * len(order) / _height(axes)))
    axes.set_yticks(range(0, len(order), each), [str(j + 1) for j in order[::each]])
    axes.set(ylim=(len(order) - 0.4, -0.6), ylabel="worker")
    axes.grid(visible=False)


def _timeline(axes: Axes, run: Run, j: int, place: int, t: float) -> None:
    """Draw worker ``j`` (from 0): its start-up, its symbols, and what it has not finished by ``t``."""
    busy, left = min(float(run.startups[j]), t, run.losses.get(j, t)), run.symbols
    axes.barh(place, busy, HEIGHT, color=WAITING)
    for step in (s for s in run.until(t) if s.worker == j + 1):
        _block(axes, run, step, place)
        busy, left = step.time, left - len(step.support)
    end = min(t, run.losses.get(j, t))
    if left and end > busy:
        axes.barh(place, end - busy, HEIGHT, left=busy, color=UNFINISHED, edgecolor="#aaaaaa", linewidth=pen(0.6))
    if run.losses.get(j, np.inf) <= t:
        axes.plot(run.losses[j], place, **_scaled(LOST))


def _block(axes: Axes, run: Run, step: Step, place: int) -> None:
    """Draw a symbol with its terms, from its first term to its arrival."""
    width, colour = step.time - step.begun, _colour(run, len(step.support))
    axes.barh(place, width, HEIGHT, left=step.begun, color=colour, edgecolor="white", linewidth=pen(0.8))
    ink, terms = "white" if colour == SYSTEMATIC else "black", ",".join(map(str, step.support))
    if run.labelled and _has_room(axes, run, width, terms):
        at = step.time - width / 2, place
        axes.text(*at, terms, ha="center", va="center_baseline", fontsize=small(), color=ink)
    before = run.steps[step.row - 2].rank if step.row > 1 else 0
    axes.plot(
        step.time, place, color="black", markerfacecolor="black" if step.rank > before else "white", **_scaled(DOT)
    )


def _has_room(axes: Axes, run: Run, width: float, terms: str) -> bool:
    """Return whether a block has room for its terms, between the dots at its ends."""
    wide = axes.get_figure().get_figwidth() * SHARE * width / run.record.latency  # type: ignore[union-attr]
    high = _height(axes) * HEIGHT / len(run.startups) if named_style() else small()
    fits = 72 * wide >= width_of(terms, small()) + dot(DOT["markersize"])
    return len(run.startups) <= NUMBERED and fits and high >= small()


def _height(axes: Axes) -> float:
    """Return the height of the timelines in points, nearly."""
    return 36 * float(axes.get_figure().get_figheight())  # type: ignore[union-attr]


def _colour(run: Run, terms: int) -> Any:
    return SYSTEMATIC if terms == 1 else PARITY(terms / run.degree)


def _scaled(style: Mapping[str, Any]) -> dict[str, Any]:
    """Return the style with its sizes in that of the figure."""
    sizes = {"linewidth": pen, "markersize": dot}
    return {name: sizes[name](value) if name in sizes else value for name, value in style.items()}


def _keys(run: Run) -> list[Patch | Line2D]:
    sizes = sorted({len(s.support) for s in run.steps} - {1})
    return [
        Patch(color=WAITING, label="start-up"),
        Patch(color=SYSTEMATIC, label="1 term"),
        *(Patch(color=_colour(run, n), label=f"{n} terms") for n in sizes),
        Patch(facecolor=UNFINISHED, edgecolor="#aaaaaa", label="unfinished"),
        Line2D([], [], color="black", linestyle="", label="arrives, raises rank", **_scaled(DOT)),
        Line2D([], [], color="black", linestyle="", markerfacecolor="white", label="arrives, does not", **_scaled(DOT)),
        *(Line2D([], [], label=label, **_scaled(style)) for label, style in CURVES.items()),
        Line2D([], [], label="arrivals", **_scaled(ARRIVALS)),
        *([Line2D([], [], label="lost", **_scaled(LOST))] if run.losses else []),
    ]


def _counts(axes: Axes, run: Run, t: float) -> None:
    m, seen = run.symbols, run.until(t)
    times = [0.0, *(s.time for s in seen), t]
    counts = [s.row for s in seen], [s.covered for s in seen], [s.rank for s in seen]
    for values, style in zip(counts, CURVES.values(), strict=True):
        heights = [0, *values, values[-1] if values else 0]
        axes.plot(times, heights, drawstyle="steps-post", **_scaled(style))
        axes.plot(t, heights[-1], "o", color=style["color"], markersize=dot(style["linewidth"] + 2.4), clip_on=False)
    axes.axhline(m, color="black", linewidth=pen(0.6))
    axes.plot([s.time for s in seen], [0] * len(seen), clip_on=False, **_scaled(ARRIVALS))
    axes.set(
        ylim=(0, max(m, run.steps[-1].row) + 1 + m / NUMBERED),
        xlabel=timed(run.clock) if run.clock == "time" else run.clock,
        ylabel="rows, symbols",
    )
    axes.yaxis.set_major_locator(MultipleLocator(3 * -(-max(m, run.steps[-1].row) // NUMBERED)))
    axes.text(0.005 * run.record.latency, m + 0.2, f"m = {m}", fontsize=small(), va="bottom")
    title_panel(axes, status(run, t))


def status(run: Run, t: float) -> str:
    """Return a description of the last event, in a sentence of three lines."""
    seen, m = run.until(t), run.symbols
    if not seen:
        return f"Nothing has arrived yet:\nrank 0, 0 of {m} symbols covered,\n1 is not in the span"
    s = seen[-1]
    listed = s.support if len(s.support) <= NAMED + 1 else (*s.support[:NAMED], "…")
    state = f"Row {s.row} from worker {s.worker}, terms {{{', '.join(map(str, listed))}}}:\n"
    state += f"rank {s.rank}, {s.covered} of {m} symbols covered,"
    if not s.spans:
        return f"{state}\n1 is not in the span: the sum is not available yet"
    event = f", ended by: {ended_by(run)}" if run.by_event else ""
    return f"{state} 1 is in the span:\nM' = {s.row}, T = {s.time:.3f}{event}"


def ending_of(record: Any, symbols: int) -> Ending:
    """Return what ended a simulated run of the SR code; plain addition is named if it was possible."""
    if record.all_systematic:
        return Ending.SYSTEMATIC
    if record.complete_worker:
        return Ending.WORKER
    return Ending.ROWS if record.stopping_time <= symbols else Ending.COVERAGE


# ------------------------------------------------------------------------------------------------- of real workers


MOST_LABELLED = 16
"""Largest number of workers whose symbols have room for their terms."""


def measured(done: Execution, about: str) -> Drawing:
    """Draw a run of real workers by its measured times; ``about`` describes the sum."""
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
        by_event=isinstance(scheme, SumRecovery),
    )
