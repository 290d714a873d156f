"""srtheory fit: distributions of measured times, as the options of a simulation."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import click

from srtheory.cli.ask import PathType, option, print_json, print_text
from srtheory.cli.common import json_option
from srtheory.errors import ArgumentError, plain_float
from srtheory.questions import words
from srtheory.questions.words import but

KINDS = {"startup": "startup", "task": "tau", "message": "message-cost"}
"""What a line of the file begins with, and the option that it is for."""
_LARGEST = 1 << 23
"""Largest number of bytes of a file."""


@click.command()
@click.argument("times", metavar="TIMES", type=PathType())
@option("seed", Annotated[words.Seed, but(more=". Of the bootstrap")], 2022)
@json_option
def fit(times: Path, seed: int, as_json: bool) -> int:
    """Fit distributions to the measured times in TIMES, and print them as options of srtheory simulate.

    TIMES is a text file with a line for each time: its kind, which is startup, task or message, and a number of at
    least 0, such as "task 0.25". All times are in one unit. Of each kind there are at most 10000; a kind of which there
    are fewer than 10 is not fitted. Or it is what srtheory run --json prints: the times of symbols that came before the
    run ended, so that long ones are missing, and of tasks those of symbols of a single term.

    \b
    startup       from the start of the run to that of a worker's first evaluation
    task          of an evaluation of one term
    message       from the end of an evaluation to the arrival of its message

    The families are exponential (from the least time on), Weibull, lognormal and gamma; the one with the least
    criterion of Akaike is printed. p is the fraction of samples of the fitted distribution, fitted again, that are as
    far from their fit as the measured times are, by Kolmogorov's distance: a small p puts the distribution in doubt.
    """  # noqa: D301  (click's mark for lines to keep)
    from srtheory.workers.fit import LEAST, fit_times

    seen = _read(times)
    found: dict[str, dict[str, Any]] = {}
    few = {kind: len(its) for kind, its in seen.items() if 0 < len(its) < LEAST}
    if len(few) == sum(map(bool, seen.values())):
        raise ArgumentError("TIMES", str(times), f"a file with {LEAST} times of a kind or more")
    for kind in (kind for kind in KINDS if seen[kind] and kind not in few):
        try:
            found[kind] = asdict(fit_times(seen[kind], seed=seed))
        except ArgumentError as error:
            raise ArgumentError("TIMES", str(times), f"a file with {error.expected}, of {kind}") from None
    chosen = " ".join(f'--{KINDS[kind]} "{its["law"]}"' for kind, its in found.items())
    if as_json:
        print_json(found | {"options": chosen})
        return 0
    lines = [
        f"{kind:<9} {its['law']}, {its['observed']} times, distance {its['distance']:.3f}, p = {its['p_value']:.2f}"
        for kind, its in found.items()
    ]
    lines += [f"{kind:<9} {count} times, too few to be fitted" for kind, count in few.items()]
    print_text("\n".join([*lines, f"options   {chosen}"]))
    return 0


def _read(path: Path) -> dict[str, list[float]]:
    """Return the times of each kind."""
    from srtheory.files import read_bytes

    expected = f"a file of lines with {', '.join(KINDS)} and a number of at least 0, or what srtheory run --json prints"
    seen: dict[str, list[float]] = {kind: [] for kind in KINDS}
    text = read_bytes(path, "TIMES", _LARGEST).decode("ascii", errors="replace")
    if text.startswith("{"):
        try:
            lines = [*_of_run(json.loads(text)["arrivals"])]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ArgumentError("TIMES", str(path), expected) from None
    else:
        lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        kind, *rest = line.split() or [""]
        time = plain_float(rest[0]) if len(rest) == 1 else None
        if kind and (kind not in seen or time is None or not 0 <= time < math.inf):
            raise ArgumentError("TIMES", str(path), f"{expected}, which line {number} is not")
        if kind and time is not None:
            seen[kind].append(time)
    if not any(seen.values()):
        raise ArgumentError("TIMES", str(path), f"{expected}; it has none")
    return seen


def _of_run(arrivals: list[dict[str, Any]]) -> Iterator[str]:
    """Yield lines of times in seconds; a difference of two clocks that is negative is 0."""
    done: dict[int, int] = {}
    for its in sorted(arrivals, key=lambda its: (its["worker"], its["index"])):
        if its["index"] == 0:
            yield f"startup {max(its['began'], 0.0)!r}"
        if its["terms"] - done.get(its["worker"], 0) == 1:
            yield f"task {max(its['finished'] - its['began'], 0.0)!r}"
        done[its["worker"]] = its["terms"]
        yield f"message {max(its['arrived'] - its['finished'], 0.0)!r}"
