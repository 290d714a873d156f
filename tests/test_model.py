"""One setting for all laws: what it refuses, and that a law tells which of its fields it does not depend on."""

from __future__ import annotations

import importlib
import math
import pkgutil
from dataclasses import replace
from typing import Any

import pytest
from scipy import stats

import srtheory.theory
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.paper import EXPONENTIAL, PAPER, PAPER_PARETO

MODEL = Model(6, 2, 0.1, stats.expon(scale=5))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("symbols", m) for m in (0, 2.5, True)),
        *(("degree", d) for d in (0, 1.5)),
        *(("tau", tau) for tau in (0.0, math.nan, math.inf)),
        *(("startup", law) for law in (stats.norm(), 5.0)),
        *(("access", k) for k in (0, 7)),
        *((cost, value) for cost in ("message_cost", "master_time") for value in (-1.0, math.inf)),
        *(("silent", epsilon) for epsilon in (-0.1, 1.0)),
    ],
)
def test_a_value_outside_its_range_is_named(name: str, value: Any) -> None:
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        replace(MODEL, **{name: value})


def laws() -> dict[str, Any]:
    modules = pkgutil.walk_packages(srtheory.theory.__path__, "srtheory.theory.")
    every = (vars(importlib.import_module(module.name)).values() for module in modules)
    return {
        f"{law.__module__}.{law.__name__}": law
        for names in every
        for law in names
        if callable(law) and hasattr(law, "depends_on")
    }


LAWS = laws()
BEYOND = {"access": 3, "message_cost": 0.1, "master_time": 0.1, "silent": 0.1}


def test_the_laws_are_found() -> None:
    assert len(LAWS) > 50


@pytest.mark.parametrize("name", LAWS)
def test_a_law_refuses_what_it_does_not_depend_on_and_the_lack_of_what_it_does(name: str) -> None:
    """Before it looks at what else it is given."""
    law = LAWS[name]
    assert set(law.depends_on) <= BEYOND.keys() | {"degree"}
    for field in BEYOND.keys() - set(law.depends_on):
        with pytest.raises(ArgumentError, match=f"'{field}'"):
            law(replace(MODEL, **{field: BEYOND[field]}))
    if "degree" in law.depends_on:
        with pytest.raises(ArgumentError, match="'degree'"):
            law(replace(MODEL, degree=None))


def test_settings_that_read_alike_are_equal_and_their_texts_are_as_given() -> None:
    parse_law.cache_clear()
    assert replace(PAPER, startup=parse_law(EXPONENTIAL)) == PAPER != PAPER_PARETO
    assert hash(replace(PAPER, startup=parse_law(EXPONENTIAL))) == hash(PAPER)
    assert (PAPER.startup_text, PAPER_PARETO.startup_text) == ("expon(scale=5)", "pareto(b=1)")
