"""Parts shared by several commands: options, JSON on stdout, a progress bar on stderr."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, Any

import click

from srtheory.cli import GIVEN
from srtheory.cli.ask import json_options, option, print_line
from srtheory.cli.number_types import WHOLE, parameter_name
from srtheory.errors import ArgumentError, printable, require_int
from srtheory.questions import QUESTIONS, question
from srtheory.questions.base import answer_schema, json_text, schema
from srtheory.questions.words import Access, MasterTime, MessageCost, Silent, Startup, Symbols, Tau, but

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab
    from srtheory.model import Model

DEEP_STORE = Path("records")
_MOST_PROCESSES = 1024
ALIKE = "The results are the same for any number."
ONE_TRIAL = "Trial i depends only on the seed and on i."
LARGEST_SEED = 2**128 - 1


class PathType(click.Path):
    """A path. An empty text is not a path, although click takes it for the current directory."""

    def __init__(self, **kind: bool) -> None:
        super().__init__(path_type=Path, **kind)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See :class:`click.ParamType`."""
        if value == "":
            raise ArgumentError(parameter_name(param), value, "a path; the current directory is .")
        return super().convert(value, param, ctx)


def schema_text(verb: str) -> str:
    """Return the JSON Schema of the output of a command with ``--json``."""
    from srtheory.questions.answers import ANSWERS

    return json_text(answer_schema(question(verb)) if verb in QUESTIONS else schema(verb, *ANSWERS[verb]))


def with_default(says: str, default: object) -> str:
    """Return the help of an option, with its default if there is one."""
    return says if default is None else f"{says} Default: {default}."


json_option = json_options(schema_text)

symbols_option = option("symbols", Symbols)


def access_option(of: str) -> Callable[..., Any]:
    """Return the option ``--access K``; ``of`` names the schemes that take it."""
    says = f"Number K of terms that each worker can access, its own included ({of})"
    return option("access", Annotated[Access, but(says)], None)


def delays_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the options ``--tau``, ``--startup``, which stays a text, and of costs."""
    costs = {"message_cost": MessageCost, "master_time": MasterTime, "silent": Silent}
    for name, word in reversed(costs.items()):
        command = option(name, word, 0.0)(command)
    return option("tau", Tau)(option("startup", Annotated[Startup, but(read=str)])(command))


def _seed(context: click.Context, parameter: click.Parameter, given: int | None) -> int | None:
    return None if given is None else require_int("seed", given, 0, LARGEST_SEED)


def seed_option(what: str, default: int | None = 2022) -> Callable[..., Any]:
    """Return the option ``--seed S``, from 0 to 2^128 - 1; ``what`` states its effect here."""
    return click.option(
        "--seed",
        type=WHOLE,
        default=default,
        metavar="S",
        callback=_seed,
        help=with_default(f"Random seed. {what}", default),
    )


def trials_option(what: str, default: int | None = 100) -> Callable[..., Any]:
    """Return the option ``--trials N``; ``what`` states which trials these are."""
    return click.option(
        "--trials",
        type=WHOLE,
        default=default,
        metavar="N",
        help=with_default(f"Number of trials. {what}", default),
    )


def out_option(metavar: str, what: str, **more: Any) -> Callable[..., Any]:
    """Return the option ``--out`` for output files; ``metavar`` is ``DIR``, or ``FILE|DIR`` for a single file.

    ``what`` states what is written, in sentences.
    """
    kind = PathType(file_okay=metavar != "DIR")
    says = f"Destination of the output files. {what}"
    return click.option("--out", type=kind, metavar=metavar, help=says, callback=absolute, **more)


def absolute(context: click.Context, parameter: click.Parameter, given: Path | None) -> Path | None:
    """Return a path that stays the same if user code changes the current directory; users see it as they gave it."""
    if given is None or given.is_absolute():
        return given
    GIVEN.update({str(path.absolute()): str(path) for path in (given, *given.parents)})
    return given.absolute()


_OUT = "srtheory.out"


def _former_store(context: click.Context, parameter: click.Parameter, given: Path | None) -> None:
    if given is not None and context.params.get("store") is not None:
        raise ArgumentError("out", str(given), "left out with --store, which has its meaning")
    context.meta[_OUT] = given


def _store(context: click.Context, parameter: click.Parameter, given: Path | None) -> Path | None:
    former = context.meta.get(_OUT)
    if given is not None and former is not None:
        raise ArgumentError("out", str(former), "left out with --store, which has its meaning")
    return absolute(context, parameter, former if given is None else given)


def store_option(when: str = "Default: nothing is saved.", once_out: bool = False) -> Callable[..., Any]:
    """Return the option ``--store DIR``; a former name ``--out`` is accepted but not shown."""
    folder = PathType(file_okay=False)
    option = click.option(
        "--store",
        type=folder,
        metavar="DIR",
        callback=_store,
        help=f"Save each completed result in DIR, and reuse the results already there. {when}",
    )
    former = click.option("--out", type=folder, hidden=True, expose_value=False, callback=_former_store)
    return (lambda command: option(former(command))) if once_out else option


def _count(context: click.Context, parameter: click.Parameter, given: str | None) -> int | None:
    if given is None:
        return None
    if given == "auto":
        return _processors()
    if not (given.isascii() and given.isdigit() and len(given) <= 4 and 1 <= int(given) <= _MOST_PROCESSES):
        raise ArgumentError("processes", given, f"auto or an integer from 1 to {_MOST_PROCESSES}")
    return int(given)


def _processors() -> int:
    from joblib import cpu_count

    return int(cpu_count())


def processes_option(default: str | None, says: str = ALIKE) -> Callable[..., Any]:
    """Return the option ``--processes N|auto``."""
    return click.option(
        "--processes",
        default=default,
        metavar="N|auto",
        callback=_count,
        help=with_default(f"Number of processes to compute with, or auto for one per processor. {says}", default),
    )


def lab_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the options that :class:`LabOptions` reads."""
    effort = click.option(
        "--effort",
        type=click.Choice(["quick", "paper", "deep"]),
        default="quick",
        help="Number of runs behind each Monte Carlo result: quick is 100 as in the paper, paper 10^4, deep 10^5. "
        "Default: quick.",
    )
    seed = seed_option(ONE_TRIAL)
    store = store_option(f"Default: nothing is saved, or at deep effort the folder {DEEP_STORE}.")
    processes = processes_option(None, f"{ALIKE} Default: 1, or auto at deep effort.")
    return effort(seed(store(processes(cluster_options(command)))))


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the options ``--processes``, ``--engine`` and ``--scheduler``."""
    return processes_option("1")(cluster_options(command))


def cluster_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the options ``--engine`` and ``--scheduler``."""
    engine = click.option(
        "--engine",
        type=click.Choice(["local", "dask"]),
        default="local",
        help="Place of the computation: local is this machine, dask the workers of a Dask scheduler. Default: local.",
    )
    scheduler = click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="Address of the Dask scheduler, such as tcp://HOST:8786; required by --engine dask.",
    )
    return engine(scheduler(command))


def read_scheduler(engine: str, scheduler: str | None, processes: int) -> str | None:
    """Return the address of the scheduler to use, or None for this machine."""
    if engine == "dask" and scheduler is None:
        raise ArgumentError("scheduler", None, "given with --engine dask")
    if engine == "dask" and processes != 1:
        raise ArgumentError("processes", processes, "left out with --engine dask, whose workers compute")
    if engine == "local" and scheduler is not None:
        raise ArgumentError("scheduler", scheduler, "left out unless --engine is dask")
    return scheduler


def make_folder(out: Path) -> None:
    """Make the folder and check that a file can be written in it, so that errors precede the work."""
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=out):
        pass


def write_text(name: str, path: Path, text: str) -> None:
    """Write a file that an option of this name requests; failure is bad input."""
    write_bytes(name, path, text.encode())


def write_bytes(name: str, path: Path, data: bytes) -> None:
    """Write the same from bytes."""
    from srtheory.files import write_output

    try:
        write_output(path, data)
    except OSError as error:
        raise ArgumentError(name, str(path), f"a file that can be written ({error.strerror or error})") from None


@contextmanager
def trials_bar(total: int, what: str, alike: bool = False) -> Iterator[Callable[[int, bool], None]]:
    """Show a bar on stderr of the trials to be computed, without stored trials; ``alike``: of one scheme.

    A message of the store, for instance about a damaged file, is one line on stderr. So is, on a terminal, that the
    trials wait for the compiler.
    """
    from srtheory.compiled import SPENT
    from srtheory.progress import progress_bar

    with warnings_in_a_line(), progress_bar(total=total, desc=what, unit=" trials", alike=alike) as bar:
        if sys.stderr.isatty():
            SPENT.tell = cache(lambda: bar.write("compiling for this processor, once", file=sys.stderr))

        def move(done: int, computed: bool) -> None:
            if computed:
                bar.update(done)
            else:
                bar.total -= done

        yield move


@contextmanager
def warnings_in_a_line() -> Iterator[None]:
    """Print warnings of a store as one line on stderr."""
    from srtheory.experiments.store import DamagedFileWarning

    with warnings.catch_warnings():
        warnings.simplefilter("always", DamagedFileWarning)
        warnings.showwarning = lambda message, *_: print_line(f"srtheory: {printable(' '.join(str(message).split()))}")
        yield


@dataclass(frozen=True)
class LabOptions:
    """Values of :func:`lab_options`, checked."""

    effort: str
    seed: int
    store: Path | None
    processes: int | None
    scheduler: str | None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> LabOptions:
        """Return those among the options of a command."""
        scheduler = read_scheduler(given["engine"], given["scheduler"], given["processes"] or 1)
        return cls(given["effort"], given["seed"], given["store"], given["processes"], scheduler)


@contextmanager
def lab_with_bar(what: str | None, options: LabOptions, at: Model | None, folder: Path = Path()) -> Iterator[Lab]:
    """Return a laboratory whose trials move a bar on stderr, for ``what``, if its duration is known.

    ``at`` and ``folder`` are the study's. Work of an hour is stored and uses all processors by default. The number of
    experiments is not known in advance: the bar has the trials of the current one, and the estimated
    duration of all while that is not over.
    """
    from srtheory.cli.duration import estimate, how_long, in_words
    from srtheory.experiments.lab import Effort, Lab

    store, processes = options.store, options.processes
    if options.effort == Effort.DEEP and store is None:
        store = DEEP_STORE.absolute()
        click.echo(f"srtheory: records are saved in {DEEP_STORE}; the same command resumes from them", err=True)
    if processes is None:
        processes = _processors() if options.effort == Effort.DEEP and options.scheduler is None else 1
    about = what and how_long(what, options.effort)
    seconds = estimate(what, options.effort) if what else 0
    within = (seconds, f" of about {in_words(seconds)} on one processor")
    form = "{desc}; {n_fmt} steps in all [{elapsed}{of}]"
    from srtheory.progress import progress_bar

    with warnings_in_a_line(), progress_bar(about=about, desc="begins", bar_format=form, within=within) as bar:
        current, done_of_it, size = "", 0, 0

        def begin(what: str, steps: int) -> None:
            nonlocal current, done_of_it, size
            current, done_of_it, size = what, 0, steps
            move(what, 0)

        def move(what: str, done: int) -> None:
            nonlocal done_of_it
            done_of_it += done if what == current else 0
            of_it = f": {done_of_it} of {size}" if what == current else ""
            bar.set_description_str(f"{what}{of_it}", refresh=False)
            bar.update(done)

        lab = Lab(
            *(Effort(options.effort), options.seed, move, store, processes),
            scheduler=options.scheduler,
            begins=begin,
            folder=folder,
        )
        yield lab if at is None else replace(lab, at=at)
