"""The views: which values each needs, and what it shows of those that are there, with the commands that print them."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from srtheory.decoders.targets import SUM
from srtheory.delays import quietly
from srtheory.errors import ArgumentError
from srtheory.experiments.compare import (
    FIRST,
    LIMIT,
    Chosen,
    Point,
    advice,
    candidates,
    series,
    settled,
    with_cells,
)
from srtheory.experiments.store import Records
from srtheory.experiments.summary import QUANTILES, finite_or_none, summarise, tail_band
from srtheory.explore.items import (
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
from srtheory.explore.state import State, World, number, query_of, read
from srtheory.model import Model
from srtheory.own_code import told
from srtheory.questions.words import COSTS, read_times
from srtheory.schemes import NamedScheme, named, printed
from srtheory.theory import IF_HITTING, RIGOROUS
from srtheory.theory import by_scheme as laws
from srtheory.theory.both_ends import likely_cells
from srtheory.theory.rows import fluid_limit
from srtheory.theory.startup import named as by_name

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


class Measured(NamedTuple):
    """A mean with its standard error."""

    mean: float | None
    error: float | None

    def __str__(self) -> str:
        """Return both to the place of the second digit of the error."""
        if self.mean is None or not self.error:
            return text(self.mean)
        places = 1 - math.floor(math.log10(float(f"{self.error:.1e}")))
        return " ± ".join(f"{round(x, places):.{max(places, 0)}f}" for x in (self.mean, self.error))


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
    """A curve, or points, of a panel."""

    name: str
    x: list[float]
    y: list[float]
    low: list[float] | None = None  # limits of a band around it
    high: list[float] | None = None
    colour: int = 0  # place in the palette
    look: str = "line"
    """``line``; ``step`` or ``back``, a value that holds up to the next point or since the one before; ``points``, of
    what is not finished; ``both``; or ``bars``: from ``low`` to ``x`` at the height ``y``."""
    labels: list[str] | None = None  # what follows the values under the pointer
    errors: bool = False  # whether the limits belong to single points, and are no band
    rises: bool | None = None
    """Of limits known at the points only: whether the probability rises with x, so that the band has those steps."""
    faint: bool = False  # of another setting, which was pinned


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
    """What a page shows."""

    title: str
    says: str  # the answer in words
    panels: Sequence[Panel]
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]  # the numbers of the table, unrounded
    commands: Sequence[str]  # these print the numbers
    notes: Sequence[str] = ()  # what is left out and why, and what the numbers rest on
    steps: int = 1  # of the view of one run: its arrivals


class Plan:
    """The items of a view, the most important first, and the view of the values that are there; it can be pickled."""

    items: list[Item]

    def __init__(self, state: State, why: str) -> None:
        self.state, self.items, self.notes = state, [], [why]

    def show(self, values: Values) -> View:
        """Return the view of these values; here nothing but the reason."""
        return View(_title(self.state), "Nothing is shown at these parameters.", [], [], [], [], self.notes)


class _Pinned(Plan):
    """A view with the curves of another setting, which are faint."""

    def __init__(self, mine: Plan, other: Plan) -> None:
        self.state, self.mine, self.other = mine.state, mine, other
        self.items = list(dict.fromkeys([*mine.items, *other.items]))

    def show(self, values: Values) -> View:
        view, other = self.mine.show(values), self.other.show(values)
        panels = []
        for panel, its in zip(view.panels, other.panels, strict=False):
            faint = [replace(t, name=f"{t.name}, pinned", faint=True) for t in its.traces if t.colour >= 0]
            x, y = _around(panel.x_range, its.x_range), _around(panel.y_range, its.y_range)
            panels.append(replace(panel, traces=[*panel.traces, *faint], x_range=x, y_range=y))
        commands, notes = [*view.commands, *other.commands], [f"Pinned, faint: {other.title}.", *view.notes]
        return replace(view, panels=panels, commands=commands, notes=notes)


def _around(a: tuple[float, float] | None, b: tuple[float, float] | None) -> tuple[float, float] | None:
    return (min(a[0], b[0]), max(a[1], b[1])) if a and b else None


def plan(state: State, world: World) -> Plan:
    """Return the plan of the state's view; it takes as long as the start-up distribution does.

    Where the parameters admit no plan, it is empty, and its view says why.
    """
    try:
        with quietly():
            made = _PLANS[state.view](state, world)
            if state.pin and state.view != "run":
                made = _Pinned(made, plan(replace(read(query_of(state.pin), world)[0], view=state.view), world))
            return made
    except ArgumentError as error:
        return Plan(state, f"{error.name}: {error.expected}")
    except Exception as error:  # scipy's distributions raise any
        return Plan(state, f"{INTERNAL} ({told(error)})")


# ------------------------------------------------------------------------------------------------------- commands


def _command(*words: Any) -> str:
    return shlex.join(["srtheory", *map(number, words)])


def _repeated(option: str, values: Iterable[Any]) -> list[Any]:
    return [word for value in values for word in (option, value)]


def _of_model(state: State, *, costs: Sequence[str] = COSTS) -> list[Any]:
    given = {name: getattr(state, name) for name in ("tau", "startup", *costs)} | state.parts
    more = [word for name, value in given.items() if value for word in (f"--{name.replace('_', '-')}", value)]
    return ["--symbols", state.symbols, *more]


def _of_scheme(item: Item, law: bool) -> list[Any]:
    scheme = named(item.scheme)
    sized = scheme.sized(item.degree)
    if law and not scheme.custom:
        sized = {name: value for name, value in sized.items() if name in laws.options_of(item.scheme)}
    words = [word for name, value in sized.items() for word in (f"--{name}", value)]
    return words + _repeated("--option", item.options)


def _law_command(item: Item, *times: float, grid: Sequence[float] = ()) -> str:
    return _command("latency", item.scheme, *_of_scheme(item, True), *_of_model(item.setting), *_at(times, grid))


def _at(times: Sequence[float], grid: Sequence[float]) -> list[Any]:
    """Return the options of times: those of a grid as A:B:N, if that gives the same."""
    short = f"{number(grid[0])}:{number(grid[-1])}:{len(grid)}" if len(grid) > 2 else ""
    all_of_them = [short] if short and read_times(short) == tuple(grid) else grid
    return _repeated("--at", [*all_of_them, *(t for t in times if t not in grid)])


def _simulation_command(item: Item, trials: int) -> str:
    more = ["--trials", trials, "--seed", item.setting.seed]
    return _command("simulate", item.scheme, *_of_scheme(item, False), *_of_model(item.setting), *more)


# ------------------------------------------------------------------------------------------------------- times


def times(state: State, world: World, points: int = POINTS, ends: tuple[float, float] | None = None) -> list[float]:
    """Return the times of a curve, of few digits: up to ``until``, or while something happens."""
    low, high = ends or _span(state, world)
    if state.until is not None:
        low, high = (0.0 if state.until <= low else low), state.until
    step = _round((high - low) / points)
    first, last = math.floor(low / step), math.ceil(high / step)
    found = [float(f"{i * step:.10g}") for i in range(max(first, 1), last + 1)]
    return found if state.until is None else [t for t in found if t <= high]


def _round(x: float) -> float:
    """Return the number of one digit, 1, 2, 3 or 5, at or above x."""
    power = 10.0 ** math.floor(math.log10(x))
    return next(step * power for step in (1, 2, 3, 5, 10) if step * power >= x * (1 - 1e-9))


def _span(state: State, world: World) -> tuple[float, float]:
    """Return times between which the fluid limits lie, and the tails of most schemes fall."""
    m, law = state.symbols, world.law(state.startup)
    slow = _slow_limit(state, world)
    each, cost = state.scale(world)
    fast = _limit(Model(m, 1, each, law))
    queue = state.master_time * m
    low, high = 0.7 * fast, 1.6 * slow + cost + 1.3 * queue
    for name in state.schemes:
        item = Item("latency", setting_of(state), name, state.degree)
        if seconds(item) < 0.01 and isinstance(status_of(item, world), str):
            high = max(high, _end(item, world, high))
    return low, high


def _middle(state: State, world: World, grid: Sequence[float]) -> float:
    """Return the time of the grid at which about as many rows as terms are expected: between early and late."""
    expected = _slow_limit(state, world)
    return min(grid, key=lambda t: abs(t - expected - state.master_time * state.symbols))


def _slow_limit(state: State, world: World) -> float:
    each, cost = state.scale(world)
    pace = each + cost / state.degree
    return _limit(Model(state.symbols, min(state.degree, state.symbols), pace, world.law(state.startup)))


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
        return _label(self.name)


def _label(name: str) -> str:
    return GENIE if name == LIMIT else printed(name)


def _setting(state: State) -> State:
    """Return the setting of values that rest on no simulation, and so on no seed."""
    return replace(setting_of(state), seed=State.seed)


def _own(state: State, scheme: NamedScheme) -> tuple[str, ...]:
    return tuple(text for text in state.options if text.partition("=")[0] in scheme.options)


def _asked(state: State, world: World, notes: list[str]) -> Iterator[_Scheme]:
    """Yield the ticked schemes that can be at this m and d; the notes say why others cannot."""
    for place, scheme in enumerate(state.named()):
        setting = free_of_messages(_setting(state)) if scheme.name == LIMIT else _setting(state)
        item = Item("latency", setting, scheme.name, state.degree, options=_own(state, scheme))
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


class _Tail(Plan):
    def __init__(self, state: State, world: World) -> None:
        self.state, self.notes = state, list[str]()
        schemes = list(_asked(state, world, self.notes))
        if LIMIT not in state.schemes:
            item = Item("latency", free_of_messages(_setting(state)), LIMIT, state.degree)
            schemes.append(_Scheme(LIMIT, -3, item, RIGOROUS))
        grid = times(state, world)
        self.mark = mark = state.at if state.at is not None else _middle(state, world, grid)
        self.grid, self.every = grid, sorted({*grid, mark})
        order = [mark, *(t for t in _coarse(grid) if t != mark)]
        self.known = [s for s in schemes if s.status is not None]
        self.simulated = [s for s in schemes if s.status is None]
        self.floors = {t: Item("floor", _setting(state), at=t) for t in self.every}
        self.by_law = {s.name: {t: replace(s.item, at=t) for t in self.every} for s in self.known}
        self.items = _interleaved([[its[t] for t in order] for its in (*self.by_law.values(), self.floors)])
        # no quick curve waits for a slow one
        self.items.sort(key=lambda item: item.at != mark and seconds(item) > 0.05)
        self.items += [s.item for s in self.simulated]

    def show(self, values: Values) -> View:
        traces, rows, commands, said, mark = [], [], [], list(self.notes), self.mark
        for s in self.known:
            got = {t: values.get(item) for t, item in self.by_law[s.name].items()}
            said += _refusals(s.label, list(got.values()))
            name = f"{s.label}, by max(m, CC)" if s.status == IF_HITTING else s.label
            traces.append(_curve(name, got, s.place, tail=True))
            rows.append(_tail_row(s.label, got[mark], s.status or ""))
            commands.append(_law_command(s.item, mark, grid=self.grid))
            if s.status not in STATUSES:
                said.append(f"{s.label}: {s.status}.")
        for s in self.simulated:
            runs = values.get(s.item)
            said += _refusals(s.label, [runs])
            if isinstance(runs, Runs):
                name = f"{s.label}, {len(runs)} runs"
                y, low, high = (limits.tolist() for limits in tail_band(runs.latency, np.array(self.every)))
                traces.append(Trace(name, self.every, y, low, high, s.place, "step", rises=False))
                tail, median = float((runs.latency > mark).mean()), summarise(runs.latency).quantiles["0.5"]
                rows.append([s.label, None, None, tail, finite_or_none(median), f"{len(runs)} simulated runs"])
                commands.append(_simulation_command(s.item, len(runs)))
        late = {t: values[item] for t, item in self.floors.items() if isinstance(values.get(item), float)}
        look = "back" if all(item in values for item in self.floors.values()) else "points"
        traces.append(Trace(FLOOR, list(late), list(late.values()), colour=-1, look=look))
        rows.append([FLOOR, None, None, Low(late[mark]) if mark in late else None, None, "lower bound"])
        said += _refusals(FLOOR, [values.get(item) for item in self.floors.values()])
        if late:
            commands.append(_command("floor", *_of_model(self.state), *_at([mark], self.grid)))
        header = ["scheme", f"P(T ≤ {number(mark)}) from", "to", f"P(T > {number(mark)})", "median T", "known by"]
        if not self.simulated:
            header, rows = [*header[:4], header[5]], [[*row[:4], row[5]] for row in rows]
        x_range, y_range = (self.every[0], self.every[-1]), (SMALLEST, 1.2)
        panel = Panel("t", "P(T > t)", traces, log_y=True, x_range=x_range, y_range=y_range, mark=mark)
        return View(_title(self.state), _tail_says(rows, mark), [panel], header, rows, commands, said)


def _curve(name: str, got: Mapping[float, Any], place: int, tail: bool = False) -> Trace:
    """Return the curve of a probability, or of its complement, with a band where its limits can be told apart."""
    x, look = _drawn(got, "line")
    both = ((_limit_at(got[t], 0), _limit_at(got[t], 1)) for t in x)
    limits = [(1 - high, 1 - low) if tail else (low, high) for low, high in both]
    middle = [(low + high) / 2 for low, high in limits]
    wide = any(high - low > 1e-4 for low, high in limits)
    low, high = ([its[i] for its in limits] if wide else None for i in (0, 1))
    return Trace(name, x, middle, low, high, place, look, rises=not tail)


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
    signs = {"tau": "τ", "startup": "X", "message_cost": "κ", "master_time": "σ", "silent": "ε"}
    given = {name: value for name in signs if (value := getattr(state, name))} | state.parts
    its = f", d = {state.degree}" if degree else ""
    times = (
        f"{signs.get(name, name)} {'~' if name != 'target' and '(' in str(value) else '='} {number(value)}"
        for name, value in given.items()
    )
    return f"m = {state.symbols}{its}, {', '.join(times)}"


# ------------------------------------------------------------------------------------------------------- degree


class _Degree(Plan):
    def __init__(self, state: State, world: World) -> None:
        self.state = state = replace(state, degree=min(state.degree, state.symbols))
        self.notes: list[str] = []
        self.degrees = sorted({*series(state.symbols), state.degree})
        self.groups: list[tuple[_Scheme, dict[int, Item]]] = []
        for s in _asked(state, world, self.notes):
            scheme, some = named(s.name), [state.degree]
            if scheme.sized(1):
                most = state.symbols if scheme.custom else scheme.kind.largest_size(state.symbols)  # type: ignore[attr-defined]
                some = [d for d in self.degrees if d <= most]
            its = {}
            for d in sorted(some, key=lambda d: abs(math.log(d / state.degree))):
                one = replace(s.item, degree=d)
                if _refusal(one, world) is None:
                    its[d] = replace(one, kind="quantile", at=state.quantile) if s.status else one
            self.groups.append((s, its))
        self.items = _interleaved([list(its.values()) for _, its in self.groups])
        self.items.sort(key=lambda item: not math.isfinite(seconds(item)) or seconds(item) > 1)

    def show(self, values: Values) -> View:
        traces, rows, commands, said, state = [], [], [], list(self.notes), self.state
        for s, its in self.groups:
            flat = not named(s.name).sized(1)
            points, lines = dict[int, float](), dict[int, str]()
            got = {d: values.get(its[d]) for d in sorted(its)}
            for d, value in got.items():
                if isinstance(value, Runs):
                    t = float(np.quantile(value.latency, state.quantile, method="inverted_cdf"))
                    if state.quantile in QUANTILES:  # which the command prints
                        rows.append([s.label, d, finite_or_none(t), None, None, f"{len(value)} runs"])
                        lines[d] = _simulation_command(its[d], len(value))
                elif isinstance(value, tuple):
                    t = value[0]
                    bounds = [Low(value[1]), High(value[2])]
                    rows.append([s.label, None if flat else d, t, *bounds, STATUSES.get(s.status or "", "law")])
                    lines[d] = _law_command(its[d], t)
                else:
                    continue
                points[d] = t
            commands += [lines[d] for d in its if d in lines][:1]
            said += _refusals(s.label, list(got.values()))
            x, look = _drawn(got, "line" if flat else "both")
            if flat and points:
                x, points = self.degrees, dict.fromkeys(self.degrees, next(iter(points.values())))
            y = [points.get(d, math.nan) for d in x]
            traces.append(Trace(s.label, x, [t if t < math.inf else math.nan for t in y], colour=s.place, look=look))
        said += ["The commands are those at the marked d; for other rows put in d and T."] * (len(rows) > len(commands))
        of = "median" if state.quantile == 0.5 else f"{number(state.quantile)} quantile"
        header = ["scheme", "d", f"{of} of T", "P(T ≤ it) from", "to", "known by"]
        panel = Panel("degree d", f"{of} of T", traces, log_x=True, log_y=True, mark=state.degree)
        return View(_title(state, False), _degree_says(rows, of), [panel], header, rows, commands, said)


def _degree_says(rows: Sequence[Sequence[Any]], of: str) -> str:
    there = [(row[2], row[0], row[1]) for row in rows if row[2] is not None and row[0] != GENIE]
    if not there:
        return ""
    least, best, d = min(there, key=lambda its: its[0])
    return f"Least {of} of T: {least:.5g}, {best}" + ("." if d is None else f" at d = {d}.")


# ------------------------------------------------------------------------------------------------------- frontier


class _Frontier(Plan):
    def __init__(self, state: State, world: World) -> None:
        self.state, self.notes = state, list[str]()
        m, schemes, setting = state.symbols, state.named(), setting_of(state)
        own = {s.name: _own(state, s) for s in schemes}
        read = {s.name: s.read(own[s.name]) for s in schemes}
        self.degrees = sorted({*series(m), min(state.degree, m)})
        self.points: dict[tuple[str, int | None, int | None], Item] = {}
        for scheme in schemes:
            name, its = scheme.name, free_of_messages(setting) if scheme.name == LIMIT else setting
            try:
                chosen = candidates(m, self.degrees, [scheme], read)
                for _, d, cells in with_cells(m, chosen, read, partial(_cells, setting, world)):
                    some = () if cells is None or "cells" in read[name] else (f"cells={cells}",)
                    item = Item("simulate", its, name, d or 1, state.trials, own[name] + some)
                    if (refusal := _refusal(item, world)) is not None:
                        raise ArgumentError(refusal.name, None, refusal.why)
                    self.points[name, d, cells] = item
            except ArgumentError as error:
                self.notes.append(f"{name} is left out: {error.expected}")
        self.bottom = Item("floor-mean", _setting(state))
        self.names = [s.name for s in schemes if any(key[0] == s.name for key in self.points)]
        groups = [[item for key, item in self.points.items() if key[0] == name] for name in self.names]
        self.items = [self.bottom, *_interleaved(groups)]

    def show(self, values: Values) -> View:
        state, got = self.state, {key: values.get(item) for key, item in self.points.items()}
        first = min(state.trials, FIRST)
        runs = {key: value for key, value in got.items() if isinstance(value, Runs) and len(value) >= first}
        said = self.notes + [text for key, value in got.items() for text in _refusals(key[0], [value])]
        trials = min(map(len, runs.values()), default=0)

        def first_runs(some: Sequence[Chosen], n: int) -> list[Records]:
            its = (vars(runs[scheme.name, d, cells].first(n)) for scheme, d, cells in some)
            return [Records(columns) for columns in its]

        points = settled([(named(name), d, cells) for name, d, cells in runs], first_runs, trials) if trials else []
        if len(points) < len(got):
            said.append(f"{len(points)} of {len(got)} points so far.")
        floor, of = values.get(self.bottom), "median" if state.lossy else "mean"
        ahead, traces = sorted((p for p in points if p.frontier), key=lambda p: p.latency.mean), []
        for i, name in enumerate(self.names):
            whole = all(value is not None for key, value in got.items() if key[0] == name)
            traces.append(_cost_trace(name, [p for p in points if p.scheme == name], i, "both" if whole else "points"))
        far = [p for p in ahead if math.isfinite(p.latency.mean) and None not in got.values()]
        edge = Trace("frontier", [p.messages.mean for p in far], [p.latency.mean for p in far], colour=-2)
        mine = Trace(FLOOR, *_level(floor, points, state.symbols), colour=-1)
        scale = _scale(far, mine)
        panel = Panel("mean messages", f"{of} latency", [edge, *traces, mine], True, True, **scale)
        right, top = (scale.get(its, (0, math.inf))[1] for its in ("x_range", "y_range"))
        if off := [t.name for t in traces if t.x and all(x > right or y > top for x, y in zip(t.x, t.y, strict=True))]:
            said.append(f"Outside the picture: {'; '.join(off)}.")
        header = ["scheme", "d", "cells", "mean T ± s.e.", "mean messages ± s.e.", "frontier"]
        rows = [_cost_row(p) for p in sorted(points, key=lambda p: p.latency.mean)]
        commands = []
        bound = floor if isinstance(floor, float) and math.isfinite(floor) and not state.lossy else None
        if trials:
            which = ["--schemes", ",".join(self.names), *_repeated("--degree", self.degrees)]
            which += [*_repeated("--option", state.options), *_of_model(state)]
            commands.append(_command("compare", *which, "--trials", trials, "--seed", state.seed, "--all"))
        if isinstance(floor, float) and math.isfinite(floor):
            said.append(f"Floor: no oblivious scheme has a {of} latency below {text(Low(floor), 5)} (proved).")
        return View(_title(state, False), _frontier_says(points, ahead, bound), [panel], header, rows, commands, said)


def _scale(far: Sequence[Point], floor: Trace) -> dict[str, Any]:
    """Return the ranges of the axes in which the frontier is seen, and what is near to it."""
    if len(far) < 2:
        return {}
    x, y = [p.messages.mean for p in far], [p.latency.mean for p in far]
    high = max(min(y) * 3, max(y) * 1.1)
    return {"x_range": (min(x) / 1.3, max(x) * 2), "y_range": (min([*floor.y, *y]) / 1.1, high)}


@lru_cache(maxsize=256)
def _cells(setting: State, world: World, degree: int, numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Return the numbers of cells that ``srtheory compare`` tries, which take a moment to be found."""
    with quietly():
        return tuple(likely_cells(replace(setting, more=()).model(world, degree), numbers))


def _cost_trace(name: str, points: Sequence[Point], place: int, look: str) -> Trace:
    there = [p for p in points if math.isfinite(p.latency.mean) and math.isfinite(p.messages.mean)]
    low, high = ([p.latency.mean + side * 1.96 * _error(p) for p in there] for side in (-1, 1))
    labels = [", ".join(["", *_sizes(p)]) for p in there]
    x, y = [p.messages.mean for p in there], [p.latency.mean for p in there]
    return Trace(_label(name), x, y, low, high, place, "points" if any(p.cells for p in there) else look, labels, True)


def _sizes(p: Point) -> list[str]:
    return [f"{name} = {value}" for name, value in (("d", p.degree), ("cells", p.cells)) if value is not None]


def _error(p: Point) -> float:
    error = p.latency.standard_error
    return error if math.isfinite(error) else 0.0


def _level(floor: Any, points: Sequence[Point], m: int) -> tuple[list[float], list[float]]:
    if not isinstance(floor, float) or not math.isfinite(floor):
        return [], []
    across = [p.messages.mean for p in points if math.isfinite(p.messages.mean) and p.messages.mean > 0] or [1.0, m]
    return sorted(across), [floor] * len(across)


def _cost_row(p: Point) -> list[Any]:
    measured = (Measured(*map(finite_or_none, (m.mean, m.standard_error))) for m in (p.latency, p.messages))
    return [GENIE if p.scheme == LIMIT else p.scheme, p.degree, p.cells, *measured, "*" if p.frontier else ""]


def _frontier_says(points: Sequence[Point], ahead: Sequence[Point], floor: float | None) -> str:
    says = " ".join(
        advice(points, lambda p: None if floor is None or named(p.scheme).custom else floor / p.latency.mean)
    )
    return says + (f" On the frontier: {len(ahead)} points, marked *." if len(ahead) > 1 else "")


# --------------------------------------------------------------------------------------------- coverage and bounds

_EVENTS = {"coverage": ("all covered by time", "all covered by rows"), "guarantee": ("T ≤", "M' ≤")}
"""The events of a view, by time and by rows."""


class _Bounds(Plan):
    """What is sure of the probability that all terms are covered, or that the sum is there, scheme by scheme."""

    def __init__(self, state: State, world: World) -> None:
        self.state, self.proved, said = state, state.view == "guarantee", list[str]()
        state, self.notes = state.without("target"), said
        said += ["The target is the sum."] * (self.state.target != SUM)
        said += [] if self.proved else ["Schemes that send parts or terms cover all as soon as they recover the sum."]
        fine, slow = times(state, world), _slow_limit(state, world)
        coarse = times(state, world, FEW + 6, (0.7 * slow, 1.6 * slow))
        self.mark = mark = state.at if state.at is not None else _middle(state, world, coarse)
        self.curves: list[tuple[_Scheme, dict[float, Item]]] = []
        for s in _asked(state, world, said):
            item, grid = self._item(s, state), coarse if s.name in BLOCKS else fine
            if isinstance(item, Item):
                self.curves.append((s, {t: replace(item, at=t) for t in sorted({*grid, mark})}))
            else:
                said.append(f"{s.label} is left out: {item}")
        self.by_rows, self.rows = dict[float, Item](), state.symbols if state.rows is None else state.rows
        if any(s.name == "sr" for s, _ in self.curves):
            self._add_rows(state, world)
        every = [[its[mark], *(its[t] for t in _coarse([*its]))] for _, its in self.curves]
        self.items = list(dict.fromkeys(_interleaved([*every, [*self.by_rows.values()]])))
        self.items.sort(key=lambda item: item.kind == "proved-rows")

    def _item(self, s: _Scheme, state: State) -> Item | str:
        """Return the item of a scheme, without its time, or why it has none."""
        exact = isinstance(s.status, str) and s.status.startswith(RIGOROUS) and " for " not in s.status
        if s.name not in BLOCKS[: 1 + self.proved]:
            if exact and (self.proved or getattr(named(s.name).kind, "decoder", "") == "partition"):
                return s.item
            return "nothing is proved of it here" if self.proved else "its coverage is not known"
        if s.item.options or state.master_time:
            return f"nothing is known here with {'an option' if s.item.options else 'σ above 0'}"
        return Item("proved-time" if self.proved else "cover-time", _setting(state), s.name, state.degree)

    def _add_rows(self, state: State, world: World) -> None:
        m, paper = state.symbols, not (state.more or state.message_cost or state.silent or state.master_time)
        known = by_name(world.law(state.startup)) if self.proved else state.startup not in world.samples
        if not (paper and known):
            which = "exponential, Pareto or uniform start-up" if self.proved else "distributions with a density"
            self.notes.append(f"By rows SR is known for κ = σ = ε = 0 and {which}.")
            return
        low, high = 0.6 * m, 1.5 * m + 5
        step = max(1, int(_round((high - low) / FEW)))
        some = [] if self.proved else range(int(low // step) * step, int(high) + step, step)
        one = Item("proved-rows" if self.proved else "cover-rows", _setting(state), "sr", state.degree)
        self.by_rows = {n: replace(one, at=n) for n in sorted({*some, self.rows})}

    def show(self, values: Values) -> View:
        said, rows, commands = list(self.notes), list[list[Any]](), list[str]()
        traces, over = list[Trace](), list[Trace]()
        for s, its in self.curves:
            got = {t: values.get(item) for t, item in its.items()}
            said += _refusals(s.label, [*got.values()])
            rows.append(_sure_row(_EVENTS[self.state.view][0], s.label, self.mark, got[self.mark]))
            if s.name not in BLOCKS:
                commands.append(_law_command(its[self.mark], self.mark))
                traces.append(_curve(s.label, got, s.place))
                continue
            commands.append(self._command(its[self.mark], "--by-time", self.mark))
            traces += _two_bounds(s, got) if self.proved else [_with_limits(s.label, got, s.place)]
        if self.by_rows:
            got = {n: values.get(item) for n, item in self.by_rows.items()}
            said += _refusals("by rows", [*got.values()])
            rows.append(_sure_row(_EVENTS[self.state.view][1], "SR", self.rows, got[self.rows]))
            commands.append(self._command(self.by_rows[self.rows], "--by-rows", self.rows))
            over = [] if self.proved else [_with_limits("SR, by rows", got, self.state.schemes.index("sr"))]
        there: dict[str, list[str]] = {}
        for event, label, at, low, high in rows:
            if low is not None:
                there.setdefault(f"P({event} {number(at)})", []).append(f"{label} {_between(low, high)}")
        says = " ".join(f"{event}: {'; '.join(its)}." for event, its in there.items())
        header = ["event", "scheme", "at", "probability from", "to"]
        up = "P(T ≤ t)" if self.proved else "P(covered by t)"
        panels = [Panel("t", up, traces, y_range=(-0.02, 1.02), mark=self.mark)] if traces else []
        if over:
            ends = (min(self.by_rows), max(self.by_rows))
            panels.append(Panel("rows n", "P(CC ≤ n)", over, x_range=ends, y_range=(-0.02, 1.02), mark=self.rows))
        return View(_title(self.state), says, panels, header, rows, commands, said)

    def _command(self, item: Item, *by: Any) -> str:
        costs, which = () if by[0] == "--by-rows" else ("message_cost", "silent"), item.scheme
        scheme = ["--scheme", which] if which != "sr" else []
        model = _of_model(item.setting, costs=costs)
        return _command(self.state.view, "--degree", item.degree, *model, *scheme, *by)


BLOCKS = ("sr", "sr-cells")
"""Schemes of random blocks: coverage is known of the first alone, and guarantee proves bounds of both."""


def _sure_row(event: str, label: str, at: float, value: Any) -> list[Any]:
    return [event, label, at, *([Low(value[0]), High(value[1])] if isinstance(value, tuple) else [None, None])]


def _between(low: float, high: float) -> str:
    a, b = text(low, 4), text(high, 4)
    return f"{(low + high) / 2:.4g}" if high - low < 1e-4 else f"from {a} to {b}"


def _with_limits(name: str, got: Mapping[float, Any], place: int) -> Trace:
    x, look = _drawn(got, "both")
    low, high = ([_limit_at(got[at], i) for at in x] for i in (0, 1))
    return Trace(name, x, [(a + b) / 2 for a, b in zip(low, high, strict=True)], low, high, place, look, errors=True)


def _two_bounds(s: _Scheme, got: Mapping[float, Any]) -> list[Trace]:
    """Return the bounds: the lower one holds at all later times, the upper one at all earlier ones."""
    x = [t for t, value in got.items() if isinstance(value, tuple)]
    low, high = ([_limit_at(got[t], i) for t in x] for i in (0, 1))
    whole = None not in got.values()
    return [
        Trace(f"{s.label}: lower bound", x, low, low, high, s.place, "step" if whole else "points", rises=True),
        Trace(f"{s.label}: upper bound", x, high, None, None, s.place, "back" if whole else "points"),
    ]


def _limit_at(value: Any, i: int) -> float:
    return float(value[i]) if isinstance(value, tuple) else math.nan


# ------------------------------------------------------------------------------------------------------- one run

RUN_SYMBOLS = 20
"""Terms of a run that is drawn in place of one of too many."""
RUN_HEADER = ("row", "time", "worker", "terms", "support", "rank", "covered", "spans")


class _OneRun(Plan):
    def __init__(self, state: State, world: World) -> None:
        from srtheory.render.one_run import MOST_SYMBOLS

        self.notes = ["The run is that of the scheme that is ticked first."] * (len(state.schemes) > 1)
        if (m := state.symbols) > MOST_SYMBOLS:
            tau = float(f"{state.tau * m / RUN_SYMBOLS:.4g}")
            d = max(1, round(min(state.degree, m) * math.log(RUN_SYMBOLS) / math.log(m)))
            state = replace(state, symbols=RUN_SYMBOLS, tau=tau, degree=min(d, RUN_SYMBOLS))
            self.notes.append(
                f"One run is drawn for at most {MOST_SYMBOLS} terms: for m = {RUN_SYMBOLS} in place of {m}, and with"
                f" mτ and d/ln m nearly as large."
            )
        if state.more or any(getattr(state, name) for name in COSTS):
            state = replace(state, more=(), **dict.fromkeys(COSTS, 0.0))  # type: ignore[arg-type]
            self.notes.append("One run is drawn for κ = σ = ε = 0 and the times of the paper, and so it is shown.")
        scheme = state.named()[0]
        d = min(state.degree, state.symbols)
        self.state, self.items = state, [Item("run", setting_of(state), scheme.name, d, options=_own(state, scheme))]

    def show(self, values: Values) -> View:
        [item], state = self.items, self.state
        run, title = values.get(item), f"One run of {_label(item.scheme)}: {_title(state)}, seed {state.seed}"
        if run is None or isinstance(run, Refused):
            return View(title, "", [], RUN_HEADER, [], [], [*self.notes, *_refusals("run", [run])])
        last = len(run.steps)
        k = last if state.step is None else min(state.step, last)
        seen = run.steps[:k]
        rows = [
            [s.row, s.time, s.worker, len(s.support), " ".join(map(str, s.support)), s.rank, s.covered, s.spans]
            for s in seen
        ]
        which = [] if item.scheme == "sr" else ["--schemes", item.scheme]
        model = ("--symbols", state.symbols, "--degree", item.degree, "--tau", state.tau, "--startup", state.startup)
        line = _command("figure", "run", *which, *_repeated("--option", item.options), *model, "--seed", state.seed)
        says = f"The sum is there after {last} rows, at {run.record.latency:.4g}."
        if k < last:
            says = f"{k} of {last} rows have arrived."
        if seen:
            end = seen[-1]
            says += f" Row {k} is from worker {end.worker}: rank {end.rank}, {end.covered} of {state.symbols} covered."
        return View(title, says, _run_panels(run, k), RUN_HEADER, rows, [line], self.notes, last)


def _run_panels(run: Any, k: int) -> list[Panel]:
    seen = run.steps[:k]
    place = {int(j): i for i, j in enumerate(np.argsort(run.startups))}

    def bars(name: str, steps: list[Any], colour: int) -> Trace:
        x, y, low = [s.time for s in steps], [float(place[s.worker - 1]) for s in steps], [s.begun for s in steps]
        return Trace(name, x, y, low, None, colour, "bars")

    workers = [
        bars("one term", [s for s in seen if len(s.support) == 1], 0),
        bars("sum of terms", [s for s in seen if len(s.support) > 1], 2),
    ]
    at, end = [0.0, *(s.time for s in seen)], 1.04 * run.record.latency
    told = ["", *(f", of worker {s.worker}: {'+'.join(map(str, s.support))}" for s in seen)]
    counts = [
        Trace(says, at, [0.0, *(float(getattr(s, name)) for s in seen)], None, None, colour, "step", labels)
        for says, name, colour, labels in (
            ("terms covered", "covered", 1, None),
            ("rank over ℚ", "rank", 0, None),
            ("rows received", "row", 6, told),  # above those that are equal
        )
    ]
    top = max(run.symbols, len(run.steps)) + 1.0
    each = -(-len(place) // NUMBERED)
    names = [(float(i), str(j + 1)) for j, i in place.items() if i % each == 0]
    return [
        Panel("time", "worker", workers, x_range=(0.0, end), y_range=(len(place) - 0.3, -0.7), names=names),
        Panel("time", "number", counts, x_range=(0.0, end), y_range=(0.0, top)),
    ]


_PLANS: dict[str, Callable[[State, World], Plan]] = {
    "tail": _Tail,
    "degree": _Degree,
    "frontier": _Frontier,
    "coverage": _Bounds,
    "guarantee": _Bounds,
    "run": _OneRun,
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
