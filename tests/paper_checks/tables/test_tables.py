"""Tables of the paper: what they say is what laws, trials and records say; their forms are asked in tests/contracts."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import isclose

import numpy as np
import pytest

from paper_checks import floors, study
from paper_checks.figures import frontier
from paper_checks.floors import LABEL as FLOOR
from paper_checks.floors import least_mean
from paper_checks.parameters import DEGREE, PAPER, SYMBOLS, TAU
from paper_checks.real_sums import CONSTRUCTIONS
from paper_checks.tables import best_schemes, real_sums
from paper_checks.tables.cited_schemes import System, order_latency, systems
from paper_checks.theory.lagrange import recovery_threshold
from paper_checks.workloads import WORKLOADS
from srtheory.decoders.sums import Sum
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.compare import explore
from srtheory.experiments.lab import Lab
from srtheory.experiments.summary import COSTS
from srtheory.model import Model
from srtheory.render.table import PlusMinus
from srtheory.schemes import SCHEME_NAMES
from srtheory.study import making
from srtheory.study.findings import Finding, Verdict
from srtheory.study.ledger import OF_CLAIMS
from srtheory.study.study import Study
from srtheory.theory.floor import floor
from tests.contracts.test_figures import FewTrials
from tests.ours import build, drawing
from tests.paper_checks.claims.conftest import floor_once
from tests.render.sample import entries


def test_small_cases_differ_and_are_on_record() -> None:
    for *_, covers, over_q, over_2, over_3 in build("small-cases", study.lab()).rows:
        assert len({covers, over_q, over_2, over_3}) > 1
        assert covers >= max(over_q, over_2, over_3)
    rows = build("counterexamples", study.lab()).rows
    assert ("sr-covered-implies-spans", 2, 5, 4, "1: {1} {3,4}; 2: {2} {3,5}") in rows
    assert ("covered-implies-spans", None, 3, 2, "{1,2} {1,3}") in rows
    for symbols, trials, early, late, share in build("hitting-time", study.lab()).rows:
        assert symbols >= 100
        assert share.estimate == pytest.approx(1 - (early + late) / trials)
        assert share.low <= share.estimate <= share.high


def test_schemes_agree_with_the_laboratory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lab, "trials", 4)  # on the same delays
    monkeypatch.setattr(floors, "floor", floor_once)
    lab = study.lab(seed=5)
    made = build("schemes", lab)
    found = {(row[0].code, row[1]): row for row in made.rows}
    assert len(found) == len(made.rows)
    assert {code.split()[0] for code, _ in found} == set(SCHEME_NAMES)
    pairs = [(found[code, "peeling"], found[code, "span"]) for code, decoder in found if decoder == "peeling"]
    assert len(pairs) == 8
    assert all(span[k].estimate <= peeling[k].estimate for peeling, span in pairs for k in (2, 4))
    sr, lt = found["sr", "span"], found["lt", "peeling"]
    assert sr[2].estimate == lab.summary("latency", "sr", degree=10).mean
    by_peeling = lab.summary("stopping_time", "repairable", decoder="peeling", degree=10)
    assert found["repairable", "peeling"][4].estimate == by_peeling.mean
    assert found["uncoded", None][6].estimate == pytest.approx(0.999)
    assert sr[6].estimate > lt[6].estimate > found["uncoded", None][6].estimate > found["one", None][6].estimate == 0
    operations = sum(lab.summary(name, "lt", decoder="span").mean for name in COSTS)
    assert found["lt", "span"][6].estimate == pytest.approx(operations / 1000)
    ratios = {key: row[3] for key, row in found.items() if row[3] is not None}
    assert ("genie", None) not in ratios
    assert ratios["sr", "span"] == least_mean(lab.at) / sr[2].estimate
    assert max(ratios.values()) < 1


def test_gradient_codes_by_what_they_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lab, "elimination_trials", 3)
    rows = build("gradient-codes", study.lab(seed=5)).rows
    assert {(a, s) for a, s, *_ in rows} == set(product((0, 9, 49), (0, 4, 9, 19, 49, 99)))
    for a, s, guess, _, lost, cyclic, sr, parts in rows:
        assert guess == ("right" if a == s else "too low" if s < a else "too high")
        assert (lost is None) == (cyclic is not None) == (s >= a)
        assert cyclic is None or cyclic > 10 * sr.estimate > 10 * parts.estimate > 0
    slower = {s: [row[3] for row in rows if row[1] == s] for s in (9, 49)}
    assert all(means == sorted(means) for means in slower.values())


@pytest.mark.quality
def test_a_real_sum_that_is_wrong_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """tests/paper_checks/test_real_sums.py asks every sum of every construction."""
    last = replace(CONSTRUCTIONS[1], decode=lambda rows, values: Sum(values[-1], 0))
    monkeypatch.setattr(real_sums, "CONSTRUCTIONS", [CONSTRUCTIONS[1], last])
    monkeypatch.setattr(real_sums, "WORKLOADS", {"kernel sum": WORKLOADS["kernel sum"]})
    made = build("real-sums", study.lab())
    right, wrong = (dict(zip((column.name for column in made.columns), row, strict=True)) for row in made.rows)
    assert (right["exact"], wrong["exact"]) == ("yes", "no")
    assert right["error"] <= right["bound"]
    assert wrong["error"] > wrong["bound"]


@pytest.mark.parametrize("name", OF_CLAIMS)
def test_a_table_of_claims_is_of_the_ledger_that_is_given_and_without_one_they_are_checked(name: str) -> None:
    made = OF_CLAIMS[name][1](study, entries())
    assert build(name, study.lab(), ledger=lambda _: entries()).rows == made.rows != ()
    mine = Study(title="Mine")
    mine.claim("one", "I", "says")(lambda lab: Finding(Verdict.REFUTED, f"not at seed {lab.seed}"))
    [row] = making.table(mine, name, mine.lab(seed=3)).rows
    assert row[:5] == ("one", "I", "says", "refuted", "not at seed 3")
    with pytest.raises(ArgumentError, match="one of " + ", ".join(study.tables)):
        build("nonsense", study.lab())


def test_points_are_those_of_the_laboratory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "SCHEMES", ("sr", "parts-cyclic", "genie"))
    monkeypatch.setattr(FewTrials, "trials", 4)  # half of them for each point
    lab = FewTrials(at=replace(PAPER, symbols=20))
    rows = {row[:3]: row[3:] for row in drawing("frontier", lab).points}
    for cost, kappa in ((0, 0.0), (10, 10 * TAU)):
        made = lab.summary("latency", "sr", degree=10, trials=2, message_cost=kappa)
        assert rows[cost, "sr", 10][1] == f"{made.mean:.10g}"
    assert rows[0, "genie", ""] == rows[100, "genie", ""]
    assert {row[3] for row in rows.values()} == {"yes", "no"}
    for cost in frontier.COSTS:
        assert rows[cost, FLOOR, ""][1] == f"{least_mean(lab.at, cost * TAU, coarse=True):.10g}"
    bounds = [float(rows[cost, FLOOR, ""][1]) for cost in frontier.COSTS]
    assert bounds == sorted(set(bounds))


@pytest.mark.quality
def test_the_fastest_scheme_has_the_least_mean_and_another_order_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, values in (("M_VALUES", (12,)), ("TERM_LOADS", (0.1,)), ("COSTS", (0, 10))):
        monkeypatch.setattr(best_schemes, name, values)
    lab = study.lab()
    rows = build("best-schemes", lab).rows
    assert [row[:3] for row in rows] == [(12, 0.1, 0), (12, 0.1, 10)]
    m, load, cost, name, degree, latency, of_floor, sr_degree, sr_latency = rows[1]
    points = explore(lab, 12, load, best_schemes.STARTUP, cost * load, best_schemes.SCHEMES, 20)
    fastest = min(points, key=lambda p: (p.latency.mean, p.messages.mean))
    sr = min((p for p in points if p.scheme == "sr"), key=lambda p: (p.latency.mean, p.messages.mean))
    assert (m, name.code, degree, sr_degree) == (12, fastest.scheme, fastest.degree, sr.degree)
    assert name.text == fastest.scheme + (f", {fastest.cells} cells" if fastest.cells else "")
    assert latency == PlusMinus(fastest.latency.mean, fastest.latency.standard_error)
    assert sr_latency == PlusMinus(sr.latency.mean, sr.latency.standard_error)
    least = floor(Model(12, None, load, parse_law(best_schemes.STARTUP), message_cost=cost * load)).mean
    assert of_floor == pytest.approx(least / fastest.latency.mean, rel=0.01)
    slowest = best_schemes.best
    reverse = lambda p: replace(p, latency=replace(p.latency, mean=-p.latency.mean))  # noqa: E731
    monkeypatch.setattr(best_schemes, "best", lambda points: slowest([reverse(p) for p in points]))
    assert build("best-schemes", lab).rows != rows


CITED = {f"[{k}]" for k in (*range(5, 12), *range(15, 24), 31, 32)}


def faults(rows: tuple[System, ...]) -> list[str]:
    """References without a row, and rows with neither a place on the line nor a sentence that says why."""
    missing = [reference for reference in CITED if reference not in {row.reference for row in rows}]
    return missing + [
        row.reference for row in rows if row.scheme is None and row.order is None and len(row.line.split()) < 5
    ]


@pytest.mark.quality
def test_every_system_has_numbers_or_a_sentence_and_one_left_out_or_without_a_word_is_seen() -> None:
    rows = systems()
    assert faults(rows) == []
    assert {row.reference for row in rows} == CITED
    assert {row.scheme for row in rows if row.scheme} <= set(SCHEME_NAMES)
    assert faults(rows[1:]) == ["[5]"]
    assert faults((*rows[:1], replace(rows[1], line="none"), *rows[2:])) == ["[6]"]


def test_latencies_are_those_of_the_laboratory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lab, "trials", 8)  # on the same delays
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


@pytest.mark.quality
def test_the_guaranteed_arrival_is_that_of_drawn_delays_and_thresholds_are_those_of_the_theory() -> None:
    """Of m delays the (m - 9)-th, plus ten terms; one worker fewer would be seen, and another degree."""
    drawn = np.sort(np.random.default_rng(1).exponential(5, size=(2000, SYMBOLS)))
    latency = drawn[:, SYMBOLS - DEGREE] + TAU * DEGREE
    for workers, agrees in ((SYMBOLS - DEGREE + 1, True), (SYMBOLS - DEGREE, False)):
        off = (order_latency(workers) - latency.mean()) / (latency.std() / np.sqrt(len(latency)))
        assert (abs(off) < 4) == agrees
    results = {row.reference: row.results for row in systems()}
    assert results["[9]"] == results["[15]"] == recovery_threshold(SYMBOLS, 2) == 1999
    # Short-Dot's N (P - K + M)/P entries a worker, with N = P = m, M = 1, are then d
    assert results["[8]"] == results["[19]"] == 991 == SYMBOLS - DEGREE + 1
    after = systems(replace(PAPER, degree=20))
    assert [row.terms for row in systems()] != [row.terms for row in after]
    assert after[3].results == SYMBOLS - 19
