"""Parts shared by several commands: options, JSON on stdout, a progress bar on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, Any, Literal

import click

from srtheory.cli.ask import PathType, absolute, json_options, options, warnings_in_a_line
from srtheory.questions import QUESTIONS, question, words
from srtheory.questions.base import Means, answer_schema, json_text, require_scheduler, schema
from srtheory.questions.words import Word, but, fields_of

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab
    from srtheory.model import Model

DEEP_STORE = Path("records")


def schema_text(verb: str) -> str:
    """Return the JSON Schema of the output of a command with ``--json``."""
    from srtheory.questions.answers import ANSWERS

    return json_text(answer_schema(question(verb)) if verb in QUESTIONS else schema(verb, *ANSWERS[verb]))


json_option = json_options(schema_text)


def out_option(metavar: str, what: str, **more: Any) -> Callable[..., Any]:
    """Return the option ``--out`` for output files; ``metavar`` is ``DIR``, or ``FILE|DIR`` for a single file.

    ``what`` states what is written, in sentences.
    """
    kind = PathType(file_okay=metavar != "DIR")
    says = f"Destination of the output files. {what}"
    return click.option("--out", type=kind, metavar=metavar, help=says, callback=absolute, **more)


def make_folder(out: Path) -> None:
    """Make the folder and check that a file can be written in it, so that errors precede the work."""
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=out):
        pass


class LabOptions(Means):
    """Options of a laboratory."""

    effort: Annotated[
        Literal["quick", "paper", "deep"],
        Word(
            "Number of runs behind each Monte Carlo result",
            more=": quick is 100 as in the paper, paper 10^4, deep 10^5",
        ),
    ] = "quick"
    seed: words.Seed = 2022
    store: Annotated[
        words.Store | None, but(otherwise=f"nothing is saved, or at deep effort the folder {DEEP_STORE}")
    ] = None
    processes: Annotated[words.Processes | None, but(otherwise="1, or auto at deep effort")] = None
    engine: words.Engine = "local"
    scheduler: words.Scheduler | None = None

    def check(self) -> None:
        """See :class:`Means`."""
        require_scheduler(self.engine, self.scheduler, self.processes)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> LabOptions:
        """Return those among the options of a command."""
        return cls(**{its.name: given[its.name] for its in fields_of(cls)})


lab_options = options(*fields_of(LabOptions))


@contextmanager
def lab_with_bar(what: str | None, options: LabOptions, at: Model | None, folder: Path = Path()) -> Iterator[Lab]:
    """Return a laboratory whose trials move a bar on stderr, for ``what``, if its duration is known.

    ``at`` and ``folder`` are the study's. Work of an hour is stored and uses all processors by default. The number of
    experiments is not known in advance: the bar has the trials of the current one, behind the heading that was begun
    without a number of steps, and the estimated duration of all while that is not over.
    """
    from srtheory.experiments.lab import Effort, Lab

    store, processes = options.store, options.processes
    effort = Effort(options.effort)
    if effort == Effort.DEEP and store is None:
        store = DEEP_STORE.absolute()
        click.echo(f"srtheory: records are saved in {DEEP_STORE}; the same command resumes from them", err=True)
    if processes is None:
        processes = words.processors() if effort == Effort.DEEP and options.scheduler is None else 1
    about = what and how_long(what, options.effort)
    seconds = estimate(what, options.effort) if what else 0
    within = (seconds, f" of about {in_words(seconds)} on one processor")
    form = "{desc} [{elapsed}{of}]"
    from srtheory.progress import progress_bar

    with warnings_in_a_line(), progress_bar(about=about, desc=what or "begins", bar_format=form, within=within) as bar:
        heading, current, done_of_it, size = "", "", 0, 0

        def begin(what: str, steps: int) -> None:
            nonlocal heading, current, done_of_it, size
            heading, current, done_of_it, size = heading if steps else f"{what}; ", what, 0, steps
            move(what, 0)

        def move(what: str, done: int) -> None:
            nonlocal done_of_it
            done_of_it += done if what == current else 0
            of_it = f"{heading}{what}: {done_of_it} of {size}" if what == current else f"{heading}{what}"
            bar.set_description_str(of_it if size else heading.removesuffix("; "), refresh=False)
            bar.update(done)

        lab = Lab(
            *(effort, options.seed, move, store, processes), scheduler=options.scheduler, begins=begin, folder=folder
        )
        yield lab if at is None else replace(lab, at=at)


# ------------------------------------------------------------------------ how long work takes, for the head of a log

COST = {
    "verify": (53, 0.08),
    "table claims": (33, 0.08),
    "table errata": (33, 0.08),
    "table schemes": (10, 0.18),
    "table best-schemes": (10, 1.5),
    "figure frontier": (5, 0.7),
    "figure 2a-all": (20, 0.01),
    "figure errors": (30, 0.003),
    "figure regimes": (30, 0),
    **{f"figure {name}{law}": (15, 0.008) for name in ("2a", "2b", "2c", "streams") for law in ("", "_pareto")},
}
"""Seconds on one processor: a constant, and for each run of a Monte Carlo experiment."""
OTHERWISE = (10, 0)
UNITS = {3600: "hour", 60: "minute", 1: "second"}


def how_long(what: str, effort: str) -> str:
    """Return a line that states the work and about how long it takes."""
    return f"srtheory: {what} at effort {effort} takes about {in_words(estimate(what, effort))} on one processor"


def estimate(what: str, effort: str) -> int:
    """Return about how many seconds the work takes on one processor, as rounded as it is said."""
    from srtheory.experiments.lab import Effort

    once, each = COST.get(what, OTHERWISE)
    seconds = once + each * Effort(effort).trials
    for unit, most in ((10, 60), (60, 3600)):  # when rounded: six tens are a minute, and sixty minutes an hour
        if (said := max(1, round(seconds / unit)) * unit) < most:
            return said
    return round(seconds / 3600) * 3600


def in_words(seconds: int) -> str:
    """Return whole hours, minutes or seconds."""
    size, unit = next((size, unit) for size, unit in UNITS.items() if seconds % size == 0)
    return f"{seconds // size} {unit}{'s' if seconds > size else ''}"
