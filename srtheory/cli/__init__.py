"""Command line: one small module per command, each imported only when it is needed."""

from __future__ import annotations

import errno
import io
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from copy import copy
from functools import partial
from importlib import import_module
from typing import Any, TextIO

import click

from srtheory.errors import ArgumentError, printable, shortened
from srtheory.questions import QUESTIONS, question

_OTHERS = (
    *("check", "cite", "explore", "figure", "fit", "hunt", "new", "numbers", "run", "span", "sweep", "table", "verify"),
)
"""Verbs that are no questions, each with a module of its name."""
VERBS = tuple(sorted((*_OTHERS, *QUESTIONS)))

_SIMULATED = ("--link", "--shock", "--phases", "--target", "--crew", "--load")
"""Parts of a model that have no laws, or no laws of some questions."""
HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
"""Settings of every command."""
_LONGEST_LINE = 1000
_TERMINATED = 128 + signal.SIGTERM
_INTERNAL = 70
"""Exit status of an unforeseen error, since 1 would be an answer."""


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        if name in QUESTIONS:
            verb: click.Command = import_module("srtheory.cli.ask").command(question(name))
        else:
            verb = getattr(import_module(f"srtheory.cli.{name}"), name)
        verb = copy(verb)
        verb.callback = _without_stdout(verb.callback)
        return verb

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            verb = error.ctx.info_name if error.ctx else ""
            if verb not in QUESTIONS or error.option_name not in _SIMULATED:
                raise
            says = f"No such option '{error.option_name}': '{verb}' has no result for it. srtheory simulate takes it."
            raise click.UsageError(says) from error
        except KeyboardInterrupt:  # click would print an empty line
            raise click.Abort from None
        except SystemExit as error:
            if error.code == _TERMINATED:
                raise
            raise RuntimeError(f"SystemExit: {error.code}") from error  # raised by user code, which has no answer


GIVEN: dict[str, str] = {}
"""Relative paths of this command and the folders above, as they were given, by their absolute form."""


def as_given(text: str) -> str:
    """Return a text with these paths as they were given."""
    for absolute, given in GIVEN.items():
        text = text.replace(f"{absolute}/", "" if given == "." else f"{given}/")
        text = given.join(re.split(rf"{re.escape(absolute)}(?![^\s'\",:;)])", text))
    return text


def _without_stdout(verb: Callable[..., Any] | None) -> Callable[..., Any]:
    """Return the verb such that only :func:`srtheory.cli.ask.print_text` writes to stdout."""

    def run(**given: Any) -> Any:
        from srtheory.own_code import prints_to_stderr

        assert verb is not None
        context = click.get_current_context()
        with prints_to_stderr() as stdout:
            context.obj = context.obj or stdout  # of who calls the command, as click's CliRunner does
            return verb(**given)

    return run


@click.group(cls=_Verbs, context_settings=HELP)
@click.version_option(package_name="srtheory", message="%(prog)s %(version)s")
def srtheory() -> None:
    """Determine when a sum can be recovered from partial sums computed by slow and unreliable workers.

    The sum has m terms, one per worker. In a sum-recovery (SR) code of degree d, a worker first sends its own term
    (systematic symbol), and then sums over random blocks of d other terms (parity symbols), drawn without replacement.
    Each symbol that the master receives is a row of a matrix. The sum can be recovered when the rows span the all-ones
    vector 1.

    Results are written to stdout and progress to stderr. Exit status: 0 yes or done, 1 no, 2 bad input, 130
    interrupted, 143 terminated, 70 an internal error.

    docs/first_steps.md is a tutorial and docs/commands.md the reference of all commands.

    Completion in bash: eval "$(_SRTHEORY_COMPLETE=bash_source srtheory)"; in zsh or fish with zsh_source or
    fish_source.
    """


def main() -> None:
    """Run the command line; bad input is one line on stderr and exit status 2."""
    _fill_closed_streams()
    GIVEN.clear()
    kept = sys.stdout, sys.stderr  # descriptors close with the files that nobody has
    data, sys.stderr = (_apart(stream, number) for number, stream in enumerate(kept, start=1))
    if data is not sys.stdout:
        os.dup2(2, 1)
        os.register_at_fork(after_in_child=partial(os.dup2, 2, data.fileno(), inheritable=False))  # the parent's
    try:
        with redirect_stdout(data):
            status = _run(data)
    except click.ClickException as error:
        fail(error.format_message())
    except ArgumentError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or 'output'}: {error.strerror or error}")
    except MemoryError as error:
        fail(f"out of memory: {error or 'fewer symbols or rows may fit'}")
    except (click.Abort, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second interrupt ends the process at once
        fail("interrupted", 130)
    except SystemExit:  # by SIGTERM
        _end_processes()
        raise
    except BaseException as error:
        with suppress(OSError):  # stderr is full or gone: the exit status reports it
            traceback.print_exc()
        fail(f"internal error, in srtheory or in your own code: {type(error).__name__}: {error}", _INTERNAL)
    sys.exit(status if isinstance(status, int) else 0)


def _run(data: TextIO) -> Any:
    try:
        return srtheory.main(prog_name="srtheory", standalone_mode=False, obj=data)
    except click.exceptions.NoArgsIsHelpError as error:
        return click.echo(error.format_message())


def _fill_closed_streams() -> None:
    """Replace a closed stdout or stderr.

    Python represents them by None: output would be lost silently, and the next file would take their number.
    """
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        if stream is None:
            os.dup2(os.open(os.devnull, os.O_RDONLY if number == 1 else os.O_WRONLY), number)
            os.set_inheritable(number, True)  # processes that are started need it, too
    if sys.stdout is None:
        sys.stdout = _ClosedOutput()
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8")


def _apart(stream: TextIO, number: int) -> TextIO:
    """Return a stream on a descriptor of its own, if the given one has this number.

    User code, the processes that it starts, and its exit handlers may write to the number, or close it.
    """
    try:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file's name may be no UTF-8
        if stream.fileno() != number:
            return stream
        stream.flush()
        raw = os.fdopen(os.dup(number), "wb")
    except (OSError, ValueError):
        return stream
    return _Unclosable(raw, stream.encoding, stream.errors, line_buffering=True)


class _Unclosable(io.TextIOWrapper):
    """Stream that user code, which finds it as ``sys.stderr``, cannot close."""

    def close(self) -> None:
        self.flush()


class _ClosedOutput(io.TextIOBase):
    """Stream to which writing is an error, as on a full disk; nothing is buffered."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def _end_processes() -> None:
    """End the worker processes, whose results are no longer needed."""
    if running := sys.modules.get("srtheory.experiments.running"):
        running.end_processes()


def fail(message: str, status: int = 2) -> None:
    """End the program with one line on stderr and this status."""
    _end_processes()
    with suppress(OSError):  # stderr is full or gone
        click.echo(f"srtheory: {shortened(printable(' '.join(as_given(message).split())), _LONGEST_LINE)}", err=True)
    sys.exit(status)
