"""Schemes on the command line: by name, from a user's file or a package; and their options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import click
from click.shell_completion import CompletionItem

from srtheory.errors import ArgumentError
from srtheory.schemes import SCHEME_NAMES, scheme_class

EPILOG = (
    f"SCHEME is one of {', '.join(SCHEME_NAMES)}; or FILE.py::CLASS, a scheme in a Python file of your own, which is"
    " imported and so run; or a name that an installed package offers."
)


class _Scheme(click.ParamType):  # type: ignore[type-arg]
    """Name of an existing scheme; a file that it is in is imported to find out."""

    name = "scheme"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See :class:`click.ParamType`."""
        scheme_class(value)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """See :class:`click.ParamType`: names, or files, which are the shell's; none is imported."""
        if "." in incomplete or "/" in incomplete:
            return [CompletionItem(incomplete, type="file")]
        return [CompletionItem(name) for name in SCHEME_NAMES if name.startswith(incomplete)]


class _Schemes(click.ParamType):  # type: ignore[type-arg]
    """Names of schemes, separated by commas."""

    name = "schemes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """See :class:`click.ParamType`."""
        if isinstance(value, tuple):
            return value
        names = tuple(dict.fromkeys(name.strip() for name in value.split(",")))
        if not all(names):
            raise ArgumentError("schemes", value, "names of schemes with commas between them")
        for name in names:
            scheme_class(name)
        return names

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """See :class:`click.ParamType`: names for the last of them."""
        before, comma, begun = incomplete.rpartition(",")
        return [CompletionItem(f"{before}{comma}{name}") for name in SCHEME_NAMES if name.startswith(begun)]


SCHEME = _Scheme()


def schemes_option(help_: str) -> Callable[..., Any]:
    """Return the option ``--schemes A,B``, as a tuple of names or None."""
    return click.option("--schemes", "several", type=_Schemes(), metavar="A,B,...", help=help_)


def own_option(more: str = "") -> Callable[..., Any]:
    """Return the option ``--option KEY=VALUE``, as a tuple of texts."""
    return click.option(
        "--option",
        "texts",
        multiple=True,
        metavar="KEY=VALUE",
        help=f"An option of the scheme, a field of its class; may be repeated.{more}",
    )


def chosen(several: tuple[str, ...] | None, texts: tuple[str, ...]) -> dict[str, Any]:
    """Return the arguments of figures and tables from ``--schemes`` and ``--option``; none if neither is given."""
    if texts and several is None:
        raise ArgumentError("option", texts[0], "left out without --schemes")
    return {} if several is None else {"schemes": several, "options": texts}


def asked(several: tuple[str, ...] | None, texts: tuple[str, ...]) -> str:
    """Return the same in the form of the command line."""
    return "" if several is None else f" --schemes {','.join(several)}" + "".join(f" --option {text}" for text in texts)


def digests(several: tuple[str, ...] | None) -> str:
    """Return the sources of user-defined schemes, for a line that states how a result was made."""
    return "".join(f", {name} of SHA-256 {digest}" for name, digest in sources(several or ()).items())


def sources(names: tuple[str, ...]) -> dict[str, str]:
    """Return the digest of the source of each user-defined scheme."""
    from srtheory.own_code import origin

    known = {name: origin(scheme_class(name)) for name in names}
    return {name: its.digest for name, its in known.items() if its is not None}


def source(name: str) -> dict[str, str]:
    """Return the same for one scheme, under the key ``source``."""
    found = sources((name,))
    return {"source": found[name]} if found else {}


def as_json(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options ready for JSON, exact numbers as texts."""
    return {
        name: value.name if isinstance(value, Enum) else str(value) if isinstance(value, Fraction | Decimal) else value
        for name, value in options.items()
    }
