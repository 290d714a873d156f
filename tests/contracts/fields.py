"""Matrices on which an answer about spans might go wrong, over every field of tests/oracle/fields.py."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from sympy import prevprime

import srtheory
from srtheory.matrix import from_dense
from tests.oracle.fields import FIELDS

EXTENSIONS = [name for name, field in FIELDS.items() if len(field.lower) > 1]
SLOW = [name for name in EXTENSIONS if FIELDS[name].order > 1000]
QUICK = [name for name in FIELDS if name not in SLOW]


def primes_of_the_code():
    """Every constant that a module of the package calls a prime, and the next one below the largest."""
    texts = (path.read_text(encoding="utf-8") for path in Path(srtheory.__file__).parent.rglob("*.py"))
    found = {int(number) for text in texts for number in re.findall(r"^\w*PRIME\w* = (\d+)$", text, re.MULTILINE)}
    return sorted({*found, prevprime(max(found))})


PRIMES = primes_of_the_code()
MODULI = [2, 3, 5, *PRIMES, *(p + 1 for p in PRIMES), PRIMES[0] * PRIMES[-1]]


def long(examples):
    """Fresh examples, as many as stated: the long form of a question."""
    return settings(settings.get_profile("fresh"), max_examples=examples, database=None)


def weights_of(field):
    """Weights in which a field's readings differ: around 0, the characteristic and the order, and any."""
    p, q = FIELDS[field].p, FIELDS[field].order
    if field in EXTENSIONS:
        return st.sampled_from([0, 0, 1, p - 1, p, q - 1]) | st.integers(0, q - 1)
    near = [0, 0, 1, -1, 2, -(2**63), 2**63 - 1, *(x for x in (p - 1, p, p + 1, -p) if x < 2**63)]
    return st.sampled_from(near) | st.integers(-3, 3)


@st.composite
def matrices(draw, field, most=4):
    """n rows of m weights as lists, and m: none, empty ones, copies, a single column."""
    m = draw(st.integers(0, most))
    pool = draw(st.lists(st.lists(weights_of(field), min_size=m, max_size=m), max_size=most))
    rows = [draw(st.sampled_from([[0] * m, [1] * m, *pool])) for _ in range(draw(st.integers(0, most + 1)))]
    return rows, m


def _small(rng, n, m, bound=2):
    return rng.integers(-bound, bound, (n, m), endpoint=True) * (rng.random((n, m)) < rng.choice([0.3, 0.6, 0.9]))


def _binary(rng, n, m):
    return (rng.random((n, m)) < rng.choice([0.2, 0.4, 0.7])).astype(np.int64)


def _low_rank(rng, n, m):
    r = max(1, min(n, m) // 2)
    return _small(rng, n, r) @ _small(rng, r, m)


def _repeated(rng, n, m):
    """Copies of the rows and columns of a smaller one: short of rank, and yet 1 may well be spanned."""
    small = _binary(rng, n, m) if rng.random() < 0.6 else _small(rng, n, m)
    return small[rng.integers(0, max(1, n // 2), n)][:, rng.integers(0, max(1, (m + 1) // 2), m)]


def _balanced(rng, n, m):
    """Rows orthogonal to a short vector whose entries may add up to 0."""
    x = rng.integers(-1, 1, m, endpoint=True)
    x[-1] = -x[:-1].sum() if rng.random() < 0.5 else 1
    x[0] += x[0] == 0
    rows = _small(rng, n, m) * x[0]
    rows[:, 0] = -(rows[:, 1:] // x[0] * x[1:]).sum(axis=1)
    return rows


def _huge(rng, n, m):
    """Weights as large as 64 bits can hold."""
    low, high = -(2**63), 2**63 - 1
    rows = rng.integers(low, high, (n, m), endpoint=True)
    rows = np.where(rng.random((n, m)) < 0.3, rng.choice([low, high, -high], (n, m)), rows)
    return rows * (rng.random((n, m)) < rng.choice([0.4, 0.8]))


def _congruent(rng, n, m):
    """Small ones modulo a prime of the code, or 1 + p, and not over Q."""
    small = _binary(rng, n, m) if rng.random() < 0.5 else _small(rng, n, m)
    return small + rng.choice(MODULI) * rng.integers(-1, 1, (n, m), endpoint=True)


def _multiples(rng, n, m):
    return _small(rng, n, m) * rng.choice(MODULI, (n, 1))


def _determinants(rng, n, m):
    """Rows of determinant divisible by all primes of the code: of full rank over Q and of none of these."""
    k = max(n, m, 1)
    rows = np.eye(k, dtype=np.int64)
    rows[range(min(k, len(PRIMES))), range(min(k, len(PRIMES)))] = PRIMES[:k]
    for _ in range(2 * k if k > 1 else 0):  # unimodular operations
        i, step, sign = rng.integers(k), rng.integers(1, k), rng.integers(-1, 2)
        if rng.random() < 0.5:
            rows[i] += sign * rows[(i + step) % k]
        else:
            rows[:, i] += sign * rows[:, (i + step) % k]
    return rows[rng.permutation(k)[:n], :m]


def _nearly(rng, n, m):
    """Rows of 1 but for a prime: they span 1 modulo that prime only, or together with the next."""
    rows = np.ones((n, m), np.int64)
    rows[range(n), rng.integers(0, m, n)] = 1 + rng.choice(MODULI, n)
    return rows * (rng.random((n, 1)) < 0.8)


def _pairs(rng, n, m):
    """Rows of at most two ones: a graph with loops, repeated edges and isolated vertices."""
    rows = np.zeros((n, m), np.int64)
    for _ in range(2):
        rows[range(n), rng.integers(0, m, n)] = 1
    return rows * (rng.random((n, 1)) < 0.9)


def _received(rng, n, m):
    """Symbols one by one and blocks of a few, as workers of a sum-recovery code send them."""
    rows, d = np.zeros((n, m), np.int64), int(rng.integers(1, m + 1))
    for i in range(n):
        rows[i, rng.choice(m, 1 if rng.random() < 0.3 else d, replace=False)] = 1
    return rows


KINDS = {
    "small weights": _small,
    "0/1": _binary,
    "low rank": _low_rank,
    "repeated rows and columns": _repeated,
    "balanced kernels": _balanced,
    "weights of 64 bits": _huge,
    "congruent modulo p or 1 + p": _congruent,
    "multiples of p or 1 + p": _multiples,
    "determinants divisible by every p": _determinants,
    "1 modulo p": _nearly,
    "at most two ones": _pairs,
    "received sums": _received,
}


def of_kind(kind, seed, field, most=7):
    """A matrix of a kind as lists, and its number of columns; elements of an extension are numbers modulo its order."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(0, most + 3)), int(rng.integers(1, most + 1))
    dense = KINDS[kind](rng, n, m)
    return (dense % min(FIELDS[field].order, 2**62) if field in EXTENSIONS else dense).tolist(), m


def rows_of(matrix, m):
    return from_dense(np.array(matrix, np.int64).reshape(len(matrix), m))
