"""The floor at its edges: the closed form written out, who may ask for what, and times before any message."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import Empirical
from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory.floor import closed_late, floor, late, late_and_heights

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
