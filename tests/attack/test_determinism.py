"""Records on clusters, other machines and interpreters: the long form of what tests/contracts/test_records.py asks."""

from __future__ import annotations

import pytest

from tests.attack.determinism import BELOW, attack_elsewhere, compare, in_a_process, instructions_of_numpy, without
from tests.attack.report import Tally


@pytest.mark.attack
@pytest.mark.slow
def test_all_ways():
    found = Tally.again("determinism")
    attack_elsewhere(found)
    found.keep()
    print(found)
    assert not found.failures


@pytest.mark.quality
def test_a_way_that_fails_is_counted():
    found = Tally.again("determinism")
    compare("x", {"a": "1", "b": "2"}, "status 1", found)
    compare("y", {"a": "1", "b": "2"}, {"a": "1", "b": "3"}, found)
    assert dict(found.wrong) == {"x": 2, "y": 1}


BEGINNINGS = {"AVX-512": "avx512", "AVX2": "avx"}
"""Of the names in LLVM."""


@pytest.mark.quality
@pytest.mark.attack
@pytest.mark.slow
@pytest.mark.parametrize("instructions", BELOW)
def test_instructions_are_left_out(instructions):
    """NumPy and numba ignore what they do not know, and the attack would compare nothing."""
    asked = "{'numpy': determinism.instructions_of_numpy().used, 'numba': determinism.instructions_of_numba()}"
    used = in_a_process(asked, without(instructions))
    left = set(instructions_of_numpy().dispatched[: instructions_of_numpy().dispatched.index(BELOW[instructions][0])])
    assert isinstance(used, dict)
    assert set(used["numpy"]) <= left
    assert not [name for name in used["numba"] if name.startswith(BEGINNINGS[instructions])]
