"""Stopping early: the distance of the received rows from the sum, by least squares, run by run.

The estimate of the sum from rows G with weights v errs by (v G - 1) f, at most ||v G - 1|| ||f||, which is attained.
The least ||v G - 1||^2 / m is the **error** here: 1 with no row, 0 as soon as the rows span 1. It is the error of
approximate gradient codes (Charles et al. [18], "optimal decoding") and, for the rows of a partition, the fraction of
terms in parts that have not arrived.

It is computed in floating point, as an error curve. A verdict on a span needs the exact engines.

Runs of a scheme when a given number of workers never answer.

If each of them fails with a probability, the delay model has it: :class:`~srtheory.delays.DelayModel`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.linalg import qr

from srtheory.decoders import decoder
from srtheory.delays import DelayModel
from srtheory.errors import require_int
from srtheory.experiments.trial import Task, one_blas_thread, receptions_of, trial_streams
from srtheory.matrix import Rows
from srtheory.reception import Reception, handled, receptions
from srtheory.schemes.base import Scheme
from srtheory.types import Floats

DEPENDENT = 1e-8
"""Fraction of its length below which the remainder of a row counts as dependent on the rows before."""
BLOCK = 64
"""Number of rows that are orthogonalised at once."""
ROUNDING = 1e-12
"""Errors below this are 0."""


def squared_errors(rows: Rows, counts: Sequence[int] | npt.NDArray[np.integer]) -> Floats:
    """Return min_v ||v G - 1||^2 / m for G the first k rows, for each k of ``counts``.

    Gram and Schmidt by blocks, twice each, with a pivoted QR factorisation of what is left of a block: O(m n min(m, n))
    operations until the error is 0.

    Parameters
    ----------
    rows : Rows
        n rows of m >= 1 columns.
    counts : sequence of int
        Non-decreasing, from 0 to n.
    """
    m, found, done, rank = rows.columns, [], 0, 0
    basis = np.empty((m, min(len(rows), m)), order="F")
    residual = np.ones(m)
    for k in counts:
        while done < k and residual @ residual > ROUNDING * m:
            stop = min(int(k), done + BLOCK)
            fresh = _independent(_columns(rows, done, stop), basis[:, :rank])
            residual -= fresh @ (fresh.T @ residual)
            basis[:, rank : rank + fresh.shape[1]] = fresh
            rank, done = rank + fresh.shape[1], stop
        error = residual @ residual / m
        found.append(error if error > ROUNDING else 0.0)
    return np.array(found)


def missing_share(rows: Rows, counts: Sequence[int] | npt.NDArray[np.integer]) -> Floats:
    """Return the fraction of columns in none of the first k rows, for each k: the error of parts of one partition.

    No combination of rows reaches a column that they omit. Each received part can have weight 1.
    """
    owner = np.repeat(np.arange(len(rows)), np.diff(rows.indptr))
    first = np.sort(owner[np.unique(rows.indices, return_index=True)[1]])
    return 1 - np.searchsorted(first, counts, side="left") / rows.columns


def _columns(rows: Rows, start: int, stop: int) -> Floats:
    """Return rows start .. stop - 1 as the columns of a dense matrix, each of length 1."""
    part = rows.take(np.arange(start, stop))
    owner = np.repeat(np.arange(stop - start), np.diff(part.indptr))
    dense = np.zeros((rows.columns, stop - start))
    dense[part.indices, owner] = 1.0 if part.values is None else part.values
    lengths = np.linalg.norm(dense, axis=0)
    return dense / np.where(lengths > 0, lengths, 1.0)


def _independent(block: Floats, basis: Floats) -> Floats:
    """Return orthonormal columns that together with ``basis`` span the same space as ``block`` with it."""
    for _ in range(2):  # once more against the rounding error
        block = block - basis @ (basis.T @ block)
    q, r, _ = qr(block, mode="economic", pivoting=True, check_finite=False)
    return q[:, np.abs(np.diag(r)) > DEPENDENT]


def one_run(task: Task, trial: int, times: Floats, counts: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the errors of one run at these times, and after these numbers of rows, or fewer if no more arrive.

    Parameters
    ----------
    task : Task
        Scheme, delays and seed; its start-up delays are those of every other task with the same delays and seed.
    trial : int
        Number of the run.
    times, counts : arrays
        Non-decreasing.
    """
    reception = _long_enough(task, trial, float(times[-1]), int(counts[-1]))
    by_time = np.searchsorted(reception.time, times, side="right")
    by_rows = np.minimum(counts, len(reception))
    cuts, places = np.unique(np.concatenate((by_time, by_rows)), return_inverse=True)
    if task.scheme.decoder == "partition":
        errors = missing_share(reception.rows, cuts)[places]
    else:
        with one_blas_thread():
            errors = squared_errors(reception.rows, cuts)[places]
    return errors[: len(times)], errors[len(times) :]


def _long_enough(task: Task, trial: int, until: float, rows: int) -> Reception:
    """Return a run's reception up to this time and this many rows."""
    for reception in receptions_of(task, trial):
        enough = len(reception) >= max(rows, 1) and reception.time[-1] >= until
        if reception.final or enough:
            break
    return reception


def runs(task: Task, trials: int, times: Floats, counts: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return :func:`one_run` for trials 0 .. n - 1: arrays of shapes (n, len(times)) and (n, len(counts))."""
    each = [one_run(task, trial, times, counts) for trial in range(trials)]
    return np.array([a for a, _ in each]), np.array([b for _, b in each])


# --------------------------------------------------------- Runs of a scheme when a given number of workers never answer


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
