"""srtheory compare: all schemes at given parameters."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import click

from srtheory.cli.ask import option, options, print_json, print_text, warnings_in_a_line
from srtheory.cli.common import json_option
from srtheory.environment import __version__
from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.base import Place, down
from srtheory.questions.words import but, fields_of
from srtheory.schemes import SCHEME_NAMES, named

if TYPE_CHECKING:
    from srtheory.experiments.compare import Point
    from srtheory.model import Model

_MODEL = ("symbols", "tau", "startup", *words.COSTS, "seed")
_DEGREES = but(
    "Degree d to try, in terms per symbol; may be repeated",
    more="",
    high=words.MAX_SYMBOLS,
    option="degree",
    otherwise="1, 2, 5, 10, ... up to m",
)
_SCHEMES = but("Scheme to compare; may be repeated", argument=False, option="scheme", otherwise="all schemes")
_OWN = but(more=". It applies to every compared scheme that has the option")


@click.command(epilog=words.EPILOG)
@option("symbols", words.Symbols)
@option("tau", Annotated[words.Tau, words.SHORT])
@option("startup", Annotated[words.Startup, but(read=str, accept=words.as_given)])
@option("message_cost", Annotated[words.MessageCost, words.SHORT], 0.0)
@option("master_time", Annotated[words.MasterTime, words.SHORT], 0.0)
@option("silent", words.Silent, 0.0)
@option("degrees", Annotated[tuple[words.Degree, ...], _DEGREES], ())
@option("schemes", Annotated[tuple[words.Scheme, ...], _SCHEMES], ())
@option(
    "several", Annotated[words.Several, but("Schemes to compare, separated by commas", otherwise="all schemes")], None
)
@option("texts", Annotated[words.Options, _OWN], ())
@option("trials", Annotated[words.Trials, but(more=". Every scheme has this many, on the same start-up delays")], 100)
@option("seed", words.Seed, 2022)
@click.option(
    "--all", "every", is_flag=True, help="Print every degree. Default: the fastest of each scheme, and the frontier."
)
@options(*fields_of(Place))
@json_option
def compare(**given: Any) -> int:
    """Compare schemes by simulation: latency, messages and work at several degrees.

    All schemes run on the same start-up delays. The table shows each scheme at its degree of least mean latency. A star
    marks the frontier: points that no other point beats. A point beats another if it has clearly less latency or
    clearly fewer messages, and the other of the two is clearly less as well, or the same in every trial. Clearly less
    means that the 95 % interval (Student's t) of the mean difference, trial by trial on the same delays, excludes 0.
    With one trial nothing is clearly less. Points that have lost runs, and so infinite means, have no star.

    Orders from both ends are tried with those of 1, 2, 5, 10, ... cells that may be the best by their exact
    distribution (with --master-time, with all of them), unless --option cells=N is given.

    \b
    latency   mean time T at which the sum can be recovered, in time units (of --startup and --tau)
    ± s.e.    standard error of the mean to its left
    messages  mean number of messages that the master has received by then
    terms     mean number of terms that all workers have evaluated by then
    d         degree, the number of terms in a symbol; of gradient codes it is s + 1
    lost      fraction of runs that never recover the sum (with --silent)
    floor/T   floor over the latency; a scheme at 1 could not be beaten by another oblivious scheme

    The last line is the floor: a proved lower bound on the mean latency (with --silent, on its median) of every
    oblivious scheme, whose plans do not depend on the delays, with these costs (srtheory floor). The genie is not a
    scheme but a lower bound: no scheme has a smaller latency, even if its plans depend on the delays, messages cost
    nothing and the master takes no time.

    With --silent all workers may be silent, so the expected latency is infinite. A single lost run makes the printed
    means infinite. The table then also has the median and the 95 % quantile of the latency.

    With --json, all points are printed.
    """  # noqa: D301  (click's mark for lines to keep)
    result, points = _run(given)
    if given["as_json"]:
        print_json(result)
    else:
        print_text(_table(result, points, given["every"]))
    return 0


def _run(given: dict[str, Any]) -> tuple[dict[str, Any], list[Point]]:
    from srtheory.delays import quietly
    from srtheory.experiments.compare import LIMIT, candidates, chosen_options, marked, point, series, with_cells
    from srtheory.experiments.compare import as_json as point_json
    from srtheory.experiments.trial import Task
    from srtheory.model import Model
    from srtheory.theory.both_ends import cells_by_law

    symbols, trials = given["symbols"], given["trials"]
    degrees = sorted({*given["degrees"]}) or series(symbols)
    asked = {scheme.name: scheme for scheme in (*given["schemes"], *(given["several"] or ()))}
    schemes = list(asked.values()) or [named(name) for name in SCHEME_NAMES]
    own = chosen_options(schemes, given["texts"])
    with quietly():
        its = Model(
            symbols, None, given["tau"], words.read_law(given["startup"]), **{name: given[name] for name in words.COSTS}
        )
        likely = cells_by_law(its)
        chosen = list(with_cells(symbols, candidates(symbols, degrees, schemes, own), own, likely))
    if not chosen:
        raise ArgumentError(
            "degree",
            list(degrees),
            f"degrees of which at least one is possible for one of the schemes at m = {symbols}",
        )
    model = {name: given[name] for name in _MODEL}
    free = replace(its.delays, message_cost=0.0, master_time=0.0)
    tasks = [
        Task(
            scheme.build(
                symbols,
                words.merged(
                    {} if degree is None else scheme.sized(degree),
                    own[scheme.name] | ({} if cells is None else {"cells": cells}),
                ),
            ),
            free if scheme.name == LIMIT else its.delays,
            given["seed"],
        )
        for scheme, degree, cells in chosen
    ]
    place = Place(shows=True, **{each.name: given[each.name] for each in fields_of(Place)})
    with warnings_in_a_line(), place.records([(task, trials) for task in tasks], "compare") as runs:
        points = marked(
            [
                point(scheme.name, degree, records, cells)
                for (scheme, degree, cells), records in zip(chosen, runs, strict=True)
            ]
        )
        floor = _floor(its)
    # The floor is for m workers or fewer, and plans that do not depend on the delays.
    others = {which for which, task in zip(chosen, tasks, strict=True) if task.scheme.workers > symbols}
    bounded = [which not in others and which[0].name != LIMIT for which in chosen]
    return {
        **model,
        "trials": trials,
        "stopping_rule": "fixed number of trials",
        "version": __version__,
        **({"options": {name: words.options_json(its) for name, its in own.items() if its}} if given["texts"] else {}),
        **({"sources": code} if (code := words.sources_of(schemes)) else {}),
        "floor": floor,
        "points": [
            point_json(point) | {"of_floor": _of_floor(floor, point) if its else None}
            for point, its in zip(points, bounded, strict=True)
        ],
    }, points


def _floor(model: Model) -> dict[str, Any]:
    """Return the floor under the mean latency, or the median if workers may never answer; None if infinite."""
    from srtheory.delays import quietly
    from srtheory.theory.floor import floor

    with quietly():
        found = floor(model)
    of, least = ("median", found.quantiles["0.5"]) if model.silent else ("mean", found.mean)
    return {"of": of, "latency": least if math.isfinite(least) else None}


def _of_floor(floor: dict[str, Any], point: Point) -> float | None:
    """Return the floor over the latency of a point, or None if one of them is infinite."""
    latency = point.latency.quantiles["0.5"] if floor["of"] == "median" else point.latency.mean
    return None if floor["latency"] is None or not math.isfinite(latency) else floor["latency"] / latency


def _table(result: dict[str, Any], points: list[Point], every: bool) -> str:
    from srtheory.experiments.compare import best

    first = best(points)
    shown = [p for p in points if every or p.frontier or p is first[p.scheme]]
    more = "".join(
        f", {sign} = {result[name]:g}" for sign, name in (("sigma", "master_time"), ("eps", "silent")) if result[name]
    )
    ratios = {(p["scheme"], p["degree"], p.get("cells")): p["of_floor"] for p in result["points"]}
    width = max(20, *(len(_name(p)) + 1 for p in shown))
    lines = [
        f"m = {result['symbols']}, tau = {result['tau']:g}, X ~ {result['startup']},"
        f" kappa = {result['message_cost']:g}{more}; {result['trials']} trials each, seed {result['seed']}",
        f"{'scheme':{width}}{'d':>6}{'latency':>12}{'± s.e.':>10}{'messages':>12}{'± s.e.':>10}{'terms':>12}"
        f"{'floor/T':>9}" + (f"{'lost':>8}{'median':>10}{'95 %':>10}" if result["silent"] else ""),
    ]
    lines[1:1] = [f"options of {name}: {_pairs(its)}" for name, its in result.get("options", {}).items()]
    for p in sorted(shown, key=lambda p: p.latency.mean):
        latency, messages = (f"{m.mean:>12.5g}{_error(m.standard_error):>10}" for m in (p.latency, p.messages))
        star = "  *" if p.frontier else ""
        degree = "" if p.degree is None else p.degree
        quantiles = "".join(f"{p.latency.quantiles[q]:>10.5g}" for q in ("0.5", "0.95"))
        lost = f"{p.unrecovered / result['trials']:>8.3g}{quantiles}" if result["silent"] else ""
        ratio = f"{_ratio(ratios[p.scheme, p.degree, p.cells]):>9}"
        lines.append(f"{_name(p):{width}}{degree:>6}{latency}{messages}{p.work.mean:>12.5g}{ratio}{lost}{star}")
    lines.append("latency in time units (of --startup and --tau), messages and terms by number")
    lines.append(
        "* on the frontier: no other point beats it in latency and messages beyond their paired standard errors (95 %)"
    )
    least, of = result["floor"]["latency"], result["floor"]["of"]
    lines.append(f"floor: no oblivious scheme has a {of} latency below {down(least)} time units (proved)")
    return "\n".join(lines)


def _pairs(options: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in options.items())


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _name(point: Point) -> str:
    return point.scheme if point.cells is None else f"{point.scheme} ({point.cells} cells)"


def _error(value: float) -> str:
    return f"{value:.2g}" if math.isfinite(value) else "-"
