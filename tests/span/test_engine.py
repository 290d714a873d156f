"""The production engine against ranks of every prefix, the argument that each verdict names, and its input."""

from math import prod

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.rows import Rows, boundaries, from_dense, from_sets
from srtheory.span import arguments, engine, rank, spans, stopping_time
from srtheory.span.arguments import Argument
from srtheory.span.arrays import checked_rows
from srtheory.span.engine import FAST_PRIME, PRIME, PRIMES
from tests.span import brute
from tests.strategies import complete_worker

LARGEST_PRIME = 9223372036854775783
BELOW = (16609421, 16609409, 16609403)  # the primes below PRIME, which rank_by_primes asks


def ask(rows, field="Q"):
    return stopping_time(rows.indptr, rows.indices, rows.columns, values=rows.values, field=field)


def ask_prefix(rows, k, field="Q"):
    return spans(rows.indptr, rows.indices, rows.columns, rows=k, values=rows.values, field=field)


def _found(answer):
    return answer.stopping_time, answer.rank


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("field", ["Q", "GF(2)", "GF(31)"])
def test_receptions(seed, field):
    """At 150 columns: spans at M' and not one row earlier, ranks included."""
    rows, p = brute.sum_recovery(150, 6, seed, slack=0.6), {"Q": 0, "GF(2)": 2, "GF(31)": 31}[field]
    answer = ask(rows, field)
    k = answer.stopping_time
    assert k is not None
    assert brute.spans(rows.prefix(k), p)
    assert not brute.spans(rows.prefix(k - 1), p)
    assert answer.rank == brute.rank(rows.prefix(k).dense().tolist(), 150, p)
    for j in (k - 20, k - 1, k, k + 1, len(rows)):
        assert ask_prefix(rows, j, field).spans == (j >= k)
        assert ask_prefix(rows, j, field).rank == brute.rank(rows.prefix(j).dense().tolist(), 150, p)


def fibonacci(length):
    """Rows x_i = x_{i-1} + x_{i-2} on ``length`` columns: kernel vectors that are not small."""
    dense = np.zeros((length - 2, length), dtype=np.int64)
    for i in range(length - 2):
        dense[i, i : i + 3] = [1, 1, -1]
    return dense


def wide_vector(length, target):
    """Rows whose one kernel vector is 1, 1, 2, 3, 5, … and a last entry that makes the sum ``target``."""
    entries = [1, 1]
    while len(entries) < length:
        entries.append(entries[-1] + entries[-2])
    row = np.zeros((1, length + 1), dtype=np.int64)
    row[0, [0, length]] = [target - sum(entries), -1]
    kernel_row = np.hstack([fibonacci(length), np.zeros((length - 2, 1), dtype=np.int64)])
    return np.vstack([kernel_row, row, _equal_start(length + 1)])


def _equal_start(columns):
    row = np.zeros((1, columns), dtype=np.int64)
    row[0, :2] = [1, -1]
    return row


ARGUMENTS = {
    "no columns": (from_sets(0, [[]]), Argument.EMPTY, 0),
    "a zero column": (from_sets(3, [[0], [1]]), Argument.UNCOVERED, None),
    "full rank at coverage": (from_sets(3, [[0, 1], [0], [1], [2]]), Argument.COVERAGE, 4),
    "full rank at m rows": (from_sets(3, [[0, 1], [1, 2], [0, 2]]), Argument.LAST_ROW, 3),
    "equal columns": (from_sets(4, [[0], [1], [0, 1, 2, 3]]), Argument.KERNEL, 3),
    "a complete worker": (complete_worker(11, 3), Argument.KERNEL, 5),
    "independent rows": (from_sets(3, [[0, 1], [0, 2]]), Argument.INDEPENDENT, None),
    "a row twice": (from_sets(3, [[0, 1], [0, 2], [0, 1]]), Argument.KERNEL, None),
    "an unbalanced long vector": (from_dense(np.tile(fibonacci(60), (2, 1))), Argument.LIFTED, None),
    "a balanced long vector": (from_dense(wide_vector(60, 0)), Argument.LIFTED, 60),
}


@pytest.mark.parametrize(("rows", "argument", "k"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_arguments(rows, argument, k):
    answer = ask(rows)
    assert (answer.stopping_time, answer.argument) == (k, argument)
    assert brute.stopping_time(rows) == _found(answer)


def test_no_columns_and_no_rows():
    for field in ("Q", "GF(2)", f"GF({LARGEST_PRIME})"):
        assert ask(from_sets(0, []), field) == engine.Stopping(0, 0, 0, Argument.EMPTY)
        assert _found(ask(from_sets(1, []), field)) == (None, 0)
        assert _found(ask(from_sets(2, [[], []]), field)) == (None, 0)
        assert ask(from_sets(2, [[], [0, 1]]), field).coverage_time == 2
        assert spans([0], [], 0, field=field).spans
        assert not spans([0], [], 1, field=field).spans
        assert rank([0], [], 1, field=field) == 0


def strided(array):
    return np.repeat(array, 2)[::2]


def read_only(array):
    return np.frombuffer(array.tobytes(), array.dtype)


@pytest.mark.parametrize("form", [strided, read_only])
def test_arrays_of_another_form_have_no_kernel_compiled_anew(form):
    """Kernels see contiguous arrays that can be written; of those nothing is copied."""
    given = [np.array(x, kind) for x, kind in (([0, 2, 3], np.int64), ([0, 1, 1], np.int32), ([1, 2, 3], np.int64))]
    plain = checked_rows(*given[:2], 2, given[2])
    assert (plain.indptr is given[0], plain.indices is given[1], plain.values is given[2]) == (True, True, True)
    bounds, places, weights = map(form, given)
    assert not any(array.flags.carray for array in (bounds, places, weights))
    other = checked_rows(bounds, places, 2, weights)
    assert all(array.flags.carray for array in (other.indptr, other.indices, other.values))
    assert other.mappings() == plain.mappings()


def test_relations_between_rows_prove_a_rank_too():
    """Fewer rows than columns, one of them twice: the relation is small, the kernel is not."""
    dense = fibonacci(60)
    assert arguments.has_equal_rank(from_dense(np.vstack([dense, dense[:1]])), 58, PRIME)
    assert not arguments.has_equal_rank(from_dense([[1, 1, 1], [1, 1, 1 + PRIME]]), 1, PRIME)


def test_few_rows_of_many_columns_need_little_memory():
    """A kernel basis of 10⁵ columns would take 80 GB."""
    rows = from_sets(100000, [range(50000), range(50000, 100000), range(50000, 100000)])
    assert ask(rows) == engine.Stopping(2, 2, 2, Argument.LIFTED)
    assert ask(rows.prefix(1)) == engine.Stopping(None, None, 1, Argument.UNCOVERED)
    assert ask(rows, "GF(2)").stopping_time == ask(rows, "GF(31)").stopping_time == 2


@pytest.mark.parametrize("field", ["Q", "GF(2)", "GF(31)", "GF(16777259)"])
@pytest.mark.parametrize(("row", "found"), [([], 0), ([7], 1), ([7, 99_999], 1)])
def test_many_rows_that_leave_columns_uncovered_need_little_memory(field, row, found):
    """Eliminated as they stand, they would be 10¹⁰ entries."""
    lengths = np.full(100_000, len(row))
    lengths[0] = 0
    rows = Rows(100_000, boundaries(lengths), np.tile(np.array(row, np.int32), 99_999))
    argument = Argument.UNCOVERED if field == "Q" else Argument.FINITE_FIELD
    assert ask(rows, field) == engine.Stopping(None, None, found, argument)
    assert rank(**rows.arrays, field=field) == found


def test_a_rank_that_no_small_relation_proves():
    """The fast prime's few relatives would not suffice: their product is less than the minors may be."""
    rows = brute.sum_recovery(400, 8, 3).prefix(380)
    dense = np.vstack([rows.dense(), rows.dense().cumsum(axis=0)[100:110]])
    answer = ask(from_dense(dense[:, :399]))
    assert answer.rank == brute.rank(dense[:, :399].tolist(), 399)


def test_rank_by_primes_ends_where_no_larger_minor_is_left():
    rows = from_dense(np.tile(fibonacci(60), (2, 1)))
    assert arguments.rank_by_primes(rows, 3) == 58
    assert arguments.rank_by_primes(from_dense([[6, 10], [15, 25]]), 1) == 1
    assert arguments.rank_by_primes(from_dense([[FAST_PRIME, 0], [0, 1]]), 1) == 2
    assert arguments.rank_by_primes(from_sets(3, [[], []]), 0) == 0


def by_primes(diagonal, known):
    return arguments.rank_by_primes(from_dense(np.diag(diagonal)), known)


def test_rank_by_primes_goes_on_until_the_product_exceeds_the_next_minors():
    """Diagonal entries that many of the primes divide: an end one prime too early is a rank too small."""
    first, second, third = BELOW
    assert by_primes([FAST_PRIME * first, second], 1) == 2
    assert by_primes([FAST_PRIME, first], 1) == 2
    assert by_primes([1, first], 1) == 2
    assert by_primes([first, second, third], 1) == 3
    assert by_primes([first * second, second * third, 1], 1) == 3


def test_ranks_that_the_fast_primes_do_not_see():
    first, second, _ = BELOW
    for diagonal in ([FAST_PRIME * first, second], [FAST_PRIME, first], [prod(PRIMES), first]):
        rows = from_dense(np.diag(diagonal))
        assert rank(rows.indptr, rows.indices, 2, values=rows.values) == 2
        assert _found(ask(rows)) == (2, 2)


def test_small_kernel_vectors_are_checked_over_the_integers():
    rows = from_dense([[2, 3, 0], [0, 0, 1]])
    assert arguments.integer_kernel(rows, 2, PRIME).tolist() in ([[-3, 2, 0]], [[3, -2, 0]])
    assert arguments.integer_kernel(from_dense([[2, 3, PRIME], [0, 0, 1]]), 2, PRIME) is not None
    assert arguments.integer_kernel(from_dense([[2, 3 + PRIME, 0], [0, 0, 1]]), 2, PRIME) is None
    assert arguments.integer_kernel(from_dense([[5000, 1, 0], [0, 0, 1]]), 2, PRIME) is None
    huge = from_dense([[2**62, 2**62, 2**62, 2**62]])
    assert not arguments.annihilated(huge, np.array([[1, -1, 3, -3], [1, 1, 1, 1]]))
    assert arguments.annihilated(huge, np.array([[1, -1, 3, -3]]))


BAD = {
    "indptr": [([], [], 2), ([0, 2, 1], [0], 2), ([1, 1], [0], 2), ([0, 2], [0], 2), ([0.0, 1.0], [0], 2)],
    "indices": [([0, 1], [2], 2), ([0, 1], [-1], 2), ([0, 2], [1, 1], 2), ([0, 1], [0.5], 2), ([0, 1], [[0]], 2)],
    "columns": [([0], [], -1), ([0], [], 1.5), ([0], [], True)],
}


@pytest.mark.parametrize(("name", "arrays"), [(name, arrays) for name, cases in BAD.items() for arrays in cases])
def test_bad_arrays(name, arrays):
    for call in (stopping_time, spans, rank):
        with pytest.raises(ArgumentError) as error:
            call(*arrays)
        assert error.value.name == name


def test_other_bad_arguments():
    with pytest.raises(ArgumentError, match="'values' must be 2 weights"):
        stopping_time([0, 2], [0, 1], 2, values=[1])
    with pytest.raises(ArgumentError, match="'values' must be a one-dimensional"):
        stopping_time([0, 1], [0], 2, values=[0.5])
    with pytest.raises(ArgumentError, match="'field'"):
        stopping_time([0, 1], [0], 2, field="GF(6)")
    for count in (-1, 2, 0.5):
        with pytest.raises(ArgumentError, match="'rows' must be an integer from 0 to 1"):
            spans([0, 1], [0], 2, rows=count)
