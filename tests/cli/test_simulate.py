"""The verb ``simulate``: every scheme, its JSON and table, infinite latencies, options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from srtheory.schemes import SCHEME_NAMES
from tests.cli.conftest import Run, asked, refused, sizes

BASE = ["--symbols", "12", "--tau", "0.1", "--startup", "expon(scale=5)", "--trials", "20", "--seed", "3"]


def arguments(scheme: str) -> list[str]:
    return [scheme, *BASE, *sizes(scheme)]


def simulated(run: Run, scheme: str, *more: str) -> dict[str, Any]:
    return asked(run, "simulate", *arguments(scheme), *more)


@pytest.mark.parametrize("scheme", SCHEME_NAMES)
def test_the_table_rounds_the_numbers_of_the_json(run: Run, scheme: str) -> None:
    """Standard errors to two digits, and all else to six; what is not defined is no infinity."""
    summary = simulated(run, scheme)
    first, _, head, *lines, end = run("simulate", *arguments(scheme)).stdout.splitlines()
    assert first == f"{scheme}, 20 trials, seed 3"
    assert (summary["trials"], summary["seed"]) == (20, 3)
    assert head.split()[:2] == ["unit", "mean"]
    assert {"latency", "stopping_time", "coverage_time", "work"} <= {line.split()[0] for line in lines}
    units = {"latency": "time units", "stopping_time": "rows", "work": "terms"}
    for line in lines:
        name = line[:15].strip()
        one = summary[name]
        assert line[15:27].strip() == units.get(name, line[15:27].strip())
        mean, error, deviation, *quantiles = line[27:].split()
        assert mean == ("inf" if one["mean"] is None else f"{one['mean']:.6g}")
        assert error == ("-" if one["standard_error"] is None else f"{one['standard_error']:.2g}")
        assert deviation == ("-" if one["sd"] is None else f"{one['sd']:.6g}")
        shown = [one["quantiles"][q] for q in ("0.05", "0.5", "0.95")]
        assert quantiles == ["inf" if x is None else f"{x:.6g}" for x in shown]
    assert end.startswith(f"unrecovered {summary['unrecovered']} of 20 trials")


def proved(run: Run, folder: Path, *words: str) -> tuple[dict[str, Any], str]:
    """What a single trial comes to, and the line by which the checker accepts its certificate."""
    proof, matrix = str(folder / "proof.json"), str(folder / "rows.json")
    found = asked(run, "simulate", *words, "--trials", "1", "--matrix", matrix, "--certificate", proof)
    checked = run("check", proof, "--matrix", matrix)
    assert checked.status == 0, checked.stderr
    return found, checked.stdout.strip()


@pytest.mark.parametrize("scheme", SCHEME_NAMES)
def test_the_verdict_of_the_first_run_is_proved(run: Run, tmp_path: Path, scheme: str) -> None:
    """By the rows that arrived; where another decoder than elimination ended the run, it may have needed more."""
    summary, said = proved(run, tmp_path, *arguments(scheme))
    exact, rows = int(said.split()[-1].rstrip(".")), summary["stopping_time"]["mean"]
    assert exact == rows if summary["decoder"] == "span" else 0 < exact <= rows
    assert len(json.loads((tmp_path / "rows.json").read_text())["rows"]) == rows


def test_that_the_sum_is_not_there_is_proved_too(run: Run, tmp_path: Path) -> None:
    summary, said = proved(run, tmp_path, *arguments("uncoded"), "--silent", "0.9")
    assert summary["unrecovered"] == 1
    assert said.endswith("do not span 1.")


def test_rows_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    """Which is heard of before the trials, not after."""
    elsewhere, store = str(tmp_path / "none" / "rows.json"), tmp_path / "records"
    assert "'matrix'" in refused(run, "simulate", *arguments("sr"), "--matrix", elsewhere, "--store", str(store))
    assert not store.exists()


@pytest.mark.parametrize("decoder", ["partition", "intervals"])
def test_a_decoder_that_does_not_fit_is_refused_at_once(run: Run, decoder: str) -> None:
    assert "'decoder'" in refused(run, "simulate", *arguments("sr"), "--decoder", decoder)


def test_decoders(run: Run) -> None:
    """Those that recover nothing count no operations; of parts, the one of arcs is as good as elimination."""
    by = {name: simulated(run, "sr", "--decoder", name) for name in ("span", "coverage", "hitting")}
    assert by["coverage"]["stopping_time"] == by["hitting"]["coverage_time"]
    assert by["hitting"]["stopping_time"]["quantiles"]["0.01"] >= 12
    for name, summary in by.items():
        assert [what in summary for what in ("additions", "multiplications", "solving")] == [name == "span"] * 3
    parts = [simulated(run, "parts-cyclic", *more)["latency"] for more in ([], ["--decoder", "intervals"])]
    assert parts[0] == parts[1]


def test_the_phase_of_arcs(run: Run) -> None:
    found = {phase: simulated(run, "arcs", "--phase", phase) for phase in ("common", "random", "own")}
    assert [each["phase"] for each in found.values()] == [*found]
    assert len({each["latency"]["mean"] for each in found.values()}) == 3
    assert found["common"]["latency"] == simulated(run, "arcs")["latency"]
    assert "'phase'" in refused(run, "simulate", *arguments("sr"), "--phase", "own")


@pytest.mark.parametrize("words", ["bcc", "uncoded --silent 0.02"])
def test_runs_that_never_end_are_counted(run: Run, words: str) -> None:
    """A part that nobody sampled, a worker that never answers."""
    scheme, *more = words.split()
    found = simulated(run, scheme, *more)
    assert 0 < found["unrecovered"] < 20
    assert found["latency"]["mean"] is found["latency"]["sd"] is found["latency"]["quantiles"]["0.99"] is None
    assert found["latency"]["quantiles"]["0.01"] > 0
    assert "nan" not in run("simulate", *arguments(scheme), *more).stdout


def test_one_trial_has_no_deviation(run: Run) -> None:
    latency = run("simulate", *arguments("uncoded"), "--trials", "1").stdout.splitlines()[3].split()
    assert latency[4:6] == ["-", "-"]
    assert latency[3] == latency[7] != "inf"


def test_options_that_were_set_are_echoed(run: Run) -> None:
    given = run("simulate", "sr", *BASE, "--option", "degree=3").stdout.splitlines()[1]
    assert given.startswith("symbols 12, tau 0.1 time units per term, startup expon(")
    assert ", option.degree 3, " in given
    assert "option" not in run("simulate", "sr", *BASE, "--degree", "3").stdout.splitlines()[1]


def test_access_and_cap_and_workers(run: Run) -> None:
    assert simulated(run, "sr", "--access", "4")["access"] == 4
    capped = simulated(run, "lt", "--cap", "0.5")
    assert capped["unrecovered"] == 20
    assert capped["additions"]["mean"] is capped["solving"]["mean"] is capped["latency"]["mean"] is None
    grouped = simulated(run, "sr", "--workers", "4")
    assert grouped["workers"] == 4
    assert grouped["stopping_time"]["quantiles"]["0.99"] <= 16


def test_a_sample_of_delays(run: Run, tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("1.5\n1.5\n")
    found = simulated(run, "one", "--startup", f"sample:{tmp_path / 'd.txt'}")
    assert found["latency"]["mean"] == pytest.approx(1.5 + 12 * 0.1)


@pytest.mark.parametrize("option", ["--message-cost", "--master-time"])
def test_what_costs_time_ends_later(run: Run, option: str) -> None:
    """By the time of one message at the least; the master receives all of them one after the other."""
    name = option[2:].replace("-", "_")
    free, dear = simulated(run, "sr", option, "0"), simulated(run, "sr", option, "0.5")
    assert (free.get(name), dear[name]) == (None, 0.5)
    assert dear["latency"]["mean"] >= 0.5 * (dear["stopping_time"]["mean"] if name == "master_time" else 1)
    assert dear["latency"]["mean"] > free["latency"]["mean"] + 0.5
