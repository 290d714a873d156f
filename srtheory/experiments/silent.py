"""Runs of a scheme when some workers never answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from srtheory.decoders import decoder
from srtheory.delays import DelayModel
from srtheory.errors import ArgumentError, require_int
from srtheory.experiments.summary import Floats
from srtheory.experiments.trial import trial_streams
from srtheory.reception import handled, receptions
from srtheory.schemes.base import Scheme

NEVER = 1e9
"""A start-up delay that no run lives to see; times are in the unit of the delay model's tau."""


def latencies(
    scheme: Scheme,
    delays: DelayModel,
    seed: int,
    trials: int,
    silent: int,
    progress: Callable[[int], None] = lambda done: None,
) -> Floats:
    """Latencies of so many trials, shape (trials,), inf where the sum never comes.

    Parameters
    ----------
    scheme : Scheme
        Any, by its own decoder.
    delays : DelayModel
        Delays of the workers that answer.
    seed, trials
        Trial i has the start-up delays and draws of trial i of a :class:`~srtheory.experiments.trial.Task`.
    silent : int
        How many workers, chosen uniformly, send nothing; from 0 to all.
    progress : callable
        Told after every trial.

    Raises
    ------
    ArgumentError
        If there are fewer workers, or if one that answers starts up so late that it could be taken for a silent one.
    """
    require_int("silent", silent, 0, scheme.workers)
    found = np.full(trials, np.inf)
    for trial in range(trials):
        rng, key = trial_streams(seed, trial)
        startups = delays.sample(scheme.workers, rng)
        if startups.max() >= NEVER:
            raise ArgumentError("delays", float(startups.max()), f"such that start-ups are below {NEVER:g}")
        startups[rng.permutation(scheme.workers)[:silent]] = NEVER
        for reception in receptions(scheme, startups, delays.tau, key, delays.message_cost):
            k = decoder(scheme.decoder)(reception).stopping_time
            if k is not None and reception.time[k - 1] < NEVER:
                found[trial] = handled(reception.time[:k], delays.master_time)
            if k is not None:
                break
        progress(1)
    return found
