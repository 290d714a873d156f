"""One trial against a slow trial: the reference's rows, merged by hand, decoded by definition, counted one by one."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass, replace
from functools import cache, partial
from itertools import product

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from threadpoolctl import threadpool_info, threadpool_limits

from srtheory.delays import DelayModel, Empirical
from srtheory.errors import ArgumentError
from srtheory.experiments import trial
from srtheory.experiments.trial import Record, Task, run_trial, run_trials, trial_streams
from srtheory.reception import handled
from srtheory.rows import PrecodedRows
from srtheory.schemes import SCHEME_NAMES, make, named
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.baselines import BatchCouponCollector, Repetition, Uncoded
from srtheory.schemes.luby_transform import LubyTransform
from srtheory.schemes.streaming import CyclicTerms, Genie, PartsCyclic, PartsStream
from srtheory.schemes.sum_recovery import SumRecovery
from tests import reference
from tests.reference import naive_peeling, peeled
from tests.schemes.references import REFERENCES


def as_emitted(scheme, key, worker):
    """Rows of one worker as the scheme itself sends them: what the reference does not draw again."""
    sent, budget = 0, np.zeros(scheme.workers, np.int64)
    for power in range(62):
        budget[worker] = 2**power if scheme.rateless else UNLIMITED
        symbols = scheme.emit(key, budget)
        rows = symbols.rows.mappings()
        yield from rows[sent:] if symbols.rows.values is not None else map(list, rows[sent:])
        sent = len(rows)
        if symbols.ended[worker]:
            return


def others():
    """The schemes by name that are not above; without the genie, whose rows are settled on arrival, and pre-codes."""
    for name in SCHEME_NAMES:
        scheme = make(name, 5, **named(name).sized(2))
        precoded = isinstance(scheme.emit(0, np.zeros(scheme.workers, np.int64)).rows, PrecodedRows)
        if name not in REFERENCES and not hasattr(scheme, "arrange") and not precoded:
            yield name, (scheme, partial(as_emitted, scheme), None)


SCHEMES = REFERENCES | dict(others())
LAWS = {
    "exponential": stats.expon(scale=5),
    "heavy": stats.pareto(0.7),
    "none": Empirical([0.7]),
    "ties": Empirical([0.0, 0.0, 0.3, 0.7, 1.1, 5.0]),
    "tenths": Empirical([x / 10 for x in range(70)]),
}

# --------------------------------------------------------------------------------------------------- a slow trial


def dense(m, sets):
    """Rows are lists of columns, or weights by column."""
    return [[s.get(c, 0) if isinstance(s, dict) else int(c in s) for c in range(m)] for s in sets]


def rank(m, sets):
    return fmpz_mat(dense(m, sets)).rank() if sets else 0


def spans(m, sets):
    return rank(m, sets) == fmpz_mat([*dense(m, sets), [1] * m]).rank()


def first(sets, holds):
    return next((k for k in range(len(sets) + 1) if holds(sets[:k])), None)


def covers(m, sets):
    return set().union(*sets) == set(range(m))


STOPS = {
    "span": lambda m, sets: first(sets, lambda s: spans(m, s)),
    "peeling": lambda m, sets: naive_peeling(sets, m),
    "partition": lambda m, sets: first(sets, lambda s: covers(m, s)),
    "intervals": lambda m, sets: first(sets, lambda s: spans(m, s)),
}


def shortcut(sets, k, holds):
    """Whether k is the first prefix with the property (an LT worker may be complete, send more and be so no longer)."""
    return k is not None and holds(sets[:k]) and first(sets, holds) == k


def evaluations(start, tau, until, most):
    """Terms done by a time, counted one by one."""
    n = 0
    while n < most and start + tau * (n + 1) <= until:
        n += 1
    return n


def work(rows_of_worker, sizes, start, delays, until):
    """Terms done by a time by a worker that pauses after every row: row by row, the last as far as it came."""
    done = 0
    for i, row in enumerate(rows_of_worker):
        begin = start + delays.tau * done + delays.message_cost * i
        terms = len(row) if sizes is None else sum(sizes[c] for c in row)
        in_time = evaluations(begin, delays.tau, until, terms)
        done += in_time
        if in_time < terms:
            break
    return done


def complete_worker(m, senders):
    def holds(sets):
        own = [[c for s, j in zip(sets, senders, strict=False) if j == w for c in s] for w in set(senders)]
        return any(sorted(flat) == list(range(m)) for flat in own)

    return holds


def slow_trial(name, task, trial, **queue):
    scheme, rows_of, sizes = SCHEMES[name]
    m, decode = scheme.symbols, STOPS[task.decoder or scheme.decoder]
    rng, key = trial_streams(task.seed, trial)
    x, tau = task.delays.sample(scheme.workers, rng), task.delays.tau
    until = 1.0 if scheme.rateless else float("inf")

    def sent(j):
        return rows_of(key, j) if x[j] < float("inf") else []

    while True:
        rows = reference.arrivals(sent, x, tau, until, sizes, task.delays.message_cost)
        sets, senders = [row for _, _, _, row, _ in rows], [j for _, j, _, _, _ in rows]
        k = decode(m, sets)
        if k is not None or not scheme.rateless or min(x) == float("inf"):
            break
        until *= 2
    record = slow_record(m, task, trial, (x, rows, sets, senders, k), decode is STOPS["peeling"], **queue)
    if not task.delays.message_cost:
        return record
    pauses = [work(sent(j), sizes, start, task.delays, record.latency) for j, start in enumerate(x)]
    return replace(record, work=sum(pauses))


UNCOUNTED = dict.fromkeys(("additions", "multiplications", "solving"))


def bare(record):
    """Without the argument, and without what decoding takes: tests/decoders/test_cost.py counts that."""
    return replace(record, argument="", **UNCOUNTED)


def queue(arrivals, each, begins=max):
    """When each message has been handled: all wait in line, and the master takes them one by one."""
    done, free = [], 0.0
    for arrival in arrivals:
        free = begins(arrival, free) + each
        done.append(free)
    return done


def slow_record(m, task, trial, run, peels, queue=queue):
    x, rows, sets, senders, k = run
    received = sets if k is None else sets[:k]
    times = [row[0] for row in rows]
    handled = queue(times, task.delays.master_time) if task.delays.master_time else times
    latency = float("inf") if k is None else handled[k - 1]
    total = [max((t for _, i, _, _, t in rows if i == j), default=0) for j in range(len(x))]
    most = total if k is None else [10**9] * len(x) if task.scheme.rateless else total
    alone = lambda s: {row[0] for row in s if len(row) == 1} == set(range(m))  # noqa: E731
    return Record(
        trial=trial,
        latency=latency,
        stopping_time=k,
        coverage_time=first(sets, lambda s: covers(m, s)),
        systematic=sum(row == [j] for row, j in zip(received, senders, strict=False)),
        received_terms=sum(map(len, received)),
        work=sum(evaluations(start, task.delays.tau, latency, most[j]) for j, start in enumerate(x)),
        rank=len(peeled(received)) if peels else rank(m, received),
        argument="",
        **UNCOUNTED,
        complete_worker=shortcut(sets, k, complete_worker(m, senders)),
        all_systematic=shortcut(sets, k, alone),
    )


@cache
def delays_of(law, *given):
    return DelayModel(LAWS[law], *given)


def task_of(name, law, tau, seed, decoder=None, cost=0.0, master=0.0, silent=0.0):
    return Task(SCHEMES[name][0], delays_of(law, tau, cost, master, silent), seed, decoder)


def check_trial(name, task, trial, record):
    assert bare(record) == slow_trial(name, task, trial)
    assert record.argument


@pytest.mark.parametrize("name", SCHEMES)
@given(seed=st.integers(0, 2**70), trial=st.integers(0, 2**31), tau=st.sampled_from([0.003, 0.1, 1.0]))
@settings(max_examples=3)
def test_records_are_those_of_a_slow_trial(name, seed, trial, tau):
    for law in LAWS:
        task = task_of(name, law, tau, seed)
        check_trial(name, task, trial, run_trial(task, trial))


@pytest.mark.parametrize(
    ("name", "decoder"), [("lt", "span"), ("lt-capped", "span"), ("sr", "peeling"), ("repetition", "span")]
)
@given(seed=st.integers(0, 2**64))
@settings(max_examples=40)
def test_records_by_another_decoder_are_too(name, decoder, seed):
    task = task_of(name, "exponential", 0.1, seed, decoder)
    check_trial(name, task, 0, run_trial(task, 0))


@pytest.mark.parametrize("name", SCHEMES)
@given(seed=st.integers(0, 2**70), tau=st.sampled_from([0.003, 0.1]), cost=st.sampled_from([1e-9, 0.1, 0.7, 30.0]))
@settings(max_examples=3)
def test_records_with_a_cost_per_message_are_those_of_a_slow_trial(name, seed, tau, cost):
    for law in LAWS:
        task = task_of(name, law, tau, seed, cost=cost)
        check_trial(name, task, 0, run_trial(task, 0))


@pytest.mark.parametrize("name", SCHEMES)
@given(
    seed=st.integers(0, 2**70),
    tau=st.sampled_from([0.003, 0.1]),
    cost=st.sampled_from([0.0, 0.1]),
    master=st.sampled_from([1e-9, 0.01, 0.3, 5.0]),
)
@settings(max_examples=3)
def test_records_with_a_master_that_takes_its_time_are_those_of_a_slow_trial(name, seed, tau, cost, master):
    """A queue by hand, exact to the bit."""
    for law in LAWS:
        task = task_of(name, law, tau, seed, cost=cost, master=master)
        check_trial(name, task, 0, run_trial(task, 0))


@pytest.mark.parametrize("name", SCHEMES)
@given(
    seed=st.integers(0, 2**70),
    tau=st.sampled_from([0.003, 0.1]),
    cost=st.sampled_from([0.0, 0.1]),
    master=st.sampled_from([0.0, 0.3]),
    silent=st.sampled_from([0.1, 0.5, 0.9]),
)
@settings(max_examples=5)
def test_records_of_workers_that_may_never_answer_are_those_of_a_slow_trial(name, seed, tau, cost, master, silent):
    for law in ("exponential", "ties"):
        task = task_of(name, law, tau, seed, cost=cost, master=master, silent=silent)
        check_trial(name, task, 0, run_trial(task, 0))


def no_queue(arrivals, each):
    """Wrong: as if the master handled all at once."""
    return [arrival + each for arrival in arrivals]


def one_charge(arrivals, each):
    """Wrong: only the first message takes time."""
    return [max(arrival, arrivals[0] + each) for arrival in arrivals]


def last_come(arrivals, each):
    """Wrong: it begins when all have arrived."""
    return [arrivals[k] + each * (k + 1) for k in range(len(arrivals))]


@pytest.mark.quality
@pytest.mark.parametrize("wrong", [no_queue, one_charge, last_come])
def test_a_queue_that_is_none_would_be_seen(wrong):
    task = task_of("sr", "exponential", 0.1, 6, master=0.3)
    records = list(run_trials(task, range(20)))
    assert all(bare(r) == slow_trial("sr", task, r.trial) for r in records)
    assert any(bare(r) != slow_trial("sr", task, r.trial, queue=wrong) for r in records)


FIELDS = ["latency", "stopping_time", "coverage_time", "systematic", "received_terms", "work", "rank"]


@pytest.mark.quality
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("cost", [0.0, 0.3])
def test_each_number_of_a_record_is_looked_at(field, cost):
    task = task_of("sr", "exponential", 0.1, 6, cost=cost)
    record = run_trial(task, 0)
    check_trial("sr", task, 0, record)
    with pytest.raises(AssertionError):
        check_trial("sr", task, 0, replace(record, **{field: getattr(record, field) + 1}))


@pytest.mark.parametrize(("start", "tau"), [(0.7, 0.1), (0.3, 0.1), (1.1, 0.003)])
@pytest.mark.parametrize("name", ["sr-2", "lt", "lt-capped", "repairable", "repetition"])
def test_workers_in_step_have_all_done_the_same(name, start, tau):
    """All are in the midst of something at T = 0.7 + 3 * 0.1, and (T - 0.7) / 0.1 may round to below 3."""
    task = Task(SCHEMES[name][0], DelayModel(Empirical([start]), tau), 3)
    for i in range(20 if tau == 0.1 else 8):  # with a small one, counting one by one takes its time
        check_trial(name, task, i, run_trial(task, i))


def test_workers_a_round_number_apart_have_done_what_they_had_time_for():
    """X = 0.9 and T = 6.4 + 13 * 0.1: the division says 68 terms, and the 68th is complete an ulp after T."""
    task = task_of("repetition of many terms", "tenths", 0.1, 3)
    for i in range(60):
        check_trial("repetition of many terms", task, i, run_trial(task, i))


def test_what_has_arrived_is_done_even_where_tau_drowns_in_the_rounding():
    record = run_trial(Task(LubyTransform(4, cap=2), DelayModel(Empirical([1e17]), 1.0), 3), 0)
    assert record.work >= record.received_terms > 4


# --------------------------------------------------------------------------------- what a trial is a function of


def test_a_trial_is_a_function_of_the_task_and_its_number():
    task = task_of("sr", "exponential", 0.1, 17)
    together = list(run_trials(task, range(12)))
    assert [r.trial for r in together] == list(range(12))
    assert list(run_trials(task, range(5, 9))) == together[5:9]
    backwards = [run_trial(task_of("sr", "exponential", 0.1, 17), i) for i in reversed(range(12))]
    assert backwards[::-1] == together
    assert len({r.latency for r in together}) == 12


PEELED = {"sr-sizes": {"sizes": "4"}, "lt": {}, "raptor": {}, "sr": {"degree": 3}}


@pytest.mark.parametrize("name", PEELED)
@pytest.mark.parametrize("costs", [{}, {"message_cost": 0.1, "master_time": 0.02, "silent": 0.1}])
def test_a_start_with_more_rows_changes_no_record(name, costs):
    assert changed_by_more_rows(name, costs) == []


def changed_by_more_rows(name, costs):
    """Trials whose records differ if trials of many more rows were run before."""
    delays = replace(DelayModel(stats.expon(scale=5), 0.1), **costs)
    task = Task(make(name, 40, **PEELED[name]), delays, 3, "peeling")
    assert [task.ahead.learn(rows) for rows in (50, 90, 1000)] == [None] * 3
    assert task.ahead.rows > 1000
    return [i for i in range(20) if run_trial(task, i) != run_trial(replace(task), i)]


@pytest.mark.quality
def test_a_record_of_all_that_was_received_is_seen(monkeypatch):
    found = trial.decode

    def counted(name, sent):
        stop, last = found(name, sent)
        return replace(stop, rank=len(sent.order)), last

    monkeypatch.setattr(trial, "decode", counted)
    assert changed_by_more_rows("sr-sizes", {}) != []


def test_trials_start_with_what_the_last_twenty_needed():
    ahead = trial.Ahead()
    assert ahead.rows == 0
    for rows in (900, *[100] * 19):
        ahead.learn(rows)
    assert ahead.rows == 960
    ahead.learn(64)
    assert ahead.rows == 120


def test_seeds_and_trials_do_not_run_into_each_other():
    latencies = [
        run_trial(task_of("uncoded", "exponential", 0.1, seed), i).latency for seed in range(30) for i in range(30)
    ]
    assert len(set(latencies)) == 900


def test_the_key_is_64_bits_and_apart_from_the_delays():
    keys = [trial_streams(5, i)[1] for i in range(200)]
    assert len(set(keys)) == 200
    assert max(keys) >= 2**63
    assert all(0 <= key < 2**64 for key in keys)


def test_start_up_delays_are_paired_across_schemes():
    """With one seed, every scheme of 5 workers sees the same delays: each latency is told from them alone."""
    x_of = lambda i: stats.expon(scale=5).rvs(size=5, random_state=trial_streams(9, i)[0])  # noqa: E731
    model = DelayModel(stats.expon(scale=5), 0.25)
    for i in range(20):
        x = x_of(i)
        assert run_trial(Task(Uncoded(5), model, 9), i).latency == x.max() + 0.25
        pairs = max(min(x[0], x[1]) + 0.5, min(x[2], x[3]) + 0.5, x[4] + 0.25)
        assert run_trial(Task(Repetition(5, 2), model, 9), i).latency == pairs
        assert run_trial(Task(BatchCouponCollector(5, 5), model, 9), i).latency == x.min() + 1.25
        assert run_trial(Task(SumRecovery(5, 1, access=1), model, 9), i).latency == x.max() + 0.25


def test_the_code_is_paired_too():
    """SR-k and SR-m share their permutations, so more access never hurts at d = 1 with one seed."""
    model = DelayModel(stats.expon(scale=5), 0.25)
    for i in range(30):
        latency = [run_trial(Task(SumRecovery(6, 1, access=k), model, 9), i).latency for k in (1, 3, 6)]
        assert latency == sorted(latency, reverse=True)


# ------------------------------------------------------------------------------------------------------ unrecovered


def test_a_part_that_nobody_sampled_never_arrives():
    model = DelayModel(stats.expon(), 0.1)
    records = [run_trial(Task(BatchCouponCollector(6, 2), model, 1), i) for i in range(300)]
    lost = [r for r in records if r.latency == float("inf")]
    assert 0.15 < len(lost) / 300 < 0.4  # 1 - 3! S(6, 3)/3^6 = 0.26
    for r in lost:
        assert (r.stopping_time, r.coverage_time) == (None, None)
        assert not r.complete_worker
        assert not r.all_systematic
        assert r.work == r.received_terms == 12
        assert r.rank < 3
    assert all(r.rank == 3 and r.coverage_time == r.stopping_time for r in records if r not in lost)


# ---------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("name", "arguments"), [("seed", {"seed": -1}), ("seed", {"seed": 1.5}), ("decoder", {"decoder": "viterbi"})]
)
def test_refusals_name_the_argument(name, arguments):
    with pytest.raises(ArgumentError) as refusal:
        Task(**({"scheme": Uncoded(3), "delays": DelayModel(stats.expon(), 1.0), "seed": 0} | arguments))
    assert refusal.value.name == name


def test_records_are_plain_values():
    values = astuple(run_trial(task_of("sr", "exponential", 0.1, 0), 0))
    assert all(isinstance(v, int | float | str) for v in values)
    assert json.loads(json.dumps(values)) == list(values)


@pytest.mark.parametrize(("decoder", "learns"), [("peeling", True), ("span", False)])
def test_only_what_any_longer_reception_gives_is_learned_from(decoder, learns):
    """The next trial starts with a little more rows than those before it have needed."""
    task = task_of("sr", "exponential", 0.1, 0, decoder)
    needed = [run_trial(task, trial).stopping_time for trial in range(3)]
    assert task.ahead.rows == (max(needed) + 2 * max(needed) ** 0.5 if learns else 0)


@dataclass(frozen=True)
class Shifted(Uncoded):
    """A scheme with one more number."""

    shift: float = 0.0


@pytest.mark.parametrize("shift", [-0.5, -2.75, 0.5, 1e-300, -1e300])
def test_a_number_of_a_scheme_stays_what_it_is_in_its_id(shift):
    def canonical(shift):
        return Task(Shifted(3, shift=shift), DelayModel(stats.expon(), 1.0), 0).canonical()["scheme"]["shift"]

    assert canonical(shift) == canonical(np.float64(shift)) == shift
    assert [type(canonical(x)) for x in (-2.0, 2.0, -0.0, -2.5)] == [int, int, int, float]


# ----------------------------------------------------------------------------------------------- a cost per message


def latencies(scheme, tau, cost):
    task = Task(scheme, DelayModel(LAWS["exponential"], tau, cost), 5)
    return [record.latency for record in run_trials(task, range(30))]


@pytest.mark.parametrize("scheme", [CyclicTerms(12), PartsStream(12, 4), PartsCyclic(12, 4), Repetition(12, 3)])
@pytest.mark.parametrize("cost", [0.25, 8.0])
def test_messages_of_equal_size_cost_as_much_as_slower_terms(scheme, cost):
    size = 1 if isinstance(scheme, CyclicTerms) else scheme.degree
    assert latencies(scheme, 0.125, cost) == pytest.approx(latencies(scheme, 0.125 + cost / size, 0.0), rel=1e-12)


@pytest.mark.quality
def test_messages_of_different_size_do_not():
    costly = latencies(SumRecovery(12, 4), 0.125, 1.0)
    assert costly != pytest.approx(latencies(SumRecovery(12, 4), 0.125 + 1 / 4, 0.0), rel=1e-2)


def test_a_task_without_cost_has_the_id_that_it_always_had():
    free, costly = (Task(SumRecovery(12, 4), DelayModel(stats.expon(), 0.1, cost), 1) for cost in (0, 0.5))
    assert "message_cost" not in free.canonical()
    assert free.id == Task(SumRecovery(12, 4), DelayModel(stats.expon(), 0.1), 1).id
    assert costly.canonical()["message_cost"] == 0.5
    assert costly.id != free.id


@pytest.mark.parametrize("cost", [-1.0, float("nan"), float("inf"), True, "1", None])
def test_costs_are_finite_numbers(cost):
    with pytest.raises(ArgumentError, match="'message_cost' must be a finite number of at least 0"):
        DelayModel(stats.expon(), 0.1, cost)


def test_the_genie_sends_nothing():
    with pytest.raises(ArgumentError, match="message_cost"):
        Task(Genie(5), DelayModel(stats.expon(), 0.1, 0.5), 1)


# ------------------------------------------------------------------------------------------------- the master's time


@pytest.mark.parametrize("each", [0.25, 2.0])
def test_the_master_is_done_when_the_longest_wait_is_over(each):
    """Messages i to k take (k - i + 1) sigma from the arrival of i on: T is the greatest of the sums, all dyadic."""
    arrivals = [0.0, 0.0, 0.5, 0.75, 4.0, 4.125]
    for k in range(1, 7):
        waits = [arrivals[i] + each * (k - i) for i in range(k)]
        assert handled(np.array(arrivals[:k]), each) == max(waits)


def test_rows_are_those_without_a_master():
    """Only the time changes, by at least sigma M', and what is evaluated by then."""
    free, busy = (
        list(run_trials(Task(SumRecovery(12, 4), DelayModel(LAWS["exponential"], 0.1, 0.0, each), 5), range(30)))
        for each in (0.0, 0.5)
    )
    for a, b in zip(free, busy, strict=True):
        assert replace(b, latency=a.latency, work=a.work) == a
        assert a.latency + 0.5 <= b.latency <= a.latency + 0.5 * b.stopping_time
        assert b.latency >= 0.5 * b.stopping_time
        assert b.work >= a.work


def test_a_task_without_a_master_has_the_id_that_it_always_had():
    free, busy = (Task(SumRecovery(12, 4), DelayModel(stats.expon(), 0.1, 0.0, each), 1) for each in (0, 0.5))
    assert "master_time" not in free.canonical()
    assert free.id == Task(SumRecovery(12, 4), DelayModel(stats.expon(), 0.1), 1).id
    assert (busy.canonical()["master_time"], busy.id != free.id) == (0.5, True)


@pytest.mark.parametrize("each", [-1.0, float("nan"), float("inf"), True, "1", None])
def test_master_times_are_finite_numbers(each):
    with pytest.raises(ArgumentError, match="'master_time' must be a finite number of at least 0"):
        DelayModel(stats.expon(), 0.1, 0.0, each)


def test_the_genie_has_no_master():
    with pytest.raises(ArgumentError, match="master_time"):
        Task(Genie(5), DelayModel(stats.expon(), 0.1, 0.0, 0.5), 1)


# --------------------------------------------------------------------------------------- workers that never answer


def test_those_who_answer_have_the_delays_that_they_would_have_had():
    whole, part = (DelayModel(LAWS["exponential"], 0.1, silent=eps) for eps in (0.0, 0.3))
    for i in range(20):
        x, y = (model.sample(200, trial_streams(9, i)[0]) for model in (whole, part))
        gone = np.isinf(y)
        assert (x[~gone] == y[~gone]).all()
        assert 20 < gone.sum() < 100


def test_who_is_gone_is_gone_at_every_higher_probability():
    """Trials of different epsilon are paired too."""
    gone = [np.isinf(DelayModel(stats.expon(), 0.1, silent=e).sample(500, trial_streams(9, 0)[0])) for e in (0.1, 0.3)]
    assert (gone[0] <= gone[1]).all()
    assert gone[0].sum() < gone[1].sum()


def test_a_task_whose_workers_answer_has_the_id_that_it_always_had():
    sure, unsure = (Task(SumRecovery(12, 4), DelayModel(stats.expon(), 0.1, silent=eps), 1) for eps in (0, 0.5))
    assert "silent" not in sure.canonical()
    assert sure.id == Task(SumRecovery(12, 4), DelayModel(stats.expon(), 0.1), 1).id
    assert (unsure.canonical()["silent"], unsure.id != sure.id) == (0.5, True)


@pytest.mark.parametrize("silent", [-0.1, 1.0, 2, float("nan"), True, "0.1", None])
def test_who_never_answers_is_told_by_a_probability(silent):
    with pytest.raises(ArgumentError, match="'silent' must be"):
        DelayModel(stats.expon(), 0.1, silent=silent)


def test_the_genie_too_loses_workers():
    records = list(run_trials(Task(Genie(3), DelayModel(stats.expon(), 0.1, silent=0.5), 1), range(200)))
    lost = sum(record.latency == float("inf") for record in records)
    assert 10 < lost < 45  # 200/8 = 25: nobody answers
    assert all(record.work == 0 for record in records if record.latency == float("inf"))


# -------------------------------------------------------------------------------------------- work of dear messages

RATELESS = {"lt": make("lt", 12), "sr-with-replacement": make("sr-with-replacement", 12, degree=3)}


def works_at(scheme, cost):
    """Terms that were evaluated in some runs at this cost of a message, in terms."""
    delays = DelayModel(stats.expon(scale=5), 1.0, message_cost=cost)
    return [record.work for record in run_trials(Task(scheme, delays, 1), range(10))]


@pytest.mark.parametrize("name", RATELESS)
def test_a_message_may_cost_as_much_as_millions_of_terms(name):
    """Workers wait nearly all the time, for however long."""
    few = works_at(RATELESS[name], 1e4)
    assert works_at(RATELESS[name], 1e7) == works_at(RATELESS[name], 1e9) == few


@pytest.mark.quality
def test_symbols_forgotten_while_they_are_sent_are_seen(monkeypatch):
    right, send = works_at(RATELESS["lt"], 10.0), trial.transmit
    monkeypatch.setattr(
        trial, "transmit", lambda *given: send(*given[:4], given[4] / trial.BEYOND - given[5], given[5])
    )
    assert works_at(RATELESS["lt"], 10.0) != right


@pytest.mark.parametrize("name", ["sr", "lt", "bcc", "parts-stream", "uncoded"])
def test_work_is_that_of_all_that_could_be_sent_without_pauses(name, monkeypatch):
    """Which has every symbol that was begun, and of each all that counts."""
    sized = {"degree": 2} if name in ("sr", "bcc", "parts-stream") else {}
    count, send, last = trial.evaluations_beside_messages, trial.transmit, []
    monkeypatch.setattr(trial, "transmit", lambda *given: last.append(given) or send(*given))

    def both(sent, number, startups, tau, cost, begun, latency):
        found = count(sent, number, startups, tau, cost, begun, latency)
        assert found == count(sent, number, startups, tau, cost, send(*last.pop()[:4], latency), latency)
        return found

    monkeypatch.setattr(trial, "evaluations_beside_messages", both)
    for tau, cost, law in (
        (0.125, 0.25, stats.randint(0, 3)),
        (0.1, 0.3, stats.randint(0, 2)),
        (0.1, 3.0, stats.expon()),
    ):
        run_trials(Task(make(name, 9, **sized), DelayModel(law, tau, message_cost=cost, silent=0.2), 1), range(6))


def test_a_symbol_that_is_complete_an_instant_after_the_end_counts_but_for_its_last_term():
    scheme, tau, cost, startups = make("bcc", 4, degree=4), 0.125, 8.0, np.zeros(4)
    sent = trial.transmit(scheme, startups, tau, 1, 100.0, cost)
    latency = float(sent.time[0])
    startups[1] = np.nextafter(latency, 100.0) - tau * 4
    assert latency < startups[1] + tau * 4 <= latency * trial.BEYOND
    sent = trial.transmit(scheme, startups, tau, 1, 100.0, cost)
    begun = trial.transmit(scheme, startups, tau, 1, (latency + cost) * trial.BEYOND, cost)
    work = trial.evaluations_beside_messages(sent, 0, startups, tau, cost, begun, latency)
    assert work == 4 + 3 + 4 + 4


def test_runs_without_a_sum_teach_nothing():
    """Check this for runs that have received rows."""
    seen = set()
    for i, silent in product(range(4), (0.2, 0.85)):
        task = Task(make("sr", 12, degree=3), DelayModel(stats.expon(), 0.1, silent=silent), 1, "peeling")
        record = run_trial(task, i)
        rows = record.stopping_time
        assert task.ahead.rows == (0 if rows is None else rows + 2 * rows**0.5)
        seen.add((rows is None, record.received_terms > 0))
    assert {(False, True), (True, True)} <= seen


def test_trials_have_one_thread_of_blas(monkeypatch):
    def threads():
        return {blas["num_threads"] for blas in threadpool_info() if blas["user_api"] == "blas"}

    monkeypatch.setattr(trial, "run_trial", lambda task, i: (i, threads()))
    with threadpool_limits(limits=2, user_api="blas"):
        assert run_trials(task_of("sr", "exponential", 0.1, 0), range(3, 5)) == [(3, {1}), (4, {1})]
        assert threads() == {2}


def test_what_is_received_is_enough_at_once_or_never():
    """Take the first prefix for which ``enough`` returns a number, be it 0."""
    task, asked = task_of("lt", "exponential", 0.1, 3), []

    def enough(reception):
        asked.append(len(reception))
        return None if len(asked) < 3 else 0

    reception, k = trial.received_until(task, 5, enough)
    assert (k, len(reception), len(asked)) == (0, asked[-1], 3)
    assert asked == sorted(asked)
    first = next(trial.receptions_of(task, 5))
    assert trial.received_until(task, 5, len)[0].time.tolist() == first.time.tolist()
    with pytest.raises(RuntimeError, match="no trial 4 of Uncoded"):
        trial.received_until(Task(Uncoded(3), DelayModel(stats.expon(), 1.0), 0), 4, lambda _: None)
