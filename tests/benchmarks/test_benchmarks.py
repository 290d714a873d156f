"""The benchmarks' own arithmetic, their peers' drivers and their records; no test here measures time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import bench_span, readme
from benchmarks.bench_span import compared
from benchmarks.peers.asked import Peer
from benchmarks.peers.drivers import M4RI, SPASM, Driver, MissingError
from benchmarks.records import Record, read, write
from srtheory.matrix import from_sets

ROWS = from_sets(4, [[0, 1], [1, 2], [0, 2], [3], [0]])
"""Rank 4 over Q, 3 over GF(2) in its first four rows."""
FIRST = ROWS.prefix(4)


@pytest.fixture
def two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every job of ours takes two seconds."""
    monkeypatch.setattr(bench_span, "seconds", lambda job: 2.0)


@pytest.mark.usefixtures("two_seconds")
def test_the_ratio_is_the_median_of_the_pairs_that_were_measured() -> None:
    runs = [ROWS.prefix(k) for k in (1, 2, 3, 4, 5)]
    peer = Peer("other", {"": lambda rows: float(len(rows))}, 3)
    own, other = compared("work", runs, len, [peer], "", given=lambda rows: rows)
    assert (other.value, other.ratio) == (2.0, 1.0)  # of 1, 2, 3 rows, not of 4 and 5
    assert (own.conditions, other.conditions) == ("5 receptions", "; 3 receptions")


def found(rank: int) -> Callable[..., tuple[str, list[tuple[float, int]]]]:
    return lambda self, setting, rows, repeats: ("about", [(0.25, rank)] * repeats)


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


def test_records_come_back(tmp_path: Path) -> None:
    records = [Record("M'", "s", 0.1, "of 3", limit=0.05), Record("M'", "s", 0.7, "quick", "other", 7.0)]
    write(tmp_path / "new" / "figures.json", records, {"processor": "any"})
    assert read(tmp_path / "new" / "figures.json") == ({"processor": "any"}, records)
    assert [record.line() for record in records] == [
        "| M' | 100 ms |  |  | 2 | of 3 |",
        "| M' | 700 ms | other | 7 |  | quick |",
    ]


@pytest.mark.quality
def test_figures_that_were_measured_anew_are_seen(tmp_path: Path) -> None:
    for path in readme.FIGURES.glob("*.json"):
        facts, records = read(path)
        write(tmp_path / path.name, [replace(record, value=1.3 * record.value) for record in records], facts)
    assert readme.section(tmp_path) != readme.section()
