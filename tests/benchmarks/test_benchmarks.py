"""The benchmarks' own arithmetic, their peers' drivers and their records; no test here measures time."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import bench_span, limits, machine, readme
from benchmarks.bench_span import compared
from benchmarks.peers import drivers
from benchmarks.peers.asked import Peer
from benchmarks.peers.drivers import DRIVERS, M4RI, SPASM, Driver, MissingError, written
from benchmarks.peers.earlier import Earlier
from benchmarks.records import Record, read, write
from benchmarks.span_phases import phases
from srtheory.rows import from_sets

ROWS = from_sets(4, [[0, 1], [1, 2], [0, 2], [3], [0]])
"""Rank 4 over Q, 3 over GF(2) in its first four rows."""
FIRST = ROWS.prefix(4)


# ------------------------------------------------------------------------------------------------------------- ratios


@pytest.fixture
def two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every job of ours takes two seconds."""
    monkeypatch.setattr(bench_span, "seconds", lambda job: 2.0)


@pytest.mark.usefixtures("two_seconds")
def test_a_peer_is_measured_under_its_quickest_setting() -> None:
    peer = Peer("other", {"slow": lambda rows: 7.0, "quick": lambda rows: 5.0})
    own, other = compared("work", [ROWS], len, [peer], "conditions; ", limit=lambda rows: 0.5)
    assert (own.peer, own.value, own.ratio, own.limit) == (None, 2.0, None, 0.5)
    assert (other.peer, other.value, other.ratio) == ("other", 5.0, 2.5)
    assert other.conditions == "quick; 1 reception"


@pytest.mark.usefixtures("two_seconds")
def test_the_ratio_is_the_median_of_the_pairs_that_were_measured() -> None:
    runs = [ROWS.prefix(k) for k in (1, 2, 3, 4, 5)]
    peer = Peer("other", {"": lambda rows: float(len(rows))}, 3)
    own, other = compared("work", runs, len, [peer], "", given=lambda rows: rows)
    assert (other.value, other.ratio) == (2.0, 1.0)  # of 1, 2, 3 rows, not of 4 and 5
    assert (own.conditions, other.conditions) == ("5 receptions", "; 3 receptions")


@pytest.mark.parametrize(("times", "value"), [([0.5, 0.3, 0.4], 0.4), ([1.5], 1.5)])
def test_what_takes_long_is_measured_once(times: list[float], value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    left = iter(times)
    monkeypatch.setattr(bench_span, "seconds", lambda job: next(left))
    assert bench_span.repeated(len) == value
    assert list(left) == []


@pytest.mark.parametrize(("field", "count"), [("Q", 4), ("GF(2)", 4)])
def test_a_peer_is_given_no_more_rows_than_every_method_needs(field: str, count: int) -> None:
    assert len(bench_span.needed(ROWS, field)) == count
    assert len(bench_span.needed(from_sets(3, [[0, 1, 2], [0], [1]]), field)) == 1


# ------------------------------------------------------------------------------------------------------------ drivers


def test_rows_as_a_driver_reads_them() -> None:
    assert written(FIRST) == "4 4\n0 2 4 6 7\n0 1 1 2 0 2 3\n"


def found(rank: int) -> Callable[..., tuple[str, list[tuple[float, int]]]]:
    return lambda self, setting, rows, repeats: ("about", [(0.25, rank)] * repeats)


@pytest.mark.parametrize(("field", "rank"), [("GF(2)", 3), ("GF(251)", 4)])
def test_a_driver_whose_rank_is_ours(field: str, rank: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Driver, "run", found(rank))
    assert M4RI.clocks({"words": ("ple", field)})["words"](FIRST) == 0.25


@pytest.mark.quality
@pytest.mark.parametrize(("field", "rank"), [("GF(2)", 4), ("GF(251)", 3)])
def test_a_driver_that_eliminates_wrongly_is_refused(field: str, rank: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Driver, "run", found(rank))
    with pytest.raises(RuntimeError, match=re.escape(f"M4RI, ple: rank [{rank}] over {field}, ours is {7 - rank}")):
        M4RI.clocks({"words": ("ple", field)})["words"](FIRST)


@pytest.mark.parametrize("driver", [Driver("Other", "m4ri.c", "no-such-package", "other-dev"), SPASM])
def test_what_is_not_here_is_said_in_a_line(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPASM", raising=False)
    with pytest.raises(MissingError, match=f"^not here: {driver.name} [^\n]*$"):
        driver.program()


def test_every_driver_has_its_source() -> None:
    assert {driver.source for driver in DRIVERS} == {
        path.name for path in drivers.HERE.iterdir() if path.suffix in (".c", ".cpp")
    }


@pytest.mark.parametrize("setting", ["ple", "m4ri", "echelonize"])
def test_m4ri_where_it_is_installed(setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "BUILT", tmp_path)
    try:
        about, lines = M4RI.run(setting, FIRST, 2)
    except MissingError as missing:
        pytest.skip(str(missing))
    assert about.startswith("M4RI ")
    assert [rank for _, rank in lines] == [3, 3]


ENGINE = """
class Found:
    stopping_time = {found}

def stopping_time(indptr, indices, columns, *, field):
    assert (list(indptr), list(indices), columns, field) == ([0, 2, 4, 6, 7, 8], [0, 1, 1, 2, 0, 2, 3, 0], 4, "Q")
    return Found
"""


def another_srtheory(folder: Path, found: int) -> Earlier:
    for package in ("srtheory", "srtheory/span"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").touch()
    (folder / "srtheory" / "span" / "engine.py").write_text(ENGINE.format(found=found))
    return Earlier(folder)


@pytest.fixture
def ended() -> Iterator[list[Earlier]]:
    """Processes that are to end with the test."""
    asked: list[Earlier] = []
    yield asked
    for earlier in asked:
        earlier.process.communicate()


def test_an_earlier_srtheory_is_asked_about_all_rows(tmp_path: Path, ended: list[Earlier]) -> None:
    ended.append(another_srtheory(tmp_path, 4))
    peer = ended[0].peer()
    assert peer.whole
    assert peer.best(ROWS)[1](ROWS) >= 0


@pytest.mark.quality
def test_an_earlier_srtheory_that_was_wrong_is_refused(tmp_path: Path, ended: list[Earlier]) -> None:
    ended.append(another_srtheory(tmp_path, 3))
    with pytest.raises(RuntimeError, match=r"^srtheory, earlier: M' = 3 over Q, ours is 4$"):
        ended[0].peer().best(ROWS)[1](ROWS)


# ---------------------------------------------------------------------------------------------------- limits, phases


def test_the_limits_count_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "byte_rate", lambda: 1e9)
    monkeypatch.setattr(limits, "product_rate", lambda: 1e9)
    monkeypatch.setattr(limits, "word_rate", lambda: 1e9)
    assert limits.modular_limit(300) == pytest.approx(0.018)
    assert limits.binary_limit(960, 100) == pytest.approx((960**3 / 1536 + 1500) / 1e9)


def test_the_rate_is_the_best_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "seconds", lambda job: job())
    times = {512: 3.0, 1024: 16.0, 2048: 256.0}
    assert limits.best_rate(lambda size: lambda: times[size]) == 2 * 1024**3 / 16


def test_the_core_is_that_of_m_minus_1_rows() -> None:
    triangle, chain = from_sets(3, [[0, 1], [1, 2], [0, 2]]), from_sets(4, [[0], [0, 1], [1, 2], [3]])
    assert (limits.core_size(triangle), limits.entries(triangle)) == (1, 0)  # both pivots in terms of the core
    assert (limits.core_size(chain), limits.entries(chain)) == (1, 2)  # two pivots in terms of another


def test_phases_of_a_small_stopping_time() -> None:
    names = [name for name, _ in phases(bench_span.reception(60, 5, 1))]
    assert names[0] == "all"
    assert set(names) == {name for part in readme.PARTS.values() for name in part}


# ------------------------------------------------------------------------------------------------------------ records


def test_records_come_back(tmp_path: Path) -> None:
    records = [Record("M'", "s", 0.1, "of 3", limit=0.05), Record("M'", "s", 0.7, "quick", "other", 7.0)]
    write(tmp_path / "new" / "figures.json", records, {"processor": "any"})
    assert read(tmp_path / "new" / "figures.json") == ({"processor": "any"}, records)
    assert [record.line() for record in records] == [
        "| M' | 100 ms |  |  | 2 | of 3 |",
        "| M' | 700 ms | other | 7 |  | quick |",
    ]


def test_a_flat_list_without_the_machine_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    path.write_text(json.dumps([{"name": "a", "unit": "ms", "value": 1.5, "conditions": ""}]))
    assert read(path) == ({}, [Record("a", "ms", 1.5)])


def test_the_machines_facts_name_no_machine() -> None:
    facts = machine.facts()
    said = json.dumps(facts)
    assert not re.search(rf"\b{re.escape(platform.node())}\b", said)
    assert "/" not in said
    assert facts["BLAS"]


# ------------------------------------------------------------------------------------------------------------- README


@pytest.mark.quality
def test_figures_that_were_measured_anew_are_seen(tmp_path: Path) -> None:
    for path in readme.FIGURES.glob("*.json"):
        facts, records = read(path)
        write(tmp_path / path.name, [replace(record, value=1.3 * record.value) for record in records], facts)
    assert readme.section(tmp_path) != readme.section()
