"""Sums computed by real workers, with all that can happen to workers.

Functions tell by the name of their thread which worker evaluates them; what happens when is settled by events.
"""

from __future__ import annotations

import errno
import importlib
import math
import os
import platform
import signal
import sys
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import closing, contextmanager
from fractions import Fraction
from inspect import signature
from itertools import combinations, pairwise
from queue import SimpleQueue
from threading import Lock
from types import SimpleNamespace

import numpy as np
import pytest

from srtheory.decoders.rounded import Rounded
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.reception import transmit
from srtheory.schemes import SCHEME_NAMES, make, named
from srtheory.workers import NotRecovered, compute_sum, crew, execution
from srtheory.workers.crew import Crew
from srtheory.workers.limit import Limit, TimeIsOver, limited
from srtheory.workers.master import Master
from tests.workers import functions
from tests.workers.functions import GATE, cube, halves, wave

M = 12
LATE = 1e6
"""Seconds that no test waits."""
PATIENCE = 60
"""Seconds after which what hangs is given up."""


def given(name):
    return named(name).sized(3)


@pytest.mark.parametrize("name", [name for name in SCHEME_NAMES if name != "genie"])
def test_every_scheme_gives_the_sum(client, name):
    done = compute_sum(cube, 2, symbols=M, scheme=name, cluster=client, seed=3, **given(name))
    assert done.value == sum(cube(i, 2) for i in range(M))
    assert done.error_bound == 0
    record = done.record
    assert record.stopping_time == len(done.arrivals)
    assert record.latency == done.arrivals[-1].arrived <= done.available
    assert record.received_terms == sum(len(arrival.support) for arrival in done.arrivals) <= record.work
    assert done.faults == ()


@pytest.mark.parametrize("name", ["sr", "lt-systematic", "gradient-cyclic", "terms-cyclic"])
def test_the_record_counts_what_came(client, name):
    done = compute_sum(cube, 2, symbols=M, scheme=name, cluster=client, startup="expon(scale=0.01)", **given(name))
    came, record, met, alone = done.arrivals, done.record, set(), set()
    for k, arrival in enumerate(came, start=1):
        if len(met) < M:
            met |= set(arrival.support)
            covered = k
        alone |= {arrival.support[0]} if len(arrival.support) == 1 else set()
    assert record.coverage_time == covered
    assert record.systematic == sum(arrival.support == (arrival.worker,) for arrival in came)
    last = [arrival.support for arrival in came if arrival.worker == came[-1].worker]
    assert record.complete_worker is (sorted(c for support in last for c in support) == list(range(M)))
    assert not record.all_systematic or len(alone) == M


def test_no_decoder_has_an_empty_name(client):
    with pytest.raises(ArgumentError, match="'decoder' must be"):
        compute_sum(cube, 2, symbols=M, decoder="", cluster=client)


def test_the_genie_cannot_be_followed(client):
    with pytest.raises(ArgumentError, match="genie"):
        compute_sum(cube, 2, symbols=M, scheme="genie", cluster=client)


@pytest.mark.parametrize("workers", [0, -1])
def test_no_workers_are_refused(client, workers):
    """Before the logarithm of their number, which is the degree, is taken."""
    with pytest.raises(ArgumentError, match="'workers' must be"):
        compute_sum(cube, 2, symbols=M, workers=workers, cluster=client)


@pytest.mark.parametrize("name", ["coverage", "hitting"])
def test_a_decoder_must_get_the_sum(client, name):
    with pytest.raises(ArgumentError, match="gets the sum"):
        compute_sum(cube, 2, symbols=M, decoder=name, cluster=client)


def test_symbols_that_come_before_suffice_for_nothing(client):
    """The first moment: without the last symbol the sum is not there."""
    from srtheory.span.engine import spans

    done = compute_sum(cube, 2, symbols=M, degree=3, cluster=client, startup=functions.one_by_one(M))
    rows = np.zeros((len(done.arrivals), M), dtype=int)
    for row, arrival in zip(rows, done.arrivals, strict=True):
        row[list(arrival.support)] = 1
    before = rows[:-1]
    indptr = np.append(0, np.cumsum(before.sum(axis=1)))
    assert not spans(indptr, np.nonzero(before)[1].astype(np.int32), M).spans


def test_the_timeline_is_one(client):
    done = compute_sum(cube, 2, symbols=M, degree=3, cluster=client, startup="expon(scale=0.01)", tau=0.0005)
    assert [a.arrived for a in done.arrivals] == sorted(a.arrived for a in done.arrivals)
    for j in {arrival.worker for arrival in done.arrivals}:
        mine = sorted((a for a in done.arrivals if a.worker == j), key=lambda a: a.index)
        assert [a.index for a in mine] == list(range(len(mine)))
        assert mine[0].began >= done.startups[j]
        assert all(a.finished <= b.began for a, b in pairwise(mine))
        assert all(a.began < a.finished and a.finished - done.startups[j] >= 0.0005 * a.terms for a in mine)


def test_delays_are_those_of_a_simulation(client):
    from srtheory.delays import DelayModel, parse_law
    from srtheory.experiments.trial import trial_streams

    law = "expon(scale=0.001)"
    done = compute_sum(cube, 2, symbols=M, cluster=client, startup=law, seed=5, trial=2)
    rng, _ = trial_streams(5, 2)
    assert (done.startups == DelayModel(parse_law(law), 1.0).sample(M, rng)).all()
    assert done.record.trial == 2


# ------------------------------------------------------------------------------------------------------------- values


def largest_roundings():
    """Of gradient-cyclic, whichever ten of the twelve workers answer: the unit roundoff of all that is added up."""
    code = make("gradient-cyclic", M, stragglers=2)
    rows = transmit(code, np.zeros(M), 1.0, 0, np.inf).rows.dense()
    terms = np.abs([wave(i, 0.7) for i in range(M)])
    for answering in combinations(range(M), M - 2):
        heard = rows[list(answering)]
        coefficients = np.linalg.lstsq(heard.T, np.ones(M), rcond=None)[0]
        yield 2.0**-53 * (np.abs(coefficients) @ np.abs(heard) @ terms).max()


@pytest.mark.parametrize("name", ["sr", "lt", "arcs", "parts-cyclic", "raptor", "gradient-cyclic"])
def test_floats_are_within_the_bound(client, name):
    """The bound is small whoever answers, which of gradient-cyclic decides how large coefficients are."""
    done = compute_sum(wave, 0.7, symbols=M, scheme=name, cluster=client, **given(name))
    exact = [sum(Fraction(float(wave(i, 0.7)[k])) for i in range(M)) for k in range(2)]
    small = 2 * M * max(largest_roundings()) if name == "gradient-cyclic" else 1e-12  # at most 2 M roundings a term
    assert done.value.shape == done.error_bound.shape == (2,)
    for value, bound, right in zip(done.value.tolist(), done.error_bound.tolist(), exact, strict=True):
        assert abs(Fraction(value) - right) <= Fraction(bound)
        assert bound < small


def off_and_bound(client):
    """Of one worker's sum of terms that round."""
    done = compute_sum(functions.third, 1.0, symbols=M, scheme="one", cluster=client)
    exact = sum(Fraction(functions.third(i, 1.0)) for i in range(M))
    return abs(Fraction(done.value) - exact), Fraction(done.error_bound)


def test_the_bound_has_the_workers_own_additions(client):
    off, bound = off_and_bound(client)
    assert 0 < off <= bound


@pytest.mark.quality
def test_a_bound_that_forgets_the_workers_additions_is_seen(client, monkeypatch):
    monkeypatch.setattr(crew, "add", lambda a, b: Rounded(a.value + b.value, a.off + b.off))
    off, bound = off_and_bound(client)
    assert off > bound


@pytest.mark.parametrize("name", ["sr", "arcs", "parts-cyclic"])
def test_fractions_and_long_integers_are_exact(client, name):
    done = compute_sum(halves, Fraction(1, 3), symbols=M, scheme=name, cluster=client, **given(name))
    assert done.value == sum(halves(i, Fraction(1, 3)) for i in range(M))
    done = compute_sum(functions.long, 2, symbols=M, scheme=name, cluster=client, **given(name))
    assert done.value.tolist() == [M * 2**62, M * (M - 1) // 2]
    assert not done.error_bound.any()


def test_zero_may_be_a_whole_number_among_floats(client):
    done = compute_sum(functions.mixed, 0.5, symbols=M, degree=3, cluster=client)
    assert done.value == pytest.approx(sum(functions.mixed(i, 0.5) for i in range(M)), abs=1e-12)


@pytest.mark.parametrize(("function", "said"), [("texts", "a term must be"), ("complexes", "a term must be")])
def test_what_is_no_number_is_told(client, function, said):
    with pytest.raises(NotRecovered, match=said):
        compute_sum(getattr(functions, function), 1, symbols=3, cluster=client)


def test_a_sum_beyond_the_range_of_floats_is_told(client):
    """By the master, which adds up what others sent, and by a worker, whose symbol does not count."""
    with pytest.raises(ArgumentError, match="range of floats of 64 bits") as refusal:
        compute_sum(functions.huge, 1, symbols=3, scheme="uncoded", cluster=client)
    assert refusal.value.name == "function"
    with pytest.raises(NotRecovered, match="a sum of values that is beyond the range of floats of 64 bits"):
        compute_sum(functions.huge, 1, symbols=3, scheme="one", cluster=client)
    assert compute_sum(functions.huge, Fraction(1), symbols=3, scheme="one", cluster=client).value == 3 * 10**308


@pytest.mark.parametrize("decoder", ["partition", "intervals"])
def test_a_decoder_must_fit_the_scheme(client, decoder):
    with pytest.raises(ArgumentError, match="'decoder' must be span or peeling"):
        compute_sum(cube, 2, symbols=M, scheme="sr", decoder=decoder, cluster=client)


def test_values_have_one_shape(client):
    with pytest.raises(ArgumentError, match="one shape"):
        compute_sum(functions.growing, 1, symbols=M, scheme="uncoded", cluster=client)


# -------------------------------------------------------------------------------------------------------------- sizes


def test_one_term(client):
    done = compute_sum(cube, 2, symbols=1, cluster=client)
    assert (done.value, done.record.stopping_time, done.record.work) == (8, 1, 1)


@pytest.mark.parametrize("workers", [1, 5])
def test_fewer_workers_than_terms(client, workers):
    done = compute_sum(cube, 2, symbols=M, workers=workers, cluster=client)
    assert done.value == sum(cube(i, 2) for i in range(M))
    assert done.scheme.workers == workers
    assert done.record.work >= M


def test_more_processes_than_workers(client):
    assert compute_sum(cube, 2, symbols=2, cluster=client).processes == 2


# ------------------------------------------------------------------------------------------------------------- faults


@pytest.fixture(autouse=True)
def fresh_gate():
    GATE.clear()
    yield
    GATE.set()  # whoever still hangs there


def test_a_worker_that_never_answers_is_survived(client):
    delays = [0.0] * M
    delays[4] = float("inf")
    done = compute_sum(cube, 2, symbols=M, degree=3, cluster=client, startup=delays)
    assert done.value == sum(cube(i, 2) for i in range(M))
    assert 4 not in {arrival.worker for arrival in done.arrivals}


def test_a_worker_that_hangs_is_survived(client):
    done = compute_sum(functions.hangs_at_3, 2, symbols=M, degree=3, cluster=client)
    assert done.value == sum(cube(i, 2) for i in range(M))
    assert 3 not in {arrival.worker for arrival in done.arrivals}


@pytest.mark.parametrize(("function", "what"), [("fails_at_3", "ZeroDivisionError"), ("nan_at_3", "not finite")])
def test_workers_that_fail_are_survived(client, function, what):
    delays = [0.0 if j == 3 else 0.05 for j in range(M)]  # it comes first, if it comes at all
    done = compute_sum(getattr(functions, function), 2.0, symbols=M, degree=3, cluster=client, startup=delays)
    assert done.value == pytest.approx(sum(cube(i, 2.0) for i in range(M)))
    assert 3 not in {arrival.worker for arrival in done.arrivals}
    assert {fault.workers for fault in done.faults} <= {(3,)}
    assert all(what in str(fault) for fault in done.faults)


def test_a_term_that_nobody_can_evaluate_is_named(client):
    with pytest.raises(NotRecovered, match=r"with the terms 7 \(no worker has more to send; worker") as refusal:
        compute_sum(functions.nan_for_7, 2.0, symbols=M, degree=1, scheme="sr", cluster=client)
    assert refusal.value.missing == (7,)
    assert len(refusal.value.faults) == M


def test_without_redundancy_a_failing_worker_is_named(client):
    with pytest.raises(NotRecovered, match=r"with the terms 3 .*worker 3: ZeroDivisionError"):
        compute_sum(functions.fails_at_3, 2, symbols=M, scheme="uncoded", cluster=client)


def test_missing_terms_of_groups_are_terms(client):
    with pytest.raises(NotRecovered) as refusal:
        compute_sum(functions.fails_at_3, 2, symbols=M, workers=4, scheme="uncoded", cluster=client)
    assert refusal.value.missing == (9, 10, 11)


def test_rows_that_cover_and_do_not_span_are_told():
    assert "they cover all terms and do not span 1 (why; 1; and 1 more" in str(NotRecovered((), 2, "why", ("1", "2")))


def test_time_may_be_over(client):
    with pytest.raises(NotRecovered, match=r"no more than 0\.01 seconds") as refusal:
        compute_sum(cube, 2, symbols=M, cluster=client, startup=[LATE] * M, timeout=0.01)
    assert refusal.value.missing == tuple(range(M))


def test_the_time_of_other_threads_is_looked_at(client):
    """They have no alarm."""
    late = {"symbols": M, "cluster": client, "startup": [LATE] * M, "timeout": 0.01}
    with ThreadPoolExecutor(1) as beside, pytest.raises(NotRecovered, match=r"no more than 0\.01 seconds"):
        beside.submit(compute_sum, cube, 2, **late).result()


@pytest.mark.parametrize("seconds", [1e-9, 1e-6])
def test_time_may_be_over_before_the_first_step(client, seconds):
    with pytest.raises(NotRecovered, match=f"no more than {seconds:g} seconds"):
        compute_sum(cube, 2, symbols=M, cluster=client, timeout=seconds)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def test_no_alarm_rings_while_the_words_for_its_end_are_found(client, monkeypatch):
    """A look at the clock may be before it."""
    compute_sum(cube, 2, symbols=M, cluster=client)  # compiled code is there
    given_up, handlers = execution._Run.given_up, []

    def seen(run, why):
        handlers.append(signal.getsignal(signal.SIGALRM))
        return given_up(run, why)

    monkeypatch.setattr(execution._Run, "given_up", seen)
    with pytest.raises(NotRecovered, match=r"no more than 0\.5 seconds"):
        compute_sum(cube, 2, symbols=M, cluster=client, startup=[LATE] * M, timeout=0.5)
    assert set(handlers) <= {signal.SIG_DFL}  # none where even this is too short for the start


def test_processes_that_are_being_started_when_time_is_over_are_ended(client, monkeypatch):
    compute_sum(cube, 2, symbols=M, cluster=client)  # compiled code is there
    begun, closed = [], []

    class Slow:
        def __init__(self, **given):
            begun.append(self)
            time.sleep(0.5)

        def close(self):
            closed.append(self)

    monkeypatch.setattr("distributed.LocalCluster", Slow)
    with pytest.raises(NotRecovered, match=r"no more than 0\.2 seconds"):
        compute_sum(cube, 2, symbols=M, cluster=1, timeout=0.2)
    assert closed == begun


def test_time_that_is_over_leaves_no_module_half_imported(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "takes_long.py").write_text("import time\ntime.sleep(0.3)\ndone = True\n")

    def imports_and_waits():
        importlib.import_module("takes_long")
        time.sleep(PATIENCE)

    with pytest.raises(TimeIsOver), limited(0.1):
        imports_and_waits()
    assert sys.modules["takes_long"].done


def test_time_is_over_whatever_the_interrupted_code_makes_of_it():
    """A condition that is waited for, and interrupted before it has its lock again, complains of that."""

    def complains_when_interrupted():
        with closing(SimpleNamespace(close=Lock().release)):
            time.sleep(PATIENCE)

    with pytest.raises(TimeIsOver, match=r"0\.01 seconds"), limited(0.01):
        complains_when_interrupted()
    with pytest.raises(RuntimeError, match="unlocked"), limited(PATIENCE):
        Lock().release()


def test_the_alarm_is_as_it_was(client):
    compute_sum(cube, 2, symbols=M, cluster=client, timeout=PATIENCE)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


SLEEPY = """
import threading
from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Sleepy(ByWorker):
    where: str

    def sends(self, worker, key):
        main = threading.current_thread() is threading.main_thread()
        if self.where == "everywhere" or (self.where == "main") == main and worker == 1:
            threading.Event().wait(5 if main else 0.5)
        yield [worker]
"""


@pytest.mark.parametrize("where", ["everywhere", "main", "workers"])
def test_time_may_be_over_before_the_start(client, tmp_path, monkeypatch, where):
    """In planning, in the rehearsal, and while the workers ask the scheme what they are to send."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "sleepy.py").write_text(SLEEPY)
    given = {"symbols": 3, "scheme": f"{tmp_path / 'sleepy.py'}::Sleepy", "own": {"where": where}}
    with pytest.raises(NotRecovered, match=r"no more than 0\.3 seconds") as refusal:
        compute_sum(cube, 2, cluster=client, timeout=0.3, **given)
    assert refusal.value.missing == (0, 1, 2)


@pytest.mark.parametrize(("delays", "missing"), [([0.0] * (M - 1) + [np.inf], (M - 1,)), ([np.inf] * M, range(M))])
def test_who_never_answers_is_not_waited_for(client, delays, missing):
    with pytest.raises(NotRecovered, match="no worker has more to send") as refusal:
        compute_sum(cube, 2, symbols=M, scheme="uncoded", cluster=client, startup=delays, timeout=PATIENCE)
    assert refusal.value.missing == tuple(missing)


@pytest.mark.parametrize("name", list(functions.RAISED))
def test_whatever_is_raised_the_worker_is_heard_of(client, name):
    with pytest.raises(NotRecovered, match=f"worker .: {name}") as refusal:
        compute_sum(functions.raises, name, symbols=2, scheme="uncoded", cluster=client, timeout=PATIENCE)
    assert "\n" not in str(refusal.value)
    assert len(refusal.value.faults) == 2


RAISING = """
import threading
from dataclasses import dataclass
from itertools import count
from srtheory.schemes.by_worker import ByWorker


class Exit(BaseException):
    pass


@dataclass(frozen=True)
class Raising(ByWorker):
    rateless = True

    def sends(self, worker, key):
        name = threading.current_thread().name
        for n in count():
            if {where}:
                raise {what}
            yield [worker]
"""


@pytest.fixture
def raising(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)

    def write(where, what):
        (tmp_path / "raising.py").write_text(RAISING.format(where=where, what=what))
        return f"{tmp_path / 'raising.py'}::Raising"

    return write


@pytest.mark.parametrize("what", ["KeyboardInterrupt", "GeneratorExit", "SystemExit", "Exit", "ZeroDivisionError"])
def test_whatever_a_scheme_raises_later_the_worker_is_heard_of(client, raising, what):
    """When it is asked for more than all asked for before the start."""
    name = raising("name.startswith('worker') and n > 20", what)
    with pytest.raises(NotRecovered, match="no worker has more to send") as refusal:
        compute_sum(cube, 2, symbols=3, scheme=name, cluster=client, timeout=PATIENCE, startup=[0, 0, np.inf])
    assert refusal.value.missing == (2,)
    assert len(refusal.value.faults) == 2
    assert all(what in fault for fault in refusal.value.faults)


@pytest.mark.parametrize("what", ["KeyboardInterrupt", "GeneratorExit", "SystemExit", "Exit", "ZeroDivisionError"])
def test_whatever_a_scheme_raises_before_is_blamed_on_it(client, raising, what):
    name = raising("name.startswith('Dask') or '-Dask-' in name", what)
    with pytest.raises(ArgumentError, match=what) as refusal:
        compute_sum(cube, 2, symbols=3, scheme=name, cluster=client, timeout=PATIENCE)
    assert refusal.value.name == "scheme"


def test_a_scheduler_that_is_lost_before_the_start_is_told(client, monkeypatch):
    def lost(*_):
        raise OSError("Timed out trying to connect")

    monkeypatch.setattr(execution, "_homes", lost)
    with pytest.raises(OSError, match="it went away while workers were started") as refusal:
        compute_sum(cube, 2, symbols=M, cluster=client)
    assert refusal.value.filename == client.scheduler.address


def test_who_answers_twice_is_heard_once(client, monkeypatch):
    post = Crew._post

    def twice(self, message, last=False):
        if message is not None:
            post(self, message)
        post(self, message, last)

    monkeypatch.setattr(Crew, "_post", twice)
    done = compute_sum(cube, 2, symbols=M, degree=3, cluster=client)
    assert done.value == sum(cube(i, 2) for i in range(M))
    assert len({(a.worker, a.index) for a in done.arrivals}) == len(done.arrivals)


@pytest.mark.quality
def test_a_master_that_stops_too_early_is_seen(client, monkeypatch):
    add = Master.add

    def hasty(self, *message):
        self.done = add(self, *message) or len(self.order) == 3
        return self.done

    monkeypatch.setattr(Master, "add", hasty)
    with pytest.raises(ArithmeticError):
        compute_sum(cube, 2, symbols=M, scheme="uncoded", cluster=client)


@pytest.mark.quality
def test_a_master_that_stops_too_late_is_seen(client, monkeypatch):
    add = Master.add

    def slow(self, *message):
        self.done = add(self, *message) and len(self.order) >= 4 * M
        return self.done

    monkeypatch.setattr(Master, "add", slow)
    with pytest.raises(ArithmeticError, match="stops after 48 rows"):
        compute_sum(cube, 2, symbols=M, scheme="terms-cyclic", cluster=client)


def close_one(fragile):
    """A progress that, at the first symbol, closes a Dask worker, and lets the others go on."""

    def watch(received, covered, columns):
        if not GATE.is_set():
            workers = fragile.cluster.workers
            fragile.cluster.sync(next(iter(workers.values())).close)
            GATE.set()

    return watch


THREE = {"symbols": M, "degree": 3, "startup": [0.0] * 3 + [np.inf] * (M - 3)}
"""One worker in each process goes on to the end, unless it dies."""


def test_a_process_that_dies_is_survived(fragile):
    done = compute_sum(functions.waits, 2, cluster=fragile, progress=close_one(fragile), **THREE)
    assert done.value == sum(cube(i, 2) for i in range(M))


def test_processes_that_die_are_named(fragile):
    def watch(received, covered, columns):
        for worker in list(fragile.cluster.workers.values()):
            fragile.cluster.sync(worker.close)
        GATE.set()

    with pytest.raises(NotRecovered, match="its process is lost") as refusal:
        compute_sum(functions.waits, 2, cluster=fragile, progress=watch, **THREE)
    assert refusal.value.missing
    assert len(refusal.value.faults) == 3
    with pytest.raises(ArgumentError, match="one that has workers"):
        compute_sum(cube, 2, symbols=M, cluster=fragile)


# ---------------------------------------------------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("symbols", 0), ("workers", 0), ("workers", M + 1), ("tau", -1), ("timeout", 0), ("kill", 4), ("seed", -1)),
        *(("cluster", 0), ("startup", [1.0]), ("startup", [-1.0] * M), ("scheme", "none"), ("degree", 0), ("phase", 1)),
    ],
)
def test_bad_input_is_one_line(client, name, value):
    arguments = {"symbols": M, "cluster": client} | {name: value}
    with pytest.raises(ArgumentError) as refusal:
        compute_sum(cube, 2, **arguments)
    assert refusal.value.name == name
    assert "\n" not in str(refusal.value)


def test_a_worker_of_another_version_is_refused(client, monkeypatch):
    monkeypatch.setattr(crew, "__version__", "0.0")
    with pytest.raises(ArgumentError, match="this version"):
        compute_sum(cube, 2, symbols=M, cluster=client)


def test_without_dask_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(execution, "find_spec", lambda name: None)
    with pytest.raises(ArgumentError, match=r"pip install srtheory\[cluster\]"):
        compute_sum(cube, 2, symbols=M)


def test_our_own_process_is_not_killed(client):
    with pytest.raises(ArgumentError, match="kill"):
        compute_sum(cube, 2, symbols=M, cluster=client, kill=1)


# ------------------------------------------------------------------------------------- schemes that break promises

FICKLE = """
from dataclasses import dataclass, replace
import numpy as np
from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Turning(ByWorker):
    # Term j, then the next m/2 - 1; these are others, by one place, if {what} is odd.
    def sends(self, worker, key):
        yield [worker]
        yield [(worker + i) % self.symbols for i in range(1, self.symbols // 2)]

    def emit(self, key, budget):
        sent = super().emit(key, budget)
        turn = int({what}) % 2
        long = np.repeat(np.diff(sent.rows.indptr) > 1, np.diff(sent.rows.indptr))
        indices = (sent.rows.indices + np.int32(turn) * long.astype(np.int32)) % np.int32(self.symbols)
        return replace(sent, rows=replace(sent.rows, indices=indices))
"""


@pytest.fixture
def fickle(tmp_path, monkeypatch):
    """Writes a scheme whose long rows are shifted by whatever Python is given, modulo 2."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(what):
        (tmp_path / "fickle.py").write_text(FICKLE.format(what=what))
        return f"{tmp_path / 'fickle.py'}::Turning"

    return write


TWO = [0.0 if j in (0, M // 2) else float("inf") for j in range(M)]  # who sends the sum in two symbols each


def test_a_scheme_that_keeps_its_promises_gives_the_sum(client, fickle):
    done = compute_sum(cube, 2, symbols=M, scheme=fickle("0"), cluster=client, startup=TWO)
    assert done.value == sum(cube(i, 2) for i in range(M))


@pytest.mark.parametrize("what", ["budget.max() > 1000", "(budget > 0).sum()", "next(TURNS)"])
@pytest.mark.parametrize("decoder", ["span", "peeling"])
def test_a_scheme_that_changes_its_mind_is_refused(client, fickle, what, decoder):
    """Its values would be decoded as if they were other sums."""
    name = fickle(what)
    if "TURNS" in what:
        with open(name.partition("::")[0], "a") as file:
            file.write("\nfrom itertools import count\nTURNS = count()\n")
    with pytest.raises(ArgumentError, match="answers alike whenever it is asked") as refusal:
        compute_sum(cube, 2, symbols=M, scheme=name, cluster=client, startup=TWO, decoder=decoder)
    assert refusal.value.name == "scheme"


@pytest.mark.quality
def test_without_marks_a_fickle_scheme_gives_another_sum(client, fickle, monkeypatch):
    from srtheory.workers import master

    monkeypatch.setattr(master, "mark", lambda symbol: b"")
    monkeypatch.setattr(crew, "mark", lambda symbol: b"")
    done = compute_sum(cube, 2, symbols=M, scheme=fickle("budget.max() > 1000"), cluster=client, startup=TWO)
    assert done.value != sum(cube(i, 2) for i in range(M))


# --------------------------------------------------------------------------------------------- without a cluster


def test_a_degree_is_given_where_one_is_needed_and_none_is():
    sr, uncoded = named("sr"), named("uncoded")
    for columns, degree in ((1, 1), (2, 2), (3, 2), (12, 4), (1000, 11)):
        assert execution.with_degree(sr, columns, {"access": 3}) == {"access": 3, "degree": degree}
    assert execution.with_degree(sr, 12, {"degree": 5}) == {"degree": 5}
    assert execution.with_degree(uncoded, 12, {}) == {}


def test_faults_name_their_workers():
    assert str(execution.Fault(1.0, (3,), "gone")) == "worker 3: gone"
    assert str(execution.Fault(1.0, (3, 5), "gone")) == "workers 3, 5: gone"


@pytest.mark.parametrize("cluster", [execution.MOST_PROCESSES + 1, 0, np.int64(-1)])
def test_so_many_processes_are_not_started(cluster):
    assert execution.MOST_PROCESSES == 256
    with pytest.raises(ArgumentError, match="from 1 to 256"), execution.connect(cluster):
        pass


@pytest.mark.parametrize(
    ("name", "value"),
    [("workers", 10**4 + 1), ("symbols", 10**4 + 1), ("tau", -1e-9), ("timeout", -1.0), ("trial", -1), ("seed", 1.5)],
)
def test_what_is_out_of_range_is_refused_before_a_cluster_is_asked_for(name, value):
    arguments = {"symbols": 20_000, "workers": 3} | {name: value}
    if name == "symbols":  # each is a worker
        del arguments["workers"]
    with pytest.raises(ArgumentError) as refusal:
        compute_sum(cube, 2, cluster=0, **arguments)
    assert refusal.value.name == ("workers" if name == "symbols" else name)


@pytest.mark.parametrize(
    "accepted", [{"workers": 10**4}, {"tau": 0.0}, {"seed": 0}, {"trial": 0}, {"startup": [0.0] * 3}]
)
def test_what_is_at_a_limit_is_accepted(accepted):
    """Only then is a cluster asked for, which is none."""
    with pytest.raises(ArgumentError) as refusal:
        compute_sum(cube, 2, **({"symbols": 10**4, "workers": 3, "scheme": "uncoded", "cluster": 0} | accepted))
    assert refusal.value.name == "cluster"


def test_workers_go_around_the_threads_of_the_processes():
    job = SimpleNamespace(scheme=SimpleNamespace(workers=7))
    client = SimpleNamespace(nthreads=lambda: {"b": 1, "a": 2})
    assert execution._homes(client, job) == {"a": [0, 1, 3, 4, 6], "b": [2, 5]}


@pytest.mark.parametrize("seconds", [None, math.inf])
def test_no_limit_leaves_any_time(seconds):
    with limited(seconds) as limit:
        limit.check()
        assert limit.left() is None
    assert Limit(3.0, time.perf_counter() + 1e6).left() == pytest.approx(1e6, rel=0.1)
    over = Limit(2.5, time.perf_counter() - 1)
    assert over.left() == 0.0
    with pytest.raises(TimeIsOver, match=r"no more than 2\.5 seconds were given"):
        over.check()


# ------------------------------------------------------------------------------------ a run without Dask, by hand


def message(worker, index, value, fault=None):
    return crew.Message(worker, index, 0.25 * worker, 0.5 + index, value, None, fault)  # without a mark


def the_run(scheme, decoder, groups=None, homes=((0, 1, 2),), limit=math.inf, evaluated=None):
    """A master's run with crews that only have an inbox, and what it says of its progress; it has begun at 100."""
    crews = [execution._Crew(list(home), SimpleNamespace(status="finished")) for home in homes]
    inbox, said = SimpleQueue(), []
    its = SimpleNamespace(crews=crews, inbox=inbox, start=lambda: 100.0, stop=lambda: evaluated or {})
    job = crew.Job(cube, 2, scheme, 5, groups, [0.5] * scheme.workers, 0.0)
    ends = Limit(1.5, time.perf_counter() + limit)
    return execution._Run(Master(scheme, 5, decoder), job, its, ends, lambda *given: said.append(given)), inbox, said


def test_a_run_by_hand(monkeypatch):
    """Of three workers one fails and one process is lost; the terms come from the others, together at the end."""
    run, inbox, said = the_run(
        make("repetition", 4, degree=2), "partition", homes=((0, 1), (2,), (3,)), evaluated={1: 7, 3: 0}
    )
    orders = run.master.orders
    supports = [tuple(sorted(orders.symbol(j, 0)[0].tolist())) for j in range(4)]
    other = next(j for j in range(1, 4) if supports[j] != supports[0])
    values = {j: sum(10**c for c in supports[j]) for j in range(4)}
    news = [
        (101.0, 2, [], "its process is gone"),
        (101.5, 2, [], "its process is gone"),
        (102.0, 0, [message(1, 0, None, "it fails"), message(0, 0, values[0])], ""),
        (104.0, 1, [message(0, 0, 12345), message(other, 0, values[other]), message(3, 0, 1)], "ended"),
    ]
    for one in news:
        inbox.put(one)
    monkeypatch.setattr(time, "perf_counter", lambda: 110.0)
    done = run.execute(9)
    assert (done.value, done.error_bound, done.processes, done.key) == (1111, 0.0, 3, 5)
    assert [(a.worker, a.index, a.support, a.terms, a.began, a.finished, a.arrived) for a in done.arrivals] == [
        (0, 0, supports[0], 2, 0.0, 0.5, 2.0),
        (other, 0, supports[other], 2, 0.25 * other, 0.5, 4.0),
    ]
    assert done.faults == (execution.Fault(1.0, (3,), "its process is gone"), execution.Fault(2.0, (1,), "it fails"))
    assert (done.available, done.latency, done.decoding) == (10.0, 4.0, 6.0)
    assert done.startups.tolist() == [0.5] * 4
    assert said == [(1, 2, 4), (1, 2, 4), (2, 4, 4)]
    record = done.record
    assert (record.trial, record.stopping_time, record.coverage_time, record.latency) == (9, 2, 2, 4.0)
    assert (record.received_terms, record.systematic, record.complete_worker) == (4, 0, False)
    assert record.work == 2 + 2 + (5 if other == 1 else 7)  # worker 1 had evaluated 7 terms
    assert not run.crews.crews[1].ended  # what follows the deciding symbol is not read


def test_a_run_that_ends_without_the_sum():
    run, inbox, said = the_run(make("uncoded", 3), "peeling", [0, 2, 3, 7], homes=((0, 2), (1,)))
    inbox.put((101.0, 0, [message(0, 0, 1)], "ended"))
    inbox.put((103.0, 1, [], "ended"))
    run.begun = 100.0
    run._receive()
    run._look()  # the inbox is not empty
    assert [one.ended for one in run.crews.crews] == [True, False]
    run._receive()
    with pytest.raises(NotRecovered, match="no worker has more to send") as refusal:
        run._look()
    assert (refusal.value.missing, refusal.value.received, refusal.value.faults) == ((2, 3, 4, 5, 6), 1, ())
    assert said == [(1, 1, 3)]


def test_a_process_that_is_lost_is_seen_after_a_silence(monkeypatch):
    run, inbox, _ = the_run(make("uncoded", 3), "peeling", homes=((0,), (1, 2), (2,)))
    run.begun = 100.0
    first, second, third = run.crews.crews
    second.future.status = "cancelled"
    first.ended = True
    first.future.status = "lost"  # it had sent all
    with monkeypatch.context() as clock:
        clock.setattr(time, "perf_counter", lambda: 103.0)
        run._look()
        run._look()
    assert (first.lost, second.lost, third.lost) == (False, True, False)
    assert run.faults == [execution.Fault(3.0, (1, 2), "its process is lost (Dask: cancelled)")]
    third.lost = True
    with pytest.raises(NotRecovered, match="no worker has more to send; workers 1, 2: its process is lost"):
        run._receive()
    inbox.put((104.0, 2, [], "ended"))
    run._look()
    run.limit = Limit(1.5, time.perf_counter() - 1)
    for look in (run._look, run._receive):
        with pytest.raises(TimeIsOver, match=r"1\.5 seconds"):
            look()


def test_values_of_two_shapes_are_both_named():
    run, _, _ = the_run(make("uncoded", 3), "peeling")
    run._take(message(0, 0, crew.as_value(np.ones(2))), 1.0)
    run._take(message(1, 0, crew.as_value([5.0, 6.0])), 1.0)
    with pytest.raises(ArgumentError, match=r"one shape \(there are \(2,\) and \(2, 1\)\)"):
        run._take(message(2, 0, crew.as_value(np.ones((2, 1)))), 1.0)


# ------------------------------------------------------------------------------------------- a cluster that is none


class Dask:
    """A client that keeps what it is asked for."""

    def __init__(self, local=True):
        self.cluster = SimpleNamespace(workers={}) if local else None
        self.submitted, self.restarted = [], []

    def scatter(self, job, **options):
        assert options == {"broadcast": True, "hash": False}
        return "there"

    def submit(self, *given, **options):
        self.submitted.append((given, options))
        place = len(self.submitted) - 1
        again = SimpleNamespace(result=lambda: self.restarted.append(place))
        actor = SimpleNamespace(restart_no_more=lambda: again)
        return SimpleNamespace(result=lambda timeout: (actor, timeout), actor=actor)


@pytest.mark.parametrize(
    ("kill", "local", "ends"), [(0, True, []), (1, True, [2]), (2, True, [1, 2]), (3, True, [0, 1, 2]), (2, False, [])]
)
def test_the_last_processes_are_killed_and_not_restarted(monkeypatch, kill, local, ends):
    dask, moved, homes = Dask(local), [], {"a": [0, 3], "b": [1], "c": [2]}
    submit = dask.submit

    def submitted(*given, **options):
        future = submit(*given, **options)
        future.result = lambda timeout: future.actor if timeout == 2.5 else None
        return future

    dask.submit = submitted
    limit = SimpleNamespace(left=lambda: 2.5)
    crews = execution._moved(dask, SimpleNamespace(function=cube), homes, kill, moved, limit)
    assert [(given[1:]) for given, _ in dask.submitted] == [
        ("there", home, place >= 3 - kill) for place, home in enumerate(homes.values())
    ]
    assert [options for _, options in dask.submitted] == [
        {"actor": True, "pure": False, "workers": [address], "allow_other_workers": False} for address in "abc"
    ]
    assert [(one.workers, one.ended, one.lost) for one in crews] == [(home, False, False) for home in homes.values()]
    assert moved == ["there", *(one.future for one in crews)]
    assert dask.restarted == ends


def test_an_error_of_the_function_is_no_loss():
    def fails(error):
        def scatter(*_, **__):
            raise error

        limit = SimpleNamespace(left=lambda: None)
        job = SimpleNamespace(function=cube)
        return execution._moved(SimpleNamespace(cluster=None, scatter=scatter), job, {}, 0, [], limit)

    for lost in (ConnectionError("x"), CancelledError(), OSError("no number")):
        with pytest.raises(type(lost)):
            fails(lost)
    for error in (OSError(2, "with a number"), TypeError("x")):
        with pytest.raises(ArgumentError, match="can be moved to the workers"):
            fails(error)


def test_a_loss_before_the_start_is_told_with_its_place():
    here = SimpleNamespace(scheduler=SimpleNamespace(address="tcp://x"))
    for client, where in ((here, "tcp://x"), (SimpleNamespace(scheduler=None), "cluster")):
        told = pytest.raises(OSError, match=r"while workers were started there \(RuntimeError: gone\)")
        with told as lost, execution._told_if_lost(client, Limit(1.0, math.inf)):
            raise RuntimeError("gone")
        assert (lost.value.filename, lost.value.errno) == (where, errno.ECONNRESET)
    with pytest.raises(TimeIsOver), execution._told_if_lost(here, Limit(1.0, 0.0)):
        raise TimeoutError
    with pytest.raises(OSError, match="went away"), execution._told_if_lost(here, Limit(1.0, 0.0)):
        raise RuntimeError
    with pytest.raises(ArgumentError), execution._told_if_lost(here, Limit(1.0, math.inf)):
        raise ArgumentError("x", 1, "y")


def test_places_are_of_this_version_and_not_of_this_process():
    here = platform.node(), os.getpid()

    def check(kill, *places):
        execution._check_places([SimpleNamespace(result=lambda place=place: place) for place in places], kill)

    ours = execution.__version__
    check(0, (*here, ours))
    check(1, (here[0], here[1] + 1, ours), ("elsewhere", here[1], ours))
    with pytest.raises(ArgumentError, match="'kill' must be 0"):
        check(1, ("elsewhere", 1, ours), (*here, ours))
    with pytest.raises(ArgumentError, match=r"this version.*not 'srtheory 0\.1'"):
        check(0, (*here, ours), ("a", 1, "0.2"), ("b", 2, "0.1"))


def test_processes_are_as_many_as_processors_or_workers(monkeypatch):
    import joblib

    for processors, workers, processes in ((3, 5, 3), (5, 3, 3), (1000, 1000, 256), (1, 1, 1)):
        monkeypatch.setattr(joblib, "cpu_count", lambda processors=processors: processors)
        assert execution._processors(workers) == processes


def test_a_cluster_of_this_machine_is_asked_for_processes_of_one_thread(monkeypatch):
    asked, closed, waited = [], [], []

    class Cluster:
        def __init__(self, **given):
            asked.append(given)

        def close(self):
            closed.append(self)

    @contextmanager
    def connected(cluster, **given):
        asked.append(given)
        yield SimpleNamespace(wait_for_workers=waited.append, its=cluster)

    monkeypatch.setattr("distributed.LocalCluster", Cluster)
    monkeypatch.setattr("distributed.Client", connected)
    with execution.connect(3) as client:
        assert isinstance(client.its, Cluster)
        assert closed == []
    assert (closed, waited) == ([client.its], [3])
    assert asked == [
        {
            "n_workers": 3,
            "threads_per_worker": 1,
            "processes": True,
            "dashboard_address": "127.0.0.1:0",
            "silence_logs": 50,
        },
        {"set_as_default": False, "direct_to_workers": True},
    ]
    monkeypatch.setattr("joblib.cpu_count", lambda: 1000)
    for workers, processes in ((4, 4), (None, 256)):
        with execution.connect(**({} if workers is None else {"workers": workers})):
            assert asked[-2]["n_workers"] == processes


def test_terms_are_grouped_if_there_are_fewer_workers():
    assert execution._groups(make("uncoded", 12), 12) is None
    groups = execution._groups(make("uncoded", 12, workers=5), 12)
    assert (groups[0], groups[-1], len(groups)) == (0, 12, 6)
    assert set(np.diff(groups)) == {2, 3}
    assert groups == np.append(0, np.cumsum(make("uncoded", 12, workers=5).sizes())).tolist()


def test_delays_are_those_given():
    rng = np.random.default_rng(1)
    assert execution._delays(None, 3, rng).tolist() == [0.0, 0.0, 0.0]
    assert execution._delays([0, 2.5, math.inf], 3, rng).tolist() == [0.0, 2.5, math.inf]
    for wrong in ([0.0, 1.0], [0.0, 1.0, -1e-300], [0.0, 1.0, math.nan]):
        with pytest.raises(ArgumentError, match="a law, or 3 delays of at least 0, one for each worker"):
            execution._delays(wrong, 3, rng)


def test_executions_are_themselves_alone():
    given = (1, 0.0, None, 1.0, (), np.zeros(2), (), None, 5, 1)
    one, other = execution.Execution(*given), execution.Execution(*given)
    assert one != other
    assert len({one, other}) == 2


def test_without_a_seed_it_is_that_of_simulations():
    defaults = {name: its.default for name, its in signature(compute_sum).parameters.items()}
    assert defaults["seed"] == Lab().seed == 2022
    assert [defaults[name] for name in ("trial", "tau", "kill")] == [0, 0, 0]
