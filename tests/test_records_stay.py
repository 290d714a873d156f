"""Results, claims, tasks and messages stay as they were made; those with arrays or functions are equal to themselves.

They are keys of dictionaries, are shared by threads, or are kept by a laboratory that gives them out again.
"""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass
from types import ModuleType

import pytest

from paper_checks.campaign import plan, tables
from srtheory.cli import common, setting
from srtheory.experiments import compare, exceptions, lab, networks, records, running, store, summary, tally, trial
from srtheory.experiments import workloads as predictors
from srtheory.study import asked, findings, html, ledger, numbers, quoting, study
from srtheory.study import running as checking
from srtheory.workers import crew, execution, fit, limit, orders, workloads

MODULES = [
    *(common, setting, compare, exceptions, lab, networks, predictors, records, running, store, summary, tally, trial),
    *(plan, tables, asked, findings, html, ledger, numbers, quoting, study, checking),
    *(crew, execution, fit, limit, orders, workloads),
]
KEEP_A_STATE = {"Lab", "_Crew", "_Crews", "_Run"}
EQUAL_TO_THEMSELVES = [
    *(study.Study, crew.Job, crew.Message, execution.Execution, fit.Fit),
    *(workloads.Workload, workloads.Trees, workloads.Networks, workloads.Losses, workloads.Kernels),
]


def changeable(module: ModuleType) -> list[str]:
    """Names of the dataclasses of a module whose first field can be set."""
    found = []
    for name, kind in vars(module).items():
        if not (isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__):
            continue
        try:
            setattr(object.__new__(kind), fields(kind)[0].name, None)
        except FrozenInstanceError:
            continue
        found.append(name)
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_what_was_made_stays(module: ModuleType) -> None:
    assert set(changeable(module)) <= KEEP_A_STATE


def test_what_keeps_a_state_can_be_changed() -> None:
    assert {*changeable(lab), *changeable(execution)} == KEEP_A_STATE


@pytest.mark.parametrize("kind", EQUAL_TO_THEMSELVES, ids=lambda kind: kind.__name__)
def test_what_holds_arrays_or_functions_is_equal_to_itself_alone(kind: type) -> None:
    one, other = object.__new__(kind), object.__new__(kind)
    assert one != other
    assert len({one, other, one}) == 2
