"""Certificates of full rank against elimination, and what must not pass for one."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.matrix import from_sets
from srtheory.reception import receptions
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span import rank, stopping_time, wiedemann
from srtheory.span.sparse import coverage_time
from srtheory.span.wiedemann import Blocks, has_full_rank, least_prefix
from tests.span import brute

BLOCKS = [Blocks(1, 1), Blocks(4, 2), Blocks(3, 5), Blocks()]


def received(seed):
    """The first rows of a small run, with more of them than columns."""
    rng = np.random.default_rng(seed)
    m = int(rng.integers(20, 80))
    chosen = SumRecovery(m, int(rng.integers(4, 11)))
    runs = receptions(chosen, rng.exponential(5.0, m), 0.05, seed)
    rows = next(run.rows for run in runs if run.final or len(run) >= 1.6 * m)
    return rows.prefix(min(len(rows), 2 * m))


def cheap(seed):
    """Rows of a few columns each, of which many are equal: often of less than full rank, M' often less than m."""
    rng = np.random.default_rng(seed)
    m = int(rng.integers(5, 25))
    return from_sets(m, [rng.choice(m, size=rng.integers(2, 5), replace=False).tolist() for _ in range(3 * m)])


@cache
def certifiable():
    """Rows with a core of 30 columns that are certified."""
    rng = np.random.default_rng(0)
    rng.integers(20, 80)
    runs = receptions(SumRecovery(130, 8), rng.exponential(5.0, 130), 0.05, 0)
    return next(run.rows for run in runs if run.final or len(run) >= 1.6 * 130)


def tried(rows, **options):
    return least_prefix(rows, coverage_time(rows), least=1, **options)


@cache
def by_elimination(draw, seed):
    """Some rows, when they cover, and when they span; None in place of that if they do not cover."""
    rows = draw(seed)
    covered = coverage_time(rows)
    return rows, covered, None if covered is None else stopping_time(**rows.arrays)


def disagreements(draw, seeds, primes=()):
    """Seeds whose answers are not those of elimination, and how many of each kind were certified."""
    wrong, kinds = [], {"below m": 0, "m": 0, "above m": 0, "none": 0}
    for seed in seeds:
        rows, covered, expected = by_elimination(draw, seed)
        if covered is None:
            continue
        found = tried(rows, blocks=BLOCKS[seed % len(BLOCKS)], primes=primes)
        if found is None:
            kinds["none"] += 1
            continue
        kinds["below m" if covered < rows.columns else "m" if covered == rows.columns else "above m"] += 1
        if (found.k, found.before, found.after) != (expected.stopping_time, rows.columns - 1, expected.rank):
            wrong.append(seed)
    return wrong, kinds


@pytest.mark.parametrize("primes", [(), (3,), (7, 5), (251,)])
def test_what_is_certified_is_what_elimination_says(primes):
    """Of rows of less than full rank, too."""
    wrong, kinds = disagreements(received, range(100), primes)
    assert wrong == []
    assert min(kinds["below m"], kinds["above m"]) > 3
    wrong, kinds = disagreements(cheap, range(150), primes)
    assert wrong == []
    assert min(kinds.values()) > 2


def test_full_rank_of_rows_and_columns():
    for seed in range(30):
        rows = received(seed)
        for size in (rows.columns - 2, rows.columns, len(rows)):
            head = rows.prefix(size)
            if has_full_rank(head, least=1, blocks=BLOCKS[seed % 4]):
                assert rank(**head.arrays) == min(len(head), rows.columns)


def test_weights_small_cores_and_large_sizes_are_left_to_elimination(monkeypatch):
    rows = certifiable()
    ones = np.ones(len(rows.indices), np.int64)
    assert tried(rows) == tried(replace(rows, values=ones))
    assert tried(rows) is not None
    assert tried(replace(rows, values=2 * ones)) is None
    assert not has_full_rank(replace(rows, values=2 * ones), least=1)
    for size, covered, k in ((129, 129, None), (131, 132, None), (131, 131, 131)):
        found = least_prefix(rows.prefix(size), covered, least=1)
        assert (found and found.k) == k
    for least, there in ((30, True), (31, False)):  # the last of 130 rows is in a core of 30 columns
        assert (least_prefix(rows.prefix(130), 129, least=least) is not None) == there
    triangle = from_sets(3, [[0, 1], [1, 2], [0, 2]])  # whose core has one column
    assert [has_full_rank(triangle, least=least) for least in (0, 1, 2)] == [True, True, False]
    assert not has_full_rank(from_sets(2, [[0], [1]]), least=0)
    for largest in (len(rows), len(rows) + 1):
        monkeypatch.setattr(wiedemann, "LARGEST_COLUMNS", largest)
        assert wiedemann.applies(rows) == (largest > len(rows))
        assert (tried(rows) is not None) == (largest > len(rows))


@pytest.mark.quality
def test_singular_rows_are_refused():
    """A row twice, two columns alike, an empty column: at full size by every prime, however often it is asked."""
    rows = certifiable().prefix(130)
    assert has_full_rank(rows, least=1, blocks=Blocks(8, 4))
    assert has_full_rank(rows.prefix(128), least=1)
    for change in ("row", "column", "empty"):
        wrong = rows.dense()
        if change == "row":
            wrong[17] = wrong[41]
        else:
            wrong[:, 17] = wrong[:, 41] if change == "column" else 0
        singular = from_sets(130, [np.flatnonzero(row).tolist() for row in wrong])
        for prime in (3, 7, 31, 101, 251):
            for blocks in BLOCKS:
                assert not has_full_rank(singular, least=1, blocks=blocks, primes=[prime])


@pytest.mark.quality
def test_a_matrix_that_is_singular_modulo_a_prime_is_refused_there():
    """The circulant of three ones, which is 3 in determinant: full rank over Q."""
    rows = from_sets(5, [[i, (i + 1) % 5, (i + 2) % 5] for i in range(5)])
    assert brute.rank(rows.dense(), 5, 3) == 4
    assert not has_full_rank(rows, least=1, primes=[3])
    assert has_full_rank(rows, least=1, primes=[3, 251])


@pytest.mark.parametrize(
    ("sizes", "name", "most"),
    [((0, 3), "left", 255), ((256, 1), "left", 255), ((3, 0), "right", 253), ((200, 57), "right", 56)],
)
def test_blocks(sizes, name, most):
    with pytest.raises(ArgumentError, match=f"'{name}' must be an integer from 1 to {most},"):
        Blocks(*sizes)
    assert (Blocks(255, 1).right, Blocks(200, 56).right) == (1, 56)


@pytest.mark.slow
@pytest.mark.attack
@pytest.mark.parametrize("seed", [0, 1])
def test_a_core_of_thousands_of_columns(seed):
    """Seconds; elimination on bytes says the same."""
    startups = np.random.default_rng([12000, 12, seed]).exponential(5.0, 12000)
    runs = receptions(SumRecovery(12000, 12), startups, 0.005, seed)
    rows = next(run.rows for run in runs if len(run) >= 1.1 * 12000)
    found, expected = tried(rows), stopping_time(**rows.arrays)
    assert (found.k, found.after) == (expected.stopping_time, expected.rank)
