"""The production engine: rows too many for a dense matrix, several threads, and input that is refused by name."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.matrix import Rows, boundaries, from_sets
from srtheory.span import engine, modular, oracles, rank, spans, stopping_time
from srtheory.span.arguments import Argument
from srtheory.span.descent import finite as tabulated
from srtheory.span.lifting import spanning_vector
from tests.contracts.fields import KINDS, of_kind, rows_of
from tests.span import brute
from tests.strategies import EDGE_CASES


def test_few_rows_of_many_columns_need_little_memory():
    """A kernel basis of 10⁵ columns would take 80 GB."""
    rows = from_sets(100000, [range(50000), range(50000, 100000), range(50000, 100000)])
    assert stopping_time(**rows.arrays) == engine.Stopping(2, 2, 2, Argument.LIFTED)
    assert stopping_time(**rows.prefix(1).arrays) == engine.Stopping(None, None, 1, Argument.UNCOVERED)
    assert {stopping_time(**rows.arrays, field=field).stopping_time for field in ("GF(2)", "GF(31)")} == {2}


@pytest.mark.parametrize("field", ["Q", "GF(2)", "GF(31)", "GF(16777259)"])
@pytest.mark.parametrize(("row", "found"), [([], 0), ([7], 1), ([7, 99_999], 1)])
def test_many_rows_that_leave_columns_uncovered_need_little_memory(field, row, found):
    """Eliminated as they stand, they would be 10¹⁰ entries."""
    lengths = np.full(100_000, len(row))
    lengths[0] = 0
    rows = Rows(100_000, boundaries(lengths), np.tile(np.array(row, np.int32), 99_999))
    argument = Argument.UNCOVERED if field == "Q" else Argument.FINITE_FIELD
    assert stopping_time(**rows.arrays, field=field) == engine.Stopping(None, None, found, argument)
    assert rank(**rows.arrays, field=field) == found


def test_a_larger_matrix_than_wide_primes_take_is_refused(monkeypatch):
    assert modular.MAX_ENTRIES == 16_777_216
    monkeypatch.setattr(modular, "MAX_ENTRIES", 6)
    for rows in (from_sets(3, [[0], [1]]), from_sets(2, [[0], [1], [0, 1]])):
        assert rank(**rows.arrays, field="GF(2305843009213693951)") == 2
    for rows in (from_sets(7, [range(7)]), from_sets(1, [[0]] * 7)):
        with pytest.raises(ArgumentError, match="where rows times columns are more than 6") as refusal:
            modular.verdict(rows, 2**61 - 1)
        assert (refusal.value.name, refusal.value.value) == ("field", f"characteristic {2**61 - 1}")


def everything(seed):
    """Answers of all parts that keep memory, or what they knew, between calls."""
    drawn = (rows_of(*of_kind(kind, seed, "Q", 9)) for kind in KINDS)
    found = [(stopping_time(**rows.arrays), spanning_vector(rows)) for rows in drawn]
    rows = brute.sum_recovery(90 + seed, 6, seed, slack=0.6)
    return found, [stopping_time(**rows.arrays, field=field) for field in ("Q", "GF(2)", "GF(251)")]


def test_threads_give_the_answers_of_one():
    alone = [everything(seed) for seed in range(8)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(everything, [*range(8), *range(8)])) == alone * 2


BAD = {
    "indptr": [([], [], 2), ([0, 2, 1], [0], 2), ([1, 1], [0], 2), ([0, 2], [0], 2), ([0.0, 1.0], [0], 2)],
    "indices": [
        *(([0, 1], [2], 2), ([0, 1], [-1], 2), ([0, 2], [1, 1], 2), ([0, 1], [0.5], 2), ([0, 1], [[0]], 2)),
        ([0, 1], np.array([0], np.uint64), 1),
    ],
    "columns": [([0], [], -1), ([0], [], 1.5), ([0], [], True), ([0, 1], [0], 2**31)],
    "values": [([0, 2], [0, 1], 2, [1]), ([0, 1], [0], 2, [0.5]), ([0, 1], [0], 1, [[1]]), ([0, 1], [0], 1, [1, 2])],
    "field": [([0, 1], [0], 2, None, field) for field in ("GF(6)", "R")],
}


@pytest.mark.parametrize(("name", "given"), [(name, arrays) for name, cases in BAD.items() for arrays in cases])
def test_bad_arrays_are_refused_by_name(name, given):
    for call in (stopping_time, spans, rank):
        with pytest.raises(ArgumentError) as error:
            call(*given[:3], **dict(zip(("values", "field"), given[3:], strict=False)))
        assert error.value.name == name
        assert len(str(error.value)) < 300


def test_a_number_of_rows_that_there_are_not_is_refused():
    star = EDGE_CASES["star"]
    for count in (-1, 4, 1.5, True):
        for name, ask in (
            ("rows", lambda count: spans(**star.arrays, rows=count)),
            ("k", lambda count: oracles.rank(star, count)),
            ("k", lambda count: oracles.spans(star, count, field="GF(2)")),
        ):
            with pytest.raises(ArgumentError, match=f"'{name}' must be an integer from 0 to 3"):
                ask(count)
    for field in ("GF(6)", "R"):
        with pytest.raises(ArgumentError, match="'field' must be"):
            oracles.rank(star, field=field)


def test_the_largest_field_that_is_tabulated():
    assert str(tabulated("GF(101)")) == "GF(101)"
    for field in ("GF(103)", "GF(121)", "Q"):
        with pytest.raises(ArgumentError, match=r"a prime power q of at most 101, not '?(GF\(1.[13]|Q)"):
            tabulated(field)
