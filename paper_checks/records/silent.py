"""Runs of a scheme when a given number of workers never answer.

If each of them fails with a probability, the delay model has it: :class:`~srtheory.delays.DelayModel`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from srtheory.decoders import decoder
from srtheory.delays import DelayModel
from srtheory.errors import require_int
from srtheory.experiments.trial import trial_streams
from srtheory.reception import handled, receptions
from srtheory.schemes.base import Scheme
from srtheory.types import Floats


def latencies(
    scheme: Scheme,
    delays: DelayModel,
    seed: int,
    trials: int,
    silent: int,
    progress: Callable[[int], None] = lambda done: None,
) -> Floats:
    """Return latencies of so many trials, shape (trials,), inf if the sum is never recovered.

    Parameters
    ----------
    scheme : Scheme
        Any, by its own decoder.
    delays : DelayModel
        Delays of the others.
    seed, trials
        Trial i has the start-up delays and draws of trial i of a :class:`~srtheory.experiments.trial.Task`.
    silent : int
        Number of workers, chosen uniformly, that send nothing; from 0 to all.
    progress : callable
        Told after every trial.
    """
    require_int("silent", silent, 0, scheme.workers)
    found = np.full(trials, np.inf)
    for trial in range(trials):
        rng, key = trial_streams(seed, trial)
        startups = delays.sample(scheme.workers, rng)
        startups[rng.permutation(scheme.workers)[:silent]] = np.inf
        for reception in receptions(scheme, startups, delays.tau, key, delays.message_cost):
            k = decoder(scheme.decoder)(reception).stopping_time
            if k is not None:
                found[trial] = handled(reception.time[:k], delays.master_time)
                break
        progress(1)
    return found
