"""The law of the number of rows part by part, with the other parts given: bounds, sums and windows by hand."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
from flint import arb
from scipy import stats
from scipy.optimize import minimize_scalar

from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory.laws import collection
from srtheory.theory.laws.collection import (
    SmoothModel,
    by_rows,
    covered_by,
    expected_collection,
    expected_from,
    expected_uncovered_by_rows,
    reach,
    typical,
    window,
)

EXPON = stats.expon(scale=5)
TINY = 2.0**-20
"""A unit of roundoff that is seen."""

# ------------------------------------------------------------------------------------------- probabilities of all rows


def asked_for(monkeypatch, total, together=4):
    """A model of so many rows and a law of k/8 and k/8 + 1/16, with a dent at 9 rows, and the spans it is asked for."""
    asked = []
    monkeypatch.setattr(collection, "reach", lambda model, k: together)

    def law(model, span):
        asked.append(span.tolist())
        low = np.where(span == 9, 0.0, span / 32)
        return low, np.where(span == 5, 0.9, low + 1 / 64)

    return SimpleNamespace(total=total), law, asked


def test_rows_are_asked_for_together_as_far_as_they_reach(monkeypatch):
    """None at 0 rows and none once all are there; bounds never decrease with the rows."""
    model, law, asked = asked_for(monkeypatch, total=20)
    low, high = by_rows([[9, 3, 0], [25, 20, 7], [19, 5, 3]], model, law)
    assert asked == [[3, 4, 5], [7, 8, 9], [19]]
    assert low.tolist() == [[7 / 32, 3 / 32, 0.0], [1.0, 1.0, 7 / 32], [19 / 32, 5 / 32, 3 / 32]]
    assert high.tolist() == [
        [1 / 64, 1 / 64, 0.0],
        [1.0, 1.0, 1 / 64],
        [19 / 32 + 1 / 64, 1 / 64, 1 / 64],
    ]


def test_numbers_of_rows_are_whole_and_there_may_be_none(monkeypatch):
    model, law, asked = asked_for(monkeypatch, total=20)
    for rows in (-1, 2.0, [3, -1]):
        with pytest.raises(ArgumentError, match="'rows'"):
            by_rows(rows, model, law)
    assert [bound.shape for bound in by_rows([], model, law)] == [(0,), (0,)]
    assert asked == []


# --------------------------------------------------------------------------------------------------------------- means


@pytest.mark.parametrize(("k", "low", "high", "rows"), [(0, 2.25, 3.0, 4), (1, 1.25, 2.0, 4), (2, 0.75, 1.25, 3)])
def test_a_mean_is_a_sum_of_probabilities_until_all_rows_are_there(monkeypatch, k, low, high, rows):
    """Of five rows at 1/4, 1/2, 1/2, 3/4 and 1/2, 1/2, 3/4, 1; four roundings for each of those that were added."""
    monkeypatch.setattr(collection, "UNIT", TINY)
    monkeypatch.setattr(collection, "reach", lambda model, k: 2)
    bounds = np.array([[0.0, 0.25, 0.5, 0.5, 0.75], [0.0, 0.5, 0.5, 0.75, 1.0]])
    found = expected_from(SimpleNamespace(total=5), k, lambda model, span: (bounds[0, span], bounds[1, span]))
    assert found == (low * (1 - 4 * TINY * rows), high * (1 + 4 * TINY * rows))


@pytest.mark.parametrize(
    ("left", "spans"),
    [
        ([2.0**-34], 1),  # below 1e-10
        ([2.0**-33, 2.0**-34], 2),
        ([2.0**-21, 2.0**-21], 2),  # below 1e-6, and stops falling
        ([2.0**-21, 2.0**-22, 2.0**-23, 1.5 * 2.0**-24], 4),  # by half is no stop
        ([2.0**-19, 2.0**-19, 2.0**-19, 2.0**-20, 2.0**-20], 5),
    ],
)
def test_a_sum_ends_where_hardly_any_run_is_left(monkeypatch, left, spans):
    """The rest is at most as many rows as there are, each as likely as the last one."""
    monkeypatch.setattr(collection, "UNIT", 0.0)
    monkeypatch.setattr(collection, "reach", lambda model, k: 2)
    asked = []

    def law(model, span):
        asked.append(span.tolist())
        its = left[len(asked) - 1]
        return 1 - np.array([0.5, its]), np.ones(2)

    low, high = expected_from(SimpleNamespace(total=101), 1, law)
    assert asked == [[i, i + 1] for i in range(1, 2 * spans, 2)]
    assert low == 0.0
    assert high == sum(0.5 + its for its in left[:spans]) + left[spans - 1] * (101 - 1 - 2 * spans)


@pytest.mark.parametrize(
    ("at_least", "mean"),
    [(None, (15.25, 27.0)), (0, (15.25, 27.0)), (3, (16.0, 27.0)), (7, (17.0, 27.0)), (9, (19.0, 29.0))],
)
def test_the_mean_of_the_greater_of_two_numbers_of_rows(monkeypatch, at_least, mean):
    """Seven rows are the start; one run in four at most has covered all before."""
    asked = []
    monkeypatch.setattr(collection, "_start", lambda model: 7)
    monkeypatch.setattr(collection, "expected_from", lambda model, k, law: asked.append(k) or (10.0, 20.0))
    monkeypatch.setattr(collection, "coverage_by_rows", lambda model, k: asked.append(k) or (0.125, 0.25))
    options = {} if at_least is None else {"at_least": at_least}
    assert expected_collection(Model(20, 3, 0.1, EXPON), **options) == mean
    assert asked == [max(at_least or 0, 7)] * 2


def test_a_mean_of_less_than_no_rows_is_refused():
    with pytest.raises(ArgumentError, match="'at_least'"):
        expected_collection(Model(5, 2, 0.1, EXPON), at_least=-1)


def test_a_sum_starts_where_twelve_symbols_are_uncovered():
    assert collection._start(SmoothModel(12, 3, 0.1, EXPON)) == 0
    model = SmoothModel(40, 3, 0.1, EXPON)
    k = collection._start(model)
    assert collection.expected_uncovered(model, typical(model, k)) > 12
    assert collection.expected_uncovered(model, typical(model, k + 1)) < 12


def test_rows_that_leave_symbols_uncovered_in_the_mean():
    """All of them at 0 rows, none once all rows are there, and none of one symbol from the first row on."""
    for m in (1, 3):
        model = Model(m, 1, 0.1, EXPON)
        assert expected_uncovered_by_rows(model, 0) == m
        for k in (m * max(m, 1), m * m + 1):
            assert expected_uncovered_by_rows(model, k) == 0.0
    assert expected_uncovered_by_rows(Model(3, 1, 0.1, EXPON), 1) == pytest.approx(2.0, rel=1e-9)
    with pytest.raises(ArgumentError, match="'rows'"):
        expected_uncovered_by_rows(Model(3, 1, 0.1, EXPON), -1)


# -------------------------------------------------------------------------------------------------- an alternating sum


def given(monkeypatch, moments, proven=True, outside=0.0):
    """A rule, moments S_0, S_1, ... for one or more k, and how many of them are asked for."""
    asked = []

    def each(model, rule, span):
        for j, (low, high) in enumerate(moments):
            asked.append(j)
            yield np.broadcast_to(np.float64(low), span.shape), np.broadcast_to(np.float64(high), span.shape)

    monkeypatch.setattr(collection, "UNIT", TINY)
    monkeypatch.setattr(collection, "_moments", each)
    return SimpleNamespace(proven=proven, outside=lambda m, span: np.full(len(span), outside)), asked


def bounds(m, rule, span=(6,)):
    return [bound.tolist() for bound in covered_by(SimpleNamespace(symbols=m), np.array(span), rule)]


def test_all_moments_give_the_probability_but_for_rounding_and_the_window(monkeypatch):
    """1 - 1/2 + 1/8; S_j is taken from the side that is needed, and what is outside the window counts on both."""
    rule, asked = given(monkeypatch, [(1, 1), (0.5, 0.5), (0.125, 0.125)], outside=2.0**-16)
    error = 4 * TINY * 3 * 1.625
    assert bounds(3, rule) == [[0.625 - 2.0**-16 - error], [0.625 + 2.0**-16 + error]]
    rule, _ = given(monkeypatch, [(1, 1), (0.5, 0.5 + 2.0**-15), (0.125, 0.125 + 2.0**-16)])
    error = 4 * TINY * 3 * (1.625 + 2.0**-15 + 2.0**-16)
    assert bounds(3, rule) == [[0.625 - 2.0**-15 - error], [0.625 + 2.0**-16 + error]]
    assert asked == [0, 1, 2]


def test_a_sum_that_is_cut_short_is_off_by_its_last_moment_at_most(monkeypatch):
    """Where a moment is next to nothing, and where its interval is wide; not at the last moment there is."""
    monkeypatch.setattr(collection, "_ceiling", lambda *_: 1.0)
    rule, asked = given(monkeypatch, [(1, 1), (0.25, 0.25), (0, 2.0**-57), (9, 9)])
    error = 4 * TINY * 3 * 1.25
    assert bounds(4, rule) == [[0.75 - error], [0.75 + error]]
    assert asked == [0, 1, 2]
    wide = [(1, 1), (0.5, 0.5), (0, 0.125), (9, 9)]
    rule, asked = given(monkeypatch, wide)
    error = 4 * TINY * 3 * 1.625
    assert bounds(4, rule) == [[0.5 - 0.125 - error], [0.5 + 0.125 + 0.125 + error]]
    assert asked == [0, 1, 2]
    rule, asked = given(monkeypatch, wide[:3])
    assert bounds(3, rule) == [[0.5 - error], [0.625 + error]]
    rule, asked = given(monkeypatch, [(1, 1), (0.5, 0.5), (0, 0.0625), (0.0625, 0.0625)])
    bounds(4, rule)
    assert asked == [0, 1, 2, 3]


def test_without_a_proof_the_error_of_the_first_moment_is_that_of_all(monkeypatch):
    """Four times the deviation of S_0 from 1, and twice its width, for the sum of the other moments."""
    monkeypatch.setattr(collection, "_ceiling", lambda *_: 1.0)
    monkeypatch.setattr(collection, "OUTSIDE", 2.0**-17)
    rule, _ = given(monkeypatch, [(1 + 2.0**-9, 1 + 2.0**-9), (0.5, 0.5), (0.125, 0.125)], proven=False, outside=0.5)
    error = 4 * TINY * 3 * 1.625 + 2.0**-7 * 0.625
    assert bounds(3, rule) == [[0.625 - 2.0**-16 - error], [0.625 + 2.0**-16 + error]]
    rule, _ = given(monkeypatch, [(1 - 2.0**-9, 1 + 2.0**-9), (0.5, 0.5), (0.125, 0.125)], proven=False)
    assert bounds(3, rule) == [[0.625 - 2.0**-16 - error], [0.625 + 2.0**-16 + error]]
    # As soon as that is more than a tenth, there is no use in further moments.
    rule, asked = given(monkeypatch, [(1.125, 1.125), (0.5, 0.5), (0.25, 0.25)], proven=False)
    bounds(3, rule)
    assert asked == [0, 1]


def test_a_moment_that_is_next_to_infinite_says_nothing(monkeypatch):
    rule, asked = given(monkeypatch, [(1, 1), (0.5, 1e150)])
    assert bounds(5, rule) == [[0.0], [1.0]]
    assert asked == [0, 1]
    rule, asked = given(monkeypatch, [(1, 1), (0.5, math.nan)])
    assert bounds(5, rule) == [[0.0], [1.0]]
    rule, asked = given(monkeypatch, [(1, 1), (0.5, 1e150)])
    assert bounds(5, rule, (6, 7, 8)) == [[0.0] * 3, [1.0] * 3]
    assert len(asked) == 2 * 5  # three, two and one, one, one


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (2.0**-40, 0.5 * 1e-7, True),
        (2.0**-40, 0.5 * 1.1e-7, False),
        (2.0**-24, 0.5 * (1e-7 + 7.9 * 2.0**-24), True),  # eight times the width in the middle is common
        (2.0**-24, 0.5 * (1e-7 + 8.1 * 2.0**-24), False),
        (2.0**-18, 0.5 * 1.0e-5, True),  # up to 1e-5
        (2.0**-18, 0.5 * 1.03e-5, False),
    ],
)
def test_rows_whose_coefficients_differ_too_much_are_halved(monkeypatch, first, second, together):
    """A moment may be wider than that of the middle row is by 1e-7 of itself and 1e-10."""
    monkeypatch.setattr(collection, "_ceiling", lambda *_: 1.0)
    rule, asked = given(monkeypatch, [(1 - first, 1), (0.5 - second, 0.5), (0.125, 0.125)])
    bounds(3, rule, (6, 7))
    assert asked == ([0, 1, 2] if together else [0, 1, *[0, 1, 2] * 2])


def test_a_sum_that_has_lost_its_digits_has_another_bound(monkeypatch):
    """From an error of 1e-4 on, and with more rows only where that is not the part outside the window."""
    asked = []
    monkeypatch.setattr(collection, "_ceiling", lambda model, k, further: asked.append((k, further)) or 0.6)
    rule, _ = given(monkeypatch, [(1, 1), (0.5, 0.5), (0.125, 0.125)], outside=2.0**-12)
    assert bounds(3, rule, (6, 7))[1] == [0.6, 0.6]
    rule, _ = given(monkeypatch, [(1, 1), (0.5, 0.5), (0, 0.125), (9, 9)])
    assert bounds(5, rule, (6,))[1] == [0.6]
    assert asked == [(7, False), (6, True)]


def test_bounds_of_neighbouring_rows_never_decrease(monkeypatch):
    def each(model, rule, span):
        yield np.ones(2), np.ones(2)
        yield np.array([0.25, 0.5]), np.array([0.25, 0.5])

    rule, _ = given(monkeypatch, [])
    monkeypatch.setattr(collection, "_moments", each)
    error = [4 * TINY * 2 * 1.25, 4 * TINY * 2 * 1.5]
    assert bounds(2, rule, (6, 7)) == [[0.75 - error[0]] * 2, [0.5 + error[1]] * 2]


@pytest.mark.parametrize(
    ("small", "covered", "more", "further", "total", "found"),
    [
        (-99.0, 0.25, 0.125, True, 99, 0.125),
        (-99.0, 0.25, 0.5, True, 99, 0.25 + 1.01e-15),
        (-99.0, 0.25, 0.125, False, 99, 0.25 + 1.01e-15),
        (-99.0, 0.25, 0.125, True, 11, 0.25 + 1.01e-15),  # no more rows: it is the last but one
        (-99.0, 0.0, 0.0, True, 99, 1.01e-15),  # that will do
        (-10.0, 0.25, 0.125, False, 99, 0.25 + 1.01e-4),
        (-9.0, 0.25, 0.125, False, 99, 1.0),  # a window may end too soon
        (-9.0, 0.25, 0.125, True, 99, 0.125),
    ],
)
def test_other_bounds_are_of_a_later_time_and_of_more_rows(monkeypatch, small, covered, more, further, total, found):
    """Ten rows; they may arrive later with probability 1e-15, 1e-8 or 1e-4, and ten others reach up to six more."""
    model, asked = SimpleNamespace(total=total), []
    monkeypatch.setattr(collection, "window", lambda model, first, last, late: (first + last, late))
    monkeypatch.setattr(collection, "_chernoff", lambda model, t, k: np.array([small + (k != 9)]))
    monkeypatch.setattr(collection, "coverage_by_time", lambda model, t: (0.0, covered))
    monkeypatch.setattr(collection, "reach", lambda model, k: 13)

    def law(model, span):
        asked.append(span.tolist())
        return np.zeros(1), np.array([more])

    monkeypatch.setattr(collection, "covered_by", law)
    assert collection._ceiling(model, 10, further) == pytest.approx(found, rel=1e-12)
    assert asked == ([[16]] if further and total == 99 and covered else [])


# --------------------------------------------------------------------------------------------------- times and windows


def test_rows_of_a_worker_by_hand():
    """From F above a half on by differences of 1 - F, whose digits are there; here these tell another F."""
    received, left = (
        np.array([[0.75, 0.5, 0.25], [0.875, 0.75, 0.625]]),
        np.array([[0.125, 0.375, 0.875], [0, 0.25, 0.5]]),
    )
    q, p = collection._worker_law(received, left)
    assert q.tolist() == [0.125, 0.0]
    assert p.tolist() == [[0.25, 0.25, 0.25], [0.25, 0.25, 0.5]]
    assert collection._deviation(5, np.array([0.25, 0.25, 0.125])) == math.sqrt(5 * (2.375 - 1.125**2))
    assert collection._deviation(5, np.array([1.0])) == 0.0


def test_a_model_has_the_rows_of_its_workers():
    """Seven workers with blocks of 0, 2, 4, 6 terms beside the own one."""
    model = SmoothModel(7, 2, 0.5, stats.uniform(scale=4))
    assert (model.ends.tolist(), model.costs.tolist(), model.total) == ([0, 2, 4, 6], [0.5, 1.5, 2.5, 3.5], 28)
    q, p = model.law(np.array([3.5, 2.0]))
    assert q.tolist() == [0.25, 0.625]
    assert p.tolist() == [[0.25, 0.25, 0.25, 0.0], [0.25, 0.125, 0.0, 0.0]]
    assert model.spread(2.0) == pytest.approx(math.sqrt(7 * (0.25 + 4 * 0.125 - 0.25)))


def test_rows_are_treated_together_over_four_deviations(monkeypatch):
    monkeypatch.setattr(collection, "typical", lambda model, k: 2.0 * k)
    assert reach(SimpleNamespace(spread=lambda t: 0.3 * t), 3) == 1 + 7


def test_a_typical_time_is_computed_once(monkeypatch):
    asked = []
    monkeypatch.setattr(collection, "fluid_limit", lambda model, rows: asked.append(rows) or 2.5)
    model = SmoothModel(7, 2, 0.5, EXPON)
    assert [typical(model, k) for k in (3, 3.5, 3)] == [2.5, 2.5, 2.5]
    assert asked == [3, 3.5]


def chernoff(model, t, k):
    """The least ln E e^(x (N - k)) over x."""
    received = [*model.startup.cdf(t - model.costs), 0.0]

    def log_mean(x):
        each = (
            1
            - received[0]
            + sum((a - b) * math.exp(x * (i + 1)) for i, (a, b) in enumerate(itertools.pairwise(received)))
        )
        return model.symbols * math.log(each) - k * x

    return minimize_scalar(log_mean, bounds=(-30, 30), method="bounded", options={"xatol": 1e-10}).fun


@pytest.mark.parametrize("outside", [1e-3, 1e-9])
def test_a_window_is_where_chernoffs_bound_is_small(outside):
    """To a thousandth of the time: before it fewer than the first of the rows, and after it all of them."""
    model = SmoothModel(6, 2, 0.5, EXPON)
    start, stop = window(model, 5, 9, outside)
    assert chernoff(model, start, 5) < math.log(outside) < chernoff(model, 1.0011 * start, 5)
    assert chernoff(model, stop, 8) < math.log(outside) < chernoff(model, stop / 1.0011, 8)
    assert start < typical(model, 5) < typical(model, 9) < stop
    assert window(model, 5, 9) == window(model, 5, 9, collection.OUTSIDE)


def test_no_window_ends_later_than_the_latest_time(monkeypatch):
    monkeypatch.setattr(collection, "LATEST", 4.0)
    monkeypatch.setattr(collection, "typical", lambda model, k: float(k))
    monkeypatch.setattr(collection, "_chernoff", lambda model, t, k: np.where(k == 4, t - 4.0, 0.0))
    start, stop = window(SimpleNamespace(), 4, 9, math.exp(-1))
    assert 2.99 < start <= 3.0
    assert stop == 36.0
    monkeypatch.setattr(collection, "_chernoff", lambda model, t, k: np.where(k == 8, 27.0 - t, 0.0))
    assert 28.0 < window(SimpleNamespace(), 4, 9, math.exp(-1))[1] <= 28.03


def test_panels_end_at_jumps_and_are_halved_until_they_are_narrow(monkeypatch):
    monkeypatch.setattr(collection, "_scales", lambda model, times: np.full(len(times), 2.0))
    monkeypatch.setattr(collection, "_soon", lambda model, a, b: math.inf if a < 12 else 0.5)
    jumps = [arb(x) for x in (-1, 0, 3, 3, 8, 10, 12, 13, 14)]
    panels = collection._panels(SimpleNamespace(startup=EXPON), 0.0, 13.0, jumps)
    edges = [0, 1.5, 3, 4.25, 5.5, 6.75, 8, 10, 12, 12.5, 13]
    assert [(float(a), float(b)) for a, b in panels] == list(itertools.pairwise(edges))


def test_panels_are_measured_in_the_middle_and_soon_after_their_start(monkeypatch):
    """Soon after is down to the scale of the distribution."""
    asked = []
    monkeypatch.setattr(
        collection, "_scales", lambda model, times: asked.append(times.tolist()) or np.array([9.0, 64.0])
    )
    monkeypatch.setattr(collection, "_soon", lambda model, a, b: math.inf)
    assert len(collection._panels(SimpleNamespace(startup=stats.expon(scale=2)), 1.0, 1 + 64.0, [])) == 8
    assert asked[0] == [33.0, 2.0]


@pytest.mark.parametrize(
    ("density", "a", "b", "width"),
    [
        (0.5, 3.0, 5.0, math.sqrt(6) * math.sqrt(2 * 0.25 + 6) / 0.94),
        (0.5, 2.0, 6.0, 6 / 0.94),  # the beginning of the density is in the panel
        (0.0, 3.0, 5.0, math.inf),
        (math.inf, 3.0, 5.0, math.inf),
        (0.5, 0.0, 2.0, math.inf),  # none has begun
    ],
)
def test_a_panel_near_a_beginning_density_by_hand(density, a, b, width):
    """Eight workers, room 24/4; the last block that has begun did so 5/4 before the middle of the panel."""
    asked = []
    startup = SimpleNamespace(pdf=lambda x: asked.append(x.tolist()) or np.full(len(x), density))
    model = SimpleNamespace(costs=np.array([1.0, 2.5, 3.75, 6.0]), support=(0.25, math.inf), symbols=8, startup=startup)
    assert collection._soon(model, a, b) == pytest.approx(width, rel=1e-14)
    assert asked == ([[1.5]] if b > 2 else [])


@pytest.mark.parametrize("tail", [True, False])
def test_widths_of_panels_by_hand(tail):
    """Two deviations and two rows more of the arrivals, and a decay length of the latest delay of an unbounded law."""
    law = stats.expon(scale=4) if tail else stats.uniform(scale=4)
    model = SmoothModel(7, 3, 0.5, law)
    found = collection._scales(model, np.array([2.25, 3.0]))
    for t, width in zip((2.25, 3.0), found, strict=True):
        its = [law.cdf(t - cost) for cost in (0.5, 2.0, 3.5)]
        chances = -np.diff([*its, 0.0])
        rows = np.arange(1, 4)
        spread = math.sqrt(7 * (chances @ rows**2 - (chances @ rows) ** 2))
        flow = 7 * sum(law.pdf(t - cost) for cost in (0.5, 2.0, 3.5))
        assert width == pytest.approx(min(2 * (spread + 1) / flow, 4.0 if tail else math.inf), rel=1e-12)
    assert (found == 4.0).all() == (tail and found.max() == 4.0)
