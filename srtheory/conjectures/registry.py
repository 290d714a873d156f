"""Conjectures, shipped or user-defined: a predicate with its statement, domain, source and status."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Generic, TypeVar

from srtheory.conjectures import domains
from srtheory.conjectures.case import explain_span
from srtheory.conjectures.enumerate import Domain, Instance
from srtheory.errors import ArgumentError, require_function, require_kind
from srtheory.own_code import OwnFile, import_file
from srtheory.span.field import parse_field

C = TypeVar("C", bound=Instance)
Predicate = Callable[[C], bool | None]
UNKNOWN = "open"
"""Known answer of a conjecture whose author states none."""
NAMED = ("rows", "repeated-rows", "receptions", "reduced-receptions", "counts", "shapes")
"""Domains that have a name, each as :mod:`srtheory.conjectures.domains` makes it without arguments."""
SHIPPED = ("spanning", "laws", "weighted", "orders")


class UndecidedError(Exception):
    """Error that a predicate raises if it cannot decide."""


@dataclass(frozen=True)
class Origin:
    """Origin of a conjecture, by which it is sent to other processes."""

    text: str
    """Argument of :func:`load`, with an absolute path."""
    digest: str = ""
    """SHA-256 of the user's file and of the modules of its folder that it imports; empty for shipped conjectures."""


@dataclass(frozen=True)
class Conjecture(Generic[C]):
    """A statement about every case of a domain.  Calling it calls the predicate."""

    name: str
    """Lower-case words with hyphens."""
    statement: str
    """The statement in words."""
    domain: Domain[C]
    """Over what it is stated."""
    source: str
    """Section of the paper, a reference, or "ours"."""
    known: str
    """Known answer, with the reason."""
    predicate: Predicate[C]
    """True where the statement holds, False where it fails, None where its hypothesis is not met."""
    explain: Callable[[C], dict[str, Any]]
    """Evidence for a counterexample, ready for JSON."""
    origin: Origin | None = field(default=None, compare=False)
    """Origin from which :func:`load` has it."""

    def __call__(self, case: C) -> bool | None:
        """Return the predicate's answer."""
        return self.predicate(case)


def conjecture(
    statement: str,
    domain: Domain[C] | str,
    *,
    name: str | None = None,
    source: str = "ours",
    known: str = UNKNOWN,
    field: str | Sequence[str] = "Q",
    explain: Callable[[C], dict[str, Any]] | None = None,
) -> Callable[[Predicate[C]], Conjecture[C]]:
    """Turn a predicate into a conjecture, as a decorator.

    The other arguments are as in :class:`Conjecture`; the domain may be one of :data:`NAMED`, and the name is by
    default the predicate's, with hyphens. ``field``
    is ``"Q"``, ``"GF(q)"`` or several of them, over which a counterexample is certified, unless ``explain`` gives other
    evidence.
    """
    fields = (field,) if isinstance(field, str) or not isinstance(field, Sequence) else tuple(field)
    for one in fields:
        parse_field(one)
    has_name = isinstance(domain, str) and domain in NAMED
    over = getattr(domains, str(domain).replace("-", "_"))() if has_name else domain
    if not isinstance(over, Domain):
        raise ArgumentError("domain", domain, f"one of {', '.join(NAMED)}, or a Domain, made in domains.py")
    title = "" if name is None else name
    for what, said in {"statement": statement, "name": title, "source": source, "known": known}.items():
        require_kind(what, said, str, "a text")
    if explain is not None:
        require_function("explain", explain)

    def register(predicate: Predicate[C]) -> Conjecture[C]:
        title = name or getattr(predicate, "__name__", "conjecture").replace("_", "-")
        return Conjecture(title, statement, over, source, known, predicate, explain or explain_span(*fields))

    return register


@cache
def shipped() -> dict[str, Conjecture[Any]]:
    """Return the conjectures of this package, by name."""
    found: dict[str, Conjecture[Any]] = {}
    for part in SHIPPED:
        found |= in_module(import_module(f"srtheory.conjectures.shipped.{part}"))
    return found


def in_module(module: ModuleType) -> dict[str, Conjecture[Any]]:
    """Return the conjectures of a module, by name, in order of definition."""
    return {value.name: value for value in vars(module).values() if _is_conjecture(value)}


def _is_conjecture(value: object) -> bool:
    """Test by the type alone, since asking a user's stand-in for its class may run code or raise."""
    return issubclass(type(value), Conjecture)


def load(text: str) -> Conjecture[Any]:
    """Return the conjecture behind ``NAME`` or ``path/to/file.py::name``.

    A file is imported, and so its code runs, as with a test file of pytest: its folder comes first on ``sys.path``.
    ``name`` is the conjecture's or the function's.
    """
    path, separator, name = text.rpartition("::")
    own = import_file(path, "conjecture", text) if separator else None
    known = shipped() if own is None else _in_file(own)
    if name not in known:
        raise ArgumentError("conjecture", text, f"one of {', '.join(known) or 'none: the file has no conjecture'}")
    origin = Origin(name) if own is None else Origin(f"{own.path}::{name}", own.digest)
    return replace(known[name], origin=origin)


def load_again(origin: Origin) -> Conjecture[Any]:
    """Return the same conjecture in another process."""
    found = load(origin.text)
    if found.origin != origin:
        raise ArgumentError("conjecture", origin.text, "what it was when the hunt began: its file has changed")
    return found


def _in_file(own: OwnFile) -> dict[str, Conjecture[Any]]:
    """Return the conjectures of a user's file, by their own names and by those of their functions."""
    return in_module(own.module) | {name: c for name, c in vars(own.module).items() if _is_conjecture(c)}
