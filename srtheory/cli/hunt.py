"""srtheory hunt: search for the smallest counterexample to a conjecture."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from srtheory.cli.common import json_option, print_json, seed_option
from srtheory.cli.numbers import DECIMAL, WHOLE
from srtheory.errors import ArgumentError
from srtheory.progress import progress_bar

if TYPE_CHECKING:
    from srtheory.conjectures.hunt import Watch


def _names(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """For the shell: conjectures of --list, and files."""
    from srtheory.conjectures.registry import shipped

    known = [CompletionItem(c.name, help=c.statement) for c in shipped().values() if c.name.startswith(begun)]
    return known or [CompletionItem(begun, type="file")]


@click.command()
@click.argument("name", metavar="[NAME|FILE::NAME]", required=False, shell_complete=_names)
@click.option("--list", "show", is_flag=True, help="Print the conjectures that are shipped.")
@click.option("--max-symbols", type=WHOLE, metavar="M", help="Largest number of symbols.  [default: by conjecture]")
@click.option("--degree", type=WHOLE, metavar="D", help="Only codes of this degree.")
@seed_option("Here of the search beyond enumeration.")
@click.option("--budget", type=DECIMAL, default=60, show_default=True, metavar="SECONDS", help="Time to spend.")
@json_option
def hunt(
    name: str | None,
    show: bool,
    max_symbols: int | None,
    degree: int | None,
    seed: int,
    budget: float,
    as_json: bool,
) -> int:
    """Search for the smallest counterexample to a conjecture.

    NAME is one of --list; FILE::NAME is a conjecture in a Python file of your own, which is imported as pytest would.

    Every case is looked at from the smallest size up, so that the first counterexample is the smallest there is; where
    there are too many, Hypothesis searches on.  Ctrl-C prints what has been found so far.

    Exit status: 0 no counterexample found, 1 found, 2 bad input.
    """
    if show:
        _print_list(as_json)
        return 0
    if name is None:
        raise ArgumentError("NAME", None, "given: a conjecture of --list, or FILE::NAME")
    from srtheory.conjectures import hunt as hunting
    from srtheory.conjectures.registry import load
    from srtheory.conjectures.render import as_text
    from srtheory.conjectures.storage import private_storage

    options = {"max_symbols": max_symbols, "degree": degree, "seed": seed, "budget": budget}
    with _bar(f"srtheory: hunt {name} takes at most {budget:g} seconds") as watch, private_storage():
        found = hunting.hunt(load(name), watch=watch, **options)  # type: ignore[arg-type]
    if as_json:
        print_json(hunting.summary(found))
    else:
        click.echo(as_text(found))
    return 0 if found.counterexample is None else 1


def _print_list(as_json: bool) -> None:
    from srtheory.conjectures.registry import shipped

    known = shipped().values()
    if as_json:
        print_json([{k: getattr(c, k) for k in ("name", "statement", "source", "known")} for c in known])
    else:
        click.echo("\n".join(f"{c.name}\n    {c.statement}\n    {c.source}. {c.known}" for c in known))


@contextmanager
def _bar(about: str) -> Iterator[Watch]:
    """A watch that moves a bar on stderr and heeds Ctrl-C."""
    at = ""
    with _interrupts() as pressed, progress_bar(about=about, unit="case") as bar:

        def watch(what: str, done: int) -> None:
            nonlocal at
            if pressed():
                raise KeyboardInterrupt
            if what != at:
                bar.set_description_str(at := what, refresh=False)
            bar.update(done)

        yield watch


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed: an interrupt that arrives while compiled code is being loaded would be lost."""
    pressed: list[int] = []

    def note(number: int, frame: object) -> None:
        pressed.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)
