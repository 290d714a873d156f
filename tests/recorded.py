"""Trials behind tables of the pages and tests of laws, in data/pages: these follow from all, one in EACH is run again.

``python -m tests.record trials`` runs all of them and writes the files, in a minute.  A line is what one task's trials
0, 1, ... gave in one measure, floats to the last bit and nothing for a time that is never reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np

from paper_checks.parameters import DEGREE, EXPONENTIAL, PARETO, SYMBOLS, TAU
from srtheory.decoders import span as span_decoder
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.summary import Summary, summarise
from srtheory.experiments.trial import Task, run_trials
from srtheory.schemes import named
from srtheory.schemes.fountain import Raptor
from srtheory.schemes.sum_recovery import SizedSumRecovery, SumRecovery
from srtheory.span.dense import PRIME
from srtheory.span.sparse import residues
from tests.record import EACH, cells, keep

DEGREES = (1, 2, 3, 5, 7, DEGREE, 14)
SIZES = ("paper-exponential", "paper-pareto", "paper-exponential-few", "paper-pareto-few", "3")
LAWS = {"exponential": EXPONENTIAL, "Pareto": PARETO}

Values = tuple[float | None, ...]


def streams() -> dict[str, tuple[Task, int]]:
    """docs/proofs/theory.md: the code and parts in cyclic order, by degree."""
    delays = DelayModel(parse_law(EXPONENTIAL), TAU)
    return {
        f"{name} {degree}": (Task(named(name).build(SYMBOLS, {"degree": degree}), delays, 2022), 400)
        for degree, name in product(DEGREES, ("sr", "parts-cyclic"))
    }


def sizes() -> dict[str, tuple[Task, int]]:
    """docs/proofs/decoding.md: designed sizes of blocks."""
    return {
        f"{name} {law}": (Task(SizedSumRecovery(SYMBOLS, name), DelayModel(parse_law(startup), TAU), 2022), 1000)
        for name, (law, startup) in product(SIZES, LAWS.items())
        if name == "3" or law.lower() in name
    }


def peeling() -> dict[str, tuple[Task, int]]:
    """docs/proofs/decoding.md, 3.1: codes that are peeled."""
    return {
        f"{law} {d} {m}": (Task(SumRecovery(m, d), DelayModel(parse_law(startup), TAU), 3, "peeling"), runs)
        for (law, startup), d, (m, runs) in product(LAWS.items(), (2, 3, 4, 5), ((100, 400), (1000, 200), (10_000, 30)))
    }


def raptor() -> dict[str, tuple[Task, int]]:
    """docs/proofs/theory.md, 5.9: Raptor codes."""
    delays = DelayModel(parse_law(EXPONENTIAL), TAU)
    return {
        f"{decoder} {spread}": (Task(Raptor(SYMBOLS, spread=spread), delays, 2022, decoder), 1000)
        for decoder, spread in (("peeling", 3), ("peeling", 24), ("span", 3))
    }


def by_prime(rows: Any, triangle: Any) -> Any:
    """M' by one elimination modulo a prime: over Q most receptions of Raptor codes take several and a lifting."""
    return _exact(residues(rows, PRIME), PRIME, triangle)


_exact = span_decoder.least


def guarantees() -> dict[str, tuple[Task, int]]:
    """What is proved of a hundred symbols is compared with these."""
    return {
        startup: (Task(SumRecovery(100, DEGREE), DelayModel(parse_law(startup), TAU), 2022), 1000)
        for startup in (EXPONENTIAL, PARETO)
    }


RUNS = {  # m, d, tau, start-up -> as many trials as see what is to be seen
    (100, 8, 0.02, "exponential"): 3000,
    (100, 8, 0.02, "Pareto"): 1500,
    (1000, 10, 0.005, "exponential"): 750,
    (1000, 10, 0.005, "Pareto"): 250,
    (100, 5, 0.02, "exponential"): 1500,
}
SMALL = {(5, 2, 0.3, "exponential"): 2000, (5, 2, 0.3, "Pareto"): 5000}


def hitting(runs: dict[tuple[int, int, float, str], int]) -> dict[str, tuple[Task, int]]:
    """tests/experiments/test_simulated_laws.py: latencies whose law rests on the hitting-time law."""
    return {
        f"{law} {d} {m}": (Task(SumRecovery(m, d), DelayModel(parse_law(LAWS[law]), tau), 31), trials)
        for (m, d, tau, law), trials in runs.items()
    }


TABLES = {
    "streams": (streams, ("latency", "stopping_time")),
    "sizes": (sizes, ("latency", "stopping_time")),
    "peeling": (peeling, ("stopping_time", "coverage_time")),
    "raptor": (raptor, ("latency", "stopping_time")),
    "guarantees": (guarantees, ("stopping_time", "latency")),
    "hitting": (partial(hitting, RUNS), ("latency",)),
    "hitting-small": (partial(hitting, SMALL), ("latency",)),
}


def given(task: Task, trials: Iterable[range], measures: tuple[str, ...]) -> dict[str, Values]:
    """What the trials give in each measure."""
    way = by_prime if isinstance(task.scheme, Raptor) else _exact
    with patch.object(span_decoder, "least", way):
        records = [record for part in trials for record in run_trials(task, part)]
    return {measure: tuple(getattr(record, measure) for record in records) for measure in measures}


def text(value: float | None) -> str:
    return "" if value is None else repr(float(value)).removesuffix(".0")


@cache
def recorded(table: str) -> dict[str, dict[str, Values]]:
    """All that is on record of a table: task -> measure -> value of each trial."""
    found: dict[str, dict[str, Values]] = {}
    for name, measure, *values in cells(table):
        found.setdefault(name, {})[measure] = tuple(float(value) if value else None for value in values)
    return found


def sample(trials: int) -> tuple[range, range]:
    """One trial in EACH, and the last."""
    return range(0, trials - 1, EACH), range(trials - 1, trials)


@cache
def sampled(table: str, name: str) -> dict[str, Values]:
    """What the sample of a task's trials gives, whatever is on record."""
    tasks, measures = TABLES[table]
    task, trials = tasks()[name]
    return given(task, sample(trials), measures)


def comes_out_again(table: str, name: str, record: dict[str, Values]) -> bool:
    """Whether as many trials are on record as should be, and one in EACH gives what is there, to the last bit."""
    tasks, measures = TABLES[table]
    _, trials = tasks()[name]
    again = sampled(table, name)
    at = [i for part in sample(trials) for i in part]
    return list(record) == list(measures) and all(
        len(values) == trials and tuple(values[i] for i in at) == again[measure] for measure, values in record.items()
    )


def summary(values: Values) -> Summary:
    """Mean, deviation and quantiles of one measure that every trial reaches."""
    return summarise(np.array(values, dtype=np.float64))


def altered(record: dict[str, Values], measure: str, trial: int) -> dict[str, Values]:
    """The record with the last bit of one trial changed."""
    values = list(record[measure])
    values[trial] = float(np.nextafter(values[trial] or 0.0, np.inf))
    return record | {measure: tuple(values)}


def write() -> None:
    for table, (tasks, measures) in TABLES.items():
        runs = ((name, given(task, [range(trials)], measures)) for name, (task, trials) in tasks().items())
        keep(table, ([name, what, *map(text, values)] for name, of in runs for what, values in of.items()))
