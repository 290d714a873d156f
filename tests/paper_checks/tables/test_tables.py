"""Tables of the paper: what they say is what laws, trials and records say; their forms are asked in tests/contracts."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from math import isclose

import numpy as np
import pytest

from paper_checks import study
from paper_checks.figures import frontier
from paper_checks.floors import LABEL as FLOOR
from paper_checks.floors import least_mean
from paper_checks.parameters import DEGREE, PAPER, SYMBOLS, TAU
from paper_checks.real_sums import CONSTRUCTIONS
from paper_checks.tables import best_schemes, real_sums, thresholds
from paper_checks.tables.cited_schemes import System, order_latency, systems
from paper_checks.theory.lagrange import recovery_threshold
from srtheory.decoders.sums import Sum
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.compare import explore
from srtheory.experiments.lab import Lab
from srtheory.experiments.summary import COSTS
from srtheory.experiments.workloads import WORKLOADS
from srtheory.model import Model
from srtheory.render.table import PlusMinus
from srtheory.schemes import SCHEME_NAMES, make
from srtheory.schemes.base import UNLIMITED
from srtheory.span.oracles.rational import spans
from srtheory.study import making
from srtheory.study.findings import Finding, Verdict
from srtheory.study.study import Study
from srtheory.study.tables import OF_CLAIMS
from srtheory.theory.floor import floor
from tests.contracts.test_figures import FewTrials
from tests.ours import build, drawing
from tests.render.sample import entries


def test_small_cases_differ_and_are_on_record() -> None:
    for *_, covers, over_q, over_2, over_3 in build("small-cases", study.lab()).rows:
        assert len({covers, over_q, over_2, over_3}) > 1
        assert covers >= max(over_q, over_2, over_3)


def test_the_smallest_covered_reception_that_does_not_span() -> None:
    rows = build("counterexamples", study.lab()).rows
    assert ("sr-covered-implies-spans", 2, 5, 4, "1: {1} {3,4}; 2: {2} {3,5}") in rows
    assert ("covered-implies-spans", None, 3, 2, "{1,2} {1,3}") in rows


@pytest.mark.slow
def test_schemes_agree_with_the_laboratory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lab, "trials", 6)  # on the same delays
    lab = study.lab(seed=5)
    made = build("schemes", lab)
    found = {(row[0].code, row[1]): row for row in made.rows}
    assert len(found) == len(made.rows)
    assert {code.split()[0] for code, _ in found} == set(SCHEME_NAMES)
    assert {"SR", "LT, $m_e = 2m$", "Raptor, dense", "parts of 10, random order"} < {row[0].text for row in made.rows}
    pairs = [(found[code, "peeling"], found[code, "span"]) for code, decoder in found if decoder == "peeling"]
    assert len(pairs) == 8
    assert all(span[k].estimate <= peeling[k].estimate for peeling, span in pairs for k in (2, 4))
    sr, lt = found["sr", "span"], found["lt", "peeling"]
    assert sr[2].estimate == lab.summary("latency", "sr", degree=10).mean
    by_peeling = lab.summary("stopping_time", "repairable", decoder="peeling", degree=10)
    assert found["repairable", "peeling"][4].estimate == by_peeling.mean
    assert found["uncoded", None][6].estimate == pytest.approx(0.999)
    assert found["one", None][6].estimate == 0
    assert sr[6].estimate > lt[6].estimate > found["uncoded", None][6].estimate
    operations = sum(lab.summary(name, "lt", decoder="span").mean for name in COSTS)
    assert found["lt", "span"][6].estimate == pytest.approx(operations / 1000)
    assert operations > 999  # as many values are added up, whatever the coefficients take
    assert lt[2].estimate < found["raptor", "peeling"][2].estimate < found["raptor spread=24", "span"][2].estimate
    ratios = {key: row[3] for key, row in found.items() if row[3] is not None}
    assert ("genie", None) not in ratios
    assert ratios["sr", "span"] == least_mean(lab.at) / sr[2].estimate
    assert max(ratios.values()) < 1


def test_gradient_codes_by_what_they_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lab, "elimination_trials", 4)
    rows = build("gradient-codes", study.lab(seed=5)).rows
    assert {(a, s) for a, s, *_ in rows} == set(product((0, 9, 49), (0, 4, 9, 19, 49, 99)))
    for a, s, guess, _, lost, cyclic, sr, parts in rows:
        assert guess == ("right" if a == s else "too low" if s < a else "too high")
        assert (lost is None) == (cyclic is not None) == (s >= a)
        assert cyclic is None or cyclic > 10 * sr.estimate > 10 * parts.estimate > 0
    slower = {s: [row[3] for row in rows if row[1] == s] for s in (9, 49)}
    assert all(means == sorted(means) for means in slower.values())


def test_the_hitting_time_law_counts_every_run() -> None:
    for symbols, trials, early, late, share in build("hitting-time", study.lab()).rows:
        assert symbols >= 100
        assert share.estimate == pytest.approx(1 - (early + late) / trials)
        assert share.low <= share.estimate <= share.high


def sums_table(lab: Lab) -> list[dict[str, object]]:
    made = build("real-sums", lab)
    names = [column.name for column in made.columns]
    return [dict(zip(names, row, strict=True)) for row in made.rows]


def test_real_sums_come_through_every_construction() -> None:
    rows = sums_table(study.lab())
    pairs = {(row["sum"], row["construction"]) for row in rows}
    assert pairs == set(product(WORKLOADS, (construction.name for construction in CONSTRUCTIONS)))
    for row in rows:
        assert row["exact"] == ("rounded" if "LSMR" in row["construction"] else "yes")
        assert 0 <= row["error"] <= row["bound"]
        assert (row["products"] > 0) == row["construction"].startswith("SR")


@pytest.mark.quality
def test_a_real_sum_that_is_wrong_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    last = replace(CONSTRUCTIONS[1], decode=lambda rows, values: Sum(values[-1], 0))
    monkeypatch.setattr(real_sums, "CONSTRUCTIONS", [last])
    monkeypatch.setattr(real_sums, "WORKLOADS", {"kernel sum": WORKLOADS["kernel sum"]})
    [row] = sums_table(study.lab())
    assert row["exact"] == "no"
    assert row["error"] > row["bound"]


@pytest.mark.slow
def test_thresholds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those at m = 1000 are on the page: docs/quoted/theory.py."""
    monkeypatch.setattr(thresholds, "M_VALUES", (100, 1000))  # the last is left out at quick effort
    for m, delta, exact, limit, ratio, critical in build("thresholds", study.lab()).rows:
        assert delta in (0.1, 0.01)
        assert 1 < exact <= limit < m
        assert ratio > 1
        assert critical > 1


def test_every_table_has_a_builder() -> None:
    with pytest.raises(ArgumentError, match="one of " + ", ".join(study.tables)):
        build("nonsense", study.lab())


@pytest.mark.parametrize("name", OF_CLAIMS)
def test_a_table_of_claims_is_of_the_ledger_that_is_given(name: str) -> None:
    made = OF_CLAIMS[name][1](study, entries())
    assert build(name, study.lab(), ledger=lambda _: entries()).rows == made.rows != ()


def test_without_a_ledger_the_claims_are_checked() -> None:
    mine = Study(title="Mine")
    mine.claim("one", "I", "says")(lambda lab: Finding(Verdict.REFUTED, f"not at seed {lab.seed}"))
    for name in OF_CLAIMS:
        [row] = making.table(mine, name, mine.lab(seed=3)).rows
        assert row[:5] == ("one", "I", "says", "refuted", "not at seed 3")


# ------------------------------------------------------------------------------------ best schemes, and those cited


def test_points_are_those_of_the_laboratory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "SCHEMES", ("sr", "parts-cyclic", "genie"))
    monkeypatch.setattr(FewTrials, "trials", 4)  # half of them for each point
    lab = FewTrials(at=replace(PAPER, symbols=100))
    rows = {row[:3]: row[3:] for row in drawing("frontier", lab).points}
    for cost, kappa in ((0, 0.0), (10, 10 * TAU)):
        made = lab.summary("latency", "sr", degree=20, trials=2, message_cost=kappa)
        assert rows[cost, "sr", 20][1] == f"{made.mean:.10g}"
    assert rows[0, "genie", ""] == rows[100, "genie", ""]
    assert {row[3] for row in rows.values()} == {"yes", "no"}
    for cost in frontier.COSTS:
        assert rows[cost, FLOOR, ""][1] == f"{least_mean(lab.at, cost * TAU, coarse=True):.10g}"
    bounds = [float(rows[cost, FLOOR, ""][1]) for cost in frontier.COSTS]
    assert bounds == sorted(set(bounds))


def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best_schemes, "M_VALUES", (12,))
    monkeypatch.setattr(best_schemes, "TERM_LOADS", (0.1,))
    monkeypatch.setattr(best_schemes, "COSTS", (0, 10))


def test_the_fastest_scheme_has_the_least_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch)
    lab = study.lab()
    table = build("best-schemes", lab)
    assert [row[:3] for row in table.rows] == [(12, 0.1, 0), (12, 0.1, 10)]
    m, load, cost, name, degree, latency, of_floor, sr_degree, sr_latency = table.rows[1]
    points = explore(lab, 12, load, best_schemes.STARTUP, cost * load, best_schemes.SCHEMES, 20)
    fastest = min(points, key=lambda p: (p.latency.mean, p.messages.mean))
    sr = min((p for p in points if p.scheme == "sr"), key=lambda p: (p.latency.mean, p.messages.mean))
    assert (m, name.code, degree, sr_degree) == (12, fastest.scheme, fastest.degree, sr.degree)
    assert name.text == fastest.scheme + (f", {fastest.cells} cells" if fastest.cells else "")
    assert latency == PlusMinus(fastest.latency.mean, fastest.latency.standard_error)
    assert sr_latency == PlusMinus(sr.latency.mean, sr.latency.standard_error)
    least = floor(Model(12, None, load, parse_law(best_schemes.STARTUP), message_cost=cost * load)).mean
    assert of_floor == pytest.approx(least / fastest.latency.mean, rel=0.01)


@pytest.mark.quality
def test_another_order_of_costs_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch)
    right = build("best-schemes", study.lab()).rows
    slowest = best_schemes.best
    monkeypatch.setattr(
        best_schemes,
        "best",
        lambda points: slowest([replace(p, latency=replace(p.latency, mean=-p.latency.mean)) for p in points]),
    )
    assert build("best-schemes", study.lab()).rows != right


CITED = {f"[{k}]" for k in (*range(5, 12), *range(15, 24), 31, 32)}


def faults(rows: tuple[System, ...]) -> list[str]:
    """References without a row, and rows with neither a place on the line nor a sentence that says why."""
    missing = [reference for reference in CITED if reference not in {row.reference for row in rows}]
    return missing + [
        row.reference for row in rows if row.scheme is None and row.order is None and len(row.line.split()) < 5
    ]


def test_every_system_has_numbers_or_a_sentence() -> None:
    assert faults(systems()) == []
    assert {row.reference for row in systems()} == CITED
    assert {row.scheme for row in systems() if row.scheme} <= set(SCHEME_NAMES)


@pytest.mark.quality
def test_a_system_left_out_or_without_a_word_is_seen() -> None:
    rows = systems()
    assert faults(rows[1:]) == ["[5]"]
    assert faults((*rows[:1], replace(rows[1], line="none"), *rows[2:])) == ["[6]"]


def test_latencies_are_those_of_the_laboratory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lab, "trials", 20)  # on the same delays
    lab = study.lab()
    table = build("cited-schemes", lab)
    found = {(row[0], row[1]): row[-1] for row in table.rows}
    for row in systems():
        latency = found[row.reference, row.system]
        if row.scheme is None and row.order is None:
            assert latency is None
        elif row.scheme in ("lt", "repairable", "raptor"):
            mean = lab.summary("latency", row.scheme, **({"degree": DEGREE} if row.degree else {}))
            assert latency == PlusMinus(mean.mean, mean.standard_error)
    # min X + m tau, of every worker doing everything
    dense = next(latency for (reference, _), latency in found.items() if reference == "[5]")
    assert isinstance(dense, PlusMinus)
    assert isclose(dense.estimate, 5 / SYMBOLS + SYMBOLS * TAU, abs_tol=5 * dense.error)


def test_the_guaranteed_arrival_is_that_of_drawn_delays() -> None:
    """Of m delays the (m - 9)-th, plus ten terms."""
    drawn = np.sort(np.random.default_rng(1).exponential(5, size=(2000, SYMBOLS)))
    latency = drawn[:, SYMBOLS - DEGREE] + TAU * DEGREE
    off = (order_latency(SYMBOLS - DEGREE + 1) - latency.mean()) / (latency.std() / np.sqrt(len(latency)))
    assert abs(off) < 4
    beside = (order_latency(SYMBOLS - DEGREE) - latency.mean()) / (latency.std() / np.sqrt(len(latency)))
    assert abs(beside) > 4  # one worker fewer would be seen


def test_thresholds_of_cited_systems() -> None:
    results = {row.reference: row.results for row in systems()}
    assert results["[9]"] == results["[15]"] == recovery_threshold(SYMBOLS, 2) == 1999
    assert results["[8]"] == results["[19]"] == 991
    # Short-Dot's N (P - K + M)/P entries a worker, with N = P = m, M = 1, are then d
    assert SYMBOLS * (SYMBOLS - 991 + 1) // SYMBOLS == DEGREE


def test_any_so_many_workers_of_a_repetition_code_are_enough_and_no_fewer() -> None:
    m, d = 6, 2
    rows = make("repetition", m, degree=d).emit(1, np.full(m, UNLIMITED)).rows
    enough = {
        size: all(spans(rows.take(np.array(chosen))) for chosen in combinations(range(m), size)) for size in range(1, m)
    }
    assert [size for size, always in enough.items() if always] == [m - d + 1]


@pytest.mark.quality
def test_another_degree_changes_the_numbers() -> None:
    before, after = systems(), systems(replace(PAPER, degree=20))
    assert [row.terms for row in before] != [row.terms for row in after]
    assert after[3].results == SYMBOLS - 19
