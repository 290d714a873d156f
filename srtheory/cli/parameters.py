"""Options of figures and tables at other parameters, and the text of the options given."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from srtheory.cli.ask import option
from srtheory.cli.common import trials_option
from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.questions.words import LARGEST_TIME, MAX_SYMBOLS, Degree, Startup, Symbols, Tau, but

_NOTATION = " in the notation of scipy.stats: expon(scale=5), pareto(b=1)"
PARAMETERS = ("symbols", "degree", "tau", "startup", "trials")
"""Options of :func:`parameters_options`."""


def parameters_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the options ``--symbols``, ``--degree``, ``--tau``, ``--startup``, ``--trials``, for :func:`given_of`."""
    options = (
        option("symbols", Annotated[Symbols, but("Number m of terms in the sum, and of workers")], None),
        option("degree", Annotated[Degree, but("Number d of terms in a parity symbol, or in a part", more="")], None),
        option("tau", Tau, None),
        option("startup", Annotated[Startup, but(more=_NOTATION, read=str)], None),
        trials_option("It replaces the number of runs of --effort.", None),
    )
    for each in reversed(options):
        command = each(command)
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
