"""srtheory hunt: search for the smallest counterexample to a conjecture."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click
from click.shell_completion import CompletionItem

from srtheory.cli.ask import option, print_result, warnings_in_a_line
from srtheory.cli.common import json_option, make_folder, out_option
from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.words import Word, but

if TYPE_CHECKING:
    from srtheory.conjectures.hunt import Watch


def _names(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return completions for the shell: conjectures of --list, and files."""
    from srtheory.conjectures.registry import shipped

    known = [CompletionItem(c.name, help=c.statement) for c in shipped().values() if c.name.startswith(begun)]
    return known or [CompletionItem(begun, type="file")]


Most = Annotated[
    int, Word("Largest number m of symbols", metavar="M", otherwise="the conjecture's own", accept=words.as_given)
]
OneDegree = Annotated[
    int, Word("Degree d of the codes to search", metavar="D", otherwise="all degrees", accept=words.as_given)
]
Budget = Annotated[float, Word("Time limit of the search in seconds", metavar="SECONDS", accept=words.as_given)]
SHARED = ". They share the enumerated cases. The result is the same for any number"


@click.command()
@click.argument("name", metavar="[NAME|FILE::NAME]", required=False, shell_complete=_names)
@click.option("--list", "show", is_flag=True, help="Print the built-in conjectures, and exit.")
@option("max_symbols", Most, None)
@option("degree", OneDegree, None)
@option("seed", Annotated[words.Seed, but(more=". It affects only the random search after the enumeration")], 2022)
@option("budget", Budget, 60)
@out_option(
    "DIR",
    "They are the result as text and JSON, and the rows and certificates of a counterexample, for srtheory check. "
    "Default: the result is only printed.",
)
@option("store", Annotated[words.Store, but(more=". The results are the answers of the predicate")], None)
@option("processes", Annotated[words.Processes, but(more=SHARED)], 1)
@json_option
def hunt(
    name: str | None, show: bool, budget: float, out: Path | None, store: Path | None, as_json: bool, **given: Any
) -> int:
    """Search for the smallest counterexample to a conjecture.

    NAME is one of the built-in conjectures of --list. FILE::NAME is a conjecture in your own Python file, which is
    imported as pytest imports a test file (docs/conjectures.md).

    The search first enumerates every case by increasing size, so that the first counterexample is the smallest. Larger
    cases are then drawn at random by the library Hypothesis. Ctrl-C ends the search and prints its results so far.

    With --store the same command resumes after an interruption at any time, and never evaluates the predicate on the
    same case again.

    The time limit of --budget also applies to each call of the predicate. If a call does not return in time, its case
    is printed with the results until then. A call into compiled code is interrupted only in an enumeration by several
    processes.

    Exit status: 0 no counterexample found, also at the time limit; 1 a counterexample found, 2 bad input, 130
    interrupted before one was found.
    """
    from srtheory.conjectures.registry import load, shipped

    if show:
        known = [{k: getattr(c, k) for k in ("name", "statement", "source", "known")} for c in shipped().values()]
        print_result(
            known, "\n".join("{name}\n    {statement}\n    {source}. {known}".format(**c) for c in known), as_json
        )
        return 0
    if name is None:
        raise ArgumentError("NAME", None, "given: a conjecture of --list, or FILE::NAME")
    from srtheory.conjectures import hunt as hunting
    from srtheory.conjectures.hunt import as_text
    from srtheory.conjectures.strategies import private_storage

    if out is not None:
        make_folder(out)
    options = given | {"budget": budget}
    with _interrupts() as pressed, warnings_in_a_line():
        conjecture = load(name)
        hunting.require_settings(conjecture, **options)
        with _bar(name, budget, pressed) as watch, private_storage():
            found = hunting.hunt(conjecture, watch=watch, store=store, **options)
    result, text = hunting.summary(found), as_text(found)
    if out is not None:
        _write(out, result, text)
    print_result(result, text, as_json)
    if found.counterexample is not None:
        return 1
    return 130 if found.searched.stopped_by == "interrupt" else 0


def _write(out: Path, result: dict[str, Any], text: str) -> None:
    """Write the result, and the files by which it can be verified."""
    from srtheory.conjectures.hunt import matrix
    from srtheory.files import write_output

    name = "hunt_" + re.sub(r"[^\w.-]+", "-", result["conjecture"])
    write_output(out / f"{name}.txt", f"{text}\n".encode(errors="backslashreplace"))
    _write_json(out / f"{name}.json", result)
    case = result["counterexample"]
    if case is not None and case["rows"] is not None:
        _write_json(out / f"{name}_rows.json", matrix(case))
    for over in (case or {}).get("spans", ()):
        field = re.sub(r"\W", "", over["field"])
        if "matrix" in over:  # rows over GF(p) that represent those over GF(p^k)
            _write_json(out / f"{name}_{field}_rows.json", over["matrix"])
        _write_json(out / f"{name}_{field}.certificate.json", over["certificate"])


def _write_json(path: Path, value: Any) -> None:
    from srtheory.files import write_output

    write_output(path, (json.dumps(value, indent=2, allow_nan=False) + "\n").encode())


@contextmanager
def _bar(name: str, budget: float, pressed: Callable[[], bool]) -> Iterator[Watch]:
    """Show a bar on stderr, and yield a watch that moves it and obeys Ctrl-C, which ``pressed`` tells.

    The number of cases is not known in advance: the bar has the time limit instead.
    """
    at, about = "", f"srtheory: hunt {name} takes at most {budget:g} seconds"
    within = (budget, f" of at most {budget:g} seconds")
    from srtheory.progress import progress_bar

    with progress_bar(about=about, desc="search", unit=" cases", within=within) as bar:

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
    """Yield a test for Ctrl-C, as an interrupt that arrives while compiled code is being loaded would be lost.

    A second interrupt ends the process at once, since a predicate may catch the first.
    """
    pressed: list[int] = []

    def note(number: int, frame: object) -> None:
        if pressed:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        pressed.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)
