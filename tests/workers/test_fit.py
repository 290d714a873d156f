"""The delay model fitted to arrivals: right where the model is, in doubt where it is not."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from paper_checks.records.workers import SETTINGS, Measured, compared
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import Task, run_trial, trial_streams
from srtheory.reception import receive
from srtheory.schemes import make
from srtheory.workers.fit import Fit, Heard, fit_model, fit_times, heard_in
from srtheory.workers.symbols import Orders
from tests.workers.functions import cube

TAU, WORKERS = 0.02, 30


def simulated(law, trials=15, **options):
    """What workers send in simulated runs up to T."""
    task = Task(make("sr", WORKERS, **options), DelayModel(law, TAU), 1)
    found = []
    for trial in range(trials):
        until = run_trial(task, trial).latency
        draw, key = trial_streams(1, trial)
        startups = task.delays.sample(WORKERS, draw)
        seen = receive(task.scheme, startups, TAU, key, until)
        for j in range(WORKERS):
            mine = seen.worker == j
            found.append(Heard(tuple(seen.terms[mine].tolist()) or (1,), tuple(seen.time[mine].tolist()), until))
    return found


def scale_of(fit):
    return parse_law(fit.startup).kwds["scale"]


def test_the_model_is_found_again():
    fit = fit_model(simulated(parse_law("expon(scale=1)"), degree=6))
    assert fit.tau == pytest.approx(TAU)
    assert fit.startup.startswith("expon(") or fit.criteria["expon"] < 4
    assert fit.censored > fit.observed / 4
    assert fit.p_value > 0.05
    assert fit.residual < 1e-9
    assert fit.model.tau == fit.tau


@pytest.mark.quality
def test_censored_delays_that_are_forgotten_are_seen():
    """Only those who have sent something: they were fast."""
    seen = [sent for sent in simulated(parse_law("expon(scale=1)"), degree=6) if sent.arrived]
    fit = fit_model(seen, families=["expon"])
    assert abs(scale_of(fit) - 1) > 4 / fit.observed**0.5


@pytest.mark.quality
def test_a_wrong_law_is_in_doubt():
    """Two kinds of workers, quick and slow ones, are no exponential law."""
    rng = np.random.default_rng(3)
    delays = np.where(rng.random(300) < 0.5, rng.uniform(0.1, 0.2, 300), rng.uniform(2, 2.2, 300))
    seen = [Heard((1, 7), (x + TAU, x + 7 * TAU), 10.0) for x in delays.tolist()]
    assert fit_model(seen).p_value <= 0.01


def test_another_unit_of_time_leaves_the_doubt_what_it_is():
    """First symbols of four terms, and workers that were heard of, or not, until different times."""
    rng = np.random.default_rng(3)
    drawn = [(float(x), float(until)) for x, until in zip(rng.exponential(1, 60), rng.uniform(1, 3, 60), strict=True)]

    def fit(unit):
        seen = [Heard((4, 7), (unit * (x + 2), unit * (x + 3.5)) if x < u else (), unit * (u + 2)) for x, u in drawn]
        return fit_model(seen, families=["expon"], repeats=40, seed=0)

    usual, other = fit(1), fit(8)
    assert 5 < usual.censored < 40
    assert 0.05 < usual.p_value < 0.95
    assert (usual.tau, other.tau) == pytest.approx((0.5, 4))
    assert (other.p_value, other.distance) == pytest.approx((usual.p_value, usual.distance))


def test_what_was_sent_is_that_of_the_run(client):
    from srtheory.workers import compute_sum

    delays = [0.0] * 5 + [np.inf] * 7
    done = compute_sum(cube, 2, symbols=12, degree=3, cluster=client, startup=delays)
    seen = heard_in(done)
    assert len(seen) == 12
    assert sum(len(sent.arrived) for sent in seen) == len(done.arrivals)
    assert [sent for sent in seen if not sent.arrived].count(Heard((1,), (), done.latency)) >= 7


# --------------------------------------------------------------------------------------------------------- prediction


def runs_of(law, tau):
    """T of simulated runs in the place of measured ones."""
    about, found = SETTINGS["paced"], []
    for scheme, options in about.schemes.items():
        task = Task(make(scheme, about.symbols, **options), DelayModel(law, tau), 7)
        times = [run_trial(task, trial).latency for trial in range(20)]
        found += [Measured("paced", scheme, i, 7, t, t + 0.001, 30) for i, t in enumerate(times)]
    return found


def fit_of(law, tau):
    return Fit(tau, 0.0, law, {}, 0.0, 1.0, 1, 0, 0.0, 0.0)


def test_a_right_model_predicts():
    runs = runs_of(parse_law("expon(scale=1)"), TAU)
    found = compared("paced", runs, fit_of("expon(scale=1)", TAU), 100)
    assert [its.scheme for its in found] == list(SETTINGS["paced"].schemes)
    assert all(its.p_value > 1e-3 and its.available > its.measured for its in found)
    assert all(abs(its.predicted - its.measured) < 2 * (its.high - its.measured) for its in found)


@pytest.mark.quality
def test_a_wrong_model_is_seen():
    runs = runs_of(parse_law("expon(scale=1)"), TAU)
    found = compared("paced", runs, fit_of("expon(scale=3)", 2 * TAU), 100)
    assert not any(its.within for its in found)
    assert max(its.p_value for its in found) < 1e-3


# ------------------------------------------------------------------------------------------------- by hand

FEW = [Heard((2, 4, 8), (1.88, 3.08, 4.68), 11.0), *(Heard((2,), (k + 0.88,), 11.0) for k in range(2, 11))]
"""Waits of 1.2 and 1.6 for 2 and 4 terms, so that tau = (2.4 + 6.4)/20 = 0.44; the delays are 1, 2, ..., 10."""
CENSORED = [Heard((3,), (), 6.32)] * 2
"""Of these workers it is known that their delays are above 5."""


def test_few_delays_are_fitted_by_hand():
    fit = fit_model([*FEW, *CENSORED], families=["expon"], repeats=0)
    assert fit.tau == pytest.approx(0.44, rel=1e-12)
    assert fit.tau_error == pytest.approx(0.08, rel=1e-12)  # (0.32^2 + 0.16^2)/20 under the root
    law = parse_law(fit.startup)
    assert law.support()[0] == pytest.approx(1)
    assert law.mean() - 1 == pytest.approx((45 + 2 * 4) / 10)
    assert (fit.observed, fit.censored, fit.criteria) == (10, 2, {"expon": 0.0})
    assert (fit.residual, fit.worst) == (pytest.approx(0.16), pytest.approx(0.16))  # 1, 1.32 and 1.16 about their mean
    assert math.isnan(fit.p_value)
    assert fit.model.tau == fit.tau
    left, share, distance = 1.0, [0.0], 0.0
    for t in range(1, 11):
        left *= 1 - 1 / ((13 - t) if t <= 5 else (11 - t))
        share.append(1 - left)
        distance = max(distance, *(abs(law.cdf(t) - one) for one in share[-2:]))
    assert fit.distance == pytest.approx(distance, rel=1e-9)


def test_ten_delays_are_needed():
    with pytest.raises(ArgumentError, match="9 workers heard of and 2 further symbols"):
        fit_model([*FEW[:9], *CENSORED], families=["expon"], repeats=0)
    with pytest.raises(ArgumentError, match="10 workers heard of and 0 further symbols"):
        fit_model([*FEW[1:], FEW[1]], families=["expon"], repeats=0)
    with pytest.raises(ArgumentError, match="repeats"):
        fit_model(FEW, families=["expon"], repeats=-1)
    assert fit_model(FEW, families=["expon"], repeats=1).p_value in (0.5, 1.0)


def test_a_delay_that_noise_makes_negative_is_the_least_one():
    early = [Heard((2,), (0.5,), 11.0), *FEW]
    assert parse_law(fit_model(early, families=["expon"], repeats=0).startup).support()[0] == pytest.approx(1e-9)


def test_workers_that_failed_are_left_out_and_those_that_sent_nothing_are_not():
    arrivals = [SimpleNamespace(worker=j, terms=terms, arrived=at) for j, terms, at in ((2, 1, 0.5), (1, 2, 0.7))]
    arrivals += [SimpleNamespace(worker=2, terms=2, arrived=0.9)]
    faults = [SimpleNamespace(workers=(1, 3)), SimpleNamespace(workers=(3,))]
    scheme = make("repetition", 5, degree=2)
    done = SimpleNamespace(scheme=scheme, key=1, faults=faults, arrivals=arrivals, latency=3.0)
    first = [Orders(scheme, 1).terms(j, 0) for j in (0, 4)]
    assert heard_in(done) == [
        Heard((first[0],), (), 3.0), Heard((1, 2), (0.5, 0.9), 3.0), Heard((first[1],), (), 3.0)
    ]  # fmt: skip


DELAYS = np.array([0.3, 0.5, 0.8, 1.1, 1.3, 1.6, 2.0, 2.2, 2.9, 3.1])
LIMITS = np.array([1.0, 2.5, 4.0])


def law_of(family, limits=LIMITS):
    """The law fitted to these delays, where a term takes a second, and to workers not heard of by those times."""
    seen = [Heard((1, 2), (x + 1, x + 2), 9.0) for x in DELAYS.tolist()]
    seen += [Heard((1,), (), x + 1) for x in limits.tolist()]
    fit = fit_model(seen, families=[family] if isinstance(family, str) else family, repeats=0)
    return fit, parse_law(fit.startup)


def likelihood(law, limits=LIMITS):
    return law.logpdf(DELAYS).sum() + law.logsf(limits).sum()


@pytest.mark.parametrize("limits", [LIMITS, LIMITS[:0]], ids=["some", "none"])
@pytest.mark.parametrize("family", ["weibull_min", "lognorm", "gamma"])
def test_other_parameters_are_less_likely(family, limits):
    _, law = law_of(family, limits)
    make_law, its = getattr(stats, family), dict(law.kwds)
    shape, scale, best = its[make_law.shapes], its["scale"], likelihood(law, limits)
    assert its["loc"] == 0
    for a, b in ((1.02, 1), (0.98, 1), (1, 1.02), (1, 0.98), (1.02, 0.98)):
        assert likelihood(make_law(shape * a, scale=scale * b), limits) < best
    if family == "lognorm" and not len(limits):
        assert (shape, scale) == pytest.approx((np.log(DELAYS).std(), np.exp(np.log(DELAYS).mean())), rel=1e-9)


def test_one_further_symbol_has_no_error():
    fit = fit_model([Heard((2, 5), (1.0, 2.5), 9.0), *FEW[1:]], families=["expon"], repeats=0)
    assert (fit.tau, fit.tau_error, fit.residual, fit.worst) == (0.5, 0, 0, 0)


@pytest.mark.parametrize(
    "law", ["expon(loc=0.5, scale=2.0)", "gamma(a=3.0, scale=0.1)", "weibull_min(c=3.0, scale=7.0)"]
)
def test_times_have_the_distribution_that_they_are_drawn_from(law):
    times = parse_law(law).rvs(size=3000, random_state=np.random.default_rng(4))
    found = fit_times(times, repeats=19)
    assert found.law.startswith(law.partition("(")[0])
    assert parse_law(found.law).mean() == pytest.approx(times.mean(), rel=0.01)
    assert (found.criteria[law.partition("(")[0]], found.observed) == (0, 3000)
    assert found.p_value > 0.05
    assert fit_times(np.append(times[:200], 20 * times[:200]), repeats=19).p_value == 0.05
    assert parse_law(fit_times([0.25] * 10).law).mean() == pytest.approx(0.25)


@pytest.mark.parametrize("times", [[1.0] * 9, [-1.0] * 10, [np.nan] * 10, [0.0] * 10])
def test_times_that_are_few_or_none_are_refused(times):
    with pytest.raises(ArgumentError, match="times"):
        fit_times(times)
