"""Run the code of a study: what it raises, and calls that do not return, are reported in a line."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from traceback import walk_tb
from typing import Any, TypeVar

from srtheory import experiments
from srtheory.conjectures.alarm import Alarm, OutOfTime
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.experiments.store import ForeignFileError
from srtheory.own_code import UNBLAMED, prints_to_stderr, told
from srtheory.study.findings import Claim, Entry, Unsettled, Verdict
from srtheory.study.loading import place_of
from srtheory.study.numbers import Number, NumberEntry, Quoted

R = TypeVar("R")
STORE = Path(experiments.__file__).parent
"""Folder of the code that runs trials and keeps records."""


@dataclass(frozen=True)
class Crash:
    """What went wrong, in a line."""

    says: str


def settled(claim: Claim, lab: Lab, budget: float | None = None) -> Entry | Crash:
    """Return the entry of a claim, or what went wrong in its check.

    Parameters
    ----------
    claim : Claim
        The claim.
    lab : Lab
        Laboratory that provides the runs.
    budget : float, optional
        Seconds that the check may take; a call into compiled code is waited for.
    """
    return run_code(f"the check of {claim.id}", claim.check, lambda: claim.settle(lab), budget)


def unsettled(claim: Claim, crash: Crash) -> Unsettled:
    """Return the entry of a claim whose check crashed."""
    finding = f"{crash.says[0].upper()}{crash.says[1:]}; nothing is settled."
    return Unsettled(claim.id, claim.where, claim.says, Verdict.OPEN, finding)


def computed(entry: NumberEntry, lab: Lab, budget: float | None = None) -> Quoted | Crash:
    """Return a number of a study, or what went wrong in its function."""

    def compute() -> Quoted:
        number = entry.compute(lab)
        if not isinstance(number, Number):
            raise ArgumentError(
                "number", entry.name, f"a function that returns a Number; it returned {type(number).__name__}"
            )
        quoted = Quoted(entry, number)
        _ = quoted.text  # kept from here on, so that printing cannot fail
        return quoted

    return run_code(f"the number {entry.name}", entry.compute, compute, budget)


def run_code(what: str, code: Callable[..., Any], run: Callable[[], R], budget: float | None = None) -> R | Crash:
    """Return what ``run`` returns; what the code of a study raises, or a call that takes too long, is a crash.

    Errors of the store pass: with a full disk, say, nothing that follows would fare better.
    """
    lines = getattr(code, "__code__", None)
    file = Path(getattr(lines, "co_filename", "."))
    limit = nullcontext() if budget is None else Alarm(budget, lambda: True)
    try:
        with prints_to_stderr(), limit:
            return run()
    except OutOfTime:
        return Crash(f"{what} did not end within {budget:g} seconds")
    except (ForeignFileError, *UNBLAMED):
        raise
    except BaseException as error:
        if isinstance(error, OSError) and _of_store(error):
            raise
        said = place_of(error, file.parent)
        at = "" if lines is None or said != told(error) else f" at {file.name}, line {lines.co_firstlineno}"
        return Crash(f"{what} crashed ({said}{at})")


def _of_store(error: BaseException) -> bool:
    """Return whether a run or the store raised this, not a file that the study's own code opens."""
    return any(STORE in Path(frame.f_code.co_filename).parents for frame, _ in walk_tb(error.__traceback__))


def require_budget(budget: float | None) -> float | None:
    """Return the seconds that a check may take.

    Raises
    ------
    ArgumentError
        For a number that is not above 0.
    """
    if budget is not None and not 0 < budget < math.inf:
        raise ArgumentError("budget", budget, "a number of seconds above 0")
    return budget
