"""The example and the open questions of section V: verdicts, and planted mistakes that change them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from paper_checks import study
from paper_checks.claims import discussion
from paper_checks.claims.discussion import (
    campaign_again,
    campaign_on_record,
    disc_example,
    disc_open_1,
    disc_open_2,
    disc_open_3,
    redo,
    worst_case_rows,
)
from paper_checks.claims.examples import all_receptions, certified, covers_without_spanning, least_reachable, row_sets
from paper_checks.claims.like_cells import either, mantel_haenszel, step, steps
from paper_checks.claims.runs import POINT, name_of, percent, runs
from paper_checks.records import guarantees
from srtheory.decoders.cost import leading
from srtheory.decoders.peeling import peel, peeling
from srtheory.errors import ArgumentError
from srtheory.experiments.campaign.plan import SYMBOLS, plan
from srtheory.experiments.campaign.tables import Tables, stored
from srtheory.experiments.lab import Effort, Lab
from srtheory.schemes.luby_transform import LubyTransform
from srtheory.span.oracles import rational
from srtheory.study.findings import Verdict
from srtheory.theory.given_counts import spanning_given_counts
from srtheory.theory.laws.coverage import coverage_given_counts
from tests.strategies import complete_worker, systematic_rows


def test_the_example(lab: Lab) -> None:
    found = disc_example(lab)
    assert found.verdict is Verdict.REFUTED
    assert found.evidence["smallest"] == {"m": 3, "number of rows": 2, "rows": "{1,2} {1,3}"}
    least = found.evidence["smallest of an SR code, by $d$"]
    assert least["1"] is None
    assert [(least[d]["m"], least[d]["number of rows"]) for d in "2345"] == [(5, 4), (5, 4), (6, 4), (7, 4)]
    json.dumps(found.evidence, allow_nan=False)


@pytest.mark.quality
def test_an_example_that_is_one_is_recognised(lab: Lab) -> None:
    assert disc_example(lab, example=(3, [(0, 1), (0, 2)])).verdict is Verdict.VERIFIED
    assert disc_example(lab, example=(3, [(0, 1), (1, 2), (1,)])).verdict is Verdict.REFUTED


def test_there_are_as_many_row_sets_as_there_should_be() -> None:
    assert [sum(1 for _ in row_sets(m)) for m in (1, 2, 3)] == [1, 7, 127]
    assert not any(covers_without_spanning(*e) for m in (1, 2) for e in row_sets(m))


def test_what_an_sr_code_reaches_is_a_reception_of_one() -> None:
    m, rows = least_reachable(3, 5) or (0, [])
    assert m == 5
    sent = [[row for row in rows if len(row) == size] for size in (1, 3)]
    assert [len(part) for part in sent] == [2, 2]
    assert least_reachable(3, 4) is None


@pytest.mark.quality
def test_a_certificate_of_the_contrary_is_no_proof() -> None:
    assert certified(3, [(0, 1), (0, 2)])
    assert not certified(2, [(0,), (0, 1)])


def test_first_question(lab: Lab) -> None:
    found = disc_open_1(lab)
    assert found.verdict is Verdict.ANSWERED
    assert found.evidence["rows proved to suffice at the paper's parameters, by confidence"] == {
        0.9: 1007,
        0.99: 1220,
        0.999: 1442,
    }
    assert found.evidence["always enough at $m = 1000$, $d = 10$"] == 99901
    assert found.evidence[r"$M' = \max(m, \mathrm{CC})$"][name_of(POINT)]["fraction"][0] > 0.9
    json.dumps(found.evidence, allow_nan=False)


@pytest.mark.quality
def test_first_question_can_come_out_otherwise(lab: Lab) -> None:
    assert disc_open_1(lab, sufficient=lambda m, d: worst_case_rows(m, d) - 1).verdict is Verdict.REFUTED
    assert disc_open_1(lab, sufficient=lambda m, d: worst_case_rows(m, d) + 1).verdict is Verdict.REFUTED
    peeled = disc_open_1(lab, receive=lambda lab, point: runs(lab, "lt", point, cap=2.0))
    assert peeled.verdict is Verdict.REFUTED
    assert "falls as $m$ grows" in disc_open_1(lab, recorded=backwards).finding


@pytest.mark.quality
def test_bounds_that_runs_contradict_are_caught(lab: Lab) -> None:
    found = guarantees.read()
    for wrong in (lambda p: 1 - p, lambda p: min(p + 0.1, 1.0)):
        lines = [replace(line, low=wrong(line.low), high=wrong(line.high)) for line in found.rows]
        other = replace(found, rows=lines)
        assert disc_open_1(lab, proved=lambda other=other: other).verdict is Verdict.NOT_REPRODUCED


def backwards() -> Tables:
    """The campaign on record with its sizes in reverse, so that the law gets worse as m grows."""
    found = campaign_on_record()
    other = dict(zip(SYMBOLS, reversed(SYMBOLS), strict=True))
    degree = lambda cell: round(cell.degree * math.log(other[cell.symbols]) / math.log(cell.symbols))  # noqa: E731
    turned = (replace(cell, symbols=other[cell.symbols], degree=degree(cell)) for cell in found.cells)
    return replace(found, cells=tuple(turned))


def mixture(trials: tuple[int, int, int, int], held: tuple[float, float, float, float]) -> Tables:
    """A good and a bad cell at m = 100, then at m = 200."""
    template = next(c for c in campaign_on_record().cells if (c.symbols, c.degree) == (100, 5))
    cells = []
    for i, (n, share) in enumerate(zip(trials, held, strict=True)):
        hits = round(share * n)
        shape = {"symbols": (100, 200)[i // 2], "load": (0.01, 10.0)[i % 2]}
        cells.append(replace(template, cell=i, trials=n, held=hits, late=n - hits, early=0, complete=0, **shape))
    return Tables(tuple(cells), ())


@pytest.mark.quality
def test_the_mixture_of_cells_is_not_judged(lab: Lab) -> None:
    improves = mixture((9000, 1000, 1000, 9000), (0.98, 0.5, 0.99, 0.6))  # and 93 % of all runs become 64 %
    assert disc_open_1(lab, recorded=lambda: improves).verdict is Verdict.ANSWERED
    worsens = mixture((1000, 9000, 9000, 1000), (0.99, 0.6, 0.98, 0.5))
    found = disc_open_1(lab, recorded=lambda: worsens)
    assert found.verdict is Verdict.REFUTED
    assert "falls as $m$ grows" in found.finding


def test_steps_are_between_cells_that_both_have() -> None:
    record = campaign_on_record()
    assert [(s.earlier, s.later, s.cells) for s in steps(record)][-2:] == [(5000, 10_000, 64), (10_000, 20_000, 56)]
    assert not any(s.falls for s in steps(record))
    two = mixture((100, 300, 100, 300), (0.9, 0.5, 0.9, 0.5))
    [same] = steps(two)
    assert (same.cells, same.before, same.after) == (2, pytest.approx(0.7), pytest.approx(0.7))
    plain = 2 * (0.9 * 0.1 / 100 + 0.5 * 0.5 / 300)
    assert same.error == pytest.approx(math.sqrt(plain) / 2, rel=0.03)
    assert step(two, 100, 500) is None


def test_shares_are_100_percent_only_if_all_are() -> None:
    assert [percent(x, 1) for x in (99_957 / 1e5, 0.99999, 1.0, 0.0, 1e-5, 0.87)] == [
        "99.96%",
        "99.999%",
        "100.0%",
        "0.0%",
        "0.001%",
        "87.0%",
    ]
    assert [percent(x) for x in (0.9996, 0.004, 0.5, 1.0)] == ["99.96%", "0.4%", "50%", "100%"]


def test_the_campaign_is_computed_again_at_deep_effort_only(lab: Lab) -> None:
    assert lab.effort is not Effort.DEEP
    assert campaign_again(lab) is None


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def first_cells(store: Path) -> Tables:
    """Two that are soon done, the first with exceptions."""
    return redo([plan()[i] for i in (4, 7)], study.lab(store=store))


def test_cells_computed_again_are_those_on_record(lab: Lab, first_cells: Tables, store: Path) -> None:
    numbers = {cell.cell for cell in first_cells.cells}
    assert len(numbers) == 2
    assert len(first_cells.exceptions) == 56
    on_record = part(campaign_on_record(), numbers)
    found = disc_open_1(lab, recorded=lambda: on_record, again=lambda lab: first_cells)
    assert found.verdict is Verdict.ANSWERED
    assert list(found.evidence["data/hitting_time computed again"].values()) == [2, 56, []]
    [folder] = store.glob("_hitting_time_*")
    assert stored(folder) == first_cells
    assert redo(plan()[517:518], study.lab()) == part(campaign_on_record(), {517})


def part(tables: Tables, cells: set[int]) -> Tables:
    return Tables(*(tuple(item for item in items if item.cell in cells) for items in (tables.cells, tables.exceptions)))


@pytest.mark.quality
def test_a_record_that_is_not_what_the_campaign_gives_is_caught(lab: Lab, first_cells: Tables) -> None:
    cells, exceptions = first_cells.cells, first_cells.exceptions
    for other in (
        replace(first_cells, cells=(replace(cells[0], held=cells[0].held + 1), cells[1])),
        replace(first_cells, exceptions=(replace(exceptions[0], support=99), *exceptions[1:])),
        replace(first_cells, exceptions=exceptions[1:]),
        replace(first_cells, cells=cells[1:], exceptions=[e for e in exceptions if e.cell == cells[1].cell]),
    ):
        found = disc_open_1(lab, recorded=lambda other=other: other, again=lambda lab: first_cells)
        assert found.verdict is Verdict.NOT_REPRODUCED
        assert found.finding.endswith(f" in 1 cells ({cells[0].cell}, …).")


@pytest.mark.quality
@pytest.mark.parametrize("question", [disc_open_1, disc_open_2])
def test_an_empty_campaign_is_not_judged(lab: Lab, question: Callable[..., object]) -> None:
    with pytest.raises(ArgumentError, match="a campaign with cells"):
        question(lab, recorded=lambda: Tables((), ()))


@pytest.mark.quality
def test_a_campaign_computed_again_does_not_stand_in_for_the_record(lab: Lab, first_cells: Tables) -> None:
    found = disc_open_1(lab, recorded=lambda: Tables((), ()), again=lambda lab: first_cells)
    assert found.verdict is Verdict.NOT_REPRODUCED


def test_the_worst_case_of_one_symbol_is_one_row() -> None:
    assert [worst_case_rows(1, d) for d in (1, 5)] == [1, 1]
    assert all(rational.spans(rows) for rows in all_receptions(1, 1, 1))


def test_second_question(lab: Lab) -> None:
    found = disc_open_2(lab)
    assert found.verdict is Verdict.ANSWERED
    assert (
        sum(
            found.evidence[
                r"what obstructs at $\max(m, \mathrm{CC})$ where $M'$ is larger, without replacement"
            ].values()
        )
        > 0
    )
    cases = found.evidence[r"$M' = \max(m, \mathrm{CC})$, without and with replacement"]
    assert (
        min(
            case[r"fraction of the first 1000 runs in which $M'$ or $\mathrm{CC}$ differs"][1]
            for case in cases.values()
        )
        > 0.5
    )
    json.dumps(found.evidence, allow_nan=False)


def test_like_cells_are_compared_with_each_other(first_cells: Tables) -> None:
    ours = first_cells.cells
    assert mantel_haenszel(ours, ours, "late") == 0
    # one stratum is the two-sample test: 16 and 3 of 2000 each, by the variance of the hypergeometric law
    assert mantel_haenszel([ours[0]], [replace(ours[0], late=3)], "late") == pytest.approx(2.99, abs=0.01)
    assert mantel_haenszel([replace(c, late=200) for c in ours], ours, "late") > 10


@pytest.mark.quality
def test_second_question_catches_a_wrong_criterion(lab: Lab) -> None:
    full_rank = disc_open_2(lab, criterion=lambda rows: rational.rank(rows) == rows.columns)
    assert full_rank.verdict is Verdict.REFUTED
    covered = disc_open_2(lab, criterion=lambda rows: len(set(rows.indices.tolist())) == rows.columns)
    assert covered.verdict is Verdict.REFUTED


@pytest.mark.quality
def test_second_question_catches_wrong_bounds(lab: Lab) -> None:
    def covered(m: int, d: int, counts: tuple[int, ...]) -> tuple[Fraction, Fraction]:
        chance = coverage_given_counts(m, d, counts)
        return chance, chance

    for wrong, where in (
        (covered, "$m = 5$"),
        (lambda m, d, counts: spanning_given_counts(m, 1, counts), "$m = 3$, $d = 2$"),
    ):
        found = disc_open_2(lab, given=wrong)
        assert found.verdict is Verdict.REFUTED
        assert f"is not within its bounds at {where}" in found.finding


@pytest.mark.quality
def test_runs_are_not_compared_with_themselves(lab: Lab) -> None:
    found = disc_open_2(lab, points=[(200, 10, 1.0, 0.1)])  # load 1: a run ends before second blocks come
    assert found.finding.endswith(
        r"most runs are the same at $m = 200$, $d = 10$, $\tau = 1$, $\mu = 0.1$: nothing is compared."
    )
    assert found.verdict is Verdict.OPEN


def test_two_deviations_are_two_chances() -> None:
    assert either([2.4, -1.0]) == pytest.approx(2 * 0.0164, abs=1e-4)
    assert either([-2.4]) == pytest.approx(0.0164, abs=1e-4)
    assert either([0.0, 0.1]) == 1


def test_third_question(lab: Lab) -> None:
    found = disc_open_3(lab)
    assert found.verdict is Verdict.REFINED
    growth = found.evidence["exponent of $m$"]
    assert growth["elimination"] > 2.5
    assert growth["LSMR"] < 1.5
    assert growth["blocks of 3"] < 1.5
    assert r"near $m \log m$ too" in found.finding
    assert all(word in found.finding for word in ("Proved: ", "Measured: ", "Open: ", "table decoding", "Decoding."))
    assert "recover the sum earlier than the SR code" in found.finding
    json.dumps(found.evidence, allow_nan=False)


@pytest.mark.quality
def test_third_question_can_come_out_otherwise(lab: Lab) -> None:
    assert disc_open_3(lab, peeling=lambda rows: float(rows.columns**3)).verdict is Verdict.REFUTED
    assert "does not match LT" in disc_open_3(lab, iterative=lambda rows: float(rows.columns**2)).finding
    late = disc_open_3(lab, sizes="150/3")
    assert late.verdict is Verdict.OPEN
    assert "not earlier than" in late.finding


def test_operations_of_small_cases() -> None:
    rows = discussion._received(LubyTransform(50), peeling, 1, 0)
    assert peel(rows) == (len(rows), 50)
    assert discussion.peeling_cost(rows) == 2 * sum(map(len, rows.mappings()))
    assert leading(systematic_rows(5)) == 0
    assert discussion.lsmr_cost(complete_worker(4, 3)) == pytest.approx(2 * 4 * 1, abs=8)
    assert discussion.exponent([10, 100, 1000], [3.0, 300.0, 30000.0]) == pytest.approx(2)
