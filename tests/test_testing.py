"""The test kit for schemes: silent for the house's own, and for each promise a scheme that breaks it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Literal

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.rows import Rows
from srtheory.schemes.base import UNLIMITED, EncodedSymbols
from srtheory.schemes.by_worker import ByWorker
from srtheory.schemes.sparse import BernoulliGradient, RegularGradient
from srtheory.schemes.streaming import Genie, OwnThenParts
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.testing import PROMISES, BrokenPromiseError, check_scheme
from tests.own_page import TEXT


@pytest.mark.parametrize(
    "scheme",
    [
        OwnThenParts(7, 3),
        RegularGradient(6, 2),
        BernoulliGradient(6, 2),
        SumRecovery(60, 5),
    ],
)
def test_other_schemes_do_too(scheme: Any) -> None:
    check_scheme(scheme, examples=15)


@dataclass(frozen=True)
class Windows(ByWorker):
    """Sound; its options are drawn."""

    window: int = 2
    order: Literal["up", "down"] = "up"
    turned: bool = False
    share: float = 0.5

    def sends(self, worker: int, key: int) -> Iterator[list[int]]:
        yield [worker]
        step = 1 if self.order == "up" else -1
        others = [(worker + step * i) % self.symbols for i in range(1, self.symbols)]
        if self.turned:
            self.generator(worker, key).shuffle(others)
        for first in range(0, len(others), self.window):
            yield others[first : first + self.window]


def test_a_sound_scheme_of_ones_own() -> None:
    check_scheme(Windows, examples=40)
    check_scheme(Windows, {"window": 3}, largest=5, examples=20)
    check_scheme(Windows(9, 4), examples=20)


# ------------------------------------------------------------------------------------------- one mistake in each


@dataclass(frozen=True)
class Greedy(Windows):
    """What there is no budget for in whole is sent in part."""

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        ample = super().emit(key, np.full_like(budget, UNLIMITED))
        before = ample.terms - np.diff(ample.rows.indptr)
        left = np.clip(budget[ample.worker] - before, 0, np.diff(ample.rows.indptr))
        kept = np.flatnonzero(left)
        rows = [ample.rows.row(i)[: left[i]].tolist() for i in kept]
        indptr = np.append(0, np.cumsum(left[kept])).astype(np.int64)
        indices = np.array([c for row in rows for c in row], np.int32)
        ended = budget >= self.symbols
        return EncodedSymbols(Rows(self.symbols, indptr, indices), ample.worker[kept], (before + left)[kept], ended)


@dataclass(frozen=True)
class Envious(Windows):
    """What worker 0 sends depends on what the others may do."""

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        return super().emit(key, np.where(budget[-1] == 3, np.minimum(budget, 1), budget))


@dataclass(frozen=True)
class Cheap(Windows):
    """Rows are said to cost one term each."""

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        sent = super().emit(key, np.full_like(budget, UNLIMITED))
        first = np.flatnonzero(np.diff(sent.worker, prepend=-1))
        terms = np.arange(len(sent.worker)) - np.repeat(first, np.diff(np.append(first, len(sent.worker)))) + 1
        kept = np.flatnonzero(terms <= budget[sent.worker])
        most = np.bincount(sent.worker, minlength=self.workers)
        return EncodedSymbols(sent.rows.take(kept), sent.worker[kept], terms[kept], budget >= most)


@dataclass(frozen=True)
class OutOfRange(Windows):
    """Symbols are counted from 1."""

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        sent = super().emit(key, budget)
        return replace(sent, rows=replace(sent.rows, indices=sent.rows.indices + np.int32(1)))


@dataclass(frozen=True)
class Twice(Windows):
    """A window names its first term again."""

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        sent = super().emit(key, budget)
        indices = sent.rows.indices.copy()
        for i in np.flatnonzero(np.diff(sent.rows.indptr) > 1):
            indices[sent.rows.indptr[i] + 1] = indices[sent.rows.indptr[i]]
        return replace(sent, rows=replace(sent.rows, indices=indices))


@dataclass(frozen=True)
class Disorderly(Windows):
    """Rows in order of their cost."""

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        sent = super().emit(key, budget)
        order = np.argsort(sent.terms, kind="stable")
        return EncodedSymbols(sent.rows.take(order), sent.worker[order], sent.terms[order], sent.ended)


@dataclass(frozen=True)
class Spendthrift(Windows):
    """One term more than there is."""

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        return super().emit(key, budget + 1)


@dataclass(frozen=True)
class WrongType(Windows):
    """Workers are 64 bits wide, which compiled code does not expect."""

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        sent = super().emit(key, budget)
        return replace(sent, worker=sent.worker.astype(np.int64))


@dataclass(frozen=True)
class Hasty(Windows):
    """Says that it has ended after its own term."""

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        sent = super().emit(key, budget)
        return replace(sent, ended=budget >= 1)


@dataclass(frozen=True)
class Endless(Windows):
    """Says that it goes on for ever, and does not."""

    @property
    def rateless(self) -> bool:
        return True


@dataclass(frozen=True)
class NeverDone(Windows):
    """Never says that it has ended."""

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        sent = super().emit(key, budget)
        return replace(sent, ended=np.zeros_like(sent.ended))


COUNT = [0]


@dataclass(frozen=True)
class Moody(Windows):
    """Sends something else each time that it is asked."""

    def sends(self, worker: int, key: int) -> Iterator[list[int]]:
        yield [(worker + COUNT[0] // 4) % self.symbols]

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        COUNT[0] += 1
        return super().emit(key, budget)


SEEN: dict[tuple[int, int], int] = {}


@dataclass(frozen=True)
class Remembers(Windows):
    """Keeps the run that it was asked for before."""

    def sends(self, worker: int, key: int) -> Iterator[list[int]]:
        yield [(worker + SEEN.get((self.symbols, worker), 0)) % self.symbols]
        SEEN[self.symbols, worker] = key


@dataclass(frozen=True)
class Scribbles(Windows):
    """Works in the array of budgets."""

    def emit(self, key: int, budget: Any) -> EncodedSymbols:
        sent = super().emit(key, budget)
        budget -= np.minimum(budget, 1)
        return sent


@dataclass(frozen=True)
class NotParts(Windows):
    """Names the decoder of a partition, for rows that are none's parts."""

    @property
    def decoder(self) -> str:
        return "partition"

    def sends(self, worker: int, key: int) -> Iterator[list[int]]:
        yield sorted({worker, (worker + 1) % self.symbols})


@dataclass(frozen=True)
class LateGenie(Genie):
    """Settles what each row is of by how many there are."""

    def arrange(self, rows: Rows) -> Rows:
        return replace(rows, indices=((np.arange(len(rows)) + len(rows)) % self.symbols).astype(np.int32))


@dataclass(frozen=True)
class Unsendable(Windows):
    """Has a function for a field."""

    law: Any = field(default=lambda x: x)


@dataclass(frozen=True)
class Nameless(Windows):
    """Has a list for a field: no id tells two of them apart."""

    sizes: list = field(default_factory=list)


@dataclass(frozen=True)
class Fails(Windows):
    """Divides by what may be zero."""

    def sends(self, worker: int, key: int) -> Iterator[list[int]]:
        yield [worker // (self.symbols - 3)]


@dataclass
class Thawed:
    """Can be changed, and has nothing but symbols."""

    symbols: int


class Plain:
    """No dataclass at all."""


@dataclass(frozen=True)
class BadPace(Windows):
    """Its expected terms are a number."""

    def expected_terms(self) -> Any:
        return 1.0


@dataclass(frozen=True)
class Loose(Windows):
    """Refuses sizes by an error of its own."""

    def __post_init__(self) -> None:
        if self.symbols > 3:
            raise ValueError("too many")


PLANTED = {
    Greedy: "extends",
    Envious: "extends",
    Cheap: "counts",
    OutOfRange: "sound",
    Twice: "sound",
    Disorderly: "sound",
    Spendthrift: "sound",
    WrongType: "sound",
    Hasty: "ends",
    Endless: "ends",
    NeverDone: "ends",
    Moody: "deterministic",
    Remembers: "deterministic",
    Scribbles: "deterministic",
    NotParts: "decoder",
    LateGenie: "arranges",
    Unsendable: "travels",
    Nameless: "travels",
    Fails: "runs",
    Loose: "runs",
    Plain: "interface",
    Thawed: "interface",
    BadPace: "interface",
}


@pytest.mark.quality
@pytest.mark.parametrize("kind", PLANTED, ids=lambda kind: kind.__name__)
def test_each_promise_that_is_broken_is_found(kind: type) -> None:
    given = {"window": 2, "order": "up", "turned": False} if issubclass(kind, Windows) else None
    with pytest.raises(BrokenPromiseError) as broken:
        check_scheme(kind, given, examples=100)
    assert broken.value.promise == PLANTED[kind]
    assert str(broken.value).startswith(PROMISES[PLANTED[kind]])


def test_there_is_a_mistake_for_each_promise() -> None:
    assert set(PLANTED.values()) == set(PROMISES)


@pytest.mark.quality
def test_the_docs_show_what_it_says() -> None:
    with pytest.raises(BrokenPromiseError) as broken:
        check_scheme(Greedy, {"window": 2, "order": "up", "turned": False})
    assert re.search(r"a scheme that sends.*?```text\n(.*?)\n```", TEXT, re.DOTALL)[1] == str(broken.value)


class Colour(Enum):
    """Of nothing."""

    RED = 1
    BLUE = 2


@dataclass(frozen=True)
class Choosy(Windows):
    """Takes few of the options that are drawn."""

    colour: Colour = Colour.RED
    limit: int | None = None

    def __post_init__(self) -> None:
        if self.symbols % 2 or self.colour is Colour.RED or self.limit is None or self.limit < 2:
            raise ArgumentError("limit", self.limit, "at least 2")


def test_options_that_a_scheme_refuses_are_passed_over() -> None:
    check_scheme(Choosy, examples=20)
    with pytest.raises(ArgumentError, match="at least 2"):
        check_scheme(Choosy, {"limit": 1}, examples=20)


@dataclass(frozen=True)
class Needy(Windows):
    """Has an option that cannot be drawn."""

    rate: float = field(kw_only=True)


def test_what_cannot_be_drawn_is_asked_for() -> None:
    with pytest.raises(ArgumentError, match="'options' must be given for rate"):
        check_scheme(Needy)
    check_scheme(Needy, {"rate": 0.5}, examples=10)


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("largest", lambda: check_scheme(Windows, largest=0)),
        ("examples", lambda: check_scheme(Windows, examples=0)),
        ("seed", lambda: check_scheme(Windows, seed=-1)),
        ("options", lambda: check_scheme(Windows, {"windw": 3})),
        ("options", lambda: check_scheme(Windows(3), {"window": 3})),
        ("scheme", lambda: check_scheme("tornado")),
    ],
)
def test_refusals_name_the_argument(argument: str, call: Any) -> None:
    with pytest.raises(ArgumentError) as refusal:
        call()
    assert refusal.value.name == argument
