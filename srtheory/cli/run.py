"""srtheory run: a sum computed by real workers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from srtheory.cli import as_given as with_given_paths
from srtheory.cli.ask import option, options, print_json, print_text
from srtheory.cli.common import json_option, make_folder, out_option
from srtheory.errors import shortened
from srtheory.questions import words
from srtheory.questions.base import require_scheduler
from srtheory.questions.simulate import FLAGS
from srtheory.questions.words import Word, but, field_of

if TYPE_CHECKING:
    from srtheory.workers.execution import Execution
    from srtheory.workers.workloads import Workload

WORKLOADS = ("taylor", "forest", "ensemble", "gradient", "kernel")
_SHOWN = 3
"""Largest number of entries of a value, and of faults, in the table."""


def _any(kind: Any, says: str, metavar: str, otherwise: str) -> Any:
    """Return a word whose range the workload and the scheme know."""
    return Annotated[kind, Word(says, metavar=metavar, otherwise=otherwise, accept=words.as_given)]


_DEGREE = but("Degree d: number of terms in a symbol", more="", otherwise="1.5 ln of the number of workers")
_PROCESSES = but(
    more=". The workers of the scheme run in them; the value of the sum does not depend on it", otherwise="auto"
)
_FLAGS = {
    "degree": Annotated[words.Degree, _DEGREE, but(accept=words.as_given)],
    "stragglers": words.Stragglers,
    "sizes": words.Sizes,
    "access": words.AccessOfSR,
    "phase": words.Phase,
    "cap": words.Cap,
}


@click.command(epilog=f"{words.EPILOG} The genie is only a bound and cannot be run.")
@click.argument("workload", metavar="WORKLOAD", type=click.Choice(WORKLOADS))
@option("scheme", Annotated[words.Scheme, but("Scheme to run", argument=False)], "sr")
@option("workers", _any(int, "Number of workers of the scheme", "P", "one per term"), None)
@option("symbols", _any(int, "Number m of terms in the sum", "M", "depends on the workload"), None)
@options(*(field_of(name, word, None) for name, word in _FLAGS.items()), field_of("texts", words.Options, ()))
@option("decoder", _any(str, "Decoder: span, peeling, partition or intervals", "NAME", "the scheme's own"), None)
@option("target", words.Target, "sum")
@click.option(
    "--slow",
    "--startup",
    "startup",
    metavar="LAW",
    help="Distribution of the seconds that each worker sleeps before it begins, as in srtheory simulate: "
    "expon(scale=0.5), pareto(b=1, scale=0.1), sample:FILE. Default: no sleep.",
)
@option("tau", _any(float, "Least time per term in seconds; a worker sleeps for the rest of it", "TAU", "0"), 0.0)
@option(
    "kill",
    _any(
        int,
        "Number of processes that kill themselves, an injected fault, when their first symbol is complete but unsent",
        "K",
        "0",
    ),
    0,
)
@option(
    "timeout",
    _any(
        float, "Time limit of the run in seconds, from its start even if the workers have not begun", "SECONDS", "600"
    ),
    600.0,
)
@option("seed", Annotated[words.Seed, but(more=". The data, the injected delays and the scheme depend on it")], 2022)
@out_option("DIR", "They are a picture of the run and its points. Default: none are written.")
@option("processes", Annotated[words.Processes, _PROCESSES], None)
@option("engine", words.Engine, "local")
@option("scheduler", words.Scheduler, None)
@json_option
def run(**given: Any) -> int:
    """Compute a real sum with real workers.

    The run stops as soon as the sum, or that of K terms, can be recovered from the received symbols.

    \b
    WORKLOAD names the sum:
      taylor    Taylor series of exp(3), in exact fractions
      forest    predictions of a random forest
      ensemble  predictions of a deep ensemble
      gradient  gradient of a logistic regression
      kernel    predictions of a kernel ridge regression

    Workers are threads in processes of this machine, or of a Dask scheduler. They may die, hang, fail or return NaN, as
    long as the sum can be recovered from the symbols of the other workers.

    \b
    value        the sum, decoded from the received symbols
    error bound  bound on the rounding error of the value (largest entry), by the workers and the master together
    direct sum   comparison of the value with the sum of all terms, evaluated in this process in rational numbers:
                 the error must not exceed the error bound
    T            latency in seconds, until the deciding symbol arrived, and with decoding until the value was available
    received     symbols received by then, the terms in them, and the terms that all workers have evaluated
    fault        failure during the run: its workers, numbered from 0, and what happened

    Exit status: 0 the sum is recovered, 1 it is not, 2 bad input.
    """  # noqa: D301  (click's mark for lines to keep)
    with _without_logs():
        status, answer, news = _run(given)
    if answer is not None:
        print_text(answer) if isinstance(answer, str) else print_json(answer)
    if news is not None:
        click.echo(f"srtheory: {news}", err=True)
    return status


def _run(given: dict[str, Any]) -> tuple[int, dict[str, Any] | str | None, str | None]:
    """Return the exit status, the text for stdout, and a line for stderr."""
    from srtheory.workers import NotRecovered
    from srtheory.workers.workloads import workload

    scheduler = given["scheduler"]
    require_scheduler(given["engine"], scheduler, given["processes"])
    if given["out"] is not None:
        make_folder(given["out"])
    given["own"] = given["scheme"].read(given["texts"])
    words.merged({name: given[name] for name in FLAGS}, given["own"])
    work = workload(given["workload"], given["symbols"], given["seed"])
    try:
        done = _compute(work, given["processes"] if scheduler is None else scheduler, given)
    except NotRecovered as refusal:
        lost = {"missing": list(refusal.missing), "received": refusal.received, "why": refusal.why}
        answer = {"workload": work.name, "recovered": False, **lost, "faults": list(refusal.faults)}
        return 1, answer if given["as_json"] else None, str(refusal)
    result = _result(work, done, given)
    if given["out"] is not None:
        result["files"] = [with_given_paths(str(path)) for path in _draw(work, done, given["out"])]
    return 0, result if given["as_json"] else _table(work, done, result), None


@contextmanager
def _without_logs() -> Iterator[None]:
    """Drop Dask's logs of lost processes, since the answer reports them."""
    quiet = logging.root.manager.disable
    logging.disable()
    try:
        yield
    finally:
        logging.disable(quiet)


def _compute(work: Workload, cluster: int | str | None, given: dict[str, Any]) -> Execution:
    from srtheory.progress import progress_bar
    from srtheory.workers import compute_sum

    with progress_bar(desc=f"{work.name}: terms covered", total=given["workers"] or work.symbols, unit=" terms") as bar:

        def move(received: int, covered: int, columns: int) -> None:
            bar.total = columns
            bar.update(covered - bar.n)

        return compute_sum(
            work.function,
            work.x,
            symbols=work.symbols,
            scheme=given["scheme"],
            workers=given["workers"],
            cluster=cluster,
            startup=None if given["startup"] is None else words.read_law(given["startup"]),
            tau=given["tau"],
            seed=given["seed"],
            decoder=given["decoder"],
            target=given["target"],
            kill=given["kill"],
            timeout=given["timeout"],
            progress=move,
            own=given["own"],
            **{name: given[name] for name in FLAGS},
        )


def _result(work: Workload, done: Execution, given: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    value, bound = np.asarray(done.value), np.asarray(done.error_bound)
    kind = str if value.dtype == object or isinstance(done.value, int) else float
    named = {name: x for name in ("startup", *FLAGS) if (x := given[name]) is not None}
    degree = getattr(getattr(done.scheme, "inner", done.scheme), "degree", None)
    if isinstance(degree, int) and "degree" not in given["own"]:
        named["degree"] = degree
    return {
        "workload": work.name,
        "about": work.about,
        "recovered": True,
        "scheme": given["scheme"].name,
        "symbols": work.symbols,
        "workers": done.scheme.workers,
        "processes": done.processes,
        **named,
        **{f"option.{name}": x for name, x in words.options_json(given["own"]).items()},
        **({"source": its} if (its := words.source_of(given["scheme"])) else {}),
        "tau": given["tau"],
        "seed": given["seed"],
        **({"target": given["target"], "known": list(done.known)} if given["target"] != "sum" else {}),
        "value": [kind(x) for x in value.flat],
        "error_bound": float(bound.max()),
        "equals_direct_sum": work.is_right(done.value, done.error_bound, done.known),
        "latency": done.latency,
        "available": done.available,
        "decoding": done.decoding,
        "record": vars(done.record) | {"argument": str(done.record.argument)},
        "startups": [x if np.isfinite(x) else None for x in done.startups.tolist()],
        "arrivals": [vars(arrival) for arrival in done.arrivals],
        "faults": [vars(fault) for fault in done.faults],
    }


def _draw(work: Workload, done: Execution, folder: Path) -> list[Path]:
    from srtheory.render.one_run import measured
    from srtheory.render.style import write

    return write(measured(done, work.about), folder)


def _table(work: Workload, done: Execution, result: dict[str, Any]) -> str:
    record, faults = done.record, [str(fault) for fault in done.faults]
    values = [f"{x:.6g}" if isinstance(x, float) else shortened(x, 60) for x in result["value"]]
    value = ", ".join(values[:_SHOWN]) + (f", … ({len(values)} numbers)" if len(values) > _SHOWN else "")
    code = f"{result['scheme']}, d = {result['degree']}" if "degree" in result else result["scheme"]
    code += "".join(f", {name.removeprefix('option.')} {x}" for name, x in result.items() if name.startswith("option."))
    bound = f"{result['error_bound']:.2g}" if result["error_bound"] else "0, the value is exact"
    says = "equal within the error bound" if result["equals_direct_sum"] else "NOT equal within the error bound"
    many = f"{record.stopping_time} symbols of {record.received_terms} terms, {record.work} terms evaluated"
    lines = [
        f"{work.about}; {code}, {done.scheme.workers} workers in {done.processes} processes",
        f"value         {value}",
        f"error bound   {bound}",
        f"direct sum    {says}",
        f"T             {done.latency:.4f} s, with decoding {done.available:.4f} s",
        f"received      {many}",
    ]
    if "target" in result:
        lines.insert(1, f"target        {result['target']}: the sum of the {len(done.known)} terms that are known")
    lines += [f"fault         {shortened(fault, 110)}" for fault in faults[:_SHOWN]]
    lines += [f"              and {len(faults) - _SHOWN} more"] * (len(faults) > _SHOWN)
    return "\n".join([*lines, *(f"picture       {name}" for name in result.get("files", []))])
