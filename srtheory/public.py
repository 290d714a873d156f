"""Functions of ``import srtheory``, each of which imports the package that does the work on first use.

Times are in the unit of the start-up delays.  Bad input raises :class:`srtheory.errors.ArgumentError`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from inspect import signature
from textwrap import indent
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from srtheory.decoders.targets import SUM, terms_needed
from srtheory.errors import ArgumentError, require_int, require_kind, require_path
from srtheory.experiments.compare import Points, explore, refined
from srtheory.experiments.lab import Lab
from srtheory.experiments.running import run
from srtheory.experiments.store import Records
from srtheory.experiments.trial import Task
from srtheory.matrix import Rows, as_rows
from srtheory.model import Model, require_time
from srtheory.own_code import origin
from srtheory.progress import shown_if
from srtheory.questions import question
from srtheory.questions.base import help_of
from srtheory.questions.words import OF_MODEL, fields_of
from srtheory.schemes import ENTRIES, SCHEME_NAMES, named
from srtheory.schemes.own import is_own
from srtheory.span import checker, engine
from srtheory.span.certificates import Certificate, span_certificate, stopping_time_certificate, to_json
from srtheory.span.field import field_of
from srtheory.study.study import Study
from srtheory.theory.both_ends import cells_by_law
from srtheory.theory.by_scheme import latency_law, options_of
from srtheory.theory.coverage import coverage_by_rows, coverage_by_time
from srtheory.theory.spanning import guaranteed_rows, guaranteed_time
from srtheory.theory.targets import late_by, target_floor

if TYPE_CHECKING:
    from srtheory.render.style import Drawing
    from srtheory.render.table import Table

Interval = tuple[float, float]
F = TypeVar("F", bound=Callable[..., Any])

_LIMITS = {"low": "at least", "above": "above", "high": "at most"}
_RAISES = """

Raises
------
ArgumentError
    For a value outside its range, and for one on which the answer does not depend.
"""


def _asks(verb: str, **says: str) -> Callable[[F], F]:
    """Put parameters and errors in place of ``{parameters}``, in the words of a question; ``says`` has what is none."""
    its = {each.name: each for each in fields_of(question(verb))}
    says = {"model": f"The setting: {', '.join(name for name in OF_MODEL if name in its)}.", **says}

    def document(function: F) -> F:
        lines = ["Parameters", "----------"]
        for name, its_own in signature(function).parameters.items():
            kind = its_own.annotation.replace(" | None", "") + ", optional" * (its_own.default is None)
            head = f"**{name}" if its_own.kind is its_own.VAR_KEYWORD else f"{name} : {kind}"
            limits = {} if name in says else {each: getattr(its[name].word, each) for each in ("low", "above", "high")}
            head += "".join(f", {_LIMITS[each]} {limit:g}" for each, limit in limits.items() if limit is not None)
            lines += [head, indent(says.get(name) or help_of(its[name]), "    ")]
        sections = indent("\n".join(lines) + _RAISES, "    ").strip()
        function.__doc__ = (function.__doc__ or "").replace("{parameters}", sections)
        return function

    return document


def _require_model(model: object) -> Model:
    return require_kind("model", model, Model, "a Model, such as Model(12, 3, 0.1, 'expon(scale=1)')")


def rows(matrix: Any, *, field: Any = None, columns: int | None = None) -> Rows:
    """Return the rows of a matrix as people have it, for :func:`spans` and the others, which take the same.

    ``matrix``: Nested lists or arrays of integers or fractions (of which a row becomes a multiple of whole numbers),
    SymPy and galois matrices, SciPy's sparse ones, lists of sets of columns, NetworkX graphs with ``bipartite`` 0 of
    the rows.  ``field``: Field of its entries: ``"Q"``, ``"GF(4)"``, 4, or ``galois.GF(4)``; default: that of a galois
    array, otherwise Q.  ``columns``: Their number, for lists of sets.

    >>> from srtheory import rows
    >>> triangle = rows([{0, 1}, {1, 2}, {0, 2}])
    >>> triangle.rank(), triangle.spans(), triangle.stopping_time(), rows(triangle, field=2).spans()
    (3, True, 3, False)
    """
    found = as_rows(matrix, None if columns is None else require_int("columns", columns, 0), "matrix")
    if columns is not None and columns != found.columns:
        raise ArgumentError("columns", columns, f"{found.columns}, of which the matrix has as many, or left out")
    over = str(field_of(found.elements, field))
    return replace(found, elements=None if over == "Q" else over)


def rank(rows: Any, *, field: Any = None) -> int:
    """Return the rank of rows over ``"Q"`` or ``"GF(q)"``, exactly.  Rows and field as for :func:`rows`.

    >>> from srtheory import rank
    >>> rank([[1, 1], [1, -1]]), rank([[1, 1], [1, -1]], field=2)
    (2, 1)
    """
    over = field_of((rows := as_rows(rows)).elements, field)
    return engine.rank(**rows.arrays, field=over)


def spans(rows: Any, *, field: Any = None) -> bool:
    """Return whether rows span the all-ones vector over ``"Q"`` or ``"GF(q)"``, exactly.

    Rows and field as for :func:`rows`.  Over GF(p) weights are reduced modulo p. Over GF(p^k) with k > 1 they are its
    elements, 0 to p^k - 1 as galois numbers them.
    Complexity and method as of :func:`srtheory.span.engine.stopping_time`, which also returns rank and argument.

    >>> from srtheory import from_sets, spans
    >>> triangle = from_sets(3, [[0, 1], [1, 2], [0, 2]])
    >>> spans(triangle), spans(triangle, field="GF(2)")
    (True, False)
    """
    over = field_of((rows := as_rows(rows)).elements, field)
    return engine.spans(**rows.arrays, field=over).spans


def stopping_time(rows: Any, *, field: Any = None) -> int | None:
    """Return the least k such that the first k rows span the all-ones vector, or None if no k does. Field as above.

    >>> from srtheory import from_sets, stopping_time
    >>> stopping_time(from_sets(3, [[0, 1], [0], [2]])), stopping_time(from_sets(3, [[0, 1]]))
    (3, None)
    """
    over = field_of((rows := as_rows(rows)).elements, field)
    return engine.stopping_time(**rows.arrays, field=over).stopping_time


def certify(rows: Any, *, field: Any = None) -> Certificate:
    """Return a certificate for the stopping time of the rows, or that they do not span 1. Field as for :func:`spans`.

    Over Q it solves one linear system by p-adic lifting. The format is that of docs/certificates.md.

    >>> from srtheory import certify, from_sets
    >>> certify(from_sets(3, [[0, 1], [2]]))["kind"]
    'stopping-time'
    """
    stop = stopping_time(rows, field=field)
    if stop is None:
        return span_certificate(rows, field=field)
    return stopping_time_certificate(rows, stop, field=field)


def check(certificate: Certificate, rows: Any) -> bool:
    """Return whether a certificate is valid for the rows, by plain integers and without the code that made it.

    Rows that were made of a galois array are refused if the certificate is over another field.

    >>> from srtheory import certify, check, from_sets
    >>> rows = from_sets(3, [[0, 1], [2]])
    >>> check(certify(rows), rows), check(certify(rows), from_sets(3, [[0], [2]]))
    (True, False)
    """
    elements = (rows := as_rows(rows)).elements
    try:
        read = checker.read(to_json(certificate))
    except (TypeError, ValueError) as error:
        raise ArgumentError("certificate", certificate, f"a certificate, made by certify(rows) ({error})") from None
    field_of(elements, read.field)
    return checker.fault(read, rows.columns, rows.mappings()) is None


@_asks(
    "simulate",
    scheme="A name as for :func:`make`, a class, or a scheme, such as ``Mine(load=5)``, in a cell of a notebook, too.",
    store="Folder in which records are kept, and found again.",
    processes="Processes on this machine.",
    progress="Whether a bar shows the trials, as tqdm.auto does.",
    model="The setting.  Degree and access are those of a scheme that has them, whose defaults None leaves.",
    options="Other options of the scheme, such as ``stragglers`` or ``cells``.",
)
def simulate(
    scheme: Any,
    model: Model,
    trials: int = 100,
    *,
    seed: int = 2022,
    workers: int | None = None,
    link: str = "worker",
    phases: str | None = None,
    shock: Any = None,
    target: str = "sum",
    processes: int = 1,
    store: Any = None,
    progress: bool = False,
    **options: Any,
) -> Records:
    """Return the records of simulated runs, a sequence of :class:`~srtheory.experiments.trial.Record`.

    {parameters}

    Returns
    -------
    Records
        One :class:`~srtheory.experiments.trial.Record` per trial.  Latencies are in the unit of ``tau``, inf in a run
        that never recovers the sum; ``stopping_time`` and ``coverage_time`` are numbers of rows.

    Notes
    -----
    Up to some 0.1 s a trial at m = 1000.  ``srtheory simulate`` can also store records and use several processes.

    >>> from srtheory import Model, parse_law, simulate
    >>> runs = simulate("sr", Model(12, 3, 0.1, parse_law("expon(scale=1)")), 20, seed=1)
    >>> len(runs), runs[0].coverage_time <= runs[0].stopping_time
    (20, True)
    """
    _require_model(model)
    for name in ("degree", "access"):
        if name in options:
            raise ArgumentError(name, options[name], f"left out: it is the model's, {getattr(model, name)}, here")
    chosen = named(scheme)
    its = {"access": model.access} | ({"degree": model.degree} if "degree" in chosen.options else {})
    own = {name: value for name, value in its.items() if value is not None and name not in chosen.fixed}
    built = chosen.build(model.symbols, own | options, workers)
    if not isinstance(scheme, str) and getattr(scheme, "symbols", model.symbols) != model.symbols:
        raise ArgumentError("symbols", scheme.symbols, f"{model.symbols}, as of the model, in the scheme")
    if store is not None and is_own(built) and origin(chosen.kind) is None:
        sys.stderr.write(f"srtheory: records of {chosen.name} are not stored, since its source is not at hand\n")
        store = None
    place = None if store is None else require_path("store", store)
    total = trials if isinstance(trials, int) else None
    with shown_if(progress, alike=True, total=total, desc=chosen.name, unit=" trials") as bar:
        return run(
            Task(built, replace(model.delays, link=link, phases=phases, shock=shock), seed, target=target),
            trials,
            store=place,
            processes=processes,
            progress=lambda n, _: bar.update(n),
        )


@_asks(
    "compare",
    model="The setting: symbols, tau, startup, message_cost.  Its degree plays no part, and all else is the default.",
    schemes="Names as for :func:`make`, or classes.",
    processes="Processes on this machine.",
    progress="Whether a bar shows the trials, as tqdm.auto does.",
)
def compare(
    model: Model,
    schemes: Sequence[Any],
    trials: int = 100,
    *,
    seed: int = 2022,
    processes: int = 1,
    progress: bool = False,
) -> Points:
    """Return the mean latency, messages and work of each scheme at degrees 1, 2, 5, 10, ..., on the same delays.

    {parameters}

    Returns
    -------
    list of Point
        They show themselves as a table, and have ``to_frame()`` and ``plot()``.
        One for each scheme and degree (and number of cells): mean latency in the unit of ``tau``, messages and term
        evaluations by number, each with standard error and quantiles.  The degree is None for a scheme without.
        ``frontier`` marks those that no other beats, beyond what the trials can tell apart
        (:func:`srtheory.experiments.compare.frontier`).

    Notes
    -----
    Trials go where they decide (:func:`srtheory.experiments.compare.refined`): degrees about the best are tried too,
    and no point has more than ``trials``.  It takes a second for three schemes at m = 100 and 100 trials.

    >>> from srtheory import Model, compare, parse_law
    >>> points = compare(Model(10, None, 0.1, parse_law("expon(scale=1)")), ["sr", "uncoded"], 20)
    >>> [(point.scheme, point.degree) for point in points]
    [('sr', 1), ('sr', 2), ('sr', 5), ('uncoded', None)]
    """
    _require_model(model)
    if isinstance(schemes, str) or not isinstance(schemes, Iterable):
        raise ArgumentError("schemes", schemes, "a sequence of names of schemes, such as ['sr', 'uncoded']")
    for name in ("access", "master_time", "silent"):
        if value := getattr(model, name):
            raise ArgumentError(name, value, "left out: what is compared is with full access and workers that respond")
    model.require_numbers(*model.drawn, why="what is compared is without random times, which simulate has")
    setting = (model.symbols, model.tau, model.startup_text, model.message_cost)
    with shown_if(progress, desc="compare", unit=" trials") as bar:
        lab = Lab(seed=seed, processes=processes, progress=lambda _, n: bar.update(n))
        likely = cells_by_law(replace(model, degree=None))
        return explore(lab, *setting, schemes, require_int("trials", trials), likely=likely, search=refined)


@_asks(
    "latency",
    scheme="A name as for :func:`make`, a class, or a scheme.",
    t="A single time, in the unit of ``tau``; inf gives P(T < inf).  None: the law is returned.",
    cells="Number of cells (both ends).",
)
def latency(
    scheme: Any,
    model: Model,
    t: float | None = None,
    *,
    stragglers: int | None = None,
    cells: int | None = None,
    target: str = "sum",
) -> Any:
    """Return the law of the latency T of a scheme, as scipy.stats has frozen laws, or with ``t`` its bounds there.

    A law has ``cdf``, ``sf``, ``ppf``, ``mean``, ``std``, ``median``, ``interval``, ``support`` and ``plot``, of
    numbers and arrays.  Each value is an enclosure, ``low, high = law.cdf(1.0)``, and its midpoint where NumPy, SciPy
    or Matplotlib take a number.  The law of ``sr`` is that of max(m, CC) instead.

    {parameters}

    Returns
    -------
    Latency, or low, high : float
        0 <= low <= P(T <= t) <= high <= 1, given that the values of F are accurate to within 2^-50.  For ``sr`` they
        enclose the probability that m rows and coverage, or all m terms of one worker, have arrived by t.  It differs
        from P(T <= t) by at most the probability that the hitting-time law M' = max(m, CC) fails at this m, which is
        not bounded here.  For ``gradient-cyclic`` they enclose the probability that m - s symbols have arrived; fewer
        suffice only by chance.

    Notes
    -----
    The schemes are those of :data:`srtheory.theory.by_scheme.SCHEMES_WITH_LAW`, for other targets than the sum those of
    :data:`srtheory.theory.targets.TARGETED`.  A second or less at m = 1000 and the paper's parameters.  Proved bounds
    on P(T <= t) of ``sr`` itself are those of :func:`srtheory.theory.spanning.latency_bounds`, which
    ``srtheory guarantee --by-time`` prints.

    >>> from srtheory import PAPER, latency
    >>> low, high = latency("parts-cyclic", PAPER, 0.5)
    >>> 0.52 < low <= high < 0.53
    True
    >>> law = latency("parts-cyclic", PAPER)
    >>> law.cdf([0.4, 0.5]).high.round(2).tolist(), law.ppf(0.9)
    ([0.04, 0.52], [0.5915458773, 0.5915462911])
    """
    _require_model(model)
    if t is None or not isinstance(scheme, str) or scheme not in SCHEME_NAMES:
        chosen = named(scheme)
        if not chosen.custom and not isinstance(scheme, str | type):
            usual = {its.name: its.default for its in fields(chosen.kind)}
            own = {name: x for name, x in chosen.fixed.items() if name not in ENTRIES[chosen.name].fixed}
            its = {name: own.pop(name, getattr(model, name)) for name in ("degree", "access")}
            stragglers, cells = own.pop("stragglers", stragglers), own.pop("cells", cells)
            for name, value in own.items():
                if value != usual[name]:
                    raise ArgumentError(name, value, f"{usual[name]}, of which the distribution is known")
            chosen, model = named(chosen.name), replace(model, **its)
        texts = () if cells is None else (f"cells={cells}",)
        more = {"stragglers": stragglers, "target": target, "texts": texts}
        law: Any = question("latency").of(model, scheme=chosen, **more)
        return law if t is None else tuple(law.cdf_at(require_time(t)))
    terms = None
    if target != SUM:
        alone = "degree" not in options_of(scheme) or model.degree == 1
        terms = terms_needed(target, model.symbols, alone=alone)
    return latency_law(scheme, model, stragglers=stragglers, cells=cells, terms=terms).cdf(t)


@_asks(
    "coverage",
    time="A single time, in the unit of ``tau``; this or ``rows``.",
    rows="Total number of rows received, or an array of such numbers, each answered by itself; no counts by worker.",
)
def coverage(model: Model, *, time: float | None = None, rows: npt.ArrayLike | None = None) -> Any:
    """Return bounds on P(all symbols are covered) by a time, or once the first k rows have arrived.

    With neither: the law of the time of coverage, as of :func:`latency`.

    {parameters}

    Returns
    -------
    low, high : float, or float64 arrays of the shape of ``rows``
        0 <= low <= P <= high <= 1.  By time it is rigorous if the values of F are accurate to within 2^-50.  By rows it
        is proved for exponential, Pareto and uniform start-up; for others with a density the quadrature error is
        estimated.

    Notes
    -----
    A tenth of a second by time, and about a second for a few hundred consecutive k by rows, at m = 1000.

    >>> from srtheory import PAPER, coverage
    >>> low, high = coverage(PAPER, time=0.7046)
    >>> 0.87 < low <= high < 0.88
    True
    """
    if time is not None and rows is not None:
        raise ArgumentError("time", time, "given, or rows in its place")
    _require_model(model)
    if time is None and rows is None:
        return question("coverage").of(model, by_time=0.0)
    if time is None:
        return coverage_by_rows(model, np.asarray(rows))
    return coverage_by_time(model, require_time(time, "time"))


@_asks("guarantee")
def guarantee(model: Model, confidence: float | None = None) -> Any:
    """Return rows and a time that are proved to suffice with this confidence, by docs/proofs/spanning.md, section 1.

    Without a confidence: the law of the latency between proved bounds, as of :func:`latency`.

    {parameters}

    Returns
    -------
    rows : int or None
        The least k with a proved lower bound of at least ``confidence`` on P(M' <= k).  None if there is no proof by
        rows: F is not exponential, Pareto or uniform, messages cost or workers may be silent.
    time : float
        A time with such a bound on P(T <= t), in the unit of ``tau``, the least to a relative 0.001; inf if no finite
        time has one.

    Notes
    -----
    Fewer rows and less time may suffice.  About fifteen seconds at m = 1000.

    >>> from srtheory import Model, guarantee, parse_law
    >>> rows, time = guarantee(Model(8, 2, 0.1, parse_law("expon(scale=1)")), 0.9)
    >>> rows >= 8, time > 0.1
    (True, True)
    """
    from srtheory.theory.startup import named

    _require_model(model)
    if confidence is None:
        return question("guarantee").of(model, by_time=0.0)
    paper = not (model.message_cost or model.silent) and named(model.startup) is not None
    return (guaranteed_rows(model, confidence) if paper else None), guaranteed_time(model, confidence)


@_asks(
    "floor",
    time="A single time, in the unit of ``tau``.  None: bound E[T].",
    law="Whether to return the law of a latency below which none is, as of :func:`latency`.",
)
def floor(model: Model, *, time: float | None = None, target: str = "sum", law: bool = False) -> Any:
    """Return a proved lower bound on E[T] of every scheme whose plans do not depend on the delays, or on P(T > time).

    {parameters}

    Returns
    -------
    float
        A lower bound on E[T], in the unit of ``tau``, inf if all workers may fail; with ``time`` one on P(T > time).

    Notes
    -----
    Two or three seconds at m = 1000 and the paper's parameters, some 0.1 s with ``time``
    (:func:`srtheory.theory.floor.floor`).  Of other random times than the start-up delay, and of fewer terms, seconds
    at m = 100 (:func:`srtheory.theory.targets.target_floor`).

    >>> from srtheory import Model, floor, latency, parse_law
    >>> model = Model(10, 1, 0.1, parse_law("expon(scale=1)"))
    >>> 0.64 < floor(model) < 0.65
    True
    >>> 0 < floor(model, time=0.4) <= 1 - latency("terms-cyclic", model, 0.4)[0]
    True
    """
    from srtheory.theory import floor as floors

    its = replace(_require_model(model), degree=None)
    if require_kind("law", law, bool, "True or False"):
        return question("floor").of(its, target=target)
    terms = terms_needed(target, its.symbols)
    if its.drawn or terms < its.symbols:
        when = None if time is None else require_time(time, "time")
        return target_floor(its, terms).mean if when is None else late_by(its, when, terms).value
    return floors.floor(its).mean if time is None else float(floors.late(its, require_time(time, "time")))


def figure(study: Study, name: str, **given: Any) -> Drawing:
    """Return a figure of a study, which shows itself.

    ``given``: ``symbols``, ``degree``, ``tau``, ``startup``, ``trials`` and ``schemes``, where the figure has them
    (:func:`srtheory.study.making.drawing`).

    >>> from paper_checks import study
    >>> from srtheory import figure
    >>> figure(study, "bounds").header[0]
    'load'
    """
    from srtheory.study.making import drawing

    require_kind("figure", name, str, "the name of a figure")
    return drawing(require_kind("study", study, Study, "a Study"), name, study.lab(), **given)


def table(study: Study, name: str, **given: Any) -> Table:
    """Return a table of a study, or ``"claims"`` or ``"errata"``, which every study has, as :func:`figure`.

    >>> from paper_checks import study
    >>> from srtheory import table
    >>> table(study, "guarantees").columns[0].name
    'startup'
    """
    from srtheory.study import making

    require_kind("table", name, str, "the name of a table")
    return making.table(require_kind("study", study, Study, "a Study"), name, study.lab(), **given)
