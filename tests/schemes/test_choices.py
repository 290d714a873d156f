"""Options of a scheme by the types of its fields: what is read, what is refused."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, Literal, Optional

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.schemes import make, named, options_of_each
from srtheory.schemes.choices import options_of


class Colour(Enum):
    RED = 1
    BLUE = 2


@dataclass(frozen=True)
class Every:
    symbols: int
    whole: int
    real: float
    exact: Fraction
    decimal: Decimal
    text: str
    switch: bool
    word: Literal["up", "down", 3]
    colour: Colour
    maybe: int | None
    either: Optional[str]  # noqa: UP045  (the older form is read, too)
    mixed: str | int = "x"
    kept: tuple[int, ...] = ()


KNOWN = options_of(Every)
READ = {
    "whole": {"3": 3, "-12": -12},
    "real": {"3": 3.0, "0.1": 0.1, "1e-3": 1e-3},
    "exact": {"3": Fraction(3), "0.1": Fraction(1, 10), "3/7": Fraction(3, 7), "1e-2": Fraction(1, 100)},
    "decimal": {"0.1": Decimal("0.1"), "-2": Decimal(-2)},
    "text": {"": "", "a=b": "a=b", "none": "none"},
    "switch": {"true": True, "false": False},
    "word": {"up": "up", "3": 3},
    "colour": {"RED": Colour.RED},
    "maybe": {"3": 3, "none": None},
    "either": {"none": None, "3": "3"},
    "mixed": {"3": 3, "x": "x"},
}
REFUSED = {
    "whole": ["", "3.0", "1_000", "٣", "x", "9" * 41, "0x3", "__import__('os')"],
    "real": ["nan", "inf", "1e999", "1_0.0", "x", ""],
    "exact": ["1/0", "x", "1/2/3", "0.1/2", "1/2e3", "1e9999", ""],
    "decimal": ["1/2", "NaN", "Infinity", ""],
    "switch": ["True", "1", "yes", ""],
    "word": ["left", "", "3.0"],
    "colour": ["red", "1", "GREEN", "__class__"],
    "maybe": ["None", "x"],
}


@pytest.mark.parametrize(("name", "text", "value"), [(n, t, v) for n, pairs in READ.items() for t, v in pairs.items()])
def test_texts_are_read_as_the_field_says(name: str, text: str, value: Any) -> None:
    found = KNOWN[name].read(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in REFUSED.items() for text in texts])
def test_other_texts_are_refused(name: str, text: str) -> None:
    with pytest.raises(ArgumentError) as refusal:
        KNOWN[name].read(text)
    assert (refusal.value.name, refusal.value.value, refusal.value.expected) == (name, text, KNOWN[name].expected)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("whole", 3, 3),
        ("real", 3, 3.0),
        ("exact", 3, Fraction(3)),
        ("exact", "0.1", Fraction(1, 10)),
        ("colour", "RED", Colour.RED),
        ("colour", Colour.RED, Colour.RED),
        ("switch", True, True),
        ("word", 3, 3),
        ("maybe", None, None),
        ("whole", np.int64(3), 3),
        ("real", np.float64(0.5), 0.5),
    ],
)
def test_values_of_a_file_are_accepted(name: str, value: Any, found: Any) -> None:
    accepted = KNOWN[name].accept(value)
    assert (accepted, type(accepted)) == (found, type(found))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("whole", 3.0),
        ("whole", True),
        ("whole", "3"),
        ("exact", 0.1),
        ("switch", 1),
        ("word", "left"),
        ("word", 4),
        ("word", 2),
        ("word", 3.0),
        ("text", 3),
        ("colour", 1),
    ],
)
def test_values_of_another_type_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ArgumentError) as refusal:
        KNOWN[name].accept(value)
    assert refusal.value.name == name


def test_what_cannot_be_written_keeps_its_default() -> None:
    assert "kept" not in KNOWN
    assert "symbols" not in KNOWN
    assert [name for name, option in KNOWN.items() if not option.needed] == ["mixed"]
    assert KNOWN["colour"].expected == "RED or BLUE"
    assert KNOWN["maybe"].expected == "an integer or none"
    assert KNOWN["word"].expected == "up or down or 3"


def test_options_which_all_callers_share_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        KNOWN["whole"].needed = False  # type: ignore[misc]


@dataclass(frozen=True)
class Unwritable:
    symbols: int
    weights: tuple[int, ...]


@dataclass(frozen=True)
class Derived:
    symbols: int
    twice: int = field(init=False, default=2)
    made: int = field(default_factory=int)


def test_a_field_that_cannot_be_written_needs_a_default() -> None:
    with pytest.raises(ArgumentError, match="whose fields without a default are int") as refusal:
        options_of(Unwritable)
    assert (refusal.value.name, refusal.value.value) == ("scheme", "Unwritable.weights: tuple[int, ...]")
    assert {name: option.needed for name, option in options_of(Derived).items()} == {"made": False}


def test_options_by_text_build_the_same_scheme() -> None:
    assert make("sr", 12, **named("sr").read(["degree=3", "access=5"])) == make("sr", 12, degree=3, access=5)
    assert make("lt", 12, **named("lt").read(["cap=2"])) == make("lt", 12, cap=2.0)
    assert options_of_each((named("sr"), named("lt")), ["degree=3", "c=0.1"]) == {"sr": {"degree": 3}, "lt": {"c": 0.1}}


@pytest.mark.parametrize(
    ("says", "call"),
    [
        ("written key=value", lambda: named("sr").read(["degree"])),
        ("written key=value", lambda: named("sr").read(["=3"])),
        ("given once", lambda: named("sr").read(["degree=3", "degree=4"])),
        ("one that the scheme 'sr' takes: degree .an integer.", lambda: named("sr").read(["degre=3"])),
        ("the scheme 'one' takes none", lambda: named("one").read(["degree=3"])),
        ("takes: degree", lambda: named("sr").read(["replacement=true"])),
        ("an option of one of the schemes sr, lt", lambda: options_of_each((named("sr"), named("lt")), ["window=3"])),
        ("takes: cap", lambda: named("lt").accept({"degree": 3})),
    ],
)
def test_refusals_say_what_there_is(says: str, call: Any) -> None:
    with pytest.raises(ArgumentError, match=says) as refusal:
        call()
    assert refusal.value.name == "option"
