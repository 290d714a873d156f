"""srtheory numbers: the numbers that a paper quotes, as macros of LaTeX."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from srtheory.cli.common import (
    PathType,
    json_option,
    lab_options,
    lab_with_bar,
    out_option,
    print_json,
    print_line,
    print_names,
)
from srtheory.cli.studies import STUDY, budget_option
from srtheory.errors import ArgumentError, printable
from srtheory.progress import progress_bar

INCHES = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72.27}
"""Inches per unit of length; pt is TeX's, the unit of its column widths."""


class _Plain(click.ParamType):  # type: ignore[type-arg]
    """A number, or :class:`ArgumentError` with the option's name."""

    STUDY is as for verify. A number is written as siunitx reads it: 0.708(2) has a standard error, or lies within 2
    units of the last digit.

    def parsed(self, text: str) -> float | None:
        """Return the number, or None if there is none."""
        raise NotImplementedError

    Exit status: 0 done, 1 a number could not be computed or --check found something, 2 bad input.
    """
    chosen = study.chosen_numbers(names)
    if text is not None:
        return _check(text, study, as_json)
    if show:
        print_names({entry.macro(study.prefix): entry.says for entry in chosen}, as_json)
        return 0
    from srtheory.environment import made_with
    from srtheory.experiments.whole import write_output
    from srtheory.study.numbers import FORMATS, Quoted, as_objects
    from srtheory.study.running import Crash, computed

    if not chosen:
        raise ArgumentError("study", study.title, "a study with numbers (@study.number)")
    found: list[Quoted] = []
    crashed = False
    with (
        lab_with_bar(None, effort, seed, store, processes, at=study.at) as lab,
        progress_bar(total=len(chosen), desc="numbers", unit="number") as bar,
    ):
        for entry in chosen:
            result = computed(entry, lab, budget)
            if isinstance(result, Crash):
                crashed = True
                print_line(f"srtheory: {result.says}", err=True)
            else:
                found.append(result)
            bar.update()
    command = printable(f"srtheory numbers --effort {effort} --seed {seed} ({made_with()})")
    if out is not None:
        write_output(out, FORMATS[form](found, study.prefix, command).encode())
    if as_json:
        print_json({"made_by": command, "numbers": as_objects(found, study.prefix)})
    elif out is None:
        click.echo(FORMATS[form](found, study.prefix, command), nl=False)
    return 1 if crashed else 0


def _check(path: Path, study: Any, as_json: bool) -> int:
    from srtheory.files import read_bytes
    from srtheory.study.quoting import numerals, unused


class _Decimal(_Plain):
    def parsed(self, text: str) -> float | None:
        number = plain_float(text)
        return None if math.isnan(number) else number


class _Length(_Plain):
    def parsed(self, text: str) -> float | None:
        number, unit = plain_float(text[:-2].rstrip()), INCHES.get(text[-2:])
        return None if unit is None or not number > 0 else number * unit


def parameter_name(param: click.Parameter | None) -> str:
    """Return the user's name of the option or argument."""
    return max(param.opts, key=len).lstrip("-") if param else "number"


WHOLE = _Whole("integer", "an integer")
LENGTH = _Length("length", f"a length such as 3.5in, in {' or '.join(INCHES)}")
DECIMAL = _Decimal("float", "a finite number")
