"""Schemes side by side: which degrees are tried, the best of each scheme, and who is on the frontier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.compare import (
    Point,
    best,
    candidates,
    chosen_options,
    explore,
    frontier,
    in_rounds,
    marked,
    of_columns,
    point,
    refined,
    series,
    undecided,
    whole,
    with_cells,
)
from srtheory.experiments.lab import Lab
from srtheory.experiments.running import run
from srtheory.experiments.trial import Task
from srtheory.schemes import SCHEME_NAMES, make, named


def at(scheme: str, degree: int | None, latency: float, messages: float) -> Point:
    """A point of two trials with these means."""
    return of_columns(scheme, degree, [np.array([x, x]) for x in (latency, messages, 0.0)])


@pytest.mark.parametrize("m", [1, 2, 3, 12])
def test_every_candidate_can_be_built(m: int) -> None:
    assert [series(n) for n in (1, 9, 100)] == [(1,), (1, 2, 5), (1, 2, 5, 10, 20, 50, 100)]
    tried = list(candidates(m, series(m), [named(name) for name in SCHEME_NAMES]))
    assert {scheme.name for scheme, _ in tried} == set(SCHEME_NAMES)
    for scheme, degree in tried:
        assert (degree is None) == (not scheme.sized(1))
        assert scheme.build(m, {} if degree is None else scheme.sized(degree)).symbols == m


def test_a_degree_that_is_too_large_or_refused_ends_no_series() -> None:
    """Neither does it for those after it; what else is wrong is told."""
    found = candidates(5, (4, 5, 6), (named("sr"), named("repetition")))
    assert [(scheme.name, d) for scheme, d in found] == [("sr", 4), ("repetition", 4), ("repetition", 5)]
    found = candidates(80, (2, 40, 80, 81), [named("gradient-cyclic")])
    assert [d for _, d in found] == [2, 80]  # binomial(79, 39), a weight of the second, has more than 64 bits
    with pytest.raises(ArgumentError, match="cells"):
        list(candidates(12, (2,), [named("parts-pairs")], {"parts-pairs": {"cells": 0}}))
    some = [named("parts-pairs"), named("terms-pairs")]
    assert chosen_options(some, ["cells=3"]) == {"parts-pairs": {"cells": 3}, "terms-pairs": {"cells": 3}}
    with pytest.raises(ArgumentError, match="all degrees are tried"):
        chosen_options(some, ["degree=3"])


def test_cells_are_up_to_the_number_of_parts_rounded_up() -> None:
    """They are chosen once for each degree: 19 terms have 10 parts of 2; those that are given are not."""
    pairs, terms, cyclic = (named(name) for name in ("parts-pairs", "terms-pairs", "parts-cyclic"))
    tried = [cells for _, _, cells in with_cells(20, [(pairs, 3), (terms, None), (cyclic, 3)])]
    assert tried == [*(1, 2, 5), *(1, 2, 5, 10, 20), None]
    given = {"parts-pairs": {"cells": 4}}
    assert [cells for _, _, cells in with_cells(20, [(pairs, 3), (terms, None)], given)] == [4, 1, 2, 5, 10, 20]
    asked: list[tuple[int, tuple[int, ...]]] = []

    def likely(degree: int, numbers: Sequence[int]) -> Sequence[int]:
        asked.append((degree, tuple(numbers)))
        return numbers[-1:]

    tried = [cells for _, _, cells in with_cells(19, [(pairs, 2), (terms, None), (pairs, 2)], likely=likely)]
    assert tried == [10, 10, 10]
    assert asked == [(2, (1, 2, 5, 10)), (1, (1, 2, 5, 10))]


def test_a_point_is_the_summary_of_its_records() -> None:
    records = run(Task(make("bcc", 12, degree=4), DelayModel(parse_law("expon()"), 0.1), 1), 300)
    found = point("bcc", 4, records)
    assert 0 < found.unrecovered < 300
    assert found.unrecovered == sum(record.stopping_time is None for record in records)
    assert found.latency.mean == float("inf")
    assert found.work.mean == sum(record.work for record in records) / 300
    assert (found.cells, point("terms-pairs", None, records, 5).cells) == (None, 5)


def test_the_best_has_the_fewest_lost_runs_the_least_latency_and_then_the_fewest_messages() -> None:
    points = [at("sr", 1, 2, 9), at("sr", 2, 1, 8), at("sr", 3, 1, 7), at("lt", None, 5, 1)]
    assert best(points) == {"sr": points[2], "lt": points[3]}
    inf = float("inf")
    points = [replace(at("sr", d, inf, inf), unrecovered=lost) for d, lost in ((1, 3), (2, 1), (3, 2))]
    assert best(points) == {"sr": points[1]}
    assert frontier(points) == []
    assert not marked(points)[1].frontier


TRIALS = 6
columns = st.lists(st.integers(0, 9).map(float), min_size=TRIALS, max_size=TRIALS).map(np.array)
pairs = st.lists(st.tuples(st.sampled_from(SCHEME_NAMES), columns, columns, st.integers(0, 9)), min_size=1, max_size=6)


def beats(one: Point, other: Point) -> bool:
    """The definition of docs/commands.md, by scipy's own quantile."""
    same, less = [], []
    for mine, its in zip(one.paired, other.paired, strict=True):
        off = its - mine
        same.append(not off.any())
        low = off.mean() - stats.t.ppf(0.975, len(off) - 1) * off.std(ddof=1) / len(off) ** 0.5
        less.append(not same[-1] and low > 0)
    return any(less) and all(np.logical_or(same, less))


@settings(max_examples=40)
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


def test_what_is_the_same_has_the_same_star(tmp_path: Path) -> None:
    """A scheme under two names, and all schemes at m = 1 that send the same."""
    (tmp_path / "twin.py").write_text("from srtheory.schemes.parts import CyclicTerms as Twin\n")
    twins = ["terms-cyclic", f"{tmp_path}/twin.py::Twin"]
    for m, names in ((1, [*SCHEME_NAMES, twins[1]]), (5, ["sr", "parts-cyclic", *twins])):
        points = explore(Lab(seed=3), m, 0.3, "expon()", 0.2, names, 4)
        for one in points:
            same = [p for p in points if p.scheme != "genie" and one.scheme != "genie"]
            same = [p for p in same if all(map(np.array_equal, p.paired, one.paired))]
            assert len({p.frontier for p in same}) <= 1
        assert len({p.frontier for p in points if p.scheme in twins}) == 1
        assert any(p.frontier for p in points)


def test_messages_of_the_bound_are_free_and_those_of_schemes_are_not() -> None:
    lab, names = Lab(seed=4), ("bcc", "genie", "terms-pairs", "repetition")
    points = explore(lab, 2, 0.5, "expon()", 0.7, names, 3, ["cells=2"])
    assert [(p.scheme, p.degree, p.cells) for p in points] == [
        *(("bcc", 1, None), ("bcc", 2, None), ("genie", None, None), ("terms-pairs", None, 2)),
        *(("repetition", 1, None), ("repetition", 2, None)),
    ]
    for p in points:
        its: dict[str, Any] = {} if p.degree is None else {"degree": p.degree}
        own, cost = {"cells": 2} if p.cells else {}, 0.0 if p.scheme == "genie" else 0.7
        asked = {"symbols": 2, "tau": 0.5, "startup": "expon()", "trials": 3, "message_cost": cost, "own": own}
        found = point(p.scheme, p.degree, lab.records(p.scheme, **asked, **its))
        assert (found.latency, found.messages) == (p.latency, p.messages)


def search_is_right() -> bool:
    """Whether trials that go where they decide lose no best and no star; the rest agree with all trials to the bit."""
    lab, names = (
        Lab(seed=5),
        ("sr", "parts-cyclic", "parts-pairs", "gradient-fractional", "bcc", "terms-cyclic", "genie"),
    )
    at = (40, 0.05, "expon()", 0.02, names, 60)
    plain, found = explore(lab, *at), explore(lab, *at, search=in_rounds)
    assert [(p.scheme, p.degree, p.cells) for p in found] == [(p.scheme, p.degree, p.cells) for p in plain]
    assert len({len(p.paired[0]) for p in found} - {10, 20, 40, 60}) == 0 < len(found) - len(whole(found))
    for all_of, some in zip(plain, found, strict=True):
        assert all(np.array_equal(a[: len(b)], b) for a, b in zip(all_of.paired, some.paired, strict=True))
    ends = [(best(points), [p.frontier for p in points]) for points in (plain, found)]
    return ends[0] == ends[1]


def test_trials_go_where_they_decide() -> None:
    assert search_is_right()


@pytest.mark.quality
def test_points_that_are_settled_too_soon_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("srtheory.experiments.compare.SURE", 0.2)
    assert not search_is_right()


def test_degrees_about_the_best_are_tried_and_what_cannot_be_told_apart_is_known() -> None:
    lab, names = Lab(seed=6), ("parts-cyclic", "repetition", "uncoded", "genie")
    points = explore(lab, 60, 0.02, "expon()", 0.1, names, 50, search=refined)
    tried = sorted({p.degree for p in points if p.scheme == "parts-cyclic" and p.degree})
    at = tried.index(best(points)["parts-cyclic"].degree or 0)
    assert {*series(60)} < {*tried}
    assert all(b / a < 1.6 or b - a == 1 for a, b in pairwise(tried[at - 1 : at + 2]))
    first, *others = undecided(points)
    assert first.latency.mean == min(p.latency.mean for p in whole(points) if p.scheme != "genie")
    for p in whole(points):
        low = stats.ttest_rel(p.paired[0], first.paired[0]).confidence_interval(0.95).low
        assert p in (first, *others) or p.scheme == "genie" or low > 0
        assert p not in others or not low > 0
