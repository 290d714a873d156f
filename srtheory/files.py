"""Files: read up to a limit, written whole or not at all; matrices, and lines of a CSV file as dataclasses.

Nothing is unpickled or evaluated, and every size that a file declares is checked before memory of that size is
allocated.
"""

from __future__ import annotations

import csv
import errno
import fcntl
import gzip
import io
import json
import os
import re
import stat
import warnings
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields
from functools import lru_cache
from io import BytesIO, StringIO
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, get_type_hints

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int
from srtheory.matrix import Rows, check_support
from srtheory.types import Int64

LARGEST_FILE = 1 << 25
"""Largest number of bytes."""
LARGEST_SIDE = 10**6
"""Largest number of rows, and of columns."""

UNPACKED = 4 * LARGEST_FILE
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_PLACES = {f"{name}.npy" for name in ("shape", "indices", "indptr", "row", "col", "offsets")}
_GZIP = b"\x1f\x8b"
_INT64 = 2**63
_EXACT = 2**53
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,19}\s*", re.ASCII)
_NUMBER = rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_ENTRIES = {
    b"coordinate": re.compile(rb"[0-9]+\s+[0-9]+(?:\s+" + _NUMBER + rb")?"),
    b"array": re.compile(_NUMBER),
}
_BANNER = re.compile(rb"%%matrixmarket\s+matrix\s+(coordinate|array)\s", re.IGNORECASE)


def read_bytes(path: str | Path, name: str = "file", largest: int = LARGEST_FILE) -> bytes:
    """Return the content of a regular file of at most ``largest`` bytes; errors name the argument ``name``.

    A device or a pipe, which may never end, is not opened.
    """
    path = Path(path)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise ArgumentError(name, str(path), "a regular file")
        with path.open("rb") as stream:
            data = stream.read(largest + 1) if about.st_size <= largest else None
    except OSError as error:
        raise ArgumentError(name, str(path), f"a readable file ({error.strerror or error})") from None
    except ValueError as error:  # a name that no file can have
        if isinstance(error, ArgumentError):
            raise
        raise ArgumentError(name, str(path), f"a readable file ({error})") from None
    if data is None or len(data) > largest:
        raise ArgumentError(name, str(path), f"a file of at most {largest} bytes")
    return data


def read_unpacked(path: str | Path, name: str, largest: int) -> bytes:
    """Return the same; a file that begins as gzip's do is unpacked, by at most ``largest`` bytes and one more."""
    data = read_bytes(path, name, largest)
    if not data.startswith(_GZIP):
        return data
    try:
        with gzip.open(BytesIO(data)) as stream:
            unpacked = stream.read(largest + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ArgumentError(name, str(path), f"a file that gzip can unpack ({error})") from None
    if len(unpacked) > largest:
        raise ArgumentError(name, str(path), f"a file of at most {largest} bytes when unpacked")
    return unpacked


def read_rows(path: str | Path) -> Rows:
    """Read an integer matrix, rows in order of arrival, with at most 10^6 rows and columns in at most 32 MiB.

    ``.json``: ``{"columns": m, "rows": [[indices], ...]}``, 0-based, with optional ``"values": [[weights], ...]``.
    ``.mtx``: Matrix Market, pattern or integers. ``.npz``: as ``scipy.sparse.save_npz`` writes it. ``.csv``: the dense
    matrix, a row a line. Integers are below 2^63 in size, below 2^53 where the file has them as floats.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ArgumentError("file", str(path), "a .json, .mtx, .npz or .csv file")
    data = read_bytes(path)
    try:
        with warnings.catch_warnings():  # SciPy and NumPy warn of files that are rejected just below
            warnings.simplefilter("ignore")
            return reader(data, path)
    except ArgumentError:
        raise
    except (ValueError, KeyError, EOFError, UnicodeDecodeError, OverflowError, RecursionError) as error:
        raise ArgumentError("file", str(path), f"a well-formed {path.suffix} matrix ({error})") from None
    except Exception as error:  # third-party readers raise any exception on foreign bytes
        raise ArgumentError("file", str(path), f"a well-formed {path.suffix} matrix ({type(error).__name__})") from None


def _read_json(data: bytes, path: Path) -> Rows:
    if data.count(b"[") > 2 * LARGEST_SIDE + 2 or data.count(b"{") > 1 or data.count(b'"') > 6:
        raise ArgumentError("file", str(path), f"one object of three keys and at most {LARGEST_SIDE} rows")
    document = json.loads(data.decode(), object_pairs_hook=_once)
    if not isinstance(document, dict) or not {"columns", "rows"} <= set(document) <= {"columns", "rows", "values"}:
        raise ArgumentError("file", str(path), 'an object with the keys "columns", "rows" and perhaps "values"')
    columns = require_int("columns", document["columns"], 0, LARGEST_SIDE)
    rows = _lists("rows", document["rows"])
    check_shape((len(rows), columns))
    for i, support in enumerate(rows):
        check_support(support, columns, i)
    indptr = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(r) for r in rows], out=indptr[1:])
    indices = np.array([c for r in rows for c in r], dtype=np.int32)
    return Rows(columns, indptr, indices, _weights(document["values"], rows) if "values" in document else None)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ArgumentError("file", [name for name, _ in pairs], "an object that gives no key twice")
    return dict(pairs)


def _lists(name: str, value: Any) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise ArgumentError(name, value if not isinstance(value, list) else "other items", "a list of lists")
    return value


def _weights(value: Any, rows: list[list[Any]]) -> Int64:
    values = _lists("values", value)
    if [len(v) for v in values] != [len(r) for r in rows]:
        raise ArgumentError("values", "lists of other lengths", "as long as rows, list by list")
    return np.array([_weight(v) for row in values for v in row], dtype=np.int64)


def _weight(value: Any) -> int:
    if type(value) is not int or not -_INT64 <= value < _INT64:
        raise ArgumentError("values", value, "integers of at most 64 bits")
    return value


def _read_csv(data: bytes, path: Path) -> Rows:
    check_shape((sum(map(bool, data.splitlines())), 1))  # before the seconds that they would take
    counts, columns = array("q"), 0
    indices, values = array("i"), array("q")
    for line in csv.reader(StringIO(data.decode(), newline="")):
        if not line:
            continue
        columns = columns or len(line)
        if len(line) != columns:
            raise ArgumentError("file", str(path), "a .csv file whose rows are equally long")
        check_shape((len(counts) + 1, columns))
        weights = {cell: whole_entry(cell) for cell in set(line)}
        row = [weights[cell] for cell in line]
        indices.extend([j for j, weight in enumerate(row) if weight])
        values.extend([weight for weight in row if weight])
        counts.append(len(row) - row.count(0))
    if not counts:
        raise ArgumentError("file", str(path), "a .csv file with at least one row")
    owner = np.repeat(np.arange(len(counts)), np.array(counts))
    return _assemble((len(counts), columns), owner, np.array(indices), np.array(values))


@lru_cache
def whole_entry(cell: str) -> int:
    """Return the integer of 64 bits that a cell is."""
    if not _WHOLE.fullmatch(cell) or not -_INT64 <= int(cell) < _INT64:
        raise ArgumentError("cell", cell, "an integer of at most 64 bits")
    return int(cell)


def _read_mtx(data: bytes, path: Path) -> Rows:
    from scipy.io import mmread

    _check_header(data, path)
    return _from_sparse(mmread(BytesIO(data)), path)


def _check_header(data: bytes, path: Path) -> None:
    """Check the sizes that a Matrix Market file declares, since memory is allocated before its entries are read."""
    lines = (line.strip() for line in BytesIO(data))
    banner = _BANNER.match(next(lines, b""))
    lines = (line for line in lines if line and not line.startswith(b"%"))
    sizes = next(lines, b"").split()
    if banner is None or len(sizes) not in (2, 3) or not all(re.fullmatch(rb"[0-9]{1,19}", size) for size in sizes):
        raise ArgumentError("file", str(path), "a well-formed .mtx matrix (its header is invalid)")
    entry = _ENTRIES[banner[1].lower()]
    if wrong := next((line for line in lines if not entry.fullmatch(line)), None):
        raise ArgumentError("entry", wrong.decode(errors="replace"), "places and an integer, in plain digits")
    rows, columns, *entries = map(int, sizes)
    check_shape((rows, columns))
    declared = entries[0] if entries else rows * columns
    if declared > len(data):
        raise ArgumentError("file", str(path), f"a well-formed .mtx matrix (it is too short for {declared} entries)")


def _read_npz(data: bytes, path: Path) -> Rows:
    from scipy.sparse import load_npz

    with zipfile.ZipFile(BytesIO(data)) as archive:
        _check_members(archive, path)
    try:
        matrix = load_npz(BytesIO(data))
    except ValueError:  # its text has the address of an object
        raise ArgumentError("file", str(path), "a well-formed .npz matrix (it has no sparse matrix)") from None
    check_shape(matrix.shape)
    if matrix.format in ("csr", "csc", "bsr"):
        matrix.check_format(full_check=True)  # compiled code relies on the boundaries
    return _from_sparse(matrix, path)


def _check_members(archive: zipfile.ZipFile, path: Path) -> None:
    """Check the declared sizes and types of the arrays, since SciPy allocates them and truncates after a point."""
    size = sum(member.file_size for member in archive.infolist())
    for name in archive.namelist() if size <= UNPACKED else ():
        with archive.open(name) as stream:
            reader = _HEADERS[np.lib.format.read_magic(stream)]
            shape, _, kind = reader(stream)
        size = max(size, prod(shape) * kind.itemsize)
        if name in _PLACES and kind.kind not in "iu":
            raise ArgumentError("file", str(path), f"an .npz file whose {name} has integers")
    if size > UNPACKED:
        raise ArgumentError("file", str(path), f"an .npz file of at most {UNPACKED} bytes when unpacked")


def _from_sparse(matrix: Any, path: Path) -> Rows:
    from scipy.sparse import coo_array

    coo = coo_array(matrix)
    check_shape(coo.shape)
    data = np.asarray(coo.data)
    if data.dtype.kind not in "biuf" or not np.all(np.isfinite(data)) or np.any(data != np.trunc(data)):
        raise ArgumentError("file", str(path), "a matrix of integers")
    if len(data) and not -_INT64 <= int(data.min()) <= int(data.max()) < _INT64:
        raise ArgumentError("file", str(path), "a matrix of integers of at most 64 bits")
    if data.dtype.kind == "f" and np.any(np.abs(data) >= _EXACT):
        raise ArgumentError("file", str(path), "a matrix of integers, of at most 53 bits where they are floats")
    owner, indices = (np.asarray(axis, dtype=np.int64) for axis in coo.coords)
    order = np.lexsort((indices, owner))
    owner, indices, data = owner[order], indices[order], data[order]
    twice = np.flatnonzero((np.diff(owner) == 0) & (np.diff(indices) == 0))
    if len(twice):
        raise ArgumentError(f"rows[{owner[twice[0]]}]", int(indices[twice[0]]), "a row that names no column twice")
    return _assemble(coo.shape, owner, indices, data.astype(np.int64))


def check_shape(shape: tuple[int, ...]) -> None:
    """Refuse a matrix with more rows or columns than :data:`LARGEST_SIDE`."""
    for name, size in zip(("rows", "columns"), shape, strict=True):
        if size > LARGEST_SIDE:
            raise ArgumentError(name, size, f"at most {LARGEST_SIDE}")


def _assemble(shape: tuple[int, ...], owner: npt.NDArray[Any], indices: npt.NDArray[Any], values: Int64) -> Rows:
    if len(values) and (min(indices.min(), owner.min()) < 0 or indices.max() >= shape[1] or owner.max() >= shape[0]):
        raise ArgumentError("indices", int(indices.max()), f"columns from 0 to {shape[1] - 1}")
    indptr = np.zeros(shape[0] + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=shape[0]), out=indptr[1:])
    ones = bool((values == 1).all())
    return Rows(shape[1], indptr, indices.astype(np.int32), None if ones else values)


_READERS: dict[str, Callable[[bytes, Path], Rows]] = {
    ".json": _read_json,
    ".csv": _read_csv,
    ".mtx": _read_mtx,
    ".npz": _read_npz,
}


# ------------------------------------------------------------------------------------------------ files written whole

_LONGEST = 60
"""Number of characters of a file's name in the name of its draft: four bytes each fit with the rest."""
_NO_DRAFT = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ENOENT)
"""A file may be writable in a folder that is not, be a mount point, or belong to the system."""


def write_output(path: Path, data: bytes) -> None:
    """Write a file that a user requests: whole, at the target of links, with its former permissions.

    A device or a pipe takes the bytes directly, as does a file that may be written but not replaced. Raises OSError,
    whose ``filename`` is the path, if it cannot be written; what was there before stays.
    """
    mode = _mode(path)
    with naming(path):
        if mode is None:
            write_whole(Path(os.path.realpath(path)), data)
        elif not stat.S_ISREG(mode) or not _replaced(path, data, mode):
            path.write_bytes(data)


def _replaced(path: Path, data: bytes, mode: int) -> bool:
    """Replace a file, if a draft next to it is possible."""
    path.open("r+b").close()  # a file that may not be written must not be replaced
    try:
        write_whole(Path(os.path.realpath(path)), data, mode)
    except OSError as error:
        if error.errno not in _NO_DRAFT:
            raise
        return False
    return True


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def write_whole(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write all of the file or nothing of it, also in case of a power failure.

    Writers of one file take turns: each locks the draft (``flock``), and the next one takes over the draft of a killed
    one.
    """
    draft = path.with_name(f".{path.name[:_LONGEST]}.tmp")
    with naming(path), _alone(draft) as stream:
        try:
            if mode is not None:
                os.fchmod(stream.fileno(), stat.S_IMODE(mode))
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
            draft.replace(path)
        except BaseException:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
    with naming(path):
        sync(path.parent)


@contextmanager
def _alone(draft: Path) -> Iterator[BinaryIO]:
    """Yield the empty draft as soon as no other process has it."""
    while True:
        with draft.open("ab") as stream:
            with suppress(OSError):  # a file system without locks cannot protect two writers
                fcntl.flock(stream, fcntl.LOCK_EX)
            if not _is_at(draft, stream):  # it became the file of the one before
                continue
            stream.truncate(0)
            yield stream
            return


def _is_at(path: Path, stream: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False


def sync(folder: Path) -> None:
    """Wait until the folder's names are on disk."""
    with naming(folder):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class naming:  # noqa: N801  # used like a function
    """Let system errors in the block name this file; those of reading, writing and locking name none.

    A class, since the frames of a generator and of its error would refer to each other from Python 3.12 on, and the
    callers' records would wait for the collector of cycles.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror or str(error), str(self.path)) from None


# ----------------------------------------------------------------------------------------------- lines as dataclasses

MAX_BYTES = LARGEST_FILE
"""Largest number of bytes of a file that is read."""


def head(kind: type) -> list[str]:
    """Return the columns: the dataclass's fields, in order."""
    return [field.name for field in fields(kind)]


def write_lines(path: Path, kind: type, lines: Iterable[Any], columns: Sequence[str] | None = None) -> None:
    """Replace the file at once, so that readers see the old or the new file, whole. Floats to the last digit.

    ``columns`` may be :func:`head` in another order.
    """
    names = columns or head(kind)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([getattr(line, name) for name in names] for line in lines)
    write_whole(path, stream.getvalue().encode())


def read_lines(path: Path, kind: type[Any], columns: Sequence[str] | None = None) -> Iterator[Any]:
    """Return the lines written by :func:`write_lines`."""
    types, names = get_type_hints(kind), list(columns or head(kind))
    try:
        data = read_bytes(path, "path", MAX_BYTES)
    except ArgumentError as error:
        raise ArgumentError("path", str(path), f"a table of {kind.__name__} lines, {error.expected}") from None
    try:
        text = data.decode()
        reader = csv.DictReader(text.splitlines(), strict=True)
        found = list(reader.fieldnames or [])
        if found != names:
            lacking = ", ".join(name for name in names if name not in found)
            raise ValueError(f"without {lacking}" if lacking else "columns in another order, or more")
        if not text.endswith("\n"):
            raise ValueError("cut short")
        for line in reader:
            if None in line or None in line.values():
                raise ValueError(f"line {reader.line_num} has too many or too few cells")
            yield kind(**{name: _PARSERS[types[name]](value) for name, value in line.items()})
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise ArgumentError("path", str(path), f"a table of {kind.__name__} lines ({error})") from None


_PARSERS: dict[Any, Callable[[str], Any]] = {
    int: int,
    float: float,
    str: str,
    bool: lambda text: {"True": True, "False": False}[text],
    int | None: lambda text: int(text) if text else None,
    float | None: lambda text: float(text) if text else None,
}
