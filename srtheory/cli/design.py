"""srtheory design: block sizes that peeling decodes, for a given delay model."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from srtheory.cli.common import (
    json_option,
    print_json,
    print_text,
    read_law,
    startup_option,
    symbols_option,
    tau_option,
)
from srtheory.cli.number_types import DECIMAL, WHOLE
from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model
from srtheory.version import __version__

_ANSWERS = ("sizes", "rows", "terms", "least_rows", "missed")
_LARGEST = 2 * 10**6
_MOST_VARIABLES = 4 * 10**4


@click.command()
@symbols_option
@tau_option(required=True)
@startup_option(required=True)
@click.option(
    "--by",
    "time",
    type=DECIMAL,
    required=True,
    metavar="T",
    help="Target time T for peeling to recover all terms, in time units.",
)
@click.option(
    "--margin",
    type=DECIMAL,
    default=1.5,
    metavar="C",
    help="Safety margin for random fluctuations, in standard deviations. Default: 1.5.",
)
@click.option(
    "--uncovered",
    type=DECIMAL,
    default=0.5,
    metavar="ETA",
    help="Expected number of uncovered symbols at T, for which the sizes are designed; above 0. Default: 0.5.",
)
@click.option(
    "--largest", type=WHOLE, default=70, metavar="K", help="Largest block size, in terms; from 1 to 1000. Default: 70."
)
@json_option
def design(**given: Any) -> int:
    """Find block sizes with which peeling decodes by about time T from the fewest rows.

    Peeling is the decoder that solves one symbol at a time. The sizes are found by a linear program over density
    evolution. T is a target, not a bound: in a simulation peeling may end some % later.

    \b
    sizes       block sizes, for srtheory simulate sr-sizes --sizes
    rows        expected number of rows received by T, divided by m
    terms       expected number of terms in these rows, divided by m
    least_rows  number of rows that the best mixture of sizes needs, divided by m
    missed      amount by which these sizes miss a condition, 0 if they meet all

    Exit status: 0 sizes were found, 1 no sizes suffice by T for any number of rows, or none were found that meet all
    conditions; 2 bad input.
    """  # noqa: D301  (click's mark for lines to keep)
    result = _design(given)
    if given["as_json"]:
        print_json(result)
    elif result["sizes"] is None:
        print_text(f"no block sizes up to {result['largest']} terms suffice by t = {result['by']:g} time units")
    else:
        print_text("\n".join(f"{name:11} {_text(result[name])}" for name in _ANSWERS))
    return 0 if result["missed"] == 0 else 1


def _design(given: dict[str, Any]) -> dict[str, Any]:
    from srtheory.delays import describe_law
    from srtheory.theory.block_design import design as find

    m, startup = require_int("symbols", given["symbols"], 1, _LARGEST), read_law(given["startup"])
    largest = require_int("largest", given["largest"], 1, 1000)
    reach = min(m, max(0.0, (given["time"] - float(startup.support()[0])) / given["tau"])) if given["tau"] > 0 else 0
    if not reach * largest <= _MOST_VARIABLES:
        expected = f"so early that (T / tau) * largest is at most {_MOST_VARIABLES}"
        raise ArgumentError("by", given["time"], expected)
    found = find(
        Model(m, None, given["tau"], startup),
        given["time"],
        margin=given["margin"],
        uncovered=given["uncovered"],
        largest=largest,
    )
    answer = dict.fromkeys(_ANSWERS) if found is None else asdict(found)
    return {
        "symbols": m,
        "tau": given["tau"],
        "startup": describe_law(startup),
        "by": given["time"],
        **{name: given[name] for name in ("margin", "uncovered", "largest")},
        "version": __version__,
        **answer,
    }


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
