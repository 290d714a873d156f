"""The names of ``import srtheory``: all are there, imported when they are asked for, and their examples run."""

from __future__ import annotations

import doctest
import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest

import srtheory
from srtheory import public
from srtheory.conjectures import case, evidence
from srtheory.decoders import ENTRIES, cycles, intervals, sums
from srtheory.rows import from_mappings
from srtheory.span import certificates, graph, obstruction
from srtheory.span.oracles import finite, rational
from tests.decoders.receptions import reception_of


@pytest.mark.parametrize("name", srtheory.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(srtheory, name) is not None
    assert name in dir(srtheory)


def test_there_are_no_other_names() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = srtheory.nothing


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    command = "import sys, srtheory; print(*sorted(m for m in sys.modules if m.split('.')[0] in ('srtheory', 'numpy')))"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["srtheory", "srtheory.version"]


@pytest.mark.parametrize("name", [name for name in srtheory.__all__ if getattr(srtheory, name).__doc__])
def test_examples_run(name: str) -> None:
    for example in doctest.DocTestFinder(recurse=False).find(getattr(srtheory, name), name):
        assert doctest.DocTestRunner(verbose=False).run(example).failed == 0


def test_every_function_of_the_public_face_has_an_example() -> None:
    for name in (
        "certify",
        "check",
        "compare",
        "coverage",
        "floor",
        "guarantee",
        "latency",
        "simulate",
        "spans",
        "stopping_time",
    ):
        assert ">>> " in (getattr(public, name).__doc__ or "")
    [example] = doctest.DocTestFinder(recurse=False).find(srtheory, "srtheory")
    assert example.examples
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0


@pytest.mark.quality
def test_a_certificate_of_other_rows_is_not_valid() -> None:
    rows = srtheory.from_sets(3, [[0, 1], [1, 2], [0, 2]])
    assert srtheory.check(srtheory.certify(rows), rows)
    assert not srtheory.check(srtheory.certify(rows), srtheory.from_sets(3, [[0, 1], [1, 2], [0]]))


ROWS, SETS = srtheory.from_sets(2, [[0], [1]]), [[0], [1]]
KINDS = {"Rows": ROWS, "Case": case.from_rows(ROWS), "Reception": reception_of(2, SETS)}
MODULES = [
    *(public, case, evidence, certificates, obstruction, graph, finite, rational, sums, intervals, cycles),
    *{import_module(entry.module) for entry in ENTRIES.values()},
]
OTHERS = {"i": 0, "field": "GF(2)", "stopping_time": 0, "values": [1, 2]}
ASKED = {
    f"{function.__module__}.{function.__name__}": (function, first)
    for module in MODULES
    for function in vars(module).values()
    if inspect.isfunction(function) and function.__module__ == module.__name__ and function.__name__[0] != "_"
    for first in list(inspect.signature(function).parameters.values())[:1]
    if first.annotation in KINDS
}


@pytest.mark.parametrize("name", ASKED)
def test_an_object_of_another_kind_is_refused_and_what_is_valid_is_said(name: str) -> None:
    """Rows where a case or a reception is asked for, a case where rows are, and none of them."""
    function, first = ASKED[name]
    rest = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty and p.name != first.name]
    for given in [
        *(of for kind, of in KINDS.items() if kind != first.annotation),
        SETS,
        np.eye(2, dtype=int),
        None,
        "x",
    ]:
        with pytest.raises(srtheory.ArgumentError) as refusal:
            function(given, **{p.name: OTHERS[p.name] for p in rest})
        assert refusal.value.name == first.name
        assert first.annotation in refusal.value.expected


@pytest.mark.parametrize("given", [{}, {"time": 1.0, "rows": [1]}])
def test_coverage_is_asked_for_one_thing(given: dict) -> None:
    with pytest.raises(srtheory.ArgumentError, match="time"):
        srtheory.coverage(srtheory.PAPER, **given)


def test_a_comparison_is_of_workers_that_respond() -> None:
    model = srtheory.Model(10, None, 0.1, srtheory.parse_law("expon(scale=1)"), silent=0.1)
    with pytest.raises(srtheory.ArgumentError, match="silent"):
        srtheory.compare(model, ["sr"])


@pytest.mark.quality
def test_the_floor_is_that_of_the_theory_and_is_below_every_law() -> None:
    from srtheory.theory.floor import floor, late

    model = srtheory.Model(6, None, 0.2, srtheory.parse_law("expon(scale=1)"), message_cost=0.1)
    assert srtheory.floor(model) == floor(model).mean
    assert srtheory.floor(srtheory.Model(6, 3, 0.2, model.startup, message_cost=0.1), time=0.5) == late(model, 0.5)
    free = srtheory.Model(6, 1, 0.2, model.startup)
    assert srtheory.floor(model, time=0.5) > 1 - srtheory.latency("terms-cyclic", free, 0.5)[0]  # messages do not cost


SMALL = srtheory.Model(6, 2, 0.1, srtheory.parse_law("expon(scale=1)"))


@pytest.mark.parametrize(("name", "value"), [("degree", 3), ("degree", 2), ("access", 4)])
def test_the_degree_and_the_access_are_the_models(name: str, value: int) -> None:
    with pytest.raises(srtheory.ArgumentError, match="it is the model's") as refusal:
        srtheory.simulate("sr", SMALL, 1, **{name: value})
    assert (refusal.value.name, refusal.value.value) == (name, value)


@pytest.mark.parametrize("t", [[1.0, 2.0], np.array([0.5]), float("nan"), "soon"])
def test_a_time_is_a_single_number(t: Any) -> None:
    for ask in (
        lambda: srtheory.latency("sr", SMALL, t),
        lambda: srtheory.latency("uncoded", SMALL, t),
        lambda: srtheory.coverage(SMALL, time=t),
        lambda: srtheory.floor(SMALL, time=t),
    ):
        with pytest.raises(srtheory.ArgumentError, match="a single time"):
            ask()
    assert srtheory.latency("uncoded", SMALL, np.float64(1.0)) == srtheory.latency("uncoded", SMALL, 1.0)


def test_rows_are_counted_over_all_workers() -> None:
    low, high = srtheory.coverage(SMALL, rows=[5, 12])
    for place, k in enumerate((5, 12)):
        alone = srtheory.coverage(SMALL, rows=k)
        assert max(low[place], alone[0]) <= min(high[place], alone[1])
    assert high[0] < low[1]


class NoName:
    """A class that is not named by its file."""


@pytest.mark.parametrize(
    ("says", "ask"),
    [
        ("FILE.py::CLASS", lambda: srtheory.simulate(NoName, SMALL, 1)),
        ("FILE.py::CLASS", lambda: srtheory.Lab(at=SMALL).sample("latency", NoName, symbols=6)),
        ("from_sets", lambda: srtheory.spans([[1, 1]])),
        ("from_sets", lambda: srtheory.stopping_time(np.eye(3, dtype=int))),
        ("from_sets", lambda: srtheory.certify([[1]])),
        ("from_sets", lambda: srtheory.check({}, [[1]])),
        *(
            ("certify", lambda given=given: srtheory.check(given, ROWS))
            for given in ({}, "x", None, {"kind": object()})
        ),
        *(("list of lists", lambda given=given: srtheory.from_sets(2, given)) for given in (ROWS, 5, [1, 2])),
        *(("list of lists", lambda given=given: case.from_lists(2, given)) for given in (ROWS, 5, [1, 2])),
        *(("list of lists", lambda given=given: case.from_vectors(given, 2)) for given in (ROWS, 5, [1, 2])),
        *(("list of lists", lambda given=given: from_mappings(2, given)) for given in (ROWS, 5, [1, 2])),
        ("a text, Q or GF", lambda: srtheory.spans(srtheory.from_sets(1, [[0]]), field=2)),
        ("a Conjecture", lambda: srtheory.hunt("hitting-time")),
        ("a text, a scipy", lambda: srtheory.parse_law(5)),
        ("a text, a scipy", lambda: srtheory.parse_law([0.1, 0.2])),
    ],
)
def test_arguments_of_another_type_are_refused_with_what_is_valid(says: str, ask: Callable[[], object]) -> None:
    with pytest.raises(srtheory.ArgumentError, match=re.escape(says)):
        ask()


@pytest.mark.parametrize(
    "function", [getattr(public, name) for name in ("compare", "coverage", "floor", "guarantee", "latency", "simulate")]
    + [srtheory.make, srtheory.parse_law]
)  # fmt: skip
def test_each_parameter_is_described(function: Callable[..., object]) -> None:
    said = inspect.getdoc(function) or ""
    described = said.split("Parameters\n")[1].split("Returns\n")[0]
    for name in inspect.signature(function).parameters:
        assert re.search(rf"^(\w+, )*(\*\*)?{name}\b", described, flags=re.MULTILINE), name
    assert "Raises\n" in said


@pytest.mark.parametrize("function", [srtheory.hunt, srtheory.compute_sum, srtheory.simulate, srtheory.compare])
def test_the_default_seed_is_that_of_the_command_line(function: Callable[..., object]) -> None:
    assert inspect.signature(function).parameters["seed"].default == 2022
