"""What several verbs share: options, JSON on stdout, a progress bar on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import numpy as np

from srtheory.delays import Empirical, Startup, parse_law
from srtheory.errors import ArgumentError, require_int

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

T = TypeVar("T")

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def startup_option(**more: Any) -> Callable[..., Any]:
    """The option ``--startup LAW``."""
    return click.option(
        "--startup",
        metavar="LAW",
        help="Start-up law as scipy.stats writes it: expon(scale=5), pareto(b=1), weibull_min(c=0.5), lognorm(s=1); "
        "or sample:FILE, a text file with one observed delay a line.",
        **more,
    )


def read_law(text: str) -> Startup:
    """The law behind ``--startup``."""
    if not text.startswith("sample:"):
        return parse_law(text)
    path = Path(text.removeprefix("sample:"))
    try:
        return Empirical(np.array(path.read_text(encoding="utf-8").split(), dtype=np.float64))
    except (OSError, ValueError) as error:
        if isinstance(error, ArgumentError):
            raise
        raise ArgumentError("startup", text, f"sample:FILE, a text file of delays ({error})") from None


def print_json(value: Any) -> None:
    """One JSON document on stdout; infinities and NaN never get this far."""
    click.echo(json.dumps(value, indent=2, allow_nan=False))


def progress(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items, with a bar on stderr where that is a terminal."""
    from tqdm import tqdm

    yield from tqdm(items, total=total, desc=what, unit="trial", file=sys.stderr, disable=None, leave=False)


@contextmanager
def lab_with_bar(effort: str, seed: int) -> Iterator[Lab]:
    """A laboratory whose trials move a bar on stderr."""
    from tqdm import tqdm

    from srtheory.experiments.lab import Effort, Lab

    require_int("seed", seed, 0)
    with tqdm(unit="trial", file=sys.stderr, disable=None, leave=False) as bar:

        def move(what: str, done: int) -> None:
            bar.set_description_str(what, refresh=False)
            bar.update(done)

        yield Lab(Effort(effort), seed, move)
