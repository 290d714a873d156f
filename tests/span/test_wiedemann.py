"""Certificates of full rank against elimination, and what must not pass for one."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.reception import receptions
from srtheory.rows import Rows, from_sets
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span import rank, stopping_time
from srtheory.span.blackbox import wiedemann
from srtheory.span.blackbox.wiedemann import Blocks, certify, has_full_rank, least_prefix
from srtheory.span.coverage import coverage_time
from srtheory.span.dense.elimination import arithmetic
from tests.span.test_elimination import flint_rank

BLOCKS = [Blocks(1, 1), Blocks(4, 2), Blocks(3, 5), Blocks()]


def received(seed, *, scheme=None):
    """The first 1.6 m rows of a small run."""
    rng = np.random.default_rng(seed)
    m = int(rng.integers(20, 80))
    chosen = scheme(m) if scheme else SumRecovery(m, int(rng.integers(4, 11)))
    runs = receptions(chosen, rng.exponential(5.0, chosen.symbols), 0.05, seed)
    rows = next(run.rows for run in runs if run.final or len(run) >= 1.6 * chosen.symbols)
    return rows.prefix(min(len(rows), 2 * chosen.symbols))


def cheap(seed):
    """Rows of a few columns each, of which many are equal: often of less than full rank, M' often less than m."""
    rng = np.random.default_rng(seed)
    m = int(rng.integers(5, 25))
    sets = [rng.choice(m, size=rng.integers(2, 5), replace=False).tolist() for _ in range(3 * m)]
    return from_sets(m, sets)


def certifiable():
    """Rows with a core of 30 columns that are certified."""
    return received(0, scheme=lambda m: SumRecovery(130, 8))


def tried(rows, **options):
    return least_prefix(rows, coverage_time(rows), least=1, **options)


@cache
def by_elimination(draw, seed):
    """Some rows, when they cover, and when they span; None in place of that if they do not cover."""
    rows = draw(seed)
    covered = coverage_time(rows)
    return rows, covered, None if covered is None else stopping_time(*rows_of(rows))


def disagreements(draw, seeds, *, primes=()):
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


def rows_of(rows):
    return rows.indptr, rows.indices, rows.columns


@pytest.mark.parametrize("primes", [(), (3,), (5, 3), (251,)])
def test_sum_recovery(primes):
    wrong, kinds = disagreements(received, range(200), primes=primes)
    assert wrong == []
    assert min(kinds["below m"], kinds["above m"]) > 5


@pytest.mark.parametrize("primes", [(), (3,), (7, 5)])
def test_rows_of_less_than_full_rank(primes):
    wrong, kinds = disagreements(cheap, range(150), primes=primes)
    assert wrong == []
    assert min(kinds.values()) > 5


def test_full_rank_of_rows_and_columns():
    for seed in range(50):
        rows = received(seed)
        for size in (rows.columns - 2, rows.columns, len(rows)):
            head = rows.prefix(size)
            if has_full_rank(head, least=1, blocks=BLOCKS[seed % 4]):
                assert rank(*rows_of(head)) == min(len(head), rows.columns)
    assert has_full_rank(certifiable().prefix(128), least=1)


def test_weights_are_left_to_elimination():
    rows = certifiable()
    assert tried(replace(rows, values=np.ones(len(rows.indices), np.int64))) is not None
    assert tried(replace(rows, values=np.full(len(rows.indices), 2))) is None
    assert not has_full_rank(replace(rows, values=np.full(len(rows.indices), 2)), least=1)


def test_cores_are_tried_from_the_least_size_on():
    """The last of 130 rows is in a core of 30 columns; a triangle's core has one column."""
    rows = certifiable().prefix(130)
    for least, there in ((30, True), (31, False)):
        assert (least_prefix(rows, 129, least=least) is not None) == there
    triangle = from_sets(3, [[0, 1], [1, 2], [0, 2]])
    for least, there in ((0, True), (1, True), (2, False)):
        assert has_full_rank(triangle, least=least) == there
    assert not has_full_rank(from_sets(2, [[0], [1]]), least=0)


def test_fewer_rows_than_columns_or_than_cover_are_not_tried():
    rows = certifiable()
    assert least_prefix(rows.prefix(129), 129, least=1) is None
    assert least_prefix(rows.prefix(131), 132, least=1) is None
    assert least_prefix(rows.prefix(131), 131, least=1).k == 131


@pytest.mark.parametrize(("largest", "there"), [(130, False), (131, True)])
def test_sizes_that_are_too_large(monkeypatch, largest, there):
    monkeypatch.setattr(wiedemann, "LARGEST_COLUMNS", largest)
    rows = certifiable()
    assert wiedemann.applies(rows.prefix(130)) == there
    assert wiedemann.applies(rows.prefix(120)) == there
    assert not wiedemann.applies(rows.prefix(131))


# Planted mistakes: each of these is refused.


@pytest.fixture
def certified():
    """A sequence that leads to a certificate, the columns of its core, and its field."""
    head, blocks, prime = certifiable().prefix(130), Blocks(8, 4), 31
    triangle = wiedemann._triangle_before_last(head)
    c = len(triangle.inactive)
    assert c == 30
    assert certify(head, triangle, prime, blocks).invertible
    matrix, right, units = wiedemann.start(head, triangle, prime, blocks)
    series = wiedemann.sequence(matrix, right, units, wiedemann.length(c, blocks), arithmetic(prime))
    return series, c, arithmetic(prime)


@pytest.mark.quality
def test_singular_rows_are_refused():
    """A row twice, two columns alike, an empty column: at full size by every prime, however often it is asked."""
    rows = certifiable().prefix(130)
    dense = rows.dense()
    assert has_full_rank(rows, least=1, blocks=Blocks(8, 4))
    for change in ("row", "column", "empty"):
        wrong = dense.copy()
        if change == "row":
            wrong[17] = wrong[41]
        elif change == "column":
            wrong[:, 17] = wrong[:, 41]
        else:
            wrong[:, 17] = 0
        singular = from_sets(130, [np.flatnonzero(row).tolist() for row in wrong])
        for prime in (3, 7, 31, 101, 251):
            for blocks in BLOCKS:
                assert not has_full_rank(singular, least=1, blocks=blocks, primes=[prime])


@pytest.mark.quality
def test_a_matrix_that_is_singular_modulo_a_prime_is_refused_there():
    """The circulant of three ones, and one of two that is 2 in determinant: full rank over Q."""
    rows = from_sets(5, [[i, (i + 1) % 5, (i + 2) % 5] for i in range(5)])
    assert flint_rank(rows.dense(), 3) == 4
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


# The engine.


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_a_core_of_thousands_of_columns(seed):
    """Seconds; elimination on bytes says the same."""
    startups = np.random.default_rng([12000, 12, seed]).exponential(5.0, 12000)
    runs = receptions(SumRecovery(12000, 12), startups, 0.005, seed)
    rows: Rows = next(run.rows for run in runs if len(run) >= 1.1 * 12000)
    found, expected = tried(rows), stopping_time(*rows_of(rows))
    assert (found.k, found.after) == (expected.stopping_time, expected.rank)
