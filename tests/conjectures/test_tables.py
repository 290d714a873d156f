"""data/small_cases: complete, and a sample computed again in another way."""

from __future__ import annotations

import csv
from fractions import Fraction
from itertools import combinations_with_replacement
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from paper_checks.records import hunts as tables
from srtheory.theory.blocks import block_ends
from srtheory.theory.laws.coverage import coverage_given_counts
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


@pytest.mark.parametrize(
    ("violation", "holds", "verdict"),
    [(None, True, "holds"), (None, False, "undecided"), (Fraction(3, 2), False, "fails at 3/2")],
)
def test_verdicts_on_a_bound(monkeypatch, violation, holds, verdict):
    monkeypatch.setattr(tables, "simplest_violation", lambda polynomial, slope: violation)
    monkeypatch.setattr(tables, "holds_everywhere", lambda polynomial, slope: holds)
    assert tables._verdict(None, 2) == verdict


def test_degrees_are_asked_up_to_the_largest(monkeypatch):
    asked = []

    def found(conjecture, *, degree, budget):
        asked.append(degree)
        return SimpleNamespace(counterexample=None)

    monkeypatch.setattr(tables, "hunt", found)
    rows = list(tables.degree_rows(3))
    assert asked == [row[1] for row in rows] == [1, 2, 3] * (len(rows) // 3)
    names = {row[0] for row in rows}
    assert len(names) == len(rows) / 3 > 1
    assert names == {record["conjecture"] for record in records("by_degree.csv")}
    assert {tuple(row[2:]) for row in rows} == {("none up to 8", "", "", ""), ("none up to 9", "", "", "")}


def test_a_counterexample_of_a_degree(monkeypatch):
    case = SimpleNamespace(symbols=5, masks=(1, 2, 3), sets=[[0], [1], [0, 1]], workers=(0, 1, 1))
    monkeypatch.setattr(tables, "hunt", lambda *_, **options: SimpleNamespace(counterexample=case))
    for _, *row in tables.degree_rows(1):
        assert row == [1, 5, 3, "[[0], [1], [0, 1]]", "[0, 1, 1]"]


def result(case, smallest, whole, parts=()):
    searched = {"complete_symbols": whole, "complete": parts, "classes": 17}
    case = None if case is None else {"symbols": 3, "degree": None, "rows": None} | case
    return {
        "conjecture": "it", "counterexample": case, "smallest": smallest, "found": case is not None,
        "searched": searched,
    }  # fmt: skip


PARTS = [{"symbols": 4, "rows": 7}, {"symbols": 5, "rows": 6}]


WEIGHTED = {"rows": [[0, 2]], "weights": [[1, -2]], "parameters": {"s": 1, "t": 5}}
ORDERED = {"orders": [[0, 2, 1], [2, 0, 1]], "rate_times_tau": "1/2"}


@pytest.mark.parametrize(
    ("given", "found", "smallest", "searched"),
    [
        (
            (None, None, [1, 3, 2], PARTS),
            "none found",
            "",
            r"$m \le 3$ complete, $m = 4$ up to 7 rows, $m = 5$ up to 6 rows",
        ),
        (({}, True, [1, 2], PARTS), "$m = 3$", "yes", r"$m \le 2$ complete"),
        (
            ({"degree": 2, "rows": [[0, 2], [1]]}, False, [1]),
            "$m = 3$, $d = 2$, rows 101 010",
            "no",
            r"$m \le 1$ complete",
        ),
        ((WEIGHTED, True, [2]), "$m = 3$, s 1, t 5, rows 1,0,-2", "yes", r"$m \le 2$ complete"),
        ((ORDERED, True, [2]), r"$m = 3$, orders 021 201, $\mu\tau = 1/2$", "yes", r"$m \le 2$ complete"),
    ],
)
def test_searches_as_a_table(given, found, smallest, searched):
    head, rule, row, again = tables.results_table([result(*given)] * 2).split("\n")
    assert (head.count("|"), rule) == (5, "|---|---|---|---|")
    assert row == again == f"| `it` | {found} | {smallest} | {searched}; 17 classes |"


def test_what_the_command_writes(monkeypatch, tmp_path):
    """Sizes up to the one that is asked for; latency and exceptions up to 8, degrees up to 6."""
    for name in ("probability_rows", "latency_rows", "exception_rows", "degree_rows"):
        monkeypatch.setattr(tables, name, lambda m, name=name: [[name, m]])
    found = [result({"orders": [[0, 2, 1]]}, True, [2]) | {"statement": "≤"}]
    monkeypatch.setattr(tables, "hunts", lambda names: found[: len(list(names))])
    out = tmp_path / "a" / "b"
    for _ in range(2):
        told = CliRunner().invoke(tables.main, ["--symbols", "3", "--out", str(out)])
        assert told.exit_code == 0
        assert told.stdout.endswith(tables.results_table(found) + "\n")
    written = {path.name: path.read_text("utf-8") for path in out.iterdir()}
    assert written.pop("hunts.json").startswith('[\n {\n  "conjecture": "it"')
    assert '"≤"' in (out / "hunts.json").read_text("utf-8")
    sizes = {"probabilities": range(1, 4), "latency": range(1, 9), "hitting_time": range(1, 9), "by_degree": [6]}
    assert {name: [line.split(",")[-1] for line in text.splitlines()[1:]] for name, text in written.items()} == {
        f"{name}.csv": list(map(str, each)) for name, each in sizes.items()
    }
    assert written["latency.csv"].startswith("symbols,degree,within_2d,within_d,r_coefficients\nlatency_rows,1\n")


@pytest.mark.parametrize(("symbols", "status"), [(0, 2), (10, 2), (1, 0), (9, 0)])
def test_sizes_of_the_command(monkeypatch, tmp_path, symbols, status):
    for name in ("probability_rows", "latency_rows", "exception_rows", "degree_rows", "hunts"):
        monkeypatch.setattr(tables, name, lambda m: [])
    told = CliRunner().invoke(tables.main, ["--symbols", str(symbols), "--out", str(tmp_path)])
    assert told.exit_code == status


def test_the_command_by_default_and_what_it_refuses(monkeypatch, tmp_path):
    sizes = []
    for name in ("latency_rows", "exception_rows", "degree_rows", "hunts"):
        monkeypatch.setattr(tables, name, lambda m: [])
    monkeypatch.setattr(tables, "probability_rows", lambda m: sizes.append(m) or [])
    assert CliRunner().invoke(tables.main, ["--out", str(tmp_path)]).exit_code == 0
    assert sizes == list(range(1, 9))
    file = tmp_path / "probabilities.csv"
    refused = CliRunner().invoke(tables.main, ["--out", str(file)])
    assert (refused.exit_code, "is a file" in refused.output) == (2, True)
    assert "[default: 8; 1<=x<=9]" in CliRunner().invoke(tables.main, ["--help"], terminal_width=200).output


def test_searches_have_no_budget_and_come_in_order(monkeypatch):
    monkeypatch.setattr(tables, "shipped", lambda: {"one": 1, "two": 2, "three": 3})
    monkeypatch.setattr(tables, "hunt", lambda conjecture, *, budget: (conjecture, budget))
    monkeypatch.setattr(tables, "summary", lambda found: found)
    assert list(tables.hunts(["three", "one"])) == [(3, 1e9), (1, 1e9)]


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
