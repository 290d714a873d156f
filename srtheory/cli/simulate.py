"""srtheory simulate: Monte Carlo of one scheme under the delay model (4)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from srtheory.cli.common import (
    PathType,
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
    write_text,
)
from srtheory.cli.number_types import WHOLE
from srtheory.cli.schemes import EPILOG, FLAGS, SCHEME, flags
from srtheory.cli.setting import named_task, read_delays, summary
from srtheory.cli.span import certify
from srtheory.decoders import DECODER_NAMES as DECODERS
from srtheory.delays import BEYOND_THE_PAPER
from srtheory.errors import require_int
from srtheory.own_code import prints_to_stderr
from srtheory.schemes import NamedScheme

if TYPE_CHECKING:
    from srtheory.experiments.trial import Task

FILE = PathType(dir_okay=False)


@click.command(epilog=EPILOG)
@click.argument("scheme", metavar="SCHEME", type=SCHEME)
@symbols_option
@flags("Degree d, of the schemes that have one.")
@delays_options
@trials_option("Fewer are a prefix of more.")
@seed_option("Trial i depends on the seed and i alone.")
@click.option("--workers", type=WHOLE, metavar="P", help="Fewer workers: each group of m/p terms is one function.")
@click.option("--decoder", type=click.Choice(DECODERS), help="Decoder, instead of the scheme's own.")
@click.option(
    "--matrix",
    type=FILE,
    metavar="OUT",
    help="Write the rows received in trial 0, in order of arrival, as JSON for srtheory span and check.",
)
@click.option(
    "--certificate",
    type=FILE,
    metavar="OUT",
    help="Write integers that prove the number of these rows that span 1 over Q, or that they do not.",
)
@store_option(once_out=True)
@engine_options
@json_option
def simulate(**given: Any) -> int:
    """Simulate SCHEME and summarise latency, rows, coverage, work and decoding.

    A run that never recovers the sum (bcc: a part that no worker sampled; --silent) has infinite latency; it is counted
    under "unrecovered", and makes a mean infinite (null in JSON).

    "additions" and "multiplications" are operations of the decoder on the values of rows, "solving" those on
    coefficients beforehand; the decoders coverage and hitting recover nothing, and count none.

    With --master-time, messages are those that the master has handled by the end of the run; "work" is the terms that
    all workers have evaluated by then, including unfinished symbols.

    With --store, finished trials are stored: the same command resumes after an interruption at any time, and further
    trials follow the stored ones.

    With --matrix and --certificate, srtheory check verifies the exact verdict of trial 0.
    """
    with prints_to_stderr():
        result = _run(given)
    if given["as_json"]:
        print_json(result)
    else:
        click.echo(_table(result))
    return 0


def _run(given: dict[str, Any]) -> dict[str, Any]:
    from srtheory.experiments.running import run_all

    scheme: NamedScheme = given["scheme"]
    options = {name: given[name] for name in FLAGS}
    own = scheme.read(given["texts"])
    scheduler = read_scheduler(given["engine"], given["scheduler"], given["processes"])
    trials = require_int("trials", given["trials"])
    delays = read_delays(given["tau"], given["startup"], **{name: given[name] for name in BEYOND_THE_PAPER})
    its = {name: given[name] for name in ("symbols", "seed", "workers", "decoder")}
    asked = named_task(scheme, delays=delays, options=options, own=own, **its)
    task = asked.task
    if given["matrix"] or given["certificate"]:  # report an unwritable file before the work
        _prove(task, given["matrix"], given["certificate"])
    with trials_bar(trials, scheme.name) as move:
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

    head = f"{'':15}{'mean':>12}{'± s.e.':>10}{'sd':>12}{'5 %':>12}{'median':>12}{'95 %':>12}"
    lines = [f"{result['scheme']}, {result['trials']} trials, seed {result['seed']}", head]
    for name in (name for name in MEASURES + COSTS if name in result):
        m = result[name]
        cells = [m["mean"], m["standard_error"], m["sd"], *(m["quantiles"][q] for q in ("0.05", "0.5", "0.95"))]
        text = ["inf" if c is None else f"{c:.{2 if i == 1 else 6}g}" for i, c in enumerate(cells)]
        lines.append(f"{name:15}{text[0]:>12}{text[1]:>10}" + "".join(f"{t:>12}" for t in text[2:]))
    lines.append(
        f"unrecovered {result['unrecovered']}, ended by a complete worker {result['complete_worker']}, "
        f"by all systematic symbols {result['all_systematic']}"
    )
    return "\n".join(lines)
