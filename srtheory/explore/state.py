"""The parameters of a page: read from its fields or its link, checked one by one, and written as a link again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from srtheory.clocks import typical
from srtheory.decoders.targets import SUM, terms_needed
from srtheory.delays import DelayModel, DrawnStartup, parse_law, written
from srtheory.errors import ArgumentError, plain_float, plain_int
from srtheory.model import Model
from srtheory.questions.words import COSTS, LARGEST_SEED, RANDOM
from srtheory.schemes import SCHEME_NAMES, NamedScheme, named, options_of_each

VIEWS = {
    "tail": "Tail of the latency",
    "degree": "Latency over the degree",
    "frontier": "Latency and messages",
    "coverage": "Coverage",
    "guarantee": "Proved bounds",
    "run": "One run",
}
MOST_SYMBOLS, MOST_TRIALS, LARGEST_TIME = 10**5, 2000, 1e100
MORE = ("tau", "message_cost", *RANDOM, "target")
"""Names of the texts of the field ``more``; they replace a number of that name."""
AUTOMATIC = ("at", "until", "rows", "step", "pin")
"""Fields that may be empty: the page then chooses."""


@dataclass(frozen=True, eq=False)
class World:
    """What the command line named: nothing else can be reached from a page."""

    samples: Mapping[str, DrawnStartup] = field(default_factory=dict)
    """Start-up distributions of files, by their text ``sample:FILE``."""
    schemes: tuple[str, ...] = SCHEME_NAMES
    """Names of the schemes on offer: those of the package, and those of the user."""

    def law(self, text: str, name: str = "startup") -> DrawnStartup:
        """Return the distribution of that text; a file is one that was named."""
        if text in self.samples:
            return self.samples[text]
        if text.startswith("sample:"):
            expected = "a file that was named with --sample when srtheory explore began"
            raise ArgumentError(name, text, expected)
        return parse_law(text)


@dataclass(frozen=True)
class State:
    """The parameters of a page, all valid, with the names of the command line; None where the page chooses."""

    view: str = "tail"
    symbols: int = 1000
    degree: int = 10
    tau: float = 0.005
    startup: str = "expon(scale=5)"
    message_cost: float = 0.0
    master_time: float = 0.0
    silent: float = 0.0
    schemes: tuple[str, ...] = ("sr", "parts-cyclic", "parts-stream", "terms-pairs")
    options: tuple[str, ...] = ()
    more: tuple[str, ...] = ()  # random times, link and target, as texts key=value
    at: float | None = None  # times, in the unit of the start-up delays
    until: float | None = None
    rows: int | None = None
    quantile: float = 0.5
    trials: int = 100
    seed: int = 2022
    step: int | None = None  # a number of arrivals
    pin: str = ""  # query of another setting, whose curves are shown, too

    def texts(self) -> dict[str, str]:
        """Return the parameters as the page's fields have them."""
        values = {its.name: getattr(self, its.name) for its in fields(self)}
        found = {name: "" if value is None else number(value) for name, value in values.items()}
        return found | {
            "schemes": ",".join(self.schemes),
            "options": " ".join(self.options),
            "more": " ".join(self.more),
        }

    def query(self) -> str:
        """Return the parameters as the query of a link, without those that the page chooses."""
        return urlencode({name: text for name, text in self.texts().items() if text}, safe="=(),:/")

    def model(self, world: World, degree: int | None = None) -> Model:
        """Return the setting, at another degree if one is given, if a model of the theory has it."""
        given = {name: value for name, value in self._given(world).items() if name != "target"}
        for name in ("link", "shock", "phases"):
            if name in given:
                raise ArgumentError(name, given[name], f"left out: with a {name} runs are simulated")
        return Model(self.symbols, degree or self.degree, startup=world.law(self.startup), **given)

    def delays(self, world: World) -> DelayModel:
        """Return the delays of runs."""
        given = {name: value for name, value in self._given(world).items() if name != "target"}
        return DelayModel(world.law(self.startup), **given)

    def _given(self, world: World) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in ("tau", *COSTS)}
        return plain | {name: _part(name, text, world) for name, text in self.parts.items()}

    @property
    def parts(self) -> dict[str, str]:
        """Parts of the model and the target that are given as texts, by name."""
        return dict(part.split("=", 1) for part in self.more)

    @property
    def lossy(self) -> bool:
        """Whether workers may never answer, so that a mean says nothing."""
        return bool(self.silent) or "death" in self.parts

    @property
    def target(self) -> str:
        """What is to be recovered."""
        return self.parts.get("target", SUM)

    def without(self, *names: str) -> State:
        """Return the state without these parts."""
        return replace(self, more=tuple(part for part in self.more if part.partition("=")[0] not in names))

    def scale(self, world: World) -> tuple[float, float]:
        """Return about the time of an evaluation and of a message, to choose what is shown."""
        given = self._given(world)
        return typical(given["tau"]) * typical(given.get("pace", 1.0)), typical(given["message_cost"])

    def named(self) -> list[NamedScheme]:
        """Return the ticked schemes."""
        return [named(name) for name in self.schemes]


def _part(name: str, text: str, world: World) -> Any:
    return text if name in ("link", "phases", "target") else world.law(text, name)


def number(value: Any) -> str:
    """Return a number as a command reads it, the same float."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def query_of(link: str) -> dict[str, str]:
    """Return the fields of a link's query, the first hundred; of a repeated one the last."""
    some = link.lstrip("?")[:20000].split("&")[:100]
    return dict(parse_qsl("&".join(some), keep_blank_values=True))


def read(texts: Mapping[str, str], world: World) -> tuple[State, dict[str, str]]:
    """Return the state of these texts, and for each field that is not valid what would be, by name.

    Fields that are absent or not valid have their default. No text is evaluated, and no file is opened.
    """
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, reader in _READERS.items():
        text = str(texts.get(name, "")).strip()
        if name not in texts or (not text and name in AUTOMATIC):
            continue
        try:
            found[name] = reader(text, world)
        except ArgumentError as error:
            problems[name] = error.expected
    state = State(**found)
    if "schemes" not in problems and "options" not in problems:
        try:
            options_of_each(state.named(), state.options)
        except ArgumentError as error:
            problems["options"] = error.expected
            state = replace(state, options=())
    return state, problems


Reader = Callable[[str, World], Any]


def _one(expected: str, valid: Callable[[Any], bool], parse: Callable[[str], Any] = plain_float) -> Reader:
    def reader(text: str, world: World) -> Any:
        value = parse(text)
        if value is None or not valid(value):  # NaN is never valid
            raise ArgumentError("", text, expected)
        return value

    return reader


def _whole(low: int, high: int) -> Reader:
    return _one(f"an integer from {low} to {high}", lambda value: low <= value <= high, plain_int)


def _law(text: str, world: World) -> str:
    law = world.law(text)
    return text if text in world.samples else written(law)


def _schemes(text: str, world: World) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names or not set(names) <= set(world.schemes):
        raise ArgumentError("schemes", text, f"at least one of {', '.join(world.schemes)}")
    return names


def _more(text: str, world: World) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for part in re.split(r"\s+(?![^()]*\))", text) if text else ():
        name, equals, value = part.partition("=")
        if name not in MORE or not equals:
            raise ArgumentError("more", part, f"key=value with a key of {', '.join(MORE)}")
        if name == "target":
            terms_needed(value, MOST_SYMBOLS)
        else:
            DelayModel(parse_law("expon()"), **({"tau": 1.0} | {name: _part(name, value, world)}))
        found[name] = value
    return tuple(f"{name}={value}" for name, value in found.items())


def _pin(text: str, world: World) -> str:
    given = {name: its for name, its in query_of(text).items() if name not in ("pin", "step")}
    other, problems = read(given, world)
    if problems or not given.keys() <= _READERS.keys():
        raise ArgumentError("pin", text, "the query of a link")
    return other.query()


_TIME = _one("a time above 0, or empty", lambda x: 0 < x <= LARGEST_TIME)
_COST = _one("a finite number of at least 0", lambda x: 0 <= x <= LARGEST_TIME)
_READERS: dict[str, Reader] = {
    "view": _one(f"one of {', '.join(VIEWS)}", VIEWS.__contains__, str),
    "symbols": _whole(1, MOST_SYMBOLS),
    "degree": _whole(1, MOST_SYMBOLS),
    "tau": _one("a finite number above 0", lambda x: 0 < x <= LARGEST_TIME),
    "startup": _law,
    "message_cost": _COST,
    "master_time": _COST,
    "silent": _one("a probability from 0, below 1", lambda x: 0 <= x < 1),
    "schemes": _schemes,
    "options": lambda text, world: tuple(text.split()),
    "more": _more,
    "at": _TIME,
    "until": _TIME,
    "rows": _whole(0, 10**9),
    "quantile": _one("a probability above 0 and below 1", lambda x: 0 < x < 1),
    "trials": _whole(1, MOST_TRIALS),
    "seed": _whole(0, LARGEST_SEED),
    "step": _whole(0, 10**6),
    "pin": _pin,
}
