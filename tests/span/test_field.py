"""The field's name: what is read, and what is refused."""

from __future__ import annotations

import pytest

from srtheory.errors import ArgumentError
from srtheory.span.field import Field, parse_field


@pytest.mark.parametrize(
    ("text", "field"),
    [
        *(("Q", Field(0)), (" qq ", Field(0)), ("GF(2)", Field(2)), ("gf(9)", Field(3, 2)), ("GF(8)", Field(2, 3))),
        (f"GF({2**62})", Field(2, 62)),
        ("GF(9223372036854775783)", Field(9223372036854775783)),
        (f"GF({2097143**2})", Field(2097143, 2)),
    ],
)
def test_fields_are_read_and_printed(text: str, field: Field) -> None:
    assert parse_field(text) == field
    assert parse_field(field) is field
    assert str(field) == text.upper().replace(" QQ ", "Q")


@pytest.mark.parametrize(
    "text",
    [
        *("", "R", "GF()", "GF(0)", "GF(1)", "GF(6)", "GF(-2)", "GF(2.0)", "GF(2", "GF(1_1)", "GF(\u0662)"),
        *("GF(\uff12)", "GF(2)(3)", f"GF({2**63})", f"GF({3**40})", "GF(" + "9" * 20_000 + ")"),
        "GF(9223372036854775837)",  # the least prime above 2**63
    ],
)
def test_what_is_no_field(text: str) -> None:
    with pytest.raises(ArgumentError, match="prime power") as error:
        parse_field(text)
    assert error.value.name == "field"
    assert len(str(error.value)) < 400
