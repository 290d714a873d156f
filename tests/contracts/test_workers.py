"""What sums by real workers promise: exact, or within their bound, or refused, whatever a worker or own code does.

Functions tell by the name of their thread which worker evaluates them; what happens when is settled by events.
"""

from __future__ import annotations

import importlib
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from fractions import Fraction
from itertools import combinations, pairwise, product
from threading import Lock
from types import SimpleNamespace

import numpy as np
import pytest

from srtheory.decoders.sums import Rounded
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import trial_streams
from srtheory.reception import transmit
from srtheory.schemes import SCHEME_NAMES, make, named
from srtheory.span.engine import spans
from srtheory.timer import TimeIsOver, limited
from srtheory.workers import NotRecovered, compute_sum, crew, execution
from srtheory.workers.execution import Master
from tests.workers import conftest, functions
from tests.workers.functions import GATE, cube, halves, wave

client, fragile = conftest.client, conftest.fragile

M = 12
LATE, PATIENCE = 1e6, 60
"""Seconds that no test waits; and after which what hangs is given up."""
TOTAL = sum(cube(i, 2) for i in range(M))
SENDING = [name for name in SCHEME_NAMES if name != "genie"]


@pytest.fixture(autouse=True)
def fresh_gate():
    GATE.clear()
    yield
    GATE.set()  # whoever still hangs there


def sum_of(function, x, cluster, symbols=M, **given):
    return compute_sum(function, x, symbols=symbols, cluster=cluster, **given)


# --------------------------------------------------------------------------------------------- the sum and its record


@pytest.mark.share(3)
@pytest.mark.parametrize("delayed", [False, True])
@pytest.mark.parametrize("name", SENDING)
def test_every_scheme_gives_the_sum_and_its_record_counts_what_came(client, name, delayed):
    """The first moment: without the last symbol the sum is not there."""
    delays = {"startup": "expon(scale=0.005)", "tau": 0.0002, "seed": 5, "trial": 2} if delayed else {}
    if name == "bcc":  # who may miss a part for ever
        delays["seed"] = 3
    done = sum_of(cube, 2, client, scheme=name, **named(name).sized(3), **delays)
    assert (done.value, done.error_bound, done.faults) == (TOTAL, 0, ())
    came, record, met = done.arrivals, done.record, set()
    for k, arrival in enumerate(came, start=1):
        if len(met) < M:
            met |= set(arrival.support)
            covered = k
    assert (record.stopping_time, record.coverage_time) == (len(came), covered)
    assert record.latency == done.latency == came[-1].arrived <= done.available == record.latency + done.decoding
    assert record.received_terms == sum(len(arrival.support) for arrival in came) <= record.work
    assert record.systematic == sum(arrival.support == (arrival.worker,) for arrival in came)
    if name not in ("raptor", "gradient-cyclic"):  # whose weights are not all 1
        sent, first = {}, None  # the first row with which a worker has sent every term once; peeling may go on after it
        for k, arrival in enumerate(came, start=1):
            sent.setdefault(arrival.worker, []).extend(arrival.support)
            if first is None and sorted(sent[arrival.worker]) == list(range(M)):
                first = k
        assert record.complete_worker is (first == len(came))
        if done.scheme.decoder == "span":
            rows = np.array([[int(c in arrival.support) for c in range(M)] for arrival in came[:-1]]).reshape(-1, M)
            indptr = np.append(0, np.cumsum(rows.sum(axis=1)))
            assert not spans(indptr, np.nonzero(rows)[1].astype(np.int32), M).spans
    assert [a.arrived for a in came] == sorted(a.arrived for a in came)
    tau = delays.get("tau", 0)
    for j in {arrival.worker for arrival in came}:
        mine = sorted((a for a in came if a.worker == j), key=lambda a: a.index)
        assert [a.index for a in mine] == list(range(len(mine)))
        assert mine[0].began >= done.startups[j]
        assert all(a.finished <= b.began for a, b in pairwise(mine))
        assert all(a.began <= a.finished and a.finished - done.startups[j] >= tau * a.terms for a in mine)
    rng, key = trial_streams(delays.get("seed", 2022), delays.get("trial", 0))
    drawn = DelayModel(parse_law("expon(scale=0.005)"), 1.0).sample(done.scheme.workers, rng)
    assert done.startups.tolist() == (drawn if delayed else np.zeros(done.scheme.workers)).tolist()
    assert (record.trial, done.key) == (delays.get("trial", 0), key)


@pytest.mark.parametrize("name", SENDING)
def test_a_symbol_that_comes_twice_counts_once(name):
    scheme = make(name, M, **named(name).sized(3))
    once, twice = (Master(scheme, 5, scheme.decoder) for _ in range(2))
    for index, worker in product(range(3), range(scheme.workers)):
        if once.orders.symbol(worker, index) is not None:
            done = once.add(worker, index, 1)
            assert [twice.add(worker, index, value) for value in (1, 2)] == [done, done]
    assert (twice.order, twice.uncovered) == (once.order, once.uncovered)
    rows = twice.reception().rows
    assert repr(twice.value(rows)) == repr(once.value(rows))


@pytest.mark.parametrize(
    ("symbols", "workers", "processes"), [(1, None, 1), (2, None, 2), (M, 1, 1), (M, 5, 3), (M, None, 3)]
)
def test_any_numbers_of_terms_and_workers(client, symbols, workers, processes):
    done = sum_of(cube, 2, client, symbols, workers=workers)
    assert done.value == sum(cube(i, 2) for i in range(symbols))
    assert (done.scheme.workers, done.processes) == (workers or symbols, processes)
    assert done.record.work >= symbols


def largest_roundings():
    """Of gradient-cyclic, whichever ten of the twelve workers answer: the unit roundoff of all that is added up."""
    rows = transmit(make("gradient-cyclic", M, stragglers=2), np.zeros(M), 1.0, 0, np.inf).rows.dense()
    terms = np.abs([wave(i, 0.7) for i in range(M)])
    for answering in combinations(range(M), M - 2):
        heard = rows[list(answering)]
        coefficients = np.linalg.lstsq(heard.T, np.ones(M), rcond=None)[0]
        yield 2.0**-53 * (np.abs(coefficients) @ np.abs(heard) @ terms).max()


@pytest.mark.share(3)
@pytest.mark.parametrize("name", ["sr", "lt", "arcs", "parts-cyclic", "raptor", "gradient-cyclic"])
def test_floats_are_within_a_small_bound_and_fractions_and_long_integers_exact(client, name):
    """Whoever answers, which of gradient-cyclic decides how large coefficients are."""
    given = {"scheme": name} | named(name).sized(3)
    done = sum_of(wave, 0.7, client, **given)
    exact = [sum(Fraction(float(wave(i, 0.7)[k])) for i in range(M)) for k in range(2)]
    small = 2 * M * max(largest_roundings()) if name == "gradient-cyclic" else 1e-12  # at most 2 M roundings a term
    assert done.value.shape == done.error_bound.shape == (2,)
    for value, bound, right in zip(done.value.tolist(), done.error_bound.tolist(), exact, strict=True):
        assert abs(Fraction(value) - right) <= Fraction(bound)
        assert bound < small
    assert sum_of(halves, Fraction(1, 3), client, **given).value == sum(halves(i, Fraction(1, 3)) for i in range(M))
    done = sum_of(functions.long, 2, client, **given)
    assert done.value.tolist() == [M * 2**62, M * (M - 1) // 2]
    assert not done.error_bound.any()


def test_zero_may_be_a_whole_number_among_floats(client):
    done = sum_of(functions.mixed, 0.5, client, degree=3)
    assert done.value == pytest.approx(sum(functions.mixed(i, 0.5) for i in range(M)), abs=1e-12)


@pytest.mark.parametrize("forgets", [False, pytest.param(True, marks=pytest.mark.quality)])
def test_the_bound_has_the_workers_own_additions(client, monkeypatch, forgets):
    if forgets:
        monkeypatch.setattr(crew, "add", lambda a, b: Rounded(a.value + b.value, a.off + b.off))
    done = sum_of(functions.third, 1.0, client, scheme="one")
    off = abs(Fraction(done.value) - sum(Fraction(functions.third(i, 1.0)) for i in range(M)))
    assert off > 0
    assert (off <= Fraction(done.error_bound)) is not forgets


# ------------------------------------------------------------------------------------------ whatever workers do

ONE_LESS = [0.0 if j == 3 else 0.05 for j in range(M)]
"""Worker 3 comes first, if it comes at all."""
SURVIVED = {
    "hangs": ("hangs_at_3", {}, 3, None),
    "raises": ("fails_at_3", {"startup": ONE_LESS}, 3, "ZeroDivisionError"),
    "sends nan": ("nan_at_3", {"startup": ONE_LESS}, 3, "not finite"),
    "never starts": ("hangs_at_3", {"startup": [np.inf if j == 3 else 0.0 for j in range(M)]}, 3, None),
}


@pytest.mark.parametrize("what", SURVIVED)
def test_one_worker_is_survived(client, what):
    function, given, gone, says = SURVIVED[what]
    done = sum_of(getattr(functions, function), 2.0 if says else 2, client, degree=3, **given)
    assert done.value == pytest.approx(TOTAL) if says else done.value == TOTAL
    assert gone not in {arrival.worker for arrival in done.arrivals}
    assert {fault.workers for fault in done.faults} <= ({(gone,)} if says else set())
    assert all(says in str(fault) and str(fault).startswith("worker 3: ") for fault in done.faults)


LOST = [
    *((f"raises {kind}", "raises", kind, {"symbols": 2}, (0, 1), f"worker .: {kind}") for kind in functions.RAISED),
    ("a text", "texts", 1, {"symbols": 3}, (0, 1, 2), "a term must be"),
    ("a complex number", "complexes", 1, {"symbols": 3}, (0, 1, 2), "a term must be"),
    (
        "nan for all",
        "nan_for_7",
        2.0,
        {"degree": 1, "scheme": "sr"},
        (7,),
        r"terms 7 \(no worker has more to send; worker",
    ),
    ("one without a code", "fails_at_3", 2, {}, (3,), r"with the terms 3 .*worker 3: ZeroDivisionError"),
    ("one of four", "fails_at_3", 2, {"workers": 4}, (9, 10, 11), "worker 3"),
    ("beyond floats", "huge", 1, {"symbols": 3, "scheme": "one"}, (0, 1, 2), "beyond the range of floats of 64 bits"),
    ("silence of one", "cube", 2, {"startup": [0.0] * (M - 1) + [np.inf]}, (M - 1,), "no worker has more to send"),
    ("silence of all", "cube", 2, {"startup": [np.inf] * M}, tuple(range(M)), "no worker has more to send"),
    ("no time", "cube", 2, {"startup": [LATE] * M, "timeout": 0.01}, tuple(range(M)), r"no more than 0\.01 seconds"),
    *(
        (f"{t} s", "cube", 2, {"timeout": t}, tuple(range(M)), f"no more than {t:g} seconds were given")
        for t in (1e-9, 1e-6)
    ),
]


@pytest.mark.parametrize(
    ("function", "x", "given", "missing", "says"), [row[1:] for row in LOST], ids=[r[0] for r in LOST]
)
def test_what_is_missing_is_named_in_a_line(client, function, x, given, missing, says):
    asked = {"symbols": M, "scheme": "uncoded", "timeout": PATIENCE} | given
    with pytest.raises(NotRecovered, match=says) as refusal:
        compute_sum(getattr(functions, function), x, cluster=client, **asked)
    assert refusal.value.missing == missing
    assert "\n" not in str(refusal.value)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.parametrize(
    ("function", "says"), [("huge", "range of floats of 64 bits"), ("growing", r"one shape \(there are \(.*\) and \(")]
)
def test_values_that_have_no_sum_are_refused(client, function, says):
    with pytest.raises(ArgumentError, match=says) as refusal:
        sum_of(getattr(functions, function), 1, client, scheme="uncoded")
    assert refusal.value.name == "function"
    assert sum_of(functions.huge, Fraction(1), client, 3, scheme="one").value == 3 * 10**308


THREE = {"degree": 3, "startup": [0.0] * 3 + [np.inf] * (M - 3)}
"""One worker in each process goes on to the end, unless it dies."""


@pytest.mark.parametrize("dying", [1, 3])
def test_processes_that_die_are_survived_or_named(fragile, dying):
    def watch(received, covered, columns):
        if not GATE.is_set():
            for worker in list(fragile.cluster.workers.values())[:dying]:
                fragile.cluster.sync(worker.close)
            GATE.set()

    if dying == 1:
        assert sum_of(functions.waits, 2, fragile, progress=watch, **THREE).value == TOTAL
        return
    with pytest.raises(NotRecovered, match="its process is lost") as refusal:
        sum_of(functions.waits, 2, fragile, progress=watch, **THREE)
    assert refusal.value.missing
    assert len(refusal.value.faults) == 3
    with pytest.raises(ArgumentError, match="one that has workers"):
        sum_of(cube, 2, fragile)


# ------------------------------------------------------------------------------------------------ time that is over


def test_the_time_of_other_threads_is_looked_at(client):
    """They have no alarm."""
    with ThreadPoolExecutor(1) as beside, pytest.raises(NotRecovered, match=r"no more than 0\.01 seconds"):
        beside.submit(sum_of, cube, 2, client, startup=[LATE] * M, timeout=0.01).result()


def test_processes_that_are_being_started_when_time_is_over_are_ended(client, monkeypatch):
    sum_of(cube, 2, client)  # compiled code is there
    begun, closed = [], []

    class Slow:
        def __init__(self, **given):
            begun.append(self)
            time.sleep(0.5)

        def close(self):
            closed.append(self)

    monkeypatch.setattr("distributed.LocalCluster", Slow)
    with pytest.raises(NotRecovered, match=r"no more than 0\.2 seconds"):
        sum_of(cube, 2, 1, timeout=0.2)
    assert closed == begun


def test_time_that_is_over_leaves_no_module_half_imported(tmp_path, monkeypatch):
    """And what interrupted code makes of it does not matter: a condition that is waited for complains of its lock."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "takes_long.py").write_text("import time\ntime.sleep(0.3)\ndone = True\n")

    def imports_and_waits():
        importlib.import_module("takes_long")
        time.sleep(PATIENCE)

    def complains_when_interrupted():
        with closing(SimpleNamespace(close=Lock().release)):
            time.sleep(PATIENCE)

    with pytest.raises(TimeIsOver), limited(0.1):
        imports_and_waits()
    assert sys.modules["takes_long"].done
    with pytest.raises(TimeIsOver, match=r"0\.01 seconds"), limited(0.01):
        complains_when_interrupted()
    with pytest.raises(RuntimeError, match="unlocked"), limited(PATIENCE):
        Lock().release()


# --------------------------------------------------------------------------------------------- schemes of one's own

HEAD = """
import threading
from dataclasses import dataclass, replace
from itertools import count
import numpy as np
from srtheory.schemes.by_worker import ByWorker
TURNS = count()

class Exit(BaseException):
    pass

@dataclass(frozen=True)
class Mine(ByWorker):
"""
SLEEPY = """
    where: str
    def sends(self, worker, key):
        main = threading.current_thread() is threading.main_thread()
        if self.where == "everywhere" or (self.where == "main") == main and worker == 1:
            threading.Event().wait(5 if main else 0.5)
        yield [worker]
"""
RAISING = """
    rateless = True
    def sends(self, worker, key):
        name = threading.current_thread().name
        for n in count():
            if {where}:
                raise {what}
            yield [worker]
"""
FICKLE = """
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
def mine(tmp_path, monkeypatch):
    """The name of a scheme of this text."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(text, **given):
        (tmp_path / "mine.py").write_text(HEAD + (text.format(**given) if given else text))
        return f"{tmp_path / 'mine.py'}::Mine"

    return write


@pytest.mark.parametrize("where", ["everywhere", "main", "workers", "import"])
def test_time_may_be_over_before_the_start(client, mine, where):
    """When the file is imported, in planning, in the rehearsal, and while workers ask what they are to send."""
    scheme = mine(SLEEPY + "threading.Event().wait(1)\n" * (where == "import"))
    with pytest.raises(NotRecovered, match=r"no more than 0\.3 seconds") as refusal:
        sum_of(cube, 2, client, 3, timeout=0.3, scheme=scheme, own={"where": where})
    assert refusal.value.missing == (0, 1, 2)


@pytest.mark.parametrize("what", ["KeyboardInterrupt", "GeneratorExit", "SystemExit", "Exit", "ZeroDivisionError"])
def test_whatever_a_scheme_raises_is_told(client, mine, what):
    """Before the start, and when it is asked for more than all asked for before the start."""
    given = {"symbols": 3, "cluster": client, "timeout": PATIENCE}
    name = mine(RAISING, what=what, where="name.startswith('worker') and n > 20")
    with pytest.raises(NotRecovered, match="no worker has more to send") as refusal:
        compute_sum(cube, 2, scheme=name, startup=[0, 0, np.inf], **given)
    assert refusal.value.missing == (2,)
    assert len(refusal.value.faults) == 2
    assert all(what in fault for fault in refusal.value.faults)
    name = mine(RAISING, what=what, where="name.startswith('Dask') or '-Dask-' in name")
    with pytest.raises(ArgumentError, match=what) as blamed:
        compute_sum(cube, 2, scheme=name, **given)
    assert blamed.value.name == "scheme"


TWO = [0.0 if j in (0, M // 2) else np.inf for j in range(M)]  # who sends the sum in two symbols each


@pytest.mark.parametrize("what", ["0", "budget.max() > 1000", "(budget > 0).sum()", "next(TURNS)"])
@pytest.mark.parametrize("decoder", ["span", "peeling"])
def test_a_scheme_that_changes_its_mind_is_refused(client, mine, what, decoder):
    """Its values would be decoded as if they were other sums."""
    given = {"scheme": mine(FICKLE, what=what), "startup": TWO, "decoder": decoder}
    if what == "0":
        assert sum_of(cube, 2, client, **given | {"decoder": "span"}).value == TOTAL
        return
    with pytest.raises(ArgumentError, match="answers alike whenever it is asked") as refusal:
        sum_of(cube, 2, client, **given)
    assert refusal.value.name == "scheme"


# ------------------------------------------------------------------------------------------------ planted mistakes


@pytest.mark.quality
@pytest.mark.parametrize("early", [True, False])
def test_a_master_that_stops_at_another_row_is_seen(client, monkeypatch, early):
    add = Master.add

    def wrong(self, *message):
        right = add(self, *message)
        self.done = right or len(self.order) == 3 if early else right and len(self.order) >= 4 * M
        return self.done

    monkeypatch.setattr(Master, "add", wrong)
    with pytest.raises(ArithmeticError, match="decoder" if early else "stops after 48 rows"):
        sum_of(cube, 2, client, scheme="uncoded" if early else "terms-cyclic")


# -------------------------------------------------------------------------------------------------------- arguments


BAD = (
    *((name, {name: value}) for name in ("symbols", "workers", "timeout") for value in (0, -1, 1.5j)),
    *((name, {name: value}) for name in ("tau", "seed", "trial") for value in (-1, "x")),
    *(("workers", {"workers": M + 1}), ("workers", {"symbols": 10**4 + 1}), ("cluster", {"cluster": 0})),
    *(("cluster", {"cluster": n}) for n in (execution.MOST_PROCESSES + 1, np.int64(-1), object())),
    *(("startup", {"startup": bad}) for bad in ([1.0], [-1.0] * M, [np.nan] * M, ["x"] * M)),
    *(("scheme", {"scheme": "none"}), ("scheme", {"scheme": "genie"}), ("degree", {"degree": 0})),
    ("phase", {"phase": 1}),
    *(("decoder", {"decoder": bad}) for bad in ("", "coverage", "hitting", "partition", "intervals", "none")),
    *(("kill", {"kill": n}) for n in (1, 4, -1)),  # not our own process, nor more than there are
    *(("function", {"function": 1}), ("progress", {"progress": 1}), ("own", {"own": 1})),
)


def test_bad_input_is_one_line_and_what_is_at_a_limit_is_accepted(client):
    """Only then is a cluster asked for, which is none."""
    for name, given in BAD:
        arguments = {"function": cube, "x": 2, "symbols": M, "cluster": client} | given
        with pytest.raises(ArgumentError) as refusal:
            compute_sum(arguments.pop("function"), arguments.pop("x"), **arguments)
        assert (refusal.value.name, "\n" in str(refusal.value)) == (name, False), given
    for given in ({"workers": 10**4}, {"tau": 0.0}, {"seed": 0}, {"trial": 0}, {"startup": [0.0] * 3}):
        with pytest.raises(ArgumentError) as refusal:
            compute_sum(cube, 2, **({"symbols": 10**4, "workers": 3, "scheme": "uncoded", "cluster": 0} | given))
        assert refusal.value.name == "cluster"


def test_a_worker_of_another_version_is_refused_and_without_dask_it_is_asked_for(client, monkeypatch):
    monkeypatch.setattr(crew, "__version__", "0.0")
    with pytest.raises(ArgumentError, match="this version"):
        sum_of(cube, 2, client)
    monkeypatch.setattr(execution, "find_spec", lambda name: None)
    with pytest.raises(ArgumentError, match=r"pip install srtheory\[cluster\]"):
        sum_of(cube, 2, None)
