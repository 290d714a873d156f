"""The words of questions and answers: what a value means, its unit, its range and how it is read, each told once.

A word is the metadata of an annotation, ``Symbols = Annotated[int, Word("…", low=1)]``: for a type checker
``symbols: Symbols`` is an int.  ``Annotated[Symbols, but(high=10)]`` is the same word with a difference.  Read
:class:`Word` first, then the vocabulary below it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import KW_ONLY, MISSING, dataclass, field, fields, replace
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from srtheory.errors import (
    ArgumentError,
    plain_float,
    plain_int,
    require_int,
    require_not_negative,
    require_positive,
    require_silent,
)
from srtheory.schemes import SCHEME_NAMES
from srtheory.sizes import NAMED

if TYPE_CHECKING:
    from srtheory.delays import DrawnStartup
    from srtheory.schemes import NamedScheme

NUMBER = "a finite number"
UNITS = {
    "time": ("time units", "in time units (those of the start-up delay)"),
    "tau": ("time units per term", "in time units per term"),
    "message": ("time units per message", "in time units per message"),
    "rows": ("rows", "in rows"),
    "symbols": ("symbols", ""),
    "terms": ("terms", "in terms"),
    "operations": ("operations", ""),
    "": ("", ""),
}
"""Units as they are printed behind a number, and as a sentence has them."""


@dataclass(frozen=True, eq=False)
class Word:
    """What a value means; every rendering of a question reads it here."""

    says: str = ""  # a phrase without a full stop: help of an option, description in a schema, tooltip of a field
    _: KW_ONLY
    more: str = ""  # further sentences of the help of an option
    otherwise: str = ""  # what applies if the option is left out
    unless: str = ""  # why an answer has null, or leaves it out
    note: str = ""  # text behind a value that is printed
    unit: str = ""  # a key of :data:`UNITS`
    noun: str = NUMBER  # what a real number is called in errors
    low: float | None = None
    high: float | None = None  # least and largest value
    above: float | None = None
    below: float | None = None  # limits that are no values
    infinite: bool = False  # whether inf is a value
    metavar: str | None = None
    argument: bool = False  # whether it stands on the command line without the name of an option
    key: str = ""
    option: str = ""
    title: str = ""  # its name in JSON, on the command line and in text, where that is not the field's
    quiet: bool = False  # whether the help of a command leaves it out of its list of results
    spread: str = ""  # prefix with which the items of a mapping become keys of the object around it
    extra: Mapping[str, Any] | None = None  # further keywords of JSON Schema, of the value or of each item of a list
    array: Mapping[str, Any] | None = None  # the same of a list, whose items the other keywords are about
    levels: Callable[[], tuple[str, ...]] | None = None  # keys of a mapping to numbers
    read: Callable[[str], Any] | None = None
    """What a person writes on the command line, as a value.  It alone may open a file or import a user's code."""
    accept: Callable[[str, Any], Any] | None = None
    """(name, value) as a checked value, or ArgumentError; by default by type and limits."""
    write: Callable[[Any], Any] | None = None  # the value as JSON has it
    complete: Callable[[str], list[str] | None] | None = None  # completions of a beginning, or None for files
    choices: tuple[str, ...] = ()  # all values of a text
    path: Mapping[str, bool] | None = None  # of a path: options of :class:`click.Path`, such as that it is no folder
    former: str = ""  # a former name of the option, which is read but not shown


@dataclass(frozen=True, eq=False)
class But:
    """A difference to the word before it in an annotation."""

    changes: Mapping[str, Any]


def but(says: str | None = None, **changes: Any) -> But:
    """Return a difference to the word before it in an annotation."""
    return But(changes if says is None else {"says": says, **changes})


@dataclass(frozen=True)
class Field:
    """A field of a question or an answer, its annotation taken apart."""

    name: str
    base: Any
    word: Word
    many: bool
    optional: bool
    default: Any

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        return self.default is MISSING

    @property
    def key(self) -> str:
        """Its name in JSON."""
        return self.word.key or self.name

    @property
    def option(self) -> str:
        """Its name on the command line."""
        return self.word.option or self.name.replace("_", "-")

    @property
    def choices(self) -> tuple[str, ...]:
        """All values of a text, if they are few."""
        return get_args(self.base) if get_origin(self.base) is Literal else self.word.choices

    def is_default(self, value: Any) -> bool:
        """Return whether an option may be left out, or a result is left out, that has this value."""
        return not self.required and type(value) is type(self.default) and bool(value == self.default)

    def checked(self, value: Any) -> Any:
        """Return a value of the field's type within its range, or raise ArgumentError; a default needs no check."""
        if self.is_default(value):
            return self.default
        if self.many:
            single = isinstance(value, str) or not hasattr(value, "__iter__") or getattr(value, "ndim", 1) == 0
            some = [value] if single else value
            return tuple(self.one(x) for each in some for x in (each if type(each) is tuple else [each]))
        return self.one(value)

    def one(self, value: Any) -> Any:
        """Return a value of many, or a single one."""
        word, name = self.word, self.name if self.name in OF_MODEL else self.option
        if word.accept is not None:
            return word.accept(name, value)
        if self.choices and not (isinstance(value, str) and value in self.choices):
            raise ArgumentError(name, value, "one of " + ", ".join(self.choices))
        if self.base is int:
            low, high = (None if limit is None else int(limit) for limit in (word.low, word.high))
            return require_int(name, value, 1 if low is None else low, high)
        if self.base in (bool, str) and not isinstance(value, self.base):
            raise ArgumentError(name, value, "a text" if self.base is str else "True or False")
        return _real(name, value, word) if self.base is float else value

    def parsed(self, text: str) -> Any:
        """Return the value that a person wrote; the range is left to :meth:`checked`."""
        if self.word.read is not None:
            try:
                return self.word.read(text)
            except ArgumentError as error:  # distributions are those of --startup wherever they are read
                if error.name in ("startup", "time"):
                    raise ArgumentError(self.option, error.value, error.expected) from None
                raise
        number: Any = plain_int(text) if self.base is int else plain_float(text)
        if number is None or math.isnan(number):
            raise ArgumentError(self.option, text, "an integer" if self.base is int else NUMBER)
        return number


def _real(name: str, value: Any, word: Word) -> float:
    number = math.nan
    if word.above == 0:
        number = require_positive(name, value)
    elif word.low == 0 and (word.high is None or word.noun == NUMBER):
        number = require_not_negative(name, value)
    else:
        with suppress(TypeError, ValueError, OverflowError):
            number = math.nan if isinstance(value, bool | str | bytes) else float(value)
    low, high = (-math.inf if word.low is None else word.low), (math.inf if word.high is None else word.high)
    if math.isnan(number) or not low <= number <= high or (math.isinf(number) and not word.infinite):
        raise ArgumentError(name, value, _range(word))
    return number


def _range(word: Word) -> str:
    """Return the valid values of a real number, for errors."""
    if word.above is not None:
        return f"{word.noun} above {word.above:g}" + ("" if word.high is None else f" and at most {word.high}")
    if word.low is not None and word.high is not None:
        return f"{word.noun} from {word.low:g} to {word.high}"
    return word.noun if word.low is None else f"{word.noun} of at least {word.low:g}"


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Record:
    """Base of frozen dataclasses whose annotations are words, so that they need no decorator."""

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, kw_only=True)(cls)


def fields_of(cls: type) -> tuple[Field, ...]:
    """Return the fields of a dataclass whose annotations are words; those with ``repr=False`` are none."""
    found: tuple[Field, ...] = _fields(cls)
    return found


@cache
def _fields(cls: Any) -> tuple[Field, ...]:
    hints = get_type_hints(cls, include_extras=True)
    return tuple(field_of(its.name, hints[its.name], its.default) for its in fields(cls) if its.repr)


def field_of(name: str, hint: Any, default: Any) -> Field:
    """Return a field of this annotation."""
    word, many, optional, told = Word(), False, False, list[Any]()
    while True:
        origin, args = get_origin(hint), get_args(hint)
        if origin is Annotated:
            hint, told = args[0], [*args[1:], *told]
        elif origin in (Union, UnionType) and NoneType in args:
            optional, (hint,) = True, tuple(arg for arg in args if arg is not NoneType)
        elif origin is tuple and args[-1] is Ellipsis:
            many, hint = True, args[0]
        else:
            break
    for each in told:
        word = replace(word, **each.changes) if isinstance(each, But) else each
    return Field(name, hint, word, many, optional, default)


# ------------------------------------------------------------------------------------- what people write, and what JSON

_LARGEST_SAMPLE = 1 << 23
"""Largest number of bytes of a file of delays."""


def read_law(text: str) -> DrawnStartup:
    """Return the distribution that a person writes, or what ``sample:FILE`` or ``trace:FILE`` holds."""
    from srtheory.delays import parse_law

    return _measured(text) if text.startswith(_FILES) else parse_law(text)


_FILES = ("sample:", "trace:")


def _measured(text: str) -> Any:
    import numpy as np

    from srtheory.delays import Empirical, Trace
    from srtheory.files import read_bytes

    form, _, path = text.partition(":")
    expected = "a file with one delay per line, a finite number of at least 0"
    lines = read_bytes(path, "startup", _LARGEST_SAMPLE).decode("ascii", errors="replace").splitlines()
    words = [(word, number) for number, line in enumerate(lines, 1) for word in line.split()]
    delays = [plain_float(word) for word, _ in words]
    if not delays:
        raise ArgumentError("startup", text, f"{expected}; it has none")
    for delay, (word, number) in zip(delays, words, strict=True):
        if not 0 <= delay < math.inf:
            raise ArgumentError("startup", word, f"{expected} ({path}, line {number})")
    return (Trace if form == "trace" else Empirical)(np.array(delays, dtype=np.float64))


def law_of(name: str, value: Any) -> Any:
    """Return a start-up distribution that may be a text, though not one that opens a file."""
    from srtheory.delays import parse_law
    from srtheory.model import require_startup

    return require_startup(parse_law(value) if isinstance(value, str) else value)


def described(law: Any) -> str:
    """Return a start-up distribution as JSON has it."""
    from srtheory.delays import describe_law

    return describe_law(law)


def read_time(text: str) -> Any:
    """Return a time that a person writes: a number, or a distribution."""
    if "(" in text or "*" in text or text.startswith(_FILES):
        return read_law(text)
    if (number := plain_float(text)) is None or math.isnan(number):
        raise ArgumentError("time", text, f"{NUMBER}, or a distribution such as expon(scale=5)")
    return number


def _random(number: Any = None, groups: bool = False) -> Callable[[str, Any], Any]:
    """Return how a field accepts a distribution, or a number of this annotation in its place; or also groups."""

    def accept(name: str, value: Any) -> Any:
        from srtheory.delays import Groups, Trace, parse_law

        if number is not None and not (isinstance(value, str) or hasattr(value, "ppf")):
            return field_of(name, number, MISSING).one(value)
        try:
            law = parse_law(value) if isinstance(value, str) else value
            return law if groups and isinstance(law, Groups | Trace) else law_of(name, law)
        except ArgumentError as error:
            raise ArgumentError(name, error.value, error.expected) from None

    return accept


MOST_TIMES = 10_000


def read_times(text: str) -> Any:
    """Return a time that a person writes, or of A:B:N so many from A to B, all as far apart, to ten digits."""
    *ends, last = text.split(":")
    found, many = [x for x in map(plain_float, ends) if x is not None and math.isfinite(x)], plain_int(last)
    if len(ends) == len(found) == 2 and many is not None and 2 <= many <= MOST_TIMES:
        return tuple(float(f"{found[0] + i * (found[1] - found[0]) / (many - 1):.10g}") for i in range(many))
    if (number := plain_float(text)) is None or math.isnan(number):
        raise ArgumentError("time", text, f"{NUMBER}, or A:B:N, N of 2 to {MOST_TIMES} times from A to B")
    return number


def time_json(time: Any) -> Any:
    """Return a number, or a distribution, as JSON has it."""
    return described(time) if hasattr(time, "ppf") else time


def _named(name: str, value: Any) -> NamedScheme:
    """Return the scheme of this name; code of the user's, and of installed packages, is imported by ``read`` alone."""
    from srtheory.schemes import NamedScheme, named

    if isinstance(value, NamedScheme):
        return value
    if value not in SCHEME_NAMES:
        raise ArgumentError(name, value, f"one of {', '.join(SCHEME_NAMES)}")
    return named(value)


def _read_scheme(text: str) -> NamedScheme:
    from srtheory.schemes import named

    return named(text)


def _scheme_names(begun: str) -> list[str] | None:
    return None if "." in begun or "/" in begun else [name for name in SCHEME_NAMES if name.startswith(begun)]


def _names_of(text: str) -> list[str]:
    names = [*dict.fromkeys(name.strip() for name in text.split(","))]
    if not all(names):
        raise ArgumentError("schemes", text, "names of schemes, separated by commas")
    return names


def _several(name: str, value: Any) -> tuple[NamedScheme, ...]:
    if not isinstance(value, str | tuple | list):
        raise ArgumentError(name, value, "names of schemes")
    return tuple(_named(name, each) for each in (_names_of(value) if isinstance(value, str) else value))


def _last_name(begun: str) -> list[str]:
    before, comma, last = begun.rpartition(",")
    return [f"{before}{comma}{name}" for name in SCHEME_NAMES if name.startswith(last)]


DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
SCALAR = {"type": ["number", "string", "boolean", "null"], "description": "Exact numbers and enumerations as strings."}


def mapping(value: Any, least: int = 0) -> dict[str, Any]:
    """Return keywords of JSON Schema: any names, but values of this schema, and so many at least."""
    return {"additionalProperties": value, **({"minProperties": least} if least else {})}


_MOST_PROCESSES = 1024


def _read_processes(text: str) -> int:
    if text == "auto":
        return processors()
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= _MOST_PROCESSES):
        raise ArgumentError("processes", text, f"auto or an integer from 1 to {_MOST_PROCESSES}")
    return int(text)


def processors() -> int:
    """Return the number of processors that this process may use."""
    from joblib import cpu_count

    return int(cpu_count())


def as_given(name: str, value: Any) -> Any:
    """Return a value whose range another part knows, which checks it."""
    return value


def source_of(scheme: NamedScheme) -> str | None:
    """Return the digest of the source of a scheme of the user's; None for others."""
    from srtheory.own_code import origin

    its = origin(scheme.kind)
    return None if its is None else its.digest


def sources_of(schemes: Iterable[NamedScheme]) -> dict[str, str]:
    """Return the digest of the source of each scheme of the user's."""
    return {scheme.name: found for scheme in schemes if (found := source_of(scheme)) is not None}


def options_json(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options of schemes ready for JSON, exact numbers as texts."""
    return {
        name: value.name if isinstance(value, Enum) else str(value) if isinstance(value, Fraction | Decimal) else value
        for name, value in options.items()
    }


def merged(options: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options given for a scheme, by separate flags and by ``--option``."""
    given = {name: value for name, value in options.items() if value is not None}
    for name in own:
        if name in given:
            raise ArgumentError("option", name, f"left out where {name} is given")
    return {**given, **own}


# ------------------------------------------------------------------------------------------------------ the vocabulary

RANDOM = ("link", "pace", "death", "shock", "phases")
"""The field's other models: the paper's by default."""
COSTS = ("message_cost", "master_time", "silent")
"""What the paper does not have: 0 by default."""
OF_MODEL = ("symbols", "degree", "tau", "startup", "access", *COSTS, "pace", "death")
"""Fields of :class:`srtheory.model.Model`."""
MAX_SYMBOLS = 2 * 10**6
"""Largest number of symbols, also for degrees; a run takes some hundred bytes per symbol."""
LARGEST_SEED = 2**128 - 1
LARGEST_TIME = 1e200
"""No sum of times below it overflows."""
SHORT = but(high=LARGEST_TIME)
EPILOG = (
    f"SCHEME is one of {', '.join(SCHEME_NAMES)}; or FILE.py::CLASS, a scheme class in your own Python file, which is"
    " imported and thereby run; or the name of a scheme that an installed package provides. docs/choosing.md compares"
    " them."
)
"""Of the help of commands that take any scheme."""
REMAINDER = "The last block of an SR worker has the rest of its K - 1 other terms; D above K - 1 acts as K - 1."
"""What the degree of an SR code means if it does not divide K - 1, or exceeds it."""

Symbols = Annotated[
    int, Word("Number m of terms in the sum (source symbols), one per worker", metavar="M", low=1, high=MAX_SYMBOLS)
]
Degree = Annotated[int, Word("Degree d: number of terms in a parity symbol", more=f". {REMAINDER}", metavar="D", low=1)]
DegreeOfAny = Annotated[
    Degree, but("Degree d: number of terms in a parity symbol, or in a part (schemes that have a degree)")
]
Sizes = Annotated[
    str,
    Word(
        "Block sizes of sr-sizes, in terms",
        more=": 38/9x2/3 is a block of 38, nine of 2 and then blocks of 3; 2:0.45,3:0.55 draws each size with these"
        f" probabilities; or one of {', '.join(NAMED)}",
        metavar="SIZES",
    ),
]
Cap = Annotated[
    float,
    Word(
        "Mean number m_e/m of symbols assigned to a worker (LT codes)",
        metavar="ALPHA",
        above=0,
        otherwise="no limit, a rateless code",
        accept=as_given,
    ),
]
Stragglers = Annotated[
    int, Word("Number s of workers that may be missing (gradient codes)", metavar="S", low=0, accept=as_given)
]
Access = Annotated[
    int,
    Word(
        "Number K of terms that each worker can access, its own included",
        metavar="K",
        low=1,
        otherwise="all m",
        unless="omitted if it is m",
        accept=as_given,  # at most m, as the model says
    ),
]
AccessOfSR = Annotated[Access, but("Number K of terms that each worker can access, its own included (SR codes)")]
Phase = Annotated[
    Literal["common", "random", "own"],
    Word(
        "Start of a worker's first cell of terms (scheme arcs)",
        more=": term 0, a random term, or the worker's own",
        otherwise="common",
    ),
]
Tau = Annotated[
    float, Word("Time that a worker takes per term, in time units; above 0", metavar="TAU", unit="tau", above=0)
]
Startup = Annotated[
    Any,
    Word(
        "Distribution of the start-up delay",
        more=" in the notation of scipy.stats: expon(scale=5), pareto(b=1), weibull_min(c=0.5), lognorm(s=1); or"
        " sample:FILE, a text file of at most 8 MiB with one observed delay per line. Its unit is the time unit of all"
        " other times",
        metavar="LAW",
        read=read_law,
        accept=law_of,
        write=described,
    ),
]
_Law = {"read": read_law, "accept": _random(), "write": described, "metavar": "LAW"}
_OR_LAW = {"read": read_time, "write": time_json, "extra": {"type": ["number", "string"]}}
AnyTau = Annotated[
    Any,
    Word(
        "Time that a worker takes per term, in time units; above 0",
        more=". Or LAW, from which the time of each evaluation is drawn",
        metavar="TAU",
        unit="tau",
        accept=_random(Annotated[Tau, SHORT]),
        **_OR_LAW,
    ),
]
Link = Annotated[
    Literal["worker", "queue", "parallel", "cumulative"],
    Word(
        "Who carries a message: the worker, which waits meanwhile; a queue, one message at a time; parallel ones, which"
        " may overtake; or cumulative ones, each with all earlier values of its worker",
        otherwise="worker",
        unless="omitted if it is worker",
    ),
]
Pace = Annotated[
    Any,
    Word("Distribution of a factor of all times of a worker's evaluations", otherwise="1", unless="omitted", **_Law),
]
Death = Annotated[
    Any,
    Word(
        "Distribution of the time after which a worker neither evaluates nor sends",
        otherwise="never",
        unless="omitted",
        **_Law,
    ),
]
Shock = Annotated[
    Any, Word("Distribution of a factor that all workers of a run share", otherwise="1", unless="omitted", **_Law)
]
Phases = Annotated[
    str,
    Word(
        "Slow and fast phases of a worker: slow evaluations take F times as long; after a fast one the next is slow"
        " with probability P, and after a slow one fast with probability Q",
        metavar="F,P,Q",
        otherwise="all are alike",
        unless="omitted",
        accept=as_given,
    ),
]
Target = Annotated[
    str,
    Word(
        "What is to be recovered: sum, all (every term), or terms(K), any K of the terms in the rows of single terms or"
        " parts; or error(X), all but the share X of the terms",
        metavar="TARGET",
        otherwise="sum",
        unless="omitted if it is sum",
        accept=as_given,
    ),
]
Crew = Annotated[
    int,
    Word(
        "Number of workers, fewer or more than m",
        more=": worker j sends what worker floor(j m/N) of the scheme does, and those alike draw apart",
        metavar="N",
        low=1,
        high=MAX_SYMBOLS,
        otherwise="m",
    ),
]
Load = Annotated[
    int,
    Word(
        "Largest number of terms that a worker evaluates",
        more="; it begins no symbol that would take more",
        metavar="R",
        low=1,
        otherwise="all that the scheme has it evaluate",
        unless="omitted if it is not limited",
    ),
]
_Cost = Word(unit="message", low=0, otherwise="0, as in the paper", unless="omitted if it is 0")
MessageCost = Annotated[
    float,
    _Cost,
    but("Time that a worker takes to send a message, in time units, in addition to TAU per term", metavar="KAPPA"),
]
AnyMessageCost = Annotated[
    Any,
    _Cost,
    but(
        "Time that a worker takes to send a message, in time units, in addition to TAU per term",
        more=". Or LAW, from which the time of each message is drawn",
        metavar="KAPPA",
        accept=_random(Annotated[MessageCost, SHORT]),
        **_OR_LAW,
    ),
]
LongTau = Annotated[AnyTau, but(accept=_random(Tau))]
LongMessageCost = Annotated[AnyMessageCost, but(accept=_random(MessageCost))]
"""The same without a largest number."""
GROUPS = but(accept=_random(groups=True))
"""Of a distribution: or of groups of workers, each with its own."""
TAU_OF_GROUPS, COST_OF_GROUPS = (but(accept=_random(Annotated[its, SHORT], groups=True)) for its in (Tau, MessageCost))
"""The same of a time that may be a number."""
MasterTime = Annotated[
    float,
    _Cost,
    but(
        "Time that the master takes to process a message, in time units; one message at a time, in order of arrival",
        metavar="SIGMA",
    ),
]
Silent = Annotated[
    float,
    _Cost,
    but(
        "Probability that a worker is silent (never responds), independently of all others; from 0, below 1",
        metavar="EPS",
        unit="",
        below=1,
        accept=lambda name, value: require_silent(value),
    ),
]
Scheme = Annotated[
    Any,
    Word(
        "Name of the scheme",
        metavar="SCHEME",
        argument=True,
        read=_read_scheme,
        accept=_named,
        write=lambda scheme: scheme.name,
        complete=_scheme_names,
    ),
]
Several = Annotated[
    Any,
    Word(
        metavar="A,B,...",
        option="schemes",
        read=lambda text: tuple(_read_scheme(name) for name in _names_of(text)),
        accept=_several,
        write=lambda several: ",".join(scheme.name for scheme in several),
        complete=_last_name,
    ),
]
Options = Annotated[
    tuple[str, ...],
    Word(
        "Option of the scheme by name, which is a field of its class, such as degree=5; may be repeated",
        metavar="KEY=VALUE",
        option="option",
        key="options",
    ),
]
Trials = Annotated[int, Word("Number of trials", metavar="N", low=1)]
Seed = Annotated[
    int, Word("Random seed", more=". Trial i depends only on the seed and on i", metavar="S", low=0, high=LARGEST_SEED)
]

Times = Annotated[
    tuple[float, ...],
    Word(more="; may be repeated. Or A:B:N, N times from A to B", metavar="T", option="at", read=read_times),
]

# Words of how an answer is computed.
Store = Annotated[
    Path,
    Word(
        "Save each completed result in DIR, and reuse the results already there",
        metavar="DIR",
        path={"file_okay": False},
        otherwise="nothing is saved",
    ),
]
Processes = Annotated[
    int,
    Word(
        "Number of processes to compute with, or auto for one per processor",
        more=". The results are the same for any number",
        metavar="N|auto",
        read=_read_processes,
    ),
]
Engine = Annotated[
    Literal["local", "dask"],
    Word("Place of the computation: local is this machine, dask the workers of a Dask scheduler"),
]
Scheduler = Annotated[
    str, Word("Address of the Dask scheduler, such as tcp://HOST:8786; required by --engine dask", metavar="ADDRESS")
]

# Words of answers.
Interval = Annotated[tuple[float, float], Word("Lower and upper bound of a probability", low=0, high=1)]
Time = Annotated[float, Word(unit="time", low=0, unless="null if it does not apply")]
Bound = Annotated[float, Word(unit="time", low=0, unless="null if it is infinite")]
LawText = Annotated[
    str, Word("Start-up distribution with every parameter by name, defaults included; the digest of a sample")
]
Condition = Annotated[
    str,
    Word(
        "untested condition of the intervals: values of F are accurate to within 2^-50", unless="null if there is none"
    ),
]
Digest = Annotated[
    str,
    Word(
        "SHA-256 of the source of a user-defined scheme", unless="omitted for other schemes", quiet=True, extra=DIGEST
    ),
]
SchemeName = Annotated[str, Word("Name of the scheme", extra={"minLength": 1})]
OwnOptions = Annotated[
    Mapping[str, Any],
    Word(
        "An option of the scheme, a field of its class, as set by --option; exact numbers and enumerations as strings",
        spread="option.",
        quiet=True,
    ),
]
Sources = Annotated[
    Mapping[str, str],
    Word(
        "SHA-256 of the source of each user-defined scheme", unless="omitted if there is none", extra=mapping(DIGEST, 1)
    ),
]
OF_USERS_CODE = {
    "if": {"properties": {"scheme": {"pattern": "::"}}, "required": ["scheme"]},
    "then": {"required": ["source"]},
}
"""A scheme of the user's is named with the digest of its source."""
