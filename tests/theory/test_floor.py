"""The floor under every oblivious scheme: against all designs of few terms, all schemes, and known numbers."""

from __future__ import annotations

import math
from dataclasses import replace
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
from srtheory.theory.by_scheme import parts_cyclic_bounds
from srtheory.theory.floor import LEVELS, closed_late, floor, late, late_on_grid
from srtheory.theory.numerics.nested import exponents, slopes
from tests import once
from tests.theory.designs import designs, exact_late

EXPON, PARETO, UNIFORM = stats.expon(scale=5), stats.pareto(b=1), stats.uniform(scale=3)
LAWS = {"expon": EXPON, "pareto": PARETO, "uniform": UNIFORM, "lattice": Empirical([0.0, 0.0, 1.0, 4.0])}
PAPER = Model(1000, None, 0.005, EXPON)


def exact(model, design, t, kappa=None):
    """P(T > t) of a design, for the float values of F."""
    cost = Fraction(model.message_cost if kappa is None else kappa)
    cdf = model.defective_startup.cdf
    return exact_late(design, Fraction(t), Fraction(model.tau), cost, lambda x: Fraction(float(cdf(float(x)))))


def least_exact(model, t, workers):
    """The least P(T > t) over all designs, in fractions."""
    return min(exact(model, each, t) for each in designs(model.symbols, workers, at_once=model.message_cost == 0))


SMALL = [(1, 1, 0.0), (1, 3, 0.5), (2, 2, 0.0), (2, 2, 0.5), (2, 3, 0.25), (3, 3, 0.0), (3, 2, 0.25)]


@pytest.mark.parametrize("silent", [0.0, 0.25])
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("symbols", "workers", "kappa"), SMALL)
def test_no_design_of_few_terms_is_below(symbols, workers, kappa, law, silent):
    model = Model(symbols, None, 0.5, LAWS[law], message_cost=kappa, silent=silent)
    for t in (0.75, 1.5, 2.5, 4.0, 8.0):
        least = least_exact(model, t, workers)
        assert closed_late(model, t, workers=workers) <= late(model, t, workers=workers) <= least


@pytest.mark.quality
@pytest.mark.parametrize("kappa", [0.0, 0.5])
@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("slopes", lambda cells, level: 0.97 * slopes(cells, level)),
        ("exponents", lambda received: exponents(0.97 * received)),
    ],
)
def test_bounds_of_pi_and_values_of_f_that_are_too_small_are_seen(part, wrong, kappa, monkeypatch):
    monkeypatch.setattr(floors, part, wrong)
    model = Model(2, None, 0.5, EXPON, message_cost=kappa)
    assert any(late(model, t) > least_exact(model, t, 2) for t in (2.5, 3.5, 4.0, 8.0))


@cache
def own_designs():
    """Random designs of workers with plans of their own: m from 4 to 6 terms, 2 to 8 workers, any messages."""
    rng = np.random.default_rng(37)
    found = []
    for _ in range(50):
        m, workers = int(rng.integers(4, 7)), int(rng.integers(2, 9))
        few = [tuple(int(i) for i in rng.permutation(m)) for _ in range(2)]
        design = []
        for j in range(workers):
            kind = rng.integers(3)
            order = tuple(int(i) for i in rng.permutation(m))
            order = few[j % 2] if kind == 0 else tuple((i + j) % m for i in range(m)) if kind == 1 else order
            cuts = np.flatnonzero(rng.random(m - 1) < rng.choice([0.2, 0.5, 1.0])) + 1
            design.append((order, (*(int(c) for c in cuts), m)))
        model = Model(m, None, 0.5, LAWS[rng.choice(list(LAWS))], message_cost=float(rng.choice([0.0, 0.1, 0.5])))
        found.append((model, tuple(design)))
    return found


def below(model, design, kappa=None):
    """Whether the design is below the floor at a time, by its exact law."""
    bounds = late(model, [2.0, 4.0], workers=len(design))
    return any(bound > exact(model, design, t, kappa) for t, bound in zip((2.0, 4.0), bounds, strict=True))


def test_no_random_design_is_below_and_some_would_be_if_messages_were_free():
    assert not any(below(*each) for each in own_designs())
    assert any(below(*each, kappa=0) for each in own_designs() if each[0].message_cost == 0.5)


def test_parts_in_cyclic_order_are_near_the_floor_where_messages_cost_much():
    model = Model(1000, 67, 0.005, EXPON, message_cost=0.5)
    for t in (1.02, 1.05, 1.1, 1.15):
        law, bound = 1 - parts_cyclic_bounds(model, t)[0], late(model, t)
        assert 0.95 * law < bound <= law


@pytest.mark.parametrize(
    ("kappa", "sigma"), [pytest.param(0.0, 0.0, marks=pytest.mark.attack), (0.1, 0.0), (0.0, 0.02)]
)
def test_no_runs_of_any_scheme_are_below_but_those_of_a_cheat(kappa, sigma):
    """The genie looks at the delays: it hands the terms to the workers that start first."""
    m = 20
    its = floor(Model(m, None, 0.05, EXPON, message_cost=kappa, master_time=sigma))
    delays, free = DelayModel(EXPON, 0.05, kappa, sigma), DelayModel(EXPON, 0.05)
    chosen = list(candidates(m, (5,), [named(name) for name in SCHEME_NAMES]))
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
        (EXPON, 100, 1.0753),
        pytest.param(EXPON, 10, 0.577, marks=pytest.mark.attack),
        pytest.param(EXPON, 1, 0.4746, marks=pytest.mark.attack),
        pytest.param(PARETO, 0, 1.2226, marks=pytest.mark.attack),
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


@pytest.mark.parametrize(("kappa", "sigma"), [(0.0, 0.0), (0.5, 2.0)])
def test_a_single_term_on_a_single_worker_has_its_own_law(kappa, sigma):
    """T = X + tau + kappa + sigma."""
    model, cost = Model(1, None, 1.0, EXPON, message_cost=kappa, master_time=sigma), 1 + kappa + sigma
    its, told = floor(model), []
    assert its.mean <= 5 + cost
    assert its.mean == pytest.approx(5 + cost, rel=4e-3)
    assert floor(model, steps=1, step=lambda: told.append(1)).mean <= its.mean
    assert len(told) > 2
    for level in LEVELS:
        exact = EXPON.ppf(float(level)) + cost
        assert its.quantiles[level] <= exact
        assert its.quantiles[level] == pytest.approx(exact, abs=0.06)
    at = np.array([0.5, 1.0, 3.0, 9.0]) + kappa + sigma
    assert late(model, at) == pytest.approx(EXPON.sf(at - cost), rel=1e-6)
    assert (late(model, at) <= EXPON.sf(at - cost)).all()


def test_it_grows_with_every_cost_and_falls_with_more_workers():
    base, times = Model(9, None, 0.25, PARETO), np.linspace(0.2, 8, 6)
    for bound, slack in ((late, 2e-3), (closed_late, 1e-10)):  # the grids of A and x differ
        for cost in ("message_cost", "master_time", "silent"):
            found = [bound(replace(base, **{cost: value}), times, workers=9) for value in (0.0, 0.1, 0.3)]
            assert (np.diff(found, axis=0) >= -slack).all()
        assert (np.diff([bound(base, times, workers=n) for n in (20, 9, 5)], axis=0) >= -slack).all()


def test_workers_that_may_never_respond_lose_the_sum():
    its, half = (floor(Model(4, None, 1.0, EXPON, silent=silent)) for silent in (0.3, 0.5))
    assert its.mean == its.closed_mean == math.inf
    assert its.quantiles["0.99"] < math.inf  # lost with probability 0.0081
    assert half.quantiles["0.75"] < half.quantiles["0.95"] == math.inf


@pytest.mark.parametrize("sparing", [0.0, 0.3, 2.0])
def test_what_saves_time_only_weakens(sparing, monkeypatch):
    """Places in blocks, times on a lattice, and messages that count as free."""
    monkeypatch.setattr(floors, "SPARING", sparing)
    model = Model(2, None, 0.5, EXPON, message_cost=0.5)
    assert all(late(model, t) <= least_exact(model, t, 2) for t in (2.5, 3.5, 4.0, 8.0))
    large, times, h = Model(60, None, 0.02, EXPON, message_cost=0.02), np.array([0.6, 0.8]), 0.01
    shared = late(large, times)
    coarse, lattice = late_on_grid(large, times, 60, blocks=7), late_on_grid(large, times, 60, lattice=h)
    assert (shared - 0.2 < coarse).all()
    assert (coarse < shared).all()
    assert (lattice <= shared + 3e-3).all()  # the grids of A differ
    assert lattice == pytest.approx(shared, abs=0.02)
    monkeypatch.setattr(floors, "SPARING", 0.0)
    assert (shared <= late(large, times) + 1e-9).all()
    assert sparing > 1 or shared == pytest.approx(late(large, times), rel=1e-3)


def written_out(model, t, workers):
    """P(T > t) >= 1 - (1 - e^(-nu Theta/m))^(m/b), chi as in the module's text, and 1 if b = 0."""
    before, m = t - model.master_time, model.symbols
    chances = [float(model.startup.cdf(before - model.message_cost - k * model.tau)) for k in range(1, m + 1)]
    chi = [-math.log1p(-(1 - model.silent) * f) for f in chances if f > 0]
    if not chi:
        return 1.0
    return 1 - (1 - math.exp(-workers * sum(chi) / m)) ** (m / len(chi))


@pytest.mark.parametrize("law", [stats.expon(scale=2), UNIFORM, Empirical([0.0, 0.5, 1.0, 4.0])])
@pytest.mark.parametrize(("kappa", "sigma", "silent"), [(0, 0, 0), (0.25, 0, 0.3), (0, 0.5, 0.1), (0.25, 0.75, 0)])
@pytest.mark.parametrize(("m", "workers"), [(1, 1), (1, 3), (4, 2), (4, None), (3, 7)])
def test_the_closed_form_is_that_of_the_text(m, workers, kappa, sigma, silent, law):
    """From below, and by no more than rounding; of a single term both bounds are its law."""
    model = Model(m, None, 0.5, law, message_cost=kappa, master_time=sigma, silent=silent)
    times = np.array([-1.0, 0.3, 0.8, 1.3, 1.9, 2.7, 3.4])
    found = closed_late(model, times, workers=workers)
    exact = np.array([written_out(model, t, workers or m) for t in times])
    assert (found <= exact).all()
    assert found == pytest.approx(exact, rel=1e-9)
    assert m > 1 or late(model, times, workers=workers) == pytest.approx(exact, rel=1e-6)
