"""Ids of tasks: equal for equal tasks, unlike for unlike ones, and pinned together with records."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass, fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from srtheory import compiled
from srtheory.delays import DelayModel, Empirical, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments import trial
from srtheory.experiments.records import concatenate, from_records
from srtheory.experiments.summary import column
from srtheory.experiments.trial import Task, run_trial, run_trials
from srtheory.schemes import make
from srtheory.schemes.baselines import BatchCouponCollector
from srtheory.schemes.grouped import Grouped
from srtheory.schemes.intervals import Arcs
from srtheory.schemes.luby_transform import LubyTransform
from srtheory.schemes.sum_recovery import SumRecovery
from tests.experiments.test_trial import SCHEMES

MODEL = DelayModel(parse_law("expon(scale=5)"), 0.1)
TASK = Task(SumRecovery(30, 3), MODEL, 7)


def test_the_id_is_the_digest_of_the_canonical_text():
    text = (
        '{"decoder":"span","results":RESULTS,"scheme":{"access":null,"degree":3,"family":"sum_recovery.SumRecovery",'
        '"replacement":false,"symbols":30},"seed":7,"startup":"expon(loc=0.0, scale=5.0)","tau":0.1}'
    ).replace("RESULTS", str(trial.RESULTS))
    assert json.loads(text) == TASK.canonical()
    assert hashlib.sha256(text.encode()).hexdigest() == TASK.id


def test_equal_tasks_have_equal_ids():
    assert Task(SumRecovery(30, 3), DelayModel(stats.expon(0, 5), 0.1), 7, "span").id == TASK.id
    assert (
        Task(SumRecovery(np.int64(30), 3), DelayModel(stats.expon(scale=5), np.float64(0.1)), np.uint8(7)).id == TASK.id
    )
    assert replace(TASK, scheme=LubyTransform(9, cap=2)).id == replace(TASK, scheme=LubyTransform(9, cap=2.0)).id
    assert (
        replace(TASK, delays=DelayModel(MODEL.startup, 1)).id == replace(TASK, delays=DelayModel(MODEL.startup, 1.0)).id
    )


UNLIKE = [
    TASK,
    replace(TASK, seed=8),
    replace(TASK, decoder="hitting"),
    replace(TASK, delays=DelayModel(MODEL.startup, np.nextafter(0.1, 1))),
    replace(TASK, delays=DelayModel(stats.expon(scale=5.000001), 0.1)),
    replace(TASK, delays=DelayModel(Empirical([1.0]), 0.1)),
    replace(TASK, delays=DelayModel(Empirical([2.0]), 0.1)),
    replace(TASK, scheme=SumRecovery(31, 3)),
    replace(TASK, scheme=SumRecovery(30, 4)),
    replace(TASK, scheme=SumRecovery(30, 3, access=9)),
    replace(TASK, scheme=SumRecovery(30, 3, replacement=True)),
    replace(TASK, scheme=Grouped(SumRecovery(30, 3), 30)),
    replace(TASK, scheme=Grouped(SumRecovery(30, 3), 60)),
    replace(TASK, scheme=BatchCouponCollector(30, 3), decoder="span"),
]


def test_unlike_tasks_have_unlike_ids(monkeypatch):
    ids = [task.id for task in UNLIKE]
    monkeypatch.setattr(trial, "RESULTS", trial.RESULTS + 1)
    ids += [replace(task).id for task in UNLIKE]
    assert len(set(ids)) == 2 * len(UNLIKE)
    assert all(len(id) == 64 and set(id) <= set("0123456789abcdef") for id in ids)


class _Secret:
    """A scheme that does not say what it depends on."""

    decoder = "span"


@dataclass(frozen=True)
class _Odd:
    weights: object
    decoder: str = "span"


@pytest.mark.parametrize("scheme", [_Secret(), _Odd([1, 2]), _Odd(float("nan")), _Odd(float("inf"))])
def test_a_scheme_that_has_no_canonical_form_is_refused(scheme):
    with pytest.raises(ArgumentError, match="dataclass"):
        _ = Task(scheme, MODEL, 1).id


# What is pinned: the id of a task and its record number 7.
PINNED = {
    "sr": (
        TASK,
        "28192b6a8878fc43d5ee0e91368e96dc3cb528b61f880503ca857b973fb093fb",
        (7, 1.7315257234165737, 34, 34, 10, 82, 94, 29, "kernel", 28, 29, 53, False, False),
    ),
    "lt": (
        Task(make("lt", 20, cap=3), DelayModel(parse_law("pareto(b=1)"), 0.25), 2**40),
        "ca8d5f76247880c0974bc90e81e0e1e3a41c9f262e3e42ee479e537304584be4",
        (7, 5.183452945977214, 35, 35, 0, 96, 120, 20, "peeling", 55, 0, 0, False, False),
    ),
    "bcc": (
        Task(make("bcc", 12, degree=3), MODEL, 0),
        "631766a84edfda82edf07cb1197bde22a8924cdb7351fa14acd89fcbd71ccc8c",
        (7, 7.263902608026879, 11, 11, 0, 33, 33, 4, "disjoint parts", 3, 0, 0, False, False),
    ),
    "repetition": (
        Task(make("repetition", 9, degree=2), DelayModel(parse_law("lognorm(s=1)"), 1), 3),
        "6d6493d3656ecfdaa45bf231ae442509df4bbbfaebb0520f3d02b4744be57af0",
        (7, 3.295089850938485, 5, 5, 1, 9, 11, 5, "disjoint parts", 4, 0, 0, False, False),
    ),
    "grouped": (
        Task(make("sr", 25, degree=2, workers=10), MODEL, 5),
        "0f7ba511b59977b8b8811a1f216c843a7bab4c5a2e6a925368c8becc429446bb",
        (7, 3.217424541363618, 12, 11, 4, 20, 54, 10, "kernel", 9, 10, 10, False, False),
    ),
    "hitting": (
        Task(make("sr-with-replacement", 40, degree=4), MODEL, 1, "hitting"),
        "41687342254af2136934683629ec49044e18466e47afbe5c5028968723d4bb7a",
        (7, 2.2237821730372955, 49, 49, 14, 154, 178, 14, "hitting-time law (conjecture)", *[None] * 3, False, False),
    ),
}


@pytest.mark.parametrize("name", PINNED)
def test_ids_and_records_are_those_of_this_results_version(name):
    task, id, values = PINNED[name]
    changed = "bump RESULTS in srtheory/experiments/trial.py, and pin anew: records on disk are not those of this code"
    assert (task.id, astuple(run_trial(task, 7))) == (id, values), changed


@pytest.mark.quality
def test_a_record_that_changes_unnoticed_is_noticed(monkeypatch):
    """One term more for every worker, as a slip in the delays would give."""
    monkeypatch.setattr(
        DelayModel, "sample", lambda self, n, rng: self.startup.rvs(size=n, random_state=rng) + self.tau
    )
    with pytest.raises(AssertionError, match="bump RESULTS"):
        test_ids_and_records_are_those_of_this_results_version("sr")


# ----------------------------------------------------------------------------------------------------- by column


def test_records_by_column_read_as_records():
    task = Task(BatchCouponCollector(6, 2), MODEL, 1)  # some of them never end
    rows = list(run_trials(task, range(60)))
    records = from_records(rows)
    assert {r.stopping_time is None for r in rows} == {True, False}
    assert list(records) == rows
    assert [records[i] for i in (0, 17, -1)] == [rows[0], rows[17], rows[-1]]
    assert list(records[20:40]) == rows[20:40]
    assert records == rows
    assert records != rows[:-1]
    assert len(records) == 60
    with pytest.raises(IndexError):
        records[60]
    for name in ("latency", "stopping_time", "coverage_time", "work", "rank"):
        assert column(records, name).tolist() == column(rows, name).tolist()
        assert column(records, name).dtype == np.float64
    assert concatenate([records[:7], records[7:7], records[7:]]) == rows
    assert list(concatenate([])) == []


def test_columns_have_the_types_of_their_fields():
    rows = list(run_trials(Task(BatchCouponCollector(6, 2), MODEL, 1), range(15)))
    records = from_records(rows)
    kinds = {name: values.dtype for name, values in records.columns.items()}
    assert {kinds[name] for name in ("trial", "systematic", "received_terms", "work", "rank")} == {np.dtype(np.int64)}
    assert {kinds[name] for name in ("latency", "stopping_time", "coverage_time", "solving")} == {np.dtype(np.float64)}
    assert {kinds["complete_worker"], kinds["all_systematic"]} == {np.dtype(bool)}
    assert kinds["argument"] == np.dtype(object)
    assert len({id(text) for text in records.columns["argument"]}) == len(set(records.columns["argument"]))
    never = [row.stopping_time is None for row in rows]
    assert np.isinf(records.columns["stopping_time"]).tolist() == never
    assert (records == 3, records == rows[::-1], records[5:5] == []) == (False, False, True)


# ------------------------------------------------------------------------------------------- numbers of other types

KINDS = [int, Fraction, Decimal, np.int64, np.float32]
TIMES = {"tau": 2.0**62, "message_cost": 3 * 2.0**60, "master_time": 2.0**61}
"""Exact in all kinds; as whole numbers, a few of them together are beyond 64 bits."""


@pytest.fixture(params=["interpreted", "compiled"])
def engine(request, monkeypatch):
    monkeypatch.setattr(compiled.SPENT, "seconds", 0.0 if request.param == "interpreted" else np.inf)
    monkeypatch.setattr(compiled, "PATIENCE", np.inf if request.param == "interpreted" else 0.0)


@pytest.mark.parametrize("paid", [("tau",), tuple(TIMES)])
@pytest.mark.parametrize("name", SCHEMES)
def test_times_of_any_type_of_number_give_the_records_of_floats(engine, name, paid):
    startup, scheme = parse_law("expon(scale=5e18)"), SCHEMES[name][0]
    floats = Task(scheme, DelayModel(startup, **{time: TIMES[time] for time in paid}), 3)
    expected = run_trial(floats, 0)
    for kind in KINDS:
        task = Task(scheme, DelayModel(startup, **{time: kind(TIMES[time]) for time in paid}), 3)
        assert (task.id, run_trial(task, 0)) == (floats.id, expected), kind


def _small(value):
    """The same number in the smallest of NumPy's types that holds it, which soon wraps or rounds."""
    if is_dataclass(value):
        return replace(value, **{f.name: _small(getattr(value, f.name)) for f in fields(value) if f.init})
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return np.float32(value) if isinstance(value, float) else np.min_scalar_type(value).type(value)


AT_SIZE = [
    *[SumRecovery(100, 7), Grouped(SumRecovery(100, 3), 200), BatchCouponCollector(100, 7), Arcs(100, 7, "random")],
    *[LubyTransform(100, cap=2.5, c=0.0625, delta=0.25), make("raptor", 100, epsilon=0.0625)],
    *[make("gradient-cyclic", 100, stragglers=5), make("repairable", 100, degree=7)],
    make("parts-cyclic", 100, degree=7),
]


@pytest.mark.parametrize("scheme", AT_SIZE, ids=lambda scheme: type(scheme).__name__)
def test_small_numbers_of_numpy_give_the_records_of_pythons(scheme):
    task, small = Task(scheme, MODEL, 7), Task(_small(scheme), MODEL, np.uint8(7))
    assert (small.id, run_trial(small, 0)) == (task.id, run_trial(task, 0))
    assert task.scheme is scheme


@pytest.mark.parametrize(
    ("law", "given"), [("pareto", (0.7,)), ("truncweibull_min", (3, 1, 2)), ("loguniform", (1, 2)), ("lognorm", (0.7,))]
)
def test_laws_of_small_numbers_draw_what_their_text_says(law, given):
    small = getattr(stats, law)(*[np.float32(x) if isinstance(x, float) else np.int8(x) for x in given])
    model = DelayModel(small, 0.1)
    same = DelayModel(getattr(stats, law)(*[float(np.float32(x)) for x in given]), 0.1)
    assert Task(SumRecovery(9, 2), model, 1).id == Task(SumRecovery(9, 2), same, 1).id
    drawn, expected = (one.sample(50, np.random.default_rng(1)) for one in (model, same))
    assert np.array_equal(drawn, expected)
