"""Arcs against their definition, and against the parts that they refine."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from srtheory.decoders import decoder
from srtheory.decoders.intervals import arcs
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import Task, run_trial
from srtheory.reception import receive
from srtheory.schemes import PHASES
from srtheory.schemes.intervals import Arcs
from srtheory.schemes.streaming import CyclicTerms, OwnThenParts, PartsCyclic
from tests import reference
from tests.reference import supports
from tests.schemes.checks import by_worker, check_emission, everything

SIZES = [(m, d) for m in range(1, 10) for d in range(1, m + 1)]
HEAVY = DelayModel(parse_law("expon(scale=5)"), 0.05)
word64 = st.integers(0, 2**64 - 1)
phases = st.sampled_from(PHASES)
runs = st.tuples(st.sampled_from(SIZES), st.sampled_from([0.1, 0.3, 1.0]), word64, st.randoms(use_true_random=False))


def delays(run):
    (m, _), _, _, random = run
    return np.array([random.choice([random.expovariate(0.5), 0.0, 1.0]) for _ in range(m)])


def recovered(scheme, run, name=None):
    """When the sum is there, by the decoder of that name."""
    _, tau, key, _ = run
    return lambda startups: _time(receive(scheme, startups, tau, key, np.inf), name or scheme.decoder)


def _time(reception, name):
    return reception.time[decoder(name)(reception).stopping_time - 1]


@given(st.sampled_from(SIZES), phases, word64, st.data())
def test_arcs_are_redrawn_by_numpy_alone(size, phase, key, data):
    m, d = size
    budget = data.draw(st.lists(st.integers(0, m + 2), min_size=m, max_size=m))
    check_emission(Arcs(m, d, phase), key, budget, lambda j: reference.arcs(m, d, phase, key=key, worker=j))


@pytest.mark.quality
@pytest.mark.parametrize("phase", PHASES)
def test_another_phase_would_be_noticed(phase):
    other = PHASES[PHASES.index(phase) - 1]
    with pytest.raises(AssertionError):
        check_emission(Arcs(9, 3, phase), 5, [9] * 9, lambda j: reference.arcs(9, 3, other, key=5, worker=j))


@given(st.sampled_from(SIZES), phases, word64)
def test_each_workers_arcs_are_a_partition(size, phase, key):
    m, d = size
    sent = Arcs(m, d, phase).emit(key, everything(Arcs(m, d, phase)))
    arcs(sent.rows)  # no row is refused
    for j, rows in enumerate(by_worker(sent, m)):
        assert rows[0] == [j]
        assert sorted(c for row in rows for c in row) == list(range(m))
        assert max(map(len, rows)) <= d
        assert len(rows) <= -(-m // d) + 2


def test_random_phases_are_uniform():
    """The second row of worker 0 at m = 5, d = 3, by its phase: from 240 runs, 48 of each phase."""
    second = {0: (1, 2), 1: (4,), 2: (1,), 3: (3, 4), 4: (1,)}
    found = [tuple(by_worker(Arcs(5, 3, "random").emit(key, np.full(5, 5)), 1)[0][1]) for key in range(240)]
    expected = Counter(second[begin] for begin in range(5))
    assert set(found) == set(expected)
    assert chisquare([found.count(row) for row in expected], [48 * n for n in expected.values()]).pvalue > 1e-3


@given(runs)
def test_with_a_common_phase_coverage_is_recovery(run):
    """Rows too: M' = CC, and by additions alone."""
    scheme = Arcs(*run[0])
    reception = receive(scheme, delays(run), run[1], run[2], np.inf)
    stops = {name: decoder(name)(reception).stopping_time for name in ("coverage", "intervals", "span")}
    assert len(set(stops.values())) == 1


@pytest.mark.quality
@pytest.mark.parametrize("phase", ["random", "own"])
def test_with_other_phases_it_is_not(phase):
    task = Task(Arcs(60, 6, phase), HEAVY, 1)
    records = [run_trial(task, i) for i in range(20)]
    assert any(r.stopping_time > r.coverage_time for r in records)


@given(runs)
def test_arcs_are_never_later_than_the_parts_that_they_cut(run):
    startups = delays(run)
    times = [recovered(scheme(*run[0]), run)(startups) for scheme in (Arcs, OwnThenParts, PartsCyclic)]
    assert times == sorted(times)


def test_sometimes_they_are_earlier():
    """m = d = 4, worker 1 slow: the arc 1, 2, 3 of worker 0 needs no 0, and f_0 is there."""
    startups, run = np.array([0.0, 9.0, 9.0, 9.0]), ((4, 4), 1.0, 0, None)
    assert recovered(Arcs(4, 4), run)(startups) == 4.0
    startups = np.array([2.0, 0.0, 9.0, 9.0])  # {1}, {2, 3} at 3, {0} from worker 0 at 3
    assert recovered(Arcs(4, 4), run)(startups) == 3.0
    assert recovered(OwnThenParts(4, 4), run)(startups) == 4.0


@pytest.mark.quality
def test_a_random_phase_is_not_always_as_early():
    late = 0
    for i in range(20):
        tasks = (Task(scheme, HEAVY, 1) for scheme in (Arcs(60, 6, "random"), PartsCyclic(60, 6)))
        random, parts = (run_trial(task, i) for task in tasks)
        late += random.latency > parts.latency
    assert late > 10


def test_pace_is_the_own_term_and_a_whole_cell():
    assert Arcs(9, 4).expected_terms() == (1.0, 4.0)


@pytest.mark.parametrize("m", range(1, 8))
@pytest.mark.parametrize("phase", PHASES)
def test_arcs_of_one_term_are_cyclic_terms(m, phase):
    budget = np.arange(m) % 4
    short, terms = (scheme.emit(1, budget) for scheme in (Arcs(m, 1, phase), CyclicTerms(m)))
    assert supports(short.rows) == supports(terms.rows)
    assert (short.worker == terms.worker).all()


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("symbols", lambda: Arcs(0, 1)),
        ("degree", lambda: Arcs(3, 4)),
        ("degree", lambda: Arcs(3, 0)),
        ("phase", lambda: Arcs(3, 1, "late")),
        ("decoder", lambda: Task(Arcs(3, 1), HEAVY, 1, "partition")),
    ],
)
def test_refusals_name_the_argument(name, call):
    with pytest.raises(ArgumentError) as refusal:
        call()
    assert refusal.value.name == name
