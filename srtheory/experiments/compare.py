"""Comparison of schemes at any parameters, each over its degrees, on the same start-up delays.

A scheme costs latency and messages. Its best degree, and whether it is useful at all, depend on m, the load and the
cost of a message. No order of the schemes holds everywhere (docs/proofs/theory.md, 5.7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count, takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from srtheory.errors import ArgumentError, require_int
from srtheory.experiments.store import Kept
from srtheory.experiments.summary import Summary, column, summarise
from srtheory.experiments.trial import Record
from srtheory.schemes import NamedScheme, options_of_each
from srtheory.shown import Grid, Part, Shown, axes_of, frame_of
from srtheory.types import Floats

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

Choice = Callable[[int, Sequence[int]], Sequence[int]]
"""Choice among numbers of cells at a degree."""
MEASURES = ("latency", "stopping_time", "work")
"""Columns of records that a comparison is of."""
LIMIT = "genie"
"""Bound, not a scheme: no scheme is faster if messages are free."""
FIRST, SURE = 10, 0.999
"""Trials of the first round of :func:`in_rounds`, and the level at which a point is settled."""
MENTIONED = 5
"""Points that :func:`advice` names of a kind."""
Chosen = tuple[NamedScheme, int | None, int | None]
"""A scheme, a degree and a number of cells, or None for what a scheme has not."""


@dataclass(frozen=True)
class Point:
    """Costs of a scheme at one of its degrees."""

    scheme: str
    degree: int | None
    """d, of gradient codes s + 1, or None for a scheme that has none."""
    latency: Summary
    """T in the delay model's unit."""
    messages: Summary
    """Rows received by then."""
    work: Summary
    """Term evaluations of all workers by then."""
    unrecovered: int
    """Runs that never recover the sum; with one, the mean latency is infinite."""
    cells: int | None = None
    """Number of cells, of orders from both ends; None for a scheme that has none."""
    frontier: bool = False
    """Whether it is on the frontier of the points that were computed with it, see :func:`frontier`."""
    paired: tuple[Floats, ...] = field(default=(), repr=False, compare=False)
    """Latency and messages of each trial, shape (trials,), on the delays of the same trial of the other points."""

    @property
    def label(self) -> str:
        """Name of the scheme, with its number of cells and degree if it has some."""
        cells = "" if self.cells is None else f" ({self.cells} cells)"
        return f"{self.scheme}{cells}" + ("" if self.degree is None else f", d = {self.degree}")


class Points(Shown, list[Point]):
    """Points of a comparison, which show themselves as a table."""

    def parts(self) -> list[Part]:
        """Return the table, the frontier marked by a star."""
        heads = ("scheme", "d", "latency", "± s.e.", "messages", "± s.e.", "terms")
        rows = [
            (
                *(p.scheme, "" if p.degree is None else str(p.degree)),
                *(text for its in (p.latency, p.messages) for text in (f"{its.mean:.5g}", f"{its.standard_error:.2g}")),
                *(f"{p.work.mean:.5g}", *("*" if p.frontier else "",)),
            )
            for p in self
        ]
        wide = max((len(p.scheme) for p in self), default=0) + 1
        grid = Grid((*heads, ""), (-wide, *(wide + end for end in (6, 18, 28, 40, 50, 62, 64))), rows)
        return [grid, "* on the frontier: no other point beats it in latency and messages", *advice(self)]

    def to_frame(self) -> Any:
        """Return the means, their standard errors and the frontier as a pandas DataFrame."""
        names = ("latency", "messages", "work")
        of = [{name: getattr(p, name) for name in names} for p in self]
        means = [{n: its[n].mean for n in names} | {f"{n}_se": its[n].standard_error for n in names} for its in of]
        same = ("scheme", "degree", "cells", "unrecovered", "frontier")
        return frame_of([{n: getattr(p, n) for n in same} | mean for p, mean in zip(self, means, strict=True)])

    def plot(self, ax: Any = None) -> Any:
        """Draw mean latency against messages, a line for each scheme, the frontier filled; return the axes."""
        ax = axes_of(ax)
        for name in dict.fromkeys(p.scheme for p in self):
            its = [p for p in self if p.scheme == name]
            at = [p.messages.mean for p in its], [p.latency.mean for p in its]
            (line,) = ax.plot(*at, "o-", mfc="none", label=name)
            ahead = [p for p in its if p.frontier]
            ax.plot([p.messages.mean for p in ahead], [p.latency.mean for p in ahead], "o", color=line.get_color())
        ax.set(xlabel="messages", ylabel="mean latency", xscale="log")
        ax.legend(frameon=False)
        return ax


def candidates(
    symbols: int,
    degrees: Sequence[int],
    schemes: Sequence[NamedScheme],
    options: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Iterator[tuple[NamedScheme, int | None]]:
    """Yield schemes with each of the degrees that they can have; (scheme, None) for one without.

    The degree of a gradient code is s + 1, the terms of a symbol. A scheme is tried at each degree that it does not
    reject, given its options; a scheme of this package, up to the largest useful one
    (:meth:`srtheory.schemes.base.BaseScheme.largest_size`).
    """
    for scheme in schemes:
        if not scheme.sized(1):
            yield scheme, None
            continue
        some = degrees
        if not scheme.custom:
            most = scheme.kind.largest_size(symbols)  # type: ignore[attr-defined]
            some = [degree for degree in degrees if degree <= most]
        yield from ((scheme, d) for d in _not_refused(scheme, symbols, some, options.get(scheme.name, {})))


def _not_refused(
    scheme: NamedScheme, symbols: int, degrees: Sequence[int], options: Mapping[str, Any]
) -> Iterator[int]:
    for degree in degrees:
        try:
            scheme.build(symbols, {**options, **scheme.sized(degree)})
        except ArgumentError as error:
            if error.name not in ("degree", "stragglers"):
                raise
            continue
        yield degree


def with_cells(
    symbols: int,
    chosen: Iterable[tuple[NamedScheme, int | None]],
    options: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    likely: Choice = lambda degree, numbers: numbers,
) -> Iterator[Chosen]:
    """Yield schemes and degrees with the numbers of cells to try: those of :func:`series`, up to that of the parts.

    That is for schemes of this package that have such an option. A number among the options is the only one. ``likely``
    gives those of some numbers that are tried at a degree, such as :func:`srtheory.theory.both_ends.cells_by_law`.
    """

    @cache
    def numbers(degree: int) -> Sequence[int]:
        return likely(degree, series(-(-symbols // degree)))

    for scheme, degree in chosen:
        given = options.get(scheme.name, {})
        if scheme.custom or "cells" not in scheme.options:
            yield scheme, degree, None
        elif given.get("cells") is not None:
            yield scheme, degree, given["cells"]
        else:
            yield from ((scheme, degree, cells) for cells in numbers(degree or 1))


def chosen_options(schemes: Sequence[NamedScheme], texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the options of each scheme from texts ``key=value``, without its size, of which all are tried."""
    found = options_of_each(schemes, texts)
    for scheme in schemes:
        for name in scheme.sized(1).keys() & found[scheme.name].keys():
            raise ArgumentError("option", name, "left out: all degrees are tried, or those of --degree")
    return found


def series(symbols: int) -> tuple[int, ...]:
    """Return the degrees to try: 1, 2, 5, 10, 20, 50, ... up to m."""
    steps = (step * 10**power for power in range(len(str(symbols))) for step in (1, 2, 5))
    return tuple(takewhile(lambda degree: degree <= symbols, steps))


def point(scheme: str, degree: int | None, records: Sequence[Record] | Kept, cells: int | None = None) -> Point:
    """Return the summary of a scheme's records."""
    return of_columns(scheme, degree, [column(records, name) for name in MEASURES], cells)


def of_columns(scheme: str, degree: int | None, columns: Sequence[Floats], cells: int | None = None) -> Point:
    """Return the summary of the columns :data:`MEASURES` of a scheme's records."""
    latency, messages, work = map(summarise, columns)
    unrecovered = int(np.isinf(columns[0]).sum())
    return Point(scheme, degree, latency, messages, work, unrecovered, cells, paired=tuple(columns[:2]))


def explore(
    lab: Lab,
    symbols: int,
    tau: float,
    startup: str,
    message_cost: float,
    schemes: Sequence[str],
    trials: int,
    texts: Sequence[str] = (),
    likely: Choice = lambda degree, numbers: numbers,
    search: Callable[..., list[Point]] | None = None,
) -> Points:
    """Return the points of these schemes over the degrees of :func:`series`; messages of the bound are free.

    ``texts`` are options ``key=value`` of the schemes, each for those that take it; ``likely`` is as for
    :func:`with_cells`. All points have all trials, unless ``search`` is :func:`in_rounds` or :func:`refined`.
    """
    chosen = [lab.named(scheme) for scheme in schemes]
    own = chosen_options(chosen, texts)

    def run(some: Sequence[Chosen], trials: int) -> Iterator[Sequence[Record]]:
        for scheme, degree, cells in some:
            yield lab.records(
                scheme,
                startup=startup,
                symbols=symbols,
                tau=tau,
                trials=trials,
                message_cost=0.0 if scheme.name == LIMIT else message_cost,
                own=own[scheme.name] | ({} if cells is None else {"cells": cells}),
                **({} if degree is None else scheme.sized(degree)),
            )

    def options(degrees: Sequence[int], among: Sequence[NamedScheme] = chosen) -> list[Chosen]:
        return list(with_cells(symbols, candidates(symbols, degrees, among, own), own, likely))

    if search is not None:
        return Points(search(options, symbols, run, trials))
    return Points(marked(_points(options(series(symbols)), run, trials)))


Run = Callable[[Sequence[Chosen], int], Iterable[Sequence[Record] | Kept]]
"""Gives the records of so many trials of each of these; more trials begin with the same."""


def _points(chosen: Sequence[Chosen], run: Run, trials: int) -> list[Point]:
    both = zip(chosen, run(chosen, trials), strict=True)
    return [point(scheme.name, degree, records, cells) for (scheme, degree, cells), records in both]


def in_rounds(options: Callable[..., list[Chosen]], symbols: int, run: Run, trials: int) -> list[Point]:
    """Return the points of all degrees of :func:`series`, with trials where they decide; see :func:`settled`."""
    return settled(options(series(symbols)), run, trials)


def settled(chosen: Sequence[Chosen], run: Run, trials: int) -> list[Point]:
    """Return points of which those have all trials that may be the fastest of their scheme, or on the frontier.

    Rounds have 10, 20, 40, ... trials, in the end ``trials``. After a round a point is settled, and has no more trials,
    if another degree of its scheme is clearly faster and a point beats it (:func:`frontier`), both at a level of 99.9 %
    and among the points that have come so far.
    """
    require_int("trials", trials, 1, 10**7)
    points: dict[int, Point] = {}
    left = list(range(len(chosen)))
    for n in [*takewhile(lambda n: n < trials, (FIRST << i for i in count())), trials]:
        points |= zip(left, _points([chosen[i] for i in left], run, n), strict=True)
        rivals = [p for i in left if not (p := points[i]).unrecovered and p.scheme != LIMIT]
        left = [i for i in left if points[i].unrecovered or not _is_settled(points[i], rivals)]
    return marked([points[i] for i in range(len(chosen))])


def _is_settled(one: Point, rivals: Sequence[Point]) -> bool:
    slow = any(p.scheme == one.scheme and _compared(p.paired[0], one.paired[0], SURE) > 0 for p in rivals)
    return slow and any(_beats(p, one, SURE) for p in rivals)


def refined(options: Callable[..., list[Chosen]], symbols: int, run: Run, trials: int) -> list[Point]:
    """Return the points of :func:`in_rounds`, and of degrees about the best of each scheme on the frontier.

    These are the geometric means of the best degree and its neighbours, twice.
    """
    chosen = options(series(symbols))
    for _ in range(2):
        points = settled(chosen, run, trials)
        found, ahead = best(points), {p.scheme for p in points if p.frontier}
        for scheme in dict.fromkeys(scheme for scheme, *_ in chosen if scheme.name in ahead):
            tried, d = sorted({d for s, d, _ in chosen if s is scheme and d}), found[scheme.name].degree
            at = tried.index(d) if d else 0
            about = {round((d * other) ** 0.5) for other in tried[max(at - 1, 0) : at + 2]} if d else set()
            chosen += options(sorted(about - {*tried}), [scheme]) if about - {*tried} else []
    return settled(chosen, run, trials)


def undecided(points: Sequence[Point]) -> list[Point]:
    """Return the fastest point, and those that are not clearly slower, fastest first; the bound is none of them.

    A mean is clearly less as for :func:`frontier`; of means that lost runs make infinite none is.
    """
    rivals = sorted((p for p in whole(points) if p.scheme != LIMIT), key=_cost)
    able = [p for p in rivals if not p.unrecovered]
    return [p for p in able if _compared(able[0].paired[0], p.paired[0]) <= 0] or rivals[:1]


def advice(points: Sequence[Point], of_floor: Callable[[Point], float | None] = lambda point: None) -> Iterator[str]:
    """Yield what to take, what cannot be told apart from it in latency, and what of this sends fewer messages.

    ``of_floor`` gives a floor over the latency of a point, if one is known.
    """
    if not (alike := undecided(points)):
        return
    (first, *others), sent = alike, alike[0].messages.mean
    lossy = "" if not first.unrecovered else f", {first.unrecovered} of {len(first.paired[0])} runs lost"
    error = first.latency.standard_error
    costs = (
        f"median latency {first.latency.quantiles['0.5']:.4g}" if lossy else f"mean latency {first.latency.mean:.4g}"
    )
    costs += lossy or ("" if np.isnan(error) else f" ± {error:.2g}") + f", {sent:.4g} messages"
    above = 100 / (of_floor(first) or 1) - 100  # below it for want of trials, if it is less than 0
    yield f"Take {first.label}: {costs}" + (
        f", {above:.{0 if above > 10 else 1}f} % above the floor." if above > 0 else "."
    )
    fewer = [p for p in others if p.messages.mean < sent < np.inf]
    for says, some in (
        ("Not to be told apart in latency", [p.label for p in others if p not in fewer]),
        ("With fewer messages as well", [f"{p.label} ({p.messages.mean:.4g})" for p in fewer]),
    ):
        more = f"; and {len(some) - MENTIONED} more" if len(some) > MENTIONED else ""
        if some:
            yield f"{says}: {'; '.join(some[:MENTIONED])}{more}."


def whole(points: Sequence[Point]) -> list[Point]:
    """Return the points that have as many trials as any."""
    most = max((len(point.paired[0]) for point in points), default=0)
    return [point for point in points if len(point.paired[0]) == most]


def best(points: Sequence[Point]) -> Mapping[str, Point]:
    """Return the point of least mean latency of each scheme; among equal points, that with fewer messages.

    Points that were settled with fewer trials are none of them.
    If every degree has lost runs, all means are infinite, and the point with the fewest lost runs is returned.
    """
    found: dict[str, Point] = {}
    for new in sorted(whole(points), key=_cost, reverse=True):
        found[new.scheme] = new
    return found


def frontier(points: Sequence[Point]) -> list[Point]:
    """Return the points that no other beats, by latency, without the bound and points that have lost runs.

    A point beats another if it has clearly less latency or clearly fewer messages, and the other of the two is clearly
    less as well, or the same in every trial. A mean is clearly less if the 95 % interval (Student's t) of the mean
    difference, trial by trial on the same delays, is above 0. With a single trial no point beats another.

    Who beats a point that beats a third beats that one, too, since standard errors of sums are at most the sums of
    standard errors. A beaten point so changes nothing for the others, and each is compared with the frontier alone.
    """
    found: list[Point] = []
    for new in sorted(points, key=_cost):
        if new.scheme != LIMIT and not new.unrecovered and not any(_beats(one, new) for one in found):
            found.append(new)
    return found


def marked(points: Sequence[Point]) -> list[Point]:
    """Return the same points, those of the :func:`frontier` marked; settled ones are not on it."""
    ahead = set(map(id, frontier(whole(points))))
    return [replace(point, frontier=id(point) in ahead) for point in points]


def _beats(one: Point, other: Point, level: float = 0.95) -> bool:
    latency, messages = zip(one.paired, other.paired, strict=True)
    faster = _compared(*latency, level)
    return faster >= 0 and (fewer := _compared(*messages, level)) >= 0 and faster + fewer > 0


def _compared(one: Floats, other: Floats, level: float = 0.95) -> int:
    """Return 1 if the mean of ``one`` is clearly less, 0 if both are the same in every trial, and -1 otherwise.

    Of points with unlike numbers of trials, those that both have are compared.
    """
    from scipy.special import stdtrit

    trials = min(len(one), len(other))
    difference = other[:trials] - one[:trials]
    if not difference.any():
        return 0
    if trials == 1 or not (mean := difference.mean()) > 0:
        return -1
    return 1 if mean > stdtrit(trials - 1, (1 + level) / 2) * difference.std(ddof=1) / trials**0.5 else -1


def _cost(point: Point) -> tuple[float, ...]:
    """Return the sort key of points: if both means are infinite, the number of lost runs, and then the median."""
    return point.latency.mean, point.messages.mean, point.unrecovered, point.latency.quantiles["0.5"]
