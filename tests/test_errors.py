"""Messages of bad input: short whatever the value, and the value itself kept whole."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from paper_checks.theory.dependencies import Profile
from srtheory.conjectures import weights
from srtheory.decoders import direct
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError, require_int, require_not_negative, require_positive, shortened
from srtheory.own_code import told
from srtheory.rows import check_support, from_sets
from srtheory.span.arrays import checked_rows
from srtheory.theory.peeling import price_of_peeling


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


@pytest.mark.parametrize("require", [require_int, require_positive, require_not_negative])
@pytest.mark.parametrize("value", [np.array([0, 1]), np.array([3]), np.array([])], ids=str)
def test_an_array_is_no_number(require: Callable[[str, object], float], value: object) -> None:
    with pytest.raises(ArgumentError, match="'rows' must be"):
        require("rows", value)


def test_a_long_text_keeps_its_ends() -> None:
    assert shortened("a" * 200) == "a" * 200
    assert shortened("begin" + "-" * 999 + "end", 13) == "begin...--end"


class Mute(BaseException):
    def __str__(self) -> str:
        raise SystemExit


class Text(str):
    __slots__ = ()

    def split(self, *_: object) -> list[str]:
        raise ValueError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        *(
            (ValueError("a\nb"), "ValueError: a b"),
            (KeyboardInterrupt(), "KeyboardInterrupt"),
            (OSError(2, "x"), "FileNotFoundError: [Errno 2] x"),
        ),
        *(
            (Mute(), "Mute: <exception str() failed>"),
            (KeyError(Text("a")), "KeyError: 'a'"),
        ),
        (type("Two\nlines", (Exception,), {})("x"), "Two lines: x"),
        (ValueError(Text("a")), "ValueError: a"),
    ],
    ids=lambda x: x.replace(" ", "-") if isinstance(x, str) else type(x).__name__.split()[0],
)
def test_an_error_is_told_in_a_line_whatever_it_does(error: BaseException, words: str) -> None:
    assert told(error) == words


@pytest.mark.parametrize(
    ("call", "named", "value", "valid"),
    [
        (lambda: weights.integers(-5, 96), "high", 96, "at most 95: a domain has at most 100 weights"),
        (lambda: weights.residues("GF(103)"), "field", "GF(103)", "GF(p) with a prime p of at most 101"),
        (
            lambda: direct.parts(from_sets(4, [[0, 1], [1, 2]])),
            "reception",
            "row 1",
            "pairwise equal or disjoint",
        ),
        (lambda: check_support([1, 3], 3, 7), "rows[7]", 3, "a list of columns from 0 to 2"),
        (lambda: checked_rows([0, 2], [0, 3], 3), "indices", [0, 3], "columns from 0 to 2"),
        (lambda: Profile(5, 2, 2, np.ones(2, np.int64)), "silent", 2, "5 workers less those with blocks, 3"),
        (lambda: Profile(5, 2, 4, np.array([2])), "blocks", 2, "at least 0, and 2 b below 4"),
        (lambda: price_of_peeling(0.25, 0.75, 10), "residual", 0.75, "a fraction from 1e-12 to below 1 - s = 0.75"),
        (lambda: parse_law("expon" + " " * 200), "startup", "expon" + " " * 35 + "…", "of at most 200 characters"),
    ],
)
def test_what_would_be_valid_is_told_with_its_numbers(
    call: Callable[[], object], named: str, value: object, valid: str
) -> None:
    with pytest.raises(ArgumentError) as refusal:
        call()
    assert (refusal.value.name, refusal.value.value) == (named, value)
    assert valid in str(refusal.value)
