"""The verb ``design``: sizes for one's own delays, and what they do in ``simulate``."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run, asked, refused

MODEL = ["--symbols", "200", "--tau", "0.02", "--startup", "expon(scale=5)"]


def test_designed_sizes_peel_at_about_that_time(run: Run) -> None:
    found = asked(run, "design", *MODEL, "--by", "1.3")
    assert found["least_rows"] <= found["rows"] < found["terms"]
    more = ["--sizes", found["sizes"], "--trials", "100", "--seed", "1"]
    simulated = asked(run, "simulate", "sr-sizes", *MODEL, *more)
    assert (simulated["sizes"], simulated["decoder"]) == (found["sizes"], "peeling")
    assert simulated["latency"]["mean"] == pytest.approx(1.3, rel=0.1)
    assert simulated["stopping_time"]["mean"] / 200 == pytest.approx(found["rows"], rel=0.2)
    lines = dict(line.split() for line in run("design", *MODEL, "--by", "1.3").stdout.splitlines())
    assert lines["sizes"] == found["sizes"]
    assert float(lines["rows"]) == pytest.approx(found["rows"], rel=1e-3)


@pytest.mark.parametrize("time", ["0.5", "0", "-1"])
def test_too_early_is_a_no(run: Run, time: str) -> None:
    done = run("design", *MODEL, "--by", time)
    assert done.status == 1
    assert done.stdout.startswith("no block sizes up to 70 terms suffice by t = ")
    assert asked(run, "design", *MODEL, "--by", time, status=1)["sizes"] is None


@pytest.mark.parametrize(("symbols", "accepted"), [("2000000", True), ("2000001", False)])
def test_it_takes_two_million_terms(run: Run, symbols: str, accepted: bool) -> None:
    """Whose sizes are soon found: they do not depend on how many terms there are."""
    given = ["design", "--symbols", symbols, *MODEL[2:], "--by", "-1"]
    assert run(*given).status == 1 if accepted else "'symbols'" in refused(run, *given)


def test_sizes_by_hand_and_by_name(run: Run) -> None:
    words = ["simulate", "sr-sizes", *MODEL, "--trials", "5", "--seed", "1"]
    assert asked(run, *words, "--sizes", "3")["sizes"] == "3"
    named = asked(run, *words, "--sizes", "paper-pareto")
    assert named["id"] == asked(run, *words, "--sizes", "15/13/4/3x3/5/3x4/2/3/2")["id"]
    for bad in ("0", "3x", "2:0.5", "paper", ""):
        assert "sizes" in refused(run, *words, "--sizes", bad)
    assert run(*words).status == 2


def test_one_size_by_elimination_is_the_sum_recovery_code(run: Run) -> None:
    words = [*MODEL, "--trials", "20", "--seed", "1"]
    ours = asked(run, "simulate", "sr-sizes", *words, "--sizes", "8", "--decoder", "span")
    theirs = asked(run, "simulate", "sr", *words, "--degree", "8")
    assert (ours["latency"], ours["stopping_time"]) == (theirs["latency"], theirs["stopping_time"])
