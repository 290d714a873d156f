"""Records of small tasks of all schemes, and certificates of spans of several sizes, as digests.

:data:`WAYS` are those in which records are computed; what else there is to change is in the environment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from itertools import pairwise

import numpy as np

from srtheory import compiled
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments import running
from srtheory.experiments.running import run
from srtheory.experiments.store import Records, concatenate, from_records
from srtheory.experiments.trial import Task, run_trials
from srtheory.public import certify
from srtheory.reception import receptions
from srtheory.schemes import make
from srtheory.span.certificates import to_json

LAWS = ("expon(scale=5)", "pareto(b=1)", "weibull_min(c=0.5)", "lognorm(s=1)")
SCHEMES = [
    ("sr", 30, {"degree": 4}),
    ("sr", 24, {"degree": 5, "access": 9}),
    ("sr-with-replacement", 20, {"degree": 3}),
    ("sr-sizes", 30, {"sizes": "2:0.45,3:0.55"}),
    ("lt", 20, {}),
    ("lt-systematic", 20, {"cap": 3.0}),
    ("raptor", 26, {}),
    ("one", 12, {}),
    ("uncoded", 30, {}),
    ("repetition", 30, {"degree": 4}),
    ("bcc", 30, {"degree": 4}),
    ("gradient-fractional", 17, {"stragglers": 3}),
    ("gradient-cyclic", 17, {"stragglers": 3}),
    ("repairable", 30, {"degree": 3}),
    ("parts-stream", 30, {"degree": 4}),
    ("parts-cyclic", 30, {"degree": 4}),
    ("terms-random", 20, {}),
    ("terms-cyclic", 20, {}),
    ("genie", 30, {}),
    ("arcs", 30, {"degree": 4, "phase": "random"}),
]
LOG_NORMAL = {f"{i} {name}" for i, (name, _, _) in enumerate(SCHEMES) if LAWS[i % len(LAWS)].startswith("lognorm")}
"""Tasks whose delays NumPy's exponential function gives. Its last bit depends on the processor and on the version."""
TRIALS = 23


def tasks(every: int = 1) -> dict[str, Task]:
    """Every scheme under a law of delays, the sum-recovery code also by other decoders and at 150 symbols.

    Or one task in so many.
    """
    found = {}
    for i, (name, m, options) in enumerate(SCHEMES):
        delays = DelayModel(parse_law(LAWS[i % len(LAWS)]), 0.2, silent=0.02 * (i % 3 == 1 and name != "genie"))
        found[f"{i} {name}"] = Task(make(name, m, **options), delays, i)
    model = DelayModel(parse_law("expon(scale=5)"), 0.05, message_cost=0.01, master_time=0.002)
    for decoder in ("span", "peeling", "coverage", "hitting"):
        found[f"sr by {decoder}"] = Task(make("sr", 30, degree=3), model, 5, decoder)
    found["sr, 150 symbols"] = Task(make("sr", 150, degree=9), DelayModel(parse_law("expon(scale=5)"), 0.05), 6)
    return dict(list(found.items())[::every])


def digest(records: Records) -> str:
    """Of every bit of every column."""
    sums = hashlib.sha256()
    for name, column in sorted(records.columns.items()):
        values = np.asarray(column)
        text = "\n".join(values.tolist()).encode() if values.dtype == object else values.tobytes()
        sums.update(f"{name} {values.dtype.kind} {len(values)} ".encode() + text)
    return sums.hexdigest()


SPANS = {m: f"{m} symbols, certificate" for m in (60, 1000, 4000)}
"""Sizes at which a core is eliminated by rows, by blocks of bytes, and by blocks of blocks."""


def certificates(largest: int = max(SPANS)) -> dict[str, str]:
    """Digests of the certificates of stopping times, of up to so many symbols."""
    found = {}
    for m, name in SPANS.items():
        if m <= largest:
            startups = np.random.default_rng(m).integers(0, 1000, m) / 64  # no logarithm, which libraries round each so
            received = next(receptions(make("sr", m, degree=4 if m < 100 else 12), startups, 0.005, 7))
            found[name] = hashlib.sha256(to_json(certify(received.rows)).encode()).hexdigest()
    return found


# --------------------------------------------------------------------------------------------------------------- ways

Way = Callable[[Task], Records]


def _in_ranges(cuts: Iterable[int], task: Task) -> Records:
    """Ranges of trials, the last one first."""
    places = [0, *cuts, TRIALS]
    ranges = [range(a, b) for a, b in pairwise(places)][::-1]
    return concatenate([from_records(run_trials(task, each)) for each in ranges][::-1])


def _in_pieces(pieces: int, stack: ExitStack) -> Way:
    before = running.PIECES
    stack.callback(setattr, running, "PIECES", before)
    running.PIECES = pieces
    return lambda task: run(task, TRIALS)


def _interpreted(stack: ExitStack) -> Way:
    """All that may be interpreted, whatever its size."""
    stack.callback(setattr, compiled, "PATIENCE", compiled.PATIENCE)
    compiled.PATIENCE = float("inf")
    for kernel in compiled.KERNELS:
        if kernel.small >= 0:
            stack.callback(setattr, kernel, "small", kernel.small)
            kernel.small = 1 << 62
    return lambda task: run(task, TRIALS)


def _compiled(stack: ExitStack) -> Way:
    stack.callback(setattr, compiled.SPENT, "seconds", compiled.SPENT.seconds)
    compiled.always_compile()
    return lambda task: run(task, TRIALS)


def _on_dask(processes: bool, stack: ExitStack) -> Way:
    from distributed import LocalCluster

    more = {"n_workers": 2, "threads_per_worker": 1 if processes else 2, "dashboard_address": None}
    place = {"host": "127.0.0.1", "protocol": "tcp://"}  # threads would else talk without an address
    cluster = stack.enter_context(LocalCluster(processes=processes, **place, **more))
    return lambda task: run(task, TRIALS, scheduler=cluster.scheduler_address)


WAYS: dict[str, Callable[[ExitStack], Way]] = {
    "one process": lambda stack: lambda task: run(task, TRIALS),
    "one by one": lambda stack: lambda task: _in_ranges(range(1, TRIALS), task),
    "batches": lambda stack: lambda task: _in_ranges((2, 3, 5, 11), task),
    "one piece a block": lambda stack: _in_pieces(1, stack),
    "a piece a trial": lambda stack: _in_pieces(500, stack),
    "two processes": lambda stack: lambda task: run(task, TRIALS, processes=2),
    "three processes": lambda stack: lambda task: run(task, TRIALS, processes=3),
    "Dask, threads": lambda stack: _on_dask(False, stack),
    "Dask, processes": lambda stack: _on_dask(True, stack),
    "interpreted": _interpreted,
    "compiled": _compiled,
}


def digests(way: str, every: int = 1) -> dict[str, str]:
    with ExitStack() as stack:
        of = WAYS[way](stack)
        return {name: digest(of(task)) for name, task in tasks(every).items()}
