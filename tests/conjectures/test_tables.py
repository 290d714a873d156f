"""data/small_cases: complete, and a sample computed again in another way."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from itertools import combinations_with_replacement
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from paper_checks.records import hunts as tables
from srtheory.theory.coverage import coverage_given_counts
from srtheory.theory.startup import block_ends
from tests.conjectures.test_span_given_counts import brute_force

SMALL_CASES = Path(__file__).parents[2] / "data" / "small_cases"


def records(name):
    with (SMALL_CASES / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


PROBABILITIES = records("probabilities.csv")


def parameters(record):
    return int(record["symbols"]), int(record["degree"]), tuple(map(int, record["counts"].split()))


def values(record):
    return [Fraction(record[name]) for name in ("covers", "spans_q", "spans_gf2", "spans_gf3")]


def test_every_count_vector_is_there():
    expected = [
        (m, d, counts)
        for m in range(1, 9)
        for d in range(1, max(2, m))
        for counts in combinations_with_replacement(range(len(block_ends(m, d)) + 1), m)
    ]
    assert [parameters(record) for record in PROBABILITIES] == expected


def feasible(record):
    """Few enough receptions to enumerate them one by one."""
    m, d, counts = parameters(record)
    if d == 1 and max(counts) > 3:
        return False
    return m <= 5 and sum(max(n - 1, 0) for n in counts) <= 3


@pytest.mark.parametrize("record", Random(11).sample([r for r in PROBABILITIES if feasible(r)], 25), ids=str)
def test_sample_against_every_reception(record):
    assert values(record) == brute_force(*parameters(record))


def test_coverage_against_the_closed_form():
    for record in Random(12).sample(PROBABILITIES, 1500):
        assert Fraction(record["covers"]) == coverage_given_counts(*parameters(record))


@pytest.mark.parametrize("m", [1, 2, 3, 4, 5])
def test_sample_recomputed(m):
    """The rows of small m as the command writes them."""
    again = [list(map(str, row)) for row in tables.probability_rows(m)]
    assert again == [list(r.values()) for r in PROBABILITIES if r["symbols"] == str(m)]
    latency = [list(map(str, row)) for row in tables.latency_rows(m)]
    assert latency == [list(r.values()) for r in records("latency.csv") if r["symbols"] == str(m)]
    exceptions = [list(map(str, row)) for row in tables.exception_rows(m)]
    assert exceptions == [list(r.values()) for r in records("hitting_time.csv") if r["symbols"] == str(m)]


def test_degrees_are_asked_up_to_the_largest_of_the_conjectures_on_record(monkeypatch):
    case = SimpleNamespace(symbols=5, masks=(1, 2, 3), sets=[[0], [1], [0, 1]], workers=(0, 1, 1))
    monkeypatch.setattr(
        tables, "hunt", lambda _, *, degree, budget: SimpleNamespace(counterexample=case if degree > 1 else None)
    )
    found = [tuple(row) for row in tables.degree_rows(3)]
    names = list(dict.fromkeys(record["conjecture"] for record in records("by_degree.csv")))
    assert [row[:2] for row in found] == [(name, d) for name in names for d in (1, 2, 3)]
    assert {tuple(row[2:]) for row in found if row[1] > 1} == {(5, 3, "[[0], [1], [0, 1]]", "[0, 1, 1]")}
    assert {row[2] for row in found if row[1] == 1} <= {"none up to 8", "none up to 9"}


def test_what_the_command_writes(monkeypatch, tmp_path):
    """Sizes up to the one that is asked for; latency and exceptions up to 8, degrees up to 6."""
    for name in ("probability_rows", "latency_rows", "exception_rows", "degree_rows"):
        monkeypatch.setattr(tables, name, lambda m, name=name: [[name, m]])
    found = json.loads((SMALL_CASES / "hunts.json").read_text("utf-8"))
    monkeypatch.setattr(tables, "hunts", lambda names: found)
    for _ in range(2):
        told = CliRunner().invoke(tables.main, ["--symbols", "3", "--out", str(tmp_path / "out")])
        assert (told.exit_code, told.stdout.endswith(tables.results_table(found) + "\n")) == (0, True)
    written = {path.name: path.read_text("utf-8") for path in (tmp_path / "out").iterdir()}
    assert written.pop("hunts.json") == (SMALL_CASES / "hunts.json").read_text("utf-8")
    sizes = {"probabilities": range(1, 4), "latency": range(1, 9), "hitting_time": range(1, 9), "by_degree": [6]}
    for name, each in sizes.items():
        head, *lines = written[f"{name}.csv"].splitlines()
        assert head == ",".join(records(f"{name}.csv")[0])
        assert [line.split(",")[-1] for line in lines] == list(map(str, each))
    assert CliRunner().invoke(tables.main, ["--symbols", "10", "--out", str(tmp_path)]).exit_code == 2


def test_spans_follow_from_one_another():
    """To span is to cover; where the fields part is known: GF(2) from m = 6 on, GF(3) from m = 8 on."""
    parted = {"spans_gf2": set(), "spans_gf3": set()}
    for record in PROBABILITIES:
        covers, *spanning = values(record)
        assert all(0 <= p <= covers <= 1 for p in spanning)
        for field, p in zip(parted, spanning[1:], strict=True):
            if p != spanning[0]:
                parted[field].add(int(record["symbols"]))
    assert parted == {"spans_gf2": {6, 7, 8}, "spans_gf3": {8}}


def test_bounds_at_finite_m():
    """Bound (5) without its o(1) holds up to m = 8; with the constant 1 it fails for d = 1 (and d = 2 from m = 6)."""
    latency = records("latency.csv")
    assert {record["within_2d"] for record in latency} == {"holds"}
    fails = {(int(r["symbols"]), int(r["degree"])) for r in latency if r["within_d"] != "holds"}
    assert fails == {(m, 1) for m in range(2, 9)} | {(m, 2) for m in (6, 7, 8)}


@pytest.mark.quality
def test_a_changed_entry_is_noticed():
    """An entry a thousandth off fails the comparison with plain enumeration."""
    record = next(r for r in PROBABILITIES if parameters(r) == (5, 2, (0, 0, 0, 2, 2)))
    true = brute_force(*parameters(record))
    assert values(record) == true
    assert values({**record, "spans_q": str(Fraction(record["spans_q"]) * Fraction(1001, 1000))}) != true
