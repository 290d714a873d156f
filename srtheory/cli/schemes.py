"""Schemes on the command line: by name, from a user's file or a package; and their options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Annotated, Any

import click
from click.shell_completion import CompletionItem

from srtheory.cli.ask import option
from srtheory.cli.common import access_option
from srtheory.errors import ArgumentError
from srtheory.questions.words import Cap, Sizes, Stragglers, but, source_of
from srtheory.schemes import PHASES, SCHEME_NAMES, NamedScheme, named
from srtheory.sizes import NAMED

FLAGS = ("degree", "sizes", "stragglers", "access", "phase", "cap")
"""Options of schemes for which simulate and run have flags; --option takes any."""
EPILOG = (
    f"SCHEME is one of {', '.join(SCHEME_NAMES)}; or FILE.py::CLASS, a scheme class in your own Python file, which is"
    " imported and thereby run; or the name of a scheme that an installed package provides. docs/choosing.md compares"
    " them."
)


_SIZES = (
    ": 38/9x2/3 is a block of 38, nine of 2 and then blocks of 3; 2:0.45,3:0.55 draws each size with these"
    f" probabilities; or one of {', '.join(NAMED)}"
)


class _Scheme(click.ParamType):  # type: ignore[type-arg]
    """The name of a scheme, as :class:`~srtheory.schemes.NamedScheme`; a file that it is in is imported."""

    name = "scheme"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> NamedScheme:
        """See :class:`click.ParamType`."""
        return named(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """See :class:`click.ParamType`: names, or files, which the shell completes; none is imported."""
        if "." in incomplete or "/" in incomplete:
            return [CompletionItem(incomplete, type="file")]
        return [CompletionItem(name) for name in SCHEME_NAMES if name.startswith(incomplete)]


class _Schemes(click.ParamType):  # type: ignore[type-arg]
    """Names of schemes, separated by commas, as a tuple of :class:`~srtheory.schemes.NamedScheme`."""

    name = "schemes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[NamedScheme, ...]:
        """See :class:`click.ParamType`."""
        if isinstance(value, tuple):
            return value
        names = tuple(dict.fromkeys(name.strip() for name in value.split(",")))
        if not all(names):
            raise ArgumentError("schemes", value, "names of schemes, separated by commas")
        return tuple(named(name) for name in names)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """See :class:`click.ParamType`: names for the last of them."""
        before, comma, begun = incomplete.rpartition(",")
        return [CompletionItem(f"{before}{comma}{name}") for name in SCHEME_NAMES if name.startswith(begun)]


SCHEME = _Scheme()


def schemes_option(help_: str) -> Callable[..., Any]:
    """Return the option ``--schemes A,B``, as a tuple of names or None."""
    return click.option("--schemes", "several", type=_Schemes(), metavar="A,B,...", help=help_)


def flags(degree: Any) -> Callable[..., Any]:
    """Return the options of :data:`FLAGS`, and ``--option``; ``degree`` is the word of ``--degree``."""
    options = (
        option("degree", degree, None),
        option("stragglers", Stragglers, None),
        option("sizes", Annotated[Sizes, but(more=_SIZES)], None),
        access_option("SR codes"),
        click.option(
            "--phase",
            type=click.Choice(PHASES),
            help="Start of a worker's first cell of terms (scheme arcs): term 0, a random term, or the worker's own. "
            "Default: common.",
        ),
        option("cap", Cap, None),
        own_option(),
    )
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


def own_option(more: str = "") -> Callable[..., Any]:
    """Return the option ``--option KEY=VALUE``, as a tuple of texts."""
    return click.option(
        "--option",
        "texts",
        multiple=True,
        metavar="KEY=VALUE",
        help=f"Option of the scheme by name, which is a field of its class, such as degree=5; may be repeated.{more}",
    )


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
    return "".join(f", {name} of SHA-256 {digest}" for name, digest in sources(several or ()).items())


def sources(schemes: Sequence[NamedScheme]) -> dict[str, str]:
    """Return the digest of the source of each user-defined scheme."""
    return {scheme.name: found for scheme in schemes if (found := source_of(scheme)) is not None}


def source(scheme: NamedScheme) -> dict[str, str]:
    """Return the same for one scheme, under the key ``source``."""
    found = source_of(scheme)
    return {"source": found} if found else {}
