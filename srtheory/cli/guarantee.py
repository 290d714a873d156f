"""srtheory guarantee: the proved probability that the sum is recoverable, or what is proved to suffice."""

from __future__ import annotations

import math
from collections.abc import Callable
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
from srtheory.delays import describe_law, quietly
from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model
from srtheory.progress import progress_bar

_QUESTIONS = ("by_rows", "by_time", "confidence")
_THEOREM = (
    "Proved for every m, without a conjecture (docs/spanning.md, 1): rows that cover every symbol and leave no even set"
    " of three or more symbols span 1 over Q, and fewer than m rows rarely do"
)
_BY_ROWS = "by rows, with the errors of quadrature and rounding bounded in ball arithmetic"
_BY_TIME = "by time, for any start-up distribution, resting on values of F that are accurate to within 2^-50"
_NO_ROWS = "by rows, the proof covers exponential, Pareto and uniform start-up delays, but not this distribution"
_NO_ORDER = "by rows, the proof does not cover messages that cost time or workers that never respond"
_NO_TIME = "no time is proved to have this confidence"


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
@tau_option(required=True)
@startup_option(required=True)
@message_cost_option
@silent_option
@click.option("--by-rows", type=WHOLE, metavar="N", help="Number N of received rows: bound P(M' <= N).")
@click.option("--by-time", type=DECIMAL, metavar="T", help="Time T, in time units: bound P(latency <= T).")
@click.option(
    "--confidence",
    type=DECIMAL,
    metavar="P",
    help="Probability P, from 0 to 1: find the rows and the time that suffice with it.",
)
@json_option
def guarantee(**given: Any) -> int:
    """Bound, with proof, the probability that the sum can be recovered.

    The bounds hold for an SR code at the given m, not only in a limit. M' is the stopping time in rows: the number of
    received rows at which the sum can be recovered. The latency is the time at which it can be recovered. Give exactly
    one of --by-rows, --by-time and --confidence.

    \b
    probability   P(M' <= N), or P(latency <= T), lies between these two bounds
    rows          least number of rows proved to suffice with probability P (exponential, Pareto or uniform start-up)
    time          time proved to suffice with probability P, the least to a relative 0.001, rounded up (any start-up)
    condition     untested condition of the answer: values of F are accurate to within 2^-50
    argument      reference to the proof

    F is the distribution function of the start-up delay. --message-cost and --silent require --by-time or --confidence,
    which then finds only a time: the proof by rows requires free messages and workers that always respond.

    By rows the lower bound is at most about P(all symbols are covered) - 2^(M-N), since it counts sets over GF(2). For
    N = M it is 0 or nearly so, which does not mean that M rows rarely suffice.

    With --confidence fewer rows, and less time, may suffice, but this is not proved. For P = 1 all rows are needed, and
    no time suffices, since values of F may have an error.

    At m = 1000 a probability by rows takes about ten seconds, by time one, and a confidence about fifteen. M and D
    are at most 100000, at which the answers take days.
    """  # noqa: D301  (click's mark for lines to keep)
    _one_question(given)
    about = f"srtheory: guarantee takes ten seconds or so for each bound by rows at m = 1000; m = {given['symbols']}"
    total = 1 if given["confidence"] is None else None  # not known in advance
    with quietly(), progress_bar(about=about, desc="guarantee", total=total, unit=" bounds") as bar:
        result = _answer(given, bar.update)
    if given["as_json"]:
        print_json(result)
    else:
        print_text("\n".join(value_lines(result, 12)))
    return 0


def _one_question(given: dict[str, Any]) -> None:
    asked = [name.replace("_", "-") for name in _QUESTIONS if given[name] is not None]
    if not asked:
        raise ArgumentError("by-rows", None, "given, or --by-time or --confidence instead")
    if len(asked) > 1:
        raise ArgumentError(asked[1], given[asked[1].replace("-", "_")], f"left out with --{asked[0]}")


def _answer(given: dict[str, Any], step: Callable[[], Any]) -> dict[str, Any]:
    from srtheory.accuracy import condition

    beyond = {name: given[name] for name in ("message_cost", "silent") if given[name]}
    law = read_law(given["startup"])
    model = Model(given["symbols"], given["degree"], given["tau"], law, given["access"], **beyond)
    ask = next(ask for name, ask in _ASK.items() if given[name] is not None)
    found = ask(given, model, step)
    parameters = ("symbols", "degree", "access", "tau")
    untested = condition(law) if _BY_TIME in found["argument"] else None
    return {
        **{name: given[name] for name in parameters if given[name] is not None},
        **beyond,
        "startup": describe_law(law),
        "confidence": given["confidence"],
        **{name: found.get(name) for name in ("probability", "rows", "time")},
        "condition": untested,
        "argument": "; ".join([_THEOREM, *found["argument"], *filter(None, [untested and f"given that {untested}"])]),
    }


def _by_rows(given: dict[str, Any], model: Model, step: Callable[[], Any]) -> dict[str, Any]:
    from srtheory.theory.blocks import ends_of
    from srtheory.theory.spanning_rows import stopping_bounds

    rows = require_int("by-rows", given["by_rows"], 0)
    for name in ("message_cost", "silent"):
        if given[name]:
            raise ArgumentError(
                name, given[name], "0 with --by-rows, whose proof assumes free messages and workers that respond"
            )
    if not _provable(model):
        raise ArgumentError(
            "startup", given["startup"], "an exponential, Pareto or uniform distribution, which --by-rows requires"
        )
    low, high = stopping_bounds(model, min(rows, model.symbols * len(ends_of(model))))
    step()
    return {"probability": [float(low), float(high)], "rows": rows, "argument": [_BY_ROWS]}


def _by_time(given: dict[str, Any], model: Model, step: Callable[[], Any]) -> dict[str, Any]:
    from srtheory.theory.spanning import latency_bounds

    probability = list(latency_bounds(model, given["by_time"]))
    step()
    return {"probability": probability, "time": given["by_time"], "argument": [_BY_TIME]}


def _confident(given: dict[str, Any], model: Model, step: Callable[[], Any]) -> dict[str, Any]:
    from srtheory.theory.guarantee import guaranteed_rows, guaranteed_time

    time = guaranteed_time(model, given["confidence"], step=step)
    paper = not (given["message_cost"] or given["silent"])
    provable = paper and _provable(model)
    return {
        "rows": guaranteed_rows(model, given["confidence"], step=step) if provable else None,
        "time": time if math.isfinite(time) else None,
        "argument": [
            _BY_ROWS if provable else _NO_ROWS if paper else _NO_ORDER,
            _BY_TIME if math.isfinite(time) else _NO_TIME,
        ],
    }


_ASK = {"by_rows": _by_rows, "by_time": _by_time, "confidence": _confident}


def _provable(model: Model) -> bool:
    """Return whether the distribution by rows has a proof."""
    from srtheory.theory.named import named

    return named(model.startup) is not None
