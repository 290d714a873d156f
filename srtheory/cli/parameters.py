"""Options of figures and tables at other parameters, and the text of the options given."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Any

import click

from srtheory.cli.common import trials_option
from srtheory.cli.number_types import DECIMAL, WHOLE
from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.questions.words import LARGEST_TIME, MAX_SYMBOLS

PARAMETERS = ("symbols", "degree", "tau", "startup", "trials")
"""Options of :func:`parameters_options`."""


def parameters_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the options ``--symbols``, ``--degree``, ``--tau``, ``--startup``, ``--trials``, for :func:`given_of`."""
    options = (
        click.option("--symbols", type=WHOLE, metavar="M", help="Number m of terms in the sum, and of workers."),
        click.option("--degree", type=WHOLE, metavar="D", help="Number d of terms in a parity symbol, or in a part."),
        click.option(
            "--tau", type=DECIMAL, metavar="TAU", help="Time that a worker takes per term, in time units; above 0."
        ),
        click.option(
            "--startup",
            metavar="LAW",
            help="Distribution of the start-up delay in the notation of scipy.stats: expon(scale=5), pareto(b=1).",
        ),
        trials_option("It replaces the number of runs of --effort.", None),
    )
    for option in reversed(options):
        command = option(command)
    return command


def given_of(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters given, none too large; other errors are found where they are used."""
    given = {name: value for name in PARAMETERS if (value := parameters[name]) is not None}
    for name in ("symbols", "degree", "trials"):
        if name in given:
            require_int(name, given[name], 1, MAX_SYMBOLS)
    if "tau" in given and require_positive("tau", given["tau"]) > LARGEST_TIME:
        raise ArgumentError("tau", given["tau"], f"a finite number above 0 and at most {LARGEST_TIME}")
    return given


def as_command(given: Mapping[str, Any]) -> str:
    """Return the same in the form of the command line."""
    return "".join(f" --{name} {shlex.quote(str(value))}" for name, value in given.items())
