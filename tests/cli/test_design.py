"""The verb ``design``: sizes for one's own delays, and what they do in ``simulate``."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Run

MODEL = ["--symbols", "200", "--tau", "0.02", "--startup", "expon(scale=5)"]


def test_designed_sizes_peel_at_about_that_time(run: Run) -> None:
    done = run("design", *MODEL, "--by", "1.3", "--json")
    found = json.loads(done.stdout)
    assert (done.status, done.stderr) == (0, "")
    assert found["least_rows"] <= found["rows"] < found["terms"]
    more = ["--sizes", found["sizes"], "--trials", "100", "--seed", "1", "--json"]
    simulated = json.loads(run("simulate", "sr-sizes", *MODEL, *more).stdout)
    assert simulated["sizes"] == found["sizes"]
    assert simulated["decoder"] == "peeling"
    assert simulated["latency"]["mean"] == pytest.approx(1.3, rel=0.1)
    assert simulated["stopping_time"]["mean"] / 200 == pytest.approx(found["rows"], rel=0.2)


def test_the_table_says_the_same(run: Run) -> None:
    found = json.loads(run("design", *MODEL, "--by", "1.3", "--json").stdout)
    lines = dict(line.split() for line in run("design", *MODEL, "--by", "1.3").stdout.splitlines())
    assert lines["sizes"] == found["sizes"]
    assert float(lines["rows"]) == pytest.approx(found["rows"], rel=1e-3)


@pytest.mark.parametrize("time", ["0.5", "0", "-1"])
def test_too_early_is_a_no(run: Run, time: str) -> None:
    done = run("design", *MODEL, "--by", time)
    assert done.status == 1
    assert done.stdout.startswith("no block sizes up to 70 terms suffice by t = ")
    assert json.loads(run("design", *MODEL, "--by", time, "--json").stdout)["sizes"] is None


@pytest.mark.parametrize("option", ["--symbols", "--tau", "--startup", "--by"])
def test_what_is_missing_is_named(run: Run, option: str) -> None:
    words = [*MODEL, "--by", "1.3"]
    at = words.index(option)
    done = run("design", *words[:at], *words[at + 2 :])
    assert (done.status, done.stdout) == (2, "")
    assert f"Missing option '{option}'" in done.stderr


def test_sizes_by_hand_and_by_name(run: Run) -> None:
    words = ["simulate", "sr-sizes", *MODEL, "--trials", "5", "--seed", "1", "--json"]
    assert json.loads(run(*words, "--sizes", "3").stdout)["sizes"] == "3"
    named = json.loads(run(*words, "--sizes", "paper-pareto").stdout)
    assert named["id"] == json.loads(run(*words, "--sizes", "15/13/4/3x3/5/3x4/2/3/2").stdout)["id"]
    for bad in ("0", "3x", "2:0.5", "paper", ""):
        done = run(*words, "--sizes", bad)
        assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert "sizes" in done.stderr
    assert run(*words).status == 2


def test_one_size_by_elimination_is_the_sum_recovery_code(run: Run) -> None:
    words = [*MODEL, "--trials", "20", "--seed", "1", "--json"]
    ours = json.loads(run("simulate", "sr-sizes", *words, "--sizes", "8", "--decoder", "span").stdout)
    theirs = json.loads(run("simulate", "sr", *words, "--degree", "8").stdout)
    assert ours["latency"] == theirs["latency"]
    assert ours["stopping_time"] == theirs["stopping_time"]
