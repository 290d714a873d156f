"""The verb ``simulate``: every scheme, its JSON, infinite latencies, one-line errors."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from srtheory.decoders import DECODER_NAMES as DECODERS
from srtheory.schemes import SCHEME_NAMES
from tests.cli.conftest import Run, sizes

module = import_module("srtheory.cli.simulate")

BASE = ["--symbols", "12", "--tau", "0.1", "--startup", "expon(scale=5)", "--trials", "20", "--seed", "3"]


def arguments(scheme: str) -> list[str]:
    return [scheme, *BASE, *sizes(scheme)]


def test_the_help_names_every_scheme(run: Run) -> None:
    text = run("simulate", "--help").stdout
    assert all(scheme in text for scheme in SCHEME_NAMES)


def test_decoders_that_eliminate_nothing(run: Run) -> None:
    by = {d: json.loads(run("simulate", *arguments("sr"), "--decoder", d, "--json").stdout) for d in DECODERS[-2:]}
    assert list(by) == ["coverage", "hitting"]
    assert by["coverage"]["stopping_time"] == by["hitting"]["coverage_time"]
    assert by["hitting"]["stopping_time"]["quantiles"]["0.01"] >= 12


@pytest.mark.parametrize("scheme", SCHEME_NAMES)
def test_json(run: Run, scheme: str) -> None:
    result = run("simulate", *arguments(scheme), "--json")
    summary = json.loads(result.stdout)
    assert result.status == 0
    assert (summary["trials"], summary["seed"]) == (20, 3)
    for name in ("latency", "stopping_time", "coverage_time", "work"):
        assert {"mean", "sd", "quantiles"} <= set(summary[name])
    assert summary["work"]["mean"] > 0
    assert json.loads(run("simulate", *arguments(scheme), "--json").stdout) == summary


def proved(run: Run, folder: Path, *words: str) -> tuple[dict[str, Any], list[str]]:
    """What a single trial comes to, and the lines by which the checker accepts its certificate."""
    proof, matrix = str(folder / "proof.json"), str(folder / "rows.json")
    done = run("simulate", *words, "--trials", "1", "--matrix", matrix, "--certificate", proof, "--json")
    checked = run("check", proof, "--matrix", matrix)
    assert (done.status, checked.status) == (0, 0), done.stderr + checked.stderr
    return json.loads(done.stdout), checked.stdout.splitlines()


@pytest.mark.parametrize("scheme", SCHEME_NAMES)
def test_the_verdict_of_the_first_run_is_proved(run: Run, tmp_path: Path, scheme: str) -> None:
    """By the rows that arrived; where another decoder than elimination ended the run, it may have needed more."""
    summary, [said] = proved(run, tmp_path, *arguments(scheme))
    exact, rows = int(said.split()[-1].rstrip(".")), summary["stopping_time"]["mean"]
    assert exact == rows if summary["decoder"] == "span" else 0 < exact <= rows
    assert len(json.loads((tmp_path / "rows.json").read_text())["rows"]) == rows


def test_that_the_sum_is_not_there_is_proved_too(run: Run, tmp_path: Path) -> None:
    summary, [said] = proved(run, tmp_path, *arguments("uncoded"), "--silent", "0.9")
    assert summary["unrecovered"] == 1
    assert said.endswith("do not span 1.")


def test_rows_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    """Which is heard of before the trials, not after."""
    elsewhere, store = str(tmp_path / "none" / "rows.json"), tmp_path / "records"
    refused = run("simulate", *arguments("sr"), "--matrix", elsewhere, "--store", str(store))
    assert (refused.status, refused.stderr.count("\n")) == (2, 1)
    assert "'matrix'" in refused.stderr
    assert not store.exists()


def test_a_decoder_that_does_not_fit_is_refused_at_once(run: Run) -> None:
    refused = run("simulate", *arguments("sr"), "--decoder", "partition")
    assert refused.status == 2
    assert "'decoder'" in refused.stderr


def test_the_decoder_of_arcs_takes_parts_and_refuses_blocks(run: Run) -> None:
    refused = run("simulate", *arguments("sr"), "--decoder", "intervals")
    assert (refused.status, refused.stderr.count("\n")) == (2, 1)
    assert "'decoder'" in refused.stderr
    parts = [
        json.loads(run("simulate", *arguments("parts-cyclic"), *more, "--json").stdout)
        for more in ([], ["--decoder", "intervals"])
    ]
    assert parts[0]["latency"] == parts[1]["latency"]


def test_the_phase_of_arcs(run: Run) -> None:
    means = {}
    for phase in ("common", "random", "own"):
        made = json.loads(run("simulate", *arguments("arcs"), "--phase", phase, "--json").stdout)
        assert made["phase"] == phase
        means[phase] = made["latency"]["mean"]
    assert len(set(means.values())) == 3
    assert means["common"] == json.loads(run("simulate", *arguments("arcs"), "--json").stdout)["latency"]["mean"]
    assert run("simulate", *arguments("arcs"), "--phase", "late").status == 2
    assert run("simulate", *arguments("sr"), "--phase", "own").status == 2


def test_a_part_that_nobody_sampled_is_infinite(run: Run) -> None:
    summary = json.loads(run("simulate", *arguments("bcc"), "--json").stdout)
    assert 0 < summary["unrecovered"] < 20
    assert summary["latency"]["mean"] is None
    assert summary["latency"]["quantiles"]["0.01"] > 0


def test_a_deviation_that_is_not_defined_is_not_called_infinite(run: Run) -> None:
    """One trial has no standard deviation, and neither have trials of which one is infinite."""
    for given, mean in (
        ([*arguments("uncoded"), "--trials", "1"], None),
        ([*arguments("uncoded"), "--silent", "0.2"], "inf"),
    ):
        latency = run("simulate", *given).stdout.splitlines()[3].split()
        assert latency[:3] == ["latency", "time", "units"]
        assert latency[4:6] == ["-", "-"]
        assert latency[3] == (mean or latency[7])


def test_table_names_the_measures(run: Run) -> None:
    head, parameters, _, *lines, end = run("simulate", *arguments("uncoded")).stdout.splitlines()
    assert head == "uncoded, 20 trials, seed 3"
    assert parameters.startswith("symbols 12, tau 0.1 time units per term, startup expon(")
    units = {line[:15].strip(): line[15:27].strip() for line in lines}
    assert units.items() >= {"latency": "time units", "stopping_time": "rows", "work": "terms"}.items()
    assert end.startswith("unrecovered 0 of 20 trials")


def test_the_table_rounds_the_numbers_of_the_json(run: Run) -> None:
    """Standard errors to two digits, and all else to six."""
    summary = json.loads(run("simulate", *arguments("sr"), "--json").stdout)
    for line in run("simulate", *arguments("sr")).stdout.splitlines()[3:-1]:
        one = summary[line[:15].strip()]
        mean, error, *others = line[27:].split()
        assert (mean, error) == (f"{one['mean']:.6g}", f"{one['standard_error']:.2g}")
        assert others == [f"{x:.6g}" for x in (one["sd"], *(one["quantiles"][q] for q in ("0.05", "0.5", "0.95")))]


def test_options_that_were_set_are_echoed(run: Run) -> None:
    given = run("simulate", "sr", *BASE, "--option", "degree=3").stdout.splitlines()[1]
    assert ", option.degree 3, " in given
    assert "option" not in run("simulate", "sr", *BASE, "--degree", "3").stdout.splitlines()[1]


def test_access_and_cap_and_workers(run: Run) -> None:
    limited = json.loads(run("simulate", *arguments("sr"), "--access", "4", "--json").stdout)
    assert limited["access"] == 4
    capped = json.loads(run("simulate", *arguments("lt"), "--cap", "0.5", "--json").stdout)
    assert capped["unrecovered"] == 20
    assert capped["additions"]["mean"] is capped["solving"]["mean"] is capped["latency"]["mean"] is None
    grouped = json.loads(run("simulate", *arguments("sr"), "--workers", "4", "--json").stdout)
    assert grouped["workers"] == 4
    assert grouped["stopping_time"]["quantiles"]["0.99"] <= 16


def test_a_sample_of_delays(run: Run, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("delays") / "d.txt"
    path.write_text("1.5\n1.5\n")
    given = [a if a != "expon(scale=5)" else f"sample:{path}" for a in arguments("one")]
    assert json.loads(run("simulate", *given, "--json").stdout)["latency"]["mean"] == pytest.approx(1.5 + 12 * 0.1)


def test_a_master_that_takes_time_ends_later(run: Run) -> None:
    free, busy = (
        json.loads(run("simulate", *arguments("sr"), "--master-time", each, "--json").stdout) for each in ("0", "0.5")
    )
    assert "master_time" not in free
    assert busy["master_time"] == 0.5
    assert busy["stopping_time"] == free["stopping_time"]
    assert busy["latency"]["mean"] >= 0.5 * busy["stopping_time"]["mean"]


def test_runs_that_may_never_end_are_counted(run: Run) -> None:
    given = ["simulate", *arguments("uncoded"), "--silent", "0.02"]
    answer = json.loads(run(*given, "--json").stdout)
    assert 0 < answer["unrecovered"] < answer["trials"]
    assert answer["silent"] == 0.02
    assert answer["latency"]["mean"] is answer["latency"]["quantiles"]["0.99"] is None
    assert answer["latency"]["quantiles"]["0.01"] > 0
    shown = run(*given)
    assert (shown.status, shown.stderr) == (0, "")
    assert f"unrecovered {answer['unrecovered']}" in shown.stdout
    assert "nan" not in shown.stdout


def test_messages_that_cost_come_later(run: Run) -> None:
    free, costly = (
        json.loads(run("simulate", *arguments("sr"), "--message-cost", cost, "--json").stdout) for cost in ("0", "0.5")
    )
    assert "message_cost" not in free
    assert costly["message_cost"] == 0.5
    assert costly["latency"]["mean"] > free["latency"]["mean"] + 0.5


def test_the_table_to_the_letter() -> None:
    """Digests are cut, units are those of each quantity, and what is not defined has no number."""
    one = {
        "mean": 1234567.5,
        "standard_error": 0.0123456,
        "sd": 0.12345678,
        "quantiles": {"0.05": 1.0, "0.5": 2.5, "0.95": 30.0},
    }
    none = {"mean": None, "standard_error": None, "sd": None, "quantiles": {"0.05": 0.5, "0.5": None, "0.95": None}}
    result = {
        "id": "f" * 64,
        "scheme": "a.py::B",
        "symbols": 9,
        "tau": 0.5,
        "source": "0123456789abcdef",
        "seed": 4,
        "trials": 20,
        "stopping_rule": "fixed number of trials",
        "unrecovered": 3,
        "complete_worker": 5,
        "all_systematic": 7,
        "solving": one,
        "latency": none,
    }
    assert module._table(result).splitlines() == [
        "a.py::B, 20 trials, seed 4",
        "symbols 9, tau 0.5 time units per term, source 0123456789ab",
        "                unit               mean    ± s.e.          sd         5 %      median        95 %",
        "latency         time units          inf         -           -         0.5         inf         inf",
        "solving         operations  1.23457e+06     0.012    0.123457           1         2.5          30",
        "unrecovered 3 of 20 trials; stopped by a complete worker 5, by all systematic symbols 7",
    ]


@pytest.mark.parametrize(("decoder", "counted"), [("span", True), ("hitting", False), ("coverage", False)])
def test_decoders_that_recover_nothing_count_no_operations(run: Run, decoder: str, counted: bool) -> None:
    found = json.loads(run("simulate", *arguments("sr"), "--trials", "1", "--decoder", decoder, "--json").stdout)
    assert [name in found for name in ("additions", "multiplications", "solving")] == [counted] * 3
