"""The names of ``import srtheory``: all are there, imported when they are asked for, and their examples run."""

from __future__ import annotations

import doctest
import subprocess
import sys

import pytest

import srtheory
from srtheory import public


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
