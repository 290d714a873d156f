"""Matrices that an engine might get wrong, many of one shape at a time, and the forms in which they may be given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import prevprime

from tests.attack.report import ROOT


def primes_in_the_code() -> list[int]:
    """Every constant that a module of the package calls a prime, and the next ones below the largest."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "srtheory").rglob("*.py"))
    found = {int(number) for text in texts for number in re.findall(r"^\w*PRIME\w* = (\d+)$", text, re.MULTILINE)}
    return sorted({*found, prevprime(max(found)), prevprime(prevprime(max(found)))})


PRIMES = primes_in_the_code()
MODULI = np.array([2, 3, 5, *PRIMES, 2**31 - 1, *(1 + p for p in PRIMES)], dtype=np.int64)
LOWEST, HIGHEST = -(2**63), 2**63 - 1


def _small(rng, count, n, m, bound=2):
    shape = (count, n, m)
    return rng.integers(-bound, bound, shape, endpoint=True) * (rng.random(shape) < rng.choice([0.3, 0.6, 0.9]))


def _binary(rng, count, n, m):
    return (rng.random((count, n, m)) < rng.choice([0.2, 0.4, 0.7])).astype(np.int64)


def _low_rank(rng, count, n, m):
    r = max(1, min(n, m) // 2)
    return _small(rng, count, n, r) @ _small(rng, count, r, m)


def _repeated(rng, count, n, m):
    """Copies of the rows and columns of a smaller one."""
    small = _binary(rng, count, n, m) if rng.random() < 0.6 else _small(rng, count, n, m)
    rows, columns = rng.integers(0, max(1, n // 2), n), rng.integers(0, max(1, (m + 1) // 2), m)
    return small[:, rows][:, :, columns]


def _balanced(rng, count, n, m):
    """Rows orthogonal to a vector x that is short; where its entries sum to 0 they may yet span 1."""
    x = rng.integers(-1, 1, (count, m), endpoint=True)
    x[:, -1:] = np.where(rng.random((count, 1)) < 0.5, -x[:, :-1].sum(axis=1, keepdims=True), 1)
    x[:, :1] += x[:, :1] == 0
    rows = _small(rng, count, n, m)
    scale, product = x[:, :1, None], (rows[:, :, 1:] * x[:, None, 1:]).sum(axis=2)
    rows = rows * scale
    rows[:, :, 0] = -product
    return rows


def _zero_columns(rng, count, n, m):
    rows = _small(rng, count, n, m)
    rows[np.arange(count), :, rng.integers(0, m, count)] = 0
    return rows


def _empty_rows(rng, count, n, m):
    return _binary(rng, count, n, m) * (rng.random((count, n, 1)) < 0.5)


def _huge(rng, count, n, m):
    """Weights as large as 64 bits can hold."""
    rows = rng.integers(LOWEST, HIGHEST, (count, n, m), endpoint=True)
    rows = np.where(rng.random(rows.shape) < 0.3, rng.choice([LOWEST, HIGHEST, -HIGHEST]), rows)
    return rows * (rng.random(rows.shape) < rng.choice([0.4, 0.8]))


def _congruent(rng, count, n, m):
    """Small ones modulo a prime of the code, or 1 + p, and not over Q."""
    small = _binary(rng, count, n, m) if rng.random() < 0.5 else _small(rng, count, n, m)
    return small + rng.choice(MODULI) * rng.integers(-1, 1, small.shape, endpoint=True)


def _multiples(rng, count, n, m):
    """Each row small, and times a prime of the code or 1 + p."""
    return _small(rng, count, n, m) * rng.choice(MODULI, (count, n, 1))


def _determinants(rng, count, n, m):
    """Rows of determinant divisible by all primes of the code: of full rank over Q and of none of these."""
    k = max(n, m)
    rows = np.broadcast_to(np.eye(k, dtype=np.int64), (count, k, k)).copy()
    for i, p in enumerate(PRIMES[:k]):
        rows[:, i, i] = p
    every = np.arange(count)
    for _ in range(2 * k if k > 1 else 0):  # unimodular operations
        i, step = rng.integers(0, k, count), rng.integers(1, k, count)
        sign = rng.integers(-1, 1, (count, 1), endpoint=True)
        if rng.random() < 0.5:
            rows[every, i] += sign * rows[every, (i + step) % k]
        else:
            rows[every, :, i] += sign * rows[every, :, (i + step) % k]
    return rng.permuted(rows, axis=1)[:, :n, :m] if rng.random() < 0.1 else rows[:, rng.permutation(k)[:n], :m]


def _nearly(rng, count, n, m):
    """Rows of 1 but for a prime: they span 1 modulo that prime only, or together with the next."""
    rows = np.ones((count, n, m), np.int64)
    places = rng.integers(0, m, (count, n))
    np.put_along_axis(rows, places[:, :, None], 1 + rng.choice(MODULI, (count, n, 1)), axis=2)
    return rows * (rng.random((count, n, 1)) < 0.8)


KINDS = {
    "small weights": _small,
    "0/1": _binary,
    "low rank": _low_rank,
    "repeated rows and columns": _repeated,
    "balanced kernels": _balanced,
    "zero columns": _zero_columns,
    "empty rows": _empty_rows,
    "weights of 64 bits": _huge,
    "congruent modulo p or 1 + p": _congruent,
    "multiples of p or 1 + p": _multiples,
    "determinants divisible by every p": _determinants,
    "1 modulo p": _nearly,
}


def draw(kind: str, rng: np.random.Generator, count: int) -> np.ndarray:
    """``count`` matrices of a kind, of one shape: 0 to 9 rows, 1 to 7 columns, of which 1 often and none seldom."""
    n, m = int(rng.integers(0, 10)), int(rng.choice([1, 2, 3, 4, 5, 6, 7]))
    if rng.random() < 0.01:
        return np.zeros((count, n, 0), np.int64)
    return KINDS[kind](rng, count, n, m)


# --------------------------------------------------------------------------------------------------- how they are given

SIGNED = [np.int8, np.int16, np.int32, np.int64]
WHOLE = [*SIGNED, np.uint8, np.uint16, np.uint32]


@dataclass(frozen=True)
class Given:
    """A matrix as an engine is given it; ``refused``: it is to be refused, as no matrix of 64-bit integers."""

    columns: int
    indptr: Any
    indices: Any
    values: Any
    refused: bool = False


def give(matrix: np.ndarray, rng: np.random.Generator) -> tuple[str, Given]:
    """The matrix in one of many forms, and the form's name."""
    kept = matrix != 0
    if rng.random() < 0.2:
        kept |= rng.random(matrix.shape) < 0.3  # entries that are there, and 0
    owner, indices = np.nonzero(kept)
    values = matrix[owner, indices]
    indptr = np.append(0, np.cumsum(np.bincount(owner, minlength=len(matrix))))
    name = FORMS[rng.integers(len(FORMS))]
    if name == "unsorted":
        order = np.lexsort((rng.random(len(owner)), owner))
        indices, values = indices[order], values[order]
    made = Given(matrix.shape[1], indptr, indices, None if (values == 1).all() and rng.random() < 0.7 else values)
    return name, _REFORM.get(name, lambda given, _: given)(made, rng)


def _typed(given, rng):
    """Each array of a type that holds it, drawn from all."""
    arrays = [None if a is None else a.astype(rng.choice(_holding(a))) for a in _arrays(given)]
    return Given(given.columns, *arrays)


def _holding(array):
    low, high = (array.min(), array.max()) if len(array) else (0, 0)
    return [kind for kind in WHOLE if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max]


def _arrays(given):
    return given.indptr, given.indices, given.values


def _each(change):
    """The same change of each array."""
    return lambda given, _: Given(given.columns, *(None if a is None else change(a) for a in _arrays(given)))


def _strided(array):
    view = np.full((len(array), 3), 77, array.dtype)
    view[:, 1] = array
    return view[:, 1]


def _read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def _index_twice(given, rng):
    sizes = np.diff(given.indptr)
    if not sizes.any():
        return given
    row = rng.choice(np.flatnonzero(sizes))
    end, after = given.indptr[row + 1], np.arange(len(given.indptr)) > row
    values = None if given.values is None else np.insert(given.values, end, 1)
    return Given(
        given.columns, given.indptr + after, np.insert(given.indices, end, given.indices[end - 1]), values, True
    )


def _beyond(given, rng):
    """One weight of 2^63 or more in size, or an array of unsigned numbers that may hold one."""
    if not len(given.indices):
        return given
    values = [1] * len(given.indices) if given.values is None else given.values.tolist()
    values[rng.integers(len(values))] = [2**63, LOWEST - 1, 2**64, -(10**30), 10**4000][rng.integers(5)]
    unsigned = all(0 <= value < 2**64 for value in values)
    kind = np.uint64 if unsigned else object
    return Given(given.columns, given.indptr, given.indices, np.array(values, kind), True)


def _out_of_range(given, rng):
    if not len(given.indices):
        return given
    indices = given.indices.copy()
    indices[rng.integers(len(indices))] = [-1, given.columns, 2**31, 2**32, LOWEST, HIGHEST][rng.integers(6)]
    return Given(given.columns, given.indptr, indices, given.values, True)


_REFORM = {
    "every type": _typed,
    "strided views": _each(_strided),
    "reversed views": _each(lambda array: array[::-1].copy()[::-1]),
    "read-only": _each(_read_only),
    "lists": _each(np.ndarray.tolist),
    "another byte order": _each(lambda array: array.astype(array.dtype.newbyteorder(">"))),
    "an index twice": _index_twice,
    "a weight beyond 64 bits": _beyond,
    "an index out of range": _out_of_range,
}
FORMS = ["plain", "plain", "plain", "unsorted", *_REFORM]
