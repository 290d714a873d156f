"""Messages of bad input: short whatever the value, and the value itself kept whole."""

from __future__ import annotations

import pytest

from paper_checks.theory.statements.overhead import price_of_peeling
from srtheory.conjectures import enumerate as weights
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError, shortened
from srtheory.own_code import told


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        *("x" * 20_000, b"x" * 20_000, 10**5000, -(16**4000), [10**5000] * 9, list(range(10**5))),
        *(nested(3000), {"a" * 999: 1}, {i: nested(50) for i in range(50)}, object, float("nan")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_message_is_short_and_the_value_whole(value: object) -> None:
    error = ArgumentError("name", value, "something else")
    assert len(str(error)) < 260
    assert "\n" not in str(error)
    assert error.value is value


@pytest.mark.parametrize("value", ["a b", 7, -1.5, [1, "x"], None, True, (1, 2), {"a": 1}, 10**100])
def test_a_short_value_is_shown_as_python_writes_it(value: object) -> None:
    assert str(ArgumentError("name", value, "other")) == f"Argument 'name' must be other, not {value!r}."
    assert shortened("begin" + "-" * 999 + "end", 13) == "begin...--end"


class Mute(BaseException):
    def __str__(self) -> str:
        raise SystemExit


class Text(str):
    __slots__ = ()

    def split(self, *_: object) -> list[str]:
        raise ValueError


def test_an_error_is_told_in_a_line_whatever_it_does() -> None:
    for error, words in {
        ValueError("a\nb"): "ValueError: a b",
        KeyboardInterrupt(): "KeyboardInterrupt",
        OSError(2, "x"): "FileNotFoundError: [Errno 2] x",
        Mute(): "Mute: <exception str() failed>",
        KeyError(Text("a")): "KeyError: 'a'",
        type("Two\nlines", (Exception,), {})("x"): "Two lines: x",
        ValueError(Text("a")): "ValueError: a",
    }.items():
        assert told(error) == words


def test_what_would_be_valid_is_told_with_its_numbers() -> None:
    for call, name, valid in (
        (lambda: weights.integers(-5, 96), "high", "at most 95: a domain has at most 100 weights"),
        (lambda: price_of_peeling(0.25, 0.75, 10), "residual", "a fraction from 1e-12 to below 1 - s = 0.75"),
        (lambda: parse_law("expon" + " " * 200), "startup", "of at most 200 characters"),
    ):
        with pytest.raises(ArgumentError, match=f"'{name}'.*{valid}"):
            call()
