"""The names of ``import srtheory``: all are there, imported when they are asked for, and their examples run."""

from __future__ import annotations

import doctest
import inspect
import linecache
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy import stats

import srtheory
import srtheory.conjectures.registry
import srtheory.schemes
from paper_checks import study
from srtheory import public
from srtheory.conjectures import case
from srtheory.decoders import ENTRIES, intervals, sums
from srtheory.delays import DelayModel
from srtheory.span import certificates, graph, obstruction, oracles
from srtheory.testing import each_claim
from srtheory.workers.fit import fit_model
from srtheory.workers.workloads import workload
from tests.decoders.receptions import reception_of


def test_names_are_there() -> None:
    assert all(getattr(srtheory, name) is not None and name in dir(srtheory) for name in srtheory.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = srtheory.nothing


FACE = ("certify", "check", "compare", "coverage", "floor", "guarantee", "latency", "simulate", "spans")


def test_examples_run_and_every_function_of_the_public_face_has_one() -> None:
    of = {name: getattr(srtheory, name) for name in srtheory.__all__} | {"srtheory": srtheory}
    found = {name: doctest.DocTestFinder(recurse=False).find(each, name) for name, each in of.items() if each.__doc__}
    for examples in found.values():
        assert [doctest.DocTestRunner(verbose=False).run(example).failed for example in examples] == [0] * len(examples)
    assert [name for name in (*FACE, "stopping_time", "srtheory") if not found[name][0].examples] == []


def test_the_page_by_task_has_an_example_of_every_name_and_all_run(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(srtheory.__path__[0]).parent / "docs" / "python.md").read_text(encoding="utf-8")
    page = ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", page)  # whose classes can be sent to other processes
    examples = doctest.DocTestParser().get_doctest(re.sub("^```.*", "", text, flags=re.MULTILINE), {}, "page", None, 0)
    examples.globs = vars(page)
    assert doctest.DocTestRunner(verbose=False).run(examples, clear_globs=False).failed == 0
    assert [name for name in srtheory.__all__ if not re.search(rf"\bsr\.{name}\b", text)] == []


ROWS, SETS = srtheory.from_sets(2, [[0], [1]]), [[0], [1]]
KINDS = {"Rows": ROWS, "Case": case.from_rows(ROWS), "Reception": reception_of(2, SETS)}
MODULES = [
    *(public, case, certificates, obstruction, graph, oracles, sums, intervals),
    *map(import_module, sorted({entry.module for entry in ENTRIES.values()})),
]
TAKE_MATRICES = {its.__name__ for its in (public, case, certificates, obstruction, graph, oracles)}
OTHERS = {"i": 0, "field": "GF(2)", "stopping_time": 0, "values": [1, 2]}
ASKED = {
    f"{function.__module__}.{function.__name__}": (function, first)
    for module in MODULES
    for function in vars(module).values()
    if inspect.isfunction(function) and function.__module__ == module.__name__ and function.__name__[0] != "_"
    for first in list(inspect.signature(function).parameters.values())[:1]
    if first.annotation in KINDS or (first.name, first.annotation) == ("rows", "Any")
}


@pytest.mark.parametrize("name", ASKED)
def test_an_object_of_another_kind_is_refused_and_what_is_valid_is_said(name: str) -> None:
    """Rows where a case or a reception is asked for, a case where rows are, and none of them."""
    function, first = ASKED[name]
    rest = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty and p.name != first.name]
    asked = first.annotation if first.annotation in KINDS else "Rows"
    takes = asked == "Rows" and function.__module__ in TAKE_MATRICES
    matrices = [] if takes else [SETS, np.eye(2, dtype=int)]
    for given in [*(of for kind, of in KINDS.items() if kind != asked), *matrices, None, "x"]:
        with pytest.raises(srtheory.ArgumentError) as refusal:
            function(given, **{p.name: OTHERS[p.name] for p in rest})
        assert refusal.value.name == first.name
        assert asked in refusal.value.expected


def test_questions_that_are_none_are_refused() -> None:
    silent = srtheory.Model(10, None, 0.1, srtheory.parse_law("expon(scale=1)"), silent=0.1)
    for name, ask in (
        *(
            ("time", lambda: srtheory.coverage(SMALL, time=1.0, rows=[1])),
            ("startup", lambda: srtheory.Model(6, tau=0.1)),
            ("symbols", lambda: srtheory.Model(startup="expon(scale=1)")),
            ("symbols", lambda: srtheory.simulate(srtheory.make("uncoded", 5), SMALL, 1)),
            ("silent", lambda: srtheory.compare(silent, ["sr"])),
            ("degree", lambda: srtheory.simulate("sr", SMALL, 1, degree=2)),
        ),
        ("measure", lambda: srtheory.Lab().sample("latencyy", "uncoded")),
        *(("access", lambda: srtheory.simulate("sr", SMALL, 1, access=4)),),
        *((None, lambda t=t: srtheory.latency("sr", SMALL, t)) for t in TIMES),
        *((None, lambda t=t: srtheory.coverage(SMALL, time=t)) for t in TIMES),
        *((None, lambda t=t: srtheory.floor(SMALL, time=t)) for t in TIMES),
    ):
        with pytest.raises(srtheory.ArgumentError, match=f"'{name}'" if name else "a single time"):
            ask()
    assert srtheory.latency("uncoded", SMALL, np.float64(1.0)) == srtheory.latency("uncoded", SMALL, 1.0)


SMALL = srtheory.Model(6, 2, 0.1, srtheory.parse_law("expon(scale=1)"))
TIMES: list[Any] = [[1.0, 2.0], np.array([0.5]), float("nan"), "soon"]


class Stranger:
    """An object, and a class, that no argument is."""

    def __repr__(self) -> str:
        return "<stranger>"


CASES = srtheory.conjectures.registry.load("hitting-time")
TWO = srtheory.from_sets(2, [[0], [1]])
CALLS: dict[str, dict[str, Any]] = {
    "Finding": {"verdict": srtheory.Verdict.PROVED, "finding": "So.", "evidence": {}, "trials": 1, "correction": ""},
    "Lab": {
        "effort": "quick", "seed": 0, "progress": print, "store": None, "processes": 1, "at": SMALL, "asked": 1,
        "scheduler": None, "begins": print, "folder": ".",
    },
    "Model": {
        "symbols": 4, "degree": 2, "tau": 0.1, "startup": "expon(scale=1)", "access": None, "message_cost": 0.0,
        "master_time": 0.0, "silent": 0.0,
    },
    "Number": {"value": 1, "low": 1, "high": 1, "how": "counted", "standard_error": None, "trials": None, "seed": 0},
    "Study": {
        "title": "Ours", "authors": (), "cite": "", "sections": (), "at": SMALL, "prefix": "", "modules": (),
        "figures": {}, "tables": {}, "places": {}, "statements": None, "reference": {}, "folder": ".",
    },
    "certify": {"rows": TWO},
    "check": {"certificate": srtheory.certify(TWO), "rows": TWO},
    "compare": {"model": srtheory.Model(2, None, 0.1, SMALL.startup), "schemes": ["uncoded"], "trials": 2, "seed": 0,
                "processes": 1, "progress": False},
    "compute_sum": {
        "function": max, "symbols": 2, "scheme": "sr", "workers": 2, "cluster": 1, "startup": None, "tau": 0.0,
        "seed": 0, "trial": 0, "decoder": None, "kill": 0, "timeout": 600.0, "progress": print, "own": None, "x": 0,
    },
    "conjecture": {
        "statement": "It holds.", "domain": CASES.domain, "name": None, "source": "", "known": "", "field": "Q",
        "explain": None,
    },
    "coverage": {"model": SMALL, "time": 1.0},
    "floor": {"model": SMALL, "time": 1.0, "law": False},
    "from_dense": {"matrix": [[1, 0]]},
    "from_sets": {"columns": 2, "sets": [[0]]},
    "guarantee": {"model": srtheory.Model(2, 1, 0.1, SMALL.startup), "confidence": 0.5},
    "hunt": {
        "conjecture": CASES, "max_symbols": 1, "degree": 1, "seed": 0, "budget": 5.0, "watch": lambda what, done: None,
        "store": None, "processes": 1, "progress": False,
    },
    "figure": {"study": study, "name": "bounds"},
    "table": {"study": study, "name": "guarantees"},
    "latency": {"scheme": "uncoded", "model": SMALL, "t": 1.0, "stragglers": None, "cells": None},
    "make": {"name": "sr", "symbols": 4, "workers": None, "degree": 2},
    "parse_law": {"text": "expon(scale=1)"},
    "rank": {"rows": TWO, "field": "Q"},
    "rows": {"matrix": [[0, 1]], "field": "Q", "columns": None},
    "simulate": {
        "scheme": "sr", "model": SMALL, "trials": 1, "seed": 0, "workers": None, "processes": 1, "store": None,
        "progress": False,
    },
    "spans": {"rows": TWO, "field": "Q"},
    "stopping_time": {"rows": TWO, "field": "Q"},
}  # fmt: skip
"""A call of each exported function or class that succeeds."""
ALSO = {
    ("make", "name"): "scheme", ("parse_law", "text"): "startup",
    ("figure", "name"): "figure", ("table", "name"): "table",
}  # fmt: skip
"""Parameters whose errors have the name that they have everywhere else."""
ANYTHING = {("compute_sum", "x")}
"""Parameters that may be any object, which is the function's to judge."""
NOT_ASKED = {"PAPER", "PAPER_PARETO", "ArgumentError", "ByWorker", "Verdict", "check_scheme", "check_study"}
STRANGE: list[Any] = [
    *([], {}, "nonsense", "", b"x", float("nan"), float("inf"), -1, 0, 1.5, True, None, 10**30, np.array([1, 2])),
    *([None], lambda *given: 1, int, 1j, "a\nb", (1,), {1: 2}, Stranger, [[1, 1]], np.eye(3, dtype=int)),
]  # fmt: skip


def test_every_exported_function_is_asked_about_its_arguments() -> None:
    assert {*CALLS, *NOT_ASKED} == {*srtheory.__all__}


@pytest.mark.parametrize(
    ("name", "parameter"), [(name, its) for name, call in CALLS.items() for its in call if (name, its) not in ANYTHING]
)
def test_an_argument_of_another_kind_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, parameter: str
) -> None:
    """The stranger always, and other odd values where they are not accepted."""
    monkeypatch.chdir(tmp_path)  # for texts that are names of folders
    function, also = getattr(srtheory, name), ALSO.get((name, parameter), parameter)
    if name != "compute_sum" and parameter == next(iter(CALLS[name])):
        function(**CALLS[name])
    for value in [Stranger(), *([] if name in ("compute_sum", "hunt") else STRANGE)]:  # either starts what takes time
        refusal = refused(function, CALLS[name] | {parameter: value})
        assert "\n" not in str(refusal)
        if isinstance(value, Stranger):
            assert refusal is not None
            assert refusal.name == also, refusal


def refused(function: Callable[..., object], given: dict[str, Any]) -> srtheory.ArgumentError | None:
    """Call the function; any other error is the test's."""
    try:
        function(**given)
    except srtheory.ArgumentError as refusal:
        return refusal
    return None


def test_a_startup_law_may_be_given_by_its_text() -> None:
    text = "expon(scale=1)"
    assert srtheory.Model(6, 2, 0.1, text) == SMALL
    assert DelayModel(text, 0.1) == SMALL.delays
    with pytest.raises(srtheory.ArgumentError, match="startup"):
        srtheory.Model(6, 2, 0.1, "__import__('os')")


@pytest.mark.parametrize("scheme", srtheory.schemes.SCHEME_NAMES)
def test_access_is_for_schemes_that_take_it(scheme: str) -> None:
    """As on the command line, and as of the laws."""
    its = srtheory.schemes.named(scheme)
    own = {"stragglers": 1} if "stragglers" in its.options else {}
    model = srtheory.Model(6, 2, 0.1, SMALL.startup, access=3)
    if "access" in its.options:
        assert len(srtheory.simulate(scheme, model, 1, **own)) == 1
    else:
        with pytest.raises(srtheory.ArgumentError, match=f"'access' must be left out: the scheme '{scheme}'"):
            srtheory.simulate(scheme, model, 1, **own)


def test_runs_are_read_by_number_slice_and_column() -> None:
    runs = srtheory.simulate("sr", SMALL, 3)
    for name in vars(runs[0]):
        assert [None if value == np.inf else value for value in runs[name].tolist()] == [
            vars(run)[name] for run in runs
        ]
    assert (runs[-1], runs[1:][0], runs[np.int64(2)]) == (runs[2], runs[1], runs[2])
    for wrong in ("speed", 0.5, None, ("latency",)):
        with pytest.raises(srtheory.ArgumentError, match="latency") as refusal:
            runs[wrong]
        assert refusal.value.value == wrong
    with pytest.raises(IndexError):
        runs[3]


@pytest.mark.parametrize(
    "function", [getattr(public, name) for name in ("compare", "coverage", "floor", "guarantee", "latency", "simulate")]
    + [srtheory.make, srtheory.parse_law]
)  # fmt: skip
def test_each_parameter_is_described(function: Callable[..., object]) -> None:
    said = inspect.getdoc(function) or ""
    for name in inspect.signature(function).parameters:
        assert re.search(rf"^(\w+, )*(\*\*)?{name}\b|``(\*\*)?{name}``", said, flags=re.MULTILINE), name
    assert "Raises" in said


@pytest.mark.parametrize(
    "function", [srtheory.hunt, srtheory.compute_sum, srtheory.simulate, srtheory.compare, fit_model, workload]
)
def test_the_default_seed_is_that_of_the_command_line(function: Callable[..., object]) -> None:
    assert inspect.signature(function).parameters["seed"].default == 2022


CELL = """
from dataclasses import dataclass
from srtheory.schemes.own import ByWorker

@dataclass(frozen=True)
class Mine(ByWorker):
    load: int = 2

    def sends(self, worker, key):
        return iter([[(worker + j) % self.symbols] for j in range(self.load)])
"""


def defined(name: str, source: str = CELL) -> Any:
    """A class as a cell of a notebook defines it, whose lines Python knows."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), cell := {"__name__": __name__})
    return cell["Mine"]


def test_a_scheme_is_a_name_a_class_or_an_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also of a cell; the digest of its source is in the id, and without a source nothing is stored."""
    mine = defined("<cell 1>")
    found = [srtheory.simulate(given, SMALL, 3, store=tmp_path) for given in (mine(load=3), mine(6, load=3))]
    assert found[0] == found[1] == srtheory.simulate(mine, SMALL, 3, load=3)
    assert len([*tmp_path.iterdir()]) == 1
    srtheory.simulate(defined("<cell 2>", CELL + "\n# changed"), SMALL, 3, store=tmp_path, load=3)
    assert len([*tmp_path.iterdir()]) == 2
    exec(CELL, hidden := {"__name__": __name__})
    srtheory.simulate(hidden["Mine"], SMALL, 3, store=tmp_path, load=3)
    assert len([*tmp_path.iterdir()]) == 2
    assert capsys.readouterr().err == "srtheory: records of Mine are not stored, since its source is not at hand\n"
    assert [point.scheme for point in srtheory.compare(SMALL, [mine(load=3), "uncoded"], 2)] == [
        "Mine(load=3)",
        "uncoded",
    ]
    assert len(srtheory.simulate("sr", SMALL, 3, workers=3)) == 3
    for name, options in {"uncoded": {}, "sr": {"degree": 3}, "terms-cyclic": {}}.items():
        object_, model = srtheory.make(name, 6, **options), replace(SMALL, degree=options.get("degree", 1))
        assert srtheory.latency(object_, SMALL, 1.0) == srtheory.latency(name, model, 1.0)


def test_what_is_shown_says_the_same_as_text_as_html_and_as_latex(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    law, runs = srtheory.latency("terms-cyclic", SMALL), srtheory.simulate("terms-cyclic", SMALL, 50, progress=True)
    assert "\r" not in capsys.readouterr().err  # which is no terminal
    assert stats.kstest(runs["latency"], law.cdf).pvalue > 1e-6
    points = srtheory.compare(SMALL, ["sr", "uncoded"], 5)
    assert [axes.get_lines() != [] for axes in (law.plot(), runs.plot(law=law), points.plot())] == [True] * 3
    plt.close("all")
    study = srtheory.Study("A paper", at=SMALL)

    @study.claim("one", "I", "It is $1$.", planted={"what": 2})
    def one(lab: srtheory.Lab, what: int = 1) -> srtheory.Finding:
        return srtheory.Finding(srtheory.Verdict.VERIFIED if what == 1 else srtheory.Verdict.REFUTED, "It is <1>.")

    ledger = study.verify()
    hunted = srtheory.hunt(CASES)
    for shown, words in [
        (srtheory.rows([[1, 2]]), "do not span 1"),
        (SMALL, "symbols"),
        (law, "median"),
        (runs, "50 trials"),
        (hunted, "counterexample"),
        (srtheory.Number.exact(3, "counted"), "counted"),
        (study.claims["one"], "one"),
        (one(study.lab()), "verified"),
        (ledger[0], "It is"),
    ]:
        for text in (str(shown), shown._repr_html_(), shown._repr_latex_()):
            assert words in text
    for several in (points, ledger):
        name = several[0].scheme if several is points else several[0].id
        assert all(name in text for text in (str(several), several._repr_html_(), several._repr_latex_()))
    assert "<1>" not in ledger._repr_html_()
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=lambda given: given))
    assert runs.to_frame().keys() == vars(runs[0]).keys()
    assert [of["latency"] for of in points.to_frame()] == [point.latency.mean for point in points]
    assert [of["verdict"] for of in ledger.to_frame()] == [entry.verdict for entry in ledger]
    monkeypatch.setitem(sys.modules, "pandas", None)
    for framed in (runs, points, ledger):
        with pytest.raises(srtheory.ArgumentError, match="pandas is installed"):
            framed.to_frame()
    with pytest.raises(srtheory.ArgumentError, match="'law' must be a law"):
        runs.plot(law=3)
    assert each_claim(study).args == ("claim", ["one"])


def test_samples_are_kept_by_seed_arguments_and_source(tmp_path: Path) -> None:
    asked: list[int] = []

    def draw(seed: int, n: int) -> list[float]:
        asked.append(n)
        return [seed + 0.5] * n

    for lab in (srtheory.Lab(seed=1, store=tmp_path), srtheory.Lab(seed=1, store=tmp_path), srtheory.Lab(seed=2)):
        assert lab.cached(draw)(3).tolist() == lab.cached(draw)(3).tolist() == [lab.seed + 0.5] * 3
    assert srtheory.Lab(seed=1, store=tmp_path).cached(lambda seed, n: [0.0] * n)(3).tolist() == [0.0] * 3
    assert srtheory.Lab(seed=1, store=tmp_path).cached(draw)(n=4).tolist() == [1.5] * 4
    assert asked == [3, 3, 4]
