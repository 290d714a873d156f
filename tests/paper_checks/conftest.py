"""A small laboratory for the checks, shared so that every experiment is run once."""

from __future__ import annotations

import pytest

from srtheory.experiments.lab import Lab


@pytest.fixture(scope="session")
def lab() -> Lab:
    return Lab()
