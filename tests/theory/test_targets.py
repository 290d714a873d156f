"""Laws and floors of any target against sums over all counts, in exact rationals that share nothing with the module."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import comb, exp, factorial, floor, prod

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from srtheory.delays import Empirical, parse_law
from srtheory.errors import ArgumentError
from srtheory.questions.schedule import Schedule
from srtheory.theory import targets
from srtheory.theory.startup import cdf_bounds
from srtheory.theory.targets import (
    circle_covered,
    circle_law,
    count_tails,
    cyclic_law,
    late,
    mds_bounds,
    mean_floor,
    random_law,
    renewal_tails,
    rows_bounds,
    total_tails,
)

PROBABILITY = st.one_of(st.sampled_from([0.0, 1.0, 0.5, 1e-9, 1 - 2.0**-52]), st.floats(0, 1))


@st.composite
def tails(draw, workers, most):
    """Tails of each worker, which are exact."""
    places = st.lists(PROBABILITY, min_size=most, max_size=most) | st.sampled_from([[0.0] * most, [1.0] * most])
    return np.array([[1.0, *sorted(draw(places), reverse=True)] for _ in range(workers)])


@st.composite
def models(draw):
    """Terms, and tails of workers with loads up to one more than all terms."""
    m = draw(st.integers(1, 4))
    return m, draw(tails(draw(st.integers(1, 4)), draw(st.integers(1, m + 1))))


def pmf(tail):
    return [a - b for a, b in pairwise([*map(Fraction, tail.tolist()), Fraction(0)])]


def reached(m, choices):
    """P(W <= w) for w = 0 .. m, if each worker independently reports one of some sets of terms."""
    union = {frozenset(): Fraction(1)}
    for its in choices:
        after = defaultdict(Fraction)
        for (known, p), (new, q) in product(union.items(), its):
            after[known | new] += p * q
        union = after
    return [sum(p for known, p in union.items() if m - len(known) <= w) for w in range(m + 1)]


def prefixes(order, tail):
    return [(frozenset(order[:count]), p) for count, p in enumerate(pmf(tail))]


def around(m, start, down, places):
    return [(start + (-i if down else i)) % m for i in range(places)]


def agrees(bounds, exact, width=1e-12):
    """Bounds enclose the exact values, closely."""
    for low, high, value in zip(*map(np.atleast_1d, bounds), exact, strict=True):
        assert Fraction(float(low)) <= value <= Fraction(float(high))
        assert high - low < width


def overlap(*bounds):
    """Bounds of the same values, by different ways."""
    for a, b in product(bounds, repeat=2):
        assert (a[0] <= b[1]).all()


# ----------------------------------------------------------------------------------------------------------------- laws


def circle(m, starts, down, its):
    return [prefixes(around(m, s, d, its.shape[1] - 1), g) for s, d, g in zip(starts, down, its, strict=True)]


@settings(max_examples=300)
@given(models(), st.data())
def test_circle_law_is_the_sum_over_all_counts(model, data):
    m, its = model
    starts = data.draw(st.lists(st.integers(0, m - 1), min_size=len(its), max_size=len(its)))
    down = data.draw(st.lists(st.booleans(), min_size=len(its), max_size=len(its)))
    exact = reached(m, circle(m, starts, down, its))
    agrees(circle_law(m, starts, (its, its), down=down), exact)
    agrees(circle_covered(m, starts, (its, its), down=down), exact[:1])


@settings(max_examples=100)
@given(models(), st.integers(1, 2))
def test_cyclic_law_is_the_sum_over_all_counts(model, each):
    m, its = model
    exact = reached(m, circle(m, [j % m for j in range(each * m)], [False] * each * m, np.tile(its[:1], (each * m, 1))))
    agrees(cyclic_law(m, (its[0], its[0]), each=each), exact)


@settings(max_examples=100)
@given(models())
def test_random_order_is_the_mean_over_all_sets(model):
    m, its = model
    its = its[:, : m + 1]
    sets = [
        [(frozenset(s), p / comb(m, h)) for h, p in enumerate(pmf(g)) for s in combinations(range(m), h)] for g in its
    ]
    agrees(random_law(m, (its, its)), reached(m, sets))
    agrees(random_law(m, (its[0], its[0]), workers=len(its)), reached(m, [sets[0]] * len(its)))


def test_a_schedule_of_workers_unlike_each_other_is_the_sum_over_all_counts():
    m, t, miss = 4, 3.5, 1
    startup, tau = parse_law("1*expon(), 3*expon(scale=3)"), parse_law("2*1, 2*0.5")
    [at] = Schedule(symbols=m, tau=tau, startup=startup, terms=m - miss, times=(t,)).answer().at
    laws, each = [stats.expon(scale=scale) for scale in (1, 3, 3, 3)], [1, 1, 0.5, 0.5]
    its = np.array([[1, *law.cdf(t - x * np.arange(1, m + 1))] for law, x in zip(laws, each, strict=True)])
    sets = [
        [(frozenset(s), p / comb(m, h)) for h, p in enumerate(pmf(g)) for s in combinations(range(m), h)] for g in its
    ]
    for bounds, choices in ((at.cyclic, circle(m, range(m), [False] * m, its)), (at.random, sets)):
        exact = float(reached(m, choices)[miss])
        assert exact - 1e-12 < bounds[0] <= bounds[1] < exact + 1e-12
        assert exact < at.floor < 1


@settings(max_examples=100)
@given(models(), st.data())
def test_laws_of_sums_are_sums_over_all_counts(model, data):
    m, its = model
    exact = {}
    for choice in product(*(enumerate(pmf(g)) for g in its)):
        exact[tuple(a for a, _ in choice)] = prod(p for _, p in choice)
    agrees(total_tails((its, its), m), [sum(p for a, p in exact.items() if sum(a) >= k) for k in range(m + 1)])
    need, quota = data.draw(st.integers(1, len(its))), data.draw(st.integers(1, m + 1))
    done = sum(p for a, p in exact.items() if sum(x >= quota for x in a) >= need)
    agrees(mds_bounds(need, quota, (its, its)), [done])
    rows = np.sort(data.draw(st.lists(PROBABILITY, min_size=1, max_size=6)))
    # More rows than are told of may never suffice, or the next may.
    never, soon = ([*map(Fraction, rows.tolist()), Fraction(last)] for last in (rows[-1], 1))
    done = [sum(p * told[min(sum(a), len(rows))] for a, p in exact.items()) for told in (never, soon)]
    low, high = map(Fraction, rows_bounds((rows, rows), (its, its)))
    assert done[0] - Fraction(1e-12) < low <= done[0] <= done[1] <= high < done[1] + Fraction(1e-12)


@settings(max_examples=50)
@given(models(), st.data())
def test_bounds_of_tails_give_bounds_of_laws(model, data):
    m, low = model
    high = np.maximum(low, data.draw(tails(len(low), low.shape[1] - 1)))
    middle, starts = (low + high) / 2, [j % m for j in range(len(low))]
    exact = reached(m, circle(m, starts, [False] * len(low), middle))
    bounds = circle_law(m, starts, (low, high))
    assert all(Fraction(a) <= x <= Fraction(b) for a, x, b in zip(bounds[0], exact, bounds[1], strict=True))
    least, greatest = circle_covered(m, starts, (low, high))
    assert Fraction(least) <= exact[0] <= Fraction(greatest)
    overlap(cyclic_law(m, (low[0], high[0])), cyclic_law(m, (middle[0], middle[0])))


def test_many_terms_alike():
    m, t = 60, 3.4
    its = renewal_tails(0.0, stats.expon(loc=0.5), t, m)
    full, starts = tuple(np.tile(g, (m, 1)) for g in its), range(m)
    law = cyclic_law(m, its)
    overlap(law, circle_law(m, starts, full), circle_law(m, starts, full, down=[True] * m))
    agrees(circle_covered(m, starts, full), [Fraction(law[0][0] + law[1][0]) / 2], 1e-9)


# --------------------------------------------------------------------------------------------------------------- floors


@settings(max_examples=300)
@given(models(), st.booleans(), st.integers(0, 1 << 32))
@example((3, np.array([[1, 1, 0.25, 0.25]])), False, 8)  # not prefixes, and a sure place
def test_no_oblivious_scheme_is_below_a_floor(model, alike, seed):
    m, its = model
    its, rng = np.tile(its[:1], (len(its), 1)) if alike else its, np.random.default_rng(seed)
    floors = [Fraction(late(m, m - w, (its, its)).value) for w in range(m)]
    alone = [Fraction(late(m, m - w, (its, its), prefixes=False).value) for w in range(m)]
    for batch in (1, 1, 1, 2):  # orders with repetitions, of which some terms, written as m, may be left out
        orders, prefix, apart = rng.integers(0, m + 1, (len(its), its.shape[1] - 1)).tolist(), [], []
        for order, g in zip(orders, its, strict=True):
            prefix.append([(frozenset(order[: a - a % batch]) - {m}, p) for a, p in enumerate(pmf(g))])
            # Places that are reported independently of each other, each once, as repetitions are no new terms.
            new = zip(dict.fromkeys(order), map(Fraction, g[1:].tolist()), strict=False)
            each = product(*([({i} - {m}, p), (set(), 1 - p)] for i, p in new))
            apart.append([(frozenset().union(*(x for x, _ in c)), prod(p for _, p in c)) for c in each])
        for choices, least in ((prefix, floors), (apart, alone)):
            assert all(1 - p >= f for p, f in zip(reached(m, choices), least, strict=False)), orders


def test_floors_are_of_use():
    its = np.array([[1, 0.7, 0.3, 0.05]] * 20)
    found = {k: late(20, k, (its, its)) for k in (20, 18, 14)}
    assert [f.by for f in found.values()] == ["recursion", "convex", "clairvoyant"]
    exact = {k: 1 - cyclic_law(20, (its[0], its[0]))[1][20 - k] for k in found}
    assert all(exact[k] / 3 < found[k].value <= exact[k] for k in (20, 18))
    assert late(20, 20, (its, its), prefixes=False).by == "closed form"
    its = np.array([1, 0.99981, 0.0])  # margins grow with the number of terms
    found, law = late(800, 800, (its, its), workers=800), cyclic_law(800, (its, its), most=0)
    assert 0.14 < found.value <= 1 - law[0][0]


def test_mean_floor_is_a_lower_sum():
    times = np.linspace(0.05, 12, 240)
    its = renewal_tails(0.0, stats.expon(loc=0.5), times, 6)
    mean, floors = mean_floor(6, 5, times, its, workers=6)
    late_at = [1 - cyclic_law(6, (low, high), most=1)[0][1] for low, high in zip(*its, strict=True)]
    assert 0.85 * sum(late_at) < mean / 0.05 < sum(late_at)
    assert len(floors) == len(times)
    alone, exact = mean_floor(1, 1, times, its, workers=1)[0], 0.05 * sum(1 - its[1][:, 1])  # one term of one worker
    assert exact * (1 - 1e-12) < alone < exact * (1 + 1e-15)


# -------------------------------------------------------------------------------------------------------------- renewal


@given(*[st.lists(st.integers(0, 20).map(lambda x: x / 7), min_size=1, max_size=3)] * 2, st.integers(0, 40))
def test_renewal_tails_enclose_sums_over_all_times(startup, task, eighths):
    t, most, step = eighths / 8, 3, 1 / 16
    times = [[sum(map(Fraction, y)) for y in product(startup, *[task] * k)] for k in range(1, most + 1)]
    exact = [Fraction(sum(time <= t for time in its), len(its)) for its in times]
    pairs = [(Empirical(startup), Empirical(task)), *([(startup[0], Empirical(task))] if len(startup) == 1 else [])]
    for law, each in pairs:
        low, high = renewal_tails(law, each, t, most, step)
        beyond = renewal_tails(law, each, t + 2 * (most + 1) * step, most, step)[0]
        assert all(Fraction(a) <= x <= Fraction(b) for a, x, b in zip(low[1:], exact, high[1:], strict=True))
        assert (high <= beyond + 1e-12).all()  # the two are so many steps apart


def test_renewal_tails_of_known_laws():
    # Uniform tasks: the volume of a simplex that is cut off by a cube (Irwin and Hall).
    x = Fraction(7, 4)
    exact = [
        sum((-1) ** i * comb(k, i) * (x - i) ** k for i in range(floor(x) + 1)) / factorial(k) for k in range(2, 6)
    ]
    low, high = renewal_tails(0.25, stats.uniform(), 2.0, 5)
    assert all(a <= p <= b and b - a < 2e-3 for a, p, b in zip(low[2:], exact, high[2:], strict=True))
    low, high = renewal_tails(0.0, stats.uniform(), 0.25, 16)
    assert all(a <= Fraction(1, 4**k) / factorial(k) <= b for k, a, b in zip(range(17), low, high, strict=True))
    # Exponential tasks without start-up: a Poisson count.
    low, high = renewal_tails(0.0, stats.expon(scale=2.0), [3.0, 0.0, -1.0], 30)
    poisson = [1 - exp(-1.5) * sum(1.5**i / factorial(i) for i in range(k)) for k in range(1, 31)]
    assert (abs(low[0, 1:] - poisson) < 1e-14).all()
    assert not high[1:, 1:].any()
    # On a lattice, of a start-up that is a law: the same, less closely.
    wide = renewal_tails(Empirical([0.5]), stats.expon(loc=0.5, scale=2.0), 4.0, 8)
    close = renewal_tails(0.5, stats.expon(loc=0.5, scale=2.0), 4.0, 8)
    overlap(wide, close)
    assert (wide[1] - wide[0]).max() < 2e-3
    assert (close[1] - close[0]).max() < 1e-15
    # Tasks that take a number: today's model.
    today = cdf_bounds(stats.pareto(b=1), 3.0, 0.5 * np.arange(1, 5))
    for found in (renewal_tails(stats.pareto(b=1), 0.5, 3.0, 4), count_tails(stats.pareto(b=1), 3.0, [0.5, 1, 1.5, 2])):
        assert all(np.array_equal(a[1:], b) for a, b in zip(found, today, strict=True))


# ---------------------------------------------------------------------------------------------------------- the checks


@pytest.mark.quality
def test_planted_mistakes_are_seen(monkeypatch):
    m, starts, down = 3, [0, 1, 1], [False, True, False]
    its = np.array([[1, 0.75, 0.5, 0.125], [1, 0.9, 0.3, 0.1], [1, 0.7, 0.6, 0.5]])
    exact = reached(m, circle(m, starts, down, its))
    agrees(circle_law(m, starts, (its, its), down=down), exact)
    wrong = {
        "shifted": circle_law(m, [1, 1, 1], (its, its), down=down),
        "up": circle_law(m, starts, (its, its)),
        "missed": [np.append(bound[1:], 1.0) for bound in circle_law(m, starts, (its, its), down=down)],
        "load": circle_law(m, starts, (its[:, :3], its[:, :3]), down=down),
    }
    monkeypatch.setattr(targets, "outward", lambda ball: (float(ball.mid()),) * 2)
    wrong["margin"] = circle_law(m, starts, (its, its), down=down)
    for bounds in wrong.values():
        with pytest.raises(AssertionError):
            agrees(bounds, exact)
    solve = np.linalg.solve
    monkeypatch.setattr(np.linalg, "solve", lambda a, b: solve(a, b) + 1e-6)
    agrees(circle_covered(m, starts, (its, its), down=down), exact[:1], 1e-4)  # a bad solution has a wide margin
    floors = [late(m, m - w, (its, its)).value for w in range(m)]
    assert floors[0] > 1 - exact[1] or floors[1] > 1 - exact[2]  # of a target with one miss more


ONE, EVEN = (np.array([1.0, 0.5]),) * 2, stats.uniform()
REFUSED = [
    ("starts", lambda: circle_law(3, [0, 3], ONE)),
    ("down", lambda: circle_law(3, [0], ONE, down=[True, False])),
    ("tails", lambda: circle_law(3, [0], ([[1, 0.5]] * 2,) * 2)),
    ("tails", lambda: cyclic_law(3, ([[1, 0.5]],) * 2)),
    ("tails", lambda: cyclic_law(3, (ONE[0], ONE[0] / 2))),
    ("tails", lambda: cyclic_law(3, ([1.0, np.nan],) * 2)),
    ("tails", lambda: random_law(3, ([1, 0.2, 0.3],) * 2, workers=3)),
    ("tails", lambda: random_law(3, None)),
    ("tails", lambda: mean_floor(3, 3, [1.0], ONE, workers=3)),
    ("workers", lambda: random_law(3, ONE)),
    ("workers", lambda: total_tails(([[1, 0.5]],) * 2, 1, workers=2)),
    ("rows", lambda: rows_bounds(([0.5, 0.2],) * 2, ONE, workers=1)),
    ("target", lambda: late(3, 4, ONE, workers=3)),
    ("times", lambda: mean_floor(3, 3, [1.0, 1.0], ONE, workers=3)),
    ("startup", lambda: renewal_tails(-1.0, EVEN, 1.0, 3)),
    ("task", lambda: renewal_tails(0.0, stats.norm(), 1.0, 3)),
    ("task", lambda: renewal_tails(0.0, "uniform", 1.0, 3)),
    ("t", lambda: renewal_tails(0.0, EVEN, np.inf, 3)),
    ("step", lambda: renewal_tails(0.0, EVEN, 1.0, 3, step=1e-9)),
    ("step", lambda: renewal_tails(0.0, EVEN, 1.0, 3, step=0)),
]


def test_bad_input_is_refused_by_name():
    for name, call in REFUSED:
        with pytest.raises(ArgumentError, match=rf"^Argument '{name}' [^\n]*$"):
            call()
