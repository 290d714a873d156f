"""Certificates of full rank against elimination, and what must not pass for one."""

from dataclasses import replace
from functools import cache, partial

import flint
import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.reception import receptions
from srtheory.rows import Rows, from_sets
from srtheory.schemes import make
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span import engine, rank, spans, stopping_time
from srtheory.span.arguments import Argument
from srtheory.span.blackbox import approximants, wiedemann
from srtheory.span.blackbox.wiedemann import Blocks, certify, conclude, has_full_rank, least_prefix
from srtheory.span.coverage import coverage_time
from srtheory.span.dense import bytewise
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


of_several_sizes = partial(received, scheme=lambda m: make("sr-sizes", m, sizes="4:0.3,9:0.7"))


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


@pytest.mark.parametrize("primes", [(), (3,)])
def test_sums_of_several_sizes(primes):
    wrong, kinds = disagreements(of_several_sizes, range(240), primes=primes)
    assert wrong == []
    assert min(kinds["below m"], kinds["above m"]) > 2


@pytest.mark.parametrize("primes", [(), (3,), (7, 5)])
def test_rows_of_less_than_full_rank(primes):
    wrong, kinds = disagreements(cheap, range(150), primes=primes)
    assert wrong == []
    assert min(kinds.values()) > 5


def square(seed, prime):
    """Rows whose first m are independent modulo the prime and cover, with the coefficients that add up to 1."""
    rng = np.random.default_rng(seed)
    while True:
        m = int(rng.integers(4, 16))
        dense = (rng.random((m, m)) < 0.5).astype(np.int64)
        if (dense.sum(axis=0) > 0).all() and flint_rank(dense, prime) == m:
            solution = flint.nmod_mat(m, m, dense.T.ravel().tolist(), prime).solve(flint.nmod_mat(m, 1, [1] * m, prime))
            return from_sets(m, [np.flatnonzero(row).tolist() for row in dense]), int(solution[m - 1, 0])


@pytest.mark.parametrize("prime", [3, 5, 31, 251])
def test_the_last_coefficient(prime):
    """What is read off the leading coefficients is v_m; where it is 0 modulo the prime, nothing is said."""
    zero = found = 0
    for seed in range(60):
        rows, expected = square(seed, prime)
        triangle, blocks = wiedemann._triangle_before_last(rows), BLOCKS[seed % 4]
        if len(triangle.inactive) == 0:
            continue
        certified = certify(rows, triangle, prime, blocks)
        if certified.invertible:
            found += 1
            zero += expected == 0
            assert certified.last == expected
            assert (tried(rows, blocks=blocks, primes=[prime]) is None) == (expected == 0) or (
                coverage_time(rows) == rows.columns
            )
    assert found > 30
    assert zero > 0 or prime > 5


@pytest.mark.parametrize("blocks", BLOCKS)
def test_the_first_column_is_the_last_unit_vector(blocks):
    """The others are drawn."""
    rows = received(0)
    triangle = wiedemann._triangle_before_last(rows)
    c = len(triangle.inactive)
    _, right, units = wiedemann.start(rows, triangle, 251, blocks)
    assert right.shape == (c, blocks.right)
    assert right[:, 0].tolist() == [0] * (c - 1) + [1]
    assert all(np.count_nonzero(right[:, j]) > 2 for j in range(1, blocks.right))
    assert len(set(units.tolist())) == min(blocks.left - 1, c)


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


@pytest.mark.parametrize("left", [3, 32])
def test_a_conclusion_by_hand(left):
    """B is invertible with the leading coefficients the unit matrix F, and the last unit vector's row G below it."""
    size = left + 4
    degrees, leading = np.full(size, 2), np.ones((size, size), np.float32)
    chosen = np.sort(np.random.default_rng(left).permutation(size)[:left])
    degrees[chosen] = 1
    leading[:left, chosen] = np.eye(left)
    leading[left, chosen] = np.arange(2, left + 2)
    found = conclude(approximants.Basis(degrees, leading), left, left, arithmetic(251))
    assert found == wiedemann.Found(True, 251 - (left + 1))


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


def concluded(series, c, field):
    return conclude(approximants.series_basis(series, field), c, series.shape[2], field)


@pytest.mark.quality
def test_a_wrong_term_of_the_sequence_is_refused(certified):
    """A wrong product or projection, once and anywhere: the degrees no longer add up to c."""
    series, c, field = certified
    rng = np.random.default_rng(0)
    for i in range(len(series)):
        wrong = series.copy()
        place = (i, rng.integers(series.shape[1]), rng.integers(series.shape[2]))
        wrong[place] = (wrong[place] + 16) % 31 - 15
        assert not concluded(wrong, c, field).invertible
        wrong = series.copy()
        wrong[i:] = rng.integers(-15, 16, wrong[i:].shape)
        assert not concluded(wrong, c, field).invertible


@pytest.mark.quality
def test_a_sequence_that_is_too_short_is_refused(certified):
    series, c, field = certified
    assert concluded(series, c, field).invertible
    for size in range(1, -(-c // 8) - (-c // 4) - 1):
        assert not concluded(series[:size], c, field).invertible


@pytest.mark.quality
def test_other_degrees_are_refused(certified):
    """Those of a core with a column more or less, and those that say nothing of the columns that are left out."""
    series, c, field = certified
    basis = approximants.series_basis(series, field)
    assert conclude(basis, c, 8, field).invertible
    for other in (c - 1, c + 1):
        assert not conclude(basis, other, 8, field).invertible
    order = np.argsort(basis.degrees)
    degrees = basis.degrees.copy()
    degrees[order[8:]] = degrees[order[7]]
    assert not conclude(replace(basis, degrees=degrees), c, 8, field).invertible


@pytest.mark.quality
def test_singular_leading_coefficients_are_refused(certified):
    series, c, field = certified
    basis = approximants.series_basis(series, field)
    chosen = np.argsort(basis.degrees, kind="stable")[:8]
    leading = basis.leading.copy()
    leading[:8, chosen[2]] = leading[:8, chosen[5]]
    assert not conclude(replace(basis, leading=leading), c, 8, field).invertible


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


def test_three_primes_are_tried():
    rows = from_sets(5, [[i, (i + 1) % 5, (i + 2) % 5] for i in range(5)])  # singular modulo 3
    assert has_full_rank(rows, least=1, primes=[3, 3, 251])
    assert not has_full_rank(rows, least=1, primes=[3, 3, 3, 251])


def test_sizes_from_which_it_is_tried():
    assert (wiedemann.LEAST_CORE, wiedemann.LEAST_CORE_WITHOUT_BYTES) == (9000, 3500)
    assert wiedemann.LARGEST_COLUMNS == 16_777_216


def test_degrees_that_are_far_apart_say_nothing(monkeypatch):
    rows = certifiable()
    assert tried(rows) is not None

    def fails(*given):
        raise OverflowError

    monkeypatch.setattr(wiedemann, "series_basis", fails)
    assert tried(rows) is None


@pytest.mark.parametrize(
    ("sizes", "name", "most"),
    [((0, 3), "left", 255), ((256, 1), "left", 255), ((3, 0), "right", 253), ((200, 57), "right", 56)],
)
def test_blocks(sizes, name, most):
    with pytest.raises(ArgumentError, match=f"'{name}' must be an integer from 1 to {most},"):
        Blocks(*sizes)
    assert (Blocks(255, 1).right, Blocks(200, 56).right) == (1, 56)


def test_blocks_of_cores():
    assert wiedemann.blocks_for(59999) == Blocks(64, 32)
    assert wiedemann.blocks_for(60000) == Blocks(128, 64)


def test_lengths_of_sequences():
    """c/a + c/b terms, both rounded up, and 4 more."""
    assert [wiedemann.length(c, Blocks(4, 2)) for c in (100, 101, 104)] == [79, 81, 82]


def test_primes():
    for c in (1, 100, 9000, 41375):
        found = wiedemann.primes_for(c, Blocks())
        assert found == sorted(found, reverse=True)
        assert found[-1] == 3
    assert found[0] < 50
    assert wiedemann.primes_for(100, Blocks(4, 2))[0] == 251


@pytest.mark.parametrize(("c", "blocks", "terms"), [(100, Blocks(4, 2), 87), (9000, Blocks(), 5056)])
def test_primes_for_which_that_many_terms_are_added_exactly(monkeypatch, c, blocks, terms):
    """Either for a sum of all coefficients of approximants, or of half as many: whichever is longer."""
    asked = []
    monkeypatch.setattr(wiedemann, "fits", lambda terms, p: asked.append((terms, p)) or p != 3)
    primes = [p for p in range(251, 2, -1) if flint.fmpz(p).is_prime()]
    assert wiedemann.primes_for(c, blocks) == primes[:-1]
    assert asked == [(terms, p) for p in primes]


# The engine.


@pytest.fixture
def early(monkeypatch):
    """Certificates are asked for from few columns on; yields how often one was found."""
    monkeypatch.setattr(engine, "LARGE", 2)
    monkeypatch.setattr(wiedemann, "LEAST_CORE", 1)
    monkeypatch.setattr(wiedemann, "LEAST_CORE_WITHOUT_BYTES", 1)
    found = []
    for name in ("least_prefix", "has_full_rank"):
        usual = getattr(wiedemann, name)

        def ask(*given, usual=usual, name=name):
            answer = usual(*given)
            found.append(name if answer else None)
            return answer

        monkeypatch.setattr(wiedemann, name, ask)
    return found


@pytest.mark.parametrize("draw", [received, cheap])
def test_the_engines_answers_are_the_same(draw, early, monkeypatch):
    answers = []
    for least in (2, engine.FAST_PRIME**9):
        monkeypatch.setattr(engine, "LARGE", least)
        drawn = [draw(seed) for seed in range(60)]
        answers.append(
            [
                (stopping_time(*rows_of(rows)), rank(*rows_of(rows)), *(spans(*rows_of(rows), rows=k) for k in ks))
                for rows in drawn
                for ks in [(rows.columns - 1, rows.columns, len(rows))]
            ]
        )
        if least == 2:
            assert min(map(early.count, ("least_prefix", "has_full_rank"))) > 10
    assert answers[0] == answers[1]
    assert {Argument.COVERAGE, Argument.LAST_ROW} <= {answer[0].argument for answer in answers[0]}


def test_small_rows_do_not_ask(monkeypatch):
    monkeypatch.setattr(wiedemann, "least_prefix", None)
    monkeypatch.setattr(wiedemann, "has_full_rank", None)
    assert stopping_time(*rows_of(received(5))).rank > 0


def test_the_threshold_depends_on_the_processor(monkeypatch):
    for has_bytes, least in ((True, wiedemann.LEAST_CORE), (False, wiedemann.LEAST_CORE_WITHOUT_BYTES)):
        monkeypatch.setattr(bytewise, "available", lambda has_bytes=has_bytes: has_bytes)
        assert wiedemann.least_core() == least


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_a_core_of_thousands_of_columns(seed):
    """Seconds; elimination on bytes says the same."""
    startups = np.random.default_rng([12000, 12, seed]).exponential(5.0, 12000)
    runs = receptions(SumRecovery(12000, 12), startups, 0.005, seed)
    rows: Rows = next(run.rows for run in runs if len(run) >= 1.1 * 12000)
    found, expected = tried(rows), stopping_time(*rows_of(rows))
    assert (found.k, found.after) == (expected.stopping_time, expected.rank)
