"""Matrices from files: .json, Matrix Market .mtx, scipy .npz, .csv.  Nothing is unpickled or evaluated."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int
from srtheory.rows import Rows, check_support

_INT64 = 2**63


def read_rows(path: str | Path) -> Rows:
    """Read an integer matrix, rows in order of arrival.

    ``.json``: ``{"columns": m, "rows": [[indices], ...]}``, 0-based, with optional ``"values": [[weights], ...]``.
    ``.mtx``: Matrix Market, pattern or whole numbers.  ``.npz``: as ``scipy.sparse.save_npz`` writes it.  ``.csv``: the
    dense matrix, a row a line.

    Raises
    ------
    ArgumentError
        With one line that says what is wrong with the file.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ArgumentError("file", str(path), "a .json, .mtx, .npz or .csv file")
    try:
        return reader(path)
    except ArgumentError:
        raise
    except OSError as error:
        raise ArgumentError("file", str(path), f"a readable file ({error.strerror or error})") from None
    except (ValueError, KeyError, EOFError, UnicodeDecodeError, OverflowError, RecursionError) as error:
        raise ArgumentError("file", str(path), f"a well-formed {path.suffix} matrix ({error})") from None
    except Exception as error:  # third-party readers raise what they like on foreign bytes
        raise ArgumentError("file", str(path), f"a well-formed {path.suffix} matrix ({type(error).__name__})") from None


def _read_json(path: Path) -> Rows:
    document = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)
    if not isinstance(document, dict) or not {"columns", "rows"} <= set(document) <= {"columns", "rows", "values"}:
        raise ArgumentError("file", str(path), 'an object with the keys "columns", "rows" and perhaps "values"')
    columns = require_int("columns", document["columns"], 0)
    rows = _lists("rows", document["rows"])
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


def _weights(value: Any, rows: list[list[Any]]) -> npt.NDArray[np.int64]:
    values = _lists("values", value)
    if [len(v) for v in values] != [len(r) for r in rows]:
        raise ArgumentError("values", "lists of other lengths", "as long as rows, list by list")
    return np.array([_weight(v) for row in values for v in row], dtype=np.int64)


def _weight(value: Any) -> int:
    if type(value) is not int or not -_INT64 <= value < _INT64:
        raise ArgumentError("values", value, "whole numbers of at most 64 bits")
    return value


def _read_csv(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as stream:
        lines = [line for line in csv.reader(stream) if line]
    if not lines:
        raise ArgumentError("file", str(path), "a .csv file with at least one row")
    if len({len(line) for line in lines}) > 1:
        raise ArgumentError("file", str(path), "a .csv file whose rows are equally long")
    dense = np.array([[_whole(cell) for cell in line] for line in lines], dtype=np.int64)
    owner, indices = np.nonzero(dense)
    return _assemble(dense.shape, owner, indices, dense[owner, indices])


def _whole(cell: str) -> int:
    try:
        return _weight(int(cell))
    except ValueError:
        raise ArgumentError("cell", cell, "a whole number of at most 64 bits") from None


def _read_mtx(path: Path) -> Rows:
    from scipy.io import mmread

    return _from_sparse(mmread(path), path)


def _read_npz(path: Path) -> Rows:
    from scipy.sparse import load_npz

    return _from_sparse(load_npz(path), path)


def _from_sparse(matrix: Any, path: Path) -> Rows:
    from scipy.sparse import coo_array

    coo = coo_array(matrix)
    data = np.asarray(coo.data)
    if data.dtype.kind not in "biuf" or not np.all(np.isfinite(data)) or np.any(data != np.trunc(data)):
        raise ArgumentError("file", str(path), "a matrix of whole numbers")
    if len(data) and (float(data.min()) < -_INT64 or float(data.max()) >= _INT64):
        raise ArgumentError("file", str(path), "a matrix of whole numbers of at most 64 bits")
    owner, indices = (np.asarray(axis, dtype=np.int64) for axis in coo.coords)
    order = np.lexsort((indices, owner))
    owner, indices, data = owner[order], indices[order], data[order]
    twice = np.flatnonzero((np.diff(owner) == 0) & (np.diff(indices) == 0))
    if len(twice):
        raise ArgumentError(f"rows[{owner[twice[0]]}]", int(indices[twice[0]]), "a row that names no column twice")
    return _assemble(coo.shape, owner, indices, data.astype(np.int64))


def _assemble(
    shape: tuple[int, ...], owner: npt.NDArray[Any], indices: npt.NDArray[Any], values: npt.NDArray[np.int64]
) -> Rows:
    if len(values) and (min(indices) < 0 or max(indices) >= shape[1] or min(owner) < 0 or max(owner) >= shape[0]):
        raise ArgumentError("indices", int(max(indices)), f"columns from 0 to {shape[1] - 1}")
    indptr = np.zeros(shape[0] + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=shape[0]), out=indptr[1:])
    ones = bool((values == 1).all())
    return Rows(shape[1], indptr, indices.astype(np.int32), None if ones else values)


_READERS: dict[str, Callable[[Path], Rows]] = {
    ".json": _read_json,
    ".csv": _read_csv,
    ".mtx": _read_mtx,
    ".npz": _read_npz,
}
