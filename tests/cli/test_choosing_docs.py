"""docs/choosing.md: its commands run, and what is on record of them is what they find."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from docs.quoted.choosing import BY_COMPARISON, drawn, fastest, row
from paper_checks.parameters import EXPONENTIAL, PARETO
from srtheory.decoders import span
from srtheory.experiments import trial
from srtheory.schemes import SCHEME_NAMES
from srtheory.span import engine
from srtheory.span.engine import Argument, Stopping
from tests.cli.choosing import COMMANDS, COMPARE, SAMPLE, TEXT, TRIALS, compared, digest, line_of

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("line", [line for line in COMMANDS if line not in COMPARE] + COMPARE[:1])
def test_commands(line, run):
    """For few symbols and trials; the comparisons are run below."""
    arguments = shlex.split(line)
    arguments[arguments.index("--symbols") + 1] = "30"
    done = run(*arguments, *["--trials", "2"] * (arguments[0] == "compare"))
    assert done.status == 0, done.stderr
    assert done.stdout


@pytest.fixture
def what_is_on_record(monkeypatch):
    """Only what is kept of a run, in half of the time: no work, no cost of decoding, a prime's M'.

    By a prime's verdict is M' of the large weights of cyclic gradient codes, whose proof over Q takes long.  The
    numbers on record come of proofs: those that a prime finds are theirs.
    """

    def trusted(rows, covered, guess, *_):
        return Stopping(guess.k, covered, min(len(rows), rows.columns), Argument.LIFTED)

    monkeypatch.setattr(engine, "lifted_stopping_time", trusted)
    monkeypatch.setattr(engine, "rational_rank", lambda rows, rank, prime: rank)
    monkeypatch.setattr(span, "_cost", lambda *_: None)
    monkeypatch.setattr(trial, "transmit", lambda *_: NO_MORE)
    monkeypatch.setattr(trial, "evaluations", lambda *_: 0)
    monkeypatch.setattr(trial, "evaluations_beside_messages", lambda *_: 0)


NO_MORE = SimpleNamespace(totals=None)


def unlike(lines, found):
    """Lines on record that a comparison does not find again: their samples, or all numbers of the fastest."""
    return [
        line
        for line, (point, records) in zip(lines, found, strict=True)
        if str(line)
        != str(
            line_of(line.comparison, point, records)
            if len(records) == len(TRIALS)
            else replace(line, scheme=point.scheme, degree=point.degree, cells=point.cells, sample=digest(records))
        )
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("what_is_on_record")
@pytest.mark.parametrize(
    "comparison", [0, *(pytest.param(i, marks=pytest.mark.attack) for i in range(1, len(COMPARE)))]
)
def test_what_is_on_record_is_what_the_commands_find(comparison):
    """Records of all trials of the fastest, of the sample of all others."""
    lines = BY_COMPARISON[comparison]
    whole = {lines.index(line) for line in fastest(lines)}
    assert unlike(lines, compared(COMPARE[comparison], lambda k: TRIALS if k in whole else SAMPLE)) == []


@pytest.mark.quality
@pytest.mark.usefixtures("what_is_on_record")
def test_another_run_would_be_seen():
    """The last bit of T, or a row more, in the first or the last trial of the sample; and that of a mean on record."""
    after = lambda number: float(np.nextafter(number, np.inf))  # noqa: E731
    lines = [line for line in BY_COMPARISON[1] if line.scheme == "parts-cyclic"]
    best = lines.index(*fastest(lines))
    found = compared(f"{COMPARE[1]} --scheme parts-cyclic", lambda k: TRIALS if k == best else SAMPLE)
    assert unlike(lines, found) == []
    for (k, (point, (*records,))), which in product(enumerate(found), (0, -1)):
        record = records[which]
        for other in ({"latency": after(record.latency)}, {"stopping_time": record.stopping_time + 1}):
            changed = [*records[:which], replace(record, **other), *records[which:][1:]]
            assert unlike([lines[k]], [(point, changed)]) == [lines[k]]
    changed = replace(lines[best], latency=after(lines[best].latency))
    assert unlike([changed], [found[best]]) == [changed]
    whole, [fast, *_] = BY_COMPARISON[1], fastest(BY_COMPARISON[1])
    for other in ({"latency": fast.latency - 0.002}, {"messages": 8.0}, {"degree": 5}):
        planted = [replace(fast, **other), *(each for each in whole if each is not fast)]
        assert row(COMPARE[1], planted) != row(COMPARE[1], whole)


def test_all_runs_of_the_uncoded_scheme_are_lost_at_a_tenth_and_others_lose_none_at_their_best_degree():
    few, many = (lines for lines, line in zip(BY_COMPARISON, COMPARE, strict=True) if "silent" in line)
    assert [line.lost for line in many if line.scheme == "uncoded"] == [len(TRIALS)]
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
