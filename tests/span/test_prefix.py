"""The least prefix within rows that span, by one elimination of the columns."""

import numpy as np
import pytest

from srtheory.matrix import from_dense, from_sets
from srtheory.span import modular
from srtheory.span.modular import least_prefix
from srtheory.span.sparse import coverage_time, residues


def matrices(rng, p):
    """Rows with repeats, zeros and combinations of each other, short and tall, early and late in covering."""
    for m in (1, 2, 3, 6, 12, 40):
        for n in (m, 2 * m, 3 * m + 2):
            dense = rng.integers(0, min(p, 5), (n, m)) * (rng.random((n, m)) < rng.choice([0.2, 0.5, 1]))
            again = rng.random(n) < 0.3
            dense[again] = dense[rng.integers(0, n, again.sum())]
            yield residues(from_dense(dense), p)
    for m, weight in [(30, 4), (200, 4), *((m, w) for m in (1, 2, 5, 9, 20) for w in (1, 2, 3))]:
        sets = [rng.choice(m, size=min(weight, m), replace=False).tolist() for _ in range((2 if m > 20 else 12) * m)]
        yield from_sets(m, ([] if m > 20 else [[], []] * m) + sets)


def slowly(rows, p):
    """(k, rank of the first k - 1 rows, rank of the first k), a row at a time; p is small."""
    basis, one, rank = {}, np.ones(rows.columns, np.int64), 0

    def reduced(row):
        for c in sorted(basis):
            if row[c]:
                row = (row - row[c] * basis[c]) % p
        return row

    for k, row in enumerate(rows.dense(), start=1):
        left, before = reduced(row % p), rank
        if left.any():
            c = int(np.flatnonzero(left)[0])
            basis[c] = left * pow(int(left[c]), -1, p) % p
            rank += 1
        if not reduced(one).any():
            return k, before, rank
    return None, rank, rank


def found(rows, p):
    result = least_prefix(rows, p, coverage_time(rows))
    return result.k, result.before, result.after


@pytest.mark.parametrize("p", [2, 3, 7, 251, 1381])
def test_prefixes_and_ranks_are_those_found_row_by_row(monkeypatch, p):
    """Also by bisection where there is a free combination, and with rows that peel, or are never looked at for it."""
    usual, late, seeds = modular.MANY, modular.LATE, range(2)
    drawn = [rows for seed in seeds for rows in matrices(np.random.default_rng([seed, p]), p)]
    for rows in (rows for rows in drawn if coverage_time(rows) is not None):
        told = slowly(rows, p)
        for most, from_ in ((usual, late), (0, late), (usual, 10**9)):
            monkeypatch.setattr(modular, "MANY", most)
            monkeypatch.setattr(modular, "LATE", from_)
            assert found(rows, p) == told


@pytest.mark.parametrize(("m", "n"), [(4, 2), (4, 3), (9, 6), (9, 7), (9, 8)])
def test_fewer_rows_than_columns(m, n):
    """From a row less than a square on, a kernel is looked for; before, only a rank."""
    span = from_sets(m, [*[[j] for j in range(n - 1)], range(n - 1, m)])
    fail = from_sets(m, [*[[j] for j in range(n - 2)], range(n - 2, m - 1), [m - 2, m - 1]])
    assert (found(span, 3), found(fail, 3)) == ((n, n - 1, n), (None, n, n))
