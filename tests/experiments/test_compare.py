"""Schemes side by side: which degrees are tried, the best of each scheme, and who is on the frontier."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.compare import Point, as_json, best, candidates, frontier, point, series, with_cells
from srtheory.experiments.running import run
from srtheory.experiments.summary import Summary
from srtheory.experiments.trial import Task
from srtheory.schemes import SCHEME_NAMES, make, named

ZERO = Summary(0.0, 0.0, 0.0, {})


def at(scheme: str, degree: int | None, latency: float, messages: float) -> Point:
    mean = [Summary(value, 0.0, 0.0, {"0.5": value}) for value in (latency, messages)]
    return Point(scheme, degree, *mean, ZERO, 0)


def test_degrees_to_try() -> None:
    assert series(1) == (1,)
    assert series(9) == (1, 2, 5)
    assert series(100) == (1, 2, 5, 10, 20, 50, 100)


@pytest.mark.parametrize("m", [1, 2, 3, 12])
def test_every_candidate_can_be_built_and_runs(m: int) -> None:
    tried = list(candidates(m, series(m), [named(name) for name in SCHEME_NAMES]))
    assert {scheme.name for scheme, _ in tried} == set(SCHEME_NAMES)
    for scheme, degree in tried:
        assert (degree is None) == (not scheme.sized(1))
        task = Task(
            scheme.build(m, {} if degree is None else scheme.sized(degree)),
            DelayModel(parse_law("expon()"), 0.1),
            1,
        )
        assert len(run(task, 2)) == 2


def test_numbers_of_cells_to_try() -> None:
    pairs, terms, cyclic = (named(name) for name in ("parts-pairs", "terms-pairs", "parts-cyclic"))
    tried = with_cells(20, [(pairs, 3), (terms, None), (cyclic, 3)])
    found = [(scheme.name, degree, cells) for scheme, degree, cells in tried]
    assert found == [
        *(("parts-pairs", 3, cells) for cells in (1, 2, 5)),
        *(("terms-pairs", None, cells) for cells in (1, 2, 5, 10, 20)),
        ("parts-cyclic", 3, None),
    ]
    given = {"parts-pairs": {"cells": 4}}
    assert [cells for _, _, cells in with_cells(20, [(pairs, 3), (terms, None)], given)] == [4, 1, 2, 5, 10, 20]


def test_the_number_of_cells_is_run_and_told() -> None:
    delays = DelayModel(parse_law("expon(scale=5)"), 0.005)
    means = {}
    for cells in (2, 10):
        records = run(Task(make("terms-pairs", 1000, cells=cells), delays, 1), 20)
        means[cells] = point("terms-pairs", None, records, cells).latency.mean
        assert as_json(point("terms-pairs", None, records, cells), on_frontier=False)["cells"] == cells
    assert means[10] < means[2] - 0.5
    assert "cells" not in as_json(point("sr", 2, records), on_frontier=False)


def test_no_parity_holds_more_than_the_others() -> None:
    found = candidates(5, (4, 5, 6), (named("sr"), named("repetition")))
    assert [(scheme.name, d) for scheme, d in found] == [("sr", 4), ("repetition", 4), ("repetition", 5)]


def test_a_point_is_the_summary_of_its_records() -> None:
    records = run(Task(make("bcc", 12, degree=4), DelayModel(parse_law("expon()"), 0.1), 1), 300)
    found = point("bcc", 4, records)
    assert 0 < found.unrecovered < 300
    assert found.unrecovered == sum(record.stopping_time is None for record in records)
    assert found.latency.mean == float("inf")
    shown = as_json(found, on_frontier=False)
    assert shown["latency"]["mean"] is None
    assert shown["work"]["mean"] == sum(record.work for record in records) / 300


def test_the_best_degree_has_the_least_latency_and_then_the_fewest_messages() -> None:
    points = [at("sr", 1, 2, 9), at("sr", 2, 1, 8), at("sr", 3, 1, 7), at("lt", None, 5, 1)]
    assert best(points) == {"sr": points[2], "lt": points[3]}


numbers = st.integers(0, 8).map(float)


@given(st.lists(st.tuples(st.sampled_from(SCHEME_NAMES), numbers, numbers), max_size=12))
def test_nobody_beats_the_frontier_and_all_others_are_beaten(drawn: list[tuple[str, float, float]]) -> None:
    points = [at(scheme, None, *costs) for scheme, *costs in drawn]
    costs = {(p.latency.mean, p.messages.mean) for p in points if p.scheme != "genie"}
    undominated = {x for x in costs if not any(y != x and y[0] <= x[0] and y[1] <= x[1] for y in costs)}
    ahead = frontier(points)
    assert {(p.latency.mean, p.messages.mean) for p in ahead} == undominated
    assert len(ahead) == len(undominated)
    assert [p.latency.mean for p in ahead] == sorted(p.latency.mean for p in ahead)
    assert all(p.scheme != "genie" for p in ahead)
