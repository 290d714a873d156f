"""docs/choosing.md: its commands run, and what is on record of them is what they find."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from docs.quoted.choosing import BY_COMPARISON, TRIALS, drawn, fastest, row
from paper_checks.parameters import EXPONENTIAL, PARETO
from srtheory.schemes import SCHEME_NAMES
from tests.cli.choosing import COMMANDS, COMPARE, TEXT, compared

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("line", [line for line in COMMANDS if line not in COMPARE] + COMPARE[:1])
def test_commands(line, run):
    """For few symbols and trials; the comparisons are run below."""
    arguments = shlex.split(line)
    arguments[arguments.index("--symbols") + 1] = "30"
    done = run(*arguments, *["--trials", "2"] * (arguments[0] == "compare"))
    assert done.status == 0, done.stderr
    assert done.stdout


@pytest.mark.slow
@pytest.mark.attack
@pytest.mark.parametrize("comparison", range(len(COMPARE)))
def test_what_is_on_record_is_what_the_commands_find(comparison):
    assert str(compared(comparison)) == str(BY_COMPARISON[comparison])


@pytest.mark.quality
def test_one_scheme_alone_is_as_on_record_and_another_line_would_change_the_table():
    whole = BY_COMPARISON[1]
    found = [str(line) for line in compared(1, " --scheme parts-cyclic") if line.trials == TRIALS]
    same = {*found} & {str(line) for line in whole}
    assert len(same) >= 4, "points that no other scheme settles have the same trials"
    [fast, *_] = fastest(whole)
    for other in ({"latency": fast.latency - 0.002}, {"messages": 8.0}, {"degree": 5}):
        planted = [replace(fast, **other), *(each for each in whole if each is not fast)]
        assert row(COMPARE[1], planted) != row(COMPARE[1], whole)


def test_all_runs_of_the_uncoded_scheme_are_lost_at_a_tenth_and_others_lose_none_at_their_best_degree():
    few, many = (lines for lines, line in zip(BY_COMPARISON, COMPARE, strict=True) if "silent" in line)
    assert [line.lost for line in many if line.scheme == "uncoded"] == [100]
    for lines in (few, many):
        whole = {line.scheme for line in lines if line.lost == 0}
        assert {line.scheme for line in lines} - whole == {"one", "uncoded"}


def test_who_is_ahead_when_stopped_early():
    for startup in (EXPONENTIAL, PARETO):
        sr, best, parts = (
            drawn(name, startup)[1] for name in ("SR", "fractional, best d for t", "parts of 10, cyclic order")
        )
        between = (sr < 0.17) & (sr > 0.01)
        assert (best < sr)[between].all()
        assert (sr < best)[(best < 0.0075) & (best > 0)].all()
        assert (parts < np.minimum(sr, best))[(parts < 0.1) & (sr > 0.001)].all()
        rows = {name: drawn(name, startup, "rows")[1] for name in ("gradient, fractional", "SR")}
        others = ["parts of 10, cyclic order", "gradient, regular graph", "gradient, Bernoulli (BGC)", "SR"]
        assert all((rows["gradient, fractional"] <= drawn(name, startup, "rows")[1]).all() for name in others)
        assert (rows["SR"] >= drawn("gradient, Bernoulli (BGC)", startup, "rows")[1]).all()


def test_names_that_are_mentioned_exist():
    taken = set(re.findall(r"`((?:parts|terms|gradient)-\w+|repetition|sr)`", TEXT))
    assert {"parts-cyclic", "repetition", "sr"} <= taken <= set(SCHEME_NAMES)
    sections = set(
        re.findall(r"^### (\d\.\d)", (DOCS / "proofs" / "theory.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert set(re.findall(r"\b5\.\d\b", TEXT)) <= sections
    assert "choosing" in (DOCS / "index.md").read_text(encoding="utf-8").split()
