"""The floor under every oblivious scheme: against all designs of few terms, all schemes, and known numbers."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import DelayModel, Empirical
from srtheory.experiments.compare import LIMIT, candidates
from srtheory.experiments.running import run_all
from srtheory.experiments.summary import column
from srtheory.experiments.trial import Task
from srtheory.model import Model
from srtheory.schemes import SCHEME_NAMES, named
from srtheory.theory import floor as floors
from srtheory.theory.floor import LEVELS, closed_late, floor, late, late_and_heights, late_on_grid
from srtheory.theory.laws.streaming import parts_cyclic_bounds
from srtheory.theory.numerics.nested import exponents, slopes
from tests import once
from tests.theory.designs import arrivals, designs, exact_late, least_late, plans

EXPON, PARETO, UNIFORM = stats.expon(scale=5), stats.pareto(b=1), stats.uniform(scale=3)
LATTICE = Empirical([0.0, 0.0, 1.0, 4.0])
LAWS = {"expon": EXPON, "pareto": PARETO, "uniform": UNIFORM, "lattice": LATTICE}
PAPER = Model(1000, None, 0.005, EXPON)


def fraction_cdf(model):
    """F of the model at fractions, exactly as its floats are."""
    return lambda x: Fraction(float(model.defective_startup.cdf(float(x))))


def least_exact(model, t, workers):
    """The least P(T > t) over all designs, in fractions."""
    kappa, tau = Fraction(model.message_cost), Fraction(model.tau)
    every = designs(model.symbols, workers, at_once=kappa == 0)
    return min(exact_late(design, Fraction(t), tau, kappa, fraction_cdf(model)) for design in every)


SMALL = [(1, 1, 0.0), (1, 3, 0.5), (2, 2, 0.0), (2, 2, 0.5), (2, 3, 0.25), (3, 3, 0.0), (3, 2, 0.25)]


@pytest.mark.parametrize("silent", [0.0, 0.25])
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("symbols", "workers", "kappa"), SMALL)
def test_no_design_of_few_terms_is_below(symbols, workers, kappa, law, silent):
    model = Model(symbols, None, 0.5, LAWS[law], message_cost=kappa, silent=silent)
    for t in (0.75, 1.5, 2.5, 4.0, 8.0):
        least = least_exact(model, t, workers)
        assert closed_late(model, t, workers=workers) <= late(model, t, workers=workers) <= least


@pytest.mark.parametrize("law", ["expon", "lattice"])
def test_no_design_of_three_terms_with_messages_that_cost_is_below(law):
    model = Model(3, None, 0.5, LAWS[law], message_cost=0.25)
    for t in (2.5, 4.0):
        assert closed_late(model, t) <= late(model, t) <= least_exact(model, t, 3)


@pytest.mark.parametrize("kappa", [0.0, 0.25])
@pytest.mark.parametrize("law", LAWS)
def test_no_design_of_four_terms_is_below(law, kappa):
    model = Model(4, None, 0.5, LAWS[law], message_cost=kappa)
    for t in (1.5, 2.0, 3.5, 6.0):
        least = least_late(4, 4, t, 0.5, kappa, LAWS[law].cdf)
        assert late(model, t) <= least + 1e-12  # the rounding of the sum over sets


@pytest.mark.quality
@pytest.mark.parametrize("kappa", [0.0, 0.5])
def test_bounds_of_pi_that_are_too_small_are_seen(kappa, monkeypatch):
    monkeypatch.setattr(floors, "slopes", lambda cells, level: 0.97 * slopes(cells, level))
    model = Model(2, None, 0.5, EXPON, message_cost=kappa)
    assert any(late(model, t) > least_exact(model, t, 2) for t in (2.5, 3.5, 4.0, 8.0))


@pytest.mark.quality
@pytest.mark.parametrize("kappa", [0.0, 0.25])
def test_values_of_f_that_are_too_small_are_seen(kappa, monkeypatch):
    monkeypatch.setattr(floors, "exponents", lambda received: exponents(0.97 * received))
    model = Model(2, None, 0.5, EXPON, message_cost=kappa)
    assert any(late(model, t) > least_exact(model, t, 2) for t in (2.5, 3.5, 4.0, 8.0))


@cache
def own_designs():
    """200 random designs of workers with plans of their own: m from 4 to 6 terms, 2 to 8 workers, any messages."""
    rng = np.random.default_rng(37)
    found = []
    for _ in range(200):
        m, workers = int(rng.integers(4, 7)), int(rng.integers(2, 9))
        few = [tuple(int(i) for i in rng.permutation(m)) for _ in range(2)]
        design = []
        for j in range(workers):
            kind = rng.integers(3)
            order = tuple(int(i) for i in rng.permutation(m))
            order = few[j % 2] if kind == 0 else tuple((i + j) % m for i in range(m)) if kind == 1 else order
            cuts = np.flatnonzero(rng.random(m - 1) < rng.choice([0.2, 0.5, 1.0])) + 1
            design.append((order, (*(int(c) for c in cuts), m)))
        found.append((m, tuple(design), float(rng.choice([0.0, 0.1, 0.5])), str(rng.choice(list(LAWS)))))
    return found


def below(model, design, times, *, kappa=None):
    """Whether the design is below the floor at one of the times, by its exact law."""
    cost = Fraction(model.message_cost if kappa is None else kappa)
    bounds = late(model, times, workers=len(design))
    laws = (exact_late(design, Fraction(t), Fraction(model.tau), cost, fraction_cdf(model)) for t in times)
    return any(bound > law for bound, law in zip(bounds, laws, strict=True))


def test_no_random_scheme_is_below():
    for m, design, kappa, law in own_designs():
        assert not below(Model(m, None, 0.5, LAWS[law], message_cost=kappa), design, [2.0, 4.0])


@pytest.mark.quality
def test_random_schemes_that_do_not_pay_for_messages_are_seen():
    costly = [its for its in own_designs() if its[2] == 0.5]
    assert any(
        below(Model(m, None, 0.5, LAWS[law], message_cost=kappa), design, [2.0, 4.0], kappa=0)
        for m, design, kappa, law in costly
    )


def test_parts_in_cyclic_order_are_near_the_floor_where_messages_cost_much():
    model = Model(1000, 67, 0.005, EXPON, message_cost=0.5)
    for t in (1.02, 1.05, 1.1, 1.15):
        law, bound = 1 - parts_cyclic_bounds(model, t)[0], late(model, t)
        assert 0.95 * law < bound <= law


COSTS = [(0.0, 0.0), (0.1, 0.0), (0.0, 0.02)]


@pytest.mark.parametrize(("kappa", "sigma"), COSTS)
def test_no_runs_of_any_scheme_are_below_but_those_of_a_cheat(kappa, sigma):
    """The genie looks at the delays: it hands the terms to the workers that start first."""
    m = 20
    its = floor(Model(m, None, 0.05, EXPON, message_cost=kappa, master_time=sigma))
    delays, free = DelayModel(EXPON, 0.05, kappa, sigma), DelayModel(EXPON, 0.05)
    chosen = list(candidates(m, (1, 5), [named(name) for name in SCHEME_NAMES]))
    tasks = []
    for scheme, d in chosen:
        built = scheme.build(m, {} if d is None else scheme.sized(d))
        cheats = scheme.name == LIMIT
        tasks.append((Task(built, free if cheats else delays, 5), 1000 if cheats else 40))
    under = set()
    for (scheme, _), records in zip(chosen, run_all(tasks, processes=1), strict=True):
        latency = column(records, "latency")
        error = latency.std(ddof=1) / math.sqrt(len(latency)) if np.isfinite(latency).all() else 0.0
        if latency.mean() + 4 * error < its.mean:
            under.add(scheme.name)
    assert under == {LIMIT}


@pytest.mark.parametrize(
    ("law", "ratio", "mean"),
    [
        (EXPON, 0, 0.4396),
        (EXPON, 1, 0.4746),
        (EXPON, 10, 0.577),
        (EXPON, 100, 1.0753),
        (PARETO, 0, 1.2226),
    ],
)
def test_the_papers_parameters(law, ratio, mean):
    """Numbers of an independent program (sup over fine grids, trapezoidal rule), and those that others rely upon."""
    its = floor(replace(PAPER, startup=law, message_cost=ratio * 0.005))
    assert law is PARETO or once.same((its.mean, its.closed_mean), once.FLOORS[ratio])
    assert its.mean == pytest.approx(mean, rel=2e-3)
    assert its.closed_mean < its.mean
    assert (np.diff(its.late) <= 0).all()
    assert (np.diff(its.times) > 0).all()


@pytest.mark.quality
def test_another_floor_on_record_would_be_seen():
    for mean, closed in once.FLOORS.values():
        assert not once.same((mean + 1e-6, closed), (mean, closed))
        assert not once.same((mean, closed + 1e-6), (mean, closed))
    with pytest.raises(AssertionError):
        once.paper_floor(replace(PAPER, symbols=999))


@pytest.mark.parametrize("sigma", [0.0, 2.0])
@pytest.mark.parametrize("kappa", [0.0, 0.5])
def test_a_single_term_on_a_single_worker_has_its_own_law(kappa, sigma):
    """T = X + tau + kappa + sigma."""
    model = Model(1, None, 1.0, EXPON, message_cost=kappa, master_time=sigma)
    its = floor(model)
    assert its.mean <= 6 + kappa + sigma
    assert its.mean == pytest.approx(6 + kappa + sigma, rel=4e-3)
    for level in LEVELS:
        exact = EXPON.ppf(float(level)) + 1 + kappa + sigma
        assert its.quantiles[level] <= exact
        assert its.quantiles[level] == pytest.approx(exact, abs=0.06)
    at = np.array([0.5, 1.0, 3.0, 9.0]) + kappa + sigma
    assert late(model, at) == pytest.approx(EXPON.sf(at - 1 - kappa - sigma), rel=1e-6)
    assert (late(model, at) <= EXPON.sf(at - 1 - kappa - sigma)).all()


@pytest.mark.parametrize("law", ["expon", "pareto", "lattice"])
def test_it_grows_with_every_cost_and_falls_with_more_workers(law):
    base = Model(9, None, 0.25, LAWS[law])
    times = np.linspace(0.2, 8, 6)

    def grows(models, workers=(None, None)):
        small, large = (late(model, times, workers=w) for model, w in zip(models, workers, strict=True))
        assert (small <= large + 2e-3).all()  # the grids of A and x differ
        small, large = (closed_late(model, times, workers=w) for model, w in zip(models, workers, strict=True))
        assert (small <= large + 1e-10).all()

    grows((base, replace(base, message_cost=0.1)))
    grows((replace(base, message_cost=0.1), replace(base, message_cost=0.3)))
    grows((base, replace(base, master_time=0.1)))
    grows((base, replace(base, silent=0.1)))
    grows((base, base), (9, 5))
    grows((base, base), (20, 9))
    means = [floor(replace(base, message_cost=kappa)).mean for kappa in (0.0, 0.05, 0.2, 1.0)]
    assert sorted(means) == means
    assert floor(replace(base, master_time=0.7)).mean == pytest.approx(means[0] + 0.7)


def test_workers_that_may_never_respond_lose_the_sum():
    its = floor(Model(4, None, 1.0, EXPON, silent=0.3))
    assert its.mean == its.closed_mean == math.inf
    assert its.quantiles["0.99"] < math.inf  # lost with probability 0.0081
    assert floor(Model(4, None, 1.0, EXPON, silent=0.5)).quantiles["0.95"] == math.inf
    assert floor(Model(4, None, 1.0, EXPON, silent=0.5)).quantiles["0.75"] < math.inf


def test_what_cannot_be_told_has_the_weakest_bound():
    certain = Empirical([0.0])
    assert late(Model(3, None, 1.0, certain), [0.5, 1.5, 1e9]).tolist() == [1.0, 0.0, 0.0]
    assert late(Model(3, None, 1.0, EXPON), [-1.0, 0.0, 0.999]).tolist() == [1.0, 1.0, 1.0]
    assert floor(Model(3, None, 1.0, certain)).mean == pytest.approx(1.0, rel=1e-6)
    assert late(Model(3, None, 1.0, EXPON), 1e300) == 0.0


@pytest.mark.parametrize("kappa", [1e-9, 1e6])
def test_extreme_costs_of_messages(kappa):
    model = Model(50, None, 0.05, EXPON, message_cost=kappa)
    free = floor(Model(50, None, 0.05, EXPON))
    assert floor(model).mean == pytest.approx(free.mean if kappa < 1 else kappa + EXPON.ppf(0.05), rel=5e-3)


def test_blocks_of_places_only_weaken():
    model = Model(60, None, 0.02, EXPON, message_cost=0.02)
    for t in (0.6, 0.8):
        fine, coarse = (late_on_grid(model, np.array([t]), 60, blocks=blocks)[0] for blocks in (None, 7))
        assert fine - 0.2 < coarse < fine


@pytest.mark.parametrize("kappa", [0.01, 0.02, 0.3])
def test_a_lattice_of_times_only_weakens(kappa):
    model = Model(60, None, 0.02, EXPON, message_cost=kappa)
    h = 0.01 / 3 if kappa < 0.02 else 0.01
    times = np.arange(int((kappa + 0.4) / h), int((kappa + 0.8) / h), 25) * h
    shared, alone = late_on_grid(model, times, 60, lattice=h), late(model, times)
    assert (shared <= alone + 3e-3).all()  # the grids of A differ
    assert shared == pytest.approx(alone, abs=0.06 if kappa < 0.02 else 6e-3)


@pytest.mark.parametrize("sparing", [0.0, 0.3, 2.0])
def test_messages_that_count_as_free_only_weaken(sparing, monkeypatch):
    """Few terms to a message: with the bounds of earlier messages instead of their own, and none at all."""
    monkeypatch.setattr(floors, "SPARING", sparing)
    model = Model(2, None, 0.5, EXPON, message_cost=0.5)
    for t in (2.5, 3.5, 4.0, 8.0):
        assert late(model, t) <= least_exact(model, t, 2)
    large, times = Model(60, None, 0.02, EXPON, message_cost=0.02), np.array([0.6, 0.8])
    shared = late(large, times)
    monkeypatch.setattr(floors, "SPARING", 0.0)
    assert (shared <= late(large, times) + 1e-9).all()
    assert sparing > 1 or shared == pytest.approx(late(large, times), rel=1e-3)


@pytest.mark.parametrize("kappa", [0.0, 0.02])
def test_the_best_height_is_found_between_few_that_are_searched(kappa):
    """At each of 60 times, against the best of a fine grid."""
    model = Model(60, None, 0.02, EXPON, message_cost=kappa)
    times = np.linspace(0.4, 1.0, 60) + kappa
    found, heights = floors.late_and_heights(model, times, 60, searched=8)
    alone, own = floors.late_and_heights(model, times, 60)
    assert found == pytest.approx(alone, rel=2e-3)
    assert heights == pytest.approx(own, rel=0.2)


def test_the_exact_law_of_designs_is_that_of_all_budgets():
    """Inclusion and exclusion against the sum over what each of two workers has sent."""
    cdf = fraction_cdf(Model(2, None, 0.5, EXPON))
    first, second = designs(2, 2, at_once=False)[3]
    t, tau, kappa = Fraction(3), Fraction(1, 2), Fraction(1, 4)
    pairs = [
        (a | b, p * q) for a, p in arrivals(first, t, tau, kappa, cdf) for b, q in arrivals(second, t, tau, kappa, cdf)
    ]
    assert exact_late((first, second), t, tau, kappa, cdf) == sum(p for mask, p in pairs if mask != 3)
    assert len(plans(3, at_once=True)) == 6
    assert len(plans(3, at_once=False)) == 13  # ordered set partitions


# ---------------------------------------------------------------------------------------------------------- its edges


EDGE_LAWS = [stats.expon(scale=2), UNIFORM, Empirical([0.0, 0.5, 1.0, 4.0])]
ONE = Model(1, None, 1.0, UNIFORM)


def written_out(model, t, workers):
    """P(T > t) >= 1 - (1 - e^(-nu Theta/m))^(m/b), chi as in the module's text, and 1 if b = 0."""
    before, m = t - model.master_time, model.symbols
    chances = [float(model.startup.cdf(before - model.message_cost - k * model.tau)) for k in range(1, m + 1)]
    chi = [-math.log1p(-(1 - model.silent) * f) for f in chances if f > 0]
    if not chi:
        return 1.0
    return 1 - (1 - math.exp(-workers * sum(chi) / m)) ** (m / len(chi))


@pytest.mark.parametrize("law", EDGE_LAWS)
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


def test_before_the_end_of_time_every_time_is_taken():
    assert late(ONE, [-math.inf, 1e300]).tolist() == closed_late(ONE, [-math.inf, 1e300]).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("tau", [5e-324, 1e-300])
def test_with_the_smallest_tau_the_first_worker_that_starts_has_sent_everything(tau):
    model, times = Model(4, None, tau, stats.expon()), np.array([0.0, 0.5, 1.0])
    assert late(model, times) == pytest.approx(np.exp(-4 * times), rel=1e-9)
    assert (late(model, times) <= np.exp(-4 * times)).all()
    assert floor(model).mean == pytest.approx(0.25, rel=0.01)
    assert floor(model).mean <= 0.25
