"""Printed intervals hold the computed ones."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.cli.setting import outward


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_printed_interval_holds_the_one_computed(a: float, b: float) -> None:
    low, high = outward(min(a, b), max(a, b), 4)
    assert Decimal(low) <= Decimal(min(a, b)) <= Decimal(max(a, b)) <= Decimal(high)
    assert len(Decimal(low).as_tuple().digits) <= 4


@pytest.mark.quality
def test_digits_to_the_nearest_would_not_hold_it() -> None:
    assert outward(0.12349, 0.12351, 4) == ("0.1234", "0.1236")
