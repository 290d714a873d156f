"""What decoding costs, on record in data/decoding: runs are done again, table and figures are those of the record."""

from __future__ import annotations

import csv
import math
from collections import Counter
from dataclasses import replace
from functools import cache
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import bench_decoding
from benchmarks.bench_decoding import WAYS, measured
from benchmarks.measuring import milliseconds, relative_error, task
from docs.quoted.decoding import DIFFERENCES, bends, difference, runs_of
from paper_checks import study
from paper_checks.figures.decoding_cost import draw_cost, draw_latency
from paper_checks.parameters import EXPONENTIAL
from paper_checks.records import decoding as module
from paper_checks.records.decoding import FILE, METHODS, Decoded, exponent, read
from paper_checks.tables.decoding import decoding_table
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import run_trial
from srtheory.files import head, write_lines
from srtheory.render.write import as_csv
from srtheory.schemes import make
from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)
from tests.ours import build

SEED = bench_decoding.SEED


@cache
def recorded() -> list[Decoded]:
    return read()


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


@pytest.mark.parametrize(
    "method", [pytest.param(way, marks=[pytest.mark.attack] * way.startswith("sizes")) for way in WAYS]
)
def test_a_run_done_again_is_that_on_record(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_decoding, "milliseconds", lambda job: milliseconds(job, 1))
    cost = runs_of(method)[1000][1]
    again = measured(method, 1000, 1)
    if method == "sr-lsmr":  # a weight of exactly 0 is a matter of rounding
        again = replace(again, additions=cost.additions, multiplications=cost.multiplications)
    assert strays(cost, again) == []
    assert strays(cost, replace(again, rows=again.rows + 1)) == ["rows"]
    if method not in ("gradient-cyclic", "windows"):  # long chains of subtractions amplify rounding
        assert max(cost.error or 0, again.error or 0) < 1e-12


@pytest.mark.parametrize("method", [name for name in WAYS if name != "sr-lsmr"])
def test_its_operations_are_those_that_records_count(method: str) -> None:
    """Decoders that stop at T take symbols in another order of peeling, and from other rows."""
    way, one = WAYS[method], runs_of(method)[1000][0]
    record = run_trial(task(make(way.scheme, 1000, **way.options(1000)), EXPONENTIAL, SEED, way.decoder), 0)
    counted = (record.latency, record.stopping_time, record.multiplications)
    assert (one.latency, one.rows, one.multiplications) == counted
    if METHODS[method].decoder == "peeling":
        assert record.additions / 2 < one.additions < 2 * record.additions
    else:
        assert one.additions == record.additions


def test_what_is_said_of_lines_that_bend_and_of_how_many_rows_come_is_on_record() -> None:
    bend = bends()
    assert (min(bend, key=bend.__getitem__), max(bend, key=bend.__getitem__)) == ("sr-lsmr", "terms-cyclic")
    for name, m, _ in DIFFERENCES:
        assert (difference(name, m).mean() > 0) == ((name, m) == ("sizes", 100_000))
    fewer = [
        (name, m)
        for name, m in product(("parts-cyclic", "arcs-common"), (10_000, 100_000, 1_000_000))
        if np.mean([cost.rows for cost in runs_of(name)[m]]) < m
    ]
    assert fewer == [("parts-cyclic", 10_000), ("parts-cyclic", 100_000), ("arcs-common", 10_000)]
    for name in ("sr-3", "sizes", "arcs-common"):  # decode in 50 ms, and two of them are earlier than the code
        assert np.mean([one.milliseconds for one in runs_of(name)[100_000]]) < 50
        later = difference(name, 100_000)
        assert name == "sizes" or later.mean() < -3 * later.std(ddof=1) / len(later) ** 0.5


def planted(method: str, power: float, sizes: tuple[int, ...] = (1000, 10_000, 100_000)) -> list[Decoded]:
    """Runs whose time is 2 m^power nanoseconds, once 10 % more and once as much less on a logarithmic scale."""
    line = runs_of(method)[1000][0]
    return [
        replace(line, symbols=m, trial=i, milliseconds=2e-6 * m**power * 1.1**sign, rows=2 * m, latency=0.5 + i)
        for m in sizes
        for i, sign in enumerate((1, -1))
    ]


def test_the_interval_of_an_exponent_holds_it_in_95_of_100_samples() -> None:
    for power in (0.8, 2.7):
        found = exponent(*zip(*((cost.symbols, cost.milliseconds) for cost in planted("lt", power)), strict=True))
        assert (found.value, found.high - power) == pytest.approx((power, power - found.low))
        assert power - 0.2 < found.low < power
    rng = np.random.default_rng(7)
    sizes = np.repeat([1e3, 1e4, 1e5, 1e6], (20, 20, 10, 4))
    found = [exponent(sizes, sizes**1.1 * np.exp(0.2 * rng.normal(size=len(sizes)))) for _ in range(400)]
    assert 0.92 <= sum(one.low < 1.1 < one.high for one in found) / 400 <= 0.98
    assert sum(one.low < 1.15 < one.high for one in found) < 280


def test_the_table_is_computed_from_the_record() -> None:
    made = build("decoding", study.lab())
    assert [row[0].code for row in made.rows] == list(METHODS)
    lines = {line["method"]: line for line in csv.DictReader(StringIO(as_csv(made)))}
    for method in METHODS:
        line, by_size = lines[method], runs_of(method)
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


@pytest.mark.quality
def test_a_changed_number_changes_table_and_figure() -> None:
    found = recorded()
    at = next(i for i, cost in enumerate(found) if (cost.method, cost.symbols) == ("arcs-common", 100_000))
    for name, draw in (("milliseconds", draw_cost), ("latency", draw_latency)):
        other = [*found[:at], replace(found[at], **{name: 2 * getattr(found[at], name)}), *found[at + 1 :]]
        assert as_csv(decoding_table(other)) != as_csv(decoding_table(found))
        assert list(draw(other).points) != list(draw(found).points)


WRONG: list[dict[str, Any]] = [
    {"method": "sr-guess"},
    *({"error": value} for value in (None, math.nan, -1e-16)),
    *({"milliseconds": value} for value in (None, math.inf)),
    *({name: value} for name, value in (("latency", math.inf), ("rows", 0), ("symbols", 0), ("additions", -1))),
]


def test_numbers_that_no_run_can_have_are_not_averaged_nor_a_run_twice(tmp_path: Path) -> None:
    one, other = planted("lt", 1.0, (1000,))
    write_lines(tmp_path / FILE, Decoded, [one, other])
    assert len(read(tmp_path)) == 2
    for lines in (*([one, replace(other, **wrong)] for wrong in WRONG), [one, other, one]):
        write_lines(tmp_path / FILE, Decoded, lines)
        with pytest.raises(ArgumentError, match=r"a run of possible numbers|a run that occurs once|sr-guess"):
            read(tmp_path)


@pytest.mark.quality
def test_errors_are_relative_to_the_terms_and_a_wrong_sum_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = np.array([1e16, 1.0, -1e16])
    assert relative_error(float(np.sum(terms)), terms) == pytest.approx(1 / 2e16)
    assert (relative_error(1.0, terms), relative_error(math.nan, terms)) == (0, math.inf)
    way = WAYS["parts-cyclic"]
    monkeypatch.setitem(WAYS, "parts-cyclic", replace(way, solve=lambda rows, values: way.solve(rows, values + 1e-9)))
    assert measured("parts-cyclic", 100, 0).error > 1e-12
