"""Options of figures and tables: schemes and other parameters, and the text of those that are given."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from srtheory.cli.ask import option
from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.words import but
from srtheory.schemes import NamedScheme

_NOTATION = " in the notation of scipy.stats: expon(scale=5), pareto(b=1)"
PARAMETERS = {
    "symbols": Annotated[words.Symbols, but("Number m of terms in the sum, and of workers")],
    "degree": Annotated[
        words.Degree, but("Number d of terms in a parity symbol, or in a part", more="", high=words.MAX_SYMBOLS)
    ],
    "tau": Annotated[words.Tau, words.SHORT],
    "startup": Annotated[words.Startup, but(more=_NOTATION, read=str, accept=words.as_given)],
    "trials": Annotated[words.Trials, but(more=". It replaces the number of runs of --effort", high=words.MAX_SYMBOLS)],
}
"""Words of the options of :func:`parameters_options`."""


def parameters_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the options ``--symbols``, ``--degree``, ``--tau``, ``--startup``, ``--trials``, for :func:`given_of`."""
    for name, word in reversed(PARAMETERS.items()):
        command = option(name, word, None)(command)
    return command


def given_of(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters given."""
    return {name: value for name in PARAMETERS if (value := parameters[name]) is not None}


def as_command(given: Mapping[str, Any]) -> str:
    """Return the same in the form of the command line."""
    return "".join(f" --{name} {shlex.quote(str(value))}" for name, value in given.items())


def schemes_options(says: str) -> Callable[..., Any]:
    """Return the options ``--schemes A,B``, as a tuple or None, and ``--option KEY=VALUE``, as texts."""
    several = option("several", Annotated[words.Several, but(says)], None)
    texts = but(more=". It applies to every scheme of --schemes that has the option")
    return lambda command: several(option("texts", Annotated[words.Options, texts], ())(command))


def chosen(several: tuple[NamedScheme, ...] | None, texts: tuple[str, ...]) -> dict[str, Any]:
    """Return the arguments of figures and tables from ``--schemes`` and ``--option``; none if neither is given."""
    if texts and several is None:
        raise ArgumentError("option", texts[0], "left out without --schemes")
    return {} if several is None else {"schemes": tuple(scheme.name for scheme in several), "options": texts}


def asked(several: tuple[NamedScheme, ...] | None, texts: tuple[str, ...]) -> str:
    """Return the same in the form of the command line."""
    if several is None:
        return ""
    return f" --schemes {','.join(scheme.name for scheme in several)}" + "".join(f" --option {text}" for text in texts)


def digests(several: tuple[NamedScheme, ...] | None) -> str:
    """Return the sources of user-defined schemes, for a line that states how a result was made."""
    return "".join(f", {name} of SHA-256 {digest}" for name, digest in words.sources_of(several or ()).items())
