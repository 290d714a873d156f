"""Errors of stopping early: float least squares against exact rationals, and whole runs against each other."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Matrix, ones

from paper_checks.records import approximate
from paper_checks.records.approximate import missing_share, one_run, runs, squared_errors
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task, receptions_of, run_trial, trial_streams
from srtheory.matrix import Rows, from_sets
from srtheory.reception import receive
from srtheory.schemes import make
from srtheory.schemes.gradient import RegularGradient

DELAYS = DelayModel(parse_law("expon(scale=5)"), 0.02)


def exact_error(rows, k):
    """1 minus the projection of 1 onto the first k rows, over m, by SymPy's rational arithmetic."""
    m = rows.columns
    dense = Matrix(rows.prefix(k).dense().tolist()) if k else Matrix.zeros(0, m)
    basis = Matrix(dense.T).columnspace()
    if not basis:
        return Fraction(1)
    b, one = Matrix.hstack(*basis), ones(m, 1)
    inside = (one.T * b * (b.T * b).inv() * b.T * one)[0]
    return 1 - Fraction(int(inside.p), int(inside.q)) / m


@st.composite
def weighted_rows(draw):
    m = draw(st.integers(1, 6))
    sets = draw(st.lists(st.sets(st.integers(0, m - 1)), max_size=7))
    rows = from_sets(m, sets)
    if draw(st.booleans()):
        values = draw(st.lists(st.integers(-3, 3), min_size=len(rows.indices), max_size=len(rows.indices)))
        rows = Rows(m, rows.indptr, rows.indices, np.array(values, dtype=np.int64))
    return rows


@given(weighted_rows())
def test_floats_give_the_exact_error(rows):
    counts = range(len(rows) + 1)
    assert squared_errors(rows, counts) == pytest.approx([float(exact_error(rows, k)) for k in counts], abs=1e-10)


@pytest.mark.quality
@pytest.mark.parametrize("tolerance", [-1.0, 0.9], ids=["taken for new", "taken for old"])
def test_a_wrong_rank_is_seen(monkeypatch, tolerance):
    monkeypatch.setattr(approximate, "DEPENDENT", tolerance)
    rows = from_sets(6, [{0, 1}, {1, 2}, {0, 1, 2, 3}, {0, 2, 3}, {0, 1}, {0, 1, 2}, {0}, {3, 4, 5}])
    errors = [float(exact_error(rows, k)) for k in range(len(rows) + 1)]
    assert squared_errors(rows, range(len(rows) + 1)) != pytest.approx(errors, abs=1e-3)


@pytest.mark.parametrize("name", ["parts-cyclic", "repetition", "terms-cyclic", "genie", "lt"])
def test_of_received_rows_it_is_exact_and_of_a_partition_the_share_that_is_missing(name):
    scheme = make(name, 23, **({"degree": 5} if name in ("parts-cyclic", "repetition") else {}))
    rng, key = trial_streams(2, 0)
    rows = receive(scheme, DELAYS.sample(23, rng), 0.02, key, 1.5).rows
    counts = range(len(rows) + 1)
    assert len(rows) >= 4
    found = squared_errors(rows, counts)
    if name != "lt":
        assert missing_share(rows, counts) == pytest.approx(found, abs=1e-12)
    some = [len(rows) // 3, len(rows) // 2, len(rows)]
    assert found[some] == pytest.approx([float(exact_error(rows, k)) for k in some], abs=1e-10)


SCHEMES = [make("sr", 40, degree=5), make("parts-cyclic", 40, degree=5), RegularGradient(40, 5)]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_run_by_time_and_by_rows(scheme):
    times, counts = np.array([0.0, 0.3, 0.6, 1.5]), np.array([0, 3, 10, 10**6])
    by_time, by_rows = one_run(Task(scheme, DELAYS, 7), 3, times, counts)
    rng, key = trial_streams(7, 3)
    startups = DELAYS.sample(40, rng)
    for t, error in zip(times, by_time, strict=True):
        rows = receive(scheme, startups, DELAYS.tau, key, t).rows
        assert error == pytest.approx(squared_errors(rows, [len(rows)])[0], abs=1e-12)
    everything = receive(scheme, startups, DELAYS.tau, key, np.inf).rows
    last = [*counts[:-1], len(everything)]
    assert by_rows == pytest.approx(squared_errors(everything, last), abs=1e-12)
    assert by_time[0] == by_rows[0] == 1


def test_a_run_ends_with_the_first_prefix_that_is_long_enough(monkeypatch):
    """By time and by rows; what is received is the same, however long."""
    task = Task(make("sr", 60, degree=5), DELAYS, 7)
    first, second, *_ = receptions_of(task, 0)
    drawn = []
    counted = lambda *given: (drawn.append(len(each)) or each for each in receptions_of(*given))  # noqa: E731
    monkeypatch.setattr(approximate, "receptions_of", counted)
    end, later = first.time[-1], np.nextafter(first.time[-1], np.inf)
    for until, rows, prefixes in ((end, len(first), 1), (later, 1, 2), (0.0, len(first) + 1, 2), (0.0, 0, 1)):
        drawn.clear()
        one_run(task, 0, np.array([0.0, until]), np.array([0, rows]))
        assert drawn == [len(first), len(second)][:prefixes]


def test_runs_are_one_after_the_other_and_their_error_ends_at_the_stopping_time():
    """It is that of no rows where nothing arrives."""
    silent = DelayModel(parse_law("expon()"), 0.1, silent=0.9)
    nothing = one_run(Task(make("uncoded", 3), silent, 1), 1, np.array([0.0, 1e9]), np.array([0, 5]))
    assert [errors.tolist() for errors in nothing] == [[1, 1], [1, 1]]
    task, times, counts = Task(make("sr", 20, degree=3), DELAYS, 7), np.array([0.2, 0.6, 1.0]), np.array([4, 9])
    by_time, by_rows = runs(task, 3, times, counts)
    assert (by_time.shape, by_rows.shape) == ((3, 3), (3, 2))
    for trial in range(3):
        one, other = one_run(task, trial, times, counts)
        assert (by_time[trial].tolist(), by_rows[trial].tolist()) == (one.tolist(), other.tolist())
        k = run_trial(task, trial).stopping_time
        _, (before, at) = one_run(task, trial, np.array([0.0]), np.array([k - 1, k]))
        assert at == 0 < before
