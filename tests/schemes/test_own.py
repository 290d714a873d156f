"""Schemes of users: what a class and an instance must have, which symbols are sound, whose fault an error is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.matrix import Rows
from srtheory.schemes import own
from srtheory.schemes.base import BaseScheme, EncodedSymbols, Grouped, UncodedStream
from srtheory.schemes.choices import options_of
from srtheory.schemes.own import (
    ByWorker,
    attribute_errors_to_user,
    builder,
    emitted,
    fault_of,
    is_own,
    lacking,
    symbols_fault,
)
from srtheory.schemes.sum_recovery import SumRecovery

# ----------------------------------------------------------------------------------------------------------- the class


@dataclass(frozen=True)
class Pairs(ByWorker):
    """Sound."""

    step: int = 1

    def sends(self, worker: int, key: int) -> Iterator[list[int]]:
        yield sorted({worker, (worker + self.step) % self.symbols})


@dataclass(frozen=True)
class Says:
    """An instance that says what it is told to say."""

    symbols: int = 3
    workers: Any = 3
    decoder: Any = "span"
    rateless: Any = False
    terms: Any = (1.0, 2.0)

    def expected_terms(self) -> Any:
        return self.terms

    def emit(self, key: int, budget: Any) -> Any:
        raise ZeroDivisionError("by nought")


@dataclass(frozen=True)
class Sizeless:
    """Its symbols are no argument."""

    symbols: int = field(default=3, init=False)


@dataclass(frozen=True)
class Odd(Pairs):
    """Has a number for a method."""

    emit: int = 3  # type: ignore[assignment]


def test_what_a_class_lacks_is_said() -> None:
    """More of it in tests/test_own_code.py."""
    lacks = [None, None, "has no field 'symbols'", "has a emit that is no method"]
    assert [lacking(kind) for kind in (Says, Pairs, Sizeless, Odd)] == lacks


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"symbols": 2}, "its symbols are 2, not 3"),
        ({"symbols": 4}, "its symbols are 4, not 3"),
        *(({"workers": wrong}, f"its workers are {wrong!r}") for wrong in (0, -1, True, 3.0, "3")),
        ({"decoder": None}, "its decoder is None"),
        ({"rateless": 1}, "its rateless is 1"),
        *(
            ({"terms": wrong}, "not two numbers above 0")
            for wrong in (1.0, (1.0,), (1.0, 2.0, 3.0), [1.0, 2.0], (0, 1), (1, 0.0), (-1, 1), (1, "2"))
        ),
        ({"terms": (float("inf"), 1.0)}, "infinite for the first symbol"),
        *(
            (said, "")
            for said in (
                *({}, {"workers": 1}, {"workers": np.int64(2)}, {"workers": 7}),
                *({"terms": (0.5, float("inf"))}, {"terms": (1, 0.25)}),
            )
        ),
    ],
)
def test_what_an_instance_may_say(said: dict[str, Any], fault: str) -> None:
    build = builder("mine", lambda symbols: Says(**said), {})  # type: ignore[arg-type]
    if not fault:
        assert build(symbols=3) == Says(**said)
        return
    assert fault in (fault_of(Says(**said), 3) or "")
    with pytest.raises(ArgumentError, match=r"docs/own_code\.md") as refusal:
        build(symbols=3)
    assert (refusal.value.name, refusal.value.value) == ("scheme", "mine")


def test_options_are_accepted_as_their_fields_are_written_and_its_errors_are_told() -> None:
    build = builder("mine", Pairs, options_of(Pairs))
    assert build(symbols=4, step=np.int64(2)) == Pairs(4, 2)
    for given, name in (({"symbols": 4, "step": 2.5}, "step"), ({"symbols": 0}, "symbols")):
        with pytest.raises(ArgumentError) as refusal:
            build(**given)
        assert refusal.value.name == name
    with pytest.raises(ArgumentError, match=r"can be built with these options \(ZeroDivisionError") as refusal:
        builder("mine", lambda symbols: 1 // 0, {})(symbols=1)  # type: ignore[arg-type, return-value]
    assert (refusal.value.name, refusal.value.value) == ("scheme", "mine")


def test_errors_are_told_in_a_line_where_the_scheme_is_a_users() -> None:
    own, ours = Pairs(3), SumRecovery(3, 1)
    assert all(map(is_own, (own, Grouped(own, 7), UncodedStream(own))))
    assert not any(map(is_own, (ours, Grouped(ours, 7), None)))
    with pytest.raises(ArgumentError, match="by nought") as refusal, attribute_errors_to_user(Says()):
        Says().emit(0, None)
    assert (refusal.value.name, refusal.value.value) == ("scheme", "Says")
    with pytest.raises(ArgumentError, match="as it is"), attribute_errors_to_user(Says()):
        raise ArgumentError("degree", 1, "as it is")
    with pytest.raises(ZeroDivisionError), attribute_errors_to_user(ours):
        Says().emit(0, None)


# ------------------------------------------------------------------------------------------------------ row by row


@dataclass(frozen=True)
class Growing(ByWorker):
    """Each row has a term more than the one before, and the first as the numbers of worker and run say."""

    rows: int = 3
    hands: int = 5

    @property
    def workers(self) -> int:
        return self.hands

    def sends(self, worker: int, key: int) -> Iterator[Any]:
        for i in range(self.rows):
            yield range(1 + (i + worker + key) % self.symbols)


@pytest.mark.parametrize(
    ("m", "rows", "terms"), [(9, 0, (1, np.inf)), (9, 1, (1, np.inf)), (9, 3, (1, 2.5)), (40, 30, (1, 5))]
)
def test_expected_terms_are_those_of_the_first_eight_rows_of_the_first_worker_in_the_first_run(
    m: int, rows: int, terms: tuple[float, float]
) -> None:
    assert Growing(m, rows=rows).expected_terms() == terms


@dataclass(frozen=True)
class Empty(ByWorker):
    """Its second worker's second row has no symbols."""

    def sends(self, worker: int, key: int) -> Iterator[list[int]]:
        yield [worker]
        yield [] if worker == 1 else [0]


def test_an_empty_row_is_refused_with_its_worker() -> None:
    with pytest.raises(ArgumentError, match="an empty row of worker 1") as refusal:
        Empty(3).emit(0, np.full(3, 2))
    assert refusal.value.name == "sends"


def test_numbers_are_drawn_from_philox_with_the_key_of_run_and_worker() -> None:
    words = np.random.Philox(key=np.array([2**64 - 1, 3], np.uint64)).random_raw(5)
    drawn = Growing(5).generator(3, 2**64 - 1).bit_generator.random_raw(5)  # type: ignore[attr-defined]
    assert drawn.tolist() == words.tolist()


def test_what_is_not_said_is_as_for_a_worker_of_each_symbol_that_ends() -> None:
    scheme = Pairs(5)
    assert (scheme.workers, scheme.decoder, scheme.rateless) == (5, "span", False)
    assert (Pairs.largest_size(7), Pairs.options_of_size(3)) == (7, {})
    methods: dict[str, Any] = {name: lambda *_: None for name in ("expected_terms", "emit")}
    assert type("Whole", (BaseScheme,), methods)(3).workers == 3
    for base, given in ((BaseScheme, {}), (ByWorker, {}), *((BaseScheme, {name: methods[name]}) for name in methods)):
        with pytest.raises(TypeError, match="abstract"):
            type("Half", (base,), given)(3)


# -------------------------------------------------------------------------------------------------------- its symbols


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


NOTHING = EncodedSymbols(
    Rows(4, np.zeros(1, np.int64), np.zeros(0, np.int32)),
    np.zeros(0, np.int32),
    np.zeros(0, np.int64),
    np.zeros(3, bool),
)
FREE = rows(indptr=np.array([0, 1, 1, 4, 5]), indices=np.array([0, 3, 1, 2, 2], np.int32), values=np.ones(5, np.int64))
"""The second row is of no terms, as weights may all be 0 by chance: its sender's terms need not rise at it."""
FIRST = rows(indptr=np.array([0, 0, 3, 4, 5]), values=np.ones(5, np.int64))
"""The first row is of no terms."""


@pytest.mark.parametrize(
    ("symbols", "fault"),
    [
        *((sound, None) for sound in (SOUND, NOTHING, after(1, 2, 1, 1), columns(3, 0, 3, 3, 0), FREE)),
        (replace(FREE, terms=np.array([1, 1, 1, 5])), None),
        (replace(FIRST, terms=np.array([0, 1, 1, 5])), None),
        (replace(FIRST, terms=np.array([0, 0, 1, 5])), "do not rise"),
        (3, "emit gave int"),
        (replace(SOUND, ended=np.ones(2, np.bool_)), r"ended is bool \(2,\), not an array of bool of shape \(3,\)"),
        (replace(SOUND, ended=np.ones(4, np.bool_)), r"ended is bool \(4,\), not an array of bool of shape \(3,\)"),
        (replace(SOUND, ended=[True] * 3), "ended is list"),  # type: ignore[arg-type]
        (replace(SOUND, terms=np.array([1, 3, 1, 5], np.int32)), r"terms is int32 \(4,\), not an array of int64"),
        (replace(SOUND, terms=np.array([1, 3, 1])), r"terms is int64 \(3,\)"),
        (replace(SOUND, worker=np.zeros(4, np.int64)), r"worker is int64 \(4,\), not an array of int32"),
        (rows(indptr=np.array([0, 1, 3, 5])), r"rows.indptr is int64 \(4,\), .* of shape \(5,\)"),
        (rows(columns=3), "rows.columns is 3, not 4"),
        (rows(columns=5), "rows.columns is 5, not 4"),
        *(
            (rows(indptr=np.array(bounds)), "does not rise from 0 to the number of entries")
            for bounds in ([1, 2, 3, 4, 5], [-1, 1, 3, 4, 5], [0, 1, 3, 4, 4], [0, 1, 3, 4, 6], [0, 3, 2, 4, 5])
        ),
        (columns(0, 3, 1, 1, 4), r"names a column outside 0 .. 3"),
        (columns(0, 3, 1, 1, -1), r"names a column outside 0 .. 3"),
        (rows(indptr=np.array([0, 1, 1, 4, 5])), "row 1 is empty"),
        *((columns(*names), "row 1 names a column twice") for names in ((0, 3, 3, 1, 2), (3, 0, 0, 0, 0))),
        (columns(2, 2, 1, 1, 2), None),
        (rows(indices=np.array([0, 0, 1, 1, 1], np.int32), indptr=np.array([0, 1, 2, 4, 5])), "row 2 names a column"),
        (of(0, 0, 1, 3), r"of a worker outside 0 .. 2"),
        (of(-1, 0, 1, 2), r"of a worker outside 0 .. 2"),
        (of(0, 1, 0, 2), "not in the order of workers"),
        *((after(*terms), "do not rise") for terms in ((1, 1, 1, 5), (3, 1, 1, 5), (0, 3, 1, 5))),
        (after(1, 3, 1, 6), "worker 2 sends a row after 6 terms, within a budget of 5"),
        (after(1, 4, 2, 6), "worker 0 sends a row after 4 terms, within a budget of 3"),
    ],
)
@pytest.mark.parametrize("largest", [0, own.LARGEST_MAP])
def test_each_fault_is_named_and_what_is_sound_is_passed_on(
    symbols: Any, fault: str | None, largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column twice is found by a table of all places, and by sorting where that would be too large."""
    monkeypatch.setattr(own, "LARGEST_MAP", largest)
    scheme, budget = Told(4, symbols), BUDGET.copy()
    if fault is None:
        assert symbols_fault(scheme, BUDGET, symbols) is None
        assert emitted(scheme, 0, budget) is symbols
        assert (budget == BUDGET).all()
        return
    with pytest.raises(ArgumentError, match=f"whose symbols are sound: .*{fault}") as refusal:
        emitted(scheme, 0, budget)
    assert (refusal.value.name, refusal.value.value) == ("scheme", "Told")


def test_schemes_of_this_package_are_not_looked_at() -> None:
    """Two budgets for three workers give two workers, which a user's scheme is told of."""
    assert emitted(SumRecovery(3, 1), 0, np.ones(2, np.int64)).ended.tolist() == [False] * 2


def test_symbols_are_equal_to_themselves_alone_and_do_not_change() -> None:
    other = replace(SOUND)
    assert other != SOUND
    assert len({SOUND, other}) == 2
    with pytest.raises(FrozenInstanceError):
        SOUND.worker = other.worker  # type: ignore[misc]
