"""Studies on the command line: a file, a folder, a module or an installed one, and names in them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from weakref import WeakKeyDictionary

import click
from click.shell_completion import CompletionItem

from srtheory.cli.ask import option, print_line
from srtheory.errors import ArgumentError, printable
from srtheory.questions import words
from srtheory.questions.words import Word, but

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab
    from srtheory.lookup import Entry as Place
    from srtheory.study.findings import Claim, Entry
    from srtheory.study.study import Study

R = TypeVar("R")

ABOUT = (
    "STUDY is the study of a paper (docs/own_paper.md): a Python file, a folder, a module, or the name of an installed"
    " study. Its code is imported and thereby run. Default: the study of the paper on sum-recovery codes."
)


class _Study(click.ParamType):  # type: ignore[type-arg]
    """A study, as :class:`~srtheory.study.study.Study`; its code is imported."""

    name = "study"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See :class:`click.ParamType`."""
        return _load(value) if isinstance(value, str) else value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """See :class:`click.ParamType`: files, which are the shell's; none is imported."""
        return [CompletionItem(incomplete, type="file")]


class _Named(_Study):
    """A study and a name in it, ``[STUDY::]NAME``, as a pair; both may be missing."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See :class:`click.ParamType`."""
        from srtheory.study.loading import split

        if not isinstance(value, str):
            return value
        mine, name = split(value)
        return (None if mine is None else _load(mine)), name

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """See :class:`click.ParamType`: names of the default study, or else files."""
        from srtheory.study.loading import load
        from srtheory.study.study import CLAIMS, ERRATA

        study = load()
        known = {"figure": [*study.figures], "table": [CLAIMS, ERRATA, *study.tables]}[str(ctx.info_name)]
        names = [CompletionItem(name) for name in known if name.startswith(incomplete)]
        return names or super().shell_complete(ctx, param, incomplete)


_WRITTEN: MutableMapping[Study, str] = WeakKeyDictionary()


def _load(text: str) -> Study:
    from srtheory.study.loading import load

    study = load(text)
    _WRITTEN[study] = text
    return study


def written(study: Study, name: str | None = None) -> str:
    """Return the study, or a name in it, as it stands on the command line, with a space before it; empty for ours."""
    text = _WRITTEN.get(study, "")
    if name is not None:
        text = f"{text}::{name}" if text else name
    return f" {shlex.quote(text)}" if text else ""


STUDY = _Study()
IN_STUDY = _Named()


def the_study(study: Study | None) -> Study:
    """Return the study that a command means: this one, or the default."""
    from srtheory.study.loading import load

    return load() if study is None else study


def in_study(named: tuple[Study | None, str] | None, show: bool) -> tuple[Study, str | None]:
    """Return the study and the name of ``[STUDY::]NAME``; with ``--list``, a name alone is that of a study."""
    from srtheory.study.loading import load

    if named is None:
        return load(), None
    study, name = named
    if study is None and not show and (name.endswith(".py") or "/" in name):
        raise ArgumentError("NAME", name, "written STUDY::NAME, or with --list")
    if show and study is None:
        return (_load(name) if name else load()), None
    return the_study(study), name


def guarded(study: Study, what: str, entry: Place, make: Callable[[], R]) -> R | None:
    """Return what the code of a study makes; what it raises is told in a line on stderr, and None is returned.

    Errors of the default study are those of srtheory itself, and pass.
    """
    from srtheory.study.running import Crash, run_code

    if study is the_study(None):
        return make()
    found = run_code(what, entry.target(), make)
    if isinstance(found, Crash):
        print_line(f"srtheory: {found.says}")
        return None
    return found


def settled_or_open(claim: Claim, lab: Lab, budget: float | None, crashed: list[str]) -> Entry:
    """Return the verdict on a claim; a check that crashes is told in a line on stderr and named in ``crashed``."""
    from srtheory.study.running import Crash, settled, unsettled

    found = settled(claim, lab, budget)
    if not isinstance(found, Crash):
        return found
    crashed.append(claim.id)
    print_line(f"srtheory: {found.says}")
    return unsettled(claim, found)


def made_by(its: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a figure or a table rests on, and the version that made it, for programs."""
    from srtheory.environment import __version__, lock_digest

    return {"effort": its.get("effort"), "seed": its.get("seed"), "version": __version__, "lock": lock_digest()}


def in_terminal(text: str) -> str:
    """Return a text on one line, with its formulas, which stand between dollar signs, as Unicode."""
    if "$" in text:
        from srtheory.render.formulas import as_unicode

        text = as_unicode(text)
    return printable(" ".join(text.split()))


budget_option = option(
    "budget",
    Annotated[
        float,
        Word(
            "Time limit in seconds for each check or number",
            metavar="SECONDS",
            otherwise="no limit",
            accept=words.as_given,
        ),
    ],
    None,
)


# -------------------------------------- schemes and other parameters of figures and tables, and the text of those given

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


def chosen(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of figures and tables from ``--schemes`` and ``--option``; none if neither is given."""
    several, texts = given["several"], given["texts"]
    if texts and several is None:
        raise ArgumentError("option", texts[0], "left out without --schemes")
    return {} if several is None else {"schemes": tuple(scheme.name for scheme in several), "options": texts}


def asked(given: Mapping[str, Any]) -> str:
    """Return the same in the form of the command line."""
    its = chosen(given)
    options = "".join(f" --option {text}" for text in its.get("options", ()))
    return f" --schemes {','.join(its['schemes'])}{options}" if its else ""


def digests(given: Mapping[str, Any]) -> str:
    """Return the sources of user-defined schemes, for a line that states how a result was made."""
    sources = words.sources_of(given["several"] or ())
    return "".join(f", {name} of SHA-256 {digest}" for name, digest in sources.items())
