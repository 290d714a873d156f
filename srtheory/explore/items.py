"""Single values of a view: what each is, what it costs about, and its computation.

An item holds all on which its value depends, so that values can be kept and computed anywhere, in any order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from srtheory.decoders.targets import SUM
from srtheory.delays import quietly
from srtheory.errors import ArgumentError
from srtheory.experiments.compare import MEASURES
from srtheory.experiments.trial import Task, run_trials
from srtheory.explore.state import MORE, State, World
from srtheory.model import Model
from srtheory.own_code import told
from srtheory.questions.floor import Floor
from srtheory.questions.guarantee import Guarantee
from srtheory.questions.latency import Latency
from srtheory.schemes import named
from srtheory.schemes.own import attribute_errors_to_user
from srtheory.theory import ENTRIES
from srtheory.theory import by_scheme as laws
from srtheory.theory.coverage import coverage_by_rows, coverage_by_time
from srtheory.theory.floor import floor
from srtheory.theory.rows import bracket_time
from srtheory.theory.targets import target_floor
from srtheory.types import Floats

COST = {
    **{f"latency {name}": 0.002 for name in ENTRIES},
    "latency sr": 0.25,
    "latency terms-random": 0.2,
    "latency terms-staircase": 0.04,
    "latency genie": 0.03,
    "latency terms-cyclic": 0.012,
    "latency terms-pairs": 0.005,
    "floor": 0.02,
    "cover-time": 0.07,
    "cover-rows": 0.5,
}
"""Seconds of an evaluation at m = 1000, about; whatever is not here takes too long to wait for."""
EVALUATIONS = 16
"""Evaluations behind a quantile, about."""
INTERNAL = "an internal error of srtheory, please report it"


@dataclass(frozen=True)
class Item:
    """A value to be computed."""

    kind: str  # a key of KINDS
    setting: State  # only its parameters of the model count: see setting_of
    scheme: str = ""
    degree: int = 1  # d, or s + 1
    at: float = 0.0  # time, number of rows, level of a quantile, or number of trials
    options: tuple[str, ...] = ()  # of the scheme, as texts key=value


@dataclass(frozen=True)
class Refused:
    """The reason for which an item has no value."""

    why: str
    name: str = ""


@dataclass(frozen=True, eq=False)
class Runs:
    """Measures of the first trials of a task, arrays of shape (trials,), inf for "never"."""

    latency: Floats
    stopping_time: Floats
    work: Floats

    def __len__(self) -> int:
        return len(self.latency)

    def first(self, trials: int) -> Runs:
        """Return the first so many trials."""
        return Runs(*(getattr(self, name)[:trials] for name in MEASURES))

    def followed_by(self, more: Runs) -> Runs:
        """Return these trials and then those."""
        return Runs(*(np.concatenate([getattr(self, name), getattr(more, name)]) for name in MEASURES))


def setting_of(state: State) -> State:
    """Return the state with all that is not of the model at its default, so that equal settings are equal."""
    names = ("symbols", "tau", "startup", "message_cost", "master_time", "silent", "seed", "more")
    return State(**{name: getattr(state, name) for name in names})


def free_of_messages(setting: State) -> State:
    """Return the setting of the genie, which sends no messages."""
    return replace(setting, message_cost=0.0, master_time=0.0).without("message_cost", "link")


def seconds(item: Item) -> float:
    """Return how long an item takes, about; inf if it must not be waited for."""
    m, name = item.setting.symbols, f"{item.kind} {item.scheme}".strip()
    if item.kind == "run":
        return 0.01 * m
    if item.kind == "floor" and item.setting.message_cost:
        return math.inf  # there are many more plans to be compared
    times, name = (EVALUATIONS, f"latency {item.scheme}") if item.kind == "quantile" else (1, name)
    return times * (COST.get(name, math.inf) * max(m, 100) / 1000 + 0.5 * bool(item.setting.more))


def is_done(item: Item, value: Any) -> bool:
    """Return whether a value is all of its item: simulations grow."""
    return value is not None and (not isinstance(value, Runs) or len(value) >= item.at)


def compute(item: Item, world: World) -> Any:
    """Return the value of an item that is not a simulation, or the reason for which it has none."""
    try:
        with quietly():
            return KINDS[item.kind](item, world)
    except ArgumentError as error:
        return Refused(f"{error.name}: {error.expected}", error.name)
    except Exception as error:  # a page says so in words, whatever it is
        return Refused(f"{INTERNAL} ({told(error)})")


def law_of(item: Item, world: World) -> laws.LatencyLaw:
    """Return the latency distribution of the item's scheme, or raise ArgumentError."""
    scheme = named(item.scheme)
    if scheme.custom and (item.setting.target != SUM or not callable(getattr(scheme.kind, "latency_cdf", None))):
        raise ArgumentError("scheme", item.scheme, "one whose distribution is known")
    known = {*scheme.options} if scheme.custom else {*laws.options_of(item.scheme)}
    if unknown := scheme.read(item.options).keys() - known:
        raise ArgumentError("scheme", item.scheme, f"one whose distribution is known with {', '.join(unknown)}")
    sized = [f"{name}={value}" for name, value in scheme.sized(item.degree).items() if name in known]
    model = replace(item.setting.model(world), degree=None)
    return Latency.of(model, scheme=scheme, texts=(*sized, *item.options), target=item.setting.target).law


def _model(item: Item, world: World) -> Model:
    return item.setting.model(world, item.degree)


@lru_cache(maxsize=1024)
def status_of(item: Item, world: World) -> str | Refused | None:
    """Return the status of the item's law, None if there is no law, or a refusal if the scheme cannot be so."""
    try:
        with quietly():
            law = law_of(item, world)
            if not named(item.scheme).custom:
                law.cdf(0.0)
    except ArgumentError as error:
        unknown = error.name in ("scheme", "master_time", "silent", "access", "startup", *MORE)
        return None if unknown else Refused(f"{error.name}: {error.expected}", error.name)
    return law.kind


def _pair(limits: Any) -> tuple[float, float]:
    low, high = limits
    return float(low), float(high)


def _quantile(item: Item, world: World) -> tuple[float, float, float] | Refused:
    """Return a time of five digits, and P(T <= t) there: the least with so much probability, nearly."""
    law = law_of(item, world)
    if law.cdf(math.inf)[0] < item.at:
        return Refused(f"at some d the sum is recovered with a probability below {item.at:g}")
    start = item.setting.scale(world)[0] + float(world.law(item.setting.startup).ppf(0.5))
    t = float(f"{bracket_time(lambda t: law.cdf(t)[0] >= item.at, start, 5e-5)[1]:.5g}")
    return t, *_pair(law.cdf(t))


def _floor_of(item: Item, world: World) -> Floor:
    return Floor.of(replace(item.setting.model(world), degree=None), target=item.setting.target)


def _floor_mean(item: Item, world: World) -> float:
    """Return the floor under the mean, or the median if workers may be silent, as ``srtheory compare`` has it."""
    its = _floor_of(item, world)
    found: Any = floor(its.model) if its.plain else target_floor(its.model, its.terms, points=64)
    return float(found.quantiles["0.5"] if item.setting.lossy else found.mean)


def _proved(item: Item, world: World, **by: Any) -> tuple[float, float]:
    return Guarantee.of(_model(item, world), scheme=item.scheme, **by).cdf_at(item.at)


def _run(item: Item, world: World) -> Any:
    from srtheory.render import one_run  # it draws

    return one_run.follow(one_run.example(item.setting.seed, _model(item, world), item.scheme, item.options), 0)


KINDS: dict[str, Callable[[Item, World], Any]] = {
    "latency": lambda item, world: _pair(law_of(item, world).cdf(item.at)),
    "quantile": _quantile,
    "floor": lambda item, world: _floor_of(item, world).late(item.at)[0],
    "floor-mean": _floor_mean,
    "cover-time": lambda item, world: _pair(coverage_by_time(_model(item, world), item.at)),
    "cover-rows": lambda item, world: _pair(coverage_by_rows(_model(item, world), int(item.at))),
    "proved-time": lambda item, world: _proved(item, world, by_time=item.at),
    "proved-rows": lambda item, world: _proved(item, world, by_rows=int(item.at)),
    "run": _run,
}
"""Computations by name; a simulation is none of these, since it grows: :func:`trials_of`."""


def task_of(item: Item, world: World) -> Task:
    """Return the task of a simulation."""
    scheme = named(item.scheme)
    given = {**scheme.sized(item.degree), **scheme.read(item.options)}
    return Task(
        scheme.build(item.setting.symbols, given),
        item.setting.delays(world),
        item.setting.seed,
        target=item.setting.target,
    )


def trials_of(item: Item, world: World, trials: range) -> Runs | Refused:
    """Return the measures of these trials."""
    try:
        task = task_of(item, world)
        with attribute_errors_to_user(task.scheme):
            records = run_trials(task, trials)
    except ArgumentError as error:
        return Refused(f"{error.name}: {error.expected}", error.name)
    except Exception as error:
        return Refused(f"{INTERNAL} ({told(error)})")
    columns = ([getattr(record, name) for record in records] for name in MEASURES)
    return Runs(*(np.array([math.inf if x is None else x for x in column], dtype=float) for column in columns))


def keep(values: MutableMapping[Item, Any], item: Item, value: Any) -> None:
    """Keep a value; further trials follow those that are there."""
    have = values.get(item)
    values[item] = have.followed_by(value) if isinstance(have, Runs) and isinstance(value, Runs) else value


def missing(items: list[Item], values: Mapping[Item, Any]) -> list[Item]:
    """Return the items that are still to be computed."""
    return [item for item in items if not is_done(item, values.get(item))]
