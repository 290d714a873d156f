"""One setting for all laws: what it refuses, and that a law tells which of its fields it does not depend on."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import replace
from typing import Any

import pytest
from scipy import stats

import srtheory.theory
from paper_checks.parameters import EXPONENTIAL, PAPER, PAPER_PARETO
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError
from srtheory.model import COUNTS, Model
from srtheory.theory import designs

MODEL = Model(6, 2, 0.1, stats.expon(scale=5))


def public() -> list[Any]:
    """Everything below srtheory.theory that can be called."""
    modules = pkgutil.walk_packages(srtheory.theory.__path__, "srtheory.theory.")
    every = (vars(importlib.import_module(module.name)).items() for module in modules)
    return [value for names in every for name, value in names if callable(value) and not name.startswith("_")]


def laws() -> dict[str, Any]:
    return {f"{law.__module__}.{law.__name__}": law for law in public() if hasattr(law, "depends_on")}


def undeclared() -> set[str]:
    """Functions of a model that do not say on which of its fields they depend."""
    functions = [each for each in public() if inspect.isfunction(each) and not hasattr(each, "depends_on")]
    firsts = ((each, [*inspect.signature(each).parameters.values()][:1]) for each in functions)
    return {each.__name__ for each, first in firsts if first and first[0].annotation in (Model, "Model")}


LAWS = laws()
BEYOND = {"access": 3, "message_cost": 0.1, "master_time": 0.1, "silent": 0.1}


PARTS = {
    *("any_scheme", "cells_by_law", "ends_of", "is_continuous", "late_and_heights", "late_on_grid", "mean_floor"),
    *("may_be_unlikely", "monotone", "reached", "reports", "require_finite", "rough", "row_costs", "search", "started"),
    "values",
}
"""Parts of laws, whose model has been checked before."""


@pytest.mark.quality
def test_laws_say_what_they_depend_on_and_one_that_does_not_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(LAWS) > 50
    assert undeclared() == PARTS
    monkeypatch.setattr(designs, "orders_bounds", designs.orders_bounds.__wrapped__)  # type: ignore[attr-defined]
    assert undeclared() == {*PARTS, "orders_bounds"}


def test_a_law_refuses_what_it_does_not_depend_on_and_the_lack_of_what_it_does() -> None:
    """Before it looks at what else it is given."""
    for law in LAWS.values():
        assert set(law.depends_on) <= BEYOND.keys() | {"degree", COUNTS}
        for field in () if COUNTS in law.depends_on else ("tau", "pace", "death"):
            with pytest.raises(ArgumentError, match=f"'{field}'.* random times"):
                law(replace(MODEL, **{field: "expon(loc=1)"}))
        for field in BEYOND.keys() - set(law.depends_on):
            with pytest.raises(ArgumentError, match=f"'{field}'"):
                law(replace(MODEL, **{field: BEYOND[field]}))
        for field in {"tau", "message_cost"} & {"tau", *law.depends_on}:  # of which six take no finite time
            with pytest.raises(ArgumentError, match=f"'{field}'"):
                law(replace(MODEL, **{field: 3e307}))
        if "degree" in law.depends_on:
            with pytest.raises(ArgumentError, match="'degree'"):
                law(replace(MODEL, degree=None))


def test_settings_that_read_alike_are_equal_and_their_texts_are_as_given() -> None:
    assert replace(PAPER, startup=parse_law(EXPONENTIAL)) == PAPER != PAPER_PARETO
    assert hash(replace(PAPER, startup=parse_law(EXPONENTIAL))) == hash(PAPER)
    assert (PAPER.startup_text, PAPER_PARETO.startup_text) == ("expon(scale=5)", "pareto(b=1)")
