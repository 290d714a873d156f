"""Kernels give the same numbers interpreted and compiled, bit by bit, and small questions never meet the compiler."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from importlib import import_module
from itertools import product
from pkgutil import walk_packages

import numpy as np
import pytest
from scipy.stats import expon

import srtheory
from srtheory import compiled as module
from srtheory.compiled import KERNELS, LINEAR, Kernel, always_compile, compiled
from srtheory.decoders.base import elimination
from srtheory.decoders.direct import all_systematic_time, complete_worker_time, partition
from srtheory.delays import LINKS, DelayModel
from srtheory.experiments.counts import evaluations, tally
from srtheory.experiments.summary import coverage
from srtheory.experiments.trial import Task, run_trial, run_trials
from srtheory.matrix import Rows, boundaries, from_dense, from_sets
from srtheory.model import Model
from srtheory.reception import UnorderedReception, receive
from srtheory.schemes import SCHEME_NAMES, make, named
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span.dense import PRIME, arithmetic, echelon, padded
from srtheory.span.engine import rank, spans, stopping_time
from srtheory.span.sparse import coverage_time
from srtheory.theory.floor import late


class DifferenceError(AssertionError):
    """A kernel's two answers are not the same."""


def identical(one, other):
    """Same types, shapes and bits, nan and signs of zeros included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return np.float64(one).tobytes() == np.float64(other).tobytes() if isinstance(one, float) else one == other


def compare(kernel, given):
    """The interpreter's answer and what it did to the arguments, which the compiler's must be too."""
    others = copy.deepcopy(given)
    module.HERE.interpreting = True
    try:
        with np.errstate(all="ignore"):
            one = module._plain(kernel._interpreted(*given))
    finally:
        module.HERE.interpreting = False
    other = kernel.machine(*others)
    if not (identical(one, other) and identical(given, others)):
        raise DifferenceError(f"{kernel.__module__}.{kernel.__name__}{given}: {one} interpreted, {other} compiled")
    return one


@contextmanager
def both_ways():
    """Whatever kernel Python calls in here, and may be interpreted, runs both ways; yields those that were called."""
    met, usual = set(), Kernel.__call__

    def call(kernel, *given):
        if module.HERE.interpreting or kernel.small < 0:
            return usual(kernel, *given)
        met.add(kernel)
        return compare(kernel, given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Kernel, "__call__", call)
        yield met


def matrices(rng):
    """Rows of many kinds: 0/1 and weighted, sparse and dense, short and tall, of full rank and not."""
    for columns, count, size in [(1, 2, 1), (5, 9, 2), (12, 6, 3), (12, 30, 3), (40, 60, 5), (64, 70, 12)]:
        sets = [rng.choice(columns, size=min(size, columns), replace=False).tolist() for _ in range(count)]
        yield from_sets(columns, sets)
        weights = rng.integers(-3, 4, sum(map(len, sets)))
        yield Rows(columns, boundaries([len(s) for s in sets]), np.concatenate(sets).astype(np.int32), weights)
    yield from_dense(np.repeat(rng.integers(-9, 10, (3, 12)), 4, axis=0))
    yield from_dense(np.diff(np.eye(12, dtype=np.int64), axis=0))
    yield from_sets(70, [[i, (i + 1) % 70] for i in range(70)] * 2)


def ask_engine():
    """Stopping times, spans and ranks over fields of every arithmetic."""
    for rows in matrices(np.random.default_rng(1)):
        for field in ("Q", "GF(2)", "GF(31)", "GF(1381)", f"GF({PRIME})"):
            for ask in (stopping_time, spans, rank):
                ask(**rows.arrays, field=field)


def eliminate():
    """Dense matrices of several panels and groups, modulo primes in single and in double precision."""
    rng = np.random.default_rng(2)
    for prime in (1381, 709, PRIME):
        field = arithmetic(prime)
        for rows, columns in [(33, 40), (150, 140)]:
            for jordan in (False, True):
                matrix = np.zeros((rows, padded(columns)), field.kind)
                matrix[:, :columns] = rng.integers(-(prime // 2), prime // 2 + 1, (rows, columns))
                matrix[rows // 2] = matrix[0]
                echelon(matrix, field, jordan=jordan)


def simulate():
    """Trials of all schemes, with every decoder that takes their rows."""
    delays = DelayModel(expon(scale=5), 0.2)
    others = [(name, named(name).sized(3)) for name in SCHEME_NAMES if name != "raptor"]
    others += [("sr", {"degree": 3, "access": 9}), ("lt", {"cap": 3.0}), ("parts-pairs", {"degree": 4, "cells": 3})]
    others += [("arcs", {"degree": 3, "phase": "random"}), ("arcs", {"degree": 4, "phase": "own"})]
    for name, options in others:
        for decoder in (None, "span", "peeling", "coverage"):
            run_trial(Task(make(name, 26, **options), delays, 7, decoder), 0)
    run_trial(Task(make("raptor", 26), delays, 7), 0)
    run_trial(Task(make("sr", 9, degree=3), DelayModel(expon(scale=5), 0.2, message_cost=0.1), 7), 0)
    for link in LINKS:
        run_trial(Task(make("sr", 9, degree=3), DelayModel(expon(scale=5), expon(), expon(), link=link), 7), 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.SPENT, "seconds", np.inf)
        for link, target in product(LINKS, ("sum", "terms(4)")):
            model = DelayModel(
                expon(scale=5), expon(), expon(), 0.1, 0.1, link, death=expon(scale=9), phases="3, 0.5, 0.5"
            )
            run_trials(Task(make("parts-cyclic", 9, degree=2), model, 7, None, target), range(3))
    partition(receive(make("uncoded", 9), np.zeros(9), 0.2, 0, 1.0))


def bound():
    """Order statistics of uniforms between their quantiles, and floors."""
    for trials in (1, 2, 40):
        coverage(trials, 0.01)
    late(Model(9, None, 0.2, expon(scale=5), message_cost=0.1), [1.0, 2.0])


def count():
    """Rows of all kinds in any order: none, empty, equal, of one worker; workers that never start; equal times."""
    rng = np.random.default_rng(5)
    for _ in range(60):
        m, workers, n, others = (int(rng.integers(low, high)) for low, high in ((1, 9), (1, 5), (0, 14), (0, 12)))
        sizes = rng.integers(0, m + 1, n)
        indices = np.concatenate([np.zeros(0, np.int32), *(rng.choice(m, size, replace=False) for size in sizes)])
        rows = Rows(m, boundaries(sizes), indices.astype(np.int32))
        worker, time, terms = np.sort(rng.integers(0, workers, n)).astype(np.int32), rng.integers(0, 4.0, n), sizes + 1
        startups = np.where(rng.random(workers) < 0.2, np.inf, rng.integers(0, 4, workers))
        last = int(rng.integers(0, n + 1))
        until = float(time[last]) if last < n else 3.0
        sent = UnorderedReception(rows, worker, time.astype(float), terms, np.full(workers, 9), until)
        complete_worker_time(sent.reception)
        all_systematic_time(rows)
        coverage_time(rows)
        elimination(rows, 0)
        for cover in (None, 3):
            tally(sent, last if last < n else -1, cover)
        evaluations(sent, last if last < n else -1, startups, 0.3, sent.totals, until)
        scheme = SumRecovery(others + 1, 1 + others // 2)
        scheme.emit(7, rng.integers(0, 15, others + 1))
        receive(scheme, rng.integers(0, 4, others + 1), 0.3, 7, until, 0.1)


@pytest.fixture(scope="module")
def met():
    """Kernels that the questions above have run both ways."""
    with both_ways() as kernels:
        for ask in (ask_engine, eliminate, simulate, count, bound):
            ask()
    return kernels


def all_modules():
    for found in walk_packages(srtheory.__path__, "srtheory."):
        import_module(found.name)


def test_every_kernel_that_may_be_interpreted_has_run_both_ways(met):
    all_modules()
    ours = {kernel for kernel in KERNELS if kernel.small >= 0 and kernel.__module__.startswith("srtheory.")}
    assert len(ours) > 20
    assert {f"{k.__module__}.{k.__name__}" for k in ours - met} == set()


# ------------------------------------------------------------------------------------------------- planted mistakes


@compiled(small=LINEAR)
def narrow(a):
    return a[0] + a[1]


@compiled(small=LINEAR)
def mixed(a):
    return a[0] * np.int64(3)


@compiled(small=LINEAR)
def rounded(a):
    return a.sum()


@compiled(small=LINEAR)
def by_loop(row):
    for i in range(len(row)):
        row[i] *= 2


@by_loop.interpreted
def _but_one(row):
    row[1:] *= 2


@pytest.mark.quality
@pytest.mark.parametrize(
    ("kernel", "given"),
    [
        (narrow, np.full(2, 2**31 - 1, np.int32)),
        (mixed, np.full(2, 2**63, np.uint64)),
        (rounded, np.random.default_rng(0).random(1000)),
        (by_loop, np.ones(3)),
    ],
    ids=["sum beyond its type", "signed and unsigned", "order of a sum", "another operation"],
)
def test_differences_are_seen(kernel, given):
    with both_ways() as met, pytest.raises(DifferenceError):
        kernel(given)
    assert met == {kernel}


# ---------------------------------------------------------------------------------------------------------- who runs


@compiled(small=10)
def who(array):
    return 1


@who.interpreted
def _by_hand(array):
    return 0


@pytest.fixture
def patient(monkeypatch):
    """A process that has spent no time on interpreting."""
    monkeypatch.setattr(module.SPENT, "seconds", 0.0)


def test_small_work_is_interpreted_as_long_as_there_is_patience(patient, monkeypatch):
    assert (who(np.zeros(10)), who(np.zeros(11))) == (0, 1)
    assert module.SPENT.seconds > 0
    with monkeypatch.context() as patch:
        patch.setattr(who, "work", lambda array: 100 * array.size)
        assert (who(np.zeros(0)), who(np.zeros(1))) == (0, 1)
    monkeypatch.setattr(module.SPENT, "seconds", 1.01 * module.PATIENCE)
    assert who(np.zeros(1)) == 1
    monkeypatch.setattr(module.SPENT, "seconds", 0.0)
    always_compile()
    assert who(np.zeros(0)) == 1


def test_what_an_interpreted_kernel_calls_is_interpreted_and_an_error_ends_it(patient):
    outer = compiled(small=10)(lambda array: who(np.zeros(10**6)) + array[0])
    KERNELS.remove(outer)
    assert outer(np.zeros(1)) == 0
    with pytest.raises(IndexError):
        outer(np.zeros(0))
    assert not module.HERE.interpreting
    assert who(np.zeros(11)) == 1


def test_what_cannot_be_kept_on_disk_is_compiled_all_the_same():
    def double(array):
        return 2 * array[0]

    double.__code__ = double.__code__.replace(co_filename="<nowhere>")
    made = compiled(double)
    KERNELS.remove(made)
    assert made(np.array([21])) == 42


def test_answers_are_numbers_of_python_and_wrap_in_silence(patient):
    made = compiled(small=10)(lambda array: (array[0] + array[0], array[0] > 0, array))
    KERNELS.remove(made)
    number, positive, array = made(np.array([2**63 - 1]))  # a warning would be an error here
    assert (number, type(number), type(positive), type(array)) == (-2, int, bool, np.ndarray)


def test_an_entry_is_compiled_once_and_takes_what_its_types_say():
    """Also rows that lie apart or cannot be written, for which numba would otherwise compile anew."""
    entry = module.copy_into.entry("(int64[::1], int64[:])")
    assert module.copy_into.entry("(int64[::1], int64[:])") is entry
    source, target = np.arange(12)[::-3], np.zeros(4, np.int64)
    source.flags.writeable = False
    entry(target, source)
    assert target.tolist() == source.tolist()
