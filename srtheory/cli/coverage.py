"""srtheory coverage: the exact probability that the received rows of an SR code cover every symbol."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import click

from srtheory.cli.common import (
    access_option,
    json_option,
    message_cost_option,
    print_json,
    read_law,
    silent_option,
    startup_option,
    symbols_option,
    tau_option,
)
from srtheory.cli.number_types import DECIMAL, WHOLE
from srtheory.delays import quietly
from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model
from srtheory.plain_numbers import plain_int


@click.command()
@symbols_option
@click.option("--degree", type=WHOLE, required=True, metavar="D", help="Degree d of the parity symbols.")
@access_option("its own included; all m")
@tau_option()
@startup_option()
@message_cost_option
@silent_option
@click.option("--by-time", type=DECIMAL, metavar="T", help="Probability of coverage by time T.")
@click.option(
    "--by-rows", type=WHOLE, metavar="N", help="Probability of coverage by the first N rows; or by T and N rows."
)
@click.option("--mean", is_flag=True, help="With --by-rows: also E[CC], the expected number of rows to cover.")
@click.option("--counts", metavar="N1,N2,...", help="Probability of coverage by so many rows of each worker, exactly.")
@json_option
def coverage(**given: Any) -> int:
    """Compute the exact probability that the received rows of an SR code cover all m symbols.

    \b
    --by-time T              in the delay model, by time T: a rigorous interval
    --by-time T --by-rows N  covered, and at least N rows received, by T: a rigorous interval
    --by-rows N              P(CC <= N), the first N rows to arrive; rigorous for expon, pareto and uniform start-up
    --counts N1,...,Nm       given the number of rows from each worker: an exact fraction

    Intervals by time require that values of F are accurate to within 2^-50. If this has not been tested for the
    start-up distribution, the answer states it as a condition. --message-cost and --silent go with --by-time; with
    --silent "ever" is the probability that all symbols are covered at any time. M and D are at most 100000: even then
    an answer by time or by rows takes seconds if coverage is likely, but minutes if it is not, and longer if both are
    given. --mean computes the probability for many N: seconds at M = 1000, minutes at M = 4000.
    """  # noqa: D301  (click's mark for lines to keep)
    for name, who in (("message_cost", "messages that cost nothing"), ("silent", "workers that answer")):
        if given["by_time"] is None and given[name]:
            raise ArgumentError(name, given[name], f"0 without --by-time: the other laws are for {who}")
    if given["mean"] and (given["by_rows"] is None or given["by_time"] is not None):
        raise ArgumentError("mean", True, "left out, or given with --by-rows alone: it is the mean of rows")
    with quietly():
        result = _given_counts(given) if given["counts"] is not None else _in_the_delay_model(given)
    if given["as_json"]:
        print_json(result)
    else:
        click.echo("\n".join(f"{name:20} {_text(value)}" for name, value in result.items()))
    return 0


def _given_counts(given: dict[str, Any]) -> dict[str, Any]:
    from srtheory.theory.laws.coverage import coverage_given_counts, poisson_given_counts

    for option in ("tau", "startup", "by_time", "by_rows"):
        if given[option] is not None:
            raise ArgumentError(option.replace("_", "-"), given[option], "left out with --counts: there is no time")
    code = (given["symbols"], given["degree"], _counts(given["counts"]))
    exact = coverage_given_counts(*code, access=given["access"])
    mean, error = poisson_given_counts(*code, access=given["access"])
    return {
        "probability": list(_around(exact)),
        "kind": "exact fraction",
        "numerator": str(exact.numerator),
        "denominator": str(exact.denominator),
        "expected_uncovered": float(mean),
        "poisson": math.exp(-float(mean)),
        "poisson_error": error,
    }


def _counts(text: str) -> list[int]:
    counts = [number for word in text.split(",") if (number := plain_int(word.strip())) is not None]
    if len(counts) <= text.count(","):
        raise ArgumentError("counts", text, "integers with commas between them, one for each worker")
    return counts


def _around(value: Fraction) -> tuple[float, float]:
    """Return neighbouring floats around a fraction, equal if it is a float."""
    nearest = float(value)
    if Fraction(nearest) == value:
        return nearest, nearest
    return (
        (nearest, math.nextafter(nearest, 2)) if Fraction(nearest) < value else (math.nextafter(nearest, -1), nearest)
    )


def _in_the_delay_model(given: dict[str, Any]) -> dict[str, Any]:
    if given["by_time"] is None and given["by_rows"] is None:
        raise ArgumentError("by-time", None, "given, or --by-rows or --counts instead")
    for option in ("tau", "startup"):
        if given[option] is None:
            raise ArgumentError(option, None, "given with --by-time and --by-rows")
    t, rows = given["by_time"], given["by_rows"]
    if t is not None and math.isnan(t):
        raise ArgumentError("by-time", t, "a time")
    if rows is not None:
        require_int("by-rows", rows, 0)
    beyond = {name: given[name] for name in ("message_cost", "silent")}
    law = read_law(given["startup"])
    model = Model(given["symbols"], given["degree"], given["tau"], law, given["access"], **beyond)
    return _by_rows(rows, model, given["mean"]) if t is None else _by_time(t, rows, model)


def _by_time(t: float, rows: int | None, model: Model) -> dict[str, Any]:
    from srtheory.accuracy import condition
    from srtheory.theory.latency import expected_rows
    from srtheory.theory.laws import coverage as laws

    probability = laws.coverage_by_time(model, t) if rows is None else laws.coverage_and_rows(model, t, rows)
    return {
        "probability": list(probability),
        "kind": "rigorous interval",
        "condition": condition(model.startup),
        **({"ever": list(laws.coverage_by_time(model, math.inf))} if model.silent else {}),
        "expected_rows": float(expected_rows(model, t)),
        "expected_uncovered": float(laws.expected_uncovered(model, t)),
        "poisson": float(laws.coverage_poisson(model, t)),
    }


def _by_rows(rows: int, model: Model, mean: bool) -> dict[str, Any]:
    from srtheory.theory.collector import collector_by_rows
    from srtheory.theory.laws.collection import coverage_by_rows, expected_collection
    from srtheory.theory.named import named

    if not hasattr(model.startup, "pdf"):
        raise ArgumentError("startup", "sample:FILE", "a law with a density for --by-rows; --by-time takes samples")
    degree = model.d
    low, high = (float(bound) for bound in coverage_by_rows(model, rows))
    return {
        "probability": [low, high],
        "kind": "rigorous interval" if named(model.startup) else "floating point with an estimated error",
        **({"expected_rows_to_cover": list(expected_collection(model))} if mean else {}),
        "collector": list(collector_by_rows(rows, model.symbols, min(degree, model.symbols))),
    }


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{value[0]:.16g}, {value[1]:.16g}]"
    return "none" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)
