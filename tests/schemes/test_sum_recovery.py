"""Sum-recovery codes: section III-A for every small code, the law of the blocks, and a slow redrawing of each row."""

from __future__ import annotations

from collections import Counter
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from srtheory.compiled import Kernel
from srtheory.errors import ArgumentError
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.theory.blocks import block_ends
from tests import reference
from tests.schemes.checks import by_worker, check_emission, everything

SMALL = [(m, d, k) for m in range(1, 13) for d in range(1, m + 2) for k in [None, *range(1, m + 1)]]
word64 = st.integers(0, 2**64 - 1)


# ------------------------------------------------------------------------------------------------ section III-A


def check_worker(rows, worker, m, degree, seen):
    """Own symbol first and in no block; sizes 1, d, ..., d, remainder; nothing twice; ``seen`` symbols altogether."""
    assert rows[0] == [worker]
    flat = list(chain.from_iterable(rows))
    assert len(set(flat)) == len(flat) == seen
    assert set(flat) <= set(range(m))
    whole, remainder = divmod(seen - 1, degree)
    assert [len(row) for row in rows] == [1] + [degree] * whole + [remainder] * (remainder > 0)


@pytest.mark.parametrize("m", range(1, 13))
def test_symbols_partition_what_a_worker_sees(m):
    for size, d, k in SMALL:
        if size == m:
            scheme = SumRecovery(m, d, access=k)
            symbols = scheme.emit(41, everything(scheme))
            assert symbols.ended.all()
            for worker, rows in enumerate(by_worker(symbols, m)):
                check_worker(rows, worker, m, d, m if k is None else k)


PLANTED = {
    "own symbol last": lambda rows: rows[::-1],
    "own symbol in a block": lambda rows: [rows[0], [rows[0][0], *rows[1][1:]], *rows[2:]],
    "overlap": lambda rows: [rows[0], rows[1], [rows[1][0], *rows[2][1:]], *rows[3:]],
    "remainder dropped": lambda rows: rows[:-1],
    "remainder first": lambda rows: [rows[0], rows[-1], *rows[1:-1]],
    "remainder filled up": lambda rows: [*rows[:-1], rows[-1] + rows[1][:1]],
}


@pytest.mark.quality
@pytest.mark.parametrize("mistake", PLANTED)
def test_wrong_workers_are_noticed(mistake):
    rows = reference.sum_recovery(8, 3, key=1, worker=2)
    check_worker(rows, 2, 8, 3, 8)
    with pytest.raises(AssertionError):
        check_worker(PLANTED[mistake](rows), 2, 8, 3, 8)


def test_systematic_symbols_are_all_the_symbols():
    symbols = SumRecovery(9, 4).emit(3, np.ones(9, np.int64))
    assert reference.supports(symbols.rows) == [[j] for j in range(9)]


def test_paper_size_has_a_remainder_block():
    """m = 1000, d = 10: 1 + 99 whole blocks + one of 9, where (m - 1)/d would be 99.9."""
    scheme = SumRecovery(1000, 10)
    rows = by_worker(scheme.emit(0, np.where(np.arange(1000) == 17, 1000, 0)), 1000)[17]
    check_worker(rows, 17, 1000, 10, 1000)
    assert len(rows) == 101


@pytest.mark.parametrize(("m", "d", "k"), SMALL[::5])
def test_terms_are_the_theorys_block_ends(m, d, k):
    scheme = SumRecovery(m, d, access=k)
    symbols = scheme.emit(9, everything(scheme))
    assert symbols.terms.tolist() == (1 + block_ends(m, d, k)).tolist() * m


# ------------------------------------------------------------------------------------------ prefixes and redrawing


@given(st.sampled_from(SMALL), word64, st.data())
def test_rows_are_redrawn_by_numpy_alone_whatever_the_budget(code, key, data):
    m, d, k = code
    budget = data.draw(st.lists(st.integers(0, m + 2), min_size=m, max_size=m))
    redrawn = lambda j: reference.sum_recovery(m, d, k, key=key, worker=j)  # noqa: E731
    check_emission(SumRecovery(m, d, access=k), key, budget, redrawn)


@given(st.sampled_from(SMALL), word64, st.data())
def test_rows_with_replacement_are_redrawn_by_numpy_alone(code, key, data):
    m, d, k = code
    budget = data.draw(st.lists(st.integers(0, 3 * m), min_size=m, max_size=m))
    redrawn = lambda j: reference.with_replacement(m, d, k, key=key, worker=j)  # noqa: E731
    check_emission(SumRecovery(m, d, access=k, replacement=True), key, budget, redrawn)


@pytest.mark.parametrize("form", ["function", "_interpreted"])
def test_rows_are_laid_out_alike_one_by_one_and_on_arrays(form, monkeypatch):
    """Each form of the kernel alone, which otherwise depends on the work; every worker has another budget."""
    monkeypatch.setattr(Kernel, "__call__", lambda kernel, *given: as_written(getattr(kernel, form), given))
    for m, d, k in [
        (1, 1, None),
        (2, 1, None),
        (5, 2, None),
        (6, 2, 1),
        (7, 3, 5),
        (8, 3, None),
        (9, 9, None),
        (9, 4, 3),
    ]:
        budget = [(3 * j + d) % (m + 3) for j in range(m)]
        redrawn = lambda j: reference.sum_recovery(m, d, k, key=5, worker=j)  # noqa: B023, E731
        check_emission(SumRecovery(m, d, access=k), 5, budget, redrawn)
        afresh = lambda j: reference.with_replacement(m, d, k, key=5, worker=j)  # noqa: B023, E731
        check_emission(SumRecovery(m, d, access=k, replacement=True), 5, budget, afresh)


def as_written(function, given):
    """What the function gives, with unsigned numbers that wrap as compiled ones do."""
    with np.errstate(all="ignore"):
        return function(*given)


@pytest.mark.parametrize("m", [1, 2, 3, 9])
def test_blocks_of_the_largest_size_take_all_others(m):
    most = SumRecovery.largest_size(m)
    ends = [SumRecovery(m, d).emit(1, np.full(m, m)).terms.tolist() for d in (most, most + 1)]
    assert ends[0] == ends[1]
    if most > 1:
        assert SumRecovery(m, most - 1).emit(1, np.full(m, m)).terms.tolist() != ends[0]


@pytest.mark.quality
@pytest.mark.parametrize("wrong", [{"key": 8}, {"degree": 4}, {"access": 8}])
def test_redrawing_another_code_is_noticed(wrong):
    other = {"degree": 3, "access": 9, "key": 7} | wrong
    with pytest.raises(AssertionError):
        check_emission(
            SumRecovery(10, 3, access=9), 7, [10] * 10, lambda j: reference.sum_recovery(10, **other, worker=j)
        )


@pytest.mark.parametrize("d", range(1, 9))
@pytest.mark.parametrize("k", range(1, 9))
def test_limited_access_cuts_the_same_permutation_short(k, d):
    limited, full = (SumRecovery(8, d, access=a) for a in (k, None))
    few, all_rows = (by_worker(s.emit(5, everything(s)), 8) for s in (limited, full))
    for mine, whole in zip(few, all_rows, strict=True):
        assert list(chain.from_iterable(mine)) == list(chain.from_iterable(whole))[:k]
        unbroken = 1 + (k - 1) // d
        assert mine[:unbroken] == whole[:unbroken]


# --------------------------------------------------------------------------------------------- the law of the rows

PAIRS = list(combinations(range(4), 2))


def blocks(scheme, runs, worker=0, count=2):
    """The first ``count`` blocks of a worker as sets of the other symbols' ranks, in ``runs`` independent runs."""
    budget = np.where(np.arange(scheme.symbols) == worker, 1 + 2 * count, 0)
    for key in range(runs):
        _, *rows = reference.supports(scheme.emit(key, budget).rows)
        yield tuple(tuple(sorted(c - (c > worker) for c in row)) for row in rows)


def p_value(outcomes, law):
    """Chi-square of outcomes against a law given as a mapping; an outcome of probability 0 is impossible."""
    counts = Counter(outcomes)
    if set(counts) - set(law):
        return 0.0
    runs = sum(counts.values())
    return chisquare([counts[o] for o in law], [runs * p for p in law.values()]).pvalue


PARTITIONS = {(a, tuple(sorted(set(range(4)) - set(a)))): 1 / 6 for a in PAIRS}
INDEPENDENT = {(a, b): 1 / 36 for a in PAIRS for b in PAIRS}
# each of the 4 views of 3 others has 3 pairs
ONE_VIEW = {(a, b): sum(set(a + b) <= set(v) for v in combinations(range(4), 3)) / 36 for a in PAIRS for b in PAIRS}
POSSIBLE = {outcome: p for outcome, p in ONE_VIEW.items() if p > 0}
LAWS = {
    "blocks partition": (SumRecovery(5, 2), PARTITIONS),
    "blocks partition the last worker's others": (SumRecovery(5, 2), PARTITIONS),
    "with replacement": (SumRecovery(5, 2, replacement=True), INDEPENDENT),
    "with replacement from one view": (SumRecovery(5, 2, access=4, replacement=True), POSSIBLE),
}


@pytest.mark.parametrize("name", LAWS)
def test_blocks_follow_their_exact_law(name):
    scheme, law = LAWS[name]
    assert sum(law.values()) == pytest.approx(1)
    assert p_value(blocks(scheme, 6000, worker=4 if "last" in name else 0), law) > 1e-3


@pytest.mark.quality
@pytest.mark.parametrize("wrong", ["with replacement", "with replacement from one view"])
def test_blocks_of_another_law_are_noticed(wrong):
    for name in {"blocks partition", "with replacement", "with replacement from one view"} - {wrong}:
        assert p_value(blocks(LAWS[wrong][0], 6000), LAWS[name][1]) < 1e-6


def test_what_a_worker_sees_is_uniform():
    scheme = SumRecovery(6, 5, access=3)
    views = (
        tuple(sorted(row)) for key in range(6000) for row in reference.supports(scheme.emit(key, view_of(2)).rows)[1:]
    )
    law = dict.fromkeys(combinations([0, 1, 3, 4, 5], 2), 1 / 10)
    assert p_value(views, law) > 1e-3


def view_of(worker, m=6):
    return np.where(np.arange(m) == worker, m, 0)


def test_workers_draw_independently():
    """First blocks of two workers: 3 x 3 equally likely pairs at m = 4, d = 1."""
    scheme, budget = SumRecovery(4, 1), np.array([2, 2, 0, 0])
    pairs = ((r[1][0], r[3][0]) for key in range(6000) if (r := reference.supports(scheme.emit(key, budget).rows)))
    assert p_value(pairs, {(a, b): 1 / 9 for a in (1, 2, 3) for b in (0, 2, 3)}) > 1e-3


# ----------------------------------------------------------------------------------------------- edges and refusals


@pytest.mark.parametrize("replacement", [False, True])
def test_one_symbol_and_one_visible_symbol(replacement):
    for scheme in (SumRecovery(1, 5, replacement=replacement), SumRecovery(1, 1, access=1, replacement=replacement)):
        assert not scheme.rateless
        assert by_worker(scheme.emit(1, everything(scheme)), 1) == [[[0]]]
    blind = SumRecovery(4, 2, access=1, replacement=replacement)
    assert by_worker(blind.emit(1, everything(blind)), 4) == [[[j]] for j in range(4)]


@pytest.mark.parametrize("degree", [6, 7, 100])
def test_a_degree_that_takes_all_others(degree):
    scheme = SumRecovery(7, degree)
    for j, rows in enumerate(by_worker(scheme.emit(1, everything(scheme)), 7)):
        assert [sorted(row) for row in rows] == [[j], [c for c in range(7) if c != j]]


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize(("m", "d", "k"), [(7, 3, None), (7, 10, None), (7, 3, 3), (7, 3, 1), (1, 1, None)])
def test_pace_is_the_cost_of_a_first_and_a_further_symbol(m, d, k, replacement):
    first, later = SumRecovery(m, d, access=k, replacement=replacement).expected_terms()
    seen = m if k is None else k
    assert first == 1
    assert later == (min(d, seen - 1) if seen > 1 else float("inf"))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("symbols", {"symbols": 0}),
        ("symbols", {"symbols": 2.5}),
        ("symbols", {"symbols": True}),
        ("symbols", {"symbols": "5"}),
        ("degree", {"degree": 0}),
        ("degree", {"degree": None}),
        ("access", {"access": 0}),
        ("access", {"access": 6}),
        ("replacement", {"replacement": 1}),
    ],
)
def test_refusals_name_the_argument(name, arguments):
    with pytest.raises(ArgumentError) as refusal:
        SumRecovery(**({"symbols": 5, "degree": 2} | arguments))
    assert refusal.value.name == name
