"""Functions of ``import srtheory``, each of which imports the package that does the work on first use.

Times are in the unit of the start-up delays.  Bad input raises :class:`srtheory.errors.ArgumentError`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError
from srtheory.experiments.compare import Point, explore
from srtheory.experiments.lab import Lab
from srtheory.experiments.records import Records
from srtheory.experiments.running import run
from srtheory.experiments.trial import Task
from srtheory.model import Model
from srtheory.rows import Rows
from srtheory.schemes import named
from srtheory.span import engine
from srtheory.span.certificates import Certificate, span_certificate, stopping_time_certificate, to_json
from srtheory.span.oracles import checker
from srtheory.theory.guarantee import guaranteed_rows, guaranteed_time
from srtheory.theory.laws.both_ends import cells_by_law
from srtheory.theory.laws.by_scheme import latency_law
from srtheory.theory.laws.collection import coverage_by_rows
from srtheory.theory.laws.coverage import coverage_by_time

Interval = tuple[float, float]


def spans(rows: Rows, *, field: str = "Q") -> bool:
    """Return whether rows span the all-ones vector over ``"Q"`` or ``"GF(q)"``, exactly.

    Complexity and method as of :func:`srtheory.span.engine.stopping_time`, which also returns rank and argument.

    >>> from srtheory import from_sets, spans
    >>> triangle = from_sets(3, [[0, 1], [1, 2], [0, 2]])
    >>> spans(triangle), spans(triangle, field="GF(2)")
    (True, False)
    """
    return engine.spans(**rows.arrays, field=field).spans


def stopping_time(rows: Rows, *, field: str = "Q") -> int | None:
    """Return the least k such that the first k rows span the all-ones vector, or None if no k does.

    >>> from srtheory import from_sets, stopping_time
    >>> stopping_time(from_sets(3, [[0, 1], [0], [2]])), stopping_time(from_sets(3, [[0, 1]]))
    (3, None)
    """
    return engine.stopping_time(**rows.arrays, field=field).stopping_time


def certify(rows: Rows) -> Certificate:
    """Return a certificate over Q for the stopping time of the rows, or that they do not span 1.

    It solves one linear system over Q by p-adic lifting. The format is that of docs/certificates.md.

    >>> from srtheory import certify, from_sets
    >>> certify(from_sets(3, [[0, 1], [2]]))["kind"]
    'stopping-time'
    """
    stop = stopping_time(rows)
    return span_certificate(rows) if stop is None else stopping_time_certificate(rows, stop)


def check(certificate: Certificate, rows: Rows) -> bool:
    """Return whether a certificate is valid for the rows, by plain integers and without the code that made it.

    >>> from srtheory import certify, check, from_sets
    >>> rows = from_sets(3, [[0, 1], [2]])
    >>> check(certify(rows), rows), check(certify(rows), from_sets(3, [[0], [2]]))
    (True, False)
    """
    return checker.fault(checker.read(to_json(certificate)), rows.columns, rows.mappings()) is None


def simulate(scheme: str, model: Model, trials: int = 100, *, seed: int = 2022, **options: Any) -> Records:
    """Return the records of simulated runs, a sequence of :class:`~srtheory.experiments.trial.Record`.

    ``options`` are those of the scheme. Its degree and access are the model's. Trial i depends only on the seed and on
    i.

    >>> from srtheory import Model, parse_law, simulate
    >>> runs = simulate("sr", Model(12, 3, 0.1, parse_law("expon(scale=1)")), 20, seed=1)
    >>> len(runs), runs[0].coverage_time <= runs[0].stopping_time
    (20, True)
    """
    chosen = named(scheme)
    its = {name: getattr(model, name) for name in ("degree", "access") if name in chosen.options}
    own = {name: value for name, value in its.items() if value is not None}
    return run(Task(chosen.build(model.symbols, own | options), model.delays, seed), trials)


def compare(model: Model, schemes: Sequence[str], trials: int = 100, *, seed: int = 2022) -> list[Point]:
    """Return the mean latency, messages and work of each scheme at each degree 1, 2, 5, 10, ..., on the same delays.

    >>> from srtheory import Model, compare, parse_law
    >>> points = compare(Model(10, None, 0.1, parse_law("expon(scale=1)")), ["sr", "uncoded"], 20)
    >>> [(point.scheme, point.degree) for point in points]
    [('sr', 1), ('sr', 2), ('sr', 5), ('uncoded', None)]
    """
    for name in ("access", "master_time", "silent"):
        if value := getattr(model, name):
            raise ArgumentError(name, value, "left out: what is compared is with full access and workers that respond")
    setting = (model.symbols, model.tau, model.startup_text, model.message_cost)
    return explore(Lab(seed=seed), *setting, schemes, trials, likely=cells_by_law(replace(model, degree=None)))


def latency(
    scheme: str, model: Model, t: float, *, stragglers: int | None = None, cells: int | None = None
) -> Interval:
    """Return bounds on P(T <= t) for a scheme with known distribution; ``sr`` rests on the hitting-time law.

    >>> from srtheory import PAPER, latency
    >>> low, high = latency("parts-cyclic", PAPER, 0.5)
    >>> 0.52 < low <= high < 0.53
    True
    """
    return latency_law(scheme, model, stragglers=stragglers, cells=cells).cdf(t)


def coverage(model: Model, *, time: float | None = None, rows: npt.ArrayLike | None = None) -> tuple[Any, Any]:
    """Return bounds on P(all symbols are covered) by a time, or by numbers of rows.

    >>> from srtheory import PAPER, coverage
    >>> low, high = coverage(PAPER, time=0.7046)
    >>> 0.87 < low <= high < 0.88
    True
    """
    if (time is None) == (rows is None):
        raise ArgumentError("time", time, "given, or rows in its place")
    return coverage_by_rows(model, np.asarray(rows)) if time is None else coverage_by_time(model, time)


def guarantee(model: Model, confidence: float) -> tuple[int | None, float]:
    """Return rows and a time that are proved to suffice with this confidence, by docs/spanning.md, section 1.

    The rows are None if the bound by rows needs another start-up distribution, or if messages cost or workers fail.

    >>> from srtheory import Model, guarantee, parse_law
    >>> rows, time = guarantee(Model(8, 2, 0.1, parse_law("expon(scale=1)")), 0.9)
    >>> rows >= 8, time > 0.1
    (True, True)
    """
    from srtheory.theory.named import named

    paper = not (model.message_cost or model.silent) and named(model.startup) is not None
    return (guaranteed_rows(model, confidence) if paper else None), guaranteed_time(model, confidence)


def floor(model: Model, *, time: float | None = None) -> float:
    """Return a proved lower bound on E[T] of every scheme whose plans do not depend on the delays, or on P(T > time).

    It is that of :func:`srtheory.theory.floor.floor`. The degree of the model plays no part.

    >>> from srtheory import Model, floor, latency, parse_law
    >>> model = Model(10, 1, 0.1, parse_law("expon(scale=1)"))
    >>> 0.64 < floor(model) < 0.65
    True
    >>> 0 < floor(model, time=0.4) <= 1 - latency("terms-cyclic", model, 0.4)[0]
    True
    """
    from srtheory.theory import floor as floors

    its = replace(model, degree=None)
    return floors.floor(its).mean if time is None else float(floors.late(its, time))
