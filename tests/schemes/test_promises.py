"""Symbols that a scheme may not emit, each at the edge of what it may, and the column that a row names twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import FrozenInstanceError, dataclass, replace
from typing import Any

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.rows import Rows
from srtheory.schemes import promises
from srtheory.schemes.base import BaseScheme, EncodedSymbols
from srtheory.schemes.by_worker import ByWorker
from srtheory.schemes.promises import emitted, symbols_fault
from srtheory.schemes.sum_recovery import SumRecovery


@dataclass(frozen=True)
class Told(ByWorker):
    """Three workers that emit what they are told, whatever the budget."""

    given: Any = None

    @property
    def workers(self) -> int:
        return 3

    def sends(self, worker: int, key: int) -> Iterator[list[int]]:
        yield [worker]

    def emit(self, key: int, budget: Any) -> Any:
        budget -= 1
        return self.given


BUDGET = np.array([3, 1, 5])
SOUND = EncodedSymbols(
    Rows(4, np.array([0, 1, 3, 4, 5]), np.array([0, 3, 1, 1, 2], np.int32)),
    np.array([0, 0, 1, 2], np.int32),
    np.array([1, 3, 1, 5]),
    np.array([True, False, True]),
)
"""Rows {0}, {3, 1} of worker 0, {1} of worker 1 and {2} of worker 2, which are as much as their budgets pay for."""


def rows(**changed: Any) -> EncodedSymbols:
    return replace(SOUND, rows=replace(SOUND.rows, **changed))


def columns(*names: int) -> EncodedSymbols:
    return rows(indices=np.array(names, np.int32))


def of(*workers: int) -> EncodedSymbols:
    return replace(SOUND, worker=np.array(workers, np.int32))


def after(*terms: int) -> EncodedSymbols:
    return replace(SOUND, terms=np.array(terms))


UNSOUND = [
    (3, "emit gave int"),
    (replace(SOUND, ended=np.ones(2, np.bool_)), r"ended is bool \(2,\), not an array of bool of shape \(3,\)"),
    (replace(SOUND, ended=np.ones(4, np.bool_)), r"ended is bool \(4,\), not an array of bool of shape \(3,\)"),
    (replace(SOUND, ended=[True] * 3), "ended is list"),
    (replace(SOUND, terms=np.array([1, 3, 1, 5], np.int32)), r"terms is int32 \(4,\), not an array of int64"),
    (replace(SOUND, terms=np.array([1, 3, 1])), r"terms is int64 \(3,\)"),
    (replace(SOUND, worker=np.zeros(4, np.int64)), r"worker is int64 \(4,\), not an array of int32"),
    (rows(indptr=np.array([0, 1, 3, 5])), r"rows.indptr is int64 \(4,\), .* of shape \(5,\)"),
    (rows(columns=3), "rows.columns is 3, not 4"),
    (rows(columns=5), "rows.columns is 5, not 4"),
    (rows(indptr=np.array([1, 2, 3, 4, 5])), "does not rise from 0"),
    (rows(indptr=np.array([-1, 1, 3, 4, 5])), "does not rise from 0"),
    (rows(indptr=np.array([0, 1, 3, 4, 4])), "does not rise from 0 to the number of entries"),
    (rows(indptr=np.array([0, 1, 3, 4, 6])), "does not rise from 0 to the number of entries"),
    (rows(indptr=np.array([0, 3, 2, 4, 5])), "does not rise from 0"),
    (columns(0, 3, 1, 1, 4), r"names a column outside 0 .. 3"),
    (columns(0, 3, 1, 1, -1), r"names a column outside 0 .. 3"),
    (rows(indptr=np.array([0, 1, 1, 4, 5])), "row 1 is empty"),
    (columns(0, 3, 3, 1, 2), "row 1 names a column twice"),
    (of(0, 0, 1, 3), r"of a worker outside 0 .. 2"),
    (of(-1, 0, 1, 2), r"of a worker outside 0 .. 2"),
    (of(0, 1, 0, 2), "not in the order of workers"),
    (after(1, 1, 1, 5), "do not rise"),
    (after(3, 1, 1, 5), "do not rise"),
    (after(0, 3, 1, 5), "do not rise"),
    (after(1, 3, 1, 6), "worker 2 sends a row after 6 terms, within a budget of 5"),
    (after(1, 4, 2, 6), "worker 0 sends a row after 4 terms, within a budget of 3"),
]


@pytest.mark.parametrize(("wrong", "fault"), UNSOUND)
def test_each_fault_is_named(wrong: Any, fault: str) -> None:
    scheme = Told(4, wrong)
    with pytest.raises(ArgumentError, match=f"whose symbols are sound: .*{fault}") as refusal:
        emitted(scheme, 0, BUDGET)
    assert (refusal.value.name, refusal.value.value) == ("scheme", "Told")


FREE = rows(indptr=np.array([0, 1, 1, 4, 5]), indices=np.array([0, 3, 1, 2, 2], np.int32), values=np.ones(5, np.int64))
"""The second row is of no terms, as weights may all be 0 by chance."""


def nothing() -> EncodedSymbols:
    empty = np.zeros(0, np.int64)
    ended = np.zeros(3, np.bool_)
    return EncodedSymbols(Rows(4, np.zeros(1, np.int64), empty.astype(np.int32)), empty.astype(np.int32), empty, ended)


@pytest.mark.parametrize(
    "sound",
    [
        SOUND,
        nothing(),
        after(1, 2, 1, 1),
        columns(3, 0, 3, 3, 0),
        FREE,
    ],
)
def test_what_is_sound_is_passed_on(sound: EncodedSymbols) -> None:
    assert symbols_fault(Told(4), BUDGET, sound) is None
    budget = BUDGET.copy()
    assert emitted(Told(4, sound), 0, budget) is sound
    assert (budget == BUDGET).all()


def test_a_row_of_no_terms_costs_none_where_it_has_weights() -> None:
    """Its sender's terms need not rise at it; at a row of terms they must."""
    assert symbols_fault(Told(4), BUDGET, replace(FREE, terms=np.array([1, 1, 1, 5]))) is None
    first = rows(indptr=np.array([0, 0, 3, 4, 5]), values=np.ones(5, np.int64))
    assert symbols_fault(Told(4), BUDGET, replace(first, terms=np.array([0, 1, 1, 5]))) is None
    assert symbols_fault(Told(4), BUDGET, replace(first, terms=np.array([0, 0, 1, 5]))) is not None


@pytest.mark.parametrize("largest", [0, 1 << 24])
@pytest.mark.parametrize(
    ("names", "row"), [((0, 3, 1, 1, 2), None), ((0, 3, 3, 1, 2), 1), ((2, 2, 1, 1, 2), None), ((3, 0, 0, 0, 0), 1)]
)
def test_a_column_is_found_twice_by_table_and_by_sorting(
    names: tuple[int, ...], row: int | None, largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promises, "LARGEST_MAP", largest)
    fault = symbols_fault(Told(4), BUDGET, columns(*names))
    assert fault == (None if row is None else f"row {row} names a column twice")


def test_of_two_rows_that_name_a_column_twice_the_first_is_named() -> None:
    twice = Rows(4, np.array([0, 2, 4]), np.array([0, 0, 1, 1], np.int32))
    wrong = EncodedSymbols(twice, np.array([0, 2], np.int32), np.array([2, 2]), SOUND.ended)
    assert symbols_fault(Told(4), BUDGET, wrong) == "row 0 names a column twice"


def test_an_odd_number_of_rows_of_an_even_number_of_workers() -> None:
    """The first three rows, with a fourth worker, and a worker beyond it."""
    fewer = Rows(4, np.array([0, 1, 3, 4]), np.array([0, 3, 1, 1], np.int32))
    sound = EncodedSymbols(fewer, np.array([0, 0, 3], np.int32), np.array([1, 3, 1]), np.zeros(4, np.bool_))
    scheme, budget = SumRecovery(4, 1), np.array([3, 0, 0, 1])
    assert symbols_fault(scheme, budget, sound) is None
    twice = replace(sound, rows=replace(fewer, indices=np.array([0, 1, 1, 1], np.int32)))
    assert symbols_fault(scheme, budget, twice) == "row 1 names a column twice"
    beyond = replace(sound, worker=np.array([0, 0, 4], np.int32))
    assert symbols_fault(scheme, budget, beyond) == "a row is of a worker outside 0 .. 3"


def test_schemes_of_this_package_are_not_looked_at() -> None:
    """Two budgets for three workers give two workers, which a user's scheme is told of."""
    assert emitted(SumRecovery(3, 1), 0, np.ones(2, np.int64)).ended.tolist() == [False] * 2


@dataclass(frozen=True)
class Plain(BaseScheme):
    """What every scheme has that says nothing else."""

    def expected_terms(self) -> tuple[float, float]:
        return 1.0, 1.0

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        return SOUND


def test_a_scheme_that_says_nothing_else_has_a_worker_for_each_term_and_ends() -> None:
    plain = Plain(5)
    assert (plain.workers, plain.decoder, plain.rateless) == (5, "span", False)
    assert (Plain.largest_size(7), Plain.options_of_size(3)) == (7, {})
    assert Plain(1).symbols == 1
    with pytest.raises(ArgumentError, match="'symbols'"):
        Plain(0)
    for missing in ("expected_terms", "emit"):
        its = {name: value for name, value in vars(Plain).items() if name in {"expected_terms", "emit"} - {missing}}
        with pytest.raises(TypeError, match=missing):
            type("Half", (BaseScheme,), its)(5)


def test_symbols_are_equal_to_themselves_alone_and_do_not_change() -> None:
    other = replace(SOUND)
    assert other != SOUND
    assert len({SOUND, other}) == 2
    with pytest.raises(FrozenInstanceError):
        SOUND.worker = other.worker  # type: ignore[misc]
