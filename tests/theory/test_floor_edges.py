"""The floor at its edges: the closed form written out, who may ask for what, and times before any message."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import Empirical
from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory import floor as floors
from srtheory.theory.floor import closed_late, floor, late, late_and_heights
from srtheory.theory.numerics import nested

LAWS = [stats.expon(scale=2), stats.uniform(scale=3), Empirical([0.0, 0.5, 1.0, 4.0])]
ONE = Model(1, None, 1.0, stats.uniform(scale=3))


def written_out(model, t, workers):
    """P(T > t) >= 1 - (1 - e^(-nu Theta/m))^(m/b), chi as in the module's text, and 1 if b = 0."""
    before, m = t - model.master_time, model.symbols
    chances = [float(model.startup.cdf(before - model.message_cost - k * model.tau)) for k in range(1, m + 1)]
    chi = [-math.log1p(-(1 - model.silent) * f) for f in chances if f > 0]
    if not chi:
        return 1.0
    return 1 - (1 - math.exp(-workers * sum(chi) / m)) ** (m / len(chi))


@pytest.mark.parametrize("law", LAWS, ids=["expon", "uniform", "lattice"])
@pytest.mark.parametrize(("kappa", "sigma", "silent"), [(0, 0, 0), (0.25, 0, 0.3), (0, 0.5, 0.1), (0.25, 0.75, 0)])
@pytest.mark.parametrize(("m", "workers"), [(1, 1), (1, 3), (4, 2), (4, None), (3, 7)])
def test_the_closed_form_is_that_of_the_text(m, workers, kappa, sigma, silent, law):
    """From below, and by no more than rounding."""
    model = Model(m, None, 0.5, law, message_cost=kappa, master_time=sigma, silent=silent)
    times = np.array([-1.0, 0.3, 0.8, 1.3, 1.9, 2.7, 3.4])
    found = closed_late(model, times, workers=workers)
    exact = np.array([written_out(model, t, workers or m) for t in times])
    assert (found <= exact).all()
    assert found == pytest.approx(exact, rel=1e-9)


def test_times_have_any_shape_and_each_its_own_bound():
    model = Model(3, None, 0.5, LAWS[0])
    times = np.array([[0.2, 0.9, 1.5], [2.5, 4.0, 6.0]])
    for bound in (closed_late, late):
        assert bound(model, times).tolist() == [[float(bound(model, t)) for t in row] for row in times]
        assert np.shape(bound(model, 1.5)) == ()


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize(("kappa", "silent"), [(0.0, 0.0), (0.5, 0.0), (0.5, 0.25)])
def test_a_single_term_is_late_where_all_workers_are(workers, kappa, silent):
    """P(T > t) = (1 - F(t - tau - kappa))^nu, which the bound is but for rounding."""
    model = Model(1, None, 1.0, stats.uniform(scale=3), message_cost=kappa, silent=silent)
    times = np.array([0.5, 1.0, 1.75, 2.5, 3.25])
    exact = (1 - (1 - silent) * model.startup.cdf(times - 1 - kappa)) ** workers
    found = late(model, times, workers=workers)
    assert (found <= exact).all()
    assert found == pytest.approx(exact, rel=1e-6)


def test_heights_are_of_times_at_which_some_worker_may_have_sent_and_not_surely_has():
    bounds, heights = late_and_heights(ONE, np.array([0.5, 2.5, 5.0]), 1)
    assert bounds == pytest.approx([1.0, 0.5, 0.0])
    assert (heights > 0).tolist() == [False, True, False]


def test_a_coarse_grid_is_a_bound_and_each_evaluation_is_told():
    told = []
    coarse = floor(ONE, steps=1, step=lambda: told.append(1))
    assert len(told) > 2
    assert 1.0 < coarse.mean <= 2.5
    assert (np.diff(coarse.late) <= 0).all()
    assert (np.diff(coarse.times) > 0).all()
    with pytest.raises(FrozenInstanceError):
        coarse.mean = 0.0


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("steps", lambda: floor(ONE, steps=0)),
        ("workers", lambda: floor(ONE, workers=0)),
        ("t", lambda: late(ONE, [1.0, math.inf])),
        ("t", lambda: closed_late(ONE, math.nan)),
    ],
)
def test_refusals_name_the_argument(name, call):
    with pytest.raises(ArgumentError) as refusal:
        call()
    assert refusal.value.name == name


def test_before_the_end_of_time_every_time_is_taken():
    assert late(ONE, [-math.inf, 1e300]).tolist() == closed_late(ONE, [-math.inf, 1e300]).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("tau", [5e-324, 1e-300])
def test_with_the_smallest_tau_the_first_worker_that_starts_has_sent_everything(tau):
    model, times = Model(4, None, tau, stats.expon()), np.array([0.0, 0.5, 1.0])
    assert late(model, times) == pytest.approx(np.exp(-4 * times), rel=1e-9)
    assert (late(model, times) <= np.exp(-4 * times)).all()
    assert floor(model).mean == pytest.approx(0.25, rel=0.01)
    assert floor(model).mean <= 0.25


# --------------------------------------------------------------------------------------------------- the parts by hand


TEN = Model(10, None, 0.5, stats.expon(scale=2), message_cost=0.25)


@pytest.mark.parametrize(
    ("t", "places"),
    [(-3.0, 1), (0.25, 1), (0.7, 1), (0.75, 2), (2.2, 4), (2.25, 5), (4.7, 9), (4.75, 10), (5.3, 10), (1e300, 10)],
)
def test_places_that_a_worker_cannot_pass(t, places):
    """At 1/4 and k/2 it may have evaluated k terms: one more than that, and no more than there are."""
    assert floors._places(TEN, t) == places


def test_places_are_counted_from_above():
    free = Model(10, None, 1.0, TEN.startup)
    assert [floors._places(free, 4 * (1 - 2.0**-k)) for k in (43, 47)] == [4, 5]


@pytest.mark.parametrize(
    ("kappa", "m", "t", "messages"),
    [(0.0, 10, 9.0, 1), (0.25, 10, 3.0, 6), (0.25, 10, -1.0, 2), (0.25, 10, 30.0, 10), (0.25, 100, 30.0, 29)],
)
def test_messages_of_a_worker_by_hand(kappa, m, t, messages):
    """One after each max(1, 0.3 sqrt(kappa t)/tau) terms, and two more."""
    assert floors._messages(replace(TEN, symbols=m, message_cost=kappa), t) == messages


def test_a_good_message_has_so_many_terms():
    assert floors._often(TEN, 9.0) == pytest.approx(0.3 * 1.5 / 0.5)
    assert floors._often(TEN, -1.0) == 0.0


@pytest.mark.parametrize(("messages", "blocks"), [(1, 256), (40, 256), (41, 160)])
def test_blocks_are_fewer_where_messages_are_many(monkeypatch, messages, blocks):
    monkeypatch.setattr(floors, "_messages", lambda model, t: messages)
    assert floors._most_blocks(TEN, 3.0) == blocks


@pytest.mark.parametrize(
    ("matter", "most", "first", "last"),
    [
        (7, 3, [1, 4, 7, 10], [3, 6, 9, 10]),
        (7, 7, [*range(1, 9)], [*range(1, 8), 10]),
        (10, 3, [1, 5, 9], [4, 8, 10]),
        (9, 9, [*range(1, 11)], [*range(1, 11)]),
        (1, 5, [1, 2], [1, 10]),
        (0, 5, [1, 2], [1, 10]),
    ],
)
def test_blocks_by_hand(monkeypatch, matter, most, first, last):
    """Of the places that matter, and one block of all others."""
    phi = np.where(np.arange(10) < matter, 2 * nested.TINY, nested.TINY)
    asked = []
    monkeypatch.setattr(floors, "_received", lambda model, u, places, n: asked.append((u, places, n)) or phi[None])
    found = floors._blocks(TEN, 9.0, most)
    assert [ends.tolist() for ends in found] == [first, last]
    [(u, places, n)] = asked
    assert (u.tolist(), places.tolist(), n) == ([9.0], [*range(1, 11)], 1)


@pytest.mark.parametrize(
    ("kappa", "places", "low", "steps"),
    [(0.0, 100, 1.0, 1000), (0.0, 200, 1.0, 416), (0.25, 200, 1.0, 277), (0.25, 200, 6.5, 160), (0.25, 120, 6.5, 224)],
)
def test_steps_of_the_grid_by_hand(monkeypatch, kappa, places, low, steps):
    """60 ns for a pair of places, for each three windows that messages reach back; and 6 ns for each of 5 messages."""
    monkeypatch.setattr(floors, "_places", lambda model, t: places)
    monkeypatch.setattr(floors, "_most_blocks", lambda model, t: 250)
    monkeypatch.setattr(floors, "_messages", lambda model, t: 5)
    assert floors._steps(replace(TEN, message_cost=kappa), low, 7.0) == steps


def test_a_mean_is_a_sum_to_the_next_time_of_the_grid():
    safe = 1 - 2.0**-40
    times, curve = np.array([1.0, 2.0, 4.0]), np.array([1.0, 0.5, 0.25])
    assert floors._mean(times, curve, 0.5) == 2.5 * safe
    assert floors._mean(times, 0 * curve, 0.0) == 0.0


@pytest.mark.parametrize(
    ("level", "lost", "bound"),
    [
        (0.05, 0.0, 0.5),  # no time is known to be too early but for sigma
        (0.25, 0.0, 1.5),  # at 1 more than 3/4 are late
        (0.5, 0.0, 1.5),
        (0.625, 0.0, 2.5),
        (0.75, 0.0, 2.5),
        (0.75, 0.25, 2.5),
        (0.75, 0.3, math.inf),
        (0.875, 0.0, 4.5),
    ],
)
def test_a_quantile_is_the_last_time_that_is_too_early(level, lost, bound):
    times, curve = np.array([1.0, 2.0, 4.0]), np.array([0.9, 0.5, 0.25])
    assert floors._quantile(times, curve, 0.5, level, lost) == bound * (1 - 2.0**-40 * math.isfinite(bound))


@pytest.mark.parametrize(
    ("silent", "later", "curve"),
    [
        (0.0, [0.5, 0.6, 0.01, 0.9e-5, 9.0], [0.9, 0.7, 0.6, 0.6, 0.01, 0.9e-5]),
        (0.5, [0.5, 0.2500099, 9.0], [0.9, 0.7, 0.5, 0.2500099]),
        (0.5, [0.5, 0.2500101, 0.25, 9.0], [0.9, 0.7, 0.5, 0.2500101, 0.25]),
    ],
)
def test_a_curve_is_continued_until_little_is_left(silent, later, curve):
    """By a twentieth of what is there, and by a quarter more each time; with two workers 1/4 is lost."""
    left = iter(later)
    times, found = floors._with_tail(
        replace(TEN, silent=silent), 2, np.array([1.0, 3.0]), np.array([0.9, 0.7]), lambda t: next(left)
    )
    steps = 0.1 * 1.25 ** np.arange(len(curve) - 2)
    assert times == pytest.approx([1.0, 3.0, *(3.0 + np.cumsum(steps))], rel=1e-10)
    assert found.tolist() == curve


def test_a_curve_that_does_not_fall_is_continued_a_hundred_times():
    asked = []
    times, _ = floors._with_tail(TEN, 2, np.array([1.0, 3.0]), np.ones(2), lambda t: asked.append(t) or 0.5)
    assert (len(asked), times[2:].tolist()) == (100, asked)
    asked.clear()
    floors._with_tail(TEN, 2, np.array([0.0, 4e249]), np.ones(2), lambda t: asked.append(t) or 0.5)
    assert 1e250 * 0.8 < max(asked) <= 1e250


@pytest.mark.parametrize("lost", [0.0, 0.25])
@pytest.mark.parametrize(("begins", "scale"), [(0.0, 0.01), (0.0, 1.0), (0.0, 300.0), (100.0, 1.0)])
def test_a_fall_is_found_to_a_twentieth_of_its_width(lost, begins, scale):
    """From 0.9 to 0.008 of what is not lost, and no more often than that takes."""
    asked = []

    def late_at(t):
        asked.append(t)
        return lost + (1 - lost) * math.exp(-((max(t - begins, 0.0) / scale) ** 2))

    low, high = floors._fall(late_at, TEN, lost, 0.9)
    ends = [begins + scale * math.sqrt(-math.log(level)) for level in (0.9, 0.008)]
    width = 0.05 * (high - low)
    assert ends[0] - width <= low < ends[0]
    assert ends[1] <= high <= ends[1] + width
    assert len(asked) == len(set(asked)) < 40
    assert min(asked) > 0


@pytest.mark.parametrize("start", [1e-3, 0.7, 40.0])
@pytest.mark.parametrize("searched", [5, 2])
def test_the_greatest_of_a_function_whose_v_is_a_power(start, searched):
    """m A - c A^3 is greatest at sqrt(m/(3 c)); heights are powers of 1.06, and between those searched for, too."""
    m, times = 5, np.geomspace(1.0, 4.0, 5)
    c = 0.3 * np.exp(times)
    asked = []

    def values(level, which):
        asked.append(level)
        return m * level - c[which] * level**3

    found, heights = floors._greatest(values, m, times, np.full(5, start), 1e-9, searched)
    assert len(asked) < 60
    exact = np.sqrt(m / (3 * c))
    assert (abs(np.log(heights / exact)) <= 0.5001 * math.log(1.06)).all()
    assert found == pytest.approx(m * heights - c * heights**3, rel=1e-12)
    powers = np.log(heights) / math.log(1.06)
    assert powers == pytest.approx(np.rint(powers), abs=1e-9)


def test_where_nothing_is_above_0_all_heights_down_to_the_least_are_tried():
    levels = []
    found, heights = floors._greatest(
        lambda level, which: levels.append(level) or -np.ones(len(which)), 5, np.array([1.0]), np.ones(1), 1e-3, 1
    )
    assert (found.tolist(), heights.tolist()) == ([0.0], [0.0])
    assert 1e-3 / 1.4 < min(levels) <= 1e-3


def test_costs_of_the_master_shift_times_and_quantiles():
    """From below: the same grid, later by sigma."""
    one, later = floor(ONE, steps=5), floor(replace(ONE, master_time=0.5), steps=5)
    assert later.late.tolist() == one.late.tolist()
    assert (later.times <= one.times + 0.5).all()
    assert later.times == pytest.approx(one.times + 0.5, rel=1e-12)
    assert later.closed_mean == pytest.approx(one.closed_mean + 0.5)
    assert later.closed_quantiles["0.5"] == pytest.approx(one.closed_quantiles["0.5"] + 0.5)


def test_a_level_that_is_just_reached_has_a_quantile():
    """A single worker responds with probability 1/2, and then by 4."""
    quantiles = floor(replace(ONE, silent=0.5), steps=5).quantiles
    assert 3.5 < quantiles["0.5"] <= 4.0
    assert quantiles["0.75"] == math.inf


def test_times_of_the_messages_are_rounded_up():
    rng = np.random.default_rng(6)
    times, sigma = np.concatenate([rng.exponential(size=200), [-1.0, 0.0, 1e9]]), 0.1
    found = floors._own_times(replace(ONE, master_time=sigma), times)
    for t, mine in zip(times.tolist(), found.tolist(), strict=True):
        exact = Fraction(t) - Fraction(sigma)
        assert exact < Fraction(mine) <= exact + Fraction(1, 2**50) * (abs(Fraction(t)) + Fraction(sigma))
    assert floors._own_times(ONE, times) is times


class Seen(Exception):  # noqa: N818
    """The times at which messages start."""


def starts(monkeypatch, kappa, times, lattice):
    """The times at which phi is asked for, if three messages are sent."""
    monkeypatch.setattr(floors, "_messages", lambda model, t: 3)
    monkeypatch.setattr(floors, "_blocks", lambda model, last, most: (np.array([1]), np.array([1])))

    def received(model, u, places, n):
        assert (places.tolist(), n) == ([1], 1)
        raise Seen(u)

    monkeypatch.setattr(floors, "_received", received)
    with pytest.raises(Seen) as seen:
        floors._types(replace(TEN, message_cost=kappa), np.array(times), lattice, 4)
    return seen.value.args[0]


@pytest.mark.parametrize(
    ("kappa", "steps"), [(0.3, [4, 7, 10, 14, 17, 20]), (0.19, [7, 9, 10, 17, 19, 20]), (0.11, [8, 9, 10, 18, 19, 20])]
)
def test_messages_start_on_a_lattice_no_later_than_they_do(monkeypatch, kappa, steps):
    """After whole numbers of steps, rounded down, but not by rounding: 3 is 0.3/0.1."""
    found = starts(monkeypatch, kappa, [1.0, 2.0], 0.1)
    assert found == pytest.approx(np.array(steps) * 0.1 + 2e-9 * 2.0, rel=1e-13)


def test_messages_without_a_lattice_start_kappa_after_each_other(monkeypatch):
    """The first one exactly, and the others later by some roundings of the time."""
    found = starts(monkeypatch, 0.19, [1.0, 2.0], None).tolist()
    for mine, t, n in zip(found, (1.0, 1.0, 1.0, 2.0, 2.0, 2.0), (2, 1, 0, 2, 1, 0), strict=True):
        exact = Fraction(t) - n * Fraction(0.19)
        assert exact <= Fraction(mine) <= exact + (n > 0) * Fraction(t) / 2**49
        assert mine > exact or n == 0


class Counted:
    """Cells of which only the number is known."""

    def __init__(self, count):
        self.count = count

    def part(self, some):
        return Counted(int(some.sum()))


@pytest.mark.parametrize(
    ("often", "needed", "table"),
    [
        (3.0, [0], {0: [1.0, 0.5], 1: [math.inf, 0.125]}),
        (2.0, [0], {0: [1.0, 0.5], 1: [0.25, 0.125]}),
        (9.0, [0], {0: [1.0, 0.5], 1: [math.inf, math.inf]}),
        (9.0, [1], {2: [2.0, 4.0]}),
        (3.0, [0, 1], {0: [1.0, 0.5], 1: [math.inf, 0.125], 2: [2.0, 4.0]}),
    ],
)
@pytest.mark.parametrize("batch", [4096, 4])
def test_bounds_of_the_types_that_are_needed(monkeypatch, often, needed, table, batch):
    """Twice phi here; as a second message row 1 has no bound of its own below ``often`` terms."""
    own = np.array([[0.5, 0.25], [0.125, 0.0625], [1.0, 2.0]])
    monkeypatch.setattr(floors, "slopes", lambda cells, level: np.full(cells.count, level))
    monkeypatch.setattr(floors, "_BATCH", batch)
    cells = [Counted(len(range(begin, min(begin + batch, 6)))) for begin in range(0, 6, batch)]
    types = floors._Types(
        np.array([[0, 1], [2, -1]]), own, np.nonzero(own > 0), cells, np.array([2, 5]), often
    )  # fmt: skip
    found = types.bounds(2.0, np.array(needed))
    assert {row: found[row].tolist() for row in table} == table


def test_types_by_hand(monkeypatch):
    """Tiny ones have the flat profile of the first tiny place, and after one tiny message there is none."""
    tiny = nested.TINY

    def received(model, u, places, n):
        if len(u) == 1:  # the blocks
            return np.full((1, len(places)), 0.5)
        assert places.tolist() == [1, 2, 3]
        asked.append(n)
        own = [
            [math.inf, 1.0, 0.5] if t > 1.9 else [0.5, 0.25, tiny / 64] if t > 1.4 else [tiny, tiny / 4, 0.0] for t in u
        ]
        return np.array(own) * (1 if n == 1 else [0.5, 2.0, 0.5])

    def log_missed(own, later, ends):
        asked.append((own.tolist(), later.tolist(), ends.tolist()))
        return np.full((*own.shape, len(nested.GRID)), -7.0), np.arange(len(own)) + 10.0

    asked = []
    monkeypatch.setattr(floors, "_messages", lambda model, t: 3)
    monkeypatch.setattr(floors, "_often", lambda model, t: 1.5)
    monkeypatch.setattr(floors, "_blocks", lambda model, last, most: (np.array([1, 2, 3]), np.array([1, 2, 9])))
    monkeypatch.setattr(floors, "_received", received)
    monkeypatch.setattr(floors, "log_missed", log_missed)
    monkeypatch.setattr(floors, "Cells", SimpleNamespace(of=lambda its, counts: (its, counts)))
    types = floors._types(TEN, np.array([1.0, 2.0]), None, 4)
    flat, some = [tiny, tiny / 4, 0.0], [0.5, 0.25, tiny / 64]
    own = [flat, flat, flat, some, some, [0.0, 0.0, 0.0]]
    later = [[tiny / 2, tiny / 4, 0.0]] * 3 + [[0.25, 0.25, tiny / 128]] * 2 + [[0.0] * 3]
    assert asked == [1, 2, (own, later, [1, 2, 9])]
    assert types.rows.tolist() == [[2, -1, -1], [5, 4, 3]]
    assert types.own.tolist() == [[tiny, tiny, 0.0]] * 3 + [some] * 2 + [[0.0] * 3]
    assert (types.ends.tolist(), types.often) == ([1, 2, 9], 1.5)
    [(its, counts)] = types.cells
    places = list(zip(*(axis.tolist() for axis in types.chosen), strict=True))
    assert places == [(row, i) for row in range(3) for i in range(2)] + [(row, i) for row in (3, 4) for i in range(3)]
    for (row, i), logs, count in zip(places, its.tolist(), counts.tolist(), strict=True):
        is_flat = row < 3 or i == 2
        assert count == (9 if is_flat else 10 + row)
        assert logs == ((-nested.GRID).tolist() if is_flat else [-7.0] * len(nested.GRID))
    asked.clear()
    assert floors._types(TEN, np.array([1.0, 1.0]), None, 4).rows.tolist() == [[2], [2]]
