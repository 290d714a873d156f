"""A small laboratory for the checks, shared so that every experiment is run once, and laws that are computed once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from paper_checks import floors, study, workloads
from paper_checks.claims import applications, coverage, discussion, figures, stopping, streaming
from paper_checks.parameters import PAPER
from srtheory.experiments.lab import Lab
from srtheory.experiments.running import run
from srtheory.experiments.store import Records
from srtheory.experiments.trial import Task
from srtheory.model import Model
from srtheory.theory.by_scheme import LatencyLaw, latency_law
from srtheory.theory.floor import STEPS, floor
from tests.once import expected_collection, expected_stopping, paper_floor


@pytest.fixture(scope="session")
def lab() -> Lab:
    return study.lab()


def floor_once(at: Model, steps: int) -> SimpleNamespace:
    """:func:`srtheory.theory.floor.floor`, whose means at the paper's parameters are on record."""
    paper = replace(at, message_cost=0.0) == replace(PAPER, degree=None) and steps == STEPS[1]
    return paper_floor(at) if paper else SimpleNamespace(mean=floor(at, steps=steps).mean)


@cache
def law_once(*given: Any, **options: Any) -> LatencyLaw:
    """:func:`srtheory.theory.by_scheme.latency_law`, which computes each probability once."""
    law = latency_law(*given, **options)
    return replace(law, cdf=cache(law.cdf))


_RUNS: dict[tuple[str, int], Records] = {}


def run_once(task: Task, trials: int, **means: Any) -> Records:
    """:func:`srtheory.experiments.running.run`: of what is planted, the other side of each pair is the same again."""
    key = (task.id, trials)
    if key not in _RUNS:
        _RUNS[key] = run(task, trials, **means)
    return _RUNS[key]


ONCE: dict[Any, dict[str, Any]] = {
    applications: {"flat_derivatives": cache(applications.flat_derivatives)},
    workloads: {"ensemble": cache(workloads.ensemble)},
    figures: {
        "latency_law": law_once,
        "expected_collection": expected_collection,
        "expected_stopping_given_hitting": expected_stopping,
    },
    coverage: {"sharp_mean": cache(coverage.sharp_mean)},
    discussion: {
        "all_receptions": cache(discussion.all_receptions),
        "least_reachable": cache(discussion.least_reachable),
        "read_tables": cache(discussion.read_tables),
    },
    stopping: {"MORE": 10, "trials_of": lambda lab: 10},
    streaming: {"run": run_once},
    floors: {"floor": floor_once},
}


@pytest.fixture(autouse=True, scope="package")
def once() -> Iterator[None]:
    """What depends on nothing that a test plants: a check asks for it as often as it is run."""
    with pytest.MonkeyPatch.context() as patch:
        for module, functions in ONCE.items():
            for name, function in functions.items():
                patch.setattr(module, name, function)
        yield
