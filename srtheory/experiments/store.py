"""Records on disk: one folder per task, one parquet file per block of trials, each written atomically.

``DIR/<task id>/_task.json`` identifies the task. ``DIR/<task id>/0000001000.parquet`` holds the records of the trials
from 1000 on, a prefix of their block. The starts of blocks depend only on the task. The bytes of a file depend only on
its records and on the versions of srtheory and pyarrow, not on who computed them, in which pieces, or after which
failures.

A damaged file is set aside under another name and its records are recomputed. A valid file of another kind is never
changed. Writers take turns by a lock on the folder (``flock``), which is released when its process ends.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import itertools
import json
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from operator import index
from pathlib import Path
from typing import Any, Protocol, TypeVar, overload

import numpy as np
import numpy.typing as npt

from srtheory.environment import __version__
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import RESULTS, Record, Task
from srtheory.files import naming, sync, write_whole
from srtheory.shown import Grid, Shown, axes_of, frame_of
from srtheory.types import Floats

KINDS: dict[str, str] = {field.name: str(field.type) for field in fields(Record)}
"""Type of every field of a record, as its class writes it."""

_DTYPES: dict[str, Any] = {"int": np.int64, "float": np.float64, "int | None": np.float64, "str": object, "bool": bool}


@dataclass(frozen=True, eq=False)
class Records(Shown, Sequence[Record]):
    """Records of consecutive trials: ``runs[3]`` is one, ``runs[:3]`` are several, ``runs["latency"]`` is a column."""

    columns: Mapping[str, npt.NDArray[Any]]
    """By the names of a record's fields, shape (n,): int64, float64, bool, or object arrays of texts.

    What a record may lack (``None``, "never") is inf in a float64 array, exact up to 2^53.
    """

    def __len__(self) -> int:
        return len(self.columns["trial"])

    @overload
    def __getitem__(self, i: int) -> Record: ...
    @overload
    def __getitem__(self, i: slice) -> Records: ...
    @overload
    def __getitem__(self, i: str) -> npt.NDArray[Any]: ...
    def __getitem__(self, i: int | slice | str) -> Record | Records | npt.NDArray[Any]:
        if isinstance(i, slice):
            return Records({name: values[i] for name, values in self.columns.items()})
        if isinstance(i, str) and i in self.columns:
            return self.columns[i]
        try:
            i = index(i)  # type: ignore[arg-type]
        except TypeError:
            expected = f"the number of a trial, a slice, or one of {', '.join(self.columns)}"
            raise ArgumentError("records", i, expected) from None
        return _record({name: values[i : i + 1 or None].tolist()[0] for name, values in self.columns.items()})

    def parts(self) -> list[str | Grid]:
        """Return the number of trials, and the mean of each measure with its standard error."""
        rows, n = [], len(self)
        for name in ("latency", "stopping_time", "coverage_time", "work"):
            values = self.columns[name].astype(np.float64)
            whole = n > 1 and bool(np.isfinite(values).all())
            error = f"{values.std(ddof=1) / n**0.5:.2g}" if whole else "-"
            mean, median = (f"{x:.6g}" for x in (values.mean(), np.quantile(values, 0.5, method="inverted_cdf")))
            rows.append((name, mean, error, median))
        return [f"{n} trials", Grid(("", "mean", "± s.e.", "median"), (-16, 28, 38, 50), rows if n else [])]

    def to_frame(self) -> Any:
        """Return the records as a pandas DataFrame, a row for each trial."""
        return frame_of(self.columns)

    def plot(self, law: Any = None, name: str = "latency", ax: Any = None) -> Any:
        """Draw the distribution of a measure, beside a law of it if one is given, and return the axes."""
        ax, values = axes_of(ax), np.sort(self[name].astype(np.float64))
        if law is not None:
            if not hasattr(law, "plot"):
                raise ArgumentError("law", law, "a law, such as latency(scheme, model)")
            law.plot(ax)
        values = values[np.isfinite(values)]
        ax.step(values, np.arange(1, len(values) + 1) / len(self), where="post", label=f"{len(self)} trials")
        ax.set(xlabel=name.replace("_", " "), ylabel="P(X ≤ x)", ylim=(0, 1.02))
        ax.legend(frameon=False)
        return ax

    def __iter__(self) -> Iterator[Record]:
        columns = [values.tolist() for values in self.columns.values()]
        return (_record(dict(zip(self.columns, row, strict=True))) for row in zip(*columns, strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)


def _record(values: dict[str, Any]) -> Record:
    for name, kind in KINDS.items():
        if kind == "int | None":
            values[name] = None if values[name] == float("inf") else int(values[name])
    return Record(**values)


def from_records(records: Iterable[Record]) -> Records:
    """Return the same by column."""
    rows = list(records)
    columns = {}
    for name, kind in KINDS.items():
        values = [_plain(getattr(record, name)) for record in rows]
        columns[name] = np.array(values, dtype=_DTYPES[kind])
    return Records(columns)


def _plain(value: Any) -> Any:
    """Return "never" as inf, and an enumeration as its text, one object for all."""
    return np.inf if value is None else sys.intern(str(value)) if isinstance(value, str) else value


def concatenate(parts: Sequence[Records]) -> Records:
    """Return the records of all parts, one after the other."""
    if not parts:
        return from_records([])
    return Records({name: np.concatenate([part.columns[name] for part in parts]) for name in KINDS})


LARGEST_BLOCK = 500
"""Largest number of trials in a file."""
_LARGEST_FILE = 1 << 20
"""Largest number of bytes, also after decompression; our files take a tenth of that."""
_SUM = 16
"""Bytes of a digest in memory, sufficient against accidental damage."""


class ForeignFileError(ArgumentError):
    """Error for a valid file of another kind in the place of records, which is not changed."""

    def __init__(self, path: Path, expected: str) -> None:
        super().__init__("store", str(path), expected)

    def __reduce__(self) -> tuple[object, ...]:
        """See :class:`srtheory.errors.ArgumentError`."""
        return type(self), (self.value, self.expected)


class DamagedFileWarning(UserWarning):
    """Warning that a stored file could not be read; it was set aside, and its records are recomputed."""


def block_size(task: Task) -> int:
    """Return the number of trials in a block: 500 up to 1000 columns, fewer above, so that a block takes seconds."""
    power = 2 if task.decode_by == "span" else 1
    return min(LARGEST_BLOCK, max(1, LARGEST_BLOCK * 1000**power // task.scheme.symbols**power))


class Shelf(Protocol):
    """Storage of the blocks of one task."""

    def read(self, first: int) -> Records:
        """Return records of the trials from ``first``, the start of a block: a prefix of the block, perhaps empty."""
        ...

    def write(self, first: int, records: Records) -> None:
        """Store a longer prefix of the block that begins at ``first``."""
        ...

    def column(self, first: int, name: str) -> npt.NDArray[Any]:
        """Return one column of :meth:`read`, with less time and memory, of shape (n,)."""
        ...


@dataclass(frozen=True)
class Memory:
    """A shelf that lasts as long as the process."""

    blocks: dict[int, Records] = field(default_factory=dict)

    def read(self, first: int) -> Records:
        """See :class:`Shelf`."""
        return self.blocks.get(first, concatenate([]))

    def write(self, first: int, records: Records) -> None:
        """See :class:`Shelf`."""
        self.blocks[first] = records

    def column(self, first: int, name: str) -> npt.NDArray[Any]:
        """See :class:`Shelf`."""
        return self.read(first).columns[name]


@dataclass(frozen=True)
class Folder:
    """A shelf on disk, see :func:`open_folder`."""

    path: Path
    id: str
    size: int
    _sound: dict[int, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Digest of the file of each block that was written, or found valid as a whole, by this process."""

    def read(self, first: int) -> Records:
        """See :class:`Shelf`.

        Raises ForeignFileError if a valid file of another task, other trials or another form is in its place. Raises
        OSError if the folder cannot be read.
        """
        with locked(self.path):
            return self._read(first)

    def write(self, first: int, records: Records) -> None:
        """See :class:`Shelf`; a stored prefix that is no shorter is not replaced.

        Once this returns, the records survive a power failure.

        Raises OSError if the file cannot be written, for example on a full disk; everything stored before stays.
        """
        with locked(self.path):
            if len(self._read(first)) < len(records):
                data = encode(records, self.id)
                write_whole(self._file(first), data)
                self._sound[first] = _sum(data)
            else:
                sync(self.path)  # its writer may have been killed before it did

    def column(self, first: int, name: str) -> npt.NDArray[Any]:
        """See :class:`Shelf`; the file is parsed in part if its bytes were found valid as a whole before.

        Checksums of pages do not suffice: they do not cover the start of a page and how it is read.
        """
        with suppress(FileNotFoundError, _Damaged):
            data = content(self._file(first))
            if self._sound.get(first) == _sum(data):
                return _array(_parse(data, [name]), name)
        return self.read(first).columns[name]  # which handles this

    def _file(self, first: int) -> Path:
        return self.path / f"{first:010}.parquet"

    def _read(self, first: int) -> Records:
        path = self._file(first)
        try:
            data = content(path)
            records = decode(data, self.id)
        except FileNotFoundError:
            return concatenate([])
        except _Damaged as error:
            set_aside(path, str(error))
            return concatenate([])
        if records is None:
            raise ForeignFileError(path, f"records of task {self.id}, or not there")
        if not 0 < len(records) <= self.size or (records.columns["trial"] != first + np.arange(len(records))).any():
            raise ForeignFileError(path, f"records of the trials from {first} on, or not there")
        self._sound[first] = _sum(data)
        return records


@dataclass(frozen=True)
class Kept:
    """Stored records of the trials 0 .. trials - 1 of a task, which are read on access.

    Raises OSError on access if stored records no longer exist.
    """

    shelf: Shelf
    size: int
    """Trials in a block, see :func:`block_size`."""
    trials: int
    """At least 1."""

    def __len__(self) -> int:
        return self.trials

    def __iter__(self) -> Iterator[Record]:
        for block in self.blocks():
            yield from block

    def blocks(self) -> Iterator[Records]:
        """Return every column, one block at a time."""
        for first, count in self._blocks():
            yield first_of(self.shelf.read(first), count)

    def parts(self, name: str) -> Iterator[npt.NDArray[Any]]:
        """Return one column, a block at a time."""
        for first, count in self._blocks():
            yield first_of(self.shelf.column(first, name), count)

    def column(self, name: str) -> Floats:
        """Return one column of numbers, shape (trials,), inf if it is None ("never"), with 8 bytes per trial."""
        found, at = np.empty(self.trials), 0
        for part in self.parts(name):
            found[at : at + len(part)] = part
            at += len(part)
        return found

    def _blocks(self) -> Iterator[tuple[int, int]]:
        return ((first, min(self.size, self.trials - first)) for first in range(0, self.trials, self.size))


Part = TypeVar("Part", Records, npt.NDArray[Any])


def first_of(part: Part, count: int) -> Part:
    """Return the first so many records of a shelf, which it had before; OSError if it has fewer by now."""
    if len(part) < count:
        raise OSError(errno.ENODATA, "records that were there are gone; a rerun computes them anew", "store")
    return part[:count]


def open_folder(store: Path, task: Task) -> Folder:
    """Return the task's folder in ``store``, made if necessary.

    Raises ForeignFileError if the folder's ``_task.json`` speaks of another task. Raises ArgumentError if the task
    cannot be named. Raises OSError if the folder cannot be made, read or locked.
    """
    return Folder(labelled(Path(store) / task.id, "task", task.id, task.canonical()), task.id, block_size(task))


def labelled(folder: Path, kind: str, id: str, about: Mapping[str, Any]) -> Path:
    """Return the folder, made if necessary, with a file ``_KIND.json`` that describes its contents.

    Raises ForeignFileError if that file speaks of something else. Raises OSError if the folder cannot be made, read or
    locked.
    """
    if not (folder / f"_{kind}.json").exists():
        # A writer that was killed may have made folders without waiting for their names.
        made = [place for place in (folder, *folder.parents) if not place.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for place in dict.fromkeys([folder, folder.parent, *made]):
            with naming(place):
                sync(place.parent)
    with locked(folder):
        for left in folder.glob(".*.tmp"):  # their writer is gone: it would hold the lock
            left.unlink()
        _label(folder / f"_{kind}.json", kind, id, about)
    return folder


def _label(path: Path, kind: str, id: str, about: Mapping[str, Any]) -> None:
    """Check the description in the folder, or write it."""
    text = json.dumps({"id": id, kind: about}, indent=2, sort_keys=True) + "\n"
    try:
        if json.loads(content(path)) != json.loads(text):
            raise ForeignFileError(path, f"about {kind} {id}, or not there")
        return
    except FileNotFoundError:
        pass
    except ForeignFileError:
        raise
    except (ValueError, RecursionError) as error:
        set_aside(path, str(error))
    write_whole(path, text.encode())


# ------------------------------------------------------------------------------------------------------------ parquet


class _Damaged(Exception):  # noqa: N818  (a state of a file, which nobody outside gets to see)
    pass


def _schema() -> Any:
    import pyarrow as pa

    types = {"int": pa.int64(), "float": pa.float64(), "int | None": pa.int64(), "str": pa.string(), "bool": pa.bool_()}
    return pa.schema([pa.field(name, types[kind], nullable=kind == "int | None") for name, kind in KINDS.items()])


def encode(records: Records, id: str) -> bytes:
    """Return records as a Parquet file of this task."""
    import pyarrow as pa
    from pyarrow import parquet

    about = {
        "task": id,
        "digest": records_digest(records, id.encode()),
        "results": str(RESULTS),
        "srtheory": __version__,
    }
    schema = _schema().with_metadata(about)
    columns = []
    for name, kind in KINDS.items():
        values = records.columns[name]
        never = np.isinf(values) if kind == "int | None" else None
        columns.append(pa.array(values if never is None else np.where(never, 0, values).astype(np.int64), mask=never))
    sink = pa.BufferOutputStream()
    parquet.write_table(
        pa.Table.from_arrays(columns, schema=schema), sink, compression="zstd", write_page_checksum=True
    )
    return sink.getvalue().to_pybytes()


def decode(data: bytes, id: str) -> Records | None:
    """Return the records in a file of this task, or None for a valid file of another kind."""
    table = _parse(data)
    if table is None:
        return None
    about = table.schema.metadata or {}
    ours = about.get(b"task") == id.encode()
    if table.schema.equals(_schema()):
        records = _records(table)
        if about.get(b"digest") == records_digest(records, about.get(b"task", b"")).encode():
            return records if ours else None
    if ours or b"digest" in about:
        raise _Damaged("it holds something other than what was written")
    return None


def _parse(data: bytes, columns: list[str] | None = None) -> Any:
    """Return the table in a file, or part of it, or None if it is larger than ours.

    An error of the parser on truncated bytes is :class:`_Damaged`.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        about = file.metadata
        unpacked = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
        if about.num_rows > LARGEST_BLOCK or unpacked > _LARGEST_FILE:
            return None
        table = file.read(columns, use_threads=False)  # any thread of pyarrow's may abort this process as it ends
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, KeyError, MemoryError) as error:
        raise _Damaged((str(error).splitlines() or [type(error).__name__])[0]) from None
    return table


def _records(table: Any) -> Records:
    return Records({name: _array(table, name) for name in KINDS})


def _array(table: Any, name: str) -> npt.NDArray[Any]:
    column = table.column(name)
    if KINDS[name] == "int | None":
        column = column.cast("float64", safe=False).fill_null(np.inf)
    if KINDS[name] == "str":
        return np.array([sys.intern(text) for text in column.to_pylist()], dtype=object)
    found: npt.NDArray[Any] = column.to_numpy()
    return found


def records_digest(records: Records, id: bytes) -> str:
    """Return the SHA-256 of the task's id and the columns: numbers as little-endian bytes, texts one per line."""
    sums = hashlib.sha256(id)
    for name, kind in KINDS.items():
        values = records.columns[name]
        little = values.dtype.newbyteorder("<")
        sums.update("\n".join(values).encode() if kind == "str" else values.astype(little, copy=False).tobytes())
    return sums.hexdigest()


def _sum(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:_SUM]


# -------------------------------------------------------------------------------------------------------------- files


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of the folder in the block, waiting until it is free."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with naming(folder):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def content(path: Path) -> bytes:
    """Return the content of a regular file of at most the usual length, since a pipe would block."""
    if path.exists() and (not path.is_file() or path.stat().st_size > _LARGEST_FILE):
        raise ForeignFileError(path, f"a file of records, of at most {_LARGEST_FILE} bytes, or not there")
    with naming(path):
        return path.read_bytes()


def set_aside(path: Path, why: str) -> None:
    """Give a damaged file the first free name of ``_….damaged``, ``_….damaged-2``, …, and warn."""
    name = "_" + path.name.lstrip("_")  # programs that read a folder as a table leave such names out
    tails = itertools.chain([""], (f"-{i}" for i in itertools.count(2)))
    aside = next(place for tail in tails if not (place := path.with_name(f"{name}.damaged{tail}")).exists())
    path.rename(aside)
    warnings.warn(f"{path} is damaged ({why}); set aside as {aside.name}", DamagedFileWarning, stacklevel=2)
