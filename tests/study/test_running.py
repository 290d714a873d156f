"""Code of a study that is run: what it returns, and in a line what it raises, wherever that comes from."""

from __future__ import annotations

import errno
import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.experiments.running import run
from srtheory.experiments.trial import Task
from srtheory.schemes import make
from srtheory.study.findings import Claim, Finding, Verdict
from srtheory.study.running import Crash, require_budget, run_code, settled, unsettled

FINE = Finding(Verdict.SUPPORTED, "It is so.", {"n": 3}, trials=0)
CLAIM = Claim("c", "IV", "says", lambda lab: FINE, ("simulation",))


def crash(lab: Lab) -> Finding:
    raise ZeroDivisionError("by nothing")


@pytest.mark.parametrize(("trials", "seed"), [(0, 5), (None, None)])
def test_an_entry_is_the_finding_with_the_seed_of_its_trials_and_its_own_sources(
    trials: int | None, seed: int | None
) -> None:
    lab = Lab(seed=5)
    lab.sources["old"] = "1"

    def check(lab: Lab) -> Finding:
        lab.sources["new"] = "2"
        return replace(FINE, trials=trials, correction="Not so.")

    entry = settled(replace(CLAIM, check=check), lab)
    lab.sources.clear()
    assert not isinstance(entry, Crash)
    assert (entry.id, entry.where, entry.claim, entry.checked_by) == ("c", "IV", "says", ("simulation",))
    assert (entry.verdict, entry.finding, entry.correction) == (Verdict.SUPPORTED, "It is so.", "Not so.")
    assert (entry.evidence, entry.trials, entry.seed, entry.sources) == ({"n": 3}, trials, seed, {"new": "2"})


def test_what_raises_is_a_crash_with_the_place_of_the_check() -> None:
    line, file = crash.__code__.co_firstlineno, Path(__file__).name
    found = settled(replace(CLAIM, check=crash), Lab())
    says = f"the check of c crashed (ZeroDivisionError: by nothing at {file}, line {line + 1})"
    assert found == Crash(says)
    entry = unsettled(CLAIM, found)
    assert (entry.verdict, entry.finding) == (Verdict.OPEN, f"T{says[1:]}; nothing is settled.")
    assert (entry.id, entry.where, entry.claim, entry.trials) == ("c", "IV", "says", None)
    elsewhere = run_code("the work", crash, partial(int, "x"))
    assert isinstance(elsewhere, Crash)
    assert elsewhere.says.startswith("the work crashed (ValueError: invalid literal")
    assert elsewhere.says.endswith(f" at {file}, line {line})")
    assert run_code("the work", crash, lambda: 3) == 3


def test_errors_of_the_store_pass_and_those_of_the_studys_files_do_not(tmp_path: Path) -> None:
    task = Task(make("uncoded", 3), DelayModel(parse_law("expon()"), 0.1), 1)
    place = tmp_path / "file"
    place.write_text("no folder")
    with pytest.raises(OSError, match=r".") as failure:
        run_code("the work", crash, lambda: run(task, 1, store=place))
    assert failure.value.errno in (errno.ENOTDIR, errno.EEXIST)
    assert isinstance(run_code("the work", crash, (tmp_path / "none").read_text), Crash)


def test_a_budget_is_above_0() -> None:
    assert [require_budget(budget) for budget in (None, 5e-324, 1e300)] == [None, 5e-324, 1e300]
    for budget in (0, -1.0, math.inf, math.nan):
        with pytest.raises(ArgumentError, match="budget"):
            require_budget(budget)
