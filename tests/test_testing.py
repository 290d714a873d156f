"""The test kit for schemes: silent for the house's own, and for each promise a scheme that breaks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from typing import Any, Literal

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.matrix import Rows, from_sets
from srtheory.schemes.base import UNLIMITED, EncodedSymbols
from srtheory.schemes.own import ByWorker
from srtheory.schemes.parts import Genie
from srtheory.testing import PROMISES, BrokenPromiseError, check_scheme
from tests.own_page import TEXT


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

Emit = Callable[[int, Any], EncodedSymbols]


def partly(emit: Emit, key: int, budget: Any) -> EncodedSymbols:
    """What there is no budget for in whole is sent in part."""
    ample = emit(key, np.full_like(budget, UNLIMITED))
    before = ample.terms - np.diff(ample.rows.indptr)
    left = np.clip(budget[ample.worker] - before, 0, np.diff(ample.rows.indptr))
    kept = np.flatnonzero(left)
    rows = from_sets(ample.rows.columns, [ample.rows.row(i)[: left[i]].tolist() for i in kept])
    return EncodedSymbols(rows, ample.worker[kept], (before + left)[kept], budget >= ample.rows.columns)


def cheaply(emit: Emit, key: int, budget: Any) -> EncodedSymbols:
    """Rows are said to cost one term each."""
    sent = emit(key, np.full_like(budget, UNLIMITED))
    most = np.bincount(sent.worker, minlength=len(budget))
    terms = np.concatenate([np.arange(1, n + 1) for n in most])
    kept = np.flatnonzero(terms <= budget[sent.worker])
    return EncodedSymbols(sent.rows.take(kept), sent.worker[kept], terms[kept], budget >= most)


def in_order_of_cost(emit: Emit, key: int, budget: Any) -> EncodedSymbols:
    sent = emit(key, budget)
    order = np.argsort(sent.terms, kind="stable")
    return EncodedSymbols(sent.rows.take(order), sent.worker[order], sent.terms[order], sent.ended)


def again(sent: EncodedSymbols) -> EncodedSymbols:
    """A row names its first term again."""
    indices = sent.rows.indices.copy()
    for i in np.flatnonzero(np.diff(sent.rows.indptr) > 1):
        indices[sent.rows.indptr[i] + 1] = indices[sent.rows.indptr[i]]
    return replace(sent, rows=replace(sent.rows, indices=indices))


def of_64_bits(sent: EncodedSymbols) -> EncodedSymbols:
    return replace(sent, worker=sent.worker.astype(np.int64))


def from_1(sent: EncodedSymbols) -> EncodedSymbols:
    return replace(sent, rows=replace(sent.rows, indices=sent.rows.indices + np.int32(1)))


def scribbling(emit: Emit, key: int, budget: Any) -> EncodedSymbols:
    """The array of budgets is worked in."""
    sent = emit(key, budget)
    budget -= np.minimum(budget, 1)
    return sent


COUNT, SEEN = [0], dict[tuple[int, int], int]()


def moody(self: Windows, worker: int, key: int) -> Iterator[list[int]]:
    """Something else each time that it is asked."""
    COUNT[0] += 1
    yield [(worker + COUNT[0] // 4) % self.symbols]


def remembering(self: Windows, worker: int, key: int) -> Iterator[list[int]]:
    """By the run that was asked for before."""
    yield [(worker + SEEN.get((self.symbols, worker), 0)) % self.symbols]
    SEEN[self.symbols, worker] = key


def pairs(self: Windows, worker: int, key: int) -> Iterator[list[int]]:
    yield sorted({worker, (worker + 1) % self.symbols})


def failing(self: Windows, worker: int, key: int) -> Iterator[list[int]]:
    yield [worker // (self.symbols - 3)]


def refusing(self: Windows) -> None:
    """By an error of its own."""
    if self.symbols > 3:
        raise ValueError("too many")


def instead(change: Callable[[Emit, int, Any], EncodedSymbols]) -> dict[str, Any]:
    """What is sent instead, given how to send what is right."""
    return {"emit": lambda self, key, budget: change(partial(Windows.emit, self), key, budget)}


def with_field(its: Any) -> dict[str, Any]:
    return {"more": its, "__annotations__": {"more": Any}}


MISTAKES: dict[str, tuple[str, dict[str, Any]]] = {
    "Greedy": ("extends", instead(partly)),
    "Envious": ("extends", instead(lambda emit, key, b: emit(key, np.where(b[-1] == 3, np.minimum(b, 1), b)))),
    "Cheap": ("counts", instead(cheaply)),
    "OutOfRange": ("sound", instead(lambda emit, key, b: from_1(emit(key, b)))),
    "Twice": ("sound", instead(lambda emit, key, b: again(emit(key, b)))),
    "Disorderly": ("sound", instead(in_order_of_cost)),
    "Spendthrift": ("sound", instead(lambda emit, key, b: emit(key, b + 1))),
    "WrongType": ("sound", instead(lambda emit, key, b: of_64_bits(emit(key, b)))),
    "Hasty": ("ends", instead(lambda emit, key, b: replace(emit(key, b), ended=b >= 1))),
    "NeverDone": ("ends", instead(lambda emit, key, b: replace(emit(key, b), ended=np.zeros(len(b), bool)))),
    "Endless": ("ends", {"rateless": property(lambda self: True)}),
    "Scribbles": ("deterministic", instead(scribbling)),
    "Moody": ("deterministic", {"sends": moody}),
    "Remembers": ("deterministic", {"sends": remembering}),
    "NotParts": ("decoder", {"sends": pairs, "decoder": property(lambda self: "partition")}),
    "Unsendable": ("travels", with_field(field(default=lambda x: x))),
    "Nameless": ("travels", with_field(field(default_factory=list))),
    "Fails": ("runs", {"sends": failing}),
    "Loose": ("runs", {"__post_init__": refusing}),
    "BadPace": ("interface", {"expected_terms": lambda self: 1.0}),
}
"""The promise that is broken, and how."""
for name, (_, its) in MISTAKES.items():
    globals()[name] = dataclass(frozen=True)(type(name, (Windows,), {"__module__": __name__, **its}))


@dataclass(frozen=True)
class LateGenie(Genie):
    """Settles what each row is of by how many there are."""

    def arrange(self, rows: Rows) -> Rows:
        return replace(rows, indices=((np.arange(len(rows)) + len(rows)) % self.symbols).astype(np.int32))


@dataclass
class Thawed:
    """Can be changed, and has nothing but symbols."""

    symbols: int


class Plain:
    """No dataclass at all."""


PLANTED = {globals()[name]: promise for name, (promise, _) in MISTAKES.items()}
PLANTED |= {LateGenie: "arranges", Plain: "interface", Thawed: "interface"}


@pytest.mark.share(3)
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
        check_scheme(globals()["Greedy"], {"window": 2, "order": "up", "turned": False})
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
