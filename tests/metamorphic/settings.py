"""Settings in which relations are tried: every scheme and law by name, small, start-ups with and without atoms."""

from __future__ import annotations

import numpy as np

from srtheory.delays import DelayModel, Empirical, parse_law
from srtheory.experiments.trial import Record, Task, run_trials
from srtheory.model import Model
from srtheory.schemes import make, named
from srtheory.theory.laws.by_scheme import latency_law, options_of

M = 8
TRIALS = 4
STARTUPS = {
    "exponential": "expon(scale={})",
    "Pareto": "pareto(b=1.5, scale={})",
    "Weibull": "weibull_min(c=0.5, scale={})",
    "uniform": "uniform(scale={})",
    "sample": "",
}
SAMPLE = np.array([0.0, 0.0, 0.3, 0.7, 1.1, 5.0])
COSTS = {"none": (0.0, 0.0, 0.0), "messages": (0.3, 0.0, 0.0), "all": (0.1, 0.02, 0.1)}
"""Costs of a message and of the master, and the probability that a worker is silent."""


def startup(name, scale=4.0):
    return Empirical(scale * SAMPLE) if name == "sample" else parse_law(STARTUPS[name].format(repr(scale)))


def sized(name):
    """The options of a scheme whose symbols have three terms."""
    return {"sizes": "3"} if name == "sr-sizes" else named(name).sized(3)


def scheme(name, symbols=M, **options):
    return make(name, symbols, **(sized(name) | options))


def costs(name, kind):
    """The genie sends nothing."""
    kappa, sigma, silent = COSTS[kind]
    return (0.0, 0.0, silent) if name == "genie" else (kappa, sigma, silent)


def records(code, delays, seed, trials=TRIALS) -> list[Record]:
    return run_trials(Task(code, delays, seed), range(trials))


def delays(name, kind, law, *, tau=0.1, unit=1.0):
    """Delays of a scheme by name; times are in units of ``unit``."""
    kappa, sigma, silent = costs(name, kind)
    return DelayModel(startup(law, 4.0 * unit), tau * unit, kappa * unit, sigma * unit, silent)


def law_of(name, model, **options):
    """P(T <= t) of a scheme by name, as a function that gives an interval."""
    options = ({"stragglers": 2} if "stragglers" in options_of(name) else {}) | options
    return latency_law(name, model, **options).cdf


def setting(name, kind, law, *, symbols=M, degree=3, tau=0.1, unit=1.0):
    """The setting of a law by name, with what costs it knows."""
    from srtheory.lookup import lookup

    kappa, _, silent = costs(name, kind)
    kappa *= "message_cost" in lookup("law", name).imported().depends_on
    return Model(symbols, degree, tau * unit, startup(law, 4.0 * unit), message_cost=kappa * unit, silent=silent)
