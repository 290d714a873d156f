"""srtheory run, on a Dask cluster within this process."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from math import factorial

import pytest

from srtheory.cli.run import WORKLOADS
from srtheory.workers import execution
from srtheory.workers.workloads import WORKLOAD_NAMES
from tests.cli.conftest import asked, refused, validator
from tests.cli.test_own_code import mine
from tests.workers.conftest import client, inside

__all__ = ["client", "inside", "mine"]
TAYLOR = ("run", "taylor", "--symbols", "9", "--degree", "3", "--seed", "1")
pytestmark = pytest.mark.usefixtures("inside")


def with_faults(monkeypatch, count):
    """Failures, which workers within this process do not have."""
    compute = execution.compute_sum
    faults = tuple(execution.Fault(1.0, (i, i + 1), "its process is lost") for i in range(count))
    monkeypatch.setattr(execution, "compute_sum", lambda *a, **given: replace(compute(*a, **given), faults=faults))


@pytest.mark.parametrize("faults", [0, 3, 5])
def test_a_sum_for_readers_is_that_for_programs(run, monkeypatch, faults):
    with_faults(monkeypatch, faults)
    done, found = run(*TAYLOR), asked(run, *TAYLOR)
    assert (done.status, found["recovered"], found["equals_direct_sum"]) == (0, True, True)
    first, *lines = done.stdout.splitlines()
    assert "sr, d = 3, 9 workers in 3 processes" in first
    rows = [line[:14].strip() for line in lines]
    assert rows[:5] == ["value", "error bound", "direct sum", "T", "received"]
    exact = str(sum(Fraction(3) ** i / factorial(i) for i in range(9)))
    assert [lines[0][14:], *found["value"]] == [exact, exact]
    assert lines[1][14:] == "0, the value is exact"
    assert lines[2].endswith(" equal within the error bound")
    assert "NOT" not in lines[2]
    assert rows[5:] == ["fault"] * min(faults, 3) + [""] * (faults > 3)
    assert all(line.endswith("its process is lost") for line in lines[5:8])
    assert faults <= 3 or lines[8].split() == ["and", "2", "more"]
    assert found["available"] == pytest.approx(found["latency"] + found["decoding"])
    assert found["record"]["stopping_time"] == len(found["arrivals"])
    assert [fault["workers"] for fault in found["faults"]] == [[i, i + 1] for i in range(faults)]
    for planted in ({"recovered": False}, {"scheme": "mine.py::Windows"}):
        assert not validator("run").is_valid(found | planted)


def test_schemes_with_options(run):
    given = (*TAYLOR, "--scheme", "parts-cyclic", "--workers", "5", "--slow", "expon(scale=0.001)")
    assert WORKLOADS == WORKLOAD_NAMES
    found = asked(run, *given)
    assert found["equals_direct_sum"]
    assert (found["scheme"], found["workers"], found["degree"], len(found["startups"])) == ("parts-cyclic", 5, 3, 5)
    assert asked(run, *TAYLOR, "--seed", str(2**128 - 1))["seed"] == 2**128 - 1  # beyond those of scikit-learn
    first = run("run", "taylor", "--symbols", "9", "--option", "degree=3").stdout.splitlines()[0]
    assert ", degree 3, 9 workers" in first
    assert ", option" not in first


@pytest.mark.usefixtures("svg_alone")
def test_a_picture(run, tmp_path):
    done = run(*TAYLOR, "--out", str(tmp_path / "new"))
    assert done.status == 0
    names = {f"figure_workers.{suffix}" for suffix in ("svg", "pdf", "png", "csv")}
    assert {path.name for path in (tmp_path / "new").iterdir()} == names
    assert all(name in done.stdout for name in names)


def test_a_sum_that_is_not_recovered(run):
    late = (*TAYLOR, "--slow", "expon(loc=1000)", "--timeout", "0.01")
    done = run(*late)
    assert (done.status, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "with the terms 0, 1, 2, 3, 4, 5, 6, 7, 8" in done.stderr
    found = json.loads(run(*late, "--json").stdout)
    assert (found["recovered"], found["missing"]) == (False, list(range(9)))


def test_a_scheme_of_ones_own(run, mine):
    """By the fields' names a hard case for arguments; a degree that is needed is that of the house's schemes."""
    given = ("run", "taylor", "--symbols", "8", "--scheme", "mine.py::Same")
    found = asked(run, *given, "--option", "degree=4", "--option", "seed=true", "--option", "workers=8")
    assert found["equals_direct_sum"]
    assert (found["seed"], found["option.seed"], found["option.degree"], found["option.workers"]) == (2022, True, 4, 8)
    assert "degree" not in found
    assert len(found["source"]) == 64
    assert {len(arrival["support"]) for arrival in found["arrivals"]} <= {1, 4, 3}
    assert asked(run, *given, "--option", "workers=8")["degree"] == 4
    assert "'option'" in refused(run, *given, "--degree", "4", "--option", "degree=4")


@pytest.mark.quality
def test_a_wrong_sum_is_told(run, monkeypatch):
    as_plain = execution.as_plain
    monkeypatch.setattr(execution, "as_plain", lambda value: (as_plain(value)[0] + 1, 0.0))
    assert "NOT equal" in run(*TAYLOR).stdout


@pytest.mark.parametrize(("words", "total"), [((), 9), (("--workers", "4"), 4)])
def test_the_bar_has_the_terms_covered_so_far(run, monkeypatch, words, total):
    """All of them at the end, however many come with a symbol."""
    seen = []

    class Bar:
        n = 0

        def __init__(self, **given):
            seen.append(given["total"])

        def __enter__(self):
            return self

        def __exit__(self, *_):
            seen.append(self.n)

        def update(self, more):
            self.n += more

    monkeypatch.setattr("srtheory.progress.progress_bar", Bar)
    assert run(*TAYLOR[:4], *words).status == 0
    assert seen == [total, total]
