"""What a store promises, whatever happens to it: records right to the bit, or set aside and said, or refused by name.

Processes are killed between any two operations on files, disks fill up, power fails, bits flip, another version or
another process writes.  The short forms run with the tests; the long ones ask the same with more examples (``make
attack``) and keep what they tried in data/attack, which docs/reliability.md tells.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import dataset, parquet

from srtheory import files as written
from srtheory.conjectures.case import Case
from srtheory.conjectures.hunt import Answer, KeptAnswers
from srtheory.conjectures.registry import load
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments import running, store
from srtheory.experiments.running import run, run_all
from srtheory.experiments.store import (
    KINDS,
    DamagedFileWarning,
    Folder,
    Kept,
    Memory,
    Records,
    block_size,
    from_records,
    open_folder,
)
from srtheory.experiments.trial import RESULTS, Task, run_trials
from srtheory.files import sync, write_whole
from srtheory.schemes import make
from srtheory.schemes.parts import BatchCouponCollector
from srtheory.schemes.sum_recovery import SumRecovery
from tests.attack import bits, crashes, disks, stateful
from tests.attack.planted import Plant, instead, planted
from tests.attack.report import Tally

MODEL = DelayModel(parse_law("expon(scale=5)"), 0.1)
TASK, OTHER = (Task(BatchCouponCollector(6, 2), MODEL, seed) for seed in (1, 2))  # some of their runs never end
RECORDS = from_records(run_trials(TASK, range(60)))
FIRST = "0000000000.parquet"


def contents(folder):
    """Bytes of all files below a folder, by relative name."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def folder(tmp_path):
    kept = open_folder(tmp_path, TASK)
    kept.write(0, RECORDS[:40])
    return kept


# ---------------------------------------------------------------------------------------- whatever happens to a store


@dataclass(frozen=True)
class Part:
    """An attack with the sizes of its short forms and of its long one, and mistakes that a form must see."""

    attack: Callable[[Any, int, Tally], None]
    short: tuple[Any, ...]
    long: Any
    plants: dict[str, tuple[Plant, Any]]


def flipping(size, seed, tally):
    with TemporaryDirectory() as place:
        bits.attack(tally, Path(place), TASK, RECORDS[:20], *size)


def crashing(size, seed, tally):
    kinds, verbs = size
    crashes.attack(kinds, seed, tally, verbs)


def filling(size, seed, tally):
    kinds, verbs = size
    disks.attack(kinds, seed, tally, verbs)


def stepping(size, seed, tally, shrink=True):
    stateful.attack(size, seed, tally, shrink=shrink)


def in_place(path, data, mode=None):
    path.write_bytes(data)


def without_waiting(path, data, mode=None):
    """A file that takes its name before its content is on disk."""
    draft = path.with_name(f".{path.name}.tmp")
    draft.write_bytes(data)
    draft.replace(path)
    sync(path.parent)


def always(shelf, first, records):
    """The records, whether or not there are more."""
    with store.locked(shelf.path):
        store.write_whole(shelf.path / f"{first:010}.parquet", store.encode(records, shelf.id))


def by_itself(shelf, first, name):
    """A column of which the file as a whole was not looked at."""
    try:
        file = parquet.ParquetFile(shelf.path / f"{first:010}.parquet", page_checksum_verification=True)
        values = file.read([name], use_threads=False).column(name).to_pylist()
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return shelf.read(first).columns[name]
    return np.array([np.inf if value is None else value for value in values], dtype=RECORDS[name].dtype)


ONE = ("simulate",)
STEPS = (300, 25)
PARTS = {
    "stateful": Part(
        stepping,
        ((20, 20),),
        (200, 30),
        {
            "content not waited for": (instead(store, "write_whole", without_waiting), STEPS),
            "names not waited for": (instead(written, "sync", lambda folder: None), STEPS),
            "in place": (instead(store, "write_whole", in_place), STEPS),
            "no turns": (instead(store, "locked", lambda folder: nullcontext()), STEPS),
            "a shorter one": (instead(store.Folder, "write", always), STEPS),
            "the same id": (planted(Task, "canonical", lambda right: lambda task: right(task) | {"results": 0}), STEPS),
        },
    ),
    "bits": Part(flipping, ((401, 1),), (1, 8), {}),
    "crashes": Part(
        crashing,
        (({"killed in": 1, "two": 1, "killed again": 1, "a store damaged: bits": 1}, ONE),),
        ({"killed again": 6, "killed": 27, "two": 16, "a store": 16}, tuple(crashes.VERBS)),
        {
            "in place": (instead(store, "write_whole", in_place), ({"killed in": 1}, ONE)),
            "in silence": (
                instead(store, "set_aside", lambda path, why: path.unlink()),
                ({"a store damaged: cut": 1}, ONE),
            ),
        },
    ),
    "disks": Part(
        filling,
        (({"opening": 1, "waiting": 1, "length": 1}, ("table",)),),
        ({"opening": 1000, "waiting": 1000, "length": 1000}, disks.WRITES),
        {
            "in place": (instead(written, "write_output", in_place), ({"length": 9}, ("table",))),
            "unnamed": (instead(written, "naming", lambda path: nullcontext()), ({"waiting": 1}, ("table",))),
        },
    ),
}


@pytest.mark.parametrize(("part", "size"), [(name, size) for name, part in PARTS.items() for size in part.short])
def test_a_store_survives(part, size, monkeypatch):
    monkeypatch.setattr(crashes, "KILLED", 2)
    monkeypatch.setitem(crashes.MANY, "simulate", crashes.LONGER)
    tally = Tally.again(part)
    PARTS[part].attack(size, tally.seed, tally)
    assert tally.total
    assert not tally.failures, tally


@pytest.mark.attack
@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_a_store_survives_all_this(part):
    tally = Tally.again(part)
    PARTS[part].attack(PARTS[part].long, tally.seed, tally)
    tally.keep()
    print(tally)
    assert not tally.failures


RARE = ("names not waited for", "no turns")
"""What is met in many steps."""


@pytest.mark.quality
@pytest.mark.parametrize(
    ("part", "plant"),
    [
        pytest.param(name, plant, marks=[pytest.mark.attack] * (plant in RARE))
        for name, part in PARTS.items()
        for plant in part.plants
    ],
)
def test_a_planted_mistake_is_seen(part, plant, monkeypatch):
    mistake, size = PARTS[part].plants[plant]
    if part == "disks":
        disks.undisturbed("table")
    mistake(monkeypatch)
    tally = Tally.again(part)
    PARTS[part].attack(size, tally.seed, tally, **({"shrink": False} if part == "stateful" else {}))
    assert tally.failures


@pytest.mark.parametrize("wrong", [False, pytest.param(True, marks=pytest.mark.quality)])
def test_a_column_never_comes_from_a_page_whose_head_was_flipped(folder, monkeypatch, wrong):
    """A page's checksum is over what it holds, and not over its head: some say that there are other records."""
    if wrong:
        monkeypatch.setattr(store.Folder, "column", by_itself)
    monkeypatch.setattr(store, "set_aside", lambda path, why: path.unlink())
    sound, met = (folder.path / FIRST).read_bytes(), set()
    for i, bit in ((i, bit) for i in range(80, 110) for bit in range(8)):
        flipped = bytearray(sound)
        flipped[i] ^= 1 << bit
        (folder.path / FIRST).write_bytes(flipped)
        found = folder.column(0, "trial").tolist()
        met.add(len(found) if found in ([], list(range(40))) else "wrong")
    assert met == {0, 40} | ({"wrong"} if wrong else set())


# ------------------------------------------------------------------------------------------------------- the format


def test_other_programs_read_it_whatever_else_is_in_the_folder(folder):
    """Names, types and nulls are the documented ones; the digest is of the task and the columns."""
    folder.write(500, from_records(run_trials(TASK, range(500, 510))))
    (folder.path / "0000001000.parquet").write_bytes(b"torn")
    with pytest.warns(
        DamagedFileWarning, match=r"1000\.parquet is damaged .*; set aside as _0000001000\.parquet\.damaged$"
    ):
        assert len(folder.read(1000)) == 0
    assert (folder.path / "_0000001000.parquet.damaged").read_bytes() == b"torn"
    for table in (dataset.dataset(folder.path).to_table(), parquet.read_table(folder.path)):
        assert table["trial"].to_pylist() == [*range(40), *range(500, 510)]
    table = parquet.read_table(folder.path / FIRST)
    rows = table.to_pylist()
    assert [(row["stopping_time"], row["latency"]) for row in rows] == [
        (each.stopping_time, each.latency) for each in RECORDS[:40]
    ]
    assert table["stopping_time"].null_count > 0
    may = ["stopping_time", "coverage_time", "additions", "multiplications", "solving"]
    assert [field.name for field in table.schema if field.nullable] == may
    assert {table.schema.field(name).type for name in may} == {pa.int64()}
    about = {name.decode(): value.decode() for name, value in table.schema.metadata.items()}
    data = TASK.id.encode()
    for name in KINDS:
        values = RECORDS[:40][name]
        little = values.dtype.newbyteorder("<")
        data += "\n".join(values).encode() if values.dtype == object else values.astype(little).tobytes()
    assert {name: about[name] for name in ("task", "results", "digest")} == {
        "task": TASK.id,
        "results": str(RESULTS),
        "digest": hashlib.sha256(data).hexdigest(),
    }
    assert json.loads((folder.path / "_task.json").read_text()) == {"id": TASK.id, "task": TASK.canonical()}


def test_what_was_written_survives_the_most_forgetful_disk(monkeypatch):
    """Power fails at once, and nothing is left that was not waited for; all folders are new."""
    disk = stateful.Disk()
    monkeypatch.setattr(os, "fsync", disk.sync)
    place = disk.root / "new" / "store"
    open_folder(place, TASK).write(0, RECORDS[:40])
    disk.power_fails(lambda: False, lambda: 0.0)
    assert open_folder(place, TASK).read(0) == RECORDS[:40]
    disk.close()


def test_blocks_are_a_function_of_the_task():
    of = lambda m, decoder=None: block_size(Task(SumRecovery(m, 3), MODEL, 1, decoder))  # noqa: E731
    assert [of(m) for m in (3, 1000, 2000, 10_000, 100_000)] == [500, 500, 125, 5, 1]
    assert [of(m, "hitting") for m in (3, 1000, 2000, 10_000, 10**6)] == [500, 500, 250, 50, 1]
    assert block_size(Task(make("sr", 2000, degree=3, workers=1000), MODEL, 1)) == 500


@settings(max_examples=8)
@given(stops=st.lists(st.integers(1, 60), min_size=1, max_size=5))
def test_bytes_are_a_function_of_the_longest_records(stops, tmp_path_factory):
    """A shorter prefix takes no longer one's place, and one as long is not written again."""
    place, alone = (open_folder(tmp_path_factory.mktemp("x"), TASK) for _ in range(2))
    before = None
    for stop in stops:
        place.write(0, RECORDS[:stop])
        now = (place.path / FIRST).stat()
        assert before is None or stop > before[1] or now.st_ino == before[0]
        before = now.st_ino, max(stop, before[1] if before else 0)
    alone.write(0, RECORDS[: max(stops)])
    assert contents(alone.path) == contents(place.path)
    assert place.read(0) == RECORDS[: max(stops)]


def test_numbers_survive_to_the_last_bit(folder):
    """Subnormal, huge and infinite latencies, and the largest of whole numbers; one text serves all that have it."""
    columns = {name: values.copy() for name, values in RECORDS[:4].columns.items()} | {"trial": 500 + np.arange(4)}
    columns["latency"] = np.array([5e-324, np.inf, np.nextafter(1, 2), 1.7976931348623157e308])
    columns["work"] = np.array([2**62, 2**53 + 1, 0, 1])
    columns["stopping_time"] = np.array([2.0**60, np.inf, 0, 1])
    folder.write(500, Records(columns))
    assert folder.read(500) == Records(columns)
    texts = folder.read(0)["argument"].tolist()
    assert len({id(text) for text in texts}) == len(set(texts)) == 1


@pytest.mark.parametrize("shelf", [Memory, None], ids=["memory", "folder"])
def test_kept_records_are_read_by_block_and_by_column(folder, shelf):
    kept = Kept(shelf() if shelf else folder, 25, 35)
    for first in (0, 25):
        kept.shelf.write(first, RECORDS[first : first + 25])
    assert (len(kept), list(kept)) == (35, list(RECORDS[:35]))
    assert [len(block) for block in kept.blocks()] == [25, 10]
    for name, values in RECORDS.columns.items():
        parts = list(kept.parts(name))
        assert np.concatenate(parts).tolist() == values[:35].tolist()
        assert {part.dtype for part in parts} == {values.dtype}
        if values.dtype != object:
            assert kept.column(name).tolist() == values[:35].astype(float).tolist()
    if shelf is None:
        (folder.path / FIRST).unlink()
        for look in (list, lambda kept: kept.column("work")):
            with pytest.raises(OSError, match="gone"):
                look(kept)


def test_answers_of_all_writers_are_kept_for_a_file_as_long_as_it_is_the_same(tmp_path):
    text = "from srtheory.conjectures.domains import rows\nfrom srtheory.conjectures.registry import conjecture\n"
    mine, cases = tmp_path / "mine.py", [Case(m, ()) for m in range(1, 7)]

    def opened(answer):
        mine.write_text(f"{text}@conjecture('It is.', rows())\ndef stated(case):\n    return {answer}\n")
        return KeptAnswers(tmp_path / "kept", load(f"{mine}::stated"))

    for some in (cases[:3], cases[3:5], cases[5:]):
        writer = opened("True")
        for case in some:
            writer.put(case, Answer.HOLDS)
        writer.write()
    assert [opened("True").get(case) for case in cases] == [Answer.HOLDS] * len(cases)
    assert [opened("None").get(case) for case in cases] == [None] * len(cases)


def test_a_column_of_a_file_that_was_found_sound_is_parsed_alone(folder, monkeypatch):
    """By this thread: any of pyarrow's may abort the process as it ends."""
    fresh, read, asked = Folder(folder.path, TASK.id, 500), parquet.ParquetFile.read, []

    def recorded(file, columns, **options):
        asked.append((columns, options))
        return read(file, columns, **options)

    monkeypatch.setattr(parquet.ParquetFile, "read", recorded)
    for kept, columns in ((folder, ["latency"]), (fresh, None), (fresh, ["latency"])):
        assert kept.column(0, "latency").tolist() == RECORDS[:40]["latency"].tolist()
        assert asked.pop() == (columns, {"use_threads": False})
    assert asked == []
    assert folder == fresh


# ------------------------------------------------------------------------------------------------- what is another's


def rewritten(data, columns=None, **about):
    """The same columns, or the first of them, with other metadata, soundly written; what is None is left out."""
    table = parquet.read_table(pa.BufferReader(data))
    given = (table.schema.metadata or {}) | {key.encode(): value for key, value in about.items()}
    table = table.replace_schema_metadata({k: v for k, v in given.items() if v is not None}).select(
        range(columns or table.num_columns)
    )
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def numbered(first, count):
    """So many records from this trial on, which are those of other trials in turn."""
    columns = {name: np.resize(values, count) for name, values in RECORDS.columns.items()}
    return Records(columns | {"trial": first + np.arange(count)})


def table(**columns):
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table(columns), sink, compression="zstd")
    return sink.getvalue().to_pybytes()


SOUND = store.encode(RECORDS[:40], TASK.id)
FOREIGN = {
    "another task": lambda: store.encode(from_records(run_trials(OTHER, range(5))), OTHER.id),
    "a shorter id": lambda: store.encode(RECORDS[:40], TASK.id[:-1]),
    "another form": lambda: table(latency=[1.0, 2.0]),
    "records of nobody knows what": lambda: rewritten(SOUND, task=None, digest=None, results=None, srtheory=None),
    "other trials": lambda: store.encode(numbered(1, 40), TASK.id),
    "another block": lambda: store.encode(numbered(500, 40), TASK.id),
    "no trials": lambda: store.encode(RECORDS[:0], TASK.id),
    "too many": lambda: store.encode(numbered(0, 501), TASK.id),
    "many rows": lambda: table(trial=np.zeros(10**7, np.int8)),
    "many bytes": lambda: table(trial=["x" * 10**7]),
    "a mebibyte and more": lambda: bytes(2**20 + 1),
}
DAMAGED = {
    "never parquet": b"my notes\n",
    "a mebibyte": bytes(2**20),
    **{f"cut at {n}": SOUND[:n] for n in (0, 1, 4, 100, -8, -1)},
    "another task's digest": rewritten(SOUND, task=b"another"),
    "smaller digest": rewritten(SOUND, digest=b"0" * 64),
    "larger digest": rewritten(SOUND, digest=b"f" * 64),
    "no digest": rewritten(SOUND, digest=None),
    "neither": rewritten(SOUND, task=b"another", digest=b"0" * 64),
    **{f"ten columns {about}": rewritten(SOUND, 10, **about) for about in ({}, {"task": b"another"}, {"digest": None})},
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_sound_file_of_something_else_is_refused_and_stays(folder, what):
    (folder.path / FIRST).write_bytes(FOREIGN[what]())
    before = contents(folder.path)
    for attempt in (lambda: folder.read(0), lambda: folder.write(0, RECORDS), lambda: folder.column(0, "latency")):
        with pytest.raises(ArgumentError, match=r"or not there.*0000000000\.parquet"):
            attempt()
    assert contents(folder.path) == before


@pytest.mark.parametrize("what", DAMAGED)
def test_what_claims_to_be_records_and_is_not_is_set_aside_and_written_anew(folder, what):
    """Whatever has a digest, or this task's id, is one of ours, and no stranger to be left alone."""
    for look, tail in ((lambda: folder.read(0), ""), (lambda: folder.column(0, "latency"), "-2")):
        (folder.path / FIRST).write_bytes(DAMAGED[what])
        with pytest.warns(DamagedFileWarning, match=rf"set aside as _0000000000\.parquet\.damaged{tail}$"):
            assert len(look()) == 0
        assert (folder.path / f"_{FIRST}.damaged{tail}").read_bytes() == DAMAGED[what]
    folder.write(0, RECORDS[:40])
    assert (folder.path / FIRST).read_bytes() == SOUND


@pytest.mark.parametrize("text", ["", "{", "[" * 10**5, '{"a":' * 10**5, "\xff\xfe", "9" * 5000])
def test_a_torn_label_is_written_anew(folder, tmp_path, text):
    label = folder.path / "_task.json"
    sound = label.read_text()
    label.write_text(text, encoding="latin-1")
    with pytest.warns(DamagedFileWarning, match=r"_task\.json"):
        assert open_folder(tmp_path, TASK).read(0) == RECORDS[:40]
    assert label.read_text() == sound
    label.write_text(json.dumps(json.loads(sound)))  # the same in other words stays
    open_folder(tmp_path, TASK)
    assert label.read_text() == json.dumps(json.loads(sound))


@pytest.mark.parametrize("name", [FIRST, "_task.json"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "too large", "another's"])
def test_what_is_no_file_of_ours_is_refused_by_name(folder, tmp_path, name, kind):
    """Rather than waited for, or read to its end."""
    path = folder.path / name
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "too large":
        path.touch()
        os.truncate(path, 1 << 40)
    else:
        other = open_folder(tmp_path, OTHER)
        other.write(0, RECORDS[:3])
        path.write_bytes((other.path / name).read_bytes())
    with pytest.raises(ArgumentError, match=re.escape(name)):
        open_folder(tmp_path, TASK).read(0)
    assert path.exists()


def test_a_finished_folder_may_be_read_only(folder, tmp_path):
    places = (folder.path, *folder.path.iterdir())
    for path in places:
        path.chmod(0o500 if path.is_dir() else 0o400)
    before = {p: p.stat().st_mtime_ns for p in places}
    assert open_folder(tmp_path, TASK).read(0) == RECORDS[:40]
    assert before == {p: p.stat().st_mtime_ns for p in places}
    folder.path.chmod(0o700)


def test_a_file_larger_than_the_system_allows_leaves_what_was_there_and_is_named(folder):
    before, limits = contents(folder.path), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        for first, records in ((0, RECORDS), (500, numbered(500, 10))):
            with pytest.raises(OSError, match="too large") as failure:
                folder.write(first, records)
            assert failure.value.filename == str(folder.path / f"{first:010}.parquet")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert contents(folder.path) == before


# ------------------------------------------------------------------------------------------- runs that stop and go on

SMALL = Task(SumRecovery(12, 3), MODEL, 1, "hitting")  # the fastest decoder
BLOCK, TRIALS = 50, 113
"""Files of fewer trials; and two blocks and a part of the third."""


@pytest.fixture(scope="module")
def plain():
    """The records, one by one."""
    return list(run_trials(SMALL, range(TRIALS)))


@pytest.fixture(scope="class")
def small_blocks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "LARGEST_BLOCK", BLOCK)
        yield


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The folder of a run that nothing disturbed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "LARGEST_BLOCK", BLOCK)
        run(SMALL, TRIALS, store=(folder := tmp_path_factory.mktemp("undisturbed")))
    return contents(folder)


def files(*firsts):
    return {f"{SMALL.id}/{first:010}.parquet" for first in firsts} | {f"{SMALL.id}/_task.json"}


@pytest.mark.usefixtures("small_blocks")
class TestRuns:
    """With blocks of fifty trials."""

    @pytest.mark.parametrize("how", ["at once", "two processes", "backwards", "backwards, one by one", "in steps"])
    def test_one_folder_to_the_byte_and_a_rerun_computes_nothing(self, how, plain, undisturbed, tmp_path, monkeypatch):
        if "backwards" in how:
            monkeypatch.setattr(running, "PIECES", 1 if how == "backwards" else BLOCK)
            engine = lambda *_: lambda work: map(running.compute_piece, reversed(list(work)))  # noqa: E731
            monkeypatch.setattr(running, "mapped_by", engine)
        told = []
        steps = [1, 49, 50, 51, 112, TRIALS] if how == "in steps" else [TRIALS]
        for before, trials in pairwise([0, *steps]):
            told.clear()
            tell = lambda done, computed: told.append((done, computed))  # noqa: E731
            found = run(SMALL, trials, store=tmp_path, processes=1 + (how == "two processes"), progress=tell)
            assert found == plain[:trials]
            assert sum(done for done, computed in told if computed) == trials - before
            assert sum(done for done, computed in told if not computed) == before
        assert contents(tmp_path) == undisturbed
        assert set(undisturbed) == files(0, 50, 100)
        monkeypatch.setattr(running, "mapped_by", lambda *_: lambda work: pytest.fail("an engine was started"))
        assert run(SMALL, 70, store=tmp_path) == plain[:70]
        assert contents(tmp_path) == undisturbed

    @settings(max_examples=8)
    @given(have=st.lists(st.integers(0, BLOCK), min_size=3, max_size=3), trials=st.integers(1, TRIALS))
    def test_what_is_missing_is_computed_and_nothing_else(self, have, trials, tmp_path_factory, plain):
        """Whatever prefixes of blocks are there."""
        place, told = tmp_path_factory.mktemp("x"), []
        shelf = open_folder(place, SMALL)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store, "LARGEST_BLOCK", BLOCK)
            for block, count in enumerate(have):
                some = from_records(plain[BLOCK * block : BLOCK * block + count])
                if len(some):
                    shelf.write(BLOCK * block, some)
            found = run(SMALL, trials, store=place, progress=lambda *what: told.append(what))
        assert found == plain[:trials]
        there = sum(min(have[i], max(0, min(trials, TRIALS) - BLOCK * i), TRIALS - BLOCK * i) for i in range(3))
        assert sum(done for done, computed in told if not computed) == there
        assert sum(done for done, computed in told if computed) == trials - there

    def test_many_tasks_come_in_order(self, tmp_path):
        experiments = [(SMALL, 40), (TASK, 70), (SMALL, 30), (Task(SumRecovery(9, 2), MODEL, 1), 20)]
        for processes in (1, 2):
            kept = run_all(experiments, store=tmp_path / str(processes), processes=processes)
            assert [list(each) for each in kept] == [list(run_trials(task, range(n))) for task, n in experiments]
        assert contents(tmp_path / "1") == contents(tmp_path / "2")
        assert list(run_all([])) == []

    @pytest.mark.parametrize("what", ["an error", "a full disk"])
    def test_what_stops_a_run_leaves_what_is_stored(self, what, undisturbed, tmp_path, monkeypatch):
        done, written = running.run_trials, []

        def fails(task, trials):
            if 77 in trials:
                raise OSError("trial 77")
            return done(task, trials)

        def full(path, data):
            if len(written) == 2:  # _task.json and a block
                raise OSError(28, "No space left on device", str(path))
            written.append(path)
            write_whole(path, data)

        with monkeypatch.context() as patch:
            patch.setattr(running, "run_trials", fails) if what == "an error" else patch.setattr(
                store, "write_whole", full
            )
            with pytest.raises(OSError, match="trial 77" if what == "an error" else "No space left"):
                run(SMALL, TRIALS, store=tmp_path)
        assert contents(tmp_path) == {name: undisturbed[name] for name in files(0)}
        run(SMALL, TRIALS, store=tmp_path)
        assert contents(tmp_path) == undisturbed

    def test_a_foreign_file_stops_the_run_before_it_starts(self, tmp_path, monkeypatch):
        run(SMALL, 70, store=tmp_path)
        (tmp_path / SMALL.id / "0000000050.parquet").write_bytes(FOREIGN["another task"]())
        before = contents(tmp_path)
        monkeypatch.setattr(running, "mapped_by", lambda *_: lambda work: pytest.fail("an engine was started"))
        with pytest.raises(ArgumentError, match="0000000050"):
            run(SMALL, TRIALS, store=tmp_path)
        assert contents(tmp_path) == before

    def test_nothing_is_written_without_a_store(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        run(SMALL, 3)
        assert list(tmp_path.iterdir()) == []
