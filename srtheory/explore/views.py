"""The views: which values each needs, and what it shows of those that are there, with the commands that print them."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from functools import lru_cache, partial
from typing import Any

import numpy as np

from srtheory.delays import quietly
from srtheory.errors import ArgumentError
from srtheory.experiments.compare import LIMIT, MEASURES, Point, candidates, frontier, of_columns, series, with_cells
from srtheory.experiments.summary import finite_or_none, summarise, tail_band
from srtheory.explore.items import (
    FIRST,
    INTERNAL,
    Item,
    Refused,
    Runs,
    compute,
    free_of_messages,
    is_done,
    seconds,
    setting_of,
    status_of,
    task_of,
)
from srtheory.explore.state import State, World, number
from srtheory.model import Model
from srtheory.own_code import told
from srtheory.schemes import named, printed
from srtheory.theory import IF_HITTING, RIGOROUS
from srtheory.theory import by_scheme as laws
from srtheory.theory.both_ends import likely_cells
from srtheory.theory.rows import fluid_limit

POINTS = 50
"""Number of times of a curve, about."""
FEW = 14
"""Number of points of a curve whose points take long."""
NUMBERED = 12
"""Largest number of workers of a run that are all numbered."""
SMALLEST = 1e-3
"""Smallest probability that a tail shows."""
FLOOR, GENIE = "floor (proved)", "genie (bound)"
STATUSES = {RIGOROUS: "exact law", IF_HITTING: "law of max(m, CC)"}
"""Short forms of what laws rest on."""
Values = Mapping[Item, Any]


class Low(float):
    """A lower bound, which is rounded down."""


class High(float):
    """An upper bound, which is rounded up."""


def text(value: Any, digits: int = 6) -> str:
    """Return a cell or a number in a sentence: so many digits, bounds rounded outwards, a dash for None."""
    if value is None:
        return "–"
    if isinstance(value, Low | High) and math.isfinite(value):
        rounding = ROUND_FLOOR if isinstance(value, Low) else ROUND_CEILING
        return f"{float(Context(digits, rounding).create_decimal(value)):.{digits}g}"
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Trace:
    """A curve, or points, of a panel.

    Attributes
    ----------
    name : str
        For the legend.
    x, y : list of float
    low, high : list of float, optional
        Limits of a band around it.
    colour : int
        Place in the palette.
    look : str
        ``line``; ``step`` or ``back``, a value that holds up to the next point or since the one before; ``points``,
        for what is not finished; ``both``; or ``bars``: from ``low`` to ``x`` at the height ``y``.
    labels : list of str, optional
        Text of each point, shown under the pointer.
    errors : bool
        Whether the limits belong to single points, and are no band.
    rises : bool, optional
        For limits that are known at the points only, of a probability that rises or falls with x: the band has the
        steps that follow in between.
    """

    name: str
    x: list[float]
    y: list[float]
    low: list[float] | None = None
    high: list[float] | None = None
    colour: int = 0
    look: str = "line"
    labels: list[str] | None = None
    errors: bool = False
    rises: bool | None = None


@dataclass(frozen=True)
class Panel:
    """Axes with their traces; ``mark`` is an abscissa that is marked, and ``names`` are labels of ordinates."""

    across: str
    up: str
    traces: Sequence[Trace]
    log_x: bool = False
    log_y: bool = False
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    mark: float | None = None
    names: Sequence[tuple[float, str]] = ()


@dataclass(frozen=True)
class View:
    """What a page shows.

    Attributes
    ----------
    title : str
    says : str
        The answer in words.
    panels : sequence of Panel
    header : sequence of str
        Columns of :attr:`rows`.
    rows : sequence of sequences
        The numbers of the table, as the commands print them: unrounded.
    commands : sequence of str
        These print the numbers.
    notes : sequence of str
        What is left out and why, and what the numbers rest on.
    run : Run, optional
        Of the view of one run: it is drawn by :mod:`srtheory.render.one_run`.
    until : float, optional
        Time up to which the run is shown.
    """

    title: str
    says: str
    panels: Sequence[Panel]
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    commands: Sequence[str]
    notes: Sequence[str] = ()
    run: Any = None
    until: float | None = None


@dataclass(frozen=True)
class Plan:
    """The items of a view, the most important first, and the view of the values that are there."""

    items: list[Item]
    show: Callable[[Values], View]


def plan(state: State, world: World) -> Plan:
    """Return the plan of the state's view, which can be pickled; it takes as long as the start-up distribution does.

    Where the parameters admit no plan, it is empty, and its view says why.
    """
    try:
        with quietly():
            return _PLANS[state.view](state, world)
    except ArgumentError as error:
        return nothing(state, f"{error.name}: {error.expected}")
    except Exception as error:  # scipy's distributions raise any
        return nothing(state, f"{INTERNAL} ({told(error)})")


def nothing(state: State, why: str) -> Plan:
    """Return the plan of a view that shows nothing but the reason."""
    return Plan([], partial(_nothing_shown, state, why))


def _nothing_shown(state: State, why: str, values: Values) -> View:
    return View(_title(state), "Nothing is shown at these parameters.", [], [], [], [], [why])


# ------------------------------------------------------------------------------------------------------- commands


def command(*words: Any) -> str:
    """Return a command line."""
    return shlex.join(["srtheory", *map(number, words)])


def of_model(state: State, *, costs: Sequence[str] = ("message_cost", "master_time", "silent")) -> list[Any]:
    """Return the options of the model."""
    given = [(name, getattr(state, name)) for name in costs]
    more = [word for name, value in given if value for word in (f"--{name.replace('_', '-')}", value)]
    return ["--symbols", state.symbols, "--tau", state.tau, "--startup", state.startup, *more]


def _of_scheme(item: Item, law: bool) -> list[Any]:
    scheme = named(item.scheme)
    sized = scheme.sized(item.degree)
    if law and not scheme.custom:
        sized = {name: value for name, value in sized.items() if name in laws.options_of(item.scheme)}
    words = [word for name, value in sized.items() for word in (f"--{name}", value)]
    return words + [word for text in item.options for word in ("--option", text)]


def _repeated(option: str, values: Sequence[float]) -> list[Any]:
    return [word for value in values for word in (option, value)]


def law_command(item: Item, times: Sequence[float]) -> str:
    """Return the command that prints a law at these times."""
    return command("latency", item.scheme, *_of_scheme(item, True), *of_model(item.setting), *_repeated("--at", times))


def simulation_command(item: Item, trials: int) -> str:
    """Return the command that prints the summary of so many trials."""
    more = ["--trials", trials, "--seed", item.setting.seed]
    return command("simulate", item.scheme, *_of_scheme(item, False), *of_model(item.setting), *more)


# ------------------------------------------------------------------------------------------------------- times


def times(state: State, world: World, points: int = POINTS) -> list[float]:
    """Return the times of a curve, of few digits: up to ``until``, or while something happens."""
    low, high = _span(state, world)
    if state.until is not None:
        low, high = (0.0 if state.until <= low else low), state.until
    step = _round((high - low) / points)
    first, last = math.floor(low / step), math.ceil(high / step)
    found = [float(f"{i * step:.10g}") for i in range(max(first, 1), last + 1)]
    return found if state.until is None else [t for t in found if t <= high]


def _round(x: float) -> float:
    """Return the number of one digit, 1, 2 or 5, at or above x."""
    power = 10.0 ** math.floor(math.log10(x))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= x * (1 - 1e-9))


def _span(state: State, world: World) -> tuple[float, float]:
    """Return times between which the fluid limits lie, and the tails of most schemes fall."""
    m, law = state.symbols, world.law(state.startup)
    pace = state.tau + state.message_cost / state.degree
    slow = _limit(Model(m, min(state.degree, m), pace, law))
    fast = _limit(Model(m, 1, state.tau, law))
    queue = state.master_time * m
    low, high = 0.7 * fast, 1.6 * slow + state.message_cost + 1.3 * queue
    for name in state.schemes:
        item = Item("latency", setting_of(state), name, state.degree)
        if seconds(item) < 0.01 and isinstance(status_of(item, world), str):
            high = max(high, _end(item, world, high))
    return low, high


def _middle(state: State, world: World, grid: Sequence[float]) -> float:
    """Return the time of the grid at which about as many rows as terms are expected: between early and late."""
    pace = state.tau + state.message_cost / state.degree
    expected = _limit(Model(state.symbols, min(state.degree, state.symbols), pace, world.law(state.startup)))
    return min(grid, key=lambda t: abs(t - expected - state.master_time * state.symbols))


def _limit(model: Model) -> float:
    found = fluid_limit(model)
    return found if math.isfinite(found) else model.tau + float(model.startup.ppf(0.9))


def _end(item: Item, world: World, high: float) -> float:
    """Return a time by which the scheme is done with probability 0.99, at most four times as late."""
    for t in (high, 1.4 * high, 2 * high, 2.8 * high, 4 * high):
        value = compute(replace(item, at=t), world)
        if isinstance(value, Refused) or value[0] >= 0.99:
            return t
    return high  # far too slow for this picture: it would squeeze the others


def _coarse(values: Sequence[float]) -> list[float]:
    """Return the same, every eighth first, and then those between."""
    rank = {i: min(k for k in (0, 1, 2, 3) if i % (8 >> k) == 0) for i in range(len(values))}
    return [values[i] for i in sorted(rank, key=lambda i: rank[i])]


def _interleaved(groups: Sequence[Sequence[Item]]) -> list[Item]:
    """Return the items of all groups in turn."""
    longest = max(map(len, groups), default=0)
    return [group[i] for i in range(longest) for group in groups if i < len(group)]


# ------------------------------------------------------------------------------------------------------- tail


@dataclass(frozen=True)
class _Scheme:
    """A ticked scheme with the status of its law, None if it is simulated."""

    name: str
    place: int
    item: Item
    status: str | None

    @property
    def label(self) -> str:
        return GENIE if self.name == LIMIT else printed(self.name)


def _asked(state: State, world: World, notes: list[str], kind: str = "latency") -> Iterator[_Scheme]:
    """Yield the ticked schemes that can be at this m and d; the notes say why others cannot."""
    for place, scheme in enumerate(state.named()):
        own = tuple(text for text in state.options if text.partition("=")[0] in scheme.options)
        setting = replace(setting_of(state), seed=State.seed)
        setting = free_of_messages(setting) if scheme.name == LIMIT else setting
        item = Item(kind, setting, scheme.name, state.degree, options=own)
        status = status_of(item, world)
        if status is None:
            status = _refusal(item, world)
        if isinstance(status, Refused):
            notes.append(f"{scheme.name} is left out: {status.why}")
            continue
        if status is None:
            item = replace(item, kind="simulate", setting=replace(setting, seed=state.seed), at=state.trials)
        yield _Scheme(scheme.name, place, item, status)


def _refusal(item: Item, world: World) -> Refused | None:
    try:
        task_of(item, world)
    except ArgumentError as error:
        return Refused(f"{error.name}: {error.expected}", error.name)
    return None


def _tail(state: State, world: World) -> Plan:
    notes: list[str] = []
    schemes = list(_asked(state, world, notes))
    if LIMIT not in state.schemes:
        item = Item("latency", free_of_messages(replace(setting_of(state), seed=State.seed)), LIMIT, state.degree)
        schemes.append(_Scheme(LIMIT, -3, item, RIGOROUS))
    setting = replace(setting_of(state), seed=State.seed)
    grid = times(state, world)
    mark = state.at if state.at is not None else _middle(state, world, grid)
    every = sorted({*grid, mark})
    order = [mark, *(t for t in _coarse(grid) if t != mark)]
    known = [s for s in schemes if s.status is not None]
    simulated = [s for s in schemes if s.status is None]
    floors = {t: Item("floor", setting, at=t) for t in every}
    by_law = {s.name: {t: replace(s.item, at=t) for t in every} for s in known}
    items = _interleaved([*([its[t] for t in order] for its in by_law.values()), [floors[t] for t in order]])
    items.sort(key=lambda item: item.at != mark and seconds(item) > 0.05)  # no quick curve waits for a slow one
    items += [s.item for s in simulated]
    return Plan(items, partial(_tail_shown, state, notes, known, simulated, by_law, floors, every, mark))


def _tail_shown(
    state: State,
    notes: list[str],
    known: list[_Scheme],
    simulated: list[_Scheme],
    by_law: Mapping[str, Mapping[float, Item]],
    floors: Mapping[float, Item],
    every: list[float],
    mark: float,
    values: Values,
) -> View:
    traces, rows, commands, said = [], [], [], list(notes)
    for s in known:
        its = by_law[s.name]
        got = {t: values.get(its[t]) for t in every}
        said += _refusals(s.label, [values.get(its[t]) for t in every])
        name = f"{s.label}, by max(m, CC)" if s.status == IF_HITTING else s.label
        traces.append(_tail_trace(name, got, s.place))
        rows.append(_tail_row(s.label, got[mark], s.status or ""))
        commands.append(law_command(s.item, every))
        if s.status not in STATUSES:
            said.append(f"{s.label}: {s.status}.")
    for s in simulated:
        runs = values.get(s.item)
        said += _refusals(s.label, [runs])
        if isinstance(runs, Runs):
            traces.append(_band_trace(f"{s.label}, {len(runs)} runs", runs, every, s.place))
            rows.append(_simulated_row(s.label, runs, mark))
            commands.append(simulation_command(s.item, len(runs)))
    late = {t: values[floors[t]] for t in every if isinstance(values.get(floors[t]), float)}
    look = "back" if all(item in values for item in floors.values()) else "points"
    traces.append(Trace(FLOOR, list(late), list(late.values()), colour=-1, look=look))
    rows.append([FLOOR, None, None, Low(late[mark]) if mark in late else None, None, "lower bound"])
    commands.append(command("floor", *of_model(state), *_repeated("--at", every)))
    header = ["scheme", f"P(T ≤ {number(mark)}) from", "to", f"P(T > {number(mark)})", "median T", "known by"]
    if not simulated:
        header, rows = [*header[:4], header[5]], [[*row[:4], row[5]] for row in rows]
    panel = Panel(
        *("t", "P(T > t)", traces), log_y=True, x_range=(every[0], every[-1]), y_range=(SMALLEST, 1.2), mark=mark
    )
    return View(_title(state), _tail_says(rows, mark), [panel], header, rows, commands, said)


def _tail_trace(name: str, got: Mapping[float, Any], place: int) -> Trace:
    x, look = _drawn(got, "line")
    low, high = ([1 - got[t][i] if isinstance(got[t], tuple) else math.nan for t in x] for i in (1, 0))
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    wide = any(b - a > 1e-4 for a, b in zip(low, high, strict=True))
    return Trace(name, x, middle, low if wide else None, high if wide else None, place, look, rises=False)


def _drawn(got: Mapping[Any, Any], look: str) -> tuple[list[Any], str]:
    """Return the abscissas of a curve and its look: points until all values are there, and then gaps for refusals."""
    there = [x for x, value in got.items() if value is not None and not isinstance(value, Refused)]
    return (there, "points") if None in got.values() or not there else (list(got), look)


def _tail_row(label: str, value: Any, status: str) -> list[Any]:
    known = STATUSES.get(status, "law")
    if not isinstance(value, tuple):
        return [label, None, None, None, None, known]
    low, high = value
    return [label, Low(low), High(high), 1 - (low + high) / 2, None, known]


def _simulated_row(label: str, runs: Runs, mark: float) -> list[Any]:
    median = summarise(runs.latency).quantiles["0.5"]
    tail = float((runs.latency > mark).mean())
    return [label, None, None, tail, finite_or_none(median), f"{len(runs)} simulated runs"]


def _band_trace(name: str, runs: Runs, at: Sequence[float], place: int) -> Trace:
    estimate, low, high = tail_band(runs.latency, np.array(at))
    return Trace(name, list(at), estimate.tolist(), low.tolist(), high.tolist(), place, "step", rises=False)


def _tail_says(rows: Sequence[Sequence[Any]], mark: float) -> str:
    there = [(row[3], row[0]) for row in rows if row[3] is not None and row[0] not in (FLOOR, GENIE)]
    if not there:
        return ""
    least = min(there)[0]
    best = [name for late, name in there if late == least]
    if len(best) > 1:
        which = f"{len(best)} schemes lack the sum with probability {least:.3g}"
        return f"By time {number(mark)}, {which}: {'; '.join(best)}."
    return f"By time {number(mark)}, {best[0]} lacks the sum with the least probability: {least:.3g}."


def _refusals(label: str, values: Sequence[Any]) -> list[str]:
    refused = [value for value in values if isinstance(value, Refused)]
    where = "" if len(values) == 1 else f" is missing at {len(refused)} of {len(values)} points"
    return [f"{label}{where}: {refused[0].why}"] if refused else []


def _title(state: State, degree: bool = True) -> str:
    costs = (("κ", state.message_cost), ("σ", state.master_time), ("ε", state.silent))
    more = "".join(f", {sign} = {number(value)}" for sign, value in costs if value)
    its = f", d = {state.degree}" if degree else ""
    return f"m = {state.symbols}{its}, τ = {number(state.tau)}, X ~ {state.startup}{more}"


# ------------------------------------------------------------------------------------------------------- degree


def _degree(state: State, world: World) -> Plan:
    notes: list[str] = []
    state = replace(state, degree=min(state.degree, state.symbols))
    degrees = sorted({*series(state.symbols), state.degree})
    groups: list[tuple[_Scheme, dict[int, Item]]] = []
    for s in _asked(state, world, notes):
        scheme = named(s.name)
        some = degrees if scheme.sized(1) else [state.degree]
        if not scheme.custom and scheme.sized(1):
            most = scheme.kind.largest_size(state.symbols)  # type: ignore[attr-defined]
            some = [d for d in degrees if d <= most]
        its = {}
        for d in sorted(some, key=lambda d: abs(math.log(d / state.degree))):
            one = replace(s.item, degree=d)
            if _refusal(one, world) is not None:
                continue
            its[d] = replace(one, kind="quantile", at=state.quantile) if s.status else one
        groups.append((s, its))
    items = _interleaved([list(its.values()) for _, its in groups])
    items.sort(key=lambda item: not math.isfinite(seconds(item)) or seconds(item) > 1)
    return Plan(items, partial(_degree_shown, state, notes, groups, degrees))


def _degree_shown(
    state: State, notes: list[str], groups: list[tuple[_Scheme, dict[int, Item]]], degrees: list[int], values: Values
) -> View:
    traces, rows, commands, said = [], [], [], list(notes)
    for s, its in groups:
        flat = not named(s.name).sized(1)
        points: dict[int, float] = {}
        got = {d: values.get(its[d]) for d in sorted(its)}
        for d, value in got.items():
            if isinstance(value, Runs):
                t = float(np.quantile(value.latency, state.quantile, method="inverted_cdf"))
                if _printed_quantile(state.quantile):
                    rows.append([s.label, d, finite_or_none(t), None, None, f"{len(value)} runs"])
                    commands.append(simulation_command(its[d], len(value)))
            elif isinstance(value, tuple):
                t = value[0]
                bounds = [Low(value[1]), High(value[2])]
                rows.append([s.label, None if flat else d, t, *bounds, STATUSES.get(s.status or "", "law")])
                commands.append(law_command(its[d], [t]))
            else:
                continue
            points[d] = t
        said += _refusals(s.label, list(got.values()))
        x, look = _drawn(got, "line" if flat else "both")
        if flat and points:
            x, points = degrees, dict.fromkeys(degrees, next(iter(points.values())))
        y = [points.get(d, math.nan) for d in x]
        traces.append(Trace(s.label, x, [t if t < math.inf else math.nan for t in y], colour=s.place, look=look))
    of = "median" if state.quantile == 0.5 else f"{number(state.quantile)} quantile"
    header = ["scheme", "d", f"{of} of T", "P(T ≤ it) from", "to", "known by"]
    panel = Panel("degree d", f"{of} of T", traces, log_x=True, log_y=True, mark=state.degree)
    return View(_title(state, False), _degree_says(rows, of), [panel], header, rows, commands, said)


def _printed_quantile(level: float) -> bool:
    from srtheory.experiments.summary import QUANTILES

    return level in QUANTILES


def _degree_says(rows: Sequence[Sequence[Any]], of: str) -> str:
    there = [(row[2], row[0], row[1]) for row in rows if row[2] is not None and row[0] != GENIE]
    if not there:
        return ""
    least, best, d = min(there, key=lambda its: its[0])
    return f"Least {of} of T: {least:.5g}, {best}" + ("." if d is None else f" at d = {d}.")


# ------------------------------------------------------------------------------------------------------- frontier


def _frontier(state: State, world: World) -> Plan:
    notes: list[str] = []
    m, schemes = state.symbols, state.named()
    own = {s.name: tuple(t for t in state.options if t.partition("=")[0] in s.options) for s in schemes}
    read = {s.name: s.read(own[s.name]) for s in schemes}
    degrees = sorted({*series(m), min(state.degree, m)})
    items: dict[tuple[str, int | None, int | None], Item] = {}
    for scheme in schemes:
        setting = setting_of(state)
        setting = free_of_messages(setting) if scheme.name == LIMIT else setting
        try:
            chosen = candidates(m, degrees, [scheme], read)
            for _, d, cells in with_cells(m, chosen, read, partial(_cells, setting_of(state), world)):
                some = () if cells is None or "cells" in read[scheme.name] else (f"cells={cells}",)
                item = Item("simulate", setting, scheme.name, d or 1, state.trials, own[scheme.name] + some)
                if (refusal := _refusal(item, world)) is not None:
                    raise ArgumentError(refusal.name, None, refusal.why)
                items[scheme.name, d, cells] = item
        except ArgumentError as error:
            notes.append(f"{scheme.name} is left out: {error.expected}")
    bottom = Item("floor-mean", replace(setting_of(state), seed=State.seed))
    names = [s.name for s in schemes if any(key[0] == s.name for key in items)]
    groups = [[item for key, item in items.items() if key[0] == name] for name in names]
    return Plan([bottom, *_interleaved(groups)], partial(_frontier_shown, state, notes, items, names, degrees, bottom))


def _frontier_shown(
    state: State,
    notes: list[str],
    items: Mapping[tuple[str, int | None, int | None], Item],
    names: list[str],
    degrees: list[int],
    bottom: Item,
    values: Values,
) -> View:
    got, first = {key: values.get(item) for key, item in items.items()}, min(state.trials, FIRST)
    runs = {key: value for key, value in got.items() if isinstance(value, Runs) and len(value) >= first}
    said = notes + [text for key, value in got.items() for text in _refusals(key[0], [value])]
    trials = min(map(len, runs.values()), default=0)
    points = [_point(*key, value.first(trials)) for key, value in runs.items()]
    if len(points) < len(got):
        said.append(f"{len(points)} of {len(got)} points so far.")
    floor = values.get(bottom)
    of = "median" if state.silent else "mean"
    ahead = frontier(points)
    traces = []
    for i, name in enumerate(names):
        whole = all(value is not None for key, value in got.items() if key[0] == name)
        traces.append(_cost_trace(name, [p for p in points if p.scheme == name], i, "both" if whole else "points"))
    far = [p for p in ahead if math.isfinite(p.latency.mean) and None not in got.values()]
    edge = Trace("frontier", [p.messages.mean for p in far], [p.latency.mean for p in far], colour=-2)
    mine = Trace(FLOOR, *_level(floor, points, state.symbols), colour=-1)
    panel = Panel("mean messages", f"{of if state.silent else 'mean'} latency", [edge, *traces, mine], True, True)
    header = ["scheme", "d", "cells", "mean T", "± s.e.", "mean messages", "± s.e.", "frontier"]
    rows = [_cost_row(p, p in ahead) for p in sorted(points, key=lambda p: p.latency.mean)]
    asked = [word for d in degrees for word in ("--degree", d)]
    commands = []
    if trials:
        which = ["--schemes", ",".join(names), *asked, *[w for t in state.options for w in ("--option", t)]]
        commands.append(command("compare", *which, *of_model(state), "--trials", trials, "--seed", state.seed, "--all"))
    if isinstance(floor, float) and math.isfinite(floor):
        said.append(f"Floor: no oblivious scheme has a {of} latency below {text(Low(floor), 5)} (proved).")
    return View(_title(state, False), _frontier_says(ahead), [panel], header, rows, commands, said)


def _cells(setting: State, world: World, degree: int, numbers: Sequence[int]) -> Sequence[int]:
    """Return the numbers of cells that ``srtheory compare`` tries, which take a moment to be found."""
    return _found_cells(setting, world, degree, tuple(numbers))


@lru_cache(maxsize=256)
def _found_cells(setting: State, world: World, degree: int, numbers: tuple[int, ...]) -> tuple[int, ...]:
    with quietly():
        return tuple(likely_cells(setting.model(world, degree), numbers))


def _point(scheme: str, degree: int | None, cells: int | None, runs: Runs) -> Point:
    return of_columns(scheme, degree, [getattr(runs, name) for name in MEASURES], cells)


def _cost_trace(name: str, points: Sequence[Point], place: int, look: str) -> Trace:
    there = [p for p in points if math.isfinite(p.latency.mean) and math.isfinite(p.messages.mean)]
    low, high = ([p.latency.mean + side * 1.96 * _error(p) for p in there] for side in (-1, 1))
    labels = [", ".join(_sizes(p)) for p in there]
    x, y = [p.messages.mean for p in there], [p.latency.mean for p in there]
    label = GENIE if name == LIMIT else printed(name)
    return Trace(label, x, y, low, high, place, "points" if any(p.cells for p in there) else look, labels, True)


def _sizes(p: Point) -> list[str]:
    return [f"{name} = {value}" for name, value in (("d", p.degree), ("cells", p.cells)) if value is not None]


def _error(p: Point) -> float:
    error = p.latency.standard_error
    return error if math.isfinite(error) else 0.0


def _level(floor: Any, points: Sequence[Point], m: int) -> tuple[list[float], list[float]]:
    if not isinstance(floor, float) or not math.isfinite(floor):
        return [], []
    across = [p.messages.mean for p in points if math.isfinite(p.messages.mean) and p.messages.mean > 0] or [1.0, m]
    return [min(across), max(across)], [floor, floor]


def _cost_row(p: Point, ahead: bool) -> list[Any]:
    numbers = [p.latency.mean, p.latency.standard_error, p.messages.mean, p.messages.standard_error]
    name = GENIE if p.scheme == LIMIT else p.scheme
    return [name, p.degree, p.cells, *map(finite_or_none, numbers), "*" if ahead else ""]


def _frontier_says(ahead: Sequence[Point]) -> str:
    if not ahead:
        return ""
    first = ahead[0]
    which = f"{first.scheme}" + ("" if first.degree is None else f" at d = {first.degree}")
    which += "" if first.cells is None else f", {first.cells} cells"
    says = f"Least mean latency: {which}, {first.latency.mean:.4g} with {first.messages.mean:.4g} messages."
    return says + (f" On the frontier: {len(ahead)} points, marked *." if len(ahead) > 1 else "")


# ------------------------------------------------------------------------------------------------------- coverage


def _coverage(state: State, world: World) -> Plan:
    notes = ["The other schemes send no random blocks: these are rows of an SR code."]
    setting = replace(setting_of(state), seed=State.seed)
    grid, rows_grid = _two_grids(state, world)
    mark, count = _marks(state, grid)
    by_time = {t: Item("cover-time", setting, "", state.degree, t) for t in sorted({*grid, mark})}
    by_rows: dict[float, Item] = {
        n: Item("cover-rows", setting, "", state.degree, n) for n in sorted({*rows_grid, count})
    }
    if state.master_time:
        notes.append("By time, coverage with σ above 0 is not known.")
        by_time = {}
    if state.message_cost or state.silent or state.startup in world.samples:
        notes.append("By rows, coverage is known for κ = 0, ε = 0 and distributions with a density.")
        by_rows = {}
    first = ([by_time[mark]] if by_time else []) + ([by_rows[count]] if by_rows else [])
    finer = [[by_time[t] for t in _coarse(list(by_time))], [by_rows[n] for n in _coarse(list(by_rows))]]
    items = first + _interleaved(finer)
    return Plan(list(dict.fromkeys(items)), partial(_coverage_shown, state, notes, by_time, by_rows, mark, count))


def _coverage_shown(
    state: State,
    notes: list[str],
    by_time: Mapping[float, Item],
    by_rows: Mapping[float, Item],
    mark: float,
    count: int,
    values: Values,
) -> View:
    said = notes + _refusals("by time", [values.get(i) for i in by_time.values()])
    said += _refusals("by rows", [values.get(i) for i in by_rows.values()])
    panels = [_coverage_panel("t", "P(covered by t)", by_time, mark, values)] if by_time else []
    panels += [_coverage_panel("rows n", "P(CC ≤ n)", by_rows, count, values)] if by_rows else []
    model = ["--degree", state.degree]
    rows, commands = [], []
    if by_time:
        rows.append(["all covered by time", mark, *_limits(values.get(by_time[mark]))])
        more = of_model(state, costs=("message_cost", "silent"))
        commands.append(command("coverage", *model, *more, "--by-time", mark))
    if by_rows:
        rows.append(["all covered by rows", count, *_limits(values.get(by_rows[count]))])
        commands.append(command("coverage", *model, *of_model(state, costs=()), "--by-rows", count))
    says = "; ".join(f"{row[0]} {number(row[1])}: {text(row[2], 4)}" for row in rows if row[2] is not None)
    header = ["event", "at", "probability from", "to"]
    return View(_title(state), says, panels, header, rows, commands, said)


def _two_grids(state: State, world: World) -> tuple[list[float], list[int]]:
    m = state.symbols
    grid = times(replace(state, schemes=("sr",)), world, FEW + 6)
    low, high = 0.6 * m, 1.5 * m + 5
    step = max(1, int(_round((high - low) / FEW)))
    return grid, list(range(int(low // step) * step, int(high) + step, step))


def _marks(state: State, grid: Sequence[float]) -> tuple[float, int]:
    return (
        state.at if state.at is not None else grid[len(grid) // 2],
        state.rows if state.rows is not None else state.symbols,
    )


def _limits(value: Any) -> list[float | None]:
    return [Low(value[0]), High(value[1])] if isinstance(value, tuple) else [None, None]


def _coverage_panel(across: str, up: str, items: Mapping[Any, Item], mark: float, values: Values) -> Panel:
    x, look = _drawn({x: values.get(item) for x, item in items.items()}, "both")
    low, high = ([_limit_at(values[items[at]], i) for at in x] for i in (0, 1))
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    return _probability_panel(across, up, items, mark, [Trace(up, x, middle, low, high, 0, look, errors=True)])


def _limit_at(value: Any, i: int) -> float:
    return float(value[i]) if isinstance(value, tuple) else math.nan


def _probability_panel(across: str, up: str, items: Mapping[Any, Item], mark: float, traces: Sequence[Trace]) -> Panel:
    return Panel(across, up, traces, x_range=(min(items), max(items)), y_range=(-0.02, 1.02), mark=mark)


# ------------------------------------------------------------------------------------------------------- guarantee


def _guarantee(state: State, world: World) -> Plan:
    from srtheory.theory.startup import named as by_name

    notes = ["Proved for every m, without the hitting-time law: rows of an SR code."]
    setting = replace(setting_of(state), seed=State.seed)
    grid = times(replace(state, schemes=("sr",)), world, FEW + 2)
    mark, count = _marks(state, grid)
    by_time = {t: Item("proved-time", setting, "", state.degree, t) for t in sorted({*grid, mark})}
    rows_item = Item("proved-rows", setting, "", state.degree, count)
    provable = not (state.message_cost or state.silent or state.master_time) and by_name(world.law(state.startup))
    if state.master_time:
        notes.append("With σ above 0 nothing is proved.")
        by_time = {}
    if not provable:
        notes.append("By rows it is proved for κ = 0, ε = 0 and exponential, Pareto or uniform start-up.")
    first = [by_time[mark]] if by_time else []
    items = first + [by_time[t] for t in _coarse(list(by_time)) if t != mark] + ([rows_item] if provable else [])
    return Plan(items, partial(_guarantee_shown, state, notes, by_time, rows_item if provable else None, mark, count))


def _guarantee_shown(
    state: State,
    notes: list[str],
    by_time: Mapping[float, Item],
    rows_item: Item | None,
    mark: float,
    count: int,
    values: Values,
) -> View:
    said = notes + _refusals("by time", [values.get(i) for i in by_time.values()])
    panels = []
    if by_time:
        panels.append(_bounds_panel(by_time, mark, values))
    model = ["--degree", state.degree]
    rows, commands = [], []
    if by_time:
        rows.append(["T ≤", mark, *_limits(values.get(by_time[mark]))])
        more = of_model(state, costs=("message_cost", "silent"))
        commands.append(command("guarantee", *model, *more, "--by-time", mark))
    if rows_item is not None:
        value = values.get(rows_item)
        said += _refusals("by rows", [value])
        rows.append(["M' ≤", count, *_limits(value)])
        commands.append(command("guarantee", *model, *of_model(state, costs=()), "--by-rows", count))
    says = " ".join(
        f"P({row[0]} {number(row[1])}) is from {text(row[2], 4)} to {text(row[3], 4)}."
        for row in rows
        if row[2] is not None
    )
    return View(_title(state), says, panels, ["event", "at", "probability from", "to"], rows, commands, said)


def _bounds_panel(items: Mapping[float, Item], mark: float, values: Values) -> Panel:
    """Return the panel of the bounds: the lower one holds at all later times, the upper one at all earlier ones."""
    got = {t: values.get(item) for t, item in items.items()}
    x = [t for t, value in got.items() if isinstance(value, tuple)]
    low, high = ([_limit_at(got[t], i) for t in x] for i in (0, 1))
    whole = None not in got.values()
    traces = [
        Trace("lower bound (proved)", x, low, low, high, 0, "step" if whole else "points", rises=True),
        Trace("upper bound (proved)", x, high, None, None, 1, "back" if whole else "points"),
    ]
    return _probability_panel("t", "P(T ≤ t)", items, mark, traces)


# ------------------------------------------------------------------------------------------------------- one run

RUN_SYMBOLS = 20
"""Terms of a run that is drawn in place of one of too many."""
RUN_HEADER = ("row", "time", "worker", "terms", "support", "rank", "covered", "spans")


def _one_run(state: State, world: World) -> Plan:
    from srtheory.render.one_run import MOST_SYMBOLS

    notes = []
    if (m := state.symbols) > MOST_SYMBOLS:
        tau = float(f"{state.tau * m / RUN_SYMBOLS:.4g}")
        state = replace(state, symbols=RUN_SYMBOLS, tau=tau, degree=min(state.degree, RUN_SYMBOLS))
        notes.append(
            f"One run is drawn for at most {MOST_SYMBOLS} terms. It is shown for m = {RUN_SYMBOLS} in place of {m}, "
            f"and for τ = {number(tau)}, so that a worker takes as long for all terms."
        )
    if state.message_cost or state.master_time or state.silent:
        state = replace(state, message_cost=0.0, master_time=0.0, silent=0.0)
        notes.append("One run is drawn for κ = σ = ε = 0, and so it is shown.")
    item = Item("run", setting_of(state), "sr", state.degree)
    return Plan([item], partial(_one_run_shown, state, notes, item))


def _one_run_shown(state: State, notes: list[str], item: Item, values: Values) -> View:
    run, title = values.get(item), f"One run of the SR code: {_title(state)}, seed {state.seed}"
    if run is None or isinstance(run, Refused):
        return View(title, "", [], RUN_HEADER, [], [], [*notes, *_refusals("run", [run])])
    last = len(run.steps)
    k = last if state.step is None else min(state.step, last)
    seen = run.steps[:k]
    until = seen[-1].time if seen else 0.0
    rows = [
        [s.row, s.time, s.worker, len(s.support), " ".join(map(str, s.support)), s.rank, s.covered, s.spans]
        for s in seen
    ]
    line = command(
        *("figure", "run", "--symbols", state.symbols, "--degree", state.degree, "--tau", state.tau),
        *("--startup", state.startup, "--seed", state.seed),
    )
    says = f"The sum is there after {last} rows, at {until:.4g}."
    if k < last:
        says = f"{k} of {last} rows have arrived."
    if seen:
        end = seen[-1]
        says += f" Row {k} is from worker {end.worker}: rank {end.rank}, {end.covered} of {state.symbols} covered."
    return View(title, says, _run_panels(run, k), RUN_HEADER, rows, [line], notes, run, until)


def _run_panels(run: Any, k: int) -> list[Panel]:
    seen = run.steps[:k]
    place = {int(j): i for i, j in enumerate(np.argsort(run.startups))}
    bars = [(s.begun, s.time, place[s.worker - 1], s) for s in seen]
    single = [b for b in bars if len(b[3].support) == 1]
    blocks = [b for b in bars if len(b[3].support) > 1]
    end = 1.04 * run.record.latency
    workers = [
        Trace(
            name,
            [b[1] for b in some],
            [float(b[2]) for b in some],
            [b[0] for b in some],
            None,
            colour,
            "bars",
            [f"row {b[3].row}: worker {b[3].worker}, terms {','.join(map(str, b[3].support))}" for b in some],
        )
        for name, some, colour in (("own term", single, 0), ("block of terms", blocks, 2))
    ]
    at = [0.0, *(s.time for s in seen)]
    counts = [
        Trace("rows received", at, [0.0, *(float(s.row) for s in seen)], colour=6, look="step"),
        Trace("terms covered", at, [0.0, *(float(s.covered) for s in seen)], colour=1, look="step"),
        Trace("rank over ℚ", at, [0.0, *(float(s.rank) for s in seen)], colour=0, look="step"),
    ]
    top = max(run.symbols, len(run.steps)) + 1.0
    each = -(-len(place) // NUMBERED)
    names = [(float(i), str(j + 1)) for j, i in place.items() if i % each == 0]
    return [
        Panel("time", "worker", workers, x_range=(0.0, end), y_range=(len(place) - 0.3, -0.7), names=names),
        Panel("time", "number", counts, x_range=(0.0, end), y_range=(0.0, top)),
    ]


_PLANS: dict[str, Callable[[State, World], Plan]] = {
    "tail": _tail,
    "degree": _degree,
    "frontier": _frontier,
    "coverage": _coverage,
    "guarantee": _guarantee,
    "run": _one_run,
}


def progress(its: Plan, values: Values) -> tuple[int, int]:
    """Return how many units of the plan's work are done, and of how many: values, and trials of simulations."""
    done = total = 0
    for item in its.items:
        size = int(item.at) if item.kind == "simulate" else 1
        value = values.get(item)
        total += size
        done += size if is_done(item, value) else len(value) if isinstance(value, Runs) else 0
    return done, total
