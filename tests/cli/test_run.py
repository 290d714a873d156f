"""srtheory run, on a Dask cluster within this process."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from importlib import import_module
from math import factorial
from types import SimpleNamespace

import numpy as np
import pytest

from srtheory.cli.run import WORKLOADS
from srtheory.errors import ArgumentError, shortened
from srtheory.schemes import named
from srtheory.workers import execution
from srtheory.workers.workloads import WORKLOAD_NAMES, workload
from tests.cli.test_own_code import mine  # noqa: F401  (a fixture)
from tests.workers.conftest import client, inside  # noqa: F401  (fixtures)

TAYLOR = ("run", "taylor", "--symbols", "9", "--degree", "3", "--seed", "1")

module = import_module("srtheory.cli.run")
pytestmark = pytest.mark.usefixtures("inside")


def test_the_names_are_the_workloads():
    assert WORKLOADS == WORKLOAD_NAMES


def test_a_sum_for_readers(run):
    done = run(*TAYLOR)
    assert done.status == 0
    first, value, bound, direct, *rest = done.stdout.splitlines()
    assert "9 terms" in first
    assert "9 workers in 3 processes" in first
    exact = sum(Fraction(3) ** i / factorial(i) for i in range(9))
    assert value.split() == ["value", str(exact)]
    assert bound == "error bound   0, the value is exact"
    assert direct.endswith(" equal within the error bound")
    assert [line.split()[0] for line in rest] == ["T", "received"]


def test_a_failure_is_a_fault_and_options_are_echoed(run, monkeypatch):
    compute = module._compute

    def with_a_fault(*given):
        return replace(compute(*given), faults=(execution.Fault(1.0, (3, 4), "its process is lost"),))

    monkeypatch.setattr(module, "_compute", with_a_fault)
    done = run("run", "taylor", "--symbols", "9", "--option", "degree=3")
    assert ", option" not in done.stdout
    assert ", degree 3, 9 workers" in done.stdout.splitlines()[0]
    assert done.stdout.splitlines()[-1] == "fault         workers 3, 4: its process is lost"


def test_a_sum_for_programs(run):
    done = run(*TAYLOR, "--scheme", "parts-cyclic", "--workers", "5", "--slow", "expon(scale=0.001)", "--json")
    assert done.status == 0
    found = json.loads(done.stdout)
    assert found["recovered"] is found["equals_direct_sum"] is True
    assert (found["scheme"], found["workers"], found["degree"], len(found["startups"])) == ("parts-cyclic", 5, 3, 5)
    assert found["record"]["stopping_time"] == len(found["arrivals"])
    assert found["available"] == pytest.approx(found["latency"] + found["decoding"])


@pytest.mark.usefixtures("svg_alone")
def test_a_picture(run, tmp_path):
    done = run(*TAYLOR, "--out", str(tmp_path / "new"))
    assert done.status == 0
    names = {f"figure_workers.{suffix}" for suffix in ("svg", "pdf", "png", "csv")}
    assert {path.name for path in (tmp_path / "new").iterdir()} == names
    assert all(name in done.stdout for name in names)


def test_a_sum_that_is_not_recovered(run):
    late = ("--slow", "expon(loc=1000)", "--timeout", "0.01")
    done = run(*TAYLOR, *late)
    assert (done.status, done.stdout) == (1, "")
    assert "with the terms 0, 1, 2, 3, 4, 5, 6, 7, 8" in done.stderr
    assert done.stderr.count("\n") == 1
    found = json.loads(run(*TAYLOR, *late, "--json").stdout)
    assert found["recovered"] is False
    assert found["missing"] == list(range(9))


def test_a_scheme_of_ones_own(run, mine):  # noqa: F811
    """By the fields' names a hard case for arguments; a degree that is needed is that of the house's schemes."""
    given = ("run", "taylor", "--symbols", "8", "--scheme", "mine.py::Same", "--json")
    found = json.loads(run(*given, "--option", "degree=4", "--option", "seed=true", "--option", "workers=8").stdout)
    assert found["equals_direct_sum"]
    assert (found["seed"], found["option.seed"], found["option.degree"], found["option.workers"]) == (2022, True, 4, 8)
    assert "degree" not in found
    assert len(found["source"]) == 64
    assert {len(arrival["support"]) for arrival in found["arrivals"]} <= {1, 4, 3}
    assert json.loads(run(*given, "--option", "workers=8").stdout)["degree"] == 4
    done = run(*given, "--degree", "4", "--option", "degree=4")
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "'option'" in done.stderr


def test_seeds_beyond_those_of_scikit_learn(run):
    assert json.loads(run(*TAYLOR, "--seed", str(2**128 - 1), "--json").stdout)["seed"] == 2**128 - 1


@pytest.mark.quality
def test_a_wrong_sum_is_told(run, monkeypatch):
    as_plain = execution.as_plain
    monkeypatch.setattr(execution, "as_plain", lambda value: (as_plain(value)[0] + 1, 0.0))
    assert "NOT equal" in run(*TAYLOR).stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        *((["--scheduler", "tcp://127.0.0.1:1"], "scheduler"), (["--engine", "dask"], "scheduler")),
        *(
            (["--kill", "1"], "kill"),
            (["--kill", "4"], "kill"),
            (["--tau", "-1"], "tau"),
            (["--timeout", "0"], "timeout"),
        ),
        *((["--slow", "none"], "startup"), (["--workers", "10"], "workers"), (["--degree", "0"], "degree")),
        *((["--decoder", "partition"], "decoder"), (["--decoder", "intervals"], "decoder")),
        *((["--scheme", "genie"], "degree"), (["--decoder", "hitting"], "decoder"), (["--sizes", "3"], "sizes")),
        *((["--processes", "0"], "processes"), (["--symbols", "0"], "symbols"), (["--seed", "-1"], "seed")),
        *((["--scheme", "none"], "scheme"), (["--option", "window=3"], "option"), (["--option", "degree"], "option")),
    ],
)
def test_bad_input(run, arguments, named):
    done = run(*TAYLOR, *arguments)
    assert (done.status, done.stdout) == (2, "")
    assert f"'{named}'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_empty_address_is_no_cluster_of_this_machine(run, monkeypatch):
    asked = []

    def connect(cluster, workers, seconds=None):
        asked.append(cluster)
        raise ArgumentError("scheduler", cluster, "an address")

    monkeypatch.setattr(execution, "connect", connect)
    assert run(*TAYLOR, "--engine", "dask", "--scheduler", "").status == 2
    assert asked == [""]


PRINTING = """
from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Printing(ByWorker):
    def sends(self, worker, key):
        print("a remark")
        yield [worker]
"""


def test_what_a_scheme_prints_is_no_data(run, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "printing.py").write_text(PRINTING)
    done = run("run", "taylor", "--symbols", "3", "--scheme", f"{tmp_path / 'printing.py'}::Printing", "--json")
    assert json.loads(done.stdout)["equals_direct_sum"]
    assert set(done.stderr.splitlines()) == {"a remark"}


@pytest.mark.parametrize("name", ["hitting", "nothing", " "])
def test_no_process_is_started_for_a_decoder_that_there_is_not(run, monkeypatch, name):
    monkeypatch.setattr("srtheory.workers.execution.connect", lambda *_: pytest.fail("processes are started"))
    assert "one that gets the sum: span, " in run(*TAYLOR, "--decoder", name).stderr


@pytest.mark.parametrize(("count", "more"), [(3, False), (4, True), (6, True)])
def test_three_values_and_three_faults_are_shown_and_how_many_more_there_are(count, more):
    work = SimpleNamespace(about="A sum")
    record = SimpleNamespace(stopping_time=5, received_terms=9, work=11)
    faults = tuple(execution.Fault(1.0, (i,), "gone") for i in range(count))
    scheme = SimpleNamespace(workers=7)
    done = SimpleNamespace(record=record, faults=faults, scheme=scheme, processes=2, latency=0.12567, available=0.23456)
    values = [1 / 3, "7" * 70, 2.0, 4.0, 5.0, 6.0][:count]
    result = {"value": values, "scheme": "sr", "error_bound": 1.23e-9, "equals_direct_sum": False, "option.x": 3}
    shown = f"0.333333, {shortened('7' * 70, 60)}, 2" + (f", … ({count} numbers)" if more else "")
    assert module._table(work, done, result | {"files": ["a.svg"]}).splitlines() == [
        "A sum; sr, x 3, 7 workers in 2 processes",
        f"value         {shown}",
        "error bound   1.2e-09",
        "direct sum    NOT equal within the error bound",
        "T             0.1257 s, with decoding 0.2346 s",
        "received      5 symbols of 9 terms, 11 terms evaluated",
        *(f"fault         worker {i}: gone" for i in range(3)),
        *[f"              and {count - 3} more"] * more,
        "picture       a.svg",
    ]


def test_the_bar_has_the_terms_covered_so_far(monkeypatch):
    """All of them at the end, however many come with a symbol."""
    seen = []

    class Bar:
        n = 0

        def __init__(self, **given):
            seen.append(given["total"])

        def __enter__(self):
            return self

        def __exit__(self, *_):
            seen.append(self.n)

        def update(self, more):
            self.n += more

    monkeypatch.setattr(module, "progress_bar", Bar)
    given = {"scheme": named("sr"), "tau": 0.0, "seed": 1, "kill": 0, "timeout": 60.0, "own": {}, "decoder": None}
    given |= {"startup": None, **dict.fromkeys(module.FLAGS)}
    for workers, total in ((None, 9), (4, 4)):
        module._compute(workload("taylor", 9, 1), None, given | {"workers": workers})
        assert seen[-2:] == [total, total]


def result_of(value, bound, scheme=None, **given):
    """The answer for programs from a run without workers."""
    work = SimpleNamespace(name="taylor", about="A sum", symbols=9, is_right=lambda *_: True)
    record = SimpleNamespace(stopping_time=5, argument=3.5)
    done = SimpleNamespace(
        value=value, error_bound=bound, scheme=scheme or SimpleNamespace(workers=7), processes=2, latency=0.5,
        available=0.75, decoding=0.25, record=record, startups=np.array([0.5, np.inf, np.nan]),
        arrivals=(SimpleNamespace(worker=1),), faults=(execution.Fault(1.0, (3,), "gone"),),
    )  # fmt: skip
    options = {"own": {}, "startup": None, "tau": 0.125, "seed": 4, "scheme": named("sr")}
    return module._result(work, done, options | dict.fromkeys(module.FLAGS) | given)


def test_the_answer_for_programs():
    assert result_of(np.array([[1.5, 2.5]]), np.array([[0.25, 0.5]]), startup="expon()") == {
        "workload": "taylor",
        "about": "A sum",
        "recovered": True,
        "scheme": "sr",
        "symbols": 9,
        "workers": 7,
        "processes": 2,
        "startup": "expon()",
        "tau": 0.125,
        "seed": 4,
        "value": [1.5, 2.5],
        "error_bound": 0.5,
        "equals_direct_sum": True,
        "latency": 0.5,
        "available": 0.75,
        "decoding": 0.25,
        "record": {"stopping_time": 5, "argument": "3.5"},
        "startups": [0.5, None, None],
        "arrivals": [{"worker": 1}],
        "faults": [{"time": 1.0, "workers": (3,), "what": "gone"}],
    }


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (Fraction(1, 3), ["1/3"]),
        (10**30, [str(10**30)]),
        (7, ["7"]),
        (0.5, [0.5]),
        (np.array([Fraction(1, 3), 2], dtype=object), ["1/3", "2"]),
    ],
)
def test_exact_values_are_texts(value, texts):
    assert result_of(value, 0.0)["value"] == texts


def test_a_degree_is_that_of_the_scheme_unless_it_was_given():
    inner = SimpleNamespace(workers=7, inner=SimpleNamespace(degree=5))
    plain = SimpleNamespace(workers=7, degree=3)
    assert result_of(1.5, 0.0, inner)["degree"] == 5
    assert result_of(1.5, 0.0, plain)["degree"] == 3
    assert "degree" not in result_of(1.5, 0.0, SimpleNamespace(workers=7, degree="many"))
    own = result_of(1.5, 0.0, plain, own={"degree": 3})
    assert ("degree" in own, own["option.degree"]) == (False, 3)
