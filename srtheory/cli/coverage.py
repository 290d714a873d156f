"""srtheory coverage: the exact probability that the received rows of an SR code cover every symbol."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import click

from srtheory.cli.common import (
    REMAINDER,
    access_option,
    json_option,
    message_cost_option,
    print_json,
    print_text,
    read_law,
    silent_option,
    startup_option,
    symbols_option,
    tau_option,
)
from srtheory.cli.number_types import DECIMAL, WHOLE
from srtheory.cli.setting import value_lines
from srtheory.delays import quietly
from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model
from srtheory.plain_numbers import plain_int


@click.command()
@symbols_option
@click.option(
    "--degree",
    type=WHOLE,
    required=True,
    metavar="D",
    help=f"Degree d: number of terms in a parity symbol. {REMAINDER}",
)
@access_option()
@tau_option()
@startup_option()
@message_cost_option
@silent_option
@click.option(
    "--by-time", type=DECIMAL, metavar="T", help="Time T, in time units: compute P(all symbols are covered by time T)."
)
@click.option(
    "--by-rows",
    type=WHOLE,
    metavar="N",
    help="Number N of received rows: compute P(CC <= N). With --by-time: also require N rows by time T.",
)
@click.option(
    "--mean",
    is_flag=True,
    help="Also compute E[CC], the expected number of rows at coverage; requires --by-rows alone.",
)
@click.option(
    "--counts",
    metavar="N1,N2,...",
    help="Numbers of rows received from each worker: compute P(these cover all symbols).",
)
@json_option
def coverage(**given: Any) -> int:
    """Compute the probability that the received rows of an SR code cover all terms.

    Coverage is necessary for recovering the sum. CC is the coverage time in rows: the number of received rows at which
    every term (symbol) appears in some row. Give one of these questions:

    \b
    --by-time T              Are all symbols covered by time T? A rigorous interval.
    --by-time T --by-rows N  The same, with at least N rows received by T? A rigorous interval.
    --by-rows N              Do the first N rows to arrive cover, CC <= N? Rigorous for expon, pareto and uniform.
    --counts N1,...,Nm       Do N1 rows of the first worker, N2 of the second, ... cover? An exact fraction.

    Output:

    \b
    probability             answer, as an interval that contains it
    condition               untested condition of the answer: values of F are accurate to within 2^-50
    ever                    probability that all symbols are covered at any time (with --silent)
    expected_rows           expected number of rows received by T
    expected_rows_to_cover  E[CC] as an interval (with --mean)
    expected_uncovered      expected number of symbols that no row covers
    poisson                 exp(-expected_uncovered), the Poisson approximation of the probability
    poisson_error           bound on the error of the Poisson approximation
    collector               probability that N independent random rows of D terms cover, as an interval

    F is the distribution function of the start-up delay. --message-cost and --silent require --by-time.

    M and D are at most 100000. Even then an answer by time or by rows takes seconds if coverage is likely, minutes if
    it is not, and longer if both are given. --mean takes seconds at M = 1000 and minutes at M = 4000.
    """  # noqa: D301  (click's mark for lines to keep)
    for name, who in (("message_cost", "messages that cost nothing"), ("silent", "workers that answer")):
        if given["by_time"] is None and given[name]:
            raise ArgumentError(name, given[name], f"0 without --by-time: the other distributions assume {who}")
    if given["mean"] and (given["by_rows"] is None or given["by_time"] is not None):
        raise ArgumentError("mean", True, "left out unless --by-rows is given alone, since it is a mean number of rows")
    with quietly():
        result = _given_counts(given) if given["counts"] is not None else _in_the_delay_model(given)
    if given["as_json"]:
        print_json(result)
    else:
        print_text("\n".join(value_lines(result, 22)))
    return 0


def _given_counts(given: dict[str, Any]) -> dict[str, Any]:
    from srtheory.theory.laws.coverage import coverage_given_counts, poisson_given_counts

    for option in ("tau", "startup", "by_time", "by_rows"):
        if given[option] is not None:
            raise ArgumentError(
                option.replace("_", "-"), given[option], "left out with --counts, which does not depend on time"
            )
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
        raise ArgumentError("counts", text, "integers separated by commas, one for each worker")
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
        raise ArgumentError(
            "startup", "sample:FILE", "a distribution with a density, which --by-rows requires; --by-time takes samples"
        )
    degree = model.d
    low, high = (float(bound) for bound in coverage_by_rows(model, rows))
    return {
        "probability": [low, high],
        "kind": "rigorous interval" if named(model.startup) else "floating point with an estimated error",
        **({"expected_rows_to_cover": list(expected_collection(model))} if mean else {}),
        "collector": list(collector_by_rows(rows, model.symbols, min(degree, model.symbols))),
    }
