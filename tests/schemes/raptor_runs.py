"""Runs of Raptor codes behind docs/proofs/theory.md, 5.9, on record: ``python -m tests.record raptor`` makes it anew.

That takes some seconds; the tests make a ninth of the runs again, the first and the last among them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from paper_checks.parameters import EXPONENTIAL, SYMBOLS, TAU
from srtheory.decoders import span as span_decoder
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task, run_trial
from srtheory.schemes.fountain import Raptor
from srtheory.span.dense import PRIME
from srtheory.span.sparse import residues

RECORD = Path(__file__).parents[2] / "data" / "raptor" / "runs.csv"
HEAD = ("decoder", "spread", "trial", "latency", "rows")
SETTINGS = (("peeling", 3), ("peeling", 24), ("span", 3))
SEED, TRIALS = 2022, 1000
SAMPLE = range(0, TRIALS, 9)
"""Trials that are run again: 0, 9, ..., 999."""

_exact = span_decoder.least


def by_prime(rows: Any, triangle: Any, prime: int = PRIME) -> Any:
    """M' by one elimination modulo a prime: over Q most receptions of Raptor codes take several and a lifting.

    For ``srtheory.decoders.span.least``, with which ``span`` is on record.
    """
    return _exact(residues(rows, prime), prime, triangle)


def runs(decoder: str, spread: int, trials: Iterable[int]) -> list[tuple[float, int | None]]:
    """Latency and rows of some trials."""
    task = Task(Raptor(SYMBOLS, spread=spread), DelayModel(parse_law(EXPONENTIAL), TAU), SEED, decoder)
    records = (run_trial(task, trial) for trial in trials)
    return [(record.latency, record.stopping_time) for record in records]


def on_record(decoder: str, spread: int) -> list[tuple[float, int]]:
    """The same of all trials, as they have been written."""
    with RECORD.open(encoding="utf-8", newline="") as stream:
        lines = [line for line in csv.DictReader(stream) if (line["decoder"], line["spread"]) == (decoder, str(spread))]
    assert [int(line["trial"]) for line in lines] == list(range(TRIALS))
    return [(float(line["latency"]), int(line["rows"])) for line in lines]


def write() -> None:
    """Write the record."""
    with patch.object(span_decoder, "least", by_prime), RECORD.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(HEAD)
        for decoder, spread in SETTINGS:
            for trial, (latency, rows) in enumerate(runs(decoder, spread, range(TRIALS))):
                out.writerow((decoder, spread, trial, repr(float(latency)), rows))
