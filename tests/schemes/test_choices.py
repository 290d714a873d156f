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
from srtheory.schemes import named, options_of_each
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
READ: dict[str, dict[str, Any]] = {
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


ACCEPTED: dict[str, list[Any]] = {
    "whole": [(3, 3), (np.int64(3), 3)],
    "real": [(3, 3.0), (np.float64(0.5), 0.5)],
    "exact": [(3, Fraction(3)), ("0.1", Fraction(1, 10))],
    "colour": [("RED", Colour.RED), (Colour.RED, Colour.RED)],
    "switch": [(True, True)],
    "word": [(3, 3)],
    "maybe": [(None, None)],
}
NOT_ACCEPTED = {
    "whole": [3.0, True, "3"],
    "exact": [0.1],
    "switch": [1],
    "word": ["left", 4, 2, 3.0],
    "text": [3],
    "colour": [1],
}


@pytest.mark.parametrize("name", READ)
def test_texts_and_values_of_a_file_are_read_as_the_field_says(name: str) -> None:
    cases = [(KNOWN[name].read, *pair) for pair in READ[name].items()]
    cases += [(KNOWN[name].accept, *pair) for pair in ACCEPTED.get(name, [])]
    for ask, given, value in cases:
        found = ask(given)
        assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("name", {**REFUSED, **NOT_ACCEPTED})
def test_other_texts_and_values_are_refused(name: str) -> None:
    cases = [(KNOWN[name].read, text) for text in REFUSED.get(name, [])]
    cases += [(KNOWN[name].accept, value) for value in NOT_ACCEPTED.get(name, [])]
    for ask, given in cases:
        with pytest.raises(ArgumentError) as refusal:
            ask(given)
        assert (refusal.value.name, refusal.value.value) == (name, given)
        assert refusal.value.expected == KNOWN[name].expected


def test_what_cannot_be_written_keeps_its_default() -> None:
    assert not {"kept", "symbols"} & set(KNOWN)
    assert [name for name, option in KNOWN.items() if not option.needed] == ["mixed"]
    words = {"colour": "RED or BLUE", "maybe": "an integer or none", "word": "up or down or 3"}
    assert {name: KNOWN[name].expected for name in words} == words
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


def test_options_of_several_schemes_go_to_those_that_take_them_and_others_are_refused() -> None:
    """That texts and values build the same scheme is asked of every scheme in tests/contracts/test_schemes.py."""
    both = (named("sr"), named("lt"))
    assert options_of_each(both, ["degree=3", "c=0.1"]) == {"sr": {"degree": 3}, "lt": {"c": 0.1}}
    for says, call in (
        ("written key=value", lambda: named("sr").read(["degree"])),
        ("written key=value", lambda: named("sr").read(["=3"])),
        ("given once", lambda: named("sr").read(["degree=3", "degree=4"])),
        ("one that the scheme 'sr' takes: degree .an integer.", lambda: named("sr").read(["degre=3"])),
        ("the scheme 'one' takes none", lambda: named("one").read(["degree=3"])),
        ("an option of one of the schemes sr, lt", lambda: options_of_each(both, ["window=3"])),
        ("takes: cap", lambda: named("lt").accept({"degree": 3})),
    ):
        with pytest.raises(ArgumentError, match=says) as refusal:
            call()
        assert refusal.value.name == "option"
