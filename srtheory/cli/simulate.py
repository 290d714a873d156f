"""srtheory simulate: Monte Carlo of one scheme under the delay model (4)."""

from __future__ import annotations

import json
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from srtheory.cli.ask import print_json, print_text
from srtheory.cli.common import (
    ONE_TRIAL,
    PathType,
    absolute,
    delays_options,
    engine_options,
    json_option,
    read_scheduler,
    seed_option,
    store_option,
    symbols_option,
    trials_bar,
    trials_option,
    write_text,
)
from srtheory.cli.number_types import WHOLE
from srtheory.cli.schemes import EPILOG, FLAGS, SCHEME, flags
from srtheory.cli.setting import UNITS, named_task, read_delays, summary, unit_of
from srtheory.cli.span import certify
from srtheory.decoders import DECODER_NAMES as DECODERS
from srtheory.errors import require_int
from srtheory.questions.words import COSTS, DegreeOfAny
from srtheory.schemes import NamedScheme

if TYPE_CHECKING:
    from srtheory.experiments.trial import Task

FILE = PathType(dir_okay=False)


@click.command(epilog=EPILOG)
@click.argument("scheme", metavar="SCHEME", type=SCHEME)
@symbols_option
@flags(DegreeOfAny)
@delays_options
@trials_option("The first trials are the same for any number.")
@seed_option(ONE_TRIAL)
@click.option(
    "--workers",
    type=WHOLE,
    metavar="P",
    help="Number of workers p, from 1 to m; each group of about m/p terms then counts as one term. Default: m.",
)
@click.option("--decoder", type=click.Choice(DECODERS), help="Decoder of the master. Default: the scheme's own.")
@click.option(
    "--matrix",
    type=FILE,
    callback=absolute,
    metavar="OUT",
    help="File for the rows received in trial 0, in order of arrival, as JSON for srtheory span and check. "
    "Default: none is written.",
)
@click.option(
    "--certificate",
    type=FILE,
    callback=absolute,
    metavar="OUT",
    help="File for a proof, for srtheory check, of the number of these rows that span 1 over Q, or that they do not. "
    "Default: none is written.",
)
@store_option(once_out=True)
@engine_options
@json_option
def simulate(**given: Any) -> int:
    """Simulate SCHEME by Monte Carlo, and summarise its trials.

    The command prints the latency, the received rows, the work and the decoding cost. For each measure the table has
    its unit, mean, standard error of the mean (± s.e.), standard deviation (sd), and quantiles. The time unit is that
    of --startup and --tau.

    \b
    latency          time T at which the sum can be recovered
    stopping_time    M', the number of received rows from which the sum can be recovered
    coverage_time    CC, the number of received rows at which every symbol is covered
    systematic       systematic rows (a single term) among the received rows
    work             terms that all workers have evaluated by the end, including those of unfinished symbols
    additions        additions by the decoder, on the values of rows
    multiplications  multiplications by the decoder, on the values of rows
    solving          operations on coefficients before these
    unrecovered      trials that never recover the sum

    A trial that never recovers the sum (bcc: a part that no worker sampled; --silent) has infinite latency and
    makes the mean infinite (null in JSON). Then, and for a single trial, the standard error and deviation are not
    defined (-, null in JSON). The decoders coverage and hitting recover nothing and count no
    operations. With --master-time, a message counts as received when the master has processed it.

    With --store, finished trials are saved. The same command resumes after an interruption at any time, and a larger
    --trials adds to the saved trials.

    With --matrix and --certificate, srtheory check verifies the exact verdict of trial 0.
    """  # noqa: D301  (click's mark for lines to keep)
    result = _run(given)
    if given["as_json"]:
        print_json(result)
    else:
        print_text(_table(result))
    return 0


def _run(given: dict[str, Any]) -> dict[str, Any]:
    from srtheory.experiments.running import run_all

    scheme: NamedScheme = given["scheme"]
    options = {name: given[name] for name in FLAGS}
    own = scheme.read(given["texts"])
    scheduler = read_scheduler(given["engine"], given["scheduler"], given["processes"])
    trials = require_int("trials", given["trials"])
    delays = read_delays(given["tau"], given["startup"], **{name: given[name] for name in COSTS})
    its = {name: given[name] for name in ("symbols", "seed", "workers", "decoder")}
    asked = named_task(scheme, delays=delays, options=options, own=own, **its)
    task = asked.task
    if given["matrix"] or given["certificate"]:  # report an unwritable file before the work
        _prove(task, given["matrix"], given["certificate"])
    with trials_bar(trials, scheme.name, alike=True) as move:
        [records] = run_all(
            [(task, trials)],
            store=given["store"],
            processes=given["processes"],
            scheduler=scheduler,
            progress=move,
        )
    return summary(asked, records)


def _prove(task: Task, matrix: Path | None, certificate: Path | None) -> None:
    """Write the rows of trial 0, and the number of rows at which 1 is spanned, for every decoder."""
    from srtheory.experiments.exceptions import reception_of
    from srtheory.experiments.trial import run_trial
    from srtheory.schemes.base import UNLIMITED
    from srtheory.schemes.own import attribute_errors_to_user
    from srtheory.span.engine import stopping_time

    with attribute_errors_to_user(task.scheme):
        stop = run_trial(task, 0).stopping_time
        most = int(UNLIMITED) if stop is None else stop
        rows = reception_of(task, 0, most).rows
    rows = rows.prefix(min(most, len(rows)))
    if matrix is not None:
        write_text("matrix", matrix, json.dumps(rows.as_json()))
    if certificate is not None:
        certify(certificate, rows, stopping_time(**rows.arrays).stopping_time, "Q")


def _table(result: dict[str, Any]) -> str:
    from srtheory.experiments.summary import COSTS, MEASURES

    head = f"{'':16}{'unit':11}{'mean':>12}{'± s.e.':>10}{'sd':>12}{'5 %':>12}{'median':>12}{'95 %':>12}"
    names = [*takewhile(lambda name: name != "trials", result)]
    asked = [
        f"{name} {result[name][:12] if name == 'source' else result[name]}{unit_of(name)}"
        for name in names
        if name not in ("id", "scheme", "seed")
    ]
    lines = [f"{result['scheme']}, {result['trials']} trials, seed {result['seed']}", ", ".join(asked), head]
    for name in (name for name in MEASURES + COSTS if name in result):
        m = result[name]
        cells = [m["mean"], m["standard_error"], m["sd"], *(m["quantiles"][q] for q in ("0.05", "0.5", "0.95"))]
        none = ["inf", "-", "-", "inf", "inf", "inf"]  # neither one trial nor an infinite one has a deviation
        text = [none[i] if c is None else f"{c:.{2 if i == 1 else 6}g}" for i, c in enumerate(cells)]
        head = f"{name:16}{UNITS[name]:11}{text[0]:>12}{text[1]:>10}"
        lines.append(head + "".join(f"{t:>12}" for t in text[2:]))
    lines.append(
        f"unrecovered {result['unrecovered']} of {result['trials']} trials; stopped by a complete worker "
        f"{result['complete_worker']}, by all systematic symbols {result['all_systematic']}"
    )
    return "\n".join(lines)
