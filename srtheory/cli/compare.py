"""srtheory compare: all schemes at given parameters."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from srtheory.cli.common import (
    delays_options,
    engine_options,
    json_option,
    print_json,
    read_scheduler,
    seed_option,
    store_option,
    symbols_option,
    trials_bar,
    trials_option,
)
from srtheory.cli.number_types import WHOLE
from srtheory.cli.schemes import EPILOG, SCHEME, as_json, own_option, schemes_option, sources
from srtheory.cli.setting import MAX_SYMBOLS, named_task, read_delays
from srtheory.delays import BEYOND_THE_PAPER
from srtheory.errors import ArgumentError, require_int
from srtheory.own_code import prints_to_stderr
from srtheory.schemes import SCHEME_NAMES, named
from srtheory.version import __version__

if TYPE_CHECKING:
    from srtheory.experiments.compare import Point

_MODEL = ("symbols", "tau", "startup", *BEYOND_THE_PAPER, "seed")


@click.command(epilog=EPILOG)
@symbols_option
@delays_options
@click.option(
    "--degree",
    "degrees",
    type=WHOLE,
    multiple=True,
    metavar="D",
    help="Try this degree; may be repeated. [1 2 5 10 ...]",
)
@click.option("--scheme", "schemes", type=SCHEME, multiple=True, metavar="SCHEME", help="Only this; may be repeated.")
@schemes_option("Only these: the same in one.")
@own_option(" Each scheme that has such a field takes it.")
@trials_option("Each scheme has as many, on the same start-up delays.")
@seed_option("Trial i depends on the seed and i alone.")
@click.option("--all", "every", is_flag=True, help="Print every degree, not each scheme's fastest and the frontier.")
@store_option(once_out=True)
@engine_options
@json_option
def compare(**given: Any) -> int:
    """Compare the schemes, each at its degrees, at these parameters: latency, messages and work, by simulation.

    Orders from both ends are tried with 1, 2, 5, 10, ... cells, unless --option cells=N is given.

    All schemes run on the same start-up delays. The command prints the degree of least mean latency of each scheme and,
    with a star, the frontier: points that no other point equals or beats in both latency and messages (first of equal
    points). All means have their standard error. The d of gradient codes is s + 1, the terms of a symbol. The genie is
    not a scheme but a bound: no scheme is faster, even if messages cost nothing and the master takes no time.

    With --silent a run may never end: "lost" is the fraction of such runs, and a single one makes the means infinite.
    The expected latency is then infinite, because all workers may be silent; quantiles of the latency are therefore
    also printed.

    With --json, all points are printed.
    """
    with prints_to_stderr():
        result, points = _run(given)
    if given["as_json"]:
        print_json(result)
    else:
        click.echo(_table(result, points, given["every"]))
    return 0


def _run(given: dict[str, Any]) -> tuple[dict[str, Any], list[Point]]:
    from srtheory.experiments.compare import LIMIT, candidates, chosen_options, frontier, point, series, with_cells
    from srtheory.experiments.compare import as_json as point_json
    from srtheory.experiments.running import run_all

    symbols, trials = require_int("symbols", given["symbols"], 1, MAX_SYMBOLS), require_int("trials", given["trials"])
    degrees = sorted({require_int("degree", d, 1, MAX_SYMBOLS) for d in given["degrees"]}) or series(symbols)
    asked = {scheme.name: scheme for scheme in (*given["schemes"], *(given["several"] or ()))}
    schemes = list(asked.values()) or [named(name) for name in SCHEME_NAMES]
    own = chosen_options(schemes, given["texts"])
    chosen = list(with_cells(symbols, candidates(symbols, degrees, schemes, own), own))
    if not chosen:
        raise ArgumentError("degree", list(degrees), f"degrees that one of the schemes can have at m = {symbols}")
    model = {name: given[name] for name in _MODEL}
    delays = read_delays(given["tau"], given["startup"], **{name: given[name] for name in BEYOND_THE_PAPER})
    free = replace(delays, message_cost=0.0, master_time=0.0)
    tasks = [
        named_task(
            scheme,
            symbols,
            free if scheme.name == LIMIT else delays,
            given["seed"],
            {} if degree is None else scheme.sized(degree),
            own[scheme.name] | ({} if cells is None else {"cells": cells}),
        ).task
        for scheme, degree, cells in chosen
    ]
    scheduler = read_scheduler(given["engine"], given["scheduler"], given["processes"])
    with trials_bar(trials * len(tasks), "compare") as move:
        runs = run_all(
            [(task, trials) for task in tasks],
            store=given["store"],
            processes=given["processes"],
            scheduler=scheduler,
            progress=move,
        )
        points = [
            point(scheme.name, degree, records, cells)
            for (scheme, degree, cells), records in zip(chosen, runs, strict=True)
        ]
    ahead = frontier(points)
    return {
        **model,
        "trials": trials,
        "stopping_rule": "fixed number of trials",
        "version": __version__,
        **({"options": {name: as_json(its) for name, its in own.items() if its}} if given["texts"] else {}),
        **({"sources": its} if (its := sources(schemes)) else {}),
        "points": [point_json(point, point in ahead) for point in points],
    }, points


def _table(result: dict[str, Any], points: list[Point], every: bool) -> str:
    from srtheory.experiments.compare import best, frontier

    ahead, first = frontier(points), best(points)
    shown = [p for p in points if every or p in ahead or p is first[p.scheme]]
    more = "".join(
        f", {sign} = {result[name]:g}" for sign, name in (("sigma", "master_time"), ("eps", "silent")) if result[name]
    )
    width = max(20, *(len(_name(p)) + 1 for p in shown))
    lines = [
        f"m = {result['symbols']}, tau = {result['tau']:g}, X ~ {result['startup']},"
        f" kappa = {result['message_cost']:g}{more}; {result['trials']} trials each, seed {result['seed']}",
        f"{'scheme':{width}}{'d':>6}{'latency':>12}{'± s.e.':>10}{'messages':>12}{'± s.e.':>10}{'terms':>12}"
        + (f"{'lost':>8}{'median':>10}{'95 %':>10}" if result["silent"] else "")
        + "  ",
    ]
    for p in sorted(shown, key=lambda p: p.latency.mean):
        latency, messages = (f"{m.mean:>12.5g}{_error(m.standard_error):>10}" for m in (p.latency, p.messages))
        star = "  *" if p in ahead else ""
        degree = "" if p.degree is None else p.degree
        quantiles = "".join(f"{p.latency.quantiles[q]:>10.5g}" for q in ("0.5", "0.95"))
        lost = f"{p.unrecovered / result['trials']:>8.3g}{quantiles}" if result["silent"] else ""
        lines.append(f"{_name(p):{width}}{degree:>6}{latency}{messages}{p.work.mean:>12.5g}{lost}{star}")
    lines.append("* no other has as little latency with as few messages (of equals the first has the star)")
    return "\n".join(lines)


def _name(point: Point) -> str:
    return point.scheme if point.cells is None else f"{point.scheme} ({point.cells} cells)"


def _error(value: float) -> str:
    return f"{value:.2g}" if math.isfinite(value) else "-"
