"""Records by column: results of many trials, as NumPy arrays that read like a sequence of :class:`Record`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import index
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError
from srtheory.experiments.trial import Record

KINDS: dict[str, str] = {field.name: str(field.type) for field in fields(Record)}
"""Type of every field of a record, as its class writes it."""

_DTYPES: dict[str, Any] = {"int": np.int64, "float": np.float64, "int | None": np.float64, "str": object, "bool": bool}


@dataclass(frozen=True, eq=False)
class Records(Sequence[Record]):
    """Records of consecutive trials: ``runs[3]`` is one, ``runs[:3]`` are several, ``runs["latency"]`` is a column.

    Attributes
    ----------
    columns : mapping from the names of a record's fields to arrays of shape (n,)
        int64, float64, bool, or object arrays of texts; what a record may lack (``None``, "never") is inf in a float64
        array, exact up to 2^53.
    """

    columns: Mapping[str, npt.NDArray[Any]]

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
