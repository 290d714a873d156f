"""Numbers of docs/choosing.md."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from scipy.optimize import brentq

from docs.quoted import Block, Value, Values, quoted
from paper_checks.parameters import EXPONENTIAL, PAPER, PARETO
from paper_checks.theory.approximate import cyclic_error, fractional_error, one_step_error_by_rows
from srtheory.delays import parse_law
from srtheory.files import read_lines
from srtheory.model import Model
from srtheory.types import Floats
from tests.cli.choosing import COMMANDS, COMPARE, RECORD, Line, answer

DATA = Path(__file__).parents[2] / "data"
LINES = list(read_lines(DATA / "choosing" / RECORD, Line))
BY_COMPARISON = [[line for line in LINES if line.comparison == k] for k in range(len(COMPARE))]
TRIALS = 100
"""Of the points that may be the best."""
OPTIONS = {r"$\kappa$": "message-cost", r"$\sigma$": "master-time", r"$\varepsilon$": "silent"}


def fastest(lines: list[Line]) -> list[Line]:
    """Those of least mean latency."""
    schemes = [line for line in lines if line.scheme != "genie" and line.trials == TRIALS]
    least = min(line.latency for line in schemes)
    return [line for line in schemes if line.latency == least]


def row(command: str, lines: list[Line]) -> str:
    """Return a comparison as a row of the table."""
    settled = [line for line in lines if line.trials == TRIALS]
    schemes = {line.scheme: line for line in sorted(settled, key=lambda line: line.latency, reverse=True)}
    best, sr = fastest(lines), schemes["sr"]
    given = dict(re.findall(r'--([\w-]+) "?([^" ]+)', command))
    cells = [
        f"`{given['startup']}`",
        *(given.get(option, "0") for option in OPTIONS.values()),
        ", ".join(sorted(f"`{line.scheme}`" + (f" ({line.cells} cells)" if line.cells else "") for line in best)),
        *(str(best[0].degree), shown(best[0]), f"{best[0].messages:.0f}"),
        *(str(sr.degree), shown(sr)),
    ]
    return f"| {' | '.join(cells)} |"


def shown(line: Line) -> str:
    """Mean latency and its standard error."""
    return f"{line.latency:.3f} ± {line.standard_error:.3f}"


@quoted
def compared() -> Value:
    """Return what the comparisons find, of all trials on record."""
    head = f"| start-up | {' | '.join(OPTIONS)} | fastest | $d$ | latency | messages | SR: $d$ | latency |"
    return Block("\n".join([head, "|---" * 10 + "|", *map(row, COMPARE, BY_COMPARISON)]))


@quoted
def lost_runs() -> Values:
    """How many runs the uncoded scheme and one node lose."""
    few, many = (lines for lines, line in zip(BY_COMPARISON, COMPARE, strict=True) if "silent" in line)
    lost = [{line.scheme: line.lost for line in lines if line.degree is None} for lines in (few, many)]
    return {"uncoded": str(lost[0]["uncoded"]), "one": tuple(str(each["one"]) for each in lost)}


def only(interval: list[float]) -> str:
    """Give an interval that is one number in four digits."""
    [number] = {f"{p:.4f}" for p in interval}
    return number


@quoted
def laws() -> Values:
    """Return what the commands on laws print."""
    law, guarantee, uncoded, repetition, last = (
        answer(line) for line in COMMANDS if line.startswith(("latency", "guarantee --symbols"))
    )
    return {
        "recovered": (only(uncoded["recovered"]), only(repetition["recovered"])),
        "parts": only(last["cdf"][0]["probability"]),
        "deadline": only(law["cdf"][0]["probability"]),
        "guarantee": tuple(f"{p:.4f}" for p in guarantee["probability"]),
    }


LEVELS = (0.1, 0.01, 0.001)


def drawn(curve: str, startup: str = EXPONENTIAL, axis: str = "time") -> Floats:
    """Return times or rows, and mean errors, of a curve of the figure on record, shape (2, points)."""
    with (DATA / "figures" / "figure_errors.csv").open(encoding="utf-8") as stream:
        rows = [r for r in csv.DictReader(stream) if (r["startup"], r["axis"], r["curve"]) == (startup, axis, curve)]
    return np.array([[float(r["at"]), float(r["mean error"])] for r in rows]).T


def read_off(startup: str, level: float) -> float:
    """When the figure's SR comes down to an error, taken for exponential between its points."""
    t, error = drawn("SR", startup)
    return float(np.interp(-np.log(level), -np.log(np.maximum(error, 1e-12)), t))


def _best_fractional(model: Model, t: float) -> float:
    return min(float(fractional_error(replace(model, degree=d), t)) for d in range(1, int(t / model.tau) + 1))


ERRORS: dict[str, Callable[[Model, float], float]] = {
    "terms": lambda model, t: float(cyclic_error(replace(model, degree=1), t)),
    "parts": lambda model, t: float(cyclic_error(model, t)),
    "best": _best_fractional,
    "fractional": lambda model, t: float(fractional_error(model, t)),
}


def _reached(name: str, startup: str, level: float) -> float:
    model = replace(PAPER, startup=parse_law(startup))
    return float(brentq(lambda t: ERRORS[name](model, t) - level, 0.1, 4.9, xtol=1e-6))


@quoted
def stopped_early() -> Values:
    """When a mean error comes down to each level, and what errors are at half a time unit and after 444 rows."""
    cases = list(product((EXPONENTIAL, PARETO), LEVELS))
    found: dict[str, Value] = {name: tuple(f"{_reached(name, *case):.3f}" for case in cases) for name in ERRORS}
    found["SR"] = tuple(f"{read_off(*case):.3f}" for case in cases)
    graphs = (np.interp(0.5, *drawn(name)) for name in ("gradient, regular graph", "gradient, Bernoulli (BGC)"))
    parts = ERRORS["parts"](PAPER, 0.5)
    rows = [np.interp(444, *drawn(name, axis="rows")) for name in ("SR", "parts of 10, cyclic order")]
    worse = max(k for k in range(1, 1000) if one_step_error_by_rows(k, 1000, 10) > 1)
    return found | {
        "graphs": tuple(f"{error:.2f}" for error in graphs),
        "parts-then": f"{parts:.3f}",
        "rows": (f"{rows[0]:.2f}", f"{rows[1]:.3f}"),
        "one-step": str(worse + 1),
    }
