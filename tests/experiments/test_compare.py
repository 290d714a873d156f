"""Schemes side by side: which degrees are tried, the best of each scheme, and who is on the frontier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

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
    marked,
    of_columns,
    point,
    series,
    with_cells,
)
from srtheory.experiments.lab import Lab
from srtheory.experiments.running import run
from srtheory.experiments.trial import Task
from srtheory.schemes import SCHEME_NAMES, make, named


def at(scheme: str, degree: int | None, latency: float, messages: float) -> Point:
    """A point of two trials with these means."""
    return of_columns(scheme, degree, [np.array([x, x]) for x in (latency, messages, 0.0)])


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
        assert as_json(point("terms-pairs", None, records, cells))["cells"] == cells
    assert means[10] < means[2] - 0.5
    assert "cells" not in as_json(point("sr", 2, records))


def test_no_parity_holds_more_than_the_others() -> None:
    found = candidates(5, (4, 5, 6), (named("sr"), named("repetition")))
    assert [(scheme.name, d) for scheme, d in found] == [("sr", 4), ("repetition", 4), ("repetition", 5)]


def test_a_point_is_the_summary_of_its_records() -> None:
    records = run(Task(make("bcc", 12, degree=4), DelayModel(parse_law("expon()"), 0.1), 1), 300)
    found = point("bcc", 4, records)
    assert 0 < found.unrecovered < 300
    assert found.unrecovered == sum(record.stopping_time is None for record in records)
    assert found.latency.mean == float("inf")
    shown = as_json(found)
    assert shown["latency"]["mean"] is None
    assert shown["work"]["mean"] == sum(record.work for record in records) / 300


def test_the_best_degree_has_the_least_latency_and_then_the_fewest_messages() -> None:
    points = [at("sr", 1, 2, 9), at("sr", 2, 1, 8), at("sr", 3, 1, 7), at("lt", None, 5, 1)]
    assert best(points) == {"sr": points[2], "lt": points[3]}


TRIALS = 6
columns = st.lists(st.integers(0, 9).map(float), min_size=TRIALS, max_size=TRIALS).map(np.array)
pairs = st.lists(st.tuples(st.sampled_from(SCHEME_NAMES), columns, columns, st.integers(0, 9)), min_size=1, max_size=8)


def beats(one: Point, other: Point) -> bool:
    """The definition of docs/commands.md, by scipy's own interval."""
    same, less = [], []
    for mine, its in zip(one.paired, other.paired, strict=True):
        same.append(bool((mine == its).all()))
        with np.errstate(all="ignore"):
            low = (
                stats.ttest_1samp(its - mine, 0).confidence_interval(0.95).low
                if np.ptp(its - mine)
                else (its - mine)[0]
            )
        less.append(not same[-1] and low > 0)
    return any(less) and all(np.logical_or(same, less))


@given(pairs)
def test_stars_are_for_points_that_no_other_beats(drawn: list[tuple[str, Any, Any, int]]) -> None:
    """Equal points both have one or neither has; beaten points do not change the others'."""
    points = [of_columns(scheme, None, [t + more, n + more, n]) for scheme, t, n, more in drawn]
    points += points[:1]
    rivals = [p for p in points if p.scheme != "genie"]
    expected = [p.scheme != "genie" and not any(beats(q, p) for q in rivals) for p in points]
    assert [p.frontier for p in marked(points)] == expected
    assert [p.latency.mean for p in frontier(points)] == sorted(p.latency.mean for p in frontier(points))
    for i, kept in enumerate(expected):
        if not kept:
            others = marked(points[:i] + points[i + 1 :])
            assert [p.frontier for p in others] == expected[:i] + expected[i + 1 :]


@given(columns, columns, st.floats(0, 3), st.sampled_from([0, 1]))
def test_a_point_is_beaten_beyond_its_error_alone(latency: Any, noise: Any, by: float, fewer: int) -> None:
    """Worse by less than its error it keeps its star, and worse by more it has none."""
    noise = (noise - noise.mean()) * (1 if noise.std() == 0 else 1 / noise.std(ddof=1))
    margin = stats.t.ppf(0.975, TRIALS - 1) / TRIALS**0.5 if noise.any() else 0.0
    worse = latency + noise + by * margin + (not noise.any()) * (by > 1)
    one, other = (of_columns("sr", None, [t, n + 9.0, n]) for t, n in ((latency, latency), (worse, latency + fewer)))
    assume(abs(by - 1) > 1e-6)
    assert [p.frontier for p in marked([other, one])] == [not (by > 1 or (fewer and not (worse - latency).any())), True]


@pytest.mark.parametrize("scheme", SCHEME_NAMES)
def test_what_is_the_same_has_the_same_star(scheme: str, tmp_path: Path) -> None:
    """A scheme under two names, and all schemes at m = 1 that send the same."""
    (tmp_path / "twin.py").write_text("from srtheory.schemes.streaming import CyclicTerms as Twin\n")
    names = [scheme, "terms-cyclic", f"{tmp_path}/twin.py::Twin"]
    for m in (1, 5):
        points = explore(Lab(seed=3), m, 0.3, "expon()", 0.2, names, 12)
        for one in points:
            same = [p for p in points if p.scheme != "genie" and one.scheme != "genie"]
            same = [p for p in same if all(map(np.array_equal, p.paired, one.paired))]
            assert len({p.frontier for p in same}) <= 1
        assert len({p.frontier for p in points if p.scheme in names[1:]}) == 1
        assert any(p.frontier for p in points)


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
    shown = as_json(marked(points)[1])
    assert (shown["frontier"], shown["unrecovered"], shown["messages"]["mean"]) == (False, 1, None)


def test_messages_of_schemes_before_the_bound_in_the_alphabet_are_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Asked, "asked_for", [])
    explore(Asked(seed=4), 1, 0.5, "expon()", 0.7, ("bcc", "genie"), 1)
    assert [(its["scheme"], its["message_cost"]) for its in Asked.asked_for] == [("bcc", 0.7), ("genie", 0.0)]
