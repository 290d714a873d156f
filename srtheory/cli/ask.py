"""The command of a question: its options, its help, its output, and bad input in one line.  Read :func:`command`."""

from __future__ import annotations

import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import MISSING
from functools import cache, partial, reduce
from inspect import get_annotations
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from srtheory.cli import GIVEN, HELP, as_given
from srtheory.errors import ArgumentError, printable
from srtheory.questions.base import (
    Means,
    Place,
    Question,
    answer_schema,
    help_of,
    json_text,
    record_json,
    results,
)
from srtheory.questions.words import Field, field_of, fields_of

_WIDTH = 113
"""Of the list of results in a help."""


class PathType(click.Path):
    """A path. An empty text is not a path, although click takes it for the current directory."""

    def __init__(self, **kind: bool) -> None:
        super().__init__(path_type=Path, **kind)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See :class:`click.ParamType`."""
        if value == "":
            raise ArgumentError(parameter_name(param), value, "a path; the current directory is .")
        return super().convert(value, param, ctx)


def parameter_name(param: click.Parameter | None) -> str:
    """Return the user's name of the option or argument."""
    return max(param.opts, key=len).lstrip("-") if param else "number"


def absolute(context: click.Context, parameter: click.Parameter, given: Path | None) -> Path | None:
    """Return a path that stays the same if user code changes the current directory; users see it as they gave it."""
    if given is None or given.is_absolute():
        return given
    GIVEN.update({str(path.absolute()): str(path) for path in (given, *given.parents)})
    return given.absolute()


class _Typed(click.ParamType):  # type: ignore[type-arg]
    """A value as its field reads it."""

    def __init__(self, its: Field, checked: bool = False) -> None:
        self.field, self.checked = its, checked
        plain = "text" if its.word.read else {int: "integer", float: "float"}[its.base]
        self.name = its.option if its.word.complete else plain

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See :class:`click.ParamType`."""
        found = self.field.parsed(value) if isinstance(value, str) else value  # a default is a value already
        return self.field.one(found) if self.checked else found

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """See :class:`click.ParamType`."""
        if self.field.word.complete is None:
            return []
        names = self.field.word.complete(incomplete)
        return [CompletionItem(incomplete, type="file")] if names is None else [*map(CompletionItem, names)]


def _kind(its: Field, checked: bool) -> click.ParamType[Any]:
    if its.word.path is not None:
        return PathType(**its.word.path)
    if its.choices:
        return click.Choice(its.choices)
    return _Typed(its, checked) if its.word.read or its.base in (int, float) else click.STRING


def _parameter(its: Field, checked: bool = False) -> Callable[[Any], Any]:
    """Return the decorator that adds the option, or the argument, of a field."""
    word, kind = its.word, _kind(its, checked)
    if word.argument:
        return click.argument(its.name, type=kind, metavar=word.metavar)
    names = (f"--{its.option}", its.name)
    if its.base is bool:
        return click.option(*names, is_flag=True, help=help_of(its))
    more: Any = {} if its.required or its.many else {"default": its.default}
    more |= {"multiple": its.many, "required": its.required, "metavar": word.metavar, "help": help_of(its)}
    if word.path is None:
        return click.option(*names, type=kind, **more)
    made = click.option(*names, type=kind, callback=partial(_or_former, word.former), **more)
    if not word.former:
        return made
    note: Any = {"hidden": True, "expose_value": False, "callback": partial(_former, its)}
    former = click.option(f"--{word.former}", type=kind, **note)
    return lambda command: made(former(command))


def _former(its: Field, context: click.Context, parameter: click.Parameter, given: Path | None) -> None:
    if given is not None and context.params.get(its.name) is not None:
        _refuse_both(its.word.former, given, its.option)
    context.meta[its.word.former] = given


def _or_former(former: str, context: click.Context, parameter: click.Parameter, given: Path | None) -> Path | None:
    before: Path | None = context.meta.get(former)
    if given is not None and before is not None:
        _refuse_both(former, before, parameter_name(parameter))
    return absolute(context, parameter, before if given is None else given)


def _refuse_both(former: str, given: Path, name: str) -> None:
    raise ArgumentError(former, str(given), f"left out with --{name}, which has its meaning")


def option(name: str, word: Any, default: Any = MISSING) -> Callable[[Any], Any]:
    """Return the option of a word for a command that is no record, checked alone; required if it has no default."""
    return _parameter(field_of(name, word, default), checked=True)


def options(*fields: Field) -> Callable[[Any], Any]:
    """Return the decorator that adds the options of fields in this order."""
    return lambda command: reduce(lambda made, its: _parameter(its)(made), reversed(fields), command)


def fields_of_means(means: type[Means]) -> tuple[Field, ...]:
    """Return the fields of means in the order of their options: its own are before those of its bases."""
    own = [*get_annotations(means)]
    return tuple(sorted(fields_of(means), key=lambda its: own.index(its.name) if its.name in own else len(own)))


def json_options(schema: Callable[[str], str]) -> Callable[[Any], Any]:
    """Return the decorator of ``--json``, as ``as_json``, and of ``--json-schema``, or ``--schema``.

    ``schema`` gives the JSON Schema of the output of a command, which the latter prints, and ends.
    """

    def print_schema(context: click.Context, parameter: click.Parameter, given: bool) -> None:
        if given and not context.resilient_parsing:
            click.echo(schema(str(context.command.name)))
            context.exit()

    print_it = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
    says = "Print the JSON Schema of the output of --json, and exit."
    describe: Any = {"is_flag": True, "is_eager": True, "expose_value": False, "callback": print_schema, "help": says}
    short = click.option("--schema", hidden=True, **describe)
    return lambda command: print_it(click.option("--json-schema", **describe)(short(command)))


@cache
def command(question: type[Question]) -> click.Command:
    """Return the command of a question.  It imports nothing that computes."""
    means = fields_of_means(question.means)

    def ask(as_json: bool, **given: Any) -> int:
        how = {its.name: given.pop(its.name) for its in means}
        with warnings_in_a_line() if issubclass(question.means, Place) else _quietly():
            answer = question(**given).answer(question.means(shows=True, **how))
        print_result(record_json(answer), str(answer), as_json)
        return answer.status

    made: Any = json_options(lambda verb: json_text(answer_schema(question)))(ask)
    made = options(*fields_of(question), *means)(made)
    told: Any = {"help": _described(question), "epilog": question.epilog, "context_settings": HELP}
    as_command: Callable[[Any], click.Command] = click.command(question.verb, **told)
    return as_command(made)


def _quietly() -> AbstractContextManager[None]:
    """Keep libraries from warning of overflow and the like, which bounds show."""
    from srtheory.delays import quietly

    return quietly()


@contextmanager
def warnings_in_a_line() -> Iterator[None]:
    """Print warnings, for instance of a damaged file of a store, as one line on stderr."""
    from srtheory.experiments.store import DamagedFileWarning

    with warnings.catch_warnings():
        warnings.simplefilter("always", DamagedFileWarning)
        warnings.showwarning = lambda message, *_: print_line(f"srtheory: {printable(' '.join(str(message).split()))}")
        yield


def _described(question: type[Question]) -> str:
    """Return the help: the docstring, with ``{answer}`` replaced by a list of the results."""
    names = results(question)
    width = max(map(len, names)) + 2
    lines = [
        line
        for name, says in names.items()
        for line in textwrap.wrap(
            says, _WIDTH, initial_indent=f"{name:{width}}", subsequent_indent=" " * width, break_on_hyphens=False
        )
    ]
    return textwrap.dedent(f"    {question.__doc__}").strip().replace("{answer}", "\b\n" + "\n".join(lines))


# ------------------------------------------------------------------------------------------------- on stdout and stderr


def print_text(text: str, nl: bool = True) -> None:
    """Write data to stdout, to which nothing else writes while a verb runs."""
    context = click.get_current_context(silent=True)
    with _still_bars():
        click.echo(text, None if context is None else context.obj, nl=nl)


def print_json(value: Any) -> None:
    """Print one JSON document on stdout; infinities and NaN have been replaced before."""
    print_text(json_text(value))


def print_result(document: Any, text: str, as_json: bool) -> None:
    """Print a result: the document with ``--json``, or else the text."""
    print_text(json_text(document) if as_json else text)


def print_names(names: Mapping[str, str], as_json: bool) -> None:
    """Print the output of ``--list``: names, and descriptions."""
    width = max(16, *map(len, names), 0)
    lines = "\n".join(f"{name:{width}} {shows}" for name, shows in names.items())
    print_result([{"name": name, "shows": shows} for name, shows in names.items()], lines, as_json)


def print_line(line: str) -> None:
    """Print a line on stderr, where bars may move."""
    with _still_bars():
        click.echo(as_given(line), err=True)


def _still_bars() -> AbstractContextManager[None]:
    from tqdm import tqdm

    return tqdm.external_write_mode() if sys.stderr.isatty() else nullcontext()
