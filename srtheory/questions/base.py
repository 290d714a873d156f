"""A question is a frozen record of valid values that has an answer; an answer is a frozen record of results.

Read :class:`Question` and :class:`Answer` first.  All else renders their fields
(:func:`~srtheory.questions.words.fields_of`), and knows no question by its name: text, HTML, JSON, JSON
Schema and the command line here; the command in :mod:`srtheory.cli.ask`.
"""

from __future__ import annotations

import hashlib
import json
import math
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, is_dataclass
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, TypeVar, get_args, get_origin

from srtheory.environment import __version__
from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.words import OF_MODEL, UNITS, Field, Record, Word, but, fields_of
from srtheory.shown import Part, Shown, Values

if TYPE_CHECKING:
    from srtheory.experiments.store import Kept, Memory
    from srtheory.experiments.trial import Task
    from srtheory.model import Model


class _Checked(Record):
    """A record of valid values: each is checked alone on construction, and then all together."""

    def __post_init__(self) -> None:
        for its in fields_of(type(self)):
            object.__setattr__(self, its.name, its.checked(getattr(self, its.name)))
        self.check()

    def check(self) -> None:
        """Raise ArgumentError if values that are valid each do not fit each other."""


class Means(_Checked):
    """How an answer is computed, and where else it goes.  No number of the answer depends on it, and no key."""

    shows: bool = field(default=False, repr=False)
    """Whether progress is shown on stderr."""

    @contextmanager
    def bar(self, **options: Any) -> Iterator[Any]:
        """Give a bar of :func:`srtheory.progress.progress_bar`, or one that is not seen."""
        if not self.shows:
            yield SimpleNamespace(update=lambda done=1: None, total=0)
            return
        from srtheory.progress import progress_bar

        with progress_bar(**options) as bar:
            yield bar


PLAIN = Means()
A = TypeVar("A", bound="Answer")


def require_scheduler(engine: str, scheduler: str | None, processes: int | None) -> None:
    """Raise ArgumentError unless a scheduler is named where one is used, and processes where none is."""
    if engine == "dask" and scheduler is None:
        raise ArgumentError("scheduler", None, "given with --engine dask")
    if engine == "dask" and processes not in (1, None):
        raise ArgumentError("processes", processes, "left out with --engine dask, whose workers compute")
    if engine == "local" and scheduler is not None:
        raise ArgumentError("scheduler", scheduler, "left out unless --engine is dask")


class Place(Means):
    """Where trials are computed and kept."""

    store: Annotated[words.Store | None, but(former="out")] = None
    processes: words.Processes = 1
    engine: words.Engine = "local"
    scheduler: words.Scheduler | None = None

    def check(self) -> None:
        require_scheduler(self.engine, self.scheduler, self.processes)

    @contextmanager
    def records(
        self,
        experiments: Sequence[tuple[Task, int]],
        what: str,
        alike: bool = False,
        kept: Sequence[Memory] | None = None,
        told: bool = False,
    ) -> Iterator[Iterator[Kept]]:
        """Give the records of each (task, number of trials); a bar has the trials, without those that were stored.

        ``alike``: they are of one scheme; ``kept``: what holds them if there is no store; ``told``: the remarks are
        made.  On a terminal a line tells that they wait for the compiler.
        """
        from srtheory.compiled import SPENT
        from srtheory.experiments.running import run_all

        total = sum(trials for _, trials in experiments)
        for line in sorted(
            {line for task, _ in experiments for line in remarks(task.delays)} if self.shows and not told else ()
        ):
            sys.stderr.write(f"srtheory: {line}\n")
        with self.bar(total=total, desc=what, unit=" trials", alike=alike) as bar:
            if self.shows and sys.stderr.isatty():
                SPENT.tell = cache(lambda: bar.write("compiling for this processor, once", file=sys.stderr))

            def move(done: int, computed: bool) -> None:
                if computed:
                    bar.update(done)
                else:
                    bar.total -= done

            where = {name: getattr(self, name) for name in ("store", "processes", "scheduler")}
            yield run_all(experiments, kept=kept, progress=move, **where)


class Question(Shown, _Checked):
    """Base of all questions.

    The docstring of a question is the help of its command; ``{answer}`` in it lists the fields of the answers.
    """

    verb: ClassVar[str]
    answers: ClassVar[tuple[type[Answer], ...]]
    epilog: ClassVar[str | None] = None
    means: ClassVar[type[Means]] = Means

    def answer(self, means: Any = PLAIN) -> Answer:
        """Return the answer."""
        raise NotImplementedError

    def answered(self, form: type[A], **found: Any) -> A:
        """Return an answer of this form, with what it repeats of the question and with what has been found."""
        asked = {its.name: its.word.write for its in fields_of(type(self))}
        repeated = {its.name: getattr(self, its.name) for its in fields_of(form) if its.name in {*asked} - {*found}}
        told = {name: write for name, value in repeated.items() if (write := asked[name]) and value is not None}
        said = {name: told[name](value) if name in told else value for name, value in repeated.items()}
        return form(question=self, **said, **found)

    @property
    def model(self) -> Model:
        """The setting, of those of its fields that the question has."""
        from srtheory.model import Model

        given = {name: getattr(self, name) for name in OF_MODEL if hasattr(self, name)}
        return Model(**{"degree": None, **given})

    def told(self, name: str) -> Any:
        """Return the value of a field as JSON has it, for an error."""
        key = next(its.key for its in fields_of(type(self)) if its.name == name)
        return record_json(self).get(key)

    @property
    def source(self) -> str | None:
        """Digest of the user's code that the question names; None if it names none."""
        return None

    @classmethod
    def of(cls, model: Model, **more: Any) -> Self:
        """Return the question in this setting.  A cost or an access that it does not depend on is refused."""
        names = {its.name for its in fields_of(cls)}
        for name in ("access", "message_cost", "master_time", "silent", "pace", "death"):
            if name not in names and getattr(model, name):
                raise ArgumentError(name, model.told(name), f"left out: {cls.verb} does not depend on it")
        taken = {name: getattr(model, name) for name in cls.taken(more) if name in names}
        return cls(**taken | more)

    @classmethod
    def taken(cls, more: Mapping[str, Any]) -> Sequence[str]:
        """Return the fields of a model that this question takes from it; its other fields do no harm."""
        return OF_MODEL

    def parts(self) -> list[Part]:
        """Return its values, and the curve of a law."""
        its = {name: x for name, x in record_json(self).items() if (name, x) != ("by_time", 0)}  # a law's, of any time
        told = {name: x if isinstance(x, float) else str(x) for name, x in its.items()}
        values = Values([(name, x, "") for name, x in told.items()])
        return [values, *getattr(self, "drawn", list)()]

    @property
    def key(self) -> str:
        """Digest of the question, of this version, and of the user's code that it names: equal for equal answers."""
        document = {"version": __version__, **question_json(self)}
        return hashlib.sha256(json_text(document).encode()).hexdigest()


class Answer(Shown, Record):
    """Base of all answers.  A field without a default is always in JSON; one that equals its default is left out."""

    when: ClassVar[str] = ""
    """Which questions have this form of answer, where there are several."""
    schema_extra: ClassVar[Mapping[str, Any]] = {}
    """Rules between fields, in JSON Schema."""
    question: Question | None = field(default=None, repr=False, compare=False)

    @property
    def status(self) -> int:
        """Exit status: 0 for yes or done, 1 for no."""
        return 0

    def parts(self) -> list[Part]:
        """Return what text and HTML show: by default its single values."""
        return [Values(shown(self))]


def remarks(delays: object) -> list[str]:
    """Return lines on random times without a mean, and on a link that carries nothing."""
    from srtheory.delays import without_mean

    names, link = ", ".join(without_mean(delays)), getattr(delays, "link", "worker")
    lines = [f"infinite mean of {names}: the mean of the latency may be infinite too"] if names else []
    if link != "worker" and getattr(delays, "message_cost", None) == 0:
        lines.append(f"link {link} changes nothing: messages take no time without message_cost")
    return lines


# -------------------------------------------------------------------------------------------------------------- parts


def _there(record: Any) -> Iterator[tuple[Field, Any]]:
    """Yield the fields that are shown: those without a default, and those that differ from it."""
    for its in fields_of(type(record)):
        value = getattr(record, its.name)
        if not its.is_default(value):
            yield its, value


def shown(answer: Answer) -> list[tuple[str, Any, str]]:
    """Return (name, value, what stands behind it) of the single values of an answer."""
    found: list[tuple[str, Any, str]] = []
    for its, value in _there(answer):
        if its.word.spread:
            found += [(f"{its.word.spread}{name}", each, "") for name, each in value.items()]
        elif not its.many and not isinstance(value, Mapping) and not is_dataclass(value):
            unit = UNITS[its.word.unit][0]
            found.append((its.key, value, "" if value is None else (unit and f" {unit}") + its.word.note))
    return found


# ---------------------------------------------------------------------------------------------------------------- JSON


def plain_json(value: Any, word: Word | None = None) -> Any:
    """Return a value ready for JSON: null for what is infinite or NaN."""
    if word is not None and word.write is not None and value is not None:
        return word.write(value)
    if is_dataclass(value):
        return record_json(value)
    if isinstance(value, Mapping):
        return {name: plain_json(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain_json(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def record_json(record: Any) -> dict[str, Any]:
    """Return a question, an answer, or a part of one, ready for JSON: null for what is infinite or does not exist."""
    found: dict[str, Any] = {}
    for its, value in _there(record):
        if its.word.spread:
            found |= {f"{its.word.spread}{name}": each for name, each in value.items()}
        else:
            found[its.key] = [plain_json(each, its.word) for each in value] if its.many else plain_json(value, its.word)
    return found


def question_json(question: Question) -> dict[str, Any]:
    """Return a question ready for JSON, with the digest of the user's code that it names."""
    source = question.source
    return {"question": question.verb, **record_json(question), **({"source": source} if source else {})}


def question_of(document: Mapping[str, Any], cls: type[Question]) -> Question:
    """Return the question of a JSON document, which can name neither a file nor code, or raise ArgumentError."""
    known = {its.key: its for its in fields_of(cls)}
    given = {name: value for name, value in document.items() if name not in ("question", "source")}
    for name, value in given.items():
        if name not in known:
            raise ArgumentError(name, value, f"left out: {cls.verb} has {', '.join(known)}")
    for its in known.values():
        if its.required and its.key not in given:
            raise ArgumentError(its.key, None, "given")
    return cls(**{known[name].name: value for name, value in given.items()})


def json_text(document: Any) -> str:
    """Return one JSON document."""
    return json.dumps(document, indent=2, allow_nan=False)


# --------------------------------------------------------------------------------------------------------- JSON Schema

_TYPES = {int: "integer", float: "number", str: "string", bool: "boolean"}


def says_of(its: Field) -> str:
    """Return a sentence on the value of a field, with its unit."""
    says, unit = its.word.says[:1].upper() + its.word.says[1:], UNITS[its.word.unit][1]
    return "".join((says, unit and f", {unit}" if unit not in says else "", its.word.unless and f"; {its.word.unless}"))


def _schema(base: Any, word: Word) -> dict[str, Any]:
    """Return the schema of a type with the limits of a word."""
    if get_origin(base) is Literal:
        names = get_args(base)
        return {"const": names[0]} if len(names) == 1 else {"enum": list(names)}
    if word.choices:
        return {"enum": list(word.choices)}
    limits = {"minimum": word.low, "maximum": word.high, "exclusiveMinimum": word.above, "exclusiveMaximum": word.below}
    within = {name: value for name, value in limits.items() if value is not None}
    if get_origin(base) is tuple:
        return {"type": "array", "items": {"type": "number", **within}, "minItems": 2, "maxItems": 2}
    if word.levels is not None:
        each = {name: {"type": ["number", "null"], **within, "description": f"At {name}."} for name in word.levels()}
        return {"type": "object", **_object(each, list(each))}
    if isinstance(base, type) and is_dataclass(base):
        return {"type": "object", **_of_record(base)}
    if get_origin(base) is Mapping:
        return {"type": "object", **(word.extra or {})}
    kind = {} if base is Any and word.extra else {"type": _TYPES.get(base, "string")}
    return {**kind, **within, **(word.extra or {})}


def _field_schema(its: Field, output: bool) -> dict[str, Any]:
    found = _schema(its.base, its.word)
    if output and its.default == 0.0 and its.word.low == 0:  # 0 is left out
        found.pop("minimum", None)
        found["exclusiveMinimum"] = 0
    if its.many:
        found = {"type": "array", "items": found, **(its.word.array or {})}
    nullable = (its.optional and its.required) or "null" in its.word.unless
    if nullable and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return {**found, "description": f"{says_of(its)}."} if its.word.says else found


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"properties": properties, "required": required, "additionalProperties": False}


def _of_record(cls: type, output: bool = True) -> dict[str, Any]:
    its = [each for each in fields_of(cls) if not each.word.spread]
    found = _object({f.key: _field_schema(f, output) for f in its}, [f.key for f in its if f.required])
    for each in fields_of(cls):
        if spread := each.word.spread:
            value = {"type": ["number", "string", "boolean", "null"], "description": f"{says_of(each)}."}
            found["patternProperties"] = {f"^{spread.replace('.', chr(92) + '.')}.": value}
    return {**found, **getattr(cls, "schema_extra", {})}


def schema(verb: str, says: str, forms: Sequence[type]) -> dict[str, Any]:
    """Return the JSON Schema of what a command prints: records of one of these types, or lists of them."""
    found = [_form(each) for each in forms]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"srtheory {verb} --json",
        "description": says,
        **(found[0] if len(found) == 1 else {"oneOf": found}),
    }


def _form(cls: Any) -> dict[str, Any]:
    when = {"description": cls.when} if getattr(cls, "when", "") else {}
    record = {"type": "object", **_of_record(cls)}
    return {"type": "array", **when, "items": record} if getattr(cls, "listed", False) else record | when


def answer_schema(question: type[Question]) -> dict[str, Any]:
    """Return the JSON Schema of the answers to a question."""
    return schema(question.verb, summary(question), question.answers)


def question_schema(question: type[Question]) -> dict[str, Any]:
    """Return the JSON Schema of a question: what a form, a file or a service may ask."""
    return {"title": question.verb, "type": "object", **_of_record(question, output=False)}


def summary(question: type[Question]) -> str:
    """Return the first sentence of a question's help."""
    return " ".join((question.__doc__ or "").split("\n\n")[0].split())


# ---------------------------------------------------------------------------------------------------- command


def help_of(its: Field) -> str:
    """Return the help of an option."""
    told = its.word.otherwise or ("" if its.required or its.default in (None, 0.0, False, ()) else str(its.default))
    return f"{its.word.says}{its.word.more}".rstrip(".") + "." + (f" Default: {told}." if told else "")


def results(question: type[Question]) -> dict[str, str]:
    """Return what each result of a question is that it has not been given."""
    names: dict[str, str] = {}
    asked = {its.name for its in fields_of(question)}
    for answer in question.answers:
        for its in fields_of(answer):
            if its.word.says and not its.word.quiet and (its.name not in asked or its.word.title):
                names.setdefault(its.word.title or its.key, its.word.says)
    return names


def command_line(question: Question) -> str:
    """Return the command that asks the question."""
    words = ["srtheory", question.verb]
    for its in fields_of(type(question)):
        value = getattr(question, its.name)
        if its.is_default(value):
            continue
        for each in value if its.many else [value]:
            written = str(plain_json(each, its.word))
            words += [written] if its.word.argument else [f"--{its.option}", *([] if its.base is bool else [written])]
    return shlex.join(words)
