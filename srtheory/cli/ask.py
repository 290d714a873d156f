"""The command of a question: its options, its help, its output, and bad input in one line.  Read :func:`command`."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import MISSING
from functools import cache
from typing import Any

import click
from click.shell_completion import CompletionItem

from srtheory.cli import as_given
from srtheory.questions.base import Question, answer_schema, help_of, json_text, record_json, results, text
from srtheory.questions.words import Field, field_of, fields_of

_WIDTH = 113
"""Of the list of results in a help."""


class _Typed(click.ParamType):  # type: ignore[type-arg]
    """A value as its field reads it."""

    def __init__(self, its: Field) -> None:
        self.field = its
        self.name = {int: "integer", float: "float"}.get(its.base, its.name if its.word.complete else "text")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See :class:`click.ParamType`."""
        return self.field.parsed(value) if isinstance(value, str) else value  # a default is a value already

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """See :class:`click.ParamType`."""
        if self.field.word.complete is None:
            return []
        names = self.field.word.complete(incomplete)
        return [CompletionItem(incomplete, type="file")] if names is None else [*map(CompletionItem, names)]


def _parameter(its: Field) -> Callable[[Any], Any]:
    """Return the decorator that adds the option, or the argument, of a field."""
    kind = _Typed(its) if its.word.read or its.base in (int, float) else click.STRING
    if its.word.argument:
        return click.argument(its.name, type=kind, metavar=its.word.metavar)
    names = (f"--{its.option}", its.name)
    if its.base is bool:
        return click.option(*names, is_flag=True, help=help_of(its))
    default: Any = {} if its.required or its.many else {"default": its.default}
    more: Any = {"multiple": its.many, "required": its.required, "metavar": its.word.metavar, "help": help_of(its)}
    return click.option(*names, type=kind, **more, **default)


def option(name: str, word: Any, default: Any = MISSING) -> Callable[[Any], Any]:
    """Return the option of a word for a command that is no question; required if it has no default."""
    return _parameter(field_of(name, word, default))


def json_options(schema: Callable[[str], str]) -> Callable[[Any], Any]:
    """Return the decorator of ``--json``, as the argument ``as_json``, and of ``--json-schema``.

    ``schema`` gives the JSON Schema of the output of a command, which the latter prints, and ends.
    """

    def print_schema(context: click.Context, parameter: click.Parameter, given: bool) -> None:
        if given and not context.resilient_parsing:
            click.echo(schema(str(context.command.name)))
            context.exit()

    print_it = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
    says = "Print the JSON Schema of the output of --json, and exit."
    describe: Any = {"is_flag": True, "is_eager": True, "expose_value": False, "callback": print_schema, "help": says}
    return lambda command: print_it(click.option("--json-schema", **describe)(command))


@cache
def command(question: type[Question]) -> click.Command:
    """Return the command of a question.  It imports nothing that computes."""

    def ask(as_json: bool, **given: Any) -> int:
        from srtheory.delays import quietly

        with quietly():
            answer = question(**given).answer(question.means(shows=True))
        print_text(json_text(record_json(answer)) if as_json else text(answer))
        return answer.status

    made: Any = json_options(lambda verb: json_text(answer_schema(question)))(ask)
    for its in reversed(fields_of(question)):
        made = _parameter(its)(made)
    return click.command(question.verb, help=_described(question), epilog=question.epilog)(made)


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


def print_names(names: Mapping[str, str], as_json: bool) -> None:
    """Print the output of ``--list``: names, and descriptions."""
    if as_json:
        print_json([{"name": name, "shows": shows} for name, shows in names.items()])
    else:
        width = max(16, *map(len, names), 0)
        print_text("\n".join(f"{name:{width}} {shows}" for name, shows in names.items()))


def print_line(line: str) -> None:
    """Print a line on stderr, where bars may move."""
    with _still_bars():
        click.echo(as_given(line), err=True)


def _still_bars() -> AbstractContextManager[None]:
    from tqdm import tqdm

    return tqdm.external_write_mode() if sys.stderr.isatty() else nullcontext()
