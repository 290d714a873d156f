"""srtheory floor: lower bounds on the latency of every scheme whose plans do not depend on the delays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from srtheory.cli.common import (
    delays_options,
    json_option,
    print_json,
    print_text,
    symbols_option,
)
from srtheory.cli.number_types import DECIMAL, WHOLE
from srtheory.cli.setting import LARGEST_TIME, MAX_SYMBOLS, outward, read_delays, value_text
from srtheory.delays import BEYOND_THE_PAPER, describe_law, quietly
from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model
from srtheory.progress import progress_bar

if TYPE_CHECKING:
    from srtheory.theory.floor import Floor

HYPOTHESES = (
    "each worker's plan (which terms, in which order, when to send) is independent of all delays, and may be random;"
    " a worker evaluates single terms and relays nothing; messages and decoder are arbitrary, linear or not; the sum of"
    " arbitrary terms is required exactly"
)
"""Conditions under which no scheme is faster, as printed."""


@click.command()
@symbols_option
@delays_options
@click.option("--workers", type=WHOLE, metavar="P", help="Number of workers. Default: one for each term.")
@click.option("--at", "times", type=DECIMAL, multiple=True, metavar="T", help="Bound P(T > t) at T; may be repeated.")
@click.option(
    "--queue",
    is_flag=True,
    help="Also bound E[T] given that messages queue at the master, in the order of arrival; takes half a minute."
    " Requires --master-time.",
)
@json_option
def floor(**given: Any) -> int:
    """Bound the latency T from below for every scheme whose plans do not depend on the delays.

    A plan states which terms a worker evaluates, in which order, and after which of them it sends. The bounds hold for
    all schemes whose plans are independent of the start-up delays, of messages of others and of clocks; plans may be
    random. Workers evaluate single terms and relay no messages. Messages may be any functions of the evaluated terms,
    linear or not. The decoder is arbitrary, and the exact sum of arbitrary terms is required. Every scheme of this
    package is of this kind, except the genie, which is a bound. A scheme that reacts to the delays can be faster.

    \b
    mean          E[T] is at least this, in the unit of the start-up delay; inf if workers may never answer
    quantiles     each quantile of T is at least this, in the same unit; inf if the sum is lost too often
    closed_form   weaker bounds on the same quantities, by a formula without a search
    at            P(T > t) is at least this at the times --at, by both methods
    queue         with --queue: E[T] is at least this if the master handles messages in the order of arrival
    condition     untested condition of the bounds: values of F are accurate to within 2^-50

    All numbers are rigorous lower bounds, with the errors of rounding included. The true optimum may be larger.
    --master-time adds the time of one message, since the bounds do not know that messages queue; --queue does, for
    continuous start-up distributions. At m = 1000 the command takes a few seconds without --queue, and each time --at
    less than one.
    """  # noqa: D301  (click's mark for lines to keep)
    about = f"srtheory: floor takes some seconds at m = 1000; m = {given['symbols']}"
    with quietly(), progress_bar(about=about, desc="floor", unit=" bounds") as bar:
        result = _answer(given, bar.update)
    if given["as_json"]:
        print_json(result)
    else:
        print_text(_table(result))
    return 0


def read_model(given: dict[str, Any]) -> Model:
    """Return the model of these options."""
    m = require_int("symbols", given["symbols"], 1, MAX_SYMBOLS)
    delays = read_delays(given["tau"], given["startup"], **{name: given[name] for name in BEYOND_THE_PAPER})
    beyond = {name: getattr(delays, name) for name in BEYOND_THE_PAPER}
    return Model(m, None, delays.tau, delays.startup, **beyond)


def as_json(found: Floor) -> dict[str, Any]:
    """Return the bounds on mean and quantiles, and those of the closed form, ready for JSON: None if infinite."""
    return {
        "mean": _finite(found.mean),
        "quantiles": {level: _finite(t) for level, t in found.quantiles.items()},
        "closed_form": {
            "mean": _finite(found.closed_mean),
            "quantiles": {level: _finite(t) for level, t in found.closed_quantiles.items()},
        },
    }


def _finite(t: float) -> float | None:
    return t if math.isfinite(t) else None


def _answer(given: dict[str, Any], step: Any) -> dict[str, Any]:
    from srtheory.accuracy import condition
    from srtheory.theory.floor import closed_late, late
    from srtheory.theory.floor import floor as bounds

    for t in given["times"]:
        if not 0 <= t <= LARGEST_TIME:
            raise ArgumentError("at", t, f"a time from 0 to {LARGEST_TIME}")
    model = read_model(given)
    workers = None if given["workers"] is None else require_int("workers", given["workers"], 1, MAX_SYMBOLS)
    beyond = {name: given[name] for name in BEYOND_THE_PAPER if given[name]}
    if given["queue"] and not model.master_time:
        raise ArgumentError("queue", True, "left out without --master-time: messages then do not queue")
    best = bounds(model, workers=workers, step=step)
    found = as_json(best)
    if given["queue"]:
        from srtheory.theory.queue_floor import mean_floor

        found["queue"] = _finite(mean_floor(model, best.mean, workers=workers, step=step))
    return {
        "symbols": model.symbols,
        "workers": model.symbols if workers is None else workers,
        "tau": model.tau,
        **beyond,
        "startup": describe_law(model.startup),
        "condition": condition(model.startup),
        "hypotheses": HYPOTHESES,
        **found,
        "at": [
            {
                "t": t,
                "late": float(late(model, t, workers=workers)),
                "closed_form": float(closed_late(model, t, workers=workers)),
            }
            for t in given["times"]
        ],
    }


def _table(result: dict[str, Any]) -> str:
    closed = result["closed_form"]
    shown = ("symbols", "workers", "tau", *BEYOND_THE_PAPER, "startup", "condition")
    lines = [f"{name:13} {value_text(result[name])}" for name in shown if name in result]
    lines += [
        "",
        "No scheme whose plans do not depend on the delays has less:",
        f"{'':13} {'at least':>14} {'closed form':>14}",
    ]
    lines.append(_row("E[T]", result["mean"], closed["mean"]))
    if "queue" in result:
        lines.append(f"{'... in a queue':13} {down(result['queue']):>13}")
    lines += [_row(f"quantile {level}", t, closed["quantiles"][level]) for level, t in result["quantiles"].items()]
    lines += [_row(f"P(T > {p['t']:g})", p["late"], p["closed_form"]) for p in result["at"]]
    return "\n".join([*lines, "Times are in the unit of the start-up delay."])


def _row(name: str, bound: float | None, closed: float | None) -> str:
    return f"{name:13} {down(bound):>14} {down(closed):>14}"


def down(bound: float | None, digits: int = 5) -> str:
    """Return a lower bound with so many digits, rounded down; inf for None."""
    return "inf" if bound is None else outward(bound, bound, digits)[0]
