"""What decoding costs, on record in data/decoding: runs are done again, table and figures are those of the record."""

from __future__ import annotations

import csv
import math
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import StringIO
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from benchmarks import bench_decoding, measuring
from benchmarks.bench_decoding import WAYS, campaign, measured
from benchmarks.measuring import milliseconds, relative_error, task
from docs.quoted.decoding import DIFFERENCES, bends, difference, runs_of
from paper_checks import study
from paper_checks.figures.decoding_cost import COST_HEADER, draw_cost, draw_latency
from paper_checks.parameters import EXPONENTIAL
from paper_checks.records import decoding as module
from paper_checks.records.decoding import FILE, METHODS, Decoded, exponent, of, read
from paper_checks.tables.decoding import decoding_table
from srtheory import on_record as places
from srtheory.errors import ArgumentError
from srtheory.experiments.lines import head, write_lines
from srtheory.experiments.trial import run_trial
from srtheory.render.table import Table
from srtheory.render.write import as_csv
from srtheory.schemes import make
from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)
from tests.ours import build

DOCS = Path(__file__).parents[3] / "docs"
SEED = bench_decoding.SEED


@cache
def recorded() -> list[Decoded]:
    return read()


# ------------------------------------------------------------------------------------------------------- the record


def test_the_record_is_of_this_form_and_has_all_runs() -> None:
    text = module.on_record("decoding").joinpath(FILE).read_text()
    assert text.splitlines()[0].split(",") == head(Decoded)
    found = recorded()
    planned = {(name, m, i, SEED) for name, way in WAYS.items() for m, runs in way.runs.items() for i in range(runs)}
    assert Counter(cost.key for cost in found) == Counter(planned)
    assert list(METHODS) == list(WAYS)
    for cost in found:
        spent = (cost.additions, cost.multiplications, cost.milliseconds, cost.error)
        decodes = cost.symbols <= WAYS[cost.method].largest
        assert [value is None for value in spent] == [not decodes] * 4
        assert 0 < cost.latency < math.inf
        assert not decodes or (cost.milliseconds > 0 and cost.error >= 0 and cost.additions >= 0)


def strays(cost: Decoded, again: Decoded) -> list[str]:
    """What differs though neither the machine nor its load can be why."""
    names = ("scheme", "parameters", "decoder", "latency", "rows", "additions", "multiplications")
    return [name for name in names if getattr(cost, name) != getattr(again, name)]


@pytest.mark.parametrize("method", WAYS)
def test_a_run_done_again_is_that_on_record(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_decoding, "milliseconds", lambda job: milliseconds(job, 1))
    cost = runs_of(method)[1000][1]
    again = measured(method, 1000, 1)
    if method == "sr-lsmr":  # a weight of exactly 0 is a matter of rounding
        again = replace(again, additions=cost.additions, multiplications=cost.multiplications)
    assert strays(cost, again) == []
    assert strays(cost, replace(again, rows=again.rows + 1)) == ["rows"]
    if method != "gradient-cyclic":
        assert max(cost.error or 0, again.error or 0) < 1e-12


@pytest.mark.parametrize("method", [name for name in WAYS if name != "sr-lsmr"])
def test_its_operations_are_those_that_records_count(method: str) -> None:
    """Decoders that stop at T take symbols in another order of peeling, and from other rows."""
    way, one = WAYS[method], runs_of(method)[1000][0]
    given = task(make(way.scheme, 1000, **way.options(1000)), EXPONENTIAL, SEED, way.decoder)
    record = run_trial(given, 0)
    assert (one.latency, one.rows, one.multiplications) == (
        record.latency,
        record.stopping_time,
        record.multiplications,
    )
    if METHODS[method].decoder == "peeling":
        assert record.additions / 2 < one.additions < 2 * record.additions
    else:
        assert one.additions == record.additions


def test_at_a_hundred_thousand_symbols_some_decode_in_50_ms_and_are_earlier_than_the_sum_recovery_code() -> None:
    for name in ("sr-3", "sizes", "arcs-common"):
        assert np.mean([one.milliseconds for one in runs_of(name)[100_000]]) < 50
    for name in ("sr-3", "arcs-common"):
        later = difference(name, 100_000)
        assert later.mean() < -3 * later.std(ddof=1) / len(later) ** 0.5


def test_what_a_proof_is_said_to_rest_on_is_there() -> None:
    for about in METHODS.values():
        assert bool(about.order) == bool(about.rests_on)
        page, _, place = about.rests_on.partition(", ")
        if place:
            found = re.findall(r"^#+ (.*)$", (DOCS / f"{page}.md").read_text(encoding="utf-8"), re.MULTILINE)
            assert [heading for heading in found if re.match(rf"{place}[. (]", heading)], about.rests_on


def test_what_is_said_of_lines_that_bend_and_of_how_many_rows_come_is_on_record() -> None:
    bend = bends()
    assert (min(bend, key=bend.__getitem__), max(bend, key=bend.__getitem__)) == ("sr-lsmr", "terms-cyclic")
    for name, m, _ in DIFFERENCES:
        assert (difference(name, m).mean() > 0) == ((name, m) == ("sizes", 100_000))
    rows = {
        (name, m): np.mean([cost.rows / m for cost in runs_of(name)[m]])
        for name, m in product(("parts-cyclic", "arcs-common"), (10_000, 100_000, 1_000_000))
    }
    assert [key for key, a_symbol in rows.items() if a_symbol < 1] == [
        ("parts-cyclic", 10_000),
        ("parts-cyclic", 100_000),
        ("arcs-common", 10_000),
    ]


# --------------------------------------------------------------------------------------------------- exponents, table


def planted(method: str, power: float, sizes: tuple[int, ...] = (1000, 10_000, 100_000)) -> list[Decoded]:
    """Runs whose time is 2 m^power nanoseconds, once 10 % more and once as much less on a logarithmic scale."""
    line = runs_of(method)[1000][0]
    return [
        replace(line, symbols=m, trial=i, milliseconds=2e-6 * m**power * 1.1**sign, rows=2 * m, latency=0.5 + i)
        for m in sizes
        for i, sign in enumerate((1, -1))
    ]


@pytest.mark.parametrize("power", [0.8, 1.0, 2.7])
def test_a_planted_exponent_is_found(power: float) -> None:
    found = exponent(*zip(*((cost.symbols, cost.milliseconds) for cost in planted("lt", power)), strict=True))
    assert found.value == pytest.approx(power)
    assert power - 0.2 < found.low < power < found.high < power + 0.2
    assert found.high - found.value == pytest.approx(found.value - found.low)


def test_the_interval_of_an_exponent_holds_it_in_95_of_100_samples() -> None:
    rng = np.random.default_rng(7)
    sizes = np.repeat([1e3, 1e4, 1e5, 1e6], (20, 20, 10, 4))
    found = [exponent(sizes, sizes**1.1 * np.exp(0.2 * rng.normal(size=len(sizes)))) for _ in range(400)]
    held = sum(one.low < 1.1 < one.high for one in found)
    assert 0.92 <= held / 400 <= 0.98
    assert sum(one.low < 1.15 < one.high for one in found) < 280


def cells(made: Table, method: str) -> dict[str, str]:
    [line] = [line for line in csv.DictReader(StringIO(as_csv(made))) if line["method"] == method]
    return line


def test_the_table_is_computed_from_the_record() -> None:
    made = build("decoding", study.lab())
    assert [row[0].code for row in made.rows] == list(METHODS)
    for method in METHODS:
        line, by_size = cells(made, method), runs_of(method)
        timed = {m: its for m, its in by_size.items() if its[0].milliseconds is not None}
        assert int(line["largest"]) == max(timed)
        assert float(line["milliseconds_at_10000"]) == np.mean([cost.milliseconds for cost in timed[10_000]])
        assert float(line["milliseconds_at_largest"]) == np.mean([cost.milliseconds for cost in timed[max(timed)]])
        assert float(line["error"]) == max(cost.error for its in timed.values() for cost in its)
        if 100_000 in by_size:
            assert float(line["latency"]) == np.mean([cost.latency for cost in by_size[100_000]])
        sizes, times = zip(*((c.symbols, c.milliseconds) for its in timed.values() for c in its), strict=True)
        slope = np.polyfit(np.log(sizes), np.log(times), 1)[0]
        assert float(line["exponent"]) == pytest.approx(slope)
        assert float(line["exponent_low"]) < slope < float(line["exponent_high"])


CHANGES: dict[str, Callable[[Decoded], Decoded]] = {
    "milliseconds": lambda cost: replace(cost, milliseconds=2 * cost.milliseconds),
    "error": lambda cost: replace(cost, error=0.5),
    "latency": lambda cost: replace(cost, latency=cost.latency + 1),
    "rows": lambda cost: replace(cost, rows=cost.rows + 10_000),
    "symbols": lambda cost: replace(cost, symbols=2 * cost.symbols),
}


@pytest.mark.quality
@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_cell_changes_table_or_figure(name: str, tmp_path: Path) -> None:
    found = recorded()
    at = next(i for i, cost in enumerate(found) if (cost.method, cost.symbols) == ("arcs-common", 100_000))
    write_lines(tmp_path / FILE, Decoded, [*found[:at], CHANGES[name](found[at]), *found[at + 1 :]])
    assert as_csv(decoding_table(read(tmp_path))) != as_csv(decoding_table(found))
    if name == "milliseconds":
        assert list(draw_cost(read(tmp_path)).points) != list(draw_cost(found).points)
    if name == "latency":
        assert list(draw_latency(read(tmp_path)).points) != list(draw_latency(found).points)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("milliseconds,", "", "without milliseconds"),
        ("sr-elimination,sr,", "sr-guess,sr,", "sr-guess"),
        ("\nsr-elimination,sr,degree=10,span,1000,", "\nsr-elimination,sr,degree=10,span,many,", "many"),
    ],
)
def test_what_is_no_such_record_is_one_line(
    old: str,
    new: str,
    says: str,
    run: Run,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(module.on_record("decoding"), tmp_path / "decoding")
    text = (tmp_path / "decoding" / FILE).read_text()
    assert old in text
    (tmp_path / "decoding" / FILE).write_text(text.replace(old, new, 1))
    monkeypatch.setattr(places, "PLACES", (tmp_path, *places.PLACES))  # all else, the lock file, is on record
    for command in (("table", "decoding"), ("figure", "decoding-cost", "--out", str(tmp_path))):
        done = run(*command)
        assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert says in done.stderr


WRONG: list[dict[str, float | None]] = [
    *({"error": value} for value in (None, math.nan, -1e-16)),
    *({"milliseconds": value} for value in (None, math.nan, math.inf)),
    *({"latency": value} for value in (math.nan, math.inf)),
    *({name: value} for name, value in (("rows", 0), ("symbols", 0), ("additions", -1))),
]


def test_numbers_that_no_run_can_have_are_not_averaged_nor_a_run_twice(tmp_path: Path) -> None:
    one, other = planted("lt", 1.0, (1000,))
    write_lines(tmp_path / FILE, Decoded, [one, other])
    assert len(read(tmp_path)) == 2
    for wrong in WRONG:
        write_lines(tmp_path / FILE, Decoded, [one, replace(other, **wrong)])
        with pytest.raises(ArgumentError, match="a run of possible numbers"):
            read(tmp_path)
    write_lines(tmp_path / FILE, Decoded, [one, other, one])
    with pytest.raises(ArgumentError, match="a run that occurs once"):
        read(tmp_path)
    for refused, says in (
        (lambda: decoding_table([]), "at least one run"),
        (lambda: draw_cost([]), "at least one run with its time"),
        (lambda: draw_latency([one, other]), "100000 in some run"),
        *((lambda its=its: exponent(*its), "at least three") for its in (([1, 1, 1], [1, 2, 3]), ([1, 2], [1, 2]))),
        (lambda: exponent([1, 2, 3], [1, 0, 2]), "at least three"),
    ):
        with pytest.raises(ArgumentError, match=says):
            refused()


# ----------------------------------------------------------------------------------------------------------- figures


def test_the_figures_have_the_numbers_of_the_record() -> None:
    found = recorded()
    lines = [dict(zip(COST_HEADER, line, strict=True)) for line in draw_cost(found).points]
    assert {line["method"] for line in lines} == set(METHODS)
    for line in lines:
        times = [cost.milliseconds for cost in of(found, line["method"])[line["m"]]]
        numbers = [float(line[name]) for name in ("mean ms", "least ms", "most ms")]
        assert numbers == pytest.approx([np.mean(times), min(times), max(times)])
    late = {line[0]: line for line in draw_latency(found).points}
    assert set(late) == set(METHODS) - {"gradient-cyclic"}
    assert late["sr-elimination"][5] == ""


# --------------------------------------------------------------------------------------------------------- benchmark


@pytest.mark.quality
def test_a_wrong_sum_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    way = WAYS["parts-cyclic"]
    monkeypatch.setitem(WAYS, "parts-cyclic", replace(way, solve=lambda rows, values: way.solve(rows, values + 1e-9)))
    assert measured("parts-cyclic", 100, 0).error > 1e-12


def test_rows_beyond_what_is_decoded_have_a_latency_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WAYS, "sr-elimination", replace(WAYS["sr-elimination"], largest=99))
    cost = measured("sr-elimination", 100, 0)
    assert (cost.decoder, cost.milliseconds, cost.error, cost.additions) == ("hitting", None, None, None)
    assert cost.latency > 0


def test_a_campaign_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("uncoded", "parts-cyclic"):
        monkeypatch.setitem(WAYS, name, replace(WAYS[name], runs={100: 3}))
    methods, tmp_path = ["uncoded", "parts-cyclic"], tmp_path / "new"
    stopped = campaign(tmp_path, methods, [100, 1000])
    first = [next(stopped) for _ in range(4)]
    assert sorted(read(tmp_path), key=str) == sorted(first, key=str)
    assert [cost.key for cost in campaign(tmp_path, methods, [100, 1000])] == [
        ("parts-cyclic", 100, 1, SEED),
        ("parts-cyclic", 100, 2, SEED),
    ]
    assert list(campaign(tmp_path, methods, [100, 1000])) == []
    assert [cost.method for cost in read(tmp_path)] == ["parts-cyclic"] * 3 + ["uncoded"] * 3
    (tmp_path / FILE).write_text("method,m\n")
    with pytest.raises(ArgumentError, match="without scheme"):
        list(campaign(tmp_path, methods, [100]))


def test_time_is_the_least_of_five_calls_or_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    now, steps = [0.0], iter([3.0, 1.0, 2.0, 5.0, 4.0, 7.0])
    monkeypatch.setattr(measuring, "process_time", lambda: now[0])

    def job() -> None:
        now[0] += next(steps)

    assert milliseconds(job, enough=100) == 1000
    assert next(steps) == 7
    steps = iter([3.0, 1.0])
    assert milliseconds(job, enough=2) == 3000


def test_no_threads_are_counted_that_wait_for_work() -> None:
    seen: list[int] = []

    def job() -> None:
        seen.extend(blas["num_threads"] for blas in threadpool_info() if blas["user_api"] == "blas")

    with threadpool_limits(limits=2, user_api="blas"):
        milliseconds(job, 1)
    assert set(seen) == {1}


def test_the_error_of_a_sum_is_relative_to_the_size_of_its_terms() -> None:
    terms = np.array([1e16, 1.0, -1e16])
    assert relative_error(1.0, terms) == 0
    assert relative_error(float(np.sum(terms)), terms) == pytest.approx(1 / 2e16)
    assert relative_error(math.nan, terms) == math.inf
