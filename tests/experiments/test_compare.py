"""Schemes side by side: which degrees are tried, the best of each scheme, and who is on the frontier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.compare import (
    Point,
    as_json,
    best,
    candidates,
    chosen_options,
    explore,
    frontier,
    point,
    series,
    with_cells,
)
from srtheory.experiments.lab import Lab
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


def test_a_degree_that_is_refused_ends_no_series() -> None:
    """Neither does it for those after it; what else is wrong is told."""
    found = candidates(80, (2, 40, 80, 81), [named("gradient-cyclic")])
    assert [d for _, d in found] == [2, 80]  # binomial(79, 39), a weight of the second, has more than 64 bits
    with pytest.raises(ArgumentError, match="cells"):
        list(candidates(12, (2,), [named("parts-pairs")], {"parts-pairs": {"cells": 0}}))


def test_cells_are_up_to_the_number_of_parts_rounded_up() -> None:
    """They are chosen once for each degree: 19 terms have 10 parts of 2."""
    asked: list[tuple[int, tuple[int, ...]]] = []

    def likely(degree: int, numbers: Sequence[int]) -> Sequence[int]:
        asked.append((degree, tuple(numbers)))
        return numbers[-1:]

    pairs, terms = named("parts-pairs"), named("terms-pairs")
    tried = with_cells(19, [(pairs, 2), (terms, None), (pairs, 2)], likely=likely)
    assert [cells for _, _, cells in tried] == [10, 10, 10]
    assert asked == [(2, (1, 2, 5, 10)), (1, (1, 2, 5, 10))]


def test_the_size_is_no_option_where_all_are_tried() -> None:
    some = [named("parts-pairs"), named("terms-pairs")]
    assert chosen_options(some, ["cells=3"]) == {"parts-pairs": {"cells": 3}, "terms-pairs": {"cells": 3}}
    with pytest.raises(ArgumentError, match="all degrees are tried"):
        chosen_options(some, ["degree=3"])


class Asked(Lab):
    """A laboratory that notes what it is asked for."""

    asked_for: ClassVar[list[dict[str, Any]]] = []

    def records(self, scheme: Any, **options: Any) -> Any:
        self.asked_for.append({"scheme": scheme.name, **options})
        return super().records(scheme, **options)


def test_messages_of_the_bound_are_free_and_those_of_schemes_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Asked, "asked_for", [])
    points = explore(Asked(seed=4), 2, 0.5, "expon()", 0.7, ("genie", "terms-pairs", "repetition"), 3, ["cells=2"])
    asked = Asked.asked_for
    assert [(its["scheme"], its["message_cost"]) for its in asked] == [
        *(("genie", 0.0), ("terms-pairs", 0.7), ("repetition", 0.7), ("repetition", 0.7)),
    ]
    assert [its.get("degree") for its in asked] == [None, None, 1, 2]
    assert [its["own"] for its in asked] == [{}, {"cells": 2}, {}, {}]
    assert {(its["symbols"], its["tau"], its["startup"], its["trials"]) for its in asked} == {(2, 0.5, "expon()", 3)}
    assert [(p.scheme, p.degree, p.cells) for p in points] == [
        *(("genie", None, None), ("terms-pairs", None, 2), ("repetition", 1, None), ("repetition", 2, None)),
    ]


def test_among_points_with_lost_runs_the_fewest_are_the_best() -> None:
    inf = float("inf")
    points = [replace(at("sr", d, inf, inf), unrecovered=lost) for d, lost in ((1, 3), (2, 1), (3, 2))]
    assert best(points) == {"sr": points[1]}
    assert frontier(points) == []
    shown = as_json(points[1], on_frontier=True)
    assert (shown["frontier"], shown["unrecovered"], shown["messages"]["mean"]) == (True, 1, None)


def test_messages_of_schemes_before_the_bound_in_the_alphabet_are_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Asked, "asked_for", [])
    explore(Asked(seed=4), 1, 0.5, "expon()", 0.7, ("bcc", "genie"), 1)
    assert [(its["scheme"], its["message_cost"]) for its in Asked.asked_for] == [("bcc", 0.7), ("genie", 0.0)]
