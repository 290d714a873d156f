"""SR codes with sizes of one's choice: every row redrawn slowly, the SR code as a case of them, and texts of sizes."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from srtheory.errors import ArgumentError
from srtheory.schemes.block_sizes import SizedSumRecovery
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.sizes import NAMED, Stage, read_sizes, write_sizes
from tests import reference
from tests.schemes.checks import by_worker, check_emission, everything

TEXTS = ["1", "3", "38/9x2/3", "2:0.45,3:0.55", "5/2:0.25,3:0.25,4:0.5/1", "20"]
word64 = st.integers(0, 2**64 - 1)


def laws(text):
    return [dict(zip(stage.sizes, stage.shares, strict=True)) for stage in read_sizes(text)]


@pytest.mark.parametrize("text", TEXTS)
@given(st.data())
def test_rows_are_those_of_the_definition(text, data):
    scheme = SizedSumRecovery(data.draw(st.integers(1, 12)), text)
    m, key = scheme.symbols, data.draw(word64)
    budget = data.draw(st.lists(st.integers(0, m + 2), min_size=m, max_size=m))
    check_emission(scheme, key, budget, lambda j: reference.sized_sum_recovery(m, laws(text), key=key, worker=j))


@pytest.mark.quality
def test_a_stage_out_of_turn_is_noticed():
    late = [*laws("5/2:0.25,3:0.25,4:0.5/1")[1:], {5: 1.0}]
    with pytest.raises(AssertionError):
        check_emission(
            SizedSumRecovery(20, "5/2:0.25,3:0.25,4:0.5/1"),
            7,
            [20] * 20,
            lambda j: reference.sized_sum_recovery(20, late, key=7, worker=j),
        )


@pytest.mark.parametrize("m", [1, 2, 3, 12, 50])
@pytest.mark.parametrize("degree", [1, 2, 5, 11, 12, 60])
def test_one_size_is_the_sum_recovery_code(m, degree):
    budget = np.arange(m) % (m + 2)
    for key in range(5):
        ours, theirs = (code.emit(key, budget) for code in (SizedSumRecovery(m, str(degree)), SumRecovery(m, degree)))
        for name in ("worker", "terms", "ended"):
            assert (getattr(ours, name) == getattr(theirs, name)).all()
        assert (ours.rows.indptr == theirs.rows.indptr).all()
        assert (ours.rows.indices == theirs.rows.indices).all()
        assert ours.worker.dtype == theirs.worker.dtype
        assert ours.terms.dtype == theirs.terms.dtype


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("m", [1, 2, 7, 41])
def test_a_complete_worker_adds_up(text, m):
    scheme = SizedSumRecovery(m, text)
    symbols = scheme.emit(3, everything(scheme))
    assert symbols.ended.all()
    for worker, rows in enumerate(by_worker(symbols, m)):
        assert rows[0] == [worker]
        assert sorted(chain.from_iterable(rows)) == list(range(m))


@pytest.mark.parametrize(
    ("m", "text", "later"),
    [
        (1, "3", np.inf),
        (2, "3", 1.0),
        (3, "3", 2.0),
        (9, "3", 3.0),
        (9, "5/4/2:0.5,3:0.5", 2.5),
        (3, "1/2:0.5,3:0.5", 2.0),
    ],
)
def test_pace_is_the_own_term_and_the_mean_of_the_last_stage(m, text, later):
    """At most as many terms as there are others."""
    assert SizedSumRecovery(m, text).expected_terms() == (1.0, later)


@pytest.mark.parametrize(("m", "most"), [(1, 1), (2, 1), (3, 2), (4, 3), (5, 3), (100, 3)])
def test_the_largest_size_is_three_or_all_others(m, most):
    assert SizedSumRecovery.largest_size(m) == most


def test_the_option_that_gives_blocks_of_a_size():
    assert SizedSumRecovery.options_of_size(7) == {"sizes": "7"}


def second_sizes(text, draws):
    """Sizes of every worker's second block, its third row."""
    found = Counter()
    for key in range(draws):
        symbols = SizedSumRecovery(400, text).emit(key, np.full(400, 60))
        third = np.searchsorted(symbols.worker, np.arange(400)) + 2
        found.update(np.diff(symbols.rows.indptr)[third].tolist())
    return found


def fits_law(found, law):
    assert set(found) <= set(law)
    total = sum(found.values())
    return chisquare([found[size] for size in law], [total * share for share in law.values()]).pvalue > 1e-6


def test_sizes_follow_their_stage():
    law = {2: 0.25, 3: 0.25, 4: 0.5}
    assert fits_law(second_sizes("5/2:0.25,3:0.25,4:0.5/1", 20), law)


@pytest.mark.quality
def test_sizes_of_another_law_are_noticed():
    assert not fits_law(second_sizes("5/2:0.30,3:0.25,4:0.45/1", 20), {2: 0.25, 3: 0.25, 4: 0.5})


@pytest.mark.parametrize(
    ("text", "shortest"),
    [
        ("3", "3"),
        ("3/3/3", "3"),
        ("38/9/9/3x5", "38/9x2/3"),
        ("3:1.0", "3"),
        ("3:0.5,2:5e-1", "2:0.5,3:0.5"),
        ("7:0,3:0.25,2:.75", "2:0.75,3:0.25"),
    ],
)
def test_texts_have_a_shortest_form(text, shortest):
    assert write_sizes(read_sizes(text)) == shortest
    assert SizedSumRecovery(9, text) == SizedSumRecovery(9, shortest)


stages = st.one_of(
    st.integers(1, 10**9).map(lambda size: Stage((size,))),
    st.sets(st.integers(1, 10**9), min_size=2, max_size=5).map(
        lambda sizes: Stage(tuple(sorted(sizes)), (1 / len(sizes),) * len(sizes))
    ),
)


@given(st.lists(stages, min_size=1, max_size=20))
def test_texts_come_back(some):
    back = read_sizes(write_sizes(tuple(some)))
    assert [*back, *[back[-1]] * (len(some) - len(back))] == some


@pytest.mark.parametrize("name", NAMED)
def test_names_are_read(name):
    assert read_sizes(name) == read_sizes(NAMED[name])


@pytest.mark.parametrize(
    "text",
    [
        "", "0", "-1", "1.5", "a", "3/", "/3", "3x0", "3x", "x3", "3:0.5", "3:0.5,3:0.5", "2:0.5,3:0.6", "2:-1,3:2",
        "2:nan,3:0.5", "2:0.5;3:0.5", "3 ", "3x10001", "3x5000/2x5001", "9999999999", "1000000001", "٣", "2:1e999",
        "3\n",
        "2:" + "0" * 10**6, None, 3,
    ],
)  # fmt: skip
def test_other_texts_are_refused(text):
    with pytest.raises(ArgumentError) as refusal:
        read_sizes(text)
    assert refusal.value.name == "sizes"
    assert len(str(refusal.value)) < 400
