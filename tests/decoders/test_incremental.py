"""The decoder that is fed row by row: after every row the answer of the batch engine, over every field."""

from dataclasses import replace

import numpy as np
import pytest

from srtheory.decoders import incremental
from srtheory.decoders.incremental import PORTION, IncrementalSpan
from srtheory.errors import ArgumentError
from srtheory.rows import Rows, from_dense, from_sets
from srtheory.span import stopping_time
from srtheory.span.dense import bytewise, lifting
from srtheory.span.dense.growing_form import ALL, Growing
from srtheory.span.engine import FAST_PRIME, PRIME, SECOND_PRIME
from tests.span import brute

LARGEST_PRIME = 9223372036854775783
FIELDS = {
    "Q": 0, "GF(2)": 2, "GF(3)": 3, "GF(251)": 251, "GF(1381)": 1381, f"GF({PRIME})": PRIME,
    f"GF({LARGEST_PRIME})": LARGEST_PRIME,
}  # fmt: skip


@pytest.fixture(params=["bytes", "floats"])
def path(request, monkeypatch):
    """On bytes, where the processor multiplies them, and in floating point."""
    if request.param == "floats":
        monkeypatch.setattr(bytewise, "available", lambda: False)


def answers(rows, field="Q"):
    """What the decoder says after each row."""
    decoder = IncrementalSpan(rows.columns, field=field)
    weights = np.ones(len(rows.indices), np.int64) if rows.values is None else rows.values
    said = [decoder.add(rows.row(i), weights[rows.indptr[i] : rows.indptr[i + 1]].tolist()) for i in range(len(rows))]
    assert len(decoder) == len(rows)
    assert (decoder.rows.dense() == rows.dense()).all()
    first = said.index(True) + 1 if True in said else None
    assert decoder.stopping_time == (first if rows.columns else 0)
    return said


def ends(rows, field="Q", rng=None):
    """What it says after blocks of any length, some of a single row, next to the numbers of rows so far."""
    decoder, rng = IncrementalSpan(rows.columns, field=field), rng or np.random.default_rng(0)
    weights = np.ones(len(rows.indices), np.int64) if rows.values is None else rows.values
    said, k = [], 0
    while k < len(rows) or not said:
        size = int(rng.integers(0, 1 + min(len(rows) - k, rng.choice([2, 9, len(rows)]))))
        if size == 1 and k < len(rows) and rng.random() < 0.7:
            decoder.add(rows.row(k), weights[rows.indptr[k] : rows.indptr[k + 1]])
        else:
            assert decoder.add_many(rows.take(np.arange(k, k + size))) == decoder.stopping_time
        k += size
        said.append((k, decoder.stopping_time))
    assert len(decoder) == k == len(rows)
    assert (decoder.rows.dense() == rows.dense()).all()
    return said


def wrong_ends(families, field, prime, trials, seed=22):
    """Rows after some block of which another stopping time is told than that by definition, one after the other."""
    rng = np.random.default_rng(seed)
    for rows in (family(rng) for _ in range(trials) for family in families):
        k = brute.stopping_time(rows, prime)[0]
        if any(told != (k if k is not None and k <= n else None) for n, told in ends(rows, field, rng)):
            yield rows


def mismatches(families, field, prime, trials):
    rng = np.random.default_rng(21)
    drawn = (family(rng) for _ in range(trials) for family in families)
    return (rows for rows in drawn if answers(rows, field) != truth(rows, prime))


def truth(rows, prime):
    return [brute.spans(rows.prefix(k), prime) for k in range(1, len(rows) + 1)]


def singular(rng):
    """Short of rank modulo the engine's primes only."""
    dense = np.triu((rng.random((5, 5)) < 0.5).astype(np.int64), 1) + np.eye(5, dtype=np.int64)
    dense[2, 2] = rng.choice([FAST_PRIME, SECOND_PRIME, PRIME, FAST_PRIME * SECOND_PRIME, SECOND_PRIME * PRIME])
    return from_dense(rng.permutation(np.vstack([dense, dense[:2]]))[:, rng.permutation(5)])


FAMILIES = [brute.sparse, brute.weighted, brute.deficient]


ERRING = [singular, *(lambda rng, p=p: brute.congruent(rng, p) for p in (FAST_PRIME, SECOND_PRIME, PRIME))]


@pytest.mark.parametrize(("field", "prime"), FIELDS.items(), ids=FIELDS)
def test_every_answer(field, prime, path):
    assert list(mismatches(FAMILIES, field, prime, 40)) == []


@pytest.mark.parametrize(("field", "prime"), FIELDS.items(), ids=FIELDS)
def test_blocks(field, prime, path):
    assert list(wrong_ends(FAMILIES, field, prime, 60)) == []


def test_where_numba_does_not_compile_the_batch_engine_decides(monkeypatch):
    monkeypatch.setattr(incremental, "compiles", lambda: False)
    monkeypatch.setattr(incremental, "Growing", None)  # whose kernels cannot be interpreted
    assert list(mismatches(FAMILIES, "Q", 0, 10)) == []
    assert list(wrong_ends(FAMILIES, "GF(3)", 3, 10)) == []


def test_every_answer_where_the_primes_err():
    assert list(mismatches(ERRING, "Q", 0, 60)) == []
    assert list(wrong_ends(ERRING, "Q", 0, 100)) == []


@pytest.mark.parametrize("prime", [FAST_PRIME, SECOND_PRIME, PRIME])
def test_the_least_rows_of_a_block_that_span_1_modulo_a_prime_need_not_do_so_over_q(prime, path, monkeypatch):
    """Modulo the prime the first row of the second block is 1; over Q the sum needs the row after it."""
    monkeypatch.setattr(incremental, "_primes", lambda characteristic: iter([characteristic or prime, 7, 11]))
    first, second = [[1, 2, 1, 0], [0, 1, 1, 1]], [[1, 1, 1, 1 + prime], [1, 0, 0, 0]]
    for field, wanted in (("Q", 4), (f"GF({prime})", 3)):
        decoder = IncrementalSpan(4, field=field)
        assert decoder.add_many(from_dense(first)) is None
        assert decoder.add_many(from_dense(second)) == wanted


def test_a_doubtful_rank_of_rows_with_the_largest_weights():
    """The dependent row is solved for over Q, since the prime alone does not prove that it is dependent."""
    least = -(2**63)
    rows = from_dense([[0, 0, 0, least], [least, 3 - 2**61, 0, 0], [0, 0, 5, 0], [0, 0, least, 0], [7, 9, 0, 0]])
    for size in (1, 2, 3, 5):
        decoder = IncrementalSpan(4)
        for k in range(0, 5, size):
            decoder.add_many(rows.take(np.arange(k, min(k + size, 5))))
        assert decoder.stopping_time == brute.stopping_time(rows, 0)[0] == 5


def weighted(rows, seed):
    values = np.random.default_rng(seed).integers(-3, 4, len(rows.indices))
    return Rows(rows.columns, rows.indptr, rows.indices, values)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("field", ["Q", "GF(2)", "GF(31)"])
def test_receptions(seed, field, path):
    rows = brute.sum_recovery(200, 7, seed, slack=0.5)
    rows = weighted(rows, seed) if seed % 3 == 2 else rows
    k = stopping_time(**rows.arrays, field=field).stopping_time
    assert answers(rows, field) == [k is not None and j >= k for j in range(1, len(rows) + 1)]
    told = ends(rows, field, np.random.default_rng(seed))
    assert told == [(n, k if k is not None and k <= n else None) for n, _ in told]


def growth(rows):
    """How many rows enter the form with each that is added up to M', and how many pivots were asked for at a time."""
    decoder, entered, asked = IncrementalSpan(rows.columns), [0], []
    with pytest.MonkeyPatch.context() as patch:
        prepare = Growing.prepare
        patch.setattr(Growing, "prepare", lambda form, pivots=ALL: asked.append(pivots) or prepare(form, pivots))
        for i in range(len(rows)):
            done = decoder.add(rows.row(i))
            entered.append(int(decoder._form._counters[0]) if decoder._form else 0)
            if done:
                break
    return np.diff(entered), asked


def test_no_row_pays_for_all():
    """The elimination begins before coverage and is done in pieces."""
    entered, asked = growth(brute.sum_recovery(600, 9, 0))
    assert entered.sum() > 150
    assert entered.max() <= PORTION
    assert len(asked) > 5
    assert ALL not in asked


def test_weights_are_any_residues(path):
    """Few products are added up before they are reduced; a sum too long makes a row and its multiple independent."""
    rng = np.random.default_rng(9)
    for seed in range(3):
        rows = brute.sum_recovery(150, 7, seed, slack=0.3)
        twice = rows.take(np.repeat(np.arange(len(rows)), 2))
        by_row, by_column = rng.integers(1, 251, len(twice)), rng.integers(1, 251, rows.columns)
        values = np.repeat(by_row, np.diff(twice.indptr)) * by_column[twice.indices] % 251
        twice = replace(twice, values=values)
        k = stopping_time(**twice.arrays, field="GF(251)").stopping_time
        assert k == 2 * rows.columns - 1
        assert answers(twice, "GF(251)") == [j >= k for j in range(1, len(twice) + 1)]


@pytest.mark.parametrize(("size", "before"), [(2, True), (16, False)])
def test_a_long_block_leaves_the_triangle_to_that_which_covers(size, before):
    rows, decoder, seen = brute.sum_recovery(600, 12, 1), IncrementalSpan(600), []
    for i in range(0, len(rows), size):
        decoder.add_many(rows.take(np.arange(i, min(i + size, len(rows)))))
        if decoder._ledger[incremental.MISSING] == 0:
            break
        seen.append(decoder._form is not None)
    assert len(decoder) < 600
    assert any(seen) is before
    assert decoder._form is not None


@pytest.mark.parametrize(("field", "met"), [("Q", 2), ("GF(5)", 1), ("GF(7)", 2)])
def test_a_weight_that_is_zero_in_the_field_meets_no_column(field, met):
    """No elimination is asked for before every column is met."""
    decoder = IncrementalSpan(4, field=field)
    decoder.add([0, 1, 2], [0, 5, 3])
    assert decoder._ledger[incremental.MISSING] == 4 - met


@pytest.mark.quality
def test_an_elimination_that_begins_at_coverage_is_seen(monkeypatch):
    monkeypatch.setattr(IncrementalSpan, "_prepare", lambda _: None)
    entered, asked = growth(brute.sum_recovery(600, 9, 0))
    assert entered.max() > PORTION
    assert asked == [ALL]


def test_both_paths_hold_the_same_form(monkeypatch):
    """Steps, pivots and what is left of 1 are those of the same vectors."""
    rows, forms = brute.sum_recovery(300, 8, 1), []
    for available in (bytewise.available, lambda: False):
        monkeypatch.setattr(bytewise, "available", available)
        decoder = IncrementalSpan(rows.columns)
        assert not any(decoder.add(rows.row(i)) for i in range(281))
        forms.append(decoder._form)
    one, other = ((form._counters.tolist(), form._rows[32] % FAST_PRIME) for form in forms)
    places = slice(10, None)
    assert one[0][places] == other[0][places]
    assert (one[1][one[0][1] :] == other[1][other[0][1] :]).all()


def test_no_columns():
    decoder = IncrementalSpan(0)
    assert decoder.stopping_time == 0
    assert decoder.add([])


def test_once_spanned_it_stays_spanned():
    decoder = IncrementalSpan(2)
    assert [decoder.add(row) for row in ([0], [0, 1], [1], [])] == [False, True, True, True]
    assert decoder.stopping_time == 2


def test_a_refused_row_changes_nothing():
    decoder = IncrementalSpan(3)
    decoder.add([0, 1])
    for row in ([3], [-1], [2, 2], [0, 1, 2, 0], [2, 3]):
        with pytest.raises(ArgumentError, match="'row'"):
            decoder.add(row)
    assert len(decoder) == 1
    assert decoder.rows.dense().tolist() == [[1, 1, 0]]
    assert [decoder.add([2]), decoder.add([0])] == [True, True]
    assert decoder.stopping_time == 2


@pytest.mark.parametrize("row", [[0, 3], [-1], [1, 1]])
def test_a_refused_row_is_named_with_the_columns_that_there_are(row):
    with pytest.raises(ArgumentError) as refusal:
        IncrementalSpan(3).add(row)
    assert (refusal.value.name, refusal.value.value) == ("row", row)
    assert "distinct columns from 0 to 2, not" in str(refusal.value)


def test_a_refused_block_changes_nothing():
    decoder = IncrementalSpan(3)
    good = from_sets(3, [[0, 1], [1, 2]])
    assert decoder.add_many(good) is None
    wrong = [([0, 1, 3], [0, 1, 3]), ([0, 1, 3], [0, 1, 1]), ([0, 1, 2], [0, -1])]
    for bounds, columns in [*wrong, ([0, 2, 1], [0, 1]), ([1, 2], [0, 1]), ([0, 1], [0, 1])]:
        with pytest.raises(ArgumentError, match="'ind"):
            decoder.add_many(Rows(3, np.array(bounds), np.array(columns, np.int32)))
    with pytest.raises(ArgumentError, match="'rows' must be rows of 3 columns"):
        decoder.add_many(from_sets(2, [[0]]))
    assert len(decoder) == 2
    assert (decoder.rows.dense() == good.dense()).all()
    assert decoder.add_many(from_sets(3, [])) is None
    assert decoder.add_many(from_sets(3, [[2], [1, 2], [0]])) == 3
    assert decoder.add_many(from_sets(3, [[0]])) == 3
    assert len(decoder) == 6


def test_weights_may_begin_late_and_end():
    decoder = IncrementalSpan(3)
    assert not decoder.add(np.array([0, 1], np.int32))
    assert decoder.rows.values is None
    assert not decoder.add([1, 2], [2, 3])
    assert decoder.add_many(from_sets(3, [[0, 2]])) is None or decoder.stopping_time == 3
    assert decoder.rows.dense().tolist() == [[1, 1, 0], [0, 2, 3], [1, 0, 1]]
    decoder.add_many(from_dense([[0, 5, 1]]))
    decoder.add(np.array([2], np.int32))
    assert decoder.rows.dense().tolist()[3:] == [[0, 5, 1], [0, 0, 1]]


FORMS = {
    "plain": lambda row: row,
    "strided": lambda row: np.repeat(row, 3)[::3],
    "backwards": lambda row: row[::-1].copy()[::-1],
    "read-only": lambda row: np.frombuffer(row.tobytes(), np.int32),
    "unaligned": lambda row: np.frombuffer(b"x" + row.tobytes(), np.int32, offset=1),
    "other bytes": lambda row: row.astype(row.dtype.newbyteorder()),
    "long": lambda row: row.astype(np.int64),
    "unsigned": lambda row: row.astype(np.uint64),
    "list": lambda row: row.tolist(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_row_may_be_any_array(form):
    rows = brute.sum_recovery(40, 5, 3, slack=0.5)
    decoder = IncrementalSpan(40)
    for i in range(len(rows)):
        decoder.add(form(rows.row(i)))
    assert (decoder.rows.indptr == rows.indptr).all()
    assert (decoder.rows.indices == rows.indices).all()
    assert decoder.stopping_time == stopping_time(**rows.arrays).stopping_time


def grown():
    """Whether a decoder holds more rows than it had room for at first, four times, and whether it knows M'."""
    rng = np.random.default_rng(4)
    held, given, decoder = [], [], IncrementalSpan(70)
    for k in range(400):
        row = rng.permutation(70)[: rng.integers(0, 50)].astype(np.int32)
        if k % 7:
            decoder.add(row)
        else:
            decoder.add_many(from_sets(70, [row]))
        given.append(sorted(row.tolist()))
        if k % 100 == 99:
            held.append([sorted(decoder.rows.row(i).tolist()) for i in range(len(decoder))] == given)
    return held, decoder.stopping_time == stopping_time(**from_sets(70, given).arrays).stopping_time


def test_room_grows():
    assert grown() == ([True] * 4, True)


@pytest.mark.quality
def test_rows_lost_as_room_grows_are_seen(monkeypatch):
    make_room = IncrementalSpan._make_room

    def forgetful(decoder, rows, entries, *, weighted):
        room = decoder._ledger[incremental.ROOM]
        make_room(decoder, rows, entries, weighted=weighted)
        if decoder._ledger[incremental.ROOM] > room:
            decoder._indices[:200] = 0

    monkeypatch.setattr(IncrementalSpan, "_make_room", forgetful)
    assert not any(grown()[0][1:])


@pytest.mark.parametrize("weights", [[0, 1], [1, 0], [2, -2]])
def test_a_column_named_twice_is_refused_with_any_weights(weights):
    decoder = IncrementalSpan(3)
    with pytest.raises(ArgumentError, match="'row'"):
        decoder.add([2, 2], weights)
    assert len(decoder) == 0
    assert not decoder.add([2, 1], weights)


def test_bad_arguments():
    with pytest.raises(ArgumentError, match="'columns'"):
        IncrementalSpan(-1)
    with pytest.raises(ArgumentError, match="'field'"):
        IncrementalSpan(2, field="R")
    with pytest.raises(ArgumentError, match="'row'"):
        IncrementalSpan(2).add([0.5])
    with pytest.raises(ArgumentError, match="'row'"):
        IncrementalSpan(2).add(np.zeros((1, 1), np.int32))
    with pytest.raises(ArgumentError, match="'weights'"):
        IncrementalSpan(2).add([0, 1], [1, 2, 3])


def proofs(monkeypatch, size):
    """How many rows each proof looks at that rows depend on others, as they come in blocks."""
    looked, found = [], lifting.basis
    monkeypatch.setattr(lifting, "basis", lambda rows, rank: looked.append(len(rows)) or found(rows, rank))
    rng = np.random.default_rng(8)
    few = np.eye(40, dtype=np.int64) + np.triu(rng.integers(-2, 3, (40, 40)), 1) * (rng.random((40, 40)) < 0.2)
    early, late = rng.integers(-3, 4, (60, 30)) @ few[:30], few[30:]
    rows = from_dense(
        np.vstack([np.ones((1, 40), np.int64) - 3 * np.eye(40, dtype=np.int64)[:1], few[:30], early, late])
    )
    decoder = IncrementalSpan(40)
    for i in range(0, len(rows), size):
        decoder.add_many(rows.take(np.arange(i, min(i + size, len(rows)))))
    assert decoder.stopping_time == stopping_time(**rows.arrays).stopping_time
    return looked


def test_what_a_proof_has_found_is_not_looked_at_again(monkeypatch):
    """Each looks at a basis of the rows so far and at those that have come since."""
    looked = proofs(monkeypatch, 10)
    assert len(looked) > 4
    assert max(looked[1:]) <= 31 + 10


@pytest.mark.quality
def test_proofs_that_look_at_all_rows_again_are_seen(monkeypatch):
    monkeypatch.setattr(
        IncrementalSpan, "_rank_is_exact", lambda self, form: bool(lifting.basis(self.rows, form.rank).any())
    )
    assert max(proofs(monkeypatch, 10)) > 31 + 10


@pytest.mark.quality
def test_a_rank_believed_without_proof_is_found(monkeypatch):
    monkeypatch.setattr(IncrementalSpan, "_rank_is_exact", lambda *_: True)
    assert any(mismatches([singular], "Q", 0, 100))


@pytest.mark.quality
def test_a_span_believed_without_proof_is_found(monkeypatch):
    monkeypatch.setattr(IncrementalSpan, "_decide", lambda _: True)
    assert any(mismatches([lambda rng: brute.congruent(rng, FAST_PRIME)], "Q", 0, 200))


@pytest.mark.quality
def test_an_index_believed_without_proof_is_found(monkeypatch):
    monkeypatch.setattr(IncrementalSpan, "_is_least", lambda *_: True)
    assert any(wrong_ends([*ERRING, *FAMILIES], "Q", 0, 300))


@pytest.mark.quality
def test_an_index_that_is_one_off_is_found(monkeypatch):
    spanned = Growing.spanned.fget
    monkeypatch.setattr(Growing, "spanned", property(lambda form: spanned(form) and spanned(form) - 1))
    assert any(wrong_ends(FAMILIES, "GF(3)", 3, 60))


@pytest.mark.quality
def test_a_step_that_is_not_cleared_is_found(monkeypatch):
    """Where the waiting steps are forgotten, which are the last in a group."""
    prepare = Growing.prepare

    def forget(form, pivots=ALL):
        prepare(form, pivots)
        if form.ready:
            form._rows[32, :1] += 1  # 1 is not what it was

    monkeypatch.setattr(Growing, "prepare", forget)
    assert any(mismatches(FAMILIES, "Q", 0, 60))


@pytest.mark.quality
def test_one_prime_alone_is_not_enough(monkeypatch):
    monkeypatch.setattr(incremental, "_primes", lambda characteristic: iter([characteristic or SECOND_PRIME] * 2))
    with pytest.raises(RuntimeError, match="StopIteration"):
        list(mismatches([singular, lambda rng: brute.congruent(rng, SECOND_PRIME)], "Q", 0, 100))
    assert answers(from_sets(2, [[0], [1]])) == [False, True]
