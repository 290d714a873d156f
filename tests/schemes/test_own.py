"""Schemes of users: what a class must have, what an instance must say, and whose fault an error is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.schemes import SCHEME_NAMES
from srtheory.schemes.by_worker import ByWorker
from srtheory.schemes.choices import options_of
from srtheory.schemes.grouped import Grouped
from srtheory.schemes.own import attribute_errors_to_user, builder, fault_of, is_own, lacking, own_class
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.schemes.uncoded_stream import UncodedStream


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


class Plain:
    """No dataclass."""


@dataclass
class Thawed:
    """Can be changed."""

    symbols: int


@dataclass(frozen=True)
class Sizeless:
    """Its symbols are no argument."""

    symbols: int = field(default=3, init=False)


@dataclass(frozen=True)
class Bare:
    """Has nothing but two fields."""

    symbols: int
    workers: int


@dataclass(frozen=True)
class Odd(Pairs):
    """Has a number for a method."""

    emit: int = 3  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("kind", "lacks"),
    [
        (Plain, "is no dataclass"),
        (Thawed, "is not frozen"),
        (Sizeless, "has no field 'symbols'"),
        (Bare, "has no decoder and no rateless and no expected_terms and no emit"),
        (Odd, "has a emit that is no method"),
        (Says, None),
        (Pairs, None),
    ],
)
def test_what_a_class_lacks_is_said(kind: type, lacks: str | None) -> None:
    assert lacking(kind) == lacks


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
    ],
)
def test_what_an_instance_must_not_say(said: dict[str, Any], fault: str) -> None:
    assert fault in (fault_of(Says(**said), 3) or "")
    with pytest.raises(ArgumentError, match=r"docs/own_code\.md") as refusal:
        builder("mine", lambda symbols: Says(**said), {})(symbols=3)  # type: ignore[arg-type]
    assert (refusal.value.name, refusal.value.value) == ("scheme", "mine")


@pytest.mark.parametrize(
    "said", [{}, {"workers": 1}, {"workers": np.int64(2)}, {"terms": (0.5, float("inf"))}, {"terms": (1, 0.25)}]
)
def test_what_an_instance_may_say(said: dict[str, Any]) -> None:
    assert fault_of(Says(**said), 3) is None


def test_options_are_accepted_as_their_fields_are_written() -> None:
    build = builder("mine", Pairs, options_of(Pairs))
    assert build(symbols=4, step=np.int64(2)) == Pairs(4, 2)
    with pytest.raises(ArgumentError) as refusal:
        build(symbols=4, step=2.5)
    assert refusal.value.name == "step"


def test_refusals_of_the_class_pass_and_its_errors_are_told() -> None:
    with pytest.raises(ArgumentError) as refusal:
        builder("mine", Pairs, {})(symbols=0)
    assert refusal.value.name == "symbols"
    with pytest.raises(ArgumentError, match=r"can be built with these options \(ZeroDivisionError") as refusal:
        builder("mine", lambda symbols: 1 // 0, {})(symbols=1)  # type: ignore[arg-type, return-value]
    assert (refusal.value.name, refusal.value.value) == ("scheme", "mine")


def test_schemes_made_of_users_are_users() -> None:
    assert is_own(Pairs(3))
    assert is_own(Grouped(Pairs(3), 7))
    assert is_own(UncodedStream(Pairs(3)))
    assert not is_own(SumRecovery(3, 1))
    assert not is_own(Grouped(SumRecovery(3, 1), 7))
    assert not is_own(None)


def test_errors_are_told_in_a_line_where_the_scheme_is_a_users() -> None:
    with pytest.raises(ArgumentError, match="by nought") as refusal, attribute_errors_to_user(Says()):
        Says().emit(0, None)
    assert (refusal.value.name, refusal.value.value) == ("scheme", "Says")
    with pytest.raises(ArgumentError, match="as it is"), attribute_errors_to_user(Says()):
        raise ArgumentError("degree", 1, "as it is")
    with pytest.raises(ZeroDivisionError), attribute_errors_to_user(SumRecovery(3, 1)):
        Says().emit(0, None)


FILE = '''"""Two classes."""
from dataclasses import dataclass

from srtheory.schemes.by_worker import ByWorker


class Nothing:
    pass


@dataclass(frozen=True)
class Ones(ByWorker):
    def sends(self, worker, key):
        yield [worker // (self.symbols - 2)]
'''


def test_a_class_of_a_file_is_taken_or_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "ones.py"
    path.write_text(FILE)
    kind: Any = own_class(f"{path}::Ones", SCHEME_NAMES)
    assert kind(3).symbols == 3
    with pytest.raises(ArgumentError, match=r"; Nothing \(line 7\) is no dataclass"):
        own_class(f"{path}::Nothing", SCHEME_NAMES)
    with pytest.raises(ArgumentError, match="sr-sizes"):
        own_class("sr-size", SCHEME_NAMES)
    with (
        pytest.raises(ArgumentError, match=r"ZeroDivisionError.*ones\.py, line 14") as refusal,
        attribute_errors_to_user(kind(2)),
    ):
        kind(2).emit(0, np.ones(2, np.int64))
    assert Path(refusal.value.value.partition("::")[0]).name == "ones.py"
    assert refusal.value.value.endswith("::Ones")
