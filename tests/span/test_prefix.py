"""The least prefix within rows that span, by one elimination of the columns, and elimination modulo 2 by tables."""

import numpy as np
import pytest

from srtheory.rows import Rows, from_dense, from_sets
from srtheory.span import prefix
from srtheory.span.arrays import residues
from srtheory.span.coverage import coverage_time
from srtheory.span.dense import binary
from srtheory.span.prefix import least_prefix


def matrices(rng, p):
    """Rows with repeats, zeros and combinations of each other, short and tall."""
    for m in (1, 2, 3, 6, 12, 40):
        for n in (m, 2 * m, 3 * m + 2):
            dense = rng.integers(0, min(p, 5), (n, m)) * (rng.random((n, m)) < rng.choice([0.2, 0.5, 1]))
            again = rng.random(n) < 0.3
            dense[again] = dense[rng.integers(0, n, again.sum())]
            yield residues(from_dense(dense), p)
    for m in (30, 200):
        yield from_sets(m, [rng.choice(m, size=4, replace=False).tolist() for _ in range(2 * m)])


def cases(seed, p):
    """Matrices that cover, with the answers, which take a while."""
    drawn = (rows for rows in matrices(np.random.default_rng([seed, p]), p) if coverage_time(rows) is not None)
    return [(rows, slowly(rows, p)) for rows in drawn]


def slowly(rows, p):
    """(k, rank of the first k - 1 rows, rank of the first k), a row at a time."""
    basis, one = {}, np.ones(rows.columns, np.int64)  # p is small: no product leaves 64 bits
    rank = 0
    for k, row in enumerate(rows.dense(), start=1):
        left = reduced(row % p, basis, p)
        before = rank
        if left.any():
            c = int(np.flatnonzero(left)[0])
            basis[c] = left * pow(int(left[c]), -1, p) % p
            rank += 1
        if not reduced(one, basis, p).any():
            return k, before, rank
    return None, rank, rank


def reduced(row, basis, p):
    for c in sorted(basis):
        if row[c]:
            row = (row - row[c] * basis[c]) % p
    return row


def found(rows, p):
    result = least_prefix(rows, p, coverage_time(rows))
    return result.k, result.before, result.after


@pytest.mark.parametrize("p", [2, 3, 7, 251, 1381])
@pytest.mark.parametrize("seed", range(3))
def test_prefixes_and_ranks_are_those_found_row_by_row(monkeypatch, p, seed):
    """With ``MANY`` = 0 by bisection where there is a free combination."""
    usual = prefix.MANY
    for rows, told in cases(seed, p):
        for most in (usual, 0):
            monkeypatch.setattr(prefix, "MANY", most)
            assert found(rows, p) == told


# ---------------------------------------------------------------------------------------------------------- modulo 2


def eliminated(dense):
    """Rows that are no sums of rows before them, by elimination of one row at a time."""
    basis, steps = [], []
    for i, row in enumerate(dense % 2):
        left = row.copy()
        for c, other in basis:
            if left[c]:
                left ^= other
        if left.any():
            basis.append((int(np.flatnonzero(left)[0]), left))
            steps.append(i)
    return steps


def packed(dense):
    words = -(-dense.shape[1] // 64)
    bits = np.zeros((len(dense), 64 * words), np.uint8)
    bits[:, : dense.shape[1]] = dense
    return np.packbits(bits, axis=1, bitorder="little").view(np.uint64).copy()


def check_tables(shape, seed):
    rng = np.random.default_rng(seed)
    dense = rng.integers(0, 2, shape)
    dense[rng.random(len(dense)) < 0.2] = 0
    half = len(dense) // 2
    dense[half:] = (rng.integers(0, 2, (len(dense) - half, half)) @ dense[:half] + dense[half:] * (seed % 2)) % 2
    a = packed(dense)
    steps, pivots = np.empty((2, min(shape)), np.int64)
    rank = binary.echelon(a, steps, pivots)
    assert steps[:rank].tolist() == eliminated(dense)
    left = np.unpackbits(a.view(np.uint8), axis=1, bitorder="little")
    for t in range(rank):
        assert left[steps[t], pivots[t]] == 1
        assert not left[steps[t] + 1 :, pivots[t]].any()
    rest = np.setdiff1d(np.arange(len(dense)), steps[:rank])
    assert not left[rest].any()


@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (20, 40), (99, 99), (100, 100), (101, 64), (130, 200), (260, 65)])
@pytest.mark.parametrize("seed", range(4))
def test_elimination_by_tables(shape, seed):
    check_tables(shape, seed)


@pytest.mark.quality
def test_a_table_that_misses_a_sum_would_be_seen(monkeypatch):
    """The last bit of a block is never looked at."""
    original = binary.bit_of
    count = iter(range(10**9))

    def careless(row, c):
        return original(row, c) if next(count) % 50 else 0

    monkeypatch.setattr(binary, "bit_of", careless)
    monkeypatch.setattr(binary, "echelon", binary.echelon.function)
    with pytest.raises(AssertionError), np.errstate(all="ignore"):
        check_tables((130, 200), 1)


def test_ones_as_a_row():
    rows = Rows(3, np.array([0, 2, 3]), np.array([0, 2, 1], np.int32), np.array([2, -1, 1]))
    assert prefix.with_ones_as_row(rows).dense().tolist() == [[2, 0, 1], [0, 1, 1], [-1, 0, 1]]
    assert prefix.with_ones_as_row(from_sets(2, [[1]])).dense().tolist() == [[0, 1], [1, 1]]


@pytest.mark.parametrize("p", [2, 251])
@pytest.mark.parametrize("n", [90, 300])
def test_many_free_combinations_are_not_computed(monkeypatch, p, n):
    """Rows of a few batches, again and again: their combinations that are 0 are counted by the rank."""
    batches = np.concatenate([np.arange(10), np.random.default_rng(1).integers(0, 10, n - 10)])
    rows = from_sets(100, [range(10 * b, 10 * b + 10) for b in batches.tolist()])
    monkeypatch.setattr(prefix, "with_ones_as_row", None)
    assert found(rows, p) == (10, 9, 10)


@pytest.mark.parametrize("p", [2, 3, 251])
def test_late_coverage_peels(monkeypatch, p):
    rng, found = np.random.default_rng(p), 0
    for m in (1, 2, 5, 9, 20):
        for weight in (1, 2, 3):
            sets = [rng.choice(m, size=min(weight, m), replace=False).tolist() for _ in range(12 * m)]
            rows = from_sets(m, [[], []] * m + sets)
            covered = coverage_time(rows)
            if covered is None:
                continue
            with monkeypatch.context() as slow:
                slow.setattr(prefix, "LATE", 13 * m + len(rows))
                expected = least_prefix(rows, p, covered)
            assert least_prefix(rows, p, covered) == expected
            found += prefix.peels(rows.prefix(covered))
    assert found


@pytest.mark.parametrize(("empty", "looked"), [(0, 0), (2, 0), (3, 1), (5, 1)])
def test_rows_are_peeled_first_from_coverage_at_twice_their_columns_on(monkeypatch, empty, looked):
    """No kernel is computed then; before that nobody looks whether they peel."""
    rows = from_sets(3, [*[[]] * empty, [0], [0, 1], [1, 2]])
    asked, usual = [], prefix.peels
    monkeypatch.setattr(prefix, "peels", lambda rows: asked.append(len(rows)) or usual(rows))
    if looked:
        monkeypatch.setattr(prefix, "kernel", None)
    assert found(rows, 7) == (empty + 3, 2, 3)
    assert asked == [empty + 3] * looked


@pytest.mark.parametrize(("m", "n"), [(4, 2), (4, 3), (9, 6), (9, 7), (9, 8)])
def test_fewer_rows_than_columns(m, n):
    """From a row less than a square on, a kernel is looked for; before, only a rank."""
    span = from_sets(m, [*[[j] for j in range(n - 1)], range(n - 1, m)])
    fail = from_sets(m, [*[[j] for j in range(n - 2)], range(n - 2, m - 1), [m - 2, m - 1]])
    assert (found(span, 3), found(fail, 3)) == ((n, n - 1, n), (None, n, n))


def test_a_first_vector_may_be_refused_unless_later_rows_change_it():
    square, tall = from_sets(3, [[0, 1]] * 3), from_sets(3, [[0, 1]] * 4)
    shapes = []
    for rows in (square.prefix(1), square, tall):
        seen = []
        basis = prefix.kernel(rows, 7, promising=lambda x, seen=seen: seen.append(x.shape))
        shapes.append((seen, basis.shape))
    assert shapes == [([(1, 3)], (1, 3)), ([(1, 3)], (1, 3)), ([], (2, 3))]


def test_a_prime_without_exact_products_is_refused():
    with pytest.raises(OverflowError, match=r"modulo 1000000007\."):
        prefix.kernel(from_sets(2, [[0]]), 10**9 + 7)


@pytest.mark.quality
def test_rows_with_a_core_do_not_peel():
    two_pairs = from_sets(2, [[], [], [], [], [0, 1]])
    cycle = from_sets(3, [[]] * 6 + [[0, 1], [1, 2], [0, 2]])
    assert not prefix.peels(two_pairs)
    assert not prefix.peels(cycle)
    assert not prefix.peels(from_dense(np.array([[2]])))
    assert least_prefix(cycle, 2, coverage_time(cycle)).k is None
