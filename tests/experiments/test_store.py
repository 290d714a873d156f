"""Records on disk: what other programs read, what torn, flipped, foreign and half-written files lead to."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import resource
import signal
import subprocess
import sys
import warnings
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import dataset, parquet

from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments import store
from srtheory.experiments.records import KINDS, Records, from_records
from srtheory.experiments.store import DamagedFileWarning, Folder, Kept, Memory, block_size, open_folder
from srtheory.experiments.trial import RESULTS, Task, run_trials
from srtheory.schemes import make
from srtheory.schemes.baselines import BatchCouponCollector
from srtheory.schemes.sum_recovery import SumRecovery

MODEL = DelayModel(parse_law("expon(scale=5)"), 0.1)
TASK = Task(BatchCouponCollector(6, 2), MODEL, 1)  # some of its runs never end
RECORDS = from_records(run_trials(TASK, range(40)))
ROOT = Path(__file__).parents[2]
FIRST = "0000000000.parquet"


def contents(folder):
    """Bytes of all files below a folder, by relative name."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def folder(tmp_path):
    kept = open_folder(tmp_path, TASK)
    kept.write(0, RECORDS)
    return kept


# ------------------------------------------------------------------------------------------------------- the format


def test_what_is_written_is_read(folder):
    assert folder.read(0) == RECORDS
    assert sorted(contents(folder.path)) == [FIRST, "_task.json"]
    assert len(folder.read(500)) == 0


def test_other_programs_read_it(folder):
    table = parquet.read_table(folder.path / FIRST)
    rows = table.to_pylist()
    assert [row["stopping_time"] for row in rows] == [r.stopping_time for r in RECORDS]
    assert [row["latency"] for row in rows] == [r.latency for r in RECORDS]
    assert {row["argument"] for row in rows} == {"disjoint parts"}
    assert table["stopping_time"].null_count > 0
    assert table.schema.field("stopping_time").type == pa.int64()
    about = table.schema.metadata
    assert (about[b"task"].decode(), about[b"results"].decode()) == (TASK.id, str(RESULTS))


def test_the_folder_is_one_table_whatever_else_is_in_it(folder):
    folder.write(500, from_records(run_trials(TASK, range(500, 510))))
    (folder.path / "0000001000.parquet").write_bytes(b"torn")
    with pytest.warns(DamagedFileWarning):
        folder.read(1000)
    assert len(contents(folder.path)) == 4
    for table in (dataset.dataset(folder.path).to_table(), parquet.read_table(folder.path)):
        assert table["trial"].to_pylist() == [*range(40), *range(500, 510)]


def test_blocks_are_a_function_of_the_task():
    of = lambda m, decoder=None: block_size(Task(SumRecovery(m, 3), MODEL, 1, decoder))  # noqa: E731
    assert [of(m) for m in (3, 1000, 2000, 10_000, 100_000)] == [500, 500, 125, 5, 1]
    assert [of(m, "hitting") for m in (3, 1000, 2000, 10_000, 10**6)] == [500, 500, 250, 50, 1]
    assert block_size(Task(make("sr", 2000, degree=3, workers=1000), MODEL, 1)) == 500


def test_a_shorter_prefix_never_takes_the_place_of_a_longer_one(folder):
    before = contents(folder.path)
    folder.write(0, RECORDS[:39])
    folder.write(0, RECORDS)
    assert contents(folder.path) == before


def test_bytes_are_a_function_of_the_records(folder, tmp_path):
    other = open_folder(tmp_path / "other", TASK)
    for stop in (1, 13, 40):
        other.write(0, RECORDS[:stop])
    assert contents(other.path) == contents(folder.path)


@pytest.mark.parametrize("shelf", [Memory, lambda: None], ids=["memory", "folder"])
def test_kept_records_are_read_by_block_and_by_column(folder, shelf):
    kept = Kept(shelf() or folder, 25, 35)
    for first in (0, 25):
        kept.shelf.write(first, RECORDS[first : first + 25])
    assert len(kept) == 35
    assert list(kept) == list(RECORDS)[:35]
    assert [len(block) for block in kept.blocks()] == [25, 10]
    for name, values in RECORDS.columns.items():
        parts = list(kept.parts(name))
        assert np.concatenate(parts).tolist() == values[:35].tolist()
        assert {part.dtype for part in parts} == {values.dtype}
        if values.dtype != object:
            assert kept.column(name).tolist() == values[:35].astype(float).tolist()
    assert np.isinf(kept.column("latency")).any()


def test_records_that_have_gone_from_the_store_are_told(folder):
    kept = Kept(folder, 500, 40)
    (folder.path / FIRST).unlink()
    for look in (list, lambda kept: kept.column("work")):
        with pytest.raises(OSError, match="gone"):
            look(kept)


def test_a_column_of_a_file_that_is_damaged_or_a_strangers_is_not_read(folder):
    sound = (folder.path / FIRST).read_bytes()
    for stranger in ("another task", "another form", "records of nobody knows what"):
        damage(folder, FOREIGN[stranger]())
        with pytest.raises(ArgumentError, match=r"0000000000\.parquet"):
            folder.column(0, "latency")
    for torn in (sound[:-100], b"", renamed(sound, digest=None)[:-1]):
        damage(folder, torn)
        with pytest.warns(DamagedFileWarning):
            assert len(folder.column(0, "latency")) == 0


def test_one_text_serves_all_records_that_have_it(folder):
    for records in (RECORDS, folder.read(0)):
        texts = records.columns["argument"].tolist()
        assert len({id(text) for text in texts}) == len(set(texts)) == 1


# --------------------------------------------------------------------------------------------------- damage is found


def damage(folder, data):
    (folder.path / FIRST).write_bytes(data)


@pytest.mark.parametrize("keep", [0, 1, 4, 100, 0.5, -8, -1])
def test_a_torn_file_is_set_aside_and_said_so(folder, keep):
    data = (folder.path / FIRST).read_bytes()
    torn = data[: int(len(data) * keep) if isinstance(keep, float) else keep]
    damage(folder, torn)
    with pytest.warns(DamagedFileWarning, match=r"0\.parquet is damaged .*set aside as _0000000000\.parquet\.damaged$"):
        assert len(folder.read(0)) == 0
    assert (folder.path / f"_{FIRST}.damaged").read_bytes() == torn
    folder.write(0, RECORDS)
    assert (folder.path / FIRST).read_bytes() == data
    damage(folder, torn)
    with pytest.warns(DamagedFileWarning, match="damaged-2"):
        folder.read(0)


def outcomes(data, step):
    """What reading makes of the file with one byte changed, at every ``step``-th place."""
    for i in range(0, len(data), step):
        flipped = bytearray(data)
        flipped[i] ^= 0x55
        try:
            found = store.decode(bytes(flipped), TASK.id)
        except store._Damaged:
            yield "damaged"
        else:
            yield "foreign" if found is None else "sound" if found == RECORDS else "silently wrong"


def test_a_flipped_byte_is_found_or_does_no_harm():
    met = list(outcomes(store.encode(RECORDS, TASK.id), 7))
    assert set(met) <= {"damaged", "foreign", "sound"}
    assert met.count("damaged") > 0.5 * len(met)


@pytest.mark.quality
def test_without_the_digest_and_checksums_a_flipped_byte_would_be_silent(monkeypatch):
    monkeypatch.setattr(store, "records_digest", lambda records, id: "")
    trusting = lambda *arguments, **more: _file(*arguments, **(more | {"page_checksum_verification": False}))  # noqa: E731
    _file = parquet.ParquetFile
    monkeypatch.setattr(parquet, "ParquetFile", trusting)
    assert "silently wrong" in outcomes(store.encode(RECORDS, TASK.id), 7)


def test_a_column_never_comes_from_a_page_whose_head_was_flipped(folder, monkeypatch):
    """A page's checksum is over what it holds, and not over its head: some say that there are other records."""
    monkeypatch.setattr(store, "set_aside", lambda path, why: path.unlink())
    sound, right, met = (folder.path / FIRST).read_bytes(), RECORDS.columns["trial"].tolist(), set()
    for i, bit in ((i, bit) for i in range(80, 110) for bit in range(8)):
        flipped = bytearray(sound)
        flipped[i] ^= 1 << bit
        damage(folder, flipped)
        found = folder.column(0, "trial").tolist()
        assert found in (right, []), (i, bit)
        met.add(len(found))
    assert met == {0, 40}
    damage(folder, sound)
    assert folder.column(0, "trial").tolist() == right


def test_a_flipped_byte_of_the_columns_is_found_by_the_checksum_of_its_page():
    """Without the digest: other programs, which know nothing of it, find the damage by the same checksum."""
    data = bytearray(store.encode(RECORDS, TASK.id))

    def told(i):
        flipped = data.copy()
        flipped[i] ^= 0x55
        try:
            store._parse(bytes(flipped))
        except store._Damaged as error:
            return str(error)
        return ""

    assert any("CRC checksum verification failed" in told(i) for i in range(4, len(data) // 3))


def renamed(data, **about):
    """The same columns with other metadata, soundly written; what is None is left out."""
    table = store._parse(data)
    given = table.schema.metadata | {key.encode(): value for key, value in about.items()}
    sink = pa.BufferOutputStream()
    parquet.write_table(table.replace_schema_metadata({k: v for k, v in given.items() if v is not None}), sink)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize(
    ("about", "columns"),
    [
        ({"task": b"another"}, 11),  # its digest is of this task
        ({"digest": b"0" * 64}, 11),
        ({"digest": None}, 11),
        ({"task": b"another", "digest": b"0" * 64}, 11),
        ({}, 10),
        ({"task": b"another"}, 10),
        ({"digest": None}, 10),
    ],
)
def test_what_claims_to_be_records_and_is_not_is_damaged(folder, about, columns):
    """A file with a digest, or with this task's id, is one of ours: no stranger to be left alone."""
    whole = renamed(store.encode(RECORDS, TASK.id), **about)
    sink = pa.BufferOutputStream()
    parquet.write_table(store._parse(whole).select(range(columns)), sink)
    damage(folder, sink.getvalue().to_pybytes())
    with pytest.warns(DamagedFileWarning, match="something other than what was written"):
        assert len(folder.read(0)) == 0


def test_a_file_that_was_never_parquet_is_kept_under_another_name(folder):
    damage(folder, b"my notes\n")
    with pytest.warns(DamagedFileWarning):
        folder.read(0)
    assert (folder.path / f"_{FIRST}.damaged").read_bytes() == b"my notes\n"


def test_a_torn_label_is_written_anew(folder, tmp_path):
    label = folder.path / "_task.json"
    text = label.read_text()
    label.write_text(text[:20])
    with pytest.warns(DamagedFileWarning, match=r"_task\.json"):
        assert open_folder(tmp_path, TASK).read(0) == RECORDS
    assert label.read_text() == text


@pytest.mark.parametrize("text", ["[" * 10**5, '{"a":' * 10**5, "\xff\xfe", "9" * 5000])
def test_a_label_that_no_parser_takes_is_written_anew(folder, tmp_path, text):
    label = folder.path / "_task.json"
    sound = label.read_text()
    label.write_text(text, encoding="latin-1")
    with pytest.warns(DamagedFileWarning, match=r"_task\.json"):
        assert open_folder(tmp_path, TASK).read(0) == RECORDS
    assert label.read_text() == sound


# ----------------------------------------------------------------------------------------- strangers are left alone


@pytest.mark.parametrize("name", [FIRST, "_task.json"])
def test_a_pipe_is_refused_rather_than_waited_for(folder, tmp_path, name):
    (folder.path / name).unlink()
    os.mkfifo(folder.path / name)
    with pytest.raises(ArgumentError, match=re.escape(name)):
        open_folder(tmp_path, TASK).read(0)


def test_a_file_longer_than_any_of_ours_is_not_read(folder, tmp_path):
    os.truncate(folder.path / FIRST, 1 << 40)
    with pytest.raises(ArgumentError, match=re.escape(FIRST)):
        open_folder(tmp_path, TASK).read(0)


@pytest.mark.parametrize(
    "table", [{"trial": np.zeros(10**7, np.int8)}, {"trial": ["x" * 10**7]}], ids=["rows", "bytes"]
)
def test_a_file_that_unpacks_to_more_than_ours_is_not_unpacked(folder, tmp_path, table, monkeypatch):
    parquet.write_table(pa.table(table), folder.path / FIRST, compression="zstd")
    assert (folder.path / FIRST).stat().st_size < 1 << 20
    monkeypatch.setattr(parquet.ParquetFile, "read", lambda *_, **__: pytest.fail("it is unpacked"))
    with pytest.raises(ArgumentError, match=re.escape(FIRST)):
        open_folder(tmp_path, TASK).read(0)


OTHER = Task(BatchCouponCollector(6, 2), MODEL, 2)


def _of_another_form():
    written = pa.BufferOutputStream()
    parquet.write_table(pa.table({"latency": [1.0, 2.0]}), written)
    return written.getvalue().to_pybytes()


def _without_its_metadata():
    written = pa.BufferOutputStream()
    parquet.write_table(store._parse(store.encode(RECORDS, TASK.id)).replace_schema_metadata(None), written)
    return written.getvalue().to_pybytes()


FOREIGN = {
    "another task": lambda: store.encode(from_records(run_trials(OTHER, range(5))), OTHER.id),
    "another form": _of_another_form,
    "records of nobody knows what": _without_its_metadata,
    "other trials": lambda: store.encode(from_records(run_trials(TASK, range(1, 41))), TASK.id),
    "no trials": lambda: store.encode(RECORDS[:0], TASK.id),
    "too many": lambda: store.encode(from_records(run_trials(TASK, range(501))), TASK.id),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_sound_file_of_something_else_is_refused_and_stays(folder, what):
    damage(folder, FOREIGN[what]())
    before = contents(folder.path)
    for attempt in (lambda: folder.read(0), lambda: folder.write(0, RECORDS)):
        with pytest.raises(ArgumentError, match=r"0000000000\.parquet") as refusal:
            attempt()
        assert "or not there" in str(refusal.value)
    assert contents(folder.path) == before


def test_a_folder_that_says_it_is_another_task_is_refused(folder, tmp_path):
    other = Task(BatchCouponCollector(6, 2), MODEL, 2)
    open_folder(tmp_path, other)
    label = folder.path / "_task.json"
    label.write_bytes((tmp_path / other.id / "_task.json").read_bytes())
    with pytest.raises(ArgumentError, match=r"_task\.json"):
        open_folder(tmp_path, TASK)
    assert other.id in label.read_text()


# -------------------------------------------------------------------------------------------------- writes that fail


def fails_after(count):
    """A writer whose disk is full after some bytes."""

    class Full:
        def __init__(self, stream):
            self.stream = stream

        def __getattr__(self, name):
            return getattr(self.stream, name)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.stream.close()

        def write(self, data):
            self.stream.write(data[:count])
            raise OSError(28, "No space left on device")

    return Full


def _as_it_is(stream):
    return stream


@pytest.mark.parametrize("count", [0, 100, 10**6])
def test_a_full_disk_leaves_what_was_there(folder, monkeypatch, count):
    before = contents(folder.path)
    more = from_records(run_trials(TASK, range(60)))
    plain = type(folder.path).open
    with monkeypatch.context() as patch:

        def full(path, mode="r", *_, **__):
            return (fails_after(count) if mode[0] in "aw" else _as_it_is)(plain(path, mode))

        patch.setattr(type(folder.path), "open", full)
        for first, records in ((0, more), (500, from_records(run_trials(TASK, range(500, 510))))):
            with pytest.raises(OSError, match="No space left") as failure:
                folder.write(first, records)
            assert failure.value.filename == str(folder.path / f"{first:010}.parquet")
    assert contents(folder.path) == before
    folder.write(0, more)
    assert folder.read(0) == more


def test_a_file_larger_than_the_system_allows_leaves_what_was_there(folder):
    before = contents(folder.path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            folder.write(0, from_records(run_trials(TASK, range(60))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert contents(folder.path) == before


KILLED = """
import os, pathlib, signal, sys
from srtheory.experiments.store import Folder
from tests.experiments.test_store import RECORDS, TASK
folder = Folder(pathlib.Path(sys.argv[1]), TASK.id, 500)
pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
folder.write(500, RECORDS)
"""


def test_what_a_killed_writer_left_is_swept_away(folder, tmp_path):
    """It is killed, by itself, between writing and renaming."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder.path)], check=False, cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    assert (folder.path / ".0000000500.parquet.tmp").stat().st_size > 0
    assert open_folder(tmp_path, TASK).read(0) == RECORDS
    assert sorted(contents(folder.path)) == [FIRST, "_task.json"]


def test_a_finished_folder_may_be_read_only(folder, tmp_path):
    for path in (folder.path, *folder.path.iterdir()):
        path.chmod(0o500 if path.is_dir() else 0o400)
    before = {p: p.stat().st_mtime_ns for p in (folder.path, *folder.path.iterdir())}
    assert open_folder(tmp_path, TASK).read(0) == RECORDS
    assert before == {p: p.stat().st_mtime_ns for p in (folder.path, *folder.path.iterdir())}
    folder.path.chmod(0o700)


# ------------------------------------------------------------------------------------------------- planted mistakes


@pytest.mark.quality
def test_a_store_that_trusts_whatever_can_be_parsed_is_caught(folder, monkeypatch):
    """It would take another task's records for its own."""
    monkeypatch.setattr(store, "decode", lambda data, id: store._records(store._parse(data)))
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        test_a_sound_file_of_something_else_is_refused_and_stays(folder, "another task")


@pytest.mark.quality
def test_a_store_that_takes_a_torn_file_for_an_empty_one_in_silence_is_caught(folder, monkeypatch):
    decode = store.decode

    def trusting(data, id):
        try:
            return decode(data, id)
        except store._Damaged:
            return RECORDS[:0]

    monkeypatch.setattr(store, "decode", trusting)
    with warnings.catch_warnings(), pytest.raises(pytest.fail.Exception, match="DID NOT WARN"):
        test_a_torn_file_is_set_aside_and_said_so(folder, 0.5)


@pytest.mark.quality
def test_a_store_that_writes_in_place_is_caught(folder, monkeypatch):
    def careless(path, data):
        with path.open("wb") as stream:
            stream.write(data)

    monkeypatch.setattr(store, "write_whole", careless)
    with pytest.raises(AssertionError):
        test_a_full_disk_leaves_what_was_there(folder, monkeypatch, 100)


def test_numbers_survive_to_the_last_bit(tmp_path):
    """Subnormal, huge and infinite latencies, and the largest of whole numbers."""
    kept = open_folder(tmp_path, TASK)
    columns = {name: values.copy() for name, values in RECORDS[:4].columns.items()}
    columns["latency"] = np.array([5e-324, np.inf, np.nextafter(1, 2), 1.7976931348623157e308])
    columns["work"] = np.array([2**62, 2**53 + 1, 0, 1])
    columns["stopping_time"] = np.array([2.0**60, np.inf, 0, 1])
    odd = type(RECORDS)(columns)
    kept.write(0, odd)
    assert kept.read(0) == odd


# ------------------------------------------------------------------------------------------------------- to the limits


def records_of(first, count):
    """So many records from this trial on, which are those of other trials in turn."""
    columns = {name: np.resize(values, count) for name, values in RECORDS.columns.items()}
    return Records(columns | {"trial": first + np.arange(count)})


def test_a_block_of_the_largest_size_is_read_and_no_larger_one():
    full, more = records_of(0, 500), records_of(0, 501)
    assert store.decode(store.encode(full, TASK.id), TASK.id) == full
    assert store.decode(store.encode(more, TASK.id), TASK.id) is None


def test_a_folder_has_blocks_of_its_size(folder):
    for size in (40, 41):
        assert Folder(folder.path, TASK.id, size).read(0) == RECORDS
    with pytest.raises(ArgumentError, match="records of the trials from 0 on, or not there"):
        Folder(folder.path, TASK.id, 39).read(0)
    for first in (500, 1500):
        folder.write(first, records_of(first, 5))
        assert folder.read(first)[4].trial == first + 4
    for place in (FIRST, "0000001500.parquet"):  # of an earlier block, and of a later one
        (folder.path / "0000001000.parquet").write_bytes((folder.path / place).read_bytes())
        with pytest.raises(ArgumentError, match="records of the trials from 1000 on, or not there"):
            folder.read(1000)


def test_a_file_of_a_mebibyte_is_looked_at_and_a_longer_one_is_not(folder):
    damage(folder, bytes(2**20 + 1))
    with pytest.raises(ArgumentError, match="a file of records, of at most 1048576 bytes, or not there"):
        folder.read(0)
    damage(folder, bytes(2**20))
    with pytest.warns(DamagedFileWarning):
        folder.read(0)


def test_a_stored_prefix_that_is_as_long_is_not_written_again(folder):
    before = (folder.path / FIRST).stat()
    folder.write(0, RECORDS)
    after = (folder.path / FIRST).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_column_of_a_file_that_was_found_sound_is_parsed_alone(folder, monkeypatch):
    fresh = Folder(folder.path, TASK.id, 500)
    read, asked = parquet.ParquetFile.read, []

    def recorded(file, columns, **options):
        asked.append((columns, options))
        return read(file, columns, **options)

    monkeypatch.setattr(parquet.ParquetFile, "read", recorded)
    for kept, columns in ((folder, ["latency"]), (fresh, None), (fresh, ["latency"])):
        assert kept.column(0, "latency").tolist() == RECORDS.columns["latency"].tolist()
        assert asked.pop() == (columns, {"use_threads": False})
    assert asked == []


def test_folders_are_told_apart_by_path_task_and_size(folder):
    same = Folder(folder.path, TASK.id, 500)
    assert folder == same  # one of which has read a file
    assert repr(folder) == repr(same) == f"Folder(path={folder.path!r}, id={TASK.id!r}, size=500)"
    with pytest.raises(TypeError):
        Folder(folder.path, TASK.id, 500, {})


def test_only_what_may_never_happen_is_null(folder):
    schema = parquet.read_schema(folder.path / FIRST)
    may = ["stopping_time", "coverage_time", "additions", "multiplications", "solving"]
    assert [field.name for field in schema if field.nullable] == may


def test_the_digest_is_of_the_task_and_of_the_columns():
    """Numbers as little-endian bytes, texts one a line."""
    data = b"task"
    for name in KINDS:
        values = RECORDS.columns[name]
        little = values.dtype.newbyteorder("<")
        data += "\n".join(values).encode() if values.dtype == object else values.astype(little).tobytes()
    assert store.records_digest(RECORDS, b"task") == hashlib.sha256(data).hexdigest()


def test_a_text_that_is_none_and_errors_of_the_parser_are_damage(monkeypatch):
    table = store._parse(store.encode(RECORDS[:1], TASK.id))
    broken = pa.StringArray.from_buffers(1, pa.array([0, 1], pa.int32()).buffers()[1], pa.py_buffer(b"\xff"))
    place = table.schema.get_field_index("argument")
    written = pa.BufferOutputStream()
    parquet.write_table(table.set_column(place, table.schema.field(place), broken), written)
    with pytest.raises(store._Damaged, match="UTF8"):
        store._parse(written.getvalue().to_pybytes())
    for error, says in ((pa.ArrowInvalid("first\nsecond\nthird"), "first"), (MemoryError(), "MemoryError")):

        def fails(*_, error=error, **__):
            raise error

        monkeypatch.setattr(parquet, "ParquetFile", fails)
        with pytest.raises(store._Damaged) as found:
            store._parse(b"")
        assert str(found.value) == says


def test_what_has_gone_is_an_error_of_the_system():
    assert store.first_of(RECORDS, 40) == RECORDS
    with pytest.raises(OSError, match="gone") as failure:
        store.first_of(RECORDS, 41)
    assert (failure.value.errno, failure.value.filename) == (errno.ENODATA, "store")


def test_a_label_is_text_that_people_can_read(tmp_path):
    folder = store.labelled(tmp_path / "a" / "b", "kind", "7", {"z": 1, "a": [2]})
    text = '{\n  "id": "7",\n  "kind": {\n    "a": [\n      2\n    ],\n    "z": 1\n  }\n}\n'
    assert (folder / "_kind.json").read_text() == text
    (folder / "_kind.json").write_text('{"kind": {"z": 1, "a": [2]}, "id": "7"}')  # the same in other words stays
    store.labelled(folder, "kind", "7", {"a": [2], "z": 1})
    assert (folder / "_kind.json").read_text() == '{"kind": {"z": 1, "a": [2]}, "id": "7"}'
    (folder / "_kind.json").write_text("null")
    with pytest.raises(ArgumentError, match="about kind 7, or not there"):
        store.labelled(folder, "kind", "7", {})
    assert (folder / "_kind.json").read_text() == "null"


def test_folders_that_are_made_are_waited_for_and_drafts_are_swept_away(tmp_path, monkeypatch):
    waited, fsync = [], os.fsync

    def told(handle):
        waited.append(Path(os.readlink(f"/proc/self/fd/{handle}")))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", told)
    store.labelled(tmp_path / "a" / "b", "kind", "7", {})
    a, b = tmp_path / "a", tmp_path / "a" / "b"
    assert waited == [a, tmp_path, b / "._kind.json.tmp", b]
    waited.clear()
    (b / ".draft.tmp").touch()
    store.labelled(b, "kind", "7", {})
    assert (waited, [path.name for path in b.iterdir()]) == ([], ["_kind.json"])
    (b / "_kind.json").unlink()
    store.labelled(b, "kind", "7", {})
    assert waited == [a, tmp_path, b / "._kind.json.tmp", b]


def test_an_error_of_waiting_for_a_folder_names_what_was_made(tmp_path, monkeypatch):
    """A store in the current directory must not be told to be "."."""
    monkeypatch.chdir(tmp_path)
    fsync, times = os.fsync, count()

    def fails(handle):
        if next(times) == late:
            raise OSError(28, "No space left on device")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", fails)
    named = []
    for late in range(4):
        times = count()
        with pytest.raises(OSError, match="No space") as failure:
            store.labelled(Path(f"store{late}", "b"), "kind", "7", {})
        named.append(failure.value.filename)
    assert named == ["store0/b", "store1", "store2/b/_kind.json", "store3/b/_kind.json"]


def test_a_label_may_be_set_aside_any_number_of_times(tmp_path):
    for name in ("_x", *(f"_x.damaged{tail}" for tail in ("", "-2", "-4"))):
        (tmp_path / name).touch()
    with pytest.warns(DamagedFileWarning, match=r"_x is damaged \(why\); set aside as _x\.damaged-3$"):
        store.set_aside(tmp_path / "_x", "why")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"_x.damaged{tail}" for tail in ("", "-2", "-3", "-4")]


def test_a_warning_is_of_the_line_that_sets_aside(tmp_path):
    (tmp_path / "x").touch()
    with pytest.warns(DamagedFileWarning) as told:
        store.set_aside(tmp_path / "x", "why")
    assert [warning.filename for warning in told] == [__file__]


def test_row_groups_of_a_file_are_unpacked_if_they_fit_together(monkeypatch):
    """Read the same records in one group and in two, with a limit of their size and of a byte less."""
    table = store._parse(store.encode(RECORDS, TASK.id))
    for groups in (1, 2):
        written = pa.BufferOutputStream()
        parquet.write_table(table, written, row_group_size=-(-len(RECORDS) // groups))
        data = written.getvalue().to_pybytes()
        about = parquet.ParquetFile(pa.BufferReader(data)).metadata
        sizes = [about.row_group(i).total_byte_size for i in range(groups)]
        assert about.num_row_groups == len(sizes)
        monkeypatch.setattr(store, "_LARGEST_FILE", sum(sizes))
        assert store.decode(data, TASK.id) == RECORDS
        monkeypatch.setattr(store, "_LARGEST_FILE", sum(sizes) - 1)
        assert store.decode(data, TASK.id) is None


@pytest.mark.parametrize(("written", "asked"), [("a", "b"), ("b", "a"), ("a", "aa"), ("aa", "a")])
def test_records_of_another_task_are_a_strangers_whichever_comes_first(written, asked):
    assert store.decode(store.encode(RECORDS, written), asked) is None
    assert store.decode(store.encode(RECORDS, written), written) == RECORDS


@pytest.mark.parametrize("digit", [b"0", b"f"])
def test_a_wrong_digest_is_damage_be_it_smaller_or_larger(digit):
    with pytest.raises(store._Damaged, match="something other than what was written"):
        store.decode(renamed(store.encode(RECORDS, TASK.id), digest=digit * 64), TASK.id)
