"""The long forms take many minutes: they run only where the mark ``attack`` is asked for."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "attack" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("attack")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]
